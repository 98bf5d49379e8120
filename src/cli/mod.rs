//! The command line: one file for each command. People on a terminal get tables; programs get JSON (`--json`).

mod atomic_file;
mod attachment;
mod away;
mod backup;
mod check;
mod complaints;
mod demo;
mod describe;
mod export;
mod forget;
mod history;
mod ingest;
mod invite;
mod list;
mod log;
mod login;
mod outbox;
mod parse;
mod print;
mod progress;
mod received;
mod release;
mod restore;
mod resync;
mod run;
mod search;
mod set;
mod show;
mod stats;
mod status;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use serde::Serialize;

use crate::config::{self, Grammar, Loaded, ProcessContext};
use crate::daemon::{self, DATABASE};
use crate::desk;
use crate::flow;
use crate::mail::subject;
use crate::model::RequestNumber;
use crate::model::settings::Settings;
use crate::store::{Reader, Store};

/// The checks of a desk's words that `mail` and `desk` make, handed to `config`, which may not know those rooms.
pub const GRAMMAR: Grammar = Grammar { clash: subject::clash, unfit: desk::phrase_fault };

/// The configuration file where neither `--config` nor `MAILDESK_CONFIG` names one.
const DEFAULT_CONFIG: &str = "/etc/maildesk/maildesk.toml";

/// A request desk that lives in e-mail: support mailboxes become numbered requests, answered with their number.
#[derive(Parser)]
#[command(
    version,
    after_help = "To see it work, without any server or account:  maildesk demo\n\
                  To set up a desk: copy config.example.toml to /etc/maildesk/maildesk.toml, edit it, then\n  \
                  maildesk check --connect\n  maildesk once\n  maildesk list"
)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(clap::Args)]
struct Globals {
    /// The configuration file [default: /etc/maildesk/maildesk.toml]
    #[arg(long, global = true, env = "MAILDESK_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON, for programs
    #[arg(long, global = true)]
    json: bool,
    /// How log lines are written to standard error
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    log: LogFormat,
    /// Log more (-v debug, -vv trace); RUST_LOG overrides this
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Run the daemon: read all mailboxes, file, answer, until SIGTERM or Ctrl-C
    Run(run::Args),
    /// Do one pass over everything and exit: read all mailboxes, file, answer
    Once(run::Args),
    /// Accept one message from a mail server's pipe; exit codes as in sysexits.h
    Ingest(ingest::Args),
    /// Check the configuration; with --connect also every mailbox and mail server
    Check(check::Args),
    /// Log in for a mailbox or transport that uses OAuth2 with login = true; once, or when its login has ended
    Login(login::Args),
    /// Show how maildesk works, in a temporary folder; needs no server, account or configuration
    Demo(demo::Args),
    /// Report the state of mailboxes, transports and database, with a remedy for each warning; exit code 1 if there are any
    Status(status::Args),
    /// Count requests and show how long they took, by desk, kind, line and engineer
    Stats(stats::Args),
    /// List requests, the last changed first
    List(list::Args),
    /// Find requests by words in their subjects, messages, notes, files and logs
    Search(search::Args),
    /// Show a request: people, messages, e-mails, events, and why
    Show(show::Args),
    /// Change a request as an engineer's tags do: status, assignee, line, kind, priority, …
    Set(set::Args),
    /// List versions that requests wait for; announce that one is out, or its new date
    Release(release::Args),
    /// Give an engineer a personal address, to which messages prove themselves; without a name list all given
    Invite(invite::InviteArgs),
    /// Record that an engineer is away or back, or list who is away
    Away(away::Args),
    /// List readers who have complained about our e-mails; send one of them automatic e-mails again
    Complaints(complaints::Args),
    /// Revoke a personal address
    Revoke(invite::RevokeArgs),
    /// Save or print a file that was attached to a message
    Attachment(attachment::Args),
    /// Export requests for other programs: one with its files, or many as JSON, CSV or mbox
    Export(export::Args),
    /// Copy the database to a file; the daemon may be running
    Backup(backup::Args),
    /// After a loss: use a copy of the database
    Restore(restore::Args),
    /// After a restore: report what arrived since the copy was made, and with --accept resume work
    Resync(resync::Args),
    /// Erase what is stored about a person; without --yes only report what would be erased
    Forget(forget::Args),
    /// Replay all events and compare them with what is stored; exit code 1 if anything differs
    Verify,
    /// Parse a raw message from standard input and print it as JSON; any bytes are accepted
    Parse(parse::Args),
    /// List the e-mails we send, show one, or send one again
    Outbox(outbox::Args),
    /// List received messages with their dispositions; show, export or replay one
    Received(received::Args),
}

/// Runs the command that the process was called with. Exit codes: 0 done, 1 failed, 2 wrong arguments.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("maildesk: {}", print::clean_lines(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

/// The definition of the command line, from which man pages and completions are made.
pub fn command() -> clap::Command {
    Cli::command()
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let globals = &cli.globals;
    log::start(globals, matches!(cli.command, Command::Run(_)));
    match cli.command {
        Command::Run(args) => run::run(globals, &args),
        Command::Once(args) => run::once(globals, &args),
        Command::Ingest(args) => Ok(ingest::run(globals, &args)),
        Command::Check(args) => check::run(globals, &args),
        Command::Login(args) => login::run(globals, &args),
        Command::Demo(args) => demo::run(globals, &args),
        Command::Status(args) => status::run(globals, &args),
        Command::Stats(args) => stats::run(globals, &args),
        Command::List(args) => list::run(globals, &args),
        Command::Search(args) => search::run(globals, &args),
        Command::Show(args) => show::run(globals, &args),
        Command::Set(args) => set::run(globals, &args),
        Command::Release(args) => release::run(globals, &args),
        Command::Invite(args) => invite::run(globals, &args),
        Command::Away(args) => away::run(globals, &args),
        Command::Complaints(args) => complaints::run(globals, &args),
        Command::Revoke(args) => invite::revoke(globals, &args),
        Command::Attachment(args) => attachment::run(globals, &args),
        Command::Export(args) => export::run(globals, &args),
        Command::Backup(args) => backup::run(globals, &args),
        Command::Restore(args) => restore::run(globals, &args),
        Command::Resync(args) => resync::run(globals, &args),
        Command::Forget(args) => forget::run(globals, &args),
        Command::Verify => verify::run(globals),
        Command::Parse(args) => parse::run(globals, &args),
        Command::Outbox(args) => outbox::run(globals, &args),
        Command::Received(args) => received::run(globals, &args),
    }
}

impl Globals {
    fn config_path(&self) -> &Path {
        self.config.as_deref().unwrap_or(Path::new(DEFAULT_CONFIG))
    }

    /// Reads and checks the configuration, with passwords and warnings.
    fn load(&self) -> anyhow::Result<Loaded> {
        Ok(config::load(self.config_path(), &ProcessContext::of_process(), GRAMMAR)?)
    }

    /// The checked settings with empty passwords: users who only look at the state folder often may not read them.
    fn settings(&self) -> anyhow::Result<Settings> {
        Ok(self.load_without_passwords()?.settings)
    }

    fn load_without_passwords(&self) -> anyhow::Result<Loaded> {
        Ok(config::load(self.config_path(), &ProcessContext::without_passwords(), GRAMMAR)?)
    }

    /// Opens the configured installation's database for reading. Needs no passwords.
    fn reader(&self) -> anyhow::Result<Reader> {
        Ok(Reader::open(&self.database()?)?)
    }

    /// Opens the configured installation's database for writing. Needs no passwords.
    fn store(&self) -> anyhow::Result<Store> {
        Ok(Store::open(&self.database()?)?)
    }

    fn database(&self) -> anyhow::Result<PathBuf> {
        Ok(config::state_dir(self.config_path(), &ProcessContext::of_process())?.join(DATABASE))
    }

    /// Prints things as JSON, or as a table with a row of `cells` for each.
    fn list<T: Serialize>(
        &self,
        things: &[T],
        headings: &[&str],
        cells: impl Fn(&T) -> Vec<String>,
    ) -> anyhow::Result<()> {
        if self.json { print::json(&things) } else { print::table(headings, things.iter().map(cells)) }
    }

    /// Opens the installation for writing, without passwords. A running daemon takes up what is written within half a minute.
    fn context(&self) -> anyhow::Result<flow::Context> {
        let settings = self.settings()?;
        let folder = settings.state_dir.clone();
        if !folder.join(DATABASE).exists() {
            anyhow::bail!("{} has no database yet: run `maildesk once` first", folder.display());
        }
        let store = Store::open(&folder.join(DATABASE))?;
        let ring = runtime()?.block_on(daemon::keys_of(&store, &folder.join(daemon::KEYS)))?;
        if Reader::open(&folder.join(DATABASE))?.view().pending_epoch()?.is_some() {
            anyhow::bail!(
                "a copy of the database was restored; run `maildesk resync --accept` first, nothing is changed before"
            );
        }
        Ok(flow::Context::new(store, Arc::new(settings), Arc::new(ring), run::system_clock()))
    }
}

/// A request's number, also as people copy it out of subjects: `[OTK-42]`, `#OTK-42`, `Re: [OTK-42]`.
fn request_number(text: &str) -> anyhow::Result<RequestNumber> {
    let number = text.rsplit(|c: char| c.is_whitespace()).find(|word| !word.is_empty()).unwrap_or(text);
    let is_around = |c: char| "[](){}<>#№:;,.\"'«»".contains(c);
    let bare = RequestNumber::parse(number.trim_matches(is_around));
    bare.or_else(|_| RequestNumber::parse(text)).map_err(Into::into)
}

/// A tokio runtime, for commands that write to the database or talk to servers.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")
}
