//! Nobody is told twice, with two clocks at once or a kill before or after a look.

use super::*;

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
    assert_eq!(days.written_to(OLGA, LetterKind::Notice).len(), 3, "done, closing soon, closed");
    assert_eq!(days.written_to(IVANOV, LetterKind::Digest).len(), 2, "Wednesday and Friday");
    assert!(days.written().iter().all(|letter| letter.state == LetterState::Sent));
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
        let notices =
            |days: &TestDesk| days.written().iter().filter(|letter| letter.kind == LetterKind::Notice).count();
        assert_eq!(notices(&days), 1, "that it is done");
        assert_eq!(run_binary(&days, Some(point)).signal(), Some(9), "{point}");
        assert_eq!(notices(&days), if point == "clock.before" { 1 } else { 2 }, "{point}");
        for _ in 0..2 {
            assert!(run_binary(&days, None).success());
            assert_eq!(notices(&days), 2, "{point}: the end is told once");
            assert!(
                days.written().iter().all(|letter| letter.state == LetterState::Sent),
                "{point}: {:?}",
                days.written()
            );
            assert_eq!(days.status(&number), "done", "its requester has a day to answer");
        }
    }
}
