//! **maildesk**: a request desk that lives in e-mail.
//!
//! Customers write to a support address; maildesk files each message as a numbered request, answers with the number, and
//! keeps the correspondence. This page is the map of the code; the promises below are what all of it is for.
//!
//! # The way of a message
//!
//! ```text
//! source                 IMAP (IDLE, poll) · Maildir
//!   │ raw bytes, in slices
//! receive  accept, tx A  raw bytes + (mailbox, UIDVALIDITY, UID), many messages a commit; then flag or move on the server
//!   │
//! handle   parse         bytes → Incoming and its defects; pure, cannot fail, in parallel under a byte budget
//!   │      tx B          on the writer, in order of acceptance, a savepoint a message, many messages a commit:
//!   │                    facts ← store → understand (who, which request) → decide (disposition, changes, letters) → apply
//! outbox                 due letters → render → SMTP → sent | later | failed
//! ```
//!
//! `receive`, `handle` and `outbox` never call each other: they meet in the store, wake each other, and rescan as a safety net.
//!
//! # Floors
//!
//! A file uses only floors below its own; rooms of one floor do not know each other. `tests/architecture.rs` holds this.
//!
//! ```text
//! floor 4  main.rs  cli/              the door · one file a command
//! floor 3  daemon.rs                  builds the rooms, starts the loops, stops on a signal
//! floor 2  flow/                      receive · handle · outbox: the corridor
//! floor 1  mail/                      pure: bytes → Incoming; Letter → bytes; signed Message-IDs
//!          desk/                      pure: understand · decide · replay · wording (every sentence we ever send)
//!          store/                     the only room that knows SQL; one writer thread, own connections for readers
//!          source/                    imap (the only room that knows async-imap) · maildir
//!          smtp.rs  config/           lettre's transport · TOML → checked settings
//! floor 0  model/                     the words all rooms share
//!          net.rs  failpoint.rs       TCP and TLS, for source and smtp · where tests of the dev build kill the process
//! ```
//!
//! Pure rooms take `now`, facts and ids as arguments, know no clock, database or network, and return values: odd mail is a
//! value with defects, a refusal is a decision. Only the shell has `Result`.
//!
//! # Promises
//!
//! | | |
//! |---|---|
//! | P1 nothing lost | A message is touched on the server only after its raw bytes are durable here; it ends filed, or in a quarantine that the operator sees, replays and exports. |
//! | P2 nothing doubled | One message has one effect, whatever crashes, reconnects, redelivers, or resets UIDVALIDITY. |
//! | P3 numbers | Per desk: ascending in order of acceptance, gapless, never reused, never shared. |
//! | P4 letters | A letter is a row of the transaction that caused it; every try sends the same bytes with the same Message-ID. Twice only if we die between its last byte and the commit of `sent`; never zero times, never silently dropped. |
//! | P5 quiet | Automatic mail is never answered (RFC 3834); automatic letters to outsiders are capped. |
//! | P6 nobody in | `From:` is a claim. Nobody reads or joins correspondence they are not party to by guessing a number or forging a header. |
//! | P7 explainable | Every message has a disposition with its reasons; every change is an event; replaying the events gives the same request. |
//! | P8 unstoppable | One bad message cannot stop a mailbox, one bad mailbox cannot stop the daemon. |
//!
//! # States
//!
//! ```text
//! received   fetching → accepted ─tx B→ handled(disposition)      accepted ─third charge→ quarantined ─replay→ accepted
//!            seen before the start mark: skipped                  never delivered by its server: unfetchable
//! letter     due → inflight ─250→ sent      ─4xx, network→ due, later each time      ─5xx, too old→ failed
//! ```
//!
//! # What a crash leaves
//!
//! | killed | then |
//! |---|---|
//! | before A | the message is still on the server and is fetched again; a half-fetched one is dropped first, never handled |
//! | after A, before the flag or move | (mailbox, UIDVALIDITY, UID) makes a second accept a no-op; the mark is set again |
//! | after A | accepted rows are handled at start |
//! | before B | nothing of B is there; the row is handled at start, under the same number |
//! | after B | due letters go out at start |
//! | inflight | after a wait the letter is sent again: same bytes, same Message-ID, counted |
//! | UIDVALIDITY new | everything is looked at anew; the same message within the desk is a duplicate, without effect |
//! | while a message is parsed | after an unclean stop, messages not yet handled go one at a time through a child process first; one that kills its own child is charged, and quarantined at the third charge |

pub mod cli;
pub mod config;
pub mod daemon;
pub mod desk;
mod failpoint;
pub mod flow;
pub mod mail;
pub mod model;
pub mod net;
pub mod smtp;
pub mod source;
pub mod store;
