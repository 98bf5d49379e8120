//! The record: what the stories of the five desks and random histories come to, as hashes in `fixtures/record`. A commit keeps
//! them, or says what changed and why.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it -- desks:: record::` writes the tables anew; `tests/campaign record 40` compares 2,000
//! histories. `MAILDESK_RECORD=FOLDER` writes the texts behind the hashes, for two commits to be compared with `diff -r`.

mod history;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::RangeInclusive;
use std::sync::Mutex;

use crate::support::{Record, Table, TestDesk, shown};

/// Histories of one row of the table.
const BLOCK: u64 = 50;

const THREADS: usize = 8;

/// The first block of histories; with `MAILDESK_TEST_SEED=N` that up to 50 N, as `tests/campaign record 40` does for 1 to 40.
#[test]
fn a_block_of_random_histories_comes_to_what_is_recorded() {
    let block: u64 = std::env::var("MAILDESK_TEST_SEED").map_or(1, |seed| seed.parse().unwrap());
    let seeds = (block - 1) * BLOCK + 1..=block * BLOCK;
    let name = format!("{:04}-{:04}", seeds.start(), seeds.end());
    let mut record = Record::default();
    for (seed, one) in records(seeds) {
        record.append(&format!("history {seed}"), &one);
    }
    record.check("histories", &name);
}

/// What these seeds come to. Most of the time a history waits for the disk, so many go on at a time.
fn records(seeds: RangeInclusive<u64>) -> BTreeMap<u64, Record> {
    let seeds = Mutex::new(seeds);
    let records = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let Some(seed) = seeds.lock().unwrap().next() else { break };
            let record = Record::of(&history::of(seed));
            records.lock().unwrap().insert(seed, record);
        }
    };
    std::thread::scope(|scope| (0..THREADS).for_each(|_| drop(scope.spawn(work))));
    records.into_inner().unwrap()
}

#[test]
fn every_story_of_the_five_desks_is_recorded_and_nothing_else() {
    let recorded = Table::read("desks").rows;
    let recorded: BTreeSet<String> =
        recorded.into_keys().map(|name| name.split('#').next().unwrap().to_owned()).collect();
    let mut stories = BTreeSet::new();
    for file in fs::read_dir("tests/it/desks").unwrap().map(|entry| entry.unwrap().path()) {
        let desk = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        let tests = text.split("#[test]\nfn ").skip(1).map(|rest| rest.split_once('(').unwrap().0);
        stories.extend(tests.map(|test| format!("{desk}::{test}")));
    }
    let unknown: Vec<&String> = recorded.symmetric_difference(&stories).collect();
    assert!(unknown.is_empty(), "`UPDATE_GOLDEN=1 cargo test --test it -- desks::`, or take the row out: {unknown:?}");
}

#[test]
fn what_is_recorded_is_what_the_program_prints() {
    let desk: TestDesk = history::of(1);
    let reader = desk.reader();
    let view = reader.view();
    for number in desk.numbers() {
        let shown = serde_json::to_value(shown(view, &number)).unwrap();
        assert_eq!(desk.json(&["show", &number.to_string()]), shown, "{number}");
    }
    let all = ["--limit", "4294967295"];
    assert_eq!(desk.json(&["list", all[0], all[1]]), serde_json::json!(view.requests(None, None, u32::MAX).unwrap()));
    assert_eq!(desk.json(&["received", all[0], all[1]]), serde_json::json!(view.received(None, u32::MAX).unwrap()));
    let verified = desk.text(&["verify"]);
    assert!(verified.contains("verified: events, numbers, references and raw messages agree"), "{verified}");
}
