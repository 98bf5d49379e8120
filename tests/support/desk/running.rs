//! A daemon of the real program that runs beside the test.

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::support::{Guarded, wait_until};

/// Signals by name and number (POSIX).
const SIGTERM: (&str, u32) = ("-TERM", 15);
const SIGHUP: (&str, u32) = ("-HUP", 1);

/// A running daemon; killed if the test does not end it.
pub struct Running {
    child: Child,
    _guarded: Guarded,
}

impl Running {
    /// Runs this command.
    pub fn start(command: &mut Command) -> Self {
        let child = command.spawn().unwrap();
        let guarded = Guarded::process(child.id());
        Self { child, _guarded: guarded }
    }

    /// Asks it to end, as systemd does, and waits for its end.
    pub fn stop(mut self) -> ExitStatus {
        self.signal(SIGTERM);
        self.wait()
    }

    /// Has it read its configuration anew, as systemd does.
    pub fn reload(&mut self) {
        self.signal(SIGHUP);
    }

    /// Sends a signal once the daemon catches it: before that, a signal ends any program.
    fn signal(&mut self, (name, number): (&str, u32)) {
        let pid = self.child.id();
        self.until("the daemon catches the signal", || {
            let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
            let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
            caught.is_some_and(|mask| mask & 1 << (number - 1) != 0)
        });
        let sent = Command::new("kill").arg(name).arg(pid.to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Kills it, as a power failure would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end by itself, within a generous time.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the daemon does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until it has died by this signal.
    pub fn dies_by(mut self, signal: i32) {
        let status = self.wait();
        assert_eq!(status.signal(), Some(signal), "{status}");
    }

    /// Whether it is still running.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until a condition holds, as long as the daemon lives.
    pub fn until(&mut self, what: &str, mut condition: impl FnMut() -> bool) {
        wait_until(what, || {
            assert!(self.is_alive(), "the daemon died before {what}");
            condition()
        });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
