//! Notifies the service manager (systemd) of readiness, liveness and status by sd_notify(3), one datagram a message.

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

/// How long a send may block when the service manager's socket is full.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest status line, in characters; a longer one is cut.
const LONGEST_STATUS: usize = 1_000;

/// A connection to the service manager. Without a service manager every call does nothing.
#[derive(Default)]
pub struct Notifier {
    manager: Option<(UnixDatagram, SocketAddr)>,
    watchdog: Option<Duration>,
    last: Mutex<LastStatus>,
}

/// The two parts of the status line, and the line that was sent last.
#[derive(Default)]
struct LastStatus {
    note: String,
    status: String,
    line: String,
}

impl Notifier {
    /// Reads `NOTIFY_SOCKET`, and `WATCHDOG_USEC` unless `WATCHDOG_PID` names another process.
    ///
    /// # Errors
    /// The socket cannot be created, or `NOTIFY_SOCKET` is not a valid socket address.
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
        Ok(Self { watchdog: watchdog.filter(|_| manager.is_some()), manager, last: Mutex::default() })
    }

    /// The longest time between two calls of [`Notifier::alive`] before the manager restarts the process. None: no watchdog.
    pub fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    /// Start-up or a reload of the configuration has finished.
    pub fn ready(&self) {
        self.send("READY=1");
    }

    /// Resets the watchdog's timer.
    pub fn alive(&self) {
        self.send("WATCHDOG=1");
    }

    /// A reload of the configuration begins; [`Notifier::ready`] ends it.
    pub fn reloading(&self) {
        let now = clock_gettime(ClockId::Monotonic);
        let microseconds = i128::from(now.tv_sec) * 1_000_000 + i128::from(now.tv_nsec) / 1_000;
        self.send(&format!("RELOADING=1\nMONOTONIC_USEC={microseconds}"));
    }

    /// Shutdown has begun.
    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// Sets the status shown by `systemctl status`; sent only if the status line has changed.
    pub fn status(&self, status: &str) {
        self.update(|last| one_line(status).clone_into(&mut last.status));
    }

    /// Sets a note that is shown before the status until it is replaced; an empty note removes it.
    pub fn note(&self, note: &str) {
        self.update(|last| one_line(note).clone_into(&mut last.note));
    }

    fn update(&self, change: impl FnOnce(&mut LastStatus)) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut last);
        let parts: Vec<&str> = [last.note.as_str(), &last.status].into_iter().filter(|part| !part.is_empty()).collect();
        let line: String = parts.join("; ").chars().take(LONGEST_STATUS).collect();
        if line != last.line {
            self.send(&format!("STATUS={line}"));
            last.line = line;
        }
    }

    fn send(&self, message: &str) {
        let Some((socket, address)) = &self.manager else { return };
        if let Err(error) = socket.send_to_addr(message.as_bytes(), address) {
            warn!(%error, "cannot notify the service manager (NOTIFY_SOCKET)");
        }
    }
}

/// Parses a socket address: a path, or `@name` in the abstract namespace.
fn address(name: &OsStr) -> io::Result<SocketAddr> {
    match name.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(name),
    }
}

/// Replaces control characters by spaces: a line break in a mail server's reply would begin another assignment of the
/// protocol.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_breaks_cannot_inject_another_assignment() {
        assert_eq!(one_line("it says\nWATCHDOG=1\r\0"), "it says WATCHDOG=1  ");
    }

    #[test]
    fn without_a_manager_nothing_is_sent_and_nothing_fails() {
        let notifier = Notifier::default();
        notifier.note("a note");
        notifier.status("well");
        notifier.reloading();
        assert_eq!(notifier.last.lock().unwrap().line, "a note; well");
        assert_eq!(notifier.watchdog(), None);
    }

    #[test]
    fn a_socket_is_named_by_its_path_or_in_the_abstract_namespace() {
        assert_eq!(address(OsStr::new("@a/b")).unwrap().as_abstract_name(), Some(b"a/b".as_slice()));
        assert_eq!(address(OsStr::new("/run/notify")).unwrap().as_pathname(), Some("/run/notify".as_ref()));
    }
}
