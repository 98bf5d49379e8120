//! TCP and TLS for the rooms that talk to servers: connect, secure, and the first lines before a protocol's own library takes over.

mod certificate;
mod handshake;
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
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::model::settings::Server;
use crate::model::{Secret, Timestamp};

pub use certificate::Certificate;
pub use handshake::{Handshake, Protection, Roots};

/// How long name lookup and TCP connect may take, and the TLS handshake again.
const CONNECT: Duration = Duration::from_secs(30);

/// How long one line of a greeting may take.
const LINE: Duration = Duration::from_secs(60);

/// The longest line that is read before a protocol's own library takes over.
const LONGEST_LINE: u64 = 16_384;

/// Why there is no connection, in words for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// No TCP connection: name lookup, route, refusal.
    #[error("cannot connect to {server}: {why}")]
    Connect {
        /// `host:port`.
        server: String,
        /// What the system said.
        why: String,
    },
    /// No TLS: certificate, handshake, or STARTTLS not offered.
    #[error("no TLS with {server}: {why}")]
    Tls {
        /// `host:port`.
        server: String,
        /// What is wrong.
        why: String,
    },
    /// The connection ended or stalled before login.
    #[error("{server} broke off: {why}")]
    Broken {
        /// `host:port`.
        server: String,
        /// What happened.
        why: String,
    },
}

/// Text from outside for the operator's eye: one line, control characters as spaces, at most 300 characters.
pub fn one_line(text: &str) -> String {
    let clean = text
        .chars()
        .take(2_000)
        .map(|c| if c.is_control() || ('\u{200b}'..='\u{206f}').contains(&c) { ' ' } else { c });
    let words: String = clean.collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

/// The same without a secret, which some servers repeat when they refuse it.
pub fn one_line_without(secret: &Secret, text: &str) -> String {
    match secret.expose() {
        "" => one_line(text),
        secret => one_line(&text.replace(secret, "(secret)")),
    }
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

    /// What TLS knows of the server, where there is TLS.
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

/// Connects by TCP, with keepalive: a peer that is gone is noticed within two minutes, even while nothing is to be said.
pub async fn connect(server: &Server) -> Result<Stream, NetError> {
    let refuse = |why: &dyn fmt::Display| NetError::Connect { server: name(server), why: one_line(&why.to_string()) };
    let connecting = TcpStream::connect((server.host.as_str(), server.port));
    let tcp = timeout(CONNECT, connecting).await.map_err(|_| refuse(&"no answer in time"))?.map_err(|e| refuse(&e))?;
    let keepalive =
        TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(15)).with_retries(4);
    let socket = SockRef::from(&tcp);
    socket.set_tcp_keepalive(&keepalive).map_err(|e| refuse(&e))?;
    socket.set_tcp_user_timeout(Some(Duration::from_secs(60))).map_err(|e| refuse(&e))?;
    tcp.set_nodelay(true).map_err(|e| refuse(&e))?;
    Ok(Stream::Plain(tcp))
}

/// Puts TLS on a TCP connection. The certificate must name the server's host and be trusted by the system or the `ca_file`.
pub async fn secure(stream: Stream, server: &Server) -> Result<Stream, NetError> {
    let refuse = |why: &dyn fmt::Display| NetError::Tls { server: name(server), why: one_line(&why.to_string()) };
    let Stream::Plain(tcp) = stream else { return Ok(stream) };
    let ca_file = server.ca_file.clone();
    let config = tokio::task::spawn_blocking(move || client_config(ca_file.as_deref()))
        .await
        .map_err(|e| refuse(&e))?
        .map_err(|why| refuse(&why))?;
    let host = ServerName::try_from(server.host.clone()).map_err(|e| refuse(&e))?;
    let handshake = TlsConnector::from(Arc::new(config)).connect(host, tcp);
    let tls = timeout(CONNECT, handshake).await.map_err(|_| refuse(&"no handshake in time"))?;
    let tls = tls.map_err(|error| refuse(&tls_error::words(&error, Timestamp::from(jiff::Timestamp::now()))))?;
    Ok(Stream::Tls(Box::new(tls)))
}

/// Our TLS settings: the system's trust anchors and those of `ca_file`, ring as the one provider.
fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = system_roots();
    if let Some(path) = ca_file {
        let complain = |why: &dyn fmt::Display| format!("ca_file {}: {why}", path.display());
        let before = roots.len();
        for certificate in CertificateDer::pem_file_iter(path).map_err(|e| complain(&e))? {
            roots.add(certificate.map_err(|e| complain(&e))?).map_err(|e| complain(&e))?;
        }
        if roots.len() == before {
            return Err(complain(&"no certificate in it"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(versions.map_err(|e| e.to_string())?.with_root_certificates(roots).with_no_client_auth())
}

/// What this machine trusts without being told.
fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// The first lines of a line protocol, read and written by hand: greeting, capabilities, STARTTLS.
///
/// What comes next (TLS, or a protocol's library) gets the connection only when no byte is left over: bytes that a stranger
/// put in before the handshake would otherwise be taken for the server's answers after it.
#[derive(Debug)]
pub struct Preface<'a> {
    stream: BufReader<Stream>,
    server: &'a Server,
}

impl<'a> Preface<'a> {
    /// Begins to talk.
    pub fn new(stream: Stream, server: &'a Server) -> Self {
        Self { stream: BufReader::new(stream), server }
    }

    /// The connection, to look at.
    pub fn stream(&self) -> &Stream {
        self.stream.get_ref()
    }

    /// One line without its line break, bytes that are no UTF-8 replaced.
    pub async fn read_line(&mut self) -> Result<String, NetError> {
        let mut line = Vec::new();
        let mut limited = (&mut self.stream).take(LONGEST_LINE);
        match timeout(LINE, limited.read_until(b'\n', &mut line)).await {
            Err(_) => return Err(self.broken("no answer in time")),
            Ok(Err(error)) => return Err(self.broken(&error.to_string())),
            Ok(Ok(_)) => {}
        }
        if line.pop() != Some(b'\n') {
            return Err(self.broken("it closed the connection, or its line is too long"));
        }
        Ok(String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned())
    }

    /// Writes one line.
    pub async fn write_line(&mut self, line: &str) -> Result<(), NetError> {
        let bytes = format!("{line}\r\n");
        let writing = async {
            self.stream.write_all(bytes.as_bytes()).await?;
            self.stream.flush().await
        };
        match timeout(LINE, writing).await {
            Err(_) => Err(self.broken("it does not read what we say")),
            Ok(written) => written.map_err(|error| self.broken(&error.to_string())),
        }
    }

    /// The connection again, if everything that was received has been read.
    pub fn finish(self) -> Result<Stream, NetError> {
        if self.stream.buffer().is_empty() {
            Ok(self.stream.into_inner())
        } else {
            Err(self.broken("it said more than it was asked before the conversation began"))
        }
    }

    /// An error of this conversation.
    pub fn broken(&self, why: &str) -> NetError {
        NetError::Broken { server: name(self.server), why: one_line(why) }
    }

    /// TLS is required and will not come.
    pub fn no_tls(&self, why: &str) -> NetError {
        NetError::Tls { server: name(self.server), why: one_line(why) }
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
    fn text_from_outside_stays_on_one_line_and_short() {
        assert_eq!(one_line("NO\r\n\u{1b}[31mred\u{202e}  end "), "NO [31mred end");
        assert_eq!(one_line(&"я".repeat(5_000)).chars().count(), 300);
    }
}
