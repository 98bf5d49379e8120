//! Engineers and customers steer by mail: `fixtures/steering.tsv`, a specification. Each of its rows is a message that goes
//! through the whole program; who may ask what, what becomes of it, and who is written to, stands in the table and is never
//! written there by the program.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::support::{
    Markers, NO_CAPS, Random, SAID_BY_MANY, STEERED, SentLetter, Tale, Telling, Told, all_texts, assert_nothing_leaks,
    leaks, markers_of, tales,
};
use maildesk::model::Request;
use regex::Regex;

const TABLE: &str = include_str!("../../fixtures/steering.tsv");

/// How many installations the tales are dealt to: an engineer is asked about only so many messages a day.
const OFFICES: usize = 14;

#[test]
fn every_row_becomes_what_the_table_says() {
    assert!(std::env::var_os("UPDATE_GOLDEN").is_none(), "the table is a specification: it is written by hand");
    let tales = tales(TABLE);
    let rows: usize = tales.iter().map(|tale| tale.rows.len()).sum();
    assert!(rows >= 220, "{rows} rows");
    let (alone, mut others): (Vec<Tale>, Vec<Tale>) = tales.into_iter().partition(Tale::changes_its_desk);
    let mut installations: Vec<Vec<Tale>> = alone.into_iter().map(|tale| vec![tale]).collect();
    Random::new(20_261_128).shuffle(&mut others);
    let mut dealt: Vec<Vec<Tale>> = vec![Vec::new(); OFFICES];
    for (index, tale) in others.into_iter().enumerate() {
        dealt[index % OFFICES].push(tale);
    }
    installations.extend(dealt.into_iter().filter(|tales| !tales.is_empty()));
    let halves: Vec<Vec<Vec<Tale>>> =
        (0..2).map(|half| installations.iter().skip(half).step_by(2).cloned().collect()).collect();
    let told: Vec<(Vec<Told>, Vec<String>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = halves.into_iter().map(|installations| scope.spawn(|| tell_all(installations))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let leaks: Vec<String> = told.iter().flat_map(|(_, leaks)| leaks.clone()).collect();
    let told: BTreeMap<usize, Told> = told.into_iter().flat_map(|(told, _)| told).map(|t| (t.line, t)).collect();
    let wrong = wrong_rows(&told);
    assert!(wrong.is_empty() && leaks.is_empty(), "{wrong}\n{}", leaks.join("\n"));
}

fn tell_all(installations: Vec<Vec<Tale>>) -> (Vec<Told>, Vec<String>) {
    let (mut told, mut leaked, mut notes) = (Vec::new(), Vec::new(), 0);
    for tales in installations {
        let mut telling = Telling::begin(&format!("{STEERED}{NO_CAPS}"), tales);
        told.extend(telling.tell());
        telling.end();
        let (letters, markers) = (telling.letters(), markers(&telling));
        assert!(letters.len() > telling.tales().len());
        notes += letters.iter().filter(|letter| reads_a_note(letter)).count();
        leaked.extend(leaks(&letters, &markers));
        replayed(&telling);
    }
    assert!(notes > 5, "engineers read what nobody else may: {notes}");
    (told, leaked)
}

fn reads_a_note(letter: &SentLetter) -> bool {
    static NOTE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"secret\d+mark").unwrap());
    all_texts(&letter.raw).iter().any(|text| NOTE.is_match(text))
}

fn wrong_rows(told: &BTreeMap<usize, Told>) -> String {
    let mut wrong = String::new();
    for row in tales(TABLE).iter().flat_map(|tale| &tale.rows) {
        let told = &told[&row.line];
        let is_why = row.why == "-" || told.reasons.contains(&row.why);
        if told.became != row.becomes || !is_why {
            let (how, line) = (row.how.join(", "), row.line);
            writeln!(wrong, "line {line}: {} {how} {:?} {:?}", row.from, row.subject, row.words).unwrap();
            writeln!(wrong, "   should: {} ({})", row.becomes, row.why).unwrap();
            writeln!(wrong, "  becomes: {} ({})", told.became, told.reasons).unwrap();
        }
    }
    wrong
}

/// What nobody may read but those whom it concerns.
fn markers(telling: &Telling) -> Markers {
    let reader = telling.desk.reader();
    let engineers = ["ivanov@example.org", "petrova@example.org", "sidorov@example.org", "ivanov@home.example"];
    let mut markers = markers_of(&reader, &engineers);
    markers.forged.retain(|(line, _)| !SAID_BY_MANY.contains(&line.as_str()));
    markers.secrets.retain(|(line, _)| !SAID_BY_MANY.contains(&line.as_str()));
    for tale in telling.tales() {
        markers.secrets.push((tale.marker(), tale.people()));
        markers.secrets.push((format!("other{}mark", tale.id), tale.people()));
        markers.secrets.push((format!("secret{}mark", tale.id), Vec::new()));
        let forged = tale.rows.iter().find(|row| row.words.contains("{forged}"));
        let engineer = forged.map_or("nobody", |row| row.from.as_str());
        markers.forged.push((format!("forged{}mark", tale.id), format!("{engineer}@example.org")));
    }
    markers.secrets.push(("thirdmark".to_owned(), vec!["third@third.example".to_owned()]));
    markers
}

/// Replaying the events of every request gives the request as it is stored.
fn replayed(telling: &Telling) {
    let reader = telling.desk.reader();
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
