//! Mail servers that do what real ones do now and then, and what becomes of the mail: nothing is lost, and nothing waits for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::support::{Fault, ImapServer, Message, Provider, TestDesk, relay};

/// A desk that reads this server, with more keys of its mailbox.
fn desk_on(server: &ImapServer, keys: &str) -> TestDesk {
    TestDesk::program(&format!(
        "[desk.OTK]\nname = \"OTK\"\naddress = \"support@example.org\"\nlanguage = \"en\"\n\n\
         [mailbox.support]\ndesk = \"OTK\"\n{}start = \"all\"\n{keys}\n\n[transport.folder]\nfolder = \"letters\"\n",
        server.keys()
    ))
}

fn mail(number: u32) -> Vec<u8> {
    let from = format!("customer{number}@example.com");
    let subject = format!("Mail {number}");
    Message::to_support(&format!("m{number}@mail.example"), &from, &subject).text("It does not print.").raw()
}

impl TestDesk {
    /// The subjects of all requests, in order of numbers.
    fn subjects(&self) -> Vec<String> {
        self.requests().iter().map(|request| request["subject"].as_str().unwrap().to_owned()).collect()
    }

    /// Lets the pauses of messages that did not come be over.
    fn pauses_end(&self) {
        self.alter("UPDATE suspect SET next_at = 0");
    }
}

#[test]
fn a_message_that_its_server_cannot_deliver_keeps_no_other_waiting() {
    for fault in [Fault::Closes, Fault::Refuses, Fault::SendsWhole, Fault::WrongLength] {
        let server = ImapServer::start();
        for number in 1..=9 {
            server.deliver(&mail(number), |message| message.fault = (number == 3).then_some(fault));
        }
        if fault == Fault::SendsWhole {
            server.inbox(|inbox| inbox.messages[2].raw.resize(600_000, b'x'));
        }
        let desk = desk_on(&server, "");
        desk.once();
        assert_eq!(desk.subjects().len(), 8, "{fault:?}");
        assert_eq!(desk.number("SELECT broke FROM suspect WHERE uid = 3"), 1, "{fault:?}");
        let fetches = server.count("UID FETCH 3 (UID BODY");
        desk.once();
        assert_eq!(server.count("UID FETCH 3 (UID BODY"), fetches, "it has a pause of its own");
        server.inbox(|inbox| (inbox.messages[2].fault, inbox.messages[2].raw) = (None, mail(3)));
        desk.pauses_end();
        desk.once();
        assert_eq!(desk.subjects().len(), 9, "{fault:?}");
        assert_eq!(desk.number("SELECT count(*) FROM suspect"), 0);
    }
}

#[test]
fn a_server_that_delivers_nothing_any_more_loses_nothing() {
    let server = ImapServer::start();
    for number in 1..=100 {
        server.deliver(&mail(number), |message| message.fault = Some(Fault::Closes));
    }
    let desk = desk_on(&server, "");
    for _ in 0..3 {
        desk.refused(&["once"]);
    }
    assert_eq!(desk.number("SELECT count(*) FROM suspect"), 0);
    server.inbox(|inbox| inbox.messages.iter_mut().for_each(|message| message.fault = None));
    desk.once();
    assert_eq!(desk.number("SELECT count(*) FROM request"), 100);
}

#[test]
fn an_empty_body_where_the_server_states_a_size_is_no_message() {
    for fault in [Fault::Nil(1), Fault::Empty(2)] {
        let server = ImapServer::start();
        (1..=3).for_each(|number| server.deliver(&mail(number), |m| m.fault = (number == 2).then_some(fault)));
        let desk = desk_on(&server, "after = { move = \"Filed\" }");
        for _ in 0..3 {
            desk.once();
            desk.pauses_end();
        }
        let mut subjects = desk.subjects();
        subjects.sort();
        assert_eq!(subjects, ["Mail 1", "Mail 2", "Mail 3"], "{fault:?}");
    }
}

#[test]
fn a_slice_that_comes_short_is_not_the_end() {
    let big = Message::new("big@mail.example", "ivan@example.com", "Big")
        .text("See the log.")
        .file("log.bin", "application/octet-stream", &(0..600_000_u32).map(|at| (at % 251) as u8).collect::<Vec<_>>())
        .raw();
    let defects = |desk: &TestDesk| desk.received()[0]["defects"].to_string();
    // Short slices, and a size that is claimed too large.
    for (raw, fault, claimed) in [
        (&big, Some(Fault::Short(100_000)), None),
        (&big, None, Some(3 * big.len())),
        (&mail(1), Some(Fault::Short(100)), None),
        (&mail(1), None, Some(900_000)),
    ] {
        let server = ImapServer::start();
        server.deliver(raw, |message| (message.fault, message.claimed) = (fault, claimed));
        let desk = desk_on(&server, "");
        desk.once();
        assert_eq!(desk.number("SELECT sum(raw.size) FROM raw"), i64::try_from(raw.len()).unwrap());
        assert_eq!(defects(&desk), "[]");
        let shown = desk.text(&["received", "show", "1"]);
        assert_eq!(shown.contains("its server stated"), claimed.is_some(), "{shown}");
    }
    // It ends inside an attachment.
    for fault in [Fault::Ends(263_144), Fault::RefusesFrom(263_144)] {
        let server = ImapServer::start();
        server.deliver(&big, |message| message.fault = Some(fault));
        let desk = desk_on(&server, "");
        desk.once();
        let said = defects(&desk);
        assert!(said.contains(&format!("263144 of {}", big.len())), "{fault:?}: {said}");
    }
}

#[test]
fn a_refused_expunge_piles_up_no_copies_and_stands_in_the_status() {
    let server = ImapServer::start();
    (1..=3).for_each(|number| server.deliver(&mail(number), |_| ()));
    server.answer("UID EXPUNGE", "{tag} NO [NOPERM] not here\r\n");
    let desk = desk_on(&server, "after = { move = \"Filed\" }");
    for _ in 0..4 {
        desk.once();
    }
    assert_eq!(server.state().folders["Filed"].messages.len(), 3);
    let status = String::from_utf8(desk.output(&["status"]).stdout).unwrap();
    assert!(status.contains("cannot be moved or flagged") && status.contains("not here"), "{status}");
    server.state().instead.clear();
    desk.once();
    let left = |folder: &str| server.state().folders[folder].messages.len();
    assert_eq!((left("Filed"), left("INBOX")), (3, 0));
    let status = String::from_utf8(desk.output(&["status"]).stdout).unwrap();
    assert!(!status.contains("cannot be moved or flagged"), "{status}");
}

#[test]
fn a_folder_is_made_and_found_where_the_server_wants_it() {
    let server = ImapServer::start();
    server.state().capabilities += " NAMESPACE MOVE";
    for outside in ["UID MOVE 1 \"Filed", "UID MOVE 2 \"Filed", "CREATE \"Filed", "SELECT \"Filed"] {
        server.answer(outside, "{tag} NO Mailbox does not exist\r\n");
    }
    server.answer("NAMESPACE", "* NAMESPACE ((\"INBOX.\" \".\")) ((\"user.\" \".\")) NIL\r\n{tag} OK done\r\n");
    server.deliver(&mail(1), |_| ());
    let desk = desk_on(&server, "after = { move = \"Filed\" }");
    desk.once();
    assert_eq!(server.state().folders["INBOX.Filed"].messages.len(), 1);
    server.deliver(&mail(2), |_| ());
    desk.once();
    assert_eq!(server.state().folders["INBOX.Filed"].messages.len(), 2);
    let checked = String::from_utf8(desk.output(&["check", "--connect"]).stdout).unwrap();
    assert!(checked.contains("accepted messages are moved to INBOX.Filed, which exists"), "{checked}");
    server.state().folders.remove("INBOX.Filed");
    server.answer("CREATE", "{tag} NO [NOPERM] Permission denied\r\n");
    let checked = String::from_utf8(desk.output(&["check", "--connect"]).stdout).unwrap();
    assert!(checked.contains("the server refuses to create it") && checked.contains("Permission denied"), "{checked}");
}

#[test]
fn answers_that_cannot_be_read_keep_no_mail_waiting() {
    let server = ImapServer::start();
    (1..=3).for_each(|number| {
        server.deliver(&mail(number), |message| message.arrived = "00-Jan-0000 00:00:00 +0000".to_owned())
    });
    server.state().extra = "* XUNKNOWN {3}\r\nfoo bar\r\n* 1 FETCH (FLAGS (\u{1} \"a b\" %))\n* Goodbye\r\n".to_owned();
    let desk = desk_on(&server, "");
    desk.once();
    assert_eq!(desk.subjects().len(), 3);
}

#[test]
fn mail_is_read_whose_uids_a_restored_server_gives_again() {
    for after in ["", "after = { move = \"Filed\" }"] {
        let server = ImapServer::start();
        (1..=10).for_each(|number| server.deliver(&mail(number), |_| ()));
        let desk = desk_on(&server, after);
        desk.once();
        // The backup holds five of them, or none that were moved; seven others have come since.
        server.inbox(|inbox| {
            inbox.messages.truncate(5);
            inbox.next = 6;
        });
        let arrived = "21-Nov-2026 08:00:00 +0000";
        (11..=17).for_each(|number| server.deliver(&mail(number), |message| message.arrived = arrived.to_owned()));
        desk.once();
        assert_eq!(desk.subjects().len(), 17, "{after}");
        // UIDNEXT alone shows it, where nothing of it is left.
        server.inbox(|inbox| (inbox.messages.clear(), inbox.next = 3).0);
        desk.once();
        server.deliver(&mail(18), |_| ());
        desk.once();
        assert_eq!(desk.subjects().len(), 18, "{after}");
        desk.once();
        assert_eq!(desk.number("SELECT max(earlier) FROM folder WHERE moved_to = ''"), 2, "{after}");
    }
}

#[test]
fn a_renamed_mailbox_keeps_what_it_has_seen_and_a_name_given_elsewhere_skips_nothing() {
    let (server, other) = (ImapServer::start(), ImapServer::start());
    (1..=3).for_each(|number| server.deliver(&mail(number), |_| ()));
    let mut desk = desk_on(&server, "");
    desk.once();
    let configuration = std::fs::read_to_string(desk.path("maildesk.toml")).unwrap();
    desk.configure(&configuration.replace("[mailbox.support]", "[mailbox.renamed]"));
    desk.once();
    assert_eq!(desk.number("SELECT count(*) FROM received"), 3);
    // The same UIDVALIDITY and UIDs, and other mail.
    let arrived = "21-Nov-2026 08:00:00 +0000";
    (4..=6).for_each(|number| other.deliver(&mail(number), |message| message.arrived = arrived.to_owned()));
    desk.configure(&configuration.replace(&server.port.to_string(), &other.port.to_string()));
    desk.once();
    assert_eq!(desk.subjects().len(), 6);
    // The same mail at another address of the server.
    let moved = ImapServer::start();
    let folders = other.state().folders.clone();
    moved.state().folders = folders;
    desk.configure(&configuration.replace(&server.port.to_string(), &moved.port.to_string()));
    desk.once();
    assert_eq!(moved.count("UID FETCH 1:3 (UID BODY"), 0);
    assert_eq!(desk.number("SELECT count(*) FROM received"), 6);
}

/// A submission server that closes after each letter, and for a time refuses every sender.
#[derive(Default)]
struct Strict {
    refuses: AtomicBool,
    taken: Mutex<Vec<String>>,
}

impl Provider for Arc<Strict> {
    fn refuses(&self, _recipient: &str) -> Option<String> {
        None
    }

    fn refuses_sender(&self, _sender: &str) -> Option<String> {
        let words = "553 5.7.1 Sender address rejected: not owned by user";
        self.refuses.load(Ordering::Relaxed).then(|| words.to_owned())
    }

    fn closes_after_each(&self) -> bool {
        true
    }

    fn deliver(&self, recipient: &str, _raw: &[u8]) {
        self.taken.lock().unwrap().push(recipient.to_owned());
    }
}

fn desk_sending_by(server: &Arc<Strict>) -> TestDesk {
    let port = relay(Arc::clone(server));
    TestDesk::program(&format!(
        "[desk.OTK]\nname = \"OTK\"\naddress = \"support@example.org\"\nlanguage = \"en\"\ngrace = \"0s\"\n\n\
         [mailbox.support]\ndesk = \"OTK\"\nmaildir = \"support\"\nstart = \"all\"\n\n\
         [transport.main]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n"
    ))
}

#[test]
fn a_server_that_closes_after_each_letter_costs_no_try() {
    let server = Arc::new(Strict::default());
    let desk = desk_sending_by(&server);
    (1..=5).for_each(|number| drop(desk.deliver("support", &mail(number))));
    desk.once();
    assert_eq!(server.taken.lock().unwrap().len(), 5);
    assert!(desk.outbox().iter().all(|letter| letter["state"] == "sent" && letter["attempts"] == 1));
}

#[test]
fn a_refused_sender_fails_no_letter_and_stands_in_the_status() {
    let server = Arc::new(Strict::default());
    server.refuses.store(true, Ordering::Relaxed);
    let desk = desk_sending_by(&server);
    (1..=5).for_each(|number| drop(desk.deliver("support", &mail(number))));
    desk.once();
    let states = |desk: &TestDesk| -> Vec<String> {
        desk.outbox().iter().map(|letter| letter["state"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states(&desk), ["due"; 5]);
    assert_eq!(desk.number("SELECT sum(attempts) FROM letter"), 3, "the others wait untried");
    let status = String::from_utf8(desk.output(&["status"]).stdout).unwrap();
    assert!(status.contains("refuses the sender support@example.org") && status.contains("not owned"), "{status}");
    // As it was before: they failed for good.
    desk.alter("UPDATE letter SET state = 'failed'");
    server.refuses.store(false, Ordering::Relaxed);
    assert!(desk.text(&["outbox", "retry", "--failed", "--transport", "main"]).contains("5 failed e-mails due now"));
    assert!(desk.refused(&["outbox", "retry", "--failed", "--transport", "other"]).contains("no transport other"));
    desk.once();
    assert_eq!(states(&desk), ["sent"; 5]);
}

#[test]
fn old_mail_that_arrives_anew_with_its_mailbox_is_not_acknowledged() {
    let server = ImapServer::start();
    let old = |number: u32| {
        let from = format!("customer{number}@example.com");
        let message = Message::to_support(&format!("m{number}@mail.example"), &from, "Old").text("Long ago.");
        message.header("Date: Tue, 05 Mar 2024 10:00:00 +0000").raw()
    };
    (1..=5).for_each(|number| server.deliver(&old(number), |_| ()));
    let desk = desk_on(&server, "");
    let configuration = std::fs::read_to_string(desk.path("maildesk.toml")).unwrap();
    std::fs::write(desk.path("maildesk.toml"), configuration.replace("start = \"all\"", "start = \"now\"")).unwrap();
    desk.once();
    assert_eq!(desk.subjects().len(), 0);
    // Another server: other UIDs, and the dates of the day of the move.
    server.deliver(&mail(9), |_| ());
    server.inbox(|inbox| {
        inbox.validity = 8;
        inbox.messages.iter_mut().for_each(|message| message.arrived = "01-Jan-2099 10:00:00 +0000".to_owned());
    });
    desk.once();
    assert_eq!(desk.subjects(), ["Mail 9"]);
}
