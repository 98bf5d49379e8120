//! Processes and folders of tests do not outlive the test binary, however it ends: a shell beside it waits for the end of a
//! pipe, which the kernel closes for a process that panics, exits, or is killed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};

/// Reads `+ ID COMMAND` and `- ID`; at the end runs the commands that were not taken back, and removes the folder. It ignores
/// the signals that a terminal sends to everybody.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
ids=
while read -r sign id command; do
	case $sign in
	+) eval "at_end_$id=\$command" && ids="$ids $id" ;;
	-) unset "at_end_$id" ;;
	esac
done
for id in $ids; do
	eval "command=\${at_end_$id:-}"
	eval "$command"
done
rm -rf -- "$1"
"#;

struct Guardian {
    folder: PathBuf,
    shell: Mutex<Child>,
    next: AtomicU64,
}

static GUARDIAN: LazyLock<Guardian> = LazyLock::new(|| {
    let mut builder = tempfile::Builder::new();
    builder.prefix("maildesk-tests-").permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755));
    let folder = builder.tempdir().unwrap().keep();
    let mut shell = Command::new("sh");
    shell.args(["-c", SCRIPT, "guardian of maildesk's tests"]).arg(&folder);
    let shell = shell.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    Guardian { folder, shell: Mutex::new(shell), next: AtomicU64::new(0) }
});

/// What is to be ended when the test binary is gone; dropped once that has been done.
#[derive(Debug)]
pub struct Guarded(u64);

impl Guarded {
    /// Has this line run by a shell when the test binary ends before the value is dropped.
    pub fn at_end(line: &str) -> Self {
        let id = GUARDIAN.next.fetch_add(1, Ordering::Relaxed);
        say(&format!("+ {id} {line}\n"));
        Self(id)
    }

    /// Has a process killed then.
    pub fn process(id: u32) -> Self {
        Self::at_end(&format!("kill -KILL {id} 2>/dev/null"))
    }

    /// Has a group of processes killed then.
    pub fn group(id: u32) -> Self {
        Self::at_end(&format!("kill -KILL -{id} 2>/dev/null"))
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        say(&format!("- {}\n", self.0));
    }
}

fn say(line: &str) {
    let mut shell = GUARDIAN.shell.lock().unwrap();
    shell.stdin.as_mut().expect("a pipe").write_all(line.as_bytes()).expect("the guardian listens");
}

/// A new folder, gone when it is dropped, and with the test binary at the latest. Other users may enter it.
pub fn temporary_folder() -> tempfile::TempDir {
    let mut builder = tempfile::Builder::new();
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755));
    builder.tempdir_in(all_folders()).unwrap()
}

/// The folder in which all temporary folders of this process are.
pub fn all_folders() -> &'static Path {
    &GUARDIAN.folder
}
