//! The work of each statement stays the same, however much a desk has had to do before: counted in steps of the database's
//! virtual machine, which are the same on every machine, over what a desk does all day.
//!
//! Not of a day, and not held here: statements of `verify`, `export`, `backup`, `forget`, `resync` and `stats` read everything,
//! because that is what they are for. Of a day, and as much work as there is to do: what is overdue, held or quarantined is
//! counted in an index of its own, e-mails that wait are looked through for the oldest, and requests that are due at once are
//! sorted. Nothing of that grows with what is done and over.

use crate::support::{IVAN, IVANOV, Message, OLGA, SentLetter, TestDesk, bounce_of, to};
use maildesk::flow;
use maildesk::flow::HostStatus;
use maildesk::mail::parse::{attachments, parse};
use maildesk::store::work::{self, Statements};
use rustix::time::{ClockId, clock_gettime};

/// A desk with one engineer and one busy customer, and this many requests from one busy hour: half of them closed, the others
/// open, waiting, or answered.
fn busy_desk(copies: u64) -> TestDesk {
    let mut desk = TestDesk::two_desks("0s");
    for subject in ["Till", "Printer", "Invoice", "Report", "Card", "Terminal", "Login", "Scanner"] {
        // One customer answers, and is proven by that; the other never does.
        let customer = if subject < "P" { IVAN } else { OLGA };
        let text = format!("The {subject} does nothing.");
        let (acknowledgement, notification) = desk.ask("support", customer, subject, &text);
        match subject {
            "Till" | "Report" => drop(desk.answers("ivanov", &notification, "[done]", "It works again.")),
            "Printer" | "Card" => drop(desk.answers("ivanov", &notification, "[close]", "")),
            "Invoice" => drop(desk.answers("ivanov", &notification, "[need info]", "Which one?")),
            "Terminal" => {
                let more = desk.reply(OLGA, &acknowledgement, "", "It does something now.");
                desk.receive(&more);
            }
            _ => {}
        }
    }
    desk.multiply(copies);
    desk
}

/// A day at a desk, and the work of its statements.
struct Day {
    desk: TestDesk,
    statements: Statements,
}

impl Day {
    /// A start, looks, messages of all kinds, their letters, `status`, and the summary of `once`.
    fn at(desk: TestDesk) -> Statements {
        let mut day = Self { desk, statements: Statements::default() };
        for round in 0..2 {
            day.round(round);
        }
        let desk = &day.desk;
        work::count(&desk.database());
        flow::status(desk.reader().view(), &desk.settings, HostStatus::default(), desk.now()).unwrap();
        // What `once` tells at its end.
        desk.reader().view().letter_counts().unwrap();
        day.add();
        day.statements
    }

    fn round(&mut self, round: u32) {
        let asked = self.desk.message(OLGA, &format!("Display {round}"), "It stays dark.");
        let letters = self.send(&asked);
        let (acknowledgement, notification) = (to(&letters, OLGA), to(&letters, IVANOV));
        let more = self.desk.reply(OLGA, &acknowledgement, "", "It smells burnt, too.");
        self.send(&more);
        self.answer(&notification, "[note]", "I know this model.");
        self.answer(&notification, "[high]", "");
        let answer = self.answer(&notification, "[done]", "We have replaced it.");
        let thanks = self.desk.reply(OLGA, &to(&answer, OLGA), "", "It works, you can close it.");
        self.send(&thanks);
        self.send_raw(&bounce_of(&format!("bounce{round}@mx.example.com"), &acknowledgement.id(), OLGA));
        let stranger = self.desk.message(&format!("stranger{round}@other.example"), "Hello", "Do you sell tills?");
        self.send(&stranger);
        let other = self.desk.message(IVAN, &format!("Drawer {round}"), "It stays closed.");
        self.send(&other);
        let robot = self.desk.message("robot@client.example", "Alarm", "The disk is full.");
        self.send(&robot.header("Auto-Submitted: auto-generated"));
    }

    fn answer(&mut self, letter: &SentLetter, tags: &str, words: &str) -> Vec<SentLetter> {
        let answer = self.desk.reply(IVANOV, letter, tags, words);
        self.send(&answer)
    }

    fn send(&mut self, message: &Message) -> Vec<SentLetter> {
        self.send_raw(&message.clone().addressed_unless_named("support@example.org").raw())
    }

    fn send_raw(&mut self, raw: &[u8]) -> Vec<SentLetter> {
        self.desk.deliver("support", raw);
        work::count(&self.desk.database());
        self.desk.look(1);
        self.add();
        self.desk.letters()
    }

    fn add(&mut self) {
        for (sql, work) in work::counted(&self.desk.database()) {
            let known = self.statements.entry(sql).or_default();
            *known = known.and(work);
        }
    }
}

#[test]
fn no_statement_works_more_where_there_is_ten_times_as_much() {
    // Few, so that the test is short; enough, so that ten times as many are a difference.
    let small = Day::at(busy_desk(25));
    let large = Day::at(busy_desk(250));
    let mut grown = Vec::new();
    for (sql, on_large) in &large {
        let Some(on_small) = small.get(sql) else {
            grown.push(format!("only where there is more: {sql}"));
            continue;
        };
        if on_large.most_steps * 2 > on_small.most_steps * 3 || on_large.runs * 2 > on_small.runs * 3 {
            grown.push(format!("{on_small:?} → {on_large:?}: {sql}"));
        }
    }
    let again: Vec<String> = large
        .iter()
        .filter(|(sql, work)| work.compiled_again > 0 && !sql.starts_with("PRAGMA"))
        .map(|(sql, work)| format!("{} of {}: {sql}", work.compiled_again, work.runs))
        .collect();
    assert!(
        again.is_empty() && grown.is_empty(),
        "compiled again:\n{}\n\ngrown:\n{}",
        again.join("\n"),
        grown.join("\n")
    );
}

/// Indexes that no statement of a day needs, each with one that does.
const RARER: &[(&str, &str)] = &[
    // Whether a picture is a logo, for lists and for what is sent along.
    (
        "attachment_same",
        "SELECT 1 FROM attachment a WHERE a.received = ?1 AND EXISTS (
           SELECT 1 FROM attachment other WHERE other.sha256 = a.sha256 AND other.received <> a.received)",
    ),
    // Retention, where a desk has one.
    (
        "request_kept",
        "SELECT desk || '-' || number FROM request WHERE desk = ?1 AND changed_at < ?2 AND phase = 'closed'
           AND erased_at IS NULL ORDER BY changed_at, id LIMIT ?3",
    ),
    (
        "received_kept",
        "SELECT id FROM received WHERE desk = ?1 AND accepted_at < ?2 AND request IS NULL AND erased_at IS NULL
           AND state = 'handled' AND raw IS NOT NULL ORDER BY accepted_at, id LIMIT ?3",
    ),
    (
        "letter_kept",
        "SELECT id FROM letter WHERE desk = ?1 AND created_at < ?2 AND request IS NULL AND erased_at IS NULL
           AND state NOT IN ('due', 'inflight') ORDER BY created_at, id LIMIT ?3",
    ),
    // Messages without a Message-ID, and those that were moved to another folder.
    (
        "raw_same",
        "SELECT other.id FROM received this JOIN raw ON raw.id = this.raw JOIN raw same ON same.sha256 = raw.sha256
           JOIN received other ON other.raw = same.id WHERE this.id = ?1 ORDER BY other.id LIMIT 1",
    ),
    // Mailboxes whose accepted messages are moved or flagged.
    (
        "received_unmarked",
        "SELECT r.uid, r.name FROM received r JOIN raw ON raw.id = r.raw
           WHERE r.folder = ?1 AND r.validity = ?2 AND r.marked = 0 AND raw.size >= r.size ORDER BY r.id",
    ),
    // `maildesk release`.
    (
        "request_release",
        "SELECT desk || '-' || number FROM request WHERE release = ?1 AND phase = 'planned' ORDER BY id",
    ),
];

#[test]
fn each_index_serves_a_statement() {
    let desk = busy_desk(25);
    let database = rusqlite::Connection::open(desk.database()).unwrap();
    database.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).unwrap();
    let indexes = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";
    let indexes: Vec<String> =
        database.prepare(indexes).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let plan = |sql: &str| -> String {
        let sql = regex::Regex::new(r"\(LIST (\?\d+)\)").unwrap().replace_all(sql, "(SELECT value FROM json_each($1))");
        let mut plan = database.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let lines: Vec<String> = plan.raw_query().mapped(|row| row.get("detail")).map(Result::unwrap).collect();
        lines.join("\n")
    };
    let statements = Day::at(desk);
    let plans: Vec<String> = statements.keys().filter(|sql| !sql.starts_with("PRAGMA")).map(|sql| plan(sql)).collect();
    let uses = |plan: &str, index: &str| plan.split_whitespace().any(|word| word == index);
    for (index, sql) in RARER {
        assert!(uses(&plan(sql), index), "{index} is not used by {sql}: {}", plan(sql));
        assert!(!plans.iter().any(|plan| uses(plan, index)), "{index} is needed every day");
    }
    let of_no_use: Vec<&String> = indexes
        .iter()
        .filter(|index| !plans.iter().any(|plan| uses(plan, index)) && !RARER.iter().any(|(rarer, _)| rarer == index))
        .collect();
    assert!(of_no_use.is_empty(), "no statement uses {of_no_use:?}");
}

/// Each file of an e-mail stands in a message that is taken apart once for all of them.
#[test]
fn the_files_of_a_message_take_time_in_proportion_to_their_number() {
    let took = |files: u32| {
        let file =
            |message: Message, number| message.file(&format!("{number}.bin"), "application/octet-stream", &[7; 4_000]);
        let raw = (0..files).fold(Message::new("a@b", IVAN, "Files"), file).raw();
        let parts: Vec<u32> = parse(&raw).attachments.iter().map(|file| file.part).collect();
        assert_eq!(parts.len(), files as usize);
        let time = || {
            let time = clock_gettime(ClockId::ThreadCPUTime);
            time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
        };
        let once = || {
            let began = time();
            let mut bytes = 0;
            attachments(&raw, &parts, |file| bytes += file.unwrap().len());
            assert_eq!(bytes, files as usize * 4_000);
            time() - began
        };
        (0..3).map(|_| once()).min().unwrap()
    };
    let (few, many) = (took(60), took(480));
    assert!(many < few * 24, "{few} µs, eight times as many: {many} µs");
}
