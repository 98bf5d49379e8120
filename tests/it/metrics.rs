//! Prometheus and probes ask the running program, by TCP and by a socket.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::Duration;

use crate::support::{IVAN, Message, ONE_DESK, TestDesk, wait_until};
use regex::Regex;
use serde_json::Value;

fn exchange(mut stream: impl Read + Write, request: &str) -> String {
    // A server that has refused already may have closed its end.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer
}

fn get(port: u16, path: &str) -> String {
    let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) else { return String::new() };
    exchange(stream, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address").port()
}

#[test]
fn numbers_and_probes_by_tcp() {
    let port = free_port();
    let metrics = format!("[metrics]\nlisten = \"127.0.0.1:{port}\"\n");
    let desk = TestDesk::on_servers(&format!("{ONE_DESK}{metrics}"));
    desk.deliver("support", &Message::to_support("m1@example.com", IVAN, "Secret words").raw());
    let daemon = desk.run();
    wait_until("the letter is counted", || {
        get(port, "/metrics").contains("maildesk_desk_open_requests{desk=\"OTK\"} 1")
    });
    wait_until("it is ready", || get(port, "/readyz").starts_with("HTTP/1.0 200 OK"));
    let seen = get(port, "/metrics");
    for line in [
        "HTTP/1.0 200 OK",
        "Content-Type: text/plain; version=0.0.4",
        "# TYPE maildesk_mailbox_ready gauge",
        "maildesk_mailbox_ready{mailbox=\"support\"} 1",
        "maildesk_transport_failing{transport=\"main\"} 0",
        "maildesk_warnings 0",
        "maildesk_received_messages_total 1",
        "maildesk_written_emails_total 1",
        "maildesk_desk_requests_total{desk=\"OTK\"} 1",
        "maildesk_disk_free_bytes ",
    ] {
        assert!(seen.contains(line), "{line}: {seen}");
    }
    for secret in ["example.com", "Secret words", crate::support::PASSWORD, "ivan"] {
        assert!(!seen.contains(secret), "{secret}: {seen}");
    }
    let (_, numbers) = seen.split_once("\r\n\r\n").expect("a body");
    for line in numbers.lines().filter(|line| !line.starts_with('#')) {
        let (name, number) = line.rsplit_once(' ').expect("a number");
        assert!(name.starts_with("maildesk_") && number.parse::<i64>().is_ok(), "{line}");
        let bare = name.split('{').next().expect("a name");
        let kind = if bare.ends_with("_total") { "counter" } else { "gauge" };
        assert_eq!(numbers.matches(&format!("# TYPE {bare} {kind}\n")).count(), 1, "{bare}");
    }
    assert!(get(port, "/healthz").ends_with("\r\n\r\nok\n"));
    assert!(get(port, "/else").starts_with("HTTP/1.0 404"));
    let connect = || TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    assert!(exchange(connect(), "POST /metrics HTTP/1.1\r\n\r\n").starts_with("HTTP/1.0 405"));
    let endless = format!("GET /{} HTTP/1.1\r\n", "x".repeat(20_000));
    assert!(!exchange(connect(), &endless).contains("200 OK"));
    // Those that say nothing keep nobody else from an answer.
    let silent: Vec<TcpStream> = (0..3).map(|_| connect()).collect();
    assert!(get(port, "/healthz").starts_with("HTTP/1.0 200"));
    drop(silent);
    assert!(daemon.stop().success());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

/// A Maildir, letters in a folder, and numbers at this port.
fn folders(port: u16) -> String {
    format!(
        "[desk.OTK]\nname = \"Support\"\naddress = \"support@example.org\"\n[mailbox.support]\nmaildir = \"support\"\n\
         [transport.folder]\nfolder = \"letters\"\n[metrics]\nlisten = \"127.0.0.1:{port}\"\n"
    )
}

fn metrics_in(text: &str) -> BTreeSet<String> {
    let name = Regex::new(r"\bmaildesk_[a-z_]+").expect("a pattern");
    name.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

/// Every text under a key, wherever it stands.
fn texts<'a>(value: &'a Value, wanted: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| match value {
            Value::String(text) if key == wanted => found.push(text),
            other => texts(other, wanted, found),
        }),
        Value::Array(values) => values.iter().for_each(|value| texts(value, wanted, found)),
        _ => {}
    }
}

#[test]
fn the_dashboard_shows_all_numbers_and_alerts_are_about_numbers_that_there_are() {
    let port = free_port();
    let desk = TestDesk::program(&folders(port));
    let daemon = desk.run();
    wait_until("numbers are told", || get(port, "/metrics").contains("maildesk_ready"));
    let told = get(port, "/metrics");
    assert!(daemon.stop().success());
    let told: BTreeSet<String> =
        told.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).map(str::to_owned).collect();
    assert!(told.len() > 25, "{told:?}");

    let dashboard: Value = serde_json::from_str(include_str!("../../systemd/grafana-dashboard.json")).expect("JSON");
    let mut queries = Vec::new();
    texts(&dashboard, "expr", &mut queries);
    assert_eq!(metrics_in(&queries.join("\n")), told, "the dashboard shows all of them, and nothing else");
    let mut definitions = Vec::new();
    texts(&dashboard, "definition", &mut definitions);
    assert!(metrics_in(&definitions.join("\n")).is_subset(&told), "{definitions:?}");
    let panels = dashboard["panels"].as_array().expect("panels");
    let ids: BTreeSet<u64> = panels.iter().map(|panel| panel["id"].as_u64().expect("a number")).collect();
    assert_eq!(ids.len(), panels.len(), "each panel has a number of its own");
    let rows = |panel: &&Value| panel["type"] == "row";
    for panel in panels.iter().filter(|panel| !rows(panel)) {
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
        assert!(panel["description"].as_str().is_some_and(|text| !text.is_empty()), "{}", panel["title"]);
    }

    let rules = include_str!("../../systemd/prometheus-rules.yml");
    let alerts: Vec<&str> = rules.lines().filter(|line| line.trim_start().starts_with("expr:")).collect();
    assert_eq!(alerts.len(), rules.matches("- alert:").count());
    let about = metrics_in(&alerts.join("\n"));
    assert!(about.contains("maildesk_acknowledgements_withheld"), "{about:?}");
    assert!(about.len() >= 9 && about.is_subset(&told), "{:?}", about.difference(&told));
}

#[test]
fn not_ready_names_the_mailbox_and_a_taken_port_stops_nothing() {
    let port = free_port();
    let other = "[mailbox.other]\nIMAP, WRONG PASSWORD\nuser = \"other\"\n";
    let desk = TestDesk::on_servers(&format!("{ONE_DESK}{other}[metrics]\nlisten = \"127.0.0.1:{port}\"\n"));
    let daemon = desk.run();
    wait_until("only one is not ready", || get(port, "/readyz").ends_with("within their intervals: other\n"));
    assert!(get(port, "/readyz").starts_with("HTTP/1.0 503"));
    assert!(get(port, "/metrics").contains("maildesk_mailbox_failing{mailbox=\"other\"} 1"));
    assert!(daemon.stop().success());

    let _taken = TcpListener::bind(("127.0.0.1", port)).expect("the port is free again");
    let daemon = desk.run();
    desk.deliver("support", &Message::to_support("m2@example.com", IVAN, "Report").raw());
    wait_until("the letter is answered all the same", || desk.servers().sent().len() == 1);
    assert!(desk.log().contains("cannot serve metrics"), "{}", desk.log());
    assert!(daemon.stop().success());
}

#[test]
fn a_socket_answers_too_and_replaces_only_a_dead_one() {
    let mut desk = TestDesk::on_servers(ONE_DESK);
    let path = desk.path("metrics.sock");
    desk.configure(&format!("{ONE_DESK}[metrics]\nlisten = \"{}\"\n", path.display()));
    drop(UnixListener::bind(&path).expect("what a killed process leaves"));
    let ask = || match UnixStream::connect(&path) {
        Ok(stream) => exchange(stream, "GET /healthz HTTP/1.0\r\n\r\n"),
        Err(_) => String::new(),
    };
    let daemon = desk.run();
    wait_until("the socket answers", || ask().starts_with("HTTP/1.0 200"));
    let mode = std::fs::symlink_metadata(&path).expect("the socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    assert!(daemon.stop().success());
    assert!(!path.exists(), "it is gone with the daemon");

    std::fs::write(&path, "a file of somebody's").expect("a file");
    let daemon = desk.run();
    wait_until("it says why", || desk.log().contains("there is a file that is not a socket"));
    std::thread::sleep(Duration::from_millis(50));
    assert!(daemon.stop().success());
    assert!(!std::fs::symlink_metadata(&path).is_ok_and(|found| found.file_type().is_socket()));
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), "a file of somebody's");
}

#[test]
fn addresses_that_others_reach_are_refused() {
    let mut desk = TestDesk::on_servers(ONE_DESK);
    desk.configure(&format!("{ONE_DESK}[metrics]\nlisten = \"0.0.0.0:9555\"\n"));
    let check = desk.output(&["check"]);
    let said = String::from_utf8_lossy(&check.stderr).into_owned();
    assert_eq!(check.status.code(), Some(1));
    let line = std::fs::read_to_string(desk.path("maildesk.toml")).expect("the file");
    let line = 1 + line.lines().position(|line| line.contains("0.0.0.0")).expect("the line");
    assert!(
        said.contains(&format!("maildesk.toml:{line}: metrics.listen:")) && said.contains("127.0.0.1:9555"),
        "{said}"
    );
}
