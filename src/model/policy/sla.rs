//! What a desk has promised to whom.

use super::super::{Kind, Priority};
use super::{AddressPattern, Span};

/// An agreement with some customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Its name, for operators and engineers.
    pub name: String,
    /// Whose requests it covers.
    pub customers: Vec<AddressPattern>,
    /// What it promises; the first that fits counts.
    pub sla: Vec<SlaRule>,
}

/// How soon a request is looked at and solved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlaRule {
    /// For requests of this kind; none: of any.
    pub kind: Option<Kind>,
    /// For requests that urgent; none: of any urgency.
    pub priority: Option<Priority>,
    /// Until an engineer first answers or takes it up.
    pub first_response: Option<Span>,
    /// Until it is answered; time that it waits for the requester does not count.
    pub resolution: Option<Span>,
}

/// What is done for customers whom no contract covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WithoutContract {
    /// The same as for everybody.
    #[default]
    Served,
    /// The same, and the acknowledgement says that no contract was found.
    Told,
}
