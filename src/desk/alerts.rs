//! When the alerts of a robot are alike: monitoring says the same of one thing again and again, until it is resolved.

use std::sync::LazyLock;

use regex::Regex;

use crate::desk::pattern;
use crate::model::policy::Desk;
use crate::model::{Alert, Understanding, tally_key};

/// What changes from alert to alert: dates and times, durations, percentages, and ids of five digits and more. Shorter numbers
/// belong to what the alert is about: hosts, ports, versions.
static CHANGING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b\d{4}[-./]\d{1,2}[-./]\d{1,2}(?:[T\ ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?
        | \b\d{2}\.\d{2}\.\d{4}\b | \b\d{1,2}/\d{1,2}/\d{2,4}\b | \b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\b
        | \d+(?:[.,]\d+)?\s*%
        | \b\d+(?:[.,]\d+)?\s*(?:ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?|мс|с|сек|секунд[аы]?|мин|минут[аы]?|ч|часа?|часов|дн|дня|дней|день)\b
        | \b(?:inc|chg|evt|id|event|alert)?[-\#]?\d{5,}\b
        | \b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
    )
});

/// What the state of a thing is called, and how bad it is.
static STATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:firing|resolved)(?::\d+)?|problem|recovery|recovered|cleared|alert|alerting|ok|up|down|info|information|minor|warn|warning|average|error|major|high|crit|critical|disaster|emergency|fatal|проблема|решен[ао]|восстановлен[ао]?|норма|предупреждение|ошибка|критично|критическая|авария)\b",
    )
});

static RESOLVED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:resolved|recovery|recovered|cleared|решен[ао]|восстановлен[ао]?)\b|\b(?:is|now|state)[ :]+(?:up|ok)\b|^\W*(?:ok|up|норма)\b",
    )
});

/// The words for severities, the lowest first.
static SEVERITIES: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    [
        pattern(r"(?i)\b(?:minor|warn|warning|average|предупреждение)\b"),
        pattern(r"(?i)\b(?:error|major|high|ошибка)\b"),
        pattern(r"(?i)\b(?:crit|critical|disaster|emergency|fatal|критично|критическая|авария)\b"),
    ]
});

/// A line of the text that names the severity.
static SEVERITY_LINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?im)^[ \t]*(?:severity|priority|важность|серь[её]зность)[ \t]*[:=](.*)$"));

/// An automatic message as an alert; `None` where it names no sender, or says nothing by which it could be like another.
pub fn alert(desk: &Desk, message: &Understanding) -> Option<Alert> {
    let sender = message.sender.address.as_ref()?;
    let subject = masked(&message.subject);
    let first_line = message.reading.words.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    // «Alert» alone says nothing of what it is about.
    let about = if subject.split(' ').count() > 1 { subject } else { format!("{subject} {}", masked(first_line)) };
    let severity_of = |text: &str| {
        (1..).zip(SEVERITIES.iter()).filter(|(_, words)| words.is_match(text)).map(|(level, _)| level).max()
    };
    let line =
        SEVERITY_LINE.captures(&message.reading.words).and_then(|line| line.get(1)).map_or("", |line| line.as_str());
    (!about.trim().is_empty()).then(|| Alert {
        key: tally_key(&["alert", desk.key.as_str(), sender.as_str(), about.trim()]),
        severity: severity_of(&message.subject).max(severity_of(line)).unwrap_or(0),
        is_resolved: RESOLVED.is_match(&message.subject),
    })
}

/// A text in lower case without what changes from alert to alert; marks and blanks do not matter.
fn masked(text: &str) -> String {
    let text = STATE.replace_all(text, " ");
    let text = CHANGING.replace_all(&text, " ").to_lowercase();
    let words = text
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')))
        .map(|word| word.trim_matches(['.', '-', '_']));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::{address, desk};
    use crate::model::{Reading, Sender};

    fn of(subject: &str, words: &str) -> Alert {
        let sender = Sender { address: Some(address("zabbix@example.org")), ..Sender::default() };
        let reading = Reading { words: words.into(), ..Reading::default() };
        alert(&desk(), &Understanding { sender, reading, subject: subject.into(), ..Understanding::default() }).unwrap()
    }

    #[test]
    fn alerts_of_one_thing_are_alike() {
        for (one, other) in [
            ("PROBLEM: CPU load 95% on web1", "PROBLEM: CPU load 97.5 % on web1"),
            ("PROBLEM: CPU load on web1", "RESOLVED: CPU load on web1"),
            ("[FIRING:2] HighLatency db1", "[RESOLVED] HighLatency db1"),
            ("Backup of db1 failed at 2026-11-20 03:00:01", "Backup of db1 failed at 2026-11-21 03:00:09"),
            ("Ping web1 lost for 5m", "Ping web1 lost for 2h"),
            ("Problem: disk /var on web1 (event 1234567)", "Problem: disk /var on web1 (event 1234999)"),
            ("WARNING: queue is long", "CRITICAL: queue is long"),
            ("Проблема: нет связи с web1 10 мин", "Проблема: нет связи с web1 25 мин"),
            ("web1 is DOWN", "web1 is UP"),
        ] {
            assert_eq!(of(one, "").key, of(other, "").key, "{one} / {other}");
        }
        for (one, other) in [
            ("PROBLEM: CPU load on web1", "PROBLEM: CPU load on web2"),
            ("PROBLEM: CPU load on web1", "PROBLEM: disk on web1"),
            ("Port 8080 closed", "Port 8081 closed"),
            ("Update to 2.4.17 failed", "Update to 2.4.18 failed"),
        ] {
            assert_ne!(of(one, "").key, of(other, "").key, "{one} / {other}");
        }
        assert_ne!(of("Alert", "web1 is down").key, of("Alert", "web2 is down").key);
        assert_eq!(of("Alert", "web1 is down").key, of("Alert", "web1 is up").key);
    }

    #[test]
    fn alerts_say_how_bad_it_is_and_that_it_is_over() {
        for (subject, words, severity, is_resolved) in [
            ("CPU load on web1", "", 0, false),
            ("WARNING: CPU load on web1", "", 1, false),
            ("CPU load on web1", "Severity: High", 2, false),
            ("[CRITICAL] CPU load on web1", "", 3, false),
            ("RESOLVED: CPU load on web1", "", 0, true),
            ("OK: CPU load on web1", "", 0, true),
            ("web1 is UP", "", 0, true),
            ("Startup of web1 failed", "", 0, false),
        ] {
            let alert = of(subject, words);
            assert_eq!((alert.severity, alert.is_resolved), (severity, is_resolved), "{subject}");
        }
    }
}
