//! Days pass in milliseconds: what time does to requests, through the whole daemon. Every pass is a start and a
//! stop of the daemon, so that everything here holds over restarts too.

use std::path::PathBuf;

use crate::support::{NO_CAPS, TestDesk, Wait, bounce_of};
use jiff::tz::TimeZone;
use maildesk::mail::parse;
use maildesk::model::settings::TransportKind;
use maildesk::model::{Ask, Incoming, LetterKind, Place, ShortName, Status, Timestamp};
use maildesk::store::LetterRow;
use maildesk::{daemon, flow};

const CLIENT: &str = "olga@client.example";
const IVANOV: &str = "ivanov@example.org";
const PETROVA: &str = "petrova@example.org";

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A desk with two lines, and a mailbox in which engineers are believed. `%` is what the desk says besides.
const DESK: &str = r#"
state_dir = "state"

[desk.OTK]
name = "Поддержка"
address = "support@example.org"
grace = "0s"
%

[desk.OTK.line.1]
members = ["ivanov"]

[desk.OTK.line.2]
members = ["petrova"]

[desk.OTK.calendar]
zone = "Europe/Moscow"
hours = "09:00-18:00"
holidays = ["2026-12-01"]

[engineer.ivanov]
name = "Иван Иванов"
address = "ivanov@example.org"

[engineer.petrova]
name = "Anna Petrova"
address = "petrova@example.org"
language = "en"

[mailbox.support]
desk = "OTK"
maildir = "support"
start = "all"

[mailbox.internal]
desk = "OTK"
maildir = "internal"
start = "all"
internal = true

[transport.folder]
folder = "letters"
"#;

fn days(desk: &str) -> TestDesk {
    let configuration = format!("{}{NO_CAPS}", DESK.replace('%', desk));
    TestDesk::with(&configuration).at("2026-11-23T10:00:00+03:00").never_late().open()
}

fn in_moscow(local: &str) -> i64 {
    let civil: jiff::civil::DateTime = local.parse().unwrap();
    TimeZone::get("Europe/Moscow").unwrap().to_timestamp(civil).unwrap().as_second()
}

impl TestDesk {
    /// Sets the clock to a later time in Moscow.
    fn moscow(&self, local: &str) {
        let at = in_moscow(local);
        assert!(at >= self.unix(), "{local}");
        self.set_clock(at);
    }

    /// Passes then, and again at once.
    fn passes_at(&mut self, local: &str) {
        self.moscow(local);
        self.passes();
    }

    /// Many passes until then, so that whatever is done twice shows.
    fn live_until(&mut self, local: &str, step: i64) {
        let end = in_moscow(local);
        while self.unix() + step < end {
            self.later(step);
        }
        self.passes_at(local);
    }

    /// A request of the client.
    fn opens(&mut self, subject: &str) -> String {
        self.asks(&format!("Ольга <{CLIENT}>"), subject, "Не печатается отчёт.");
        self.numbers().pop().unwrap().to_string()
    }

    fn done(&mut self, number: &str) {
        self.set(number, Ask::Status(Status::Done));
    }

    fn answered_at(&self, number: &str) -> Option<Timestamp> {
        self.request(number).progress.answered_at
    }

    /// All letters ever written, the oldest first.
    fn written(&self) -> Vec<LetterRow> {
        let mut rows = self.reader().view().letters(None, u32::MAX).unwrap();
        rows.reverse();
        rows
    }

    /// Those of a kind to somebody.
    fn written_to(&self, to: &str, kind: LetterKind) -> Vec<Incoming> {
        let own = self.written().into_iter().filter(|letter| letter.recipient == to && letter.kind == kind.as_str());
        own.map(|letter| parse::parse(&self.sent(&letter.message_id).unwrap())).collect()
    }

    fn last_written_to(&self, to: &str) -> String {
        self.written().into_iter().rfind(|letter| letter.recipient == to).unwrap().message_id
    }

    /// Whether letters reach anybody from now on.
    fn carry_letters(&mut self, carried: bool) {
        let folder = if carried { self.path("letters") } else { PathBuf::from("/dev/null/x") };
        self.settings.transports[0].kind = TransportKind::Folder(folder);
    }
}

#[test]
fn an_answered_request_closes_three_days_after_its_delivery_and_not_after_its_writing() {
    let mut days = days("close_after = \"3 days\"");
    let number = days.opens("Отчёт");
    days.carry_letters(false);
    days.done(&number);
    days.passes_at("2026-11-25T10:00");
    assert_eq!(days.answered_at(&number), None, "written, and not delivered");
    days.carry_letters(true);
    days.moscow("2026-11-25T15:00");
    days.pass();
    assert_eq!(days.answered_at(&number).unwrap().unix(), days.unix());
    days.passes_at("2026-11-28T14:59");
    assert_eq!(days.status(&number), "done");
    days.passes_at("2026-11-28T15:01");
    assert_eq!(days.status(&number), "closed");
    days.live_until("2026-12-20T10:00", DAY);
    let notices = days.written_to(CLIENT, LetterKind::Notice);
    assert_eq!(notices.len(), 2, "that it is done, and that it is closed");
    let text = &notices[1].text;
    assert!(text.contains("ответ от 25.11.2026") && text.contains("OTK-1 закрыт"), "{text}");
    assert!(text.contains("ответьте на это письмо"), "{text}");
    assert_eq!(notices[1].header("Auto-Submitted").next(), Some("auto-replied"));
    let events = days.events(&number);
    let last = events.last().unwrap();
    assert_eq!((last.who.to_string().as_str(), last.proof.as_str()), ("maildesk", "the clock"));

    let message = days.message(CLIENT, "Re: [OTK-1]", "Снова не печатается, посмотрите ещё раз.");
    let message = message.answering(&days.last_written_to(CLIENT));
    days.send_to("support", &message);
    assert_eq!(days.status(&number), "in_work", "a reply takes it up again");
    days.passes_at("2027-01-20T10:00");
    assert_eq!(days.status(&number), "in_work");
}

#[test]
fn what_the_clock_did_in_a_lost_time_it_does_again_and_nobody_hears_of_it_again() {
    for lost_after_closing in [true, false] {
        let mut days = days("close_after = \"3 days\"");
        let number = days.opens("Отчёт");
        days.done(&number);
        days.passes_at("2026-11-25T10:00");
        let copy = days.settings.state_dir.with_file_name("copy.db");
        days.reader().copy_to(&copy, Timestamp::from_unix(days.unix())).unwrap();
        days.passes_at("2026-11-26T12:00");
        assert_eq!(days.status(&number), "closed");
        let told = days.written_to(CLIENT, LetterKind::Notice).len();
        let letters = days.settings.state_dir.with_file_name("letters");
        let carried = std::fs::read_dir(&letters).unwrap().count();

        days.moscow("2026-11-27T10:00");
        let now = Timestamp::from_unix(days.unix());
        daemon::restore(&days.settings.state_dir, &copy, true, false, now).unwrap();
        assert_eq!(days.status(&number), "done", "as the copy knows it");
        days.passes();
        assert_eq!(days.status(&number), "done", "nothing happens before the restore is accepted");
        let mut daemon = days.opened();
        let resync = flow::assess(daemon.context(), &[], || {}).wait().unwrap().unwrap();
        let lost_at = now.plus_seconds(if lost_after_closing { 0 } else { -DAY - 6 * HOUR });
        daemon.accept(&resync, lost_at).wait().unwrap();
        daemon.close().wait().unwrap();
        days.look(1);
        days.look(1);
        assert_eq!(days.status(&number), "closed");
        assert_eq!(
            days.written().into_iter().filter(|letter| letter.recipient == CLIENT && letter.kind == "notice").count(),
            told
        );
        let again = std::fs::read_dir(&letters).unwrap().count() - carried;
        assert_eq!(again, usize::from(!lost_after_closing), "it was told before, if it was closed before");
    }
}

#[test]
fn a_reopening_that_is_taken_back_lets_the_silence_count_anew() {
    let mut days = days("close_after = \"3 days\"");
    let number = days.opens("Отчёт");
    days.done(&number);
    for (tag, status) in [("reopen", "in_work"), ("undo", "done")] {
        let message = days.message(IVANOV, &format!("[{number}] [{tag}]"), "");
        days.send_to("internal", &message);
        assert_eq!(days.status(&number), status);
    }
    days.passes_at("2026-11-25T10:00");
    assert_eq!(days.status(&number), "done");
    days.passes_at("2026-11-27T10:00");
    assert_eq!(days.status(&number), "closed");
}

#[test]
fn days_of_silence_are_calendar_days_or_working_days_as_the_desk_says() {
    // Delivered on Friday at 15:00; the Tuesday after is a holiday.
    for (close_after, last, end) in [
        ("3 days", "2026-11-30T14:59", "2026-11-30T15:01"),
        ("3 working days", "2026-12-03T14:59", "2026-12-03T15:01"),
        ("8 working hours", "2026-11-30T13:59", "2026-11-30T14:01"),
        ("4h", "2026-11-27T18:59", "2026-11-27T19:01"),
    ] {
        let mut days = days(&format!("close_after = \"{close_after}\""));
        let number = days.opens("Отчёт");
        days.moscow("2026-11-27T15:00");
        days.done(&number);
        days.passes_at(last);
        assert_eq!(days.status(&number), "done", "{close_after}");
        days.passes_at(end);
        assert_eq!(days.status(&number), "closed", "{close_after}");
    }
}

#[test]
fn the_requester_is_told_once_a_day_ahead_and_has_that_day_even_after_an_outage() {
    for outage in [false, true] {
        let mut days = days("close_after = \"3 days\"\nclosing_notice = \"1 day\"");
        let number = days.opens("Отчёт");
        days.done(&number);
        let said = |days: &TestDesk| days.written_to(CLIENT, LetterKind::Notice).len();
        if outage {
            days.passes_at("2026-12-10T10:00");
            assert_eq!((said(&days), days.status(&number).as_str()), (2, "done"), "first the notice");
            days.passes_at("2026-12-11T09:59");
            assert_eq!((said(&days), days.status(&number).as_str()), (2, "done"));
            days.passes_at("2026-12-11T10:01");
        } else {
            days.live_until("2026-11-25T09:50", 7 * HOUR);
            assert_eq!(said(&days), 1);
            days.live_until("2026-11-25T10:10", 2 * MINUTE);
            days.live_until("2026-11-26T09:50", 5 * HOUR);
            assert_eq!((said(&days), days.status(&number).as_str()), (2, "done"));
            days.live_until("2026-11-26T10:10", MINUTE);
        }
        assert_eq!((said(&days), days.status(&number).as_str()), (3, "closed"));
        let notice = days.written_to(CLIENT, LetterKind::Notice).remove(1).text;
        let day = if outage { "11.12.2026" } else { "26.11.2026" };
        assert!(notice.contains(&format!("{day} запрос закроется автоматически")), "{notice}");
        assert!(notice.contains("mailto:"), "it can be confirmed at a touch: {notice}");
    }
}

#[test]
fn neither_thanks_nor_automatic_mail_put_the_end_off() {
    let mut days = days("close_after = \"3 days\"");
    let number = days.opens("Отчёт");
    days.done(&number);
    let answer = days.last_written_to(CLIENT);
    days.moscow("2026-11-25T10:00");
    let thanks = days.message(CLIENT, "Re: [OTK-1]", "Спасибо!").answering(&answer);
    days.send_to("support", &thanks);
    let absent = days.message(CLIENT, "Re: [OTK-1]", "Я в отпуске.").answering(&answer);
    days.send_to("support", &absent.header("Auto-Submitted: auto-replied"));
    assert_eq!(days.status(&number), "done");
    days.passes_at("2026-11-26T10:01");
    assert_eq!(days.status(&number), "closed");
}

#[test]
fn an_answer_or_a_bounce_stops_the_silence() {
    let mut days = days("close_after = \"3 days\"\nclosing_notice = \"1 day\"");
    let (first, second) = (days.opens("Отчёт"), days.opens("Печать"));
    days.done(&first);
    days.done(&second);
    let letters: Vec<LetterRow> = days.written().into_iter().filter(|letter| letter.kind == "notice").collect();
    days.moscow("2026-11-24T10:00");
    let bounce = bounce_of("b1@mx.example", &letters[0].message_id, CLIENT);
    days.deliver("support", &bounce);
    let answer = days.message(CLIENT, "Re: [OTK-2]", "Там же осталась ошибка 7.").answering(&letters[1].message_id);
    days.send_to("support", &answer);
    for number in [&first, &second] {
        assert_eq!(days.status(number), "in_work");
        assert_eq!(days.answered_at(number), None);
    }
    days.live_until("2026-12-20T10:00", DAY);
    assert_eq!((days.status(&first).as_str(), days.status(&second).as_str()), ("in_work", "in_work"));
    assert_eq!(days.written_to(CLIENT, LetterKind::Notice).len(), 2, "no notice of an end that does not come");
    // Answered anew, the days are counted anew.
    days.done(&second);
    days.passes_at("2026-12-23T09:50");
    assert_eq!(days.status(&second), "done");
}

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
    assert!(reminder.text.starts_with("— ответ пишите выше"), "it can be answered with tags: {}", reminder.text);
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
    assert!(ivanov[0].text.contains("Ждут исполнителя: 1\nOTK-2 Второй · 1 дн."), "{}", ivanov[0].text);
    let line = "Assigned to you: 1\nOTK-1 Не печатается отчёт за прошлый год (сроч… · 1 d";
    assert!(petrova[0].text.contains(line), "{}", petrova[0].text);
    days.live_until("2026-11-25T18:00", HOUR);
    let petrova = digests(&days, PETROVA);
    assert_eq!(petrova.len(), 2);
    assert!(petrova[1].text.contains("Due today or overdue: 1\nOTK-1"), "{}", petrova[1].text);
    assert!(petrova[1].text.contains("· by 10:00"), "{}", petrova[1].text);
    // Thursday, Friday, Monday; Tuesday is a holiday.
    days.live_until("2026-12-01T23:00", 4 * HOUR);
    assert_eq!(digests(&days, PETROVA).len(), 5);
    // An answer to a digest proves nothing.
    let letter = days.written().into_iter().rfind(|letter| letter.kind == "digest").unwrap();
    let reply = days.message(&letter.recipient, "Re: OTK [close]", "[OTK-1 close]").answering(&letter.message_id);
    days.send_to("support", &reply);
    assert_eq!(days.status(&number), "in_work");
    let disposition = days.reader().view().received(None, 1).unwrap().pop().unwrap();
    assert_eq!(disposition.disposition.as_deref(), Some("held"), "{disposition:?}");
}

#[test]
fn two_clocks_at_once_tell_nobody_twice() {
    let mut days = days("close_after = \"3 days\"\nclosing_notice = \"1 day\"\ndigest = \"09:00\"");
    days.passes();
    let numbers = [days.opens("Отчёт"), days.opens("Печать")];
    days.done(&numbers[0]);
    for now in ["2026-11-25T12:00", "2026-11-27T12:00"] {
        days.moscow(now);
        let (context, never) = (days.context(), tokio_util::sync::CancellationToken::new());
        let ticks = async {
            tokio::join!(
                flow::tick_due(&context, &never),
                flow::tick_due(&context, &never),
                flow::tick_due(&context, &never)
            )
        }
        .wait();
        assert!(ticks.0.is_ok() && ticks.1.is_ok() && ticks.2.is_ok());
    }
    days.passes();
    assert_eq!(days.written_to(CLIENT, LetterKind::Notice).len(), 3, "done, closing soon, closed");
    assert_eq!(days.written_to(IVANOV, LetterKind::Digest).len(), 2, "Wednesday and Friday");
    assert!(days.written().iter().all(|letter| letter.state == "sent"));
}

#[test]
fn new_settings_count_from_the_next_start() {
    let mut days = days("");
    let number = days.opens("Отчёт");
    days.done(&number);
    days.passes_at("2026-12-20T10:00");
    assert_eq!(days.status(&number), "done", "nothing closes by itself");
    days.settings.desks[0].close_after = Some(maildesk::model::policy::Span::Days(3));
    days.passes();
    assert_eq!(days.status(&number), "closed");
}

#[test]
fn whoever_has_no_contract_is_served_and_told_so_where_the_desk_says_it() {
    let desk = "without_contract = \"tell\"\n[desk.OTK.contract.gold]\ncustomers = [\"client.example\"]\n";
    let mut days = days(desk);
    days.opens("Отчёт");
    let stranger = days.message("anna@elsewhere.example", "Печать", "Не печатается.");
    days.send_to("support", &stranger);
    let (covered, told) = (
        days.written_to(CLIENT, LetterKind::Acknowledgement),
        days.written_to("anna@elsewhere.example", LetterKind::Acknowledgement),
    );
    assert!(!covered[0].text.contains("оговор") && covered[0].subject_raw == "[OTK-1] Отчёт", "{}", covered[0].text);
    assert!(told[0].text.contains("Договора на поддержку для Вашего адреса мы не нашли"), "{}", told[0].text);
    assert_eq!(days.numbers().len(), 2);
}

/// One pass of the real binary on the files of a desk, by the machine's own clock.
fn run_binary(desk: &TestDesk, failpoint: Option<&str>) -> std::process::ExitStatus {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_maildesk"));
    command.arg("--config").arg(desk.path("maildesk.toml")).arg("once");
    command.envs(failpoint.map(|point| ("MAILDESK_FAILPOINT", point)));
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status().unwrap()
}

#[test]
fn killed_before_or_after_a_look_nobody_is_told_twice_and_nobody_is_forgotten() {
    use std::os::unix::process::ExitStatusExt as _;

    for point in ["clock.before", "clock.after"] {
        let mut days = days("close_after = \"3 days\"\nclosing_notice = \"1 day\"");
        // Long ago, so that everything has come for the binary.
        days.set_clock(1_600_000_000);
        let number = days.opens("Отчёт");
        days.done(&number);
        let notices = |days: &TestDesk| days.written().iter().filter(|letter| letter.kind == "notice").count();
        assert_eq!(notices(&days), 1, "that it is done");
        assert_eq!(run_binary(&days, Some(point)).signal(), Some(9), "{point}");
        assert_eq!(notices(&days), if point == "clock.before" { 1 } else { 2 }, "{point}");
        for _ in 0..2 {
            assert!(run_binary(&days, None).success());
            assert_eq!(notices(&days), 2, "{point}: the end is told once");
            assert!(days.written().iter().all(|letter| letter.state == "sent"), "{point}: {:?}", days.written());
            assert_eq!(days.status(&number), "done", "its requester has a day to answer");
        }
    }
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
    assert!(digest.text.contains("Ждут исполнителя: 1\nOTK-1 Отчёт"), "{}", digest.text);
    assert_eq!(days.written_to(IVANOV, LetterKind::Reminder).len(), 1, "its term comes near");
    flow::note_absence(&days.context(), &petrova, None).wait().unwrap();
    days.passes();
    assert_eq!(days.written_to(PETROVA, LetterKind::Digest).len(), 1, "today's, now that she is back");
}
