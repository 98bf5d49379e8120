//! Chooses one reading of a message that holds its text twice, as plain text and as HTML (RFC 2046 section 5.1.4).
//!
//! HTML where it holds all words of the plain text: it keeps tables, lists, pictures and quotes in their places. Else the
//! plain text, unless that is of no use. This choice is the source of all text: what people read, the search index, tags.

use std::collections::{HashMap, HashSet};

use crate::mail::html;

/// Longer texts are compared up to here, in bytes.
const MOST_COMPARED: usize = 1024 * 1024;
/// Longer texts are no mere hint at the HTML version, in words.
const LONGEST_HINT: usize = 60;

/// Which of the two texts is read.
#[derive(Debug, PartialEq)]
pub enum Choice {
    /// The plain text.
    Plain,
    /// The HTML; the plain text holds every bracket in it, so that no tag is hidden in markup.
    HtmlAsPlain,
    /// The HTML; the plain text is of no use, or lacks a bracket that the HTML has.
    Html,
}

/// Chooses between the plain text and the text made from HTML.
pub fn choose(plain: &str, html: &str) -> Choice {
    if words(html).next().is_none() {
        return Choice::Plain;
    }
    let readable = without_markup(plain);
    if is_useless(&readable, html) {
        return Choice::Html;
    }
    if !holds(html, &readable) {
        return Choice::Plain;
    }
    let vouched: HashSet<String> = brackets(&readable).collect();
    if brackets(html).all(|bracket| vouched.contains(&bracket)) { Choice::HtmlAsPlain } else { Choice::Html }
}

/// Whether one of the two texts says nothing, so that only the other counts.
pub fn says_nothing(plain: &str, html: &str) -> bool {
    words(html).next().is_none() || is_useless(&without_markup(plain), html)
}

/// Whether a text holds all words of another, each as often.
fn holds(text: &str, others: &str) -> bool {
    let mut counts: HashMap<String, i64> = HashMap::new();
    words(cut(text)).for_each(|word| *counts.entry(word).or_default() += 1);
    words(cut(others)).all(|word| {
        counts.get_mut(&word).is_some_and(|count| {
            *count -= 1;
            *count >= 0
        })
    })
}

/// The words in lower case: letters and digits, without pictures' placeholders and invisible characters.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let runs = text.split(|c: char| !c.is_alphanumeric() && !is_joiner(c));
    runs.filter(|run| run.contains(char::is_alphanumeric))
        .map(|run| run.chars().filter(|&c| !is_joiner(c)).flat_map(char::to_lowercase).collect())
}

/// Invisible characters inside of words: soft hyphens, joiners, combining accents of decomposed letters stay letters.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// The brackets that may be tags, white space reduced to single spaces: not pictures.
fn brackets(text: &str) -> impl Iterator<Item = String> + '_ {
    let ends = text.split('[').skip(1).filter_map(|rest| rest.split_once(']').map(|(inside, _)| inside));
    let tags = ends.filter(|inside| !inside.starts_with("image") && !inside.trim().is_empty());
    tags.map(|inside| inside.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(MOST_COMPARED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The plain text as it was meant: of HTML source its text, without style sheets, blanks' names and pictures' placeholders.
fn without_markup(plain: &str) -> String {
    let plain = cut(plain).replace("&nbsp;", " ");
    let lower = plain.to_ascii_lowercase();
    let tags = ["</p>", "</div>", "</b>", "</a>", "</span>", "</td>", "</body>", "</style>", "<br>", "<br/>", "<br />"];
    let text = if tags.iter().any(|tag| lower.contains(tag)) { html::to_text(&plain) } else { without_styles(&plain) };
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, image)) = rest.split_once("[image") {
        out.push_str(before);
        rest = image.split_once(']').map_or("", |(_, after)| after);
    }
    out + rest
}

/// Removes rules of style sheets: a selector on one line, and declarations in braces. Of rules around others (`@media`) a brace
/// stays.
fn without_styles(plain: &str) -> String {
    let mut out = String::with_capacity(plain.len());
    let mut rest = plain;
    while let Some((before, after)) = rest.split_once('{') {
        let selector = before.trim_end().rfind(['\n', '}']).map_or(0, |end| end + 1);
        if before[selector..].trim_start().starts_with('@') && after.find('{') < after.find('}') {
            out.push_str(&before[..selector]);
            rest = after;
            continue;
        }
        let Some((body, behind)) = after.split_once('}') else { break };
        let declares = body.split(';').all(|part| part.trim().is_empty() || part.contains(':')) && body.contains(':');
        if declares && !body.contains('{') {
            out.push_str(&before[..selector]);
        } else {
            out.push_str(before);
            out.push_str(&after[..=body.len()]);
        }
        rest = behind;
    }
    out + rest
}

/// HTML of so many words or fewer may be a logo with its caption.
const MOST_OF_A_LOGO: usize = 2;

/// Whether a plain text says nothing: no words, question marks in place of letters, or only a hint at the HTML version.
fn is_useless(plain: &str, html: &str) -> bool {
    let count = words(plain).take(LONGEST_HINT + 1).count();
    let is_garbled = is_unmapped(plain) || is_mojibake(plain) && !is_mojibake(html);
    let is_short = count <= LONGEST_HINT;
    count == 0
        || is_garbled && words(html).nth(count / 2).is_some()
        || is_short && mentions(plain, &HINTS)
        || is_short
            && mentions(plain, &FAINT_HINTS)
            && (words(html).nth(2 * count).is_some()
                || words(html).nth(MOST_OF_A_LOGO).is_some() && !has_words_of(html, plain))
}

/// Whether a text has some of the longer words of another: two versions of one text do.
fn has_words_of(text: &str, other: &str) -> bool {
    let longer = |text: &str| words(text).filter(|word| word.chars().count() > 3).collect::<HashSet<String>>();
    let (own, others) = (longer(text), longer(other));
    4 * own.intersection(&others).count() > others.len()
}

/// Whether most letters were replaced by question marks, since a charset lacked them.
fn is_unmapped(plain: &str) -> bool {
    let marks = plain.chars().filter(|&c| matches!(c, '?' | '\u{fffd}')).count();
    let letters = plain.chars().filter(|c| c.is_alphabetic()).count();
    marks >= 4 && marks > letters && (plain.contains("???") || plain.contains("\u{fffd}\u{fffd}"))
}

/// Whether UTF-8 was read as windows-1252 or windows-1251 and encoded again: every other character is one of two.
fn is_mojibake(text: &str) -> bool {
    let others = text.chars().filter(|c| !c.is_ascii()).count();
    let share = |leads: [char; 2]| text.chars().filter(|c| leads.contains(c)).count();
    others >= 12 && [['Ð', 'Ñ'], ['Р', 'С']].into_iter().any(|leads| 5 * share(leads) >= 2 * others)
}

fn mentions(text: &str, phrases: &[&str]) -> bool {
    let lower = text.to_lowercase();
    phrases.iter().any(|phrase| lower.contains(phrase))
}

/// What a text says that only tells its reader to show HTML, if the HTML says much more.
const FAINT_HINTS: [&str; 22] = [
    "view this email online",
    "view online",
    "trouble viewing",
    "trouble reading",
    "unable to view",
    "displayed correctly",
    "display correctly",
    "для просмотра письма",
    "просмотреть письмо",
    "отображается некорректно",
    "некорректно отображается",
    "отображается неправильно",
    "view it in your browser",
    "in your browser",
    "in a web browser",
    "web version",
    "в браузере",
    "веб-верси",
    "web-верси",
    "форматированн",
    "не отображается",
    "html",
];

/// What a text says that only tells its reader to show HTML.
const HINTS: [&str; 38] = [
    "not support html",
    "n't support html",
    "cannot display html",
    "can't display html",
    "cannot view html",
    "unable to display html",
    "does not display html",
    "doesn't display html",
    "does not show html",
    "doesn't show html",
    "not able to read html",
    "cannot read html",
    "html version of this",
    "html mail client",
    "html email client",
    "this is an html message",
    "this is an html email",
    "this is a html",
    "this message is in html",
    "message in html format",
    "html-enabled",
    "html-capable",
    "html compatible email viewer",
    "no text version",
    "no plain text version",
    "не поддерживает html",
    "не поддерживается html",
    "не показывает html",
    "не отображает html",
    "не умеет показывать html",
    "не может отобразить html",
    "не может показать html",
    "в формате html",
    "в html-формате",
    "html-верси",
    "html версию",
    "[html-часть",
    "включите html",
];

#[cfg(test)]
mod tests {
    use super::{Choice, choose};

    #[test]
    fn html_is_read_where_it_holds_all_words() {
        for (plain, html, choice) in [
            ("Портал *не* работает", "Портал не работает", Choice::HtmlAsPlain),
            ("one\ntwo", "- one\n- two", Choice::HtmlAsPlain),
            ("a b", "a | b", Choice::HtmlAsPlain),
            ("See [cid:a] and [image: b.png]", "See cid a and [image: b.png]", Choice::HtmlAsPlain),
            ("Портал не работает, ошибка 5", "Портал не работает", Choice::Plain),
            ("нет нет", "нет", Choice::Plain),
            ("[done] готово", "[done] готово", Choice::HtmlAsPlain),
            ("готово", "[done] готово", Choice::Html),
            ("words", "", Choice::Plain),
            ("words", "[]", Choice::Plain),
        ] {
            assert_eq!(choose(plain, html), choice, "{plain} | {html}");
        }
    }

    #[test]
    fn useless_plain_texts_give_way() {
        let html = "Добрый день! Портал не работает, ошибка ORA-12541 при входе.";
        for plain in [
            "",
            " \u{200b}\u{200c}\u{feff}\n",
            "[image: image001.png]",
            "?????? ????! ?????? ORA-12541 ??? ?????.",
            "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd} \u{fffd}\u{fffd}",
            "P {margin-top:0;margin-bottom:0;}",
            "p{margin:0}\n\n@media screen and (max-width:600px) {a{color:red} b{color:blue}}",
            "&nbsp;",
            "Для просмотра письма перейдите по ссылке https://mail.example/view",
            "Если письмо отображается некорректно, нажмите сюда: https://mail.example/view",
            "<!--\np.MsoNormal, li.MsoNormal\n\t{margin:0cm;\n\tfont-size:11.0pt;}\n-->",
            "<style>p { color: red }</style>",
            "<div>Портал не <b>работает</b></div>",
            "Your e-mail program does not show HTML.",
            "Ваша почтовая программа не поддерживает HTML.",
            "Ваш почтовый клиент не отображает HTML-письма.",
            "Это письмо в формате HTML. Откройте его в браузере.",
            "Откройте письмо в браузере",
            "Ð”Ð¾Ð±Ñ€Ñ‹Ð¹ Ð´ÐµÐ½ÑŒ! ÐŸÐ¾Ñ€Ñ‚Ð°Ð»",
            "Р”РѕР±СЂС‹Р№ РґРµРЅСЊ! РџРѕСЂС‚Р°Р»",
        ] {
            assert_ne!(choose(plain, html), Choice::Plain, "{plain}");
        }
    }

    #[test]
    fn useful_plain_texts_stay() {
        for plain in [
            "The page does not open.",
            "Почему? Где? Когда?",
            "Config: server { listen: 80; } is wrong, why?",
            "if (a) { b(); }",
            "Что значит ??? в отчёте",
            "Портал не открывается в браузере",
        ] {
            assert_eq!(choose(plain, "logo"), Choice::Plain, "{plain}");
        }
    }
}
