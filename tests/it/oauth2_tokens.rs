//! Access tokens from a server that issues them, over TLS: what is asked, what is kept, and what each refusal tells.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::support::{Reply, Servers, TokenServer, jwt};
use maildesk::model::settings::{ImapSettings, SmtpSettings, SourceSettings, Tls};
use maildesk::model::{Credential, Grant, JwtAlgorithm, Secret, TokenEndpoint, TokenSource};
use maildesk::net::oauth2::{TokenError, access_token};
use maildesk::smtp;
use maildesk::source::Source;

const USER: &str = "support@example.org";
const CLIENT_SECRET: &str = "client-secret-canary";

fn endpoint(server: &TokenServer, grant: Grant) -> TokenSource {
    let (url, ca_file) = (server.url(), Some(server.ca_file()));
    TokenSource::Endpoint(Box::new(TokenEndpoint { url, ca_file, scope: "mail".to_owned(), grant }))
}

fn by_secret(server: &TokenServer) -> TokenSource {
    let secret = Secret::new(CLIENT_SECRET);
    endpoint(server, Grant::ClientSecret { client_id: "app".to_owned(), secret })
}

#[tokio::test]
async fn one_token_serves_mailbox_and_transport_until_a_server_refuses_it() {
    let mut servers = Servers::start();
    servers.restart_taking_tokens("xoauth2 oauthbearer", "");
    // The server calls tokens good that have ended; the second one is.
    let count = AtomicUsize::new(0);
    let issuing = TokenServer::start(move |_| {
        let seconds = if count.fetch_add(1, Ordering::Relaxed) == 0 { -30 } else { 600 };
        Reply::Json(200, json!({ "access_token": jwt(USER, seconds), "token_type": "Bearer", "expires_in": 3599 }))
    });
    let credential = Credential::OAuth2(by_secret(&issuing));
    for _ in 0..2 {
        let imap = ImapSettings { credential: credential.clone(), ..servers.imap(USER, Tls::StartTls) };
        Source::connect(&SourceSettings::Imap(imap)).await.unwrap().close().await;
        let smtp = SmtpSettings { login: Some((USER.to_owned(), credential.clone())), ..servers.smtp(Tls::StartTls) };
        smtp::connect(&smtp).await.unwrap().quit().await;
    }
    let requests = issuing.requests();
    assert_eq!(requests.len(), 2, "{requests:?}");
    let sent: Vec<(&str, &str)> = requests[0].iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let expected = [
        ("client_id", "app"),
        ("client_secret", CLIENT_SECRET),
        ("grant_type", "client_credentials"),
        ("scope", "mail"),
    ];
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn each_trouble_of_the_server_is_told_apart_and_without_secrets() {
    let refused = |error: &str, words: &str| {
        Reply::Json(
            400,
            json!({ "error": error, "error_description": format!("{words} {CLIENT_SECRET}"), "error_codes": [1] }),
        )
    };
    let html = |head: &str| {
        let body = "<html>canary</html>";
        Reply::Raw(format!(
            "HTTP/1.1 {head}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    let large = format!("HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n{}", "x".repeat(70_000));
    let cases: Vec<(Reply, bool, &str)> = vec![
        (
            refused("invalid_client", "AADSTS7000222: expired."),
            true,
            "AADSTS7000222: expired. (secret) (the client secret has expired",
        ),
        (
            refused("invalid_scope", "AADSTS70011: The scope is not valid."),
            true,
            "https://outlook.office365.com/.default",
        ),
        (
            Reply::Json(401, json!({ "error": "invalid_client" })),
            true,
            "(401): invalid_client (client_id and client secret",
        ),
        (Reply::Json(429, json!({})), false, "answers 429"),
        (Reply::Json(503, json!({ "error": "server_error" })), false, "answers 503 server_error"),
        (Reply::Json(400, json!({ "error": "temporarily_unavailable" })), false, "temporarily_unavailable"),
        (Reply::Json(200, json!({ "token_type": "Bearer" })), true, "refuses it (200)"),
        (Reply::Json(200, json!({ "access_token": "two words" })), true, "not an access token"),
        (html("200 OK"), false, "answers 200, and not with JSON"),
        (html("502 Bad Gateway"), false, "answers 502, and not with JSON"),
        (html("404 Not Found"), true, "is token_url right?"),
        (html("302 Found\r\nLocation: https://localhost/"), true, "redirects elsewhere (302)"),
        (Reply::Raw(large), false, "length limit exceeded"),
        (Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_owned()), false, "localhost"),
        (Reply::Raw("220 smtp.example.org\r\n".to_owned()), false, "localhost"),
    ];
    for (reply, is_refused, words) in cases {
        let reply = std::sync::Mutex::new(Some(reply));
        let server = TokenServer::start(move |_| reply.lock().unwrap().take().unwrap_or(Reply::Silence));
        let error = access_token(&by_secret(&server), None).await.unwrap_err();
        assert_eq!(matches!(error, TokenError::Refused(_)), is_refused, "{words}: {error}");
        let text = error.to_string();
        assert!(text.contains(words), "{words}: {text}");
        assert!(!text.contains("canary"), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_is() {
    let reply = "HTTP/1.1 429 x\r\nRetry-After: 120\r\nContent-Length: 2\r\n\r\n{}";
    let server = TokenServer::start(move |_| Reply::Raw(reply.to_owned()));
    let source = by_secret(&server);
    for _ in 0..3 {
        let error = access_token(&source, None).await.unwrap_err();
        assert!(matches!(error, TokenError::Unavailable(_)), "{error}");
    }
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_slow_server_is_not_waited_for_longer_than_half_a_minute() {
    let server = TokenServer::start(|_| Reply::Silence);
    let source = by_secret(&server);
    let asking = tokio::spawn(async move { access_token(&source, None).await });
    while server.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::pause();
    let error = asking.await.unwrap().unwrap_err();
    assert!(
        matches!(&error, TokenError::Unavailable(text) if text.contains("no complete answer within 30 seconds")),
        "{error}"
    );
}

#[tokio::test]
async fn only_a_server_with_a_trusted_certificate_is_asked() {
    let server = TokenServer::start(|_| Reply::Json(200, json!({ "access_token": "tok" })));
    let TokenSource::Endpoint(mut endpoint) = by_secret(&server) else { panic!("an endpoint") };
    endpoint.ca_file = None;
    let error = access_token(&TokenSource::Endpoint(endpoint), None).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
    assert!(server.requests().is_empty());
}

/// The parts of a JWT: head, claims; its signature is verified.
fn verified(token: &str) -> (Value, Value) {
    let parts: Vec<&str> = token.split('.').collect();
    let part = |at: usize| BASE64_URL_SAFE_NO_PAD.decode(parts[at]).unwrap();
    let head: Value = serde_json::from_slice(&part(0)).unwrap();
    let public = fs::read_to_string("fixtures/oauth2/client.public.pem").unwrap();
    let public: String = public.lines().filter(|line| !line.starts_with('-')).collect();
    let public = base64::prelude::BASE64_STANDARD.decode(public).unwrap();
    let content = format!("{}.{}", parts[0], parts[1]);
    let verified = match head["alg"].as_str() {
        Some("PS256") => UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, public).verify(content.as_bytes(), &part(2)),
        _ => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public).verify(content.as_bytes(), &part(2)),
    };
    verified.expect("its signature is right");
    (head, serde_json::from_slice(&part(1)).unwrap())
}

#[tokio::test]
async fn a_certificate_and_a_service_account_sign_what_they_say() {
    let pem = Secret::new(fs::read_to_string(Path::new("fixtures/oauth2/client.pem")).unwrap());
    for (algorithm, name) in [(JwtAlgorithm::Ps256, "PS256"), (JwtAlgorithm::Rs256, "RS256")] {
        let server = TokenServer::start(|_| Reply::Json(200, json!({ "access_token": "tok", "expires_in": "3599" })));
        let grant = Grant::Certificate { client_id: "app".to_owned(), pem: pem.clone(), algorithm };
        assert_eq!(access_token(&endpoint(&server, grant), None).await.unwrap().expose(), "tok");
        let form = &server.requests()[0];
        assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        let (head, claims) = verified(&form["client_assertion"]);
        assert_eq!(head["alg"], name);
        assert_eq!(head["x5t#S256"].as_str().map(str::len), Some(43), "{head}");
        assert_eq!([&claims["iss"], &claims["sub"], &claims["aud"]], ["app", "app", server.url().as_str()]);
        let lifetime = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert!((1..=600).contains(&lifetime) && claims["jti"].as_str().is_some_and(|id| id.len() > 16), "{claims}");
    }
    let server = TokenServer::start(|_| Reply::Json(200, json!({ "access_token": "tok", "expires_in": 3599 })));
    let text = |text: &str| text.to_owned();
    let grant =
        Grant::ServiceAccount { email: text("desk@iam.test"), key_id: text("7"), key: pem, subject: text(USER) };
    access_token(&endpoint(&server, grant), None).await.unwrap();
    let form = &server.requests()[0];
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let (head, claims) = verified(&form["assertion"]);
    assert_eq!((&head["kid"], &claims["scope"]), (&json!("7"), &json!("mail")));
    assert_eq!([&claims["iss"], &claims["sub"], &claims["aud"]], ["desk@iam.test", USER, server.url().as_str()]);

    let grant =
        Grant::Certificate { client_id: text("other"), pem: Secret::new("canary"), algorithm: JwtAlgorithm::Ps256 };
    let error = access_token(&endpoint(&server, grant), None).await.unwrap_err().to_string();
    assert!(error.contains("no certificate (PEM)") && !error.contains("canary"), "{error}");
}
