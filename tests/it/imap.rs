//! The IMAP source against a real Dovecot.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use crate::support::{Servers, WRONG_PASSWORD};
use maildesk::model::settings::{After, SourceSettings, Tls};
use maildesk::model::{Credential, Secret, Timestamp, Uid};
use maildesk::source::{SLICE, Source, SourceError};

const HELLO: &[u8] = b"From: ivan@example.com\r\nSubject: hello\r\n\r\nGood day.\r\n";

async fn open(servers: &Servers, user: &str) -> Source {
    Source::connect(&SourceSettings::Imap(servers.imap(user, Tls::None))).await.unwrap()
}

async fn uids(source: &mut Source) -> Vec<Uid> {
    source.look(true).await.unwrap().expect("a full look always lists").uids
}

async fn slice(source: &mut Source, uid: &Uid, offset: u64) -> Vec<u8> {
    let mut got = Vec::new();
    source.fetch(std::slice::from_ref(uid), offset, |uid, bytes| got.push((uid.clone(), bytes))).await.unwrap();
    assert_eq!(got.len(), 1);
    assert_eq!(got[0].0, *uid);
    got.remove(0).1
}

#[tokio::test]
async fn reads_mail_over_every_kind_of_connection() {
    let servers = Servers::start();
    servers.deliver("support", "INBOX", HELLO, None);
    for tls in [Tls::Implicit, Tls::StartTls, Tls::None] {
        let mut source = Source::connect(&SourceSettings::Imap(servers.imap("support", tls))).await.unwrap();
        let uids = uids(&mut source).await;
        assert_eq!(uids.len(), 1, "{tls:?}");
        assert_eq!(slice(&mut source, &uids[0], 0).await, HELLO, "{tls:?}");
        source.close().await;
    }
}

#[tokio::test]
async fn a_wrong_password_is_a_refused_login_that_tells_what_the_server_said_and_no_secret() {
    let servers = Servers::start();
    let mut settings = servers.imap("support", Tls::Implicit);
    settings.credential = Credential::Password(Secret::new(WRONG_PASSWORD));
    let error = Source::connect(&SourceSettings::Imap(settings)).await.unwrap_err();
    assert!(error.is_login_refused());
    let text = error.to_string();
    assert!(text.contains("Authentication failed") && text.contains("support") && text.contains("localhost"), "{text}");
    assert!(!format!("{text} {error:?}").contains(WRONG_PASSWORD));
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let servers = Servers::start();
    for tls in [Tls::Implicit, Tls::StartTls] {
        for ca_file in [None, Some(servers.other_ca_file())] {
            let mut settings = servers.imap("support", tls);
            settings.server.ca_file = ca_file;
            let error = Source::connect(&SourceSettings::Imap(settings)).await.unwrap_err().to_string();
            assert!(error.contains("no TLS with localhost") && error.contains("certificate"), "{tls:?}: {error}");
        }
    }
}

#[tokio::test]
async fn a_certificate_of_another_host_is_refused() {
    let servers = Servers::start();
    let mut settings = servers.imap("support", Tls::Implicit);
    settings.server.host = "127.0.0.2".to_owned();
    let error = Source::connect(&SourceSettings::Imap(settings)).await.unwrap_err().to_string();
    assert!(error.contains("no TLS with 127.0.0.2") && error.contains("not valid for name"), "{error}");
}

#[tokio::test]
async fn a_missing_folder_is_an_error_at_once() {
    let servers = Servers::start();
    let mut settings = servers.imap("support", Tls::None);
    settings.folder = "Нет такой".to_owned();
    let error = Source::connect(&SourceSettings::Imap(settings)).await.unwrap_err();
    assert!(matches!(&error, SourceError::Refused { command: "SELECT", .. }), "{error:?}");
}

#[tokio::test]
async fn slices_of_a_large_message_join_byte_for_byte() {
    let servers = Servers::start();
    let mut raw = b"Subject: large\r\n\r\n".to_vec();
    for line in 0..20_000 {
        raw.extend_from_slice(format!("line {line} of a large message, with ) and {{5}} in it\r\n").as_bytes());
    }
    servers.deliver("support", "INBOX", &raw, None);
    let mut source = open(&servers, "support").await;
    let uid = uids(&mut source).await.remove(0);
    let described = source.describe(std::slice::from_ref(&uid)).await.unwrap();
    assert_eq!(described[0].size, raw.len() as u64);
    let mut joined = Vec::new();
    loop {
        let part = slice(&mut source, &uid, joined.len() as u64).await;
        assert!(part.len() as u64 <= SLICE);
        if part.is_empty() {
            break;
        }
        joined.extend(part);
    }
    assert!(joined == raw, "{} of {} bytes", joined.len(), raw.len());
}

#[tokio::test]
async fn describes_size_and_arrival_and_leaves_out_what_is_gone() {
    let servers = Servers::start();
    let received = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_253_400);
    servers.deliver("support", "INBOX", HELLO, Some(received));
    let mut source = open(&servers, "support").await;
    let mut asked = uids(&mut source).await;
    asked.push(Uid::Number(4_000_000_000));
    let described = source.describe(&asked).await.unwrap();
    assert_eq!(described.len(), 1);
    assert_eq!(described[0].size, HELLO.len() as u64);
    assert_eq!(described[0].received_at, Some(Timestamp::from_unix(1_795_253_400)));
    let mut delivered = Vec::new();
    source.fetch(&asked, 0, |uid, _| delivered.push(uid.clone())).await.unwrap();
    assert_eq!(delivered, asked[..1]);
}

#[tokio::test]
async fn an_empty_folder_is_an_empty_list_and_an_unchanged_one_is_not_listed_again() {
    let servers = Servers::start();
    let mut source = open(&servers, "support").await;
    let look = source.look(false).await.unwrap().expect("the first look lists");
    assert_eq!(look.uids, []);
    assert!(look.validity > 0);
    assert_eq!(source.look(false).await.unwrap(), None);
    assert_eq!(source.look(true).await.unwrap(), Some(look));
    servers.deliver("support", "INBOX", HELLO, None);
    assert_eq!(source.look(false).await.unwrap().expect("something changed").uids.len(), 1);
    assert_eq!(source.look(false).await.unwrap(), None);
}

#[tokio::test]
async fn lists_thousands_of_messages_once_and_in_ascending_order() {
    let servers = Servers::start();
    for number in 0..3_000 {
        servers.deliver("support", "INBOX", format!("Subject: {number}\r\n\r\nhi\r\n").as_bytes(), None);
    }
    let mut source = open(&servers, "support").await;
    let listed: Vec<u32> = uids(&mut source).await.iter().map(|uid| uid.to_string().parse().unwrap()).collect();
    assert_eq!(listed.len(), 3_000);
    assert!(listed.is_sorted_by(|a, b| a < b));
    // Every second one: sets without ranges, and so more than one command.
    let asked: Vec<Uid> = listed.iter().step_by(2).map(|uid| Uid::Number(*uid)).collect();
    let mut delivered = 0;
    source.fetch(&asked, 0, |_, _| delivered += 1).await.unwrap();
    assert_eq!(delivered, 1_500);
    assert_eq!(source.describe(&asked).await.unwrap().len(), 1_500);
}

#[tokio::test]
async fn a_new_uidvalidity_is_seen() {
    let mut servers = Servers::start();
    servers.deliver("support", "INBOX", HELLO, None);
    let mut source = open(&servers, "support").await;
    let before = source.look(true).await.unwrap().unwrap().validity;
    servers.reset_uidvalidity("support");
    assert!(source.look(false).await.is_err(), "the connection broke with the server");
    assert!(matches!(source.look(false).await, Err(SourceError::Lost(_))), "and is not used again");
    let after = open(&servers, "support").await.look(false).await.unwrap().unwrap();
    assert_ne!(after.validity, before);
    assert_eq!(after.uids.len(), 1);
}

#[tokio::test]
async fn moves_into_a_folder_that_it_makes_and_does_no_harm_twice() {
    let servers = Servers::start();
    for _ in 0..3 {
        servers.deliver("support", "INBOX", HELLO, None);
    }
    let mut source = open(&servers, "support").await;
    let uids = uids(&mut source).await;
    let after = After::Move("Обработанные & \"старые\"".to_owned());
    source.mark(&uids[..2], &after, &HashSet::new(), |_| ()).await.unwrap();
    source.mark(&uids[..2], &after, &HashSet::new(), |_| ()).await.unwrap();
    assert_eq!(source.look(false).await.unwrap().unwrap().uids, uids[2..]);
    source.mark(&uids, &after, &HashSet::new(), |_| ()).await.unwrap();
    assert_eq!(source.look(false).await.unwrap().unwrap().uids, []);
    let mut settings = servers.imap("support", Tls::None);
    settings.folder = "Обработанные & \"старые\"".to_owned();
    let mut archive = Source::connect(&SourceSettings::Imap(settings)).await.unwrap();
    assert_eq!(archive.look(false).await.unwrap().unwrap().uids.len(), 3);
    assert_eq!(servers.messages("support", "&BB4EMQRABDAEMQQ+BEIEMAQ9BD0ESwQ1- &- \"&BEEEQgQwBEAESwQ1-\"").len(), 3);
}

#[tokio::test]
async fn sets_flags_and_keywords_and_leaves_what_is_to_be_left() {
    let servers = Servers::start();
    servers.deliver("support", "INBOX", HELLO, None);
    let mut source = open(&servers, "support").await;
    let uids = uids(&mut source).await;
    source.mark(&uids, &After::Leave, &HashSet::new(), |_| ()).await.unwrap();
    assert_eq!(servers.messages("support", "INBOX")[0].flags, "");
    for _ in 0..2 {
        source.mark(&uids, &After::Flag(r"\Seen".to_owned()), &HashSet::new(), |_| ()).await.unwrap();
        source.mark(&uids, &After::Flag("$MaildeskDone".to_owned()), &HashSet::new(), |_| ()).await.unwrap();
    }
    assert_eq!(servers.messages("support", "INBOX")[0].flags, "Sa");
    let gone = [Uid::Number(4_000_000_000)];
    source.mark(&gone, &After::Flag(r"\Seen".to_owned()), &HashSet::new(), |_| ()).await.unwrap();
    source.mark(&gone, &After::Move("Archive".to_owned()), &HashSet::new(), |_| ()).await.unwrap();
    for flag in ["", "\\", "a b", "a)", "a\r\nM9 LOGOUT", "флаг", r"\Recent", r"\Nonsense"] {
        let refused = source.mark(&uids, &After::Flag(flag.to_owned()), &HashSet::new(), |_| ()).await;
        assert!(matches!(refused, Err(SourceError::Impossible(_))), "{flag:?}: {refused:?}");
    }
    assert_eq!(uids, self::uids(&mut source).await, "the connection is still good");
}

#[tokio::test]
async fn idle_wakes_up_for_new_mail_and_ends_in_time_without() {
    let servers = Servers::start();
    let mut source = open(&servers, "support").await;
    assert_eq!(uids(&mut source).await, []);
    source.wait(Duration::from_millis(50), Duration::from_millis(50)).await.unwrap();
    assert_eq!(source.look(false).await.unwrap(), None);
    let wait = tokio::spawn(async move {
        source.wait(Duration::from_secs(250), Duration::from_secs(250)).await.unwrap();
        source
    });
    servers.deliver("support", "INBOX", HELLO, None);
    let mut source =
        tokio::time::timeout(Duration::from_secs(60), wait).await.expect("woken long before the wait ends").unwrap();
    assert_eq!(source.look(false).await.unwrap().unwrap().uids.len(), 1);
}

#[tokio::test]
async fn mail_that_the_server_told_of_on_the_side_is_not_waited_for() {
    let servers = Servers::start();
    servers.deliver("support", "INBOX", HELLO, None);
    let mut source = open(&servers, "support").await;
    let uids = uids(&mut source).await;
    servers.deliver("support", "INBOX", HELLO, None);
    // Dovecot says EXISTS in the answer to this STORE, and not again in IDLE.
    source.mark(&uids, &After::Flag(r"\Seen".to_owned()), &HashSet::new(), |_| ()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(60), source.wait(Duration::from_secs(250), Duration::from_secs(250)))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(self::uids(&mut source).await.len(), 2);
}

#[tokio::test]
async fn a_dropped_wait_leaves_a_connection_that_says_it_is_lost() {
    let servers = Servers::start();
    let mut source = open(&servers, "support").await;
    assert_eq!(uids(&mut source).await, []);
    let dropped = tokio::time::timeout(
        Duration::from_millis(200),
        source.wait(Duration::from_secs(250), Duration::from_secs(250)),
    )
    .await;
    assert!(dropped.is_err());
    assert!(matches!(source.look(false).await, Err(SourceError::Lost(_))));
}

#[tokio::test]
async fn describes_the_server_for_the_operator() {
    let servers = Servers::start();
    servers.deliver("support", "INBOX", HELLO, None);
    let mut source = open(&servers, "support").await;
    let summary = source.describe_server(&After::Move("Archive".to_owned())).await.unwrap();
    assert_eq!((summary.messages, summary.idle, summary.after_impossible), (1, true, None));
    assert!(summary.capabilities.contains(&"MOVE".to_owned()), "{:?}", summary.capabilities);
    let summary = source.describe_server(&After::Flag(r"\Nonsense".to_owned())).await.unwrap();
    assert!(summary.after_impossible.is_some());
}
