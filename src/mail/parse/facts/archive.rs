//! What a zip archive holds, by its central directory alone (APPNOTE 4.3): nothing is unpacked, so a bomb is only a number.
//!
//! A crate for zip brings a dozen others for what is not done here.

use super::super::charset;
use super::super::header;
use crate::model::FileFacts;

/// Files that are read and named at most.
const MOST_FILES: usize = 10_000;
const NAMED: usize = 20;

/// Where the end of the central directory is looked for: its own 22 bytes and the longest comment.
const END_WITHIN: usize = 22 + 65_535;

/// One file of an archive.
pub struct Entry {
    /// Its name, cleaned, with its path.
    pub name: String,
    /// Its size unpacked, as the archive says.
    pub size: u64,
    /// Whether it asks for a password.
    pub is_encrypted: bool,
}

/// Lists an archive.
pub fn list(bytes: &[u8]) -> Option<FileFacts> {
    let entries = entries(bytes)?;
    Some(FileFacts::Archive {
        count: entries.len() as u64,
        unpacked: entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.size)),
        files: entries.into_iter().take(NAMED).map(|entry| (entry.name, entry.size)).collect(),
    })
}

/// The files of a zip archive; none where the bytes are no such archive.
pub fn entries(bytes: &[u8]) -> Option<Vec<Entry>> {
    if !bytes.starts_with(b"PK\x03\x04") && !bytes.starts_with(b"PK\x05\x06") {
        return None;
    }
    let tail = bytes.len().saturating_sub(END_WITHIN);
    let end = tail + memchr::memmem::rfind(&bytes[tail..], b"PK\x05\x06")?;
    let mut rest = bytes.get(number(bytes, end + 16, 4)? as usize..end)?;
    let mut found = Vec::new();
    while rest.starts_with(b"PK\x01\x02") && found.len() < MOST_FILES {
        let length = |at| number(rest, at, 2).map(|length| length as usize);
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let flags = number(rest, 8, 2)?;
        let declared = if flags & 0x800 == 0 { "ibm866" } else { "utf-8" };
        let name_bytes = rest.get(46..46 + name)?;
        found.push(Entry {
            name: header::clean(&charset::decode(name_bytes, Some(declared)).text),
            size: number(rest, 24, 4)?,
            is_encrypted: flags & 1 == 1,
        });
        rest = rest.get(46 + name + extra + comment..)?;
    }
    Some(found)
}

/// A little-endian number.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(length)?)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// An archive with these names, sizes and general purpose flags, and no content.
    pub fn zip(files: &[(&[u8], u32, u16)]) -> Vec<u8> {
        let mut archive = b"PK\x03\x04".to_vec();
        let start = archive.len() as u32;
        for (name, size, flags) in files {
            let mut entry = vec![0; 46];
            entry[..4].copy_from_slice(b"PK\x01\x02");
            entry[8..10].copy_from_slice(&flags.to_le_bytes());
            entry[24..28].copy_from_slice(&size.to_le_bytes());
            entry[28..30].copy_from_slice(&(name.len() as u16).to_le_bytes());
            entry.extend(*name);
            archive.extend(entry);
        }
        let mut end = vec![0; 22];
        end[..4].copy_from_slice(b"PK\x05\x06");
        end[16..20].copy_from_slice(&start.to_le_bytes());
        archive.extend(end);
        archive
    }

    #[test]
    fn names_and_sizes_without_unpacking() {
        let archive = zip(&[(b"logs/server.log", 4_000_000_000, 0), ("отчёт.txt".as_bytes(), 5, 0x800)]);
        let expected = FileFacts::Archive {
            count: 2,
            unpacked: 4_000_000_005,
            files: vec![("logs/server.log".into(), 4_000_000_000), ("отчёт.txt".into(), 5)],
        };
        assert_eq!(list(&archive), Some(expected));
        for cut in 0..archive.len() {
            let _ = list(&archive[..cut]);
        }
        assert_eq!(list(b"%PDF-1.7"), None);
    }
}
