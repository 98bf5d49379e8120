//! The links in e-mails to requesters: confirm, disagree, withdraw.

use crate::model::policy::AfterClose;
use crate::model::{Link, Phase, RequesterAsk, Status};

use super::customer::ToCustomer;
use super::text::pick;

/// The links that fit the request's status; `url` makes the address of each.
///
/// On a closed request the only link is to disagree, and only where the desk reopens closed requests; none where it was
/// closed as withdrawn, spam, duplicate or transferred.
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
        RequesterAsk::Confirm => ("Подтвердить, что вопрос решён", "Confirm that the issue is resolved"),
        RequesterAsk::Disagree => ("Вопрос не решён", "The issue is not resolved"),
        RequesterAsk::Withdraw => ("Отозвать запрос", "Withdraw the request"),
    };
    pick(to.language, ru, en)
}
