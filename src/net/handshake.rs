//! Records TLS, capabilities and login of a connection, for `check --connect`.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use serde::Serialize;

use super::certificate::{self, Certificate};
use super::{Stream, system_roots};
use crate::model::settings::Server;

/// What was seen of a server while connecting and logging in; stays partly filled if that failed half-way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Handshake {
    /// The TLS session; None for plain TCP and where no connection came about.
    pub protection: Option<Protection>,
    /// What the server offers before login: IMAP capabilities, or EHLO keywords with their parameters.
    pub offered: Vec<String>,
    /// Whether the login succeeded.
    pub logged_in: bool,
}

/// The TLS session of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Protection {
    /// The TLS version, such as `TLS 1.3`.
    pub version: String,
    /// The server's certificate; None if it cannot be parsed.
    pub certificate: Option<Certificate>,
    /// The trust anchors that its chain leads to.
    pub roots: Roots,
}

/// Which trust anchors verify a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Roots {
    /// The operating system's.
    System,
    /// Only those of the configured `ca_file`.
    Own,
}

impl Handshake {
    /// Records the connection's TLS session, if it has one.
    pub async fn note(&mut self, stream: &Stream, server: &Server) {
        let Some(tls) = stream.tls() else { return };
        let version = match tls.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
            other => other.map_or_else(|| "TLS".to_owned(), |version| format!("{version:?}")),
        };
        let chain = tls.peer_certificates().unwrap_or_default().to_vec();
        let certificate = chain.first().and_then(|leaf| certificate::read(leaf));
        // The chain has been verified already: without a ca_file only the system's anchors can have done so.
        let roots = if server.ca_file.is_none() { Roots::System } else { roots_of(chain, &server.host).await };
        self.protection = Some(Protection { version, certificate, roots });
    }

    /// Whether the server offers this capability or keyword (in capitals) before login.
    pub fn offers(&self, keyword: &str) -> bool {
        self.offered.iter().any(|offered| offered.split(' ').next() == Some(keyword))
    }
}

/// Verifies the chain against the system's trust anchors alone.
async fn roots_of(chain: Vec<CertificateDer<'static>>, host: &str) -> Roots {
    let host = host.to_owned();
    let judged = tokio::task::spawn_blocking(move || trusts(system_roots(), &chain, host)).await;
    if judged.ok().flatten().is_some() { Roots::System } else { Roots::Own }
}

fn trusts(roots: RootCertStore, chain: &[CertificateDer<'static>], host: String) -> Option<()> {
    let (leaf, between) = chain.split_first()?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()?;
    let host = ServerName::try_from(host).ok()?;
    verifier.verify_server_cert(leaf, between, &host, &[], UnixTime::now()).ok().map(|_| ())
}
