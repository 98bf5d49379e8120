//! Tells text parts from files, and names files.

use std::sync::LazyLock;

use regex::Regex;

use super::super::header;
use super::super::part::Part;
use super::PartPlace;
use crate::mail::pattern;

/// Whether a part is read as text, not listed as an attachment.
pub(super) fn is_text(part: &Part<'_>, place: PartPlace) -> bool {
    let media_type = part.media_type();
    let words = matches!(media_type, "text/plain" | "text/html" | "text" | "text/enriched" | "plain/text")
        || !media_type.contains('/')
        || (place == PartPlace::Root && media_type.starts_with("text/") && media_type != "text/calendar")
        || (media_type.starts_with("multipart/") && part.children.is_empty());
    let named = part.disposition.plain("filename").is_some() || part.disposition.decoded("filename").is_some();
    let file = part.disposition.value == "attachment"
        || (named && place != PartPlace::Root)
        || (part.content_type.decoded("name").is_some() && place == PartPlace::Later);
    words && !file && place != PartPlace::Digest
}

/// Whether a file is a piece of the body that a server in between has made an attachment: Exchange's `ATT00001.txt` and
/// `Untitled attachment 00012.htm`.
pub(super) fn is_cut_off_body(part: &Part<'_>) -> bool {
    declared_name(part).is_some_and(|name| ATT.is_match(&name))
}

/// Whether a file name is one that programs give to bodies, or none.
pub(super) fn is_generic_name(name: &str) -> bool {
    name.is_empty() || ATT.is_match(name) || GENERIC.is_match(name)
}

static ATT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:att|untitled attachment )\d{3,6}(?:\.(?:txt|html?))?$"));
static GENERIC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:document|message|mail|e-?mail|body|text|msg|noname|unnamed|untitled|attachment|part|letter|письмо|сообщение|текст|без имени|безымянный)[ _.-]?(?:body|text)?[ _.-]?\d{0,3}(?:\.(?:txt|html?|dat))?$|^mime-attachment(?:\.(?:txt|html?))?$|^part ?[\d.]+(?:\.?(?:txt|html?))?$",
    )
});

/// The declared file name: `filename` of Content-Disposition, else `name` of Content-Type, else `name` where it does not belong.
pub(super) fn declared_name(part: &Part<'_>) -> Option<String> {
    let disposition = &part.disposition;
    let named = disposition.decoded("filename").or_else(|| part.content_type.decoded("name"));
    let named = named.or_else(|| disposition.decoded("name"));
    named.filter(|name| !name.trim().is_empty())
}

/// The usual file name for types of parts that have none.
pub(super) fn conventional_name(media_type: &str, bytes: &[u8]) -> Option<String> {
    let name = match media_type {
        "message/rfc822" | "message/global" => {
            let subject = header::read(bytes).first("Subject").map(|body| header::text(body, None)).unwrap_or_default();
            return Some(if subject.is_empty() { "message.eml".to_owned() } else { format!("{subject}.eml") });
        }
        "message/delivery-status" => "delivery-status.txt",
        "message/disposition-notification" => "disposition-notification.txt",
        "message/feedback-report" => "feedback-report.txt",
        "text/rfc822-headers" => "headers.txt",
        "text/calendar" => "invite.ics",
        "application/pgp-signature" => "signature.asc",
        "application/pgp-encrypted" => "version.asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "smime.p7s",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "smime.p7m",
        "application/ms-tnef" => "winmail.dat",
        _ => return None,
    };
    Some(name.to_owned())
}
