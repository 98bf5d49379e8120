//! Transaction B: files one message, by facts → decide → commit.

use std::borrow::Cow;

use crate::desk::{self, Case};
use crate::failpoint;
use crate::model::{Decision, Disposition, Redaction, ThreadFacts, Understanding};
use crate::store::{StoreError, Tx};

use super::Context;
use super::basis::with_basis;
use super::commit::commit;
use super::destination::Destination;
use super::facts;
use super::look::{Looked, look};
use super::origin::{FiledMessage, Origin};
use super::understand::{Understood, typed};

/// Decides about a message, and stores the decision. `None` where the message's mailbox is not configured.
pub(super) fn file(context: &Context, tx: &Tx<'_>, understood: &Understood) -> Result<Option<Decision>, StoreError> {
    let (message, now) = (&understood.message, context.now());
    let Some(at) = Destination::of(&context.settings, &message.waiting.mailbox) else { return Ok(None) };
    let thread = look(tx, message.waiting.id, at, &understood.understanding)?;
    let understanding = still_understood(context, at, understood, &thread);
    let facts = facts::of_message(tx, &context.settings, at, message, &understanding, thread, now)?;
    with_basis(context, at.desk, &facts, now, |basis| {
        let case = Case {
            basis: basis.of_message(message.waiting.id),
            received: message.waiting.id,
            incoming: &message.incoming,
            understanding: &understanding,
            automatic: at.mailbox.automatic,
            is_older: message.waiting.is_older,
            limits: context.settings.limits,
        };
        let decision = desk::decide(&case);
        write(context, tx, understood, &case, &decision)?;
        failpoint::reached("handle.before");
        Ok(Some(decision))
    })
}

/// What the message means, judged by the message that it answers now. That one may have been erased since the look, or filed
/// only after it: then the message is understood anew.
fn still_understood<'a>(
    context: &Context,
    at: Destination<'_>,
    understood: &'a Understood,
    thread: &ThreadFacts,
) -> Cow<'a, Understanding> {
    let (settings, understanding) = (&context.settings, &understood.understanding);
    let looked = Looked::of(thread, &settings.desks, at.desk);
    if looked == understood.looked {
        return Cow::Borrowed(understanding);
    }
    let typed = typed(settings, &understood.message, &understanding.sender, &looked);
    Cow::Owned(Understanding { typed, ..understanding.clone() })
}

fn write(
    context: &Context,
    tx: &Tx<'_>,
    understood: &Understood,
    case: &Case<'_>,
    decision: &Decision,
) -> Result<(), StoreError> {
    let (waiting, sender) = (&understood.message.waiting, case.understanding.sender.address.as_ref());
    let findable = &understood.message.findable;
    let message = FiledMessage { received: case.received, incoming: case.incoming, sender, findable };
    let origin = Origin { message: Some(message), is_repeated: waiting.is_repeated, arrived_at: waiting.arrived_at };
    commit(context, tx, &case.basis, decision, &origin)?;
    if let (Disposition::Duplicate, Some(earlier)) = (decision.disposition, case.basis.facts.identity.duplicate_of)
        && tx.is_erased(earlier)?
    {
        // Erased content must not come back when the same message is sent again.
        let first = u32::try_from(case.received.0).unwrap_or(u32::MAX);
        let redaction = Redaction::of_all(first, sender.cloned().into_iter().collect());
        tx.erase_messages(&[case.received], &redaction, case.basis.now)?;
    }
    Ok(())
}
