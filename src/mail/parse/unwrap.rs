//! Opens wrappings around parts of a message before it is split: multiparts that are encoded as a whole, against RFC 2045
//! section 6.4, and opaque S/MIME signatures (RFC 8551 section 3.5.2).
//!
//! The raw bytes stay as they are; what is split is a copy in which the content stands in the place of its wrapping.

use std::ops::Range;

use memchr::memmem;

use super::cms::{self, Cms};
use super::guard;
use super::header::{self, MimeHeader};
use super::part::Part;
use super::split::{self, Tree};
use super::transfer::Encoding;

/// So many wrappings within each other are opened: a signature within a signature, and a list's encoding around both.
const DEEPEST: usize = 4;

/// A wrapping that was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// A multipart in base64 or quoted-printable.
    Encoding,
    /// An opaque S/MIME signature, which was not checked.
    Signature,
}

/// Splits a message, its wrappings opened, and reads the parts; `read` is also told what was opened, each kind once. An error
/// names the limit that the structure exceeds.
pub fn with_tree<T>(raw: &[u8], read: impl FnOnce(&Tree<'_>, &[Wrapping]) -> T) -> Result<T, String> {
    guard::check(raw)?;
    let mut opened = Vec::new();
    let mut bytes = {
        let tree = split::tree(raw);
        match unwrapped(raw, &tree, &mut opened) {
            Some(bytes) => bytes,
            None => return Ok(read(&tree, &opened)),
        }
    };
    for _ in 1..DEEPEST {
        guard::check(&bytes)?;
        let tree = split::tree(&bytes);
        let Some(next) = unwrapped(&bytes, &tree, &mut opened) else { return Ok(read(&tree, &opened)) };
        bytes = next;
    }
    guard::check(&bytes)?;
    Ok(read(&split::tree(&bytes), &opened))
}

/// A copy of the message with its outermost wrappings opened; None: it has none.
fn unwrapped(raw: &[u8], tree: &Tree<'_>, opened: &mut Vec<Wrapping>) -> Option<Vec<u8>> {
    let mut replacements = Vec::new();
    collect(&tree.root, &mut replacements);
    let kinds: Vec<Wrapping> = replacements.iter().map(|replacement| replacement.wrapping).collect();
    for wrapping in kinds {
        if !opened.contains(&wrapping) {
            opened.push(wrapping);
        }
    }
    (!replacements.is_empty()).then(|| replaced(raw, &replacements))
}

/// A part of the message, and what stands in its place.
struct Replacement {
    range: Range<usize>,
    bytes: Vec<u8>,
    wrapping: Wrapping,
}

fn replaced(raw: &[u8], replacements: &[Replacement]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut from = 0;
    for replacement in replacements {
        out.extend_from_slice(&raw[from..replacement.range.start]);
        out.extend_from_slice(&replacement.bytes);
        from = replacement.range.end;
    }
    out.extend_from_slice(&raw[from..]);
    out
}

fn collect(part: &Part<'_>, replacements: &mut Vec<Replacement>) {
    if !part.children.is_empty() && !has_encoded_headers(part) {
        return part.children.iter().for_each(|child| collect(child, replacements));
    }
    let opened = match part.is_multipart() {
        true => encoded_multipart(part).map(|bytes| (bytes, Wrapping::Encoding)),
        false => signed_entity(part).map(|bytes| (bytes, Wrapping::Signature)),
    };
    replacements.extend(opened.map(|(bytes, wrapping)| Replacement { range: part.range.clone(), bytes, wrapping }));
}

/// Whether a multipart was encoded in quoted-printable with the headers of its parts, though not its delimiters.
fn has_encoded_headers(part: &Part<'_>) -> bool {
    let encoded = |child: &Part<'_>| child.header.fields.iter().any(|field| memmem::find(field.body, b"=3D").is_some());
    part.encoding == Encoding::QuotedPrintable && part.is_multipart() && part.children.iter().any(encoded)
}

/// A multipart whose body is encoded, without its encoding.
fn encoded_multipart(part: &Part<'_>) -> Option<Vec<u8>> {
    if !matches!(part.encoding, Encoding::Base64 | Encoding::QuotedPrintable) {
        return None;
    }
    let body = part.encoding.decode(part.body);
    let decoded = Part { body: &body, content_type: part.content_type.clone(), ..Part::default() };
    split::boundary(&decoded)?;
    let mut bytes = header_without(&part.header, |name| name.eq_ignore_ascii_case("Content-Transfer-Encoding"));
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body);
    Some(bytes)
}

/// The MIME entity in an opaque signature, with the fields of the part that are not about its content.
fn signed_entity(part: &Part<'_>) -> Option<Vec<u8>> {
    if !is_smime(part) {
        return None;
    }
    let Some(Cms::Signed(entity)) = cms::read(&part.encoding.decode(part.body)) else { return None };
    let inner = header::read(&entity);
    let is_mime = |name: &str| starts_with(name, "content-") || starts_with(name, "mime-version");
    // A signed document, such as contract.pdf.p7m, stays a file.
    if !inner.fields.iter().any(|field| is_mime(field.name)) {
        return words(part, &entity);
    }
    let mut bytes = header_without(&part.header, is_mime);
    bytes.extend_from_slice(&header_without(&inner, |name| !is_mime(name)));
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&entity[inner.body_start.min(entity.len())..]);
    Some(bytes)
}

/// Signed words without a header of their own, as a text part.
fn words(part: &Part<'_>, content: &[u8]) -> Option<Vec<u8>> {
    let named = part.disposition.decoded("filename").is_none_or(|name| name.eq_ignore_ascii_case("smime.p7m"));
    let is_text = std::str::from_utf8(content).is_ok_and(|text| !text.contains(|c: char| c < '\t'));
    if !named || !is_text {
        return None;
    }
    let mut bytes = header_without(&part.header, |name| starts_with(name, "content-"));
    bytes.extend_from_slice(b"Content-Type: text/plain; charset=utf-8\r\n\r\n");
    bytes.extend_from_slice(content);
    Some(bytes)
}

/// Whether a part is S/MIME, by its type or file name.
pub fn is_smime(part: &Part<'_>) -> bool {
    let named = || {
        let name = part.disposition.decoded("filename").or_else(|| part.content_type.decoded("name"));
        name.is_some_and(|name| name.to_ascii_lowercase().ends_with(".p7m"))
    };
    matches!(part.media_type(), "application/pkcs7-mime" | "application/x-pkcs7-mime") || named()
}

fn header_without(header: &MimeHeader<'_>, cut: impl Fn(&str) -> bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in header.fields.iter().filter(|field| !cut(field.name)) {
        bytes.extend_from_slice(field.name.as_bytes());
        bytes.extend_from_slice(if field.obsolete { b" :" } else { b":" });
        bytes.extend_from_slice(field.body.trim_ascii_end());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

fn starts_with(name: &str, start: &str) -> bool {
    name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}
