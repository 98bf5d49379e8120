//! Engineers steer by mail, customers answer: the real binary between a real IMAP server and a real submission server.

use crate::support::{
    ENGINEERS, IVANOV, Message, OLGA, PETROVA, SIDOROV, SentLetter, Servers, TestDesk, link, recipients, to,
};

/// A desk with two lines, and a mailbox in which engineers are believed.
const TWO_LINES: &str = r#"
[desk.OTK]
name = "Поддержка ОТК"
address = "support@example.org"
grace = "0s"

[desk.OTK.line.1]
members = ["ivanov"]

[desk.OTK.line.2]
members = ["petrova", "sidorov"]

[mailbox.support]
desk = "OTK"
IMAP
user = "support"
start = "all"

[mailbox.internal]
desk = "OTK"
IMAP
user = "internal"
start = "all"
internal = true

[transport.main]
SUBMISSION
"#;

const OPENING: &str = "Добрый день! После обновления не печатается отчёт.";

/// A desk none of whose letters may tell a reader what is not theirs to know.
fn desk(grace: &str) -> TestDesk {
    let desk = TestDesk::with(&format!("{TWO_LINES}{ENGINEERS}"));
    let desk = desk.replacing("grace = \"0s\"", &format!("grace = \"{grace}\""));
    desk.leaking_nothing(&[IVANOV, PETROVA, SIDOROV]).between(Servers::start()).open()
}

/// Such a desk with a request, the acknowledgement, and Ivanov's notification.
fn started() -> (TestDesk, SentLetter, SentLetter) {
    let mut desk = desk("0s");
    let (acknowledgement, notification) = opened(&mut desk, "Не печатается отчёт", OPENING);
    (desk, acknowledgement, notification)
}

fn opened(desk: &mut TestDesk, subject: &str, text: &str) -> (SentLetter, SentLetter) {
    desk.ask("support", &format!("Ольга <{OLGA}>"), subject, text)
}

/// The changes of a request, each with who made it.
fn events(desk: &TestDesk, number: &str) -> Vec<String> {
    let events = desk.show(number)["events"].clone();
    let line = |event: &serde_json::Value| {
        format!("{} by {}", event["change"]["change"].as_str().unwrap(), event["who"].as_str().unwrap())
    };
    events.as_array().unwrap().iter().map(line).collect()
}

/// The event by which a request came to stand as it does.
fn last_move(desk: &TestDesk, number: &str) -> serde_json::Value {
    let events = desk.show(number)["events"].as_array().unwrap().clone();
    events.into_iter().rev().find(|event| event["change"]["change"] == "moved").unwrap()
}

#[test]
fn done_with_an_answer_and_the_customer_confirms_by_link() {
    let (mut desk, acknowledgement, notification) = started();
    let read = notification.read();
    assert_eq!(read.subject_raw, "[OTK-1] Не печатается отчёт");
    assert!(read.text.contains("\n— ответ пишите выше этой строки —\n"), "{}", read.text);
    assert!(read.text.contains(OPENING) && read.text.contains("[обработано]"), "{}", read.text);
    assert_eq!(
        read.to.iter().chain(&read.cc).map(|a| a.address.as_str()).collect::<Vec<_>>(),
        ["support@example.org"],
        "nobody is exposed by an answer to all"
    );

    let reply = desk.reply(IVANOV, &notification, "[done]", "Отчёт исправлен, обновите страницу.");
    let letters = desk.send(&reply);
    assert_eq!(recipients(&letters), [IVANOV, OLGA]);
    assert_eq!(desk.stands("OTK-1"), "done, ivanov");
    let letter = to(&letters, OLGA);
    let answer = letter.read();
    assert!(answer.text.starts_with("Отчёт исправлен, обновите страницу.\n"), "{}", answer.text);
    assert!(answer.text.contains("«Обработано»"), "{}", answer.text);
    assert!(!answer.text.contains("выше этой строки") && !answer.text.contains(OPENING), "{}", answer.text);
    assert_eq!(answer.subject_raw, "Re: Не печатается отчёт [OTK-1]", "the customer's own thread goes on");
    assert_eq!(answer.in_reply_to, acknowledgement.read().in_reply_to);
    assert_eq!(answer.references.last(), answer.in_reply_to.first());
    assert!(answer.header("Auto-Submitted").next().is_none(), "a human wrote it");

    // A touch on the link opens a new message that answers nothing.
    let click = desk.message(OLGA, &link(&letter, "confirm"), "");
    let letters = desk.send(&click);
    assert_eq!(desk.status("OTK-1"), "confirmed");
    assert_eq!(recipients(&letters), [IVANOV], "the engineer learns it; the customer is not written to again");
    assert_eq!(events(&desk, "OTK-1").last().unwrap(), &format!("moved by {OLGA}"));
    assert_eq!(desk.show("OTK-1")["events"].as_array().unwrap().last().unwrap()["proof"], "key of our link");
}

#[test]
fn need_info_waits_for_the_customer_and_the_answer_brings_it_back() {
    let (mut desk, _, notification) = started();
    let question = desk.reply(IVANOV, &notification, "[уточнение]", "Пришлите, пожалуйста, журнал.");
    let letters = desk.send(&question);
    assert_eq!(recipients(&letters), [OLGA], "what he wrote went with its tag: no receipt");
    assert_eq!(desk.stands("OTK-1"), "need_info, ivanov");
    assert!(to(&letters, OLGA).read().text.starts_with("Пришлите, пожалуйста, журнал."));

    let answer = desk.reply(OLGA, &to(&letters, OLGA), "", "Вот журнал.").file(
        "server.log",
        "text/plain",
        b"12:00:01 ERROR no printer\n",
    );
    let letters = desk.send(&answer);
    assert_eq!(desk.status("OTK-1"), "in_work");
    let notified = to(&letters, IVANOV).read();
    assert!(notified.text.contains("Вот журнал.") && notified.text.contains(OPENING), "{}", notified.text);
    assert_eq!(notified.attachments[0].filename, "server.log");
    assert_eq!(notified.references.len(), 2, "his own thread: the notification, and his answer");

    // Without words there is nothing to wait for.
    let mute = desk.reply(IVANOV, &to(&letters, IVANOV), "[need info]", "");
    let letters = desk.send(&mute);
    assert_eq!(recipients(&letters), [IVANOV]);
    assert_eq!(desk.status("OTK-1"), "in_work");
}

#[test]
fn passed_on_to_the_second_line_with_its_files_and_taken_there() {
    let mut desk = desk("0s");
    let opening = desk.message(&format!("Ольга <{OLGA}>"), "Ошибка при входе", "Не могу войти, снимок приложен.").file(
        "снимок.png",
        "image/png",
        b"\x89PNG\r\n\x1a\nnot really a picture",
    );
    let notification = to(&desk.send(&opening), IVANOV);
    assert_eq!(notification.read().attachments[0].filename, "снимок.png");

    let passed = desk.reply(IVANOV, &notification, "", "[линия 2]");
    let letters = desk.send(&passed);
    assert_eq!(recipients(&letters), [IVANOV, PETROVA, SIDOROV], "each of the line, and a receipt");
    assert_eq!(desk.stands("OTK-1"), "in_work, nobody");
    let petrova = to(&letters, PETROVA);
    let read = petrova.read();
    assert!(read.text.contains("Не могу войти") && read.text.contains("[done]"), "in English: {}", read.text);
    assert_eq!(read.attachments[0].filename, "снимок.png");
    assert_ne!(petrova.id(), to(&letters, SIDOROV).id(), "own copy, own token");

    let taken = desk.reply(PETROVA, &petrova, "[take]", "");
    let letters = desk.send(&taken);
    assert_eq!(recipients(&letters), [IVANOV, PETROVA, SIDOROV], "the others hear of it once");
    assert_eq!(desk.stands("OTK-1"), "in_work, petrova");
    // From now on the customer's words go to her alone.
    let more = desk.message(OLGA, "[OTK-1] Ошибка при входе", "Ещё не могу войти с телефона.");
    assert_eq!(recipients(&desk.send(&more)), [PETROVA]);
}

#[test]
fn a_note_reaches_colleagues_and_never_the_customer() {
    let (mut desk, _, notification) = started();
    let assigned = desk.reply(IVANOV, &notification, "[assign petrova] [note]", "Клиент сложный, осторожно.");
    let letters = desk.send(&assigned);
    assert_eq!(recipients(&letters), [IVANOV, PETROVA], "its author is told that it was kept");
    assert!(to(&letters, PETROVA).read().text.contains("Клиент сложный, осторожно."));
    let note = desk.reply(PETROVA, &to(&letters, PETROVA), "[note]", "Printer driver 12.1 is the culprit.");
    assert_eq!(recipients(&desk.send(&note)), [PETROVA]);
    let entries = desk.show("OTK-1")["entries"].clone();
    let visibility: Vec<&str> = entries.as_array().unwrap().iter().map(|e| e["visibility"].as_str().unwrap()).collect();
    assert_eq!(visibility, ["correspondence", "internal", "internal"]);
    assert!(desk.servers().sent().iter().filter(|l| l.rcpt == OLGA).all(|l| !l.read().text.contains("culprit")));
}

#[test]
fn a_phone_call_is_registered_by_the_personal_address_until_that_is_revoked() {
    let (mut desk, ..) = started();
    let invited = desk.json(&["invite", "ivanov"]);
    let personal = invited["addresses"][0]["address"].as_str().unwrap().to_owned();
    assert!(personal.starts_with("support+me.1."), "{personal}");
    let call = |desk: &mut TestDesk, id: &str, client: &str| {
        let message = Message::new(id, IVANOV, &format!("[for {client}; kind incident] Не включается касса"))
            .header(&format!("To: {personal}"))
            .text("Звонила Мария, касса 3 не включается.");
        desk.send(&message)
    };
    let letters = call(&mut desk, "call1@example.org", "maria@shop.example");
    assert_eq!(recipients(&letters), [IVANOV, "maria@shop.example"]);
    let told = to(&letters, "maria@shop.example").read();
    assert_eq!(told.subject_raw, "Не включается касса [OTK-2]");
    let request = desk.show("OTK-2")["request"].clone();
    assert_eq!(
        (request["participants"][0]["email"].as_str(), request["kind"].as_str()),
        (Some("maria@shop.example"), Some("incident"))
    );
    assert!(to(&letters, IVANOV).read().text.contains("OTK-2"));

    assert!(desk.text(&["revoke", "ivanov"]).contains("revoked: 1"));
    let letters = call(&mut desk, "call2@example.org", "pavel@shop.example");
    assert_eq!(recipients(&letters), [IVANOV], "the question whether he wrote it");
    assert_eq!(desk.last_disposition().0, "held");
}

#[test]
fn an_unproven_engineer_confirms_by_a_reply_and_a_forged_one_changes_nothing() {
    let (mut desk, ..) = started();
    let claimed = desk.message(IVANOV, "[OTK-1] [done]", "Всё исправлено.");
    let letters = desk.send(&claimed);
    assert_eq!(recipients(&letters), [IVANOV], "a question, and nothing to the customer");
    assert_eq!(desk.last_disposition().0, "held");
    assert_eq!(desk.status("OTK-1"), "new");
    let confirmed = desk.reply(IVANOV, &to(&letters, IVANOV), "", "Да, это я.");
    let letters = desk.send(&confirmed);
    assert_eq!(recipients(&letters), [IVANOV, OLGA]);
    assert_eq!(to(&letters, OLGA).read().text.lines().next(), Some("Всё исправлено."));
    assert_eq!(desk.stands("OTK-1"), "done, ivanov");
    let moved = last_move(&desk, "OTK-1");
    assert!(moved["proof"].as_str().unwrap().starts_with("confirmed by message"), "{moved}");

    // Mallory writes in Ivanov's name; Ivanov says that it was not he; nobody can confirm it after that.
    let forged = desk.message(IVANOV, "[OTK-1] [spam]", "");
    let question = to(&desk.send(&forged), IVANOV);
    let denied = desk.reply(IVANOV, &question, "", "[undo]");
    assert_eq!(recipients(&desk.send(&denied)), Vec::<&str>::new());
    let again = desk.reply(IVANOV, &question, "", "yes");
    desk.send(&again);
    assert_eq!(desk.last_disposition().0, "held", "the question's token is burnt: {}", desk.last_disposition().2);
    assert_eq!(desk.status("OTK-1"), "done");
}

#[test]
fn a_token_that_an_outsider_has_seen_is_burnt_for_good() {
    let (mut desk, _, notification) = started();
    let exposed = desk.reply(IVANOV, &notification, "[done]", "Готово.").header("Cc: boss@elsewhere.example");
    let letters = desk.send(&exposed);
    assert_eq!(recipients(&letters), [IVANOV], "the question");
    assert_eq!(desk.last_disposition().0, "held");
    assert!(desk.last_disposition().2.contains("burnt"), "{}", desk.last_disposition().2);
    // The outsider, in their own name and in the engineer's.
    let own = desk.reply("boss@elsewhere.example", &notification, "[close]", "Закройте.");
    assert_eq!(recipients(&desk.send(&own)), [IVANOV], "shown to the engineer as from outside");
    let forged = desk.reply(IVANOV, &notification, "[close]", "Закройте.");
    assert_eq!(recipients(&desk.send(&forged)), [IVANOV]);
    assert_eq!(desk.last_disposition().0, "held");
    assert_eq!(desk.status("OTK-1"), "new");
}

#[test]
fn undo_within_the_grace_keeps_the_customer_from_ever_knowing() {
    let mut desk = desk("1h");
    let (_, notification) = opened(&mut desk, "Не печатается отчёт", OPENING);
    let closed = desk.reply(IVANOV, &notification, "[close]", "Закрываю.");
    let letters = desk.send(&closed);
    assert_eq!(recipients(&letters), [IVANOV], "the receipt; the customer's letter waits");
    assert_eq!(desk.status("OTK-1"), "closed");
    let undone = desk.reply(IVANOV, &to(&letters, IVANOV), "[отмена]", "");
    let letters = desk.send(&undone);
    assert_eq!(recipients(&letters), [IVANOV]);
    assert_eq!(desk.stands("OTK-1"), "new, nobody");
    let states: Vec<String> =
        desk.outbox().iter().filter(|l| l["recipient"] == OLGA).map(|l| l["state"].to_string()).collect();
    assert_eq!(states, ["\"sent\"", "\"cancelled\""]);
}

#[test]
fn undo_after_the_grace_tells_the_customer_what_is_right() {
    let (mut desk, _, notification) = started();
    let closed = desk.reply(IVANOV, &notification, "[close]", "Закрываю.");
    let letters = desk.send(&closed);
    assert_eq!(recipients(&letters), [IVANOV, OLGA]);
    let undone = desk.reply(IVANOV, &to(&letters, IVANOV), "", "[undo]");
    let letters = desk.send(&undone);
    assert_eq!(recipients(&letters), [IVANOV, OLGA]);
    assert_eq!(desk.status("OTK-1"), "new");
    let corrected = to(&letters, OLGA).read();
    assert!(corrected.text.contains("OTK-1"), "{}", corrected.text);
    assert_eq!(corrected.header("Auto-Submitted").next(), Some("auto-replied"));
    let undo = desk.reply(IVANOV, &to(&letters, IVANOV), "", "[undo]");
    let letters = desk.send(&undo);
    assert_eq!(recipients(&letters), [IVANOV], "nothing is left to take back");
    assert_eq!(events(&desk, "OTK-1").iter().filter(|e| e.starts_with("undone")).count(), 1);
}

#[test]
fn customers_confirm_disagree_withdraw_and_thank_in_plain_words() {
    let (mut desk, _, notification) = started();
    let done = desk.reply(IVANOV, &notification, "[done]", "Исправлено.");
    let answer = to(&desk.send(&done), OLGA);
    let thanks = desk.reply(OLGA, &answer, "", "Спасибо!");
    desk.send(&thanks);
    assert_eq!(desk.status("OTK-1"), "done", "thanks alone change nothing");
    let no = desk.reply(OLGA, &answer, "", "Не помогло, та же ошибка.");
    assert_eq!(recipients(&desk.send(&no)), [IVANOV]);
    assert_eq!(desk.status("OTK-1"), "in_work");
    let done = desk.reply(IVANOV, &notification, "[обработано]", "Теперь точно.");
    let answer = to(&desk.send(&done), OLGA);
    let yes = desk.reply(OLGA, &answer, "", "Спасибо, всё работает, можно закрывать.");
    desk.send(&yes);
    assert_eq!(desk.status("OTK-1"), "confirmed");
    // Whoever knows the number only cannot end anything, though they name the customer's address.
    let (acknowledgement, _) = opened(&mut desk, "Второй вопрос", "Не открывается справка.");
    let forged = desk.message(OLGA, "[OTK-2] Второй вопрос", "Уже не нужно, закройте заявку.");
    desk.send(&forged);
    assert_eq!(desk.status("OTK-2"), "new");
    let own = desk.reply(OLGA, &acknowledgement, "", "Уже не нужно, закройте заявку.");
    assert_eq!(recipients(&desk.send(&own)), [IVANOV]);
    assert_eq!(desk.status("OTK-2"), "withdrawn");
    let back = desk.reply(OLGA, &acknowledgement, "", "Снова не открывается, посмотрите ещё раз.");
    desk.send(&back);
    assert_eq!(desk.status("OTK-2"), "in_work", "words after the end take it up again");
}

#[test]
fn a_customer_who_was_written_to_directly_gets_no_second_letter() {
    let (mut desk, ..) = started();
    let direct = desk.message(IVANOV, "Re: [OTK-1] Не печатается отчёт", "Ольга, обновите страницу, пожалуйста.");
    let direct = direct.header(&format!("Cc: {OLGA}"));
    assert_eq!(recipients(&desk.send_to("internal", &direct)), Vec::<&str>::new());
    let (disposition, _, reasons) = desk.last_disposition();
    assert_eq!(disposition, "appended");
    assert!(reasons.contains("internal mailbox") && reasons.contains("not sent again"), "{reasons}");
    assert_eq!(desk.stands("OTK-1"), "in_work, ivanov");
}

#[test]
fn what_is_wrong_or_unclear_is_explained_and_nothing_of_it_happens() {
    let (mut desk, _, notification) = started();
    for (tags, words, part) in [
        ("[doen]", "Готово.", "done"),
        ("[вщту]", "Готово.", "done"),
        ("[assign nobody; done]", "Готово.", "petrova"),
        ("[done; need info]", "Готово.", "done"),
    ] {
        let reply = desk.reply(IVANOV, &notification, tags, words);
        let letters = desk.send(&reply);
        assert_eq!(recipients(&letters), [IVANOV], "{tags}");
        let text = to(&letters, IVANOV).read().text;
        assert!(text.contains(part) && text.contains(words), "{tags}:\n{text}");
        assert_eq!(desk.status("OTK-1"), "new", "{tags}");
    }
    // Words among the quoted ones: whose they are, nobody can tell.
    let read = notification.read();
    let quoted: Vec<String> = read.text.lines().map(|line| format!("> {line}")).collect();
    let text = format!("{}\nвот здесь моё слово\n{}\n", quoted[..6].join("\n"), quoted[6..].join("\n"));
    let inline = desk.message(IVANOV, "Re: [OTK-1] Не печатается отчёт [done]", &text).answering(&notification.id());
    let letters = desk.send(&inline);
    assert_eq!(recipients(&letters), [IVANOV]);
    assert_eq!((desk.last_disposition().0.as_str(), desk.status("OTK-1").as_str()), ("held", "new"));
}

#[test]
fn pictures_and_files_go_both_ways_and_quoted_pictures_do_not_come_back() {
    let mut desk = desk("0s");
    let picture = b"\x89PNG\r\n\x1a\nscreenshot of the client";
    let opening = desk.message(OLGA, "Ошибка", "Снимок приложен.").file("screen.png", "image/png", picture);
    let notification = to(&desk.send(&opening), IVANOV);
    let reply = desk.reply(IVANOV, &notification, "[done]", "Инструкция приложена.").file(
        "инструкция.pdf",
        "application/pdf",
        b"%PDF-1.4 instructions",
    );
    let answer = to(&desk.send(&reply), OLGA).read();
    let files: Vec<&str> = answer.attachments.iter().map(|file| file.filename.as_str()).collect();
    assert_eq!(files, ["инструкция.pdf"]);
}

#[test]
fn the_command_line_sets_what_tags_set() {
    let (mut desk, ..) = started();
    let said = desk.text(&["set", "OTK-1", "в работе", "assign petrova", "priority high"]);
    assert!(said.starts_with("OTK-1: 3 changes, 1 e-mail"), "{said}");
    assert_eq!(desk.stands("OTK-1"), "in_work, petrova");
    desk.once();
    assert_eq!(recipients(&desk.letters()), [PETROVA]);
    assert!(desk.text(&["set", "OTK-1", "done"]).contains("1 change, 1 e-mail"));
    desk.once();
    assert_eq!(recipients(&desk.letters()), [OLGA]);
    let last = last_move(&desk, "OTK-1");
    assert_eq!((last["who"].as_str(), last["proof"].as_str()), (Some("operator"), Some("command line")));
    for (asks, part) in [(["doen", "close"], "done"), (["take", "close"], "take"), (["line 7", "close"], "line")] {
        let output = desk.output(&["set", "OTK-1", asks[0], asks[1]]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success()
                && (error.contains("was not changed") || error.contains("nothing was changed"))
                && error.contains(part),
            "{error}"
        );
        assert_eq!(desk.status("OTK-1"), "done", "all or none");
    }
}
