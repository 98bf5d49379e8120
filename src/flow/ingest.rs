//! Accepts one message that a mail server pipes to us, like one that was fetched: from the commit on it will be handled.

use tracing::info;

use crate::failpoint;
use crate::model::settings::SourceSettings;
use crate::model::{Digest, Timestamp, Uid};
use crate::store::{Accepted, CHUNK, Folder, NewMessage, Packed, Store, StoreError};

/// The UIDVALIDITY of piped messages: always the same, since they are never renumbered.
const VALIDITY: u32 = 1;

/// Accepts a message in one transaction; a running daemon handles it at its next rescan. Bytes that were accepted before change
/// nothing: the mail server did not hear of our success, and has tried again.
pub async fn ingest(store: &Store, mailbox: &str, raw: &[u8], now: Timestamp) -> Result<(), StoreError> {
    let digest = Digest::of(raw);
    let message = NewMessage {
        folder: Folder { mailbox: mailbox.to_owned(), moved_to: None, location: SourceSettings::Pipe.location() },
        validity: VALIDITY,
        uid: Uid::Name(digest.to_string()),
        size: raw.len() as u64,
        server_size: None,
        arrived_at: Some(now),
        sha256: digest,
    };
    let chunks: Vec<Packed> = raw.chunks(CHUNK).map(|chunk| Packed::new(chunk.to_vec())).collect();
    failpoint::reached("ingest.before");
    let accepting = store.write(move |tx| {
        let id = tx.begin_raw()?;
        for (sequence, chunk) in (0..).zip(&chunks) {
            tx.add_chunk(id, sequence, chunk)?;
        }
        tx.accept(&message, id, now)
    });
    if accepting.await? == Accepted::Known {
        info!(mailbox, %digest, "the message was accepted before");
    }
    failpoint::reached("ingest.after");
    Ok(())
}

/// The message without the mbox line `From sender date`, which some mail servers put before piped messages.
pub fn strip_envelope(raw: &[u8]) -> &[u8] {
    if !raw.starts_with(b"From ") {
        return raw;
    }
    let end = raw.iter().position(|byte| *byte == b'\n').map_or(raw.len(), |at| at + 1);
    raw.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_of_mbox_files_is_taken_off() {
        for (raw, message) in [
            ("From ivan@example.com Sat Nov 21 10:00:00 2026\nFrom: a\n\nx", "From: a\n\nx"),
            ("From: a\n\nFrom here on", "From: a\n\nFrom here on"),
            ("From nobody", ""),
            ("", ""),
        ] {
            assert_eq!(strip_envelope(raw.as_bytes()), message.as_bytes());
        }
    }
}
