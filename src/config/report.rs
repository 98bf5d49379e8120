//! What is wrong in a configuration file, and where: file, line, key and remedy.

use std::fmt;

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

/// Everything that is wrong in a file, in the order of its lines.
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

/// A mailbox that is well described and cannot be read, since its password cannot be had.
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
    /// The line, from 1; none where the whole file is meant.
    pub line: Option<usize>,
    /// The full key: `mailbox.support.tls`.
    pub key: String,
}

/// Collects what is wrong while a file is read.
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

    /// Adds a reason to refuse the file.
    pub fn error(&mut self, spot: &Spot, text: impl Into<String>) {
        self.errors.push(ConfigError { file: self.file.clone(), spot: spot.clone(), text: text.into() });
    }

    /// Adds something that the operator should know.
    pub fn warning(&mut self, spot: &Spot, text: impl Into<String>) {
        self.warnings.push(ConfigError { file: self.file.clone(), spot: spot.clone(), text: text.into() });
    }

    /// Adds a mailbox that cannot be read though the file is right.
    pub fn unusable(&mut self, mailbox: &str, spot: &Spot, text: impl Into<String>) {
        let problem = ConfigError { file: self.file.clone(), spot: spot.clone(), text: text.into() };
        self.unusable.push(Unusable { mailbox: mailbox.to_owned(), problem });
    }

    /// Whether there is such a mailbox.
    pub fn has_unusable(&self) -> bool {
        !self.unusable.is_empty()
    }

    /// Where no mailbox can be read, that is a reason to refuse the file.
    pub fn refuse_unusable(&mut self) {
        self.errors.extend(self.unusable.drain(..).map(|unusable| unusable.problem));
    }

    /// A mistake with which reading ends.
    pub fn fatal(mut self, line: Option<usize>, text: impl Into<String>) -> ConfigErrors {
        self.error(&Spot { line, key: String::new() }, text);
        ConfigErrors(self.errors)
    }

    /// The warnings and the mailboxes that cannot be read, if there was no mistake.
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
