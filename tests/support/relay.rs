//! A mail server that takes every letter at once and does with it what the test says: the provider of a desk.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// What becomes of a letter to this recipient, called when it is complete, with its bytes; and what is said of a recipient that is
/// refused.
pub trait Provider: Send + Sync + 'static {
    /// Why this recipient is refused, if it is.
    fn refuses(&self, recipient: &str) -> Option<String>;
    /// Delivers.
    fn deliver(&self, recipient: &str, raw: &[u8]);
    /// Whether SMTPUTF8 (RFC 6531) is offered. Without it, or without its parameter at MAIL, only ASCII is taken.
    fn takes_utf8(&self) -> bool {
        false
    }
    /// Why this sender is refused, if it is.
    fn refuses_sender(&self, _sender: &str) -> Option<String> {
        None
    }
    /// Whether the connection is closed after each letter.
    fn closes_after_each(&self) -> bool {
        false
    }
    /// What is said of a letter that was delivered.
    fn taken(&self) -> String {
        "250 taken".to_owned()
    }
}

/// Listens on loopback until the test ends; gives the port.
pub fn relay(provider: impl Provider) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let provider = Arc::new(provider);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let provider = Arc::clone(&provider);
            // A client that has gone away is no matter of ours.
            std::thread::spawn(move || drop(serve(&stream, &*provider)));
        }
    });
    port
}

fn serve(stream: &TcpStream, provider: &impl Provider) -> std::io::Result<()> {
    let say = |line: &str| (&*stream).write_all(format!("{line}\r\n").as_bytes());
    let mut lines = BufReader::new(stream).split(b'\n');
    let mut next = || lines.next().transpose();
    let mut recipient = String::new();
    let mut is_international = false;
    say("220 relay.example.org")?;
    while let Some(line) = next()? {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" if provider.takes_utf8() => {
                say("250-relay.example.org\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 60000000")?;
            }
            "EHLO" => say("250-relay.example.org\r\n250 SIZE 60000000")?,
            "MAIL" => {
                is_international = provider.takes_utf8() && line.ends_with(" SMTPUTF8");
                let sender = line.split(['<', '>']).nth(1).unwrap_or_default();
                say(&provider.refuses_sender(sender).unwrap_or_else(|| "250 ok".to_owned()))?;
            }
            "RCPT" => {
                recipient = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let refused = (!recipient.is_ascii() && !is_international).then(|| "553 5.6.7 SMTPUTF8".to_owned());
                match refused.or_else(|| provider.refuses(&recipient)) {
                    Some(why) => say(&why)?,
                    None => say("250 ok")?,
                }
            }
            "DATA" => {
                say("354 go on")?;
                let mut raw = Vec::new();
                while let Some(line) = next()?.filter(|line| line != b".\r") {
                    raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                    raw.push(b'\n');
                }
                if raw.is_ascii() || is_international {
                    provider.deliver(&recipient, &raw);
                    say(&provider.taken())?;
                    if provider.closes_after_each() {
                        return Ok(());
                    }
                } else {
                    say("554 5.6.1 8-bit")?;
                }
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
    Ok(())
}
