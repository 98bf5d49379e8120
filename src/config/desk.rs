//! Reads `[desk.KEY]`.

use super::report::Spot;
use super::section::{NamedTable, Reading, Section, alternatives};
use super::{keys, values};
use crate::model::policy::Desk;
use crate::model::{DeskKey, EmailAddress, Language};

/// Checks the keys of all desks; two that look alike are refused.
pub(super) fn read_keys(reading: &mut Reading<'_>, tables: &[NamedTable<'_>]) -> Vec<DeskKey> {
    let mut known: Vec<DeskKey> = Vec::new();
    for table in tables {
        let key = match values::desk_key(table.name) {
            Ok(key) => key,
            Err(problem) => {
                reading.report.mistake(&table.spot, problem);
                continue;
            }
        };
        match known.iter().find(|other| look(other) == look(&key)) {
            Some(other) if *other == key => {
                reading.report.mistake(
                    &table.spot,
                    format!("is the desk {other} again, case does not matter; choose another key"),
                );
            }
            Some(other) => reading.report.mistake(&table.spot, format!("{key} looks like {other}; choose another key")),
            None => known.push(key),
        }
    }
    known
}

/// A key as people see it: 0 is O, 1 and L are I.
fn look(key: &DeskKey) -> String {
    let seen = |c| match c {
        '0' => 'O',
        '1' | 'L' => 'I',
        other => other,
    };
    key.as_str().chars().map(seen).collect()
}

/// Reads all desks; every address belongs to one desk, and no desk's address is a web form.
pub(super) fn read_all<'t>(reading: &mut Reading<'t>, tables: &[NamedTable<'t>], transports: &[&str]) -> Vec<Desk> {
    let mut places = Places::default();
    let mut desks = Vec::new();
    for table in tables {
        let mut section = Section::named(reading, table, keys::DESK);
        desks.extend(read(&mut section, table.name, transports, &mut places));
    }
    check_own(reading, &places.own);
    for (form, spot) in &places.forms {
        if places.own.iter().any(|(address, _)| address.without_tag() == form.without_tag()) {
            let problem = format!("{form} is a desk's own address, so its mail would come back as new; remove it here");
            reading.report.mistake(spot, problem);
        }
    }
    desks
}

/// Where addresses stand, over all desks.
#[derive(Default)]
struct Places {
    own: Vec<(EmailAddress, Spot)>,
    forms: Vec<(EmailAddress, Spot)>,
}

fn check_own(reading: &mut Reading<'_>, own: &[(EmailAddress, Spot)]) {
    for (index, (address, spot)) in own.iter().enumerate() {
        let earlier = own[..index].iter().find(|(other, _)| other.without_tag() == address.without_tag());
        if let Some((_, first)) = earlier {
            let problem = format!("{address} stands already at {}; give each address to one desk, once", first.key);
            reading.report.mistake(spot, problem);
        }
    }
}

fn read(section: &mut Section<'_, '_>, key: &str, transports: &[&str], places: &mut Places) -> Option<Desk> {
    let name = section.parsed("name", values::line);
    let name = section.require("name", name, "write what customers read as the sender: name = \"Example support\"");
    let address = section.parsed("address", values::address);
    let address = section.require("address", address, "write the address that customers write to");
    let aliases = section.list("aliases", values::address);
    let form_senders = section.list("form_senders", values::address);
    let languages = [("auto", None), ("ru", Some(Language::Ru)), ("en", Some(Language::En))];
    let language = section.choice("language", "a language of letters", &languages).flatten();
    let transport = read_transport(section, transports);
    let own_lists = bare(section.list("own_lists", values::list_id));
    let customers = bare(section.list("customers", values::pattern));
    let blocked = bare(section.list("blocked", values::pattern));
    let spam_headers = bare(section.list("spam_headers", values::header));

    places.own.extend(address.iter().map(|address| (address.clone(), section.spot_of("address"))));
    places.own.extend(aliases.iter().cloned());
    places.forms.extend(form_senders.iter().cloned());
    Some(Desk {
        aliases: bare(aliases),
        language,
        form_senders: bare(form_senders),
        own_lists,
        customers,
        blocked,
        spam_headers,
        ..Desk::new(DeskKey::parse(key).ok()?, name?, address?, transport?)
    })
}

fn bare<T>(found: Vec<(T, Spot)>) -> Vec<T> {
    found.into_iter().map(|(value, _)| value).collect()
}

/// The transport's name; where there is only one, it need not be said.
fn read_transport(section: &mut Section<'_, '_>, transports: &[&str]) -> Option<String> {
    match section.text("transport") {
        Some(name) if transports.contains(&name) => Some(name.to_owned()),
        Some(name) if transports.is_empty() => Some(name.to_owned()),
        Some(name) => {
            section.mistake("transport", format!("there is no [transport.{name}]; use {}", alternatives(transports)));
            None
        }
        None if section.has("transport") => None,
        None => {
            if transports.len() > 1 {
                section.mistake(
                    "transport",
                    format!("is missing; say which carries the letters: {}", alternatives(transports)),
                );
            }
            transports.first().map(|only| (*only).to_owned())
        }
    }
}
