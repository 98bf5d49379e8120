//! Whatever a mail server sends, and in whatever pieces it comes, the same is read; nothing breaks us.

#![no_main]

use libfuzzer_sys::fuzz_target;
use maildesk::source::rewritten;

fuzz_target!(|bytes: &[u8]| {
    let whole = rewritten(bytes, bytes.len());
    for piece in [1, 2, 7] {
        assert_eq!(rewritten(bytes, piece), whole);
    }
});
