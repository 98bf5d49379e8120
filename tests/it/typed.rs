//! What engineers type, in how many ways people type it: `fixtures/typed.tsv`, a specification.

mod absence;
mod brackets;
mod elsewhere;
mod pictures;
mod property;
mod signatures;

use crate::support::{IVANOV, Message, PETROVA, SentLetter, TestDesk, text_to};

const TABLE: &str = include_str!("../../fixtures/typed.tsv");

#[test]
fn whatever_an_engineer_types_is_carried_out_or_given_back_or_kept_or_sent() {
    let rows: Vec<Vec<&str>> =
        TABLE.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect();
    assert!(rows.len() >= 104, "{} rows", rows.len());
    let mut desk = TestDesk::two_desks("0s");
    let mut wrong = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let [added, words, expected] = row[..] else { panic!("{row:?}") };
        let words = words.replace("\\n", "\n");
        // Nobody gets more acknowledgements or explanations than a day allows.
        desk.skip(7_200);
        let olga = format!("olga@client{index}.example");
        let (_, notification) = desk.ask("support", &olga, "Printer", "It does not print.");
        let letters = desk.answers("ivanov", &notification, added, &words);
        let outcome = outcome(&desk, &olga, &letters, &words);
        if outcome != expected {
            wrong.push(format!("{added:?} {words:?}\n   should: {expected}\n  becomes: {outcome}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// What became of the last message.
fn outcome(desk: &TestDesk, olga: &str, letters: &[SentLetter], words: &str) -> String {
    let (_, _, reasons) = desk.last_disposition();
    let to_requester: Vec<&SentLetter> = letters.iter().filter(|letter| letter.rcpt == olga).collect();
    let receipts = letters.iter().filter(|letter| desk.kind_of(letter) == "receipt").count();
    let explained = letters.iter().any(|letter| desk.kind_of(letter) == "explanation");
    if explained {
        return if to_requester.is_empty() { "back".to_owned() } else { "back, and sent".to_owned() };
    }
    let carried_out = reasons.split_once("carried out: ").map(|(_, asks)| asks.to_owned());
    match carried_out.as_deref() {
        Some("note") if to_requester.is_empty() && receipts == 1 => "note".to_owned(),
        None | Some("send") => {
            let read = to_requester.first().map(|letter| letter.read().text).unwrap_or_default();
            let last = words.lines().last().unwrap_or_default();
            if read.contains(last) { "sent".to_owned() } else { format!("sent without its words: {read}") }
        }
        Some(asks) => {
            let last = words.lines().last().unwrap_or_default();
            let is_sent = to_requester.iter().any(|letter| letter.read().text.contains(last));
            let is_tag = last.contains(['[', '【']) || last.is_empty();
            if is_sent || is_tag { asks.to_owned() } else { format!("{asks} without words") }
        }
    }
}

/// Claws quotes the whole notification wrapped at 72 columns; answers stand between its lines, and the last words below its end.
#[test]
fn answers_between_the_lines_and_words_below_all_of_them_are_sent() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) =
        desk.ask("support", "olga@client.example", "Printer", "It does not print.\nWhich toner do I buy?\n\nOlga");
    let quoted: String = notification.read().text.lines().map(|line| format!("> {line}\n")).collect();
    let (above, below) = quoted.split_once("> Which toner do I buy?\n").unwrap();
    let text = format!(
        "On Sun, 29 Nov 2026 00:22:18 +0000\n\"Support\" <support@example.org> wrote:\n\n{above}> Which toner do I \
         buy?\nAny by the maker.\n{below}Call us if it does not help.\n"
    );
    let answer = desk.reply(IVANOV, &notification, "", "").text(&text);
    let letters = desk.send(&answer);
    let sent = letters.iter().find(|letter| letter.rcpt == "olga@client.example").unwrap().read().text;
    let words = "> Which toner do I buy?\n\nAny by the maker.\n\nCall us if it does not help.";
    assert!(sent.contains(words) && !sent.contains("[take]"), "{sent}");
}

/// Sent too early, or only quoted: the engineer is told so, and not that something of theirs stands below the line.
#[test]
fn a_message_without_words_and_tags_is_explained_as_such() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", "olga@client.example", "Printer", "It does not print.");
    let quoted: String = notification.read().text.lines().map(|line| format!("> {line}\n")).collect();
    for text in [String::new(), format!("20.11.2026 10:12, Support wrote:\n{quoted}")] {
        let answer = desk.reply(IVANOV, &notification, "", "").text(&text);
        let told = desk.send(&answer);
        assert!(told.iter().all(|letter| letter.rcpt == IVANOV), "{:?}", desk.last_disposition());
        let told = text_to(&told, IVANOV);
        assert!(told.contains("нет ни Вашего текста, ни тегов") && !told.contains("ниже черты"), "{told}");
    }
}

/// A mail program changes a line of a note that it quotes without a mark: nobody can tell it from words below the quotation.
#[test]
fn a_changed_line_of_a_note_is_given_back() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", "olga@client.example", "Printer", "It does not print.");
    desk.answers("ivanov", &notification, "[watch] [line 2]", "");
    let (_, second) = desk.ask("support", "olga@client.example", "Scales", "They do not weigh.");
    let noted = desk.answers("ivanov", &second, "[note; assign petrova]", "The client is rude, be careful with them.");
    let told = noted.iter().find(|letter| letter.rcpt == PETROVA).unwrap();
    let quoted = told.read().text.replace("be careful with them", "be very careful with her");
    let heading =
        "From: Support <support@example.org>\nSent: Friday, November 20, 2026 10:12 AM\nTo: Petrova\nSubject: Scales\n";
    let answer = desk.reply(PETROVA, told, "", "").text(&format!("Please restart them.\n\n{heading}\n{quoted}"));
    let letters = desk.send(&answer);
    assert!(letters.iter().all(|letter| letter.rcpt != "olga@client.example"), "{:?}", desk.last_disposition());
    assert!(letters.iter().any(|letter| letter.rcpt == PETROVA && desk.kind_of(letter) == "explanation"));
}

/// What stands in one part of a message only was perhaps never meant: nobody knows which of the two its author has seen.
#[test]
fn words_and_tags_in_one_part_of_a_message_only_are_given_back() {
    let mut desk = TestDesk::two_desks("0s");
    let olga = "olga@client.example";
    for (plain, html, is_back) in [
        ("Replaced *the drum*.", "<p>Replaced <b>the drum</b>.</p>", false),
        ("See the manual <https://example.com/a>", "<p>See <a href='https://example.com/a'>the manual</a></p>", false),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>", false),
        ("Replaced the drum.", "<p>Not replaced the drum.</p>", true),
        ("Replaced the drum.", "<p>[note] Replaced the drum.</p>", true),
        ("[done] Replaced the drum.", "<p>Replaced the drum.</p>", true),
        ("Replaced the drum and the tray.", "<p>Replaced the drum.</p>", true),
    ] {
        desk.skip(7_200);
        let (_, notification) = desk.ask("support", olga, "Printer", "It does not print.");
        let quoted: String = notification.read().text.lines().map(|line| format!("> {line}\n")).collect();
        let body = notification.html();
        let body = body.split_once("<body").unwrap().1.split_once('>').unwrap().1.split("</body>").next().unwrap();
        let reply = desk.reply(IVANOV, &notification, "", "");
        let plain = format!("{plain}\n\nOn Fri, 20 Nov 2026, Support wrote:\n{quoted}");
        let html =
            format!("{html}<div>On Fri, 20 Nov 2026, Support wrote:</div><blockquote type=cite>{body}</blockquote>");
        let letters = desk.send_raw(&in_two_parts(&reply, &plain, &html));
        let is_sent = letters.iter().any(|letter| letter.rcpt == olga);
        assert_eq!(is_sent, !is_back, "{plain}\n{html}\n{:?}", desk.last_disposition());
        assert_eq!(letters.iter().any(|letter| desk.kind_of(letter) == "explanation"), is_back);
    }
}

/// A message with its text as plain text and as HTML.
fn in_two_parts(message: &Message, plain: &str, html: &str) -> Vec<u8> {
    let raw = String::from_utf8(message.raw()).unwrap();
    let header = raw.split("MIME-Version").next().unwrap();
    let part = |kind: &str, text: &str| {
        let text = text.replace('\n', "\r\n");
        format!("--alt\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{text}\r\n")
    };
    let (plain, html) = (part("plain", plain), part("html", html));
    format!(
        "{header}MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=alt\r\n\r\n{plain}{html}--alt--\r\n"
    )
    .into_bytes()
}

/// What HTML marks as code is text; elsewhere HTML is read as any text.
#[test]
fn tags_in_html_are_read_and_code_is_text() {
    let mut desk = TestDesk::two_desks("0s");
    for (index, (html, is_sent, is_done)) in [
        ("<p>[done]</p><p>Replaced the drum.</p>", true, true),
        ("<p>Replaced the <b>drum</b>. <b>[done]</b></p>", true, true),
        ("<div><span>[do</span><span>ne]</span></div><div>Replaced the drum.</div>", true, true),
        ("<ul><li>Press [Done] there</li></ul>", false, false),
        ("<p>Type this:</p><pre>[done]\nlimit</pre><p>and restart.</p>", true, false),
        ("<p>Type <code>[close]</code> there.</p>", true, false),
        ("<p>Type <code>[close]</code> there.</p><p>Then [close] it.</p>", false, false),
        ("<p>[note] <i>rude</i></p>", false, false),
    ]
    .into_iter()
    .enumerate()
    {
        desk.skip(7_200);
        let olga = format!("olga@client{index}.example");
        let (_, notification) = desk.ask("support", &olga, "Printer", "It does not print.");
        let reply = desk.reply(IVANOV, &notification, "", "");
        let raw = String::from_utf8(reply.raw()).unwrap();
        let header = raw.split("MIME-Version").next().unwrap();
        let raw = format!("{header}MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n");
        let letters = desk.send_raw(raw.as_bytes());
        let reasons = desk.last_disposition().2;
        assert_eq!(letters.iter().any(|letter| letter.rcpt == olga), is_sent, "{html}: {reasons}");
        assert_eq!(reasons.contains("carried out: done"), is_done, "{html}: {reasons}");
    }
}
