//! What is relayed keeps its form: lists, tables, links, emphasis and pictures in their places, in both directions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maildesk::mail::html;

use crate::support::{Message, OLGA, SentLetter, TestDesk, to};

/// A PNG picture of one pixel; `mark` makes it another.
fn picture(mark: u8) -> Vec<u8> {
    let mut png = STANDARD
        .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
        .unwrap();
    png.push(mark);
    png
}

/// A message in HTML, with plain text beside it if there is some, and pictures by their Content-IDs.
fn formed(message: &Message, plain: Option<&str>, html: &str, pictures: &[(&str, &str, u8)]) -> Vec<u8> {
    let raw = String::from_utf8(message.raw()).unwrap();
    let header = raw.split("MIME-Version").next().unwrap();
    let mut body = format!("Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n");
    if let Some(plain) = plain {
        body = format!(
            "Content-Type: multipart/alternative; boundary=alt\r\n\r\n--alt\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
             {plain}\r\n--alt\r\n{body}\r\n--alt--\r\n"
        );
    }
    if !pictures.is_empty() {
        let parts: String = pictures
            .iter()
            .map(|(id, name, mark)| {
                let base64 = STANDARD.encode(picture(*mark));
                format!(
                    "--rel\r\nContent-Type: image/png; name={name}\r\nContent-ID: <{id}>\r\nContent-Disposition: inline; \
                     filename={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64}\r\n"
                )
            })
            .collect();
        body = format!("Content-Type: multipart/related; boundary=rel\r\n\r\n--rel\r\n{body}{parts}--rel--\r\n");
    }
    format!("{header}MIME-Version: 1.0\r\n{body}").into_bytes()
}

/// The HTML of a letter without its styles.
fn bare(letter: &SentLetter) -> String {
    regex::Regex::new(r#" style="[^"]*""#).unwrap().replace_all(&letter.html(), "").replace(['\r', '\n'], "")
}

/// The source of the only picture in a letter, and the part that it names.
fn shown_picture(letter: &SentLetter) -> Vec<u8> {
    let html = letter.html();
    let sources: Vec<&str> = html.split("src=\"cid:").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(sources.len(), 1, "{html}");
    let message = mail_parser::MessageParser::default().parse(&letter.raw).unwrap();
    let part = message.parts.iter().find(|part| mail_parser::MimeHeaders::content_id(*part) == Some(sources[0]));
    part.expect("the part with this Content-ID").contents().to_vec()
}

const REPORT: &str = "<div>Good day!</div><div><b>Steps</b>:</div><ol><li>open <i>Settings</i><li>press <code>Print</code></ol>\
                      <table><tr><th>Tray<th>State<tr><td>1<td>empty<tr><td>2<td>full</table>\
                      <p>It looks so: <img src=\"cid:shot@x\" width=300> and our page is <a href=\"https://wiki.example.com/a\">here</a>.</p>";

#[test]
fn a_customers_form_reaches_engineers() {
    let mut desk = TestDesk::two_desks("0s");
    let message = desk.message(OLGA, "Printer", "");
    let letters = desk.send_raw(&formed(&message, None, REPORT, &[("shot@x", "shot.png", 1)]));
    let letter = to(&letters, &desk.engineer("ivanov"));
    let html = bare(&letter);
    for part in [
        "Good day!<br><b>Steps</b>:<ol><li>open <i>Settings</i></li><li>press <code>Print</code></li></ol>",
        "<table><tbody><tr><th>Tray</th><th>State</th></tr><tr><td>1</td><td>empty</td></tr>",
        "alt=\"shot.png\"> and our page is <a href=\"https://wiki.example.com/a\">here</a> (wiki.example.com).</p>",
    ] {
        assert!(html.contains(part), "{part}\n{html}");
    }
    assert_eq!(shown_picture(&letter), picture(1));
    let read = letter.read();
    assert!(
        read.text.contains("It looks so: [image: shot.png] and our page is here <https://wiki.example.com/a>"),
        "{}",
        read.text
    );
    assert!(read.defects.is_empty(), "{:?}", read.defects);
    assert_eq!(read.attachments.len(), 1, "{:?}", read.attachments);
    let raw = String::from_utf8_lossy(&letter.raw).into_owned();
    assert!(raw.contains("multipart/related") && raw.contains("type=\"multipart/alternative\""), "{raw}");
    assert!(!raw.contains("multipart/mixed"), "{raw}");
}

#[test]
fn an_engineers_form_reaches_the_customer_and_nothing_that_it_quotes() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Printer", "The till prints nothing.");
    let engineer = desk.engineer("ivanov");
    let reply = desk.reply(&engineer, &notification, "[done]", "");
    let quoted = notification.html();
    let quoted = quoted.split_once("<body").unwrap().1.split_once('>').unwrap().1.split("</body>").next().unwrap();
    let page = format!(
        "<div dir=ltr><p style=\"color:red\" class=x>Please <b>restart</b> it:</p><ul><li>switch off<li>switch on</ul>\
         <p><img src=\"data:image/png;base64,{}\"></p></div>\
         <br><div class=gmail_quote><div>On Sat, 21 Nov 2026 at 10:15, Support &lt;support@example.org&gt; wrote:</div><blockquote>{quoted}</blockquote></div>",
        STANDARD.encode(picture(2))
    );
    let letters = desk.send_raw(&formed(&reply, None, &page, &[]));
    assert!(letters.iter().any(|letter| letter.rcpt == OLGA), "{}", letters[0].read().text);
    let letter = to(&letters, OLGA);
    let html = bare(&letter);
    assert!(
        html.contains("<div dir=\"auto\"><p>Please <b>restart</b> it:</p><ul><li>switch off</li><li>switch on</li></ul><p><img src=\"cid:"),
        "{html}"
    );
    assert_eq!(shown_picture(&letter), picture(2));
    for never in ["color:red", "class=", "prints nothing", "wrote:", "выше этой строки"] {
        assert!(!letter.html().contains(never), "{never}: {html}");
    }
    let read = letter.read();
    assert!(read.text.contains("Please restart it:\n\n- switch off\n- switch on"), "{}", read.text);
    assert_eq!(letter.read().attachments.len(), 1);
}

#[test]
fn an_answer_that_quotes_a_picture_of_ours_brings_it_no_second_time() {
    let mut desk = TestDesk::two_desks("0s");
    let message = desk.message(OLGA, "Printer", "");
    let letters = desk.send_raw(&formed(&message, None, REPORT, &[("shot@x", "shot.png", 1)]));
    let engineer = desk.engineer("ivanov");
    let notification = to(&letters, &engineer);
    let quoted = notification.html();
    let quoted = quoted.split_once("<body").unwrap().1.split_once('>').unwrap().1.split("</body>").next().unwrap();
    let id = quoted.split("src=\"cid:").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = format!(
        "<div>Take <b>tray 2</b>.</div><div>On Sat, 21 Nov 2026 at 10:15, Support &lt;support@example.org&gt; wrote:<blockquote type=cite>{quoted}</blockquote></div>"
    );
    let reply = desk.reply(&engineer, &notification, "[done]", "");
    let letters = desk.send_raw(&formed(&reply, None, &page, &[(&id, "image001.png", 1)]));
    let letter = to(&letters, OLGA);
    let text = letter.read().text;
    assert!(text.starts_with("Take tray 2.\n\n———"), "{text}");
    assert!(bare(&letter).contains("Take <b>tray 2</b>."), "{}", letter.html());
    assert_eq!(letter.read().attachments.len(), 0, "{text}");
}

#[test]
fn where_the_two_texts_differ_the_plain_one_counts() {
    let mut desk = TestDesk::two_desks("0s");
    let message = desk.message(OLGA, "Printer", "");
    let page = "<p>It prints <b>all</b></p>";
    let letters =
        desk.send_raw(&formed(&message, Some("It prints nothing at all, see https://example.com/a"), page, &[]));
    let html = bare(&to(&letters, &desk.engineer("ivanov")));
    assert!(
        html.contains(
            "<p>It prints nothing at all, see <a href=\"https://example.com/a\">https://example.com/a</a></p>"
        ),
        "{html}"
    );
    assert!(!html.contains("<b>all</b>"), "{html}");
}

#[test]
fn a_plain_text_with_marks_takes_the_form_of_its_html() {
    let mut desk = TestDesk::two_desks("0s");
    let message = desk.message(OLGA, "Printer", "");
    let plain = "It prints *nothing* and there is a very long line that the mail program\nhas wrapped.";
    let page = "<p>It prints <b>nothing</b> and there is a very long line that the mail program has wrapped.</p>";
    let letters = desk.send_raw(&formed(&message, Some(plain), page, &[]));
    let html = bare(&to(&letters, &desk.engineer("ivanov")));
    assert!(html.contains("<p>It prints <b>nothing</b> and there is"), "{html}");
}

#[test]
fn logs_in_plain_text_stay_in_letters_of_one_width() {
    let mut desk = TestDesk::two_desks("0s");
    let text = "Here it is:\n\n2026-11-28 12:00:01 ERROR no paper\n2026-11-28 12:00:02 WARN  waiting\n\nThanks";
    let (_, letter) = desk.ask("support", OLGA, "Printer", text);
    let html = bare(&letter);
    assert!(html.contains("<pre>2026-11-28 12:00:01 ERROR no paper2026-11-28 12:00:02 WARN  waiting</pre>"), "{html}");
    assert!(html::to_text(&letter.html()).contains("12:00:02 WARN  waiting"), "{html}");
}

#[test]
fn what_is_too_long_is_sent_as_text() {
    let mut desk = TestDesk::two_desks("0s");
    let message = desk.message(OLGA, "Printer", "");
    let page: String = (0..4_000).map(|at| format!("<p>line <b>{at}</b></p>")).collect();
    let letters = desk.send_raw(&formed(&message, None, &page, &[]));
    let letter = to(&letters, &desk.engineer("ivanov"));
    assert!(!String::from_utf8_lossy(&letter.raw).contains("text/html"));
    assert!(letter.read().text.contains("line 3999"));
}

#[test]
fn a_note_keeps_its_form_and_its_words_to_engineers() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Printer", "The till prints nothing.");
    let engineer = desk.engineer("ivanov");
    let reply = desk.reply(&engineer, &notification, "[note]", "");
    let page = "<p>See <a href=\"https://internal.example.org/\">the page</a></p>";
    let letters = desk.send_raw(&formed(&reply, None, page, &[]));
    assert!(letters.iter().all(|letter| letter.rcpt != OLGA));
    let answer = desk.reply(&engineer, &notification, "", "See the page");
    let letters = desk.send(&answer);
    let html = to(&letters, OLGA).html();
    assert!(!html.contains("internal"), "{html}");
}

#[test]
fn what_is_erased_has_no_form_any_more() {
    let mut desk = TestDesk::two_desks("0s");
    let message = desk.message(OLGA, "Printer", "");
    desk.send_raw(&formed(&message, None, REPORT, &[]));
    assert_eq!(desk.number("SELECT count(*) FROM entry WHERE form IS NOT NULL"), 1);
    desk.text(&["forget", OLGA, "--yes", "--even-open"]);
    assert_eq!(desk.number("SELECT count(*) FROM entry WHERE form IS NOT NULL"), 0);
}
