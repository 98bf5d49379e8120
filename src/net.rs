//! TCP and TLS for the IMAP and SMTP clients: connect, TLS handshake, and the lines exchanged before the protocol library
//! takes over.

mod certificate;
mod handshake;
pub mod http;
mod mask;
pub mod oauth2;
mod reach;
mod sasl;
mod tls_error;

use std::fmt;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::model::Timestamp;
use crate::model::settings::Server;

pub use certificate::Certificate;
pub use handshake::{Handshake, Protection, Roots};
pub use mask::Mask;
pub use reach::{connect, reach};
pub use sasl::{TokenMechanism, error_of_token, with_error};

/// Limit for each of name lookup, TCP connect and TLS handshake.
const CONNECT: Duration = Duration::from_secs(30);

/// Limit for reading or writing one line.
const LINE: Duration = Duration::from_secs(60);

/// The longest line read before the protocol library takes over, in bytes: bounds what a hostile server makes us keep.
const LONGEST_LINE: u64 = 16_384;

/// Why a connection could not be established; the text is for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// No TCP connection: name lookup failed, no route, refused, or timed out.
    #[error("cannot connect to {server}: {why}")]
    Connect {
        /// `host:port`.
        server: String,
        /// The operating system's error.
        why: String,
    },
    /// No TLS: the certificate is not trusted, the handshake failed, or STARTTLS is not offered.
    #[error("no TLS with {server}: {why}")]
    Tls {
        /// `host:port`.
        server: String,
        /// The reason.
        why: String,
        /// Whether the server's certificate is the reason.
        is_certificate: bool,
    },
    /// The connection ended or stalled before login.
    #[error("{server}: connection failed before login: {why}")]
    Broken {
        /// `host:port`.
        server: String,
        /// The reason.
        why: String,
    },
}

impl NetError {
    /// Whether the server's certificate is not trusted: another address of the server may be another server.
    fn is_about_certificate(&self) -> bool {
        matches!(self, NetError::Tls { is_certificate: true, .. })
    }

    /// Why there is no TCP connection; None: there is one.
    fn why_not_connected(&self) -> Option<&str> {
        match self {
            NetError::Connect { why, .. } => Some(why),
            _ => None,
        }
    }
}

/// Cleans foreign text for the operator: one line of at most 300 characters, control and invisible characters as spaces.
pub fn one_line(text: &str) -> String {
    let clean = text
        .chars()
        .take(2_000)
        .map(|c| if c.is_control() || ('\u{200b}'..='\u{206f}').contains(&c) { ' ' } else { c });
    let words: String = clean.collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

/// A connection, with or without TLS.
#[derive(Debug)]
pub enum Stream {
    /// Plain TCP.
    Plain(TcpStream),
    /// TLS over TCP.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// The TCP connection underneath.
    pub fn tcp(&self) -> &TcpStream {
        match self {
            Stream::Plain(tcp) => tcp,
            Stream::Tls(tls) => tls.get_ref().0,
        }
    }

    /// The state of the TLS session (version, certificates); None for plain TCP.
    fn tls(&self) -> Option<&rustls::CommonState> {
        match self {
            Stream::Plain(_) => None,
            Stream::Tls(tls) => Some(tls.get_ref().1),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Stream::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(tcp) => Pin::new(tcp).poll_write(cx, buf),
            Stream::Tls(tls) => Pin::new(tls).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Stream::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Stream::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}

/// Starts TLS on a TCP connection. The certificate must name the server's host and be trusted by the system or by `ca_file`.
/// A connection that has TLS already is returned unchanged.
pub async fn secure(stream: Stream, server: &Server) -> Result<Stream, NetError> {
    let refuse = |why: &dyn fmt::Display| NetError::Tls {
        server: name(server),
        why: one_line(&why.to_string()),
        is_certificate: false,
    };
    let Stream::Plain(tcp) = stream else { return Ok(stream) };
    let ca_file = server.ca_file.clone();
    let config = tokio::task::spawn_blocking(move || client_config(ca_file.as_deref()))
        .await
        .map_err(|e| refuse(&e))?
        .map_err(|why| refuse(&why))?;
    let host = ServerName::try_from(server.host.clone()).map_err(|e| refuse(&e))?;
    let handshake = TlsConnector::from(Arc::new(config)).connect(host, tcp);
    let tls = timeout(CONNECT, handshake).await.map_err(|_| refuse(&"no handshake in time"))?;
    let tls = tls.map_err(|error| NetError::Tls {
        server: name(server),
        why: one_line(&tls_error::explain(&error, Timestamp::from(jiff::Timestamp::now()))),
        is_certificate: tls_error::is_about_certificate(&error),
    })?;
    Ok(Stream::Tls(Box::new(tls)))
}

/// TLS settings: the system's trust anchors and those of `ca_file`, with ring as the only crypto provider.
fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = system_roots();
    if let Some(path) = ca_file {
        let complain = |why: &dyn fmt::Display| format!("ca_file {}: {why}", path.display());
        let before = roots.len();
        for certificate in CertificateDer::pem_file_iter(path).map_err(|e| complain(&e))? {
            roots.add(certificate.map_err(|e| complain(&e))?).map_err(|e| complain(&e))?;
        }
        if roots.len() == before {
            return Err(complain(&"it contains no certificate"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(versions.map_err(|e| e.to_string())?.with_root_certificates(roots).with_no_client_auth())
}

/// The operating system's trust anchors.
fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// Line-by-line exchange before the protocol library takes over: greeting, capabilities, STARTTLS.
///
/// The connection is handed on ([`PreLogin::finish`]) only if no received byte is left unread: bytes injected by an attacker
/// before the TLS handshake would otherwise be taken for the server's answers after it.
#[derive(Debug)]
pub struct PreLogin<'a> {
    stream: BufReader<Stream>,
    server: &'a Server,
}

impl<'a> PreLogin<'a> {
    /// Wraps a fresh connection to `server`.
    pub fn new(stream: Stream, server: &'a Server) -> Self {
        Self { stream: BufReader::new(stream), server }
    }

    /// The connection underneath.
    pub fn stream(&self) -> &Stream {
        self.stream.get_ref()
    }

    /// Reads one line without its line break; invalid UTF-8 is replaced.
    pub async fn read_line(&mut self) -> Result<String, NetError> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(LONGEST_LINE);
        match timeout(LINE, limited.read_until(b'\n', &mut line)).await {
            Err(_) => return Err(self.broken("no answer in time")),
            Ok(Err(error)) => return Err(self.broken(&error.to_string())),
            Ok(Ok(_)) => {}
        }
        if line.pop() != Some(b'\n') {
            return Err(self.broken("the server closed the connection, or sent too long a line"));
        }
        Ok(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned())
    }

    /// Writes one line and its CR LF.
    pub async fn write_line(&mut self, line: &str) -> Result<(), NetError> {
        let bytes = format!("{line}\r\n");
        let writing = async {
            self.stream.write_all(bytes.as_bytes()).await?;
            self.stream.flush().await
        };
        match timeout(LINE, writing).await {
            Err(_) => Err(self.broken("the server does not read what is sent")),
            Ok(written) => written.map_err(|error| self.broken(&error.to_string())),
        }
    }

    /// Returns the connection; an error if the server sent bytes that nobody has read.
    pub fn finish(self) -> Result<Stream, NetError> {
        if self.stream.buffer().is_empty() {
            Ok(self.stream.into_inner())
        } else {
            Err(self.broken("the server sent more than it was asked for"))
        }
    }

    /// Makes a [`NetError::Broken`] for this server.
    pub fn broken(&self, why: &str) -> NetError {
        NetError::Broken { server: name(self.server), why: one_line(why) }
    }

    /// Makes a [`NetError::Tls`] for this server.
    pub fn no_tls(&self, why: &str) -> NetError {
        NetError::Tls { server: name(self.server), why: one_line(why), is_certificate: false }
    }
}

/// `host:port`.
fn name(server: &Server) -> String {
    one_line(&format!("{}:{}", server.host, server.port))
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn foreign_text_becomes_one_short_line() {
        assert_eq!(one_line("NO\r\n\u{1b}[31mred\u{202e}  end "), "NO [31mred end");
        assert_eq!(one_line(&"я".repeat(5_000)).chars().count(), 300);
    }
}
