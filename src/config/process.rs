//! What is read besides the configuration file (environment variables, host name, time), as values, so that tests can set them.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::model::Timestamp;

/// The environment of the process. Not `Debug`, since variables may contain passwords.
pub struct ProcessContext {
    /// Environment variables. Read are `$STATE_DIRECTORY` and `$CREDENTIALS_DIRECTORY` (systemd.exec(5)) and those that a
    /// `password_env` or `client_secret_env` names.
    pub variables: BTreeMap<String, String>,
    /// The machine's name, the default of a transport's `hello`; empty where it is not known.
    pub host_name: String,
    /// The present time; a start mark must not be later.
    pub now: Timestamp,
    /// The time zone of a start mark without an offset.
    pub time_zone: TimeZone,
    /// Whether passwords are read. Commands that only look things up need none, and their users often may not read them.
    pub reads_passwords: bool,
}

impl ProcessContext {
    /// The environment of this process, now.
    pub fn of_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        // Not from /proc/sys, which is hidden from a unit with ProcSubset=pid.
        let host_name = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self {
            variables,
            host_name,
            now: jiff::Timestamp::now().into(),
            time_zone: TimeZone::system(),
            reads_passwords: true,
        }
    }

    /// The same for commands that need no passwords: all passwords are empty.
    pub fn without_passwords() -> Self {
        Self { reads_passwords: false, ..Self::of_process() }
    }
}
