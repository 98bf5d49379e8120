//! What engineers type, in how many ways people type it: `fixtures/typed.tsv`, a specification.

use crate::support::{SentLetter, TestDesk};

const TABLE: &str = include_str!("../../fixtures/typed.tsv");

#[test]
fn whatever_an_engineer_types_is_carried_out_or_given_back_or_kept_or_sent() {
    let rows: Vec<Vec<&str>> =
        TABLE.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect();
    assert!(rows.len() >= 104, "{} rows", rows.len());
    let mut desk = TestDesk::two_desks("0s");
    let mut wrong = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let [added, words, expected] = row[..] else { panic!("{row:?}") };
        let words = words.replace("\\n", "\n");
        // Nobody gets more acknowledgements or explanations than a day allows.
        desk.skip(7_200);
        let olga = format!("olga@client{index}.example");
        let (_, notification) = desk.ask("support", &olga, "Printer", "It does not print.");
        let letters = desk.answers("ivanov", &notification, added, &words);
        let outcome = outcome(&desk, &olga, &letters, &words);
        if outcome != expected {
            wrong.push(format!("{added:?} {words:?}\n   should: {expected}\n  becomes: {outcome}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// What became of the last message.
fn outcome(desk: &TestDesk, olga: &str, letters: &[SentLetter], words: &str) -> String {
    let (_, _, reasons) = desk.last_disposition();
    let to_requester: Vec<&SentLetter> = letters.iter().filter(|letter| letter.rcpt == olga).collect();
    let receipts = letters.iter().filter(|letter| desk.kind_of(letter) == "receipt").count();
    let explained = letters.iter().any(|letter| desk.kind_of(letter) == "explanation");
    if explained {
        return if to_requester.is_empty() { "back".to_owned() } else { "back, and sent".to_owned() };
    }
    let carried_out = reasons.split_once("carried out: ").map(|(_, asks)| asks.to_owned());
    match carried_out.as_deref() {
        Some("note") if to_requester.is_empty() && receipts == 1 => "note".to_owned(),
        None | Some("send") => {
            let read = to_requester.first().map(|letter| letter.read().text).unwrap_or_default();
            let last = words.lines().last().unwrap_or_default();
            if read.contains(last) { "sent".to_owned() } else { format!("sent without its words: {read}") }
        }
        Some(asks) => asks.to_owned(),
    }
}
