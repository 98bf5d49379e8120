//! Gets the first refresh token of an account from its owner: by a code that they type in on another device (RFC 8628), or in a
//! browser that comes back to a port of this machine (RFC 8252), with PKCE (RFC 7636).

use std::path::Path;
use std::time::Duration;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::TokenError;
use super::refresh::{self, RefreshTokens};
use super::request::{self, NotIssued};
use crate::model::{Grant, LoginPages, Secret, Timestamp, TokenEndpoint};
use crate::net::http;
use crate::net::one_line;

/// How long a browser may take for the first line of its request.
const BROWSER: Duration = Duration::from_secs(10);

/// How much of that line is read, in bytes.
const LONGEST_LINE: u64 = 16_384;

/// What the owner has to do on another device.
pub struct DeviceCode {
    /// Where they type in the code.
    pub page: String,
    /// The code.
    pub code: String,
    device: Secret,
    interval: Duration,
    until: Instant,
}

/// The answer of a device authorization endpoint (RFC 8628, section 3.2).
#[derive(Deserialize)]
struct DeviceAnswer {
    device_code: String,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    #[serde(default)]
    interval: Option<u64>,
    #[serde(default)]
    expires_in: Option<u64>,
}

/// What a refresh token is asked for with.
struct Asker<'a> {
    client_id: &'a str,
    secret: Option<&'a Secret>,
    file: &'a Path,
    pages: &'a LoginPages,
}

fn asker(endpoint: &TokenEndpoint) -> Result<Asker<'_>, TokenError> {
    match &endpoint.grant {
        Grant::RefreshToken { client_id, secret, file, pages } => {
            Ok(Asker { client_id, secret: secret.as_ref(), file, pages })
        }
        _ => Err(TokenError::Refused("nobody needs to log in for this application".to_owned())),
    }
}

/// Asks for a code to type in on another device. None: the provider has no such page.
pub async fn device_code(endpoint: &TokenEndpoint) -> Result<Option<DeviceCode>, TokenError> {
    let asker = asker(endpoint)?;
    let Some(url) = &asker.pages.device else { return Ok(None) };
    let mut form = vec![("client_id", asker.client_id), ("scope", &endpoint.scope)];
    form.extend(asker.secret.map(|secret| ("client_secret", secret.expose())));
    let answer = http::post_form(url, endpoint.ca_file.clone(), &form).await;
    let answer = answer.map_err(|error| TokenError::Unavailable(error.to_string()))?;
    let Ok(device) = serde_json::from_slice::<DeviceAnswer>(&answer.body) else {
        return Err(request::refusal(url, &answer, &[]).error);
    };
    Ok(Some(DeviceCode {
        page: one_line(&device.verification_uri),
        code: one_line(&device.user_code),
        device: Secret::new(device.device_code),
        interval: Duration::from_secs(device.interval.unwrap_or(5).clamp(1, 60)),
        until: Instant::now() + Duration::from_secs(device.expires_in.unwrap_or(900).min(3_600)),
    }))
}

/// Waits until the owner has typed in the code, and keeps the refresh token.
pub async fn by_device(endpoint: &TokenEndpoint, shown: DeviceCode) -> Result<(), TokenError> {
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let mut interval = shown.interval;
    while Instant::now() < shown.until {
        sleep(interval).await;
        let form = [("grant_type", Secret::new(grant)), ("device_code", shown.device.clone())];
        match first(endpoint, form.to_vec()).await {
            Err(NotIssued { code, .. }) if code == "authorization_pending" => {}
            Err(NotIssued { code, .. }) if code == "slow_down" => interval += Duration::from_secs(5),
            outcome => return outcome.map_err(|not_issued| not_issued.error),
        }
    }
    Err(TokenError::Refused("the code has expired; begin again".to_owned()))
}

/// A login in a browser, begun.
pub struct BrowserLogin {
    /// The page to open.
    pub page: String,
    /// The port of this machine to which the browser comes back.
    pub port: u16,
    listener: TcpListener,
    back: String,
    state: String,
    verifier: Secret,
}

/// Begins a login in a browser, which comes back to `port` (0: any that is free).
pub async fn browser(endpoint: &TokenEndpoint, port: u16) -> Result<BrowserLogin, TokenError> {
    let asker = asker(endpoint)?;
    let refuse = |why: String| TokenError::Refused(why);
    let authorize = asker.pages.authorize.as_deref().unwrap_or_default();
    let mut page = Url::parse(authorize).map_err(|_| refuse("authorize_url is missing".to_owned()))?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.map_err(|error| refuse(format!("cannot listen on port {port}: {error}")))?;
    let port = listener.local_addr().map_err(|error| refuse(error.to_string()))?.port();
    let (state, verifier) = (random()?, random()?);
    let back = format!("http://localhost:{port}");
    page.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", asker.client_id)
        .append_pair("redirect_uri", &back)
        .append_pair("scope", &endpoint.scope)
        .append_pair("state", &state)
        .append_pair("code_challenge", &BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)))
        .append_pair("code_challenge_method", "S256");
    Ok(BrowserLogin { page: page.into(), port, listener, back, state, verifier: Secret::new(verifier) })
}

fn random() -> Result<String, TokenError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| TokenError::Unavailable(error.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

impl BrowserLogin {
    /// Waits until the browser comes back, or until a line of `pasted` is the address to which it was sent; then keeps the
    /// refresh token.
    pub async fn finish(
        self,
        endpoint: &TokenEndpoint,
        mut pasted: UnboundedReceiver<String>,
    ) -> Result<(), TokenError> {
        let mut is_open = true;
        let code = loop {
            let address = tokio::select! {
                came = self.listener.accept() => match came {
                    Ok((stream, _)) => self.answer(stream).await,
                    Err(error) => return Err(TokenError::Unavailable(error.to_string())),
                },
                line = pasted.recv(), if is_open => {
                    is_open = line.is_some();
                    line
                }
            };
            let Some(address) = address.filter(|address| address.contains('?')) else { continue };
            break self.code(&address)?;
        };
        let form = [
            ("grant_type", Secret::new("authorization_code")),
            ("code", code),
            ("redirect_uri", Secret::new(self.back)),
            ("code_verifier", self.verifier),
        ];
        first(endpoint, form.to_vec()).await.map_err(|not_issued| not_issued.error)
    }

    /// Reads a browser's request, thanks it, and returns what it asked for. None: something else came.
    async fn answer(&self, mut stream: TcpStream) -> Option<String> {
        let mut line = String::new();
        let mut reader = BufReader::new((&mut stream).take(LONGEST_LINE));
        timeout(BROWSER, reader.read_line(&mut line)).await.ok()?.ok()?;
        let text = "Back to the terminal: it says whether maildesk could log in.";
        let length = text.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
        );
        // The answer is only a courtesy.
        drop(stream.write_all(answer.as_bytes()).await);
        drop(stream.shutdown().await);
        line.strip_prefix("GET ")?.split(' ').next().map(str::to_owned)
    }

    /// The code of the address to which the provider sent the browser, if that belongs to this login.
    fn code(&self, address: &str) -> Result<Secret, TokenError> {
        let refuse = |why: &str| Err(TokenError::Refused(why.to_owned()));
        let query = address.trim().split_once('?').map_or("", |(_, query)| query);
        let field = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.split('#').next().unwrap_or_default().as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        if field("state").as_deref() != Some(self.state.as_str()) {
            return refuse("that address belongs to another login (its state differs); begin again");
        }
        match (field("code"), field("error")) {
            (Some(code), _) if !code.is_empty() => Ok(Secret::new(code)),
            (_, Some(error)) => {
                let words = field("error_description").unwrap_or_default();
                refuse(&one_line(&format!("the provider says {error}: {words}")))
            }
            _ => refuse("that address contains no code"),
        }
    }
}

/// Asks for a refresh token and keeps it.
async fn first(endpoint: &TokenEndpoint, mut form: Vec<(&'static str, Secret)>) -> Result<(), NotIssued> {
    let asker = asker(endpoint)?;
    form.push(("client_id", Secret::new(asker.client_id)));
    form.extend(asker.secret.map(|secret| ("client_secret", secret.clone())));
    let issued = request::post(endpoint, &form).await?;
    let Some(refresh) = issued.refresh else {
        let why = "the provider issued no refresh token: does the scope ask for one (offline_access)?";
        return Err(TokenError::Refused(why.to_owned()).into());
    };
    let unkept = |error: std::io::Error| TokenError::Refused(format!("cannot write {}: {error}", asker.file.display()));
    let _lock = refresh::lock(asker.file).await.map_err(unkept)?;
    let now = Timestamp::from(jiff::Timestamp::now());
    Ok(refresh::write(asker.file, &RefreshTokens::first(&refresh, now)).map_err(unkept)?)
}
