//! `invite` and `revoke`: personal addresses of engineers, for messages that do not answer an e-mail of ours.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::flow;
use crate::model::ShortName;

use super::{Globals, print, runtime};

/// Arguments of `invite`.
#[derive(clap::Args)]
#[command(
    after_help = "Messages from the engineer to this address are proven by it: phone requests ([for client@example.com] in\n\
                        the subject), and asks by number ([OTK-1042] [done]). It is a password in the form of an address: keep\n\
                        it in the address book, never in To or Cc together with customers; seen there, it is revoked.\n\
                        The mail server must deliver support+anything@… to the desk's mailbox (plus addressing)."
)]
pub struct InviteArgs {
    /// The engineer's name in the configuration; without it, list all addresses ever given
    engineer: Option<String>,
}

/// Arguments of `revoke`.
#[derive(clap::Args)]
pub struct RevokeArgs {
    /// The engineer whose addresses are revoked, or the serial number of one address
    whose_or_which: String,
}

/// Gives an engineer a new address at each of their desks, or lists those given.
pub fn run(globals: &Globals, args: &InviteArgs) -> anyhow::Result<ExitCode> {
    let Some(engineer) = &args.engineer else { return list(globals) };
    let engineer = ShortName::parse(engineer)?;
    let context = globals.context()?;
    let desks: Vec<_> = flow::desks_of(&context, &engineer).into_iter().cloned().collect();
    if desks.is_empty() {
        let known: Vec<_> =
            context.settings.desks.iter().flat_map(|desk| &desk.engineers).map(|e| e.name.as_str()).collect();
        bail!("there is no engineer {engineer} in the configuration; there are: {}", known.join(", "));
    }
    let (now, name) = (context.now(), engineer.clone());
    let serial = runtime()?.block_on(context.store.write(move |tx| tx.invite(&name, now)))?;
    let addresses: Vec<_> = desks
        .iter()
        .map(|desk| {
            let address = flow::personal_address(&context, serial, desk);
            let address = address.with_context(|| format!("{} is too long for a personal address", desk.address));
            address.map(|address| (desk.key.to_string(), address.to_string()))
        })
        .collect::<Result<_, _>>()?;
    if globals.json {
        print::json(&json!({ "engineer": engineer, "serial": serial,
            "addresses": addresses.iter().map(|(desk, address)| json!({ "desk": desk, "address": address })).collect::<Vec<_>>() }))?;
    } else {
        let lines: Vec<String> = addresses.iter().map(|(desk, address)| format!("  {desk}  {address}")).collect();
        print::text(&format!(
            "personal address {serial} of {engineer}:\n{}\nIt proves who writes, so give it to nobody else. To revoke it: maildesk revoke {serial}",
            lines.join("\n")
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list(globals: &Globals) -> anyhow::Result<ExitCode> {
    let addresses = globals.reader()?.view().personal_addresses()?;
    globals.list(&addresses, &["SERIAL", "ENGINEER", "GIVEN", "REVOKED", "WHY"], |row| {
        let revoked = row.revoked_at.map(print::brief).unwrap_or_default();
        vec![row.serial.to_string(), row.engineer.to_string(), print::brief(row.made_at), revoked, row.why.clone()]
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Revokes addresses: all of an engineer, or the one with this serial number.
pub fn revoke(globals: &Globals, args: &RevokeArgs) -> anyhow::Result<ExitCode> {
    let context = globals.context()?;
    let given = globals.reader()?.view().personal_addresses()?;
    let wanted = args.whose_or_which.to_lowercase();
    let serials: Vec<u32> = given
        .iter()
        .filter(|row| row.revoked_at.is_none())
        .filter(|row| row.serial.to_string() == wanted || row.engineer.as_str() == wanted)
        .map(|row| row.serial)
        .collect();
    if serials.is_empty() {
        bail!("{wanted} has no valid personal address (see `maildesk invite`)");
    }
    let (now, revoked) = (context.now(), serials.clone());
    let write = context
        .store
        .write(move |tx| revoked.iter().try_for_each(|serial| tx.revoke(*serial, "by the operator", now).map(|_| ())));
    runtime()?.block_on(write)?;
    let serials: Vec<String> = serials.iter().map(ToString::to_string).collect();
    print::text(&format!("revoked: {}", serials.join(", ")))?;
    Ok(ExitCode::SUCCESS)
}
