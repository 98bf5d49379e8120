//! What an engineer's answer to a question of ours says: yes, no, or something that has to be read by people.
//!
//! Words are sent on a yes, so it is one only if the whole answer is a phrase that says so. «Да нет, не надо», «Ок, Петров уже
//! ответил» and "Yes, but change line 2" are neither.

use super::own::Own;
use super::{
    Clause, ClauseMeaning, OwnPhrases, clauses, is_greeting, is_name, is_sad, matches, normalized, phrase, slots,
    unquoted, without_emojis, without_signature,
};

/// The longest text that is looked at, in bytes: a longer one is more than a yes.
const MAX_BYTES: usize = 400;

/// What an answer to a question says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// Yes, and nothing else.
    Yes,
    /// No, and nothing else.
    No,
    /// Nothing at all.
    Empty,
    /// Something that is neither a yes nor a no but begins like one.
    Doubtful,
    /// Other words.
    Other,
}

const YES: [&str; 10] = [
    "+|да|ага|угу|верно|точно|подтверждаю|мое|мой|yes|yep|yeah|yup|ok|okay|ок|окей|хорошо|confirm|confirmed|correct|sure",
    "это я|мое|мой [писал|писала|написал|написала|отправлял|отправляла|отправил|отправила]",
    "я [это] [сам|сама] писал|писала|написал|написала",
    "это писал|писала|написал|написала я",
    "[да] отправляй|отправляйте|отправь|отправьте|отправить|шлите|посылайте [это|его|ее|текст|ответ|письмо|заявителю|клиенту]",
    "все верно|правильно",
    "i did|do|confirm [it|this|that]",
    "i wrote this|it|that [myself]",
    "it|that|this was|is me|mine",
    "[do] send it|this|that [to] [the] [customer|requester]",
];

const NO: [&str; 7] = [
    "нет|неа|no|nope|отмена|отменить|cancel",
    "не надо|нужно|отправляй|отправляйте|отправлять|отправь",
    "не я|мое",
    "это не я|мое",
    "я [это|этого] не писал|писала|отправлял|отправляла",
    "not me|mine",
    "[do] not|don't|dont send [it|this|that]",
];

/// Words at the beginning of an answer by which it is more likely one to our question than a text for somebody else.
const BEGINNINGS: [&str; 26] = [
    "+",
    "да",
    "ага",
    "угу",
    "верно",
    "подтверждаю",
    "yes",
    "yep",
    "yeah",
    "yup",
    "ok",
    "okay",
    "ок",
    "окей",
    "confirm",
    "confirmed",
    "нет",
    "неа",
    "no",
    "nope",
    "отмена",
    "не",
    "not",
    "don't",
    "dont",
    "cancel",
];

/// What an answer says. `names` are the full names of the desk's engineers, who may sign it.
pub fn confirmation(text: &str, names: &[&str]) -> Confirmation {
    let (text, emojis) = without_emojis(&normalized(text));
    let text = unquoted(&text);
    if text.chars().all(|c| c.is_whitespace() || ".,!;:-–—…_".contains(c)) {
        return if emojis > 0 { Confirmation::Doubtful } else { Confirmation::Empty };
    }
    let begins_like_one = || {
        let mut said = clauses(text).into_iter().filter(|clause| !is_greeting(&clause.words));
        said.next()
            .and_then(|clause| clause.words.first().cloned())
            .is_some_and(|word| BEGINNINGS.contains(&word.trim_end_matches(['?', '？', '"', '»'])))
    };
    match whole(text, names) {
        Some(answer) => answer,
        None if begins_like_one() => Confirmation::Doubtful,
        None => Confirmation::Other,
    }
}

/// The answer, if every clause of the text is a phrase that says it, or a polite one.
fn whole(text: &str, names: &[&str]) -> Option<Confirmation> {
    if text.len() > MAX_BYTES || text.contains(['?', '？']) || is_sad(text) {
        return None;
    }
    let own = Own::new(&OwnPhrases::default(), names);
    let clauses = without_signature(clauses(text))?;
    let mut answer = None;
    for at in 0..clauses.len() {
        let said = match says(&clauses[at]) {
            Some(said) => said,
            None if is_polite(&clauses, at, &own) => continue,
            None => return None,
        };
        if answer.is_some_and(|answer| answer != said) {
            return None;
        }
        answer = Some(said);
    }
    answer
}

fn says(clause: &Clause) -> Option<Confirmation> {
    let words = clause.significant_words();
    let is_one_of = |phrases: &[&'static str]| phrases.iter().any(|phrase| matches(&words, &slots(phrase)));
    match (is_one_of(&YES), is_one_of(&NO)) {
        (true, _) => Some(Confirmation::Yes),
        (_, true) => Some(Confirmation::No),
        (false, false) => None,
    }
}

/// Whether a clause greets, thanks, or is somebody's name.
fn is_polite(clauses: &[Clause], at: usize, own: &Own) -> bool {
    let words = clauses[at].significant_words();
    let is_thanks = matches!(phrase(&words), Some(ClauseMeaning::Thanks | ClauseMeaning::Nothing))
        && !matches!(words[..], ["понял" | "поняла" | "принято" | "understood" | "noted"]);
    words.is_empty() || is_thanks || words.iter().all(|word| own.is_name(word)) || is_name(clauses, at)
}

#[cfg(test)]
mod tests {
    use super::{Confirmation, confirmation};

    #[test]
    fn only_a_whole_yes_is_one() {
        let of = |text| confirmation(text, &["Иван Иванов"]);
        for yes in [
            "Да",
            "да.",
            "Да!",
            "Да, это я",
            "Да, пожалуйста.",
            "Yes",
            "Yes, I wrote this.",
            "OK",
            "+",
            "Моё",
            "Подтверждаю!",
            "Да, отправьте, пожалуйста",
            "Отправляйте",
            "Добрый день!\nДа.",
            "Да, спасибо!",
            "Yes, please send it.",
            "Да\n\nС уважением,\nИван Иванов",
            "Да.\nИванов",
            "«да»",
            "Да, да",
            "Это я писал",
            "yes, send it",
            "Ок",
            "Здравствуйте! Да, я писал.",
            "Да, верно",
        ] {
            assert_eq!(of(yes), Confirmation::Yes, "{yes:?}");
        }
        for no in [
            "Нет",
            "no",
            "Нет, не надо.",
            "Это не я",
            "not me",
            "Нет, спасибо",
            "Отмена",
            "Don't send it",
            "Я этого не писал",
        ] {
            assert_eq!(of(no), Confirmation::No, "{no:?}");
        }
        for doubtful in [
            "Да нет, не надо",
            "Да нет",
            "Ок, Петров уже ответил",
            "Yes, but change line 2",
            "Да, но без второй строки",
            "Да?",
            "Да, нет",
            "Нет, отправьте",
            "Нет, так не пойдёт",
            "Да (но не сейчас",
            "👍",
            "Да нет, не отправляйте это, пожалуйста!",
            "Да: он грубит",
            "Yes, that was me: no idea",
            "No idea",
            "Не знаю",
        ] {
            assert_eq!(of(doubtful), Confirmation::Doubtful, "{doubtful:?}");
        }
        for other in ["Дарья в отпуске", "Ваше обращение принято.", "Петров уже ответил", "Заменили барабан.", "?"]
        {
            assert_eq!(of(other), Confirmation::Other, "{other:?}");
        }
        for empty in ["", "  \n ", "...", "—", "!"] {
            assert_eq!(of(empty), Confirmation::Empty, "{empty:?}");
        }
    }
}
