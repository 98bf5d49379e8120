//! Man pages and completions: made from the command line and from `config.example.toml`, committed under `systemd/`, which holds
//! all that gets installed.
//!
//! `UPDATE_GOLDEN=1 cargo test --test manual` writes them anew; what changed is then to be read in the diff.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "manual/command_page.rs"]
mod command_page;
#[path = "manual/config_page.rs"]
mod config_page;
#[path = "manual/roff.rs"]
mod roff;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap_complete::Shell;

const EXAMPLE: &str = include_str!("../config.example.toml");

/// Everything that is made: where it lies below `systemd/`, and what is in it.
fn made() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    for (name, text) in command_page::all() {
        files.insert(Path::new("man").join(name), text);
    }
    files.insert("man/maildesk.toml.5".into(), config_page::page(EXAMPLE));
    let shells = [(Shell::Bash, "maildesk.bash"), (Shell::Zsh, "_maildesk"), (Shell::Fish, "maildesk.fish")];
    for (shell, name) in shells {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut maildesk::cli::command(), "maildesk", &mut script);
        files.insert(Path::new("completions").join(name), String::from_utf8(script).unwrap());
    }
    files
}

/// The files that belong to no command any more; an update removes them instead.
fn surplus(root: &Path, made: &BTreeMap<PathBuf, String>, is_update: bool) -> Vec<String> {
    let mut surplus = Vec::new();
    for folder in ["man", "completions"] {
        fs::create_dir_all(root.join(folder)).unwrap();
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let name = Path::new(folder).join(entry.unwrap().file_name());
            match (made.contains_key(&name), is_update) {
                (true, _) => (),
                (false, true) => fs::remove_file(root.join(name)).unwrap(),
                (false, false) => surplus.push(format!("{} belongs to no command", name.display())),
            }
        }
    }
    surplus
}

#[test]
fn man_pages_and_completions_are_those_of_this_command_line() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd");
    let made = made();
    let is_update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = surplus(&root, &made, is_update);
    for (name, text) in &made {
        if is_update {
            fs::write(root.join(name), text).unwrap();
        } else if fs::read_to_string(root.join(name)).ok().as_ref() != Some(text) {
            wrong.push(format!("{} is not what the command line gives", name.display()));
        }
    }
    assert!(wrong.is_empty(), "{}\nRewrite them: UPDATE_GOLDEN=1 cargo test --test manual", wrong.join("\n"));
}

#[test]
fn every_key_of_the_example_has_its_entry_in_the_page() {
    let page = config_page::page(EXAMPLE);
    let key = regex::Regex::new(r"(?m)^(?:# e\.g\. |#)?([a-z_]+) = ").unwrap();
    let keys: Vec<&str> = key.captures_iter(EXAMPLE).map(|found| found.get(1).unwrap().as_str()).collect();
    assert!(keys.len() > 100, "{keys:?}");
    for key in keys {
        assert!(page.contains(&format!("\\fB{key}\\fR")), "{key}");
    }
    for table in EXAMPLE.lines().filter(|line| line.starts_with('[')) {
        assert!(page.contains(&format!(".SS {table}\n")), "{table}");
    }
}
