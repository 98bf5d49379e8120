//! `show`: one request with everything that is known about it.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use crate::model::{Event, FileFacts, Participant, Request, RequestNumber};
use crate::store::{AttachmentRow, EntryRow, LetterRow, ReceivedRow, View};

use super::{Globals, print};

/// What `show` takes.
#[derive(clap::Args)]
pub struct Args {
    /// The request: OTK-1042
    number: String,
    /// Show whole texts, with quoted history
    #[arg(long)]
    full: bool,
}

/// All that belongs to a request.
struct Story {
    request: Request,
    messages: Vec<ReceivedRow>,
    entries: Vec<EntryRow>,
    files: Vec<AttachmentRow>,
    letters: Vec<LetterRow>,
    events: Vec<Event>,
}

/// Shows a request.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let number = RequestNumber::parse(&args.number)?;
    let reader = globals.reader()?;
    let story = story(reader.view(), &number)?;
    if globals.json {
        print::json(&json!({
            "request": story.request,
            "messages": story.messages,
            "entries": story.entries,
            "attachments": story.files,
            "letters": story.letters,
            "events": story.events,
        }))?;
    } else {
        print::text(&lines(&story, args.full))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn story(view: View<'_>, number: &RequestNumber) -> anyhow::Result<Story> {
    let request =
        view.request(number)?.with_context(|| format!("there is no request {number} (see `maildesk list`)"))?;
    let messages = view.received_of(number)?;
    let files = messages.iter().map(|m| view.attachments(m.id)).collect::<Result<Vec<_>, _>>()?;
    Ok(Story {
        request,
        messages,
        entries: view.entries(number)?,
        files: files.into_iter().flatten().collect(),
        letters: view.letters_of(number)?,
        events: view.events(number)?,
    })
}

fn lines(story: &Story, full: bool) -> String {
    let request = &story.request;
    let people: Vec<String> = request.participants.iter().map(person).collect();
    let mut lines = vec![
        format!("{}  {}", request.number, print::clean(&request.subject)),
        format!(
            "phase {}, opened {}, changed {}",
            request.standing.phase,
            print::local(request.opened_at),
            print::local(request.changed_at)
        ),
        format!("requester {}", if people.is_empty() { "unknown".to_owned() } else { people.join(", ") }),
    ];
    if !request.linked.is_empty() {
        let linked: Vec<String> = request.linked.iter().map(ToString::to_string).collect();
        lines.push(format!("linked {}", linked.join(", ")));
    }
    for message in &story.messages {
        let files: Vec<AttachmentRow> = story.files.iter().filter(|f| f.received == message.id).cloned().collect();
        lines.push(format!("\n{}", message_lines(message, &files)));
        if let Some(entry) = story.entries.iter().find(|entry| entry.received == message.id) {
            let text = if full { &entry.text } else { &entry.reply_text };
            lines.push(String::new());
            lines.extend(
                print::clean_lines(text.trim()).lines().map(|line| format!("    {line}").trim_end().to_owned()),
            );
        }
    }
    if !story.letters.is_empty() {
        lines.push("\nletters".to_owned());
        lines.extend(story.letters.iter().map(letter_line));
    }
    lines.push("\nevents".to_owned());
    lines.extend(story.events.iter().map(event_line));
    lines.join("\n")
}

fn person(participant: &Participant) -> String {
    let proven = if participant.proven { " (has answered a letter of ours)" } else { "" };
    match print::clean(&participant.name) {
        name if name.is_empty() => format!("{}{proven}", participant.email),
        name => format!("{name} <{}>{proven}", participant.email),
    }
}

/// A message's fate, its reasons, defects and files.
pub fn message_lines(message: &ReceivedRow, files: &[AttachmentRow]) -> String {
    let fate = message.disposition.as_deref().unwrap_or(&message.state);
    let request = message.request.as_ref().map(|number| format!(" {number}")).unwrap_or_default();
    let mut lines = vec![format!(
        "message {}, {}, from {}: {fate}{request}",
        message.id,
        print::local(message.accepted_at),
        if message.sender.is_empty() { "nobody who could be written to" } else { &message.sender },
    )];
    lines.extend(message.reasons.iter().map(|reason| format!("  because {}", print::clean(reason))));
    lines.extend(message.defects.iter().map(|defect| format!("  defect: {}", print::clean(defect))));
    if !message.trouble.is_empty() {
        lines.push(format!("  trouble: {}", print::clean(&message.trouble)));
    }
    lines.extend(files.iter().flat_map(file_lines));
    lines.join("\n")
}

/// A file and how to get it.
fn file_lines(file: &AttachmentRow) -> Vec<String> {
    let mut lines = file_summary(file);
    lines[0] = format!("  {}; maildesk attachment {} {}", lines[0], file.received, file.position);
    lines[1..].iter_mut().for_each(|line| line.insert_str(0, "    "));
    lines
}

/// A file, on a line of its own; then what was read in it, and what is off about it.
pub fn file_summary(file: &AttachmentRow) -> Vec<String> {
    let attachment = &file.attachment;
    let mut about = vec![attachment.content_type.clone(), print::size(attachment.size)];
    let mut more = Vec::new();
    match &attachment.facts {
        Some(FileFacts::Picture { width, height }) => about.push(format!("{width}x{height}")),
        Some(FileFacts::Log { encoding, lines, first, last, errors, first_error }) => {
            about.extend([format!("log of {}", print::count(*lines, "line")), encoding.clone()]);
            more.push(format!("{first} to {last}, {} of errors", print::count(*errors, "line")));
            more.extend(first_error.iter().map(|line| format!("first error: {line}")));
        }
        Some(FileFacts::Archive { count, unpacked, files }) => {
            about.push(format!("{}, {} unpacked", print::count(*count, "file"), print::size(*unpacked)));
            more.push(archive_list(*count, files));
        }
        None => {}
    }
    if file.is_logo {
        about.push("in other messages of this sender too: a signature's logo".to_owned());
    }
    more.extend(attachment.verdict.iter().map(|verdict| format!("note: {verdict}")));
    let first = format!("file {}: {} ({})", file.position, attachment.filename, about.join(", "));
    std::iter::once(&first).chain(&more).filter(|line| !line.is_empty()).map(|line| print::clean(line)).collect()
}

/// The files of an archive that are known by name, and how many more there are.
fn archive_list(count: u64, files: &[(String, u64)]) -> String {
    let mut listed: Vec<String> = files.iter().map(|(name, size)| format!("{name} ({})", print::size(*size))).collect();
    let unnamed = count.saturating_sub(files.len() as u64);
    if unnamed > 0 {
        listed.push(format!("and {unnamed} more"));
    }
    listed.join(", ")
}

fn letter_line(letter: &LetterRow) -> String {
    let answer = if letter.answer.is_empty() { String::new() } else { format!(": {}", print::clean(&letter.answer)) };
    let at = print::local(letter.ended_at.unwrap_or(letter.created_at));
    format!("  letter {}, {at}, {} to {}: {}{answer}", letter.id, letter.kind, letter.recipient, letter.state)
}

fn event_line(event: &Event) -> String {
    let change = serde_json::to_value(&event.change).unwrap_or_default();
    let name = change.get("change").and_then(|name| name.as_str()).unwrap_or_default().replace('_', " ");
    let cause = event.received.map(|id| format!(", message {id}")).unwrap_or_default();
    format!("  {}  {name} by {} (proof: {}{cause})", print::local(event.at), event.who, event.proof)
}
