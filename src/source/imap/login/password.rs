//! Logs in with a password: AUTHENTICATE PLAIN or LOGIN.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_imap::error::Error;
use async_imap::{Authenticator, Client};
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;

use super::super::lenient::Lenient;
use super::super::session::{Session, TIMEOUT};
use super::{broken, is_passing, names_the_login, refused, response_text};
use crate::model::Secret;
use crate::model::settings::{ImapSettings, Server};
use crate::net::{Mask, Stream};
use crate::source::SourceError;

pub(super) async fn log_in(
    mut client: Client<Lenient<Stream>>,
    settings: &ImapSettings,
    password: &Secret,
    capabilities: &[String],
) -> Result<Session, SourceError> {
    let refused = |response: &str| refused(settings, response.to_owned());
    let (user, mask, account) =
        (&settings.user, Mask::of_password(&settings.user, password), account(settings, password));
    let ways = ways(account, capabilities);
    if ways.is_empty() {
        return Err(refused("the server offers neither AUTH=PLAIN nor LOGIN on this connection"));
    }
    for (number, way) in ways.iter().enumerate() {
        let logging_in = async {
            match way {
                Way::Plain => client.authenticate("PLAIN", Plain { user, password }).await,
                Way::Login => client.login(user, password.expose()).await,
            }
        };
        let (error, back) = match timeout(TIMEOUT, logging_in).await.map_err(|_| SourceError::Timeout("the login"))? {
            Ok(session) => {
                remember(account, *way);
                return Ok(Session::new(session));
            }
            Err(failed) => failed,
        };
        client = back;
        match error {
            Error::No(response) | Error::Bad(response) => {
                let words = response_text(&response);
                let said = mask.one_line(&words);
                if is_passing(&words) {
                    return Err(SourceError::Refused { command: "the login for now", response: said });
                }
                if number + 1 == ways.len() || names_the_login(&words) {
                    remember(account, *way);
                    return Err(refused(&said));
                }
            }
            Error::Validate(_) => {
                return Err(refused("the user name or password contains a character that LOGIN cannot send"));
            }
            error => return Err(broken(error)),
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
fn ways(account: [u8; 32], capabilities: &[String]) -> Vec<Way> {
    let offers = |name: &str| capabilities.iter().any(|capability| capability == name);
    let offered: Vec<Way> = [(Way::Plain, offers("AUTH=PLAIN")), (Way::Login, !offers("LOGINDISABLED"))]
        .into_iter()
        .filter_map(|(way, is_offered)| is_offered.then_some(way))
        .collect();
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(&account).filter(|way| offered.contains(way)).map_or(offered, |way| vec![*way])
}

/// By account and password, how the last login was answered for good.
static KNOWN: Mutex<BTreeMap<[u8; 32], Way>> = Mutex::new(BTreeMap::new());

fn remember(account: [u8; 32], way: Way) {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(account, way);
}

/// A digest of what a login says, so that no copy of the password is kept.
fn account(settings: &ImapSettings, password: &Secret) -> [u8; 32] {
    let Server { host, port, .. } = &settings.server;
    let words = format!("{host}\0{port}\0{}\0{}", settings.user, password.expose());
    Sha256::digest(words).into()
}

/// The SASL mechanism PLAIN (RFC 4616).
struct Plain<'a> {
    user: &'a str,
    password: &'a Secret,
}

impl Authenticator for Plain<'_> {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.user, self.password.expose())
    }
}
