//! Why a letter was not delivered.

use super::LetterId;

/// Why a letter did not reach its recipient. As text it is for the operator; engineers read the sentences of the wording room.
/// Words of servers stand in it as they were received.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FailureReason {
    /// The server refused this step of SMTP, or the message, with this reply.
    #[error("{step} refused: {reply}")]
    Refused {
        /// The step, such as `RCPT`.
        step: String,
        /// The reply, with its code.
        reply: String,
    },
    /// A delivery report says so, with this status and diagnostic.
    #[error("{0}")]
    Reported(String),
    /// It was returned, and nothing says why.
    #[error("returned without a status")]
    Returned,
    /// It could not be sent before it was too old; the trouble at its last try.
    #[error("given up, too old: {0}")]
    TooOld(String),
    /// It was sent more than once, and no server confirmed that it had taken it.
    #[error("it may have been delivered: no try ended with an answer")]
    Unconfirmed,
    /// It is larger than the server permits (SIZE, RFC 1870).
    #[error("it has {size} bytes, the server takes at most {limit} (SIZE)")]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The permitted size in bytes.
        limit: u64,
    },
    /// What stands before the `@` of the address needs SMTPUTF8 (RFC 6531), which the server does not offer.
    #[error("the server does not offer SMTPUTF8 (RFC 6531), which this address needs")]
    International,
    /// It has no form in which it can be sent, for this technical reason.
    #[error("{0}")]
    Malformed(String),
    /// It was tried by another version of maildesk, and this one writes other bytes.
    #[error(
        "this version of maildesk writes it differently than at its first try; \
         `maildesk outbox retry {0}` sends the new form"
    )]
    Rewritten(LetterId),
}
