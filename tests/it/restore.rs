//! What follows a restore: lost time, what is seen again in another order, twice, from another copy, half done.

mod held;
mod numbers;
mod unfinished;

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use crate::support::{IVANOV, Message, ONE_DESK, PIPED, SentLetter, TestDesk, Wait, bounce_of, files_in};
use maildesk::daemon;
use maildesk::flow;
use maildesk::model::{LetterState, RequestNumber, Timestamp};

const ANN: &str = "ann@client.example";
const CAROL: &str = "carol@client.example";
const EVE: &str = "eve@client.example";
const HOUR: i64 = 3_600;

/// A desk whose accepted mail is moved away.
const DESK: &str = r#"
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

fn desk_with(more: &str) -> TestDesk {
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

    /// Restores this copy an hour later.
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
        let mut rows = self.reader().view().letters(Some(LetterState::Sent), u32::MAX).unwrap();
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
    let mut desk = desk_with("");
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
    let mut desk = desk_with("");
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

/// The same copy is brought into use twice: what the first epoch gave stays given.
#[test]
fn a_second_restore_of_the_same_copy_gives_nothing_that_the_first_one_gave() {
    let mut desk = desk_with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    desk.restore(&copy);
    desk.resync();
    desk.comes(&Message::to_support("carol@client.example", CAROL, "Cannot log in"));
    let (first, carols) = (desk.number_of("carol@client.example").unwrap(), desk.letter_to(CAROL));
    let serial = |desk: &TestDesk| desk.reader().view().received(None, 1).unwrap()[0].id;
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
    let mut desk = desk_with("\n[limits]\nall_hour = 5\n");
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
    let mut desk = desk_with("");
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
        let mut desk = desk_with("");
        desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
        let notification = desk.letter_to(IVANOV);
        let copy = desk.backup("copy.db");
        let done = Message::reply("done@example.org", IVANOV, &notification, "[done]", "A new driver.");
        desk.comes(&done);
        let report = bounce_of("bounce@mx.example.com", &desk.letter_to(ANN).id(), ANN);
        if !is_late {
            desk.comes_to("support", &report);
        }
        desk.lose();
        desk.restore(&copy);
        let told = desk.count_files();
        if is_late {
            desk.deliver_now("support", &report);
        }
        desk.resync();
        let request = desk.request("OTK-1");
        assert_eq!(request.standing.phase.as_ref(), "open", "{is_late}: it is answered by nobody");
        assert_eq!(desk.count_files() - told, usize::from(is_late), "the engineer hears of it once");
    }
}

/// The clock of the mail server is ahead, or somebody has set a date.
#[test]
fn what_was_moved_was_answered_whatever_its_date_says() {
    let mut desk = desk_with("");
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
    let mut desk = desk_with("");
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
    let mut desk = desk_with("\n[mailbox.other]\ndesk = \"OTK\"\nmaildir = \"other\"\nstart = \"all\"\n");
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
