//! Desks that keep nothing longer than their time.

use super::*;

#[test]
fn a_desk_keeps_closed_requests_and_other_mail_for_its_time_and_no_longer() {
    let mut life = life("forget_after = \"30 days\"");
    let line = file().1;
    for number in ["OTK-1", "OTK-2"] {
        life.set(number, Ask::Close);
    }
    assert!(life.text(&["check"]).contains("is erased 30 days after their last change"));
    life.days(29);
    assert_eq!(life.json(&["show", "OTK-1"])["request"]["subject"], "canary-subject one");
    assert_eq!(stored_markers(&life, &[line.as_str()]).len(), 1);
    life.days(2);
    life.verify();
    for number in ["OTK-1", "OTK-2"] {
        let shown = life.json(&["show", number]);
        assert_eq!(shown["request"]["subject"], "(forgotten)", "{number}");
        assert!(
            !shown.to_string().contains("client.example") && !shown.to_string().contains("factory.example"),
            "{shown}"
        );
        let events = shown["events"].as_array().unwrap();
        assert_eq!(events.iter().filter(|event| event["change"]["change"] == "forgotten").count(), 1, "once");
        assert_eq!(events.last().unwrap()["who"], "maildesk");
    }
    let kept = life.json(&["show", "OTK-3"]);
    assert_eq!(kept["request"]["subject"], "Third", "it is open");
    assert!(kept["entries"][0]["text"].as_str().unwrap().contains("And this."));
    assert_eq!(stored_markers(&life, &["canary-words", "canary-file", "canary-subject", line.as_str()]), [""; 0]);
    let ignored = life.json(&["received", "--disposition", "ignored"]);
    assert!(ignored.as_array().unwrap().iter().all(|row| !row["erased_at"].is_null()), "{ignored}");
    assert_eq!(stored_markers(&life, &[IVAN]), [IVAN], "he still watches an open request");

    // It is taken up again and closed: what came since then is kept as long again.
    life.set("OTK-2", Ask::Reopen);
    life.set("OTK-2", Ask::Close);
    life.days(29);
    assert!(life.json(&["show", "OTK-2"])["request"]["progress"]["erased_at"].is_null());
    life.days(2);
    assert!(!life.json(&["show", "OTK-2"])["request"]["progress"]["erased_at"].is_null());
    life.receive(&Message::to_support("o9@client.example", OLGA, "Fourth"));
    assert_eq!(life.numbers().last().unwrap().to_string(), "OTK-4");
    life.verify();
}

#[test]
fn killed_while_it_keeps_no_longer_a_desk_goes_on_at_the_next_pass_and_gives_the_space_back() {
    for point in ["retention.before:2", "retention.after"] {
        let mut life = life("forget_after = \"30 days\"");
        for number in ["OTK-1", "OTK-2"] {
            life.set(number, Ask::Close);
        }
        let size = fs::metadata(life.database()).unwrap().len();
        life.dies(&["once"], point);
        life.verify();
        let gone = |life: &TestDesk| life.json(&["show", "OTK-1"])["request"]["subject"] == "(forgotten)";
        assert_eq!(gone(&life), point == "retention.after", "{point}");
        life.text(&["once"]);
        assert!(gone(&life), "{point}");
        life.verify();
        assert_eq!(stored_markers(&life, &["canary-words", "canary-file", file().1.as_str()]), [""; 0], "{point}");
        if point == "retention.before:2" {
            let left = fs::metadata(life.database()).unwrap().len();
            assert!(left + 400_000 < size, "the space of the file is given back: {size} → {left}");
        }
    }
}
