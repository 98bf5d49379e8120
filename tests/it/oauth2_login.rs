//! Refresh tokens: the login that gets the first, and their rotation, whatever dies between.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::support::{Reply, Servers, TestDesk, TokenServer, jwt};

const USER: &str = "support@example.org";

/// A provider: the refresh tokens that it takes, and how many it has issued. It accepts an old one as long as the next was not
/// used, as Microsoft does.
fn provider() -> TokenServer {
    let state = Arc::new(Mutex::new((vec!["canary-0".to_owned()], 0)));
    TokenServer::start(move |form| {
        let mut state = state.lock().unwrap();
        let refuse = |error: &str| Reply::Json(400, json!({ "error": error }));
        match form.get("grant_type").map(String::as_str) {
            None => Reply::Json(
                200,
                json!({ "device_code": "device-canary", "user_code": "ABCD-EFGH", "interval": 1,
                        "verification_uri": "https://login.example.org/device", "expires_in": 900 }),
            ),
            Some("urn:ietf:params:oauth:grant-type:device_code") if state.1 == 0 => {
                state.1 = 1;
                refuse("authorization_pending")
            }
            Some("refresh_token") if !state.0.contains(&form["refresh_token"]) => refuse("invalid_grant"),
            Some("authorization_code") if form["code"] != "code-canary" || form["code_verifier"].len() < 43 => {
                refuse("invalid_grant")
            }
            _ => {
                let used = form.get("refresh_token").cloned();
                state.1 += 1;
                let next = format!("canary-{}", state.1);
                state.0.retain(|token| Some(token) == used.as_ref());
                state.0.push(next.clone());
                Reply::Json(200, json!({ "access_token": jwt(USER, 600), "expires_in": 3599, "refresh_token": next }))
            }
        }
    })
}

/// A desk whose mailbox and transport share a login.
fn desk(servers: Servers, provider: &TokenServer, further: &str) -> TestDesk {
    let (url, ca) = (provider.url(), provider.ca_file());
    let oauth2 = format!(
        "user = \"{USER}\"\noauth2 = {{ token_url = \"{url}\", ca_file = \"{}\", scope = \"mail\", client_id = \"desk\", \
         login = true, {further} }}",
        ca.display()
    );
    let port = servers.imap(USER, maildesk::model::settings::Tls::StartTls).server.port;
    let imap = format!(
        "host = \"localhost\"\nport = {port}\ntls = \"starttls\"\nca_file = \"{}\"",
        servers.ca_file().display()
    );
    let configuration = format!(
        "[desk.OTK]\nname = \"Support\"\naddress = \"{USER}\"\n\n[mailbox.support]\n{imap}\n{oauth2}\nstart = \"all\"\n\n\
         [transport.main]\nSINK\n"
    );
    TestDesk::with(&configuration).between(servers).open()
}

fn taking_tokens() -> Servers {
    let mut servers = Servers::start();
    servers.restart_taking_tokens("xoauth2", "");
    servers
}

/// The file with the refresh tokens.
fn kept(desk: &TestDesk) -> Option<(std::path::PathBuf, serde_json::Value)> {
    let files = fs::read_dir(desk.path("state")).ok()?.map(|entry| entry.unwrap().path());
    let file = files.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "token"))?;
    let value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    Some((file, value))
}

#[test]
fn a_login_by_code_is_kept_and_every_rotation_survives_a_kill_at_any_point() {
    let provider = provider();
    let device = format!("device_url = \"{}\"", provider.url());
    let desk = desk(taking_tokens(), &provider, &device);
    let output = desk.command(&["once"]).output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(said.contains("nobody has logged in for it yet"), "{said}");

    let output = desk.command(&["login", "support"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("https://login.example.org/device") && said.contains("ABCD-EFGH"), "{said}");
    let (file, first) = kept(&desk).expect("a file");
    let (own, folder) = (fs::metadata(&file).unwrap(), fs::metadata(desk.path("state")).unwrap());
    assert_eq!((own.permissions().mode() & 0o777, own.uid()), (0o600, folder.uid()));

    desk.once();
    assert_ne!(kept(&desk).unwrap().1["newest"], first["newest"], "the next one is kept");
    for point in ["refresh-token-answered", "refresh-token-kept"] {
        desk.run_with(&[("MAILDESK_FAILPOINT", point)]).dies_by(9);
        desk.once();
    }
    let shown =
        [desk.log(), said, String::from_utf8_lossy(&desk.command(&["status"]).output().unwrap().stdout).into_owned()];
    assert!(!shown.concat().contains("canary-"), "no token is shown");
}

#[test]
fn a_login_by_browser_comes_back_to_a_port_or_is_pasted_and_its_state_is_checked() {
    let provider = provider();
    let authorize = format!("authorize_url = \"https://localhost:{}/authorize?prompt=consent\"", provider.port);
    let desk = desk(taking_tokens(), &provider, &authorize);
    for (way, is_well) in [("port", true), ("pasted", true), ("forged", false)] {
        let mut command = desk.command(&["login", "support"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let page = lines.find(|line| line.starts_with("https://")).unwrap();
        let page = url::Url::parse(&page).unwrap();
        let field = |name: &str| page.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!((field("code_challenge_method"), field("scope")), ("S256".to_owned(), "mail".to_owned()));
        let back = url::Url::parse(&field("redirect_uri")).unwrap();
        let state = if way == "forged" { "other".to_owned() } else { field("state") };
        let path = format!("/?code=code-canary&state={state}");
        if way == "pasted" {
            writeln!(child.stdin.as_mut().unwrap(), "http://localhost:{}{path}", back.port().unwrap()).unwrap();
        } else {
            let mut stream = TcpStream::connect(("127.0.0.1", back.port().unwrap())).unwrap();
            write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.contains("Back to the terminal"), "{answer}");
        }
        lines.for_each(drop);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.success(), is_well, "{way}: {said}");
        assert!(is_well || said.contains("another login"), "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
    desk.once();
}
