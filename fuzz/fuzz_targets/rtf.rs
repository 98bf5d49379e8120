//! Any bytes are the rich text of a `winmail.dat`, stored or compressed, and words that stand in rich text are read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use maildesk::mail::parse;

fuzz_target!(|bytes: &[u8]| {
    for form in [b"MELA", b"LZFu"] {
        parse::parse(&message(&rich(form, bytes)));
    }
    // Letters as they are, and between control words that say nothing of the text.
    let words: String = bytes.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
    if words.is_empty() {
        return;
    }
    let (first, second) = words.split_at(words.len() / 2);
    let document = format!(r"{{\rtf1\ansi\ansicpg1251{{\fonttbl{{\f0 Arial;}}}}\pard\f0 {first}{{\b {second}}}\par}}");
    let incoming = parse::parse(&message(&rich(b"MELA", document.as_bytes())));
    assert_eq!(incoming.text.trim(), words);
});

/// An RTF body with its header (MS-OXRTFCP 2.1.3.1.1).
fn rich(form: &[u8; 4], bytes: &[u8]) -> Vec<u8> {
    let size = u32::try_from(bytes.len()).expect("a short text");
    [&(size + 12).to_le_bytes()[..], &(size * 4).to_le_bytes(), form, &[0; 4], bytes].concat()
}

/// A message with a `winmail.dat` whose one property, `PR_RTF_COMPRESSED`, is this (MS-OXTNEF 2.1).
fn message(rtf: &[u8]) -> Vec<u8> {
    let size = u32::try_from(rtf.len()).expect("a short text");
    let padding = &[0; 3][..(4 - rtf.len() % 4) % 4];
    let property = [&[1, 0, 0, 0, 2, 1, 9, 0x10, 1, 0, 0, 0][..], &size.to_le_bytes(), rtf, padding].concat();
    let length = u32::try_from(property.len()).expect("a short text").to_le_bytes();
    let tnef = [b"\x78\x9f\x3e\x22\0\0\x01\x03\x90\x06\0", &length[..], &property, &[0, 0]].concat();
    let header = "From: a@customer.example\r\nSubject: x\r\nContent-Transfer-Encoding: binary\r\n\
                  Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n";
    [header.as_bytes(), &tnef].concat()
}
