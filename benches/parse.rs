//! How fast messages are read, and that the time is linear in their size: `cargo bench --bench parse`.
//!
//! Prints MB/s over sizes from 1 KB to 50 MB for each kind of message. A reader that is linear keeps its MB/s level; the last
//! column compares the largest size with the 1 MB one. Then 1 MB of an answer is compared with 1 MB of the letter that it quotes,
//! which must take less than 50 ms.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use maildesk::mail::parse;
use maildesk::mail::quote::{Ours, read};

const SIZES: [usize; 6] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 50_000_000];

/// What a message is made of, grown to about the given size.
type Grow = fn(usize) -> Vec<u8>;

const KINDS: [(&str, Grow); 8] = [
    ("plain text", plain_text),
    ("html", html),
    ("base64 attachment", attachment),
    ("quoted-printable", quoted_printable),
    ("nested blockquotes", blockquotes),
    ("windows-1251", windows_1251),
    ("uuencode", uuencode),
    ("dashes", dashes),
];

fn main() {
    alignment();
    print!("{:20}", "MB/s");
    SIZES.iter().for_each(|size| print!("{:>10}", format!("{} KB", size / 1_000)));
    println!("{:>14}", "50 MB : 1 MB");
    for (kind, grow) in KINDS {
        print!("{kind:20}");
        let rates: Vec<f64> = SIZES.iter().map(|&size| rate(&grow(size))).collect();
        rates.iter().for_each(|rate| print!("{rate:>10.0}"));
        println!("{:>14.2}", rates[5] / rates[3]);
    }
}

/// The limit for comparing 1 MB with 1 MB: a message waits no longer for it than for its parsing.
const ALIGNED_WITHIN: Duration = Duration::from_millis(50);

/// Compares answers with the letters that they quote.
fn alignment() {
    let distinct: String =
        (0..20_000).map(|line| format!("line {line}: the report of day {} does not print\n", line % 365)).collect();
    let alike = "and again and again the report does not print\n".repeat(21_000);
    for (kind, letter) in [("distinct lines", distinct), ("equal lines", alike)] {
        let quote = |(at, line): (usize, &str)| {
            if at % 500 == 0 { format!("> {line}\nan answer\n") } else { format!("> {line}\n") }
        };
        let message: String = letter.lines().enumerate().map(quote).collect();
        let best = (0..5).map(|_| {
            let begun = Instant::now();
            black_box(read(black_box(&message), false, &[Ours::new(black_box(&letter))]));
            begun.elapsed()
        });
        let best = best.min().unwrap_or_default();
        println!("{kind}: {} KB against {} KB in {best:.1?}", message.len() / 1_000, letter.len() / 1_000);
        assert!(best < ALIGNED_WITHIN, "{kind}: {best:?} is over {ALIGNED_WITHIN:?}");
    }
}

/// Megabytes a second, measured over at least a fifth of a second.
fn rate(raw: &[u8]) -> f64 {
    let (start, mut rounds) = (Instant::now(), 0);
    while start.elapsed() < Duration::from_millis(200) {
        black_box(parse::parse(black_box(raw)));
        rounds += 1;
    }
    raw.len() as f64 * f64::from(rounds) / 1e6 / start.elapsed().as_secs_f64()
}

fn message(fields: &str, body: &str) -> Vec<u8> {
    format!("From: Ivan <ivan@customer.example>\r\nSubject: Report\r\n{fields}\r\n{body}").into_bytes()
}

fn plain_text(size: usize) -> Vec<u8> {
    message(
        "Content-Type: text/plain; charset=utf-8\r\n",
        &"The page does not open since the update.\r\n".repeat(size / 42),
    )
}

fn html(size: usize) -> Vec<u8> {
    let row = "<tr><td>12:30</td><td><a href=\"https://desk.example/1\">error</a> 502</td></tr>\r\n";
    message(
        "Content-Type: text/html; charset=utf-8\r\n",
        &format!("<html><body><table>{}", row.repeat(size / row.len())),
    )
}

fn attachment(size: usize) -> Vec<u8> {
    let data =
        "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAIAAAA7ljmRAAAAEElEQVR4nGNQaHgARwzEcQBAlQ2BvqHTSgAA\r\n".repeat(size / 78);
    let head = "--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\nContent-Type: application/octet-stream; name=a.bin\r\n";
    let body = format!("{head}Content-Transfer-Encoding: base64\r\n\r\n{data}--b--\r\n");
    message("Content-Type: multipart/mixed; boundary=b\r\n", &body)
}

fn quoted_printable(size: usize) -> Vec<u8> {
    let line = "=D0=9F=D1=80=D0=B8=D0=B2=D0=B5=D1=82, the page does not open=\r\n again.\r\n";
    let fields = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n";
    message(fields, &line.repeat(size / line.len()))
}

fn blockquotes(size: usize) -> Vec<u8> {
    message("Content-Type: text/html; charset=utf-8\r\n", &"<blockquote><div>word ".repeat(size / 22))
}

fn windows_1251(size: usize) -> Vec<u8> {
    let mut raw = message("Content-Type: text/plain; charset=windows-1251\r\n", "");
    let line = b"\xcf\xf0\xe8\xe2\xe5\xf2, \xf1\xf2\xf0\xe0\xed\xe8\xf6\xe0 \xed\xe5 \xee\xf2\xea\xf0\xfb\xe2\xe0\xe5\xf2\xf1\xff.\r\n";
    raw.extend(line.repeat(size / line.len()));
    raw
}

fn uuencode(size: usize) -> Vec<u8> {
    let mut body = String::from("begin 644 data.bin\r\n");
    for _ in 0..size / 63 {
        write!(body, "M{}\r\n", "0V%T".repeat(15)).expect("a string takes all");
    }
    message("", &format!("{body}`\r\nend\r\n"))
}

fn dashes(size: usize) -> Vec<u8> {
    message("Content-Type: multipart/mixed; boundary=b\r\n", &format!("--b\r\n\r\n{}\r\n--b--\r\n", "-".repeat(size)))
}
