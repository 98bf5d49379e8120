//! Reads from an arrived probe's header how it was delivered.

use serde::Serialize;

use crate::mail::{authentication, parse};
use crate::model::{PROBE_FIELD, Timestamp};

use super::letter::ProbeLetter;

/// Differences of clocks up to this many seconds are ignored: time stamps have whole seconds, and delivery takes a moment.
const TOLERANCE: i64 = 2;

/// How a probe arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Arrival {
    /// The mailbox in which it was found.
    pub mailbox: String,
    /// The folder.
    pub folder: String,
    /// Whether maildesk reads that folder, or moves messages there itself.
    pub is_read: bool,
    /// How long it took in seconds, to the precision of the pauses between searches.
    pub seconds: i64,
    /// Whether it still has the Message-ID that it was sent with.
    pub kept_message_id: bool,
    /// The topmost `Authentication-Results` that is not forged; None where no server added one.
    pub results: Option<Results>,
    /// Whether the forged field is still there; None where none was forged.
    pub forged_survived: Option<bool>,
    /// The clocks of the servers that stamped it.
    pub clocks: Vec<ServerClock>,
}

/// An `Authentication-Results` field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Results {
    /// The server.
    pub authserv_id: String,
    /// Its results, such as `dmarc=pass`.
    pub findings: Vec<String>,
}

/// How a server's clock differs from ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerClock {
    /// Whose it is, in words: `the mail server's`.
    pub whose: &'static str,
    /// By how many seconds it is ahead of ours; negative where it is behind.
    pub ahead: i64,
}

/// When a probe was sent and found, and when the IMAP server received it.
#[derive(Clone, Copy, Debug)]
pub struct ProbeTimes {
    /// By our clock.
    pub sent: Timestamp,
    /// By our clock.
    pub found: Timestamp,
    /// By the server's.
    pub received: Option<Timestamp>,
}

/// The random id of the probe with this header.
pub fn id(header: &[u8]) -> Option<String> {
    parse::parse(header).header(PROBE_FIELD).next().map(str::to_owned)
}

impl Arrival {
    /// Reads the header of an arrived probe.
    pub fn read(letter: &ProbeLetter, header: &[u8], times: ProbeTimes) -> Self {
        let incoming = parse::parse(header);
        let fields: Vec<&str> = incoming.header("Authentication-Results").collect();
        let is_forged = |field: &&str| field.contains(&letter.id);
        let own = fields.iter().filter(|field| !is_forged(field)).find_map(|field| authentication::results(field));
        // Each server puts its own on top: the lowest is that of the server that accepted the probe from us.
        let taken = incoming.header("Received").last().and_then(stamp);
        let clock =
            |whose, stamp: Option<Timestamp>| stamp.map(|stamp| ServerClock { whose, ahead: ahead(stamp, times) });
        let clocks = [clock("the mail server's", taken), clock("the IMAP server's", times.received)];
        Self {
            seconds: times.found.seconds_since(times.sent).max(0),
            kept_message_id: incoming.message_id.as_ref().is_some_and(|id| id.as_str() == letter.message_id()),
            results: own.map(|(authserv_id, findings)| Results { authserv_id, findings }),
            forged_survived: letter.forged.as_ref().map(|_| fields.iter().any(is_forged)),
            clocks: clocks.into_iter().flatten().collect(),
            ..Self::default()
        }
    }
}

/// The time of a `Received` field (RFC 5321 4.4): behind its last semicolon.
fn stamp(field: &str) -> Option<Timestamp> {
    let (_, date) = field.rsplit_once(';')?;
    let parser = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    parser.parse_timestamp(date.trim()).map(Timestamp::from).ok()
}

/// By how many seconds a time stamp lies outside the time in which the probe was under way; 0 within.
fn ahead(stamp: Timestamp, times: ProbeTimes) -> i64 {
    let (early, late) = (times.sent.seconds_since(stamp), stamp.seconds_since(times.found));
    match (early, late) {
        (early, _) if early > TOLERANCE => -early,
        (_, late) if late > TOLERANCE => late,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::letter::ProbeLetter;
    use super::{Arrival, ProbeTimes, Results, ServerClock, ahead, id};
    use crate::model::{EmailAddress, Timestamp};

    fn letter(forged: Option<&str>) -> ProbeLetter {
        let desk = EmailAddress::parse("support@example.org").unwrap();
        ProbeLetter { id: "c0ffee11".to_owned(), from: desk.clone(), to: desk, forged: forged.map(str::to_owned) }
    }

    const SENT: i64 = 1_790_000_000;

    /// `Received` of a server whose clock is ahead by so many seconds.
    fn received(ahead: i64) -> String {
        let at = Timestamp::from_unix(SENT + 1 + ahead).to_jiff();
        format!("Received: from us by mx.example.org with ESMTPSA;\r\n {}\r\n", at.strftime("%a, %d %b %Y %T +0000"))
    }

    fn read(letter: &ProbeLetter, above: &str) -> Arrival {
        let at = Timestamp::from_unix;
        let times = ProbeTimes { sent: at(SENT), found: at(SENT + 5), received: Some(at(SENT + 2)) };
        let header = [above.as_bytes(), &letter.bytes(at(SENT))].concat();
        assert_eq!(id(&header).as_deref(), Some("c0ffee11"));
        Arrival::read(letter, &header, times)
    }

    #[test]
    fn a_letter_that_nobody_touched() {
        let arrival = read(&letter(None), &received(0));
        assert!(arrival.kept_message_id && arrival.results.is_none() && arrival.forged_survived.is_none());
        assert_eq!(arrival.seconds, 5);
        assert!(arrival.clocks.iter().all(|clock| clock.ahead == 0), "{:?}", arrival.clocks);
    }

    #[test]
    fn the_servers_own_results_are_told_from_the_forged_ones() {
        let letter = letter(Some("mx.example.org"));
        let own = "Authentication-Results: MX.example.org (us);\r\n dkim=none; dmarc=fail header.from=example.org\r\n";
        let arrival = read(&letter, &format!("{own}{}", received(0)));
        let findings = vec!["dkim=none".to_owned(), "dmarc=fail".to_owned()];
        assert_eq!(arrival.results, Some(Results { authserv_id: "mx.example.org".to_owned(), findings }));
        assert_eq!(arrival.forged_survived, Some(true));
        let cleaned = String::from_utf8(letter.bytes(Timestamp::from_unix(SENT))).unwrap();
        let cleaned = cleaned[cleaned.find("From:").unwrap()..].replace("Message-ID: <", "Message-ID: <0");
        let now = Timestamp::from_unix(SENT);
        let times = ProbeTimes { sent: now, found: now, received: None };
        let arrival = Arrival::read(&letter, cleaned.as_bytes(), times);
        assert_eq!((arrival.forged_survived, arrival.kept_message_id), (Some(false), false));
        assert_eq!(arrival.clocks, []);
    }

    #[test]
    fn clocks_are_compared_with_the_time_on_the_way() {
        let arrival = read(&letter(None), &format!("{}{}", received(0), received(-300)));
        assert_eq!(arrival.clocks[0], ServerClock { whose: "the mail server's", ahead: -299 });
        assert_eq!(arrival.clocks[1].ahead, 0);
        let at = Timestamp::from_unix;
        let times = ProbeTimes { sent: at(100), found: at(110), received: None };
        for (stamp, expected) in [(98, 0), (97, -3), (105, 0), (112, 0), (113, 3), (410, 300)] {
            assert_eq!(ahead(at(stamp), times), expected, "{stamp}");
        }
    }
}
