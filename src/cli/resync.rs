//! `resync`: after a restore, what came since the copy, and going on.

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

/// How many numbers a desk can have given since the copy.
const MOST_GIVEN: u32 = 1_000_000;

/// What `resync` takes.
#[derive(clap::Args)]
#[command(
    after_help = "The daemon must not be running. Without --accept nothing is filed or sent: see first what is said.\n\n\
                        What arrived before the restore is filed, and its senders are not written to: the lost installation\n\
                        has answered them. If it was lost some time before the restore, say when, and what came later is\n\
                        acknowledged:\n\n  \
                        maildesk resync --accept --lost-at '2026-11-20 18:00'\n\n\
                        What was done by commands since the copy (set, away, invite, revoke, release, forget) stands in no\n\
                        mailbox, and is to be done again."
)]
pub struct Args {
    /// Go on: file what came, with new numbers behind those that may have been given
    #[arg(long)]
    accept: bool,
    /// When the lost installation stopped working [default: when the copy was restored]
    #[arg(long, value_name = "'YYYY-MM-DD HH:MM'", requires = "accept")]
    lost_at: Option<jiff::civil::DateTime>,
    /// A number that was given, such as the highest in your own inbox (may be repeated)
    #[arg(long, value_name = "OTK-1042")]
    number: Vec<String>,
}

/// Gathers, judges, and accepts if told so. Exit code 1 while there is something left to accept.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let told = args.number.iter().map(|text| RequestNumber::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let loaded = globals.load()?;
    if let Some(number) = told.iter().find(|number| loaded.settings.desk(&number.desk).is_none()) {
        bail!("--number: there is no desk {}", number.desk);
    }
    let unusable: Vec<String> =
        loaded.unusable.iter().map(|it| format!("mailbox {}: {}", it.mailbox, it.problem)).collect();
    let program = std::env::current_exe().context("cannot tell where this program is")?;
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
            print::text("There is nothing to do: no copy was restored since the last `maildesk resync --accept`.")?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let gathered = {
        let mut progress = CountedProgress::of("mailbox", Some(daemon.context().settings.mailboxes.len() as u64), false);
        flow::gather(daemon.context(), &epoch, || progress.advance(1)).await?
    };
    let assessed = {
        let mut progress = CountedProgress::of("message", None, false);
        daemon.assess(told, || progress.advance(1)).await?
    };
    let resync = assessed.context("the restore was accepted meanwhile")?;
    if let Some(number) = told.iter().find(|number| is_slip(number, &resync)) {
        bail!("--number: {number} is far beyond all that is known; numbers that are left out are never given");
    }
    let failed = unusable.len() + gathered.iter().filter(|mailbox| mailbox.error.is_some()).count();
    if !globals.json {
        report(daemon, &gathered, unusable, &resync).await?;
    }
    let mut handled = None;
    if args.accept {
        if failed > 0 {
            bail!(
                "nothing is accepted: not every mailbox could be read to its end. Put that right; take it out of the configuration if it is gone for good"
            );
        }
        if let Some(desk) = uncounted(daemon, told) {
            bail!(
                "nothing is accepted: what a pipe brought to desk {desk} since the copy is in no mailbox, and with it the numbers \
                 that were given. Say one that is not lower than the last (engineers have it in their inboxes): \
                 --number {desk}-1042"
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
        print::text(&format!("\nAccepted; {handled} filed. Start maildesk: it goes on as before."))?;
        print::text("Make a backup soon: the copy knows nothing of what is given and sent from now on.")?;
    } else {
        print::text("\nIf this is right: maildesk resync --accept")?;
    }
    Ok(if args.accept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A desk that a pipe feeds, and of which nobody has told a number: how many it has given since the copy no mailbox shows.
fn uncounted(daemon: &Daemon, told: &[RequestNumber]) -> Option<DeskKey> {
    let piped = |mailbox: &&MailboxSettings| matches!(mailbox.source, SourceSettings::Pipe);
    let desks = daemon.context().settings.mailboxes.iter().filter(piped).map(|mailbox| mailbox.desk.clone());
    desks.into_iter().find(|desk| !told.iter().any(|number| number.desk == *desk))
}

/// Whether a number is more likely a slip of the hand than one that was given.
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
            moved => format!(", {moved} of them where accepted messages are moved to"),
        };
        lines.push(format!("mailbox {}: {} new to the copy{moved}", mailbox.mailbox, mailbox.accepted));
        lines.extend(mailbox.notes.iter().map(|note| format!("  {note}")));
        lines.extend(mailbox.error.iter().map(|error| format!("  FAILED: {error}")));
    }
    lines.extend(unusable.iter().map(|problem| format!("FAILED: {problem}")));
    for numbers in &resync.desks {
        let desk = &numbers.desk;
        let highest = numbers.highest.map_or_else(
            || "mail shows none that came after it".to_owned(),
            |highest| format!("mail shows {desk}-{highest}"),
        );
        lines.push(format!(
            "desk {desk}: the copy ends with {desk}-{}, {highest}; the next number is {desk}-{}",
            numbers.last,
            u64::from(numbers.left_out) + 1
        ));
    }
    let recovered = match resync.recovered.len() {
        0 => String::new(),
        count => format!("; the old numbers of {count} are recovered, from answers to our letters"),
    };
    let messages = print::count(resync.messages - resync.elsewhere.len() as u64, "message");
    lines.push(format!("{messages} to be filed{recovered}"));
    if resync.unreadable > 0 {
        lines.push(format!("{} of them cannot be read, and show nothing", resync.unreadable));
    }
    let restored_at = epoch.restored_at;
    let waiting = daemon.context().store.ask(move |view| view.repeated_letters(restored_at)).await?;
    if waiting > 0 {
        lines.push(format!("{} that waited in the copy: taken as sent", print::count(waiting.into(), "letter")));
    }
    let at_work = resync.last_moved.map(|at| format!(" It was at work until {} at least.", print::local(at)));
    lines.push(format!(
        "Whoever wrote before the restore is taken to have been answered by the lost installation.{} If it stopped earlier than \
         that, say when by --lost-at: what arrived later is acknowledged.",
        at_work.unwrap_or_default()
    ));
    print::report(&print::clean_lines(&lines.join("\n")))
}
