//! Attacks on what follows a restore: lost time, seen again in another order, twice, from another copy, half done.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, UNIX_EPOCH};

use crate::support::{Installation, Message, ONE_DESK, SentLetter, Servers, TestDesk, Wait, bounce_of, files_in};
use maildesk::daemon;
use maildesk::flow;
use maildesk::model::{RequestNumber, Timestamp};

const ANN: &str = "ann@client.example";
const CAROL: &str = "carol@client.example";
const EVE: &str = "eve@client.example";
const IVANOV: &str = "ivanov@example.org";
const HOUR: i64 = 3_600;

/// A desk whose accepted mail is moved away.
const DESK: &str = r#"
state_dir = "state"

[desk.OTK]
name = "Support"
address = "support@example.org"
grace = "0s"
language = "en"
customers = ["client.example"]

[engineer.ivanov]
name = "Ivan Ivanov"
address = "ivanov@example.org"

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"
after = { move = "Archive" }

[mailbox.internal]
desk = "OTK"
maildir = "internal"
start = "all"
internal = true
after = { move = "Archive" }

[transport.folder]
folder = "letters"
"#;

fn with(more: &str) -> TestDesk {
    TestDesk::with(&format!("{DESK}{more}")).open()
}

/// Letters of a lost time are known to the restored database and lie nowhere, so that passes are looks here.
impl TestDesk {
    /// Puts a message into a mailbox, now.
    fn deliver_now(&mut self, mailbox: &str, raw: &[u8]) {
        self.skip(1);
        let path = self.deliver(mailbox, raw);
        let now = UNIX_EPOCH + Duration::from_secs(self.unix().unsigned_abs());
        File::options().write(true).open(path).unwrap().set_modified(now).unwrap();
    }

    fn looks(&mut self) {
        self.look(1);
        self.look(1);
    }

    fn comes(&mut self, message: &Message) {
        self.comes_to("support", &message.raw());
    }

    fn comes_to(&mut self, mailbox: &str, raw: &[u8]) {
        self.deliver_now(mailbox, raw);
        self.looks();
    }

    /// How many letters really went to somebody since the transport's folder was made.
    fn count(&self, who: &str) -> usize {
        let to = format!("To: {who}");
        let letters = files_in(&self.path("letters")).into_iter();
        letters.filter(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).contains(&to)).count()
    }

    /// How many letters really went.
    fn count_files(&self) -> usize {
        files_in(&self.path("letters")).len()
    }

    fn backup(&self, name: &str) -> PathBuf {
        self.skip(60);
        let copy = self.path(name);
        self.reader().copy_to(&copy, self.now()).unwrap();
        self.skip(60);
        copy
    }

    /// The machine is lost, but for its keys.
    fn lose(&self) {
        for ending in ["", "-wal", "-shm"] {
            let mut name = self.database().into_os_string();
            name.push(ending);
            let _ = fs::remove_file(name);
        }
    }

    fn restore(&self, copy: &Path) {
        self.skip(HOUR);
        daemon::restore(&self.settings.state_dir, copy, true, false, self.now()).unwrap();
        self.skip(60);
    }

    /// `resync --accept`, and two passes.
    fn resync(&mut self) {
        self.resync_from(None);
    }

    /// The same, where the operator says when the original was lost.
    fn resync_from(&mut self, lost_at: Option<Timestamp>) {
        let mut daemon = self.opened();
        let epoch = daemon.held().unwrap();
        let gathered = flow::gather(daemon.context(), &epoch, || {}).wait().unwrap();
        assert!(gathered.iter().all(|mailbox| mailbox.error.is_none()), "{gathered:?}");
        let resync = daemon.assess(&[], || {}).wait().unwrap().unwrap();
        daemon.accept(&resync, lost_at.unwrap_or(epoch.restored_at)).wait().unwrap();
        daemon.close().wait().unwrap();
        self.looks();
        self.verify();
    }

    /// Why it does not start.
    fn start_error(&self) -> String {
        self.try_open().err().map(|error| error.to_string()).unwrap_or_default()
    }

    /// The letters that went, in their order.
    fn sent_letters(&self) -> Vec<SentLetter> {
        let mut rows = self.reader().view().letters(Some("sent"), u32::MAX).unwrap();
        rows.reverse();
        let letter =
            |id: &str, rcpt: String| self.sent(id).map(|raw| SentLetter { envelope_from: String::new(), rcpt, raw });
        rows.into_iter().filter_map(|row| letter(&row.message_id, row.recipient)).collect()
    }

    fn number_of(&self, message_id: &str) -> Option<RequestNumber> {
        let rows = self.reader().view().received(None, u32::MAX).unwrap();
        rows.into_iter().find(|row| row.message_id.as_deref() == Some(message_id)).unwrap().request
    }
}

/// What came while nobody had looked yet was taken in first, and answers what was moved away before.
#[test]
fn an_answer_that_came_while_the_restore_was_pending_joins_what_it_answers() {
    let mut desk = with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    desk.comes(&Message::to_support("carol@client.example", CAROL, "Cannot log in"));
    let acknowledgement = desk.letter_to(CAROL);
    desk.lose();
    desk.restore(&copy);
    desk.deliver_now(
        "support",
        &Message::reply("carol2@client.example", CAROL, &acknowledgement, "", "It says E-42.").raw(),
    );
    // The service starts by itself and receives.
    desk.look(1);
    desk.resync();
    assert_eq!(desk.number_of("carol@client.example").unwrap().to_string(), "OTK-2");
    assert_eq!(desk.number_of("carol2@client.example").unwrap().to_string(), "OTK-2", "her answer is in her request");
    assert_eq!(desk.count(CAROL), 1, "and she has one number");
}

/// The order over mailboxes is that in which things happened.
#[test]
fn what_two_mailboxes_brought_is_done_again_in_the_order_in_which_it_came() {
    let mut desk = with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let notification = desk.letter_to(IVANOV);
    let copy = desk.backup("copy.db");
    desk.deliver_now(
        "internal",
        &Message::reply("done@example.org", IVANOV, &notification, "[done]", "A new driver.").raw(),
    );
    desk.looks();
    let answer = desk.letter_to(ANN);
    desk.comes(&Message::reply("ann2@client.example", ANN, &answer, "", "It still jams!"));
    let before = desk.request("OTK-1");
    desk.lose();
    desk.restore(&copy);
    desk.resync();
    let after = desk.request("OTK-1");
    assert_eq!(after.standing, before.standing, "she has the last word, as she had");
}

/// The question stood in the copy, the engineer's yes came later, and what they had written went to the customer.
#[test]
fn what_was_held_and_confirmed_in_the_lost_time_goes_out_once() {
    let mut desk = with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let notification = desk.letter_to(IVANOV);
    let unproven = Message::new("held@example.org", IVANOV, "[OTK-1] [done]").header("To: support@example.org");
    desk.comes(&unproven.text("A new driver."));
    let question = desk.letter_to(IVANOV);
    assert_ne!(question.id(), notification.id(), "they are asked");
    let copy = desk.backup("copy.db");
    desk.comes(&Message::reply("yes@example.org", IVANOV, &question, "", "Yes"));
    assert_eq!(desk.count(ANN), 2, "acknowledged and answered");
    desk.lose();
    desk.restore(&copy);
    desk.resync();
    assert_eq!(desk.count(ANN), 2, "and not again");
}

/// Held in the lost time, asked about anew after it, confirmed now: nobody has sent it yet.
#[test]
fn what_was_held_in_the_lost_time_and_is_confirmed_after_it_goes_out() {
    let mut desk = with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    let unproven = Message::new("held@example.org", IVANOV, "[OTK-1] [done]").header("To: support@example.org");
    desk.comes(&unproven.text("A new driver."));
    desk.lose();
    desk.restore(&copy);
    desk.resync();
    assert_eq!(desk.count(ANN), 1);
    let question = desk.letter_to(IVANOV);
    desk.comes(&Message::reply("yes@example.org", IVANOV, &question, "", "Yes"));
    assert_eq!(desk.count(ANN), 2, "the answer reaches her");
    desk.verify();
}

/// Asked, and answered with yes, all in the lost time.
#[test]
fn what_was_held_and_confirmed_all_in_the_lost_time_goes_out_once_and_nobody_is_asked_again() {
    let mut desk = with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    let unproven = Message::new("held@example.org", IVANOV, "[OTK-1] [done]").header("To: support@example.org");
    desk.comes(&unproven.text("A new driver."));
    let question = desk.letter_to(IVANOV);
    desk.comes(&Message::reply("yes@example.org", IVANOV, &question, "", "Yes"));
    let sent = (desk.count(ANN), desk.sent_letters().len());
    assert_eq!(sent.0, 2);
    desk.lose();
    desk.restore(&copy);
    desk.resync();
    let request = desk.request("OTK-1");
    assert_eq!(request.standing.phase.as_str(), "completed");
    assert_eq!(desk.count_files(), sent.1, "nobody is written to again");
}

/// The same copy is brought into use twice: what the first epoch gave stays given.
#[test]
fn a_second_restore_of_the_same_copy_gives_nothing_that_the_first_one_gave() {
    let mut desk = with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    desk.restore(&copy);
    desk.resync();
    desk.comes(&Message::to_support("carol@client.example", CAROL, "Cannot log in"));
    let (first, carols) = (desk.number_of("carol@client.example").unwrap(), desk.letter_to(CAROL));
    let serial = |desk: &TestDesk| {
        let rows = desk.reader().view().received(None, 1).unwrap();
        rows[0].id
    };
    let last = serial(&desk);
    // Her message is lost from the server, too.
    for entry in fs::read_dir(desk.path("support/.Archive/cur")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    desk.restore(&copy);
    desk.resync();
    desk.comes(&Message::to_support("eve@client.example", EVE, "Price list"));
    let second = desk.number_of("eve@client.example").unwrap();
    assert!(second.number > first.number, "{second} after {first}");
    assert!(serial(&desk) > last, "no id means two messages");
    let sent = desk.count_files();
    let known: Vec<SentLetter> = desk.sent_letters();
    assert!(known.iter().all(|letter| letter.id() != carols.id()), "no id of a letter is given twice");
    // Carol's answer to a letter of the first epoch does not reach Eve's request.
    desk.comes(&Message::reply("carol2@client.example", CAROL, &carols, "", "It is secret."));
    assert_ne!(desk.number_of("carol2@client.example"), Some(second));
    assert!(desk.count_files() > sent);
}

/// Letters that are not sent again use up nobody's acknowledgements.
#[test]
fn who_writes_after_the_lost_time_is_acknowledged_however_much_came_in_it() {
    let mut desk = with("\n[limits]\nall_hour = 5\n");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    for number in 0..5 {
        desk.skip(HOUR);
        let from = format!("somebody{number}@client.example");
        desk.comes(&Message::to_support(&format!("s{number}@client.example"), &from, "Any"));
        assert_eq!(desk.count(&from), 1);
    }
    desk.lose();
    desk.restore(&copy);
    desk.skip(HOUR);
    desk.deliver_now("support", &Message::to_support("eve@client.example", EVE, "Price list").raw());
    desk.resync();
    assert_eq!(desk.count(EVE), 1);
}

/// The mailbox could not be read for days when the copy was made; then it could, and then the machine was lost.
#[test]
fn mail_that_had_waited_on_the_server_when_the_copy_was_made_is_found_where_it_was_moved_to() {
    let mut desk = with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    desk.deliver_now("support", &Message::to_support("carol@client.example", CAROL, "Cannot log in").raw());
    desk.skip(72 * HOUR);
    let copy = desk.backup("copy.db");
    desk.looks();
    assert_eq!(desk.count(CAROL), 1);
    desk.lose();
    desk.restore(&copy);
    desk.resync();
    assert!(desk.number_of("carol@client.example").is_some(), "her request is there");
}

/// Letters wait a little, so that they can be taken back; the machine was lost while one did.
#[test]
fn a_letter_that_waited_for_its_grace_when_the_machine_was_lost_goes_out() {
    for is_sent in [false, true] {
        let mut desk = TestDesk::with(DESK).replacing("grace = \"0s\"", "grace = \"2m\"").open();
        desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
        let notification = desk.letter_to(IVANOV);
        let copy = desk.backup("copy.db");
        let done = Message::reply("done@example.org", IVANOV, &notification, "[done]", "A new driver.");
        desk.comes(&done);
        assert_eq!(desk.count(ANN), 1, "the answer waits");
        if is_sent {
            desk.skip(300);
            desk.look(1);
            assert_eq!(desk.count(ANN), 2);
        }
        let lost_at = desk.now();
        desk.lose();
        desk.restore(&copy);
        desk.resync_from(Some(lost_at));
        desk.skip(300);
        desk.look(1);
        assert_eq!(desk.count(ANN), 2, "once, {is_sent}");
    }
}

/// The answer came back, in the lost time or after it: nobody takes it for an answer.
#[test]
fn a_letter_of_the_lost_time_that_comes_back_is_noticed() {
    for is_late in [false, true] {
        let mut desk = with("");
        desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
        let notification = desk.letter_to(IVANOV);
        let copy = desk.backup("copy.db");
        let done = Message::reply("done@example.org", IVANOV, &notification, "[done]", "A new driver.");
        desk.comes(&done);
        let report = bounce_of("bounce@mx.example.com", &desk.letter_to(ANN).id(), ANN);
        if !is_late {
            desk.deliver_now("support", &report);
            desk.looks();
        }
        desk.lose();
        desk.restore(&copy);
        let told = desk.count_files();
        if is_late {
            desk.deliver_now("support", &report);
        }
        desk.resync();
        let request = desk.request("OTK-1");
        assert_eq!(request.standing.phase.as_str(), "open", "{is_late}: it is answered by nobody");
        assert_eq!(desk.count_files() - told, usize::from(is_late), "the engineer hears of it once");
    }
}

/// The clock of the mail server is ahead, or somebody has set a date.
#[test]
fn what_was_moved_was_answered_whatever_its_date_says() {
    let mut desk = with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    desk.comes(&Message::to_support("carol@client.example", CAROL, "Cannot log in"));
    let later = UNIX_EPOCH + Duration::from_secs(desk.now().plus_seconds(48 * HOUR).unix().unsigned_abs());
    for entry in fs::read_dir(desk.path("support/.Archive/cur")).unwrap() {
        File::options().write(true).open(entry.unwrap().path()).unwrap().set_modified(later).unwrap();
    }
    desk.lose();
    desk.restore(&copy);
    desk.resync();
    assert!(desk.number_of("carol@client.example").is_some());
    assert_eq!(desk.count(CAROL), 1);
}

/// A backup was made every night, also while a restore was pending; and that one is needed.
#[test]
fn a_copy_of_a_restore_that_was_not_accepted_has_the_lost_time_of_both() {
    let mut desk = with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    desk.comes(&Message::to_support("carol@client.example", CAROL, "Cannot log in"));
    desk.lose();
    desk.restore(&copy);
    desk.skip(72 * HOUR);
    desk.deliver_now("support", &Message::to_support("eve@client.example", EVE, "Price list").raw());
    desk.look(1);
    let copy = desk.backup("second.db");
    desk.lose();
    desk.restore(&copy);
    let daemon = desk.opened();
    let epoch = daemon.held().unwrap();
    assert!(epoch.copied_at < desk.now().plus_seconds(-72 * HOUR), "the loss may be told that was before the copy");
    daemon.close().wait().unwrap();
    desk.resync();
    assert!(desk.number_of("carol@client.example").is_some(), "what was moved in the lost time is found");
}

/// A mailbox that could not be read was taken out, as `resync` advises, and is put back later.
#[test]
fn a_mailbox_that_was_left_out_of_a_resync_answers_nobody_twice_when_it_comes_back() {
    let mut desk = with("\n[mailbox.other]\ndesk = \"OTK\"\nmaildir = \"other\"\nstart = \"all\"\n");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    desk.deliver_now("other", &Message::to_support("carol@client.example", CAROL, "Cannot log in").raw());
    desk.looks();
    assert_eq!(desk.count(CAROL), 1);
    desk.lose();
    desk.restore(&copy);
    let all = desk.settings.mailboxes.clone();
    desk.settings.mailboxes.retain(|mailbox| mailbox.name != "other");
    desk.resync();
    desk.settings.mailboxes = all;
    desk.deliver_now("other", &Message::to_support("eve@client.example", EVE, "Price list").raw());
    desk.looks();
    assert_eq!(desk.count(CAROL), 1, "she was answered by the lost installation");
    assert_eq!(desk.count(EVE), 1, "she was not");
    desk.deliver_now("other", &Message::to_support("late@client.example", "late@client.example", "Late").raw());
    desk.looks();
    assert_eq!(desk.count("late@client.example"), 1);
}

/// Killed when the old database was out of the way and the new one not yet in its place.
#[test]
fn a_restore_that_was_interrupted_is_not_taken_for_a_new_installation() {
    let mut desk = with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    desk.lose();
    let left = desk.path("state/maildesk.db.restoring");
    fs::copy(&copy, &left).unwrap();
    let error = desk.start_error();
    assert!(error.contains("maildesk restore"), "{error}");
    assert!(!desk.database().exists(), "no empty database is made");
    // Nor is what was left lost where it is all that there is.
    assert!(daemon::restore(&desk.settings.state_dir, &left, false, false, desk.now()).is_err());
    assert!(left.exists());
    desk.restore(&copy);
    assert!(!left.exists());
    desk.resync();
}

/// The keys are back, the database is not yet: everybody would be answered anew.
#[test]
fn keys_without_a_database_are_not_taken_for_a_new_installation() {
    let mut desk = with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    desk.lose();
    let error = desk.start_error();
    assert!(error.contains("maildesk restore"), "{error}");
    desk.restore(&copy);
    desk.resync();
    assert_eq!(desk.count(ANN), 1);
}

const PIPE: &str = r#"
[desk.OTK]
name = "Support"
address = "support@example.org"
grace = "0s"
customers = ["client.example"]

[mailbox.support]
desk = "OTK"
pipe = true

[transport.folder]
folder = "letters"
"#;

/// What a pipe has brought stands in no mailbox, and shows no numbers.
#[test]
fn numbers_of_a_desk_that_a_pipe_feeds_are_given_by_the_operator() {
    let desk = Installation::without_servers(PIPE);
    desk.once();
    let ingest = |id: &str| {
        let message = Message::to_support(id, ANN, id).raw();
        let mut command = desk.command(&["ingest", "--mailbox", "support"]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&message).unwrap();
        assert!(child.wait().unwrap().success());
        desk.once();
    };
    ingest("one@client.example");
    let copy = desk.folder().join("copy.db");
    let copy = copy.to_str().unwrap();
    desk.text(&["backup", copy]);
    ingest("two@client.example");
    fs::remove_file(desk.database()).unwrap();
    desk.text(&["restore", copy]);
    let refused = desk.output(&["resync", "--accept"]);
    assert!(!refused.status.success(), "{refused:?}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--number OTK-"), "{refused:?}");
    let refused = desk.output(&["resync", "--accept", "--number", "OTK-4294967295"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("far beyond"), "no number would be left: {refused:?}");
    desk.text(&["resync", "--accept", "--number", "OTK-512"]);
    ingest("three@client.example");
    assert_eq!(desk.disposition("three@client.example")["request"], "OTK-701");
    desk.text(&["verify"]);
}

/// One account, a folder for each desk, and one archive.
const SHARED: &str = r#"
[desk.OTK]
name = "Support"
address = "support@example.org"
grace = "0s"

[desk.TRV]
name = "Booking"
address = "booking@example.org"
grace = "0s"

[mailbox.support]
desk = "OTK"
IMAP
user = "support"
start = "all"
after = { move = "Archive" }

[mailbox.booking]
desk = "TRV"
IMAP
user = "support"
folder = "Booking"
start = "all"
after = { move = "Archive" }

[transport.main]
SUBMISSION
"#;

/// What one desk has moved away is no mail of the other one's.
#[test]
fn an_archive_that_two_desks_share_brings_each_its_own() {
    let servers = Servers::start();
    let desk = Installation::new(&servers, SHARED);
    servers.deliver(
        "support",
        "Booking",
        &Message::new("b@client.example", EVE, "Trip").header("To: booking@example.org").raw(),
        None,
    );
    desk.once();
    let copy = desk.folder().join("copy.db");
    desk.text(&["backup", copy.to_str().unwrap()]);
    servers.deliver("support", "INBOX", &Message::to_support("a@client.example", ANN, "Salaries").raw(), None);
    servers.deliver(
        "support",
        "Booking",
        &Message::new("c@client.example", CAROL, "Hotel").header("To: booking@example.org").raw(),
        None,
    );
    desk.once();
    let requests = |desk: &Installation| {
        let line = |request: &serde_json::Value| {
            let (number, subject) = (request["number"].as_str().unwrap(), request["subject"].as_str().unwrap());
            format!("{} {subject}", &number[..3])
        };
        desk.requests().iter().map(line).collect::<Vec<String>>()
    };
    assert_eq!(requests(&desk), ["OTK Salaries", "TRV Trip", "TRV Hotel"]);
    fs::remove_file(desk.database()).unwrap();
    desk.text(&["restore", copy.to_str().unwrap()]);
    desk.text(&["resync", "--accept"]);
    desk.once();
    assert_eq!(requests(&desk), ["OTK Salaries", "TRV Trip", "TRV Hotel"]);
    desk.text(&["verify"]);
}

/// The mail servers moved, too: every message has another UID.
#[test]
fn what_the_copy_knows_counts_for_no_number_after_it() {
    let mut servers = Servers::start();
    let desk = Installation::new(&servers, ONE_DESK);
    for number in 0..110 {
        let id = format!("m{number}@client.example");
        servers.deliver("support", "INBOX", &Message::to_support(&id, ANN, &id).raw(), None);
    }
    desk.once();
    assert_eq!(desk.requests().len(), 110);
    let copy = desk.folder().join("copy.db");
    desk.text(&["backup", copy.to_str().unwrap()]);
    fs::remove_file(desk.database()).unwrap();
    servers.reset_uidvalidity("support");
    desk.configure(&servers, ONE_DESK);
    desk.text(&["restore", copy.to_str().unwrap()]);
    desk.text(&["resync", "--accept"]);
    assert_eq!(desk.requests().len(), 110);
    servers.deliver("support", "INBOX", &Message::to_support("new@client.example", ANN, "New").raw(), None);
    desk.once();
    assert_eq!(desk.disposition("new@client.example")["request"], "OTK-301");
    desk.text(&["verify"]);
}
