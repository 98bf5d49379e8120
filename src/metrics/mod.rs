//! Serves `/metrics` to Prometheus and `/healthz` and `/readyz` to probes, on a local port or a Unix socket. Off by default.
//!
//! No HTTP crate is needed: each connection gets one small GET answered, and is closed.

mod http;
mod text;

use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::select;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

use crate::flow::InstallationStatus;
use crate::model::settings::Listen;

use http::Endpoint;

/// How many connections are served at the same time; others wait.
const CONNECTIONS: usize = 4;
/// The time limit of a connection.
const LONGEST: Duration = Duration::from_secs(10);
/// The size limit of a request in bytes.
const LARGEST: usize = 8 * 1024;
/// How long a status is reused, so that frequent requests do not load the database.
const FRESH: Duration = Duration::from_secs(1);
/// The pause after listening failed.
const AGAIN: Duration = Duration::from_secs(30);

/// Reads the status from the database, or says why it cannot be read.
pub type StatusSource = Arc<dyn Fn() -> BoxFuture<'static, Result<InstallationStatus, String>> + Send + Sync>;

/// Serves until `stop`. Where it cannot listen, that is logged and tried again; nothing else depends on it.
pub async fn serve(listen: Listen, ask: StatusSource, stop: CancellationToken) {
    let responder = Arc::new(Responder { ask, last: Mutex::new(None) });
    while !stop.is_cancelled() {
        let result = select! {
            () = stop.cancelled() => break,
            result = answer_all(&listen, &responder) => result,
        };
        if let Err(error) = result {
            error!(%listen, error = error.to_string(), "cannot serve metrics; tried again in half a minute");
        }
        select! {
            () = stop.cancelled() => {}
            () = sleep(AGAIN) => {}
        }
    }
}

/// Accepts connections; returns only with an error.
async fn answer_all(listen: &Listen, responder: &Arc<Responder>) -> io::Result<()> {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    let listener = MetricsListener::open(listen).await?;
    info!(%listen, "serving metrics");
    loop {
        // The semaphore is never closed.
        let permit = Arc::clone(&free).acquire_owned().await;
        let mut stream = listener.accept().await?;
        let responder = Arc::clone(responder);
        tokio::spawn(async move {
            match timeout(LONGEST, responder.answer(&mut stream)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => debug!(%error, "a client of the metrics closed its connection"),
                Err(_) => debug!("a client of the metrics was too slow"),
            }
            drop(permit);
        });
    }
}

/// A TCP or Unix connection.
trait Peer: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Peer for T {}

/// A TCP or Unix listener.
enum MetricsListener {
    Tcp(TcpListener),
    Unix(UnixListener, PathBuf),
}

impl MetricsListener {
    async fn open(listen: &Listen) -> io::Result<Self> {
        match listen {
            Listen::Tcp(address) => TcpListener::bind(address).await.map(Self::Tcp),
            Listen::Unix(path) => {
                remove_dead_socket(path).await?;
                let listener = UnixListener::bind(path)?;
                // Access is limited by the folder's permissions and by the socket's group.
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
                Ok(Self::Unix(listener, path.clone()))
            }
        }
    }

    async fn accept(&self) -> io::Result<Box<dyn Peer>> {
        Ok(match self {
            Self::Tcp(listener) => Box::new(listener.accept().await?.0),
            Self::Unix(listener, _) => Box::new(listener.accept().await?.0),
        })
    }
}

/// Removes our socket when we stop listening. That it is gone already is not an error.
impl Drop for MetricsListener {
    fn drop(&mut self) {
        if let Self::Unix(_, path) = self {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Removes a socket that a killed process left behind. Anything else there is an error.
async fn remove_dead_socket(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => Err(io::Error::other("there is a file that is not a socket")),
        Ok(_) if UnixStream::connect(path).await.is_ok() => Err(io::Error::other("another process answers there")),
        Ok(_) => std::fs::remove_file(path),
        Err(_) => Ok(()),
    }
}

/// When a status was read, and the result.
type CachedStatus = (Instant, Arc<Result<InstallationStatus, String>>);

/// Answers requests, and keeps the last status.
struct Responder {
    ask: StatusSource,
    last: Mutex<Option<CachedStatus>>,
}

impl Responder {
    async fn answer(&self, stream: &mut Box<dyn Peer>) -> io::Result<()> {
        let request = read(stream).await?;
        let answer = match http::wanted(&request) {
            Err(refusal) => refusal,
            Ok(wanted) => match (self.status().await.as_ref(), wanted) {
                (Err(why), _) => http::HttpReply::unavailable(&format!("the database does not answer: {why}\n")),
                (Ok(_), Endpoint::Health) => http::HttpReply::text("ok\n"),
                (Ok(status), Endpoint::Ready) => text::ready(status),
                (Ok(status), Endpoint::Metrics) => http::HttpReply::metrics(text::metrics(status)),
            },
        };
        stream.write_all(&answer.to_bytes()).await?;
        stream.shutdown().await
    }

    /// The status, at most [`FRESH`] old. Concurrent requests wait for one query and share its result.
    async fn status(&self) -> Arc<Result<InstallationStatus, String>> {
        let mut last = self.last.lock().await;
        if let Some((at, status)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            debug!(age = ?at.elapsed(), "status reused");
            return Arc::clone(status);
        }
        let status = (self.ask)().await;
        if let Err(error) = &status {
            warn!(error, "cannot read the status for metrics");
        }
        let status = Arc::new(status);
        *last = Some((Instant::now(), Arc::clone(&status)));
        status
    }
}

/// Reads a request up to the end of its header, or up to [`LARGEST`].
async fn read(stream: &mut Box<dyn Peer>) -> io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let mut part = [0; 1024];
    while !http::is_whole(&request) && request.len() < LARGEST {
        match stream.read(&mut part).await? {
            0 => break,
            count => request.extend_from_slice(&part[..count]),
        }
    }
    Ok(request)
}
