//! Whom the clock reminds, and of what: terms, silence, digests.

use super::*;

#[test]
fn the_first_line_keeps_control_and_is_reminded_while_the_second_is_silent() {
    let mut days = days("remind_after = \"1 working day\"");
    let number = days.opens("Отчёт");
    days.set(&number, Ask::PassOn(Place::Line(2)));
    let reminders = |days: &TestDesk| days.written_to(IVANOV, LetterKind::Reminder).len();
    days.live_until("2026-11-24T09:50", 3 * HOUR);
    assert_eq!(reminders(&days), 0);
    days.live_until("2026-11-25T09:50", 3 * HOUR);
    assert_eq!(reminders(&days), 1, "after a working day");
    days.live_until("2026-11-26T09:50", HOUR);
    assert_eq!(reminders(&days), 2, "and again after another one");
    let reminder = days.written_to(IVANOV, LetterKind::Reminder).pop().unwrap();
    assert!(reminder.text.contains("на линию 2, и с 23.11.2026"), "{}", reminder.text);
    assert!(
        reminder.text.contains("\n— ответ пишите выше этой строки —\n"),
        "it can be answered with tags: {}",
        reminder.text
    );
    assert!(days.written_to(PETROVA, LetterKind::Reminder).is_empty());
    // She answers, and has another working day; what is planned is nobody's turn.
    let reply = days.message(PETROVA, "Re: [OTK-1]", "Какая у Вас версия?");
    days.send_to("internal", &reply);
    days.live_until("2026-11-27T09:40", 3 * HOUR);
    assert_eq!(reminders(&days), 2);
    days.set(&number, Ask::Status(Status::Planned));
    days.live_until("2026-12-08T10:00", DAY);
    assert_eq!(reminders(&days), 2, "in the plan");
}

#[test]
fn terms_are_reminded_of_before_their_end_and_after_it_once_each() {
    let desk = "[[desk.OTK.sla]]\nfirst_response = \"4 working hours\"\nresolution = \"2 working days\"\n\
                [desk.OTK.contract.gold]\ncustomers = [\"gold.example\"]\n\
                [[desk.OTK.contract.gold.sla]]\nresolution = \"1h\"\n";
    let mut days = days(desk);
    let number = days.opens("Отчёт");
    let reminders = |days: &TestDesk| {
        let to = |who: &str| days.written_to(who, LetterKind::Reminder).into_iter().map(|letter| letter.text);
        (to(IVANOV).collect::<Vec<_>>(), to(PETROVA).collect::<Vec<_>>())
    };
    days.live_until("2026-11-23T12:58", 10 * MINUTE);
    assert!(reminders(&days).0.is_empty());
    days.live_until("2026-11-23T13:58", 10 * MINUTE);
    let (ivanov, _) = reminders(&days);
    assert_eq!(ivanov.len(), 1, "three of four hours are over");
    assert!(ivanov[0].contains("Срок первого ответа по запросу OTK-1 истекает 23.11.2026 в 14:00"), "{}", ivanov[0]);
    days.live_until("2026-11-23T14:30", 10 * MINUTE);
    let (ivanov, _) = reminders(&days);
    assert_eq!(ivanov.len(), 2);
    assert!(ivanov[1].contains("истёк 23.11.2026 в 14:00"), "{}", ivanov[1]);
    // Petrova takes it: the resolution is her matter, and its end is told the first line too.
    days.set(&number, Ask::Assign(ShortName::parse("petrova").unwrap()));
    days.live_until("2026-11-25T09:50", HOUR);
    let (ivanov, petrova) = reminders(&days);
    assert_eq!((ivanov.len(), petrova.len()), (2, 1));
    assert!(
        petrova[0].contains("The resolution of request OTK-1 is due on 25 November 2026 at 10:00"),
        "{}",
        petrova[0]
    );
    days.live_until("2026-12-04T10:00", 11 * HOUR);
    let (ivanov, petrova) = reminders(&days);
    assert_eq!((ivanov.len(), petrova.len()), (3, 2), "each once");
    assert!(petrova[1].contains("overdue") && ivanov[2].contains("ещё не решён"), "{petrova:?} {ivanov:?}");
}

#[test]
fn a_contract_counts_before_the_desks_own_terms_and_one_letter_tells_what_is_over_already() {
    let desk = "[[desk.OTK.sla]]\nfirst_response = \"1h\"\nresolution = \"30 days\"\n\
                [desk.OTK.contract.gold]\ncustomers = [\"client.example\"]\n\
                [[desk.OTK.contract.gold.sla]]\nresolution = \"1h\"\n";
    let mut days = days(desk);
    days.opens("Отчёт");
    days.passes_at("2026-11-24T10:00");
    let reminders = days.written_to(IVANOV, LetterKind::Reminder);
    assert_eq!(reminders.len(), 1, "near and over at once: one letter");
    assert!(reminders[0].text.contains("истёк 23.11.2026 в 11:00"), "{}", reminders[0].text);
    days.live_until("2026-12-24T10:00", 2 * DAY);
    assert_eq!(days.written_to(IVANOV, LetterKind::Reminder).len(), 1);
}

#[test]
fn everybody_gets_one_digest_on_each_working_day_that_has_something_to_say() {
    let mut days = days("digest = \"09:00\"\n[[desk.OTK.sla]]\nresolution = \"2 working days\"\n");
    days.passes();
    let digests = |days: &TestDesk, who: &str| days.written_to(who, LetterKind::Digest);
    assert!(digests(&days, IVANOV).is_empty(), "there is nothing to say");
    let number = days.opens("Не печатается отчёт за прошлый год [срочно] из программы");
    days.opens("Второй");
    days.set(&number, Ask::Assign(ShortName::parse("petrova").unwrap()));
    days.live_until("2026-11-24T08:50", HOUR);
    assert!(digests(&days, IVANOV).is_empty(), "today's was for the morning");
    days.live_until("2026-11-24T18:00", HOUR);
    let (ivanov, petrova) = (digests(&days, IVANOV), digests(&days, PETROVA));
    assert_eq!((ivanov.len(), petrova.len()), (1, 1));
    assert_eq!(ivanov[0].subject_raw, "OTK: сводка на 24.11.2026");
    assert!(ivanov[0].text.contains("Ждут исполнителя: 1\n\nOTK-2: Второй · 1 дн."), "{}", ivanov[0].text);
    let line = "Assigned to you: 1\n\nOTK-1: Не печатается отчёт за прошлый год (сроч… · 1 d";
    assert!(petrova[0].text.contains(line), "{}", petrova[0].text);
    days.live_until("2026-11-25T18:00", HOUR);
    let petrova = digests(&days, PETROVA);
    assert_eq!(petrova.len(), 2);
    assert!(petrova[1].text.contains("Due today or overdue: 1\n\nOTK-1"), "{}", petrova[1].text);
    assert!(petrova[1].text.contains("· by 10:00"), "{}", petrova[1].text);
    // Thursday, Friday, Monday; Tuesday is a holiday.
    days.live_until("2026-12-01T23:00", 4 * HOUR);
    assert_eq!(digests(&days, PETROVA).len(), 5);
    // A tag without a number is about none of its requests: nothing is carried out.
    let letter = days.written().into_iter().rfind(|letter| letter.kind == LetterKind::Digest).unwrap();
    let reply = days.message(&letter.recipient, "Re: OTK [close]", "[OTK-1 close]").answering(&letter.message_id);
    days.send_to("support", &reply);
    assert_eq!(days.status(&number), "in_work");
    let disposition = days.reader().view().received(None, 1).unwrap().pop().unwrap();
    assert_eq!(disposition.disposition, Some(Disposition::Ignored), "{disposition:?}");
}

#[test]
fn reminders_and_digests_find_those_who_are_here() {
    let desk = "digest = \"09:00\"\n[[desk.OTK.sla]]\nresolution = \"3 working days\"\n";
    let mut days = days(desk);
    days.passes();
    let number = days.opens("Отчёт");
    let petrova = ShortName::parse("petrova").unwrap();
    days.set(&number, Ask::Assign(petrova.clone()));
    let absence = maildesk::model::policy::Absence { engineer: petrova.clone(), until: None };
    flow::note_absence(&days.context(), &petrova, Some(absence)).wait().unwrap();
    days.live_until("2026-11-25T17:00", HOUR);
    assert!(days.written_to(PETROVA, LetterKind::Digest).is_empty(), "she is away");
    let digest = days.written_to(IVANOV, LetterKind::Digest).pop().unwrap();
    assert!(digest.text.contains("Ждут исполнителя: 1\n\nOTK-1: Отчёт"), "{}", digest.text);
    assert_eq!(days.written_to(IVANOV, LetterKind::Reminder).len(), 1, "its term comes near");
    flow::note_absence(&days.context(), &petrova, None).wait().unwrap();
    days.passes();
    assert_eq!(days.written_to(PETROVA, LetterKind::Digest).len(), 1, "today's, now that she is back");
}
