//! Finds earlier messages that are the same, and tells whether what they did is all that this one is to do.

use crate::desk;
use crate::mail::parse;
use crate::model::policy::Desk;
use crate::model::{Disposition, EarlierCopy, IdentityFacts, ReceivedId, Request, Shortfall, Understanding};
use crate::store::{SameMessage, StoreError, View};

use super::Context;
use super::destination::Destination;
use super::message::Message;

/// The header of an earlier copy is within so many of its first bytes.
const LONGEST_HEADER: usize = 256 * 1_024;

/// The earlier messages that are the same as this one.
pub(super) fn identity(
    context: &Context,
    view: &View<'_>,
    at: Destination<'_>,
    message: &Message,
    understanding: &Understanding,
) -> Result<IdentityFacts, StoreError> {
    let (received, incoming) = (message.waiting.id, &message.incoming);
    let copies = Copies { context, view, is_clean: !is_marked(understanding), is_older: message.waiting.is_older };
    let Some(id) = &incoming.message_id else {
        let same = view.same_bytes(received)?;
        let duplicate_of = same.map(|id| EarlierCopy { id, shortfall: None });
        return Ok(IdentityFacts { duplicate_of, ..IdentityFacts::default() });
    };
    let (desks, digest) = (at.desk.all_keys(), &incoming.content_digest);
    Ok(IdentityFacts {
        duplicate_of: copies.best(at.desk, &view.same_messages(&desks, received, id, digest)?)?,
        same_id_as: view.other_message_with_id(&desks, received, id, digest)?,
        elsewhere: copies.elsewhere(at.desk, view.same_message_elsewhere(&desks, id, digest)?)?,
    })
}

/// What earlier copies are judged by.
struct Copies<'a> {
    context: &'a Context,
    view: &'a View<'a>,
    /// Whether this message bears no sign of automatic mail or spam.
    is_clean: bool,
    /// Whether it is from before the start mark.
    is_older: bool,
}

impl Copies<'_> {
    /// The first copy that did all that this message is to do; or else the first one that fell short of it.
    fn best(&self, desk: &Desk, copies: &[SameMessage]) -> Result<Option<EarlierCopy>, StoreError> {
        let mut first = None;
        for copy in copies {
            let shortfall = self.shortfall(desk, copy)?;
            let is_whole = shortfall.is_none();
            let found = EarlierCopy { id: copy.id, shortfall };
            if is_whole {
                return Ok(Some(found));
            }
            first.get_or_insert(found);
        }
        Ok(first)
    }

    /// The request in which another desk has filed the same message; `None` where it was added there as a robot's.
    fn elsewhere(&self, desk: &Desk, copy: Option<SameMessage>) -> Result<Option<Request>, StoreError> {
        let Some(copy) = copy else { return Ok(None) };
        if copy.disposition == Some(Disposition::Appended) && self.shortfall(desk, &copy)?.is_some() {
            return Ok(None);
        }
        self.request(&copy)
    }

    fn request(&self, copy: &SameMessage) -> Result<Option<Request>, StoreError> {
        copy.request.as_ref().map_or(Ok(None), |number| self.view.request(number))
    }

    /// What an earlier copy left undone; `None` where it did all that this one is to do.
    fn shortfall(&self, desk: &Desk, copy: &SameMessage) -> Result<Option<Shortfall>, StoreError> {
        if self.is_older || copy.is_erased {
            return Ok(None);
        }
        if copy.disposition == Some(Disposition::Held) {
            return Ok(Some(Shortfall::Held));
        }
        if !self.is_clean || !self.was_marked(desk, copy.id)? {
            return Ok(None);
        }
        let opened = if copy.disposition == Some(Disposition::Opened) { self.request(copy)? } else { None };
        Ok(Some(Shortfall::Marked(opened.map(Box::new))))
    }

    /// Whether an earlier copy bore a sign of automatic mail or spam. Copies differ only in what transports have added.
    fn was_marked(&self, desk: &Desk, id: ReceivedId) -> Result<bool, StoreError> {
        let raw = self.view.raw(id)?;
        let incoming = parse::parse(&raw[..raw.len().min(LONGEST_HEADER)]);
        let (desks, instance) = (&self.context.settings.desks, self.context.ring.instance());
        Ok(is_marked(&desk::claims(&incoming, desk, desks, instance)))
    }
}

fn is_marked(message: &Understanding) -> bool {
    !message.automatic.is_empty() || message.spam.is_some() || message.is_own_letter || message.is_probe
}
