//! Reads `[desk.KEY.status.NAME]`: a status of the desk's own, or the desk's words for a built-in one.

use super::report::Spot;
use super::section::{Section, bare};
use super::values;
use super::words::DeskWord;
use crate::model::policy::StatusWords;
use crate::model::{Ask, DeskKey, Phase, Status};

/// The phases that a status can have. `new` is reserved for requests that nobody has worked on yet.
const PHASES: [(&str, Phase); 5] = [
    ("open", Phase::Open),
    ("waiting", Phase::Waiting),
    ("planned", Phase::Planned),
    ("completed", Phase::Completed),
    ("closed", Phase::Closed),
];

/// Reads the statuses of a desk; their words are added to `words`.
pub(super) fn read_all(
    section: &mut Section<'_, '_>,
    desk: Option<&DeskKey>,
    words: &mut Vec<DeskWord>,
) -> Vec<StatusWords> {
    let mut statuses: Vec<StatusWords> = Vec::new();
    for table in section.some_tables("status", "vendor") {
        let Some(status) = section.name_of(&table, values::status) else { continue };
        if statuses.iter().any(|other| other.status == status) {
            let problem = format!("is the status {status} again, case does not matter; choose another name");
            section.reading().report.error(&table.spot, problem);
            continue;
        }
        let (found, further) = read(&mut Section::named(section.reading(), &table), status);
        let ask = Ask::Status(found.status.clone());
        let name = (found.status.to_string(), table.spot.clone());
        let all = DeskWord::all_of(desk, &ask, name, &further);
        // The name of a built-in status is a built-in tag already.
        words.extend(all.into_iter().skip(usize::from(found.status.is_built_in())));
        statuses.push(found);
    }
    statuses
}

/// Reads one status. Of a built-in status that no tag sets, only the label can be configured.
fn read(section: &mut Section<'_, '_>, status: Status) -> (StatusWords, Vec<(String, Spot)>) {
    let phase = read_phase(section, &status);
    let (label_ru, label_en) = read_label(section, &status);
    let words = section.list("words", values::line);
    let tells = section.switch("tells");
    if !is_asked_for(&status) {
        for key in ["words", "tells"] {
            if section.has(key) {
                section
                    .error(key, format!("no tag makes a request {status}; only its label can be chosen, remove this"));
            }
        }
    }
    let found = StatusWords {
        phase,
        label_ru,
        label_en,
        words: bare(words.clone()),
        tells: tells.unwrap_or(status.tells()),
        status,
    };
    (found, words)
}

/// Whether a tag with the status's name sets it. The others are set by mail, by confirming, or by tags that have their own
/// e-mail or none (nobody writes to a spammer).
fn is_asked_for(status: &Status) -> bool {
    match status {
        Status::InWork | Status::NeedInfo | Status::Planned | Status::Done | Status::Declined | Status::Closed => true,
        Status::New
        | Status::Confirmed
        | Status::Withdrawn
        | Status::Spam
        | Status::Duplicate
        | Status::Transferred => false,
        Status::Own(_) => true,
    }
}

/// Reads the phase: required for the desk's own statuses; built-in ones have a fixed one.
fn read_phase(section: &mut Section<'_, '_>, status: &Status) -> Phase {
    let key = "phase";
    let remedy = "say what it means: phase = \"waiting\" (or open, planned, completed, closed)";
    match status.phase() {
        Some(own) => {
            if section.has(key) && section.text(key).is_some_and(|text| text != own.as_ref()) {
                section.error(key, format!("the phase of {status} is always \"{own}\"; remove the key"));
            }
            own
        }
        None => {
            let phase = section.choice(key, "a phase that a status can have", &PHASES);
            section.require(key, phase, remedy).unwrap_or(Phase::Open)
        }
    }
}

/// Reads the label in Russian and English; empty for a built-in status without one, which keeps its own label.
fn read_label(section: &mut Section<'_, '_>, status: &Status) -> (String, String) {
    let key = "label";
    let is_needed = !status.is_built_in();
    let shape = "label = { ru = \"У поставщика\", en = \"With the vendor\" }";
    let is_missing = is_needed && !section.has(key);
    let Some(mut label) = section.some_table(key, &format!("a table: {shape}")) else {
        if is_missing {
            section.error(key, format!("is missing; write what people read: {shape}"));
        }
        return Default::default();
    };
    let mut read = |language, remedy| {
        let text = label.parsed(language, values::line);
        if is_needed { label.require(language, text, remedy) } else { text }.unwrap_or_default()
    };
    (read("ru", "write the label in Russian, too"), read("en", "write the label in English, too"))
}
