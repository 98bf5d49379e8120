//! Alerts: a robot's messages that are alike join one open request of the last 24 hours. Engineers are told of the first, the
//! tenth and the hundredth, after an hour's pause, and where it has become worse.

use crate::desk::alerts::alert;
use crate::desk::news::{AlertNews, News};
use crate::desk::revision::Revision;
use crate::model::policy::AutomaticMail;
use crate::model::{Alert, Change, Decision, Disposition, Effect, Entry, RequestNumber, Tally, TallyKind};

use super::brought::brought;
use super::case::Case;

/// After how many seconds engineers are told again: an hour.
const PAUSE: i64 = 3_600;

/// The message as an alert, where its mailbox groups them; `None` where it does not.
pub(super) fn grouped(case: &Case<'_>) -> Option<Alert> {
    let is_grouped = case.automatic == AutomaticMail::Group
        && !case.understanding.automatic.is_empty()
        && !case.is_older
        && !case.is_split;
    if is_grouped { alert(case.basis.desk, case.understanding) } else { None }
}

/// Adds an alert to the request of those that are like it; `None` where there is none.
pub(super) fn join(case: &Case<'_>, mut reasons: Vec<String>) -> Option<Decision> {
    let alert = grouped(case)?;
    let known = &case.basis.facts.sender.alerts;
    let request = known.request.as_ref()?;
    let count = known.count.saturating_add(1);
    let is_again = known.last.is_none_or(|last| case.basis.now.seconds_since(last) >= PAUSE);
    let why = match () {
        () if alert.is_resolved => None,
        () if known.is_worse => Some(AlertNews::Worse),
        () if is_again => Some(AlertNews::Again),
        () if is_power_of_ten(count) => Some(AlertNews::Many),
        () => None,
    };
    let sender = case.sender();
    let proof = if alert.is_resolved { "an alike alert, which says that it is resolved" } else { "an alike alert" };
    let mut revision = Revision::of(request);
    revision.change(&case.basis.by(&sender, proof), Change::AppendedAutomatic);
    let told = if why.is_some() { "engineers are told" } else { "nobody is told" };
    reasons.push(format!("alert {count} of {}: {proof}; {told}", request.number));
    let letters = why.map(|why| brought(case, revision.request(), News::Alerts(count, why)));
    let mut decision =
        Decision { request: Some(request.number.clone()), reasons, ..Decision::of(Disposition::Appended) };
    decision.change(revision.into_events());
    decision.effects.extend([Effect::AddEntry(Entry::default()), Effect::JoinFlood]);
    decision.count(tallies(case, &alert, &request.number));
    decision.write(letters.into_iter().flatten());
    Some(decision)
}

/// What begins with the alert that opens a request of this number: those that are like it are added. One that says that all is
/// well begins nothing.
pub(super) fn begin(case: &Case<'_>, number: &RequestNumber) -> Vec<Effect> {
    let Some(alert) = grouped(case).filter(|alert| !alert.is_resolved) else { return Vec::new() };
    let counted = tallies(case, &alert, number).into_iter().map(Effect::Count);
    counted.chain([Effect::BeginFlood(alert.key)]).collect()
}

/// An alert counts as one of its severity and of all below.
fn tallies(case: &Case<'_>, alert: &Alert, number: &RequestNumber) -> Vec<Tally> {
    let key = |severity| alert.counted(number, severity);
    (0..=alert.severity)
        .map(|severity| Tally { kind: TallyKind::Alert, key: key(severity), at: case.basis.now })
        .collect()
}

fn is_power_of_ten(count: u32) -> bool {
    count.checked_ilog10().is_some_and(|zeros| 10_u32.pow(zeros) == count)
}
