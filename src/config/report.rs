//! Mistakes and warnings in a configuration file, each with file, line, key and remedy.

use std::fmt;

use toml::de::DeValue;

/// One mistake or warning: `maildesk.toml:12: mailbox.support.tls: "ssl" is not …; use …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    file: String,
    spot: Spot,
    text: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.spot.line {
            write!(f, ":{line}")?;
        }
        if !self.spot.key.is_empty() {
            write!(f, ": {}", self.spot.key)?;
        }
        write!(f, ": {}", self.text)
    }
}

/// All mistakes in a file, in the order of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(Vec<ConfigError>);

impl ConfigErrors {
    /// The mistakes; at least one.
    pub fn errors(&self) -> &[ConfigError] {
        &self.0
    }
}

/// One mistake a line.
impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// A mailbox without mistakes that cannot be used, because its password cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable {
    /// Its name.
    pub mailbox: String,
    /// Why.
    pub problem: ConfigError,
}

/// A place in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spot {
    /// The line, counted from 1; None where the whole file is meant.
    pub line: Option<usize>,
    /// The full key: `mailbox.support.tls`.
    pub key: String,
}

/// Collects mistakes, warnings and unusable mailboxes while a file is read.
pub(super) struct Report {
    file: String,
    errors: Vec<ConfigError>,
    warnings: Vec<ConfigError>,
    unusable: Vec<Unusable>,
}

impl Report {
    /// An empty report about this file.
    pub fn new(file: String) -> Self {
        Self { file, errors: Vec::new(), warnings: Vec::new(), unusable: Vec::new() }
    }

    /// Adds a mistake.
    pub fn error(&mut self, spot: &Spot, text: impl Into<String>) {
        self.errors.push(ConfigError { file: self.file.clone(), spot: spot.clone(), text: text.into() });
    }

    /// Adds a warning.
    pub fn warning(&mut self, spot: &Spot, text: impl Into<String>) {
        self.warnings.push(ConfigError { file: self.file.clone(), spot: spot.clone(), text: text.into() });
    }

    /// Adds a mailbox that cannot be used though the file has no mistake.
    pub fn unusable(&mut self, mailbox: &str, spot: &Spot, text: impl Into<String>) {
        let problem = ConfigError { file: self.file.clone(), spot: spot.clone(), text: text.into() };
        self.unusable.push(Unusable { mailbox: mailbox.to_owned(), problem });
    }

    /// Whether there is an unusable mailbox.
    pub fn has_unusable(&self) -> bool {
        !self.unusable.is_empty()
    }

    /// Turns unusable mailboxes into mistakes, for a file whose mailboxes are all unusable.
    pub fn refuse_unusable(&mut self) {
        self.errors.extend(self.unusable.drain(..).map(|unusable| unusable.problem));
    }

    /// Ends with a mistake after which nothing more can be read.
    pub fn fatal(mut self, line: Option<usize>, text: impl Into<String>) -> ConfigErrors {
        self.error(&Spot { line, key: String::new() }, text);
        ConfigErrors(self.errors)
    }

    /// Ends reading: the warnings and unusable mailboxes, or all mistakes.
    pub fn finish(mut self) -> Result<(Vec<ConfigError>, Vec<Unusable>), ConfigErrors> {
        if !self.errors.is_empty() {
            self.refuse_unusable();
        }
        let by_line = |error: &ConfigError| error.spot.line;
        self.errors.sort_by_key(by_line);
        self.warnings.sort_by_key(by_line);
        if self.errors.is_empty() { Ok((self.warnings, self.unusable)) } else { Err(ConfigErrors(self.errors)) }
    }
}

/// The type of a value, in words.
pub(super) fn type_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
