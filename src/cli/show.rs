//! `show`: prints one request with its messages, e-mails and events.

use std::process::ExitCode;

use anyhow::bail;
use serde_json::json;

use crate::model::{
    Change, Disposition, EmailAddress, Event, FileFacts, Participant, Request, RequestNumber, Visibility,
};
use crate::store::{AttachmentRow, ComplaintRow, EntryRow, LetterRow, ReceivedRow, View};

use super::{Globals, history, print};

/// Arguments of `show`.
#[derive(clap::Args)]
pub struct Args {
    /// The request: OTK-1042
    number: String,
    /// Show whole texts, including quoted history
    #[arg(long)]
    full: bool,
}

/// A request with all rows that belong to it.
struct RequestDetails {
    request: Request,
    messages: Vec<ReceivedRow>,
    entries: Vec<EntryRow>,
    files: Vec<AttachmentRow>,
    letters: Vec<LetterRow>,
    events: Vec<Event>,
    complaints: Vec<ComplaintRow>,
}

/// Shows a request.
pub fn run(globals: &Globals, args: &Args) -> anyhow::Result<ExitCode> {
    let number = super::request_number(&args.number)?;
    let reader = globals.reader()?;
    let details = details(reader.view(), &number)?;
    if globals.json {
        print::json(&json!({
            "request": details.request,
            "messages": details.messages,
            "entries": details.entries,
            "attachments": details.files,
            "emails": details.letters,
            "events": details.events,
        }))?;
    } else {
        print::report(&lines(&details, args.full))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn details(view: View<'_>, number: &RequestNumber) -> anyhow::Result<RequestDetails> {
    let Some(request) = view.request(number)? else {
        if view.gaps()?.iter().any(|gap| gap.desk == number.desk && (gap.first..=gap.last).contains(&number.number)) {
            bail!("{number} may have been given before a restore; its request is not known (see `maildesk search`)");
        }
        bail!("there is no request {number} (see `maildesk list`)");
    };
    let messages = view.received_of(number)?;
    let files = messages.iter().map(|m| view.attachments(m.id)).collect::<Result<Vec<_>, _>>()?;
    Ok(RequestDetails {
        request,
        messages,
        entries: view.entries(number)?,
        files: files.into_iter().flatten().collect(),
        letters: view.letters_of(number)?,
        events: view.events(number)?,
        complaints: view.complaints()?,
    })
}

fn lines(details: &RequestDetails, full: bool) -> String {
    let request = &details.request;
    let people: Vec<String> = {
        let is_silenced = |email: &EmailAddress| details.complaints.iter().any(|complaint| complaint.address == *email);
        let person = |person: &Participant| history::person(person, is_silenced(&person.email));
        request.participants.iter().map(person).collect()
    };
    let mut lines = vec![format!("{}  {}", request.number, print::clean(&request.subject))];
    lines.extend(history::standing(request));
    lines.push(format!("opened {}, changed {}", print::local(request.opened_at), print::local(request.changed_at)));
    let is_forgotten = details.events.iter().any(|event| matches!(event.change, Change::Forgotten { .. }));
    let nobody = if is_forgotten { "forgotten" } else { "unknown" };
    lines.push(format!("requester {}", if people.is_empty() { nobody.to_owned() } else { people.join(", ") }));
    lines.extend(request.progress.erased_at.map(print::erased));
    for message in &details.messages {
        lines.push(String::new());
        lines.extend(message_with_text(details, message, full));
    }
    if !details.letters.is_empty() {
        lines.push("\ne-mails".to_owned());
        lines.extend(details.letters.iter().flat_map(letter_lines));
    }
    lines.push("\nevents".to_owned());
    lines.extend(history::events(&details.events));
    lines.join("\n")
}

/// A message with its disposition, proof and text.
fn message_with_text(details: &RequestDetails, message: &ReceivedRow, full: bool) -> Vec<String> {
    let files: Vec<AttachmentRow> = details.files.iter().filter(|f| f.received == message.id).cloned().collect();
    let mut lines = message_lines(message, &files);
    let is_held = message.disposition == Some(Disposition::Held);
    let caused = details.events.iter().find(|event| event.received == Some(message.id));
    let proof = caused.map(|event| event.proof.as_str()).or(is_held.then_some("none"));
    if let Some(proof) = proof {
        lines.insert(1, format!("  proof: {}", print::clean(proof)));
    }
    let entry = details.entries.iter().find(|entry| entry.received == message.id);
    if let Some(entry) = entry.filter(|_| message.erased_at.is_none()) {
        if entry.visibility == Visibility::Internal {
            lines.push("  internal: not visible to the requester".to_owned());
        }
        let text = if full { entry.text.clone() } else { entry.shown() };
        lines.push(String::new());
        lines.extend(print::clean_lines(text.trim()).lines().map(|line| format!("    {line}").trim_end().to_owned()));
    }
    lines
}

/// A message's disposition with reasons, defects and files.
pub fn message_lines(message: &ReceivedRow, files: &[AttachmentRow]) -> Vec<String> {
    let request = message.request.as_ref().map(|number| format!(" {number}")).unwrap_or_default();
    let mut lines = vec![format!(
        "message {}, {}, from {}: {}{request}",
        message.id,
        print::local(message.accepted_at),
        if message.sender.is_empty() { "nobody who could be written to" } else { &message.sender },
        message.outcome(),
    )];
    lines.extend(message.erased_at.map(|at| format!("  {}", print::erased(at))));
    lines.extend(message.reasons.iter().map(|reason| format!("  because {}", print::clean(reason))));
    lines.extend(message.defects.iter().map(|defect| format!("  defect: {}", print::clean(defect))));
    if let Some(stated) = message.server_size.filter(|stated| *stated != message.size) {
        lines.push(format!("  its server stated {stated} bytes, and it has {}", message.size));
    }
    if !message.trouble.is_empty() {
        lines.push(format!("  trouble: {}", print::clean(&message.trouble)));
    }
    lines.extend(files.iter().flat_map(file_lines));
    lines
}

/// A file, with the command that saves it.
fn file_lines(file: &AttachmentRow) -> Vec<String> {
    let mut lines = file_summary(file);
    lines[0] = format!("  {}; maildesk attachment {} {}", lines[0], file.received, file.position);
    lines[1..].iter_mut().for_each(|line| line.insert_str(0, "    "));
    lines
}

/// A file on a line of its own; below it facts read from it, and what is suspicious about it.
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
        about.push("also in other messages of this sender, so taken for a logo".to_owned());
    }
    more.extend(attachment.verdict.iter().map(|verdict| format!("note: {verdict}")));
    let first = format!("file {}: {} ({})", file.position, attachment.filename, about.join(", "));
    std::iter::once(&first).chain(&more).filter(|line| !line.is_empty()).map(|line| print::clean(line)).collect()
}

/// The names in an archive, and how many more files it has.
fn archive_list(count: u64, files: &[(String, u64)]) -> String {
    let mut listed: Vec<String> = files.iter().map(|(name, size)| format!("{name} ({})", print::size(*size))).collect();
    let unnamed = count.saturating_sub(files.len() as u64);
    if unnamed > 0 {
        listed.push(format!("and {unnamed} more"));
    }
    listed.join(", ")
}

/// An e-mail, and below it the server's answer.
fn letter_lines(letter: &LetterRow) -> Vec<String> {
    let at = print::brief(letter.ended_at.unwrap_or(letter.created_at));
    let answer = Some(format!("    {}", print::clean(&letter.answer))).filter(|_| !letter.answer.is_empty());
    let line = format!("  e-mail {}, {at}, {} to {}: {}", letter.id, letter.kind, letter.recipient, letter.state);
    let erased = letter.erased_at.map(|at| format!("    {}", print::erased(at)));
    std::iter::once(line).chain(answer).chain(erased).collect()
}
