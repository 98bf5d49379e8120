//! Where an export goes: standard output, or a file that gets its name once it is whole.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::cli::atomic_file::{Unfinished, create_private_file};
use crate::cli::print;

/// Where bytes go.
pub(super) enum Output {
    /// To whoever reads our standard output.
    Standard(BufWriter<io::Stdout>),
    /// To a file.
    File(BufWriter<File>, Unfinished),
}

impl Output {
    /// Standard output, or a new file.
    pub(super) fn open(path: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self::Standard(BufWriter::new(io::stdout()))) };
        let unfinished = Unfinished::of(path)?;
        let file = create_private_file(&unfinished.beside)?;
        Ok(Self::File(BufWriter::new(file), unfinished))
    }

    /// Whether people see it at once.
    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Self::Standard(_)) && print::is_terminal(&io::stdout())
    }

    /// Writes whole lines; to a terminal only what it cannot obey.
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

    /// Everything is written: a file gets its name.
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
