//! `resync`: after a restore, reports what arrived since the copy was made, and with `--accept` resumes work.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::daemon::Daemon;
use crate::flow::{self, Gathered, Resync};
use crate::model::settings::{MailboxSettings, SourceSettings};
use crate::model::{DeskKey, RequestNumber, Timestamp};

use super::progress::CountedProgress;
use super::run::system_clock;
use super::{Globals, print, runtime};

/// How many numbers a desk can have given since the copy; a larger gap is taken for a typing error.
const MOST_GIVEN: u32 = 1_000_000;

/// Arguments of `resync`.
#[derive(clap::Args)]
#[command(
    after_help = "The daemon must not be running. Without --accept nothing is filed or sent: read the report first.\n\n\
                        Messages that arrived before the restore are filed without an acknowledgement: the lost installation\n\
                        has answered them. If it stopped some time before the restore, say when, and messages that came\n\
                        later are acknowledged:\n\n  \
                        maildesk resync --accept --lost-at '2026-11-20 18:00'\n\n\
                        What commands changed since the copy (set, away, invite, revoke, release, forget) is in no mailbox:\n\
                        repeat those commands."
)]
pub struct Args {
    /// Resume work: file what arrived, with numbers after all that may have been given
    #[arg(long)]
    accept: bool,
    /// When the lost installation stopped working [default: when the copy was restored]
    #[arg(long, value_name = "'YYYY-MM-DD HH:MM'", requires = "accept")]
    lost_at: Option<jiff::civil::DateTime>,
    /// A number that was given, such as the highest one in your own inbox (may be repeated)
    #[arg(long, value_name = "OTK-1042")]
    number: Vec<String>,
}

/// Reads all mailboxes, reports, and accepts if told so. Exit code 1 while the restore is not accepted.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let told = args.number.iter().map(|text| RequestNumber::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let loaded = globals.load()?;
    if let Some(number) = told.iter().find(|number| loaded.settings.desk(&number.desk).is_none()) {
        bail!("--number: there is no desk {}", number.desk);
    }
    let unusable: Vec<String> =
        loaded.unusable.iter().map(|it| format!("mailbox {}: {}", it.mailbox, it.problem)).collect();
    let program = std::env::current_exe().context("cannot find the path of this program")?;
    runtime()?.block_on(async {
        let mut daemon = Daemon::open(loaded.settings, system_clock(), &program).await?;
        let done = resync(globals, args, &mut daemon, &told, &unusable).await;
        daemon.close().await?;
        done
    })
}

async fn resync(
    globals: &Globals,
    args: &Args,
    daemon: &mut Daemon,
    told: &[RequestNumber],
    unusable: &[String],
) -> anyhow::Result<ExitCode> {
    let Some(epoch) = daemon.held() else {
        if globals.json {
            print::json(&json!({ "pending": false }))?;
        } else {
            print::text("Nothing to do: no copy was restored since the last `maildesk resync --accept`.")?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let gathered = {
        let mut progress =
            CountedProgress::of("mailbox", Some(daemon.context().settings.mailboxes.len() as u64), false);
        flow::gather(daemon.context(), &epoch, || progress.advance(1)).await?
    };
    let assessed = {
        let mut progress = CountedProgress::of("message", None, false);
        daemon.assess(told, || progress.advance(1)).await?
    };
    let resync = assessed.context("the restore was accepted meanwhile")?;
    if let Some(number) = told.iter().find(|number| is_slip(number, &resync)) {
        bail!("--number: {number} is far beyond all known numbers; all numbers up to it would never be used. Check it");
    }
    let failed = unusable.len() + gathered.iter().filter(|mailbox| mailbox.error.is_some()).count();
    if !globals.json {
        report(daemon, &gathered, unusable, &resync).await?;
    }
    let mut handled = None;
    if args.accept {
        if failed > 0 {
            bail!(
                "nothing was accepted: not every mailbox could be read completely. Correct that, or remove a mailbox that is gone for good from the configuration"
            );
        }
        if let Some(desk) = uncounted(daemon, told) {
            bail!(
                "nothing was accepted: messages that came to desk {desk} by a pipe since the copy are in no mailbox, so the \
                 numbers given to them are not known. Name a number that is not lower than the last one given (engineers have \
                 it in their inboxes): --number {desk}-1042"
            );
        }
        let lost_at = lost_at(args, epoch.copied_at, epoch.restored_at)?;
        handled = Some(daemon.accept(&resync, lost_at).await?);
    }
    if globals.json {
        print::json(&json!({
            "pending": !args.accept, "mailboxes": gathered, "unusable": unusable, "resync": resync, "handled": handled,
        }))?;
    } else if let Some(handled) = handled {
        let handled = print::count(handled, "message");
        print::text(&format!("\nAccepted; {handled} filed. Start maildesk again."))?;
        print::text("Make a backup soon: the copy does not contain the numbers and e-mails of today.")?;
    } else {
        print::text("\nIf this is right: maildesk resync --accept")?;
    }
    Ok(if args.accept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A desk fed by a pipe for which no `--number` was given: no mailbox shows which numbers it has given since the copy.
fn uncounted(daemon: &Daemon, told: &[RequestNumber]) -> Option<DeskKey> {
    let piped = |mailbox: &&MailboxSettings| matches!(mailbox.source, SourceSettings::Pipe);
    let desks = daemon.context().settings.mailboxes.iter().filter(piped).map(|mailbox| mailbox.desk.clone());
    desks.into_iter().find(|desk| !told.iter().any(|number| number.desk == *desk))
}

/// Whether a number is so high that it is more likely a typing error than one that was given.
fn is_slip(told: &RequestNumber, resync: &Resync) -> bool {
    let known = resync.desks.iter().find(|known| known.desk == told.desk);
    known.is_some_and(|known| told.number > known.last.saturating_add(MOST_GIVEN))
}

fn lost_at(args: &Args, copied_at: Timestamp, restored_at: Timestamp) -> anyhow::Result<Timestamp> {
    let Some(told) = args.lost_at else { return Ok(restored_at) };
    let lost_at: Timestamp = told.to_zoned(TimeZone::system()).context("there is no such time")?.timestamp().into();
    if lost_at < copied_at || lost_at > restored_at {
        bail!(
            "--lost-at: the original stopped between the copy ({}) and the restore ({})",
            print::local(copied_at),
            print::local(restored_at)
        );
    }
    Ok(lost_at)
}

async fn report(daemon: &Daemon, gathered: &[Gathered], unusable: &[String], resync: &Resync) -> anyhow::Result<()> {
    let epoch = &resync.epoch;
    let mut lines = vec![format!(
        "The copy was made {}, and restored {}.",
        print::local(epoch.copied_at),
        print::local(epoch.restored_at)
    )];
    for mailbox in gathered {
        let moved = match mailbox.moved {
            0 => String::new(),
            moved => format!(", {moved} of them in the folder for accepted messages"),
        };
        lines.push(format!("mailbox {}: {} that the copy does not have{moved}", mailbox.mailbox, mailbox.accepted));
        lines.extend(mailbox.notes.iter().map(|note| format!("  {note}")));
        lines.extend(mailbox.error.iter().map(|error| format!("  FAILED: {error}")));
    }
    lines.extend(unusable.iter().map(|problem| format!("FAILED: {problem}")));
    for numbers in &resync.desks {
        let desk = &numbers.desk;
        let highest = numbers.highest.map_or_else(
            || "no later number was found in mail".to_owned(),
            |highest| format!("the highest one found in mail is {desk}-{highest}"),
        );
        lines.push(format!(
            "desk {desk}: the copy's last number is {desk}-{}, {highest}; the next number is {desk}-{}",
            numbers.last,
            u64::from(numbers.left_out) + 1
        ));
    }
    let recovered = match resync.recovered.len() {
        0 => String::new(),
        count => format!("; {count} of them keep the numbers they had, known from answers to our e-mails"),
    };
    let messages = print::count(resync.messages - resync.elsewhere.len() as u64, "message");
    lines.push(format!("{messages} to be filed{recovered}"));
    if resync.unreadable > 0 {
        lines.push(format!("{} of them cannot be parsed, so their numbers are not known", resync.unreadable));
    }
    let restored_at = epoch.restored_at;
    let waiting = daemon.context().store.ask(move |view| view.repeated_letters(restored_at)).await?;
    if waiting > 0 {
        lines.push(format!("{} waiting in the copy: taken as sent", print::count(waiting.into(), "e-mail")));
    }
    let at_work = resync.last_moved.map(|at| format!(" It was running until {} at least.", print::local(at)));
    lines.push(format!(
        "Messages that arrived before the restore are taken as answered by the lost installation.{} If it stopped earlier, say \
         when with --lost-at: messages that arrived later are acknowledged.",
        at_work.unwrap_or_default()
    ));
    print::report(&print::clean_lines(&lines.join("\n")))
}
