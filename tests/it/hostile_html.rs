//! Hostile HTML, as engineers get it: inert, with what was left out named. `fixtures/hostile_html.txt` holds the messages,
//! `fixtures/hostile_html.expected` what becomes of them.
//!
//! `UPDATE_GOLDEN=1 cargo test --test it -- hostile_html::` writes it anew; then read the diff.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use maildesk::mail::{form, html};
use regex::Regex;
use rustix::time::{ClockId, clock_gettime};

use crate::support::TestDesk;

/// What may stand in a letter: another reading of the same rules, by another sanitizer.
pub fn judge() -> ammonia::Builder<'static> {
    let mut judge = ammonia::Builder::empty();
    let set = |names: &[&'static str]| names.iter().copied().collect::<HashSet<_>>();
    judge
        .tags(set(&[
            "div",
            "p",
            "hr",
            "h2",
            "br",
            "blockquote",
            "ul",
            "ol",
            "li",
            "table",
            "tbody",
            "tr",
            "td",
            "th",
            "pre",
            "code",
            "b",
            "i",
            "s",
            "a",
            "img",
        ]))
        .generic_attributes(set(&["style", "dir"]))
        .add_tag_attributes("a", &["href"])
        .add_tag_attributes("img", &["src", "alt"])
        .add_tag_attributes("ol", &["start"])
        .add_tag_attributes("th", &["scope"])
        .url_schemes(set(&["http", "https", "mailto", "tel", "cid"]))
        .link_rel(None);
    judge
}

/// The tags of HTML, in their order, with their attributes.
fn tags(html: &str) -> Vec<String> {
    let tag = Regex::new("<[^>]*>").unwrap();
    let unquoted = html.replace("&#39;", "'").replace("&nbsp;", "\u{a0}");
    tag.find_iter(&unquoted).map(|tag| tag.as_str().to_owned()).collect()
}

/// What stands between the body's tags.
pub fn body(html: &str) -> &str {
    let (_, body) = html.split_once("<body").and_then(|(_, rest)| rest.split_once('>')).expect("a body");
    body.split_once("</body>").expect("its end").0.trim()
}

#[test]
fn hostile_html_comes_out_inert() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let cases = fs::read_to_string(root.join("hostile_html.txt")).unwrap();
    let mut desk = TestDesk::two_desks("0s");
    let engineer = desk.engineer("ivanov");
    let style = Regex::new(r#" style="[^"]*""#).unwrap();
    let mut found = String::new();
    let mut count = 0;
    for case in cases.split("\n# ") {
        let (name, page) = case.trim_start_matches("# ").split_once('\n').unwrap();
        count += 1;
        let raw = format!(
            "From: Eve <eve{count}@case{count}.example>\r\nTo: support@example.org\r\nSubject: {name}\r\n\
             Message-ID: <{count}@case.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{}\r\n",
            page.replace('\n', "\r\n")
        );
        let letters = desk.send_raw(raw.as_bytes());
        let letter = letters.iter().find(|letter| letter.rcpt == engineer).unwrap_or_else(|| panic!("{name}"));
        let html = letter.html();
        let body = body(&html);
        assert_eq!(tags(&judge().clean(body).to_string()), tags(body), "{name}\n{body}");
        // Below the line stand buttons of our own.
        let (brought, _) = body.split_once("<hr").unwrap_or_else(|| panic!("{name}\n{body}"));
        for never in ["mailto:support@example.org", "javascript:", "<script", "http-equiv", "background:url"] {
            let in_tag = tags(brought).iter().any(|tag| tag.contains(never));
            assert!(!in_tag, "{name}: {never}\n{body}");
        }
        assert!(!tags(brought).iter().any(|tag| tag.contains("mailto:") && tag.contains('?')), "{name}\n{body}");
        let relayed = body.split_once(":</p>\n").map_or(body, |(_, rest)| rest);
        let relayed = relayed.split("<hr").next().unwrap_or_default().trim_end();
        let relayed = style.replace_all(relayed, "");
        found.push_str(&format!("# {name}\n{}\n", relayed.trim_end_matches("<p>").trim_end()));
    }
    assert!(count >= 100, "{count}");
    let golden = root.join("hostile_html.expected");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &found).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    for (found, expected) in found.split("\n# ").zip(expected.split("\n# ")) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}

/// Seconds of processor time of this thread: what else the machine does must not count.
fn worked() -> i64 {
    clock_gettime(ClockId::ThreadCPUTime).tv_sec
}

#[test]
fn reading_takes_time_linear_in_size_and_depth() {
    let huge = |piece: &str, times: usize| piece.repeat(times);
    for (name, page) in [
        ("deep", huge("<div>", 200_000) + "x"),
        ("deep tables", huge("<table><tr><td>", 60_000) + "x"),
        ("deep lists", huge("<ul><li>x", 100_000)),
        ("links", huge("<a href='https://example.org/a'>x</a> ", 50_000)),
        ("spans", huge("<b>x</b>", 100_000)),
        ("lines", huge("x<br>", 200_000)),
        ("cells", format!("<table><tr>{}</table>", huge("<td>x", 100_000))),
        ("brackets", huge("[", 500_000)),
        ("styles", huge("<p style='color:#fff;background:#fff;font-family:x'>x", 20_000)),
        ("one word", huge("a", 1_000_000)),
    ] {
        let begun = worked();
        let (text, read) = html::read(&page);
        let formed = form::of_words(&read, &text, true, |_| false);
        assert!(worked() - begun < 20, "{name}: {} s", worked() - begun);
        assert!(formed.form.is_none_or(|form| form.lines.iter().all(|line| line.blocks.len() <= 17)), "{name}");
    }
}
