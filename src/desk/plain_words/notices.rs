//! Notices that a mail program writes in a person's name: reactions, read receipts, answers to invitations, recalled messages.
//! They say nothing about the request.

use std::sync::LazyLock;

use regex::Regex;

use crate::desk::pattern;
use crate::model::{Attachment, Incoming};

/// The media type of the part by which Gmail sends a reaction.
const GMAIL_REACTION: &str = "text/vnd.google.email-reaction+json";

/// The longest text of a notice, in characters. A reaction may quote the whole message: see [`LONGEST_QUOTING`].
const LONGEST: usize = 400;

/// The longest text that is looked at, in bytes.
const LONGEST_QUOTING: usize = 20_000;

/// Whom reactions begin with: up to five words with capital letters, or an address.
const NAME: &str = r"(?:(?:\p{Lu}[\p{L}.'’-]*\s+){1,5}|\S+@\S+\s+)";

/// What iOS writes, the message quoted: Liked “…”.
static TAPBACK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?is)\A(?:liked|loved|laughed at|emphasi[sz]ed|reacted \S+ to|removed an? [a-z]+ from|(?:очень )?понравилось|нравится|рассмешило|выделено|реакция \S+ на)\s*:?\s+(?:an? image|a photo|изображение|фото|“.*”|".*"|«.*»|„.*“)\.?\z"#,
    )
});

/// What Outlook and Gmail write.
static REACTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\A[^\p{{L}}\d]*{NAME}(?:reacted|отреагировала?|отреагировал\(-?а\))\s+(?:(?:with|с помощью)?\s*[^\p{{L}}\d\s]+\s+)?(?:to your (?:message|email)|на ваше (?:сообщение|письмо)|(?:via|with|using|через|с помощью)\s+Gmail)\b[^\p{{L}}\d]*(?:<?https?://\S+)?\s*\z"
    ))
});

static RECALL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:would like|wants|wishes) to recall the (?:message|e-?mail)|(?:хочет|хотел(?:а|\(а\))?(?: бы)?|желает) отозвать (?:сообщение|письмо)",
    )
});

static READ: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?is)\A(?:your message|ваше сообщение)\b.*(?:\bwas read on\b|\bwas deleted without being read\b|прочитано|удалено без прочтения)[^\n]*\z",
    )
});

/// Phrases of absence notes and of other help desks' receipts.
static AUTOMATIC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)out of (?:the )?office|on (?:vacation|holiday|leave)|automat|auto-?repl|do not reply|don't reply|no-?reply|has been (?:received|registered|created|assigned|updated|logged)|(?:have|we) received|your (?:ticket|request|case|message|e-?mail)\b|thank you for (?:contacting|your (?:message|e-?mail|request))|в отпуске|отсутству|меня не будет|нет на месте|командировк|больничн|автоматическ|автоответ|не отвечайте на это|зарегистрирован|принят[ао]? в (?:работу|обработку)|ваш[аеу]? (?:обращение|запрос|заявк|письмо|сообщение|тикет)|получили ваш",
    )
});

/// What absence notes say in their first lines.
static ABSENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)out of (?:the |my )?office|\bon (?:\w+ )?(?:vacation|leave|holidays?)|\b(?:i am|i['’]m|i will be|i['’]ll be) (?:currently )?(?:away|absent|unavailable)|limited access to|в (?:\p{L}+ )?(?:отпуске|командировке)|на больничном|отсутству(?:ю|ет)|(?:буду|будет) отсутствовать|меня не будет|нет на (?:рабочем )?месте|автоматическ\p{L}+ (?:ответ|сообщени|уведомлени)|автоответ|automatic(?:ally)? (?:generated )?(?:reply|response|message)",
    )
});

/// In so many first lines an absence note says what it is.
const FIRST_LINES: usize = 5;

/// Whether the first lines of a text say that its writer is away.
pub fn announces_absence(words: &str) -> bool {
    let lines = words.lines().filter(|line| !line.trim().is_empty()).take(FIRST_LINES);
    words.chars().count() <= 4 * LONGEST && ABSENT.is_match(&lines.collect::<Vec<_>>().join("\n"))
}

/// Whether words fit an absence note, or another help desk's receipt.
pub fn sounds_automatic(words: &str) -> bool {
    words.len() > LONGEST_QUOTING || AUTOMATIC.is_match(words)
}

/// What a mail program has written instead of a person; `None` where a person may have written any of the words. `words` are the
/// new ones of the message.
pub fn notice(incoming: &Incoming, words: &str) -> Option<&'static str> {
    let words = words.trim();
    let subject = incoming.subject_raw.trim().to_lowercase();
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| subject.starts_with(prefix));
    let is_short = words.chars().count() <= LONGEST;
    let mut files = incoming.attachments.iter().filter(|file| !file.inline);
    if files.clone().any(|file| file.content_type == GMAIL_REACTION) {
        let is_all = incoming.attachments.iter().all(|file| file.inline || file.content_type == GMAIL_REACTION);
        return (is_all && is_short).then_some("a reaction");
    }
    let is_calendar = |file: &Attachment| matches!(file.content_type.as_str(), "text/calendar" | "application/ics");
    let answers_invitation =
        begins(&["accepted:", "declined:", "tentative:", "принято:", "отклонено:", "под вопросом:", "предварительно:"]);
    if answers_invitation && words.is_empty() && files.clone().any(is_calendar) && files.clone().all(is_calendar) {
        return Some("an answer to an invitation");
    }
    if files.next().is_some() || words.len() > LONGEST_QUOTING {
        return None;
    }
    let is_receipt = begins(&["read:", "not read:", "прочитано:", "не прочитано:"]);
    let is_recall = begins(&["recall:", "отзыв сообщения:", "отзыв:", "отозвать:"]);
    match words {
        _ if TAPBACK.is_match(words) || is_short && REACTION.is_match(words) => Some("a reaction"),
        _ if is_receipt && (words.is_empty() || is_short && READ.is_match(words)) => Some("a read receipt"),
        _ if is_recall && (words.is_empty() || is_short && RECALL.is_match(words)) => Some("a recall notice"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::parse;

    fn of(subject: &str, words: &str) -> Option<&'static str> {
        notice(&Incoming { subject_raw: subject.to_owned(), ..Incoming::default() }, words)
    }

    #[test]
    fn what_mail_programs_write_is_known() {
        for (subject, words, what) in [
            ("Re: отчёт", "Anna reacted to your message: 👍", Some("a reaction")),
            ("Re: отчёт", "👍 Anna Petrova reacted to your message:", Some("a reaction")),
            ("Re: отчёт", "Анна Петрова отреагировала на ваше сообщение: ❤️", Some("a reaction")),
            (
                "Re: отчёт",
                "👍\n\nAnna Petrova reacted via Gmail <https://www.google.com/gmail/about/>",
                Some("a reaction"),
            ),
            ("Re: отчёт", "anna@buyer.example reacted to your message: 👍", Some("a reaction")),
            ("Re: отчёт", "Olga Petrova reacted with 👍 to your message", Some("a reaction")),
            ("Re: отчёт", "Liked “It does not work\nany more? Try again.”", Some("a reaction")),
            ("Re: отчёт", "Понравилось \"Отчёт исправлен.\"", Some("a reaction")),
            ("Re: отчёт", "Понравилось «Отчёт исправлен.»", Some("a reaction")),
            ("Re: отчёт", "Reacted 👍 to “Отчёт исправлен.”", Some("a reaction")),
            ("Прочитано: [OTK-1] Отчёт", "", Some("a read receipt")),
            (
                "Read: [OTK-1] Report",
                "Your message\n\nTo: support\nSent: Monday\n\nwas read on Monday 12:00",
                Some("a read receipt"),
            ),
            ("Recall: Report", "Anna Petrova would like to recall the message, \"Report\".", Some("a recall notice")),
            ("Отзыв сообщения: Отчёт", "Анна Петрова хочет отозвать сообщение «Отчёт».", Some("a recall notice")),
            // What people write.
            ("Re: отчёт", "Disliked “Отчёт исправлен.”", None),
            ("Re: отчёт", "Liked “it”, but it is slow", None),
            ("Re: отчёт", "Не понравилось «Отчёт исправлен.»", None),
            ("Re: отчёт", "Anna reacted to your message: it is wrong", None),
            ("Re: отчёт", "Никто не отреагировал на ваше сообщение", None),
            ("Read: the manual says otherwise", "Page 5 is wrong.", None),
            ("Recall: batch 5", "We must recall the batch.", None),
            ("Отзыв: всё плохо", "Отчёт пустой.", None),
            ("Accepted: the report", "", None),
        ] {
            assert_eq!(of(subject, words), what, "{subject} / {words}");
        }
    }

    #[test]
    fn gmails_reaction_is_known_by_its_part() {
        let raw = "From: anna@buyer.example\r\nSubject: Re: [OTK-1]\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n👍\r\n\r\nAnna reacted via Gmail\r\n\
            --b\r\nContent-Type: text/vnd.google.email-reaction+json\r\n\r\n{\"emoji\":\"👍\",\"version\":1}\r\n\
            --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>👍</p><p>Anna reacted via Gmail</p>\r\n--b--\r\n";
        let incoming = parse::parse(raw.as_bytes());
        assert_eq!(notice(&incoming, &incoming.reading.words), Some("a reaction"), "{:?}", incoming.attachments);
    }
}
