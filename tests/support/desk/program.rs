//! The real program as a whole: its passes, its daemon, and what its commands tell.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

use super::{Running, TestDesk};

impl TestDesk {
    /// One pass, which must work.
    pub fn once(&self) {
        self.bytes(&["once"]);
    }

    /// Starts the daemon; its log goes to a file.
    pub fn run(&self) -> Running {
        self.run_with(&[])
    }

    /// The same, with variables such as `MAILDESK_FAILPOINT`.
    pub fn run_with(&self, variables: &[(&str, &str)]) -> Running {
        let log = fs::File::options().append(true).create(true).open(self.log_file()).unwrap();
        let mut command = self.command(&["run"]);
        command.envs(variables.iter().copied()).stdout(Stdio::null()).stderr(log);
        Running::start(&mut command)
    }

    /// What daemons have logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.path("log")
    }

    /// Copies the database to a file of its folder; where the test sets the time, with a minute before and after.
    pub fn backup(&self, name: &str) -> PathBuf {
        let copy = self.path(name);
        if self.is_program() {
            self.text(&["backup", copy.to_str().unwrap()]);
        } else {
            self.skip(60);
            self.reader().copy_to(&copy, self.now()).unwrap();
            self.skip(60);
        }
        copy
    }

    /// The requests with their numbers, as `list --json` gives them, the oldest first.
    pub fn requests(&self) -> Vec<Value> {
        let mut requests = self.rows("list");
        requests.sort_by_key(|r| {
            let (desk, number) = r["number"].as_str().unwrap().split_once('-').unwrap();
            (desk.to_owned(), number.parse::<u32>().unwrap())
        });
        requests
    }

    /// The letters, as `outbox --json` gives them, the oldest first.
    pub fn outbox(&self) -> Vec<Value> {
        let mut letters = self.rows("outbox");
        letters.reverse();
        letters
    }

    /// The messages, as `received --json` gives them, the oldest first.
    pub fn received(&self) -> Vec<Value> {
        let mut received = self.rows("received");
        received.reverse();
        received
    }

    /// The row of the last message with this Message-ID.
    pub fn disposition(&self, message_id: &str) -> Value {
        let rows = self.received();
        let row = rows.into_iter().rev().find(|row| row["message_id"] == message_id);
        row.unwrap_or_else(|| panic!("no message {message_id}"))
    }

    /// Everything about a request.
    pub fn show(&self, number: &str) -> Value {
        self.json(&["show", number])
    }

    fn rows(&self, command: &str) -> Vec<Value> {
        match self.json(&[command, "--limit", "10000"]) {
            Value::Array(rows) => rows,
            other => panic!("no array: {other}"),
        }
    }
}

/// Disposition and request of a row of `received --json`.
pub fn outcome(row: &Value) -> (&str, &str) {
    (row["disposition"].as_str().unwrap_or("none"), row["request"].as_str().unwrap_or("none"))
}
