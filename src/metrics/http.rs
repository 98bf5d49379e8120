//! The part of HTTP (RFC 9112) that Prometheus and probes need: one GET without a body, one response. Pure.

/// The paths that are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// `/metrics`: all metrics.
    Metrics,
    /// `/healthz`: whether the process runs and its database answers.
    Health,
    /// `/readyz`: whether every mailbox was read within its interval.
    Ready,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HttpReply {
    status: &'static str,
    content_type: &'static str,
    body: String,
}

const PLAIN: &str = "text/plain; charset=utf-8";

impl HttpReply {
    /// 200 with a text.
    pub(super) fn text(body: &str) -> Self {
        Self { status: "200 OK", content_type: PLAIN, body: body.to_owned() }
    }

    /// 200 with metrics in the text format of Prometheus.
    pub(super) fn metrics(body: String) -> Self {
        Self { status: "200 OK", content_type: "text/plain; version=0.0.4; charset=utf-8", body }
    }

    /// 503 with a text.
    pub(super) fn unavailable(body: &str) -> Self {
        Self { status: "503 Service Unavailable", content_type: PLAIN, body: body.to_owned() }
    }

    fn refusal(status: &'static str) -> Self {
        Self { status, content_type: PLAIN, body: format!("{status}: GET /metrics, /healthz or /readyz\n") }
    }

    /// The bytes to send.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let Self { status, content_type, body } = self;
        format!(
            "HTTP/1.0 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nAllow: GET\r\n\
             Cache-Control: no-store\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

/// Whether the header is complete: it ends with an empty line.
pub(super) fn is_whole(request: &[u8]) -> bool {
    memchr::memmem::find(request, b"\r\n\r\n").is_some() || memchr::memmem::find(request, b"\n\n").is_some()
}

/// The path that a request asks for, or the error response.
pub(super) fn wanted(request: &[u8]) -> Result<Endpoint, HttpReply> {
    let bad = || HttpReply::refusal("400 Bad Request");
    if !is_whole(request) {
        return Err(bad());
    }
    let line = request.split(|byte| *byte == b'\n').next().and_then(|line| std::str::from_utf8(line).ok());
    let words: Vec<&str> = line.ok_or_else(bad)?.trim_end_matches('\r').split(' ').collect();
    let [method, target, version] = words[..] else { return Err(bad()) };
    if !version.starts_with("HTTP/1.") {
        return Err(bad());
    }
    if method != "GET" {
        return Err(HttpReply::refusal("405 Method Not Allowed"));
    }
    match target.split('?').next() {
        Some("/metrics") => Ok(Endpoint::Metrics),
        Some("/healthz") => Ok(Endpoint::Health),
        Some("/readyz") => Ok(Endpoint::Ready),
        _ => Err(HttpReply::refusal("404 Not Found")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_get_is_understood_and_all_else_refused() {
        for (request, expected) in [
            ("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", Ok(Endpoint::Metrics)),
            ("GET /metrics?name[]=a HTTP/1.0\r\n\r\n", Ok(Endpoint::Metrics)),
            ("GET /healthz HTTP/1.1\n\n", Ok(Endpoint::Health)),
            ("GET /readyz HTTP/1.1\r\n\r\n", Ok(Endpoint::Ready)),
            ("GET / HTTP/1.1\r\n\r\n", Err("404 Not Found")),
            ("GET /metrics/../etc/passwd HTTP/1.1\r\n\r\n", Err("404 Not Found")),
            ("POST /metrics HTTP/1.1\r\n\r\n", Err("405 Method Not Allowed")),
            ("HEAD /metrics HTTP/1.1\r\n\r\n", Err("405 Method Not Allowed")),
            ("GET /metrics HTTP/2\r\n\r\n", Err("400 Bad Request")),
            ("GET /metrics\r\n\r\n", Err("400 Bad Request")),
            ("GET  /metrics HTTP/1.1\r\n\r\n", Err("400 Bad Request")),
            ("GET /metrics HTTP/1.1\r\n", Err("400 Bad Request")),
            ("", Err("400 Bad Request")),
            ("\r\n\r\n", Err("400 Bad Request")),
        ] {
            assert_eq!(wanted(request.as_bytes()).map_err(|answer| answer.status), expected, "{request:?}");
        }
        assert!(wanted(b"\xff\xfe\r\n\r\n").is_err());
    }

    #[test]
    fn an_answer_says_how_long_it_is() {
        let bytes = HttpReply::text("да\n").to_bytes();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("HTTP/1.0 200 OK\r\n") && text.ends_with("\r\n\r\nда\n"), "{text}");
        assert!(text.contains("Content-Length: 5\r\n") && text.contains("Connection: close\r\n"), "{text}");
    }
}
