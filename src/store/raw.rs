//! Raw messages in chunks, compressed where it pays.

use crate::model::{Digest, ReceivedId, Timestamp};

use super::sql::Row;
use super::{StoreError, Tx, View};

/// Bytes of a chunk of a message, before it is compressed; also how much is fetched at a time.
pub const CHUNK: usize = 256 * 1024;

const PLAIN: i64 = 0;
const LZ4: i64 = 1;

/// The row of a raw message that is being stored, or is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawId(pub(super) i64);

/// A chunk that is ready to be stored. Compressing takes time, so it is done outside of the writer thread.
#[derive(Debug)]
pub struct Packed {
    codec: i64,
    bytes: Vec<u8>,
    size: usize,
}

impl Packed {
    /// Compresses a chunk if that saves at least an eighth: text and logs shrink by that much, base64 hardly does.
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
    /// Begins to store a raw message.
    pub fn begin_raw(&self) -> Result<RawId, StoreError> {
        self.insert("beginning a raw message", "INSERT INTO raw (size) VALUES (0)", &[]).map(RawId)
    }

    /// Adds the next chunk to a raw message; `sequence` counts from 0.
    pub fn add_chunk(&self, raw: RawId, sequence: u32, chunk: &Packed) -> Result<(), StoreError> {
        let sql = "INSERT INTO raw_chunk (raw, seq, codec, bytes) VALUES (?1, ?2, ?3, ?4)";
        self.run("storing a chunk", sql, &[&raw, &sequence, &chunk.codec, &chunk.bytes])?;
        self.run("storing a chunk", "UPDATE raw SET size = size + ?2 WHERE id = ?1", &[&raw, &chunk.size]).map(|_| ())
    }

    /// Deletes raw messages that were never accepted, which a crash left half-fetched. Returns how many.
    pub fn drop_half_fetched(&self) -> Result<usize, StoreError> {
        let sql = "DELETE FROM raw WHERE sha256 IS NULL";
        self.run("dropping half-fetched messages", sql, &[])
    }

    pub(super) fn seal_raw(&self, raw: RawId, sha256: &Digest) -> Result<(), StoreError> {
        self.run("sealing a raw message", "UPDATE raw SET sha256 = ?2 WHERE id = ?1", &[&raw, sha256]).map(|_| ())
    }
}

impl View<'_> {
    /// The raw bytes of a received message, as fetched. An error where they were erased.
    pub fn raw(&self, received: ReceivedId) -> Result<Vec<u8>, StoreError> {
        let doing = "reading a raw message";
        let sql = "SELECT raw.id, raw.size, received.erased_at FROM received JOIN raw ON raw.id = received.raw
          WHERE received.id = ?1";
        let row = |r: &Row<'_>| Ok((r.get(0)?, r.get(1)?, r.get(2)?));
        let (raw, size, erased): (RawId, usize, Option<Timestamp>) = self.one(doing, sql, &[&received], row)?;
        if let Some(at) = erased {
            return Err(StoreError::Erased(received, at));
        }
        let mut message = Vec::with_capacity(size);
        let chunks = "SELECT codec, bytes FROM raw_chunk WHERE raw = ?1 ORDER BY seq";
        let row = |r: &Row<'_>| Ok(unpack(r.get(0)?, r.get(1)?, &mut message));
        for unpacked in self.all(doing, chunks, &[&raw], row)? {
            unpacked.map_err(|why| StoreError::Unexpected(format!("a chunk of message {received}: {why}")))?;
        }
        Ok(message)
    }
}

/// Decompresses a chunk, and appends it to its message.
fn unpack(codec: i64, bytes: Vec<u8>, message: &mut Vec<u8>) -> Result<(), String> {
    match codec {
        PLAIN => message.extend_from_slice(&bytes),
        LZ4 => message.extend(lz4_flex::block::decompress(&bytes, CHUNK).map_err(|error| error.to_string())?),
        _ => return Err(format!("codec {codec} is not known")),
    }
    Ok(())
}
