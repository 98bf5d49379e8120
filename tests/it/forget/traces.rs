//! What could stay behind of a forgotten person: digests, and pages of the database.

use super::*;

#[test]
fn the_subject_of_a_forgotten_request_stands_in_no_digest() {
    let mut life = life("digest = \"09:00\"");
    // From a Sunday to Tuesday.
    life.days(1);
    life.days(1);
    let digests = |life: &TestDesk| -> Vec<Value> {
        life.json(&["outbox"]).as_array().unwrap().iter().filter(|row| row["kind"] == "digest").cloned().collect()
    };
    assert!(!digests(&life).is_empty(), "there is one");
    life.set("OTK-1", Ask::Close);
    life.text(&["forget", IVAN, "--yes"]);
    assert!(digests(&life).iter().all(|row| !row["erased_at"].is_null()));
    assert_eq!(stored_markers(&life, &MARKERS), [""; 0]);
    life.verify();
}

#[test]
fn among_many_others_nothing_of_a_person_is_left_in_pages_that_were_split() {
    let mut life = long_ago("");
    // Addresses come in no order, so that the pages of indexes are split again and again.
    for number in 0_u64..700 {
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let from = if number % 70 == 35 { NAMED.to_owned() } else { format!("{mixed:016x}@people.example") };
        let id = if number % 70 == 35 {
            format!("{mixed:016x}.canary-id@x.example")
        } else {
            format!("{mixed:016x}@x.example")
        };
        let subject = if number % 70 == 35 { "canary-subject" } else { "Any" };
        life.deliver("support", &Message::to_support(&id, &from, subject).raw());
    }
    life.passes();
    assert_eq!(life.numbers().len(), 700);
    life.text(&["forget", IVAN, "--yes", "--even-open"]);
    assert_eq!(stored_markers(&life, &MARKERS), [""; 0]);
    life.verify();
}
