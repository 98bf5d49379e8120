//! What a list of mail shows of a letter to an engineer beside its subject: the sender's name, and the preheader.

use std::borrow::Cow;

use crate::model::policy::Desk;
use crate::model::{Language, RequestNumber, is_invisible, skeleton, split_cut_line};

use super::super::news::News;
use super::brought::Brought;
use super::engineer::ToEngineer;
use super::text::{one_line, pick, shortened, with_round_brackets};

/// The longest sender's name, in characters: lists on phones show no more.
const LONGEST_NAME: usize = 40;

/// The shortest rest of a person's name that is worth showing, in characters.
const SHORTEST: usize = 5;

/// The longest preheader, in characters.
const LONGEST_PREHEADER: usize = 100;

/// The sender's name of a notification: the request, who wrote and as what, such as `OTK-1 Anna Orlova (customer)`; of one that tells
/// of an overdue request, that it is. A person whose name is that of one of the desks or engineers is not named.
pub fn sender_name(to: &ToEngineer<'_>, desks: &[Desk], news: &[News], brought: &Brought<'_>) -> String {
    let about = about(to);
    if is_overdue(news) {
        return format!("{}: {about}", overdue(to.language));
    }
    let Some(role) = role(to.language, news, brought) else { return desk_name(to) };
    let name = plain_name(brought.author);
    let room = LONGEST_NAME.saturating_sub(about.chars().count() + role.chars().count() + 4);
    let is_safe = brought.is_by_engineer || !is_taken(desks, &name);
    if name.is_empty() || !is_safe || room < SHORTEST {
        return format!("{about} {role}");
    }
    format!("{about} {} ({role})", fitting(&name, room))
}

/// The sender's name of a letter that the desk itself writes: the request and the desk.
pub fn desk_name(to: &ToEngineer<'_>) -> String {
    let about = about(to);
    let name = plain_name(to.desk.name_in(to.language));
    match LONGEST_NAME.saturating_sub(about.chars().count() + 1) {
        room if name.is_empty() || room < SHORTEST => about,
        room => format!("{about} {}", fitting(&name, room)),
    }
}

/// The sender's name of a letter that gives an engineer's message back: `NOT SENT: OTK-1`.
pub fn unsent_name(to: &ToEngineer<'_>, number: Option<&RequestNumber>) -> String {
    format!("{}: {}", not_sent(to.language), number.map_or_else(|| about(to), ToString::to_string))
}

/// The preheader of a notification: the first words of the message that it brings, or of what it says itself.
pub fn preheader(to: &ToEngineer<'_>, news: &[News], brought: &Brought<'_>, text: &str) -> String {
    let words = [brought.words, brought.forwarded.map_or("", |mail| mail.words.as_str())];
    let words = words.into_iter().find(|words| !words.trim().is_empty() && !is_overdue(news));
    let said = words.map_or_else(|| first_words(text), |words| in_one_line(&without_quotations(words)));
    if is_overdue(news) { format!("{}: {said}", overdue(to.language)) } else { said }
}

/// Words without the lines that they quote; all of them where there is nothing else.
fn without_quotations(words: &str) -> Cow<'_, str> {
    let own: Vec<&str> = words.lines().filter(|line| !line.starts_with('>')).collect();
    if own.iter().all(|line| line.trim().is_empty()) { Cow::Borrowed(words) } else { Cow::Owned(own.join("\n")) }
}

/// The preheader of a letter that gives an engineer's message back.
pub fn unsent_preheader(language: Language, text: &str) -> String {
    format!("{}: {}", not_sent(language), first_words(text))
}

/// The beginning of the text of a letter, without the cut line.
pub fn first_words(text: &str) -> String {
    in_one_line(split_cut_line(text).map_or(text, |(_, rest)| rest))
}

/// The first words of a text, at most [`LONGEST_PREHEADER`] characters, without tags.
fn in_one_line(text: &str) -> String {
    let begun: String = text.trim().chars().take(4 * LONGEST_PREHEADER).collect();
    let lines = begun.lines().map(|line| line.trim_start_matches(['>', ' '])).collect::<Vec<_>>().join(" ");
    with_round_brackets(&one_line(&lines, LONGEST_PREHEADER))
}

/// A person's name as it may stand before an address: without addresses, quotation marks, commas, brackets, control characters and
/// marks that change the direction of text; empty where nothing else is left.
fn plain_name(author: &str) -> String {
    let name = author.split_once('<').map_or(author, |(name, _)| name);
    if name.contains('@') {
        return String::new();
    }
    let is_plain = |c: &char| !is_invisible(*c) || c.is_whitespace();
    let plain = |c: char| {
        let is_kept = c.is_alphanumeric() || matches!(c, '.' | '-' | '\'' | '’' | '&' | '+' | '/');
        if is_kept { c } else { ' ' }
    };
    let name: String = name.chars().filter(is_plain).map(plain).collect();
    one_line(&name, LONGEST_NAME)
}

/// The name cut to this many characters.
fn fitting(name: &str, most: usize) -> String {
    if name.chars().count() <= most { name.to_owned() } else { shortened(name, most - 1) }
}

/// Whether a name looks like that of a desk or engineer, in whatever order of its words.
fn is_taken(desks: &[Desk], name: &str) -> bool {
    let sorted = |name: &str| {
        let skeleton = skeleton(&plain_name(name));
        let mut words: Vec<String> = skeleton.split(' ').map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    let own = sorted(name);
    desks.iter().any(|desk| {
        let engineers =
            desk.engineers.iter().flat_map(|engineer| [engineer.full_name.as_str(), engineer.name.as_str()]);
        engineers.chain([desk.name.as_str(), desk.name_en.as_str()]).any(|taken| sorted(taken) == own)
    })
}

/// As what the author of a message writes; `None` where the letter brings nobody's message.
fn role(language: Language, news: &[News], brought: &Brought<'_>) -> Option<&'static str> {
    if brought.author.is_empty() {
        return None;
    }
    if brought.is_by_engineer {
        return Some(pick(language, "коллега", "colleague"));
    }
    news.iter().find_map(|news| match news {
        News::NotedByColleague(_) => Some(pick(language, "коллега", "colleague")),
        News::FromTeam(_) => Some(pick(language, "внешняя команда", "external team")),
        News::FromTeamUnproven(_) | News::FromOutside => Some(pick(language, "посторонний", "outsider")),
        News::Opened | News::Wrote | News::LooksAutomatic | News::Confirmed | News::Disagreed | News::Withdrawn => {
            Some(pick(language, "заявитель", "customer"))
        }
        _ => None,
    })
}

fn about(to: &ToEngineer<'_>) -> String {
    to.request.map_or_else(|| to.desk.key.to_string(), |request| request.number.to_string())
}

fn is_overdue(news: &[News]) -> bool {
    news.iter().any(|news| matches!(news, News::Overdue(..)))
}

fn overdue(language: Language) -> &'static str {
    pick(language, "ПРОСРОЧЕНО", "OVERDUE")
}

fn not_sent(language: Language) -> &'static str {
    pick(language, "НЕ ОТПРАВЛЕНО", "NOT SENT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::policy::Engineer;
    use crate::model::{DeskKey, EmailAddress, Request, ShortName, Timestamp};

    fn name_of(author: &str, news: &[News], is_by_engineer: bool) -> String {
        let address = EmailAddress::parse("support@example.org").unwrap();
        let mut desk =
            Desk::new(DeskKey::parse("OTK").unwrap(), "Example support".to_owned(), address.clone(), "x".to_owned());
        desk.engineers.push(Engineer {
            name: ShortName::parse("ivanov").unwrap(),
            full_name: "Ivan Ivanov".to_owned(),
            address,
            aliases: Vec::new(),
            language: None,
            words: Vec::new(),
            public: crate::model::policy::PublicSide::default(),
        });
        let number = RequestNumber::parse("OTK-1").unwrap();
        let request = Request::opened(number, "Printer".to_owned(), Language::En, None, Timestamp::from_unix(0));
        let to = ToEngineer { desk: &desk, request: Some(&request), language: Language::En };
        let brought = Brought { author, is_by_engineer, ..Brought::default() };
        sender_name(&to, std::slice::from_ref(&desk), news, &brought)
    }

    #[test]
    fn a_list_of_mail_tells_who_wrote_what() {
        for (author, name) in [
            ("Anna Orlova <anna@example.com>", "OTK-1 Anna Orlova (customer)"),
            ("O'Brien, \"Ann\" <ann@example.com>", "OTK-1 O'Brien Ann (customer)"),
            ("anna@example.com", "OTK-1 customer"),
            ("boss@bank.example <x@evil.example>", "OTK-1 customer"),
            ("Ivan Ivanov <x@evil.example>", "OTK-1 customer"),
            ("Ivanov  Ivan <x@evil.example>", "OTK-1 customer"),
            // In Cyrillic look-alikes.
            ("Ivаn Ivаnоv <x@evil.example>", "OTK-1 customer"),
            ("example SUPPORT <x@evil.example>", "OTK-1 customer"),
            ("\u{202e}anna\u{200b} (engineer) <x@evil.example>", "OTK-1 anna engineer (customer)"),
            ("Wolfeschlegelsteinhausenbergerdorff Hubert <x@example.com>", "OTK-1 Wolfeschlegelsteinhaus… (customer)"),
        ] {
            let shown = name_of(author, &[News::Wrote], false);
            assert_eq!(shown, name);
            assert!(shown.chars().count() <= LONGEST_NAME, "{shown}");
        }
        assert_eq!(name_of("Ivan Ivanov", &[News::Opened], true), "OTK-1 Ivan Ivanov (colleague)");
        assert_eq!(name_of("Anna <a@example.com>", &[News::FromOutside], false), "OTK-1 Anna (outsider)");
        assert_eq!(name_of("", &[News::Assigned(None)], false), "OTK-1 Example support");
    }

    #[test]
    fn the_preheader_has_the_first_words_and_no_tags() {
        assert_eq!(first_words("— reply above this line —\n\n\nHello,\nit is [done].\n"), "Hello, it is (done).");
        assert_eq!(first_words(&"word ".repeat(200)).chars().count(), 100);
    }
}
