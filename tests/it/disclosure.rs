//! Who reads what: watchers see no keys and no names, notes and their pictures stay inside.

use crate::support::{IVANOV, Message, OLGA, PETROVA, SentLetter, TestDesk, bounce_of, to};

const WATCHER: &str = "watcher@other.example";

/// Olga's request is watched and done; gives the letters that follow from the end.
fn watched_and_done(desk: &mut TestDesk) -> Vec<SentLetter> {
    let (_, notification) = desk.olga_asks();
    let watched = desk.reply(IVANOV, &notification, &format!("[watch {WATCHER}]"), "");
    desk.send(&watched);
    let done = desk.reply(IVANOV, &notification, "[done]", "Исправлено.");
    desk.send(&done)
}

#[test]
fn a_copy_that_comes_back_does_not_take_up_what_the_requester_was_told() {
    let mut desk = TestDesk::guarded();
    let letters = watched_and_done(&mut desk);
    let copy = to(&letters, WATCHER);
    assert_eq!(desk.status("OTK-1"), "done");
    desk.deliver("support", &bounce_of("bounce@mx.example", &copy.id(), WATCHER));
    desk.pass();
    assert_eq!(desk.last_disposition().0, "report");
    assert_eq!(desk.status("OTK-1"), "done", "the requester has got the answer");
}

#[test]
fn keys_of_links_never_reach_those_who_watch() {
    let mut desk = TestDesk::guarded();
    let letters = watched_and_done(&mut desk);
    let answer = to(&letters, OLGA);
    let text = answer.read().text;
    let links: Vec<&str> = text.lines().filter(|line| line.contains("mailto:")).collect();
    assert!(!links.is_empty(), "{text}");
    // A customer who copies the letter into her own words.
    let words = format!("Что мне нажать?\n{}", links.join("\n"));
    let asks = desk.message(OLGA, "[OTK-1] Не печатается отчёт", &words);
    let letters = desk.send(&asks);
    let copy = to(&letters, WATCHER).read().text;
    assert!(copy.contains("Что мне нажать?"), "{copy}");
    assert!(!copy.contains("-k1-"), "the key of a link: {copy}");
}

#[test]
fn pictures_of_notes_stay_inside_however_many_files_a_request_holds() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let mut many = Message::to_support("many@client.example", OLGA, "[OTK-1] файлы").text("Много файлов.");
    for number in 0..30 {
        many = many.file(&format!("{number}.log"), "text/plain", format!("log {number}").as_bytes());
    }
    desk.send(&many);
    let picture = |text: &str, references: &str, from: &str, id: &str| {
        format!(
            "From: {from}\nTo: support@example.org\nSubject: Re: [OTK-1] x\nMessage-ID: <{id}>\nIn-Reply-To: <{references}>\n\
             MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\
             --b\nContent-Type: image/png\nContent-Disposition: inline; filename=secret.png\nContent-ID: <p@x>\n\n\
             PNG secret\n--b--\n"
        )
    };
    let note = picture("[note] [assign petrova]\nВнутреннее.", &notification.id(), IVANOV, "note@example.org");
    let notified = to(&desk.send_raw(note.replace('\n', "\r\n").as_bytes()), PETROVA);
    let answer = picture("Здравствуйте!", &notified.id(), PETROVA, "answer@example.org");
    let answer = to(&desk.send_raw(answer.replace('\n', "\r\n").as_bytes()), OLGA).read();
    assert!(answer.text.contains("Здравствуйте!"), "{}", answer.text);
    assert!(answer.attachments.is_empty(), "{:?}", answer.attachments);
}

#[test]
fn no_engineer_is_named_to_those_who_watch() {
    let mut desk = TestDesk::guarded();
    let (_, notification) = desk.olga_asks();
    let watched = desk.reply(IVANOV, &notification, &format!("[watch {WATCHER}]"), "");
    desk.send(&watched);
    let answer = desk.reply(IVANOV, &notification, "", "Исправлено.");
    let letters = desk.send(&answer);
    let copy = to(&letters, WATCHER).read().text;
    assert!(copy.contains("Исправлено.") && !copy.contains("Иванов"), "{copy}");
}
