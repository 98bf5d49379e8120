//! Any bytes are an S/MIME body, and any text may stand in one: signed content is read as if nothing were around it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use maildesk::mail::parse;
use maildesk::model::MessageProtection;

/// 1.2.840.113549.1.7.2, signed data, and 1.2.840.113549.1.7.1, data (RFC 5652), each with its tag and length.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

fuzz_target!(|bytes: &[u8]| {
    parse::parse(&message("application/pkcs7-mime", bytes));
    let Some((&shape, rest)) = bytes.split_first() else { return };
    let text: String = rest.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
    let entity = format!("Content-Type: text/plain\r\n\r\n{text}\r\n");
    let incoming = parse::parse(&message("application/pkcs7-mime", &signed(entity.as_bytes(), shape)));
    assert_eq!(incoming.text.trim(), text, "{shape:#x}");
    assert_eq!(incoming.protection, Some(MessageProtection::SignedUnchecked), "{shape:#x}");
});

fn message(media_type: &str, body: &[u8]) -> Vec<u8> {
    let header = "From: a@customer.example\r\nSubject: x\r\nContent-Transfer-Encoding: binary\r\nContent-Type: ";
    [header.as_bytes(), media_type.as_bytes(), b"; name=smime.p7m\r\n\r\n", body].concat()
}

/// `SignedData` around content. Bits of `shape` say which lengths are indefinite, and how long the pieces of the content are.
fn signed(content: &[u8], shape: u8) -> Vec<u8> {
    let octets = match shape & 1 {
        0 => element(0x04, content, false),
        _ => {
            let pieces = content.chunks(1 + usize::from(shape >> 4)).map(|piece| element(0x04, piece, false));
            element(0x24, &pieces.collect::<Vec<_>>().concat(), shape & 2 != 0)
        }
    };
    let inner = element(0x30, &[DATA, &element(0xa0, &octets, shape & 2 != 0)].concat(), shape & 4 != 0);
    let signed = element(0x30, &[b"\x02\x01\x01\x31\x00", &*inner, b"\x31\x00"].concat(), shape & 4 != 0);
    element(0x30, &[SIGNED_DATA, &element(0xa0, &signed, shape & 8 != 0)].concat(), shape & 8 != 0)
}

/// An element in BER (X.690), of indefinite length if asked for.
fn element(tag: u8, content: &[u8], is_indefinite: bool) -> Vec<u8> {
    if is_indefinite {
        return [&[tag, 0x80], content, &[0, 0]].concat();
    }
    let length = u32::try_from(content.len()).expect("a short content").to_be_bytes();
    [&[tag, 0x84], &length[..], content].concat()
}
