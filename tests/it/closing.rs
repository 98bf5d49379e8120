//! What ends by itself, and what keeps it from ending.

use std::fs;
use std::path::Path;

use crate::support::{IVANOV, OLGA, SentLetter, TestDesk, Wait, recipients, to};
use maildesk::daemon::Daemon;
use maildesk::flow::{self, Receiver};
use maildesk::model::policy::{SlaRule, Span};

const DAY: i64 = 24 * 3_600;

/// An answered request at a desk that closes after three days, and the letter with the answer; all of it four days ago.
fn answered_four_days_ago() -> (TestDesk, SentLetter) {
    let mut desk = TestDesk::two_desks("0s");
    desk.settings.desks[0].close_after = Some(Span::Days(3));
    let (_, notification) = desk.ask("support", OLGA, "Report", "It does not print.");
    let done = desk.reply(IVANOV, &notification, "[done]", "It prints now.");
    let letters = desk.send_to("support", &done);
    desk.skip(4 * DAY);
    (desk, to(&letters, OLGA))
}

#[test]
fn an_answer_that_is_accepted_and_not_handled_yet_is_not_overtaken_by_the_end() {
    let (mut desk, answer) = answered_four_days_ago();
    let reply = desk.reply(OLGA, &answer, "", "It still does not print.").header("To: support@example.org");
    desk.deliver("support", &reply.raw());
    let (context, never) = (desk.context(), tokio_util::sync::CancellationToken::new());
    let mailbox = context.settings.mailboxes.iter().find(|mailbox| mailbox.name == "support").unwrap().clone();
    Receiver::new(context.clone(), mailbox).look().wait().unwrap();
    flow::tick_due(&context, &never).wait().unwrap();
    assert_eq!(desk.status("OTK-1"), "done");
    flow::handle_waiting(&context, &never).wait().unwrap();
    assert_eq!(desk.status("OTK-1"), "in_work");
    assert_eq!(recipients(&desk.pass()), [IVANOV]);
    desk.verify();
}

#[test]
fn nothing_ends_in_silence_while_a_mailbox_of_its_desk_cannot_be_read() {
    let (mut desk, answer) = answered_four_days_ago();
    let mailbox = desk.path("support");
    let away = mailbox.with_file_name("away");
    fs::rename(&mailbox, &away).unwrap();
    let now = desk.now();
    let clock = std::sync::Arc::new(move || now);
    let daemon = Daemon::open(desk.settings.clone(), clock, Path::new("/bin/false")).wait().unwrap();
    let pass = daemon.pass().wait().unwrap();
    assert!(pass.mailboxes.iter().any(|(name, looked)| name == "support" && looked.is_err()), "{pass:?}");
    assert_eq!(desk.status("OTK-1"), "done");
    daemon.close().wait().unwrap();

    fs::rename(&away, &mailbox).unwrap();
    let reply = desk.reply(OLGA, &answer, "", "It still does not print.");
    assert_eq!(recipients(&desk.send_to("support", &reply)), [IVANOV]);
    assert_eq!(desk.status("OTK-1"), "in_work");
    desk.verify();
}

#[test]
fn what_nobody_has_answered_ends_as_soon_as_all_mail_is_read() {
    let (mut desk, _) = answered_four_days_ago();
    assert_eq!(recipients(&desk.pass()), [OLGA]);
    assert_eq!(desk.status("OTK-1"), "closed");
    desk.verify();
}

#[test]
fn what_is_filed_silently_reminds_nobody_until_somebody_speaks_of_it() {
    let mut desk = TestDesk::two_desks("0s");
    let rule = SlaRule { kind: None, priority: None, first_response: Some(Span::Elapsed(3_600)), resolution: None };
    desk.settings.desks[0].sla = vec![rule];
    desk.settings.desks[0].digest = Some(jiff::civil::time(9, 0, 0, 0));
    let robot = desk.message(OLGA, "Backup failed", "See the log.").header("Auto-Submitted: auto-generated");
    assert_eq!(recipients(&desk.send_to("support", &robot)), Vec::<&str>::new());
    desk.skip(3 * DAY);
    assert_eq!(recipients(&desk.pass()), Vec::<&str>::new(), "neither a reminder nor a digest");

    let asks = desk.message(OLGA, "Re: [OTK-1] Backup failed", "Could you look at this, please?");
    assert_eq!(recipients(&desk.send_to("support", &asks)), [IVANOV]);
    assert_eq!(recipients(&desk.pass()), Vec::<&str>::new(), "its term begins now");
    desk.skip(7_200);
    let letters = desk.pass();
    assert_eq!(recipients(&letters), [IVANOV]);
    assert!(letters[0].read().text.contains("OTK-1"));
    desk.verify();
}
