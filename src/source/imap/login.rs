//! Connects and logs in: greeting, STARTTLS (RFC 3501 6.2.1), CAPABILITY, then AUTHENTICATE PLAIN or LOGIN.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_imap::error::Error;
use async_imap::{Authenticator, Client};
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;

use super::lenient::Lenient;
use super::session::{Session, TIMEOUT};
use crate::model::settings::{ImapSettings, Server, Tls};
use crate::net::{self, Handshake, NetError, PreLogin, Stream, one_line, one_line_without};
use crate::source::SourceError;

pub(super) async fn log_in(settings: &ImapSettings) -> Result<Session, SourceError> {
    log_in_with(settings, None).await
}

/// Connects and logs in; records TLS, capabilities and login in `seen`, as far as it gets.
pub(super) async fn log_in_with(
    settings: &ImapSettings,
    mut seen: Option<&mut Handshake>,
) -> Result<Session, SourceError> {
    let mut prelogin = connect(settings).await?;
    if let Some(seen) = &mut seen {
        seen.note(prelogin.stream(), &settings.server).await;
    }
    // Capabilities seen before TLS may have been forged by an attacker: asked for again (RFC 3501 6.2.1).
    let capabilities = capabilities(&mut prelogin).await?;
    if let Some(seen) = &mut seen {
        seen.offered.clone_from(&capabilities);
    }
    let session = authenticate(prelogin.finish()?, settings, &capabilities).await?;
    if let Some(seen) = seen {
        seen.logged_in = true;
    }
    Ok(session)
}

/// Connects, reads the greeting, and starts TLS as configured.
async fn connect(settings: &ImapSettings) -> Result<PreLogin<'_>, SourceError> {
    let server = &settings.server;
    let (mut prelogin, greeting) = net::reach(server).await?;
    check_greeting(&prelogin, &greeting)?;
    if server.tls == Tls::StartTls {
        let stream = net::secure(start_tls(prelogin).await?, server).await?;
        prelogin = PreLogin::new(stream, server);
    }
    Ok(prelogin)
}

/// Judges the greeting. PREAUTH is refused: it does not say whose mailbox is open, and on plain TCP an attacker can use it to
/// make a client skip STARTTLS (RFC 8314 appendix A).
fn check_greeting(prelogin: &PreLogin<'_>, line: &str) -> Result<(), NetError> {
    match line.to_ascii_uppercase() {
        upper if upper.starts_with("* OK") => Ok(()),
        upper if upper.starts_with("* PREAUTH") => {
            Err(prelogin.broken("the greeting is PREAUTH, which is not trusted"))
        }
        _ => Err(prelogin.broken(&format!("unexpected greeting: {line}"))),
    }
}

async fn start_tls(mut prelogin: PreLogin<'_>) -> Result<Stream, NetError> {
    if !capabilities(&mut prelogin).await?.iter().any(|capability| capability == "STARTTLS") {
        return Err(prelogin.no_tls("the server does not offer STARTTLS, or someone in between removes it"));
    }
    let (_, status) = command(&mut prelogin, "STARTTLS").await?;
    if !is_ok(&status) {
        return Err(prelogin.no_tls(&format!("STARTTLS refused: {status}")));
    }
    prelogin.finish()
}

/// Asks for the server's capabilities; in capitals.
async fn capabilities(prelogin: &mut PreLogin<'_>) -> Result<Vec<String>, NetError> {
    let (untagged, status) = command(prelogin, "CAPABILITY").await?;
    if !is_ok(&status) {
        return Err(prelogin.broken(&format!("CAPABILITY refused: {status}")));
    }
    let lines = untagged.iter().map(|line| line.to_ascii_uppercase());
    let listed = lines.filter_map(|line| line.strip_prefix("* CAPABILITY ").map(str::to_owned));
    Ok(listed.flat_map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect())
}

/// Runs a command before login. Returns its untagged responses, and the tagged response without its tag.
async fn command(prelogin: &mut PreLogin<'_>, command: &str) -> Result<(Vec<String>, String), NetError> {
    const TAG: &str = "M0 ";
    prelogin.write_line(&format!("{TAG}{command}")).await?;
    let mut untagged = Vec::new();
    while untagged.len() < 100 {
        let line = prelogin.read_line().await?;
        if let Some(status) = line.strip_prefix(TAG) {
            return Ok((untagged, status.to_owned()));
        }
        if line.to_ascii_uppercase().starts_with("* BYE") {
            return Err(prelogin.broken(&line));
        }
        untagged.push(line);
    }
    Err(prelogin.broken("too many untagged responses"))
}

fn is_ok(status: &str) -> bool {
    status.get(..2).is_some_and(|word| word.eq_ignore_ascii_case("OK"))
}

async fn authenticate(
    stream: Stream,
    settings: &ImapSettings,
    capabilities: &[String],
) -> Result<Session, SourceError> {
    let refused = |response: &str| SourceError::LoginRefused {
        host: one_line(&settings.server.host),
        user: one_line(&settings.user),
        response: one_line_without(&settings.password, response),
    };
    let mut client = Client::new(Lenient::new(stream));
    let ways = ways(settings, capabilities);
    if ways.is_empty() {
        return Err(refused("the server offers neither AUTH=PLAIN nor LOGIN on this connection"));
    }
    for (number, way) in ways.iter().enumerate() {
        let logging_in = async {
            match way {
                Way::Plain => client.authenticate("PLAIN", Plain(settings)).await,
                Way::Login => client.login(&settings.user, settings.password.expose()).await,
            }
        };
        let (error, back) = match timeout(TIMEOUT, logging_in).await.map_err(|_| SourceError::Timeout("the login"))? {
            Ok(session) => {
                remember(settings, *way);
                return Ok(Session::new(session));
            }
            Err(failed) => failed,
        };
        client = back;
        match error {
            Error::No(response) | Error::Bad(response) => {
                let words = response_text(&response);
                if is_passing(&words) {
                    let response = one_line_without(&settings.password, &words);
                    return Err(SourceError::Refused { command: "the login for now", response });
                }
                if number + 1 == ways.len() || names_the_login(&words) {
                    remember(settings, *way);
                    return Err(refused(&words));
                }
            }
            Error::ConnectionLost => {
                return Err(SourceError::Lost("the server closed the connection during login".to_owned()));
            }
            Error::Validate(_) => {
                return Err(refused("the user name or password contains a character that LOGIN cannot send"));
            }
            // Not the error's text: that of a parse error may hold the password.
            Error::Io(error) => return Err(SourceError::Lost(format!("during login: {}", error.kind()))),
            _ => return Err(SourceError::Protocol("an unexpected response to the login".to_owned())),
        }
    }
    Err(refused("the server refused every way to log in"))
}

/// A way to give user name and password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// AUTHENTICATE PLAIN (RFC 4616).
    Plain,
    /// LOGIN (RFC 3501 6.2.3).
    Login,
}

/// The ways to try, in order: the one that is known to work, or that was answered last, alone. LOGIN after PLAIN is tried once
/// for each password, so that a wrong one does not count twice towards a lock.
fn ways(settings: &ImapSettings, capabilities: &[String]) -> Vec<Way> {
    let offers = |name: &str| capabilities.iter().any(|capability| capability == name);
    let offered: Vec<Way> = [(Way::Plain, offers("AUTH=PLAIN")), (Way::Login, !offers("LOGINDISABLED"))]
        .into_iter()
        .filter_map(|(way, is_offered)| is_offered.then_some(way))
        .collect();
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(&account(settings)).filter(|way| offered.contains(way)).map_or(offered, |way| vec![*way])
}

/// By account and password, how the last login was answered for good.
static KNOWN: Mutex<BTreeMap<[u8; 32], Way>> = Mutex::new(BTreeMap::new());

fn remember(settings: &ImapSettings, way: Way) {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(account(settings), way);
}

/// A digest of what a login says, so that no copy of the password is kept.
fn account(settings: &ImapSettings) -> [u8; 32] {
    let Server { host, port, .. } = &settings.server;
    let words = format!("{host}\0{port}\0{}\0{}", settings.user, settings.password.expose());
    Sha256::digest(words).into()
}

/// Whether a refusal says that user or password are wrong, or may not log in (RFC 5530).
fn names_the_login(words: &str) -> bool {
    ["AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED"]
        .iter()
        .any(|code| words.contains(code))
}

/// Whether a refusal is about the server's state and not about the password: codes of RFC 5530, and the words of providers.
fn is_passing(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    let said = [
        "[unavailable]",
        "[inuse]",
        "[limit]",
        "[serverbug]",
        "too many",
        "simultaneous connections",
        "maximum number of connections",
        "command error 12",
        "request is throttled",
        "try again later",
        "temporar",
    ];
    said.iter().any(|part| words.contains(part)) && !names_the_login(&words.to_ascii_uppercase())
}

/// Extracts the server's text from an error of async-imap: `code: Some(Alert), info: Some("text")`, with `"` and `\` escaped.
fn response_text(response: &str) -> String {
    let (code, words) = response.split_once(", info: Some(\"").unwrap_or(("", response));
    let words = words.strip_suffix("\")").unwrap_or(words).replace("\\\"", "\"").replace(r"\\", r"\");
    match code.strip_prefix("code: Some(").and_then(|code| code.strip_suffix(')')) {
        Some(code) => format!("[{}] {words}", code.to_ascii_uppercase()),
        None => words,
    }
}

/// The SASL mechanism PLAIN (RFC 4616).
struct Plain<'a>(&'a ImapSettings);

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.0.user, self.0.password.expose())
    }
}
