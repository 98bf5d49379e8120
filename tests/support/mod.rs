//! What tests share: `TestDesk`, the one harness; messages and letters; real mail servers on loopback, and a scripted one for what
//! real ones never do.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod asks;
mod certificates;
mod desk;
mod dovecot;
mod growth;
mod guard;
mod imap_server;
mod leaks;
mod message;
mod presets;
mod process;
mod reading;
mod record;
mod relay;
mod scenario;
mod scripted;
mod servers;
mod token_server;
mod turns;

use std::time::{Duration, Instant};

pub use asks::ASKS;
pub use desk::{Running, TestDesk, Wait, outcome};
pub use dovecot::PASSWORD;
pub use growth::multiply;
pub use guard::{Guarded, all_folders, temporary_folder};
pub use imap_server::{Fault, ImapServer};
pub use leaks::{Markers, all_texts, assert_nothing_leaks, leaks, markers_of};
pub use message::{Message, bounce_of};
pub use presets::{
    ENGINEERS, FROM_A_MAILDIR, IVAN, IVANOV, MAILBOXES, NO_CAPS, OLGA, ONE_DESK, PETROVA, PIPED, SIDOROV, SMIRNOV,
    STEERED, THREE_MAILBOXES, TWO_BARE_DESKS, TWO_STAFFED_DESKS, VENDOR,
};
pub use process::files_in;
pub use reading::{link, recipients, text_to, to};
pub use record::{Record, Table, record_story, shown};
pub use relay::{Provider, relay};
pub use scenario::{RowResult, SAID_BY_MANY, Scenario, ScenarioRun, scenarios};
pub use scripted::{Scripted, Step, line, say, skip_to};
pub use servers::{SentLetter, Servers, WRONG_PASSWORD, jwt};
pub use token_server::{Reply, TokenServer};
pub use turns::{Turn, turn};

/// Polls until `condition` holds; fails the test after a generous time, naming what it waited for.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Chance that can be had again: the seed is printed, and `MAILDESK_TEST_SEED` sets it.
pub struct Random(u64);

impl Random {
    /// Begins with the seed of the environment, or else with this one.
    pub fn new(usual: u64) -> Self {
        let seed = std::env::var("MAILDESK_TEST_SEED").map_or(usual, |seed| seed.parse().expect("a number"));
        println!("MAILDESK_TEST_SEED={seed}");
        Self(seed)
    }

    /// Begins with this seed, whatever the environment says.
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below this one.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    /// Puts values into another order.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for end in (1..values.len()).rev() {
            values.swap(end, self.below(end + 1));
        }
    }
}
