//! Files and folders that people ask for: new, for their owner only, and named once they are whole.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// A new file for its owner only: what people wrote to a desk is nobody else's business.
pub fn create_private_file(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("cannot write {}", path.display()))
}

/// A new folder, likewise.
pub fn create_private_folder(path: &Path) -> anyhow::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path).with_context(|| format!("cannot make the folder {}", path.display()))
}

/// A file or folder under a name that says so; it is removed where it never gets its own.
pub struct Unfinished {
    /// Where it is until then.
    pub beside: PathBuf,
    path: PathBuf,
}

impl Unfinished {
    /// Of a path where nothing is yet.
    pub fn of(path: &Path) -> anyhow::Result<Self> {
        let Some(name) = path.file_name() else { bail!("{} is no name for something new", path.display()) };
        if path.symlink_metadata().is_ok() {
            bail!("cannot write {}: it is there already, and nothing is overwritten", path.display());
        }
        let mut beside = name.to_owned();
        beside.push(format!(".{}.part", std::process::id()));
        Ok(Self { beside: path.with_file_name(beside), path: path.to_owned() })
    }

    /// The name is on the disk then. A link never replaces what came to be there meanwhile; not every file system has links.
    pub fn name_file(self) -> anyhow::Result<()> {
        match fs::hard_link(&self.beside, &self.path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => self.rename()?,
            linked => linked.with_context(|| format!("cannot write {}", self.path.display()))?,
        }
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// For folders, which a new name never puts in place of a folder that holds something.
    pub fn name_folder(self) -> anyhow::Result<()> {
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
