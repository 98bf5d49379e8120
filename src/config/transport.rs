//! Reads `[transport.NAME]`.

use super::provider::Provider;
use super::section::{FileReading, NamedTable, Section};
use super::{credential, defaults, server, values};
use crate::model::Credential;
use crate::model::settings::{SmtpSettings, TransportKind, TransportSettings};

/// Reads all transports.
pub(super) fn read_all<'t>(reading: &mut FileReading<'t>, tables: &[NamedTable<'t>]) -> Vec<TransportSettings> {
    let mut transports = Vec::new();
    for table in tables {
        if let Err(problem) = values::name(table.name) {
            reading.report.error(&table.spot, problem);
        }
        let mut section = Section::named(reading, table);
        transports.extend(read_kind(&mut section).map(|kind| TransportSettings { name: table.name.to_owned(), kind }));
    }
    transports
}

fn read_kind(section: &mut Section<'_, '_>) -> Option<TransportKind> {
    if section.has("folder") {
        section.exclude(server::KEYS.into_iter().chain(["hello"]), "folder");
        section.warning("folder", "e-mails are written to files there, and nothing is sent");
        return section.path("folder").map(TransportKind::Folder);
    }
    let preset = Provider::of(section).map(Provider::smtp);
    let server = server::read(
        section,
        &server::SMTP,
        preset,
        "name the SMTP server: host = \"smtp.example.org\" (or, to try things out: folder = \"/path\")",
    );
    let login = read_login(section);
    let hello = section.parsed("hello", values::hello).unwrap_or_else(|| {
        let host_name = &section.reading().process.host_name;
        if values::is_domain(host_name) { host_name.clone() } else { defaults::HELLO.to_owned() }
    });
    Some(TransportKind::Smtp(SmtpSettings { server: server?, login, hello }))
}

/// Reads user and credential: both or neither.
fn read_login(section: &mut Section<'_, '_>) -> Option<(String, Credential)> {
    let user = section.parsed("user", values::line);
    let credential = if section.has("user") { credential::require(section) } else { credential::read(section) };
    if credential::is_named(section) && !section.has("user") {
        section.error("user", "is missing; a password or token needs the name to log in with");
    }
    let credential = credential?.map_err(|(spot, problem)| section.reading().report.error(&spot, problem)).ok();
    user.zip(credential)
}
