//! What a configuration reads besides its file, as values, so that tests need no process environment.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::model::Timestamp;

/// The surroundings of the process. Not `Debug`: variables hold passwords.
pub struct ProcessContext {
    /// Environment variables. Read are `$STATE_DIRECTORY` and `$CREDENTIALS_DIRECTORY` (systemd.exec(5)) and those that a
    /// `password_env` names.
    pub variables: BTreeMap<String, String>,
    /// The machine's name, the default of a transport's `hello`; empty when unknown.
    pub host_name: String,
    /// The time; a start mark must not lie after it.
    pub now: Timestamp,
    /// The zone in which a start mark without an offset is meant.
    pub time_zone: TimeZone,
    /// Whether passwords are read. Who only looks things up needs none, and often may not read them.
    pub reads_passwords: bool,
}

impl ProcessContext {
    /// The surroundings of this process, now.
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        // Not from /proc/sys, which a unit with ProcSubset=pid does not see.
        let host_name = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self {
            variables,
            host_name,
            now: jiff::Timestamp::now().into(),
            time_zone: TimeZone::system(),
            reads_passwords: true,
        }
    }

    /// The same, for looking things up: all passwords are empty.
    pub fn without_passwords() -> Self {
        Self { reads_passwords: false, ..Self::of_process() }
    }
}
