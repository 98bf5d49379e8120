//! Reads one TOML table: getters return typed values, and add mistakes with their lines to the report.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ProcessContext;
use super::keys::{self, Asked};
use super::report::{Report, Spot, type_of};

/// Shared by all sections of a file.
pub(super) struct FileReading<'t> {
    /// The file's text, for line numbers.
    pub text: &'t str,
    /// The file's folder, in which relative paths begin.
    pub folder: &'t Path,
    /// The environment of the process.
    pub process: &'t ProcessContext,
    /// The state folder, once it has been read.
    pub state_dir: PathBuf,
    /// The mistakes and warnings so far.
    pub report: Report,
    /// The files that hold passwords, as the file names them.
    pub secret_files: Vec<PathBuf>,
    /// For the imaginary file that shows which keys there are: what was asked for. None for a real file.
    pub asked: Option<Asked>,
}

/// A table with a name of the operator's choosing: `[mailbox.support]`.
pub(super) struct NamedTable<'t> {
    /// The last part of its key.
    pub name: &'t str,
    /// Where it begins.
    pub spot: Spot,
    entries: Option<&'t DeTable<'t>>,
    kind: String,
}

/// One table that is being read. A getter returns None or an empty list where the key is absent, and also where its value is
/// wrong; then the mistake has been reported.
pub(super) struct Section<'r, 't> {
    reading: &'r mut FileReading<'t>,
    spot: Spot,
    /// Its kind in [`keys::SECTIONS`].
    kind: String,
    /// None for a table that the file leaves out.
    entries: Option<&'t DeTable<'t>>,
}

impl<'r, 't> Section<'r, 't> {
    /// The top of the file.
    pub fn top(reading: &'r mut FileReading<'t>, entries: &'t DeTable<'t>) -> Self {
        Self::open(reading, Spot::default(), Some(entries), String::new())
    }

    /// A named table.
    pub fn named(reading: &'r mut FileReading<'t>, table: &NamedTable<'t>) -> Self {
        Self::open(reading, table.spot.clone(), table.entries, table.kind.clone())
    }

    /// Reports the keys that this kind of table does not have.
    fn open(reading: &'r mut FileReading<'t>, spot: Spot, entries: Option<&'t DeTable<'t>>, kind: String) -> Self {
        let mut section = Self { reading, spot, kind, entries };
        for key in entries.iter().flat_map(|entries| entries.keys()).map(|key| key.get_ref().as_ref()) {
            let known = keys::of(&section.kind);
            if !known.iter().any(|known| known == key) {
                section.error(key, keys::remedy(key, known));
            }
        }
        section
    }

    /// The table `[key]`; empty where the file leaves it out.
    pub fn table(&mut self, key: &str) -> Section<'_, 't> {
        let entries = match self.value(key) {
            Some(DeValue::Table(entries)) => Some(entries),
            Some(other) => self.wrong_type(key, &format!("a table: [{key}]"), other),
            None => None,
        };
        let (spot, kind) = (self.spot_of(key), self.kind_inside(key, ""));
        Section::open(self.reading, spot, entries, kind)
    }

    /// The table `[key]`, which means something by being there; `shape` tells how to write it.
    pub fn some_table(&mut self, key: &str, shape: &str) -> Option<Section<'_, 't>> {
        match self.value(key) {
            Some(DeValue::Table(_)) => Some(self.table(key)),
            Some(other) => self.wrong_type(key, shape, other),
            None => self.reading.asked.is_some().then(|| self.table(key)),
        }
    }

    /// The kind of the tables that a key opens, each with a name called `name`; empty for a table without one.
    fn kind_inside(&self, key: &str, name: &str) -> String {
        let parts = [self.kind.as_str(), key, name];
        let kind = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
        if let Some(asked) = &self.reading.asked {
            asked.table(&kind, &self.kind);
        }
        kind
    }

    /// One table that the imaginary file has of each kind.
    fn imaginary_table(&self, name: &'static str, kind: String) -> Vec<NamedTable<'t>> {
        let is_imaginary = self.reading.asked.is_some();
        is_imaginary.then(|| NamedTable { name, spot: Spot::default(), entries: None, kind }).into_iter().collect()
    }

    /// The tables `[key.NAME]` in the order of the file. That there is none is a mistake.
    pub fn tables(&mut self, key: &str, example: &str) -> Vec<NamedTable<'t>> {
        let is_empty = match self.value(key) {
            Some(DeValue::Table(entries)) => entries.is_empty(),
            value => value.is_none(),
        };
        if is_empty {
            self.error(key, format!("there is none; add a table [{key}.{example}] as in config.example.toml"));
        }
        self.some_tables(key, example)
    }

    /// The tables `[key.NAME]` in the order of the file; may be none.
    pub fn some_tables(&mut self, key: &str, example: &str) -> Vec<NamedTable<'t>> {
        let full_key = self.full_key(key);
        let expected = format!("a table with a name: [{full_key}.{example}]");
        let name = if example.parse::<u32>().is_ok() { "NUMBER" } else { "NAME" };
        let kind = self.kind_inside(key, name);
        let entries = match self.value(key) {
            Some(DeValue::Table(entries)) => entries,
            Some(other) => return self.wrong_type(key, &expected, other).unwrap_or_default(),
            None => return self.imaginary_table(name, kind),
        };
        let mut ordered: Vec<_> = entries.iter().collect();
        ordered.sort_by_key(|(name, _)| name.span().start);
        let mut tables = Vec::new();
        for (name, value) in ordered {
            let spot = self.spot_at(name.span().start, &format!("{full_key}.{}", name.get_ref()));
            let DeValue::Table(entries) = value.get_ref() else {
                // The table's name was forgotten, so each further key would be the same mistake.
                self.reading.report.error(&spot, format!("expected {expected}"));
                break;
            };
            tables.push(NamedTable { name: name.get_ref(), spot, entries: Some(entries), kind: kind.clone() });
        }
        tables
    }

    /// The tables `[[key]]` in the order of the file; may be none.
    pub fn rows(&mut self, key: &str) -> Vec<NamedTable<'t>> {
        let full_key = self.full_key(key);
        let expected = format!("tables: [[{full_key}]]");
        let kind = self.kind_inside(key, "");
        let rows = match self.value(key) {
            Some(DeValue::Array(rows)) => rows,
            Some(other) => return self.wrong_type(key, &expected, other).unwrap_or_default(),
            None => return self.imaginary_table("", kind),
        };
        let mut tables = Vec::new();
        for row in rows.iter() {
            let spot = self.spot_at(row.span().start, &full_key);
            match row.get_ref() {
                DeValue::Table(entries) => {
                    tables.push(NamedTable { name: "", spot, entries: Some(entries), kind: kind.clone() });
                }
                other => {
                    let problem = format!("expected {expected}, found {}", type_of(other));
                    self.reading.report.error(&spot, problem);
                }
            }
        }
        tables
    }

    /// The name of a table inside this one, parsed by `parse`, whose error is reported.
    pub fn name_of<T>(&mut self, table: &NamedTable<'t>, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        parse(table.name).map_err(|problem| self.reading.report.error(&table.spot, problem)).ok()
    }

    /// What all sections share.
    pub fn reading(&mut self) -> &mut FileReading<'t> {
        self.reading
    }

    /// The place of a key; the section's own line where the key is absent.
    pub fn spot_of(&self, key: &str) -> Spot {
        match self.entries.and_then(|entries| entries.get_key_value(key)) {
            Some((found, _)) => self.spot_at(found.span().start, &self.full_key(key)),
            None => Spot { line: self.spot.line, key: self.full_key(key) },
        }
    }

    fn spot_at(&self, offset: usize, key: &str) -> Spot {
        Spot { line: Some(line_of(self.reading.text, offset)), key: key.escape_debug().to_string() }
    }

    fn full_key(&self, key: &str) -> String {
        if self.spot.key.is_empty() { key.to_owned() } else { format!("{}.{key}", self.spot.key) }
    }

    /// Whether the section has a key that it should not have, which has been reported.
    pub fn has_unknown(&self, key: &str) -> bool {
        self.entries.is_some_and(|entries| entries.contains_key(key))
    }

    /// Whether the section has the key, with a right or wrong value.
    pub fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// Reports a mistake at a key.
    pub fn error(&mut self, key: &str, text: impl Into<String>) {
        let spot = self.spot_of(key);
        self.reading.report.error(&spot, text);
    }

    /// Reports a warning at a key.
    pub fn warning(&mut self, key: &str, text: impl Into<String>) {
        let spot = self.spot_of(key);
        self.reading.report.warning(&spot, text);
    }

    /// A required string parsed by `parse`; `remedy` is for an absent key.
    pub fn required<T, E: Display>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
        remedy: &str,
    ) -> Option<T> {
        let value = self.parsed(key, parse);
        self.require(key, value, remedy)
    }

    /// Reports each of these keys that stands beside one that excludes it.
    pub fn exclude<'k>(&mut self, keys: impl IntoIterator<Item = &'k str>, beside: &str) {
        for key in keys {
            if self.has(key) {
                self.error(key, format!("cannot be combined with {beside}; remove one of the two"));
            }
        }
    }

    /// Returns the value unchanged; reports an absent key with its remedy.
    pub fn require<T>(&mut self, key: &str, value: Option<T>, remedy: &str) -> Option<T> {
        if value.is_none() && !self.has(key) {
            self.error(key, format!("is missing; {remedy}"));
        }
        value
    }

    /// The value as it was parsed.
    pub fn value(&self, key: &str) -> Option<&'t DeValue<'t>> {
        match &self.reading.asked {
            Some(asked) => asked.key(&self.kind, key),
            None => debug_assert!(
                keys::of(&self.kind).iter().any(|known| known == key),
                "{}.{key} is asked for only where something is written",
                self.kind
            ),
        }
        self.entries?.get(key).map(Spanned::get_ref)
    }

    /// A string.
    pub fn text(&mut self, key: &str) -> Option<&'t str> {
        match self.value(key)? {
            DeValue::String(text) => Some(text),
            other => self.wrong_type(key, "a string in quotes", other),
        }
    }

    /// A string parsed by `parse`, whose error is reported.
    pub fn parsed<T, E: Display>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let text = self.text(key)?;
        self.accepted(key, parse(text))
    }

    /// A quantity or date parsed by `parse` from a string. Bare numbers and TOML dates are passed to it as well: it accepts the
    /// date, and can say that the number lacks a unit.
    pub fn quantity<T, E: Display>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        match self.value(key)? {
            DeValue::Integer(number) => self.accepted(key, parse(&number.to_string())),
            DeValue::Datetime(written) => self.accepted(key, parse(&written.to_string())),
            _ => self.parsed(key, parse),
        }
    }

    fn accepted<T, E: Display>(&mut self, key: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|reason| self.error(key, reason.to_string())).ok()
    }

    /// One of a few words; `what` completes “… is not …”.
    pub fn choice<T: Copy>(&mut self, key: &str, what: &str, choices: &[(&str, T)]) -> Option<T> {
        self.parsed(key, |text| one_of(text, what, choices))
    }

    /// `true` or `false`.
    pub fn switch(&mut self, key: &str) -> Option<bool> {
        match self.value(key)? {
            DeValue::Boolean(value) => Some(*value),
            other => self.wrong_type(key, "true or false, without quotes", other),
        }
    }

    /// A whole number within the range.
    pub fn number(&mut self, key: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        match self.value(key)? {
            DeValue::Integer(number) => {
                let value = u32::from_str_radix(number.as_str(), number.radix()).ok().filter(|n| range.contains(n));
                if value.is_none() {
                    self.error(key, format!("{number} is not {expected}"));
                }
                value
            }
            other => self.wrong_type(key, &expected, other),
        }
    }

    /// A path; a relative one begins at the file's folder.
    pub fn path(&mut self, key: &str) -> Option<PathBuf> {
        let text = self.text(key)?;
        if text.is_empty() || text.contains('\0') {
            self.error(key, "is not a path; write one, or remove the key");
            return None;
        }
        Some(self.reading.folder.join(text))
    }

    /// A list of strings parsed by `parse`, each with its place. Wrong ones are reported and left out.
    pub fn list<T, E: Display>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, E>) -> Vec<(T, Spot)> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let expected = "a list of strings: [\"…\", \"…\"]";
        let DeValue::Array(items) = value else { return self.wrong_type(key, expected, value).unwrap_or_default() };
        let mut found = Vec::new();
        for item in items.iter() {
            let spot = self.spot_at(item.span().start, &self.full_key(key));
            let parsed = match item.get_ref() {
                DeValue::String(text) => parse(text).map_err(|reason| reason.to_string()),
                other => Err(format!("expected {expected}, found {}", type_of(other))),
            };
            match parsed {
                Ok(value) => found.push((value, spot)),
                Err(reason) => self.reading.report.error(&spot, reason),
            }
        }
        found
    }

    /// A string, or a list of strings, parsed by `parse`, each with its place. Wrong ones are reported and left out.
    pub fn one_or_more<T, E: Display>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, E>) -> Vec<(T, Spot)> {
        match self.value(key) {
            Some(DeValue::String(_)) => {
                let spot = self.spot_of(key);
                self.parsed(key, parse).map(|value| (value, spot)).into_iter().collect()
            }
            _ => self.list(key, parse),
        }
    }

    /// Whether the key has an empty list.
    pub fn is_empty_list(&self, key: &str) -> bool {
        matches!(self.value(key), Some(DeValue::Array(items)) if items.is_empty())
    }

    /// Reports a value of the wrong type, without the value itself: it may be a misplaced password.
    pub fn wrong_type<T>(&mut self, key: &str, expected: &str, found: &DeValue<'_>) -> Option<T> {
        self.error(key, format!("expected {expected}, found {}", type_of(found)));
        None
    }
}

/// The value of a word; the error lists the words, and `what` completes “… is not …”.
pub(super) fn one_of<T: Copy>(text: &str, what: &str, choices: &[(&str, T)]) -> Result<T, String> {
    let found = choices.iter().find(|(word, _)| *word == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        format!("{text:?} is not {what}; use {}", alternatives(&words))
    })
}

/// Values without their places.
pub(super) fn bare<T>(found: Vec<(T, Spot)>) -> Vec<T> {
    found.into_iter().map(|(value, _)| value).collect()
}

/// The line, counted from 1, of a byte offset in the text.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// `"a", "b" or "c"`.
pub(super) fn alternatives<T: AsRef<str>>(words: &[T]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{}\"", word.as_ref())).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
