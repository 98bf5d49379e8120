//! From TCP to a logged-in session: greeting, STARTTLS (RFC 3501 6.2.1), capabilities, AUTHENTICATE PLAIN or LOGIN.

use async_imap::error::Error;
use async_imap::{Authenticator, Client};
use tokio::time::timeout;

use super::session::{Session, TIMEOUT};
use crate::model::settings::{ImapSettings, Tls};
use crate::net::{self, Handshake, NetError, Preface, Stream, one_line, one_line_without};
use crate::source::SourceError;

/// Connects and logs in.
pub(super) async fn log_in(settings: &ImapSettings) -> Result<Session, SourceError> {
    log_in_noting(settings, None).await
}

/// The same, noting what the server shows of itself, however far it comes.
pub(super) async fn log_in_noting(
    settings: &ImapSettings,
    mut seen: Option<&mut Handshake>,
) -> Result<Session, SourceError> {
    let mut preface = introduce(settings).await?;
    if let Some(seen) = &mut seen {
        seen.note(preface.stream(), &settings.server).await;
    }
    // What was offered before TLS was anyone's word: asked again after it.
    let capabilities = capabilities(&mut preface).await?;
    if let Some(seen) = &mut seen {
        seen.offered.clone_from(&capabilities);
    }
    let session = authenticate(preface.finish()?, settings, &capabilities).await?;
    if let Some(seen) = seen {
        seen.logged_in = true;
    }
    Ok(session)
}

/// From TCP to the connection on which the login is safe.
async fn introduce(settings: &ImapSettings) -> Result<Preface<'_>, SourceError> {
    let server = &settings.server;
    let mut stream = net::connect(server).await?;
    if server.tls == Tls::Implicit {
        stream = net::secure(stream, server).await?;
    }
    let mut preface = Preface::new(stream, server);
    greeting(&mut preface).await?;
    if server.tls == Tls::StartTls {
        stream = start_tls(preface).await?;
        stream = net::secure(stream, server).await?;
        preface = Preface::new(stream, server);
    }
    Ok(preface)
}

/// A PREAUTH greeting is refused: whose mailbox that would be is not ours to guess, and over plain TCP it is how an attacker
/// would have us skip STARTTLS (RFC 8314 appendix A).
async fn greeting(preface: &mut Preface<'_>) -> Result<(), NetError> {
    let line = preface.read_line().await?;
    match line.to_ascii_uppercase() {
        upper if upper.starts_with("* OK") => Ok(()),
        upper if upper.starts_with("* PREAUTH") => Err(preface.broken("it greets with PREAUTH, which we do not trust")),
        _ => Err(preface.broken(&format!("it greets with: {line}"))),
    }
}

async fn start_tls(mut preface: Preface<'_>) -> Result<Stream, NetError> {
    if !capabilities(&mut preface).await?.iter().any(|capability| capability == "STARTTLS") {
        return Err(preface.no_tls("the server does not offer STARTTLS, or someone on the way hides it"));
    }
    let (_, status) = command(&mut preface, "STARTTLS").await?;
    if !is_ok(&status) {
        return Err(preface.no_tls(&format!("STARTTLS refused: {status}")));
    }
    preface.finish()
}

/// What the server can do, in capitals.
async fn capabilities(preface: &mut Preface<'_>) -> Result<Vec<String>, NetError> {
    let (untagged, status) = command(preface, "CAPABILITY").await?;
    if !is_ok(&status) {
        return Err(preface.broken(&format!("CAPABILITY refused: {status}")));
    }
    let lines = untagged.iter().map(|line| line.to_ascii_uppercase());
    let listed = lines.filter_map(|line| line.strip_prefix("* CAPABILITY ").map(str::to_owned));
    Ok(listed.flat_map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect())
}

/// Runs a command before login: its untagged lines, and the tagged one without its tag.
async fn command(preface: &mut Preface<'_>, command: &str) -> Result<(Vec<String>, String), NetError> {
    const TAG: &str = "M0 ";
    preface.write_line(&format!("{TAG}{command}")).await?;
    let mut untagged = Vec::new();
    while untagged.len() < 100 {
        let line = preface.read_line().await?;
        if let Some(status) = line.strip_prefix(TAG) {
            return Ok((untagged, status.to_owned()));
        }
        if line.to_ascii_uppercase().starts_with("* BYE") {
            return Err(preface.broken(&line));
        }
        untagged.push(line);
    }
    Err(preface.broken("it talks without end"))
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
    let refused = |said: &str| SourceError::LoginRefused {
        host: one_line(&settings.server.host),
        user: one_line(&settings.user),
        said: one_line_without(&settings.password, said),
    };
    let client = Client::new(stream);
    let outcome = if offers("AUTH=PLAIN") {
        timeout(TIMEOUT, client.authenticate("PLAIN", Plain(settings))).await
    } else if offers("LOGINDISABLED") {
        return Err(refused("the server offers neither AUTH=PLAIN nor LOGIN on this connection"));
    } else {
        timeout(TIMEOUT, client.login(&settings.user, settings.password.expose())).await
    };
    match outcome.map_err(|_| SourceError::Timeout("the login"))? {
        Ok(session) => Ok(Session::new(session)),
        Err((Error::No(said) | Error::Bad(said), _)) => Err(refused(&words_of(&said))),
        Err((Error::ConnectionLost, _)) => Err(SourceError::Lost("the server closed it during login".to_owned())),
        Err((Error::Validate(_), _)) => Err(refused("user or password holds a character that LOGIN cannot send")),
        // The text of a parse error may hold what we sent.
        Err((Error::Io(error), _)) => Err(SourceError::Lost(format!("during login: {}", error.kind()))),
        Err(_) => Err(SourceError::Protocol("the server answers the login with something else".to_owned())),
    }
}

/// The server's words alone: async-imap gives `code: None, info: Some("[…] words")`, with `"` and `\` escaped.
fn words_of(said: &str) -> String {
    let words = said.split_once("info: Some(\"").and_then(|(_, rest)| rest.strip_suffix("\")")).unwrap_or(said);
    words.replace("\\\"", "\"").replace(r"\\", r"\")
}

/// SASL PLAIN (RFC 4616).
struct Plain<'a>(&'a ImapSettings);

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.0.user, self.0.password.expose())
    }
}
