//! Engineers and customers steer by mail: `fixtures/steering.tsv`, a specification. Each of its rows is a message that goes
//! through the whole program; who may ask what, what becomes of it, and who is written to, stands in the table and is never
//! written there by the program.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::support::{
    Markers, NO_CAPS, Random, RowResult, SAID_BY_MANY, STEERED, Scenario, ScenarioRun, SentLetter, all_texts,
    assert_nothing_leaks, leaks, markers_of, scenarios,
};
use maildesk::model::Request;
use regex::Regex;

const TABLE: &str = include_str!("../../fixtures/steering.tsv");

/// How many desks the scenarios are dealt to: an engineer is asked about only so many messages a day.
const INSTALLATIONS: usize = 14;

#[test]
fn every_row_becomes_what_the_table_says() {
    assert!(std::env::var_os("UPDATE_GOLDEN").is_none(), "the table is a specification: it is written by hand");
    let scenarios = scenarios(TABLE);
    let rows: usize = scenarios.iter().map(|scenario| scenario.rows.len()).sum();
    assert!(rows >= 220, "{rows} rows");
    let (alone, mut others): (Vec<Scenario>, Vec<Scenario>) =
        scenarios.into_iter().partition(Scenario::changes_its_desk);
    let mut installations: Vec<Vec<Scenario>> = alone.into_iter().map(|scenario| vec![scenario]).collect();
    Random::new(20_261_128).shuffle(&mut others);
    let mut dealt: Vec<Vec<Scenario>> = vec![Vec::new(); INSTALLATIONS];
    for (index, scenario) in others.into_iter().enumerate() {
        dealt[index % INSTALLATIONS].push(scenario);
    }
    installations.extend(dealt.into_iter().filter(|scenarios| !scenarios.is_empty()));
    let halves: Vec<Vec<Vec<Scenario>>> =
        (0..2).map(|half| installations.iter().skip(half).step_by(2).cloned().collect()).collect();
    let results: Vec<(Vec<RowResult>, Vec<String>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = halves.into_iter().map(|installations| scope.spawn(|| play_all(installations))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let leaks: Vec<String> = results.iter().flat_map(|(_, leaks)| leaks.clone()).collect();
    let results: BTreeMap<usize, RowResult> =
        results.into_iter().flat_map(|(results, _)| results).map(|row| (row.line, row)).collect();
    let wrong = wrong_rows(&results);
    assert!(wrong.is_empty() && leaks.is_empty(), "{wrong}\n{}", leaks.join("\n"));
}

/// What became of the rows, and what leaked.
fn play_all(installations: Vec<Vec<Scenario>>) -> (Vec<RowResult>, Vec<String>) {
    let (mut results, mut leaked, mut notes) = (Vec::new(), Vec::new(), 0);
    for scenarios in installations {
        let mut run = ScenarioRun::begin(&format!("{STEERED}{NO_CAPS}"), scenarios);
        results.extend(run.play());
        run.end();
        let (letters, markers) = (run.letters(), markers(&run));
        assert!(letters.len() > run.scenarios().len());
        notes += letters.iter().filter(|letter| reads_a_note(letter)).count();
        leaked.extend(leaks(&letters, &markers));
        replayed(&run);
    }
    assert!(notes > 5, "engineers read what nobody else may: {notes}");
    (results, leaked)
}

/// Whether somebody reads in it what a note said.
fn reads_a_note(letter: &SentLetter) -> bool {
    static NOTE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"secret\d+mark").unwrap());
    all_texts(&letter.raw).iter().any(|text| NOTE.is_match(text))
}

/// The rows that became something else than the table says, with what.
fn wrong_rows(results: &BTreeMap<usize, RowResult>) -> String {
    let mut wrong = String::new();
    for row in scenarios(TABLE).iter().flat_map(|scenario| &scenario.rows) {
        let result = &results[&row.line];
        let is_why = row.why == "-" || result.reasons.contains(&row.why);
        if result.became != row.becomes || !is_why {
            let (how, line) = (row.how.join(", "), row.line);
            writeln!(wrong, "line {line}: {} {how} {:?} {:?}", row.from, row.subject, row.words).unwrap();
            writeln!(wrong, "   should: {} ({})", row.becomes, row.why).unwrap();
            writeln!(wrong, "  becomes: {} ({})", result.became, result.reasons).unwrap();
        }
    }
    wrong
}

/// What nobody may read but those whom it concerns.
fn markers(run: &ScenarioRun) -> Markers {
    let reader = run.desk.reader();
    let engineers = ["ivanov@example.org", "petrova@example.org", "sidorov@example.org", "ivanov@home.example"];
    let mut markers = markers_of(&reader, &engineers);
    markers.forged.retain(|(line, _)| !SAID_BY_MANY.contains(&line.as_str()));
    markers.secrets.retain(|(line, _)| !SAID_BY_MANY.contains(&line.as_str()));
    for scenario in run.scenarios() {
        markers.secrets.push((scenario.marker(), scenario.people()));
        markers.secrets.push((format!("other{}mark", scenario.id), scenario.people()));
        markers.secrets.push((format!("secret{}mark", scenario.id), Vec::new()));
        let forged = scenario.rows.iter().find(|row| row.words.contains("{forged}"));
        let engineer = forged.map_or("nobody", |row| row.from.as_str());
        markers.forged.push((format!("forged{}mark", scenario.id), format!("{engineer}@example.org")));
    }
    markers.secrets.push(("thirdmark".to_owned(), vec!["third@third.example".to_owned()]));
    markers
}

/// Replaying the events of every request gives the request as it is stored.
fn replayed(run: &ScenarioRun) {
    let reader = run.desk.reader();
    for row in reader.view().requests(None, None, u32::MAX).unwrap() {
        let stored = reader.view().request(&row.number).unwrap();
        let replayed = Request::replay(&reader.view().events(&row.number).unwrap());
        assert_eq!(stored, replayed);
    }
}

/// A letter of ours to somebody, in quoted-printable where that matters.
fn letter(rcpt: &str, subject: &str, body: &str) -> SentLetter {
    let raw = format!(
        "Message-ID: <otk-1.2.k1.0123456789abcdef01234567@example.org>\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n{body}"
    );
    SentLetter { envelope_from: String::new(), rcpt: rcpt.to_owned(), raw: raw.into_bytes() }
}

#[test]
fn what_leaks_is_found_in_whatever_form_it_leaks() {
    let text = |text: &str| format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n");
    let encoded = |encoding: &str, text: &str| {
        format!("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{text}\r\n")
    };
    let markers = Markers {
        engineers: vec!["ivanov@example.org".to_owned()],
        secrets: vec![
            ("secretmark".to_owned(), Vec::new()),
            ("openmark".to_owned(), vec!["olga@client.example".to_owned()]),
        ],
        forged: vec![("forgedmark".to_owned(), "ivanov@example.org".to_owned())],
        numbers: vec![("OTK-1".to_owned(), vec!["olga@client.example".to_owned()]), ("OTK-2".to_owned(), Vec::new())],
    };
    let client = "olga@client.example";
    let token = "otk-1.2.etov5mo.k1.0123456789abcdef01234567@example.org";
    for (subject, body) in [
        ("x", text("it says secretmark.")),
        ("x secretmark", text("x")),
        ("=?utf-8?B?c2VjcmV0bWFyaw==?=", text("x")),
        ("=?utf-8?Q?secret=6Dark?=", text("x")),
        ("x", encoded("base64", "c2VjcmV0bWFyaw==")),
        ("x", encoded("quoted-printable", "secret=6Dark")),
        ("x", encoded("quoted-printable", "secr=\r\netmark")),
        ("x", "Content-Type: text/html\r\n\r\n<p>secret<b>mark</b></p>\r\n".to_owned()),
        ("x", "Content-Type: text/plain; name=\"secretmark.txt\"\r\n\r\nx\r\n".to_owned()),
        ("x", "Content-Type: message/rfc822\r\n\r\nSubject: =?utf-8?B?c2VjcmV0bWFyaw==?=\r\n\r\nx\r\n".to_owned()),
        ("x", format!("References: <{token}>\r\n{}", text("x"))),
        ("x", text("mailto:support%2Bme.12.k1.0123456789abcdef01234567%40example.org")),
        ("x", text("write to ivanov@example.org")),
        ("x", text("the same as OTK-2")),
        ("x", text("mailto:x?subject=%5BOTK-2%20confirm%20tov5mo-k1-0123456789abcdef01234567%5D")),
        ("x", text("a key: tov5mo-k1-0123456789abcdef01234567")),
        ("x", text("forgedmark")),
    ] {
        let leaking = [letter(client, subject, &body)];
        assert!(!leaks(&leaking, &markers).is_empty(), "{subject} {body}");
    }
    let openly = letter("else@other.example", "x", &text("openmark"));
    assert_eq!(leaks(&[openly], &markers).len(), 2, "neither the words nor the number is for others");
    let asked = letter("ivanov@example.org", "x", &text("forgedmark"));
    assert_eq!(leaks(&[asked], &markers).len(), 1, "only a question may show it");
    let fine = letter(client, "[OTK-1] x", &text("openmark [OTK-1 confirm tov5mo-k1-0123456789abcdef01234567]"));
    assert_nothing_leaks(&[fine], &markers);
}
