//! Reads `[engineer.NAME]`.

use jiff::civil::Date;

use super::report::Spot;
use super::section::{FileReading, NamedTable, Section, alternatives, bare};
use super::values;
use crate::model::policy::{Engineer, FormerEngineer, PublicSide};
use crate::model::{DeskKey, EmailAddress, Language, ShortName};

/// All engineers of the file.
pub(super) struct EngineerDirectory<'t> {
    /// The engineers whose tables have no mistake.
    pub people: Vec<Person>,
    /// The names of all tables, including those with mistakes.
    names: Vec<&'t str>,
}

/// An engineer with the places of the keys in the file.
pub(super) struct Person {
    pub engineer: Engineer,
    /// The first line of the table.
    pub spot: Spot,
    /// Further words for tags, with their places.
    pub words: Vec<(String, Spot)>,
    addresses: Vec<(EmailAddress, Spot)>,
    /// The first day without them; None: no such day is known.
    left: Option<Date>,
    /// Whether that day has come.
    is_gone: bool,
    successor: Option<(ShortName, Spot)>,
    /// Earlier names.
    was: Vec<(ShortName, Spot)>,
    /// The desks where the engineer works; None: all.
    desks: Option<Vec<DeskKey>>,
}

impl Person {
    /// Whether this engineer works at a desk.
    pub fn works_at(&self, desk: &DeskKey) -> bool {
        self.desks.as_ref().is_none_or(|desks| desks.contains(desk))
    }
}

impl<'t> EngineerDirectory<'t> {
    /// Reads all engineers; a name or address may belong to one engineer only.
    pub fn read(reading: &mut FileReading<'t>, tables: &[NamedTable<'t>], desks: &[DeskKey]) -> Self {
        let mut directory =
            EngineerDirectory { people: Vec::new(), names: tables.iter().map(|table| table.name).collect() };
        for table in tables {
            let name = values::short_name(table.name);
            let name = name.map_err(|problem| reading.report.error(&table.spot, problem)).ok();
            let mut section = Section::named(reading, table);
            let Some(person) = read(&mut section, name, &table.spot, desks) else { continue };
            if directory.people.iter().any(|other| other.engineer.name == person.engineer.name) {
                let name = &person.engineer.name;
                let problem = format!("is the engineer {name} again, case does not matter; choose another name");
                reading.report.error(&table.spot, problem);
                continue;
            }
            directory.people.push(person);
        }
        directory.check_addresses(reading);
        directory.check_successors(reading);
        directory
    }

    fn check_successors(&self, reading: &mut FileReading<'_>) {
        for person in &self.people {
            let name = &person.engineer.name;
            if let Some((successor, spot)) = &person.successor {
                let found = self.person(successor);
                let problem = match found {
                    _ if successor == name => Some("is themselves; name somebody else, or remove the key".to_owned()),
                    None => Some(format!("there is no [engineer.{successor}]; use {}", alternatives(&self.names))),
                    Some(other) if other.left.is_some() => {
                        Some(format!("{successor} leaves too; name somebody who stays, or remove the key"))
                    }
                    Some(_) => None,
                };
                problem.into_iter().for_each(|problem| reading.report.error(spot, problem));
            }
            for (was, spot) in &person.was {
                if self.names.iter().any(|other| other.to_lowercase() == was.as_str()) {
                    let problem = format!(
                        "there is an [engineer.{was}] too; somebody who was renamed has one table, remove the other"
                    );
                    reading.report.error(spot, problem);
                }
            }
        }
    }

    /// The first day, of those to come, without somebody.
    pub fn next_leaving(&self) -> Option<Date> {
        self.people.iter().filter(|person| !person.is_gone).filter_map(|person| person.left).min()
    }

    /// Those whose requests at a desk go to others: who has left, and who has another name now.
    pub fn former(&self, desk: &DeskKey) -> Vec<FormerEngineer> {
        let at_desk =
            |name: &ShortName| self.person(name).is_some_and(|person| person.works_at(desk) && !person.is_gone);
        let mut former = Vec::new();
        for person in self.people.iter().filter(|person| person.works_at(desk)) {
            let of = |name: &ShortName, successor: Option<&ShortName>, is_renamed| FormerEngineer {
                name: name.clone(),
                full_name: person.engineer.full_name.clone(),
                successor: successor.filter(|successor| at_desk(successor)).cloned(),
                is_renamed,
            };
            let now = if person.is_gone {
                person.successor.as_ref().map(|(name, _)| name)
            } else {
                Some(&person.engineer.name)
            };
            former.extend(person.is_gone.then(|| of(&person.engineer.name, now, false)));
            former.extend(person.was.iter().map(|(was, _)| of(was, now, !person.is_gone)));
        }
        former
    }

    fn check_addresses(&self, reading: &mut FileReading<'_>) {
        let all: Vec<&(EmailAddress, Spot)> = self.people.iter().flat_map(|person| &person.addresses).collect();
        for (index, (address, spot)) in all.iter().enumerate() {
            if let Some((_, first)) = all[..index].iter().find(|(other, _)| other == address) {
                let problem =
                    format!("{address} is already used at {}; give each address to one engineer, once", first.key);
                reading.report.error(spot, problem);
            }
        }
    }

    /// Refuses engineers' addresses that are also a desk's own or a web form's.
    pub fn check_against(
        &self,
        reading: &mut FileReading<'_>,
        own: &[(EmailAddress, Spot)],
        forms: &[(EmailAddress, Spot)],
    ) {
        let stands_at = |places: &[(EmailAddress, Spot)], address: &EmailAddress| {
            let mut places = places.iter();
            places.find(|(other, _)| other.without_tag() == address.without_tag()).map(|(_, spot)| spot.key.clone())
        };
        for (address, spot) in self.people.iter().flat_map(|person| &person.addresses) {
            if let Some(place) = stands_at(own, address) {
                let problem = format!(
                    "{address} is the desk's own address ({place}), so e-mails would come back to the desk; name the engineer's \
                     own mailbox"
                );
                reading.report.error(spot, problem);
            } else if let Some(place) = stands_at(forms, address) {
                let problem = format!("{address} is a web form's address ({place}); name the engineer's own mailbox");
                reading.report.error(spot, problem);
            }
        }
    }

    /// The people who have not left.
    pub fn present(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| !person.is_gone)
    }

    /// The engineers of a desk.
    pub fn of(&self, desk: &DeskKey) -> Vec<Engineer> {
        self.present().filter(|person| person.works_at(desk)).map(|person| person.engineer.clone()).collect()
    }

    /// Reads the required key `members` of a line or team, each engineer once; `who` is "line" or "team" for messages.
    pub fn members(&self, section: &mut Section<'_, '_>, desk: Option<&DeskKey>, who: &str) -> Vec<ShortName> {
        let key = "members";
        let named = section.list(key, |text| self.member(text, desk));
        if !section.has(key) {
            section.error(key, format!("is missing; name the engineers of the {who}: members = [\"ivanov\"]"));
        } else if section.is_empty_list(key) {
            section.error(key, format!("is empty; name an engineer, or remove the {who}"));
        }
        let mut members: Vec<ShortName> = Vec::new();
        for (name, spot) in named {
            if members.contains(&name) {
                section.reading().report.error(&spot, format!("{name} is listed twice; remove one"));
            } else {
                members.push(name);
            }
        }
        let last = members
            .iter()
            .map(|name| self.person(name).and_then(|person| person.left))
            .max_by_key(|left| left.unwrap_or(Date::MAX));
        members.retain(|name| self.person(name).is_none_or(|person| !person.is_gone));
        if let Some(Some(day)) = last {
            let remedy = format!("name somebody who stays, or remove the {who}");
            if members.is_empty() {
                section.error(key, format!("all of them have left; {remedy}"));
            } else {
                section.warning(
                    key,
                    format!("from {day} on all of them have left, and then this file is refused; {remedy}"),
                );
            }
        }
        members
    }

    fn person(&self, name: &ShortName) -> Option<&Person> {
        self.people.iter().find(|person| person.engineer.name == *name)
    }

    /// Who gets what a rule assigns to an engineer: whoever takes over from somebody who has left; None: nobody.
    pub fn acting(&self, name: ShortName) -> Option<ShortName> {
        match self.person(&name) {
            Some(person) if person.is_gone => person.successor.as_ref().map(|(successor, _)| successor.clone()),
            _ => Some(name),
        }
    }

    /// Finds an engineer of a desk by name.
    pub fn member(&self, text: &str, desk: Option<&DeskKey>) -> Result<ShortName, String> {
        let folded = text.to_lowercase();
        if !self.names.iter().any(|name| name.to_lowercase() == folded) {
            return Err(match alternatives(&self.names) {
                none if none.is_empty() => format!("there is no engineer {text:?}; add a table [engineer.{text}]"),
                known => format!("there is no [engineer.{text}]; add it, or use {known}"),
            });
        }
        let name = values::short_name(text)?;
        let person = self.person(&name);
        match (person, desk) {
            (Some(person), Some(desk)) if !person.works_at(desk) => Err(format!(
                "{name} does not work at this desk; add {:?} to engineer.{name}.desks, or remove {name} here",
                desk.as_str()
            )),
            _ => Ok(name),
        }
    }
}

fn read(section: &mut Section<'_, '_>, name: Option<ShortName>, spot: &Spot, desks: &[DeskKey]) -> Option<Person> {
    let full_name =
        section.required("name", values::line, "write what colleagues call this person: name = \"Иван Иванов\"");
    let address = section.required("address", values::address, "write the engineer's own e-mail address");
    let aliases = section.list("aliases", values::address);
    let words = section.list("words", values::line);
    let public = read_public(section);
    let languages = [("ru", Language::Ru), ("en", Language::En)];
    let language = section.choice("language", "a language of e-mails", &languages);
    let desks = read_desks(section, desks);
    let left = section.quantity("left", values::day);
    let successor = section.parsed("successor", values::short_name);
    let successor = successor.map(|successor| (successor, section.spot_of("successor")));
    if successor.is_some() && !section.has("left") {
        section.warning("successor", "has no effect without left, the first day without this person; add that too");
    }
    let was = section.one_or_more("was", values::short_name);
    let process = section.reading().process;
    let today = process.time_zone.to_datetime(process.now.to_jiff()).date();
    let mut addresses: Vec<(EmailAddress, Spot)> = aliases.clone();
    addresses.extend(address.iter().map(|address| (address.clone(), section.spot_of("address"))));
    addresses.sort_by_key(|(_, spot)| spot.line);
    let engineer = Engineer {
        name: name?,
        full_name: full_name?,
        address: address?,
        aliases: bare(aliases),
        language,
        words: bare(words.clone()),
        public,
    };
    let is_gone = left.is_some_and(|left| left <= today);
    Some(Person { engineer, spot: spot.clone(), words, addresses, left, is_gone, successor, was, desks })
}

/// Reads what customers read of an engineer: `public_name` and `signature = { ru, en }`.
fn read_public(section: &mut Section<'_, '_>) -> PublicSide {
    let name = section.parsed("public_name", values::sender_name).unwrap_or_default();
    let shape = "a table: signature = { ru = \"Иван Иванов\", en = \"Ivan Ivanov\" }";
    let Some(mut signature) = section.some_table("signature", shape) else {
        return PublicSide { name, ..PublicSide::default() };
    };
    let mut read = |language| signature.parsed(language, values::signature).unwrap_or_default();
    PublicSide { name, signature_ru: read("ru"), signature_en: read("en") }
}

/// Reads the desks where an engineer works; None: all.
fn read_desks(section: &mut Section<'_, '_>, known: &[DeskKey]) -> Option<Vec<DeskKey>> {
    let key = "desks";
    let names: Vec<&str> = known.iter().map(DeskKey::as_str).collect();
    let desks = section.list(key, |text| {
        let desk = values::desk_key(text)?;
        if known.contains(&desk) {
            Ok(desk)
        } else {
            Err(format!("there is no [desk.{desk}]; use {}", alternatives(&names)))
        }
    });
    if section.is_empty_list(key) {
        section.error(key, "is empty; name a desk, or remove the key for all desks");
    }
    section.has(key).then(|| bare(desks))
}
