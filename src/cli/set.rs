//! `set`: changes a request from the command line, as an engineer's tags do by mail.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::desk::wording::{ToEngineer, rejection, syntax_error};
use crate::flow::{self, SetError};
use crate::mail::subject::tags;
use crate::model::policy::Desk;
use crate::model::{Answer, Ask, DeskKey, Language};

use super::{Globals, print, runtime};

/// Arguments of `set`.
#[derive(clap::Args)]
#[command(after_help = "Each change is written as in a tag, without the brackets:\n\n  \
                        maildesk set OTK-1042 done\n  \
                        maildesk set OTK-1042 'assign ivanov' 'priority high'\n  \
                        maildesk set OTK-1042 'в работе' 'линия 2'\n\n\
                        All of them are made, or none. The requester and the engineers get the same e-mails as if an engineer\n\
                        had sent the tags; an e-mail about the end of a request waits for the desk's grace.")]
pub struct Args {
    /// The request: OTK-1042
    number: String,
    /// What to change: done, 'need info', 'assign ivanov', 'line 2', 'kind incident', close, reopen, …
    #[arg(required = true)]
    asks: Vec<String>,
}

/// Makes all changes, or none.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let number = super::request_number(&args.number)?;
    let context = globals.context()?;
    let desk = context.settings.desk(&number.desk).with_context(|| format!("there is no desk {}", number.desk))?;
    let keys = context.settings.desk_keys();
    let asks = read(desk, keys, &args.asks)?;
    match runtime()?.block_on(flow::set(&context, &number, asks.clone())) {
        Ok(decision) if globals.json => {
            print::json(&json!({ "request": number, "asks": asks, "events": decision.events().collect::<Vec<_>>() }))?;
        }
        Ok(decision) => {
            let emails = print::count(decision.letters().count() as u64, "e-mail");
            let changes = print::count(decision.events().count() as u64, "change");
            print::text(&format!("{number}: {changes}, {emails} written (see `maildesk show {number}`)"))?;
        }
        Err(SetError::Rejections(rejections)) => {
            let lines: Vec<String> =
                rejections.iter().map(|m| format!("  {}", rejection(Language::En, desk, m))).collect();
            bail!("{number} was not changed:\n{}", lines.join("\n"));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads each argument as the inside of a tag.
fn read(desk: &Desk, keys: Vec<DeskKey>, texts: &[String]) -> anyhow::Result<Vec<Ask>> {
    let vocabulary = desk.vocabulary(keys);
    let reader = ToEngineer { desk, request: None, language: Language::En };
    let mut asks = Vec::new();
    for text in texts {
        let brackets = tags::read(&format!("[{text}]"), &vocabulary);
        match brackets.as_slice() {
            [bracket] => match &bracket.answer {
                Answer::Asks(found) => asks.extend(found.iter().cloned()),
                Answer::SyntaxError { errors, .. } => {
                    let lines: Vec<String> = errors.iter().map(|m| format!("  {}", syntax_error(&reader, m))).collect();
                    bail!("nothing was changed; not understood:\n{}", lines.join("\n"));
                }
                Answer::NotMine | Answer::Reference(..) => {
                    bail!("nothing was changed: `{text}` is not a tag (see --help)")
                }
            },
            _ => bail!("nothing was changed: `{text}` is not a tag (see --help)"),
        }
    }
    Ok(asks)
}
