//! Reads `[[desk.KEY.require]]`, details that new requests must contain, and `[desk.KEY.environment.NAME]`, names of
//! installations.

use super::contract::KINDS;
use super::section::{Section, alternatives, bare, one_of};
use super::values;
use crate::model::policy::{Needed, Required};
use crate::model::{Kind, Named, ShortName};

/// What can be required, by name.
const NEEDED: [(&str, Needed); 5] = [
    ("description", Needed::Description),
    ("screenshot", Needed::Screenshot),
    ("environment", Needed::Environment),
    ("period", Needed::Period),
    ("logs", Needed::Logs),
];

/// Reads what a desk requires.
pub(super) fn read_all(section: &mut Section<'_, '_>) -> Vec<Required> {
    let mut required: Vec<Required> = Vec::new();
    for table in section.rows("require") {
        let (what, kinds) = read(&mut Section::named(section.reading(), &table));
        required.extend(what.into_iter().map(|what| Required { what, kinds: kinds.clone() }));
    }
    required
}

fn read(section: &mut Section<'_, '_>) -> (Vec<Needed>, Vec<Kind>) {
    let what = bare(section.list("what", |text| one_of(text, "something that can be required", &NEEDED)));
    if !section.has("what") || section.is_empty_list("what") {
        let names: Vec<&str> = NEEDED.iter().map(|(name, _)| *name).collect();
        section.error("what", format!("names nothing; write what = [\"logs\"], of {}", alternatives(&names)));
    }
    let kinds = bare(section.list("kinds", |text| one_of(text, "a kind of request", &KINDS)));
    if section.is_empty_list("kinds") {
        section.error("kinds", "is empty; name a kind, or remove the key for all kinds");
    }
    (what, kinds)
}

/// Reads the environments (installations), with requesters' words for them.
pub(super) fn read_environments(section: &mut Section<'_, '_>) -> Vec<Named<ShortName>> {
    let mut environments: Vec<Named<ShortName>> = Vec::new();
    for table in section.some_tables("environment", "test") {
        let name = section.name_of(&table, values::short_name);
        let spot = table.spot.clone();
        let mut table = Section::named(section.reading(), &table);
        let words = bare(table.list("words", values::line));
        let Some(name) = name else { continue };
        if environments.iter().any(|other| other.thing == name) {
            let problem = format!("is the environment {name} again, case does not matter; choose another name");
            section.reading().report.error(&spot, problem);
            continue;
        }
        environments.push(Named { thing: name, words });
    }
    environments
}
