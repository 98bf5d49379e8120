//! The receipt for an answer to a digest: what became of each line.

use crate::model::{Ask, Request, RequestNumber};

use super::engineer::{ToEngineer, below_cut_line};
use super::tags::asks_in_words;
use super::text::{pick, readable_span};

/// What became of the lines about one request.
#[derive(Clone, Debug)]
pub enum Carried {
    /// These asks were carried out; the request as it is after them.
    Done(Box<Request>, Vec<Ask>),
    /// Nothing was, for these reasons.
    Refused(RequestNumber, Vec<String>),
}

/// Subject and text of the receipt. `grace` is the number of seconds until requesters are told; `None` where there is nothing to wait
/// for. `is_more_said` is whether the answer had other words, too.
pub fn digest_receipt(
    to: &ToEngineer<'_>,
    carried: &[Carried],
    grace: Option<u32>,
    is_more_said: bool,
) -> (String, String) {
    let (language, key) = (to.language, &to.desk.key);
    let subject = pick(language, format!("{key}: выполнено по сводке"), format!("{key}: carried out from your list"));
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for line in carried {
        match line {
            Carried::Done(request, asks) => done.push(done_line(to, request, asks)),
            Carried::Refused(number, why) => refused.push(format!("{number}: {}", why.join(" "))),
        }
    }
    let titled = |title: &str, lines: &[String]| match lines.is_empty() {
        true => String::new(),
        false => format!("{title}\n{}", lines.join("\n")),
    };
    let told = grace.map(|seconds| readable_span(language, seconds)).map(|span| {
        pick(
            language,
            format!("Заявители получат письма об этом через {span}."),
            format!("The requesters will be notified in {span}."),
        )
    });
    let undo = to.undo_tag();
    let undo = pick(
        language,
        format!("Чтобы отменить всё это, ответьте на это письмо одним тегом {undo}."),
        format!("To undo all of this, reply with {undo} alone."),
    );
    let rest = pick(
        language,
        "Остальной текст Вашего ответа никому не отправлен.",
        "The other text of your reply was sent to nobody.",
    );
    let paragraphs = [
        titled(pick(language, "Выполнено:", "Carried out:"), &done),
        titled(pick(language, "Не выполнено:", "Not carried out:"), &refused),
        told.unwrap_or_default(),
        if is_more_said { rest.to_owned() } else { String::new() },
        if done.is_empty() { String::new() } else { undo },
    ];
    (subject, below_cut_line(language, paragraphs))
}

fn done_line(to: &ToEngineer<'_>, request: &Request, asks: &[Ask]) -> String {
    let now = ToEngineer { request: Some(request), ..*to }.status_sentence().unwrap_or_default();
    format!("{}: {}. {now}", request.number, asks_in_words(to.language, to.desk, asks))
}
