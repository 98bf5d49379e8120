//! `ingest`: accepts a message from a mail server's pipe. Its exit codes are those of sysexits.h, which mail servers act on.

use std::io::{self, Read};
use std::process::ExitCode;

use crate::config::{self, ProcessContext};
use crate::daemon::DATABASE;
use crate::flow;
use crate::model::settings::SourceSettings;
use crate::store::{Reader, Store};

use super::{Globals, print, run, runtime};

/// Empty input or a message that is too large: the mail server tells the sender.
const EX_DATAERR: u8 = 65;
/// A temporary failure: the mail server keeps the message and tries again.
const EX_TEMPFAIL: u8 = 75;
/// The configuration must be corrected by the operator.
const EX_CONFIG: u8 = 78;

/// Arguments of `ingest`.
#[derive(clap::Args)]
#[command(after_help = "Postfix, /etc/aliases:    support: \"|/usr/bin/maildesk ingest --mailbox support\"\n\
                        Exit codes: 0 the message is safe here, 75 try again, 65 no message or too large, 78 configuration")]
pub struct Args {
    /// The mailbox; its configuration has pipe = true
    #[arg(long, value_name = "NAME")]
    mailbox: String,
}

/// Why a message is not accepted: the exit code and the reason.
type Refusal = (u8, String);

/// Accepts a message from standard input.
pub fn run(globals: &Globals, args: &Args) -> ExitCode {
    match take(globals, &args.mailbox) {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, why)) => {
            eprintln!("maildesk: {}", print::clean_lines(&why));
            ExitCode::from(code)
        }
    }
}

fn take(globals: &Globals, name: &str) -> Result<(), Refusal> {
    let (folder, mailboxes) = config::mailboxes(globals.config_path(), &ProcessContext::without_passwords())
        .map_err(|errors| (EX_CONFIG, errors.to_string()))?;
    let is_meant = |source: &SourceSettings| matches!(source, SourceSettings::Pipe);
    let Some(mailbox) = mailboxes.into_iter().find(|it| it.name == name && is_meant(&it.source)) else {
        let path = globals.config_path().display();
        return Err((EX_CONFIG, format!("{path}: there is no [mailbox.{name}] with pipe = true; add it")));
    };
    let raw = read(mailbox.max_message_bytes)?;
    let later = |error: &dyn std::fmt::Display| {
        (EX_TEMPFAIL, format!("the message cannot be accepted now, try again: {error}"))
    };
    let database = folder.join(DATABASE);
    // The mail server's user must not create the database: the daemon's user could not write to it.
    Reader::open(&database).map_err(|error| later(&error))?;
    let store = Store::open(&database).map_err(|error| later(&error))?;
    let now = run::system_clock()();
    let runtime = runtime().map_err(|error| later(&error))?;
    runtime.block_on(flow::ingest(&store, name, &raw, now)).map_err(|error| later(&error))?;
    Ok(())
}

/// Reads the message, at most `most` bytes. A larger one is read to its end and refused: a mail server that finds its pipe
/// broken would try again.
fn read(most: u64) -> Result<Vec<u8>, Refusal> {
    let failed = |error: io::Error| (EX_TEMPFAIL, format!("standard input: {error}"));
    let (mut raw, mut input) = (Vec::new(), io::stdin().lock());
    input.by_ref().take(most.saturating_add(1)).read_to_end(&mut raw).map_err(failed)?;
    if raw.len() as u64 > most {
        io::copy(&mut input, &mut io::sink()).map_err(failed)?;
        return Err((EX_DATAERR, format!("the message is larger than {most} bytes (max_message)")));
    }
    let message = flow::strip_envelope(&raw);
    if message.iter().all(u8::is_ascii_whitespace) {
        return Err((EX_DATAERR, "there is no message on standard input".to_owned()));
    }
    Ok(message.to_vec())
}
