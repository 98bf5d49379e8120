//! Why words of an engineer were not sent to the requester, and how a yes sends them after all.

use jiff::civil::DateTime;

use crate::model::{Ask, Language, Request, Unclear, UnsentMessage, split_cut_line};

use super::engineer::{ToEngineer, below_cut_line};
use super::tags::{asks_in_words, tag};
use super::text::{mask_cut_lines, one_line, pick, quote_lines, readable_time};
use super::unsent::unsent_line;

/// The requester by name, or else by address; `None` where nobody could be written to.
pub(super) fn requester_name(request: &Request) -> Option<String> {
    request.requester().map(|person| match mask_cut_lines(&one_line(&person.name, 100)) {
        name if name.is_empty() => person.email.to_string(),
        name => name,
    })
}

/// How to have the text below sent as it stands, and which tags of the subject a yes carries out. `None` where the letter is about
/// nobody who could be written to.
pub fn yes_sends(to: &ToEngineer<'_>, asks: &[Ask]) -> Option<String> {
    let who = requester_name(to.request?)?;
    let sends = pick(
        to.language,
        format!(
            "Чтобы отправить заявителю ({who}) приведённый ниже текст как есть, вместе со скобками, ответьте на это письмо одним \
             словом «да»."
        ),
        format!(
            "To send the text below to {who} as it is, brackets included, reply to this e-mail with the single word “yes”."
        ),
    );
    let done = asks_in_words(to.language, to.desk, asks);
    let asks = match asks.is_empty() {
        true => pick(to.language, "Теги при этом не выполняются.", "No tag is carried out then.").to_owned(),
        false => pick(
            to.language,
            format!("Из темы письма при этом будет выполнено: {done}."),
            format!("Of the subject, this is carried out then: {done}."),
        ),
    };
    Some(format!("{sends} {asks}"))
}

/// Why an engineer's message was not sent to the requester, with its text to be sent again. `yes` says how to have that text sent as
/// it stands.
pub fn not_sent(to: &ToEngineer<'_>, unclear: Unclear, yes: Option<String>, words: &str) -> String {
    let (ru, en) = match unclear {
        Unclear::NoCutLine => (
            "В нём есть цитата, но нет верхней черты «ответ пишите выше…», и неясно, где заканчивается Ваш текст.",
            "It contains quoted text, but the line “reply above…” is missing, so we cannot tell where your own text ends.",
        ),
        Unclear::BelowCutLine => (
            "Часть текста стоит ниже черты «ответ пишите выше…», среди цитаты или под ней, и неясно, что из этого написали Вы.",
            "Part of its text is below the line “reply above…”, within or after the quoted text, so we cannot tell which of it \
             is yours.",
        ),
        Unclear::VersionsDiffer => (
            "Оно состоит из двух частей, текстовой и HTML, и в них стоит разное, так что неясно, что из этого написали Вы.",
            "It has two parts, plain text and HTML, and they do not say the same, so we cannot tell which of it you meant.",
        ),
        Unclear::OnlySignature => return only_signature(to, words),
        Unclear::NothingTyped => ("В нём нет ни Вашего текста, ни тегов.", "It holds no text of yours and no tags."),
        Unclear::Encrypted => (
            "Оно зашифровано, и прочитать его здесь нельзя. Ответьте, пожалуйста, ещё раз без шифрования и повторите теги.",
            "It is encrypted and cannot be read here. Please reply once more without encryption, and repeat the tags.",
        ),
        Unclear::OurLetterAttached => (
            "К нему приложено наше письмо инженеру: получив его, кто угодно мог бы писать от имени этого инженера. Уберите, \
             пожалуйста, это вложение.",
            "One of our e-mails to an engineer is attached. Anybody who receives it could write in that engineer's name. Please \
             remove this attachment.",
        ),
    };
    let nothing = match unclear {
        Unclear::NothingTyped => pick(
            to.language,
            "По Вашему письму ничего не отправлено и не изменено.",
            "Nothing was sent or changed by your message.",
        ),
        _ => pick(
            to.language,
            "Ваше письмо не отправлено заявителю, теги из него не выполнены.",
            "Your message was not sent to the requester, and its tags were not carried out.",
        ),
    };
    if unclear == Unclear::Encrypted {
        return below_cut_line(to.language, [format!("{nothing} {}", pick(to.language, ru, en))]);
    }
    let again = pick(
        to.language,
        "Ответьте, пожалуйста, ещё раз: весь текст напишите выше черты, которой начинается это письмо",
        "Please reply once more: put all your text above the line at the top of this e-mail",
    );
    let remedy = match unclear {
        Unclear::NothingTyped => pick(to.language, ", или только тег.", ", or only a tag."),
        _ => pick(
            to.language,
            ", и повторите теги. Ваш текст приведён ниже, чтобы не набирать его заново:",
            ", and repeat the tags. Your text is below, so that you do not have to type it again:",
        ),
    };
    below_cut_line(
        to.language,
        [
            format!("{nothing} {}", pick(to.language, ru, en)),
            yes.unwrap_or_default(),
            format!("{again}{remedy}"),
            quote_lines(&mask_cut_lines(words)),
        ],
    )
}

/// That nothing but a signature was left of a message, and how a yes sends it.
fn only_signature(to: &ToEngineer<'_>, words: &str) -> String {
    let who = to.request.and_then(requester_name).unwrap_or_default();
    let left = one_line(words, 200);
    let asked = pick(
        to.language,
        format!("Ничего не отправлено: в Вашем письме осталось только «{left}», похоже на подпись."),
        format!("Nothing was sent: only “{left}” was left of your message, which looks like a signature."),
    );
    let remedy = pick(
        to.language,
        format!("Отправить это заявителю ({who})? Ответьте одним словом «да» или «нет»."),
        format!("Is it to be sent to {who}? Reply with the single word “yes” or “no”."),
    );
    below_cut_line(to.language, [format!("{asked} {remedy}"), quote_lines(&mask_cut_lines(words))])
}

/// That a message was taken for an absence note, which nobody outside gets, and how a yes sends it.
pub fn taken_for_absence_note(to: &ToEngineer<'_>, words: &str) -> String {
    let who = to.request.and_then(requester_name).unwrap_or_default();
    let said = pick(
        to.language,
        format!(
            "Ваше письмо принято за уведомление об отсутствии и заявителю ({who}) не отправлено. Если это ответ, ответьте одним \
             словом «да», и он уйдёт."
        ),
        format!(
            "Your message was taken for an absence note and was not sent to {who}. If it is an answer, reply with the single word \
             “yes”, and it goes out."
        ),
    );
    below_cut_line(to.language, [said, quote_lines(&mask_cut_lines(words))])
}

/// What the other version of a message says that was given back since its versions differ; empty where there is none.
pub fn in_other_version(to: &ToEngineer<'_>, words: &str) -> String {
    if words.is_empty() {
        return String::new();
    }
    let said = pick(to.language, "А вот что стоит в другой части:", "And this is what the other part says:");
    format!("\n\n{said}\n\n{}", quote_lines(&mask_cut_lines(words)))
}

/// That a reply to a letter of ours was not sent, since it is not clear for whom it is: `words`, or nothing. `waiting` is the text
/// that the letter had asked about: then a yes sends that one, or else the reply itself.
pub fn no_clear_answer(to: &ToEngineer<'_>, words: &str, waiting: Option<&str>) -> String {
    let send = tag(to.language, &Ask::Send);
    let who = to.request.and_then(requester_name).unwrap_or_default();
    let nothing = pick(
        to.language,
        "Ничего не отправлено: Вы ответили на письмо, которое написала сама служба, и неясно, кому предназначен ответ.",
        "Nothing was sent: you replied to an e-mail that the desk itself had written, and it is not clear for whom your reply is.",
    );
    let asked = match waiting {
        Some(_) => pick(
            to.language,
            format!(
                "Отправить заявителю ({who}) текст, который приведён ниже? Ответьте одним словом «да» или «нет». Если заявителю \
                 предназначены другие слова, пришлите их с {send} отдельной первой строкой."
            ),
            format!(
                "Is the text below to be sent to {who}? Reply with the single word “yes” or “no”. To send other words instead, \
                 put {send} alone on the first line above them."
            ),
        ),
        None => pick(
            to.language,
            format!("Ваш ответ приведён ниже. Отправить его заявителю ({who})? Ответьте одним словом «да» или «нет»."),
            format!("Your reply is below. Is it to be sent to {who}? Reply with the single word “yes” or “no”."),
        ),
    };
    below_cut_line(to.language, [nothing.to_owned(), asked, quote_lines(&mask_cut_lines(waiting.unwrap_or(words)))])
}

/// The text of a letter that asks an engineer something, once more: they have not answered it since this time.
pub fn asked_again(language: Language, text: &str, at: DateTime) -> String {
    let at = readable_time(language, at);
    let again = pick(
        language,
        format!("Повторяем вопрос: на это письмо ({at}) ответа ещё не было."),
        format!("We ask again: this e-mail of {at} has not been answered yet."),
    );
    let rest = split_cut_line(text).map_or(text, |(_, rest)| rest).trim_start();
    below_cut_line(language, [again, rest.to_owned()])
}

/// Subject and text of the list of messages of which nothing was sent, for an engineer who has too many of them to get a letter about
/// each.
pub fn not_sent_list(to: &ToEngineer<'_>, unsent: &[&UnsentMessage]) -> (String, String) {
    let count = unsent.len();
    let subject =
        pick(to.language, format!("НЕ отправлены Ваши письма: {count}"), format!("NOT sent: {count} of your messages"));
    let said = pick(
        to.language,
        "Из этих писем ничего не отправлено заявителям, теги из них не выполнены.",
        "Nothing of these messages was sent to requesters, and their tags were not carried out.",
    );
    let lines: Vec<String> = unsent.iter().map(|message| unsent_line(to, message)).collect();
    let remedy = pick(
        to.language,
        "Если о письме есть наш вопрос, ответьте на него «да» или «нет». Остальные пришлите, пожалуйста, ещё раз ответом на \
         письмо об их запросе: за сутки отдельных объяснений было слишком много.",
        "Where an e-mail of ours asks about a message, reply to it with yes or no. Please send the others again, in reply to an \
         e-mail about their request: there were too many within a day to explain each.",
    );
    (subject, [said.to_owned(), lines.join("\n"), remedy.to_owned()].join("\n\n"))
}
