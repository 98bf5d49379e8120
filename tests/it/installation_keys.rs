//! The keys and the database belong together: neither is used with another's.

use std::fs;

use crate::support::{IVANOV, OLGA, TestDesk, recipients, to};

/// A desk with a request, and where its keys are.
fn in_use() -> (TestDesk, std::path::PathBuf) {
    let mut desk = TestDesk::guarded();
    desk.olga_asks();
    let keys = desk.database().with_file_name("maildesk.keys");
    (desk, keys)
}

fn refused(desk: &TestDesk, arguments: &[&str]) -> String {
    let output = desk.output(arguments);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn keys_that_are_missing_beside_a_database_are_not_made_anew_in_silence() {
    let (desk, keys) = in_use();
    fs::rename(&keys, desk.path("kept")).unwrap();
    for arguments in [&["once"][..], &["run"], &["set", "OTK-1", "done"], &["invite", "ivanov"]] {
        let said = refused(&desk, arguments);
        assert!(said.contains("keys are missing") && said.contains("--new-keys"), "{arguments:?}: {said}");
        assert!(!keys.exists(), "{arguments:?}");
    }
    fs::rename(desk.path("kept"), &keys).unwrap();
    desk.text(&["once"]);
}

#[test]
fn keys_of_another_installation_are_refused_until_the_operator_accepts_them() {
    let (mut desk, keys) = in_use();
    let notification = desk.letter_to(IVANOV);
    let (other, theirs) = in_use();
    fs::copy(&theirs, &keys).unwrap();
    drop(other);
    for arguments in [&["once"][..], &["run"], &["set", "OTK-1", "done"]] {
        let said = refused(&desk, arguments);
        assert!(said.contains("another installation") && said.contains("--new-keys"), "{arguments:?}: {said}");
    }
    let copy = desk.backup("copy.db");
    let said = refused(&desk, &["restore", copy.to_str().unwrap(), "--replace"]);
    assert!(said.contains("another installation"), "{said}");

    desk.text(&["once", "--new-keys"]);
    desk.text(&["once"]);
    // What that costs: what the old keys have signed proves nothing.
    let done = desk.reply(IVANOV, &notification, "[done]", "Исправлено.");
    desk.send(&done);
    assert_eq!(desk.last_disposition().0, "held", "{:?}", desk.last_disposition());
}

#[test]
fn lost_keys_are_made_anew_where_the_operator_says_so() {
    let (mut desk, keys) = in_use();
    fs::remove_file(&keys).unwrap();
    desk.text(&["once", "--new-keys"]);
    let (_, notification) = desk.ask("support", "pavel@factory.example", "Касса", "Не печатает.");
    let done = desk.reply(IVANOV, &notification, "[done]", "Исправлено.");
    assert!(recipients(&desk.send(&done)).contains(&"pavel@factory.example"));
    to(&desk.asks(OLGA, "Ещё", "Вопрос."), OLGA);
}
