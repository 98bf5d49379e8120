//! Tells the service manager how we are: the protocol of sd_notify(3), one datagram a message.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::process;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use tracing::warn;

/// How long a message may wait for a manager that is busy.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest status, in characters; what is longer is cut.
const LONGEST_STATUS: usize = 1_000;

/// The way to the service manager. Without one, everything said is silence.
#[derive(Default)]
pub struct Notifier {
    manager: Option<(UnixDatagram, SocketAddr)>,
    watchdog: Option<Duration>,
    said: Mutex<LastStatus>,
}

/// What the status consists of.
#[derive(Default)]
struct LastStatus {
    note: String,
    status: String,
    line: String,
}

impl Notifier {
    /// The manager that `NOTIFY_SOCKET` names, and the watchdog of `WATCHDOG_USEC` if it is meant for us.
    ///
    /// # Errors
    /// A socket that cannot be made, or a name that is none.
    pub fn of_process() -> io::Result<Self> {
        let manager = match env::var_os("NOTIFY_SOCKET") {
            Some(name) if !name.is_empty() => {
                let socket = UnixDatagram::unbound()?;
                socket.set_write_timeout(Some(PATIENCE))?;
                Some((socket, address(&name)?))
            }
            _ => None,
        };
        let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        let is_ours = number("WATCHDOG_PID").is_none_or(|pid| pid == u64::from(process::id()));
        let watchdog = number("WATCHDOG_USEC").filter(|period| is_ours && *period > 0).map(Duration::from_micros);
        Ok(Self { watchdog: watchdog.filter(|_| manager.is_some()), manager, said: Mutex::default() })
    }

    /// How often the manager wants to hear that we live, if it does.
    pub fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    /// We have begun to work, or have taken up a new configuration.
    pub fn ready(&self) {
        self.send("READY=1");
    }

    /// We live.
    pub fn alive(&self) {
        self.send("WATCHDOG=1");
    }

    /// We take up a new configuration; [`Notifier::ready`] ends it.
    pub fn reloading(&self) {
        let now = clock_gettime(ClockId::Monotonic);
        let microseconds = i128::from(now.tv_sec) * 1_000_000 + i128::from(now.tv_nsec) / 1_000;
        self.send(&format!("RELOADING=1\nMONOTONIC_USEC={microseconds}"));
    }

    /// We end.
    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// How the work goes, for `systemctl status`; told where it has changed.
    pub fn status(&self, status: &str) {
        self.say(|said| one_line(status).clone_into(&mut said.status));
    }

    /// Something that stands before the status until there is another note, or an empty one.
    pub fn note(&self, note: &str) {
        self.say(|said| one_line(note).clone_into(&mut said.note));
    }

    fn say(&self, change: impl FnOnce(&mut LastStatus)) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut said);
        let parts: Vec<&str> = [said.note.as_str(), &said.status].into_iter().filter(|part| !part.is_empty()).collect();
        let line: String = parts.join("; ").chars().take(LONGEST_STATUS).collect();
        if line != said.line {
            self.send(&format!("STATUS={line}"));
            said.line = line;
        }
    }

    fn send(&self, message: &str) {
        let Some((socket, address)) = &self.manager else { return };
        if let Err(error) = socket.send_to_addr(message.as_bytes(), address) {
            warn!(%error, "cannot tell the service manager (NOTIFY_SOCKET)");
        }
    }
}

/// A path, or a name in the abstract namespace: `@name`.
fn address(name: &OsStr) -> io::Result<SocketAddr> {
    match name.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(name),
    }
}

/// A line break in a server's words would begin another message to the manager.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_begins_a_message_of_its_own() {
        assert_eq!(one_line("it says\nWATCHDOG=1\r\0"), "it says WATCHDOG=1  ");
    }

    #[test]
    fn without_a_manager_nothing_is_said_and_nothing_fails() {
        let notifier = Notifier::default();
        notifier.note("a note");
        notifier.status("well");
        notifier.reloading();
        assert_eq!(notifier.said.lock().unwrap().line, "a note; well");
        assert_eq!(notifier.watchdog(), None);
    }

    #[test]
    fn a_socket_is_named_by_its_path_or_in_the_abstract_namespace() {
        assert_eq!(address(OsStr::new("@a/b")).unwrap().as_abstract_name(), Some(b"a/b".as_slice()));
        assert_eq!(address(OsStr::new("/run/notify")).unwrap().as_pathname(), Some("/run/notify".as_ref()));
    }
}
