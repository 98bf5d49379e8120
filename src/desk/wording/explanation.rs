//! Explanations: which tags were not carried out, why, and how they are written right.

use crate::model::{Ask, SyntaxError};

use super::super::news::Rejection;
use super::engineer::{ToEngineer, below_cut_line};
use super::rejections::rejection;
use super::notification::notification_subject;
use super::syntax_errors::syntax_error;
use super::tags::asks_in_words;
use super::text::{foreign, in_quotes, one_line, quoted, say};

/// Of a subject no more characters are shown.
const LONGEST_SUBJECT: usize = 300;

/// What is wrong with an engineer's message.
#[derive(Clone, Copy, Debug, Default)]
pub struct TagErrors<'a> {
    /// Its subject, as typed.
    pub subject: &'a str,
    /// What was understood.
    pub understood: &'a [Ask],
    /// What was not understood.
    pub errors: &'a [SyntaxError],
    /// What was understood and makes no sense here.
    pub rejections: &'a [Rejection],
    /// The words of the message, to be given back.
    pub words: &'a str,
}

/// The subject of an explanation whose thread has none yet.
pub fn explanation_subject(to: &ToEngineer<'_>) -> String {
    match to.request {
        Some(request) => notification_subject(request),
        None => say(to.language, "Ваши теги не выполнены", "Your tags were not carried out").to_owned(),
    }
}

/// What was understood, what was not, how it is written right, and the engineer's words given back.
pub fn explanation(to: &ToEngineer<'_>, wrong: &TagErrors<'_>) -> String {
    let language = to.language;
    let nothing = say(
        language,
        "Ничего не выполнено, и заявителю ничего не отправлено: теги одного письма действуют все вместе или не действуют вовсе.",
        "Nothing was carried out, and nothing was sent to the requester: the tags of a message work all together or not at all.",
    );
    below_cut_line([
        nothing.to_owned(),
        subject(to, wrong),
        understood(to, wrong),
        faults(to, wrong),
        remedy(to, wrong),
        quoted(&foreign(wrong.words)),
    ])
}

fn subject(to: &ToEngineer<'_>, wrong: &TagErrors<'_>) -> String {
    let subject = one_line(wrong.subject, LONGEST_SUBJECT);
    if subject.is_empty() {
        return String::new();
    }
    let subject = in_quotes(to.language, &subject);
    say(to.language, format!("Тема письма: {subject}"), format!("The subject was: {subject}"))
}

fn understood(to: &ToEngineer<'_>, wrong: &TagErrors<'_>) -> String {
    if wrong.understood.is_empty() {
        return String::new();
    }
    let asks = asks_in_words(to.language, to.desk, wrong.understood);
    say(to.language, format!("Понято: {asks}."), format!("Understood: {asks}."))
}

fn faults(to: &ToEngineer<'_>, wrong: &TagErrors<'_>) -> String {
    let errors = wrong.errors.iter().map(|fault| syntax_error(to, fault));
    let rejections = wrong.rejections.iter().map(|fault| rejection(to.language, to.desk, fault));
    let faults: Vec<String> = errors.chain(rejections).map(|fault| format!("• {fault}")).collect();
    if faults.is_empty() {
        return String::new();
    }
    let title = say(to.language, "Что исправить:", "What to put right:");
    format!("{title}\n{}", faults.join("\n"))
}

fn remedy(to: &ToEngineer<'_>, wrong: &TagErrors<'_>) -> String {
    let again = match to.request {
        Some(_) => say(
            to.language,
            "Исправьте теги и отправьте письмо ещё раз, можно ответом на это: всё своё выше верхней черты.",
            "Put the tags right and send the message again. You may reply to this letter: all that is yours above its first line.",
        ),
        None => say(
            to.language,
            "Исправьте теги и отправьте письмо ещё раз.",
            "Put the tags right and send the message again.",
        ),
    };
    let words = say(
        to.language,
        "Ваш текст, чтобы не набирать его заново:",
        "Here is your text, so that you need not type it again:",
    );
    if wrong.words.trim().is_empty() { again.to_owned() } else { format!("{again} {words}") }
}
