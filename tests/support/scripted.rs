//! A server that follows a script: it reads the line it expects and says what stands there, faults included.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

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

/// A server on loopback that serves connections one after another, each with the next script, and closes each at its end.
pub struct Scripted {
    /// Where it listens.
    pub port: u16,
    thread: JoinHandle<Vec<String>>,
}

impl Scripted {
    /// Serves one connection.
    pub fn start(script: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || follow(&listener.accept().unwrap().0, &script));
        Self { port, thread }
    }

    /// Waits for the end of the script; gives the lines that the client said, and fails where they were not those expected.
    pub fn finish(self) -> Vec<String> {
        self.thread.join().expect("the client followed the script")
    }
}

fn follow(stream: &TcpStream, script: &[Step]) -> Vec<String> {
    let mut reader = BufReader::new(stream);
    let mut said = Vec::new();
    for step in script {
        match &step.expect {
            Expect::Nothing => {}
            Expect::Line(expected) => {
                let line = read_line(&mut reader).unwrap_or_default();
                assert!(line.contains(expected.as_str()), "expected {expected:?}, the client said {line:?}");
                said.push(line);
            }
            Expect::SkipTo(expected) => {
                while let Some(line) = read_line(&mut reader) {
                    said.push(line);
                    if said.last() == Some(expected) {
                        break;
                    }
                }
            }
        }
        let tag = said.last().and_then(|line| line.split(' ').next()).unwrap_or_default();
        // A client that has gone away is what some scripts are about.
        drop((&*stream).write_all(step.reply.replace("{tag}", tag).as_bytes()));
    }
    said
}

fn read_line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    match reader.read_until(b'\n', &mut line) {
        Ok(read) if read > 0 => Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()),
        _ => None,
    }
}
