//! Lists zip archives by their central directory (APPNOTE 4.3). Nothing is unpacked, so zip bombs do no harm.
//!
//! Written by hand: a zip crate would bring a dozen dependencies for unpacking.

use super::super::charset;
use super::super::header;
use crate::model::FileFacts;

/// How many files of an archive are named.
const NAMED: usize = 20;

/// How far from the end of the archive the end-of-central-directory record is searched for, in bytes: its own 22 and the
/// longest comment.
const END_WITHIN: usize = 22 + 65_535;

/// The size field's value if the real size is in the zip64 extra field (APPNOTE 4.5.3).
const SIZE_IN_EXTRA: u64 = 0xffff_ffff;

/// One file of an archive.
pub struct ArchiveEntry<'a> {
    name: &'a [u8],
    is_utf8: bool,
    /// Its unpacked size in bytes, as declared by the archive.
    pub size: u64,
    /// Whether it is protected by a password.
    pub is_encrypted: bool,
}

impl ArchiveEntry<'_> {
    /// Its name with path, decoded and cleaned.
    pub fn name(&self) -> String {
        let declared = if self.is_utf8 { "utf-8" } else { "ibm866" };
        header::clean(&charset::decode(self.name, Some(declared)).text)
    }
}

/// Lists an archive, without its folders; None: not a zip archive.
pub fn list(bytes: &[u8]) -> Option<FileFacts> {
    let (mut count, mut unpacked, mut files) = (0, 0_u64, Vec::new());
    for entry in entries(bytes)? {
        count += 1;
        unpacked = unpacked.saturating_add(entry.size);
        if files.len() < NAMED {
            files.push((entry.name(), entry.size));
        }
    }
    Some(FileFacts::Archive { count, unpacked, files })
}

/// The files of a zip archive, as far as its directory can be read. None: not a zip archive.
pub fn entries(bytes: &[u8]) -> Option<impl Iterator<Item = ArchiveEntry<'_>>> {
    if !bytes.starts_with(b"PK\x03\x04") && !bytes.starts_with(b"PK\x05\x06") {
        return None;
    }
    let tail = bytes.len().saturating_sub(END_WITHIN);
    let end = tail + memchr::memmem::rfind(&bytes[tail..], b"PK\x05\x06")?;
    let mut rest = bytes.get(number(bytes, end + 16, 4)? as usize..end)?;
    let all = std::iter::from_fn(move || {
        let (entry, behind) = entry(rest)?;
        rest = behind;
        Some(entry)
    });
    Some(all.filter(|entry| !entry.name.ends_with(b"/")))
}

/// Parses the first entry of a central directory. Returns it and the rest.
fn entry(directory: &[u8]) -> Option<(ArchiveEntry<'_>, &[u8])> {
    let length = |at| number(directory, at, 2).map(|length| length as usize);
    let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
    let flags = number(directory, 8, 2)?;
    let size = number(directory, 24, 4)?;
    let behind_name = directory.strip_prefix(b"PK\x01\x02").and_then(|_| directory.get(46 + name..))?;
    let entry = ArchiveEntry {
        name: &directory[46..46 + name],
        is_utf8: flags & 0x800 != 0,
        size: if size == SIZE_IN_EXTRA { large_size(behind_name.get(..extra)?).unwrap_or(size) } else { size },
        is_encrypted: flags & 1 == 1,
    };
    Some((entry, behind_name.get(extra + comment..)?))
}

/// The unpacked size in the zip64 extra field, where it comes first; None: there is no such field.
fn large_size(mut extra: &[u8]) -> Option<u64> {
    loop {
        let (id, length) = (number(extra, 0, 2)?, number(extra, 2, 2)? as usize);
        if id == 1 {
            return number(extra, 4, 8);
        }
        extra = extra.get(4 + length..)?;
    }
}

/// Reads a little-endian number; None beyond the end.
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

    #[test]
    fn folders_do_not_count_and_all_files_do() {
        let many: Vec<_> =
            std::iter::once((&b"logs/"[..], 0, 0)).chain((0..20_000).map(|_| (&b"a"[..], 2, 0))).collect();
        match list(&zip(&many)) {
            Some(FileFacts::Archive { count, unpacked, files }) => {
                assert_eq!((count, unpacked, files.len()), (20_000, 40_000, NAMED));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_size_beyond_four_bytes_is_read_from_its_extra_field() {
        let mut archive = zip(&[(b"huge.log", u32::MAX, 0)]);
        let field = [&[0x99, 0x99, 2, 0, 7, 7, 1, 0, 8, 0][..], &10_000_000_000_u64.to_le_bytes()].concat();
        archive[4 + 30] = field.len() as u8;
        let behind_name = 4 + 46 + b"huge.log".len();
        archive.splice(behind_name..behind_name, field);
        match list(&archive) {
            Some(FileFacts::Archive { unpacked, .. }) => assert_eq!(unpacked, 10_000_000_000),
            other => panic!("{other:?}"),
        }
    }
}
