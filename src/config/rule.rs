//! Reads `[[desk.KEY.rule]]`: what key words, or its kind, set in a new request.

use super::contract::{KINDS, PRIORITIES};
use super::engineer::EngineerDirectory;
use super::section::{Section, alternatives, bare};
use super::values;
use crate::model::policy::{Line, Rule, Team};
use crate::model::{DeskKey, Place, ShortName};

/// What rules may refer to.
pub(super) struct RuleContext<'a> {
    pub desk: Option<&'a DeskKey>,
    pub lines: &'a [Line],
    pub teams: &'a [Team],
    pub directory: &'a EngineerDirectory<'a>,
}

/// Reads the rules of a desk in order.
pub(super) fn read_all(section: &mut Section<'_, '_>, known: &RuleContext<'_>) -> Vec<Rule> {
    let mut rules = Vec::new();
    for table in section.rows("rule") {
        rules.push(read(&mut Section::named(section.reading(), &table), known));
    }
    rules
}

fn read(section: &mut Section<'_, '_>, known: &RuleContext<'_>) -> Rule {
    let words = bare(section.list("words", phrase));
    if !section.has("words") && !section.has("kind") {
        let remedy = "write the key words: words = [\"не запускается\", \"принтер*\"], or the kind of the requests: kind = \"incident\"";
        section.error("words", format!("is missing; {remedy}"));
    } else if section.is_empty_list("words") {
        section.error("words", "is empty; write a key word, or remove the rule");
    }
    let kind = section.choice("kind", "a kind of request", &KINDS);
    let priority = section.choice("priority", "a priority", &PRIORITIES);
    let line = section.quantity("line", |text| line(text, known.lines));
    let team = section.parsed("team", |text| team(text, known.teams));
    let assignee = section.parsed("assignee", |text| known.directory.member(text, known.desk));
    let assignee = assignee.and_then(|name| known.directory.acting(name));
    if section.has("line") && section.has("team") {
        section.error("team", "cannot be combined with line; a request goes to one of them, remove the other");
    }
    let sets_more = ["priority", "line", "team", "assignee"].iter().any(|key| section.has(key));
    if section.has("words") && !sets_more && !section.has("kind") {
        let remedy = "write what the words set: kind, priority, line, team or assignee";
        section.error("words", format!("set nothing; {remedy}"));
    } else if section.has("kind") && !section.has("words") && !sets_more {
        let remedy = "write the words that tell it, or what follows from it: priority, line, team or assignee";
        section.error("kind", format!("sets nothing; {remedy}"));
    }
    Rule { words, kind, priority, place: line.or(team), assignee }
}

/// Parses a word or phrase; a star after a word stands for any ending.
fn phrase(text: &str) -> Result<String, String> {
    let phrase = values::line(text)?;
    match phrase.split_whitespace().all(|word| word.trim_end_matches('*').chars().any(char::is_alphanumeric)) {
        true => Ok(phrase),
        false => Err(format!("{text:?} is not a word; write words of letters and digits, such as \"принтер*\"")),
    }
}

fn line(text: &str, lines: &[Line]) -> Result<Place, String> {
    let number = values::line_number(text)?;
    let known: Vec<String> = lines.iter().map(|line| line.number.to_string()).collect();
    match lines.iter().any(|line| line.number == number) {
        true => Ok(Place::Line(number)),
        false => Err(format!("there is no line {number} at this desk; {}", add_or_use("line", text, &known))),
    }
}

fn team(text: &str, teams: &[Team]) -> Result<Place, String> {
    let name: ShortName = values::short_name(text)?;
    let known: Vec<&str> = teams.iter().map(|team| team.name.as_str()).collect();
    match teams.iter().any(|team| team.name == name) {
        true => Ok(Place::Team(name)),
        false => Err(format!("there is no team {name} at this desk; {}", add_or_use("team", text, &known))),
    }
}

fn add_or_use<T: AsRef<str>>(kind: &str, name: &str, known: &[T]) -> String {
    match alternatives(known) {
        none if none.is_empty() => format!("add a table [desk.KEY.{kind}.{name}]"),
        known => format!("add a table [desk.KEY.{kind}.{name}], or use {known}"),
    }
}
