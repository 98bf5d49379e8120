//! The policy of a desk: the checked settings by which decisions are made.

mod calendar;
mod engineer;
mod intake;
mod limits;
mod phrases;
mod public_domains;
mod sla;
mod texts;

use super::{DeskKey, EmailAddress, Kind, Language, Named, Phase, Place, ShortName, Standing, Status, Vocabulary};

pub use calendar::{Calendar, Span};
pub use engineer::{Engineer, FormerEngineer, PublicSide};
pub use intake::{Absence, Assignment, Needed, Required, Rule, Turn, Workload};
pub use limits::AckLimits;
pub use phrases::{OwnPhrases, PlainWords};
pub use public_domains::is_public_domain;
pub use sla::{Contract, SlaRule, WithoutContract};
pub use texts::{Field, OwnTexts, Template, TextName, misleading};

/// A desk: a support team's process, with its own request numbers, address, engineers and rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// The key that its request numbers begin with.
    pub key: DeskKey,
    /// Its earlier keys, with which its older request numbers begin.
    pub was: Vec<DeskKey>,
    /// The key that this desk has now, where its own is an earlier one: only requests from before the renaming have it. `None`:
    /// its own.
    pub renamed_to: Option<DeskKey>,
    /// Its name, which customers read in `From` and in the signature.
    pub name: String,
    /// Its name in English letters; empty: the same.
    pub name_en: String,
    /// Its address: letters come from it, and customers write to it.
    pub address: EmailAddress,
    /// Further addresses whose mail arrives in the desk's mailboxes.
    pub aliases: Vec<EmailAddress>,
    /// The language of letters to customers; `None`: the language that the customer writes.
    pub language: Option<Language>,
    /// The name of the transport that carries its letters.
    pub transport: String,
    /// Addresses of web forms; in their messages the customer is named by `Reply-To`.
    pub form_senders: Vec<EmailAddress>,
    /// `List-Id` values of the operator's own groups and lists, in lower case; on them, list headers are no sign of automatic mail.
    pub own_lists: Vec<String>,
    /// Known customers: their acknowledgements may repeat the subject, and have a cap of their own.
    pub customers: Vec<AddressPattern>,
    /// Domains, in lower case, whose people count as colleagues where they are no engineers.
    pub house: Vec<String>,
    /// Who gets engineers' answers beside the requester.
    pub copies: Copies,
    /// Further domains of public mail providers, in lower case, besides the built-in ones.
    pub public_domains: Vec<String>,
    /// Blocked senders, whose mail is kept without effect.
    pub blocked: Vec<AddressPattern>,
    /// Header fields with which the operator's spam filter marks spam.
    pub spam_headers: Vec<HeaderPattern>,
    /// Brackets that other programs put into engineers' mail, without their brackets: they are no mistyped tags.
    pub ignored_brackets: Vec<String>,
    /// The engineers who work here. If there are none, requests are only filed and acknowledged.
    pub engineers: Vec<Engineer>,
    /// The engineers who have left it.
    pub former: Vec<FormerEngineer>,
    /// The support lines.
    pub lines: Vec<Line>,
    /// The teams.
    pub teams: Vec<Team>,
    /// The statuses that the desk defines, and its labels and words for built-in ones.
    pub statuses: Vec<StatusWords>,
    /// The seconds before a requester is told that the request is answered or closed, during which that can still be undone.
    pub grace: u32,
    /// What a requester's reply to a closed request does.
    pub after_close: AfterClose,
    /// Whether the mail server delivers `name+anything@` to `name@`, so that reply addresses can carry tokens.
    pub plus_addresses: bool,
    /// Its working time.
    pub calendar: Calendar,
    /// How long an answered request waits for its requester, from the delivery of the answer, before it is closed automatically;
    /// `None`: for ever.
    pub close_after: Option<Span>,
    /// How long before that its requester is told; `None`: not at all.
    pub closing_notice: Option<Span>,
    /// How long a line or team may do nothing about a request that was passed to it before the first line is reminded, and again
    /// after the same time; `None`: no reminders.
    pub remind_after: Option<Span>,
    /// How many days the content of closed requests is kept, from their last change; `None`: for ever.
    pub forget_after: Option<u32>,
    /// The SLA for customers whom no contract covers; the first rule that applies counts.
    pub sla: Vec<SlaRule>,
    /// The contracts, with their own SLAs.
    pub contracts: Vec<Contract>,
    /// How customers are treated whom no contract covers.
    pub without_contract: WithoutContract,
    /// The rules by which key words set properties of new requests.
    pub rules: Vec<Rule>,
    /// How the assignee of a new request is chosen.
    pub assignment: Assignment,
    /// Whether requests of the kind “problem” get the priority “critical” at once.
    pub urgent_problems: bool,
    /// The kinds that a request gets by the bare first word of its subject: «Инцидент: …».
    pub first_word_kinds: Vec<Kind>,
    /// The information that requests must contain, which requesters are asked for if it is missing.
    pub required: Vec<Required>,
    /// The environments of the product: the name that is kept, and other words for it.
    pub environments: Vec<Named<ShortName>>,
    /// The time of day at which engineers get their digest; `None`: no digests.
    pub digest: Option<jiff::civil::Time>,
    /// The phrases that its customers use to confirm, disagree, withdraw or thank, besides the built-in ones.
    pub plain_words: OwnPhrases,
    /// Its own texts, in place of built-in ones.
    pub texts: OwnTexts,
}

/// A support line of a desk. New requests go to the line with the lowest number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub number: u8,
    /// Its members; never empty.
    pub members: Vec<ShortName>,
}

/// A named team of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its name in tags.
    pub name: ShortName,
    /// Further words for it in tags.
    pub words: Vec<String>,
    /// Its members; empty only where it has an address.
    pub members: Vec<ShortName>,
    /// The address of an external team, such as another company's helpdesk: the request is sent there with its history and files,
    /// and replies are added to it. `None` for the desk's own teams.
    pub address: Option<EmailAddress>,
    /// Whether an external team is told who the requester is.
    pub tell_requester: bool,
}

/// A status as a desk defines it, or the desk's labels and words for a built-in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusWords {
    /// The status.
    pub status: Status,
    /// Its phase.
    pub phase: Phase,
    /// Its label in Russian; empty: the built-in one.
    pub label_ru: String,
    /// Its label in English; empty: the built-in one.
    pub label_en: String,
    /// Further words for it in tags.
    pub words: Vec<String>,
    /// Whether the requester is told when a request gets this status.
    pub tells: bool,
}

/// What a requester's reply to a closed request does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterClose {
    /// It opens the request again.
    #[default]
    Reopen,
    /// It opens a new request, linked to the closed one.
    OpenNew,
}

/// Which of the people in To and Cc of a requester's message get engineers' answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Copies {
    /// Those of the requester's own domain, unless it is that of a public mail provider.
    #[default]
    Colleagues,
    /// All.
    All,
    /// None.
    Nobody,
}

impl Desk {
    /// A desk with this key, name, address and transport, and the default for everything else.
    pub fn new(key: DeskKey, name: String, address: EmailAddress, transport: String) -> Self {
        Self {
            key,
            was: Vec::new(),
            renamed_to: None,
            name,
            name_en: String::new(),
            address,
            aliases: Vec::new(),
            language: None,
            transport,
            form_senders: Vec::new(),
            own_lists: Vec::new(),
            customers: Vec::new(),
            house: Vec::new(),
            copies: Copies::default(),
            public_domains: Vec::new(),
            blocked: Vec::new(),
            spam_headers: Vec::new(),
            ignored_brackets: Vec::new(),
            engineers: Vec::new(),
            former: Vec::new(),
            lines: Vec::new(),
            teams: Vec::new(),
            statuses: Vec::new(),
            grace: 120,
            after_close: AfterClose::default(),
            plus_addresses: false,
            calendar: Calendar::default(),
            close_after: None,
            closing_notice: None,
            remind_after: None,
            forget_after: None,
            sla: Vec::new(),
            contracts: Vec::new(),
            without_contract: WithoutContract::default(),
            rules: Vec::new(),
            assignment: Assignment::default(),
            urgent_problems: false,
            // «Проблема: …» is how people begin any request, and monitoring its alerts.
            first_word_kinds: vec![Kind::Incident, Kind::ServiceRequest, Kind::ChangeRequest],
            required: Vec::new(),
            environments: Vec::new(),
            digest: None,
            plain_words: OwnPhrases::default(),
            texts: OwnTexts::default(),
        }
    }

    /// The same desk under each of its earlier keys, for the requests that have these. Its digest lists them all.
    pub fn under_earlier_keys(&self) -> impl Iterator<Item = Desk> {
        let under = |key: &DeskKey| Desk {
            key: key.clone(),
            was: Vec::new(),
            renamed_to: Some(self.key.clone()),
            digest: None,
            ..self.clone()
        };
        self.was.iter().map(under)
    }

    /// The key that the desk has now.
    pub fn current_key(&self) -> &DeskKey {
        self.renamed_to.as_ref().unwrap_or(&self.key)
    }

    /// All keys of its requests: the one that it has now, and the earlier ones.
    pub fn all_keys(&self) -> Vec<DeskKey> {
        std::iter::once(&self.key).chain(&self.was).cloned().collect()
    }

    /// Whether mail to this address is mail to the desk; a `+tag` does not matter.
    pub fn is_own(&self, address: &EmailAddress) -> bool {
        let address = address.without_tag();
        std::iter::once(&self.address).chain(&self.aliases).any(|own| own.without_tag() == address)
    }

    /// Its name as readers of this language know it.
    pub fn name_in(&self, language: Language) -> &str {
        if language == Language::En && !self.name_en.is_empty() { &self.name_en } else { &self.name }
    }

    /// The engineer with this name.
    pub fn engineer(&self, name: &ShortName) -> Option<&Engineer> {
        self.engineers.iter().find(|engineer| engineer.name == *name)
    }

    /// The engineer who writes from this address.
    pub fn engineer_at(&self, address: &EmailAddress) -> Option<&Engineer> {
        self.engineers.iter().find(|engineer| engineer.writes_from(address))
    }

    /// The pattern by which the desk lists an address as a customer's, in `customers` or in a contract; `None` where it does not.
    pub fn listed(&self, address: &EmailAddress) -> Option<&AddressPattern> {
        let of_contracts = self.contracts.iter().flat_map(|contract| &contract.customers);
        self.customers.iter().chain(of_contracts).find(|pattern| pattern.matches(address))
    }

    /// Whether this is an address of the company: people there are colleagues.
    pub fn is_in_house(&self, address: &EmailAddress) -> bool {
        self.house.iter().any(|domain| address.is_within(domain))
    }

    /// Whether a domain is that of a public mail provider.
    pub fn is_public(&self, domain: &str) -> bool {
        is_public_domain(domain) || self.public_domains.iter().any(|own| own == domain)
    }

    /// The engineers of a line or team. Without one, those who get new requests: the first line, or everybody if there are no lines.
    pub fn members(&self, place: Option<&Place>) -> Vec<&Engineer> {
        let names = match place {
            Some(Place::Line(number)) => self.lines.iter().find(|line| line.number == *number).map(|l| &l.members),
            Some(Place::Team(name)) => self.teams.iter().find(|team| team.name == *name).map(|t| &t.members),
            Some(Place::Desk(_)) | None => None,
        };
        let first_line = || self.lines.iter().min_by_key(|line| line.number).map(|line| &line.members);
        // The first line keeps control of requests at an external team, which has no members here.
        let names = match (place, names) {
            (None, _) => first_line(),
            (_, Some(names)) if names.is_empty() => first_line(),
            (_, names) => names,
        };
        match names {
            Some(names) => names.iter().filter_map(|name| self.engineer(name)).collect(),
            None => self.engineers.iter().collect(),
        }
    }

    /// The address of an external team; `None` for the desk's own teams.
    pub fn outside(&self, name: &ShortName) -> Option<&EmailAddress> {
        self.teams.iter().find(|team| team.name == *name)?.address.as_ref()
    }

    /// The external team that writes from this address.
    pub fn outside_team_at(&self, address: &EmailAddress) -> Option<&Team> {
        self.teams.iter().find(|team| team.address.as_ref() == Some(address))
    }

    /// A status with its phase at this desk; `Open` if the desk does not define the status.
    pub fn standing(&self, status: &Status) -> Standing {
        let own_phase = self.statuses.iter().find(|own| own.status == *status).map_or(Phase::Open, |own| own.phase);
        Standing::new(status.clone(), own_phase)
    }

    /// Whether the requester is told when a request gets this status.
    pub fn tells(&self, status: &Status) -> bool {
        let own = self.statuses.iter().find(|own| own.status == *status);
        own.map_or_else(|| status.tells(), |own| own.tells)
    }

    /// The desk's words for tags. `desks` are the keys of all desks of the installation.
    pub fn vocabulary(&self, desks: Vec<DeskKey>) -> Vocabulary {
        let named = |thing: &ShortName, words: &[String]| Named { thing: thing.clone(), words: words.to_vec() };
        Vocabulary {
            desks,
            statuses: self.statuses.iter().map(|s| Named { thing: s.status.clone(), words: s.words.clone() }).collect(),
            engineers: self.engineers.iter().map(|e| named(&e.name, &e.words)).collect(),
            teams: self.teams.iter().map(|t| named(&t.name, &t.words)).collect(),
            lines: self.lines.iter().map(|line| line.number).collect(),
            is_complete: true,
        }
    }
}

/// A pattern for addresses: one address, or all of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressPattern {
    /// Exactly this address.
    Address(EmailAddress),
    /// Any address of the domain and of those below it, compared label by label.
    Domain(String),
}

impl AddressPattern {
    /// Whether an address matches.
    pub fn matches(&self, address: &EmailAddress) -> bool {
        match self {
            AddressPattern::Address(own) => own == address,
            AddressPattern::Domain(domain) => address.is_within(domain),
        }
    }
}

/// A pattern for header fields: a name, and the beginning of the value, compared without case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderPattern {
    /// The field's name.
    pub name: String,
    /// The beginning of its value.
    pub value: String,
}

/// What is done with automatic mail in a mailbox that belongs to no request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AutomaticMail {
    /// It is filed as a request without notifying anybody.
    #[default]
    File,
    /// It opens a request like any other mail, but its sender gets no acknowledgement.
    Open,
    /// It opens a request as by `Open`, and what is alike is added to it for 24 hours.
    Group,
    /// It is kept without effect.
    Ignore,
}
