//! Processes and files of test servers: who owns them, how they end.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::guard::Guarded;

/// Who the servers run as: Dovecot refuses to handle mail as root.
#[derive(Clone, Debug)]
pub struct Owner {
    pub user: String,
    pub group: String,
    ids: Option<(u32, u32)>,
}

impl Owner {
    /// Ourselves, or `nobody` where we are root; a file that we make tells who we are.
    pub fn for_folder(folder: &Path) -> Self {
        let us = fs::metadata(folder).unwrap();
        if us.uid() == 0 {
            let (uid, gid) = (column("/etc/passwd", "nobody", 2), column("/etc/passwd", "nobody", 3));
            let group = name_of("/etc/group", &gid);
            return Self { user: "nobody".to_owned(), group, ids: Some((uid.parse().unwrap(), gid.parse().unwrap())) };
        }
        let (user, group) = (us.uid().to_string(), us.gid().to_string());
        Self { user: name_of("/etc/passwd", &user), group: name_of("/etc/group", &group), ids: None }
    }

    pub fn command(&self, program: &str, output: &fs::File) -> Command {
        let mut command = Command::new(program);
        // A group of its own: Dovecot's workers outlive their master while a client is connected.
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output.try_clone().unwrap());
        if let Some((uid, gid)) = self.ids {
            command.uid(uid).gid(gid);
        }
        command
    }

    pub fn own(&self, path: &Path) {
        if let Some((uid, gid)) = self.ids {
            chown(path, Some(uid), Some(gid)).unwrap();
        }
    }

    pub fn make(&self, folder: &Path) {
        if !folder.exists() {
            fs::create_dir(folder).unwrap();
            self.own(folder);
        }
    }
}

/// The field of the line that begins with `name` in a file such as /etc/passwd.
fn column(file: &str, name: &str, field: usize) -> String {
    let text = fs::read_to_string(file).unwrap();
    let line = text.lines().find(|line| line.split(':').next() == Some(name)).expect("the user exists");
    line.split(':').nth(field).unwrap_or_default().to_owned()
}

/// The name that has this numeric id.
fn name_of(file: &str, id: &str) -> String {
    let text = fs::read_to_string(file).unwrap();
    let line = text.lines().find(|line| line.split(':').nth(2) == Some(id)).expect("the id has a name");
    line.split(':').next().unwrap_or_default().to_owned()
}

/// A server that leads a group of processes; dropped, it ends with all of them.
#[derive(Debug)]
pub struct Server {
    child: Child,
    _guarded: Guarded,
}

impl Server {
    /// Starts it by a command of `Owner::command`.
    pub fn spawn(command: &mut Command) -> Self {
        let child = command.spawn().unwrap();
        let guarded = Guarded::group(child.id());
        Self { child, _guarded: guarded }
    }

    /// Whether it has not ended by itself.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The files that it has open.
    pub fn open_files(&self) -> Vec<PathBuf> {
        let folder = PathBuf::from(format!("/proc/{}/fd", self.child.id()));
        files_in(&folder).iter().filter_map(|link| fs::read_link(link).ok()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let signal = |name: &str| drop(Command::new("kill").args([name, "--", &group]).stderr(Stdio::null()).status());
        signal("-TERM");
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.is_running() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        signal("-KILL");
        drop(self.child.wait());
    }
}

/// The entries of a folder; none where there is no folder.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_default()
}
