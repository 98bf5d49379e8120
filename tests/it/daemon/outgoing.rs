//! E-mail on its way out: refused for now, for good, or for its size.

use super::*;

#[test]
fn a_letter_refused_for_now_is_tried_again_until_it_is_taken() {
    let servers = Servers::start_with_sink(&["-r", "RCPT"]);
    let mut desk = TestDesk::with(&impatient()).between(servers).open();
    desk.deliver("support", &request("t1@example.com"));
    let mut daemon = desk.run();
    daemon.until("the letter has been tried twice", || {
        desk.log().contains("handled") && desk.number("SELECT max(attempts) FROM letter") >= 2
    });
    let letter = desk.outbox().remove(0);
    assert_eq!(letter["state"], "due");
    assert!(letter["answer"].as_str().unwrap().contains("450"), "{letter}");
    desk.servers_mut().restart_with_sink(&[]);
    daemon.until("the letter is sent", || desk.servers().sent().len() == 1);
    daemon.until("its end is written down", || desk.outbox()[0]["state"] == "sent");
    assert!(daemon.stop().success());
    assert_eq!(desk.servers().sent().len(), 1);
}

#[test]
fn a_letter_refused_for_good_fails_visibly_and_can_be_retried() {
    let servers = Servers::start_with_sink(&["-f", "RCPT"]);
    let mut desk = TestDesk::with(ONE_DESK).between(servers).open();
    desk.deliver("support", &request("t2@example.com"));
    desk.once();
    let letter = desk.outbox().remove(0);
    assert_eq!(letter["state"], "failed");
    assert!(letter["answer"].as_str().unwrap().contains("500 5.3.0"), "{letter}");
    let story = desk.text(&["show", "OTK-1"]);
    assert!(story.contains("did not reach") && story.contains("500 5.3.0"), "{story}");
    assert!(desk.text(&["outbox", "--state", "failed"]).contains("OTK-1"));
    desk.servers_mut().restart_with_sink(&[]);
    desk.once();
    assert_eq!(desk.servers().sent().len(), 0, "a failed letter is not tried by itself");
    desk.text(&["outbox", "retry", "1"]);
    desk.once();
    wait_until("the letter arrives", || desk.servers().sent().len() == 1);
    assert_eq!(desk.outbox()[0]["state"], "sent");
    let again = desk.output(&["outbox", "retry", "1"]);
    assert!(!again.status.success(), "a sent letter is not sent again");
}

#[test]
fn a_letter_larger_than_the_server_takes_is_not_even_offered() {
    let offer = "250-small.example\r\n250 SIZE 300\r\n";
    let small = Scripted::start(vec![
        say("220 small.example\r\n"),
        line("EHLO", offer),
        line("EHLO", offer),
        line("QUIT", "221 bye\r\n"),
    ]);
    let configuration =
        ONE_DESK.replace("SUBMISSION", &format!("host = \"localhost\"\ntls = \"none\"\nport = {}", small.port));
    let desk = TestDesk::on_servers(&configuration);
    desk.deliver("support", &request("t3@example.com"));
    desk.once();
    let letter = desk.outbox().remove(0);
    assert_eq!(letter["state"], "failed");
    assert!(letter["answer"].as_str().unwrap().contains("the server takes at most 300 (SIZE)"), "{letter}");
    assert!(!small.finish().iter().any(|said| said.starts_with("MAIL")));
}
