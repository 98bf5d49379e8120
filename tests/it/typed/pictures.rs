//! Which pictures in an engineer's words reach the requester: all that they never had, and none that the words only quote.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{IVANOV, Message, PETROVA, SentLetter, TestDesk, to};

const OLGA: &str = "olga@client.example";

/// A message in HTML with one embedded picture.
fn with_picture(message: &Message, html: &str, id: &str, name: &str, picture: &[u8]) -> Vec<u8> {
    let raw = String::from_utf8(message.raw()).unwrap();
    let header = raw.split("MIME-Version").next().unwrap();
    let base64 = STANDARD.encode([b"\x89PNG\r\n\x1a\n", picture].concat());
    format!(
        "{header}MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=rel\r\n\r\n--rel\r\n\
         Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--rel\r\nContent-Type: image/png; name={name}\r\n\
         Content-ID: <{id}>\r\nContent-Disposition: inline; filename={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         {base64}\r\n--rel--\r\n"
    )
    .into_bytes()
}

/// The letter as a mail program quotes it in HTML, and the Content-ID of the picture in it.
fn quoted(letter: &SentLetter) -> (String, String) {
    let html = letter.html();
    let body = html.split_once("<body").unwrap().1.split_once('>').unwrap().1.split("</body>").next().unwrap();
    let id = body.split("src=\"cid:").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    let attributed = format!("<div>On Sat, 21 Nov 2026, Support wrote:</div><blockquote type=cite>{body}</blockquote>");
    (attributed, id.unwrap_or_default())
}

/// The engineer replies to a letter with words and the picture `step.png`.
fn replies(desk: &mut TestDesk, engineer: &str, letter: &SentLetter, tags: &str, words: &str) -> Vec<SentLetter> {
    let reply = desk.reply(engineer, letter, tags, "");
    let html = format!("<p>{words}</p><p><img src=\"cid:step@x\"></p>{}", quoted(letter).0);
    desk.send_raw(&with_picture(&reply, &html, "step@x", "step.png", b"step"))
}

/// How many files the letter to the requester brings; `None` where there is no such letter.
fn files_for_olga(letters: &[SentLetter]) -> Option<usize> {
    letters.iter().find(|letter| letter.rcpt == OLGA).map(|letter| letter.read().attachments.len())
}

#[test]
fn a_picture_that_the_requester_never_had_is_sent_whatever_went_before() {
    let mut desk = TestDesk::two_desks("60s");
    let (_, notification) = desk.ask("support", OLGA, "Printer", "It does not print.");
    // A mistyped tag, and the same once more.
    let back = replies(&mut desk, IVANOV, &notification, "[решена]", "Press here:");
    assert_eq!(files_for_olga(&back), None);
    let sent = replies(&mut desk, IVANOV, &notification, "", "Press here:");
    assert_eq!(files_for_olga(&sent), Some(1));
    // They have it now.
    let again = replies(&mut desk, IVANOV, &notification, "", "Once more, press here:");
    assert_eq!(files_for_olga(&again), Some(0));
    // A note of one's own first.
    let (_, second) = desk.ask("support", OLGA, "Scales", "They do not weigh.");
    let noted = replies(&mut desk, IVANOV, &second, "[note; assign petrova]", "We could tell them this:");
    assert_eq!(files_for_olga(&noted), None);
    let told = to(&noted, PETROVA);
    assert_eq!(told.read().attachments.len(), 1);
    let sent = replies(&mut desk, IVANOV, &second, "", "Press here:");
    assert_eq!(files_for_olga(&sent), Some(1));
    // Taken back within the grace, and sent anew.
    let (_, third) = desk.ask("support", OLGA, "Till", "It stays closed.");
    let done = replies(&mut desk, IVANOV, &third, "[done]", "Press here:");
    assert_eq!(files_for_olga(&done), None, "it waits");
    desk.answers("ivanov", &third, "[undo]", "");
    let sent = replies(&mut desk, IVANOV, &third, "", "No, here:");
    assert_eq!(files_for_olga(&sent), Some(1));
}

#[test]
fn a_colleagues_picture_is_sent_if_it_is_typed_and_not_if_it_is_quoted() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Printer", "It does not print.");
    let noted = replies(&mut desk, IVANOV, &notification, "[note; assign petrova]", "We could tell them this:");
    let told = to(&noted, PETROVA);
    let (quotation, id) = quoted(&told);
    let quotes = desk.reply(PETROVA, &told, "", "");
    let raw = with_picture(&quotes, &format!("<p>[send]</p><p>Restart it.</p>{quotation}"), &id, "step.png", b"step");
    let sent = desk.send_raw(&raw);
    assert_eq!(files_for_olga(&sent), Some(0), "{:?}", desk.last_disposition());
    let sent = replies(&mut desk, PETROVA, &told, "", "Press here:");
    assert_eq!(files_for_olga(&sent), Some(1), "{:?}", desk.last_disposition());
}

/// Outlook and Gmail put a logo into the signature, which they mark.
#[test]
fn a_logo_is_no_answer_and_no_picture_of_one() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Printer", "It does not print.");
    for (tags, words, files) in [("[priority high]", "<br>", None), ("", "<p>Replaced.</p>", Some(0))] {
        let reply = desk.reply(IVANOV, &notification, tags, "");
        let html = format!(
            "<div>{words}</div><div id=\"Signature\"><div>Ivan Ivanov</div><img src=\"cid:logo@x\"></div>{}",
            quoted(&notification).0
        );
        let letters = desk.send_raw(&with_picture(&reply, &html, "logo@x", "logo.png", b"logo"));
        assert_eq!(files_for_olga(&letters), files, "{tags}: {:?}", desk.last_disposition());
    }
}
