//! `maildesk search` through the real program: what comes by mail is found by its words, whatever form they have.

use crate::support::{IVANOV, Message, OLGA, SMIRNOV, TWO_STAFFED_DESKS, TestDesk};
use serde_json::Value;

const LOG: &str = "2026-11-20 09:58:12 INFO служба печати запущена\n\
                   2026-11-20 09:58:13 ERROR устройство MX-4471/b не отвечает\n";

/// Three requests: OTK-1 with a log, OTK-2 with a picture, TRV-1.
fn filled() -> TestDesk {
    let desk = TestDesk::program(TWO_STAFFED_DESKS);
    let (cyrillic, ..) = encoding_rs::WINDOWS_1251.encode(LOG);
    let printer = Message::to_support("p1@example.com", "anna@example.com", "Заявка: не печатаются отчёты")
        .text("Добрый день!\nПосле обновления принтер не печатает.\n")
        .file("служба печати.log", "text/plain", &cyrillic);
    let login = Message::to_support("p2@example.com", "boris@example.com", "Cannot log in")
        .text("The connection was refused after printing twice.\n")
        .file("скриншот ошибки.png", "image/png", b"\x89PNG\r\n\x1a\n");
    let booking = Message::new("p3@example.com", "vera@example.com", "Заявки на бронирование")
        .header("To: booking@example.org")
        .text("Две заявки потерялись. \u{1b}[31mСтрока\u{1b}[0m \u{202e}конец\n");
    desk.deliver("support", &printer.raw());
    desk.deliver("support", &login.raw());
    desk.deliver("booking", &booking.raw());
    desk.once();
    assert_eq!(desk.requests().len(), 3);
    desk
}

/// The numbers that a question finds, sorted.
fn found(desk: &TestDesk, arguments: &[&str]) -> Vec<String> {
    let answer = desk.json(&[&["search"], arguments].concat());
    let rows = answer["found"].as_array().unwrap();
    let mut numbers: Vec<String> = rows.iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect();
    numbers.sort();
    numbers
}

/// Where the best answer to a question was found, in which file, and the words.
fn passage(desk: &TestDesk, arguments: &[&str]) -> (String, Value, String) {
    let answer = desk.json(&[&["search"], arguments].concat());
    let passage = &answer["found"][0]["found"];
    let text = |key: &str| passage[key].as_str().unwrap_or_else(|| panic!("{key}: {answer}")).to_owned();
    (text("place"), passage["file"].clone(), text("words"))
}

#[test]
fn words_in_subjects_texts_names_and_logs_find_requests_in_any_form() {
    let desk = filled();
    let none: [&str; 0] = [];
    for (words, numbers) in [
        (&["заявка"][..], &["OTK-1", "TRV-1"][..]),
        (&["ЗАЯВОК"], &["OTK-1", "TRV-1"]),
        (&["отчет"], &["OTK-1"]),
        (&["обновление", "принтеры"], &["OTK-1"]),
        (&["prints"], &["OTK-2"]),
        (&["connections", "refuse"], &["OTK-2"]),
        (&["скриншоты"], &["OTK-2"]),
        (&["устройства"], &["OTK-1"]),
        (&["MX-4471/B"], &["OTK-1"]),
        (&["4471"], &["OTK-1"]),
        (&["X-447"], &["OTK-1"]),
        (&["тройств"], &["OTK-1"]),
        (&["заявка", "устройство"], &["OTK-1"]),
        (&["\"connection was refused\""], &["OTK-2"]),
        (&["\"refused was connection\""], &none),
        (&["«служба печати»"], &["OTK-1"]),
        (&["устройство", "connection"], &none),
        (&["заявка", "--desk", "trv"], &["TRV-1"]),
        (&["заявка", "--since", "2020-01-01", "--limit", "9"], &["OTK-1", "TRV-1"]),
    ] {
        assert_eq!(found(&desk, words), numbers, "{words:?}");
    }
    let later = found(&desk, &["заявка", "--since", "2199-01-01"]);
    assert_eq!(later, none);
    let nowhere = desk.output(&["search", "заявка", "--desk", "NOPE"]);
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("there are: OTK, TRV"), "{nowhere:?}");
}

#[test]
fn what_was_found_is_shown_where_it_stands() {
    let desk = filled();
    for (words, place, file, shown) in [
        ("MX-4471", "file", Some("служба печати.log"), "устройство MX-4471/b не отвечает"),
        ("скриншот", "file_name", Some("скриншот ошибки.png"), "скриншот ошибки.png"),
        ("обновлений", "text", None, "Добрый день! После обновления принтер не печатает."),
        ("бронирования", "subject", None, "Заявки на бронирование"),
        ("брони", "subject", None, "Заявки на бронирование"),
    ] {
        let (found, name, said) = passage(&desk, &[words]);
        assert_eq!((found.as_str(), name.as_str()), (place, file), "{words}");
        assert!(said.contains(shown), "{words}: {said}");
    }
    let table = desk.text(&["search", "строка", "потерялись"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "REQUEST\tSTATUS\tCHANGED\tREQUESTER\tSUBJECT\tFOUND");
    assert!(lines.len() == 2 && lines[1].starts_with("TRV-1\tnew\t"), "{table}");
    assert!(lines[1].ends_with("\tДве заявки потерялись. [31mСтрока[0m конец"), "{table}");
}

#[test]
fn notes_are_found_and_marked() {
    let desk = filled();
    let note = Message::to_support("n1@example.org", "ivanov@example.org", "Re: [OTK-1] [note]")
        .text("Похоже на закупоренную дюзу.\n");
    desk.deliver("internal", &note.raw());
    desk.once();
    let row = &desk.json(&["search", "дюза", "закупоренная"])["found"][0];
    assert_eq!((row["number"].as_str(), row["found"]["is_note"].as_bool()), (Some("OTK-1"), Some(true)), "{row}");
    assert!(desk.text(&["search", "дюзы"]).contains("\tnote: "), "{row}");
}

#[test]
fn no_question_breaks_it() {
    let desk = filled();
    let long = "ошибка \"печати\" ".repeat(700);
    assert!(long.len() > 10_000);
    for typed in
        ["\"принтер", "принтер*", "принтер NEAR(", "принтер OR (", "-принтер", "subject:принтер", "принтер 🖨️", &long]
    {
        let output = desk.output(&["search", "--", typed]);
        assert!(output.status.success(), "{typed}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let rows = desk.bytes(&["search", "--json", "--", "-принтер*"]);
    assert!(String::from_utf8(rows).unwrap().contains("OTK-1"));
    for typed in ["\"", "*", "🖨️", ""] {
        let output = desk.output(&["search", "--", typed]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && said.contains("there is no word to search for"), "{typed}: {said}");
    }
    let nothing = desk.output(&["search", "нетакогослова"]);
    let said = String::from_utf8_lossy(&nothing.stderr);
    assert!(nothing.status.success() && nothing.stdout.is_empty() && said.contains("nothing found"), "{said}");
}

#[test]
fn what_was_filed_before_there_was_an_index_is_found_after_the_next_pass() {
    let desk = filled();
    // As a database of an older version stands after its migration: nothing is indexed.
    desk.alter(
        "DELETE FROM findable_stem WHERE rowid IN (SELECT id FROM findable);
             DELETE FROM findable_fragment WHERE rowid IN (SELECT id FROM findable);
             DELETE FROM findable; INSERT INTO unindexed (entry) SELECT id FROM entry",
    );
    let output = desk.output(&["search", "заявка"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("3 of 3 messages"), "{said}");
    assert_eq!(desk.json(&["search", "заявка"])["messages_not_indexed_yet"], 3);
    desk.once();
    assert_eq!(desk.json(&["search", "заявка"])["messages_not_indexed_yet"], 0);
    assert_eq!(found(&desk, &["заявка"]), ["OTK-1", "TRV-1"]);
    assert_eq!(found(&desk, &["mx-4471/b", "обновление"]), ["OTK-1"], "logs are read anew");
    assert_eq!(found(&desk, &["скриншот"]), ["OTK-2"]);
    desk.once();
    assert_eq!(desk.number("SELECT count(*) FROM findable"), 4, "three messages and a log, once each");
    desk.alter("INSERT INTO unindexed (entry) SELECT id FROM entry WHERE received = 1; DELETE FROM findable WHERE received = 1");
    let mut daemon = desk.run();
    daemon.until("the daemon has caught up", || desk.json(&["search", "заявка"])["messages_not_indexed_yet"] == 0);
    assert!(daemon.stop().success());
}

/// The numbers that a search finds.
fn numbers_found(desk: &TestDesk, arguments: &[&str]) -> Vec<String> {
    let answer = desk.json(&[&["search"], arguments].concat());
    answer["found"].as_array().unwrap().iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_was_written_before_a_move_is_found_under_the_number_of_now() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, notification) = desk.ask("support", OLGA, "Ticket", "The turbine is silent.");
    let moved = desk.reply(IVANOV, &notification, "[desk trv]", "");
    let letters = desk.send_to("support", &moved);
    let booker = letters.iter().find(|letter| letter.rcpt == SMIRNOV).unwrap().clone();
    let note = desk.reply(SMIRNOV, &booker, "[note]", "Look at the gearbox.");
    desk.send_to("booking", &note);
    assert_eq!(desk.status("OTK-1"), "transferred");
    for (words, numbers) in [
        (&["turbine"][..], &["TRV-1"][..]),
        (&["urbin"], &["TRV-1"]),
        (&["turbine", "gearbox"], &["TRV-1"]),
        (&["turbine", "--desk", "TRV"], &["TRV-1"]),
        (&["turbine", "--desk", "OTK"], &[]),
        (&["turbine", "--since", "2026-11-21"], &["TRV-1"]),
        (&["turbine", "--since", "2030-01-01"], &[]),
    ] {
        assert_eq!(numbers_found(&desk, words), numbers, "{words:?}");
    }
    assert_eq!(desk.json(&["search", "turbine"])["found"][0]["found"]["words"], "The turbine is silent.");
}

#[test]
fn a_text_without_a_blank_is_shown_in_brief() {
    let mut desk = TestDesk::two_desks("0s");
    let endless = "turbine,gear;".repeat(20_000);
    desk.ask("support", OLGA, "Ticket", &endless);
    let answer = desk.json(&["search", "turbine", "gear"]);
    let words = answer["found"][0]["found"]["words"].as_str().unwrap();
    assert!(words.contains("turbine,gear") && words.len() < 400, "{} bytes", words.len());
}
