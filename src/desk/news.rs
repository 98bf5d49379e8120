//! What the rules hand to the wording: what a letter is to say to its reader.

use jiff::civil::{Date, DateTime};
use strum::EnumCount;

use crate::model::{
    Anchor, Ask, EmailAddress, FailureReason, Release, RequestNumber, ShortName, Status, Timestamp, Version,
};

/// What a requester is told about their request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// The request has this status now; one of which the desk tells requesters.
    Stands(Status),
    /// The request is closed as a duplicate; of this request, if the requester takes part in that one.
    SameAs(Option<RequestNumber>),
    /// The request was reopened.
    Reopened,
    /// Our last letter was wrong: the request has this status.
    Corrected(Status),
    /// The request will close by itself on this day.
    ClosingSoon(Date),
    /// The request is closed, because nobody answered the letter of this day.
    ClosedBySilence(Date),
    /// The request was moved to another desk, where it has this number.
    MovedTo(RequestNumber),
    /// Their message to this request is a request of its own now.
    SplitFrom(RequestNumber),
    /// Somebody has used a link of theirs from another address, which has changed nothing.
    LinkUsed,
    /// The version that the request waits for is out.
    Released(Version),
    /// The version that the request waits for has another day.
    Rescheduled(Release),
}

/// What a desk promises in its SLA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// An answer within some time.
    FirstResponse,
    /// A solution within some time.
    Resolution,
}

/// Why a new request is linked with another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linking {
    /// The same message came to another desk.
    SameMessage,
    /// It answers a letter about a request whose content is erased.
    Erased,
    /// It quotes the number of a request whose participant its sender is not.
    Quoted,
    /// The number merely stands in its subject or words.
    Mentioned,
    /// It answers a request that is closed.
    Closed,
    /// It was split off the other one.
    Split,
}

/// Why an engineer is told of one more of alike alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertNews {
    /// There are ten times as many.
    Many,
    /// There was none for an hour.
    Again,
    /// None was so severe before.
    Worse,
}

/// Why an engineer gets a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A customer opened the request.
    Opened,
    /// The acknowledgement of the new request waits until this time, in the desk's time zone, because a cap is reached.
    AcknowledgementWaits(DateTime),
    /// The new request is not acknowledged, because a cap is reached.
    NotAcknowledged,
    /// The new request begins a flood: so many alike messages came within an hour, and further ones are added to it.
    Flood(u32),
    /// The new request is linked with this one, for this reason.
    LinkedWith(RequestNumber, Linking),
    /// So many alike alerts stand in the request, and why the reader is told of this one.
    Alerts(u32, AlertNews),
    /// A participant wrote.
    Wrote,
    /// A participant's message came that looks automatic.
    LooksAutomatic,
    /// Somebody who is no participant answered one of our letters; only engineers see it.
    FromOutside,
    /// The requester agrees: the request is closed.
    Confirmed,
    /// The requester does not agree: the request is open again.
    Disagreed,
    /// The requester does not need it any more: the request is closed.
    Withdrawn,
    /// This engineer answered the requester.
    Answered(ShortName),
    /// This engineer has the request now.
    Taken(ShortName),
    /// This engineer added a note.
    Noted(ShortName),
    /// This colleague, who is no engineer, added a note: their name and address.
    NotedByColleague(String),
    /// This engineer wrote to these people about it, with the desk in copy; only engineers see it.
    WithThirdParties(ShortName, Vec<EmailAddress>),
    /// The request was assigned to the reader; by this engineer, where an engineer did so.
    Assigned(Option<ShortName>),
    /// Whoever had the request, by this name, has left the desk: it is the reader's now, or, where `is_yours` is false, nobody's.
    HandedOver {
        /// The name as people write it.
        from: String,
        /// Whether it is the reader's now.
        is_yours: bool,
    },
    /// The request was passed on to the reader's line or team; by this engineer, where an engineer did so.
    PassedOn(Option<ShortName>),
    /// The request was moved here from another desk, where it had this number; by this engineer, where an engineer did so.
    MovedFrom(RequestNumber, Option<String>),
    /// The external team that has the request wrote; only engineers see it.
    FromTeam(ShortName),
    /// The external team wrote, but only its sender's address shows that: the message answers no letter of ours.
    FromTeamUnproven(ShortName),
    /// A letter did not reach this recipient, for this reason.
    LetterFailed(EmailAddress, FailureReason),
    /// The reader of a letter at this address has complained to their mail provider: they get no automatic letters any more.
    Complained(EmailAddress),
    /// The new request is not acknowledged, because its requester has complained before.
    Silenced,
    /// The line or team that has the request has done nothing since this day.
    Silent(Date),
    /// This is due at this time, in the desk's time zone.
    Due(Promise, DateTime),
    /// This was due at this time, in the desk's time zone, and is not done.
    Overdue(Promise, DateTime),
}

impl News {
    /// Whether it tells what a colleague wrote for engineers only: an answer to it is a note, too.
    pub fn is_note(&self) -> bool {
        matches!(self, Self::Noted(_) | Self::NotedByColleague(_) | Self::WithThirdParties(..))
    }

    /// Whether it brings words of people who are not part of the request: whom an answer to it is for is asked.
    pub fn is_from_outside(&self) -> bool {
        matches!(self, Self::FromOutside | Self::FromTeam(_) | Self::FromTeamUnproven(_))
    }
}

/// Why an engineer's words are kept for engineers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A tag says so: on this line of the words, from 1; `None`: in the subject.
    Tagged(Option<u32>),
    /// They were written to colleagues, with the desk in copy.
    ToColleagues,
    /// They answer a note.
    AnswersNote,
    /// They were written to these people, with the desk in copy.
    WithThirdParties(Vec<EmailAddress>),
}

/// Why a well-formed ask is not executed.
#[derive(Clone, Debug, PartialEq, Eq, EnumCount)]
pub enum Rejection {
    /// Only a requester may ask it.
    NotForEngineers(Ask),
    /// It needs a request, and the message is about none.
    NoRequest(Ask),
    /// These two exclude each other.
    Conflict(Ask, Ask),
    /// It makes no sense in this status, which the request has.
    NotNow(Ask, Status),
    /// It asks the requester a question, and the message has no words.
    NoWords(Ask),
    /// This request does not exist.
    NoSuchRequest(RequestNumber),
    /// It names the request itself as its duplicate or link.
    SameRequest(Ask),
    /// It names a request that is closed as a duplicate of this one.
    OwnDuplicate(Ask),
    /// The answered letter tells of no message of a customer's that could be split off.
    NothingToSplit,
    /// The writer has changed nothing that could be undone.
    NothingToUndo,
    /// Somebody has changed the same thing since.
    ChangedSince,
    /// The day that it names is today or past.
    PastDay(Ask),
    /// The request was moved to another desk, where it has this number.
    MovedAway(RequestNumber),
    /// Moving to another desk cannot be undone; the request has this number there.
    MovedForGood(RequestNumber),
    /// The request is at that desk already.
    SameDesk(Ask),
    /// No request waits for that version.
    NobodyWaits(Ask),
    /// This version of maildesk does not do it.
    NotYet(Ask),
    /// It stands in the subject of an answer to a message that we do not have, so it is not known who typed it.
    ForeignSubject(Ask),
    /// This tag stands within a text, on this line, from 1: it may name a button.
    Astray(String, u32),
    /// The subject names this request, beside or instead of the one that the message answers.
    OtherRequest(RequestNumber),
    /// It stands in an answer to a digest, and needs one to the letter about its request.
    NotInList(Ask),
    /// The answered digest does not list this request.
    NotListed(RequestNumber),
    /// A line above, about another request, has changed this one.
    ChangedAbove,
    /// An answer to a digest says nothing of any request.
    NoLines,
    /// The button that asks it is not good any more.
    OldButton(Ask),
}

/// Why a message that names an engineer as its author does not prove to be theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// It brings no proof.
    NoProof,
    /// Its token expired at this time.
    Expired(Timestamp),
    /// Its token or key was made for another engineer or another request: for this one.
    NotYours(Anchor),
    /// Its token was used up, or its personal address revoked, before.
    Burnt,
    /// Its token or personal address was shown to this address, which is neither a desk's nor an engineer's; it becomes invalid
    /// now.
    Exposed(EmailAddress),
}
