//! Reads facts about attachments (size of a picture, content of an archive, period of a log) and warns of dangerous ones.
//! Nothing is unpacked.

mod archive;
mod log;
mod verdict;

use crate::model::FileFacts;

pub use log::is_utf16;
pub use verdict::verdict;

/// The facts of a file, by its media type, name and content; None for other types.
pub fn facts(content_type: &str, name: &str, bytes: &[u8]) -> Option<FileFacts> {
    if content_type.starts_with("image/") {
        return picture(bytes);
    }
    if content_type.starts_with("text/") {
        return log::read(bytes);
    }
    if is_office(name) {
        return None;
    }
    // Rotated logs are numbered (server.log.1) or packed (server.log.zip).
    let name = name.to_lowercase();
    let is_named_log = name.ends_with(".log") || name.contains(".log.");
    archive::list(bytes).or_else(|| if is_named_log { log::read(bytes) } else { None })
}

/// Whether the name is that of an Office document: technically an archive, whose file list is of no use to people.
fn is_office(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
    matches!(
        extension.as_str(),
        "docx" | "docm" | "xlsx" | "xlsm" | "xlsb" | "pptx" | "pptm" | "odt" | "ods" | "odp" | "epub"
    )
}

fn picture(bytes: &[u8]) -> Option<FileFacts> {
    let size = imagesize::blob_size(bytes).ok()?;
    Some(FileFacts::Picture { width: size.width.try_into().ok()?, height: size.height.try_into().ok()? })
}

#[cfg(test)]
mod tests {
    use super::facts;
    use crate::model::FileFacts;

    #[test]
    fn a_screenshot_has_its_size() {
        let mut gif = b"GIF89a".to_vec();
        gif.extend([0x80, 0x02, 0xe0, 0x01, 0, 0, 0]);
        assert_eq!(facts("image/gif", "a.gif", &gif), Some(FileFacts::Picture { width: 640, height: 480 }));
        assert_eq!(facts("image/png", "a.png", b"\x89PNG\r\n\x1a\ncut"), None);
    }

    #[test]
    fn archives_are_listed_and_documents_are_not() {
        let zip = super::archive::tests::zip(&[(b"word/document.xml", 9, 0)]);
        let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        assert_eq!(facts(docx, "Plan.DOCX", &zip), None);
        for name in ["a.zip", "server.log.zip"] {
            assert!(
                matches!(facts("application/zip", name, &zip), Some(FileFacts::Archive { count: 1, .. })),
                "{name}"
            );
        }
    }

    #[test]
    fn a_numbered_log_is_a_log() {
        let log = b"2026-11-20 09:58:12 a\n2026-11-20 09:58:13 b\n";
        let found = facts("application/octet-stream", "server.log.1", log);
        assert!(matches!(found, Some(FileFacts::Log { lines: 2, .. })), "{found:?}");
    }
}
