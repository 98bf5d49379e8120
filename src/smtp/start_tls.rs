//! Before lettre takes over: STARTTLS, and a connection that greets as lettre expects.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::net::{NetError, Preface, Stream};

/// STARTTLS (RFC 3207) by hand: nothing that arrived before the handshake survives it.
pub(super) async fn start_tls(mut preface: Preface<'_>, hello: &str) -> Result<Stream, NetError> {
    let greeting = reply(&mut preface).await?;
    expect(&preface, &greeting, "220")?;
    preface.write_line(&format!("EHLO {hello}")).await?;
    let offered = reply(&mut preface).await?;
    expect(&preface, &offered, "250")?;
    let keyword =
        |line: &String| line.get(4..).unwrap_or_default().split(' ').next().unwrap_or_default().to_ascii_uppercase();
    if !offered.iter().any(|line| keyword(line) == "STARTTLS") {
        return Err(preface.no_tls("the server does not offer STARTTLS, or someone on the way hides it"));
    }
    preface.write_line("STARTTLS").await?;
    let ready = reply(&mut preface).await?;
    if !ready[0].starts_with("220") {
        return Err(preface.no_tls(&format!("STARTTLS refused: {}", ready.join(" "))));
    }
    preface.finish()
}

/// The lines of one reply (RFC 5321 4.2.1), at least one.
async fn reply(preface: &mut Preface<'_>) -> Result<Vec<String>, NetError> {
    let mut lines = Vec::new();
    while lines.len() < 100 {
        let line = preface.read_line().await?;
        let more = line.as_bytes().get(3) == Some(&b'-');
        lines.push(line);
        if !more {
            return Ok(lines);
        }
    }
    Err(preface.broken("it talks without end"))
}

fn expect(preface: &Preface<'_>, reply: &[String], code: &str) -> Result<(), NetError> {
    if reply.iter().all(|line| line.starts_with(code)) { Ok(()) } else { Err(preface.broken(&reply.join(" "))) }
}

/// A connection that first gives the greeting it was promised to have.
#[derive(Debug)]
pub(super) struct Greeted {
    pub(super) promised: &'static [u8],
    pub(super) stream: Stream,
}

impl AsyncRead for Greeted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.promised.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let (now, later) = self.promised.split_at(self.promised.len().min(buf.remaining()));
        buf.put_slice(now);
        self.promised = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Greeted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Greeted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.tcp().peer_addr()
    }
}
