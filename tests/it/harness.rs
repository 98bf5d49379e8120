//! The harness itself: its example works, and what tests start does not outlive them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{IVANOV, OLGA, Servers, TestDesk, all_folders, files_in, recipients, wait_until};

/// Set for the process that is killed.
const VICTIM: &str = "MAILDESK_TEST_VICTIM";

#[test]
fn the_example_of_contributing_works() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Till", "The till prints nothing.");
    let done = desk.reply(IVANOV, &notification, "[done]", "It prints again.");
    assert_eq!(recipients(&desk.send(&done)), [IVANOV, OLGA]);
    assert_eq!(desk.stands("OTK-1"), "done, ivanov");

    let (_, example) = include_str!("../../CONTRIBUTING.md").split_once("```rust\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    for line in example.lines() {
        assert!(include_str!("harness.rs").contains(line.trim()), "{line}");
    }
}

/// It runs itself a second time, with servers, and kills that process as nothing can be caught.
#[test]
fn servers_and_folders_end_with_a_test_binary_that_is_killed() {
    if std::env::var_os(VICTIM).is_some() {
        let _servers = Servers::start();
        println!("{}", all_folders().display());
        std::thread::park();
    }
    let mut victim = Command::new(std::env::current_exe().unwrap());
    victim.args(["--exact", "--nocapture", "harness::servers_and_folders_end_with_a_test_binary_that_is_killed"]);
    let mut victim = victim.env(VICTIM, "1").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines().map(Result::unwrap);
    let said = lines.find(|line| line.contains("/maildesk-tests-")).expect("it names its folder");
    // The test runner has begun the line.
    let folder = Path::new(&said[said.find('/').unwrap()..]).to_owned();
    assert_eq!(processes_of(&folder).len(), 3, "Dovecot, smtp-sink, and the guardian: {:?}", processes_of(&folder));
    victim.kill().unwrap();
    victim.wait().unwrap();
    wait_until("its servers have ended", || processes_of(&folder).is_empty());
    assert!(!folder.exists());
}

/// The command lines that name this folder.
fn processes_of(folder: &Path) -> Vec<String> {
    let processes = files_in(Path::new("/proc")).into_iter();
    let lines = processes.filter_map(|process| fs::read_to_string(process.join("cmdline")).ok());
    lines.filter(|line| line.contains(folder.to_str().unwrap())).collect()
}
