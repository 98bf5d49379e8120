//! Reads the keys of a server's address and protection, which mailboxes and transports share.

use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::provider::Preset;
use super::section::Section;
use super::values;
use crate::model::settings::{Server, Tls};

/// The keys of a server and its login; none of them may be combined with a folder.
pub(super) const KEYS: [&str; 9] =
    ["host", "port", "tls", "ca_file", "user", "password_file", "password_env", "password_credential", "oauth2"];

/// A protocol's default ports.
pub(super) struct Ports {
    /// For TLS from the first byte.
    pub implicit: u16,
    /// For STARTTLS.
    pub starttls: u16,
    /// For unprotected connections.
    pub plain: u16,
}

/// IMAP: RFC 8314 section 7.2, RFC 3501 section 2.1.
pub(super) const IMAP: Ports = Ports { implicit: 993, starttls: 143, plain: 143 };

/// Submission: RFC 8314 section 7.3, RFC 6409; unprotected as to any MTA.
pub(super) const SMTP: Ports = Ports { implicit: 465, starttls: 587, plain: 25 };

/// Reads `host`, `port`, `tls` and `ca_file`; None where the host is missing or wrong, which is reported. `preset` stands for
/// what is missing; without one `remedy` is for a missing host.
pub(super) fn read(
    section: &mut Section<'_, '_>,
    ports: &Ports,
    preset: Option<Preset>,
    remedy: &str,
) -> Option<Server> {
    let host = section.parsed("host", values::host);
    // The protection of another host is not the provider's.
    let preset = preset.filter(|_| !section.has("host"));
    let host = host.or(preset.as_ref().map(|preset| preset.host.to_owned()));
    let host = section.require("host", host, remedy);
    let port = section.number("port", 1..=u16::MAX.into()).and_then(|port| u16::try_from(port).ok());
    let tls = read_tls(section).or(preset.map(|preset| preset.tls)).unwrap_or(Tls::Implicit);
    let fallback = match tls {
        Tls::Implicit => ports.implicit,
        Tls::StartTls => ports.starttls,
        Tls::None => ports.plain,
    };
    let port = port.unwrap_or(fallback);
    let ca_file = read_ca_file(section);
    let host = host?;
    check_plain(section, &host, tls);
    warn_of_port(section, ports, port, tls);
    Some(Server { host, port, tls, ca_file })
}

fn read_tls(section: &mut Section<'_, '_>) -> Option<Tls> {
    let choices = [("implicit", Tls::Implicit), ("starttls", Tls::StartTls), ("none", Tls::None)];
    section.choice("tls", "a way to protect a connection", &choices)
}

fn check_plain(section: &mut Section<'_, '_>, host: &str, tls: Tls) {
    if tls != Tls::None {
        return;
    }
    if values::is_loopback(host) {
        section.warning("tls", "passwords and mail are not protected; safe only while nobody else uses this machine");
    } else {
        section.error(
            "tls",
            "\"none\" is permitted for this machine only (localhost, 127.0.0.1, ::1); use \"implicit\" or \"starttls\"",
        );
    }
}

fn warn_of_port(section: &mut Section<'_, '_>, ports: &Ports, port: u16, tls: Tls) {
    if port == ports.implicit && tls != Tls::Implicit {
        section.warning(
            "port",
            format!("{port} is usually the port for TLS from the first byte; if so, use tls = \"implicit\""),
        );
    }
    if port == ports.starttls && tls == Tls::Implicit {
        section.warning("port", format!("{port} is usually the port for STARTTLS; if so, use tls = \"starttls\""));
    }
}

pub(super) fn read_ca_file(section: &mut Section<'_, '_>) -> Option<PathBuf> {
    let path = section.path("ca_file")?;
    if let Err(problem) = check_certificates(&path) {
        section.error("ca_file", problem);
    }
    Some(path)
}

fn check_certificates(path: &Path) -> Result<(), String> {
    let remedy = "name a file with certificates in PEM form";
    let text = std::fs::read(path).map_err(|error| format!("cannot be read ({}); {remedy}", error.kind()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|_| format!("is not well-formed PEM; {remedy}"))?;
        roots.add(certificate).map_err(|_| format!("contains a certificate that cannot be read; {remedy}"))?;
    }
    if roots.is_empty() { Err(format!("contains no certificate; {remedy}")) } else { Ok(()) }
}
