//! What commands print beside the daemon.

use super::*;

#[test]
fn commands_print_tables_json_and_clear_refusals() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let nothing_yet = || {
        let early = desk.output(&["list"]);
        assert_eq!(early.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&early.stderr).contains("no database here yet"));
    };
    nothing_yet();
    // The first start makes the file a moment before its tables.
    std::fs::create_dir(desk.database().parent().unwrap()).unwrap();
    std::fs::write(desk.database(), "").unwrap();
    nothing_yet();
    let message = Message::to_support("c1@example.com", IVAN, "A \u{1b}[31mred\u{202e} subject");
    desk.deliver("support", &message.raw());
    let said = desk.text(&["once"]);
    assert!(said.contains("mailbox support: 1 new") && said.contains("1 e-mail sent, 0 failed, 0 waiting"), "{said}");
    for arguments in [&["list"][..], &["received"], &["outbox"], &["show", "OTK-1"], &["received", "show", "1"]] {
        assert!(!desk.json(arguments).is_null());
        let text = desk.text(arguments);
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{arguments:?}: {text}");
    }
    assert_eq!(desk.json(&["list", "red"]).as_array().unwrap().len(), 1);
    assert_eq!(desk.json(&["list", "--desk", "otk"]).as_array().unwrap().len(), 1);
    let letter = desk.json(&["outbox", "show", "1"]);
    assert_eq!(letter["raw"].as_str().unwrap().as_bytes(), desk.bytes(&["outbox", "show", "1"]));
    assert_eq!(letter["email"]["to"], IVAN);
    let again = desk.json(&["once"])["emails"].clone();
    assert_eq!(again, json!({"sent": 0, "failed": 0, "waiting": 0}));
    for (arguments, words) in [
        (&["show", "OTK-9"][..], "no request OTK-9"),
        (&["list", "--desk", "TRV"], "no desk \"TRV\"; there are: OTK"),
        (&["list", "--desk", "ОТК"], "no desk \"ОТК\"; there are: OTK"),
        (&["received", "show", "9"], "no message 9"),
        (&["received", "replay", "1"], "no quarantined message 1"),
        (&["attachment", "1"], "message 1 has 0 files"),
    ] {
        let output = desk.output(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}

#[test]
fn parse_prints_an_object_for_any_bytes() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let reply = Message::to_support("x@example.com", IVAN, "Re: [OTK-1] hello").raw();
    for (raw, subject) in [(&reply[..], "hello"), (b"", ""), (b"\x00\xff\xfe", "")] {
        let output = desk.fed(&["parse"], raw, &[]);
        assert!(output.status.success());
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(object["subject"], subject);
        assert!(object["tags"].is_array());
    }
}

#[test]
fn parse_shows_tags_where_the_configuration_names_the_desks() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let subject = "[EXTERNAL] Re: [OTK-1 confirm KEY] hello [done; priority high] [dnoe]";
    let raw = Message::to_support("x@example.com", IVAN, subject).raw();
    let parse = |mut command: std::process::Command| -> Value {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&raw).unwrap();
        serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap()
    };
    let syntax_error = json!({"text": "dnoe", "problem": "misspelt", "nearest": "done"});
    let tags = json!([
        {"text": "[EXTERNAL]", "answer": "not_mine"},
        {"text": "[OTK-1 confirm KEY]", "answer": "reference", "means": ["OTK-1", {"ask": "confirm"}]},
        {"text": "[done; priority high]", "answer": "asks", "means": [{"status": "done"}, {"priority": "high"}]},
        {"text": "[dnoe]", "answer": "syntax_error", "means": {"asks": [], "errors": [syntax_error]}},
    ]);
    assert_eq!(parse(desk.command(&["parse"]))["tags"], tags);
    let mut without = std::process::Command::new(env!("CARGO_BIN_EXE_maildesk"));
    without.arg("parse");
    assert_eq!(parse(without).get("tags"), None);
}

#[test]
fn the_demo_shows_both_sides_of_a_request_and_a_forger_who_gets_nowhere() {
    let parent = temporary_folder();
    let folder = parent.path().join("demo");
    let maildesk = |arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_maildesk")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let said = maildesk(&["demo", "--folder", folder.to_str().unwrap()]);
    let mut rest = said.as_str();
    for expected in [
        "REQUESTS",
        "OTK-1   Не печатается акт сверки",
        "MESSAGES AND THEIR DISPOSITIONS",
        "duplicate ",
        "E-MAILS WRITTEN",
        "Subject: [OTK-1] Не печатается акт сверки",
        "ответ пишите выше этой строки",
        "[обработано]",
        "Subject: Re: [OTK-1] Не печатается акт сверки [done]",
        "To: anna@shop.example",
        "шаблон акта искал старый принтер",
        "<mailto:support@crm.example?subject=%5BOTK-1%20confirm%20",
        "Subject: [OTK-1 confirm ",
        "status confirmed (closed), assignee ivanov",
        "by engineer ivanov, message ",
        "proof: token of the answered letter",
        "status new → done (completed)",
        "by anna@shop.example, message ",
        "proof: key of our link",
        "status done (completed) → confirmed (closed)",
        "SOMEBODY FORGES THE ENGINEER'S ADDRESS",
        "From: ivanov@crm.example",
        "is held",
        "because names engineer ivanov as its sender, without proof",
        "OTK-2 is unchanged: status new, assignee nobody",
        "FIVE SUPPORT PROCESSES",
        "kind problem, priority critical",
        "снимок экрана",
        "MIX-1",
        "status new, assignee orlova",
        "missing period, logs",
        "период, в который возникла проблема",
        "TREK-1",
        "told: alekseev@marking.example.org, borisova@marking.example.org",
        "IQX-1",
        "passed on to team admin",
        "RET-1",
        "passed on to line 3",
        "TRY NEXT",
    ] {
        let at = rest.find(expected).unwrap_or_else(|| panic!("no {expected:?} where it belongs in\n{said}"));
        rest = &rest[at + expected.len()..];
    }
    let paths = folder.to_str().unwrap();
    let too_long = said.lines().find(|line| line.chars().count() > 80 && !line.contains(paths));
    assert_eq!(too_long, None, "80 columns are enough");
    let config = folder.join("maildesk.toml");
    let shown = |arguments: &[&str]| -> Value {
        let text = maildesk(&[&["--config", config.to_str().unwrap(), "--json"], arguments].concat());
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!(shown(&["received", "--disposition", "held"])[0]["request"], "OTK-2");
    let answers: Vec<Value> = shown(&["outbox"]).as_array().unwrap().clone();
    let answers: Vec<&Value> = answers.iter().filter(|letter| letter["kind"] == "answer").collect();
    assert_eq!(answers.len(), 1, "the engineer's words went out once");
    assert_eq!(answers[0]["recipient"], "anna@shop.example");
    let answer = shown(&["outbox", "show", &answers[0]["id"].to_string()]);
    assert_eq!(answer["email"]["in_reply_to"], "000201d9c7b5$77aa$90fe@shop.example", "it answers her last message");
    let text = maildesk(&["--config", config.to_str().unwrap(), "show", "OTK-2"]);
    assert!(text.contains(": held OTK-2\n  proof: none\n  because names engineer ivanov"), "{text}");
}
