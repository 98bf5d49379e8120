//! Connects and logs in: greeting, STARTTLS (RFC 3501 6.2.1), CAPABILITY, then the login by password or access token.

mod password;
mod token;

use async_imap::Client;
use async_imap::error::Error;

use super::lenient::Lenient;
use super::session::Session;
use crate::model::Credential;
use crate::model::settings::{ImapSettings, Tls};
use crate::net::{self, Handshake, NetError, PreLogin, Stream, oauth2, one_line};
use crate::source::SourceError;

pub(super) async fn log_in(settings: &ImapSettings) -> Result<Session, SourceError> {
    log_in_with(settings, None).await
}

/// Connects and logs in; records TLS, capabilities and login in `seen`, as far as it gets.
pub(super) async fn log_in_with(
    settings: &ImapSettings,
    mut seen: Option<&mut Handshake>,
) -> Result<Session, SourceError> {
    let session = match &settings.credential {
        Credential::Password(password) => {
            let (client, capabilities) = open(settings, seen.as_deref_mut()).await?;
            password::log_in(client, settings, password, &capabilities).await?
        }
        Credential::OAuth2(source) => {
            let token = oauth2::access_token(source, None).await?;
            match token::log_in(settings, &token, seen.as_deref_mut()).await {
                Err(refused @ SourceError::LoginRefused { .. }) => {
                    let fresh = oauth2::another_token(source, &token).await?.ok_or(refused)?;
                    token::log_in(settings, &fresh, seen.as_deref_mut()).await?
                }
                outcome => outcome?,
            }
        }
    };
    if let Some(seen) = seen {
        seen.logged_in = true;
    }
    Ok(session)
}

/// Connects up to the login, and returns what the server offers.
async fn open(
    settings: &ImapSettings,
    mut seen: Option<&mut Handshake>,
) -> Result<(Client<Lenient<Stream>>, Vec<String>), SourceError> {
    let mut prelogin = connect(settings).await?;
    if let Some(seen) = &mut seen {
        seen.note(prelogin.stream(), &settings.server).await;
    }
    // Capabilities seen before TLS may have been forged by an attacker: asked for again (RFC 3501 6.2.1).
    let capabilities = capabilities(&mut prelogin).await?;
    if let Some(seen) = seen {
        seen.offered.clone_from(&capabilities);
    }
    Ok((Client::new(Lenient::new(prelogin.finish()?)), capabilities))
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

/// The error of a refused login.
fn refused(settings: &ImapSettings, response: String) -> SourceError {
    SourceError::LoginRefused { host: one_line(&settings.server.host), user: one_line(&settings.user), response }
}

/// An error other than NO and BAD. Its own text is left out: that of a parse error may hold what was sent.
fn broken(error: Error) -> SourceError {
    match error {
        Error::ConnectionLost => SourceError::Lost("the server closed the connection during login".to_owned()),
        Error::Io(error) => SourceError::Lost(format!("during login: {}", error.kind())),
        _ => SourceError::Protocol("an unexpected response to the login".to_owned()),
    }
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
