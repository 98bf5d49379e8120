//! Connects and logs in: greeting, STARTTLS (RFC 3501 6.2.1), CAPABILITY, then AUTHENTICATE PLAIN or LOGIN.

use async_imap::error::Error;
use async_imap::{Authenticator, Client};
use tokio::time::timeout;

use super::lenient::Lenient;
use super::session::{Session, TIMEOUT};
use crate::model::settings::{ImapSettings, Tls};
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
    let mut stream = net::connect(server).await?;
    if server.tls == Tls::Implicit {
        stream = net::secure(stream, server).await?;
    }
    let mut prelogin = PreLogin::new(stream, server);
    read_greeting(&mut prelogin).await?;
    if server.tls == Tls::StartTls {
        stream = start_tls(prelogin).await?;
        stream = net::secure(stream, server).await?;
        prelogin = PreLogin::new(stream, server);
    }
    Ok(prelogin)
}

/// Reads the greeting. PREAUTH is refused: it does not say whose mailbox is open, and on plain TCP an attacker can use it to
/// make a client skip STARTTLS (RFC 8314 appendix A).
async fn read_greeting(prelogin: &mut PreLogin<'_>) -> Result<(), NetError> {
    let line = prelogin.read_line().await?;
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
    let offers = |name: &str| capabilities.iter().any(|capability| capability == name);
    let refused = |response: &str| SourceError::LoginRefused {
        host: one_line(&settings.server.host),
        user: one_line(&settings.user),
        response: one_line_without(&settings.password, response),
    };
    let client = Client::new(Lenient::new(stream));
    let outcome = if offers("AUTH=PLAIN") {
        timeout(TIMEOUT, client.authenticate("PLAIN", Plain(settings))).await
    } else if offers("LOGINDISABLED") {
        return Err(refused("the server offers neither AUTH=PLAIN nor LOGIN on this connection"));
    } else {
        timeout(TIMEOUT, client.login(&settings.user, settings.password.expose())).await
    };
    match outcome.map_err(|_| SourceError::Timeout("the login"))? {
        Ok(session) => Ok(Session::new(session)),
        Err((Error::No(response) | Error::Bad(response), _)) => Err(refused(&response_text(&response))),
        Err((Error::ConnectionLost, _)) => {
            Err(SourceError::Lost("the server closed the connection during login".to_owned()))
        }
        Err((Error::Validate(_), _)) => {
            Err(refused("the user name or password contains a character that LOGIN cannot send"))
        }
        // Not the error's text: that of a parse error may hold the password.
        Err((Error::Io(error), _)) => Err(SourceError::Lost(format!("during login: {}", error.kind()))),
        Err(_) => Err(SourceError::Protocol("an unexpected response to the login".to_owned())),
    }
}

/// Extracts the server's text from an error of async-imap: `code: None, info: Some("[…] text")`, with `"` and `\` escaped.
fn response_text(response: &str) -> String {
    let words = response.split_once("info: Some(\"").and_then(|(_, rest)| rest.strip_suffix("\")")).unwrap_or(response);
    words.replace("\\\"", "\"").replace(r"\\", r"\")
}

/// The SASL mechanism PLAIN (RFC 4616).
struct Plain<'a>(&'a ImapSettings);

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.0.user, self.0.password.expose())
    }
}
