//! No part of a damaged message is lost: random trees of MIME parts, with what real programs and gateways break.

use std::fmt::Write as _;

use maildesk::mail::parse;
use proptest::prelude::*;

/// A part, each with what is broken about it.
#[derive(Clone, Debug)]
enum Node {
    Text { html: bool, header: Header },
    File { name: bool },
    Multi { subtype: &'static str, parts: Vec<Node>, boundary: Boundary, damage: Damage },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Header {
    Whole,
    /// Only the blank line.
    Empty,
    /// Not even the blank line.
    Missing,
}

#[derive(Clone, Copy, Debug)]
enum Boundary {
    Own,
    /// Begins with the boundary of the multipart around it.
    Longer,
    /// The same as that of the multipart around it.
    Same,
}

#[derive(Clone, Copy, Debug)]
struct Damage {
    not_closed: bool,
    first_delimiter_lost: bool,
    closed_twice: bool,
    last_line_end_lost: bool,
}

fn node() -> impl Strategy<Value = Node> {
    let header = prop_oneof![4 => Just(Header::Whole), 1 => Just(Header::Empty), 1 => Just(Header::Missing)];
    let leaf = prop_oneof![
        (any::<bool>(), header).prop_map(|(html, header)| Node::Text { html, header }),
        any::<bool>().prop_map(|name| Node::File { name }),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| multi(inner).boxed())
}

fn multi(inner: impl Strategy<Value = Node>) -> impl Strategy<Value = Node> {
    let subtype = prop::sample::select(vec!["mixed", "related", "signed", "parallel", "x-unknown"]);
    let boundary = prop_oneof![3 => Just(Boundary::Own), 1 => Just(Boundary::Longer), 1 => Just(Boundary::Same)];
    let damage =
        (prop::bool::weighted(0.4), prop::bool::weighted(0.2), prop::bool::weighted(0.1), prop::bool::weighted(0.2));
    (subtype, prop::collection::vec(inner, 1..4), boundary, damage).prop_map(|(subtype, parts, boundary, damage)| {
        let (not_closed, first_delimiter_lost, closed_twice, last_line_end_lost) = damage;
        let damage = Damage { not_closed, first_delimiter_lost, closed_twice, last_line_end_lost };
        Node::Multi { subtype, parts, boundary, damage }
    })
}

/// A message under construction.
#[derive(Default)]
struct Builder {
    raw: String,
    words: Vec<String>,
    files: Vec<String>,
    boundaries: usize,
}

impl Builder {
    /// Writes a part, its header included.
    fn node(&mut self, node: &Node, around: &str) {
        match node {
            Node::Text { html, header } => {
                let word = format!("word{}x", self.words.len());
                match (html, header) {
                    (_, Header::Missing) => {}
                    (_, Header::Empty) => self.raw.push('\n'),
                    (true, Header::Whole) => self.raw.push_str("Content-Type: text/html; charset=utf-8\n\n"),
                    (false, Header::Whole) => self.raw.push_str("Content-Type: text/plain\n\n"),
                }
                let shown =
                    if *html && *header == Header::Whole { format!("<p>{word}</p>") } else { format!("Note: {word}") };
                let _ = writeln!(self.raw, "{shown}");
                self.words.push(word);
            }
            Node::File { name } => {
                let content = format!("content {}", self.files.len());
                let disposition = if *name { "; filename=a.bin" } else { "" };
                let _ = write!(
                    self.raw,
                    "Content-Type: application/octet-stream\nContent-Disposition: attachment{disposition}\n\
                     Content-Transfer-Encoding: base64\n\n{}\n",
                    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &content)
                );
                self.files.push(content);
            }
            Node::Multi { subtype, parts, boundary, damage } => {
                self.boundaries += 1;
                let own = match boundary {
                    Boundary::Longer if !around.is_empty() => format!("{around}{}", self.boundaries),
                    Boundary::Same if !around.is_empty() => around.to_owned(),
                    _ => format!("=_boundary_{}_", self.boundaries),
                };
                self.multipart(subtype, parts, &own, *damage);
            }
        }
    }

    fn multipart(&mut self, subtype: &str, parts: &[Node], own: &str, damage: Damage) {
        let _ = write!(self.raw, "Content-Type: multipart/{subtype}; boundary=\"{own}\"\n\n");
        for (n, part) in parts.iter().enumerate() {
            // Only a part with a header of its own can be told from the text before the first delimiter.
            let told = matches!(part, Node::File { .. } | Node::Text { header: Header::Whole, .. });
            if n > 0 || !(damage.first_delimiter_lost && told && parts.len() > 1) {
                let _ = writeln!(self.raw, "--{own}");
            }
            self.node(part, own);
        }
        if !damage.not_closed {
            let text = matches!(parts.last(), Some(Node::Text { .. }));
            if damage.last_line_end_lost && text && self.raw.ends_with('\n') {
                self.raw.pop();
            }
            let _ = write!(
                self.raw,
                "--{own}--\n{}",
                if damage.closed_twice { format!("--{own}--\n") } else { String::new() }
            );
        }
    }

    /// The message with line ends of both kinds, by chance.
    fn finish(&self, line_ends: &[bool]) -> Vec<u8> {
        let lines = self.raw.split_inclusive('\n').zip(line_ends.iter().cycle());
        lines
            .map(|(line, &crlf)| if crlf { line.replace('\n', "\r\n") } else { line.to_owned() })
            .collect::<String>()
            .into()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn every_part_of_a_damaged_message_is_read(
        root in multi(node()),
        line_ends in prop::collection::vec(any::<bool>(), 1..6),
    ) {
        let mut built = Builder { raw: "From: a@customer.example\nSubject: x\nMIME-Version: 1.0\n".to_owned(), ..Builder::default() };
        built.node(&root, "");
        let raw = built.finish(&line_ends);
        let incoming = parse::parse(&raw);
        let files: Vec<Vec<u8>> =
            incoming.attachments.iter().map(|file| parse::attachment(&raw, file.part).expect("a file")).collect();
        let shown = String::from_utf8_lossy(&raw).into_owned();
        for word in &built.words {
            let in_file = || files.iter().any(|file| String::from_utf8_lossy(file).contains(word.as_str()));
            prop_assert!(incoming.text.contains(word.as_str()) || in_file(), "{} is lost in\n{}", word, shown);
        }
        for content in &built.files {
            prop_assert!(files.iter().any(|file| file == content.as_bytes()), "{} is lost in\n{}", content, shown);
        }
    }
}
