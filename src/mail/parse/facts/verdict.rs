//! What the reader of a file should know before opening it.

use super::archive;

/// Extensions that a double click runs.
const PROGRAMS: [&str; 24] = [
    "exe", "com", "scr", "pif", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "msi", "msp",
    "jar", "lnk", "reg", "cpl", "iso", "img", "apk", "dll",
];
/// Media types, by content, of what systems run.
const RUNS: [&str; 5] = [
    "application/vnd.microsoft.portable-executable",
    "application/x-executable",
    "application/x-mach-binary",
    "application/java",
    "application/vnd.android.dex",
];
/// Documents that may hold macros.
const MACROS: [&str; 6] = ["docm", "dotm", "xlsm", "xltm", "xlsb", "pptm"];
/// An archive that claims to grow more than this is called a bomb.
const BOMB: u64 = 200;

/// What is off about a file, in a few words; none where nothing is.
pub fn verdict(declared: &str, content_type: &str, name: &str, bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return Some("empty".to_owned());
    }
    let extension = extension(name);
    if PROGRAMS.contains(&extension.as_str()) {
        let inner = name.trim_end_matches(|c| c != '.').trim_end_matches('.');
        let disguised = inner.rsplit_once('.').is_some_and(|(_, inner)| (2..=4).contains(&inner.len()));
        return Some(if disguised { "a program under a double extension" } else { "a program" }.to_owned());
    }
    if infer::get(bytes).is_some_and(|found| RUNS.contains(&found.mime_type())) {
        return Some("a program by its content".to_owned());
    }
    if MACROS.contains(&extension.as_str()) {
        return Some("may hold macros".to_owned());
    }
    if let Some(entries) = archive::entries(bytes).filter(|_| !is_office(&extension)) {
        if entries.iter().any(|entry| entry.is_encrypted) {
            return Some("an archive with a password".to_owned());
        }
        if let Some(program) = entries.iter().find(|entry| PROGRAMS.contains(&self::extension(&entry.name).as_str())) {
            return Some(format!(
                "an archive that holds a program: {}",
                program.name.chars().take(80).collect::<String>()
            ));
        }
        let unpacked = entries.iter().fold(0_u64, |sum, entry| sum.saturating_add(entry.size));
        if unpacked / bytes.len() as u64 > BOMB {
            return Some(format!("an archive that grows {} times when unpacked", unpacked / bytes.len() as u64));
        }
    }
    let kind = |media_type: &str| media_type.split('/').next().unwrap_or_default().to_owned();
    let belied = kind(declared) == "image" && kind(content_type) != "image";
    belied.then(|| format!("declared {declared}, is {content_type}"))
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}

/// Office documents are archives by trade.
fn is_office(extension: &str) -> bool {
    matches!(extension, "docx" | "xlsx" | "pptx" | "odt" | "ods" | "odp" | "epub")
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::zip;
    use super::verdict;

    #[test]
    fn what_is_off_is_said() {
        let pdf = b"%PDF-1.7".as_slice();
        for (declared, content_type, name, bytes, expected) in [
            ("application/pdf", "application/pdf", "a.pdf", pdf, None),
            ("application/pdf", "application/pdf", "a.pdf", b"".as_slice(), Some("empty")),
            ("image/png", "application/pdf", "a.png", pdf, Some("declared image/png, is application/pdf")),
            ("application/octet-stream", "application/octet-stream", "setup.EXE", b"MZ", Some("a program")),
            ("application/pdf", "application/pdf", "invoice.pdf.js", pdf, Some("a program under a double extension")),
            ("application/msword", "application/zip", "a.docm", pdf, Some("may hold macros")),
        ] {
            assert_eq!(verdict(declared, content_type, name, bytes).as_deref(), expected, "{name}");
        }
        let archive = |files: &[(&[u8], u32, u16)]| verdict("application/zip", "application/zip", "a.zip", &zip(files));
        assert_eq!(archive(&[(b"a.txt", 5, 0)]), None);
        assert_eq!(archive(&[(b"a.txt", 5, 1)]).as_deref(), Some("an archive with a password"));
        assert_eq!(archive(&[(b"x/run.bat", 5, 0)]).as_deref(), Some("an archive that holds a program: x/run.bat"));
        let bomb = archive(&[(b"a.txt", 4_000_000_000, 0)]).unwrap_or_default();
        assert!(bomb.starts_with("an archive that grows "), "{bomb}");
    }
}
