//! Fault injection for tests of the dev build: kills, aborts or hangs the process at a named point. Release builds have none.

/// Kills the process with SIGKILL if `MAILDESK_FAILPOINT` names this point: `NAME`, or `NAME:N` for the Nth time it is
/// reached.
#[cfg(debug_assertions)]
pub fn reached(point: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static TIMES: AtomicU32 = AtomicU32::new(0);
    let Ok(wanted) = std::env::var("MAILDESK_FAILPOINT") else { return };
    let (name, nth) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    if name == point && TIMES.fetch_add(1, Ordering::SeqCst) + 1 == nth.parse().unwrap_or(1) {
        // A real SIGKILL: no destructor or exit handler runs.
        let _ = std::process::Command::new("kill").arg("-KILL").arg(std::process::id().to_string()).status();
        loop {
            std::thread::park();
        }
    }
}

/// Aborts the process, as a stack overflow would, if the message contains the text of `MAILDESK_POISON`.
#[cfg(debug_assertions)]
pub fn poisoned_by(raw: &[u8]) {
    let Ok(poison) = std::env::var("MAILDESK_POISON") else { return };
    if !poison.is_empty() && raw.windows(poison.len()).any(|window| window == poison.as_bytes()) {
        std::process::abort();
    }
}

/// Computes for ever, as a reader with a fault would, if the message contains the text of `MAILDESK_SPIN`.
#[cfg(debug_assertions)]
pub fn spins_at(raw: &[u8]) {
    let Ok(text) = std::env::var("MAILDESK_SPIN") else { return };
    while !text.is_empty() && raw.windows(text.len()).any(|window| window == text.as_bytes()) {
        std::hint::spin_loop();
    }
}

/// Blocks the thread for ever if `MAILDESK_HANG` names this point.
#[cfg(debug_assertions)]
pub fn hangs(point: &str) {
    while std::env::var("MAILDESK_HANG").is_ok_and(|wanted| wanted == point) {
        std::thread::park();
    }
}

/// Does nothing in release builds.
#[cfg(not(debug_assertions))]
#[inline]
pub fn hangs(_point: &str) {}

/// Does nothing in release builds.
#[cfg(not(debug_assertions))]
#[inline]
pub fn reached(_point: &str) {}

/// Does nothing in release builds.
#[cfg(not(debug_assertions))]
#[inline]
pub fn poisoned_by(_raw: &[u8]) {}

/// Does nothing in release builds.
#[cfg(not(debug_assertions))]
#[inline]
pub fn spins_at(_raw: &[u8]) {}
