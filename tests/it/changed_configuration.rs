//! A configuration that has changed: what is stored under names that it does not know any more goes on under new ones, or the
//! configuration is refused.

use crate::support::{IVANOV, OLGA, PETROVA, SentLetter, TWO_STAFFED_DESKS, TestDesk, Wait, recipients, to};
use maildesk::flow::{self, HostStatus, Receiver};
use maildesk::model::settings::Start;

/// A desk that was OTK and is HLP.
fn renamed(was: &str) -> String {
    let configuration = TWO_STAFFED_DESKS.replace("desk.OTK", "desk.HLP").replace("\"OTK\"", "\"HLP\"");
    configuration.replace("[desk.HLP]\n", &format!("[desk.HLP]\n{was}\n"))
}

/// What a start says where it refuses.
fn refusal(desk: &TestDesk) -> String {
    desk.try_open().map(|_| ()).unwrap_err().to_string()
}

fn open_request(desk: &mut TestDesk) -> (SentLetter, SentLetter) {
    desk.ask("support", OLGA, "Till", "The till prints nothing.")
}

#[test]
fn a_desk_with_another_key_keeps_its_numbers_threads_and_tokens() {
    let mut desk = TestDesk::with(TWO_STAFFED_DESKS).open();
    let (acknowledgement, notification) = open_request(&mut desk);
    desk.configure(&renamed(""));
    let said = refusal(&desk);
    assert!(said.contains("desk OTK: is configured no longer, and has 1 open request"), "{said}");
    assert!(said.contains("was = \"OTK\"") && said.contains("accept_orphans = true"), "{said}");

    desk.configure(&renamed("was = \"OTK\""));
    let more = desk.reply(OLGA, &acknowledgement, "", "It smells burnt, too.");
    assert_eq!(recipients(&desk.send(&more)), [IVANOV]);
    let by_number = desk.message(OLGA, "Where is my till? [OTK-1]", "I am waiting.");
    assert_eq!(recipients(&desk.send(&by_number)), [IVANOV]);
    assert_eq!(desk.entries("OTK-1"), 3);
    let done = desk.reply(IVANOV, &notification, "[done]", "It prints again.");
    assert!(recipients(&desk.send(&done)).contains(&OLGA));
    assert_eq!(desk.stands("OTK-1"), "done, ivanov");

    // What is new has the new key, and the old one is no place to pass anything to.
    let (_, other) = desk.ask("support", OLGA, "Drawer", "It stays closed.");
    assert!(other.read().subject_raw.starts_with("[HLP-1]"), "{}", other.read().subject_raw);
    for tag in ["[desk OTK]", "[desk HLP]"] {
        let passed = desk.reply(IVANOV, &other, tag, "");
        desk.send(&passed);
    }
    assert_eq!(desk.numbers().len(), 2);
    let status = flow::status(desk.reader().view(), &desk.settings, HostStatus::default(), desk.now()).unwrap();
    let counted: Vec<_> = status.desks.iter().map(|row| (row.desk.to_string(), row.opened)).collect();
    assert_eq!(counted, [("HLP".to_owned(), 2), ("TRV".to_owned(), 0)]);
}

#[test]
fn a_message_that_came_before_the_renaming_is_no_second_request() {
    let mut desk = TestDesk::with(TWO_STAFFED_DESKS).open();
    let asked = desk.message(OLGA, "Till", "The till prints nothing.");
    desk.send(&asked);
    desk.configure(&renamed("was = [\"OTK\"]"));
    assert_eq!(recipients(&desk.send(&asked)), [""; 0]);
    assert_eq!(desk.numbers().len(), 1);
}

#[test]
fn a_desk_that_is_gone_is_refused_only_while_something_would_be_left_behind() {
    let mut desk = TestDesk::with(TWO_STAFFED_DESKS).open();
    let (_, notification) = open_request(&mut desk);
    let accepted = renamed("").replacen("[desk.HLP]", "accept_orphans = true\n[desk.HLP]", 1);
    desk.configure(&accepted);
    desk.pass();
    desk.configure(TWO_STAFFED_DESKS);
    let close = desk.reply(IVANOV, &notification, "[close]", "");
    desk.send(&close);
    desk.configure(&renamed(""));
    desk.pass();
    let view_orphans = flow::orphans(desk.reader().view(), &desk.settings, true, desk.now()).unwrap();
    assert!(view_orphans[0].to_string().contains("up to OTK-1"), "{view_orphans:?}");
}

#[test]
fn a_mailbox_that_has_another_name_goes_on() {
    let renamed = |was: &str| {
        let configuration = TWO_STAFFED_DESKS.replace("[mailbox.support]", &format!("[mailbox.front]\n{was}"));
        configuration.replace("start = \"all\"", "start = \"now\"")
    };
    let mut desk = TestDesk::with(TWO_STAFFED_DESKS).open();
    open_request(&mut desk);
    // It was accepted under the old name, and is not filed yet.
    let waits = desk.message(OLGA, "Drawer", "It stays closed.").addressed_unless_named("support@example.org");
    desk.deliver("support", &waits.raw());
    Receiver::new(desk.context(), desk.settings.mailboxes[0].clone()).look().wait().unwrap();
    desk.configure(&renamed(""));
    desk.settings.mailboxes[0].start = Start::Now;
    let said = refusal(&desk);
    assert!(said.contains("mailbox support: is configured no longer, and 1 message of it wait"), "{said}");

    desk.configure(&renamed("was = \"support\""));
    desk.pass();
    assert_eq!(desk.number("SELECT count(*) FROM received WHERE mailbox = 'front' AND state = 'handled'"), 2);
    assert_eq!(desk.number("SELECT count(*) FROM received WHERE mailbox = 'support'"), 0);
}

#[test]
fn a_new_mailbox_in_the_place_of_one_that_is_gone_is_asked_about() {
    let mut desk = TestDesk::with(TWO_STAFFED_DESKS).open();
    open_request(&mut desk);
    desk.configure(&TWO_STAFFED_DESKS.replace("[mailbox.support]", "[mailbox.front]"));
    desk.settings.mailboxes[0].start = Start::Now;
    let said = refusal(&desk);
    assert!(said.contains("mailbox front is there instead") && said.contains("[mailbox.front]"), "{said}");
    desk.configure(&TWO_STAFFED_DESKS.replace("[mailbox.support]", "[mailbox.front]\nwas = \"support\""));
    desk.settings.mailboxes[0].start = Start::Now;
    // What arrives while it is renamed and moved is new.
    let between = desk.message(OLGA, "Between", "Nobody looked.");
    desk.skip(60);
    assert_eq!(recipients(&desk.send_to("front", &between)), [IVANOV, OLGA]);
}

#[test]
fn an_engineer_or_a_line_with_open_requests_cannot_just_go() {
    let mut desk = TestDesk::with(TWO_STAFFED_DESKS).open();
    let (_, notification) = open_request(&mut desk);
    let taken = desk.reply(IVANOV, &notification, "[take]", "");
    desk.send(&taken);
    let without = TWO_STAFFED_DESKS
        .replace("[engineer.ivanov]", "[engineer.kuznetsov]")
        .replace("[\"ivanov\"]", "[\"kuznetsov\"]");
    desk.configure(&without);
    let said = refusal(&desk);
    assert!(said.contains("engineer ivanov: works at desk OTK no longer, and has 1 open request there"), "{said}");
    assert!(said.contains("left = ") && said.contains("successor = "), "{said}");

    desk.configure(TWO_STAFFED_DESKS);
    let passed = desk.reply(IVANOV, &notification, "[line 2]", "");
    desk.send(&passed);
    desk.configure(&TWO_STAFFED_DESKS.replace("[desk.OTK.line.2]\nmembers = [\"petrova\"]", ""));
    let said = refusal(&desk);
    assert!(said.contains("line 2 of desk OTK: is configured no longer, and has 1 open request"), "{said}");
}

#[test]
fn the_letters_of_a_renamed_desk_are_sent() {
    let mut desk = TestDesk::with(TWO_STAFFED_DESKS).open();
    let (_, notification) = open_request(&mut desk);
    let done = desk.reply(IVANOV, &notification, "[done]", "It prints again.");
    desk.send(&done);
    desk.alter("UPDATE letter SET state = 'due', ended_at = NULL, due_at = 0 WHERE recipient = 'olga@client.example'");
    desk.configure(&renamed("was = \"OTK\""));
    desk.pass();
    assert_eq!(desk.number("SELECT count(*) FROM letter WHERE state = 'due'"), 0);
}

/// Ivanov leaves on this day, with these further keys; kuznetsov is in the first line too.
fn leaving(day: &str, further: &str) -> String {
    let table = format!("[engineer.ivanov]\nleft = {day}\n{further}\n");
    let colleague =
        "[engineer.kuznetsov]\nname = \"Kuznetsov\"\naddress = \"kuznetsov@example.org\"\ndesks = [\"OTK\"]\n";
    let configuration = TWO_STAFFED_DESKS.replace("[engineer.ivanov]\n", &(colleague.to_owned() + &table));
    configuration.replace("[\"ivanov\"]", "[\"ivanov\", \"kuznetsov\"]")
}

/// A request of which both of the first line are told: the acknowledgement, and what ivanov gets.
fn asked(desk: &mut TestDesk) -> (SentLetter, SentLetter) {
    let letters = desk.asks(OLGA, "Till", "The till prints nothing.");
    (to(&letters, OLGA), to(&letters, IVANOV))
}

#[test]
fn who_leaves_hands_over_with_the_history_and_proves_nothing_any_more() {
    let mut desk = TestDesk::with(&leaving("2999-01-01", "")).open();
    let personal = desk.personal_address("ivanov");
    let (acknowledgement, notification) = asked(&mut desk);
    let taken = desk.reply(IVANOV, &notification, "[take]", "");
    desk.send(&taken);
    let more = desk.reply(OLGA, &acknowledgement, "", "It smells burnt, too.");
    desk.send(&more);
    assert_eq!(desk.stands("OTK-1"), "in_work, ivanov");
    assert!(desk.settings.changes_at.is_some());

    desk.configure(&leaving("2020-01-01", "successor = \"petrova\""));
    let letters = desk.pass();
    assert_eq!(recipients(&letters), [PETROVA]);
    let told = letters[0].read().text;
    assert!(told.contains("теперь Ваш: Иван Иванов здесь больше не работает"), "{told}");
    assert!(told.contains("It smells burnt") && told.contains("prints nothing"), "{told}");
    assert_eq!(desk.stands("OTK-1"), "in_work, petrova");
    assert_eq!(recipients(&desk.pass()), [""; 0], "once");

    let late = desk.reply(IVANOV, &notification, "[done]", "It prints again.");
    desk.send(&late);
    let personally = desk.message_to(&personal, IVANOV, "[OTK-1] [close]", "Closed.");
    desk.send(&personally);
    assert_eq!(desk.stands("OTK-1"), "in_work, petrova");
    assert_eq!(desk.number("SELECT count(*) FROM personal_address WHERE revoked_at IS NULL"), 0);
}

#[test]
fn without_a_successor_the_line_gets_it() {
    let mut desk = TestDesk::with(&leaving("2999-01-01", "")).open();
    let (_, notification) = asked(&mut desk);
    let taken = desk.reply(IVANOV, &notification, "[take]", "");
    desk.send(&taken);
    desk.configure(&leaving("2020-01-01", ""));
    let letters = desk.pass();
    assert_eq!(recipients(&letters), ["kuznetsov@example.org"]);
    assert!(letters[0].read().text.contains("теперь ничей"), "{}", letters[0].read().text);
    assert_eq!(desk.stands("OTK-1"), "in_work, nobody");
    // What they left behind as a configuration is none to refuse.
    let left = flow::orphans(desk.reader().view(), &desk.settings, true, desk.now()).unwrap();
    assert_eq!(left, []);
}

#[test]
fn who_has_another_name_keeps_their_requests_and_nobody_is_told() {
    let mut desk = TestDesk::with(TWO_STAFFED_DESKS).open();
    let (_, notification) = open_request(&mut desk);
    let taken = desk.reply(IVANOV, &notification, "[take]", "");
    desk.send(&taken);
    let renamed = TWO_STAFFED_DESKS
        .replace("[engineer.ivanov]\n", "[engineer.ivan]\nwas = \"ivanov\"\n")
        .replace("[\"ivanov\"]", "[\"ivan\"]");
    desk.configure(&renamed);
    assert_eq!(recipients(&desk.pass()), [""; 0]);
    assert_eq!(desk.stands("OTK-1"), "in_work, ivan");
}

#[test]
fn what_is_wrong_with_leaving_is_said() {
    for (day, further, said) in [
        ("\"1.12.2026\"", "", "\"1.12.2026\" is not a day; write it as 2026-12-01"),
        ("2020-01-01", "successor = \"nobody\"", "there is no [engineer.nobody]"),
        ("2020-01-01", "successor = \"ivanov\"", "is themselves"),
        ("2020-01-01", "was = \"petrova\"", "there is an [engineer.petrova] too"),
    ] {
        let refused = std::panic::catch_unwind(|| TestDesk::with(&leaving(day, further)).open());
        let panic = refused.err().expect(said);
        let text = panic.downcast_ref::<String>().unwrap();
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn a_misspelt_state_dir_and_what_would_be_left_behind_are_said_by_check_and_start() {
    use crate::support::FROM_A_MAILDIR;
    let mut desk = TestDesk::program(FROM_A_MAILDIR);
    let asked = desk.message(OLGA, "Till", "The till prints nothing.").addressed_unless_named("support@example.org");
    desk.deliver("support", &asked.raw());
    desk.once();
    desk.configure(&format!("state_dir = \"sate\"\n{FROM_A_MAILDIR}"));
    let said = desk.text(&["check"]);
    assert!(said.contains("holds no database") && said.contains("correct state_dir"), "{said}");

    desk.configure(&FROM_A_MAILDIR.replace("OTK", "HLP"));
    let checked = desk.output(&["check"]);
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(!checked.status.success() && said.contains("FAILED  desk OTK") && said.contains("was = \"OTK\""), "{said}");
    assert!(desk.refused(&["once"]).contains("accept_orphans = true"));
    desk.configure(&FROM_A_MAILDIR.replace("OTK", "HLP").replace("[desk.HLP]", "[desk.HLP]\nwas = \"OTK\""));
    assert!(desk.text(&["check"]).contains("keep their numbers of OTK"));
    desk.once();
}
