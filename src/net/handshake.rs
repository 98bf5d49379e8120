//! What a server shows of itself on the way to the login, for `check --connect`.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use serde::Serialize;

use super::certificate::{self, Certificate};
use super::{Stream, system_roots};
use crate::model::settings::Server;

/// What was seen, up to where the way ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Handshake {
    /// How the connection is protected; none where it is not, or did not come about.
    pub protection: Option<Protection>,
    /// What the server offers before anybody has logged in: IMAP capabilities, or keywords of EHLO with their parameters.
    pub offered: Vec<String>,
    /// Whether the server has let us in.
    pub logged_in: bool,
}

/// A TLS connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Protection {
    /// Which version of TLS.
    pub version: String,
    /// The server's certificate, if it can be read.
    pub certificate: Option<Certificate>,
    /// Whom its chain leads to.
    pub roots: Roots,
}

/// Who vouches for a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Roots {
    /// The authorities that this machine trusts.
    System,
    /// The configured `ca_file` alone.
    Own,
}

impl Handshake {
    /// Notes how a connection is protected.
    pub async fn note(&mut self, stream: &Stream, server: &Server) {
        let Some(tls) = stream.tls() else { return };
        let version = match tls.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
            other => other.map_or_else(|| "TLS".to_owned(), |version| format!("{version:?}")),
        };
        let chain = tls.peer_certificates().unwrap_or_default().to_vec();
        let certificate = chain.first().and_then(|leaf| certificate::read(leaf));
        // The chain has been verified already: where no file is named, only the system can have vouched for it.
        let roots = if server.ca_file.is_none() { Roots::System } else { roots_of(chain, &server.host).await };
        self.protection = Some(Protection { version, certificate, roots });
    }

    /// Whether the server offers this before the login.
    pub fn offers(&self, keyword: &str) -> bool {
        self.offered.iter().any(|offered| offered.split(' ').next() == Some(keyword))
    }
}

/// Whether the system alone would have trusted this chain, too.
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
