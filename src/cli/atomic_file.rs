//! New files and folders with output for users: readable by their owner only, and under their final name only when complete.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// Creates a file with mode 0600: what people wrote to a desk is confidential. Fails if the file exists.
pub fn create_private_file(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("cannot write {}", path.display()))
}

/// Creates a folder with mode 0700. Fails if it exists.
pub fn create_private_folder(path: &Path) -> anyhow::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(path).with_context(|| format!("cannot make the folder {}", path.display()))
}

/// A file or folder under a temporary name, which is removed on drop unless it has got its final name.
pub struct Unfinished {
    /// The temporary path, beside the final one: the name with `.PID.part` appended.
    pub beside: PathBuf,
    path: PathBuf,
}

impl Unfinished {
    /// For a final path, at which there must be nothing yet. Creates nothing itself.
    pub fn of(path: &Path) -> anyhow::Result<Self> {
        let Some(name) = path.file_name() else { bail!("{} is no name for something new", path.display()) };
        if path.symlink_metadata().is_ok() {
            bail!("cannot write {}: it is there already, and nothing is overwritten", path.display());
        }
        let mut beside = name.to_owned();
        beside.push(format!(".{}.part", std::process::id()));
        Ok(Self { beside: path.with_file_name(beside), path: path.to_owned() })
    }

    /// Gives a file its final name, durably. A hard link never replaces what was created there meanwhile; where the file system
    /// has no links, the file is renamed.
    pub fn name_file(self) -> anyhow::Result<()> {
        match fs::hard_link(&self.beside, &self.path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => self.rename()?,
            linked => linked.with_context(|| format!("cannot write {}", self.path.display()))?,
        }
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Gives a folder its final name. Renaming never replaces a folder that is not empty.
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

/// Removes the temporary name: what was renamed is no longer there, what was linked keeps its final name.
impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = if self.beside.is_dir() { fs::remove_dir_all(&self.beside) } else { fs::remove_file(&self.beside) };
    }
}
