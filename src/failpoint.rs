//! Places where a test of the dev build may have the process killed. In release builds they are nothing.

/// Dies here by SIGKILL if `MAILDESK_FAILPOINT` names this point (`NAME`, or `NAME:N` for the Nth time it is reached).
#[cfg(debug_assertions)]
pub fn reached(point: &str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static TIMES: AtomicU32 = AtomicU32::new(0);
    let Ok(wanted) = std::env::var("MAILDESK_FAILPOINT") else { return };
    let (name, nth) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    if name == point && TIMES.fetch_add(1, Ordering::SeqCst) + 1 == nth.parse().unwrap_or(1) {
        // A real SIGKILL: nothing of this process gets to tidy up.
        let _ = std::process::Command::new("kill").arg("-KILL").arg(std::process::id().to_string()).status();
        loop {
            std::thread::park();
        }
    }
}

/// Aborts, as a stack overflow would, on a message that holds the text in `MAILDESK_POISON`.
#[cfg(debug_assertions)]
pub fn poisoned_by(raw: &[u8]) {
    let Ok(poison) = std::env::var("MAILDESK_POISON") else { return };
    if !poison.is_empty() && raw.windows(poison.len()).any(|window| window == poison.as_bytes()) {
        std::process::abort();
    }
}

/// Hangs here for ever, deaf and without a sign of life, if `MAILDESK_HANG` names this point.
#[cfg(debug_assertions)]
pub fn hangs(point: &str) {
    while std::env::var("MAILDESK_HANG").is_ok_and(|wanted| wanted == point) {
        std::thread::park();
    }
}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
#[inline]
pub fn hangs(_point: &str) {}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
#[inline]
pub fn reached(_point: &str) {}

/// Nothing, in a release build.
#[cfg(not(debug_assertions))]
#[inline]
pub fn poisoned_by(_raw: &[u8]) {}
