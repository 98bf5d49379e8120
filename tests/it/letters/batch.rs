//! Letters that are sent one after the other over one connection.

use super::*;

#[test]
fn a_server_that_closes_makes_no_try_of_those_letters_that_it_has_not_seen() {
    let desk = acknowledged(b"png");
    let letters: Vec<Letter> = (1..=4).map(|serial| drafted(&desk, serial, IVAN, vec![])).collect();
    let ids: Vec<LetterId> = letters.iter().map(|letter| desk.add(letter)).collect();
    let mut steps = takes_a_letter();
    steps.push(line("MAIL", "421 4.3.2 closing\r\n"));
    let mut script = vec![say("220 mx.example.net\r\n"), line("EHLO", "250 HELP\r\n"), line("EHLO", "250 HELP\r\n")];
    script.extend(steps);
    let closing = Scripted::start(script);
    send(&mut desk.outbox_by(closing.port, None));
    closing.finish();
    let state = |id: &LetterId| (desk.row(*id).state, desk.row(*id).attempts, desk.row(*id).resent);
    assert_eq!(state(&ids[0]), (LetterState::Sent, 1, 0));
    assert_eq!(state(&ids[1]), (LetterState::Due, 1, 0), "refused");
    assert_eq!(state(&ids[2]), (LetterState::Due, 0, 0), "not seen");
    assert_eq!(state(&ids[3]), (LetterState::Due, 0, 0), "not seen");
    desk.skip(3_600);
    let taking = server("", [takes_a_letter(), takes_a_letter(), takes_a_letter()].concat());
    send(&mut desk.outbox_by(taking.port, None));
    taking.finish();
    assert_eq!(ids.iter().map(state).collect::<Vec<_>>(), [1, 2, 1, 1].map(|tries| (LetterState::Sent, tries, 0)));
}

#[test]
fn a_small_letter_does_not_wait_for_a_large_one() {
    let desk = acknowledged(&[7; 2_000_000]);
    let large = desk.add(&drafted(&desk, 1, PETROV, desk.files()));
    let small = desk.add(&drafted(&desk, 2, IVAN, vec![]));
    let taking = server("", [takes_a_letter(), takes_a_letter()].concat());
    send(&mut desk.outbox_by(taking.port, None));
    assert_eq!([large, small].map(|id| desk.row(id).state), [LetterState::Sent; 2]);
    let said = taking.finish();
    let recipients: Vec<&String> = said.iter().filter(|line| line.starts_with("RCPT")).collect();
    assert!(recipients[0].contains(IVAN) && recipients[1].contains(PETROV), "{recipients:?}");
}
