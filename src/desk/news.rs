//! What decisions say to the wording: whom a letter tells what.

use jiff::civil::{Date, DateTime};

use crate::model::{Ask, EmailAddress, Release, RequestNumber, ShortName, Signed, Status, Timestamp, Version};

/// What a requester is told that has become of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It stands so now; only statuses that tell.
    Stands(Status),
    /// It is closed because the same matter is known already: under this number, where that is the requester's own.
    SameAs(Option<RequestNumber>),
    /// It was taken up again.
    Reopened,
    /// What our last letter told was wrong: it stands so.
    Corrected(Status),
    /// It will close by itself on this day.
    ClosingSoon(Date),
    /// It is closed because nobody has answered the letter of this day.
    ClosedBySilence(Date),
    /// Another desk has it now, under this number.
    MovedTo(RequestNumber),
    /// The version that brings it is out.
    Released(Version),
    /// The version that will bring it has another day.
    Rescheduled(Release),
}

/// What is promised of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// The first answer.
    FirstResponse,
    /// The solution.
    Resolution,
}

/// Why an engineer gets a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A customer's first message.
    Opened,
    /// A participant has written.
    Wrote,
    /// Somebody who is no participant has answered one of our letters; nobody but engineers sees it.
    FromOutside,
    /// The requester agrees: closed.
    Confirmed,
    /// The requester does not agree: open again.
    Disagreed,
    /// The requester needs it no longer: closed.
    Withdrawn,
    /// This engineer has answered the requester.
    Answered(ShortName),
    /// This engineer has added a note.
    Noted(ShortName),
    /// It is the reader's now; who did that, where it was an engineer.
    Assigned(Option<ShortName>),
    /// It is the reader's line's or team's now; who did that, where it was an engineer.
    PassedOn(Option<ShortName>),
    /// Another desk has passed it on, where it had this number; who did that, where it was an engineer.
    MovedFrom(RequestNumber, Option<String>),
    /// The external team that has it has written; nobody but engineers sees it.
    FromTeam(ShortName),
    /// The same, says the message, and nothing shows that: it answers no letter of ours.
    FromTeamUnproven(ShortName),
    /// A letter did not reach this recipient, because of that.
    LetterFailed(EmailAddress, String),
    /// The line or team that has it has done nothing since this day.
    Silent(Date),
    /// What was promised ends at this time, on the desk's clock.
    Due(Promise, DateTime),
    /// What was promised ended at this time, on the desk's clock, and is not kept.
    Overdue(Promise, DateTime),
}

/// Why a well-formed ask cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// Only a requester may ask this.
    NotForEngineers(Ask),
    /// It needs a request, and the message belongs to none.
    NoRequest(Ask),
    /// It opens a request for somebody, and the message belongs to one already.
    NotInRequest(Ask),
    /// The two exclude each other.
    Conflict(Ask, Ask),
    /// It makes no sense where the request stands.
    NotNow(Ask, Status),
    /// A question needs its words.
    NoWords(Ask),
    /// There is no such request here.
    NoSuchRequest(RequestNumber),
    /// A request is not the same as itself, nor linked to itself.
    SameRequest(Ask),
    /// It names a request that is closed as a duplicate of this one.
    OwnDuplicate(Ask),
    /// There is no change of the writer's own that could be taken back.
    NothingToUndo,
    /// Somebody has changed the same since.
    ChangedSince,
    /// The day that it names is not to come.
    PastDay(Ask),
    /// The request is at another desk now, under this number.
    MovedAway(RequestNumber),
    /// A move to another desk cannot be taken back: it has this number there.
    MovedForGood(RequestNumber),
    /// The request is at this desk already.
    SameDesk(Ask),
    /// Nobody waits for that version.
    NobodyWaits(Ask),
    /// This maildesk does not do it yet.
    NotYet(Ask),
    /// It stands in the subject of an answer to a message that never came here, so nobody knows who typed it.
    ForeignSubject(Ask),
    /// It stands on the first line of a message that has no plain text.
    InHtml(Ask),
    /// The subject names another request beside or instead of the one that the message answers.
    OtherRequest(RequestNumber),
}

/// Why a message that names an engineer does not prove to be the engineer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// It brings no proof at all.
    NoProof,
    /// Its token was for an earlier time.
    Expired(Timestamp),
    /// Its token belongs to another engineer or to another request.
    NotYours(Signed),
    /// Its token or personal address was burnt or revoked before.
    Burnt,
    /// Its token or personal address was shown to this address, who is neither desk nor engineer: burnt now.
    Exposed(EmailAddress),
}
