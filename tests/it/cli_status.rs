//! What an operator is told of an installation that fares well, and of one that does not.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use crate::support::{IVAN, Message, ONE_DESK, TestDesk, wait_until};
use serde_json::Value;

/// The exit code of `status --json`, and what it prints.
fn status(desk: &TestDesk, arguments: &[&str]) -> (Option<i32>, Value) {
    let output: Output = desk.output(&[&["status", "--json"], arguments].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), serde_json::from_slice(&output.stdout).expect(&said))
}

fn warnings(status: &Value) -> Vec<&str> {
    status["warnings"].as_array().expect("warnings").iter().map(|w| w["about"].as_str().expect("about")).collect()
}

#[test]
fn all_is_well_while_a_daemon_runs_and_works() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let none = desk.output(&["status"]);
    assert!(String::from_utf8_lossy(&none.stderr).contains("no database here yet"));
    desk.deliver("support", &Message::to_support("s1@example.com", IVAN, "First").raw());
    desk.once();

    let (code, seen) = status(&desk, &["--check"]);
    assert_eq!((code, warnings(&seen)), (Some(1), vec!["maildesk"]), "nothing runs: {seen}");
    assert_eq!((&seen["is_ready"], &seen["database"]["damage"]), (&true.into(), &Value::Array(Vec::new())));
    assert_eq!((&seen["desks"][0]["open"], &seen["desks"][0]["unassigned"]), (&1.into(), &1.into()));
    assert!(seen["transports"][0]["worked_at"].is_i64(), "{seen}");

    let daemon = desk.run();
    wait_until("all is well", || status(&desk, &[]).0 == Some(0));
    let text = desk.text(&["status"]);
    for part in ["maildesk is running", "support\t", "main\t", "OTK\t1\t1\t0\t0\t0", "No warnings."] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(daemon.stop().success());
}

#[test]
fn what_fails_is_told_with_the_next_try_and_a_remedy() {
    let failing = "[mailbox.other]\nIMAP, WRONG PASSWORD\nuser = \"other\"\n[transport.away]\nhost = \"localhost\"\nport = 1\ntls = \"none\"\n\
                   [desk.TRV]\nname = \"Travel\"\naddress = \"travel@example.org\"\ntransport = \"away\"\n\
                   [mailbox.travel]\nIMAP\nuser = \"travel\"\ndesk = \"TRV\"\nstart = \"all\"\n";
    let own = ONE_DESK.replace("start =", "desk = \"OTK\"\nstart =").replace("name =", "transport = \"main\"\nname =");
    let desk = TestDesk::on_servers(&format!(
        "{own}{}",
        failing.replace("user = \"other\"", "user = \"other\"\ndesk = \"OTK\"")
    ));
    let raw = Message::to_support("s2@example.com", IVAN, "Tickets").raw();
    let raw = String::from_utf8(raw).expect("text").replace("support@example.org", "travel@example.org");
    desk.deliver("travel", raw.as_bytes());
    let daemon = desk.run();
    wait_until("both failures are on record", || {
        std::path::Path::new(&desk.database()).exists() && {
            let output = desk.output(&["status", "--json"]);
            let seen: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
            let is_ready = |mailbox: usize| seen["mailboxes"][mailbox]["is_ready"] == true;
            is_ready(0)
                && is_ready(2)
                && !seen["mailboxes"][1]["failure"].is_null()
                && !seen["transports"][1]["failure"].is_null()
        }
    });
    let (code, seen) = status(&desk, &[]);
    assert_eq!(code, Some(1));
    let failure = &seen["mailboxes"][1]["failure"];
    assert_eq!(failure["cause"], "login", "{seen}");
    assert!(failure["next"].as_i64() >= failure["at"].as_i64().map(|at| at + 300), "a refused login waits: {seen}");
    assert_eq!((&seen["mailboxes"][0]["failure"], &seen["is_ready"]), (&Value::Null, &false.into()));
    assert!(seen["transports"][1]["paused_until"].is_i64(), "{seen}");
    assert_eq!(warnings(&seen), ["mailbox other", "transport away"]);
    let text = String::from_utf8(desk.output(&["status"]).stdout).expect("text");
    assert!(text.contains("correct user and password") && text.contains("paused until"), "{text}");
    assert!(daemon.stop().success());
}

#[test]
fn stuck_messages_and_letters_are_counted_and_passwords_are_not_needed() {
    let desk = TestDesk::on_servers(ONE_DESK);
    for number in 1..=5 {
        let raw = Message::to_support(&format!("s{number}@example.com"), IVAN, &format!("Report {number}")).raw();
        desk.deliver("support", &raw);
    }
    desk.once();
    desk.alter("UPDATE received SET state = 'quarantined' WHERE id = 1; UPDATE received SET state = 'unfetchable' WHERE id = 2;
         UPDATE received SET disposition = 'held' WHERE id = 3;
         UPDATE received SET state = 'accepted', accepted_at = accepted_at - 1000 WHERE id = 4;
         UPDATE received SET state = 'accepted', mailbox = 'gone', accepted_at = 1000000 WHERE id = 5;
         UPDATE letter SET state = 'failed' WHERE id = 1;",
    );
    std::fs::remove_file(desk.path("password")).expect("the password file");
    let (code, seen) = status(&desk, &[]);
    assert_eq!(code, Some(1));
    let mailbox = &seen["mailboxes"][0];
    for part in ["quarantined", "unfetchable", "held", "waiting"] {
        assert_eq!(mailbox[part], 1, "{part}: {seen}");
    }
    assert!(mailbox["held_since"].is_i64() && mailbox["waiting_since"].is_i64());
    assert_eq!(
        (&seen["mailboxes"][1]["mailbox"], &seen["mailboxes"][1]["is_configured"]),
        (&"gone".into(), &false.into())
    );
    assert_eq!(seen["transports"][0]["failed"], 1);
    desk.bytes(&["set", "OTK-1", "priority high"]);
    let support = "mailbox support";
    assert_eq!(warnings(&seen), ["maildesk", support, support, support, "mailbox gone", "transport main"], "{seen}");
}

#[test]
fn it_fits_eighty_columns() {
    let desk = TestDesk::on_servers(ONE_DESK);
    desk.once();
    let config = desk.path("maildesk.toml");
    let line = format!("stty cols 80; {} --config {} status", env!("CARGO_BIN_EXE_maildesk"), config.display());
    let output = Command::new("script").args(["-qec", &line, "/dev/null"]).output().expect("script of util-linux");
    let text = String::from_utf8(output.stdout).expect("text").replace('\r', "");
    assert!(text.contains("MAILBOX  LAST READ") && text.contains("WARNING maildesk: is not running"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn statistics_count_requests_and_times() {
    let desk = TestDesk::on_servers(ONE_DESK);
    for number in 1..=4 {
        let raw = Message::to_support(&format!("s{number}@example.com"), IVAN, &format!("Report {number}")).raw();
        desk.deliver("support", &raw);
    }
    desk.once();
    desk.bytes(&["set", "OTK-1", "kind incident", "status done"]);
    desk.bytes(&["set", "OTK-2", "close"]);
    desk.bytes(&["set", "OTK-2", "reopen"]);
    desk.bytes(&["set", "OTK-3", "spam"]);
    desk.alter("UPDATE request SET opened_at = opened_at - 3600 WHERE number = 1");
    let seen = desk.json(&["stats"]);
    desk.alter("UPDATE request SET opened_at = opened_at + 3600 WHERE number = 1");
    let otk = &seen["desks"][0];
    let counts = ["new", "open", "overdue", "solved"].map(|part| otk[part].as_u64().expect("a number"));
    assert_eq!(
        (otk["name"].as_str(), counts),
        (Some("OTK"), [4, 2, 0, 1]),
        "spam and what is open again is not solved: {seen}"
    );
    assert!(otk["resolution"]["median"].as_i64() >= Some(3_600), "{seen}");
    assert_eq!(otk["weeks"].as_array().map(Vec::len), Some(12));
    assert_eq!(seen["kinds"][1]["name"], "incident");
    assert_eq!((&seen["lines"][0]["new"], &seen["engineers"][0]["name"]), (&4.into(), &"".into()));
    let text = desk.text(&["stats", "--desk", "otk", "--since", "2020-01-01"]);
    assert!(text.contains("OTK\t4\t2\t0") && text.contains("incident\t1\t0\t0"), "{text}");
    let stderr = |arguments: &[&str]| String::from_utf8(desk.output(arguments).stderr).expect("text");
    assert!(stderr(&["stats", "--desk", "NOPE"]).contains("no desk \"NOPE\"; there are: OTK"));
    assert!(stderr(&["stats", "--since", "2999-01-01"]).contains("must be in the past"));
    assert!(stderr(&["stats", "--since", "soon"]).contains("invalid value 'soon'"));
}

#[test]
fn keys_and_passwords_that_everybody_on_the_machine_can_read_are_warned_of() {
    let mut desk = TestDesk::two_desks("0s");
    desk.asks(IVAN, "First", "Hello.");
    let password = desk.path("password");
    fs::write(&password, "secret\n").unwrap();
    let account =
        "\n[mailbox.away]\ndesk = \"OTK\"\nhost = \"localhost\"\nuser = \"a\"\npassword_file = \"password\"\n";
    let file = desk.path("maildesk.toml");
    fs::write(&file, fs::read_to_string(&file).unwrap() + account).unwrap();
    for (readable, mode) in [(true, 0o644), (false, 0o640)] {
        for secret in [&password, &desk.database().with_file_name("maildesk.keys")] {
            fs::set_permissions(secret, Permissions::from_mode(mode)).unwrap();
        }
        for command in ["status", "check"] {
            let told = String::from_utf8(desk.output(&[command]).stdout).unwrap();
            let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
            let count = told.matches("every user of this machine can read").count();
            assert_eq!(count, if readable { 2 } else { 0 }, "{command}: {told}");
        }
    }
}
