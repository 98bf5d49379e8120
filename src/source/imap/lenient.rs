//! Makes the answers of careless servers readable: an [`AsyncRead`] between the connection and async-imap.
//!
//! imap-proto refuses what it cannot read, and a refused answer ends the connection; many servers send such answers again and
//! again. Line ends become CR LF, untagged answers that nobody here needs are dropped, and of a FETCH answer the flags and
//! dates that are not there are cut out. Literals (the messages themselves) pass as they are, uncopied.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tracing::debug;

use crate::net::one_line;

/// The longest line outside literals, in bytes: bounds what a hostile server makes us keep.
const LONGEST_LINE: usize = 1_048_576;

/// How much is read at once outside literals, in bytes.
const CHUNK: usize = 8_192;

/// Untagged answers that are passed on. Those on a message, such as `* 5 FETCH`, are told by their number.
const NEEDED: [&str; 7] = ["OK", "NO", "BAD", "BYE", "PREAUTH", "CAPABILITY", "LIST"];

/// A connection whose answers async-imap can read.
#[derive(Debug)]
pub(super) struct Lenient<S> {
    inner: S,
    /// What was read and not looked at yet.
    raw: Vec<u8>,
    /// What async-imap is given next.
    ready: Vec<u8>,
    /// How many bytes have come so far.
    received: u64,
    rewriter: Rewriter,
}

/// Rewrites answers line by line.
#[derive(Debug, Default)]
pub struct Rewriter {
    answer: Answer,
    /// How many bytes of a literal are still to come.
    literal: u64,
    /// The last answer to NAMESPACE (RFC 2342), which imap-proto cannot read.
    namespace: Option<String>,
    /// Whether dropped answers are logged: not before login, as servers repeat what they are told.
    is_logged: bool,
}

/// The answer whose lines are being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Answer {
    /// The next line begins one.
    #[default]
    None,
    Dropped,
    Fetch,
    Other,
}

impl<S> Lenient<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, raw: Vec::new(), ready: Vec::new(), received: 0, rewriter: Rewriter::default() }
    }

    /// How many bytes have come so far.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    /// Logs what is dropped from here on.
    pub(super) fn log(&mut self) {
        self.rewriter.is_logged = true;
    }

    /// What stood behind `* NAMESPACE ` in the last such answer; it is forgotten here.
    pub(super) fn take_namespace(&mut self) -> Option<String> {
        self.rewriter.namespace.take()
    }
}

impl Rewriter {
    /// Rewrites a line, with its line end, and returns what is passed on. A literal that it announces comes next.
    pub fn line(&mut self, line: &[u8]) -> Vec<u8> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.answer == Answer::None {
            self.begin(line);
        }
        let (text, literal) = literal_at_end(line).filter(|_| self.answer != Answer::Other || is_list(line)).unzip();
        let passed = match self.answer {
            Answer::Dropped => Vec::new(),
            Answer::Fetch => cut_fetch(text.unwrap_or(line)),
            Answer::None | Answer::Other => text.unwrap_or(line).to_vec(),
        };
        let is_dropped = self.answer == Answer::Dropped;
        match literal {
            Some(length) => self.literal = length,
            None => self.answer = Answer::None,
        }
        // Nothing is left of news about flags.
        if is_dropped || passed.ends_with(b"FETCH ()") {
            return Vec::new();
        }
        let announced = literal.map(|length| format!("{{{length}}}")).unwrap_or_default();
        [&passed, announced.as_bytes(), b"\r\n"].concat()
    }

    /// Tells what kind of answer a line begins.
    fn begin(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let mut words = text.split(' ').filter(|word| !word.is_empty());
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let word = if is_number(second) { words.next().unwrap_or_default() } else { second };
        let word = word.to_ascii_uppercase();
        // async-imap's tags are `A0001` and so on.
        let is_tag = first.strip_prefix('A').is_some_and(is_number);
        self.answer = match first {
            "*" if is_number(second) && word == "FETCH" => Answer::Fetch,
            "*" if is_number(second) && ["EXISTS", "RECENT", "EXPUNGE"].contains(&word.as_str()) => Answer::Other,
            "*" if NEEDED.contains(&word.as_str()) => Answer::Other,
            "*" => Answer::Dropped,
            _ if first.starts_with('+') || is_tag => Answer::Other,
            _ => Answer::Dropped,
        };
        if word == "NAMESPACE" {
            self.namespace = text.split_once(second).map(|(_, rest)| rest.trim().to_owned());
        } else if self.answer == Answer::Dropped && self.is_logged {
            debug!(answer = one_line(&text), "an answer of the server that is not understood is ignored");
        }
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether an answer to LIST: a folder's name may be a literal. Status answers have none, whatever their text ends in.
fn is_list(line: &[u8]) -> bool {
    line.get(..7).is_some_and(|start| start.eq_ignore_ascii_case(b"* LIST "))
}

/// The line before the announcement of a literal (RFC 3501 `{5}`, RFC 3516 `~{5}`), and the literal's length; None: the line
/// announces none.
fn literal_at_end(line: &[u8]) -> Option<(&[u8], u64)> {
    let inside = line.strip_suffix(b"}")?;
    let open = inside.iter().rposition(|&byte| byte == b'{')?;
    let digits = std::str::from_utf8(inside.get(open + 1..)?).ok().filter(|digits| is_number(digits))?;
    let before = line.get(..open)?;
    Some((before.strip_suffix(b"~").unwrap_or(before), digits.parse().ok()?))
}

/// Cuts out of a line of a FETCH answer what imap-proto cannot read and nobody here needs: FLAGS, an INTERNALDATE of NIL, the
/// length in `BODY[]<0.262144>`, doubled spaces. Quoted strings stay as they are.
fn cut_fetch(line: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(&byte) = rest.first() {
        let at_word = out.last().is_none_or(|last| matches!(last, b' ' | b'('));
        let skipped = match byte {
            b'"' => {
                let end = quoted(rest);
                out.extend_from_slice(&rest[..end]);
                end
            }
            _ if at_word && starts_with(rest, b"FLAGS (") => 7 + end_of_flags(&rest[7..]),
            _ if at_word && starts_with(rest, b"FLAGS NIL") => 9,
            _ if at_word && starts_with(rest, b"INTERNALDATE NIL") => 16,
            b'<' => {
                let end = rest.iter().position(|&byte| byte == b'>').map_or(1, |at| at + 1);
                let origin = rest[..end].split(|&byte| byte == b'.').next().unwrap_or_default();
                out.extend_from_slice(origin);
                if !origin.ends_with(b">") && end > 1 {
                    out.push(b'>');
                }
                end
            }
            b' ' if matches!(out.last(), Some(b' ' | b'(')) => 1,
            b')' if out.last() == Some(&b' ') => {
                out.pop();
                out.push(b')');
                1
            }
            _ => {
                out.push(byte);
                1
            }
        };
        rest = &rest[skipped..];
    }
    out
}

fn starts_with(line: &[u8], word: &[u8]) -> bool {
    line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// The length of the quoted string that a line begins with; all of the line where it is not closed.
fn quoted(line: &[u8]) -> usize {
    let mut is_escaped = false;
    for (at, &byte) in line.iter().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    line.len()
}

/// The length of a list of flags behind its bracket, with the bracket that closes it. Some servers have brackets in keywords.
fn end_of_flags(list: &[u8]) -> usize {
    let closes = |at: &usize| list[*at] == b')' && list.get(at + 1).is_none_or(|next| matches!(next, b' ' | b')'));
    (0..list.len()).find(closes).map_or(list.len(), |at| at + 1)
}

impl<S> Lenient<S> {
    /// Makes ready what can be passed on of what was read: whole lines, and what has come of literals.
    fn rewrite(&mut self) {
        let mut at = 0;
        while let Some(rest) = self.raw.get(at..).filter(|rest| !rest.is_empty()) {
            let is_passed = self.rewriter.answer != Answer::Dropped;
            let literal = usize::try_from(self.rewriter.literal).unwrap_or(usize::MAX).min(rest.len());
            if literal > 0 {
                self.rewriter.literal -= literal as u64;
                self.ready.extend_from_slice(rest.get(..literal).filter(|_| is_passed).unwrap_or_default());
                at += literal;
            } else if let Some(end) = memchr::memchr(b'\n', rest) {
                self.ready.extend(self.rewriter.line(&rest[..=end]));
                at += end + 1;
            } else {
                break;
            }
        }
        self.raw.drain(..at);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Lenient<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while this.ready.is_empty() && buf.remaining() > 0 {
            let literal = usize::try_from(this.rewriter.literal).unwrap_or(usize::MAX);
            if literal > 0 && this.raw.is_empty() && this.rewriter.answer != Answer::Dropped {
                let room = buf.remaining().min(literal);
                let mut part = ReadBuf::new(buf.initialize_unfilled_to(room));
                ready!(Pin::new(&mut this.inner).poll_read(cx, &mut part))?;
                let count = part.filled().len();
                this.rewriter.literal -= count as u64;
                this.received += count as u64;
                buf.advance(count);
                return Poll::Ready(Ok(()));
            }
            if this.raw.len() > LONGEST_LINE {
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "a line without end")));
            }
            let mut chunk = [0; CHUNK];
            let mut part = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut part))?;
            if part.filled().is_empty() {
                // The end, amid a line or not: async-imap tells them apart.
                this.ready = std::mem::take(&mut this.raw);
                break;
            }
            this.received += part.filled().len() as u64;
            this.raw.extend_from_slice(part.filled());
            this.rewrite();
        }
        let count = this.ready.len().min(buf.remaining());
        buf.put_slice(&this.ready[..count]);
        this.ready.drain(..count);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Lenient<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

/// What async-imap is given of these bytes of a server, which come in pieces of this length at most.
pub fn rewritten(bytes: &[u8], piece: usize) -> Vec<u8> {
    let mut lenient = Lenient::new(());
    for piece in bytes.chunks(piece.max(1)) {
        lenient.raw.extend_from_slice(piece);
        lenient.rewrite();
    }
    lenient.ready
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::rewritten;

    fn read(answer: &str) -> String {
        String::from_utf8(rewritten(answer.as_bytes(), 7)).unwrap()
    }

    #[test]
    fn answers_that_imap_proto_reads_stay_as_they_are() {
        for answer in [
            "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\nA0001 OK done {5}\r\n* 1 EXPUNGE\r\n",
            "* 1 FETCH (UID 5 BODY[]<0> {8}\r\nFLAGS (\n RFC822.SIZE 2)\r\n+ go\r\n",
            "* 1 FETCH (UID 5 RFC822.SIZE 2 INTERNALDATE \" 7-Feb-2026 21:52:25 +0300\")\r\n",
            "* 1 FETCH (UID 5 BODY[]<0> \"FLAGS (\\\"a)  INTERNALDATE NIL\")\r\n",
            "* LIST () \"/\" {5}\r\nInbox\r\n* LIST () NIL INBOX\r\n",
        ] {
            assert_eq!(read(answer), answer);
        }
    }

    #[test]
    fn what_imap_proto_cannot_read_is_repaired_or_dropped() {
        for (answer, expected) in [
            ("A0001 OK done\n* 3 EXISTS\n", "A0001 OK done\r\n* 3 EXISTS\r\n"),
            ("* XUNKNOWN {3}\r\nfoo bar\r\n* 3 EXISTS\r\n", "* 3 EXISTS\r\n"),
            ("[COPYUID 1 2 3]\r\n* Goodbye\r\n* FLAGS (\u{1})\r\nA1 OK\r\n", "A1 OK\r\n"),
            ("* 1 FETCH (FLAGS (\u{1} \"a b\" % $é)a))\r\n", ""),
            ("* 1 FETCH (UID 5 FLAGS (\\Seen)  RFC822.SIZE 2 )\r\n", "* 1 FETCH (UID 5 RFC822.SIZE 2)\r\n"),
            ("* 1 fetch (flags NIL UID 5 INTERNALDATE NIL)\r\n", "* 1 fetch (UID 5)\r\n"),
            ("* 1 FETCH (BODY[]<0.262144> ~{2}\r\nhi FLAGS () UID 5)\n", "* 1 FETCH (BODY[]<0> {2}\r\nhi UID 5)\r\n"),
        ] {
            assert_eq!(read(answer), expected, "{answer}");
        }
    }

    proptest! {
        #[test]
        fn however_bytes_come_the_same_is_read(
            pieces in prop::collection::vec(
                prop_oneof![
                    Just(b"* 1 FETCH (UID 5 ".to_vec()), Just(b"FLAGS (\\Seen)".to_vec()), Just(b"{3}\r\n".to_vec()),
                    Just(b"\r\n".to_vec()), Just(b"\n".to_vec()), Just(b"* X ".to_vec()), Just(b"A1 OK ".to_vec()),
                    Just(b")".to_vec()), Just(b"\"".to_vec()), Just(b"<0.5>".to_vec()), prop::collection::vec(any::<u8>(), 0..9),
                ],
                0..40,
            ),
            piece in 1_usize..50,
        ) {
            let bytes = pieces.concat();
            prop_assert_eq!(rewritten(&bytes, piece), rewritten(&bytes, bytes.len()));
        }
    }
}
