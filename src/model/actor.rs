//! Who changes a request, and what proves that an engineer wrote a message.

use serde::{Deserialize, Serialize};
use strum::Display;

use super::{EmailAddress, InvalidId, ReceivedId, ShortName};

/// The author of a change of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Display)]
#[serde(try_from = "String", into = "String")]
pub enum Actor {
    /// An engineer of the desk, by a [`Proof`].
    #[strum(to_string = "engineer {0}")]
    Engineer(ShortName),
    /// Anybody else with an address that can be written to.
    #[strum(to_string = "{0}")]
    Person(EmailAddress),
    /// The sender of a message without an address that can be written to.
    #[strum(to_string = "unknown sender")]
    Unknown,
    /// maildesk itself, such as when a deadline passes.
    #[strum(to_string = "maildesk")]
    Maildesk,
    /// Somebody who ran a command such as `maildesk set` on the server.
    #[strum(to_string = "operator")]
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

/// The proof that a message was written by the engineer whom its `From` field names. Without one of these it is not accepted as
/// theirs.
#[derive(Clone, Debug, PartialEq, Eq, Display)]
pub enum Proof {
    /// It returns the token of a letter that only this engineer received.
    #[strum(to_string = "token of the answered letter")]
    Token,
    /// It was sent to the secret personal address of this engineer (`maildesk invite`).
    #[strum(to_string = "personal address")]
    PersonalAddress,
    /// Its subject has the key of a button that only this engineer received, and asks no more than that.
    #[strum(to_string = "key of a button")]
    Button,
    /// The operator's own mail server has authenticated the sender's domain (RFC 8601): the result that it stated.
    #[strum(to_string = "authenticated by the operator's server: {0}")]
    Authenticated(String),
    /// It came to a mailbox that the operator has declared internal.
    #[strum(to_string = "internal mailbox")]
    InternalMailbox,
    /// The engineer has confirmed it, by answering our question with this message.
    #[strum(to_string = "confirmed by message {0}")]
    Confirmed(ReceivedId),
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
