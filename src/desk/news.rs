//! What decisions tell the wording: what a letter says to whom.

use jiff::civil::{Date, DateTime};

use crate::model::{Ask, EmailAddress, Release, RequestNumber, ShortName, Signed, Status, Timestamp, Version};

/// What a requester is told about the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It has this status now. Only statuses of which the desk tells requesters.
    Stands(Status),
    /// It is closed as a duplicate; of this request, where the requester takes part in that one.
    SameAs(Option<RequestNumber>),
    /// It was reopened.
    Reopened,
    /// Our last letter was wrong: it has this status.
    Corrected(Status),
    /// It will close by itself on this day.
    ClosingSoon(Date),
    /// It is closed because nobody has answered the letter of this day.
    ClosedBySilence(Date),
    /// It was passed on to another desk, where it has this number.
    MovedTo(RequestNumber),
    /// The version that it waits for is out.
    Released(Version),
    /// The version that it waits for has another day.
    Rescheduled(Release),
}

/// What the desk promises for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// The first answer.
    FirstResponse,
    /// The resolution.
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
    /// The requester does not need it any more: closed.
    Withdrawn,
    /// This engineer has answered the requester.
    Answered(ShortName),
    /// This engineer has added a note.
    Noted(ShortName),
    /// It was assigned to the reader; by this engineer, where one did.
    Assigned(Option<ShortName>),
    /// It was passed on to the reader's line or team; by this engineer, where one did.
    PassedOn(Option<ShortName>),
    /// Another desk has passed it on, where it had this number; by this engineer, where one did.
    MovedFrom(RequestNumber, Option<String>),
    /// The external team that has it has written; only engineers see it.
    FromTeam(ShortName),
    /// The same, but nothing except its sender's address shows that: it answers no letter of ours.
    FromTeamUnproven(ShortName),
    /// A letter did not reach this recipient, because of that.
    LetterFailed(EmailAddress, String),
    /// The line or team that it was passed on to has done nothing since this day.
    Silent(Date),
    /// What was promised is due at this time, in the desk's time zone.
    Due(Promise, DateTime),
    /// What was promised was due at this time, in the desk's time zone, and is not done.
    Overdue(Promise, DateTime),
}

/// Why a well-formed ask is not executed.
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
    /// It makes no sense in the status that the request has.
    NotNow(Ask, Status),
    /// It asks the requester a question, and the message has no words.
    NoWords(Ask),
    /// There is no such request here.
    NoSuchRequest(RequestNumber),
    /// It names the request itself as its duplicate or link.
    SameRequest(Ask),
    /// It names a request that is closed as a duplicate of this one.
    OwnDuplicate(Ask),
    /// There is no change of the writer's own that could be undone.
    NothingToUndo,
    /// Somebody has changed the same since.
    ChangedSince,
    /// The day that it names is today or past.
    PastDay(Ask),
    /// The request is at another desk now, under this number.
    MovedAway(RequestNumber),
    /// Passing on to another desk cannot be undone: the request has this number there.
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
