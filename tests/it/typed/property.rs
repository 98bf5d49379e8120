//! Whatever a proven engineer types, wherever their tags stand, and however their mail program quotes the notification: no letter to
//! the requester holds a known tag outside of code, logs and what `[send]` covers, a line of a note, or a signature alone.

use crate::support::{IVANOV, Message, Random, SentLetter, TestDesk};

/// Texts in which no tag stands.
const SENTENCES: [&str; 6] = [
    "Заменили барабан.",
    "Проверьте, пожалуйста",
    "We have replaced the drum.",
    "Какая у Вас версия?",
    "Open the cover, then close it",
    "Мастер приедет завтра утром",
];

/// Tags that are known, as people write them.
const TAGS: [&str; 14] = [
    "[done]",
    "[Готово]",
    "[беру]",
    "[line 2]",
    "[Закрыть]",
    "[priority high]",
    "[DONE]",
    "[ готово ]",
    "[в работе]",
    "[уточнение]",
    "[план]",
    "[отклонено]",
    "[отмена]",
    "[@ivanov]",
];

const NOTES: [&str; 4] = ["[note]", "[заметка]", "[для своих]", "[Internal]"];

/// Code and logs in which tags are text.
const CODE: [&str; 3] = ["```\n[done] = 1\n```", "10:02:11 [close] connection lost", "Впишите:\n[plan]\nlimit = 3"];

const SIGNATURES: [&str; 7] = [
    "",
    "\n\n-- \nИван Иванов\nтел. 555-01-02",
    "\n\nИван Иванов\nИнженер поддержки",
    "\n\nС уважением,\nИван Иванов",
    "\n\nBest regards,\nIvan Ivanov",
    "\n\nОтправлено с iPhone",
    "\nИ. Иванов",
];

/// A line of a message, and what it is.
enum Line {
    Words(String),
    Note(String),
    Code(&'static str),
}

impl Line {
    fn text(&self) -> &str {
        match self {
            Self::Words(text) | Self::Note(text) => text,
            Self::Code(text) => text,
        }
    }
}

fn line(random: &mut Random) -> Line {
    let text = SENTENCES[random.below(SENTENCES.len())];
    let tag = TAGS[random.below(TAGS.len())];
    Line::Words(match random.below(20) {
        0 => tag.to_owned(),
        1 => format!("{tag} {text}"),
        2 => format!("{text} {tag}"),
        3 => format!("Нажмите {tag} и подождите"),
        4 => format!("«{tag}»"),
        5 => format!("*{tag}*: {text}"),
        6 => format!("{text}\u{a0}{tag}."),
        7 => format!("{text} {tag} {}", TAGS[random.below(TAGS.len())]),
        8 => return Line::Code(CODE[random.below(CODE.len())]),
        9 => {
            let note = NOTES[random.below(NOTES.len())];
            return Line::Note(if random.below(2) == 0 { format!("{note} {text}") } else { format!("{text} {note}") });
        }
        10 => "Добрый день!".to_owned(),
        _ => text.to_owned(),
    })
}

/// The quotation of a letter as a mail program makes it.
fn quotation(style: usize, letter: &str) -> String {
    let marked = |mark: &str| -> String { letter.lines().map(|line| format!("{mark}{line}\n")).collect() };
    let wrapped = || -> String {
        let mut lines = String::new();
        for line in letter.lines() {
            let mut length = 0;
            lines.push_str("> ");
            for word in line.split(' ') {
                if length + word.chars().count() > 68 {
                    lines.push_str("\n> ");
                    length = 0;
                }
                lines.push_str(word);
                lines.push(' ');
                length += word.chars().count() + 1;
            }
            lines.push('\n');
        }
        lines
    };
    match style {
        // Gmail
        0 => format!("пт, 20 нояб. 2026 г. в 10:12, Поддержка <support@example.org>:\n\n{}", marked("> ")),
        // Thunderbird
        1 => format!("20.11.2026 10:12, Поддержка пишет:\n{}", marked("> ")),
        // Outlook, in Russian and in English
        2 => format!(
            "От: Поддержка <support@example.org>\nОтправлено: пятница, 20 ноября 2026 г. 10:12\nКому: Иванов\n\
             Тема: Принтер\n\n{letter}\n"
        ),
        3 => format!(
            "-----Original Message-----\nFrom: Support <support@example.org>\nSent: Friday, November 20, 2026 10:12 AM\n\
             To: Ivanov\nSubject: Printer\n\n{letter}\n"
        ),
        // Apple Mail
        4 => format!("20 нояб. 2026 г., в 10:12, Поддержка <support@example.org> написал(а):\n\n{}", marked("> ")),
        // Mail.ru
        5 => format!("Пятница, 20 ноября 2026, 10:12 +03:00 от Поддержка <support@example.org>:\n \n{}", marked(">")),
        // Yandex
        6 => format!("20.11.2026, 10:12, \"Поддержка\" <support@example.org>:\n{}", marked("> ")),
        // Claws, which wraps
        7 => format!("On Fri, 20 Nov 2026 10:12:00 +0300\n\"Support\" <support@example.org> wrote:\n\n{}", wrapped()),
        // mutt
        8 => format!("On Fri, Nov 20, 2026 at 10:12:00AM +0300, Support wrote:\n{}", marked("> ")),
        // The Bat!
        _ => format!("Здравствуйте, Поддержка.\n\nВы писали 20 ноября 2026 г., 10:12:00:\n\n{}", marked("> ")),
    }
}

/// The words above, below or between the quoted lines; as plain text, or as HTML without any.
fn written(random: &mut Random, reply: &Message, letter: &SentLetter, words: &str) -> (Vec<u8>, String) {
    if random.below(5) == 0 {
        let html = letter.html();
        let body = html.split_once("<body").unwrap().1.split_once('>').unwrap().1.split("</body>").next().unwrap();
        let escaped = words.replace('&', "&amp;").replace('<', "&lt;");
        let lines: String = escaped.lines().map(|line| format!("<div>{line}<br></div>\r\n")).collect();
        let quoted = format!(
            "<div class=\"gmail_quote\"><div class=\"gmail_attr\">On Fri, 20 Nov 2026 Support wrote:</div>\
             <blockquote class=\"gmail_quote\">{body}</blockquote></div>"
        );
        let raw = String::from_utf8(reply.raw()).unwrap();
        let header = raw.split("MIME-Version").next().unwrap();
        let head = format!("{header}MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n");
        return (format!("{head}<html><body>{lines}{quoted}</body></html>\r\n").into_bytes(), "HTML".to_owned());
    }
    let quoted = quotation(random.below(10), &letter.read().text);
    let text = match random.below(4) {
        0 => format!("{quoted}\n{words}\n"),
        1 => {
            let lines: Vec<&str> = quoted.lines().collect();
            let at = 4 + random.below(lines.len().saturating_sub(4).max(1));
            format!(
                "{}\n{words}\n{}\n",
                lines[..at.min(lines.len())].join("\n"),
                lines[at.min(lines.len())..].join("\n")
            )
        }
        _ => format!("{words}\n\n{quoted}"),
    };
    (reply.clone().text(&text).raw(), text)
}

/// A text without code, logs and white space.
fn bare(text: &str) -> String {
    let mut text = text.to_owned();
    for code in CODE {
        for line in code.lines() {
            text = text.replace(line, "");
        }
    }
    text
}

#[test]
fn no_tag_no_note_and_no_bare_signature_reaches_the_requester() {
    let mut random = Random::new(20_261_128);
    let rounds = std::env::var("MAILDESK_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(60);
    let mut desk = TestDesk::two_desks("0s");
    let mut sent = 0;
    for index in 0..rounds {
        desk.skip(7_200);
        let olga = format!("olga@client{index}.example");
        let (_, notification) = desk.ask("support", &olga, "Printer", "It does not print.\n\nWhich toner do I buy?");
        let lines: Vec<Line> = (0..1 + random.below(5)).map(|_| line(&mut random)).collect();
        let signature = SIGNATURES[random.below(SIGNATURES.len())];
        let is_sent_as_it_is = random.below(12) == 0;
        let mut words: String = lines.iter().map(|line| format!("{}\n", line.text())).collect();
        if is_sent_as_it_is {
            words.insert_str(0, "[send]\n");
        }
        let added = if random.below(4) == 0 { TAGS[random.below(TAGS.len())] } else { "" };
        let reply = desk.reply(IVANOV, &notification, added, "").header("To: support@example.org");
        let (raw, text) = written(&mut random, &reply, &notification, &format!("{}{signature}", words.trim_end()));
        let letters = desk.send_raw(&raw);
        let is_note = lines.iter().any(|line| matches!(line, Line::Note(_)));
        let says_something = lines.iter().any(|line| match line {
            Line::Words(text) | Line::Note(text) => {
                SENTENCES.iter().any(|known| text.contains(known)) || text.contains("Нажмите")
            }
            Line::Code(_) => true,
        });
        for letter in letters.iter().filter(|letter| letter.rcpt == olga) {
            let read = letter.read().text;
            let typed = read.split("———").next().unwrap_or_default();
            let told = SENTENCES.iter().any(|text| typed.contains(text));
            sent += usize::from(told);
            let case = format!("{read}\n=== of ===\n{added}\n{text}\n=== {:?}", desk.last_disposition());
            if is_sent_as_it_is {
                continue;
            }
            let tags: Vec<&&str> = TAGS.iter().chain(&NOTES).filter(|tag| bare(&read).contains(**tag)).collect();
            assert!(tags.is_empty(), "{tags:?} in {case}");
            assert!(!is_note || !told, "a note: {case}");
            let is_signed = typed.contains("Иванов\n") || typed.contains("Инженер");
            assert!(says_something || !is_signed, "a signature: {case}");
        }
    }
    assert!(sent >= rounds / 10, "{sent} answers were sent");
}
