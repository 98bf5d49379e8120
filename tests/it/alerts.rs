//! Alerts of monitoring that are alike, where a mailbox groups them.

use crate::support::{IVANOV, SentLetter, TestDesk, recipients, text_to};
use maildesk::model::policy::AutomaticMail;

const ZABBIX: &str = "zabbix@monitor.example";

fn desk() -> TestDesk {
    let mut desk = TestDesk::two_desks("0s");
    for mailbox in &mut desk.settings.mailboxes {
        mailbox.automatic = AutomaticMail::Group;
    }
    desk
}

fn alert(desk: &mut TestDesk, subject: &str) -> Vec<SentLetter> {
    let message = desk.message(ZABBIX, subject, "Severity: see subject").header("Auto-Submitted: auto-generated");
    desk.send_to("support", &message)
}

#[test]
fn alike_alerts_join_one_request_and_are_told_at_1_10_and_100() {
    let mut desk = desk();
    let mut told = Vec::new();
    for count in 1..=120 {
        desk.skip(20);
        let letters = alert(&mut desk, &format!("PROBLEM: CPU load {}% on web1", count % 100));
        assert!(letters.iter().all(|letter| letter.rcpt == IVANOV), "{:?}", recipients(&letters));
        if !letters.is_empty() {
            told.push(count);
        }
    }
    assert_eq!(told, [1, 10, 100]);
    assert_eq!(desk.numbers().len(), 1);
    assert_eq!(desk.entries("OTK-1"), 120);
    desk.skip(3_601);
    let again = alert(&mut desk, "PROBLEM: CPU load 99% on web1");
    assert!(text_to(&again, IVANOV).contains("после перерыва") && text_to(&again, IVANOV).contains("121"));
    desk.verify();
}

#[test]
fn a_more_severe_alert_is_told_and_a_resolved_one_is_noted() {
    let mut desk = desk();
    assert_eq!(recipients(&alert(&mut desk, "WARNING: queue on mq1 is long")), [IVANOV]);
    assert_eq!(recipients(&alert(&mut desk, "WARNING: queue on mq1 is long")), [""; 0]);
    let worse = alert(&mut desk, "CRITICAL: queue on mq1 is long");
    assert!(text_to(&worse, IVANOV).contains("более серьёзное"), "{}", text_to(&worse, IVANOV));
    assert_eq!(recipients(&alert(&mut desk, "CRITICAL: queue on mq1 is long")), [""; 0]);
    assert_eq!(recipients(&alert(&mut desk, "RESOLVED: queue on mq1 is long")), [""; 0]);
    assert!(desk.last_disposition().2.contains("says that it is resolved"), "{}", desk.last_disposition().2);
    assert_eq!((desk.entries("OTK-1"), desk.status("OTK-1").as_str()), (5, "new"));
    // Another host is another request.
    assert_eq!(recipients(&alert(&mut desk, "WARNING: queue on mq2 is long")), [IVANOV]);
    assert_eq!(desk.numbers().len(), 2);
    // A resolved one that belongs to nothing is filed, and nobody is told.
    assert_eq!(recipients(&alert(&mut desk, "RESOLVED: disk on db1 is full")), [""; 0]);
}

#[test]
fn alerts_begin_anew_once_their_request_is_done_or_a_day_old() {
    let mut desk = desk();
    let first = alert(&mut desk, "PROBLEM: disk on db1 is full");
    desk.answers("ivanov", &first[0], "[done]", "");
    assert_eq!(recipients(&alert(&mut desk, "PROBLEM: disk on db1 is full")), [IVANOV]);
    assert_eq!(desk.numbers().len(), 2);
    assert_eq!(recipients(&alert(&mut desk, "PROBLEM: disk on db1 is full")), [""; 0]);
    desk.skip(86_500);
    desk.pass();
    assert_eq!(recipients(&alert(&mut desk, "PROBLEM: disk on db1 is full")), [IVANOV]);
    assert_eq!(desk.numbers().len(), 3);
    // What people write is no alert.
    let olga = desk.message("olga@client.example", "PROBLEM: disk on db1 is full", "Help.");
    desk.send_to("support", &olga);
    assert_eq!(desk.numbers().len(), 4);
}
