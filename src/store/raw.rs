//! Raw messages in chunks, compressed where it pays.

use rusqlite::params;

use crate::model::{Digest, ReceivedId, Timestamp};

use super::error::During;
use super::{StoreError, Tx, View};

/// Bytes of a message in one chunk at most; also what is fetched at a time.
pub const CHUNK: usize = 256 * 1024;

const PLAIN: i64 = 0;
const LZ4: i64 = 1;

/// A raw message that is being, or has been, stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawId(pub(super) i64);

/// A chunk ready to be stored. Packing costs time, so it is done before the writer gets it.
#[derive(Debug)]
pub struct Packed {
    codec: i64,
    bytes: Vec<u8>,
    size: usize,
}

impl Packed {
    /// Compresses a chunk if that saves at least an eighth: base64 hardly does, text and logs do.
    pub fn new(chunk: Vec<u8>) -> Self {
        let size = chunk.len();
        let compressed = lz4_flex::block::compress(&chunk);
        if compressed.len() <= size - size / 8 {
            Self { codec: LZ4, bytes: compressed, size }
        } else {
            Self { codec: PLAIN, bytes: chunk, size }
        }
    }
}

impl Tx<'_> {
    /// Begins a raw message.
    pub fn begin_raw(&self) -> Result<RawId, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT INTO raw DEFAULT VALUES RETURNING id")
            .during("beginning a raw message")?;
        statement.query_row([], |r| r.get(0)).map(RawId).during("beginning a raw message")
    }

    /// Adds the next chunk of a raw message: `sequence` counts from 0.
    pub fn add_chunk(&self, raw: RawId, sequence: u32, chunk: &Packed) -> Result<(), StoreError> {
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO raw_chunk (raw, seq, codec, bytes) VALUES (?1, ?2, ?3, ?4)")
            .during("storing a chunk")?;
        insert.execute(params![raw.0, sequence, chunk.codec, chunk.bytes]).during("storing a chunk")?;
        let mut grow = self
            .connection
            .prepare_cached("UPDATE raw SET size = size + ?2 WHERE id = ?1")
            .during("storing a chunk")?;
        grow.execute(params![raw.0, chunk.size as i64]).during("storing a chunk")?;
        Ok(())
    }

    /// Drops raw messages that were never accepted: what a crash left half-fetched.
    pub fn drop_half_fetched(&self) -> Result<usize, StoreError> {
        self.connection
            .execute("DELETE FROM raw WHERE id NOT IN (SELECT raw FROM received WHERE raw IS NOT NULL)", [])
            .during("dropping half-fetched messages")
    }

    pub(super) fn seal_raw(&self, raw: RawId, sha256: &Digest) -> Result<(), StoreError> {
        let mut seal = self
            .connection
            .prepare_cached("UPDATE raw SET sha256 = ?2 WHERE id = ?1")
            .during("sealing a raw message")?;
        seal.execute(params![raw.0, sha256.as_bytes()]).during("sealing a raw message")?;
        Ok(())
    }
}

impl View<'_> {
    /// The raw bytes of a received message, as fetched.
    pub fn raw(&self, received: ReceivedId) -> Result<Vec<u8>, StoreError> {
        let mut size = self
            .connection
            .prepare_cached(
                "SELECT raw.id, raw.size, received.erased_at FROM received JOIN raw ON raw.id = received.raw WHERE received.id = ?1",
            )
            .during("reading a raw message")?;
        let (raw, size, erased): (i64, i64, Option<i64>) =
            size.query_row([received.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).during("reading a raw message")?;
        if let Some(at) = erased {
            return Err(StoreError::Erased(received, Timestamp::from_unix(at)));
        }
        let mut message = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        let mut chunks = self
            .connection
            .prepare_cached("SELECT codec, bytes FROM raw_chunk WHERE raw = ?1 ORDER BY seq")
            .during("reading a raw message")?;
        let mut rows = chunks.query([raw]).during("reading a raw message")?;
        while let Some(row) = rows.next().during("reading a raw message")? {
            let codec: i64 = row.get(0).during("reading a chunk")?;
            let bytes = row.get_ref(1).and_then(|b| b.as_blob().map_err(Into::into)).during("reading a chunk")?;
            match codec {
                PLAIN => message.extend_from_slice(bytes),
                LZ4 => {
                    let chunk = lz4_flex::block::decompress(bytes, CHUNK)
                        .map_err(|e| StoreError::Unexpected(format!("a chunk of message {received}: {e}")))?;
                    message.extend_from_slice(&chunk);
                }
                _ => return Err(StoreError::Unexpected(format!("codec {codec} in message {received}"))),
            }
        }
        Ok(message)
    }
}
