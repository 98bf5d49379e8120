//! Caps on acknowledgements: forged senders and robots are kept quiet, and no person is silenced without a word.

mod table;

use std::collections::BTreeSet;

use crate::support::{
    IVANOV, Message, OLGA, PIPED, SentLetter, TWO_BARE_DESKS, TWO_STAFFED_DESKS, TestDesk, recipients, to,
};
use maildesk::flow::{self, HostStatus};
use maildesk::model::ReceivedId;

const HOUR: i64 = 3_600;

/// The desk of [`TWO_BARE_DESKS`] that lists big.example as a customer, with these limits.
fn bare(limits: &str) -> TestDesk {
    let listed = "address = \"support@example.org\"\ncustomers = [\"big.example\"]";
    let limits = format!("{TWO_BARE_DESKS}\n[limits]\n{limits}\n");
    TestDesk::with(&limits).replacing("address = \"support@example.org\"", listed).staying_open().open()
}

/// The same for the desk with engineers.
fn staffed(limits: &str) -> TestDesk {
    let listed = "address = \"support@example.org\"\ncustomers = [\"big.example\"]";
    let limits = format!("{TWO_STAFFED_DESKS}\n[limits]\n{limits}\n");
    TestDesk::with(&limits).replacing("address = \"support@example.org\"", listed).open()
}

/// So many people write at once, all the same; gives who was acknowledged at once, and who within four hours.
fn all_at_once(desk: &mut TestDesk, count: usize, person: impl Fn(usize) -> String) -> (usize, usize) {
    for index in 0..count {
        let message = Message::to_support(&format!("{index}@all.example"), &person(index), "Не работает");
        desk.deliver("support", &message.text("Ничего не открывается.").raw());
    }
    let at_once = desk.pass();
    // The last minute in which something may go out is the one before four hours are over.
    let later = (0..16).flat_map(|_| desk.later(HOUR / 4 - 1)).collect::<Vec<_>>();
    let told: BTreeSet<&str> = recipients(&at_once).into_iter().chain(recipients(&later)).collect();
    assert_eq!(told.len(), at_once.len() + later.len(), "nobody is told twice");
    (at_once.len(), told.len())
}

/// Why a message became what it did.
fn reasons(desk: &TestDesk, message: i64) -> String {
    desk.reader().view().received_one(ReceivedId(message)).unwrap().unwrap().reasons.join("; ")
}

/// What `status` warns of about acknowledgements.
fn warned(desk: &TestDesk) -> Vec<String> {
    let status = flow::status(desk.reader().view(), &desk.settings, HostStatus::default(), desk.now()).unwrap();
    let warnings = status.warnings.into_iter().filter(|warning| warning.about == "acknowledgements");
    warnings.map(|warning| warning.problem).collect()
}

#[test]
fn five_hundred_customers_of_five_hundred_companies_are_acknowledged_within_four_hours() {
    assert_eq!(all_at_once(&mut bare(""), 500, |n| format!("user@company{n}.example")), (300, 500));
}

#[test]
fn five_hundred_customers_of_one_listed_company_are_acknowledged_within_four_hours() {
    assert_eq!(all_at_once(&mut bare(""), 500, |n| format!("user{n}@big.example")), (300, 500));
}

#[test]
fn five_hundred_customers_of_one_public_provider_are_acknowledged_within_four_hours() {
    assert_eq!(all_at_once(&mut bare(""), 500, |n| format!("user{n}@gmail.com")), (300, 500));
}

#[test]
fn of_one_unlisted_company_goes_what_its_cap_lets_go_and_the_rest_is_cancelled_on_record_and_told() {
    let mut desk = bare("");
    assert_eq!(all_at_once(&mut desk, 500, |n| format!("user{n}@small.example")), (60, 240));
    assert_eq!(desk.numbers().len(), 500, "all are filed");
    let reasons = reasons(&desk, 500);
    let cap =
        "not acknowledged: cap reached: 60 acknowledgements to this domain within an hour, and for the next four hours";
    assert!(reasons.contains(cap), "{reasons}");
    assert_eq!(warned(&desk), ["260 were withheld in the last 24 hours, because a cap was reached"]);
}

#[test]
fn what_the_caps_keep_back_is_one_warning_in_the_log_and_in_status() {
    let desk = TestDesk::program(
        &format!("{PIPED}\n[limits]\ndomain_hour = 2\nwaiting = 1\n")
            .replace("pipe = true", "maildir = \"mail\"\nstart = \"all\""),
    );
    for index in 0..6 {
        let from = format!("user{index}@small.example");
        desk.deliver("support", &Message::to_support(&format!("{index}@all.example"), &from, "Не работает").raw());
    }
    let log = String::from_utf8(desk.output(&["once"]).stderr).unwrap();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("caps are reached")).collect();
    assert!(lines.len() == 1 && lines[0].contains("waiting=1") && lines[0].contains("withheld=3"), "{lines:?}");
    let status = desk.output(&["status"]).stdout;
    let status = String::from_utf8(status).unwrap();
    let warning = "WARNING acknowledgements: 1 wait and 3 were withheld in the last 24 hours, because caps are reached";
    assert!(status.contains(warning), "{status}");
}

/// 10,000 forged senders, scaled down to what runs in seconds: 1,000, with caps of a tenth.
#[test]
fn forged_senders_get_few_letters_and_keep_no_known_customer_waiting() {
    let mut desk = bare("all_hour = 30\nwaiting = 30");
    let acknowledgement = to(&desk.asks(OLGA, "Касса", "Касса не печатает."), OLGA);
    let answer = desk.reply(OLGA, &acknowledgement, "", "И чек пустой.");
    desk.send(&answer);
    let (at_once, in_all) = all_at_once(&mut desk, 1_000, |n| format!("user@forged{n}.example"));
    assert!(at_once <= 30 && in_all <= 60, "{at_once} letters at once, {in_all} in all");
    let forged = |desk: &TestDesk, serial: usize| {
        desk.deliver(
            "support",
            &Message::to_support(&format!("x{serial}@x"), &format!("x@y{serial}.example"), "Any").raw(),
        );
    };
    (0..100).for_each(|serial| forged(&desk, serial));
    let again = desk.asks(OLGA, "Весы", "Весы не включаются.");
    assert!(recipients(&again).contains(&OLGA), "one who has answered a letter of ours never waits");
    let listed = desk.asks("anna@big.example", "Scales", "They do not switch on.");
    assert_eq!(
        recipients(&listed),
        ["anna@big.example"],
        "what is forged does not use up the cap of a listed customer"
    );
}

#[test]
fn a_listed_customer_is_quoted_only_up_to_the_cap_of_any_domain_and_one_who_answered_always() {
    let mut desk = bare("domain_hour = 3\n");
    let subject = |letters: &[SentLetter]| letters[0].read().subject;
    let mut acknowledgement = None;
    for (index, name) in ["anna", "boris", "clara"].into_iter().enumerate() {
        let letters = desk.asks(&format!("{name}@big.example"), &format!("Scales of {name}"), name);
        assert_eq!(subject(&letters), format!("Scales of {name} [OTK-{}]", index + 1));
        acknowledgement.get_or_insert_with(|| letters[0].clone());
    }
    let letters = desk.asks("dora@big.example", "Scales of dora", "dora");
    assert_eq!(subject(&letters), "[OTK-4] Your request is registered", "a From is a claim");
    let answer = desk.reply("anna@big.example", &acknowledgement.unwrap(), "", "Still broken.");
    desk.send(&answer);
    let letters = desk.asks("anna@big.example", "Printer of anna", "anna");
    assert_eq!(subject(&letters), "Printer of anna [OTK-5]");
}

#[test]
fn engineers_read_that_an_acknowledgement_waits_and_their_answer_takes_its_place() {
    let mut desk = staffed("domain_hour = 1");
    desk.asks("one@small.example", "Printer", "It prints nothing.");
    let letters = desk.asks("two@small.example", "Scales", "They do not switch on.");
    assert_eq!(recipients(&letters), [IVANOV], "the acknowledgement waits");
    let notification = to(&letters, IVANOV);
    let told = notification.read().text;
    assert!(told.contains("Подтверждение с номером OTK-2 уйдёт заявителю"), "{told}");
    assert_eq!(warned(&desk), ["1 wait, because a cap is reached"]);
    let answer = to(&desk.answers("ivanov", &notification, "", "Which scales?"), "two@small.example");
    assert_eq!(answer.read().subject, "Scales [OTK-2]", "the number stands in the first human letter");
    assert_eq!(recipients(&desk.hours(5)), [""; 0], "and the acknowledgement does not follow");
    let row = desk.text(&["outbox", "--state", "cancelled"]);
    assert!(row.contains("two@small.example"), "{row}");
}

#[test]
fn a_sender_of_spam_is_not_acknowledged_later() {
    let mut desk = staffed("domain_hour = 1");
    desk.asks("one@small.example", "Printer", "It prints nothing.");
    let notification = to(&desk.asks("two@small.example", "Buy now", "Cheap printers."), IVANOV);
    desk.answers("ivanov", &notification, "[spam]", "");
    assert!(!recipients(&desk.hours(5)).contains(&"two@small.example"));
}

#[test]
fn engineers_read_that_an_acknowledgement_was_withheld_and_their_answer_gives_the_number() {
    let mut desk = staffed("domain_hour = 1\nwaiting = 1");
    desk.asks("one@small.example", "Printer", "It prints nothing.");
    desk.asks("two@small.example", "Scales", "They do not switch on.");
    let letters = desk.asks("three@small.example", "Till", "It is stuck.");
    let notification = to(&letters, IVANOV);
    let told = notification.read().text;
    assert!(told.contains("Заявитель не получил подтверждения") && told.contains("Номер OTK-3"), "{told}");
    let answer = to(&desk.answers("ivanov", &notification, "", "Which till?"), "three@small.example");
    assert_eq!(answer.read().subject, "Till [OTK-3]");
}

#[test]
fn the_third_request_of_a_day_under_the_same_subject_or_none_is_acknowledged() {
    for subject in ["Ошибка бронирования", ""] {
        let mut desk = bare("");
        for _ in 0..3 {
            let letters = desk.asks(OLGA, subject, "Не могу забронировать, помогите.");
            assert_eq!(recipients(&letters), [OLGA], "{subject:?}");
            desk.skip(2 * HOUR);
        }
    }
}

/// A robot without any sign of one writes, and answers each letter of ours with a new message a few seconds later.
fn letters_to_a_robot(from: impl Fn(usize) -> String, subject: &str, words: &str) -> usize {
    let mut desk = bare("");
    let fill = |text: &str, round: usize| text.replace("{n}", &(4_700 + 13 * round).to_string());
    for round in 0..40 {
        let letters = desk.asks(&from(round), &fill(subject, round), &fill(words, round));
        if letters.is_empty() {
            // It sends a reminder every hour.
            let reminders = (0..24).flat_map(|hour| {
                desk.skip(HOUR);
                desk.asks(&from(40 + hour), &fill(subject, 40 + hour), &fill(words, 40 + hour))
            });
            return round + reminders.count();
        }
        desk.skip(7);
    }
    panic!("40 letters to a robot");
}

#[test]
fn a_robot_that_answers_every_letter_gets_two_and_three_under_new_addresses() {
    let one = |_| "helpdesk@robot.example".to_owned();
    for (subject, words) in [
        ("Ticket received", "We have received your ticket."),
        ("Ticket {n} received", "We have received your ticket {n}."),
        ("[JIRA] (ABC-{n}) Your request OTK was created", "You can follow it at https://jira.example/ABC-{n}"),
        ("Ваше обращение №{n} зарегистрировано", "Номер обращения: {n}. Время: 10:{n}."),
        ("Delivery Status Notification (Failure) {n}", "Your message {n} could not be delivered."),
        ("", "Noted under {n}."),
    ] {
        // Some are known for robots by their words already.
        assert!(letters_to_a_robot(one, subject, words) <= 2, "{subject}");
    }
    assert_eq!(letters_to_a_robot(one, "Noted {n}", "We are on it: {n}."), 2);
    let numbered = |round| format!("case-{round}@robot.example");
    assert!(letters_to_a_robot(numbered, "Case {n}", "Your case {n} is registered.") <= 3);
    let on_new_hosts = |round| format!("robot@node{round}.robot.example");
    assert!(letters_to_a_robot(on_new_hosts, "Case {n}", "Your case {n} is registered.") <= 3);
    let lettered = |round: usize| format!("{}@robot.example", ["qa", "wsx", "edc"][round % 3].repeat(1 + round));
    assert!(letters_to_a_robot(lettered, "Case {n}", "Your case {n} is registered.") <= 3);
}

#[test]
fn six_alike_messages_in_an_hour_are_not_acknowledged_and_of_one_who_has_answered_they_are() {
    let mut desk = bare("");
    let mut acknowledgement = None;
    for round in 1..=6 {
        let letters = desk.asks(OLGA, &format!("Отчёт {round}"), "Отчёт пустой.");
        assert_eq!(letters.len(), usize::from(round < 6), "round {round}");
        acknowledgement = letters.into_iter().next().or(acknowledgement);
        desk.skip(150);
    }
    assert!(reasons(&desk, 6).contains("cap reached: 6 alike messages of this sender within an hour"));
    let answer = desk.reply(OLGA, &acknowledgement.unwrap(), "", "И ещё один.");
    desk.send(&answer);
    desk.skip(700);
    assert_eq!(desk.asks(OLGA, "Отчёт 7", "Отчёт пустой.").len(), 1);
}

#[test]
fn a_flood_becomes_one_request_told_once_and_each_of_its_messages_can_be_a_request_of_its_own() {
    let mut desk = staffed("flood_hour = 5\nsender_ten_minutes = 100\nalike_hour = 100");
    let write = |desk: &mut TestDesk, index: usize| {
        let message = desk.message("robot@shop.example", &format!("Alarm {index}"), &format!("Door {index} is open."));
        desk.send(&message.file("door.txt", "text/plain", format!("door {index}").as_bytes()))
    };
    let mut told = Vec::new();
    for index in 1..=12 {
        told.extend(write(&mut desk, index).into_iter().filter(|letter| letter.rcpt == IVANOV));
        desk.skip(61);
    }
    assert_eq!(desk.numbers().len(), 6, "five of their own, and the flood");
    assert_eq!(told.len(), 6);
    let last = told[5].read().text;
    assert!(last.contains("пришло больше 5 похожих писем") && last.contains("maildesk received split OTK-6"), "{last}");
    assert_eq!(desk.entries("OTK-6"), 7, "each message stays apart");
    let people = desk.asks(OLGA, "Alarm 13", "Дверь открыта.");
    assert_eq!(recipients(&people), [IVANOV, OLGA], "somebody else's request is not part of it");
    desk.text(&["received", "split", "OTK-6"]);
    let letters = desk.pass();
    assert_eq!(letters.iter().filter(|letter| letter.rcpt == "robot@shop.example").count(), 6);
    assert_eq!((desk.numbers().len(), desk.entries("OTK-6")), (13, 1));
    assert_eq!(desk.request("OTK-13").subject, "Alarm 12");
    assert!(desk.refused(&["received", "split", "OTK-6"]).contains("no flood has added messages to OTK-6"));
}

#[test]
fn listed_customers_web_forms_and_who_has_answered_make_no_flood() {
    let mut desk = bare("flood_hour = 2\nsender_ten_minutes = 100\nalike_hour = 100");
    let mut acknowledgement = None;
    for (index, from) in ["anna@big.example"; 5].into_iter().chain([OLGA; 2]).enumerate() {
        let letters = desk.asks(from, "Отчёт", "Отчёт пустой.");
        acknowledgement = letters.into_iter().next();
        assert_eq!(desk.numbers().len(), index + 1);
        desk.skip(61);
    }
    let answer = desk.reply(OLGA, &acknowledgement.unwrap(), "", "И ещё один.");
    desk.send(&answer);
    for _ in 0..3 {
        desk.asks(OLGA, "Отчёт", "Отчёт пустой.");
    }
    assert_eq!(desk.numbers().len(), 10);
}

#[test]
fn what_was_counted_is_dropped_after_a_day() {
    let mut desk = bare("");
    desk.asks(OLGA, "Касса", "Касса не печатает.");
    let old = desk.unix() / 60;
    desk.skip(26 * HOUR);
    assert!(desk.number(&format!("SELECT count(*) FROM tally WHERE minute <= {old}")) > 0);
    desk.asks(OLGA, "Весы", "Весы не включаются.");
    assert_eq!(desk.number(&format!("SELECT count(*) FROM tally WHERE minute <= {old}")), 0);
}
