//! The tests of maildesk from outside, one module a purpose: through the program, its loops on real mail servers, or the store.
//!
//! `cargo test --test it -- flow::` runs one of them. What they share stands in `tests/support`.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../support/mod.rs"]
mod support;

mod architecture;
mod attack_operators;
mod attack_restore;
mod backup;
mod check;
mod clock;
mod commands;
mod config;
mod crash;
mod dependencies;
mod desks;
mod disclosure;
mod export;
mod flow;
mod forget;
mod harness;
mod imap;
mod imap_faults;
mod ingest;
mod intake;
mod letters;
mod logs;
mod looks;
mod mail_servers;
mod maildir;
mod metrics;
mod moves;
mod moves_commands;
mod museum;
mod operation;
mod operation_commands;
mod permission;
mod promises;
mod properties;
mod review_processes;
mod robots;
mod search;
mod service;
mod smtp;
mod status;
mod steering;
mod steering_properties;
mod steering_table;
mod tags;
mod wording;
mod words;
