//! Commands of the real program, and the files and the database beside it.

use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use maildesk::daemon::{self, DATABASE, KEYS};
use maildesk::flow::{self, Context};
use maildesk::model::ShortName;
use maildesk::store::{Reader, Store};
use serde_json::Value;

use super::{TestDesk, Wait};

const SIGKILL: i32 = 9;

impl TestDesk {
    /// A path in the folder of its configuration.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where its database is.
    pub fn database(&self) -> PathBuf {
        self.settings.state_dir.join(DATABASE)
    }

    /// What a query answers that gives one number.
    pub fn number(&self, query: &str) -> i64 {
        self.connection().query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// Changes the database behind everybody's back.
    pub fn alter(&self, statements: &str) {
        self.connection().execute_batch(statements).unwrap();
    }

    fn connection(&self) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.database()).unwrap();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        connection
    }

    /// Loses the machine, but for its keys and its backups.
    pub fn lose(&self) {
        for ending in ["", "-wal", "-shm"] {
            let mut name = self.database().into_os_string();
            name.push(ending);
            let _ = fs::remove_file(name);
        }
    }

    /// Every row of every table.
    pub fn dump(&self) -> Vec<String> {
        let connection = self.connection();
        let mut tables =
            connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
        let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut rows = Vec::new();
        for table in tables {
            let mut query = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = query.column_count();
            let row = |row: &rusqlite::Row<'_>| {
                let cells: Vec<rusqlite::types::Value> = (0..columns).map(|index| row.get_unwrap(index)).collect();
                Ok(format!("{table} {cells:?}"))
            };
            rows.extend(query.query_map([], row).unwrap().map(Result::unwrap));
        }
        rows
    }

    /// A connection for reading.
    pub fn reader(&self) -> Reader {
        Reader::open(&self.database()).unwrap()
    }

    /// What the daemon and the commands beside it work with, for calling their parts one by one; the keys are the daemon's.
    pub fn context(&self) -> Context {
        fs::create_dir_all(&self.settings.state_dir).unwrap();
        let store = Store::open(&self.database()).unwrap();
        let ring = daemon::keys(&self.settings.state_dir.join(KEYS)).unwrap();
        Context::new(store, Arc::new(self.settings.clone()), Arc::new(ring), self.clock())
    }

    /// A personal address of an engineer, as `maildesk invite` gives it.
    pub fn personal_address(&self, engineer: &str) -> String {
        let (name, now) = (ShortName::parse(engineer).unwrap(), self.now());
        let context = self.context();
        let serial = context.store.write(move |tx| tx.invite(&name, now)).wait().unwrap();
        flow::personal_address(&context, serial, self.desk()).unwrap().to_string()
    }

    /// A command of the real program, at this machine's time in UTC.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maildesk"));
        command.env("TZ", "UTC").arg("--config").arg(self.path("maildesk.toml")).args(arguments).stdin(Stdio::null());
        command
    }

    /// How it ends, however that is.
    pub fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What it prints where it must work.
    pub fn bytes(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.output(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// The same, as text.
    pub fn text(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.bytes(arguments)).unwrap()
    }

    /// The same, read as JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.text(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// What it is given on its standard input, and how it ends.
    pub fn fed(&self, arguments: &[&str], input: &[u8], variables: &[(&str, &str)]) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.envs(variables.iter().copied()).spawn().unwrap();
        // Who refuses before reading closes the pipe.
        drop(child.stdin.take().unwrap().write_all(input));
        child.wait_with_output().unwrap()
    }

    /// What it says where it refuses.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// Has it kill itself at a point.
    pub fn dies(&self, arguments: &[&str], failpoint: &str) {
        let status = self.command(arguments).env("MAILDESK_FAILPOINT", failpoint).output().unwrap().status;
        assert_eq!(status.signal(), Some(SIGKILL), "{failpoint}: {status}");
    }
}
