//! Connects to whichever address of a server answers first (RFC 8305): a broken route to one, such as IPv6 that leads nowhere,
//! does not hide the others.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, sleep, timeout};

use super::{CONNECT, NetError, PreLogin, Stream, name, one_line, secure};
use crate::model::settings::{Server, Tls};

/// How long an address may take to connect before the next one is tried beside it (RFC 8305, section 8).
const STAGGER: Duration = Duration::from_millis(250);

/// How long an address that is connected may take to greet before the next one is tried beside it.
const GREETING: Duration = Duration::from_secs(5);

/// Connects, starts TLS where it begins with the first byte, and reads the first line of the server's greeting: only then an
/// address counts as reached. A certificate that is not trusted is final, other errors are not as long as there are addresses.
pub async fn reach(server: &Server) -> Result<(PreLogin<'_>, String), NetError> {
    let greeted = |stream| async move {
        let mut prelogin = PreLogin::new(stream, server);
        let greeting = prelogin.read_line().await?;
        Ok((prelogin, greeting))
    };
    first(server, &greeted).await
}

/// Connects and starts TLS where it begins with the first byte, for a server that does not speak first.
pub async fn connect(server: &Server) -> Result<Stream, NetError> {
    first(server, &|stream| async move { Ok(stream) }).await
}

/// What `finish` makes of the connection to the address for which it succeeds first.
async fn first<T, F: Future<Output = Result<T, NetError>>>(
    server: &Server,
    finish: &impl Fn(Stream) -> F,
) -> Result<T, NetError> {
    let refuse = |why: String| NetError::Connect { server: name(server), why: one_line(&why) };
    let found = timeout(CONNECT, lookup_host((server.host.as_str(), server.port))).await;
    let found = found.map_err(|_| refuse("its name is not found in time".to_owned()))?;
    let mut addresses = in_turn(found.map_err(|error| refuse(error.to_string()))?.collect());
    let (mut trying, mut failed) = (FuturesUnordered::new(), Vec::new());
    let mut last: Option<(Instant, Arc<AtomicBool>)> = None;
    loop {
        let is_waited_for = last.as_ref().is_some_and(|(began, is_connected)| {
            let longest = if is_connected.load(Ordering::Relaxed) { GREETING } else { STAGGER };
            began.elapsed() < longest
        });
        if !is_waited_for && let Some(address) = addresses.pop_front() {
            let is_connected = Arc::new(AtomicBool::new(false));
            trying.push(try_address(server, address, Arc::clone(&is_connected), finish));
            last = Some((Instant::now(), is_connected));
        }
        tokio::select! {
            tried = trying.next() => match tried {
                Some(Ok(reached)) => return Ok(reached),
                Some(Err(error)) if error.is_about_certificate() => return Err(error),
                Some(Err(error)) => {
                    failed.push(error);
                    last = None;
                }
                None if addresses.is_empty() => break,
                None => {}
            },
            () = sleep(STAGGER), if !addresses.is_empty() => {}
        }
    }
    Err(worst(failed).unwrap_or_else(|| refuse("its name has no address".to_owned())))
}

async fn try_address<T, F: Future<Output = Result<T, NetError>>>(
    server: &Server,
    address: SocketAddr,
    is_connected: Arc<AtomicBool>,
    finish: &impl Fn(Stream) -> F,
) -> Result<T, NetError> {
    let refuse =
        |why: String| NetError::Connect { server: name(server), why: one_line(&format!("{}: {why}", address.ip())) };
    let tcp = timeout(CONNECT, TcpStream::connect(address)).await;
    let tcp = tcp.map_err(|_| refuse("no answer in time".to_owned()))?.map_err(|error| refuse(error.to_string()))?;
    is_connected.store(true, Ordering::Relaxed);
    // A dead peer is noticed within two minutes even while the connection is idle.
    let keepalive =
        TcpKeepalive::new().with_time(Duration::from_secs(60)).with_interval(Duration::from_secs(15)).with_retries(4);
    let socket = SockRef::from(&tcp);
    let kept = socket.set_tcp_keepalive(&keepalive);
    let kept = kept.and_then(|()| socket.set_tcp_user_timeout(Some(Duration::from_secs(60))));
    kept.and_then(|()| tcp.set_nodelay(true)).map_err(|error| refuse(error.to_string()))?;
    let mut stream = Stream::Plain(tcp);
    if server.tls == Tls::Implicit {
        stream = secure(stream, server).await?;
    }
    finish(stream).await
}

/// The addresses with IPv6 and IPv4 by turns, beginning with the kind that the resolver prefers (RFC 8305, section 4).
fn in_turn(found: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let is_first_kind = |address: &SocketAddr| found.first().is_some_and(|first| first.is_ipv6() == address.is_ipv6());
    let (mut first, mut second): (VecDeque<_>, VecDeque<_>) = found.iter().copied().partition(is_first_kind);
    let mut ordered = VecDeque::new();
    while let Some(address) = first.pop_front() {
        ordered.push_back(address);
        ordered.extend(second.pop_front());
    }
    ordered.extend(second);
    ordered
}

/// The error of the address that came furthest; of several that did not connect, all.
fn worst(failed: Vec<NetError>) -> Option<NetError> {
    if let Some(at) = failed.iter().position(|error| !matches!(error, NetError::Connect { .. })) {
        return failed.into_iter().nth(at);
    }
    let whys: Vec<&str> = failed.iter().filter_map(NetError::why_not_connected).collect();
    let why = one_line(&whys.join("; "));
    failed.first().map(|first| match first {
        NetError::Connect { server, .. } => NetError::Connect { server: server.clone(), why },
        other => other.clone(),
    })
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn both_kinds_of_address_are_tried_by_turns() {
        let address = |text: &str| SocketAddr::new(text.parse::<IpAddr>().unwrap(), 993);
        let ordered = in_turn(["::1", "::2", "::3", "127.0.0.1"].map(address).to_vec());
        assert_eq!(ordered, ["::1", "127.0.0.1", "::2", "::3"].map(address));
        assert!(in_turn(Vec::new()).is_empty());
    }
}
