//! Ways in and ways out that a review tried: each of these once worked for somebody who had no right to it, or hurt somebody who had.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::sync::atomic::Ordering;

use maildesk::flow;
use maildesk::mail::parse::parse;
use maildesk::model::{Incoming, ReceivedId, RequestNumber, ShortName};
use maildesk::store::{LetterRow, ReceivedRow};
use support::{Message, NO_CAPS, Office, bounce_of};

const CONFIGURATION: &str = r#"
state_dir = "state"

[desk.OTK]
name = "Поддержка ОТК"
address = "support@example.org"
grace = "0s"
form_senders = ["form@example.org"]

[desk.OTK.line.1]
members = ["ivanov"]

[desk.OTK.line.2]
members = ["petrova"]

[desk.TRV]
name = "Бронирование"
address = "booking@example.org"

[engineer.ivanov]
name = "Иван Иванов"
address = "ivanov@example.org"
desks = ["OTK"]

[engineer.petrova]
name = "Анна Петрова"
address = "petrova@example.org"
desks = ["OTK", "TRV"]

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"
authserv_id = "mx.example.org"

[mailbox.internal]
desk = "OTK"
maildir = "internal"
start = "all"
internal = true

[mailbox.booking]
desk = "TRV"
maildir = "booking"
start = "all"

[transport.folder]
folder = "letters"
"#;

const CLIENT: &str = "olga@client.example";
const IVANOV: &str = "ivanov@example.org";
const PETROVA: &str = "petrova@example.org";
const WATCHER: &str = "watcher@other.example";

/// An office whose letters are answered.
struct Scene {
    office: Office,
    written: usize,
    seen: usize,
}

impl Scene {
    fn start() -> Self {
        let office = Office::with(&format!("{CONFIGURATION}{NO_CAPS}"));
        Self { office, written: 0, seen: 0 }
    }

    fn message(&mut self, from: &str, subject: &str, text: &str) -> Message {
        self.written += 1;
        Message::to_support(&format!("message{}@mail.example", self.written), from, subject).text(text)
    }

    /// An answer to a letter as a mail program writes it.
    fn reply(&mut self, from: &str, letter: &LetterRow, add: &str, words: &str) -> Message {
        let read = self.read(letter);
        let quoted: Vec<String> = read.text.lines().map(|line| format!("> {line}")).collect();
        let text = format!("{words}\n\n20.11.2026 10:15, Поддержка ОТК пишет:\n{}\n", quoted.join("\n"));
        self.message(from, format!("Re: {} {add}", read.subject_raw).trim(), &text).answering(&letter.message_id)
    }

    async fn send(&mut self, message: &Message) -> Vec<LetterRow> {
        self.send_to("support", message).await
    }

    /// Has a message handled, and gives the letters that follow, the first written first.
    async fn send_to(&mut self, mailbox: &str, message: &Message) -> Vec<LetterRow> {
        self.office.deliver(mailbox, &message.raw());
        self.office.pass().await.unwrap();
        let mut letters = self.office.reader().view().letters(None, u32::MAX).unwrap();
        letters.reverse();
        let new = letters.split_off(self.seen);
        self.seen += new.len();
        new
    }

    /// The same, once the letters have gone, however long that takes.
    async fn arrived(&mut self, message: &Message) -> Vec<LetterRow> {
        let letters = self.send(message).await;
        let last = letters.iter().map(|letter| letter.due_at.unix()).max().unwrap_or(0);
        self.office.now.fetch_max(last, Ordering::SeqCst);
        self.office.pass().await.unwrap();
        letters
    }

    fn read(&self, letter: &LetterRow) -> Incoming {
        parse(&self.office.sent(&letter.message_id).unwrap())
    }

    /// Opens a request of the client, and gives the acknowledgement and Ivanov's notification.
    async fn opened(&mut self) -> (LetterRow, LetterRow) {
        let message = self.message(&format!("Ольга <{CLIENT}>"), "Не печатается отчёт", "Добрый день! Отчёт пустой.");
        let letters = self.send(&message).await;
        (to(&letters, CLIENT), to(&letters, IVANOV))
    }

    fn status(&self, number: &str) -> String {
        let number = RequestNumber::parse(number).unwrap();
        self.office.reader().view().request(&number).unwrap().unwrap().standing.status.to_string()
    }

    fn last(&self) -> ReceivedRow {
        self.office.reader().view().received(None, 1).unwrap().remove(0)
    }

    fn disposition(&self, id: i64) -> String {
        let row = self.office.reader().view().received_one(ReceivedId(id)).unwrap().unwrap();
        format!("{} {}", row.state, row.disposition.unwrap_or_default())
    }
}

fn to(letters: &[LetterRow], recipient: &str) -> LetterRow {
    let mut found = letters.iter().filter(|letter| letter.recipient == recipient);
    let letter = found.next().unwrap_or_else(|| panic!("no letter to {recipient} among {:?}", recipients(letters)));
    assert!(found.next().is_none(), "two letters to {recipient}");
    letter.clone()
}

fn recipients(letters: &[LetterRow]) -> Vec<&str> {
    let mut recipients: Vec<&str> = letters.iter().map(|letter| letter.recipient.as_str()).collect();
    recipients.sort_unstable();
    recipients
}

#[tokio::test]
async fn a_web_form_proves_nothing_of_the_engineer_whose_address_somebody_types_into_it() {
    let mut scene = Scene::start();
    scene.opened().await;
    let filled_in = scene
        .message("Форма <form@example.org>", "[OTK-1] [done]", "Закройте.")
        .header(&format!("Reply-To: {IVANOV}"))
        .header("Authentication-Results: mx.example.org; dmarc=pass header.from=example.org; dkim=pass header.d=example.org");
    // The server's own field stands on top.
    scene.send(&filled_in).await;
    assert_eq!(scene.last().disposition.unwrap(), "held", "{:?}", scene.last().reasons);
    assert_eq!(scene.status("OTK-1"), "new");

    let filled_in =
        scene.message("Форма <form@example.org>", "[OTK-1] [done]", "Закройте.").header(&format!("Reply-To: {IVANOV}"));
    scene.send_to("internal", &filled_in).await;
    assert_eq!(scene.last().disposition.unwrap(), "held", "{:?}", scene.last().reasons);
    assert_eq!(scene.status("OTK-1"), "new");
}

#[tokio::test]
async fn nobody_confirms_what_was_written_in_another_engineers_name() {
    let mut scene = Scene::start();
    scene.opened().await;
    let forged = scene.message(IVANOV, "[OTK-1] [done]", "");
    let question = to(&scene.send(&forged).await, IVANOV);
    let meddling = scene.reply(PETROVA, &question, "", "Да.");
    scene.send_to("internal", &meddling).await;
    assert_eq!(scene.disposition(2), "handled held", "{:?}", scene.last().reasons);
    assert_eq!(scene.status("OTK-1"), "new");
}

#[tokio::test]
async fn one_message_that_comes_through_two_desks_is_added_once() {
    let mut scene = Scene::start();
    let (acknowledgement, notification) = scene.opened().await;
    let answer = scene.reply(IVANOV, &notification, "", "Проверьте, пожалуйста.").header("Cc: booking@example.org");
    assert_eq!(recipients(&scene.send(&answer).await), [CLIENT]);
    assert_eq!(recipients(&scene.send_to("booking", &answer).await), [""; 0], "{:?}", scene.last().reasons);
    assert_eq!(scene.last().disposition.unwrap(), "duplicate");

    let more = scene.reply(CLIENT, &acknowledgement, "", "Ещё не печатается акт.").header("Cc: booking@example.org");
    assert_eq!(recipients(&scene.send_to("booking", &more).await), [IVANOV]);
    assert_eq!(recipients(&scene.send(&more).await), [""; 0], "{:?}", scene.last().reasons);
    assert_eq!(scene.last().disposition.unwrap(), "duplicate");
}

#[tokio::test]
async fn what_was_confirmed_and_given_back_is_not_confirmed_again() {
    let mut scene = Scene::start();
    scene.opened().await;
    let unclear = scene.message(IVANOV, "[OTK-1] Не печатается отчёт", "Да.\n> Отчёт пустой.\nА так?\n");
    let question = to(&scene.send(&unclear).await, IVANOV);
    for _ in 0..2 {
        let yes = scene.reply(IVANOV, &question, "", "");
        scene.send(&yes).await;
        assert_eq!(scene.disposition(2), "handled held");
    }
    let letters = scene.office.reader().view().letters(None, u32::MAX).unwrap();
    let given_back = letters.iter().filter(|letter| letter.kind == "explanation").count();
    assert_eq!(given_back, 1);
}

#[tokio::test]
async fn a_copy_that_comes_back_does_not_take_up_what_the_requester_was_told() {
    let mut scene = Scene::start();
    let (_, notification) = scene.opened().await;
    let watched = scene.reply(IVANOV, &notification, &format!("[watch {WATCHER}]"), "");
    scene.send(&watched).await;
    let done = scene.reply(IVANOV, &notification, "[done]", "Исправлено.");
    let letters = scene.send(&done).await;
    let copy = to(&letters, WATCHER);
    assert_eq!(scene.status("OTK-1"), "done");
    scene.office.deliver("support", &bounce_of("bounce@mx.example", &copy.message_id, WATCHER));
    scene.office.pass().await.unwrap();
    assert_eq!(scene.last().disposition.unwrap(), "report");
    assert_eq!(scene.status("OTK-1"), "done", "the requester has got the answer");
}

#[tokio::test]
async fn keys_of_links_never_reach_those_who_watch() {
    let mut scene = Scene::start();
    let (_, notification) = scene.opened().await;
    let watched = scene.reply(IVANOV, &notification, &format!("[watch {WATCHER}]"), "");
    scene.send(&watched).await;
    let done = scene.reply(IVANOV, &notification, "[done]", "Исправлено.");
    let letters = scene.send(&done).await;
    let answer = to(&letters, CLIENT);
    let text = scene.read(&answer).text;
    let links: Vec<&str> = text.lines().filter(|line| line.contains("mailto:")).collect();
    assert!(!links.is_empty(), "{text}");
    // A customer who copies the letter into her own words.
    let words = format!("Что мне нажать?\n{}", links.join("\n"));
    let asks = scene.message(CLIENT, "[OTK-1] Не печатается отчёт", &words);
    let letters = scene.send(&asks).await;
    let copy = scene.read(&to(&letters, WATCHER)).text;
    assert!(copy.contains("Что мне нажать?"), "{copy}");
    assert!(!copy.contains("-k1-"), "the key of a link: {copy}");
}

#[tokio::test]
async fn no_is_no_yes() {
    for no in [
        "Нет, это не я!",
        "нет",
        "Это писал не я.",
        "Я этого не писал",
        "Это подделка",
        "No, that wasn't me.",
        "I did not write this.",
        "I didn't send that",
        "Not me",
        "This is spam",
    ] {
        let mut scene = Scene::start();
        scene.opened().await;
        let forged = scene.message(IVANOV, "[OTK-1] [done]", "");
        let question = to(&scene.send(&forged).await, IVANOV);
        let answer = scene.reply(IVANOV, &question, "", no);
        scene.send(&answer).await;
        assert_eq!(scene.status("OTK-1"), "new", "{no}");
    }
    for yes in ["", "Да", "Да, это я.", "Yes, I wrote this.", "ok", "С уважением,\nИван Иванов\nтел. 123-45-67"]
    {
        let mut scene = Scene::start();
        scene.opened().await;
        let genuine = scene.message(IVANOV, "[OTK-1] [done]", "");
        let question = to(&scene.send(&genuine).await, IVANOV);
        let answer = scene.reply(IVANOV, &question, "", yes);
        scene.send(&answer).await;
        assert_eq!(scene.status("OTK-1"), "done", "{yes}");
    }
}

#[tokio::test]
async fn a_slip_in_undo_confirms_nothing() {
    for slip in ["[отмнеа]", "[unod]", "[jnvtyf]"] {
        let mut scene = Scene::start();
        scene.opened().await;
        let forged = scene.message(IVANOV, "[OTK-1] [done]", "");
        let question = to(&scene.send(&forged).await, IVANOV);
        let answer = scene.reply(IVANOV, &question, "", slip);
        scene.send(&answer).await;
        assert_eq!(scene.status("OTK-1"), "new", "{slip}");
    }
}

#[tokio::test]
async fn a_robot_that_answers_explanations_falls_silent() {
    let mut scene = Scene::start();
    let (_, notification) = scene.opened().await;
    let mut letter = notification;
    let mut answered = 0;
    for _ in 0..40 {
        let quoted = format!("Ваше обращение принято.\n> {}\nСпасибо.", "цитата");
        let robot = scene.message(IVANOV, "Re: [OTK-1] Не печатается отчёт", &quoted).answering(&letter.message_id);
        let letters = scene.send(&robot).await;
        let Some(next) = letters.into_iter().find(|letter| letter.recipient == IVANOV) else { break };
        letter = next;
        answered += 1;
    }
    assert!(answered < 40, "{answered} letters to a robot");
}

#[tokio::test]
async fn an_address_that_cannot_be_written_to_has_seen_a_token_all_the_same() {
    let mut scene = Scene::start();
    let (_, notification) = scene.opened().await;
    let shown = scene.reply(IVANOV, &notification, "[done]", "Исправлено.").header("Cc: почта@пример.example");
    scene.send(&shown).await;
    assert_eq!(scene.last().disposition.unwrap(), "held", "{:?}", scene.last().reasons);
}

#[tokio::test]
async fn pictures_of_notes_stay_inside_however_many_files_a_request_holds() {
    let mut scene = Scene::start();
    let (_, notification) = scene.opened().await;
    let mut many = Message::to_support("many@client.example", CLIENT, "[OTK-1] файлы").text("Много файлов.");
    for number in 0..30 {
        many = many.file(&format!("{number}.log"), "text/plain", format!("log {number}").as_bytes());
    }
    scene.send(&many).await;
    let picture = |text: &str, references: &str, from: &str, id: &str| {
        format!(
            "From: {from}\nTo: support@example.org\nSubject: Re: [OTK-1] x\nMessage-ID: <{id}>\nIn-Reply-To: <{references}>\n\
             MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\
             --b\nContent-Type: image/png\nContent-Disposition: inline; filename=secret.png\nContent-ID: <p@x>\n\n\
             PNG secret\n--b--\n"
        )
    };
    let note = picture("[note] [assign petrova]\nВнутреннее.", &notification.message_id, IVANOV, "note@example.org");
    scene.office.deliver("support", note.replace('\n', "\r\n").as_bytes());
    scene.office.pass().await.unwrap();
    let letters = scene.office.reader().view().letters(None, u32::MAX).unwrap();
    let notified = letters.iter().find(|letter| letter.recipient == PETROVA).unwrap();
    let answer = picture("Здравствуйте!", &notified.message_id, PETROVA, "answer@example.org");
    scene.office.deliver("support", answer.replace('\n', "\r\n").as_bytes());
    scene.office.pass().await.unwrap();
    let letters = scene.office.reader().view().letters(None, u32::MAX).unwrap();
    let answer = scene.read(letters.iter().find(|letter| letter.recipient == CLIENT).unwrap());
    assert!(answer.text.contains("Здравствуйте!"), "{}", answer.text);
    assert!(answer.attachments.is_empty(), "{:?}", answer.attachments);
}

#[tokio::test]
async fn a_link_does_not_reach_into_a_desk_at_which_its_engineer_does_not_work() {
    let mut scene = Scene::start();
    let (_, notification) = scene.opened().await;
    let booking = Message::new("b@client.example", "guest@other.example", "Билет").header("To: booking@example.org");
    scene.send_to("booking", &booking).await;
    let before = scene.office.reader().view().events(&RequestNumber::parse("TRV-1").unwrap()).unwrap().len();
    let link = scene.reply(IVANOV, &notification, "[link TRV-1]", "");
    scene.send(&link).await;
    let after = scene.office.reader().view().events(&RequestNumber::parse("TRV-1").unwrap()).unwrap().len();
    assert_eq!(before, after, "{:?}", scene.last().reasons);
}

#[tokio::test]
async fn a_forged_engineer_cannot_read_by_his_own_letters() {
    let mut scene = Scene::start();
    scene.opened().await;
    let serial = scene
        .office
        .own_context()
        .store
        .write(|tx| {
            tx.invite(&ShortName::parse("petrova").unwrap(), maildesk::model::Timestamp::from_unix(1_795_253_400))
        })
        .await
        .unwrap();
    let address = flow::personal_address(&scene.office.own_context(), serial, &scene.office.settings.desks[0]).unwrap();
    let forged =
        Message::new("x@y.example", IVANOV, "[OTK-1] [watch evil@evil.example]").header(&format!("To: {address}"));
    scene.send(&forged).await;
    assert_eq!(scene.last().disposition.unwrap(), "held", "{:?}", scene.last().reasons);
}

#[tokio::test]
async fn no_engineer_is_named_to_those_who_watch() {
    let mut scene = Scene::start();
    let (_, notification) = scene.opened().await;
    let watched = scene.reply(IVANOV, &notification, &format!("[watch {WATCHER}]"), "");
    scene.send(&watched).await;
    let answer = scene.reply(IVANOV, &notification, "", "Исправлено.");
    let letters = scene.send(&answer).await;
    let copy = scene.read(&to(&letters, WATCHER)).text;
    assert!(copy.contains("Исправлено.") && !copy.contains("Иванов"), "{copy}");
}

#[tokio::test]
async fn a_message_to_one_desk_about_a_request_of_another_can_be_confirmed() {
    let mut scene = Scene::start();
    scene.opened().await;
    let other_desk = Message::new("other@mail.example", IVANOV, "[OTK-1] [done]").header("To: booking@example.org");
    let question = to(&scene.send_to("booking", &other_desk).await, IVANOV);
    let from = scene.read(&question).from[0].address.clone();
    let yes = scene.reply(IVANOV, &question, "", "");
    scene.send_to(if from.starts_with("booking") { "booking" } else { "support" }, &yes).await;
    assert_eq!(scene.status("OTK-1"), "done", "{:?}", scene.last().reasons);
}

#[tokio::test]
async fn two_robots_between_whom_letters_are_carried_slow_down() {
    let mut scene = Scene::start();
    let (_, mut notification) = scene.opened().await;
    let begun = scene.office.now.load(Ordering::SeqCst);
    for _ in 0..50 {
        let robot = scene.message(IVANOV, "Re: [OTK-1]", "Ваше обращение принято.").answering(&notification.message_id);
        let answer = to(&scene.arrived(&robot).await, CLIENT);
        let robot = scene.message(CLIENT, "Re: [OTK-1]", "Your request is registered.").answering(&answer.message_id);
        notification = to(&scene.arrived(&robot).await, IVANOV);
    }
    let hours = (scene.office.now.load(Ordering::SeqCst) - begun) / 3_600;
    assert!(hours >= 12, "100 letters within {hours} hours");
}

#[tokio::test]
async fn what_names_an_engineer_without_proof_and_says_it_is_automatic_brings_no_file_into_a_request() {
    let mut scene = Scene::start();
    let (_, notification) = scene.opened().await;
    let forged = scene
        .message(IVANOV, "[OTK-1] Не печатается отчёт", "Отсутствую.")
        .header("Auto-Submitted: auto-replied")
        .file("update.exe", "application/octet-stream", b"MZ evil");
    scene.send(&forged).await;
    let given = scene.reply(IVANOV, &notification, "[assign petrova]", "");
    let letters = scene.send(&given).await;
    let given = scene.read(&to(&letters, PETROVA));
    assert!(given.attachments.is_empty(), "{:?}", given.attachments);
}
