//! Decides for whom an engineer's words are, by the people whom the message names in To and Cc. Decided here and nowhere else.

use crate::model::policy::{Desk, Engineer};
use crate::model::{Incoming, NamedAddress, Request};

/// Somebody in To or Cc, as the desk knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    /// The author of the words.
    Author,
    /// An address of ours.
    Desk,
    /// An engineer, or somebody else of the company.
    Colleague,
    /// The requester.
    Requester,
    /// Anybody else.
    ThirdParty,
}

/// For whom an engineer's words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// For the requester, to whom we send them.
    Answer,
    /// For the requester, who has got them already.
    Answered,
    /// For colleagues.
    Note,
    /// For third parties, who have got them already; of the readers of the request only for engineers.
    WithThirdParties,
    /// For the requester or for people who are addressed beside the desk: its author is asked.
    Unclear,
}

/// For whom the words of an engineer's message about a request are. Addresses are compared in their ASCII form.
pub fn purpose(incoming: &Incoming, author: &Engineer, desks: &[Desk], desk: &Desk, request: &Request) -> Purpose {
    let readers = |named: &[NamedAddress]| -> Vec<Reader> {
        named.iter().filter_map(|named| reader(named, author, desks, desk, request)).collect()
    };
    by_readers(&readers(&incoming.to), &readers(&incoming.cc))
}

/// Who a named address is. `None` for the name of a group (RFC 5322 section 3.4), which is no address.
fn reader(named: &NamedAddress, author: &Engineer, desks: &[Desk], desk: &Desk, request: &Request) -> Option<Reader> {
    let Some(address) = named.email() else {
        // It cannot be compared, so it may be anybody's.
        return named.address.contains('@').then_some(Reader::ThirdParty);
    };
    let is_requester = request.requester().is_some_and(|requester| requester.email == address);
    let is_engineer = || desks.iter().any(|desk| desk.engineer_at(&address).is_some());
    Some(match () {
        () if is_requester => Reader::Requester,
        () if author.writes_from(&address) => Reader::Author,
        () if desks.iter().any(|desk| desk.is_own(&address)) => Reader::Desk,
        () if is_engineer() || desk.is_in_house(&address) => Reader::Colleague,
        () => Reader::ThirdParty,
    })
}

/// For whom words are that went to these people. A message that names nobody came by a blind copy; one to its author alone, with the
/// desk in copy, is a note to themselves.
fn by_readers(to: &[Reader], cc: &[Reader]) -> Purpose {
    let (is_to, is_cc) = (|reader| to.contains(&reader), |reader| cc.contains(&reader));
    let others = to.iter().any(|reader| !matches!(reader, Reader::Desk | Reader::Author));
    match () {
        () if is_to(Reader::Requester) || is_cc(Reader::Requester) => Purpose::Answered,
        () if is_to(Reader::Desk) && others => Purpose::Unclear,
        () if is_to(Reader::Desk) => Purpose::Answer,
        () if is_to(Reader::ThirdParty) || is_cc(Reader::ThirdParty) => Purpose::WithThirdParties,
        () if is_to(Reader::Colleague) || is_cc(Reader::Colleague) => Purpose::Note,
        () if is_to(Reader::Author) && is_cc(Reader::Desk) => Purpose::Note,
        () => Purpose::Answer,
    }
}

#[cfg(test)]
mod tests {
    use super::Reader::{Author, Colleague, Desk, Requester, ThirdParty};
    use super::*;

    #[test]
    fn to_and_cc_say_for_whom_words_are() {
        const TABLE: [(&[Reader], &[Reader], Purpose); 26] = [
            (&[Desk], &[], Purpose::Answer),
            (&[Desk, Desk], &[Desk], Purpose::Answer),
            (&[Desk], &[Colleague], Purpose::Answer),
            (&[Desk], &[ThirdParty], Purpose::Answer),
            (&[], &[Desk], Purpose::Answer),
            (&[], &[], Purpose::Answer),
            (&[Requester], &[], Purpose::Answered),
            (&[Requester], &[Desk], Purpose::Answered),
            (&[Desk], &[Requester], Purpose::Answered),
            (&[Colleague], &[Desk, Requester], Purpose::Answered),
            (&[ThirdParty], &[Desk, Requester], Purpose::Answered),
            (&[Colleague], &[Desk], Purpose::Note),
            (&[Colleague, Colleague], &[Desk, Colleague], Purpose::Note),
            (&[Colleague], &[], Purpose::Note),
            (&[], &[Desk, Colleague], Purpose::Note),
            (&[ThirdParty], &[Desk], Purpose::WithThirdParties),
            (&[ThirdParty], &[Desk, Colleague], Purpose::WithThirdParties),
            (&[Colleague], &[Desk, ThirdParty], Purpose::WithThirdParties),
            (&[Colleague, ThirdParty], &[], Purpose::WithThirdParties),
            (&[], &[Desk, ThirdParty], Purpose::WithThirdParties),
            (&[Desk, Colleague], &[], Purpose::Unclear),
            (&[ThirdParty, Desk], &[Colleague], Purpose::Unclear),
            (&[Author], &[Desk], Purpose::Note),
            (&[Desk], &[Author], Purpose::Answer),
            (&[Desk, Author], &[], Purpose::Answer),
            (&[Author], &[], Purpose::Answer),
        ];
        for (to, cc, expected) in TABLE {
            assert_eq!(by_readers(to, cc), expected, "To: {to:?}, Cc: {cc:?}");
        }
    }
}
