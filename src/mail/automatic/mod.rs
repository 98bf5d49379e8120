//! Recognises automatic mail: autoresponders, reports, lists, bulk mail, calendar messages (RFC 3834).

pub(super) mod phrases;

use phrases::{BOUNCE_SUBJECT, DAEMON, NOTICE_SUBJECT, UNATTENDED};

use crate::model::{AutomaticSign as Sign, Header};

/// All signs in the header that a message is automatic, strongest first; empty for mail written by a person.
pub fn signs(headers: &[Header]) -> Vec<Sign> {
    let fields = |names: &'static [&str]| headers.iter().filter(move |h| named(h, names));
    let values = |names| fields(names).map(|h| h.value.trim().to_owned());
    let mut signs = Vec::new();
    signs.extend(report_type(headers).map(Sign::Report));
    signs.extend(first(headers, "Return-Path").filter(|v| is_null_path(v)).map(|_| Sign::NullReturnPath));
    signs.extend(values(&["Auto-Submitted"]).filter(|v| is_auto_submitted(v)).map(Sign::AutoSubmitted));
    signs.extend(values(&["X-Auto-Response-Suppress"]).filter(|v| suppresses_replies(v)).map(Sign::ResponseSuppressed));
    let robots = fields(&ROBOT_HEADERS).filter(|h| !is_denied(&h.value));
    signs.extend(robots.map(|h| Sign::RobotHeader(h.name.clone(), h.value.clone())));
    signs.extend(values(&["Precedence", "X-Precedence"]).filter(|v| is_bulk(v)).map(Sign::Precedence));
    signs.extend(fields(&LIST_HEADERS).map(|h| Sign::List(h.name.clone(), h.value.clone())));
    signs.extend(senders(headers).find(|a| UNATTENDED.is_match(a)).map(Sign::UnattendedSender));
    let subject = first(headers, "Subject").unwrap_or_default();
    signs.extend(NOTICE_SUBJECT.is_match(subject).then(|| Sign::Subject(subject.to_owned())));
    signs.extend(calendar(headers).map(Sign::Calendar));
    signs
}

/// The method of a `text/calendar` part (RFC 5546, RFC 6047 section 2.4) from its Content-Type, in capitals. None: another
/// type, or no method.
pub fn calendar_method(content_type: &str) -> Option<String> {
    let lower = content_type.to_ascii_lowercase();
    if media_type(&lower) != "text/calendar" {
        return None;
    }
    parameter(&lower, "method").map(|method| method.to_ascii_uppercase())
}

/// The calendar method of the whole message; `invitation` if only Outlook's Content-Class says so.
fn calendar(headers: &[Header]) -> Option<String> {
    let invitation = || {
        let class = first(headers, "Content-Class")?;
        class.eq_ignore_ascii_case("urn:content-classes:calendarmessage").then(|| "invitation".to_owned())
    };
    first(headers, "Content-Type").and_then(calendar_method).or_else(invitation)
}

/// The value of the topmost field of this name: the one added last.
fn first<'a>(headers: &'a [Header], name: &str) -> Option<&'a str> {
    headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.trim())
}

fn named(header: &Header, names: &[&str]) -> bool {
    names.iter().any(|name| header.name.eq_ignore_ascii_case(name))
}

/// The kind of report: from the Content-Type, or `bounce` for one without such a type.
fn report_type(headers: &[Header]) -> Option<String> {
    let content_type = first(headers, "Content-Type").unwrap_or_default().to_ascii_lowercase();
    let kind = match media_type(&content_type) {
        "multipart/report" => parameter(&content_type, "report-type").unwrap_or_default(),
        "message/delivery-status" | "message/global-delivery-status" => "delivery-status",
        "message/disposition-notification" | "message/global-disposition-notification" => "disposition-notification",
        "message/feedback-report" => "feedback-report",
        _ => {
            let failed = headers.iter().any(|h| h.name.eq_ignore_ascii_case("X-Failed-Recipients"));
            let daemon = senders(headers).any(|a| DAEMON.is_match(&a))
                || first(headers, "Return-Path").is_some_and(is_null_path);
            let bounce = failed || daemon && first(headers, "Subject").is_some_and(|s| BOUNCE_SUBJECT.is_match(s));
            return bounce.then(|| "bounce".to_owned());
        }
    };
    Some(match kind {
        "delivery-status" | "global-delivery-status" => "delivery report".to_owned(),
        "disposition-notification" => "read receipt".to_owned(),
        "feedback-report" => "feedback report".to_owned(),
        "" => "report".to_owned(),
        other => format!("{other} report"),
    })
}

fn media_type(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// A parameter of a lower-case Content-Type (RFC 2045 section 5.1), without quotes.
fn parameter<'a>(content_type: &'a str, name: &str) -> Option<&'a str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        (key.trim() == name).then(|| value.trim().trim_matches('"'))
    })
}

/// Whether a return path is null (RFC 5321 section 4.5.5).
pub fn is_null_path(path: &str) -> bool {
    without_comments(path)
        .trim()
        .strip_prefix('<')
        .and_then(|p| p.strip_suffix('>'))
        .is_some_and(|p| p.trim().is_empty())
}

/// Any value but `no`, parameters and comments aside (RFC 3834 section 5).
pub fn is_auto_submitted(value: &str) -> bool {
    let value = without_comments(value);
    let keyword = value.split(';').next().unwrap_or_default().trim().trim_matches('"');
    !keyword.is_empty() && !keyword.eq_ignore_ascii_case("no")
}

/// Outlook also puts values on mail of people, such as `DR, RN, NRN`, that only refuse receipts: they do not count.
fn suppresses_replies(value: &str) -> bool {
    without_comments(value)
        .split([',', ';', ' ', '"'])
        .any(|word| ["all", "oof", "autoreply"].iter().any(|w| word.eq_ignore_ascii_case(w)))
}

fn is_bulk(value: &str) -> bool {
    let value = without_comments(value);
    let keyword = value.split([';', ',']).next().unwrap_or_default().trim().trim_matches('"');
    ["bulk", "list", "junk", "auto_reply", "auto-reply"].iter().any(|p| keyword.eq_ignore_ascii_case(p))
}

/// A field body without comments, which may be nested (RFC 5322 section 3.2.2).
fn without_comments(value: &str) -> String {
    let mut depth = 0u32;
    value
        .chars()
        .filter(|&c| {
            let inside = depth > 0;
            match c {
                '(' => depth += 1,
                ')' if inside => depth -= 1,
                _ => return !inside,
            }
            false
        })
        .collect()
}

/// Header fields of mailing lists: RFC 2369, RFC 2919, and those of older list managers.
const LIST_HEADERS: [&str; 9] = [
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Post",
    "List-Help",
    "List-Subscribe",
    "List-Owner",
    "List-Archive",
    "Mailing-List",
];

/// Header fields that autoresponders, loop guards and other help desks add to their own messages.
const ROBOT_HEADERS: [&str; 22] = [
    "X-Autoreply",
    "X-Auto-Reply",
    "X-Autoreply-From",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Respond",
    "X-Autogenerated",
    "X-Mail-Autoreply",
    "X-Vacation",
    "X-Loop",
    "X-RT-Loop-Prevention",
    "X-OTRS-Loop",
    "X-Roundup-Loop",
    "X-Libredesk-Loop-Prevention",
    "X-JIRA-FingerPrint",
    "X-FC-MachineGenerated",
    "X-Cron-Env",
    "X-Boxtrapper",
    "X-TMDA-Fingerprint",
    "X-Autorespond-Domain",
    "X-Yandex-Autoreply",
    "X-AutoReply-Domain",
];

/// Whether the value of a robot's header field denies it: `no`, `false`, `0`.
fn is_denied(value: &str) -> bool {
    ["no", "false", "0"].iter().any(|v| value.trim().eq_ignore_ascii_case(v))
}

/// The addresses in From and Sender, in lower case.
fn senders(headers: &[Header]) -> impl Iterator<Item = String> + '_ {
    let fields = headers.iter().filter(|h| named(h, &["From", "Sender"]));
    fields.map(|h| address(&h.value).to_lowercase())
}

/// The address of a field with one mailbox: what is in angle brackets, else the whole value.
fn address(field: &str) -> &str {
    let bracketed = field.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
    bracketed.unwrap_or(field).trim()
}

#[cfg(test)]
mod tests;
