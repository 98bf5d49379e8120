//! What `list`, `outbox` and `received` show: by what things have in common, with how many there are, and never cut without a word.

use crate::support::{FROM_A_MAILDIR, Message, TestDesk};

/// A desk with 62 requests: the first is critical and ivanov's, the second is planned, the third is closed.
fn desk() -> TestDesk {
    let desk = TestDesk::program(&format!("{FROM_A_MAILDIR}\n[limits]\nall_hour = 10000\n"));
    for number in 1..=62 {
        let from = format!("customer{number:02}@example.com");
        desk.deliver("support", &Message::to_support(&format!("m{number:02}@x.example"), &from, "Till").raw());
    }
    desk.once();
    desk.text(&["set", "OTK-1", "assign ivanov", "priority critical", "kind incident"]);
    desk.text(&["set", "#OTK-2", "plan"]);
    desk.text(&["set", "[OTK-3]", "close"]);
    desk
}

fn numbers(desk: &TestDesk, arguments: &[&str]) -> Vec<String> {
    let rows = desk.json(&[&["list"], arguments].concat());
    rows.as_array().unwrap().iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn lists_are_narrowed_sorted_and_say_that_they_are_cut() {
    let desk = desk();
    for (arguments, expected) in [
        (&["--assignee", "ivanov"][..], &["OTK-1"][..]),
        (&["--priority", "critical"], &["OTK-1"]),
        (&["--kind", "incident"], &["OTK-1"]),
        (&["--phase", "planned"], &["OTK-2"]),
        (&["--phase", "planned", "--phase", "closed", "--sort", "number"], &["OTK-2", "OTK-3"]),
        (&["--status", "closed"], &["OTK-3"]),
        (&["--requester", "Customer07"], &["OTK-7"]),
        (&["--open", "--unassigned", "--sort", "number", "--limit", "2"], &["OTK-2", "OTK-4"]),
        (&["--sort", "priority", "--limit", "1"], &["OTK-1"]),
        (&["--line", "2"], &[]),
        (&["--overdue"], &[]),
        (&["--since", "2999-01-01"], &[]),
        (&["customer61@"], &["OTK-61"]),
    ] {
        assert_eq!(numbers(&desk, arguments), expected, "{arguments:?}");
    }
    assert_eq!(numbers(&desk, &["--open", "--all"]).len(), 61);

    for (arguments, said) in [
        (&["list"][..], "50 of 62 requests are shown"),
        (&["list", "--open", "--limit", "5"], "5 of 61 requests are shown"),
        (&["received", "--limit", "1"], "1 of 62 messages are shown"),
        (&["outbox", "--to", "customer0", "--limit", "3"], " e-mails are shown"),
    ] {
        let output = desk.output(arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && error.contains(said) && error.contains("--all"), "{arguments:?}: {error}");
    }
    for whole in
        [&["list", "--all"][..], &["list", "--assignee", "ivanov"], &["received", "--all"], &["outbox", "--all"]]
    {
        assert!(desk.output(whole).stderr.is_empty(), "{whole:?}");
    }
    assert_eq!(desk.json(&["received", "--about", "CUSTOMER62"]).as_array().unwrap().len(), 1);
    assert_eq!(desk.json(&["received", "--mailbox", "other"]).as_array().unwrap().len(), 0);
    assert!(!desk.json(&["outbox", "--request", "[OTK-5]"]).as_array().unwrap().is_empty());
}

#[test]
fn an_email_that_waits_or_failed_is_cancelled_and_no_other() {
    let desk = desk();
    desk.alter("UPDATE letter SET state = 'failed', answer = '550 no' WHERE id = 3");
    assert!(desk.text(&["outbox", "cancel", "3"]).contains("e-mail 3 is cancelled"));
    assert_eq!(desk.number("SELECT count(*) FROM letter WHERE id = 3 AND state = 'cancelled'"), 1);
    assert!(desk.refused(&["outbox", "cancel", "3"]).contains("there is no e-mail 3 that waits untried"));
    assert!(desk.refused(&["outbox", "cancel", "4"]).contains("there is no e-mail 4"), "it is sent");
}

#[test]
fn a_number_is_understood_as_it_stands_in_subjects() {
    let desk = desk();
    for written in ["otk-1", "[OTK-1]", "#OTK-1", "Re: [OTK-1]", "«OTK-1»,"] {
        assert!(desk.text(&["show", written]).contains("OTK-1"), "{written}");
    }
    assert!(desk.refused(&["show", "[1]"]).contains("such as OTK-1042"));
}
