//! What is decided about a message, and what changes.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    Actor, Draft, EmailAddress, Kind, Language, LetterId, Participant, Place, Priority, ReceivedId, Release, Reminder,
    RequestNumber, ShortName, Signed, Standing, Timestamp,
    policy::{Absence, Needed, Turn},
};

/// What became of one received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

impl Disposition {
    /// The word in the store and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Disposition::Opened => "opened",
            Disposition::Appended => "appended",
            Disposition::Report => "report",
            Disposition::Duplicate => "duplicate",
            Disposition::Held => "held",
            Disposition::Done => "done",
            Disposition::Ignored => "ignored",
        }
    }
}

impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What follows from a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What became of it.
    pub disposition: Disposition,
    /// The request it opened, was added to, or reports on.
    pub request: Option<RequestNumber>,
    /// Why, in words for the operator, in the order of deciding.
    pub reasons: Vec<String>,
    /// What changes.
    pub events: Vec<Event>,
    /// What is written.
    pub letters: Vec<Draft>,
    /// Who may see its text.
    pub visibility: Visibility,
    /// Its author's own words, where they are not what any reader would take for the new words of a reply.
    pub words: Option<String>,
    /// Letters not yet sent that are no longer to be sent.
    pub cancelled: Vec<LetterId>,
    /// Tokens that were seen where they should not have been: no proof any more.
    pub burnt: Vec<Signed>,
    /// Personal addresses that were seen where they should not have been, by their serial numbers.
    pub revoked: Vec<u32>,
    /// A held message that is handled anew, now that its engineer has confirmed it.
    pub released: Option<ReceivedId>,
    /// Who took his turn, where they take turns.
    pub turns: Vec<Turn>,
    /// Who is away from now on.
    pub away: Option<Absence>,
    /// Who is back.
    pub back: Option<ShortName>,
}

impl Decision {
    /// This disposition, and nothing else.
    pub fn of(disposition: Disposition) -> Self {
        Self {
            disposition,
            request: None,
            reasons: Vec::new(),
            events: Vec::new(),
            letters: Vec::new(),
            visibility: Visibility::default(),
            words: None,
            cancelled: Vec::new(),
            burnt: Vec::new(),
            revoked: Vec::new(),
            released: None,
            turns: Vec::new(),
            away: None,
            back: None,
        }
    }
}

/// Who may see the text of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// The requester too.
    #[default]
    Correspondence,
    /// Engineers only.
    Internal,
}

/// One change of one request: who, when, by what proof, because of which message.
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

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The request was opened.
    Opened {
        /// The cleaned subject.
        subject: String,
        /// The language for letters to the requester.
        language: Language,
        /// Who asked; nobody, when the message named no sender that can be written to.
        requester: Option<Participant>,
    },
    /// Correspondence of a participant was added.
    Appended,
    /// An engineer's words to the requester were added.
    Answered,
    /// An engineer's internal words were added.
    Noted,
    /// It stands elsewhere now.
    Moved {
        /// Where it stood.
        from: Standing,
        /// Where it stands.
        to: Standing,
    },
    /// Somebody else works on it.
    Assigned {
        /// Who did.
        from: Option<ShortName>,
        /// Who does.
        to: Option<ShortName>,
    },
    /// Another line or team works on it.
    PassedOn {
        /// Which did.
        from: Option<Place>,
        /// Which does.
        to: Option<Place>,
    },
    /// It is of this kind.
    KindSet {
        /// What it was.
        from: Option<Kind>,
        /// What it is.
        to: Option<Kind>,
    },
    /// It is that urgent.
    PrioritySet {
        /// What it was.
        from: Priority,
        /// What it is.
        to: Priority,
    },
    /// A version will bring it.
    ReleaseSet {
        /// Which was to.
        from: Option<Release>,
        /// Which will.
        to: Option<Release>,
    },
    /// It is the same as another request.
    DuplicateSet {
        /// As which it was.
        from: Option<RequestNumber>,
        /// As which it is.
        to: Option<RequestNumber>,
    },
    /// Somebody gets copies of the correspondence, or no more.
    Watching {
        /// Who.
        watcher: EmailAddress,
        /// Whether from now on.
        watches: bool,
    },
    /// The answer to its requester was taken by a server: from now on the silence counts.
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
    /// What its requester has brought of what a request should bring.
    Described {
        /// Which installation it is about.
        environment: Option<String>,
        /// When it happened.
        period: Option<String>,
        /// What is still missing.
        missing: Vec<Needed>,
    },
    /// Another desk has it now, under this number.
    MovedTo {
        /// There.
        number: RequestNumber,
    },
    /// It was opened because another desk passed it on.
    MovedFrom {
        /// There.
        number: RequestNumber,
    },
    /// It was given to somebody outside, with its history.
    HandedOver {
        /// To this address.
        to: EmailAddress,
    },
    /// The changes that a message had caused were taken back, by the changes that stand before this one.
    Undone {
        /// Whose changes: this message's.
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
    /// Another request has to do with this one.
    Linked {
        /// The other one.
        to: RequestNumber,
    },
    /// A letter of the request did not reach its recipient.
    LetterFailed {
        /// The letter.
        letter: LetterId,
        /// Whom it did not reach.
        to: EmailAddress,
        /// What the server said.
        why: String,
    },
    /// Content was erased, and people who were to be forgotten take part no longer.
    Forgotten {
        /// Whether that is all the request held, or only what had to do with somebody.
        whole: bool,
        /// How many of its messages lost their content.
        messages: u32,
        /// How many files went with them.
        files: u32,
        /// How many letters lost theirs.
        letters: u32,
    },
}
