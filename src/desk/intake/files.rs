//! Recognises files that a desk asks for: logs and screenshots.

use crate::model::{Attachment, FileFacts};

/// Name endings of logs, and of bundles of text that are sent when logs are asked for.
const LOG_ENDINGS: [&str; 17] = [
    ".log",
    ".evtx",
    ".evt",
    ".har",
    ".trace",
    ".dmp",
    ".stacktrace",
    ".jsonl",
    ".ndjson",
    ".out",
    ".err",
    ".html",
    ".htm",
    ".json",
    ".xml",
    ".saz",
    ".etl",
];

/// Parts of the names of logs, whatever their ending.
const LOG_NAMES: [&str; 12] = [
    "log",
    "лог",
    "журнал",
    "trace",
    "error",
    "ошибк",
    "request",
    "response",
    "запрос",
    "ответ",
    "protocol",
    "протокол",
];

/// Name endings of texts and archives, which count as logs if the rest of the name says so.
const PLAIN_ENDINGS: [&str; 8] = [".txt", ".csv", ".zip", ".7z", ".rar", ".gz", ".tgz", ".tar"];

/// Name endings of documents into which people paste logs.
const DOCUMENT_ENDINGS: [&str; 4] = [".doc", ".docx", ".rtf", ".xlsx"];

/// Name endings of pictures and screen recordings.
const PICTURE_ENDINGS: [&str; 10] =
    [".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".heic", ".mp4", ".webm", ".mov"];

/// Parts of the names of documents with screenshots.
const SCREENSHOT_NAMES: [&str; 6] = ["скрин", "снимок", "screen", "экран", "сканшот", "print"];

/// The smallest width in pixels, and size in bytes, of a screenshot; smaller pictures are logos.
const LEAST_WIDTH: u32 = 320;
const LEAST_HEIGHT: u32 = 120;
const LEAST_BYTES: u64 = 20_000;

/// Whether a file is a log, or an archive that has one.
pub(super) fn is_log(file: &Attachment) -> bool {
    match &file.facts {
        Some(FileFacts::Log { .. }) => true,
        Some(FileFacts::Picture { .. }) => false,
        Some(FileFacts::Archive { files, .. }) => {
            is_log_by_name(&file.filename) || files.iter().any(|(name, _)| is_log_by_name(name))
        }
        None => {
            is_log_by_name(&file.filename) || ["application/json", "text/x-log"].contains(&file.content_type.as_str())
        }
    }
}

/// Whether a file may hold logs, if the message says so: an archive, text or document of any name.
pub(super) fn may_hold_logs(file: &Attachment) -> bool {
    let name = file.filename.to_lowercase();
    let is_archive = matches!(file.facts, Some(FileFacts::Archive { .. }));
    is_archive || PLAIN_ENDINGS.iter().chain(&DOCUMENT_ENDINGS).any(|ending| name.ends_with(ending))
}

fn is_log_by_name(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_lowercase();
    // Rotated logs: app.log.1, app.log.2026-11-20.gz.
    let is_rotated = name.contains(".log.");
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    is_rotated || ends(&LOG_ENDINGS) || ends(&PLAIN_ENDINGS) && LOG_NAMES.iter().any(|part| name.contains(part))
}

/// Whether a file is a screenshot, a screen recording, or a document of such.
pub(super) fn is_screenshot(file: &Attachment) -> bool {
    let name = file.filename.to_lowercase();
    let is_picture = |name: &str| PICTURE_ENDINGS.iter().any(|ending| name.to_lowercase().ends_with(ending));
    match &file.facts {
        Some(FileFacts::Picture { width, height }) => *width >= LEAST_WIDTH && *height >= LEAST_HEIGHT,
        Some(FileFacts::Archive { files, .. }) => {
            files.iter().any(|(name, _)| is_picture(name)) || SCREENSHOT_NAMES.iter().any(|part| name.contains(part))
        }
        Some(FileFacts::Log { .. }) => false,
        None if is_picture(&name) || file.content_type.starts_with("image/") => file.size >= LEAST_BYTES,
        None => file.content_type.starts_with("video/") || SCREENSHOT_NAMES.iter().any(|part| name.contains(part)),
    }
}

/// The period that a log covers, if it lies within one day; `None` for longer ones, which do not tell when the problem
/// occurred.
pub(super) fn period(file: &Attachment) -> Option<String> {
    let Some(FileFacts::Log { first, last, .. }) = &file.facts else { return None };
    let day = |time: &str| time.chars().take(10).collect::<String>();
    let has_date = first.len() > 12 && day(first).chars().filter(char::is_ascii_digit).count() >= 6;
    (has_date && day(first) == day(last)).then(|| format!("{first} – {last}"))
}
