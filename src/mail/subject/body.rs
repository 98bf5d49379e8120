//! Finds the tags in an engineer's own words: where they count, and where they are text.
//!
//! A tag counts where its writer has set it apart: alone on a line, at the start of the first line or of that below a greeting,
//! or at the end of the first or last line behind a sentence's end. A known tag anywhere else may name a button: it is neither
//! carried out nor sent. Only `[note]` counts anywhere, because its writer must not be overheard.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::tags::{gaps, read};
use crate::mail::pattern;
use crate::model::{
    Answer, Ask, BlockKind, BodyTags, Bracket, Form, FormLine, FormSpan, PlacedTag, Vocabulary, is_invisible,
};

/// Longer lines are paragraphs and greet nobody, in characters.
const LONGEST_GREETING: usize = 60;

/// The most words of a greeting.
const GREETING_WORDS: usize = 6;

/// Lines indented by so many blanks are code.
const CODE_INDENT: usize = 4;

/// So many lines with brackets are read; the brackets of all further ones are text.
const MOST_LINES: usize = 200;

/// Reads the tags in own words, which hold no quotation but lines marked with `>`. `code` is what their HTML marks as code.
pub fn body_tags(words: &str, code: &[CodeInLine], vocabulary: &Vocabulary) -> BodyTags {
    let lines = lines(words);
    let own: Vec<usize> = (0..lines.len()).filter(|at| is_own(lines[*at].text)).collect();
    let mut found = BodyTags::default();
    let mut is_fenced = false;
    let with_brackets = |line: &Line<'_>| line.text.contains(['[', '【', '［']);
    let mut read_lines = 0;
    for at in 0..lines.len() {
        let line = &lines[at];
        if FENCES.iter().any(|fence| line.text.trim_start().starts_with(fence)) {
            is_fenced = !is_fenced;
        }
        if is_fenced || !with_brackets(line) || !is_own(line.text) || read_lines >= MOST_LINES {
            continue;
        }
        read_lines += 1;
        let place = Place {
            is_first: own.first() == Some(&at),
            is_last: own.last() == Some(&at),
            is_below_greeting: own.get(1) == Some(&at) && is_greeting(lines[own[0]].text),
            is_code: is_code(line.text) || lines.get(at + 1).is_some_and(|next| is_setting(next.text)),
        };
        let of_line = |code: &&CodeInLine| code.line == words_of(line.text);
        let code: Vec<&str> = code.iter().filter(of_line).map(|code| code.code.as_str()).collect();
        sort_line(line, number(at), place, &code, vocabulary, &mut found);
        if found.is_sent_as_it_is {
            return found;
        }
    }
    found
}

/// What stands between these is code.
const FENCES: [&str; 2] = ["```", "~~~"];

/// What HTML marks as code, and the line in which it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeInLine {
    line: String,
    code: String,
}

/// A line of own words.
struct Line<'a> {
    start: usize,
    text: &'a str,
}

/// Where a line stands among the others.
#[derive(Clone, Copy)]
struct Place {
    is_first: bool,
    is_last: bool,
    is_below_greeting: bool,
    is_code: bool,
}

fn lines(words: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let line = |text| {
        let line = Line { start, text };
        start += text.len() + 1;
        line
    };
    words.split('\n').map(line).collect()
}

fn number(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}

/// Sorts the brackets of a line by what they are there.
fn sort_line(line: &Line<'_>, number: u32, place: Place, code: &[&str], vocabulary: &Vocabulary, found: &mut BodyTags) {
    let brackets = read(line.text, vocabulary);
    let is_alone = is_nothing_but(line.text, &brackets);
    let leading = leading(line.text, &brackets);
    let trailing = trailing(line.text, &brackets);
    for (index, bracket) in brackets.into_iter().enumerate() {
        // What the parser writes where a picture stands.
        if matches!(line.text.get(bracket.at.clone()), Some(text) if text == "[image]" || text.starts_with("[image: "))
        {
            continue;
        }
        let is_code = |code: &&str| {
            line.text.match_indices(code).any(|(at, _)| at <= bracket.at.start && bracket.at.end <= at + code.len())
        };
        let place = Place { is_code: place.is_code || code.iter().any(is_code), ..place };
        let is_asked = |ask: &Ask| bracket.answer.asks().contains(ask);
        let is_set_apart = is_alone
            || (place.is_first || place.is_below_greeting) && index < leading
            || (place.is_first || place.is_last)
                && index >= trailing
                && !bracket.answer.asks().iter().any(needs_a_line);
        let at = line.start + bracket.at.start..line.start + bracket.at.end;
        let placed =
            |bracket: Bracket| PlacedTag { bracket: Bracket { at: at.clone(), ..bracket }, line: number, is_set_apart };
        match &bracket.answer {
            Answer::Reference(..) => {}
            Answer::Asks(_) if is_asked(&Ask::Send) && is_alone && place.is_first => {
                *found = BodyTags { is_sent_as_it_is: true, counted: vec![placed(bracket)], ..BodyTags::default() };
                return;
            }
            Answer::Asks(_) if is_asked(&Ask::Note) && !place.is_code => {
                found.note_at.get_or_insert(number);
                found.counted.push(placed(bracket));
            }
            Answer::Asks(_) | Answer::SyntaxError { .. } if place.is_code => {}
            Answer::Asks(_) | Answer::SyntaxError { .. } if is_set_apart => found.counted.push(placed(bracket)),
            Answer::Asks(_) => found.astray.push(placed(bracket)),
            Answer::SyntaxError { .. } if is_like_note(&bracket.text) => found.astray.push(placed(bracket)),
            // A bracket in the middle of a text that only resembles a tag.
            Answer::SyntaxError { .. } => {}
            Answer::NotMine if is_alone && (place.is_first || place.is_last) && !place.is_code => {
                found.unknown.push(placed(bracket));
            }
            Answer::NotMine if !place.is_code && is_like_note(&bracket.text) => found.astray.push(placed(bracket)),
            Answer::NotMine => {}
        }
    }
}

/// Whether a bracket seems to be meant for colleagues only, in words that are no tag: its writer must not be overheard either.
fn is_like_note(bracket: &str) -> bool {
    NOTE_LIKE.is_match(bracket)
}

/// A line with its words one blank apart.
fn words_of(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The code in the lines of a form.
pub fn code_of(form: &Form) -> Vec<CodeInLine> {
    let is_code = |line: &FormLine, span: &FormSpan| {
        span.emphasis.code || line.blocks.iter().any(|block| block.kind == BlockKind::Preformatted)
    };
    let of_line = |line: &FormLine| -> Vec<CodeInLine> {
        let text: String = line.spans.iter().map(|span| span.text.as_str()).collect();
        let spans = line.spans.iter().filter(|span| span.text.contains('[') && is_code(line, span));
        spans.map(|span| CodeInLine { line: words_of(&text), code: span.text.trim().to_owned() }).collect()
    };
    form.lines.iter().flat_map(of_line).collect()
}

/// Whether a tag ends a request, or takes something back: too much to be read behind a sentence.
fn needs_a_line(ask: &Ask) -> bool {
    matches!(ask, Ask::Undo | Ask::Close | Ask::Spam | Ask::Decline)
}

fn is_own(line: &str) -> bool {
    !line.trim_start().starts_with('>') && !line.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// Whether a line holds brackets and nothing else but marks around them.
fn is_nothing_but(line: &str, brackets: &[Bracket]) -> bool {
    !brackets.is_empty() && gaps(line, brackets).all(|gap| line[gap].chars().all(is_mark))
}

/// How many brackets stand at the start of a line, one behind the other.
fn leading(line: &str, brackets: &[Bracket]) -> usize {
    gaps(line, brackets).take_while(|gap| line[gap.clone()].chars().all(is_mark)).count().min(brackets.len())
}

/// The index of the first bracket of those at the end of a line, behind a sentence's end.
fn trailing(line: &str, brackets: &[Bracket]) -> usize {
    let gaps: Vec<Range<usize>> = gaps(line, brackets).collect();
    let mut first = brackets.len();
    while first > 0 && line[gaps[first].clone()].chars().all(is_mark) {
        first -= 1;
        let above = line[gaps[first].clone()].trim_end_matches([' ', '\u{a0}', '*', '_', '/']);
        if above.ends_with(['.', '!', '?', '…', ':', '"', '»', '”', '’']) && !above.chars().all(is_mark) {
            return first;
        }
    }
    brackets.len()
}

/// Characters around a tag that do not matter.
const MARKS: &str = ":.,;!\"'«»“”„‘’*_/`[]【】";

/// Whether a character around a tag does not matter.
fn is_mark(c: char) -> bool {
    c.is_whitespace() || is_invisible(c) || MARKS.contains(c)
}

/// Whether a line is a greeting: short, and without a sentence.
fn is_greeting(line: &str) -> bool {
    let line = line.trim();
    line.ends_with([',', '!'])
        && line.chars().count() <= LONGEST_GREETING
        && line.split_whitespace().count() <= GREETING_WORDS
}

/// Whether a line is code or comes from a log.
fn is_code(line: &str) -> bool {
    let indent = line.chars().take_while(|c| *c == ' ').count();
    indent >= CODE_INDENT || line.starts_with('\t') || LOGGED.is_match(line)
}

/// Whether a line sets a value, as those below a section's name in a configuration.
fn is_setting(line: &str) -> bool {
    SETTING.is_match(line)
}

/// A time or a level at the beginning of a line.
static LOGGED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:[\[(]?[0-9]{4}-[0-9]{2}-[0-9]{2}|[\[(]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[\[(]?(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)(?:\W|$)|\[(?i:trace|debug|info|notice|warn(?:ing)?|err(?:or)?|fatal|crit(?:ical)?|emerg|alert)\]|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-9][0-9] )",
    )
});

static NOTE_LIKE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:note|заметк[аиу])(?:\s*[:,.–—-].*|\s+(?:for|to|для|от)\s.*)?|notes|private|приватно|внутр[а-я]{0,5}|internal(?: only)?|(?:не|do not|don['’]t|no)\s+(?:отправлять|посылать|отсылать|send)|(?:не|not)\s+(?:для|for)\s+(?:клиента|заявителя|(?:the )?(?:client|customer))|(?:для )?коллег(?:ам)?|(?:for )?colleagues|только своим)\W*$",
    )
});

static SETTING: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*[\w.-]+\s*=\s*\S"));

#[cfg(test)]
mod tests {
    use super::body_tags;
    use crate::model::Vocabulary;

    /// What counts, what stands astray, and what is unknown, as `counted | astray | unknown`.
    fn read(words: &str) -> String {
        let found = body_tags(words, &[], &Vocabulary::default());
        let texts = |tags: &[crate::model::PlacedTag]| {
            tags.iter().map(|tag| tag.bracket.text.as_str()).collect::<Vec<_>>().join(" ")
        };
        let send = if found.is_sent_as_it_is { "as it is: " } else { "" };
        format!("{send}{} | {} | {}", texts(&found.counted), texts(&found.astray), texts(&found.unknown))
    }

    #[test]
    fn where_tags_count() {
        for (words, expected) in [
            // Alone on a line, whatever marks stand around them.
            ("[done]", "[done] |  | "),
            ("[done]\nReplaced the drum.", "[done] |  | "),
            ("Replaced the drum.\n[done]", "[done] |  | "),
            ("Replaced.\n[done]\nRegards", "[done] |  | "),
            ("[done].\nReplaced.", "[done] |  | "),
            ("«[готово]»", "[готово] |  | "),
            ("*[done]*\nReplaced.", "[done] |  | "),
            ("_[done]_:", "[done] |  | "),
            ("[done] [priority high]\nReplaced.", "[done] [priority high] |  | "),
            ("\u{a0}[done]\u{a0}\nReplaced.", "[done] |  | "),
            // At the start of the first line, or below a greeting.
            ("[done] Replaced the drum.", "[done] |  | "),
            ("[уточнение] Какая модель?", "[уточнение] |  | "),
            ("Иван,\n[note]\nОн грубит.", "[note] |  | "),
            ("Добрый день!\n[done] Заменили барабан.", "[done] |  | "),
            ("Заменили барабан вчера вечером.\n[done] Проверьте.", " | [done] | "),
            // Behind a sentence's end of the first or last line.
            ("Replaced. [done]", "[done] |  | "),
            ("Добрый день!\nЗаменили барабан. [готово]", "[готово] |  | "),
            ("Написал ему «перезагрузите». [уточнение]", "[уточнение] |  | "),
            ("Заменили. [готово]\nПроверьте, пожалуйста.", "[готово] |  | "),
            ("Раз.\nЗаменили. [готово]\nПроверьте.", " | [готово] | "),
            ("Просит закрыть. [close]", " | [close] | "),
            ("Это спам. [spam]", " | [spam] | "),
            ("Не то. [undo]", " | [undo] | "),
            // A note counts anywhere.
            ("[note] Petrov, client is rude", "[note] |  | "),
            ("Client is rude. [note]", "[note] |  | "),
            ("Client [note] is rude", "[note] |  | "),
            ("[note]: client is rude", "[note] |  | "),
            ("Раз.\nДва [заметка] три.\nЧетыре.", "[заметка] |  | "),
            ("[для своих] Он грубит", "[для своих] |  | "),
            ("[internal]\nrude", "[internal] |  | "),
            // Buttons of a manual.
            ("Перезапустите и нажмите [Готово]", " | [Готово] | "),
            ("Нажмите [Отмена], затем [Готово].", " | [Отмена] [Готово] | "),
            ("Press [Done] and try again.", " | [Done] | "),
            ("Нажмите [ОК] и ждите.", " |  | "),
            // What is only similar to a tag stands in a text as it is.
            ("Откройте [Готовые отчёты] и ждите.", " |  | "),
            // Where a picture stands.
            ("Нажмите сюда:\n[image: done.png]", " |  | "),
            ("[image]\nВот так", " |  | "),
            ("[image: a.png]\n[done]", "[done] |  | "),
            // The way out.
            ("[send]\nНажмите [Готово]", "as it is: [send] |  | "),
            ("[клиенту]\n[done]\nНажмите [Готово] [note]", "as it is: [клиенту] |  | "),
            ("Нажмите [Готово]\n[send]", "[send] | [Готово] | "),
            // Code, logs and settings.
            ("See:\n    [done]\n    x", " |  | "),
            ("See:\n```\n[done]\n```\nend", " |  | "),
            ("10:02:11 [note] started\nIt hangs.", " |  | "),
            ("2026-11-20 10:02 [close] connection\nIt hangs.", " |  | "),
            ("ERROR [close] connection", " |  | "),
            ("[error] [close] connection", " |  | "),
            ("~~~\n[done]\n~~~", " |  | "),
            // What seems to be for colleagues only.
            ("[private] Rude.", " | [private] | "),
            ("Грубит [заметка для Петрова]", " | [заметка для Петрова] | "),
            ("[не отправлять] Грубит", " | [не отправлять] | "),
            ("Грубит [заметка", " | [заметка | "),
            ("Rude [note: really].", " | [note: really] | "),
            ("Put this there:\n[plan]\nlimit = 3\nand restart.", " |  | "),
            // Unknown ones that were set apart.
            ("[escalate]\nPlease look.", " |  | [escalate]"),
            ("Please look.\n[в ожидании]", " |  | [в ожидании]"),
            ("Please [look].\n", " |  | "),
            // Numbers are text.
            ("[OTK-7]\nThe same.", " |  | [OTK-7]"),
            // Quoted lines are nobody's tags.
            ("> [done]\nNot yet.", " |  | "),
            ("", " |  | "),
        ] {
            assert_eq!(read(words), expected, "{words:?}");
        }
    }
}
