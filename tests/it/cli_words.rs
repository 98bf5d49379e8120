//! What the commands show and take where a desk has engineers and words of its own.

use crate::support::{IVAN, Message, ONE_DESK, TestDesk};
use serde_json::Value;

/// A desk with everybody who may work at one.
const STAFFED: &str = r#"
[engineer.ivanov]
name = "Иван Иванов"
address = "ivanov@example.org"
words = ["иванов"]

[desk.OTK.line.1]
members = ["ivanov"]

[desk.OTK.status.vendor]
phase = "waiting"
label = { ru = "У поставщика", en = "With the vendor" }
words = ["у поставщика"]

[desk.TRV]
name = "Travel"
address = "travel@example.org"

[mailbox.travel]
maildir = "travel"
desk = "TRV"
"#;

#[test]
fn parse_reads_tags_in_the_words_of_the_desk() {
    let two = ONE_DESK.replace("user =", "desk = \"OTK\"\nuser =");
    let desk = TestDesk::on_servers(&format!("{two}{STAFFED}"));
    let tags = |subject: &str, arguments: &[&str]| -> String {
        let raw = Message::to_support("x@example.com", IVAN, subject).raw();
        let output = desk.fed(&[&["parse"], arguments].concat(), &raw, &[]);
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        object["tags"].as_array().unwrap().last().unwrap().to_string()
    };
    assert!(tags("[у поставщика]", &[]).contains(r#"{"status":"vendor"}"#), "the first desk's words");
    assert!(tags("[TRV-1] [у поставщика]", &[]).contains("not_mine"), "those of the quoted number's desk");
    assert!(tags("[TRV-1] [у поставщика]", &["--desk", "otk"]).contains("vendor"), "those of the desk that was named");
    assert!(tags("[assign Иванов]", &[]).contains(r#"{"assign":"ivanov"}"#));
    let refused = desk.output(&["parse", "--desk", "NOPE"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no desk \"NOPE\"; there are: OTK, TRV"));
    let summary = desk.text(&["check"]);
    for line in ["engineers: ivanov <ivanov@example.org>", "lines: 1 (ivanov)", "statuses: vendor (waiting)"] {
        assert!(summary.contains(line), "{summary}");
    }
    assert!(desk.json(&["check"])["findings"].to_string().contains("lines: 1 (ivanov)"));
}

#[test]
fn words_are_found_in_any_case() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let message = Message::to_support("f1@example.com", IVAN, "Отчёт не ПЕЧАТАЕТСЯ");
    desk.deliver("support", &message.raw());
    desk.once();
    for (words, found) in [("ОТЧЕТ", 1), ("отчёт не", 1), ("печатается", 1), (&IVAN.to_uppercase(), 1), ("отчеты", 0)]
    {
        assert_eq!(desk.json(&["list", words]).as_array().unwrap().len(), found, "{words}");
    }
}

#[test]
fn one_mailbox_without_its_password_does_not_keep_the_others_from_being_read() {
    let other = "[mailbox.other]\nhost = \"localhost\"\nuser = \"other\"\npassword_file = \"not-there\"\n";
    let desk = TestDesk::on_servers(&format!("{ONE_DESK}\n{other}"));
    let problem = "mailbox.other.password_file: there is no such file or credential";
    let check = desk.output(&["check"]);
    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert_eq!(check.status.code(), Some(1));
    assert!(said.contains("FAILED  mailbox other") && said.contains(problem), "{said}");
    desk.deliver("support", &Message::to_support("u1@example.com", IVAN, "First").raw());
    let once = desk.output(&["once"]);
    let said = String::from_utf8_lossy(&once.stdout).into_owned();
    assert_eq!(once.status.code(), Some(1), "all others were looked at, but not all");
    assert!(said.contains("mailbox support: 1 new") && said.contains("mailbox other: FAILED"), "{said}");
    let mut daemon = desk.run();
    desk.deliver("support", &Message::to_support("u2@example.com", "b@example.com", "Second").raw());
    daemon.until("the second message is answered", || desk.servers().sent().len() == 2);
    assert!(desk.log().contains(problem), "{}", desk.log());
    assert!(daemon.stop().success());
}

#[test]
fn the_operators_own_sql_finds_requests_in_a_view_that_is_documented() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let message =
        Message::to_support("x@example.com", IVAN, "The report does not print").file("a.txt", "text/plain", b"x");
    desk.deliver("support", &message.raw());
    desk.once();
    desk.text(&["set", "OTK-1", "priority high"]);
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = rusqlite::Connection::open_with_flags(desk.database(), flags).unwrap();
    let document = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operation.md"));
    let (_, query) = document.split_once("sqlite3 -readonly maildesk.db \"").unwrap();
    let (query, _) = query.split_once("\"`").unwrap();
    let counted = |r: &rusqlite::Row<'_>| {
        Ok(format!("{} {} {}", r.get::<_, String>(0)?, r.get::<_, String>(1)?, r.get::<_, i64>(2)?))
    };
    assert_eq!(connection.query_row(query, [], counted).unwrap(), "OTK new 1", "the document's own question");
    let mut all = connection.prepare("SELECT * FROM requests").unwrap();
    let columns: Vec<String> = all.column_names().map(str::to_owned).collect();
    let (_, table) = document.split_once("| column |").unwrap();
    assert!(columns.iter().all(|column| table.contains(&format!("`{column}`"))), "{columns:?}");
    let cell = |r: &rusqlite::Row<'_>, index: usize| {
        use rusqlite::types::Value::{Integer, Text};
        match r.get::<_, rusqlite::types::Value>(index)? {
            Text(text) => Ok(text),
            Integer(number) => Ok(number.to_string()),
            _ => Ok::<_, rusqlite::Error>("-".to_owned()),
        }
    };
    let row: Vec<(String, String)> = all
        .query_row([], |r| columns.iter().enumerate().map(|(at, name)| Ok((name.clone(), cell(r, at)?))).collect())
        .unwrap();
    let value = |name: &str| row.iter().find(|(column, _)| column == name).unwrap().1.as_str();
    let known = ["number", "desk", "subject", "requester", "status", "priority", "messages", "files", "answered"];
    let values = known.map(value);
    let expected = ["OTK-1", "OTK", "The report does not print", IVAN, "new", "high", "1", "1", "-"];
    assert_eq!(values, expected);
    assert!(value("opened").starts_with("20") && value("opened").len() == 19, "{}", value("opened"));
}

#[test]
fn parse_shows_whose_each_line_is_beside_the_emails_that_it_may_quote() {
    let desk = TestDesk::on_servers(ONE_DESK);
    let letter = |name: &str, text: &str| {
        let path = desk.path(name);
        std::fs::write(&path, Message::to_support(&format!("{name}@example.com"), IVAN, "x").text(text).raw()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (newer, older) = (letter("newer", "Which version?\nWhich floor?"), letter("older", "We have received it."));
    let text =
        "Both below.\n\n> Which version?\n\n3.1\n\n> Which floor?\n>\n> On Friday Anna wrote:\n>> We have received it.";
    let raw = Message::to_support("a@example.com", IVAN, "Re: x").text(text).raw();
    let output = desk.fed(&["parse", "--answers", &newer, "--answers", &older], &raw, &[]);
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines: Vec<&str> = object["alignment"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    for line in [
        "typed  | Both below.",
        "quoted | > Which version?",
        "typed  | 3.1",
        "quoted | > Which floor?",
        "quoted | >> We have received it.",
    ] {
        assert!(lines.contains(&line), "{line} in {lines:#?}");
    }
    assert_eq!(object["earlier"], "");
}
