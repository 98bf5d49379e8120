//! Releases: who waits for one is told of its day and of its coming, once.

use crate::duplicates::three;
use crate::support::{IVANOV, OLGA, TestDesk, Wait, recipients, text_to, to};
use maildesk::flow::{self, ReleaseNews};
use maildesk::model::{Release, Version};

const PAVEL: &str = "pavel@factory.example";
const MARIA: &str = "maria@shop.example";

#[test]
fn a_release_tells_every_waiting_requester_once() {
    let mut desk = TestDesk::two_desks("0s");
    let [one, two, _] = three(&mut desk);
    let planned = desk.reply(IVANOV, &one, "[release 2.4.17 2026-12-01]", "");
    let letters = desk.send_to("support", &planned);
    assert!(
        text_to(&letters, OLGA).contains("2.4.17") && text_to(&letters, OLGA).contains("1 December 2026"),
        "{}",
        text_to(&letters, OLGA)
    );
    let planned = desk.reply(IVANOV, &two, "[release 2.4.17 2026-12-01]", "");
    desk.send_to("support", &planned);

    let out = desk.message(IVANOV, "[released 2.4.17]", "");
    let letters = desk.send_to("internal", &out);
    assert_eq!(recipients(&letters), [IVANOV, OLGA, PAVEL]);
    assert!(
        text_to(&letters, OLGA).contains("2.4.17") && text_to(&letters, OLGA).contains("OTK-1"),
        "{}",
        text_to(&letters, OLGA)
    );
    assert!(text_to(&letters, IVANOV).contains(": 2."), "{}", text_to(&letters, IVANOV));
    assert_eq!(["OTK-1", "OTK-2", "OTK-3"].map(|number| desk.status(number)), ["done", "done", "new"]);

    let again = desk.message(IVANOV, "[released 2.4.17]", "");
    let letters = desk.send_to("internal", &again);
    assert_eq!(recipients(&letters), [IVANOV], "nobody waits any more");
    // Whoever is no engineer releases nothing.
    let forged = desk.message(PAVEL, "[released 2.4.17]", "");
    desk.send_to("support", &forged);
    assert_eq!((desk.last_disposition().0.as_str(), desk.status("OTK-3").as_str()), ("opened", "new"));
    desk.verify();
}

#[test]
fn a_release_taken_back_within_the_grace_is_never_heard_of() {
    let mut desk = TestDesk::two_desks("10m");
    let [one, two, _] = three(&mut desk);
    for letter in [&one, &two] {
        let planned = desk.reply(IVANOV, letter, "[release 2.4.17]", "");
        desk.send_to("support", &planned);
    }
    let out = desk.message(IVANOV, "[released 2.4.17]", "");
    let receipt = to(&desk.send_to("internal", &out), IVANOV);
    let undo = desk.reply(IVANOV, &receipt, "[undo]", "");
    assert_eq!(recipients(&desk.send_to("support", &undo)), [IVANOV]);
    assert_eq!(["OTK-1", "OTK-2"].map(|number| desk.status(number)), ["planned", "planned"]);
    assert_eq!(recipients(&desk.later(3_601)), Vec::<&str>::new());
    let undo = desk.reply(IVANOV, &receipt, "[undo]", "");
    assert_eq!(recipients(&desk.send_to("support", &undo)), [IVANOV], "nothing is left to take back");
    assert_eq!(desk.status("OTK-1"), "planned");
    desk.verify();
}

#[test]
fn the_command_line_announces_a_new_day_and_a_release_and_nobody_hears_either_twice() {
    let mut desk = TestDesk::two_desks("0s");
    let [one, two, three] = three(&mut desk);
    for (letter, tags) in
        [(&one, "[release 2.4.17 2026-12-01]"), (&two, "[release 2.4.17 2026-12-20]"), (&three, "[duplicate OTK-1]")]
    {
        let planned = desk.reply(IVANOV, letter, tags, "");
        desk.send_to("support", &planned);
    }
    let version = Version::parse("2.4.17").unwrap();
    let date = Some(jiff::civil::date(2026, 12, 20));
    let listed = desk.reader().view().releases(None).unwrap();
    assert_eq!(listed.iter().map(|row| row.waiting).collect::<Vec<_>>(), [1, 1]);
    for (announcement, told) in [
        (ReleaseNews::On(Release { version: version.clone(), date }), vec![OLGA]),
        (ReleaseNews::On(Release { version: version.clone(), date }), vec![]),
        (ReleaseNews::Out(version.clone()), vec![MARIA, OLGA, PAVEL]),
        (ReleaseNews::Out(version.clone()), vec![]),
    ] {
        let context = desk.context();
        let announced = flow::release(&context, None, announcement.clone()).wait().unwrap();
        drop(context);
        let letters = desk.pass();
        assert_eq!(recipients(&letters), told, "{announcement:?}");
        assert_eq!(announced.letters, told.len() as u64);
    }
    assert_eq!(["OTK-1", "OTK-2", "OTK-3"].map(|number| desk.status(number)), ["done", "done", "done"]);
    desk.verify();
}

#[test]
fn a_release_tells_a_requester_of_their_duplicates_once() {
    let mut desk = TestDesk::two_desks("0s");
    let (_, one) = desk.ask("support", OLGA, "Button", "We need an export button.");
    let (_, two) = desk.ask("support", OLGA, "Button again", "We still need an export button.");
    let message = desk.reply(IVANOV, &two, "[duplicate OTK-1]", "");
    desk.send_to("support", &message);
    let message = desk.reply(IVANOV, &one, "[release 2.4.17 2026-12-01]", "");
    desk.send_to("support", &message);
    let out = desk.message(IVANOV, "[released 2.4.17]", "");
    let letters = desk.send_to("internal", &out);
    assert_eq!(recipients(&letters), [IVANOV, OLGA]);
    assert_eq!(desk.status("OTK-2"), "duplicate");
    desk.verify();
}

#[test]
fn release_lists_marks_what_slipped_and_tells_everybody_once() {
    let mut desk = TestDesk::two_desks("0s");
    // The commands have the time of this machine; the daemon here is a little ahead of it.
    desk.set_clock(jiff::Timestamp::now().as_second() + 3_600);
    for (from, tags) in [(OLGA, "[release 2.4.17 2026-01-02]"), (PAVEL, "[release 2.5.0]")] {
        let (_, notification) = desk.ask("support", from, "A wish", "Please add a button.");
        let planned = desk.reply(IVANOV, &notification, tags, "");
        desk.send_to("support", &planned);
    }
    let listed = desk.text(&["release"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("2.4.17\tOTK\t2026-01-02\t1\tlate")), "{listed}");
    assert!(lines.contains(&"2.5.0\tOTK\t-\t1\t"), "{listed}");
    assert!(!desk.text(&["release", "--desk", "TRV"]).contains("2.4.17"));

    let said = desk.text(&["release", "2.4.17", "--date", "2099-12-20"]);
    assert!(said.starts_with("2.4.17: 1 request told of the new date, 1 e-mail written: OTK-1"), "{said}");
    let letters = desk.pass();
    assert_eq!(recipients(&letters), [OLGA]);
    assert!(to(&letters, OLGA).read().text.contains("20 December 2099"));
    assert!(!desk.text(&["release"]).contains("late:"));
    assert!(desk.text(&["release", "2.4.17"]).contains("1 request answered"));
    assert!(desk.text(&["release", "2.4.17"]).contains("no request waits for 2.4.17"));
    assert_eq!(recipients(&desk.pass()), [OLGA]);
    assert_eq!(desk.status("OTK-1"), "done");
    for (arguments, part) in [
        (&["release", "soon"][..], "2.4.17"),
        (&["release", "2.4.17", "--date", "tomorrow"], "2026-12-20"),
        (&["release", "2.4.17", "--desk", "NOPE"], "no desk NOPE"),
    ] {
        let output = desk.output(arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(part), "{arguments:?}: {error}");
    }
}
