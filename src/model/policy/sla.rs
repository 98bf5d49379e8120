//! Service level agreements (SLA): how soon requests are to be answered and resolved, and the contracts with customers.

use super::super::{Kind, Priority};
use super::{AddressPattern, Span};

/// A support contract with some customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Its name, for operators and engineers.
    pub name: String,
    /// The customers whose requests it covers.
    pub customers: Vec<AddressPattern>,
    /// Its SLA; the first rule that applies counts.
    pub sla: Vec<SlaRule>,
}

/// A rule of an SLA: the time to the first response and to the resolution of certain requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlaRule {
    /// The kind of requests that it applies to; `None`: all.
    pub kind: Option<Kind>,
    /// The priority of requests that it applies to; `None`: all.
    pub priority: Option<Priority>,
    /// The time until an engineer first answers or takes up the request; `None`: no limit.
    pub first_response: Option<Span>,
    /// The time until the request is answered, without the time that it waits for the requester; `None`: no limit.
    pub resolution: Option<Span>,
}

/// How customers are treated whom no contract covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WithoutContract {
    /// Like everybody.
    #[default]
    Served,
    /// Like everybody, and the acknowledgement tells them that no contract was found.
    Told,
}
