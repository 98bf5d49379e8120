//! The destination of an export: standard output, or a file that gets its name when it is complete.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

use crate::cli::atomic_file::{Unfinished, create_private_file};
use crate::cli::print;

/// The destination of an export.
pub(super) enum Output {
    /// Standard output.
    Standard(BufWriter<io::Stdout>),
    /// A file, until it is finished under a temporary name.
    File(BufWriter<File>, Unfinished),
}

impl Output {
    /// Opens a new file, or standard output where there is no path.
    pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::Standard(BufWriter::new(io::stdout()))) };
        let unfinished = Unfinished::of(path)?;
        let file = create_private_file(&unfinished.beside)?;
        Ok(Self::File(BufWriter::new(file), unfinished))
    }

    /// Whether the output goes to a terminal.
    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Self::Standard(_)) && io::stdout().is_terminal()
    }

    /// Writes whole lines; to a terminal as cleaned text.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.is_terminal() {
            let text = String::from_utf8_lossy(bytes);
            return writeln!(io::stdout(), "{}", print::clean_lines(&text));
        }
        match self {
            Self::Standard(stdout) => stdout.write_all(bytes),
            Self::File(file, _) => file.write_all(bytes),
        }
    }

    /// Flushes the output, and gives a file its name.
    pub(super) fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Standard(mut stdout) => Ok(stdout.flush()?),
            Self::File(file, unfinished) => {
                file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
                unfinished.name_file()
            }
        }
    }
}
