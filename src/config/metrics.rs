//! Reads `[metrics]`.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::section::Section;
use crate::model::settings::Listen;

/// Where metrics are told; nowhere, unless the file says so.
pub(super) fn read(section: &mut Section<'_, '_>) -> Option<Listen> {
    section.parsed("listen", listen)
}

/// A port of this machine, or the path of a socket.
fn listen(text: &str) -> Result<Listen, String> {
    let remedy =
        "write a port of this machine, \"127.0.0.1:9555\", or the path of a socket, \"/run/maildesk/metrics.sock\"";
    if text.starts_with('/') {
        let fits = text.len() < 108 && !text.ends_with('/') && !text.chars().any(char::is_control);
        return if fits {
            Ok(Listen::Unix(PathBuf::from(text)))
        } else {
            Err(format!("{text:?} is no path of a socket; {remedy}"))
        };
    }
    match text.parse::<SocketAddr>() {
        Ok(address) if address.port() == 0 => Err(format!("has no port; {remedy}")),
        Ok(address) if address.ip().is_loopback() => Ok(Listen::Tcp(address)),
        Ok(_) => Err(format!("is not an address of this machine alone, and whoever reaches it could read; {remedy}")),
        Err(_) => Err(format!("{text:?} is neither; {remedy}")),
    }
}

#[cfg(test)]
mod tests {
    use super::listen;

    #[test]
    fn only_this_machine_may_ask() {
        for (text, expected) in [
            ("127.0.0.1:9555", "127.0.0.1:9555"),
            ("127.1.2.3:1", "127.1.2.3:1"),
            ("[::1]:9555", "[::1]:9555"),
            ("/run/maildesk/metrics.sock", "/run/maildesk/metrics.sock"),
            ("0.0.0.0:9555", "of this machine alone"),
            ("[::]:9555", "of this machine alone"),
            ("192.0.2.1:9555", "of this machine alone"),
            ("[::ffff:192.0.2.1]:9555", "of this machine alone"),
            ("127.0.0.1:0", "has no port"),
            ("127.0.0.1", "is neither"),
            ("localhost:9555", "is neither"),
            (":9555", "is neither"),
            ("9555", "is neither"),
            ("metrics.sock", "is neither"),
            ("/run/maildesk/", "no path of a socket"),
            ("", "is neither"),
        ] {
            let seen = listen(text).map_or_else(|problem| problem, |listen| listen.to_string());
            assert!(seen.contains(expected), "{text}: {seen}");
        }
    }
}
