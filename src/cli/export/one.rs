//! A whole request as JSON, as readable text, or as a folder with its files.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::cli::atomic_file::{Unfinished, create_private_file, create_private_folder};
use crate::cli::print;
use crate::mail::{parse, words};
use crate::model::{Digest, Request, RequestNumber, SentFile, Visibility};
use crate::store::{EntryRow, View};

/// What is exported of one request.
pub(super) struct One {
    request: Request,
    entries: Vec<EntryRow>,
    files: Vec<SentFile>,
    events: Vec<Value>,
}

impl One {
    /// Reads the request; without notes, only what its requester may see.
    pub(super) fn read(view: View<'_>, number: &RequestNumber, with_notes: bool) -> anyhow::Result<Self> {
        let request = view.request(number)?.with_context(|| format!("there is no request {number}"))?;
        let mut entries = view.history(number)?;
        entries.retain(|entry| with_notes || entry.visibility == Visibility::Correspondence);
        let is_party = |author: &str| request.participants.iter().any(|person| person.email.as_str() == author);
        for entry in &mut entries {
            // An engineer's answer quotes what they got, which includes notes.
            if !with_notes && !is_party(&entry.author) {
                entry.text.clone_from(&entry.reply_text);
                entry.earlier.clear();
            }
            entry.text = words::scrub(&entry.text);
            entry.reply_text = words::scrub(&entry.reply_text);
            entry.signature = words::scrub(&entry.signature);
            entry.earlier = words::scrub(&entry.earlier);
        }
        let files = if with_notes { view.files(number)? } else { view.files_of_correspondence(number)? };
        let events = view.events(number)?;
        let events = events.iter().map(|event| json!({ "at": event.at, "who": event.who, "change": event.change }));
        Ok(Self { request, entries, files, events: events.collect() })
    }

    /// As JSON.
    pub(super) fn described(&self) -> Value {
        let files: Vec<Value> = self.files.iter().enumerate().map(|(index, file)| described(index, file)).collect();
        json!({ "request": self.request, "entries": self.entries, "files": files, "events": self.events })
    }

    /// As readable text.
    pub(super) fn text(&self) -> String {
        let request = &self.request;
        let mut lines = vec![
            format!("{}: {}", request.number, request.subject),
            format!(
                "{} ({}), opened {}",
                request.standing.status,
                request.standing.phase,
                print::local(request.opened_at)
            ),
        ];
        lines.extend(request.progress.erased_at.map(print::erased));
        for entry in &self.entries {
            let note = if entry.visibility == Visibility::Internal { " (internal)" } else { "" };
            lines.push(format!("\n--- {}, {}{note}\n{}", print::local(entry.at), entry.author, entry.shown()));
        }
        if !self.files.is_empty() {
            let file = |file: &SentFile| format!("  {} ({})", file.filename, print::size(file.size));
            lines.push(format!("\nfiles\n{}", self.files.iter().map(file).collect::<Vec<_>>().join("\n")));
        }
        format!("{}\n", print::clean_lines(&lines.join("\n")))
    }

    /// Writes `request.json` and all files into a new folder.
    pub(super) fn into_folder(self, view: View<'_>, folder: &Path) -> anyhow::Result<()> {
        let unfinished = Unfinished::of(folder)?;
        let beside = &unfinished.beside;
        create_private_folder(beside)?;
        for (index, file) in self.files.iter().enumerate() {
            let raw = view.raw(file.received)?;
            let bytes = parse::attachment(&raw, file.part).filter(|bytes| Digest::of(bytes) == file.sha256);
            let bytes =
                bytes.with_context(|| format!("the file {} can no longer be read", print::clean(&file.filename)))?;
            create_private_file(&beside.join(file_name(index, file)))?.write_all(&bytes)?;
        }
        let described = serde_json::to_string_pretty(&self.described())?;
        create_private_file(&beside.join("request.json"))?.write_all(described.as_bytes())?;
        unfinished.name_folder()?;
        let files = print::count(self.files.len() as u64, "file");
        print::text(&format!("{} with {files} written to {}", self.request.number, folder.display()))
    }
}

fn described(index: usize, file: &SentFile) -> Value {
    json!({
        "path": file_name(index, file), "name": file.filename, "message": file.received, "content_type": file.content_type,
        "size": file.size, "sha256": file.sha256,
    })
}

/// The name in the folder: numbered, since several messages may have files of the same name.
fn file_name(index: usize, file: &SentFile) -> String {
    format!("{:03} {}", index + 1, file.filename)
}
