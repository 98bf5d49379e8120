//! Reads `[desk.KEY]`.

use super::contract::KINDS;
use super::engineer::EngineerDirectory;
use super::report::Spot;
use super::section::{FileReading, NamedTable, Section, alternatives, bare, one_of};
use super::words::DeskWord;
use super::{Grammar, calendar, contract, defaults, phrases, require, rule, status, team, texts, values};
use crate::model::policy::{AfterClose, Assignment, Copies, Desk, Span, WithoutContract, is_public_domain};
use crate::model::{DeskKey, EmailAddress, Language};

/// Checks and returns the keys of all desks; of two that look alike the second is refused.
pub(super) fn read_keys(reading: &mut FileReading<'_>, tables: &[NamedTable<'_>]) -> Vec<DeskKey> {
    let mut known: Vec<DeskKey> = Vec::new();
    for table in tables {
        let key = match values::desk_key(table.name) {
            Ok(key) => key,
            Err(problem) => {
                reading.report.error(&table.spot, problem);
                continue;
            }
        };
        match known.iter().find(|other| look(other) == look(&key)) {
            Some(other) if *other == key => {
                reading
                    .report
                    .error(&table.spot, format!("is the desk {other} again, case does not matter; choose another key"));
            }
            Some(other) => reading.report.error(&table.spot, format!("{key} looks like {other}; choose another key")),
            None => known.push(key),
        }
    }
    known
}

/// The earlier keys of all desks.
pub(super) fn read_earlier_keys<'t>(reading: &mut FileReading<'t>, tables: &[NamedTable<'t>]) -> Vec<DeskKey> {
    tables.iter().flat_map(|table| bare(Section::named(reading, table).one_or_more("was", values::desk_key))).collect()
}

/// A key reduced to its looks: 0 is O, 1 and L are I.
fn look(key: &DeskKey) -> String {
    let seen = |c| match c {
        '0' => 'O',
        '1' | 'L' => 'I',
        other => other,
    };
    key.as_str().chars().map(seen).collect()
}

/// Reads all desks, and the words that they add to tags. An address may belong to one desk only, and must not be that of a
/// web form, an engineer or an external team as well.
pub(super) fn read_all<'t>(
    reading: &mut FileReading<'t>,
    tables: &[NamedTable<'t>],
    transports: &[&str],
    directory: &EngineerDirectory<'t>,
    grammar: Grammar,
) -> (Vec<Desk>, Vec<DeskWord>) {
    let mut places = Places::default();
    let mut desks = Vec::new();
    for table in tables {
        let mut section = Section::named(reading, table);
        let key = values::desk_key(table.name).ok();
        let basics = read(&mut section, key.clone(), transports, &mut places);
        let time = read_time(&mut section);
        let steering = read_steering(&mut section, key.as_ref(), directory, &mut places);
        let plain_words = phrases::read(&mut section, grammar);
        let texts = texts::read(&mut section);
        desks.extend(basics.map(time).map(steering).map(|desk| Desk { plain_words, texts, ..desk }));
    }
    check_own(reading, &places.own);
    check_earlier_keys(reading, &places.was, tables);
    for (form, spot) in &places.forms {
        if places.own.iter().any(|(address, _)| address.without_tag() == form.without_tag()) {
            let problem = format!("{form} is a desk's own address, so its mail would come back as new; remove it here");
            reading.report.error(spot, problem);
        }
    }
    for (team, spot) in &places.external {
        if places.own.iter().any(|(address, _)| address.without_tag() == team.without_tag()) {
            let problem =
                format!("{team} is a desk's own address; to pass requests on to a desk, use the tag [desk KEY]");
            reading.report.error(spot, problem);
        } else if directory.people.iter().any(|person| person.engineer.writes_from(team)) {
            let problem = format!("{team} is an engineer's address; name that engineer in members, and no address");
            reading.report.error(spot, problem);
        }
    }
    directory.check_against(reading, &places.own, &places.forms);
    (desks, places.words)
}

/// Refuses earlier keys that are, or look like, the key of a desk or another earlier key.
fn check_earlier_keys(reading: &mut FileReading<'_>, was: &[(DeskKey, Spot)], tables: &[NamedTable<'_>]) {
    let present: Vec<DeskKey> = tables.iter().filter_map(|table| values::desk_key(table.name).ok()).collect();
    for (index, (key, spot)) in was.iter().enumerate() {
        if let Some(other) = present.iter().find(|other| look(other) == look(key)) {
            let problem = format!(
                "{key} cannot be told from [desk.{other}]; a desk that was renamed has one table, remove the other"
            );
            reading.report.error(spot, problem);
        } else if was[..index].iter().any(|(other, _)| look(other) == look(key)) {
            reading.report.error(spot, format!("{key} is named twice, or looks like another earlier key; remove one"));
        }
    }
}

/// Addresses and words of all desks with their places in the file, for checks across desks.
#[derive(Default)]
struct Places {
    was: Vec<(DeskKey, Spot)>,
    own: Vec<(EmailAddress, Spot)>,
    forms: Vec<(EmailAddress, Spot)>,
    external: Vec<(EmailAddress, Spot)>,
    words: Vec<DeskWord>,
}

fn check_own(reading: &mut FileReading<'_>, own: &[(EmailAddress, Spot)]) {
    for (index, (address, spot)) in own.iter().enumerate() {
        let earlier = own[..index].iter().find(|(other, _)| other.without_tag() == address.without_tag());
        if let Some((_, first)) = earlier {
            let problem = format!("{address} is already used at {}; give each address to one desk, once", first.key);
            reading.report.error(spot, problem);
        }
    }
}

/// Reads a desk's basic keys: name, addresses, language, transport, customers, spam, and how requests are treated.
fn read(section: &mut Section<'_, '_>, key: Option<DeskKey>, transports: &[&str], places: &mut Places) -> Option<Desk> {
    let was = section.one_or_more("was", values::desk_key);
    places.was.extend(was.iter().cloned());
    let name =
        section.required("name", values::line, "write what customers read as the sender: name = \"Example support\"");
    let name_en = section.parsed("name_en", values::line).unwrap_or_default();
    let address = section.required("address", values::address, "write the address that customers write to");
    let aliases = section.list("aliases", values::address);
    let languages = [("auto", None), ("ru", Some(Language::Ru)), ("en", Some(Language::En))];
    let language = section.choice("language", "a language of e-mails", &languages).flatten();
    let transport = read_transport(section, transports);
    let form_senders = section.list("form_senders", values::address);
    let own_lists = bare(section.list("own_lists", values::list_id));
    let customers = bare(section.list("customers", values::pattern));
    let house = read_house(section);
    let choices = [("colleagues", Copies::Colleagues), ("all", Copies::All), ("nobody", Copies::Nobody)];
    let copies = section.choice("copies", "a way to choose who gets copies of answers", &choices);
    let public_domains = bare(section.list("public_domains", values::domain));
    let blocked = bare(section.list("blocked", values::pattern));
    let spam_headers = bare(section.list("spam_headers", values::header));
    let ignored_brackets = bare(section.list("ignored_brackets", values::line));
    let grace = section.quantity("grace", |text| values::duration(text, defaults::GRACE_RANGE));
    let grace = grace.and_then(|grace| u32::try_from(grace.as_secs()).ok());
    let choices = [("reopen", AfterClose::Reopen), ("open new", AfterClose::OpenNew)];
    let after_close = section.choice("after_close", "a way to treat replies after closing", &choices);
    let plus_addresses = section.switch("plus_addresses");
    let choices =
        [("nobody", Assignment::Nobody), ("in turn", Assignment::InTurn), ("least loaded", Assignment::LeastLoaded)];
    let assignment = section.choice("assignment", "a way to assign requests", &choices);
    let urgent_problems = section.switch("urgent_problems");
    let first_word_kinds = section
        .has("first_word_kinds")
        .then(|| bare(section.list("first_word_kinds", |text| one_of(text, "a kind of request", &KINDS))));

    places.own.extend(address.iter().map(|address| (address.clone(), section.spot_of("address"))));
    places.own.extend(aliases.iter().cloned());
    places.forms.extend(form_senders.iter().cloned());
    let desk = Desk::new(key?, name?, address?, transport?);
    Some(Desk {
        was: bare(was),
        name_en,
        aliases: bare(aliases),
        language,
        form_senders: bare(form_senders),
        own_lists,
        customers,
        house,
        copies: copies.unwrap_or(desk.copies),
        public_domains,
        blocked,
        spam_headers,
        ignored_brackets,
        grace: grace.unwrap_or(desk.grace),
        after_close: after_close.unwrap_or(desk.after_close),
        plus_addresses: plus_addresses.unwrap_or(desk.plus_addresses),
        assignment: assignment.unwrap_or(desk.assignment),
        urgent_problems: urgent_problems.unwrap_or(desk.urgent_problems),
        first_word_kinds: first_word_kinds.unwrap_or(desk.first_word_kinds),
        ..desk
    })
}

/// Reads engineers, lines, teams, statuses, rules and requirements; the returned function adds them to a desk.
fn read_steering(
    section: &mut Section<'_, '_>,
    key: Option<&DeskKey>,
    directory: &EngineerDirectory<'_>,
    places: &mut Places,
) -> impl FnOnce(Desk) -> Desk + use<> {
    let lines = team::read_lines(section, key, directory);
    let teams = team::read_teams(section, key, directory, &mut places.words, &mut places.external);
    let statuses = status::read_all(section, key, &mut places.words);
    let engineers = key.map(|key| directory.of(key)).unwrap_or_default();
    let former = key.map(|key| directory.former(key)).unwrap_or_default();
    let rules = rule::read_all(section, &rule::RuleContext { desk: key, lines: &lines, teams: &teams, directory });
    let required = require::read_all(section);
    let environments = require::read_environments(section);
    move |desk| Desk { engineers, former, rules, required, environments, lines, teams, statuses, ..desk }
}

/// Reads calendar, timers, SLA and contracts; the returned function adds them to a desk.
fn read_time(section: &mut Section<'_, '_>) -> impl FnOnce(Desk) -> Desk + use<> {
    let close_after = section.quantity("close_after", calendar::span);
    let closing_notice = section.quantity("closing_notice", calendar::span);
    match (close_after, closing_notice) {
        (Some(close_after), Some(notice)) if least_seconds(notice) >= least_seconds(close_after) => {
            section.error(
                "closing_notice",
                "is not shorter than close_after; it is the time between the notice and closing",
            );
        }
        (None, Some(_)) if !section.has("close_after") => {
            section.error(
                "closing_notice",
                "needs close_after, without which nothing is closed automatically; add that, or remove this",
            );
        }
        _ => {}
    }
    let remind_after = section.quantity("remind_after", calendar::span);
    let forget_after = section.quantity("forget_after", values::retention);
    for (key, span) in [("close_after", close_after), ("remind_after", remind_after)] {
        let seconds = |days: u32| days.saturating_mul(24 * 3_600);
        if let (Some(days), Some(span)) = (forget_after, span)
            && seconds(days) <= least_seconds(span)
        {
            section.error(
                "forget_after",
                format!("is not longer than {key}; the content of a request is needed until it ends, so use more"),
            );
        }
    }
    let digest = section.parsed("digest", calendar::time);
    let choices = [("serve", WithoutContract::Served), ("tell", WithoutContract::Told)];
    let without_contract = section.choice("without_contract", "a way to treat customers without a contract", &choices);
    let calendar = calendar::read(section);
    let sla = contract::read_sla(section);
    let contracts = contract::read_all(section);
    if without_contract == Some(WithoutContract::Told) && !section.has("contract") {
        section.error("without_contract", "needs a contract, without which nobody is told; add one, or remove this");
    }
    move |desk| Desk {
        calendar,
        close_after,
        closing_notice,
        remind_after,
        forget_after,
        sla,
        contracts,
        without_contract: without_contract.unwrap_or(desk.without_contract),
        digest,
        ..desk
    }
}

/// Reads the company's own domains; a public provider's is none, since anybody may have an address there.
fn read_house(section: &mut Section<'_, '_>) -> Vec<String> {
    let domains = bare(section.list("house", values::domain));
    for public in domains.iter().filter(|domain| is_public_domain(domain)) {
        section.error(
            "house",
            format!("{public} belongs to a public mail provider, where anybody may have an address; remove it"),
        );
    }
    domains
}

/// The least number of seconds in a span, for comparing two; a working day counts as a day.
fn least_seconds(span: Span) -> u32 {
    match span {
        Span::Elapsed(seconds) | Span::Working(seconds) => seconds,
        Span::Days(days) | Span::WorkingDays(days) => days.saturating_mul(24 * 3_600),
    }
}

/// The desk's transport; need not be named where there is only one.
fn read_transport(section: &mut Section<'_, '_>, transports: &[&str]) -> Option<String> {
    match section.text("transport") {
        Some(name) if transports.contains(&name) => Some(name.to_owned()),
        Some(name) if transports.is_empty() => Some(name.to_owned()),
        Some(name) => {
            section.error("transport", format!("there is no [transport.{name}]; use {}", alternatives(transports)));
            None
        }
        None if section.has("transport") => None,
        None => {
            if transports.len() > 1 {
                section.error(
                    "transport",
                    format!(
                        "is missing; name the transport that sends the desk's e-mails: {}",
                        alternatives(transports)
                    ),
                );
            }
            transports.first().map(|only| (*only).to_owned())
        }
    }
}
