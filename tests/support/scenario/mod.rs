//! Scenarios, the rows of `fixtures/steering.tsv`: each row is one message about a request, and what becomes of it.
//!
//! Columns, parted by tabs: the scenario · who writes · what it answers and how it comes · subject · words · what becomes of it
//! · why. The first column begins a scenario (`new`, perhaps with asks of the operator behind a colon, at desk OTK; `booking` at
//! TRV; `bare` where no request is opened beforehand), or goes on with it (`+`).

mod run;
mod writing;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maildesk::model::RequestNumber;

pub use run::ScenarioRun;
pub use writing::SAID_BY_MANY;

/// A row of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its line in the file.
    pub line: usize,
    /// Who writes.
    pub from: String,
    /// What it answers, and how it comes.
    pub how: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Its words.
    pub words: String,
    /// What becomes of it.
    pub becomes: String,
    /// Part of the reasons; `-` where none matters.
    pub why: String,
}

/// One request, and the messages about it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// How it begins.
    pub begins: String,
    /// Its messages.
    pub rows: Vec<Row>,
    /// What tells its people from those of other scenarios.
    pub id: usize,
    number: Option<RequestNumber>,
    other: Option<RequestNumber>,
    received: Vec<i64>,
    /// Serial numbers of personal addresses: of Ivanov, of Petrova, a revoked one.
    personal: [u32; 3],
}

/// What became of a row.
#[derive(Clone, Debug)]
pub struct RowResult {
    /// Its line in the file.
    pub line: usize,
    /// What became of it.
    pub became: String,
    /// All reasons.
    pub reasons: String,
}

/// A row of the outbox.
#[derive(Clone, Debug)]
struct Written {
    id: i64,
    cause: Option<i64>,
    kind: String,
    recipient: String,
    state: String,
    waits: bool,
    request: Option<String>,
    message_id: String,
}

/// Reads the table.
pub fn scenarios(table: &str) -> Vec<Scenario> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    for (index, line) in table.lines().enumerate() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let [begins, from, how, subject, words, becomes, why] = columns[..] else {
            panic!("line {}: {} columns", index + 1, columns.len());
        };
        let row = Row {
            line: index + 1,
            from: from.to_owned(),
            how: how.split(", ").map(str::to_owned).collect(),
            subject: subject.to_owned(),
            words: words.replace("\\n", "\n"),
            becomes: becomes.to_owned(),
            why: why.to_owned(),
        };
        if begins == "+" {
            scenarios.last_mut().unwrap().rows.push(row);
        } else {
            let (begins, id) = (begins.to_owned(), index + 1);
            scenarios.push(Scenario {
                begins,
                rows: vec![row],
                id,
                number: None,
                other: None,
                received: Vec::new(),
                personal: [0; 3],
            });
        }
    }
    scenarios
}

impl Scenario {
    /// Whether it changes what other scenarios stand on, so that it needs a desk of its own: the clock jumps in it, an engineer
    /// goes away, or a version is released for which others wait.
    pub fn changes_its_desk(&self) -> bool {
        let changes = |row: &Row| {
            row.how.iter().any(|how| seconds(how).is_some())
                || ["[away", "[released"].iter().any(|tag| row.subject.contains(tag))
        };
        self.rows.iter().any(changes)
    }

    /// The mailbox of its desk, and that desk's address.
    fn desk(&self) -> (&'static str, &'static str) {
        if self.begins.starts_with("booking") {
            ("booking", "booking@example.org")
        } else {
            ("support", "support@example.org")
        }
    }

    /// The address of somebody in this scenario.
    fn address(&self, who: &str) -> String {
        match who {
            "ivanov" | "petrova" | "sidorov" => format!("{who}@example.org"),
            "home" => "ivanov@home.example".to_owned(),
            "SHOUTED" => "IVANOV@EXAMPLE.ORG".to_owned(),
            "tagged" => "ivanov+x@example.org".to_owned(),
            "stranger" => format!("stranger{}@elsewhere.example", self.id),
            "friend" => format!("friend{}@friends.example", self.id),
            who => format!("{who}{}@client.example", self.id),
        }
    }

    /// Somebody's name and address, as they stand in From.
    fn mailbox_of(&self, who: &str) -> String {
        let name = match who {
            "ivanov" | "home" | "SHOUTED" | "tagged" => "Иван Иванов",
            "spoofer" => "ivanov@example.org",
            "petrova" => "Анна Петрова",
            "sidorov" => "Олег Сидоров",
            "client" => "Olga Client",
            who => who,
        };
        format!("=?utf-8?B?{}?= <{}>", STANDARD.encode(name), self.address(who))
    }

    /// What marks the opening of its request: known to its people only.
    pub fn marker(&self) -> String {
        format!("opening{}mark", self.id)
    }
}

/// How long passes before a message that comes so; `None` where no time passes.
fn seconds(how: &str) -> Option<i64> {
    match how {
        "31 days" => Some(31 * 86_400),
        "13 days" => Some(13 * 86_400),
        "3 minutes" => Some(180),
        _ => None,
    }
}

impl Scenario {
    /// Whether it speaks of another request of the same client, which then must be there.
    fn wants_other(&self) -> bool {
        let is_named = |text: &str| text.contains("{other") || text.contains("{grafted other");
        let mentions = |row: &Row| row.how[0].starts_with("other ") || is_named(&row.subject) || is_named(&row.words);
        self.rows.iter().any(mentions)
    }

    /// Who may know of which of its requests, beside engineers.
    pub fn people(&self) -> Vec<String> {
        ["client", "boss", "phone", "colleague", "stranger", "friend"].map(|who| self.address(who)).to_vec()
    }
}
