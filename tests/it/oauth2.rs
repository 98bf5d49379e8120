//! Logging in with access tokens (OAuth2): a real Dovecot that checks them, and scripted servers for what it never does.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Scripted, Servers, Step, jwt, line, say, temporary_folder};
use maildesk::model::settings::{ImapSettings, Server, SmtpSettings, SourceSettings, Tls};
use maildesk::smtp::{self, SendError};
use maildesk::source::{Source, SourceError};

const USER: &str = "support@example.org";

/// A server that gives out a canary as part of its words must not make us show it.
const TOKEN: &str = "token-canary";

/// A file with a token, which the `token_command` prints.
fn token_file(folder: &Path, token: &str) -> PathBuf {
    let file = folder.join("token");
    fs::write(&file, format!("{token}\n")).unwrap();
    file
}

#[tokio::test]
async fn a_token_logs_in_to_imap_and_submission_by_either_mechanism() {
    let mut servers = Servers::start();
    let folder = temporary_folder();
    let credential = Servers::printing(&token_file(folder.path(), &jwt(USER, 600)));
    // The third does not say that it takes tokens, as Yandex does not.
    let silent = "imap_capability = IMAP4rev1 IDLE";
    for (mechanisms, further) in [("xoauth2", ""), ("oauthbearer", ""), ("xoauth2", silent), ("oauthbearer", silent)] {
        servers.restart_taking_tokens(mechanisms, further);
        for tls in [Tls::Implicit, Tls::StartTls] {
            let imap = ImapSettings { credential: credential.clone(), ..servers.imap(USER, tls) };
            let connected = Source::connect(&SourceSettings::Imap(imap)).await;
            connected.unwrap_or_else(|error| panic!("{mechanisms} {tls:?}: {error}")).close().await;
            let smtp = SmtpSettings { login: Some((USER.to_owned(), credential.clone())), ..servers.smtp(tls) };
            let connected = smtp::connect(&smtp).await;
            connected.unwrap_or_else(|error| panic!("{mechanisms} {tls:?}: {error}")).quit().await;
        }
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_a_refused_login_without_the_token() {
    let mut servers = Servers::start();
    let folder = temporary_folder();
    for mechanisms in ["xoauth2", "oauthbearer"] {
        servers.restart_taking_tokens(mechanisms, "");
        for token in [jwt(USER, -30), jwt("somebody-else@example.org", 600), TOKEN.to_owned()] {
            let credential = Servers::printing(&token_file(folder.path(), &token));
            let imap = ImapSettings { credential: credential.clone(), ..servers.imap(USER, Tls::StartTls) };
            let error = Source::connect(&SourceSettings::Imap(imap)).await.unwrap_err();
            assert!(error.is_login_refused(), "{error:?}");
            let smtp = SmtpSettings { login: Some((USER.to_owned(), credential)), ..servers.smtp(Tls::StartTls) };
            let refused = smtp::connect(&smtp).await.unwrap_err();
            assert!(matches!(&refused, SendError::Login(text) if text.contains("535")), "{refused:?}");
            for text in [error.to_string(), refused.to_string()] {
                assert!(text.contains(USER) && text.contains("status"), "the server's own error is told: {text}");
                assert!(!text.contains(&token), "{text}");
            }
        }
    }
}

fn imap_settings(port: u16, credential: maildesk::model::Credential) -> SourceSettings {
    let server = Server { host: "127.0.0.1".to_owned(), port, tls: Tls::None, ca_file: None };
    SourceSettings::Imap(ImapSettings {
        server,
        user: USER.to_owned(),
        credential,
        folder: "INBOX".to_owned(),
        idle: true,
    })
}

/// base64 of `{"status":"401","scope":"https://mail.example.org/"}`.
const ERROR: &str = "eyJzdGF0dXMiOiI0MDEiLCJzY29wZSI6Imh0dHBzOi8vbWFpbC5leGFtcGxlLm9yZy8ifQ==";

fn greeted(capabilities: &str) -> Vec<Step> {
    vec![
        say("* OK ready\r\n"),
        line("CAPABILITY", &format!("* CAPABILITY IMAP4rev1 {capabilities}\r\n{{tag}} OK done\r\n")),
    ]
}

/// What a client must say after the error, each mechanism its own.
#[tokio::test]
async fn the_error_is_answered_as_each_mechanism_wants_and_the_final_answer_is_read() {
    let folder = temporary_folder();
    let credential = Servers::printing(&token_file(folder.path(), TOKEN));
    let sent = "dXNlcj1zdXBwb3J0QGV4YW1wbGUub3JnAWF1dGg9QmVhcmVyIHRva2VuLWNhbmFyeQEB";
    for (mechanism, response, answer) in [("XOAUTH2", sent, ""), ("OAUTHBEARER", "bixhPXN1cHBvcnRA", "AQ==")] {
        let mut script = greeted(&format!("AUTH={mechanism}"));
        script.extend([
            line(&format!("AUTHENTICATE {mechanism}"), "+ \r\n"),
            line(response, &format!("+ {ERROR}\r\n")),
            line(
                answer,
                &format!(
                    "A0001 NO [AUTHENTICATIONFAILED] Bearer {TOKEN}{} refused\r\n",
                    if answer.is_empty() { sent } else { "" }
                ),
            ),
        ]);
        let server = Scripted::start(script);
        let error = Source::connect(&imap_settings(server.port, credential.clone())).await.unwrap_err();
        let said = server.finish();
        assert_eq!(said.last().map(String::as_str), Some(answer), "{said:?}");
        let SourceError::LoginRefused { response, .. } = &error else { panic!("{error:?}") };
        assert!(
            response.contains("[AUTHENTICATIONFAILED]") && response.contains("https://mail.example.org/"),
            "{error}"
        );
        assert!(!response.contains(TOKEN) && !response.contains(sent), "{error}");

        let server = Scripted::start(vec![
            say("220 ready\r\n"),
            line("EHLO", &format!("250-mail\r\n250 AUTH PLAIN {mechanism}\r\n")),
            line(&format!("AUTH {mechanism}"), "334 \r\n"),
            line(sent.get(..8).filter(|_| answer.is_empty()).unwrap_or_default(), &format!("334 {ERROR}\r\n")),
            line(answer, &format!("535 5.7.8 {TOKEN} refused\r\n")),
        ]);
        let tls = Server { host: "127.0.0.1".to_owned(), port: server.port, tls: Tls::None, ca_file: None };
        let login = Some((USER.to_owned(), credential.clone()));
        let error = smtp::connect(&SmtpSettings { server: tls, login, hello: "desk".to_owned() }).await.unwrap_err();
        let said = server.finish();
        assert_eq!(said.last().map(String::as_str), Some(answer), "{said:?}");
        let SendError::Login(text) = &error else { panic!("{error:?}") };
        assert!(text.contains("535 5.7.8 (secret) refused") && text.contains("https://mail.example.org/"), "{text}");
    }
}

#[tokio::test]
async fn a_refusal_is_followed_by_one_fresh_token_and_never_by_the_same() {
    let folder = temporary_folder();
    let tokens = token_file(folder.path(), TOKEN);
    // The first call prints one token, all others another.
    let script = format!("cat {0}; echo fresh-{TOKEN} > {0}.new; mv {0}.new {0}", tokens.display());
    let command = ["/bin/sh", "-c", &script].map(str::to_owned).to_vec();
    let credential = maildesk::model::Credential::OAuth2(maildesk::model::TokenSource::Command(command));
    let refusing = |response: &str| {
        let mut script = greeted("AUTH=XOAUTH2");
        script.extend([
            line("AUTHENTICATE XOAUTH2", "+ \r\n"),
            line(response, &format!("+ {ERROR}\r\n")),
            line("", "A0001 NO [AUTHENTICATIONFAILED] refused\r\n"),
        ]);
        script
    };
    let first = Scripted::start(refusing("dXNlcj1zdXBwb3J0QGV4YW1wbGUub3JnAWF1dGg9QmVhcmVyIHRva2Vu"));
    let port = first.port;
    let connecting = tokio::spawn(async move { Source::connect(&imap_settings(port, credential)).await.err() });
    tokio::task::spawn_blocking(move || {
        first.finish();
        let fresh = "dXNlcj1zdXBwb3J0QGV4YW1wbGUub3JnAWF1dGg9QmVhcmVyIGZyZXNo";
        Scripted::start_at(port, refusing(fresh)).finish();
    })
    .await
    .unwrap();
    let error = connecting.await.unwrap().expect("refused");
    assert!(error.is_login_refused(), "{error:?}");

    // The same token again is not tried again: the script has one connection.
    let mut script = refusing("dXNlcj1zdXBwb3J0QGV4YW1wbGUub3JnAWF1dGg9QmVhcmVyIHRva2Vu");
    script.push(say(""));
    let server = Scripted::start(script);
    let credential = Servers::printing(&token_file(folder.path(), TOKEN));
    let error = Source::connect(&imap_settings(server.port, credential)).await.unwrap_err();
    assert!(error.is_login_refused(), "{error:?}");
    server.finish();
}

#[tokio::test]
async fn a_token_command_that_fails_is_told_and_no_server_is_asked() {
    let command = ["/bin/sh", "-c", "echo ask the administrator >&2; exit 1"].map(str::to_owned).to_vec();
    let credential = maildesk::model::Credential::OAuth2(maildesk::model::TokenSource::Command(command));
    let error = Source::connect(&imap_settings(9, credential.clone())).await.unwrap_err();
    assert!(error.is_login_refused() && error.to_string().contains("ask the administrator"), "{error}");
    let server = Server { host: "127.0.0.1".to_owned(), port: 9, tls: Tls::None, ca_file: None };
    let login = Some((USER.to_owned(), credential));
    let error = smtp::connect(&SmtpSettings { server, login, hello: "desk".to_owned() }).await.unwrap_err();
    assert!(matches!(&error, SendError::Login(text) if text.contains("ask the administrator")), "{error:?}");
}
