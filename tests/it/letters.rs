//! Letters on their way out: files, threads, what a server does not take, and what cannot be sent.

mod batch;

use std::sync::Arc;

use crate::support::{
    IVAN, Message, Scripted, Step, TWO_BARE_DESKS, TestDesk, WRONG_PASSWORD, Wait, line, say, skip_to,
};
use maildesk::flow::{Context, Outbox};
use maildesk::mail::parse::parse;
use maildesk::model::settings::{Server, SmtpSettings, Tls, TransportKind, TransportSettings};
use maildesk::model::{
    Credential, DeskKey, Digest, Draft, EmailAddress, Incoming, Language, Letter, LetterId, LetterKind, LetterState,
    MessageId, NamedAddress, ReceivedId, RequestNumber, Secret, SentFile, ShortName, Timestamp,
};
use maildesk::store::{Attempt, LetterRow, Outcome};
use tokio_util::sync::CancellationToken;

const PETROV: &str = "petrov@example.org";

/// A request by Ivan with a screenshot and a log, acknowledged.
fn acknowledged(screenshot: &[u8]) -> TestDesk {
    let mut desk = TestDesk::with(TWO_BARE_DESKS).open();
    let first = Message::to_support("first@example.com", IVAN, "Не печатается")
        .file("снимок экрана.png", "image/png", screenshot)
        .file("server.log", "text/plain", b"12:00 ERROR cannot print\n");
    desk.send(&first);
    desk
}

/// The letter with this serial, from the desk to somebody about the request.
fn drafted(desk: &TestDesk, serial: u32, to: &str, files: Vec<SentFile>) -> Letter {
    let is_engineer = to == PETROV;
    Letter {
        draft: Draft {
            preheader: String::new(),
            blocks: Vec::new(),
            history: None,
            kind: if is_engineer { LetterKind::Notification } else { LetterKind::Answer },
            request: Some(number()),
            from: NamedAddress { name: "Example support".into(), address: "support@example.org".into() },
            to: EmailAddress::parse(to).unwrap(),
            engineer: is_engineer.then(|| ShortName::parse("petrov").unwrap()),
            subject: format!("[OTK-1] letter {}", serial),
            text: "Готово.".into(),
            formed: Vec::new(),
            links: Vec::new(),
            signature: String::new(),
            language: Language::Ru,
            files,
            grace: 0,
            automatic: false,
            asks_about: None,
        },
        message_id: MessageId::parse(&format!("letter{}@example.org", serial)).unwrap(),
        reply_to: None,
        in_reply_to: None,
        references: Vec::new(),
        date: desk.now(),
        instance: "f00".into(),
    }
}

/// What the outbox works with, called by hand.
impl TestDesk {
    fn files(&self) -> Vec<SentFile> {
        let rows = self.reader().view().attachments(ReceivedId(1)).unwrap();
        let sent = |row: maildesk::store::AttachmentRow| SentFile {
            received: row.received,
            part: row.attachment.part,
            filename: row.attachment.filename,
            content_type: row.attachment.content_type,
            size: row.attachment.size,
            sha256: row.attachment.sha256,
            inline: row.attachment.inline,
        };
        rows.into_iter().map(sent).collect()
    }

    fn add(&self, letter: &Letter) -> LetterId {
        let letter = letter.clone();
        self.context().store.write(move |tx| tx.add_letter(&letter, &key(), None, false)).wait().unwrap()
    }

    fn new_outbox(&self) -> Outbox {
        Outbox::new(self.context(), self.settings.transports[0].clone())
    }

    /// The outbox of the same desks, but by this server.
    fn outbox_by(&self, port: u16, login: Option<(String, Secret)>) -> Outbox {
        let server = Server { host: "127.0.0.1".to_owned(), port, tls: Tls::None, ca_file: None };
        let name = self.settings.transports[0].name.clone();
        let login = login.map(|(user, password)| (user, Credential::Password(password)));
        let kind = TransportKind::Smtp(SmtpSettings { server, login, hello: "desk.example.org".to_owned() });
        Outbox::new(self.context(), TransportSettings { name, kind })
    }

    fn row(&self, id: LetterId) -> LetterRow {
        let rows = self.reader().view().letters(None, 100).unwrap();
        rows.into_iter().find(|row| row.id == id).unwrap()
    }

    /// What went out as this letter.
    fn went(&self, letter: &Letter) -> Option<Incoming> {
        self.sent(letter.message_id.as_str()).map(|raw| parse(&raw))
    }
}

fn key() -> DeskKey {
    DeskKey::parse("OTK").unwrap()
}

fn number() -> RequestNumber {
    RequestNumber::parse("OTK-1").unwrap()
}

fn send(outbox: &mut Outbox) -> Option<Timestamp> {
    outbox.send_due(&CancellationToken::new()).wait().unwrap()
}

fn names(incoming: &Incoming) -> Vec<&str> {
    incoming.attachments.iter().map(|file| file.filename.as_str()).collect()
}

#[test]
fn files_go_along_as_they_came() {
    let desk = acknowledged(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let files = desk.files();
    let letter = drafted(&desk, 1, PETROV, files.clone());
    let id = desk.add(&letter);
    send(&mut desk.new_outbox());
    assert_eq!(desk.row(id).state, LetterState::Sent);
    let sent = desk.went(&letter).unwrap();
    assert_eq!(names(&sent), ["снимок экрана.png", "server.log"]);
    for (sent, file) in sent.attachments.iter().zip(&files) {
        assert_eq!((sent.sha256, sent.content_type.as_str()), (file.sha256, file.content_type.as_str()));
    }
    assert!(sent.defects.is_empty(), "{:?}", sent.defects);
}

#[test]
fn a_file_that_is_gone_is_named_and_the_letter_goes_with_the_others() {
    let desk = acknowledged(b"png");
    let mut files = desk.files();
    // Its bytes are others than those that were meant.
    files[0].sha256 = Digest::of(b"other");
    let letter = drafted(&desk, 1, IVAN, files);
    let id = desk.add(&letter);
    send(&mut desk.new_outbox());
    assert_eq!(desk.row(id).state, LetterState::Sent);
    let sent = desk.went(&letter).unwrap();
    assert_eq!(names(&sent), ["server.log"]);
    assert!(sent.text.contains("больше не удаётся прочитать:\n\n— снимок экрана.png, 3 Б"), "{}", sent.text);

    desk.alter("UPDATE received SET raw = NULL");
    let files = desk.files();
    let letter = drafted(&desk, 2, IVAN, files);
    desk.add(&letter);
    send(&mut desk.new_outbox());
    let sent = desk.went(&letter).unwrap();
    assert_eq!(names(&sent), [""; 0]);
    assert!(sent.text.contains("— server.log, 25 Б"), "{}", sent.text);
}

/// A server that offers these keywords.
fn server(keywords: &str, steps: Vec<Step>) -> Scripted {
    let ehlo = format!("250-mx.example.net\r\n{keywords}250 HELP\r\n");
    let mut script = vec![say("220 mx.example.net\r\n"), line("EHLO", &ehlo), line("EHLO", &ehlo)];
    script.extend(steps);
    script.push(line("QUIT", "221 bye\r\n"));
    Scripted::start(script)
}

fn takes_a_letter() -> Vec<Step> {
    let ok = "250 ok\r\n";
    vec![line("MAIL", ok), line("RCPT", ok), line("DATA", "354 go on\r\n"), skip_to(".", ok)]
}

#[test]
fn a_letter_that_is_too_large_goes_without_its_files_and_names_them() {
    let refused_at_dot = vec![
        line("MAIL", "250 ok\r\n"),
        line("RCPT", "250 ok\r\n"),
        line("DATA", "354 go on\r\n"),
        skip_to(".", "552 5.3.4 too big\r\n"),
    ];
    let refused_at_mail = vec![line("MAIL", "554 5.2.3 too long\r\n"), line("RSET", "250 ok\r\n")];
    for (keywords, steps, why) in [
        ("250-SIZE 5000\r\n", vec![], "(SIZE)"),
        ("250-SIZE 99000000\r\n", refused_at_mail, "554 5.2.3 too long"),
        ("", refused_at_dot, "552 5.3.4 too big"),
    ] {
        let desk = acknowledged(&[7; 9_000]);
        let files = desk.files();
        let letter = drafted(&desk, 1, PETROV, files);
        let id = desk.add(&letter);
        let refusing = server(keywords, steps);
        send(&mut desk.outbox_by(refusing.port, None));
        refusing.finish();
        // The choice is in the store, and the server of this test takes one connection.
        let stored = desk.reader().view().letter(id).unwrap().unwrap();
        assert_eq!(stored.draft.files, [], "{why}");
        assert_eq!(desk.row(id).state, LetterState::Due, "{why}");
        desk.skip(3_600);
        let taking = server("", takes_a_letter());
        send(&mut desk.outbox_by(taking.port, None));
        assert_eq!(desk.row(id).state, LetterState::Sent, "{why}");
        let raw =
            taking.finish().into_iter().skip_while(|said| said != "DATA").skip(1).collect::<Vec<_>>().join("\r\n");
        let read = parse(raw.as_bytes());
        assert_eq!(read.message_id, Some(letter.message_id));
        for words in ["Готово.", "— снимок экрана.png, 9 КБ", "maildesk attachment 1 N", "maildesk show OTK-1"]
        {
            assert!(read.text.contains(words), "{why}: {}", read.text);
        }
    }
}

#[test]
fn a_full_mailbox_is_no_reason_to_leave_files_out() {
    let desk = acknowledged(b"png");
    let files = desk.files();
    let letter = drafted(&desk, 1, IVAN, files);
    let id = desk.add(&letter);
    let full = server(
        "",
        vec![line("MAIL", "250 ok\r\n"), line("RCPT", "552 5.2.2 mailbox full\r\n"), line("RSET", "250 ok\r\n")],
    );
    send(&mut desk.outbox_by(full.port, None));
    full.finish();
    assert_eq!(desk.row(id).state, LetterState::Failed);
}

#[test]
fn a_letter_whose_manifest_cannot_be_read_fails_and_the_next_one_goes() {
    let desk = acknowledged(b"png");
    let (broken, good) = (drafted(&desk, 1, IVAN, vec![]), drafted(&desk, 2, PETROV, vec![]));
    let (broken_id, good_id) = (desk.add(&broken), desk.add(&good));
    desk.alter(&format!("UPDATE letter SET manifest = '{{\"kind\": \"from the future\"}}' WHERE id = {broken_id}"));
    assert_eq!(send(&mut desk.new_outbox()), None);
    let row = desk.row(broken_id);
    assert_eq!(row.state, LetterState::Failed);
    assert!(row.answer.contains("manifest cannot be read"), "{}", row.answer);
    assert_eq!(desk.row(good_id).state, LetterState::Sent);
    let events = desk.events("OTK-1");
    assert!(format!("{:?}", events.last().unwrap().change).starts_with("LetterFailed"), "{events:?}");
}

#[test]
fn a_letter_waits_for_its_grace_and_can_be_taken_back_until_it_is_tried() {
    let desk = acknowledged(b"png");
    let mut letter = drafted(&desk, 1, IVAN, vec![]);
    letter.draft.grace = 90;
    let id = desk.add(&letter);
    let due = letter.date.plus_seconds(90);
    assert_eq!(send(&mut desk.new_outbox()), Some(due));
    assert_eq!((desk.row(id).due_at, desk.row(id).attempts), (due, 0));
    let cancel = || desk.context().store.write(move |tx| tx.cancel_letter(id)).wait();
    assert!(cancel().unwrap());
    assert!(!cancel().unwrap(), "there is nothing left to be cancelled");
    desk.skip(91);
    assert_eq!(send(&mut desk.new_outbox()), None);
    assert_eq!(desk.row(id).state, LetterState::Cancelled);
    assert!(desk.went(&letter).is_none());

    let tried = drafted(&desk, 2, IVAN, vec![]);
    let id = desk.add(&tried);
    send(&mut desk.new_outbox());
    assert!(!desk.context().store.write(move |tx| tx.cancel_letter(id)).wait().unwrap(), "it was sent");
}

#[test]
fn what_became_of_a_letter_meanwhile_outlasts_the_end_of_a_try() {
    let desk = acknowledged(b"png");
    let (taken_back, returned) = (drafted(&desk, 1, IVAN, vec![]), drafted(&desk, 2, PETROV, vec![]));
    let (taken_back, returned) = (desk.add(&taken_back), desk.add(&returned));
    let now = desk.now();
    let context = desk.context();
    let ends = context.store.write(move |tx| {
        tx.cancel_letter(taken_back)?;
        tx.end_attempt(taken_back, &Outcome::Later(now, "450 later".to_owned()), false, now)?;
        tx.inflight(&Attempt { id: returned, digest: Digest::of(b""), unsure_until: now })?;
        tx.returned(returned, "550 nobody of that name", now)?;
        tx.end_attempt(returned, &Outcome::Sent("250 ok".to_owned()), true, now)
    });
    ends.wait().unwrap();
    assert_eq!(desk.row(taken_back).state, LetterState::Cancelled);
    assert_eq!(desk.row(returned).state, LetterState::Failed);
    assert_eq!(desk.row(returned).answer, "550 nobody of that name");
}

#[test]
fn a_thread_holds_what_one_side_has_seen_and_its_first_subject() {
    let desk = acknowledged(b"png");
    let thread = |desk: &TestDesk, to: &str| {
        let to = EmailAddress::parse(to).unwrap();
        desk.reader().view().thread(&number(), &to).unwrap()
    };
    assert_eq!(thread(&desk, PETROV), maildesk::model::Thread::default());
    let acknowledged = thread(&desk, IVAN);
    assert_eq!(acknowledged.subject.as_deref(), Some("[OTK-1] Ваш запрос зарегистрирован"));
    assert_eq!(acknowledged.ids.len(), 2);
    assert_eq!(acknowledged.ids[0].as_str(), "first@example.com");

    for i in 0..30 {
        desk.skip(1);
        let (to_ivan, to_petrov) = (drafted(&desk, 2 * i + 1, IVAN, vec![]), drafted(&desk, 2 * i + 2, PETROV, vec![]));
        desk.add(&to_ivan);
        desk.add(&to_petrov);
    }
    let taken_back = drafted(&desk, 61, PETROV, vec![]);
    let id = desk.add(&taken_back);
    desk.context().store.write(move |tx| tx.cancel_letter(id)).wait().unwrap();
    let ids = |to| thread(&desk, to).ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let of_ivan = ids(IVAN);
    assert_eq!(
        (of_ivan.len(), of_ivan[0].as_str(), of_ivan[19].as_str()),
        (20, "first@example.com", "letter59@example.org")
    );
    let of_petrov = ids(PETROV);
    assert_eq!(
        (of_petrov.len(), of_petrov[0].as_str(), of_petrov[1].as_str()),
        (20, "letter2@example.org", "letter24@example.org")
    );
    assert!(of_ivan.iter().all(|id| !of_petrov.contains(id)), "one side sees nothing of the other");
    assert_eq!(thread(&desk, PETROV).subject.as_deref(), Some("[OTK-1] letter 2"));
    for manifest in ["{}", "no JSON"] {
        desk.alter(&format!("UPDATE letter SET manifest = '{manifest}'"));
        let maildesk::model::Thread { subject, ids, .. } = thread(&desk, PETROV);
        assert_eq!(
            (subject.as_deref(), ids.len()),
            (Some("[OTK-1] letter 2"), 20),
            "what no letter is read for: {manifest}"
        );
    }
}

#[test]
fn after_a_refused_login_the_server_is_left_alone() {
    let desk = acknowledged(b"png");
    let letters = [drafted(&desk, 1, IVAN, vec![]), drafted(&desk, 2, PETROV, vec![])];
    let ids = [desk.add(&letters[0]), desk.add(&letters[1])];
    let ehlo = "250-mx.example.net\r\n250 AUTH PLAIN\r\n";
    let refusing =
        Scripted::start(vec![say("220 mx.example.net\r\n"), line("EHLO", ehlo), line("AUTH", "535 5.7.8 no\r\n")]);
    let login = Some(("support".to_owned(), Secret::new(WRONG_PASSWORD)));
    let mut outbox = desk.outbox_by(refusing.port, login);
    let began = desk.now();
    let until = send(&mut outbox);
    assert_eq!(until, Some(began.plus_seconds(300)));
    refusing.finish();
    let state = |id| (desk.row(id).attempts, desk.row(id).state, desk.row(id).answer.contains("535"));
    for id in ids {
        assert_eq!(state(id), (0, LetterState::Due, true), "a refused login is no try of a letter");
    }
    // A new login would now fail otherwise: nobody listens any more.
    desk.skip(299);
    assert_eq!(send(&mut outbox), until);
    assert!(state(ids[0]).2);
    desk.skip(1);
    send(&mut outbox);
    assert!(!state(ids[0]).2, "{}", desk.row(ids[0]).answer);
    assert_eq!(desk.row(ids[0]).attempts, 0);
    // When it has waited too long it fails, and its request tells.
    desk.skip(6 * 24 * 3_600);
    send(&mut outbox);
    assert_eq!(desk.row(ids[0]).state, LetterState::Failed);
    assert!(desk.row(ids[0]).answer.starts_with("given up, too old"), "{}", desk.row(ids[0]).answer);
}

#[test]
fn letters_of_a_desk_that_is_gone_are_counted_and_say_why_they_wait() {
    let mut desk = acknowledged(b"png");
    let letter = drafted(&desk, 1, IVAN, vec![]);
    let id = desk.add(&letter);
    let stranded = |keys: Vec<DeskKey>| desk.context().store.write(move |tx| tx.strand_letters(&keys)).wait();
    assert_eq!(stranded(vec![key()]).unwrap(), []);
    assert_eq!(stranded(vec![DeskKey::parse("TRV").unwrap()]).unwrap(), [("OTK".to_owned(), 1)]);
    assert_eq!(desk.row(id).answer, "waits: no desk.OTK is configured");

    // The daemon does so at its start.
    desk.alter("UPDATE letter SET answer = ''");
    let configured = desk.settings.clone();
    desk.settings.accept_orphans = true;
    desk.settings.desks.retain(|desk| desk.key != key());
    desk.settings.mailboxes.retain(|mailbox| mailbox.desk != key());
    desk.pass();
    desk.settings = configured;
    let row = desk.row(id);
    assert_eq!((row.state, row.answer.as_str()), (LetterState::Due, "waits: no desk.OTK is configured"));

    let mut settings = desk.settings.clone();
    settings.desks.retain(|desk| desk.key != key());
    let without = Context { settings: Arc::new(settings), ..desk.context() };
    assert_eq!(send(&mut Outbox::new(without, desk.settings.transports[0].clone())), None);
    assert_eq!(desk.row(id).state, LetterState::Due);
    send(&mut desk.new_outbox());
    assert_eq!(desk.row(id).state, LetterState::Sent);
}
