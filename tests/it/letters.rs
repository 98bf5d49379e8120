//! Letters on their way out: files, threads, what a server does not take, and what cannot be sent.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::support::{Message, Office, Scripted, Step, WRONG_PASSWORD, line, say, skip_to};
use maildesk::flow::{Context, Outbox};
use maildesk::mail::parse::parse;
use maildesk::model::settings::{Server, SmtpSettings, Tls, TransportKind, TransportSettings};
use maildesk::model::{
    DeskKey, Digest, Draft, EmailAddress, Incoming, Language, Letter, LetterId, LetterKind, MessageId, NamedAddress,
    ReceivedId, RequestNumber, Secret, SentFile, ShortName, Timestamp,
};
use maildesk::store::{Attempt, LetterRow, Outcome};
use tokio_util::sync::CancellationToken;

const IVAN: &str = "ivan@example.com";
const PETROV: &str = "petrov@example.org";

/// A request by Ivan with a screenshot and a log, acknowledged, and what its parts work with.
struct Scene {
    office: Office,
    context: Context,
    serial: u32,
}

impl Scene {
    async fn start(screenshot: &[u8]) -> Self {
        let mut office = Office::new("");
        let first = Message::to_support("first@example.com", IVAN, "Не печатается")
            .file("снимок экрана.png", "image/png", screenshot)
            .file("server.log", "text/plain", b"12:00 ERROR cannot print\n");
        office.deliver("support", &first.raw());
        office.pass().await.unwrap();
        let context = office.context();
        Self { office, context, serial: 0 }
    }

    fn files(&self) -> Vec<SentFile> {
        let rows = self.context.store.read(|view| view.attachments(ReceivedId(1))).unwrap();
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

    fn letter(&mut self, to: &str, files: Vec<SentFile>) -> Letter {
        self.serial += 1;
        let is_engineer = to == PETROV;
        Letter {
            draft: Draft {
                kind: if is_engineer { LetterKind::Notification } else { LetterKind::Answer },
                request: Some(number()),
                from: NamedAddress { name: "Example support".into(), address: "support@example.org".into() },
                to: EmailAddress::parse(to).unwrap(),
                engineer: is_engineer.then(|| ShortName::parse("petrov").unwrap()),
                subject: format!("[OTK-1] letter {}", self.serial),
                text: "Готово.".into(),
                links: Vec::new(),
                signature: String::new(),
                language: Language::Ru,
                files,
                grace: 0,
                automatic: false,
            },
            message_id: MessageId::parse(&format!("letter{}@example.org", self.serial)).unwrap(),
            reply_to: None,
            in_reply_to: None,
            references: Vec::new(),
            date: self.context.now(),
            instance: "f00".into(),
        }
    }

    async fn add(&self, letter: &Letter) -> LetterId {
        let letter = letter.clone();
        self.context.store.write(move |tx| tx.add_letter(&letter, &key(), None, false)).await.unwrap()
    }

    fn outbox(&self) -> Outbox {
        Outbox::new(self.context.clone(), self.context.settings.transports[0].clone())
    }

    /// The outbox of the same desks, but by this server.
    fn outbox_by(&self, port: u16, login: Option<(String, Secret)>) -> Outbox {
        let server = Server { host: "127.0.0.1".to_owned(), port, tls: Tls::None, ca_file: None };
        let name = self.context.settings.transports[0].name.clone();
        let kind = TransportKind::Smtp(SmtpSettings { server, login, hello: "desk.example.org".to_owned() });
        Outbox::new(self.context.clone(), TransportSettings { name, kind })
    }

    fn row(&self, id: LetterId) -> LetterRow {
        let rows = self.context.store.read(|view| view.letters(None, 100)).unwrap();
        rows.into_iter().find(|row| row.id == id).unwrap()
    }

    /// What went out as this letter.
    fn sent(&self, letter: &Letter) -> Option<Incoming> {
        let TransportKind::Folder(folder) = &self.context.settings.transports[0].kind else { panic!("no folder") };
        std::fs::read(folder.join(format!("{}.eml", letter.message_id))).ok().map(|raw| parse(&raw))
    }

    fn pass_seconds(&self, seconds: i64) {
        self.office.now.fetch_add(seconds, Ordering::SeqCst);
    }

    fn sql(&self, statement: &str) {
        rusqlite::Connection::open(self.office.database()).unwrap().execute_batch(statement).unwrap();
    }
}

fn key() -> DeskKey {
    DeskKey::parse("OTK").unwrap()
}

fn number() -> RequestNumber {
    RequestNumber::parse("OTK-1").unwrap()
}

async fn send(outbox: &mut Outbox) -> Option<Timestamp> {
    outbox.send_due(&CancellationToken::new()).await.unwrap()
}

fn names(incoming: &Incoming) -> Vec<&str> {
    incoming.attachments.iter().map(|file| file.filename.as_str()).collect()
}

#[tokio::test]
async fn files_go_along_as_they_came() {
    let mut scene = Scene::start(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").await;
    let files = scene.files();
    let letter = scene.letter(PETROV, files.clone());
    let id = scene.add(&letter).await;
    send(&mut scene.outbox()).await;
    assert_eq!(scene.row(id).state, "sent");
    let sent = scene.sent(&letter).unwrap();
    assert_eq!(names(&sent), ["снимок экрана.png", "server.log"]);
    for (sent, file) in sent.attachments.iter().zip(&files) {
        assert_eq!((sent.sha256, sent.content_type.as_str()), (file.sha256, file.content_type.as_str()));
    }
    assert!(sent.defects.is_empty(), "{:?}", sent.defects);
}

#[tokio::test]
async fn a_file_that_is_gone_is_named_and_the_letter_goes_with_the_others() {
    let mut scene = Scene::start(b"png").await;
    let mut files = scene.files();
    // Its bytes are others than those that were meant.
    files[0].sha256 = Digest::of(b"other");
    let letter = scene.letter(IVAN, files);
    let id = scene.add(&letter).await;
    send(&mut scene.outbox()).await;
    assert_eq!(scene.row(id).state, "sent");
    let sent = scene.sent(&letter).unwrap();
    assert_eq!(names(&sent), ["server.log"]);
    assert!(sent.text.contains("больше не удаётся прочитать:\n\n— снимок экрана.png, 3 байта"), "{}", sent.text);

    scene.sql("UPDATE received SET raw = NULL");
    let files = scene.files();
    let letter = scene.letter(IVAN, files);
    scene.add(&letter).await;
    send(&mut scene.outbox()).await;
    let sent = scene.sent(&letter).unwrap();
    assert_eq!(names(&sent), [""; 0]);
    assert!(sent.text.contains("— server.log, 25 байт"), "{}", sent.text);
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

#[tokio::test]
async fn a_letter_that_is_too_large_goes_without_its_files_and_names_them() {
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
        let mut scene = Scene::start(&[7; 9_000]).await;
        let files = scene.files();
        let letter = scene.letter(PETROV, files);
        let id = scene.add(&letter).await;
        let refusing = server(keywords, steps);
        send(&mut scene.outbox_by(refusing.port, None)).await;
        refusing.finish();
        // The choice is in the store, and the server of this test takes one connection.
        let stored = scene.context.store.read(|view| view.letter(id)).unwrap().unwrap();
        assert_eq!(stored.draft.files, [], "{why}");
        assert_eq!(scene.row(id).state, "due", "{why}");
        scene.pass_seconds(3_600);
        let taking = server("", takes_a_letter());
        send(&mut scene.outbox_by(taking.port, None)).await;
        assert_eq!(scene.row(id).state, "sent", "{why}");
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

#[tokio::test]
async fn a_full_mailbox_is_no_reason_to_leave_files_out() {
    let mut scene = Scene::start(b"png").await;
    let files = scene.files();
    let letter = scene.letter(IVAN, files);
    let id = scene.add(&letter).await;
    let full = server(
        "",
        vec![line("MAIL", "250 ok\r\n"), line("RCPT", "552 5.2.2 mailbox full\r\n"), line("RSET", "250 ok\r\n")],
    );
    send(&mut scene.outbox_by(full.port, None)).await;
    full.finish();
    assert_eq!(scene.row(id).state, "failed");
}

#[tokio::test]
async fn a_letter_whose_manifest_cannot_be_read_fails_and_the_next_one_goes() {
    let mut scene = Scene::start(b"png").await;
    let (broken, good) = (scene.letter(IVAN, vec![]), scene.letter(PETROV, vec![]));
    let (broken_id, good_id) = (scene.add(&broken).await, scene.add(&good).await);
    scene.sql(&format!("UPDATE letter SET manifest = '{{\"kind\": \"from the future\"}}' WHERE id = {broken_id}"));
    assert_eq!(send(&mut scene.outbox()).await, None);
    let row = scene.row(broken_id);
    assert_eq!(row.state, "failed");
    assert!(row.answer.contains("manifest cannot be read"), "{}", row.answer);
    assert_eq!(scene.row(good_id).state, "sent");
    let events = scene.context.store.read(|view| view.events(&number())).unwrap();
    assert!(format!("{:?}", events.last().unwrap().change).starts_with("LetterFailed"), "{events:?}");
}

#[tokio::test]
async fn a_letter_waits_for_its_grace_and_can_be_taken_back_until_it_is_tried() {
    let mut scene = Scene::start(b"png").await;
    let mut letter = scene.letter(IVAN, vec![]);
    letter.draft.grace = 90;
    let id = scene.add(&letter).await;
    let due = letter.date.plus_seconds(90);
    assert_eq!(send(&mut scene.outbox()).await, Some(due));
    assert_eq!((scene.row(id).due_at, scene.row(id).attempts), (due, 0));
    let cancel = || scene.context.store.write(move |tx| tx.cancel_letter(id));
    assert!(cancel().await.unwrap());
    assert!(!cancel().await.unwrap(), "there is nothing left to be cancelled");
    scene.pass_seconds(91);
    assert_eq!(send(&mut scene.outbox()).await, None);
    assert_eq!(scene.row(id).state, "cancelled");
    assert!(scene.sent(&letter).is_none());

    let tried = scene.letter(IVAN, vec![]);
    let id = scene.add(&tried).await;
    send(&mut scene.outbox()).await;
    assert!(!scene.context.store.write(move |tx| tx.cancel_letter(id)).await.unwrap(), "it was sent");
}

#[tokio::test]
async fn what_became_of_a_letter_meanwhile_outlasts_the_end_of_a_try() {
    let mut scene = Scene::start(b"png").await;
    let (taken_back, returned) = (scene.letter(IVAN, vec![]), scene.letter(PETROV, vec![]));
    let (taken_back, returned) = (scene.add(&taken_back).await, scene.add(&returned).await);
    let now = scene.context.now();
    let ends = scene.context.store.write(move |tx| {
        tx.cancel_letter(taken_back)?;
        tx.end_attempt(taken_back, &Outcome::Later(now, "450 later".to_owned()), false, now)?;
        tx.inflight(&Attempt { id: returned, digest: Digest::of(b""), unsure_until: now })?;
        tx.returned(returned, "550 nobody of that name", now)?;
        tx.end_attempt(returned, &Outcome::Sent("250 ok".to_owned()), true, now)
    });
    ends.await.unwrap();
    assert_eq!(scene.row(taken_back).state, "cancelled");
    assert_eq!(scene.row(returned).state, "failed");
    assert_eq!(scene.row(returned).answer, "550 nobody of that name");
}

#[tokio::test]
async fn a_thread_holds_what_one_side_has_seen_and_its_first_subject() {
    let mut scene = Scene::start(b"png").await;
    let thread = |scene: &Scene, to: &str| {
        let to = EmailAddress::parse(to).unwrap();
        scene.context.store.read(|view| view.thread(&number(), &to)).unwrap()
    };
    assert_eq!(thread(&scene, PETROV), maildesk::model::Thread::default());
    let acknowledged = thread(&scene, IVAN);
    assert_eq!(acknowledged.subject.as_deref(), Some("[OTK-1] Ваш запрос зарегистрирован"));
    assert_eq!(acknowledged.ids.len(), 2);
    assert_eq!(acknowledged.ids[0].as_str(), "first@example.com");

    for _ in 0..30 {
        scene.pass_seconds(1);
        let (to_ivan, to_petrov) = (scene.letter(IVAN, vec![]), scene.letter(PETROV, vec![]));
        scene.add(&to_ivan).await;
        scene.add(&to_petrov).await;
    }
    let taken_back = scene.letter(PETROV, vec![]);
    let id = scene.add(&taken_back).await;
    scene.context.store.write(move |tx| tx.cancel_letter(id)).await.unwrap();
    let ids = |to| thread(&scene, to).ids.iter().map(ToString::to_string).collect::<Vec<_>>();
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
    assert_eq!(thread(&scene, PETROV).subject.as_deref(), Some("[OTK-1] letter 2"));
    for manifest in ["{}", "no JSON"] {
        scene.sql(&format!("UPDATE letter SET manifest = '{manifest}'"));
        let maildesk::model::Thread { subject, ids } = thread(&scene, PETROV);
        assert_eq!(
            (subject.as_deref(), ids.len()),
            (Some("[OTK-1] letter 2"), 20),
            "what no letter is read for: {manifest}"
        );
    }
}

#[tokio::test]
async fn after_a_refused_login_the_server_is_left_alone() {
    let mut scene = Scene::start(b"png").await;
    let letters = [scene.letter(IVAN, vec![]), scene.letter(PETROV, vec![])];
    let ids = [scene.add(&letters[0]).await, scene.add(&letters[1]).await];
    let ehlo = "250-mx.example.net\r\n250 AUTH PLAIN\r\n";
    let refusing =
        Scripted::start(vec![say("220 mx.example.net\r\n"), line("EHLO", ehlo), line("AUTH", "535 5.7.8 no\r\n")]);
    let login = Some(("support".to_owned(), Secret::new(WRONG_PASSWORD)));
    let mut outbox = scene.outbox_by(refusing.port, login);
    let began = scene.context.now();
    let until = send(&mut outbox).await;
    assert_eq!(until, Some(began.plus_seconds(300)));
    refusing.finish();
    let state = |id| (scene.row(id).attempts, scene.row(id).state, scene.row(id).answer.contains("535"));
    for id in ids {
        assert_eq!(state(id), (0, "due".to_owned(), true), "a refused login is no try of a letter");
    }
    // A new login would now fail otherwise: nobody listens any more.
    scene.pass_seconds(299);
    assert_eq!(send(&mut outbox).await, until);
    assert!(state(ids[0]).2);
    scene.pass_seconds(1);
    send(&mut outbox).await;
    assert!(!state(ids[0]).2, "{}", scene.row(ids[0]).answer);
    assert_eq!(scene.row(ids[0]).attempts, 0);
    // When it has waited too long it fails, and its request tells.
    scene.pass_seconds(6 * 24 * 3_600);
    send(&mut outbox).await;
    assert_eq!(scene.row(ids[0]).state, "failed");
    assert!(scene.row(ids[0]).answer.starts_with("given up, too old"), "{}", scene.row(ids[0]).answer);
}

#[tokio::test]
async fn letters_of_a_desk_that_is_gone_are_counted_and_say_why_they_wait() {
    let mut scene = Scene::start(b"png").await;
    let letter = scene.letter(IVAN, vec![]);
    let id = scene.add(&letter).await;
    let stranded = |keys: Vec<DeskKey>| scene.context.store.write(move |tx| tx.strand_letters(&keys));
    assert_eq!(stranded(vec![key()]).await.unwrap(), []);
    assert_eq!(stranded(vec![DeskKey::parse("TRV").unwrap()]).await.unwrap(), [("OTK".to_owned(), 1)]);
    assert_eq!(scene.row(id).answer, "waits: no desk.OTK is configured");

    // The daemon does so at its start.
    scene.sql("UPDATE letter SET answer = ''");
    let configured = scene.office.settings.clone();
    scene.office.settings.desks.retain(|desk| desk.key != key());
    scene.office.settings.mailboxes.retain(|mailbox| mailbox.desk != key());
    scene.office.pass().await.unwrap();
    scene.office.settings = configured;
    let row = scene.row(id);
    assert_eq!((row.state.as_str(), row.answer.as_str()), ("due", "waits: no desk.OTK is configured"));

    let mut settings = (*scene.context.settings).clone();
    settings.desks.retain(|desk| desk.key != key());
    let without = Context { settings: Arc::new(settings), ..scene.context.clone() };
    assert_eq!(send(&mut Outbox::new(without, scene.context.settings.transports[0].clone())).await, None);
    assert_eq!(scene.row(id).state, "due");
    send(&mut scene.outbox()).await;
    assert_eq!(scene.row(id).state, "sent");
}
