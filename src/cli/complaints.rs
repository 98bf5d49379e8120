//! `complaints`: lists readers who have complained to their mail provider, and lets them have automatic e-mails again.

use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::flow;
use crate::model::EmailAddress;
use crate::store::ComplaintRow;

use super::{Globals, print, runtime};

/// Arguments of `complaints`.
#[derive(clap::Args)]
#[command(
    after_help = "Whoever complains about an e-mail (usually by the button \"Spam\") gets no acknowledgements, reminders and closing\n\
                        notices any more; engineers' answers they still get. It ends here, or by itself when they answer one."
)]
pub struct Args {
    /// Send automatic e-mails to this address again
    #[arg(long, value_name = "ADDRESS")]
    lift: Option<String>,
}

/// Lists complaints, or lifts one.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let Some(text) = &args.lift else { return list(globals) };
    let address = EmailAddress::parse(text).with_context(|| format!("{text} is not an address"))?;
    if !runtime()?.block_on(flow::lift_complaint(&globals.context()?, &address))? {
        bail!("{address} has not complained (see `maildesk complaints`)");
    }
    print::text(&format!("{address} gets automatic e-mails again"))?;
    Ok(ExitCode::SUCCESS)
}

fn list(globals: &Globals) -> anyhow::Result<ExitCode> {
    let complaints = globals.reader()?.view().complaints()?;
    globals.list(&complaints, &["ADDRESS", "SINCE", "REQUEST"], |complaint: &ComplaintRow| {
        vec![complaint.address.to_string(), print::local(complaint.at), complaint.request.to_string()]
    })?;
    Ok(ExitCode::SUCCESS)
}
