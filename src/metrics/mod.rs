//! Answers Prometheus and probes, on a port of this machine or a socket: `/metrics`, `/healthz`, `/readyz`. Off by default.
//!
//! A responder of its own rather than an HTTP crate: it reads one small GET a connection, answers, and closes it.

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

use crate::flow::Status;
use crate::model::settings::Listen;

use http::Endpoint;

/// Connections that are served at the same time; others wait.
const CONNECTIONS: usize = 4;
/// How long a connection may last.
const LONGEST: Duration = Duration::from_secs(10);
/// The most bytes that a request may have.
const LARGEST: usize = 8 * 1024;
/// How long an answer is good for: whoever asks often does not keep the database busy.
const FRESH: Duration = Duration::from_secs(1);
/// When it is tried again to listen where that failed.
const AGAIN: Duration = Duration::from_secs(30);

/// What tells how the installation fares, or why that cannot be told.
pub type StatusSource = Arc<dyn Fn() -> BoxFuture<'static, Result<Status, String>> + Send + Sync>;

/// Answers until `stop`. Where it cannot listen it says so and tries again: no mail waits for that.
pub async fn serve(listen: Listen, ask: StatusSource, stop: CancellationToken) {
    let responder = Arc::new(Responder { ask, last: Mutex::new(None) });
    while !stop.is_cancelled() {
        let result = select! {
            () = stop.cancelled() => break,
            result = answer_all(&listen, &responder) => result,
        };
        if let Err(error) = result {
            error!(%listen, error = error.to_string(), "no metrics there, tried again in half a minute");
        }
        select! {
            () = stop.cancelled() => {}
            () = sleep(AGAIN) => {}
        }
    }
}

/// Ends only with an error.
async fn answer_all(listen: &Listen, responder: &Arc<Responder>) -> io::Result<()> {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    let listener = MetricsListener::open(listen).await?;
    info!(%listen, "metrics");
    loop {
        // The semaphore is never closed.
        let permit = Arc::clone(&free).acquire_owned().await;
        let mut stream = listener.accept().await?;
        let responder = Arc::clone(responder);
        tokio::spawn(async move {
            match timeout(LONGEST, responder.answer(&mut stream)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => debug!(%error, "whoever asked for metrics went away"),
                Err(_) => debug!("whoever asked for metrics was too slow"),
            }
            drop(permit);
        });
    }
}

/// A connection of either kind.
trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

/// What connections come from.
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
                // Its folder says who comes this far; of those its group may ask.
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o660))?;
                Ok(Self::Unix(listener, path.clone()))
            }
        }
    }

    async fn accept(&self) -> io::Result<Box<dyn Connection>> {
        Ok(match self {
            Self::Tcp(listener) => Box::new(listener.accept().await?.0),
            Self::Unix(listener, _) => Box::new(listener.accept().await?.0),
        })
    }
}

/// A socket that we made goes when nobody listens at it any more; one that is gone already is no trouble.
impl Drop for MetricsListener {
    fn drop(&mut self) {
        if let Self::Unix(_, path) = self {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Removes the socket that a killed process left behind; nothing else.
async fn remove_dead_socket(path: &Path) -> io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => Err(io::Error::other("there is a file that is no socket")),
        Ok(_) if UnixStream::connect(path).await.is_ok() => Err(io::Error::other("another process answers there")),
        Ok(_) => std::fs::remove_file(path),
        Err(_) => Ok(()),
    }
}

/// When something was told, and what.
type CachedStatus = (Instant, Arc<Result<Status, String>>);

/// What answers, and what it last knew.
struct Responder {
    ask: StatusSource,
    last: Mutex<Option<CachedStatus>>,
}

impl Responder {
    async fn answer(&self, stream: &mut Box<dyn Connection>) -> io::Result<()> {
        let request = read(stream).await?;
        let answer = match http::wanted(&request) {
            Err(refusal) => refusal,
            Ok(wanted) => match (self.status().await.as_ref(), wanted) {
                (Err(why), _) => http::Reply::unavailable(&format!("the database does not answer: {why}\n")),
                (Ok(_), Endpoint::Health) => http::Reply::text("ok\n"),
                (Ok(status), Endpoint::Ready) => text::ready(status),
                (Ok(status), Endpoint::Metrics) => http::Reply::metrics(text::metrics(status)),
            },
        };
        stream.write_all(&answer.to_bytes()).await?;
        stream.shutdown().await
    }

    /// How the installation fares; one asks at a time, and the others get the same answer.
    async fn status(&self) -> Arc<Result<Status, String>> {
        let mut last = self.last.lock().await;
        if let Some((at, status)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            debug!(age = ?at.elapsed(), "told again");
            return Arc::clone(status);
        }
        let status = (self.ask)().await;
        if let Err(error) = &status {
            warn!(error, "cannot tell how all fares");
        }
        let status = Arc::new(status);
        *last = Some((Instant::now(), Arc::clone(&status)));
        status
    }
}

/// A request's bytes up to the end of its header, or as many as there may be.
async fn read(stream: &mut Box<dyn Connection>) -> io::Result<Vec<u8>> {
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
