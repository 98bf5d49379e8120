//! Reads `[desk.KEY.texts]`: files with the desk's own texts for e-mails to customers.

use std::path::Path;

use strum::VariantArray as _;

use super::section::Section;
use crate::model::Language;
use crate::model::policy::{OwnTexts, Template, TextName};

/// The largest permitted text file in bytes.
const LONGEST_FILE: u64 = 100_000;

/// Reads the texts of a desk.
pub(super) fn read(desk: &mut Section<'_, '_>) -> OwnTexts {
    let mut section = desk.table("texts");
    let mut texts = OwnTexts::default();
    for &name in TextName::VARIANTS {
        for (language, ending) in [(Language::Ru, "ru"), (Language::En, "en")] {
            let key = format!("{name}_{ending}");
            let Some(path) = section.path(&key) else { continue };
            match read_text(&path).map(|text| Template::parse(&text, name)) {
                Ok(Ok(template)) => texts.add(name, language, template),
                Ok(Err(wrong)) => {
                    for (line, problem) in wrong {
                        section.error(&key, format!("{}:{line}: {problem}", path.display()));
                    }
                }
                Err(problem) => section.error(&key, format!("{}: {problem}", path.display())),
            }
        }
    }
    texts
}

fn read_text(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| {
        format!("cannot be read ({}); name a text file that the daemon's user can read", error.kind())
    };
    let size = std::fs::metadata(path).map_err(unreadable)?;
    if !size.is_file() || size.len() > LONGEST_FILE {
        return Err("is not a text file of at most 100 KB; name one".to_owned());
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text; save it as UTF-8".to_owned())
}
