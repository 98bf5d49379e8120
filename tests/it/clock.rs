//! Days pass in milliseconds: what time does to requests, through the whole daemon. Every pass is a start and a
//! stop of the daemon, so that everything here holds over restarts too.

mod once;
mod reminders;

use std::path::PathBuf;

use crate::support::{ENGINEERS, IVANOV, MAILBOXES, NO_CAPS, OLGA, PETROVA, TestDesk, Wait, bounce_of};
use jiff::tz::TimeZone;
use maildesk::mail::parse;
use maildesk::model::settings::TransportKind;
use maildesk::model::{Ask, Disposition, Incoming, LetterKind, LetterState, Place, ShortName, Status, Timestamp};
use maildesk::store::LetterRow;
use maildesk::{daemon, flow};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A desk with two lines, and a mailbox in which engineers are believed. `%` is what the desk says besides.
const DESK: &str = r#"
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
"#;

fn days(desk: &str) -> TestDesk {
    let configuration = format!("{}{ENGINEERS}{MAILBOXES}{NO_CAPS}", DESK.replace('%', desk));
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
        self.asks(&format!("Ольга <{OLGA}>"), subject, "Не печатается отчёт.");
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
        let own = self.written().into_iter().filter(|letter| letter.recipient == to && letter.kind == kind);
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
    let notices = days.written_to(OLGA, LetterKind::Notice);
    assert_eq!(notices.len(), 2, "that it is done, and that it is closed");
    let text = &notices[1].text;
    assert!(text.contains("ответ от 25.11.2026") && text.contains("OTK-1 закрыт"), "{text}");
    assert!(text.contains("ответьте на это письмо"), "{text}");
    assert_eq!(notices[1].header("Auto-Submitted").next(), Some("auto-replied"));
    let events = days.events(&number);
    let last = events.last().unwrap();
    assert_eq!((last.who.to_string().as_str(), last.proof.as_str()), ("maildesk", "the clock"));

    let message = days.message(OLGA, "Re: [OTK-1]", "Снова не печатается, посмотрите ещё раз.");
    let message = message.answering(&days.last_written_to(OLGA));
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
        let told = days.written_to(OLGA, LetterKind::Notice).len();
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
        // The requester's answer may lie unread, so that the request is looked at again after a minute.
        days.look(60);
        days.look(1);
        assert_eq!(days.status(&number), "closed");
        assert_eq!(
            days.written()
                .into_iter()
                .filter(|letter| letter.recipient == OLGA && letter.kind == LetterKind::Notice)
                .count(),
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
        let said = |days: &TestDesk| days.written_to(OLGA, LetterKind::Notice).len();
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
        let notice = days.written_to(OLGA, LetterKind::Notice).remove(1).text;
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
    let answer = days.last_written_to(OLGA);
    days.moscow("2026-11-25T10:00");
    let thanks = days.message(OLGA, "Re: [OTK-1]", "Спасибо!").answering(&answer);
    days.send_to("support", &thanks);
    let absent = days.message(OLGA, "Re: [OTK-1]", "Я в отпуске.").answering(&answer);
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
    let letters: Vec<LetterRow> =
        days.written().into_iter().filter(|letter| letter.kind == LetterKind::Notice).collect();
    days.moscow("2026-11-24T10:00");
    let bounce = bounce_of("b1@mx.example", &letters[0].message_id, OLGA);
    days.deliver("support", &bounce);
    let answer = days.message(OLGA, "Re: [OTK-2]", "Там же осталась ошибка 7.").answering(&letters[1].message_id);
    days.send_to("support", &answer);
    for number in [&first, &second] {
        assert_eq!(days.status(number), "in_work");
        assert_eq!(days.answered_at(number), None);
    }
    days.live_until("2026-12-20T10:00", DAY);
    assert_eq!((days.status(&first).as_str(), days.status(&second).as_str()), ("in_work", "in_work"));
    assert_eq!(days.written_to(OLGA, LetterKind::Notice).len(), 2, "no notice of an end that does not come");
    // Answered anew, the days are counted anew.
    days.done(&second);
    days.passes_at("2026-12-23T09:50");
    assert_eq!(days.status(&second), "done");
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
        days.written_to(OLGA, LetterKind::Acknowledgement),
        days.written_to("anna@elsewhere.example", LetterKind::Acknowledgement),
    );
    assert!(
        !covered[0].text.contains("оговор") && covered[0].subject_raw == "Re: Отчёт [OTK-1]",
        "{}",
        covered[0].text
    );
    assert!(told[0].text.contains("Договора на поддержку для Вашего адреса мы не нашли"), "{}", told[0].text);
    assert_eq!(days.numbers().len(), 2);
}
