//! Puts a calendar object (RFC 5545) into words, for invitations without any text: what, when, where, who.

/// Further lines are not read.
const MOST_LINES: usize = 5_000;
/// Further people are not named.
const MOST_PEOPLE: usize = 50;

/// What stands before time, place and people, in the language of the invitation.
const ENGLISH: [&str; 4] = ["When: ", "Where: ", "Organizer: ", "Attendees: "];
const RUSSIAN: [&str; 4] = ["Когда: ", "Где: ", "Организатор: ", "Участники: "];

/// The first event, task or note in words; None: there is none, or it says nothing.
pub fn to_text(calendar: &str) -> Option<String> {
    let mut item = Item::default();
    let mut inside: Option<String> = None;
    let mut depth = 0;
    for line in unfolded(calendar) {
        let Some((name, value)) = split_property(&line) else { continue };
        let (name, parameters) = name.split_once(';').unwrap_or((name, ""));
        match (name.to_ascii_uppercase().as_str(), &inside) {
            ("BEGIN", None)
                if matches!(value.trim().to_ascii_uppercase().as_str(), "VEVENT" | "VTODO" | "VJOURNAL") =>
            {
                inside = Some(value.trim().to_ascii_uppercase());
            }
            ("BEGIN", Some(_)) => depth += 1,
            ("END", Some(_)) if depth > 0 => depth -= 1,
            ("END", Some(_)) => break,
            (name, Some(_)) if depth == 0 => item.take(name, parameters, value),
            _ => {}
        }
    }
    item.in_words()
}

#[derive(Default)]
struct Item {
    summary: String,
    description: String,
    location: String,
    start: String,
    end: String,
    organizer: String,
    attendees: Vec<String>,
}

impl Item {
    fn take(&mut self, name: &str, parameters: &str, value: &str) {
        let first = |field: &mut String, value: String| {
            if field.is_empty() {
                *field = value;
            }
        };
        match name {
            "SUMMARY" => first(&mut self.summary, text(value)),
            "DESCRIPTION" => first(&mut self.description, text(value)),
            "LOCATION" => first(&mut self.location, text(value)),
            "DTSTART" => first(&mut self.start, time(parameters, value)),
            "DTEND" | "DUE" => first(&mut self.end, time(parameters, value)),
            "ORGANIZER" => first(&mut self.organizer, person(parameters, value)),
            "ATTENDEE" if self.attendees.len() < MOST_PEOPLE => self.attendees.push(person(parameters, value)),
            _ => {}
        }
    }

    fn in_words(self) -> Option<String> {
        let when = match (self.start.is_empty(), self.end.is_empty()) {
            (false, false) => format!("{} – {}", self.start, self.end),
            _ => self.start + &self.end,
        };
        let own = [&self.summary, &self.description, &self.location, &self.organizer];
        let is_russian = own.iter().any(|text| text.contains(|c| matches!(c, '\u{400}'..='\u{4ff}')));
        let labels = if is_russian { RUSSIAN } else { ENGLISH };
        let values = [when, self.location.replace('\n', ", "), self.organizer, self.attendees.join(", ")];
        let labelled = std::iter::once(("", self.summary)).chain(labels.into_iter().zip(values));
        let lines: Vec<String> = labelled
            .filter(|(_, value)| !value.trim().is_empty())
            .map(|(label, value)| format!("{label}{}", value.trim()))
            .collect();
        let words = [lines.join("\n"), self.description].join("\n\n");
        (!words.trim().is_empty()).then(|| words.trim().to_owned())
    }
}

/// The lines, unfolded (RFC 5545 section 3.1).
fn unfolded(calendar: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in calendar.lines().take(MOST_LINES) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// Splits a line at the colon before its value, which is not one in quotes.
fn split_property(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let colon = line.char_indices().find(|&(_, c)| {
        quoted ^= c == '"';
        c == ':' && !quoted
    });
    colon.map(|(at, _)| (&line[..at], &line[at + 1..]))
}

/// A text value without its escapes (RFC 5545 section 3.3.11).
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().map(|c| if matches!(c, 'n' | 'N') { '\n' } else { c })),
            c => out.push(c),
        }
    }
    out
}

/// A date or time such as `20261124T090000Z`, with its zone; other values as they are.
fn time(parameters: &str, value: &str) -> String {
    let value = value.trim();
    let digits = |from: usize, to: usize| value.get(from..to).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
    let (Some(year), Some(month), Some(day)) = (digits(0, 4), digits(4, 6), digits(6, 8)) else {
        return value.to_owned();
    };
    let date = format!("{year}-{month}-{day}");
    let (Some(hour), Some(minute)) = (digits(9, 11), digits(11, 13)) else { return date };
    let zone = match parameter(parameters, "TZID") {
        _ if value.ends_with('Z') => " UTC".to_owned(),
        Some(zone) => format!(" ({zone})"),
        None => String::new(),
    };
    format!("{date} {hour}:{minute}{zone}")
}

/// A person: name and address.
fn person(parameters: &str, value: &str) -> String {
    let value = value.trim();
    let scheme = value.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let address = if scheme { &value[7..] } else { value };
    match parameter(parameters, "CN").filter(|name| !name.is_empty() && name != address) {
        Some(name) => format!("{name} <{address}>"),
        None => address.to_owned(),
    }
}

/// A parameter without quotes.
fn parameter(parameters: &str, name: &str) -> Option<String> {
    let found = parameters.split(';').find_map(|p| p.split_once('=').filter(|(key, _)| key.eq_ignore_ascii_case(name)));
    found.map(|(_, value)| value.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::to_text;

    #[test]
    fn an_invitation_in_words() {
        let calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Moscow\r\nBEGIN:STANDARD\r\n\
            DTSTART:19700101T000000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
            SUMMARY;LANGUAGE=ru:Сбой\\, печать\r\nDTSTART;TZID=\"Moscow\":20261124T090000\r\nDTEND:20261124T070000Z\r\n\
            LOCATION:Зал 1\r\nORGANIZER;CN=\"Петрова: Анна\":mailto:anna@customer.example\r\n\
            ATTENDEE;ROLE=REQ-PARTICIPANT:MAILTO:support@desk.example\r\nBEGIN:VALARM\r\nDESCRIPTION:REMINDER\r\n\
            END:VALARM\r\nDESCRIPTION:Первая\\nвто\r\n рая\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:other\r\nEND:VEVENT\r\n";
        assert_eq!(
            to_text(calendar).as_deref(),
            Some(
                "Сбой, печать\nКогда: 2026-11-24 09:00 (Moscow) – 2026-11-24 07:00 UTC\nГде: Зал 1\n\
                 Организатор: Петрова: Анна <anna@customer.example>\nУчастники: support@desk.example\n\nПервая\nвторая"
            )
        );
    }

    #[test]
    fn damaged_and_empty_calendars() {
        assert_eq!(to_text("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261124\n").as_deref(), Some("When: 2026-11-24"));
        for calendar in ["", "BEGIN:VEVENT\nEND:VEVENT", "SUMMARY:outside", ":::\n;\n"] {
            assert_eq!(to_text(calendar), None, "{calendar}");
        }
    }
}
