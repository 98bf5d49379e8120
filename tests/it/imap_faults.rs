//! The IMAP source against a scripted server: what real servers and bad networks do now and then.

use std::collections::HashSet;
use std::time::Duration;

use crate::support::{Scripted, Step, WRONG_PASSWORD, line, say, skip_to};
use maildesk::model::settings::{After, ImapSettings, Server, SourceSettings, Tls};
use maildesk::model::{Credential, Secret, Uid};
use maildesk::source::{Source, SourceError};

const SELECTED: &str = "* 3 EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted)] some\r\n\
    * OK [UIDVALIDITY 7] fine\r\n* OK [UIDNEXT 10] next\r\n{tag} OK [READ-WRITE] selected\r\n";

fn settings(server: &Scripted, tls: Tls) -> SourceSettings {
    SourceSettings::Imap(ImapSettings {
        server: Server { host: "127.0.0.1".to_owned(), port: server.port, tls, ca_file: None },
        user: "desk".to_owned(),
        credential: Credential::Password(Secret::new("pass \"word\"")),
        folder: "INBOX".to_owned(),
        idle: true,
    })
}

fn capability(capabilities: &str) -> Step {
    line("CAPABILITY", &format!("* CAPABILITY IMAP4rev1 {capabilities}\r\n{{tag}} OK done\r\n"))
}

/// A server that lets us log in and select, and then follows the script.
fn serve(capabilities: &str, rest: Vec<Step>) -> Scripted {
    let mut script = vec![
        say("* OK ready\r\n"),
        capability("AUTH=PLAIN"),
        line("AUTHENTICATE PLAIN", "+ \r\n"),
        line("AGRlc2sAcGFzcyAid29yZCI=", "A0001 OK welcome\r\n"),
        capability(capabilities),
        line("SELECT \"INBOX\"", SELECTED),
    ];
    script.extend(rest);
    Scripted::start(script)
}

async fn connect(server: &Scripted) -> Source {
    Source::connect(&settings(server, Tls::None)).await.unwrap()
}

fn uids(numbers: &[u32]) -> Vec<Uid> {
    numbers.iter().copied().map(Uid::Number).collect()
}

fn refused(outcome: Result<impl std::fmt::Debug, SourceError>, command: &str, words: &str) {
    let error = outcome.unwrap_err();
    assert!(
        matches!(&error, SourceError::Refused { command: c, response } if *c == command && response.contains(words)),
        "{error:?}"
    );
}

fn lost(outcome: Result<impl std::fmt::Debug, SourceError>, words: &str) {
    let error = outcome.unwrap_err();
    assert!(matches!(&error, SourceError::Lost(text) if text.contains(words)), "{error:?}");
}

#[tokio::test]
async fn a_refused_fetch_is_an_error_and_not_an_empty_list() {
    for refusal in ["NO [UNAVAILABLE] later", "BAD later"] {
        let server = serve(
            "",
            vec![
                line("SELECT", SELECTED),
                line("UID FETCH 1:* (UID)", &format!("{{tag}} {refusal}\r\n")),
                line("UID FETCH 1", &format!("{{tag}} {refusal}\r\n")),
                line("UID STORE 1 +FLAGS.SILENT (\\Seen)", &format!("{{tag}} {refusal}\r\n")),
                line("UID FETCH 1 (UID)", "* 1 FETCH (UID 1)\r\n{tag} OK still there\r\n"),
            ],
        );
        let mut source = connect(&server).await;
        refused(source.look(false).await, "UID FETCH", "later");
        refused(source.fetch(&uids(&[1]), 0, |_, _| panic!("nothing came")).await, "UID FETCH", "later");
        refused(
            source.mark(&uids(&[1]), &After::Flag(r"\Seen".to_owned()), &HashSet::new(), |_| ()).await,
            "UID STORE",
            "later",
        );
        server.finish();
    }
}

#[tokio::test]
async fn a_connection_that_ends_amid_a_list_is_lost_and_not_a_short_list() {
    for end in ["", "* 2 FETC", "* BYE shutting down\r\n", "no such thing\r\n"] {
        let server =
            serve("", vec![line("SELECT", SELECTED), line("UID FETCH", &format!("* 1 FETCH (UID 1)\r\n{end}"))]);
        let mut source = connect(&server).await;
        lost(source.look(false).await, "");
        lost(source.look(false).await, "unfinished");
        lost(source.wait(Duration::from_secs(250), Duration::from_secs(250)).await, "unfinished");
        server.finish();
    }
}

#[tokio::test]
async fn messages_that_a_server_leaves_out_are_left_out_and_others_are_not_mistaken_for_them() {
    let fetched = "* 1 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 5 BODY[]<0> {2}\r\nhi)\r\n* 3 FETCH (UID 9 BODY[]<0> \"no\")\r\n\
        * 2 FETCH (UID 5 BODY[]<0> \"again\")\r\n* 9 EXISTS\r\n* 4 FETCH (UID 7 BODY[]<0> NIL)\r\n{tag} OK done\r\n";
    let described = "* 2 FETCH (UID 5 RFC822.SIZE 2)\r\n* 3 FETCH (UID 9 RFC822.SIZE 2)\r\n{tag} OK done\r\n";
    let server = serve(
        "",
        vec![
            line("UID FETCH 5:7 (UID BODY.PEEK[]<0.262144>)", fetched),
            line("UID FETCH 5:7 (UID RFC822.SIZE INTERNALDATE)", described),
        ],
    );
    let mut source = connect(&server).await;
    let mut got = Vec::new();
    source.fetch(&uids(&[6, 5, 7, 5]), 0, |uid, bytes| got.push((uid.to_string(), bytes))).await.unwrap();
    assert_eq!(got, [("5".to_owned(), b"hi".to_vec()), ("7".to_owned(), Vec::new())]);
    let described = source.describe(&uids(&[5, 6, 7])).await.unwrap();
    assert_eq!(described.iter().map(|d| d.uid.to_string()).collect::<Vec<_>>(), ["5"]);
    server.finish();
}

#[tokio::test]
async fn a_slice_from_another_place_is_not_taken() {
    for slice in ["BODY[]<0> \"begin\"", "BODY[] \"begin\"", "BODY[]<100> {262145}\r\n"] {
        let long = "x".repeat(if slice.ends_with('\n') { 262_145 } else { 0 });
        let server = serve(
            "",
            vec![line("UID FETCH 1 (UID BODY.PEEK[]<100.262144>)", &format!("* 1 FETCH (UID 1 {slice}{long})\r\n"))],
        );
        let mut source = connect(&server).await;
        let error = source.fetch(&uids(&[1]), 100, |_, _| panic!("not taken")).await.unwrap_err();
        assert!(matches!(error, SourceError::Protocol(_)), "{error:?}");
        lost(source.look(false).await, "unfinished");
        server.finish();
    }
}

#[tokio::test]
async fn a_folder_without_uidvalidity_is_no_folder() {
    for selected in ["* 0 EXISTS\r\n{tag} OK done\r\n", "* 0 EXISTS\r\n* OK [UIDVALIDITY 0] zero\r\n{tag} OK done\r\n"]
    {
        let server = serve("", vec![line("SELECT", selected)]);
        let mut source = connect(&server).await;
        let error = source.look(false).await.unwrap_err();
        assert!(matches!(&error, SourceError::Protocol(text) if text.contains("UIDVALIDITY")), "{error:?}");
        server.finish();
    }
}

#[tokio::test]
async fn a_list_shorter_than_the_folder_is_listed_again_at_the_next_look() {
    let two = || line("UID FETCH 1:* (UID)", "* 1 FETCH (UID 4)\r\n* 2 FETCH (UID 3)\r\n{tag} OK done\r\n");
    let three =
        line("UID FETCH 1:* (UID)", "* 1 FETCH (UID 3)\r\n* 2 FETCH (UID 4)\r\n* 3 FETCH (UID 9)\r\n{tag} OK done\r\n");
    let select = || line("SELECT", SELECTED);
    let server = serve("", vec![select(), two(), select(), three, select()]);
    let mut source = connect(&server).await;
    assert_eq!(source.look(false).await.unwrap().unwrap().uids, uids(&[3, 4]));
    assert_eq!(source.look(false).await.unwrap().unwrap().uids, uids(&[3, 4, 9]));
    assert_eq!(source.look(false).await.unwrap(), None);
    server.finish();
}

#[tokio::test]
async fn idle_ends_by_any_news_but_not_by_a_sign_of_life() {
    let server = serve(
        "IDLE",
        vec![
            line("SELECT", &SELECTED.replace("* 3 EXISTS", "* 0 EXISTS")),
            line("IDLE", "* OK Still here\r\n+ idling\r\n* OK Still here\r\n"),
            line("DONE", "A0005 OK done\r\n"),
            line("IDLE", "* 1 EXISTS\r\n+ idling\r\n"),
            line("DONE", "* 1 RECENT\r\nA0006 OK done\r\n"),
            line("IDLE", "+ idling\r\n* BYE Autologout; idle for too long\r\n"),
        ],
    );
    let mut source = connect(&server).await;
    source.look(false).await.unwrap();
    source.wait(Duration::from_millis(100), Duration::from_millis(100)).await.unwrap();
    source.wait(Duration::from_secs(250), Duration::from_secs(250)).await.unwrap();
    lost(source.wait(Duration::from_secs(250), Duration::from_secs(250)).await, "Autologout");
    server.finish();
}

#[tokio::test]
async fn a_server_that_declines_idle_is_polled() {
    let server = serve(
        "IDLE",
        vec![
            line("SELECT", &SELECTED.replace("* 3 EXISTS", "* 0 EXISTS")),
            line("IDLE", "{tag} BAD [CLIENTBUG] Unrecognised command\r\n"),
            line("SELECT", &SELECTED.replace("* 3 EXISTS", "* 0 EXISTS")),
        ],
    );
    let mut source = connect(&server).await;
    source.look(false).await.unwrap();
    for _ in 0..2 {
        let waiting = tokio::time::timeout(
            Duration::from_millis(100),
            source.wait(Duration::from_secs(250), Duration::from_secs(250)),
        );
        assert!(waiting.await.is_err(), "it waits instead of looking in a hurry");
    }
    assert_eq!(source.look(false).await.unwrap(), None);
    server.finish();
}

#[tokio::test]
async fn after_a_declined_idle_the_next_look_comes_after_the_polling_interval() {
    let empty = line("SELECT", &SELECTED.replace("* 3 EXISTS", "* 0 EXISTS"));
    let server = serve("IDLE", vec![empty, line("IDLE", "{tag} BAD [CLIENTBUG] Unrecognised command\r\n")]);
    let mut source = connect(&server).await;
    source.look(false).await.unwrap();
    let waiting = source.wait(Duration::from_millis(50), Duration::from_secs(250));
    tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it polls").unwrap();
    server.finish();
}

#[tokio::test]
async fn a_folder_for_reading_only_is_seen_wherever_the_server_says_so() {
    for selected in [
        SELECTED.replace("READ-WRITE", "READ-ONLY"),
        SELECTED.replace("{tag} OK [READ-WRITE]", "* OK [READ-ONLY] no writing\r\n{tag} OK"),
    ] {
        let server = serve("MOVE", vec![line("SELECT", &selected)]);
        let mut source = connect(&server).await;
        let summary = source.describe_server(&After::Move("Filed".to_owned())).await.unwrap();
        assert!(summary.after_impossible.is_some_and(|why| why.contains("for reading only")));
        server.finish();
    }
}

#[tokio::test]
async fn a_move_without_the_extension_touches_no_other_message() {
    let server = serve(
        "UIDPLUS",
        vec![
            line("UID COPY 3:4 \"Archive\"", "{tag} NO [TRYCREATE] no such folder\r\n"),
            line("CREATE \"Archive\"", "{tag} OK made\r\n"),
            line("UID COPY 3:4 \"Archive\"", "{tag} OK copied\r\n"),
            line("UID STORE 3:4 +FLAGS.SILENT (\\Deleted)", "{tag} OK stored\r\n"),
            line("UID EXPUNGE 3:4", "* 1 EXPUNGE\r\n{tag} OK expunged\r\n"),
        ],
    );
    let mut source = connect(&server).await;
    source.mark(&uids(&[3, 4]), &After::Move("Archive".to_owned()), &HashSet::new(), |_| ()).await.unwrap();
    server.finish();
}

#[tokio::test]
async fn what_the_server_cannot_do_is_refused_before_anything_is_changed() {
    let server = serve("", vec![]);
    let mut source = connect(&server).await;
    for after in
        [After::Move("Archive".to_owned()), After::Flag("$Done".to_owned()), After::Flag(r"\Flagged".to_owned())]
    {
        let error = source.mark(&uids(&[3]), &after, &HashSet::new(), |_| ()).await.unwrap_err();
        assert!(matches!(error, SourceError::Impossible(_)), "{error:?}");
        assert!(error.leaves_connection_usable());
    }
    assert_eq!(server.finish().len(), 5, "no command was sent");
}

#[tokio::test]
async fn a_refused_move_is_an_error_unless_the_messages_are_gone() {
    let refused_move = || vec![line("UID MOVE 3", "{tag} NO over quota\r\n"), line("CREATE", "{tag} NO exists\r\n")];
    for (found, gone) in [("* 1 FETCH (UID 3)\r\n", false), ("", true)] {
        let mut script = refused_move();
        script.push(line("UID FETCH 3 (UID)", &format!("{found}{{tag}} OK done\r\n")));
        let server = serve("MOVE", script);
        let outcome =
            connect(&server).await.mark(&uids(&[3]), &After::Move("Archive".to_owned()), &HashSet::new(), |_| ()).await;
        if gone {
            outcome.unwrap()
        } else {
            refused(outcome, "UID MOVE", "over quota")
        }
        server.finish();
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_said_in_the_clear() {
    let ok = || say("* OK ready\r\n");
    let offer = || capability("STARTTLS LOGINDISABLED");
    for (script, words) in [
        (vec![ok(), capability("AUTH=PLAIN")], "does not offer STARTTLS"),
        (vec![ok(), offer(), line("STARTTLS", "{tag} BAD no\r\n")], "BAD no"),
        (vec![ok(), offer(), line("STARTTLS", "{tag} OK go\r\n* CAPABILITY AUTH=PLAIN\r\n")], "more than it was asked"),
        (vec![say("* PREAUTH welcome\r\n")], "PREAUTH"),
        (vec![say("* BYE too many connections\r\n")], "too many connections"),
        (vec![say("220 mx.example.net ESMTP\r\n")], "220 mx.example.net"),
        (vec![], "closed the connection"),
    ] {
        let server = Scripted::start(script);
        let error = Source::connect(&settings(&server, Tls::StartTls)).await.unwrap_err();
        assert!(matches!(&error, SourceError::Net(error) if error.to_string().contains(words)), "{words}: {error:?}");
        assert!(server.finish().iter().all(|said| !said.contains("AUTHENTICATE") && !said.contains("LOGIN")));
    }
}

#[tokio::test]
async fn logs_in_with_login_where_plain_is_not_offered_and_not_at_all_where_it_is_forbidden() {
    let login = line(r#"LOGIN "desk" "pass \"word\"""#, "{tag} NO [AUTHENTICATIONFAILED] not pass \"word\"\r\n");
    let server = Scripted::start(vec![say("* OK ready\r\n"), capability(""), login]);
    let error = Source::connect(&settings(&server, Tls::None)).await.unwrap_err();
    assert!(error.is_login_refused());
    assert_eq!(error.to_string(), "127.0.0.1 refused the login of desk: [AUTHENTICATIONFAILED] not (secret)");
    server.finish();
    let server = Scripted::start(vec![say("* OK ready\r\n"), capability("LOGINDISABLED"), skip_to("never", "")]);
    let error = Source::connect(&settings(&server, Tls::None)).await.unwrap_err();
    assert!(error.is_login_refused(), "{error}");
    assert_eq!(server.finish().len(), 1);
}

#[tokio::test]
async fn a_server_that_answers_a_login_with_an_echo_does_not_bring_the_password_into_an_error() {
    for echo in [format!("* {WRONG_PASSWORD}"), WRONG_PASSWORD.to_owned(), format!("+ {WRONG_PASSWORD}")] {
        let server = Scripted::start(vec![
            say("* OK ready\r\n"),
            capability("AUTH=PLAIN"),
            line("AUTHENTICATE PLAIN", &format!("{echo}\r\n")),
        ]);
        let error = Source::connect(&settings(&server, Tls::None)).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains(WRONG_PASSWORD), "{error:?}");
        server.finish();
    }
}

#[tokio::test]
async fn a_throttling_server_says_how_long_to_stay_away() {
    let server = serve(
        "",
        vec![line("SELECT", "{tag} BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds\r\n")],
    );
    let error = connect(&server).await.look(false).await.unwrap_err();
    assert_eq!(error.suggested_backoff(), Some(Duration::from_millis(299_961)));
    server.finish();
}

#[tokio::test]
async fn says_who_we_are_where_the_server_asks() {
    let server = Scripted::start(vec![
        say("* OK ready\r\n"),
        capability("AUTH=PLAIN"),
        line("AUTHENTICATE PLAIN", "+ \r\n"),
        line("AGRlc2sA", "A0001 OK welcome\r\n"),
        capability("ID"),
        line("ID (\"name\" \"maildesk\" \"version\"", "* ID NIL\r\n{tag} OK pleased\r\n"),
        line("SELECT", SELECTED),
        line("LOGOUT", "* BYE bye\r\n{tag} OK done\r\n"),
    ]);
    connect(&server).await.close().await;
    server.finish();
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for_for_ever() {
    let never = || skip_to("never", "");
    let server = serve("IDLE", vec![never()]);
    let mut source = connect(&server).await;
    let (outcome, ()) = tokio::join!(source.look(false), server.pause_clock_after("SELECT \"INBOX\""));
    tokio::time::resume();
    assert_eq!(outcome, Err(SourceError::Timeout("SELECT")));
    lost(source.look(false).await, "unfinished");

    let select = line("SELECT", &SELECTED.replace("* 3 EXISTS", "* 0 EXISTS"));
    let server =
        serve("IDLE", vec![select, line("IDLE", "+ idling\r\n"), line("DONE", "* OK Still here\r\n"), never()]);
    let mut source = connect(&server).await;
    source.look(false).await.unwrap();
    let (outcome, ()) = tokio::join!(
        source.wait(Duration::from_millis(50), Duration::from_millis(50)),
        server.pause_clock_after("DONE")
    );
    tokio::time::resume();
    assert_eq!(outcome, Err(SourceError::Timeout("the end of IDLE")));
}

#[tokio::test]
async fn answers_that_cannot_be_read_end_no_mailbox() {
    let answer = "* XUNKNOWN foo\r\n* 1 FETCH (FLAGS (\u{1} % \"a b\") UID 1 RFC822.SIZE 2  INTERNALDATE NIL)\n[COPYUID 1 2 3]\n{tag} OK done\n";
    let server = serve("", vec![line("UID FETCH 1", answer)]);
    let described = connect(&server).await.describe(&uids(&[1])).await.unwrap();
    assert_eq!(described.iter().map(|d| (d.size, d.received_at)).collect::<Vec<_>>(), [(2, None)]);
    server.finish();
}

#[tokio::test]
async fn of_a_large_folder_only_the_end_is_listed_unless_the_count_does_not_fit() {
    let select = |exists: u32, next: u32| {
        line(
            "SELECT",
            &SELECTED
                .replace("* 3 EXISTS", &format!("* {exists} EXISTS"))
                .replace("UIDNEXT 10", &format!("UIDNEXT {next}")),
        )
    };
    let fetched = |uids: &[u32]| -> String {
        let lines = uids.iter().map(|uid| format!("* 1 FETCH (UID {uid} RFC822.SIZE 2)\r\n"));
        lines.collect::<String>() + "{tag} OK done\r\n"
    };
    let tail = "UID FETCH 8:* (UID RFC822.SIZE INTERNALDATE)";
    let server = serve(
        "",
        vec![
            select(3, 10),
            line("UID FETCH 1:* (UID)", &fetched(&[3, 8, 9])),
            select(4, 11),
            line(tail, &fetched(&[8, 9, 10])),
            select(1, 11),
            line(tail, &fetched(&[3])),
            select(1, 11),
            select(3, 12),
            line(tail, &fetched(&[11])),
            line("UID FETCH 1:* (UID)", &fetched(&[2, 3, 11])),
        ],
    );
    let mut source = connect(&server).await;
    let listed = |look: Option<maildesk::source::FolderListing>| {
        let look = look.unwrap();
        (look.uids.iter().map(|uid| uid.number().unwrap()).collect::<Vec<_>>(), look.described.is_some())
    };
    assert_eq!(listed(source.look_from(7, 8).await.unwrap()), (vec![3, 8, 9], false), "nothing is known of it yet");
    assert_eq!(listed(source.look_from(7, 8).await.unwrap()), (vec![8, 9, 10], true));
    assert_eq!(listed(source.look_from(7, 8).await.unwrap()), (vec![], true), "they are gone");
    assert_eq!(source.look_from(7, 8).await.unwrap(), None);
    assert_eq!(listed(source.look_from(7, 8).await.unwrap()), (vec![2, 3, 11], false), "there are more below");
    server.finish();
}

#[tokio::test]
async fn passing_trouble_at_the_login_is_no_wrong_password() {
    for words in [
        "NO [UNAVAILABLE] Temporary authentication failure",
        "NO [INUSE] Mailbox in use",
        "NO [ALERT] Too many simultaneous connections. (Failure)",
        "BAD Command Error 12",
    ] {
        let refusal = format!("{{tag}} {words}\r\n");
        let server = Scripted::start(vec![
            say("* OK ready\r\n"),
            capability("LOGINDISABLED AUTH=PLAIN"),
            line("AUTH", &refusal),
        ]);
        let error = Source::connect(&settings(&server, Tls::None)).await.unwrap_err();
        assert!(!error.is_login_refused(), "{words}: {error:?}");
        let said = words.rsplit(']').next().unwrap().trim_start_matches("BAD ").trim();
        assert!(error.to_string().contains(said), "{error}");
        server.finish();
    }
}

#[tokio::test]
async fn login_is_tried_after_plain_once_and_what_worked_is_remembered() {
    let plain = |reply: &str| line("AUTHENTICATE PLAIN", &format!("{{tag}} {reply}\r\n"));
    let login = |reply: &str| line("LOGIN \"desk\"", &format!("{{tag}} {reply}\r\n"));
    let begins = || vec![say("* OK ready\r\n"), capability("AUTH=PLAIN")];
    let more = || vec![capability(""), line("SELECT \"INBOX\"", SELECTED)];
    let script = |steps: Vec<Vec<Step>>| steps.concat();
    // A wrong password counts once.
    let server = Scripted::start(script(vec![begins(), vec![plain("NO [AUTHENTICATIONFAILED] wrong")]]));
    assert!(Source::connect(&settings(&server, Tls::None)).await.unwrap_err().is_login_refused());
    server.finish();
    for refused in ["BAD unknown mechanism", "NO Server refused"] {
        let server = Scripted::start(script(vec![begins(), vec![plain(refused), login("OK welcome")], more()]));
        let mut settings = settings(&server, Tls::None);
        connect_to(&settings).await;
        let port = server.port;
        server.finish();
        let again = Scripted::start_at(port, script(vec![begins(), vec![login("OK welcome")], more()]));
        if let SourceSettings::Imap(imap) = &mut settings {
            imap.server.port = again.port;
        }
        connect_to(&settings).await;
        again.finish();
    }
}

async fn connect_to(settings: &SourceSettings) {
    Source::connect(settings).await.unwrap();
}
