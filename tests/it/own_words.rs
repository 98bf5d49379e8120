//! Replies to our letters as mail programs write them, each with the words that are its author's own.

use std::fs;
use std::path::Path;

use maildesk::mail::{parse, words};
use maildesk::model::{Unclear, Words};

#[test]
fn own_words_are_told_from_quoted_ones() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/words");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    paths.sort();
    assert!(paths.len() >= 40, "only {} replies found", paths.len());
    let mut wrong = Vec::new();
    for path in paths {
        let incoming = parse::parse(&fs::read(&path).unwrap());
        let found = match words::own_words(&incoming) {
            Words::Own(words) => format!("own\n{words}"),
            Words::Unclear(Unclear::NoCutLine) => "unclear no cut line".to_owned(),
            Words::Unclear(Unclear::Encrypted) => "unclear, encrypted".to_owned(),
            Words::Unclear(Unclear::OurLetterAttached) => "unclear, our letter attached".to_owned(),
            Words::Unclear(Unclear::BelowCutLine) => "unclear below the cut line".to_owned(),
            Words::Unclear(Unclear::VersionsDiffer) => "its versions differ".to_owned(),
            Words::Unclear(Unclear::OnlySignature) => "only a signature".to_owned(),
            Words::Unclear(Unclear::NothingTyped) => "nothing typed".to_owned(),
        };
        let expected = fs::read_to_string(path.with_extension("expected")).unwrap();
        if found.trim_end() != expected.trim_end() {
            wrong.push(format!("{}\n{found}\n--- expected\n{expected}\n--- text\n{}", path.display(), incoming.text));
        }
    }
    assert!(wrong.is_empty(), "{} are read wrongly:\n{}", wrong.len(), wrong.join("\n\n"));
}
