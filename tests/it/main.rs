//! The tests of maildesk from outside, one module a purpose: through the program, its loops on real mail servers, or the store.
//!
//! `cargo test --test it -- flow::` runs one of them. What they share stands in `tests/support`.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../support/mod.rs"]
mod support;

mod alignment;
mod architecture;
mod backup;
mod caps;
mod check;
mod cli_status;
mod cli_words;
mod clock;
mod closing;
mod config;
mod confirmation;
mod copies;
mod corpus;
mod crash;
mod daemon;
mod dependencies;
mod desks;
mod disclosure;
mod document_commands;
mod documents;
mod duplicates;
mod every_word;
mod export;
mod export_privacy;
mod flow;
mod forget;
mod form;
mod forwarding;
mod harness;
mod hostile_html;
mod imap;
mod imap_faults;
mod ingest;
mod intake;
mod international;
mod letters;
mod logs;
mod mail_server_faults;
mod mail_servers;
mod maildir;
mod metrics;
mod mime_damage;
mod moves;
mod outside_teams;
mod own_words;
mod passing_on;
mod permission;
mod promises;
mod properties;
mod readers;
mod record;
mod releases;
mod rendering;
mod restore;
mod robots;
mod search;
mod service;
mod smtp;
mod splitting;
mod steering;
mod steering_properties;
mod steering_table;
mod tags;
mod told;
mod typed;
mod verify;
mod vocabulary;
mod wording;
mod work;
