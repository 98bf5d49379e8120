//! `login`: the owner of an account logs in once, so that maildesk gets access tokens for its mailbox.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::model::settings::{Settings, SourceSettings, TransportKind};
use crate::model::{Credential, Grant, TokenEndpoint, TokenSource};
use crate::net::oauth2::login;

use super::{Globals, print, runtime};

/// Arguments of `login`.
#[derive(clap::Args)]
#[command(
    after_help = "For a mailbox or transport with oauth2 = { …, login = true } (docs/providers.md). Where the provider has a page\n\
                        for codes, the command shows a code to type in there, on any device; else, and with --browser, it shows\n\
                        an address to open. The browser comes back to a port of this machine; on another machine, forward that\n\
                        port with the ssh line shown, or paste the address at which the browser ends. A running daemon takes the\n\
                        login up at its next try."
)]
pub struct Args {
    /// The name of the mailbox or transport
    name: String,
    /// Log in with a browser, also where the provider has a page for codes
    #[arg(long)]
    browser: bool,
    /// The port to which the browser comes back [default: any that is free]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,
}

/// Shows what the owner has to do, waits for it, and keeps the refresh token.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let settings = globals.load()?.settings;
    let endpoint = endpoint(&settings, &args.name)?;
    std::fs::create_dir_all(&settings.state_dir)
        .with_context(|| format!("cannot make {}", settings.state_dir.display()))?;
    runtime()?.block_on(log_in(endpoint, args))?;
    print::text(&format!("{} is logged in; `maildesk check --connect` tries it", args.name))?;
    Ok(ExitCode::SUCCESS)
}

/// Where the tokens of a mailbox or transport come from, if somebody has to log in for it.
fn endpoint<'a>(settings: &'a Settings, name: &str) -> anyhow::Result<&'a TokenEndpoint> {
    let mailboxes = settings.mailboxes.iter().map(|mailbox| {
        let credential = match &mailbox.source {
            SourceSettings::Imap(imap) => Some(&imap.credential),
            SourceSettings::Maildir(_) | SourceSettings::Pipe => None,
        };
        (mailbox.name.as_str(), credential)
    });
    let transports = settings.transports.iter().map(|transport| {
        let credential = match &transport.kind {
            TransportKind::Smtp(smtp) => smtp.login.as_ref().map(|(_, credential)| credential),
            TransportKind::Folder(_) => None,
        };
        (transport.name.as_str(), credential)
    });
    let mut is_known = false;
    for (_, credential) in mailboxes.chain(transports).filter(|(known, _)| *known == name) {
        is_known = true;
        if let Some(Credential::OAuth2(TokenSource::Endpoint(endpoint))) = credential
            && matches!(endpoint.grant, Grant::RefreshToken { .. })
        {
            return Ok(endpoint);
        }
    }
    if is_known {
        bail!("{name} needs no login: it has no oauth2 with login = true in the configuration")
    }
    bail!("there is no mailbox or transport {name} that can be used")
}

async fn log_in(endpoint: &TokenEndpoint, args: &Args) -> anyhow::Result<()> {
    if !args.browser
        && let Some(code) = login::device_code(endpoint).await?
    {
        print::text(&format!("On any device, open {} and type in the code {}", code.page, code.code))?;
        return Ok(login::by_device(endpoint, code).await?);
    }
    let begun = login::browser(endpoint, args.port).await?;
    print::text(&format!(
        "Open this address in a browser:\n\n{}\n\nIt comes back to port {port} of this machine. If the browser runs on another one, \
         either forward the port from there:\n\n  ssh -L {port}:localhost:{port} HOST\n\nor paste here the address at which the \
         browser ends (http://localhost:{port}/?…):",
        begun.page,
        port = begun.port,
    ))?;
    Ok(begun.finish(endpoint, pasted_lines()).await?)
}

/// The lines of standard input. The thread that waits for them ends with the process.
fn pasted_lines() -> UnboundedReceiver<String> {
    let (sender, lines) = unbounded_channel();
    std::thread::spawn(move || std::io::stdin().lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    lines
}
