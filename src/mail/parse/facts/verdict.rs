//! Warns of attachments that may be dangerous or are not what they claim to be.

use super::archive;

/// Extensions of files that a double click executes.
const PROGRAMS: [&str; 24] = [
    "exe", "com", "scr", "pif", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "msi", "msp",
    "jar", "lnk", "reg", "cpl", "iso", "img", "apk", "dll",
];
/// Media types, detected by content, of executable files.
const EXECUTABLES: [&str; 5] = [
    "application/vnd.microsoft.portable-executable",
    "application/x-executable",
    "application/x-mach-binary",
    "application/java",
    "application/vnd.android.dex",
];
/// Harmless extensions that programs put before their real one.
const DISGUISES: [&str; 20] = [
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "odt", "txt", "log", "csv", "jpg", "jpeg", "png", "gif",
    "mp3", "mp4", "zip", "html",
];
/// Extensions of documents that may contain macros.
const MACROS: [&str; 6] = ["docm", "dotm", "xlsm", "xltm", "xlsb", "pptm"];
/// Archives that grow by a larger factor when unpacked are reported as possible zip bombs.
const MAX_GROWTH: u64 = 200;

/// A short warning about a file; None: nothing to warn of.
pub fn verdict(declared: &str, content_type: &str, name: &str, bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return Some("empty".to_owned());
    }
    let extension = extension(name);
    if is_program(&extension) {
        let stem = name.rsplit_once('.').map(|(stem, _)| stem).unwrap_or_default();
        let disguised = DISGUISES.contains(&self::extension(stem).as_str());
        return Some(if disguised { "a program under a double extension" } else { "a program" }.to_owned());
    }
    if infer::get(bytes).is_some_and(|found| EXECUTABLES.contains(&found.mime_type())) {
        return Some("a program by its content".to_owned());
    }
    if MACROS.contains(&extension.as_str()) {
        return Some("may hold macros".to_owned());
    }
    let of_archive = if super::is_office(name) { None } else { of_archive(bytes) };
    of_archive
        .or_else(|| contradicts(declared, content_type).then(|| format!("declared {declared}, is {content_type}")))
}

/// A warning about an archive: a password, a program in it, or how much it grows.
fn of_archive(bytes: &[u8]) -> Option<String> {
    if archive::entries(bytes)?.any(|entry| entry.is_encrypted) {
        return Some("an archive with a password".to_owned());
    }
    if let Some(program) = archive::entries(bytes)?.map(|entry| entry.name()).find(|name| is_program(&extension(name)))
    {
        return Some(format!("an archive that holds a program: {}", program.chars().take(80).collect::<String>()));
    }
    let unpacked = archive::entries(bytes)?.fold(0_u64, |sum, entry| sum.saturating_add(entry.size));
    let growth = unpacked / bytes.len() as u64;
    (growth > MAX_GROWTH).then(|| format!("an archive that grows {growth} times when unpacked"))
}

/// Whether the detected type contradicts the declared one; malformed and generic declarations contradict nothing.
fn contradicts(declared: &str, content_type: &str) -> bool {
    let (Some((said, of)), Some((found, _))) = (declared.split_once('/'), content_type.split_once('/')) else {
        return false;
    };
    match of {
        "" => false,
        "pdf" | "x-pdf" => content_type != "application/pdf",
        _ => matches!(said, "image" | "audio" | "video" | "text") && found != said,
    }
}

fn is_program(extension: &str) -> bool {
    PROGRAMS.contains(&extension)
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::archive::tests::zip;
    use super::verdict;

    #[test]
    fn dangerous_and_misdeclared_files_are_reported() {
        let pdf = b"%PDF-1.7".as_slice();
        for (declared, content_type, name, bytes, expected) in [
            ("application/pdf", "application/pdf", "a.pdf", pdf, None),
            ("application/pdf", "application/pdf", "a.pdf", b"".as_slice(), Some("empty")),
            ("image/png", "application/pdf", "a.png", pdf, Some("declared image/png, is application/pdf")),
            ("application/octet-stream", "application/octet-stream", "setup.EXE", b"MZ", Some("a program")),
            ("application/pdf", "application/pdf", "invoice.pdf.js", pdf, Some("a program under a double extension")),
            ("text/javascript", "text/javascript", "jquery.min.js", b"x", Some("a program")),
            ("application/octet-stream", "application/octet-stream", ".exe", b"x", Some("a program")),
            ("application/pdf", "image/png", "a.pdf", b"x", Some("declared application/pdf, is image/png")),
            ("application/x-pdf", "application/pdf", "a.pdf", pdf, None),
            ("text/plain", "image/png", "a.txt", b"x", Some("declared text/plain, is image/png")),
            ("text/plain", "text/plain", "a.txt", b"x", None),
            ("image/jpg", "image/jpeg", "a.jpg", b"x", None),
            ("text", "application/octet-stream", "a", b"x", None),
            ("image/", "application/octet-stream", "a", b"x", None),
            ("application/octet-stream", "application/octet-stream", "a.ln\u{212a}", b"x", Some("a program")),
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
