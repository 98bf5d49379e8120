//! STARTTLS before lettre takes over, and a stream that replays a greeting to lettre afterwards.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::net::{NetError, PreLogin, Stream};

/// Negotiates STARTTLS (RFC 3207). Fails if the server sent anything after its 220: it could have been injected.
pub(super) async fn start_tls(mut prelogin: PreLogin<'_>, hello: &str) -> Result<Stream, NetError> {
    let greeting = reply(&mut prelogin).await?;
    expect(&prelogin, &greeting, "220")?;
    prelogin.write_line(&format!("EHLO {hello}")).await?;
    let offered = reply(&mut prelogin).await?;
    expect(&prelogin, &offered, "250")?;
    let keyword =
        |line: &String| line.get(4..).unwrap_or_default().split(' ').next().unwrap_or_default().to_ascii_uppercase();
    if !offered.iter().any(|line| keyword(line) == "STARTTLS") {
        return Err(prelogin.no_tls("the server does not offer STARTTLS, or someone in between removes it"));
    }
    prelogin.write_line("STARTTLS").await?;
    let ready = reply(&mut prelogin).await?;
    if !ready[0].starts_with("220") {
        return Err(prelogin.no_tls(&format!("STARTTLS refused: {}", ready.join(" "))));
    }
    prelogin.finish()
}

/// Reads one reply (RFC 5321 4.2.1): 1 to 100 lines.
async fn reply(prelogin: &mut PreLogin<'_>) -> Result<Vec<String>, NetError> {
    let mut lines = Vec::new();
    while lines.len() < 100 {
        let line = prelogin.read_line().await?;
        let more = line.as_bytes().get(3) == Some(&b'-');
        lines.push(line);
        if !more {
            return Ok(lines);
        }
    }
    Err(prelogin.broken("the reply has too many lines"))
}

fn expect(prelogin: &PreLogin<'_>, reply: &[String], code: &str) -> Result<(), NetError> {
    if reply.iter().all(|line| line.starts_with(code)) { Ok(()) } else { Err(prelogin.broken(&reply.join(" "))) }
}

/// A stream that first yields `greeting`, then what the server sends.
#[derive(Debug)]
pub(super) struct ReplayGreeting {
    pub(super) greeting: &'static [u8],
    pub(super) stream: Stream,
}

impl AsyncRead for ReplayGreeting {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.greeting.is_empty() {
            return Pin::new(&mut self.stream).poll_read(cx, buf);
        }
        let (now, later) = self.greeting.split_at(self.greeting.len().min(buf.remaining()));
        buf.put_slice(now);
        self.greeting = later;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ReplayGreeting {
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

impl AsyncTokioStream for ReplayGreeting {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.tcp().peer_addr()
    }
}
