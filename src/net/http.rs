//! Sends one HTTP request over TLS (HTTP/1.1, RFC 9112): POST of a form. https only; redirects are not followed.

use std::path::PathBuf;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderMap, RETRY_AFTER, USER_AGENT};
use hyper::{Request, client};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use url::{Url, form_urlencoded};

use super::{NetError, connect, one_line};
use crate::model::settings::{Server, Tls};

/// How long a request may take, from the name lookup to the last byte of the answer.
const LIMIT: Duration = Duration::from_secs(30);

/// The largest answer that is read, in bytes.
const LARGEST: usize = 65_536;

/// Why there is no answer. Texts are for the operator; neither the request nor the answer stands in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// No connection, or no TLS.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The URL is not one of https.
    #[error("{0} is not an https:// address")]
    Url(String),
    /// The exchange failed.
    #[error("{host}: {why}")]
    Broken {
        /// The server.
        host: String,
        /// The reason.
        why: String,
    },
}

/// A server's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status code (RFC 9110, section 15).
    pub status: u16,
    /// After how long the server wants to be asked again (Retry-After, in seconds). None: not stated.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
}

/// Sends a form to a URL. `ca_file`: certificates that are trusted besides the system's own.
pub async fn post_form(url: &str, ca_file: Option<PathBuf>, form: &[(&str, &str)]) -> Result<HttpAnswer, HttpError> {
    let no_url = || HttpError::Url(one_line(url));
    let parsed = Url::parse(url).map_err(|_| no_url())?;
    let host = parsed.host_str().filter(|_| parsed.scheme() == "https").ok_or_else(no_url)?.to_owned();
    let port = parsed.port_or_known_default().unwrap_or(443);
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let path = parsed.query().map_or_else(|| parsed.path().to_owned(), |query| format!("{}?{query}", parsed.path()));
    let authority = parsed.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
    let request = Request::post(path)
        .header(HOST, authority)
        .header(USER_AGENT, concat!("maildesk/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(body)))
        .map_err(|_| no_url())?;
    let server = Server { host: host.clone(), port, tls: Tls::Implicit, ca_file };
    timeout(LIMIT, exchange(&server, request)).await.unwrap_or_else(|_| {
        Err(HttpError::Broken { host, why: format!("no complete answer within {} seconds", LIMIT.as_secs()) })
    })
}

async fn exchange(server: &Server, request: Request<Full<Bytes>>) -> Result<HttpAnswer, HttpError> {
    let broken = |why: &dyn std::fmt::Display| HttpError::Broken {
        host: one_line(&server.host),
        why: one_line(&why.to_string()),
    };
    let stream = connect(server).await?;
    let (mut sender, connection) =
        client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|e| broken(&e))?;
    let answering = async {
        let answer = sender.send_request(request).await.map_err(|error| broken(&error))?;
        let (status, retry_after) = (answer.status().as_u16(), retry_after(answer.headers()));
        let body = Limited::new(answer.into_body(), LARGEST).collect().await.map_err(|error| broken(&error))?;
        Ok(HttpAnswer { status, retry_after, body: body.to_bytes().to_vec() })
    };
    // The connection works only while it is polled; it ends with the answer.
    tokio::pin!(answering);
    tokio::select! {
        answer = &mut answering => answer,
        ended = connection => match answering.await {
            Err(error) => Err(ended.err().map_or(error, |why| broken(&why))),
            answer => answer,
        },
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}
