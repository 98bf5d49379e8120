//! A stream between the connection and lettre, which reads replies strictly: they become UTF-8, and a code without text gets one.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::net::Stream;

/// The longest line of a reply, in bytes; RFC 5321 4.5.3.1.5 allows 512.
const LONGEST_LINE: usize = 65_536;

/// The lines of the first reply.
pub(super) type FirstReply = Arc<Mutex<Vec<String>>>;

/// A connection whose replies lettre can read.
#[derive(Debug)]
pub(super) struct Replies {
    stream: Stream,
    /// What lettre is given next; at first a greeting, for which it waits, and which has been read already.
    ready: Vec<u8>,
    /// What came of a line that is not complete.
    raw: Vec<u8>,
    /// The reply to EHLO, which lettre does not give out. None: it is complete.
    first: Option<FirstReply>,
    /// Whether EHLO becomes HELO: the server does not know the former.
    says_helo: bool,
}

impl Replies {
    /// Wraps a connection whose greeting has been read; the lines of the first reply are put into `first`.
    pub(super) fn new(stream: Stream, first: FirstReply, says_helo: bool) -> Self {
        Self { stream, ready: b"220 ready\r\n".to_vec(), raw: Vec::new(), first: Some(first), says_helo }
    }

    fn take_lines(&mut self) {
        let mut rest = self.raw.as_slice();
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end + 1);
            let line = readable(line);
            if let Some(first) = &self.first {
                first.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
                if line.as_bytes().get(3) != Some(&b'-') {
                    self.first = None;
                }
            }
            self.ready.extend_from_slice(line.as_bytes());
            self.ready.extend_from_slice(b"\r\n");
            rest = after;
        }
        self.raw = rest.to_vec();
    }
}

/// A line of a reply without its end, as UTF-8 and with a text.
fn readable(line: &[u8]) -> String {
    let line = String::from_utf8_lossy(line);
    let line = line.trim_end_matches(['\r', '\n']);
    let is_bare = line.len() == 3 && line.bytes().all(|byte| byte.is_ascii_digit());
    if is_bare { format!("{line} (no text)") } else { line.to_owned() }
}

impl AsyncRead for Replies {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.ready.is_empty() {
            if this.raw.len() > LONGEST_LINE {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "a reply without end")));
            }
            let mut chunk = [0; 4_096];
            let mut part = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut part))?;
            if part.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            this.raw.extend_from_slice(part.filled());
            this.take_lines();
        }
        let count = this.ready.len().min(buf.remaining());
        buf.put_slice(&this.ready[..count]);
        this.ready.drain(..count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Replies {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.says_helo && buf.starts_with(b"EHLO ") {
            let helo = [b"HELO", &buf[4..]].concat();
            return Pin::new(&mut this.stream).poll_write(cx, &helo);
        }
        Pin::new(&mut this.stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Replies {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.tcp().peer_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn replies_become_readable() {
        for (line, expected) in [
            (&b"250 ok\r\n"[..], "250 ok"),
            (b"250\n", "250 (no text)"),
            (b"250-\xef\xf0\r\n", "250-\u{fffd}\u{fffd}"),
            (b"2500\r\n", "2500"),
        ] {
            assert_eq!(readable(line), expected);
        }
    }
}
