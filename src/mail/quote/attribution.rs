//! Recognises the attribution line above a quote: «On 13 May 2024 at 10:11, Anna <anna@example.org> wrote:».

use std::sync::LazyLock;

use regex::Regex;

use crate::mail::pattern;

/// The most lines into which mail clients fold an attribution.
const MOST_LINES: usize = 4;

/// The longest attribution, in bytes; longer ones are prose.
const LONGEST: usize = 400;

/// The longest attribution, in words.
const MOST_WORDS: usize = 45;

/// The most words of a date with its prepositions, of four letters or more in lower case.
const MOST_WORDS_OF_DATE: usize = 3;

/// The longest attribution without an e-mail address, in words.
const MOST_WORDS_WITHOUT_ADDRESS: usize = 20;

/// An attribution at the start of a list of lines.
pub struct Attribution {
    /// How many lines it takes.
    pub lines: usize,
    /// Whether it is certain (author, time and verb, or the exact format of a mail client). If not, it is an attribution only
    /// if lines with `>` follow.
    pub sure: bool,
}

/// The attribution that begins on the first of these lines; None: there is none.
pub fn attribution(lines: &[&str]) -> Option<Attribution> {
    let first = bare(lines.first()?);
    if first.is_empty() || first.len() > LONGEST || !may_begin(first) {
        return None;
    }
    let mut joined = String::new();
    for (at, line) in lines.iter().take(MOST_LINES).map(|line| bare(line)).enumerate() {
        if line.is_empty()
            || joined.len() + line.len() > LONGEST
            || at > 0 && line.starts_with('>') && !FOLDED_END.is_match(line)
        {
            return None;
        }
        if at > 0 {
            joined.push(' ');
        }
        joined.push_str(line);
        if ends(&joined) {
            return classify(&joined)
                .map(|sure| Attribution { lines: at + 1, sure })
                .filter(|_| !begins_later(&lines[..=at]));
        }
    }
    None
}

/// Whether an attribution of several lines may begin with this one, so that it is no sentence that somebody has typed above a
/// shorter attribution: it is the author and their address, or a whole date with hardly a word beside it.
pub fn leads(line: &str) -> bool {
    let line = bare(line);
    let is_prose = |word: &&str| word.starts_with(char::is_lowercase) && word.chars().count() > 3;
    let words = line.split(|c: char| !c.is_alphabetic()).filter(is_prose).count();
    let is_complete = TIME.is_match(line) || line.ends_with([',', ')', '>', '.']);
    AUTHOR_ALONE.is_match(line)
        || LEAD.is_match(line) && FULL_DATE.is_match(line) && is_complete && words <= MOST_WORDS_OF_DATE
}

/// A line without surrounding white space, bold marks (`*`, `_`) and direction marks.
fn bare(line: &str) -> &str {
    line.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '*' | '_' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}')
    })
}

/// Whether the attribution begins only on a later line, so that the first line is prose.
fn begins_later(lines: &[&str]) -> bool {
    (1..lines.len()).any(|at| {
        let joined = lines[at..].iter().map(|line| bare(line)).collect::<Vec<_>>().join(" ");
        may_begin(bare(lines[at])) && classify(&joined).is_some() && LEAD.is_match(bare(lines[at]))
    })
}

/// Whether an attribution may begin with this line: with a word such as «On», a date, a weekday, or the author.
fn may_begin(line: &str) -> bool {
    LEAD.is_match(line)
        || ends(line)
        || line.contains('@') && EMAIL.is_match(line) && VERB.is_match(line)
        || DATE.find(&line[..line.floor_char_boundary(64)]).is_some_and(|date| date.start() < 40)
}

fn ends(text: &str) -> bool {
    text.ends_with([':', '：']) || ENDS_WITH_VERB.is_match(text) || DATE_AND_ADDRESS.is_match(text)
}

/// Classifies a text. None: no attribution. `Some(true)`: certainly one. `Some(false)`: one if a quote follows.
fn classify(text: &str) -> Option<bool> {
    let words = text.split_whitespace().count();
    let [verb, date, time, email, lead] = [&VERB, &DATE, &TIME, &EMAIL, &LEAD].map(|part| part.is_match(text));
    let who_and_when = verb && (date || email || NAME_ONLY.is_match(text)) || date && (email || lead && time);
    // In a language whose verb is not known, an address in brackets with date and time: an attribution if a quote follows.
    let shape = date && time && words <= MOST_WORDS_WITHOUT_ADDRESS && BRACKETED.is_match(text);
    if words > MOST_WORDS || !who_and_when && !shape {
        return None;
    }
    let address_end = ADDRESS_END.is_match(text);
    // People write «on Monday anna@example.org wrote»; only programs add the time or put the address in brackets.
    let exact = date && email && (verb || address_end) && (time || BRACKETED.is_match(text));
    let named = date && time && verb && words <= MOST_WORDS_WITHOUT_ADDRESS && NAME_AT_VERB.is_match(text);
    let dashed = text.starts_with('-') && verb && email;
    Some(dashed || lead && (exact || named) || exact && (address_end || NAME_FIRST.is_match(text)))
}

const WROTE: &str = r"(?i:wrote|quoting|zitat von|citando a|citation de|writes|writed|schrieb|schreibt|(?:hat )?geschrieben|a [ée]crit|[ée]crit|écrivait|escribi[óo]|escribe|escreveu|escreve|(?:ha )?scritto|scrive|napisał(?:\(a\)|a|/a)?|pisze|napsal(?:\(a\)|a)?|píše|napísal(?:\(a\)|a)?|пише|писав|писала|написав(?:\((?:-?ла|а)\)|/ла)?|пишет|написал(?:\((?:а|-а)\)|а|/а)?|писал(?:\((?:а|-а)\)|а)?|писали|сообщил(?:\(а\)|а)?|піша|напісаў|написа|schreef|(?:het volgende )?geschreven|skrev|kirjoitti|(?:ezt )?írta|a scris|(?:şunu |şunları )?yazdı|έγραψε|写道|寫道|寫|のメール|が書きました|書きました|작성|님이 작성|đã viết|kirjutas|rakstīja|rašė|parašė|napisao(?:/la)?|написао(?:/ла)?|je napisal[a]?|menulis|va escriure|כתב|كتب)";

static VERB: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?:^|[^\p{{L}}]){WROTE}(?:$|[^\p{{L}}])|写道|寫道|작성|書きました")));
static ENDS_WITH_VERB: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?:[\s>)\p{{Han}}]){WROTE}(?:\s*[:：])?\s*[-—]*$")));
static NAME_AT_VERB: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"(?:\p{{Lu}}[\p{{L}}.'’-]*|[)>"”»])[,]?\s+{WROTE}\s*[:：]?$|{WROTE}[\s:,]+["“«<]?\p{{Lu}}|{WROTE}\s+am(?:\W|$)"#
    ))
});
static EMAIL: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\w.+=#~-]@[\w.-]*\w|&lt;\S+@\S+&gt;"));
static BRACKETED: LazyLock<Regex> = LazyLock::new(|| pattern(r"[<(\[]\s*[^<>()\s]+@[^<>()\s]+"));
static TIME: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?-u:\b)[0-9]{1,2}[:.h][0-9]{2}(?-u:\b)"));
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u:\b)(?:(?:19|20)[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}|[0-9]{1,2}:[0-9]{2})(?-u:\b)|[0-9](?:年|월)",
    )
});
/// A date or weekday, or the word that introduces one.
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^(?:[-—]{2,}\s*)?(?:(?:(?i:on|le|am|el|il|em|op|den|dne|dňa|dnia|w dniu|in data|il giorno|a|at|le|pe|ma|ti|ke|to|la|su|в|у|на|dana|la data|în|στις|vào|pada|el dia|em|tarihinde)[^\w@][^@]{0,59}?)?(?:\d{1,2}[./ -]|\d{4}[-年년/.]|\d{1,2}\.? ?(?i:de )?\p{L}{3,}|(?i:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс|нд|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|понеділок|вівторок|середа|четвер|п['’]ятниця|субота|неділя)(?:\W|$))|(?i:on|le|am|el|il|em|op|den)\s+(?:\p{L}+[.,]?\s+)?[^@]{0,30}?\d|\p{L}{2,12}\.?,? \d{1,4}(?:\W|$))"#,
    )
});
/// A date with its year.
static FULL_DATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?-u:\b)(?:(?:19|20)[0-9]{2}|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4})(?-u:\b)|[0-9](?:年|월|년)")
});
/// `Anna Berg <anna@example.org>`, alone or with the verb.
static AUTHOR_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"^["“«]?(?:[\p{{Lu}}\p{{Lo}}][\p{{L}}.'’-]*[,"”»]*\s+){{0,5}}[<(\[]\S+@[^<>\s]+[>)\]]+[,;]?(?:\s+{WROTE}(?:\W.*)?)?$"#
    ))
});
/// An address and a colon at the end: the attributions of Yandex, Mail.ru and Gmail in Russian, which have no verb.
static ADDRESS_END: LazyLock<Regex> = LazyLock::new(|| pattern(r"[<(\[]\s*[^<>()\s]+@[^<>()\s]+\s*[>)\]]+\s*[:：]$"));
/// `Anna <anna@example.org> schrieb am …:`
static NAME_FIRST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^["“«]?[\p{Lu}\p{Lo}][^@<]{0,60}[<(\[]\S+@[^<>\s]+[>)\]]+"#));
/// `Anna Berg wrote:`, but not «The program wrote:», which announces what it wrote.
static NAME_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r#"^(?:["“«]?(?:\p{{Lu}}[\p{{L}}.'’-]*[,"”»]*\s+){{2,5}}|(?i:вы|ви|you|sie|vous|usted|lei)\s+){WROTE}\s*[:：]?$"#
    ))
});
/// `2024/5/13 Anna <anna@example.org>`: older versions of Gmail in some languages.
static DATE_AND_ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\d{4}[/-]\d{1,2}[/-]\d{1,2} [^<>]{0,80}<[^<>\s]+@[^<>\s]+>$"));
static FOLDED_END: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"^>+\s*(?:{WROTE}\s*)?[:：]$")));
