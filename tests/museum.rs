//! The corpus: messages named by their trouble, each with the JSON that `maildesk parse` prints for it.
//!
//! `UPDATE_GOLDEN=1 cargo test --test corpus` writes the answers anew; what changed is then to be read in the diff.

use std::fs;
use std::path::{Path, PathBuf};

use maildesk::mail::{json, parse};
use sha2::{Digest, Sha256};

/// Every exhibit: its name and its bytes, in order of name.
fn exhibits() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("the corpus").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    paths.sort();
    assert!(paths.len() >= 150, "only {} messages found", paths.len());
    paths.into_iter().map(|path| (path.clone(), fs::read(path).expect("a message"))).collect()
}

#[test]
fn every_message_reads_as_its_golden_says() {
    let mut wrong = Vec::new();
    for (path, raw) in exhibits() {
        let shown = format!("{:#}\n", json(&parse::parse(&raw)));
        let golden = path.with_extension("json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(golden, shown).unwrap();
        } else if fs::read_to_string(&golden).ok().as_deref() != Some(shown.as_str()) {
            wrong.push(format!("{}\n{shown}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} differ from their golden:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_golden_has_its_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(path.with_extension("eml").exists(), "{} has no message", path.display());
    }
}

#[test]
fn every_attachment_can_be_decoded_again() {
    for (path, raw) in exhibits() {
        for file in parse::parse(&raw).attachments {
            let bytes =
                parse::attachment(&raw, file.part).unwrap_or_else(|| panic!("{}: {}", path.display(), file.filename));
            let hash: [u8; 32] = Sha256::digest(&bytes).into();
            assert_eq!(
                (bytes.len() as u64, &hash),
                (file.size, file.sha256.as_bytes()),
                "{}: {}",
                path.display(),
                file.filename
            );
        }
    }
}

#[test]
fn line_ends_do_not_change_the_content_digest() {
    for (path, raw) in exhibits() {
        let text = |line_end: &[u8]| {
            let lines: Vec<&[u8]> = raw.split(|&b| b == b'\n').map(|l| l.strip_suffix(b"\r").unwrap_or(l)).collect();
            lines.join(line_end)
        };
        let (lf, crlf) = (parse::parse(&text(b"\n")), parse::parse(&text(b"\r\n")));
        assert_eq!(lf.content_digest, crlf.content_digest, "{}", path.display());
        assert_eq!((&lf.subject, &lf.text), (&crlf.subject, &crlf.text), "{}", path.display());
    }
}
