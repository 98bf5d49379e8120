//! What the operator decided: the checked settings that desks judge by.

use super::{DeskKey, EmailAddress, Language};

/// One desk: a support process with its own numbers and letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// What its numbers begin with.
    pub key: DeskKey,
    /// Its name, as customers read it in `From` and below letters.
    pub name: String,
    /// The address that letters come from and customers write to.
    pub address: EmailAddress,
    /// Further addresses whose mail ends in the desk's mailboxes.
    pub aliases: Vec<EmailAddress>,
    /// The language of letters; none: the language of the writer.
    pub language: Option<Language>,
    /// The name of the transport that carries its letters.
    pub transport: String,
    /// Web forms: the customer stands in `Reply-To` of what these addresses send.
    pub form_senders: Vec<EmailAddress>,
    /// `List-Id` values of own groups and lists, lower case; on them list headers are no sign of automatic mail.
    pub own_lists: Vec<String>,
    /// Customers that are known beforehand: their acknowledgements name the subject.
    pub customers: Vec<AddressPattern>,
    /// Senders whose mail is kept without effect.
    pub blocked: Vec<AddressPattern>,
    /// Header fields by which the operator's own filter marks spam.
    pub spam_headers: Vec<HeaderPattern>,
}

impl Desk {
    /// Whether mail to this address is mail to the desk; a `+tag` does not matter.
    pub fn is_own(&self, address: &EmailAddress) -> bool {
        let address = address.without_tag();
        std::iter::once(&self.address).chain(&self.aliases).any(|own| own.without_tag() == address)
    }
}

/// An address, or everything within a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressPattern {
    /// Exactly this address.
    Address(EmailAddress),
    /// Any address of the domain and of those below it, compared label by label.
    Domain(String),
}

impl AddressPattern {
    /// Whether an address fits.
    pub fn matches(&self, address: &EmailAddress) -> bool {
        match self {
            AddressPattern::Address(own) => own == address,
            AddressPattern::Domain(domain) => address.is_within(domain),
        }
    }
}

/// A header field whose value begins with the given words, compared without case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderPattern {
    /// The field's name.
    pub name: String,
    /// What its value begins with.
    pub value: String,
}

/// What a mailbox does with automatic mail that belongs to no request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AutomaticMail {
    /// Opens a request about which nobody is written to.
    #[default]
    File,
    /// Opens a request as any other mail; its sender gets no answer.
    Open,
    /// Keeps it without effect.
    Ignore,
}

/// Caps on acknowledgements; beyond them the request is opened and nobody is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AckLimits {
    /// To one sender in ten minutes.
    pub sender_ten_minutes: u32,
    /// To one sender in an hour.
    pub sender_hour: u32,
    /// To one sender in 24 hours.
    pub sender_day: u32,
    /// To one sender in 24 hours for the same subject: two robots fall silent here.
    pub sender_subject_day: u32,
    /// To one domain in an hour.
    pub domain_hour: u32,
    /// To everybody in an hour.
    pub all_hour: u32,
}

impl Default for AckLimits {
    fn default() -> Self {
        Self {
            sender_ten_minutes: 5,
            sender_hour: 10,
            sender_day: 30,
            sender_subject_day: 2,
            domain_hour: 60,
            all_hour: 300,
        }
    }
}
