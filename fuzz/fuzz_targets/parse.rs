//! Any bytes are a message: they are read, printed as JSON, and every attachment decodes to its recorded hash.

#![no_main]

use libfuzzer_sys::fuzz_target;
use maildesk::mail::{json, parse};
use sha2::{Digest, Sha256};

fuzz_target!(init: only_own_panics_count(), |raw: &[u8]| {
    let incoming = parse::parse(raw);
    let value = json(&incoming);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&value.to_string()).expect("valid JSON"), value);
    for file in &incoming.attachments {
        let bytes = parse::attachment(raw, file.part).expect("an attachment can be decoded again");
        let hash: [u8; 32] = Sha256::digest(&bytes).into();
        assert_eq!((bytes.len() as u64, &hash), (file.size, file.sha256.as_bytes()), "{}", file.filename);
    }
});

/// The reader survives panics of mail-parser and of itself; of these two, only its own are finds.
fn only_own_panics_count() {
    let abort = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("/mail-parser-")) {
            abort(panic);
        }
    }));
}
