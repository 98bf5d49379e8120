//! Sending against a real submission server, smtp-sink, and a scripted server for what those never do.

use crate::support::{Scripted, Servers, Step, WRONG_PASSWORD, line, say, skip_to};
use maildesk::model::settings::{Server, SmtpSettings, Tls};
use maildesk::model::{Credential, EmailAddress, FailureReason, Secret};
use maildesk::smtp::{self, SendError, SmtpConnection};

const LETTER: &[u8] = b"From: support@example.org\r\nTo: ivan@example.com\r\nSubject: [OTK-1] hello\r\n\r\n\
    Good day.\r\n.\r\n..two dots\r\n";

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

async fn envelope(connection: &mut SmtpConnection) -> Result<(), SendError> {
    connection.envelope(&address("bounce@example.org"), &address("ivan@example.com"), LETTER.len() as u64).await
}

async fn send(connection: &mut SmtpConnection) -> Result<String, SendError> {
    envelope(connection).await?;
    connection.body(LETTER).await
}

#[tokio::test]
async fn sends_over_every_kind_of_connection_and_several_letters_over_one() {
    let servers = Servers::start();
    for tls in [Tls::Implicit, Tls::StartTls, Tls::None] {
        let mut connection = smtp::connect(&servers.smtp(tls)).await.unwrap();
        assert_eq!(connection.max_size(), Some(60 * 1024 * 1024), "{tls:?}");
        for _ in 0..2 {
            let said = send(&mut connection).await.unwrap();
            assert!(said.starts_with("250 "), "{said}");
            assert!(connection.is_usable());
        }
        connection.quit().await;
    }
    let sent = servers.sent();
    assert_eq!(sent.len(), 6);
    for letter in sent {
        assert_eq!((letter.envelope_from.as_str(), letter.rcpt.as_str()), ("bounce@example.org", "ivan@example.com"));
        assert_eq!(String::from_utf8_lossy(&letter.raw), String::from_utf8_lossy(LETTER));
    }
}

#[tokio::test]
async fn sends_without_login_where_the_relay_trusts_us() {
    let servers = Servers::start();
    let mut connection = smtp::connect(&servers.sink()).await.unwrap();
    assert_eq!(connection.max_size(), None);
    send(&mut connection).await.unwrap();
    assert_eq!(servers.sent()[0].raw, LETTER);
}

#[tokio::test]
async fn a_wrong_password_is_told_apart_and_names_host_user_and_answer_but_no_secret() {
    let servers = Servers::start();
    let mut settings = servers.smtp(Tls::Implicit);
    settings.login = Some(("support".to_owned(), Credential::Password(Secret::new(WRONG_PASSWORD))));
    let error = smtp::connect(&settings).await.unwrap_err();
    let SendError::Login(text) = &error else { panic!("{error:?}") };
    for part in ["localhost", "support", "535", "Authentication failed"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains(WRONG_PASSWORD));
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let servers = Servers::start();
    for tls in [Tls::Implicit, Tls::StartTls] {
        let mut settings = servers.smtp(tls);
        settings.server.ca_file = Some(servers.other_ca_file());
        let error = smtp::connect(&settings).await.unwrap_err();
        assert!(matches!(&error, SendError::Transient(text) if text.contains("certificate")), "{error:?}");
    }
}

#[tokio::test]
async fn a_refused_recipient_is_transient_or_permanent_as_the_server_says_and_spares_the_connection() {
    for (flag, permanent) in [("-r", false), ("-f", true)] {
        let servers = Servers::start_with_sink(&[flag, "RCPT"]);
        let mut connection = smtp::connect(&servers.sink()).await.unwrap();
        for _ in 0..2 {
            let error = envelope(&mut connection).await.unwrap_err();
            match error {
                SendError::Permanent(why) => {
                    assert!(permanent && why.to_string().contains("RCPT refused: 500"), "{why}")
                }
                SendError::Transient(text) => assert!(!permanent && text.contains("RCPT refused: 450"), "{text}"),
                other => panic!("{other:?}"),
            }
            assert!(connection.is_usable());
        }
    }
}

#[tokio::test]
async fn a_server_that_shuts_down_makes_the_connection_unusable() {
    let servers = Servers::start_with_sink(&["-Q", "RCPT"]);
    let mut connection = smtp::connect(&servers.sink()).await.unwrap();
    let error = envelope(&mut connection).await.unwrap_err();
    assert!(matches!(&error, SendError::Transient(text) if text.contains("421")), "{error:?}");
    assert!(!connection.is_usable());
    assert!(matches!(envelope(&mut connection).await, Err(SendError::Transient(_))));
}

#[tokio::test]
async fn a_connection_cut_at_the_final_dot_leaves_us_unsure_and_a_refusal_there_does_not() {
    for (flag, expected) in [("-q", "unsure"), ("-r", "transient"), ("-f", "permanent")] {
        let servers = Servers::start_with_sink(&[flag, "."]);
        let mut connection = smtp::connect(&servers.sink()).await.unwrap();
        let got = match send(&mut connection).await.unwrap_err() {
            SendError::Unsure(_) => "unsure",
            SendError::Transient(_) => "transient",
            SendError::Permanent(_) => "permanent",
            other => panic!("{other:?}"),
        };
        assert_eq!(got, expected, "{flag}");
        assert_eq!(connection.is_usable(), expected != "unsure", "{flag}");
    }
}

#[tokio::test]
async fn a_connection_cut_at_data_is_transient() {
    let servers = Servers::start_with_sink(&["-q", "DATA"]);
    let mut connection = smtp::connect(&servers.sink()).await.unwrap();
    assert!(matches!(send(&mut connection).await, Err(SendError::Transient(_))));
    assert!(!connection.is_usable());
}

/// A server that greets, and answers EHLO twice with these keywords.
fn greets(keywords: &str, rest: Vec<Step>) -> Scripted {
    let ehlo = format!("250-mx.example.net\r\n{keywords}250 HELP\r\n");
    let mut script = vec![say("220 mx.example.net\r\n"), line("EHLO desk.example.org", &ehlo)];
    let logs_in = keywords.contains("AUTH");
    if !logs_in {
        script.push(line("EHLO desk.example.org", &ehlo));
    }
    script.extend(rest);
    if logs_in {
        script.push(line("EHLO desk.example.org", &ehlo));
        script.push(skip_to("QUIT", "221 bye\r\n"));
    }
    Scripted::start(script)
}

fn scripted(port: u16, tls: Tls) -> SmtpSettings {
    let server = Server { host: "127.0.0.1".to_owned(), port, tls, ca_file: None };
    SmtpSettings { server, login: None, hello: "desk.example.org".to_owned() }
}

#[tokio::test]
async fn logs_in_with_plain_or_login_as_the_server_offers() {
    // Base64 of "\0desk\0pass word", "Username:", "desk", "Password:", "pass word".
    let plain = vec![line("AUTH PLAIN AGRlc2sAcGFzcyB3b3Jk", "235 welcome\r\n")];
    let login = vec![
        line("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n"),
        line("ZGVzaw==", "334 UGFzc3dvcmQ6\r\n"),
        line("cGFzcyB3b3Jk", "235 welcome\r\n"),
    ];
    for (offer, steps) in [("250-AUTH LOGIN PLAIN\r\n", plain), ("250-AUTH LOGIN\r\n", login)] {
        let server = greets(offer, steps);
        let mut settings = scripted(server.port, Tls::None);
        settings.login = Some(("desk".to_owned(), Credential::Password(Secret::new("pass word"))));
        smtp::connect(&settings).await.unwrap().quit().await;
        server.finish();
    }
}

#[tokio::test]
async fn a_server_that_offers_no_way_to_log_in_is_told_no_password() {
    let server = greets("250-AUTH GSSAPI\r\n", vec![]);
    let mut settings = scripted(server.port, Tls::None);
    settings.login = Some(("desk".to_owned(), Credential::Password(Secret::new(WRONG_PASSWORD))));
    let error = smtp::connect(&settings).await.unwrap_err();
    assert!(matches!(&error, SendError::Transient(text) if text.contains("No compatible")), "{error:?}");
}

#[tokio::test]
async fn the_size_is_declared_where_the_server_has_a_limit_and_a_larger_letter_fails_before_it_goes() {
    let server =
        greets("250-SIZE 1000\r\n", vec![line("SIZE=", "552 5.3.4 too big after all\r\n"), line("RSET", "250 ok\r\n")]);
    let mut connection = smtp::connect(&scripted(server.port, Tls::None)).await.unwrap();
    assert_eq!(connection.max_size(), Some(1_000));
    let (from, to) = (address("a@example.org"), address("b@example.com"));
    let error = connection.envelope(&from, &to, 1_001).await.unwrap_err();
    assert_eq!(error, SendError::TooLarge(FailureReason::TooLarge { size: 1_001, limit: 1_000 }));
    let error = connection.envelope(&from, &to, 1_000).await.unwrap_err();
    assert!(matches!(&error, SendError::TooLarge(why) if why.to_string().contains("552 5.3.4 too big")), "{error:?}");
    assert!(connection.is_usable());
    let said = server.finish();
    assert!(said.contains(&"MAIL FROM:<a@example.org> SIZE=1000".to_owned()), "{said:?}");
}

#[tokio::test]
async fn a_server_that_wants_a_login_after_all_fails_no_letter_for_good() {
    let server = greets("", vec![line("MAIL", "530 5.7.0 Authentication required\r\n"), line("RSET", "250 ok\r\n")]);
    let mut connection = smtp::connect(&scripted(server.port, Tls::None)).await.unwrap();
    let error = envelope(&mut connection).await.unwrap_err();
    assert!(matches!(&error, SendError::Login(text) if text.contains("530")), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_after_the_dot_leaves_us_unsure() {
    let accept = [line("MAIL", "250 ok\r\n"), line("RCPT", "250 ok\r\n"), line("DATA", "354 go on\r\n")];
    for answer in ["nonsense\r\n", "250-half an ans", ""] {
        let steps = accept.iter().cloned().chain([skip_to(".", answer)]).collect();
        let server = greets("", steps);
        let mut connection = smtp::connect(&scripted(server.port, Tls::None)).await.unwrap();
        let error = send(&mut connection).await.unwrap_err();
        assert!(matches!(error, SendError::Unsure(_)), "{answer:?}: {error:?}");
        assert!(!connection.is_usable());
        assert!(server.finish().contains(&"..".to_owned()), "the dot of the letter was stuffed");
    }
}

#[tokio::test]
async fn a_letter_that_servers_would_read_differently_is_not_sent() {
    let server = greets("", vec![line("MAIL", "250 ok\r\n"), line("RCPT", "250 ok\r\n"), line("RSET", "250 ok\r\n")]);
    let mut connection = smtp::connect(&scripted(server.port, Tls::None)).await.unwrap();
    envelope(&mut connection).await.unwrap();
    let error = connection.body(b"Subject: x\r\n\r\na\n.\nMAIL FROM:<evil@example.net>\r\n").await.unwrap_err();
    assert!(matches!(error, SendError::Permanent(_)), "{error:?}");
    assert!(connection.is_usable());
    server.finish();
}

#[tokio::test]
async fn without_starttls_nothing_is_said_in_the_clear() {
    let greeting = || say("220 mx.example.net\r\n");
    let offer = || line("EHLO", "250-mx.example.net\r\n250 STARTTLS\r\n");
    for (script, words) in [
        (vec![greeting(), line("EHLO", "250-mx.example.net\r\n250 AUTH PLAIN\r\n")], "does not offer STARTTLS"),
        (vec![greeting(), offer(), line("STARTTLS", "454 not now\r\n")], "454 not now"),
        (
            vec![greeting(), offer(), line("STARTTLS", "220 go\r\n250-AUTH PLAIN\r\n250 ok\r\n")],
            "more than it was asked",
        ),
        (vec![say("554 no service\r\n")], "554 no service"),
        (vec![], "closed the connection"),
    ] {
        let server = Scripted::start(script);
        let mut settings = scripted(server.port, Tls::StartTls);
        settings.login = Some(("desk".to_owned(), Credential::Password(Secret::new(WRONG_PASSWORD))));
        let error = smtp::connect(&settings).await.unwrap_err();
        assert!(matches!(&error, SendError::Transient(text) if text.contains(words)), "{words}: {error:?}");
        assert!(server.finish().iter().all(|said| !said.contains("AUTH")));
    }
}

#[tokio::test]
async fn what_the_server_says_reaches_the_operator_on_one_line() {
    let server =
        greets("", vec![line("MAIL", "550-5.7.1 \u{1b}[31mfirst\r\n550 5.7.1 second\r\n"), line("RSET", "250 ok\r\n")]);
    let mut connection = smtp::connect(&scripted(server.port, Tls::None)).await.unwrap();
    let text = envelope(&mut connection).await.unwrap_err().to_string();
    assert_eq!(text, "MAIL refused: 550 5.7.1 [31mfirst second");
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for_for_ever() {
    let accept = [line("MAIL", "250 ok\r\n"), line("RCPT", "250 ok\r\n")];
    let after_dot = [line("DATA", "354 go on\r\n"), skip_to("never", "")];
    let silent_at_data = accept.iter().cloned().chain([skip_to("never", "")]).collect();
    let silent_at_dot = accept.iter().cloned().chain(after_dot).collect();
    for (steps, last_line, unsure) in [(silent_at_data, "DATA", false), (silent_at_dot, ".", true)] {
        let server = greets("", steps);
        let mut connection = smtp::connect(&scripted(server.port, Tls::None)).await.unwrap();
        envelope(&mut connection).await.unwrap();
        let (outcome, ()) = tokio::join!(connection.body(LETTER), server.pause_clock_after(last_line));
        tokio::time::resume();
        let error = outcome.unwrap_err();
        assert_eq!(matches!(error, SendError::Unsure(_)), unsure, "{error:?}");
        assert!(error.to_string().contains("no answer in time"), "{error:?}");
        assert!(!connection.is_usable());
        drop(connection);
        server.finish();
    }
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_is_no_permission_to_go_on() {
    let server = greets("", vec![line("MAIL", "250 ok\r\n"), line("RCPT", "250 ok\r\n"), line("DATA", "250 ok\r\n")]);
    let mut connection = smtp::connect(&scripted(server.port, Tls::None)).await.unwrap();
    let error = send(&mut connection).await.unwrap_err();
    assert!(matches!(&error, SendError::Transient(text) if text.contains("unexpected answer 250")), "{error:?}");
    assert!(!connection.is_usable());
    server.finish();
}

#[tokio::test]
async fn a_server_that_repeats_the_password_does_not_bring_it_into_an_error() {
    let server = greets("250-AUTH PLAIN\r\n", vec![line("AUTH PLAIN", &format!("535 no {WRONG_PASSWORD}, sorry\r\n"))]);
    let mut settings = scripted(server.port, Tls::None);
    settings.login = Some(("desk".to_owned(), Credential::Password(Secret::new(WRONG_PASSWORD))));
    let text = smtp::connect(&settings).await.unwrap_err().to_string();
    assert_eq!(text, "127.0.0.1 refused the login of desk: 535 no (secret), sorry");
}

#[tokio::test]
async fn a_second_ehlo_that_is_refused_is_no_error() {
    let server = Scripted::start(vec![
        say("220 mx.example.net\r\n"),
        line("EHLO", "250-mx.example.net\r\n250-SMTPUTF8\r\n250 SIZE 1000\r\n"),
        line("EHLO", "503 5.5.1 Invalid command: Already identified\r\n"),
        line("MAIL FROM:<a@example.org> SIZE=10 BODY=8BITMIME SMTPUTF8", "250 ok\r\n"),
        line("RCPT", "250 ok\r\n"),
    ]);
    let mut connection = smtp::connect(&scripted(server.port, Tls::None)).await.unwrap();
    assert_eq!(connection.max_size(), Some(1_000));
    connection.envelope(&address("a@example.org"), &address("jörg@example.com"), 10).await.unwrap();
    server.finish();
}

#[tokio::test]
async fn replies_in_other_charsets_and_without_text_are_read() {
    // In scripts, é stands for a byte that is not UTF-8.
    let server = Scripted::start(vec![
        say("220 é\r\n"),
        line("EHLO", "250-é\r\n250 HELP\r\n"),
        line("EHLO", "250-é\r\n250 HELP\r\n"),
        line("MAIL", "250\r\n"),
        line("RCPT", "250\r\n"),
        line("DATA", "354 é\r\n"),
        skip_to(".", "250 é\r\n"),
        skip_to("QUIT", "221 bye\r\n"),
    ]);
    let mut connection = smtp::connect(&scripted(server.port, Tls::None)).await.unwrap();
    send(&mut connection).await.unwrap();
    connection.quit().await;
    server.finish();
}

#[tokio::test]
async fn a_sender_that_is_not_ours_and_a_used_up_quota_are_about_the_account() {
    for (at, reply) in [
        ("MAIL", "553 5.7.1 Sender address rejected: not owned by user"),
        ("MAIL", "550 5.4.5 Daily user sending limit exceeded"),
    ] {
        let server = greets("", vec![line(at, &format!("{reply}\r\n")), line("RSET", "250 ok\r\n")]);
        let mut connection = smtp::connect(&scripted(server.port, Tls::None)).await.unwrap();
        let error = envelope(&mut connection).await.unwrap_err();
        assert!(matches!(&error, SendError::Account(text) if text.contains(reply)), "{error:?}");
        assert!(connection.is_usable());
    }
}

#[tokio::test]
async fn an_address_that_hangs_hides_no_other_one() {
    let server = greets("", vec![skip_to("QUIT", "221 bye\r\n")]);
    // Of localhost, ::1 takes the connection and says nothing.
    let _silent = std::net::TcpListener::bind(("::1", server.port)).unwrap();
    let mut settings = scripted(server.port, Tls::None);
    settings.server.host = "localhost".to_owned();
    let began = std::time::Instant::now();
    smtp::connect(&settings).await.unwrap().quit().await;
    assert!(began.elapsed() < std::time::Duration::from_secs(15), "{:?}", began.elapsed());
    server.finish();
}
