//! Who changes a request, and what proves that an engineer wrote a message.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{EmailAddress, InvalidId, ReceivedId, ShortName};

/// The author of a change of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Actor {
    /// An engineer of the desk, by a [`Proof`].
    Engineer(ShortName),
    /// Anybody else with an address that can be written to.
    Person(EmailAddress),
    /// The sender of a message without an address that can be written to.
    Unknown,
    /// maildesk itself, such as when a deadline passes.
    Maildesk,
    /// Somebody who ran a command such as `maildesk set` on the server.
    Operator,
}

impl TryFrom<String> for Actor {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        match text.as_str() {
            "unknown sender" => Ok(Actor::Unknown),
            "maildesk" => Ok(Actor::Maildesk),
            "operator" => Ok(Actor::Operator),
            text => match text.strip_prefix("engineer ") {
                Some(name) => ShortName::parse(name).map(Actor::Engineer),
                None => {
                    EmailAddress::parse(text).map(Actor::Person).map_err(|_| InvalidId::new(text, "somebody who acts"))
                }
            },
        }
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> String {
        actor.to_string()
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Engineer(name) => write!(f, "engineer {name}"),
            Actor::Person(address) => fmt::Display::fmt(address, f),
            Actor::Unknown => f.write_str("unknown sender"),
            Actor::Maildesk => f.write_str("maildesk"),
            Actor::Operator => f.write_str("operator"),
        }
    }
}

/// The proof that a message was written by the engineer whom its `From` field names. Without one of these it is not accepted as
/// theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It returns the token of a letter that only this engineer received.
    Token,
    /// It was sent to the secret personal address of this engineer (`maildesk invite`).
    PersonalAddress,
    /// The operator's own mail server has authenticated the sender's domain (RFC 8601): the result that it stated.
    Authenticated(String),
    /// It came to a mailbox that the operator has declared internal.
    InternalMailbox,
    /// The engineer has confirmed it, by answering our question with this message.
    Confirmed(ReceivedId),
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Proof::Token => f.write_str("token of the answered letter"),
            Proof::PersonalAddress => f.write_str("personal address"),
            Proof::Authenticated(words) => write!(f, "authenticated by the operator's server: {words}"),
            Proof::InternalMailbox => f.write_str("internal mailbox"),
            Proof::Confirmed(received) => write!(f, "confirmed by message {received}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors_round_trip() {
        let name = ShortName::parse("иванов").unwrap();
        let address = EmailAddress::parse("ivan@example.com").unwrap();
        for actor in [Actor::Engineer(name), Actor::Person(address), Actor::Unknown, Actor::Maildesk, Actor::Operator] {
            assert_eq!(Actor::try_from(actor.to_string()).unwrap(), actor);
        }
        assert!(Actor::try_from("engineer ".to_owned()).is_err());
    }
}
