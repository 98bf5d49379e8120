//! Asks: what tags and commands want done, and the values in them.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{AsRefStr, Display};

use super::{DeskKey, EmailAddress, InvalidId, RequestNumber, Status};

/// One action that somebody asks for by a tag, a link, plain words or a command. Whether they may is decided later.
///
/// `Display` writes the English tag for it, without brackets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Set this status.
    Status(Status),
    /// Close the request.
    Close,
    /// Open the request again.
    Reopen,
    /// Make this engineer the assignee.
    Assign(ShortName),
    /// Make the author of the message the assignee.
    Take,
    /// Pass the request to a line, team or desk. To another line or team: the first line keeps control.
    PassOn(Place),
    /// Set this kind.
    Kind(Kind),
    /// Set this priority.
    Priority(Priority),
    /// Accept it into the development plan.
    Plan,
    /// Plan it for this version, and for its release date if that is known.
    Release(Release),
    /// Announce this version as released, to all who wait for it.
    Released(Version),
    /// Decline it: it will not be done.
    Decline,
    /// Keep the message internal: it is never sent to the requester.
    Note,
    /// Send the message to the requester as it is: no bracket of its text is a tag.
    Send,
    /// Send the message to the requester alone: nobody gets a copy.
    OnlyRequester,
    /// Open a request on behalf of this customer, who called or chatted.
    OnBehalfOf(EmailAddress),
    /// Open a request on behalf of a caller without an address, by name and telephone number: answers go to the author of the
    /// message.
    OnBehalfOfCaller(String),
    /// Send copies of the correspondence to this address; `None`: to the author of the message.
    Watch(Option<EmailAddress>),
    /// Stop sending copies to this address; `None`: to the author of the message.
    Unwatch(Option<EmailAddress>),
    /// Close it as spam, without telling its requester.
    Spam,
    /// Close it as a duplicate of this request.
    Duplicate(RequestNumber),
    /// Link it to this request.
    Link(RequestNumber),
    /// Send the whole correspondence to the author of the message.
    History,
    /// Make the customer's message that the answered letter tells of a request of its own.
    Split,
    /// Undo the last change of the message's author.
    Undo,
    /// Record that the author is away; the first day back if it is known.
    Away(Option<Date>),
    /// Record that the author is back.
    Back,
    /// An ask that only a requester has.
    Requester(RequesterAsk),
}

impl Ask {
    /// Whether links in letters to requesters ask this.
    pub fn is_of_links(&self) -> bool {
        matches!(self, Ask::Requester(_))
    }

    /// Whether requesters may ask this; everything else is for engineers only.
    pub fn is_for_requesters(&self) -> bool {
        matches!(self, Ask::Requester(_) | Ask::Kind(_))
    }
}

/// An ask of a requester, by link, tag or plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RequesterAsk {
    /// The answer helped: close the request.
    Confirm,
    /// The answer did not help: open the request again.
    Disagree,
    /// The request is no longer needed: close it.
    Withdraw,
}

/// Where a request can be passed: a line, a team or another desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Display)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A support line of the desk, by its number.
    #[strum(to_string = "line {0}")]
    Line(u8),
    /// A team of the desk, by its name.
    #[strum(to_string = "team {0}")]
    Team(ShortName),
    /// Another desk, by its key: the request gets a number there, and the old number leads to it.
    #[strum(to_string = "desk {0}")]
    Desk(DeskKey),
}

/// The kind of a request, as ITIL defines them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// An incident: an unplanned interruption of a service.
    Incident,
    /// A problem: the cause of incidents.
    Problem,
    /// A service request: a routine thing that is asked for.
    ServiceRequest,
    /// A change request: a proposal to change the product or service.
    ChangeRequest,
}

/// The priority of a request, in ascending order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Display, AsRefStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Priority {
    /// It can wait.
    Low,
    /// It is worked on in its turn.
    #[default]
    Normal,
    /// It is worked on before others.
    High,
    /// The customer's work has stopped.
    Critical,
}

/// A planned release: a version, and its date if that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The version.
    pub version: Version,
    /// The date of the release; `None` while it is not set.
    pub date: Option<Date>,
}

/// The name of an engineer, a team or a status in tags and in the configuration: one word of at most 40 letters, digits, dots,
/// dashes and underscores, a letter first, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ShortName(String);

impl ShortName {
    /// Reads a name and puts it in lower case.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let good = text.chars().count() <= 40
            && text.starts_with(char::is_alphabetic)
            && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if good { Ok(Self(text.to_lowercase())) } else { Err(InvalidId::new(text, "a short name (one word)")) }
    }
}

checked_text!(ShortName, InvalidId,
    /// The name in lower case.
);

/// A version of the product, `2.4.17`: two to five numbers, perhaps with a suffix as in `2.5.0-rc1`, without a leading `v`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(String);

impl Version {
    /// Reads a version; a leading `v` is removed, and the suffix put in lower case.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let bare = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (numbers, suffix) = bare.split_once('-').unwrap_or((bare, "x"));
        let digits = |s: &str| !s.is_empty() && s.len() <= 9 && s.bytes().all(|b| b.is_ascii_digit());
        let good = (2..=5).contains(&numbers.split('.').count())
            && numbers.split('.').all(digits)
            && (1..=20).contains(&suffix.len())
            && suffix.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        if good { Ok(Self(bare.to_ascii_lowercase())) } else { Err(InvalidId::new(text, "a version (such as 2.4.17)")) }
    }
}

checked_text!(Version, InvalidId,
    /// The version without a `v`.
);

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ask::Status(Status::InWork) => f.write_str("in work"),
            Ask::Status(Status::NeedInfo) => f.write_str("need info"),
            Ask::Status(status) if status.is_built_in() => fmt::Display::fmt(status, f),
            Ask::Status(status) => write!(f, "status {status}"),
            Ask::Close => f.write_str("close"),
            Ask::Reopen => f.write_str("reopen"),
            Ask::Assign(engineer) => write!(f, "assign {}", engineer.0),
            Ask::Take => f.write_str("take"),
            Ask::PassOn(place) => fmt::Display::fmt(place, f),
            Ask::Kind(kind) => write!(f, "kind {kind}"),
            Ask::Priority(priority) => write!(f, "priority {priority}"),
            Ask::Plan => f.write_str("plan"),
            Ask::Release(release) => write!(f, "release {release}"),
            Ask::Released(version) => write!(f, "released {}", version.0),
            Ask::Decline => f.write_str("decline"),
            Ask::Note => f.write_str("note"),
            Ask::Send => f.write_str("send"),
            Ask::OnlyRequester => f.write_str("only requester"),
            Ask::OnBehalfOf(address) => write!(f, "for {address}"),
            Ask::OnBehalfOfCaller(caller) => write!(f, "for {caller}"),
            Ask::Watch(None) => f.write_str("watch"),
            Ask::Watch(Some(address)) => write!(f, "watch {address}"),
            Ask::Unwatch(None) => f.write_str("unwatch"),
            Ask::Unwatch(Some(address)) => write!(f, "unwatch {address}"),
            Ask::Spam => f.write_str("spam"),
            Ask::Duplicate(number) => write!(f, "duplicate {number}"),
            Ask::Link(number) => write!(f, "link {number}"),
            Ask::History => f.write_str("history"),
            Ask::Split => f.write_str("split"),
            Ask::Undo => f.write_str("undo"),
            Ask::Away(None) => f.write_str("away"),
            Ask::Away(Some(date)) => write!(f, "away until {date}"),
            Ask::Back => f.write_str("back"),
            Ask::Requester(ask) => fmt::Display::fmt(ask, f),
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.date {
            Some(date) => write!(f, "{} {date}", self.version.0),
            None => f.write_str(&self.version.0),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_ref().replace('_', " "))
    }
}

#[cfg(test)]
mod tests {
    use super::{ShortName, Version};

    #[test]
    fn versions() {
        for (text, kept) in
            [("2.4.17", "2.4.17"), ("v2.4", "2.4"), ("V1.2.3-RC1", "1.2.3-rc1"), ("1.2.3.4.5", "1.2.3.4.5")]
        {
            assert_eq!(Version::parse(text).map(String::from).as_deref(), Ok(kept), "{text}");
        }
        for text in ["", "2", "v", "2.", ".4", "2..4", "2.4-", "2.x", "1.2.3.4.5.6", "2.4.17 b", "٢.٤", "2,4"] {
            assert!(Version::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn short_names() {
        assert_eq!(ShortName::parse("Иванов").map(String::from).as_deref(), Ok("иванов"));
        for text in ["", "1c", "a b", "a@b", "-a", &"a".repeat(41)] {
            assert!(ShortName::parse(text).is_err(), "{text}");
        }
    }
}
