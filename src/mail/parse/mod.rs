//! Parses raw messages into [`Incoming`]. Pure, accepts any bytes, and takes time linear in their number.
//!
//! [`guard`] checks the structure against limits, [`split`] finds the MIME parts, [`body`] extracts text and attachments; the
//! header is read here. Only [`engine`] uses mail-parser.

mod address;
mod attachment;
mod body;
mod calendar;
mod charset;
mod cms;
mod data_pictures;
mod date;
mod digest;
mod engine;
mod facts;
mod flowed;
mod guard;
mod header;
mod json;
mod params;
mod part;
mod pictures;
mod reading;
mod returned;
mod rtf;
mod split;
mod text_files;
mod tnef;
mod transfer;
mod undeclared;
mod unwrap;
mod utf7;
mod uuencode;
mod words;

use std::borrow::Cow;
use std::cell::LazyCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use attachment::Declared;
use header::{HeaderField, MimeHeader};
use params::Parameterised;
use part::Part;
use split::Tree;
use unwrap::Wrapping;

use super::{automatic, quote, report, subject};
use crate::model::{
    Attachment, AutomaticSign, Complaint, Defect, DeliveryReport, Header, Incoming, MessageId, MessageProtection,
    NamedAddress,
};

pub use attachment::safe_name;
pub use json::json;
pub use split::NOT_CLOSED;
pub use text_files::{is_text, texts};

/// The part number of the whole raw message, which becomes an attachment if its structure exceeds the limits.
const WHOLE: u32 = u32::MAX;

/// Parses a raw message (RFC 5322, RFC 2045 ff.). Never fails; whatever is wrong is listed in the defects.
///
/// If the structure exceeds the limits, only the header is read, and the whole message becomes an attachment.
pub fn parse(raw: &[u8]) -> Incoming {
    let raw = strip_leading(raw);
    let read = catch_unwind(AssertUnwindSafe(|| structure(raw, whole_message)));
    let mut incoming =
        match read.unwrap_or_else(|_| Err(Defect("the parser failed on it; only its header was read".to_owned()))) {
            Ok(incoming) => incoming,
            Err(defect) => header_only(raw, defect),
        };
    incoming.content_digest = digest::of_content(&header::read(raw), raw);
    incoming
}

fn whole_message(tree: &Tree<'_>, opened: &[Wrapping]) -> Incoming {
    let mut incoming = from_header(&tree.root.header);
    if opened.contains(&Wrapping::Encoding) {
        incoming.defects.push(Defect("multipart: encoded as a whole".to_owned()));
    }
    if opened.contains(&Wrapping::Signature) {
        incoming.protection = Some(MessageProtection::SignedUnchecked);
        incoming.defects.push(Defect(MessageProtection::SignedUnchecked.to_string()));
    }
    incoming.defects.extend(tree.faults.iter().map(|&fault| Defect(fault.to_owned())));
    add_body(&mut incoming, &tree.root);
    incoming
}

fn header_only(raw: &[u8], defect: Defect) -> Incoming {
    let mut incoming = from_header(&header::read(raw));
    incoming.attachments = vec![whole_as_attachment(raw)];
    incoming.automatic = automatic::signs(&incoming.headers);
    incoming.defects.push(defect);
    incoming
}

/// The decoded bytes of an attachment that [`parse`] found in the same raw message; None: there is no such part.
pub fn attachment(raw: &[u8], part: u32) -> Option<Vec<u8>> {
    let mut found = None;
    attachments(raw, &[part], |bytes| found = bytes.map(Cow::into_owned));
    found
}

/// Hands over the decoded bytes of attachments that [`parse`] found in the same raw message, one after the other in this order;
/// None: there is no such part. The message is taken apart once for all of them, and a part that holds several once for those
/// that stand beside each other.
pub fn attachments(raw: &[u8], parts: &[u32], mut each: impl FnMut(Option<Cow<'_, [u8]>>)) {
    if parts.contains(&WHOLE) {
        return parts.iter().for_each(|part| each((*part == WHOLE).then_some(Cow::Borrowed(raw))));
    }
    let found = structure(strip_leading(raw), |tree, _| {
        for parts in parts.chunk_by(|one, other| holder(*one) == holder(*other)) {
            decode(&tree.root, parts, &mut each);
        }
    });
    if found.is_err() {
        parts.iter().for_each(|_| each(None));
    }
}

fn decoded_bytes(root: &Part<'_>, part: u32) -> Option<Vec<u8>> {
    let mut found = None;
    decode(root, &[part], &mut |bytes| found = bytes.map(Cow::into_owned));
    found
}

/// The index of the MIME part that an attachment is, or in which it stands.
fn holder(part: u32) -> u32 {
    part & 0xffff
}

/// Hands over attachments that one MIME part is, or holds.
fn decode(root: &Part<'_>, parts: &[u32], each: &mut impl FnMut(Option<Cow<'_, [u8]>>)) {
    let Some(part) = parts.first().and_then(|part| find(root, holder(*part))) else {
        return parts.iter().for_each(|_| each(None));
    };
    let (bytes, _) = part.content();
    let packed = LazyCell::new(|| tnef::read(&bytes));
    let written = LazyCell::new(|| (uuencode::find(&bytes), data_pictures::find(&bytes)));
    for part in parts {
        each(match ((part >> 16) as usize).checked_sub(1) {
            None => Some(Cow::Borrowed(&*bytes)),
            Some(position) => match &*packed {
                Some(contents) => contents.files.get(position).map(|file| Cow::Borrowed(file.bytes)),
                None => {
                    let (files, pictures) = &*written;
                    let file = files.get(position).map(|file| uuencode::decode(file.body));
                    let picture = || pictures.get(position - files.len()).map(|picture| picture.decode());
                    file.or_else(picture).map(Cow::Owned)
                }
            },
        });
    }
}

fn find<'p, 'a>(part: &'p Part<'a>, index: u32) -> Option<&'p Part<'a>> {
    if part.index == index { Some(part) } else { part.children.iter().find_map(|child| find(child, index)) }
}

/// Reads the tree of MIME parts with what was opened; an error names the limit that the structure exceeds.
fn structure<T>(raw: &[u8], read: impl FnOnce(&Tree<'_>, &[Wrapping]) -> T) -> Result<T, Defect> {
    unwrap::with_tree(raw, read).map_err(|limit| Defect(format!("{limit}; only its header was read")))
}

/// Removes a byte order mark and empty lines before the header, which some gateways add.
fn strip_leading(raw: &[u8]) -> &[u8] {
    let mut raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    while let Some(end) = raw.iter().position(|&b| b == b'\n')
        && raw[..end].trim_ascii().is_empty()
    {
        raw = &raw[end + 1..];
    }
    raw
}

fn whole_as_attachment(raw: &[u8]) -> Attachment {
    let claims = Declared {
        name: Some("message.eml".to_owned()),
        media_type: "message/rfc822".to_owned(),
        ..Declared::default()
    };
    attachment::describe(WHOLE, claims, raw)
}

/// Reads all fields that come from the header alone.
fn from_header(block: &MimeHeader<'_>) -> Incoming {
    let declared = block.first("Content-Type").map(|body| Parameterised::read(body, None)).unwrap_or_default();
    let hint = declared.plain("charset");
    let mut incoming = Incoming::default();
    let mut defect = |text: &str| incoming.defects.push(Defect(text.to_owned()));
    if block.fields.is_empty() {
        defect("no header");
    }
    if block.cut {
        defect("header: too long, the rest was ignored");
    }
    if block.stray_lines > 0 && !block.fields.is_empty() {
        defect("header: lines that are no field were passed over");
    }
    for name in ["From", "Subject", "Date", "Message-ID", "To", "Content-Type"] {
        if block.all(name).nth(1).is_some() {
            defect(&format!("{name}: several fields, the first counts"));
        }
    }
    for name in ["From", "Subject"] {
        if block.first(name).is_some_and(header::is_guessed) {
            defect(&format!("{name}: 8-bit text, its charset was guessed"));
        }
    }
    let mailboxes = |name: &str| block.first(name).map(|body| address::mailboxes(body, hint)).unwrap_or_default();
    let ids = |name: &str| block.all(name).flat_map(|field| message_ids(field.body)).collect::<Vec<_>>();
    let from: Vec<NamedAddress> = block.all("From").flat_map(|field| address::mailboxes(field.body, hint)).collect();
    match from.first() {
        None => defect("From: missing"),
        Some(mailbox) if mailbox.email().is_none() => defect("From: not an address that could be answered"),
        Some(_) => {}
    }
    if let Some(date) = block.first("Date") {
        incoming.date = date::read(&header::text(date, hint));
        if incoming.date.is_none() {
            incoming.defects.push(Defect("Date: not a date".to_owned()));
        }
    }
    incoming.from = from;
    incoming.sender = mailboxes("Sender").into_iter().next();
    incoming.reply_to = mailboxes("Reply-To");
    incoming.original_from = ["X-Original-From", "X-Original-Sender"].into_iter().flat_map(mailboxes).collect();
    incoming.to = block.all("To").flat_map(|field| address::mailboxes(field.body, hint)).collect();
    incoming.cc = block.all("Cc").flat_map(|field| address::mailboxes(field.body, hint)).collect();
    incoming.subject_raw = block.first("Subject").map(|body| header::text(body, hint)).unwrap_or_default();
    incoming.subject = subject::without_prefixes(&incoming.subject_raw).to_owned();
    incoming.message_id = ids("Message-ID").into_iter().next();
    incoming.in_reply_to = ids("In-Reply-To");
    incoming.references = ids("References");
    incoming.headers = block.fields.iter().map(|field| decoded(field, hint)).collect();
    incoming
}

fn decoded(field: &HeaderField<'_>, hint: Option<&str>) -> Header {
    // Encoded-words are not allowed in these (RFC 2047 section 5); decoding them could forge the server's statements.
    let exact = ["Authentication-Results", "Received"].iter().any(|name| field.is(name));
    let value = if exact { header::clean(&header::to_str(field.body, hint)) } else { header::text(field.body, hint) };
    // The server's name stands before the first semicolon.
    let name = field.body.split(|&b| b == b';').next().unwrap_or_default();
    let is_irregular =
        field.irregular || field.is("From") && !address::is_plain(field.body) || exact && !name.is_ascii();
    Header { name: field.name.to_owned(), value, is_irregular }
}

/// The well-formed message ids of a field body: those in angle brackets, else words that look like one.
fn message_ids(body: &[u8]) -> Vec<MessageId> {
    let text = header::to_str(body, None);
    let text = if text.contains("=?") { header::decode_words(&text) } else { text };
    let bracketed = text.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(id, _)| {
        // Some mail clients fold inside of long ids.
        let tight: String = id.chars().filter(|c| !c.is_whitespace()).collect();
        MessageId::parse(if tight.contains('@') { &tight } else { id })
    });
    let mut ids: Vec<MessageId> = bracketed.flatten().collect();
    if ids.is_empty() {
        let words = text.split_whitespace().filter(|word| word.contains('@'));
        ids = words.filter_map(|word| MessageId::parse(word.trim_matches(['<', '>', ',', '"'])).ok()).collect();
    }
    ids
}

fn add_body(incoming: &mut Incoming, root: &Part<'_>) {
    let body = body::read(root);
    incoming.reading = quote::read(&body.text, subject::is_forward(&incoming.subject_raw), &[]);
    let in_text = quote::forward::forwarded(&body.text, subject::is_forward(&incoming.subject_raw));
    incoming.forwarded = in_text.filter(|_| !body.is_attached).into_iter().chain(body.forwarded).collect();
    incoming.text = body.text;
    incoming.form = body.form;
    incoming.other_text = body.other_text;
    incoming.is_html = body.is_html;
    incoming.is_attached = body.is_attached;
    incoming.attachments = body.attachments;
    incoming.defects.extend(body.defects);
    incoming.protection = body.encrypted.or(incoming.protection);
    let returned = body.returned_header.as_deref().map(header::read);
    let returned_id = returned.and_then(|block| block.first("Message-ID").map(message_ids)).unwrap_or_default();
    incoming.complaint = returned::complaint(incoming, root).or_else(|| amazon_complaint(incoming));
    let status = body.delivery_status.as_deref();
    incoming.report = if incoming.complaint.is_none() { delivery_report(incoming, root, status) } else { None };
    if incoming.complaint.is_some() || incoming.report.is_some() {
        incoming.returned = returned::read(root, &incoming.text);
    }
    if let Some(report) = &mut incoming.report {
        report.original_message_id = report.original_message_id.take().or_else(|| returned_id.into_iter().next());
    }
    incoming.automatic = automatic::signs(&incoming.headers);
    let signs = &mut incoming.automatic;
    let report = match (&incoming.report, &incoming.complaint) {
        (Some(_), _) => Some("bounce"),
        (None, Some(_)) => Some("feedback report"),
        (None, None) => None,
    };
    if let (Some(report), false) = (report, signs.iter().any(|sign| matches!(sign, AutomaticSign::Report(_)))) {
        signs.insert(0, AutomaticSign::Report(report.to_owned()));
    }
    if matches!(signs[..], [AutomaticSign::Subject(_)]) && automatic::is_plea(&incoming.reading.words) {
        signs.clear();
    }
    if signs.is_empty() && automatic::is_notice(&incoming.subject_raw, &incoming.reading.words) {
        signs.push(AutomaticSign::Subject(incoming.subject_raw.clone()));
    }
    if !signs.iter().any(|sign| matches!(sign, AutomaticSign::Calendar(_))) {
        signs.extend(body.calendar_method.map(AutomaticSign::Calendar));
    }
}

fn amazon_complaint(incoming: &Incoming) -> Option<Complaint> {
    report::amazon_complaint(&incoming.from.first()?.address, &incoming.text)
}

/// The delivery report that the message is: one by its own type (RFC 3464), or a daemon's with a status part or in free form.
/// Parts inside of a person's message are none: a forwarded bounce asks for help.
fn delivery_report(incoming: &Incoming, root: &Part<'_>, status: Option<&str>) -> Option<DeliveryReport> {
    let sender = incoming.from.first();
    let field = |name| incoming.header(name).next().unwrap_or_default();
    let notice = report::Notice {
        subject: &incoming.subject_raw,
        address: sender.map(|mailbox| mailbox.address.as_str()).unwrap_or_default(),
        name: sender.map(|mailbox| mailbox.name.as_str()).unwrap_or_default(),
        has_null_path: automatic::has_null_path(&incoming.headers),
        is_auto_submitted: automatic::is_auto_submitted(&incoming.headers),
        failed_recipients: field("X-Failed-Recipients"),
        returns_message: returned::has_message(root),
        text: &incoming.text,
    };
    let own_type = ["multipart/report", "message/delivery-status", "message/global-delivery-status"];
    match status {
        Some(status) if own_type.contains(&root.media_type()) || notice.may_hold_report() => {
            Some(report::from_status_part(status))
        }
        Some(_) => None,
        None => report::from_free_form(&notice),
    }
}
