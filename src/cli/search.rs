//! `search`: finds requests by the words in their subjects, messages, notes and files.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::json;

use crate::flow::{self, FoundIn, Passage};
use crate::model::{DeskKey, Timestamp};
use crate::store::{Backlog, FoundRow, Narrow, Query};

use super::list::known_desk;
use super::{Globals, print};

const EXAMPLES: &str = "\
Examples:
  maildesk search ошибка печати           finds «ошибки при печати»: all words, in
                                          any form, anywhere in a request
  maildesk search '\"connection refused\"'  finds a phrase; the outer quotation marks
                                          are the shell's
  maildesk search MX-4471/b               finds a serial number, address or file name;
                                          4471 finds it too
  maildesk search ринт                    finds a part of a word, from three
                                          characters on, where no word fits

The index holds subjects, messages, notes, names of files, and the text of logs
and other text files: of a message the first 256 KiB, of a larger file its
beginning and its end. `maildesk list WORDS` searches numbers and people.";

/// Arguments of `search`.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The words to search for
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// Only requests of this desk, by its key
    #[arg(long, value_name = "KEY")]
    desk: Option<String>,
    /// Only requests that changed on this day or later
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Date>,
    /// How many at most, the best matches first
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: u32,
}

/// A request that was found, with a passage that matches.
#[derive(Serialize)]
struct Hit {
    #[serde(flatten)]
    request: FoundRow,
    /// None where the matching text cannot be shown any more.
    found: Option<Passage>,
}

/// Searches, and prints requests with the best matches first.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let query = Query::read(&args.words.join(" "));
    if query.is_empty() {
        bail!("there is no word to search for: words consist of letters and digits");
    }
    let reader = globals.reader()?;
    let view = reader.view();
    let desk = args.desk.as_ref().map(|key| known_desk(globals, view, key)).transpose()?;
    let since = args.since.map(beginning_of).transpose()?;
    let narrow = Narrow { desk: desk.as_ref().map(DeskKey::as_str), since, limit: args.limit };
    let (hits, all, backlog) = reader.at_one_moment(|view| {
        let found = view.search(&query, narrow)?;
        let passage = |request: FoundRow| Ok(Hit { found: flow::passage(view, &query, &request)?, request });
        Ok((found.rows.into_iter().map(passage).collect::<Result<Vec<Hit>, _>>()?, found.all, view.backlog()?))
    })?;
    if globals.json {
        print::json(&json!({ "found": hits, "all": all, "messages_not_indexed_yet": backlog.left }))?;
    } else {
        show(&hits)?;
    }
    for note in notes(hits.len(), all, query.is_cut, backlog) {
        eprintln!("{note}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The first moment of a day, in the zone of this machine.
pub fn beginning_of(day: Date) -> anyhow::Result<Timestamp> {
    Ok(day.to_zoned(TimeZone::system()).context("there is no such day")?.timestamp().into())
}

fn show(hits: &[Hit]) -> anyhow::Result<()> {
    if hits.is_empty() {
        return Ok(());
    }
    let rows = hits.iter().map(|hit| row(&hit.request));
    let words: Vec<String> = hits.iter().map(|hit| hit.found.as_ref().map(words).unwrap_or_default()).collect();
    print::table_with_words(&["REQUEST", "STATUS", "CHANGED", "REQUESTER", "SUBJECT"], rows, "FOUND", &words)
}

fn row(request: &FoundRow) -> Vec<String> {
    vec![
        request.number.to_string(),
        request.status.to_string(),
        print::brief(request.changed_at),
        request.requester.clone(),
        request.subject.clone(),
    ]
}

/// The matching passage, after the place where it was found: `print.log: …`.
fn words(found: &Passage) -> String {
    let place = match (found.place, &found.file) {
        (FoundIn::Text, _) => String::new(),
        (FoundIn::Subject, _) => "subject: ".to_owned(),
        (FoundIn::File, Some(name)) => format!("{name}: "),
        (FoundIn::File | FoundIn::FileName, _) => "file: ".to_owned(),
    };
    let note = if found.is_note { "note: " } else { "" };
    format!("{note}{place}{}", found.words)
}

/// Notes about the result: nothing found, more found than shown, or an unfinished index.
fn notes(shown: usize, all: usize, is_cut: bool, backlog: Backlog) -> Vec<String> {
    let mut notes = Vec::new();
    if all == 0 {
        notes.push("nothing found: a request must contain every word, in any form".to_owned());
        notes.push("try fewer words; `maildesk list WORDS` searches numbers and people".to_owned());
    }
    if shown < all {
        notes.push(format!("the best {shown} of {all} requests; see more with --limit, or add a word"));
    }
    if is_cut {
        notes.push("only the first 32 words and phrases count".to_owned());
    }
    if backlog.left > 0 {
        let Backlog { left, all } = backlog;
        notes.push(format!("the index is incomplete: {left} of {all} messages are not in it yet, the oldest ones"));
        notes.push("`maildesk run` completes it, each `maildesk once` adds a part".to_owned());
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_say_what_the_result_lacks() {
        let (done, behind) = (Backlog { left: 0, all: 9 }, Backlog { left: 3, all: 9 });
        assert_eq!(notes(2, 2, false, done), Vec::<String>::new());
        for (notes, expected) in [
            (notes(0, 0, false, done), "nothing found"),
            (notes(20, 312, false, done), "the best 20 of 312 requests"),
            (notes(1, 1, true, done), "only the first 32 words"),
            (notes(1, 1, false, behind), "3 of 9 messages"),
        ] {
            assert!(notes.first().is_some_and(|note| note.contains(expected)), "{notes:?}");
            assert!(notes.iter().all(|note| note.len() < 80), "{notes:?}");
        }
    }
}
