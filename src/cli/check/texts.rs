//! `check --texts`: prints the texts that each desk sends to customers.

use std::process::ExitCode;

use serde::Serialize;
use strum::VariantArray as _;

use crate::cli::{Globals, print};
use crate::desk::wording::default_text;
use crate::model::Language;
use crate::model::policy::{Template, TextName};
use crate::model::settings::Settings;

/// A text sent to customers, in one language.
#[derive(Serialize)]
struct OneText {
    key: String,
    is_own: bool,
    fields: Vec<String>,
    text: String,
}

/// Prints the texts of every desk: its own where it has one, otherwise the built-in one.
pub(super) fn print_texts(globals: &Globals, settings: &Settings) -> anyhow::Result<ExitCode> {
    let mut texts = Vec::new();
    for (desk, name) in super::desks(settings).flat_map(|desk| TextName::VARIANTS.iter().map(move |name| (desk, *name)))
    {
        for (language, ending) in [(Language::Ru, "ru"), (Language::En, "en")] {
            let own = desk.texts.get(name, language).map(Template::source);
            let fields: Vec<String> = name.fields().iter().map(|field| format!("{{{field}}}")).collect();
            texts.push(OneText {
                key: format!("desk.{}.texts.{}_{ending}", desk.key, name),
                is_own: own.is_some(),
                fields,
                text: own.unwrap_or_else(|| default_text(desk, name, language)),
            });
        }
    }
    if globals.json {
        print::json(&texts)?;
        return Ok(ExitCode::SUCCESS);
    }
    for text in &texts {
        let whose = if text.is_own { "the desk's own" } else { "built in" };
        print::text(&print::clean(&format!("# {}: {whose}; fields {}", text.key, text.fields.join(" "))))?;
        for line in text.text.lines() {
            print::text(&print::clean(line))?;
        }
        print::text("")?;
    }
    Ok(ExitCode::SUCCESS)
}
