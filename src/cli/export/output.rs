//! Where an export goes: standard output, or a file or folder that gets its name once it is whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

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
        let file = new_file(&unfinished.beside)?;
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

/// A new file for its owner only: what people wrote to a desk is nobody else's business.
pub(super) fn new_file(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("cannot write {}", path.display()))
}

/// A new folder, likewise.
pub(super) fn new_folder(path: &Path) -> anyhow::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path).with_context(|| format!("cannot make the folder {}", path.display()))
}

/// A file or folder under a name that says so; it is removed where it never gets its own.
pub(super) struct Unfinished {
    /// Where it is until then.
    pub(super) beside: PathBuf,
    path: PathBuf,
}

impl Unfinished {
    /// Of a path where nothing is yet.
    pub(super) fn of(path: &Path) -> anyhow::Result<Self> {
        let Some(name) = path.file_name() else { bail!("{} is no name for something new", path.display()) };
        if path.symlink_metadata().is_ok() {
            bail!("cannot write {}: it is there already, and nothing is overwritten", path.display());
        }
        let mut beside = name.to_owned();
        beside.push(format!(".{}.part", std::process::id()));
        Ok(Self { beside: path.with_file_name(beside), path: path.to_owned() })
    }

    /// A link never replaces what came to be there meanwhile; not every file system has links.
    fn name_file(self) -> anyhow::Result<()> {
        match fs::hard_link(&self.beside, &self.path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => self.rename(),
            linked => linked.with_context(|| format!("cannot write {}", self.path.display())),
        }
    }

    /// For folders, which a new name never puts in place of a folder that holds something.
    pub(super) fn name_folder(self) -> anyhow::Result<()> {
        self.rename()
    }

    fn rename(&self) -> anyhow::Result<()> {
        if self.path.symlink_metadata().is_ok() {
            bail!("cannot write {}: it is there already", self.path.display());
        }
        fs::rename(&self.beside, &self.path).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// What has its name by now is not there any more, or is a second name only.
impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = if self.beside.is_dir() { fs::remove_dir_all(&self.beside) } else { fs::remove_file(&self.beside) };
    }
}
