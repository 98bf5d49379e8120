//! Parses single values: durations, sizes, dates, names, addresses. Each error says what is wrong and how to write it.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo};

use crate::model::policy::{AddressPattern, HeaderPattern, misleading};
use crate::model::settings::Start;
use crate::model::{DeskKey, EmailAddress, ShortName, Status, Timestamp};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The range of `forget_after` in days. Links and tokens are valid for the shortest period, so until then answers may come.
const LEAST_KEPT: u32 = 30;
const MOST_KEPT: u32 = 36_600;

/// Parses a duration within a range of seconds: `90s`, `1m`, `1h 30m`, `5d`.
pub(super) fn duration(text: &str, seconds: RangeInclusive<u64>) -> Result<Duration, String> {
    let unreadable = || format!("{text:?} is not a duration; write it like \"90s\", \"1m\", \"1h 30m\" or \"5d\"");
    let span: Span = text.parse().map_err(|_| unreadable())?;
    let signed = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| unreadable())?;
    let duration = Duration::try_from(signed).map_err(|_| unreadable())?;
    if duration < Duration::from_secs(*seconds.start()) {
        return Err(format!("{text:?} is too short; use \"{}\" or more", short(*seconds.start())));
    }
    if duration > Duration::from_secs(*seconds.end()) {
        return Err(format!("{text:?} is too long; use \"{}\" or less", short(*seconds.end())));
    }
    Ok(duration)
}

fn short(seconds: u64) -> String {
    let (unit, letter) = [(DAY, 'd'), (HOUR, 'h'), (MINUTE, 'm')]
        .into_iter()
        .find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit))
        .unwrap_or((1, 's'));
    format!("{}{letter}", seconds / unit)
}

/// Parses a retention period into days: `90 days`, `18 months`, `3 years`; a month is 31 days, a year 366.
pub(super) fn retention(text: &str) -> Result<u32, String> {
    let unreadable = || format!("{text:?} is not a period; write it like \"90 days\", \"18 months\" or \"3 years\"");
    let words = text.trim();
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = words.split_at(digits);
    let days: u32 = match unit.trim() {
        "d" | "day" | "days" => 1,
        "month" | "months" => 31,
        "y" | "year" | "years" => 366,
        _ => return Err(unreadable()),
    };
    let number: u32 = number.parse().map_err(|_| unreadable())?;
    match number.saturating_mul(days) {
        0..LEAST_KEPT => Err(format!(
            "{text:?} is too short; use \"{LEAST_KEPT} days\" or more: until then engineers and customers may answer our \
             e-mails"
        )),
        kept if kept > MOST_KEPT => {
            Err(format!("{text:?} is too long; use \"100 years\" or less, or remove it to keep everything"))
        }
        kept => Ok(kept),
    }
}

/// Parses a size in bytes: `60MB`, `60MiB`.
pub(super) fn size(text: &str, bytes: RangeInclusive<u64>) -> Result<u64, String> {
    let refuse = || format!("{text:?} is not a size; write it like \"60MB\" or \"60MiB\", between 64KiB and 1GiB");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim_start() {
        "KB" | "kB" => 1_000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => return Err(refuse()),
    };
    let size = number.parse::<u64>().ok().and_then(|n| n.checked_mul(factor));
    size.filter(|size| bytes.contains(size)).ok_or_else(refuse)
}

/// A start mark: `now`, `all`, a date, or a date and time; without an offset in the given zone.
pub(super) fn start(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Start, String> {
    let instant = match text {
        "now" => return Ok(Start::Now),
        "all" => return Ok(Start::All),
        _ => instant(text, zone).ok_or_else(|| {
            format!(
                "{text:?} is not a start; use \"now\", \"all\", a date such as \"2026-11-01\", or a time such as \
                 \"2026-11-01T00:00:00+03:00\""
            )
        })?,
    };
    if instant > now {
        return Err(format!("{text:?} lies in the future; use \"now\" to begin with the next message"));
    }
    Ok(Start::At(instant))
}

/// A day: `2026-12-01`.
pub(super) fn day(text: &str) -> Result<Date, String> {
    let day = (text.len() == 10).then(|| text.parse().ok()).flatten();
    day.ok_or_else(|| format!("{text:?} is not a day; write it as 2026-12-01"))
}

fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.into());
    }
    // The parsers of civil times ignore an offset, and that of dates a time: they may only get texts without these.
    let civil = match text.len() {
        _ if text.get(10..)?.contains(['+', '-', '[']) => return None,
        10 => text.parse::<Date>().ok()?.at(0, 0, 0, 0),
        16 | 19 => text.parse::<DateTime>().ok()?,
        _ => return None,
    };
    Some(zone.to_timestamp(civil).ok()?.into())
}

/// Parses a desk's key; the error shows a letter that is not ASCII, since it may look as if it were.
pub(super) fn desk_key(text: &str) -> Result<DeskKey, String> {
    match text.chars().find(|c| !c.is_ascii()) {
        Some(letter) => Err(format!(
            "{letter:?} (U+{:04X}) in the key {text:?} is not an ASCII letter; keys are typed in subjects: use A to Z and \
             0 to 9",
            u32::from(letter)
        )),
        None => DeskKey::parse(text).map_err(|reason| format!("{reason}; name the table like [desk.OTK]")),
    }
}

/// The name of a mailbox or transport, as it appears in logs and on command lines.
pub(super) fn name(text: &str) -> Result<String, String> {
    let good = (1..=64).contains(&text.chars().count())
        && text.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
        && !text.starts_with('-');
    if good {
        Ok(text.to_owned())
    } else {
        Err(format!("{text:?} is not a name; use up to 64 letters, digits, \"-\", \"_\" or \".\""))
    }
}

/// The name of an engineer, team or environment, as it is written in tags.
pub(super) fn short_name(text: &str) -> Result<ShortName, String> {
    let remedy = "use at most 40 letters, digits, \".\", \"-\" or \"_\", a letter first";
    ShortName::parse(text).map_err(|reason| format!("{reason}; {remedy}"))
}

/// Parses the name of a status table, in upper or lower case.
pub(super) fn status(text: &str) -> Result<Status, String> {
    short_name(text).and_then(|name| Status::try_from(name.to_string()).map_err(|reason| reason.to_string()))
}

/// The number of a line: 1 to 99.
pub(super) fn line_number(text: &str) -> Result<u8, String> {
    let number = text.parse().ok().filter(|number: &u8| (1..=99).contains(number) && number.to_string() == text);
    number
        .ok_or_else(|| format!("{text:?} is not the number of a line; use 1 to 99, the line that is asked first is 1"))
}

/// The name of a server in its `Authentication-Results` (RFC 8601 2.5), in lower case.
pub(super) fn authserv_id(text: &str) -> Result<String, String> {
    if !is_domain(text) {
        return Err(format!(
            "{text:?} is not the name of a server; write the first word of the Authentication-Results of your own \
             server: \"mx.example.org\""
        ));
    }
    Ok(text.to_ascii_lowercase())
}

/// A line of text for people: not empty, no control characters.
pub(super) fn line(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) || text.chars().count() > 100 {
        return Err(
            "is empty, too long, or holds control characters; use one line of at most 100 characters".to_owned()
        );
    }
    Ok(text.trim().to_owned())
}

/// A person's name as customers read it before the desk's.
pub(super) fn sender_name(text: &str) -> Result<String, String> {
    let name = line(text)?;
    if name.contains(['@', ',', '"', '<', '>', '(', ')', '[', ']']) {
        return Err("holds a character that names of senders cannot have; write only the person's name".to_owned());
    }
    Ok(name)
}

/// A signature: a few lines that are nothing else to readers or to us.
pub(super) fn signature(text: &str) -> Result<String, String> {
    const MOST_LINES: usize = 8;
    let text = text.trim();
    if text.is_empty() || text.lines().count() > MOST_LINES {
        return Err(format!("is empty or longer than {MOST_LINES} lines; write a name and how to reach the person"));
    }
    match text.lines().find_map(|line| misleading(line).into_iter().next()) {
        Some(problem) => Err(problem.to_owned()),
        None => Ok(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")),
    }
}

/// An e-mail address in ASCII, but for its domain: many servers could not write to any other.
pub(super) fn address(text: &str) -> Result<EmailAddress, String> {
    let address = EmailAddress::parse(text).map_err(|reason| reason.to_string())?;
    if address.needs_smtputf8() {
        return Err(format!("{text:?} is an address that many mail servers refuse (RFC 6531); use ASCII before the @"));
    }
    Ok(address)
}

/// An address, or a domain with everything below it.
pub(super) fn pattern(text: &str) -> Result<AddressPattern, String> {
    let bare = text.trim_start_matches(['*', '.', '@']);
    if bare != text {
        return Err(format!("{text:?} is neither address nor domain; for a whole domain write just {bare:?}"));
    }
    if text.contains('@') {
        return EmailAddress::parse(text).map(AddressPattern::Address).map_err(|reason| reason.to_string());
    }
    let Ok(postmaster) = EmailAddress::parse(&format!("postmaster@{text}")) else {
        return Err(format!("{text:?} is neither address nor domain; write \"name@example.org\" or \"example.org\""));
    };
    if !text.contains('.') {
        return Err(format!(
            "{text:?} is a whole top-level domain; write a domain with a dot, such as \"example.{text}\""
        ));
    }
    Ok(AddressPattern::Domain(postmaster.domain().to_owned()))
}

/// A domain with a dot, in lower case.
pub(super) fn domain(text: &str) -> Result<String, String> {
    match pattern(text)? {
        AddressPattern::Domain(domain) => Ok(domain),
        AddressPattern::Address(address) => {
            Err(format!("{text:?} is an address; write only its domain: {:?}", address.domain()))
        }
    }
}

/// A `List-Id` value (RFC 2919) without its angle brackets, in lower case.
pub(super) fn list_id(text: &str) -> Result<String, String> {
    if !is_domain(text) {
        return Err(format!(
            "{text:?} is not a List-Id; write the text between its < and >, such as \"support.example.org\""
        ));
    }
    Ok(text.to_ascii_lowercase())
}

/// A header field and the beginning of its value: `X-Spam-Flag: YES`.
pub(super) fn header(text: &str) -> Result<HeaderPattern, String> {
    let refuse = || format!("{text:?} is not a header field with a value; write it like \"X-Spam-Flag: YES\"");
    let (name, value) = text.split_once(':').ok_or_else(refuse)?;
    let (name, value) = (name.trim(), value.trim());
    // RFC 5322 3.6.8: a field name is printable ASCII without the colon.
    let good_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic());
    if !good_name || value.is_empty() || value.chars().any(char::is_control) {
        return Err(refuse());
    }
    Ok(HeaderPattern { name: name.to_owned(), value: value.to_owned() })
}

/// A host: a domain name or an IP address. Errors do not show the value: it may contain a password.
pub(super) fn host(text: &str) -> Result<String, String> {
    if text.parse::<IpAddr>().is_ok() || is_domain(text) {
        return Ok(text.to_owned());
    }
    Err("is not a host name or IP address; write it alone, without scheme, user, port or path: \"mail.example.org\""
        .to_owned())
}

/// What a client says in EHLO: a domain name or an address literal (RFC 5321 4.1.3).
pub(super) fn hello(text: &str) -> Result<String, String> {
    let literal = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_literal =
        literal.is_some_and(|inner| inner.strip_prefix("IPv6:").unwrap_or(inner).parse::<IpAddr>().is_ok());
    if is_literal || is_domain(text) {
        return Ok(text.to_owned());
    }
    Err(format!("{text:?} is not a name to greet with; use this machine's full name, or \"[192.0.2.1]\""))
}

/// An IMAP flag or keyword (RFC 3501 2.3.2) that a client may set.
pub(super) fn flag(text: &str) -> Result<String, String> {
    let is_system = [r"\Seen", r"\Answered", r"\Flagged", r"\Deleted", r"\Draft"].contains(&text);
    let is_keyword = !text.is_empty()
        && text.len() <= 100
        && text.bytes().all(|b| b.is_ascii_graphic() && !br#"(){%*"\]"#.contains(&b));
    if is_system || is_keyword {
        return Ok(text.to_owned());
    }
    Err(format!(
        r#"{text:?} is not a flag that can be set; use '\Seen', '\Answered', '\Flagged', or a keyword such as "maildesk""#
    ))
}

/// An IMAP folder, as mail programs show it.
pub(super) fn folder(text: &str) -> Result<String, String> {
    if text.is_empty() || text.len() > 500 || text.chars().any(char::is_control) {
        return Err("is not a folder name; write it as a mail program shows it, such as \"INBOX\"".to_owned());
    }
    Ok(text.to_owned())
}

/// Whether a text is a domain name in ASCII, as an e-mail address may have.
pub(super) fn is_domain(text: &str) -> bool {
    text.is_ascii() && EmailAddress::parse(&format!("postmaster@{text}")).is_ok()
}

/// Whether connections to this host stay on this machine (RFC 5735, RFC 4291 2.5.3, RFC 6761 6.3).
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use jiff::tz::{Offset, TimeZone};

    use super::{Start, Timestamp, duration, instant, is_loopback, retention, size, start};

    #[test]
    fn durations() {
        for (text, seconds) in
            [("90s", 90), ("1m", 60), ("66m 40s", 4_000), ("1h 30m", 5_400), ("5d", 432_000), ("1.5h", 5_400)]
        {
            assert_eq!(duration(text, 1..=1_000_000).map(|found| found.as_secs()), Ok(seconds), "{text}");
        }
        for text in ["", "5", "m", "-1m", "1m ago", "1mo", "1y", "0s", "500ms", "12d", "99999999999999999999d"] {
            assert!(duration(text, 1..=1_000_000).is_err(), "{text}");
        }
    }

    #[test]
    fn how_long_something_is_kept() {
        for (text, days) in [("90 days", 90), ("30d", 30), ("18 months", 558), ("1 year", 366), ("100 years", 36_600)] {
            assert_eq!(retention(text), Ok(days), "{text}");
        }
        for text in
            ["", "3", "years", "29 days", "0 years", "101 years", "3 weeks", "-1 year", "99999999999 years", "1h"]
        {
            assert!(retention(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        for (text, bytes) in [("60MB", 60_000_000), ("60 MiB", 62_914_560), ("64KiB", 65_536), ("1GB", 1_000_000_000)] {
            assert_eq!(size(text, 65_536..=1 << 30), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "60", "60M", "1.5MB", "-1MB", "64KB", "2GiB", "18446744073709551615GiB"] {
            assert!(size(text, 65_536..=1 << 30).is_err(), "{text}");
        }
    }

    #[test]
    fn instants_without_an_offset_are_meant_in_the_zone() {
        let zone = TimeZone::fixed(Offset::constant(3));
        for (text, utc) in [
            ("2026-11-01", "2026-10-31T21:00:00Z"),
            ("2026-11-01T12:00", "2026-11-01T09:00:00Z"),
            ("2026-11-01 12:00:00", "2026-11-01T09:00:00Z"),
            ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z"),
            ("2026-11-01T12+05", "2026-11-01T07:00:00Z"),
            ("2026-11-01T12:00:00+05:00", "2026-11-01T07:00:00Z"),
        ] {
            assert_eq!(instant(text, &zone).map(|found| found.to_string()).as_deref(), Some(utc), "{text}");
        }
        for text in ["", "2026", "2026-11", "2026-02-30", "01.11.2026", "12:00:00", "2026-11-01T25:00"] {
            assert_eq!(instant(text, &zone), None, "{text}");
        }
        let now = Timestamp::from_unix(1_795_253_400);
        assert_eq!(start("2026-11-21T09:30:00Z", now, &zone), Ok(Start::At(now)));
        assert!(start("2026-11-21T09:30:01Z", now, &zone).is_err());
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.255.0.9", "::1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.org", "128.0.0.1", "0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.org"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
