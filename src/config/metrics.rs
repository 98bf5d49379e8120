//! Reads `[metrics]`.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::section::Section;
use crate::model::settings::Listen;

/// Reads where metrics are served; None: nowhere.
pub(super) fn read(section: &mut Section<'_, '_>) -> Option<Listen> {
    section.parsed("listen", listen)
}

/// Parses a port of this machine, or the path of a Unix socket.
fn listen(text: &str) -> Result<Listen, String> {
    let remedy =
        "write a port of this machine, \"127.0.0.1:9555\", or the path of a socket, \"/run/maildesk/metrics.sock\"";
    if text.starts_with('/') {
        let fits = text.len() < 108 && !text.ends_with('/') && !text.chars().any(char::is_control);
        return if fits {
            Ok(Listen::Unix(PathBuf::from(text)))
        } else {
            Err(format!("{text:?} is not the path of a socket; {remedy}"))
        };
    }
    match text.parse::<SocketAddr>() {
        Ok(address) if address.port() == 0 => Err(format!("has no port; {remedy}")),
        Ok(address) if address.ip().is_loopback() => Ok(Listen::Tcp(address)),
        Ok(_) => Err(format!(
            "is an address that other machines can reach, and anybody there could read the metrics; {remedy}"
        )),
        Err(_) => Err(format!("{text:?} is neither an address with a port nor a path; {remedy}")),
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
            ("0.0.0.0:9555", "other machines"),
            ("[::]:9555", "other machines"),
            ("192.0.2.1:9555", "other machines"),
            ("[::ffff:192.0.2.1]:9555", "other machines"),
            ("127.0.0.1:0", "has no port"),
            ("127.0.0.1", "is neither"),
            ("localhost:9555", "is neither"),
            (":9555", "is neither"),
            ("9555", "is neither"),
            ("metrics.sock", "is neither"),
            ("/run/maildesk/", "not the path of a socket"),
            ("", "is neither"),
        ] {
            let seen = listen(text).map_or_else(|problem| problem, |listen| listen.to_string());
            assert!(seen.contains(expected), "{text}: {seen}");
        }
    }
}
