//! Recognises automatic mail: autoresponders, reports, lists, bulk mail, calendar messages (RFC 3834).

mod absence;
mod field;
pub(super) mod phrases;
mod robots;

pub use absence::{is_notice, is_plea};
use field::{ContentType, uncommented, words};
use phrases::{ANSWER_SUBJECT, BOUNCE_SUBJECT, DAEMON, DAEMON_NAME, NOTICE_SUBJECT, UNATTENDED};
use robots::{is_list_field, is_robot_field};

use crate::model::{AutomaticSign as Sign, Header};

/// All signs in the header that a message is automatic, strongest first; empty for mail written by a person.
pub fn signs(headers: &[Header]) -> Vec<Sign> {
    let fields = |names: &'static [&str]| headers.iter().filter(move |h| named(h, names));
    let mut signs = Vec::new();
    signs.extend(report_type(headers).map(Sign::Report));
    signs.extend(has_null_path(headers).then_some(Sign::NullReturnPath));
    signs.extend(fields(&AUTO_SUBMITTED).filter_map(|h| auto_submitted(&h.value)).map(Sign::AutoSubmitted));
    let suppressing = fields(&["X-Auto-Response-Suppress"]).filter(|h| suppresses_replies(&h.value));
    signs.extend(suppressing.map(|h| Sign::ResponseSuppressed(h.value.trim().to_owned())));
    let robots = headers.iter().filter(|h| is_robot_field(h));
    signs.extend(robots.map(|h| Sign::RobotHeader(h.name.clone(), h.value.clone())));
    let bulk = fields(&["Precedence", "X-Precedence"]).filter(|h| is_bulk(&h.value));
    signs.extend(bulk.map(|h| Sign::Precedence(h.value.trim().to_owned())));
    let lists = headers.iter().filter(|h| is_list_field(&h.name));
    signs.extend(lists.map(|h| Sign::List(h.name.clone(), h.value.clone())));
    signs.extend(unattended_sender(headers).map(Sign::UnattendedSender));
    signs.extend(notice_subject(headers).map(|subject| Sign::Subject(subject.to_owned())));
    signs.extend(calendar(headers).map(Sign::Calendar));
    signs
}

/// `Auto-Submitted` (RFC 3834 section 5), and as some programs spell it.
const AUTO_SUBMITTED: [&str; 4] = ["Auto-Submitted", "X-Auto-Submitted", "Auto_Submitted", "AutoSubmitted"];

/// The method of a `text/calendar` part (RFC 5546, RFC 6047 section 2.4) from its Content-Type, in capitals. None: another
/// type, or no method.
pub fn calendar_method(content_type: &str) -> Option<String> {
    let content_type = ContentType::read(content_type);
    let method = content_type.parameter("method").filter(|_| content_type.media_type() == "text/calendar");
    method.map(str::to_ascii_uppercase)
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
    let content_type = ContentType::read(first(headers, "Content-Type").unwrap_or_default());
    let kind = match content_type.media_type().as_str() {
        "multipart/report" => content_type.parameter("report-type").unwrap_or_default(),
        "message/delivery-status" | "message/global-delivery-status" => "delivery-status",
        "message/disposition-notification" | "message/global-disposition-notification" => "disposition-notification",
        "message/feedback-report" => "feedback-report",
        _ => {
            let failed = headers.iter().any(|h| h.name.eq_ignore_ascii_case("X-Failed-Recipients"));
            let daemon = senders(headers).any(|a| DAEMON.is_match(&a)) || has_null_path(headers);
            let bounce = failed || daemon && first(headers, "Subject").is_some_and(|s| BOUNCE_SUBJECT.is_match(s));
            return bounce.then(|| "bounce".to_owned());
        }
    };
    Some(match kind {
        "delivery-status" | "global-delivery-status" => "delivery report".to_owned(),
        "disposition-notification" | "global-disposition-notification" => "read receipt".to_owned(),
        "feedback-report" => "feedback report".to_owned(),
        "" => "report".to_owned(),
        other => format!("{other} report"),
    })
}

/// Whether the envelope sender was null: the topmost Return-Path is empty, or the name that sendmail puts for it; without one,
/// what servers write instead.
pub fn has_null_path(headers: &[Header]) -> bool {
    let path = ["Return-Path", "X-Envelope-From", "Envelope-From"].iter().find_map(|name| first(headers, name));
    path.is_some_and(|path| {
        let path = uncommented(path);
        // qmail's double bounces come from `#@[]`.
        let path = path.strip_prefix('<').and_then(|p| p.strip_suffix('>')).map(str::trim);
        path.is_some_and(|path| matches!(path, "" | "#@[]") || path.eq_ignore_ascii_case("mailer-daemon"))
    })
}

/// Whether a program says that it has sent the message (RFC 3834 section 5).
pub fn is_auto_submitted(headers: &[Header]) -> bool {
    headers.iter().any(|header| named(header, &["Auto-Submitted"]) && auto_submitted(&header.value).is_some())
}

/// The value, from its keyword on, unless it is empty or `no` (RFC 3834 section 5).
fn auto_submitted(value: &str) -> Option<String> {
    let words = words(value);
    let keyword = words.first()?;
    let is_human = keyword.eq_ignore_ascii_case("no");
    if is_human && !words.iter().any(|word| word.to_ascii_lowercase().starts_with("auto-")) {
        return None;
    }
    let value = value.trim();
    Some(if value.starts_with(keyword.as_str()) { value } else { keyword }.to_owned())
}

/// Outlook also puts values on mail of people, such as `DR, RN, NRN`, that only refuse receipts: they do not count.
fn suppresses_replies(value: &str) -> bool {
    let values = uncommented(value);
    let mut values = values.split([',', ';', ' ', '"']);
    values.any(|word| ["all", "oof", "autoreply"].iter().any(|w| word.eq_ignore_ascii_case(w)))
}

fn is_bulk(value: &str) -> bool {
    const BULK: [&str; 6] = ["bulk", "list", "junk", "auto_reply", "auto-reply", "autoreply"];
    words(value).iter().any(|word| BULK.iter().any(|bulk| word.eq_ignore_ascii_case(bulk)))
}

/// Whether nobody reads what is sent to this address, as its name says.
pub fn is_unattended(address: &str) -> bool {
    UNATTENDED.is_match(address) || DAEMON.is_match(address)
}

/// The sender that nobody reads the mail of, in lower case: an address such as `noreply@`, a daemon by its name, or `<>`.
fn unattended_sender(headers: &[Header]) -> Option<String> {
    let of_daemon = || {
        let from = first(headers, "From").filter(|from| DAEMON_NAME.is_match(from))?;
        Some(address(from))
    };
    let is_unread = |address: &String| address == "<>" || is_unattended(address);
    senders(headers).find(is_unread).or_else(of_daemon)
}

/// The subject, where only vacation notices and receipts have such a one. Short ones such as «Отпуск» count only in an answer:
/// people open requests under them.
fn notice_subject(headers: &[Header]) -> Option<&str> {
    let subject = first(headers, "Subject")?;
    let answers =
        ["In-Reply-To", "References"].iter().any(|name| first(headers, name).is_some_and(|v| v.contains('@')));
    (NOTICE_SUBJECT.is_match(subject) || answers && ANSWER_SUBJECT.is_match(subject)).then_some(subject)
}

/// The addresses in From and Sender, in lower case; `<>` for a null one.
fn senders(headers: &[Header]) -> impl Iterator<Item = String> + '_ {
    headers.iter().filter(|h| named(h, &["From", "Sender"])).map(|h| address(&h.value))
}

/// The address of a field with one mailbox, in lower case: what is in angle brackets, else the whole value without comments.
fn address(field: &str) -> String {
    let plain = uncommented(field).to_lowercase();
    let bracketed =
        plain.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address.trim());
    match bracketed {
        Some("") => "<>".to_owned(),
        Some(address) => address.to_owned(),
        None => plain,
    }
}

#[cfg(test)]
mod shapes;
#[cfg(test)]
mod tests;
