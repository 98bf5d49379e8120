//! What a requester may do with one touch.

use crate::model::policy::AfterClose;
use crate::model::{Link, Phase, RequesterAsk, Status};

use super::customer::ToCustomer;
use super::text::say;

/// The links that make sense where the request stands; `url` makes the address of each.
///
/// Of a closed request only the requester who was told that it is solved may disagree, and only where words reopen it.
pub fn links(to: &ToCustomer<'_>, url: &dyn Fn(RequesterAsk) -> String) -> Vec<Link> {
    let standing = &to.request.standing;
    let asks: &[RequesterAsk] = match (standing.phase, &standing.status) {
        (Phase::Completed, _) => &[RequesterAsk::Confirm, RequesterAsk::Disagree],
        (Phase::New | Phase::Open | Phase::Waiting | Phase::Planned, _) => &[RequesterAsk::Withdraw],
        (Phase::Closed, Status::Withdrawn | Status::Spam | Status::Duplicate | Status::Transferred) => &[],
        (Phase::Closed, _) => match to.desk.after_close {
            AfterClose::Reopen => &[RequesterAsk::Disagree],
            AfterClose::OpenNew => &[],
        },
    };
    asks.iter().map(|ask| Link { label: label(to, *ask).to_owned(), url: url(*ask) }).collect()
}

fn label(to: &ToCustomer<'_>, ask: RequesterAsk) -> &'static str {
    let declined = to.request.standing.status == Status::Declined;
    let (ru, en) = match ask {
        RequesterAsk::Confirm if declined => {
            ("Принять ответ и закрыть запрос", "Accept the answer and close the request")
        }
        RequesterAsk::Disagree if declined => ("Не согласиться с ответом", "Disagree with the answer"),
        RequesterAsk::Confirm => ("Подтвердить, что вопрос решён", "Confirm that it is solved"),
        RequesterAsk::Disagree => ("Вопрос не решён", "It is not solved"),
        RequesterAsk::Withdraw => ("Отозвать запрос", "Withdraw the request"),
    };
    say(to.language, ru, en)
}
