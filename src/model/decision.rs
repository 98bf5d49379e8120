//! What is decided about a message, and what changes.

use serde::{Deserialize, Serialize};
use strum::{AsRefStr, Display, EnumString, VariantNames};

use super::{
    Actor, Copied, Digest, Draft, EmailAddress, Kind, Language, LetterId, Participant, Place, Priority, Progress,
    ReceivedId, Release, Reminder, RequestNumber, ShortName, Signed, Standing, Tally, Timestamp,
    policy::{Absence, Needed, Turn},
};

/// What became of one received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, AsRefStr, EnumString, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Disposition {
    /// It opened a request.
    Opened,
    /// It was added to a request.
    Appended,
    /// It is a delivery report and was tied to its letter, or to nothing of ours.
    Report,
    /// The same message was handled before; no effect.
    Duplicate,
    /// It names an engineer who is not proven, or its own words cannot be told from quoted ones: kept without effect until
    /// somebody has answered our question about it.
    Held,
    /// Its asks were carried out, and it belongs to no request: an absence.
    Done,
    /// It is kept and has no effect; the reasons say why.
    Ignored,
}

/// What is done about a message, a passing deadline, a command or a letter's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What became of the message, where one caused the decision.
    pub disposition: Disposition,
    /// The request that was opened, added to or reported on.
    pub request: Option<RequestNumber>,
    /// Why, in words for the operator, in the order of deciding.
    pub reasons: Vec<String>,
    /// What is written down, in an order for people. All of it is committed in one transaction: the changes of requests first,
    /// then the rest in this order.
    pub effects: Vec<Effect>,
}

/// One thing that a decision writes down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A request changes.
    Change(Event),
    /// The text of the message is added to the decision's request.
    AddEntry(Entry),
    /// A message that belongs to another request is moved to the decision's request.
    MoveEntry(ReceivedId),
    /// A letter is written.
    Write(Draft),
    /// A letter that is not on its way yet is not sent.
    Cancel(LetterId),
    /// A token is no proof any more, because somebody else has seen or used it.
    Burn(Signed),
    /// A personal address is no proof any more, because somebody else has seen or used it. By its serial number.
    Revoke(u32),
    /// A held message is handled anew, because its engineer has confirmed it.
    Release(ReceivedId),
    /// A message waits no longer for its engineer's yes: its words were sent after all, or dropped, or others were sent instead.
    Settle(ReceivedId),
    /// The message is listed to this engineer within the hour: it is not sent, and they got too many explanations.
    ListLater(ShortName),
    /// Somebody gets no automatic letters any more, because of their complaint about one of the decision's request.
    Silence(EmailAddress),
    /// Somebody who has complained wants automatic letters all the same.
    EndSilence(EmailAddress),
    /// Something is counted, so that caps can be held against it.
    Count(Tally),
    /// A flood of alike messages begins: those that follow under this key are added to the decision's request.
    BeginFlood(String),
    /// The message is one of a flood, so that it can become a request of its own later.
    JoinFlood,
    /// The engineer's message ended so, below other words: what ends several of them is their signature.
    Ended(ShortName, Digest),
    /// An engineer has had their turn, where requests are assigned in turn.
    TakeTurn(Turn),
    /// An engineer is away.
    Leave(Absence),
    /// An engineer is back.
    Return(ShortName),
}

/// How a message's text is added to a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Who may see it.
    pub visibility: Visibility,
    /// Its author's own words; none where they are what any reader takes for the new words of a reply.
    pub words: Option<String>,
    /// What is set apart from them, for engineers; none where that is the earlier conversation that came with the message.
    pub aside: Option<String>,
}

impl Entry {
    /// An entry that only engineers see.
    pub fn internal() -> Self {
        Self { visibility: Visibility::Internal, ..Self::default() }
    }
}

impl Decision {
    /// This disposition, and nothing else.
    pub fn of(disposition: Disposition) -> Self {
        Self { disposition, request: None, reasons: Vec::new(), effects: Vec::new() }
    }

    /// Effects that concern a request. Its disposition counts only where a message caused them.
    pub fn about(request: RequestNumber, effects: Vec<Effect>) -> Self {
        Self { request: Some(request), effects, ..Self::of(Disposition::Appended) }
    }

    /// The changes of requests, in their order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.effects.iter().filter_map(|effect| if let Effect::Change(event) = effect { Some(event) } else { None })
    }

    /// The letters, in their order.
    pub fn letters(&self) -> impl Iterator<Item = &Draft> {
        self.effects.iter().filter_map(|effect| if let Effect::Write(draft) = effect { Some(draft) } else { None })
    }

    /// The held message that is handled anew.
    pub fn released(&self) -> Option<ReceivedId> {
        self.effects.iter().find_map(|effect| if let Effect::Release(held) = effect { Some(*held) } else { None })
    }

    /// Adds changes of requests.
    pub fn change(&mut self, events: impl IntoIterator<Item = Event>) {
        self.effects.extend(events.into_iter().map(Effect::Change));
    }

    /// Adds what is counted.
    pub fn count(&mut self, tallies: impl IntoIterator<Item = Tally>) {
        self.effects.extend(tallies.into_iter().map(Effect::Count));
    }

    /// Adds letters.
    pub fn write(&mut self, letters: impl IntoIterator<Item = Draft>) {
        self.effects.extend(letters.into_iter().map(Effect::Write));
    }
}

/// Who may see the text of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Visibility {
    /// The requester too.
    #[default]
    Correspondence,
    /// Engineers only.
    Internal,
}

/// One change of one request: who made it, when, by what proof and because of which message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose change it is.
    pub request: RequestNumber,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: Actor,
    /// What showed that they may: `signed thread`, `participant's address and number`, …
    pub proof: String,
    /// The message that caused it.
    pub received: Option<ReceivedId>,
    /// What changed.
    pub change: Change,
}

/// What changed. `from` is what the request was before, so that the change can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The request was opened.
    Opened {
        /// The cleaned subject.
        subject: String,
        /// The language for letters to the requester.
        language: Language,
        /// Who asked; none where the message named no sender that can be written to.
        requester: Option<Participant>,
    },
    /// A participant's message was added.
    Appended,
    /// An engineer's message to the requester was added.
    Answered,
    /// An engineer's internal message was added.
    Noted,
    /// An engineer's message to third parties was added, with the desk in copy: internal.
    WithThirdParties {
        /// To whom it went, beside colleagues.
        people: Vec<EmailAddress>,
    },
    /// Somebody else is the requester; the one before takes part no longer.
    RequesterSet {
        /// Before; none where nobody was known.
        from: Option<Participant>,
        /// From now on.
        to: Option<Participant>,
    },
    /// A message of it became a request of its own: it has the status and the dates that it would have without that message.
    SplitOff {
        /// The message.
        received: ReceivedId,
        /// The number of the new request.
        to: RequestNumber,
        /// The phase and the status.
        standing: Standing,
        /// The dates.
        progress: Box<Progress>,
    },
    /// The phase or the status changed.
    Moved {
        /// Before.
        from: Standing,
        /// From now on.
        to: Standing,
    },
    /// Another engineer, or nobody, works on it.
    Assigned {
        /// Before.
        from: Option<ShortName>,
        /// From now on.
        to: Option<ShortName>,
    },
    /// Another line or team works on it.
    PassedOn {
        /// Before.
        from: Option<Place>,
        /// From now on.
        to: Option<Place>,
    },
    /// The kind changed.
    KindSet {
        /// Before.
        from: Option<Kind>,
        /// From now on.
        to: Option<Kind>,
    },
    /// The priority changed.
    PrioritySet {
        /// Before.
        from: Priority,
        /// From now on.
        to: Priority,
    },
    /// The version that will bring it changed, or the day of that version.
    ReleaseSet {
        /// Before.
        from: Option<Release>,
        /// From now on.
        to: Option<Release>,
    },
    /// It was marked as a duplicate of another request.
    DuplicateSet {
        /// Before.
        from: Option<RequestNumber>,
        /// From now on.
        to: Option<RequestNumber>,
    },
    /// Somebody gets copies of the correspondence, or no more.
    Watching {
        /// Who.
        watcher: EmailAddress,
        /// Whether they get copies from now on.
        watches: bool,
    },
    /// Other people than before stand in To and Cc of the requester's latest message.
    InCopy {
        /// The people.
        people: Vec<Copied>,
        /// Whether the message was known to be the requester's.
        is_known: bool,
    },
    /// A server took the answer to the requester: the time for their silence begins.
    Delivered {
        /// The letter.
        letter: LetterId,
    },
    /// Somebody was reminded of it.
    Reminded {
        /// Of what.
        of: Reminder,
    },
    /// It was filed silently: nobody was told of it, and nobody waits for an answer.
    Filed,
    /// What the requester has supplied of what the desk requires.
    Described {
        /// Which installation it is about; none leaves what was known.
        environment: Option<String>,
        /// When it happened; none leaves what was known.
        period: Option<String>,
        /// What is still missing.
        missing: Vec<Needed>,
    },
    /// It was passed on to another desk, where it has this number.
    MovedTo {
        /// The number there.
        number: RequestNumber,
    },
    /// It was opened because another desk passed it on.
    MovedFrom {
        /// The number there.
        number: RequestNumber,
    },
    /// It was passed on to an external team, with its history.
    HandedOver {
        /// The team's address.
        to: EmailAddress,
    },
    /// The changes that a message had caused were undone, by the events before this one.
    Undone {
        /// The message.
        cause: ReceivedId,
    },
    /// A message of somebody who is no participant was added: shown as such, never answered.
    AppendedFromOutside,
    /// An automatic message was added; it has no effect.
    AppendedAutomatic,
    /// A participant's answer in a signed thread showed that the address reads our letters.
    Proven {
        /// The participant.
        participant: EmailAddress,
    },
    /// It was linked with another request.
    Linked {
        /// The other one.
        to: RequestNumber,
    },
    /// A letter about it did not reach its recipient.
    LetterFailed {
        /// The letter.
        letter: LetterId,
        /// The recipient.
        to: EmailAddress,
        /// What the server said.
        why: String,
    },
    /// The reader of a letter about it has complained to their mail provider.
    Complained {
        /// The letter.
        letter: LetterId,
        /// Its reader.
        by: EmailAddress,
        /// What the provider calls it: `abuse`, `fraud`, …
        kind: String,
    },
    /// Content was erased, and people who were to be forgotten take part no longer.
    Forgotten {
        /// Whether all content was erased, or only that of somebody.
        whole: bool,
        /// How many messages lost their content.
        messages: u32,
        /// How many files went with them.
        files: u32,
        /// How many letters lost theirs.
        letters: u32,
    },
}
