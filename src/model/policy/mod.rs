//! What the operator decided: the checked settings that desks judge by.

mod calendar;
mod sla;
mod intake;
mod phrases;
mod texts;

use super::{
    DeskKey, EmailAddress, Language, Named, Phase, Place, Request, ShortName, Standing, Status, Timestamp, Vocabulary,
};

pub use calendar::{Calendar, Span};
pub use sla::{Contract, SlaRule, WithoutContract};
pub use intake::{Absence, Assignment, Needed, Required, Rule, Workload, Turn};
pub use phrases::{OwnPhrases, PlainWords};
pub use texts::{Field, OwnTexts, Template, TextName};

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
    /// The engineers who work here. Where there are none, requests are filed and acknowledged only.
    pub engineers: Vec<Engineer>,
    /// The lines, by their numbers.
    pub lines: Vec<Line>,
    /// The teams.
    pub teams: Vec<Team>,
    /// The desk's own statuses, and its own words for built-in ones.
    pub statuses: Vec<StatusWords>,
    /// Seconds in which an ending change can be taken back before its requester is told.
    pub grace: u32,
    /// What a requester's words do to a closed request.
    pub after_close: AfterClose,
    /// Whether the provider delivers `name+anything@` to `name@`, so that reply addresses can carry tokens.
    pub plus_addresses: bool,
    /// When it works.
    pub calendar: Calendar,
    /// How long an answered request waits for its requester, from the delivery of the answer; then it closes by itself.
    pub close_after: Option<Span>,
    /// How long before that its requester is told.
    pub closing_notice: Option<Span>,
    /// How long a request may lie without any word of the line or team that it was passed on to, until who keeps control is
    /// reminded; and again after as long.
    pub remind_after: Option<Span>,
    /// For how many days it keeps what closed requests hold, from their last change; none: for ever.
    pub forget_after: Option<u32>,
    /// What is promised to everybody whom no contract covers; the first that fits counts.
    pub sla: Vec<SlaRule>,
    /// What is promised to whom.
    pub contracts: Vec<Contract>,
    /// What is done for customers whom no contract covers.
    pub without_contract: WithoutContract,
    /// What key words tell.
    pub rules: Vec<Rule>,
    /// Who becomes the assignee.
    pub assignment: Assignment,
    /// Whether a problem, which stops the work, is urgent at once.
    pub urgent_problems: bool,
    /// What a request should bring.
    pub required: Vec<Required>,
    /// How requesters call the installations: the word that is kept, and others for it.
    pub environments: Vec<Named<ShortName>>,
    /// The hour of the day at which engineers get their digest.
    pub digest: Option<jiff::civil::Time>,
    /// Which of its engineers are away today. Nobody is by the file: they say so by mail.
    pub away: Vec<Absence>,
    /// What its customers say in words of their own.
    pub plain_words: OwnPhrases,
    /// What it says in its own words.
    pub texts: OwnTexts,
}

/// An engineer of a desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engineer {
    /// What tags call him; unique in the installation.
    pub name: ShortName,
    /// His name as people write it.
    pub full_name: String,
    /// Where his letters go.
    pub address: EmailAddress,
    /// Other addresses that he writes from.
    pub aliases: Vec<EmailAddress>,
    /// The language of his letters; none: the desk's.
    pub language: Option<Language>,
    /// Further words that tags may call him by.
    pub words: Vec<String>,
}

/// A numbered line of a desk: 1 is asked first.
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
    /// What tags call it.
    pub name: ShortName,
    /// Further words that tags may call it by.
    pub words: Vec<String>,
    /// Its members; empty only where it has an address.
    pub members: Vec<ShortName>,
    /// Where an external team is written to, such as another company's helpdesk: it gets the request with its history
    /// and files, and its answers come back into it.
    pub address: Option<EmailAddress>,
    /// Whether such a team is told who the requester is.
    pub tell_requester: bool,
}

/// How a desk calls a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusWords {
    /// The status.
    pub status: Status,
    /// Its phase.
    pub phase: Phase,
    /// What people read in Russian; empty: the built-in words.
    pub label_ru: String,
    /// What people read in English; empty: the built-in words.
    pub label_en: String,
    /// Further words that tags may call it by.
    pub words: Vec<String>,
    /// Whether the requester is told when a request comes to stand so.
    pub tells: bool,
}

/// What a requester's words do to a closed request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterClose {
    /// It is taken up again.
    #[default]
    Reopen,
    /// They open a new one, linked to it.
    OpenNew,
}

impl Engineer {
    /// Whether this is one of his addresses.
    pub fn writes_from(&self, address: &EmailAddress) -> bool {
        self.address == *address || self.aliases.contains(address)
    }
}

impl Desk {
    /// A desk with this key, name, address and transport, and the default for everything else.
    pub fn new(key: DeskKey, name: String, address: EmailAddress, transport: String) -> Self {
        Self {
            key,
            name,
            address,
            aliases: Vec::new(),
            language: None,
            transport,
            form_senders: Vec::new(),
            own_lists: Vec::new(),
            customers: Vec::new(),
            blocked: Vec::new(),
            spam_headers: Vec::new(),
            engineers: Vec::new(),
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
            required: Vec::new(),
            environments: Vec::new(),
            digest: None,
            away: Vec::new(),
            plain_words: OwnPhrases::default(),
            texts: OwnTexts::default(),
        }
    }

    /// Whether mail to this address is mail to the desk; a `+tag` does not matter.
    pub fn is_own(&self, address: &EmailAddress) -> bool {
        let address = address.without_tag();
        std::iter::once(&self.address).chain(&self.aliases).any(|own| own.without_tag() == address)
    }

    /// The engineer with this name.
    pub fn engineer(&self, name: &ShortName) -> Option<&Engineer> {
        self.engineers.iter().find(|engineer| engineer.name == *name)
    }

    /// The engineer who writes from this address.
    pub fn engineer_at(&self, address: &EmailAddress) -> Option<&Engineer> {
        self.engineers.iter().find(|engineer| engineer.writes_from(address))
    }

    /// The engineers of a line or team; of the desk's beginning where none is named: its first line, or else everybody.
    pub fn members(&self, place: Option<&Place>) -> Vec<&Engineer> {
        let names = match place {
            Some(Place::Line(number)) => self.lines.iter().find(|line| line.number == *number).map(|l| &l.members),
            Some(Place::Team(name)) => self.teams.iter().find(|team| team.name == *name).map(|t| &t.members),
            Some(Place::Desk(_)) | None => None,
        };
        let first_line = || self.lines.iter().min_by_key(|line| line.number).map(|line| &line.members);
        // Of what an external team has, the first line keeps control.
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

    /// Where an external team is written to; none for one's own teams.
    pub fn outside(&self, name: &ShortName) -> Option<&EmailAddress> {
        self.teams.iter().find(|team| team.name == *name)?.address.as_ref()
    }

    /// The external team that writes from this address.
    pub fn outside_team_at(&self, address: &EmailAddress) -> Option<&Team> {
        self.teams.iter().find(|team| team.address.as_ref() == Some(address))
    }

    /// Who is told what happens in a request: its assignee, or else the line or team that it is with. While the assignee is
    /// away both are. Of a line those who are here are told; all of them, where nobody is.
    pub fn responsible(&self, request: &Request) -> Vec<&Engineer> {
        let assignee = request.assignee.as_ref().and_then(|name| self.engineer(name));
        let mut told: Vec<&Engineer> = assignee.into_iter().collect();
        if assignee.is_none_or(|assignee| self.absence(&assignee.name).is_some()) {
            let others =
                self.present(request.place.as_ref()).into_iter().filter(|e| request.assignee.as_ref() != Some(&e.name));
            told.extend(others);
        }
        if told.is_empty() { self.members(request.place.as_ref()) } else { told }
    }

    /// The engineers of a line or team who are here.
    pub fn present(&self, place: Option<&Place>) -> Vec<&Engineer> {
        self.members(place).into_iter().filter(|engineer| self.absence(&engineer.name).is_none()).collect()
    }

    /// Until when an engineer is away, if he is.
    pub fn absence(&self, engineer: &ShortName) -> Option<&Absence> {
        self.away.iter().find(|absence| absence.engineer == *engineer)
    }

    /// The desk as it is staffed at a time, by what its engineers have said.
    pub fn with_absences(&self, absences: &[Absence], now: Timestamp) -> Self {
        let today = now.to_jiff().to_zoned(self.calendar.zone.clone()).date();
        let is_away = |absence: &&Absence| {
            self.engineer(&absence.engineer).is_some() && absence.until.is_none_or(|back| today < back)
        };
        Self { away: absences.iter().filter(is_away).cloned().collect(), ..self.clone() }
    }

    /// Where a request stands that has this status.
    pub fn standing(&self, status: &Status) -> Standing {
        let own_phase = self.statuses.iter().find(|own| own.status == *status).map_or(Phase::Open, |own| own.phase);
        Standing::new(status.clone(), own_phase)
    }

    /// Whether the requester is told when a request comes to stand so.
    pub fn tells(&self, status: &Status) -> bool {
        let own = self.statuses.iter().find(|own| own.status == *status);
        own.map_or_else(|| status.tells(), |own| own.tells)
    }

    /// The words by which the desk is steered, among all desks of the installation.
    pub fn vocabulary(&self, desks: Vec<DeskKey>) -> Vocabulary {
        let named = |thing: &ShortName, words: &[String]| Named { thing: thing.clone(), words: words.to_vec() };
        Vocabulary {
            desks,
            statuses: self.statuses.iter().map(|s| Named { thing: s.status.clone(), words: s.words.clone() }).collect(),
            engineers: self.engineers.iter().map(|e| named(&e.name, &e.words)).collect(),
            teams: self.teams.iter().map(|t| named(&t.name, &t.words)).collect(),
            lines: self.lines.iter().map(|line| line.number).collect(),
        }
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
