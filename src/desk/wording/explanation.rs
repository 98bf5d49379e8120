//! The texts of explanations: which tags of a message were not carried out, why, and how to write them.

use crate::model::{Ask, SyntaxError};

use super::super::news::Rejection;
use super::engineer::{ToEngineer, below_cut_line};
use super::notification::notification_subject;
use super::rejections::rejection;
use super::syntax_errors::syntax_error;
use super::tags::asks_in_words;
use super::text::{in_quotation_marks, mask_cut_lines, one_line, pick, quote_lines};

/// The longest part of a subject that is shown, in characters.
const MAX_SUBJECT: usize = 300;

/// A message of an engineer whose tags could not all be carried out, and what is wrong with them.
#[derive(Clone, Copy, Debug, Default)]
pub struct TagErrors<'a> {
    /// The subject of the message, as typed.
    pub subject: &'a str,
    /// The asks that were understood.
    pub understood: &'a [Ask],
    /// The tags that were not understood.
    pub errors: &'a [SyntaxError],
    /// The asks that were understood but cannot be carried out.
    pub rejections: &'a [Rejection],
    /// The text of the message, which is returned to its author.
    pub words: &'a str,
}

/// The subject of the first explanation of a thread.
pub fn explanation_subject(to: &ToEngineer<'_>) -> String {
    match to.request {
        Some(request) => notification_subject(request),
        None => pick(to.language, "Ваши теги не выполнены", "Your tags were not carried out").to_owned(),
    }
}

/// The text of an explanation: what was understood, what has to be corrected and how, and the engineer's own text. `yes` says how
/// to have that text sent as it stands.
pub fn explanation(to: &ToEngineer<'_>, wrong: &TagErrors<'_>, yes: Option<String>) -> String {
    let language = to.language;
    let nothing = pick(
        language,
        "Ничего не выполнено, и заявителю ничего не отправлено: теги одного письма выполняются либо все, либо ни один.",
        "Nothing was carried out, and nothing was sent to the requester: the tags of a message are carried out all together or \
         not at all.",
    );
    below_cut_line(
        to.language,
        [
            nothing.to_owned(),
            subject(to, wrong),
            understood(to, wrong),
            corrections(to, wrong),
            yes.unwrap_or_default(),
            remedy(to, wrong),
            quote_lines(&mask_cut_lines(wrong.words)),
        ],
    )
}

fn subject(to: &ToEngineer<'_>, wrong: &TagErrors<'_>) -> String {
    let subject = one_line(wrong.subject, MAX_SUBJECT);
    if subject.is_empty() {
        return String::new();
    }
    let subject = in_quotation_marks(to.language, &subject);
    pick(to.language, format!("Тема письма: {subject}"), format!("The subject was: {subject}"))
}

fn understood(to: &ToEngineer<'_>, wrong: &TagErrors<'_>) -> String {
    if wrong.understood.is_empty() {
        return String::new();
    }
    let asks = asks_in_words(to.language, to.desk, wrong.understood);
    pick(to.language, format!("Понято: {asks}."), format!("Understood: {asks}."))
}

/// The list of what has to be corrected; empty if there is nothing.
fn corrections(to: &ToEngineer<'_>, wrong: &TagErrors<'_>) -> String {
    let errors = wrong.errors.iter().map(|fault| syntax_error(to, fault));
    let rejections = wrong.rejections.iter().map(|fault| rejection(to.language, to.desk, fault));
    let faults: Vec<String> = errors.chain(rejections).map(|fault| format!("• {fault}")).collect();
    if faults.is_empty() {
        return String::new();
    }
    let title = pick(to.language, "Что исправить:", "What to correct:");
    format!("{title}\n{}", faults.join("\n"))
}

fn remedy(to: &ToEngineer<'_>, wrong: &TagErrors<'_>) -> String {
    let again = match to.request {
        Some(_) => pick(
            to.language,
            "Исправьте теги и отправьте письмо ещё раз. Можно ответить на это письмо: тогда весь свой текст напишите выше \
             верхней черты.",
            "Correct the tags and send the message again. You can also reply to this e-mail: then put all your text above its \
             first line.",
        ),
        None => pick(
            to.language,
            "Исправьте теги и отправьте письмо ещё раз.",
            "Correct the tags and send the message again.",
        ),
    };
    let words = pick(
        to.language,
        "Ваш текст приведён ниже, чтобы не набирать его заново:",
        "Your text is below, so that you do not have to type it again:",
    );
    if wrong.words.trim().is_empty() { again.to_owned() } else { format!("{again} {words}") }
}
