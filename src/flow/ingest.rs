//! One message that a mail server hands over, accepted as those that are fetched: from here on it will be handled.

use tracing::info;

use crate::failpoint;
use crate::model::settings::SourceSettings;
use crate::model::{Digest, Timestamp, Uid};
use crate::store::{Accepted, CHUNK, Folder, NewMessage, Packed, Store, StoreError};

/// All messages of a pipe are of one series; those of IMAP folders begin anew with a new UIDVALIDITY.
const VALIDITY: u32 = 1;

/// Accepts a message in one transaction; a running daemon takes it up at its next rescan. Bytes that were accepted before are
/// nothing new: a mail server that did not hear of it has tried again.
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

/// The message without the line of mbox files, `From sender date`, which mail servers set before what they pipe.
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
