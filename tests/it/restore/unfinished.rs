//! A restore that is not done, or not done yet, is taken for nothing else.

use super::*;

/// Killed when the old database was out of the way and the new one not yet in its place.
#[test]
fn a_restore_that_was_interrupted_is_not_taken_for_a_new_installation() {
    let mut desk = desk_with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    desk.lose();
    let left = desk.path("state/maildesk.db.restoring");
    fs::copy(&copy, &left).unwrap();
    let error = desk.start_error();
    assert!(error.contains("maildesk restore"), "{error}");
    assert!(!desk.database().exists(), "no empty database is made");
    // Nor is what was left lost where it is all that there is.
    assert!(daemon::restore(&desk.settings.state_dir, &left, false, false, desk.now()).is_err());
    assert!(left.exists());
    desk.restore(&copy);
    assert!(!left.exists());
    desk.resync();
}

/// The keys are back, the database is not yet: everybody would be answered anew.
#[test]
fn keys_without_a_database_are_not_taken_for_a_new_installation() {
    let mut desk = desk_with("");
    desk.comes(&Message::to_support("ann@client.example", ANN, "The printer jams"));
    let copy = desk.backup("copy.db");
    desk.lose();
    let error = desk.start_error();
    assert!(error.contains("maildesk restore"), "{error}");
    desk.restore(&copy);
    desk.resync();
    assert_eq!(desk.count(ANN), 1);
}
