//! `export`: one request with its history and files, for another tracker. Without notes unless they are asked for, and never with
//! anything by which somebody could act as an engineer.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::flow;
use crate::mail::{parse, words};
use crate::model::{Digest, Request, RequestNumber, SentFile, Visibility};
use crate::store::{EntryRow, View};

use super::{Globals, print};

/// What `export` takes.
#[derive(clap::Args)]
#[command(
    after_help = "json: what is known of the request; with --output, a folder with request.json and the files beside it.\n\
                        text: the correspondence as people read it.\n\
                        mbox: the messages of its requester and our letters to them, as they came and went."
)]
pub struct Args {
    /// The request: OTK-1042
    number: String,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Json, value_name = "FORMAT")]
    format: Format,
    /// Where to: a new folder for json, a new file otherwise; standard output by default
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// With internal notes, and what came from outside
    #[arg(long)]
    with_notes: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Mbox,
    Text,
}

/// What is exported of a request.
struct Export {
    request: Request,
    entries: Vec<EntryRow>,
    files: Vec<SentFile>,
    events: Vec<Value>,
}

/// Exports a request.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let number = RequestNumber::parse(&args.number)?;
    let reader = globals.reader()?;
    let view = reader.view();
    if args.format == Format::Mbox {
        if args.with_notes {
            bail!("the messages of engineers hold what proves who they are: notes are exported as json or text only");
        }
        let bytes = mbox(view, &number)?;
        written(args.output.as_deref(), &bytes)?;
        return Ok(ExitCode::SUCCESS);
    }
    let export = gathered(view, &number, args.with_notes)?;
    match (args.format, &args.output) {
        (Format::Text, output) => written(output.as_deref(), text(&export).as_bytes())?,
        (_, None) => print::json(&described(&export))?,
        (_, Some(folder)) => into_folder(view, &export, folder)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn gathered(view: View<'_>, number: &RequestNumber, with_notes: bool) -> anyhow::Result<Export> {
    let request =
        view.request(number)?.with_context(|| format!("there is no request {number} (see `maildesk list`)"))?;
    let mut entries = view.history(number)?;
    entries.retain(|entry| with_notes || entry.visibility == Visibility::Correspondence);
    for entry in &mut entries {
        entry.text = words::scrub(&entry.text);
        entry.reply_text = words::scrub(&entry.reply_text);
    }
    let files = if with_notes { view.files(number)? } else { view.files_of_correspondence(number)? };
    let events = view.events(number)?;
    let events = events.iter().map(|event| json!({ "at": event.at, "who": event.who, "change": event.change }));
    Ok(Export { request, entries, files, events: events.collect() })
}

fn described(export: &Export) -> Value {
    let files: Vec<Value> = export.files.iter().enumerate().map(|(index, file)| described_file(index, file)).collect();
    json!({ "request": export.request, "entries": export.entries, "files": files, "events": export.events })
}

fn described_file(index: usize, file: &SentFile) -> Value {
    json!({
        "path": file_name(index, file), "name": file.filename, "message": file.received, "content_type": file.content_type,
        "size": file.size, "sha256": file.sha256,
    })
}

/// Numbered, since several messages may bring files of one name.
fn file_name(index: usize, file: &SentFile) -> String {
    format!("{:03} {}", index + 1, file.filename)
}

fn into_folder(view: View<'_>, export: &Export, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (index, file) in export.files.iter().enumerate() {
        let raw = view.raw(file.received)?;
        let bytes = parse::attachment(&raw, file.part).filter(|bytes| Digest::of(bytes) == file.sha256);
        let bytes = bytes.with_context(|| format!("{} can no longer be read", print::clean(&file.filename)))?;
        new_file(&folder.join(file_name(index, file)), &bytes)?;
    }
    let json = serde_json::to_string_pretty(&described(export))?;
    new_file(&folder.join("request.json"), json.as_bytes())?;
    let files = print::count(export.files.len() as u64, "file");
    print::text(&format!("{} with {files} written to {}", export.request.number, folder.display()))
}

fn text(export: &Export) -> String {
    let request = &export.request;
    let mut lines = vec![
        format!("{}: {}", request.number, request.subject),
        format!("{} ({}), opened {}", request.standing.status, request.standing.phase, print::local(request.opened_at)),
    ];
    lines.extend(request.progress.erased_at.map(print::erased));
    for entry in &export.entries {
        let note = if entry.visibility == Visibility::Internal { " (internal)" } else { "" };
        lines.push(format!("\n--- {}, {}{note}\n{}", print::local(entry.at), entry.author, entry.reply_text.trim()));
    }
    if !export.files.is_empty() {
        let file = |file: &SentFile| format!("  {} ({})", file.filename, print::size(file.size));
        lines.push(format!("\nfiles\n{}", export.files.iter().map(file).collect::<Vec<_>>().join("\n")));
    }
    format!("{}\n", print::clean_lines(&lines.join("\n")))
}

/// What the requester has sent as it came, and our letters as they went; engineers' messages hold tokens and stay here.
fn mbox(view: View<'_>, number: &RequestNumber) -> anyhow::Result<Vec<u8>> {
    let request =
        view.request(number)?.with_context(|| format!("there is no request {number} (see `maildesk list`)"))?;
    let is_party = |address: &str| request.participants.iter().any(|person| person.email.as_str() == address);
    let mut messages = Vec::new();
    if let Some(at) = request.progress.erased_at {
        eprintln!("maildesk: {number}: {}", print::erased(at));
    }
    for entry in view.history(number)?.iter().filter(|entry| entry.visibility == Visibility::Correspondence) {
        if is_party(&entry.author) && !view.is_erased(entry.received)? {
            messages.push((entry.at, entry.author.clone(), view.raw(entry.received)?));
        }
    }
    for row in view
        .letters_of(number)?
        .iter()
        .filter(|row| row.state == "sent" && row.erased_at.is_none() && is_party(&row.recipient))
    {
        if let Some(letter) = view.letter(row.id)?.filter(|letter| letter.draft.engineer.is_none()) {
            let bytes = flow::render(view, &letter)?;
            messages.push((row.created_at, letter.draft.from.address.clone(), bytes));
        }
    }
    messages.sort_by_key(|(at, ..)| *at);
    let mut mbox = Vec::new();
    for (at, from, raw) in messages {
        let day = at.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).strftime("%a %b %e %H:%M:%S %Y");
        mbox.extend(format!("From {from} {day}\n").into_bytes());
        mbox.extend(quoted(&raw));
    }
    Ok(mbox)
}

/// Lines end with LF, and one that begins as a separator does gets another `>` (mboxrd).
fn quoted(raw: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(raw.len());
    for line in raw.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        if line[marks..].starts_with(b"From ") {
            lines.push(b'>');
        }
        lines.extend_from_slice(line);
        lines.push(b'\n');
    }
    lines
}

fn written(output: Option<&Path>, bytes: &[u8]) -> anyhow::Result<()> {
    match output {
        Some(path) => new_file(path, bytes),
        None => print::bytes(bytes),
    }
}

/// An existing file is never overwritten.
fn new_file(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = file.with_context(|| format!("cannot write {}", path.display()))?;
    Ok(file.write_all(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_line_of_a_message_parts_it_from_the_next() {
        let raw = b"Subject: x\r\n\r\nFrom here on\r\n>From there\r\nfrom\r\n";
        assert_eq!(String::from_utf8_lossy(&quoted(raw)), "Subject: x\n\n>From here on\n>>From there\nfrom\n\n");
    }
}
