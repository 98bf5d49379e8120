//! **maildesk**: a request desk that lives in e-mail.
//!
//! Customers write to a support address; maildesk files each message as a numbered request, answers with the number, carries
//! the correspondence between customer and engineers, and follows the request's life through tags in subject lines. This page
//! is the map of the code; the promises below are what all of it is for.
//!
//! # The way of a message
//!
//! ```text
//! source                 IMAP (IDLE, poll) · Maildir · standard input (`maildesk ingest`)
//!   │ raw bytes, in slices
//! receive  accept, tx A  raw bytes + (mailbox, UIDVALIDITY, UID), many messages a commit; then flag or move on the server
//!   │
//! handle   parse         bytes → Incoming and its defects; pure, cannot fail
//!   │      look          on a reader: the letter that it answers, and the requests that it may be about (flow/look.rs)
//!   │      understand    who wrote it and what shows that, what it answers, what its writer typed; pure (flow/understand.rs)
//!   │                    these three in parallel, under a byte budget
//!   │      tx B          on the writer, in order of acceptance, a job a message, many messages a commit (flow/filing.rs):
//!   │        facts       look again, understood anew if that has changed; then ← store: what deciding needs (flow/facts.rs)
//!   │        decide      permission (who wrote?) → disposition and effects; engineers' asks all or none (desk/decide/)
//!   │        commit      events, each request after them, the message, letters signed for their readers, all other effects
//! clock                  requests that are due → decide → commit, a transaction each; digests of the day
//! outbox                 due letters → render → SMTP → sent | later | failed
//! ```
//!
//! `receive`, `handle`, `clock` and `outbox` never call each other: they meet in the store, wake each other, and rescan as a
//! safety net. `maildesk set` and `release`, and letters that fail or arrive, enter at decide as well and leave by commit: one
//! rulebook, many doors. A held message that its engineer has confirmed is handled once more, with that proof.
//!
//! # Floors
//!
//! A file uses only floors below its own; rooms of one floor do not know each other; the files of `desk` and of `flow` import
//! each other in no circle. `tests/it/architecture.rs` holds this.
//!
//! ```text
//! floor 4  main.rs  cli/              the entry point · one file a command
//! floor 3  daemon.rs  daemon/         opens an installation, starts the loops, stops on a signal, reports their health
//!          metrics/                   answers Prometheus and health probes, where configured
//! floor 2  flow/                      the corridor: receive · handle · filing · commit · clock · outbox · command (`maildesk set`)
//!            understand look facts    steps of handling a message (above)
//!            related_facts absence    what asks need to know beyond their request · who is away
//!            sign origin basis        letters signed for their readers · what caused a decision · what decisions rest on
//!            crash_recovery           which message broke the last process
//!            resync                   after a restore: what the mail servers know of the lost time
//!            forget retention         erasing content: of a person, and of what a desk has kept for its time
//!            brackets                 what engineers set apart again and again that is no tag
//!            search                   what a message can be found by, and the excerpts shown of what was found
//! floor 1  mail/                      pure: bytes → Incoming; Letter → bytes
//!            parse automatic report   what a message says · whether a robot wrote it · which letters it reports on (RFC 3464)
//!            subject                  brackets → references and asks, by a table of phrases
//!            versions                 whether plain text and HTML of a message say the same
//!            quote words              words, signature and history of a text · an engineer's own words above the cut line
//!            proof authentication     signed ids, tokens, personal addresses, keys of links · Authentication-Results (RFC 8601)
//!            compose                  Letter → RFC 5322 bytes
//!          desk/                      pure: the rulebook
//!            understand which_request permission   claims · which request a message is about · every proof is judged here
//!            decide/                  customer · engineer · held · report · operator · tick (time) · digest ·
//!                                     follow_ups (other desks, requests answered along, versions, external teams)
//!            basis revision           what a decision rests on, and its one way to make an event · a request while it is drafted
//!            request                  `Request::apply`: an event is the only way in which a request changes
//!            execute undo lifecycle   asks → events · events → their inverse · the transition of each phase by each trigger: one match
//!            intake assignment roster what a new request is and lacks · who gets it · who is present
//!            likeness                 when messages are alike, as a robot's are; decide/caps.rs holds the caps against it
//!            calendar deadlines       working time · until when the SLA promises what
//!            copies                   who gets engineers' answers beside the requester
//!            own_signature            what an engineer's mail program puts below their words
//!            readers                  for whom an engineer's words are, by To and Cc: one table
//!            plain_words              what customers say without tags («всё работает»), and engineers to a question of ours
//!            forget resync stats      what of an event stays when people are forgotten · numbers after a restore · statistics
//!            wording/                 every sentence we ever send, ru and en
//!          store/                     the only room that knows SQL; one writer thread, own connections for readers
//!            sql column engine/       the vocabulary of statements · columns of the model's types · SQLite, in one file
//!            schema/ epoch            the tables · copies of the database, and what a restore leaves out
//!            search/                  words → stems → two indexes, and back
//!          source/                    imap (the only room that knows async-imap) · maildir
//!          smtp.rs  config/           lettre's transport · TOML → checked settings
//!          notify.rs                  tells systemd: ready, alive, reloading, stopping
//! floor 0  model/                     the vocabulary that all rooms share
//!          net.rs  net/               TCP and TLS, for source and smtp; what a certificate says, and why it is refused;
//!                                     access tokens (OAuth2), and the mechanisms that carry them; one HTTP request
//!          failpoint.rs               where tests of the dev build kill the process
//! ```
//!
//! Pure rooms take `now`, facts and ids as arguments, know no clock, database or network, and return values: odd mail is a
//! value with defects, a refusal is a decision. Only the shell has `Result`.
//!
//! # Glossary
//!
//! What people read says *message* for what comes and *e-mail* for what we send; the code says [`model::Incoming`] and
//! [`model::Letter`]. `tests/it/vocabulary.rs` keeps retired words out.
//!
//! | | |
//! |---|---|
//! | desk | A support process: its key (`OTK`), address, engineers, statuses, calendar, SLA and texts. A *mailbox* feeds it; *lines* and *teams* work in it, some of them *external*. |
//! | request | What a customer wants, under a number (`OTK-1042`); its *requester* asked, *participants* may read and write, *watchers* get copies, its *assignee* works on it. |
//! | entry | A message as part of a request: *correspondence*, which the requester may see, or a *note*. |
//! | phase, status, standing | The six fixed phases of a request's life; a desk's own word within one; both together. |
//! | reference, tag, ask | `[OTK-1042]`; a directive in brackets; what a tag, a plain sentence or `maildesk set` wants, before permission. |
//! | trigger, transition | What happens to a request, and the status that follows (`desk/lifecycle.rs`). |
//! | claim, proof, token | What a message says of itself; what shows it; a MAC of ours that comes back with an answer. |
//! | disposition | What became of one received message: opened, appended, held, done, ignored, report, duplicate. |
//! | rejection, syntax error | A well-formed ask that is not possible; a bracket that was meant for us and cannot be read. |
//! | decision, effect, event | What follows from a message, a command or time passing; one thing to be written; one change of one request. |
//! | accept, handle, commit, send | Store a message as it came; understand and decide; write what was decided; give a letter to a mail server. |
//! | SLA, first response, resolution | What a contract or a desk promises by kind and priority, and the two times that it promises. |
//! | absence, workload | Who is away until when; how many requests each engineer has. |
//! | epoch, gap | The time since a copy was brought into use; numbers that the lost installation may have given. |
//! | wakeup, heartbeat, health | What makes a loop look for work; its sign of life; the last success and failure of a mailbox or transport. |
//!
//! # Promises
//!
//! | | |
//! |---|---|
//! | P1 nothing lost | A message is touched on the server only after its raw bytes are durable here; it ends filed, or in a quarantine that the operator sees, replays and exports. |
//! | P2 nothing doubled | One message has one effect, whatever crashes, reconnects, redelivers, or resets UIDVALIDITY. |
//! | P3 numbers | Per desk: ascending in order of acceptance, gapless, never reused, never shared. After a restore: a recorded gap, never a reuse. |
//! | P4 letters | A letter is a row of the transaction that caused it; every try sends the same bytes with the same Message-ID. Twice only if we die between its last byte and the commit of `sent`; never zero times, never silently dropped. |
//! | P5 quiet | Automatic mail is never answered (RFC 3834). Two robots fall silent: loop caps cancel acknowledgements, rate caps let them wait; engineers are told of each. Questions to an engineer are capped. |
//! | P6 nobody in | `From:` is a claim. Nobody commands without proof, and nobody reads or joins correspondence they are not party to: by guessing a number, forging a header, or preparing a subject. What is not proven is held, and what an engineer writes for engineers never reaches a customer. |
//! | P7 explainable | Every message has a disposition with its reasons; every change is an event with who, when, by what proof and which message; replaying the events gives the same request. |
//! | P8 unstoppable | One bad message cannot stop a mailbox, one bad mailbox cannot stop the daemon. |
//! | P9 every word | What somebody wrote reaches everybody it is for, and nobody else. What is taken away stands in the letter that is answered (`mail/quote/align/`); what only looks like a signature or history is set apart below a line. Not kept everywhere yet: an engineer's own words are still told by the cut line. |
//!
//! # States
//!
//! ```text
//! received   fetching → accepted ─tx B→ handled(disposition)      accepted ─third charge→ quarantined ─replay→ accepted
//!            handled(held) ─its engineer confirms→ accepted       seen before the start mark: skipped
//!            never delivered by its server: unfetchable
//! letter     due → inflight ─250→ sent      ─4xx, network→ due, later each time      ─5xx, too old→ failed → engineers told
//!            due ─taken back within the grace→ cancelled
//!            due, later ─a cap lets an acknowledgement wait, and another letter tells the number first→ cancelled
//! content    kept → erased (by `forget`, or after the time that the desk sets); rows, numbers, events and dates stay
//! request    new → open → waiting → planned → completed → closed, by desk/lifecycle.rs; its matrix: fixtures/lifecycle.txt
//! database   in use ─backup→ copy ─restore→ pending: mail is received, nothing filed or sent ─resync --accept→ in use
//! ```
//!
//! An epoch begins when a copy is brought into use (`store/epoch.rs`): ids and places of letters leap, so that none that was ever
//! given means something else; numbers that the lost installation may have given are a recorded gap; what it has handled and
//! sent is *repeated*: it has its effect here, and nobody hears of it again.
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
//! | while content is erased | all of a transaction is erased or nothing; a second run, or the next pass, goes on |
//! | while a copy comes into use | there is no database, and none is made: the restore is begun again |
//! | before or after a look of the clock | nothing of it is there, or all of it: that somebody was told is on record with the letter |
//! | inflight | after a wait the letter is sent again, and those that were begun with it: same bytes, same Message-ID, counted |
//! | UIDVALIDITY new | everything is looked at anew; the same message within the desk is a duplicate, without effect |
//! | while a message is parsed | after an unclean stop, messages not yet handled go one at a time through a child process first; one that kills its own child is charged, and quarantined at the third charge |

pub mod cli;
pub mod config;
pub mod daemon;
pub mod desk;
mod failpoint;
pub mod flow;
pub mod mail;
pub mod metrics;
pub mod model;
pub mod net;
pub mod notify;
pub mod smtp;
pub mod source;
pub mod store;
