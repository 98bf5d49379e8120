//! A server that follows a script: it reads the line it expects and says what stands there, faults included.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// One step of a script.
#[derive(Clone, Debug)]
pub struct Step {
    expect: Expect,
    reply: String,
}

#[derive(Clone, Debug)]
enum Expect {
    Nothing,
    Line(String),
    SkipTo(String),
}

/// Says something without waiting for anything.
pub fn say(reply: &str) -> Step {
    Step { expect: Expect::Nothing, reply: reply.to_owned() }
}

/// Reads one line, which must hold `expected`, and answers; `{tag}` stands for the first word of that line.
pub fn line(expected: &str, reply: &str) -> Step {
    Step { expect: Expect::Line(expected.to_owned()), reply: reply.to_owned() }
}

/// Reads lines until one is exactly `expected`, and answers; at the end of the connection too.
pub fn skip_to(expected: &str, reply: &str) -> Step {
    Step { expect: Expect::SkipTo(expected.to_owned()), reply: reply.to_owned() }
}

/// A server on loopback that follows a script on one connection and closes it at the end.
pub struct Scripted {
    /// Where it listens.
    pub port: u16,
    last_line: Arc<Mutex<String>>,
    thread: JoinHandle<Vec<String>>,
}

impl Scripted {
    /// Serves one connection.
    pub fn start(script: Vec<Step>) -> Self {
        Self::start_at(0, script)
    }

    /// The same at a port of a server that has ended.
    pub fn start_at(port: u16, script: Vec<Step>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let last_line = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&last_line);
        let thread = std::thread::spawn(move || follow(&listener.accept().unwrap().0, &script, &shared));
        Self { port, last_line, thread }
    }

    /// Waits until the client has said this line, and then lets tokio's clock jump from deadline to deadline.
    pub async fn pause_clock_after(&self, line: &str) {
        while !self.last_line.lock().unwrap().ends_with(line) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::pause();
    }

    /// Waits for the end of the script; gives the lines that the client said, and fails where they were not those expected.
    pub fn finish(self) -> Vec<String> {
        self.thread.join().expect("the client followed the script")
    }
}

/// Follows the script; gives the lines of the client.
fn follow(stream: &TcpStream, script: &[Step], last_line: &Mutex<String>) -> Vec<String> {
    let mut reader = BufReader::new(stream);
    let mut next_line = || {
        let line = read_line(&mut reader)?;
        last_line.lock().unwrap().clone_from(&line);
        Some(line)
    };
    let mut said = Vec::new();
    for step in script {
        match &step.expect {
            Expect::Nothing => {}
            Expect::Line(expected) => {
                let line = next_line().unwrap_or_default();
                assert!(line.contains(expected.as_str()), "expected {expected:?}, the client said {line:?}");
                said.push(line);
            }
            Expect::SkipTo(expected) => {
                while let Some(line) = next_line() {
                    said.push(line);
                    if said.last() == Some(expected) {
                        break;
                    }
                }
            }
        }
        let tag = said.last().and_then(|line| line.split(' ').next()).unwrap_or_default();
        // A client that has gone away is what some scripts are about.
        drop((&*stream).write_all(&latin1(&step.reply.replace("{tag}", tag))));
    }
    said
}

/// The bytes of a reply; `é` stands for one that is not UTF-8.
fn latin1(reply: &str) -> Vec<u8> {
    let parts: Vec<&[u8]> = reply.split('é').map(str::as_bytes).collect();
    parts.join(&b"\xe9"[..])
}

fn read_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    match reader.read_until(b'\n', &mut line) {
        Ok(read) if read > 0 => Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()),
        _ => None,
    }
}
