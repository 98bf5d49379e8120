//! Parses the `Date` field (RFC 5322 sections 3.3 and 4.3), also the malformed dates of old mail clients.

use jiff::civil;

use crate::model::Timestamp;

/// Parses a date; None: not a date. Accepts wrong weekdays, obsolete and missing zones (then UTC), two-digit years, and ISO
/// 8601.
pub fn read(text: &str) -> Option<Timestamp> {
    let text = without_comments(text);
    let text = text.trim();
    // jiff reads zone names that RFC 5322 does not define as UTC, as the RFC demands; `zone_of` knows some of them.
    let named_zone = text.rsplit(' ').next().is_some_and(|word| zone_of(word).is_some_and(|east| east != 0));
    let parser = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    let standard = parser.parse_timestamp(text).or_else(|_| text.parse::<jiff::Timestamp>()).map(Timestamp::from).ok();
    if named_zone { by_tokens(text).or(standard) } else { standard.or_else(|| by_tokens(text)) }
}

fn without_comments(text: &str) -> String {
    let mut depth = 0u32;
    let keep = |c: &char| {
        depth += u32::from(*c == '(');
        let kept = depth == 0;
        depth = depth.saturating_sub(u32::from(*c == ')'));
        kept
    };
    text.chars().filter(keep).collect()
}

/// Parses leniently: finds day, month, year, time and zone at any position.
fn by_tokens(text: &str) -> Option<Timestamp> {
    let (mut numbers, mut month, mut clock, mut zone) = (Vec::new(), None, None, None);
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
    let mut words: Vec<&str> = words.collect();
    if let [only] | [only, _] = words.as_slice()
        && let Some((date, time)) = only.split_once('T')
    {
        let tail = words[1..].to_vec();
        words = [&[date, time], tail.as_slice()].concat();
    }
    for word in words.iter().flat_map(|w| if w.contains(':') { vec![*w] } else { pieces_of_date(w) }) {
        if word.contains(':') && clock.is_none() {
            clock = Some(clock_of(word)?);
        } else if let Some(found) = month_of(word).filter(|_| month.is_none()) {
            month = Some(found);
        } else if clock.is_some() && is_zone_like(word) {
            match zone_of(word) {
                Some(offset) => zone = zone.or(Some(offset)),
                None if word.eq_ignore_ascii_case("pm") => {
                    clock = clock.map(|(h, m, s)| (if h < 12 { h + 12 } else { h }, m, s))
                }
                None => {}
            }
        } else if let Ok(number) = word.parse::<i16>() {
            numbers.push((word.len(), number));
        }
    }
    let (day, month, year) = match (month, numbers.as_slice()) {
        (Some(month), [(4, year), (_, day), ..] | [(_, day), (_, year), ..]) => (*day, month, *year),
        (None, [(4, year), (_, month), (_, day), ..] | [(_, day), (_, month), (_, year), ..]) => {
            (*day, i8::try_from(*month).ok()?, *year)
        }
        _ => return None,
    };
    let year = match year {
        0..=49 => year + 2000,
        50..=999 => year + 1900,
        _ => year,
    };
    let (hour, minute, second) = clock.unwrap_or((0, 0, 0));
    let date = civil::Date::new(year, month, i8::try_from(day).ok()?).ok()?;
    let time = civil::Time::new(hour, minute, second.min(59), 0).ok()?;
    let instant = jiff::tz::Offset::UTC.to_timestamp(date.to_datetime(time)).ok()?;
    Some(Timestamp::from(instant).plus_seconds(-zone.unwrap_or(0)))
}

fn is_zone_like(word: &str) -> bool {
    word.starts_with(['+', '-'])
        || word.starts_with("GMT")
        || word.starts_with("UTC")
        || word.chars().all(char::is_alphabetic)
}

/// Splits `21-Nov-2026` and `21.11.2026`; a zone such as `+03:00` stays whole.
fn pieces_of_date(word: &str) -> Vec<&str> {
    if word.starts_with(['+', '-']) {
        vec![word]
    } else {
        word.split(['-', '.', '/']).filter(|w| !w.is_empty()).collect()
    }
}

fn clock_of(word: &str) -> Option<(i8, i8, i8)> {
    let digits = word.split(['+', '-', '.', 'Z']).next()?;
    let mut fields = digits.split(':').map(|f| f.parse::<i8>());
    let hour = fields.next()?.ok()?;
    Some((hour, fields.next()?.ok()?, fields.next().and_then(Result::ok).unwrap_or(0)))
}

fn month_of(word: &str) -> Option<i8> {
    const MONTHS: [(&str, &str); 12] = [
        ("jan", "янв"),
        ("feb", "фев"),
        ("mar", "мар"),
        ("apr", "апр"),
        ("may", "ма"),
        ("jun", "июн"),
        ("jul", "июл"),
        ("aug", "авг"),
        ("sep", "сен"),
        ("oct", "окт"),
        ("nov", "ноя"),
        ("dec", "дек"),
    ];
    let word = word.to_lowercase();
    let at = MONTHS.iter().position(|(en, ru)| word.starts_with(en) || word.starts_with(ru))?;
    i8::try_from(at + 1).ok()
}

/// The offset of a zone in seconds east of UTC: `+0300`, `+03:00`, `GMT+3`, the zone names of RFC 5322 section 4.3, and those
/// of Europe and Moscow. None: unknown.
fn zone_of(word: &str) -> Option<i64> {
    let upper = word.to_ascii_uppercase();
    let signed = upper.trim_start_matches("GMT").trim_start_matches("UTC");
    if let Some(sign) = signed.chars().next().filter(|c| matches!(c, '+' | '-')) {
        let digits: String = signed.chars().filter(char::is_ascii_digit).collect();
        let number: i64 = digits.parse().ok()?;
        let (hours, minutes) = if digits.len() <= 2 { (number, 0) } else { (number / 100, number % 100) };
        let seconds = (hours * 60 + minutes) * 60;
        return (hours < 24).then_some(if sign == '-' { -seconds } else { seconds });
    }
    let hours = match upper.as_str() {
        "UT" | "UTC" | "GMT" | "Z" => 0,
        "EST" | "CDT" => -5,
        "EDT" => -4,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "CET" | "BST" | "MEZ" => 1,
        "CEST" | "EET" | "MESZ" => 2,
        "MSK" | "EEST" => 3,
        "MSD" => 4,
        _ => return None,
    };
    Some(hours * 3600)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn dates_of_thirty_years() {
        for (text, instant) in [
            ("Sat, 21 Nov 2026 12:30:00 +0300", "2026-11-21T09:30:00Z"),
            ("Mon, 21 Nov 2026 12:30:00 +0300 (MSK)", "2026-11-21T09:30:00Z"),
            ("21 Nov 26 12:30 MSK", "2026-11-21T09:30:00Z"),
            ("21 Nov 96 04:30:00 EST", "1996-11-21T09:30:00Z"),
            ("Sat Nov 21 09:30:00 2026", "2026-11-21T09:30:00Z"),
            ("Sat, 21 Nov 2026 12:30:00 GMT+0300", "2026-11-21T09:30:00Z"),
            ("Sat, 21-Nov-2026 09:30:00 GMT", "2026-11-21T09:30:00Z"),
            ("2026-11-21T12:30:00+03:00", "2026-11-21T09:30:00Z"),
            ("2026-11-21 09:30:00", "2026-11-21T09:30:00Z"),
            ("21.11.2026 09:30:00", "2026-11-21T09:30:00Z"),
            ("Сб, 21 ноя 2026 12:30:00 +0300", "2026-11-21T09:30:00Z"),
            ("Sat, 21 Nov 2026 12:30:00 +03:00", "2026-11-21T09:30:00Z"),
            ("Sat,21 Nov 2026 9:30:00 -0000", "2026-11-21T09:30:00Z"),
        ] {
            assert_eq!(read(text).map(|t| t.to_string()).as_deref(), Some(instant), "{text}");
        }
        for text in ["", "yesterday", "99 Nov 2026 12:30:00 +0300", "32:99"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
