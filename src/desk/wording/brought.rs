//! What a notification shows of the message that it is about: its words, what is set apart from them, its files.

use crate::model::policy::Absence;
use crate::model::{
    ASIDE_LINE, Ask, Attachment, Defect, Digest, EntryHead, ForwardedMail, Language, MessageProtection, SentFile,
    ShortName, SimilarRequest, readable_size,
};

use super::engineer::ToEngineer;
use super::history::Extent;
use super::tags::asks_in_words;
use super::text::{and_more, in_quotation_marks, mask_cut_lines, one_line, pick, with_round_brackets};

/// How many defects of a message are named at most.
const MAX_DEFECTS: usize = 5;

/// How many attachments are named at most; of more, the rest are only counted.
const MAX_FILES: usize = 20;

/// The contents of the message that a notification is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brought<'a> {
    /// Who wrote it, as shown to engineers; empty if it is not to be shown.
    pub author: &'a str,
    /// Whether an engineer wrote it, as their proof shows.
    pub is_by_engineer: bool,
    /// Its subject, where its author has changed that; `None` where it says nothing new.
    pub subject: Option<&'a str>,
    /// Its new text, without quotations.
    pub words: &'a str,
    /// The mail that its author forwards; `None` where they forward none.
    pub forwarded: Option<&'a ForwardedMail>,
    /// Its author's signature, set apart from the words.
    pub signature: &'a str,
    /// Earlier conversation that came with the words and that the reader may not have.
    pub earlier: &'a str,
    /// How it is protected, where that matters for its reading.
    pub protection: Option<MessageProtection>,
    /// What was guessed or repaired to read it, and what is wrong with it.
    pub defects: &'a [Defect],
    /// Its files that are attached to the notification.
    pub files: &'a [SentFile],
    /// The files of the message as they were read.
    pub attachments: &'a [Attachment],
    /// How many pictures are not attached because the reader has had them.
    pub left_out: u32,
    /// The messages of the request before this one, the newest first.
    pub history: &'a [EntryHead],
    /// How much of them is shown.
    pub extent: Extent,
    /// Files of the request that come along, as far as the reader has not had them.
    pub earlier_files: &'a [SentFile],
    /// Which files engineers have had.
    pub had: &'a [(ShortName, Digest)],
    /// The text of the message that opened the request, and how many messages the request has; `None` if neither is shown.
    pub summary: Option<(&'a str, u32)>,
    /// The asks of its author's tags that were carried out.
    pub executed: &'a [Ask],
    /// Earlier requests that resemble a new one; none where none is shown.
    pub similar: &'a [SimilarRequest],
    /// That the request's assignee is away.
    pub away: Option<&'a Absence>,
}

/// The author's name and the text, with what is set apart below lines; empty if there is no text.
pub(super) fn message(language: Language, brought: &Brought<'_>) -> String {
    let earlier = pick(language, "Более ранняя переписка, как она пришла:", "Earlier conversation, as it came:");
    let mut parts = vec![brought.words.to_owned()];
    parts.extend(Some(brought.signature).filter(|text| !text.is_empty()).map(|text| format!("{ASIDE_LINE}\n{text}")));
    parts.extend(
        Some(brought.earlier).filter(|text| !text.is_empty()).map(|text| format!("{ASIDE_LINE}\n{earlier}\n\n{text}")),
    );
    parts.retain(|part| !part.is_empty());
    let words = mask_cut_lines(&parts.join("\n\n"));
    let author = one_line(brought.author, 200);
    let said = match (author.is_empty(), words.is_empty()) {
        (_, true) => String::new(),
        (true, false) => words,
        (false, false) => pick(language, format!("Пишет {author}:\n\n{words}"), format!("{author} writes:\n\n{words}")),
    };
    let said = match brought.subject.map(|subject| with_round_brackets(&one_line(subject, 200))) {
        Some(subject) => {
            let subject = in_quotation_marks(language, &subject);
            let line = pick(language, format!("Новая тема: {subject}"), format!("New subject: {subject}"));
            if said.is_empty() { line } else { format!("{line}\n\n{said}") }
        }
        None => said,
    };
    let forwarded = brought.forwarded.map(|mail| forwarded(language, mail)).unwrap_or_default();
    [said, forwarded].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// A forwarded mail: who wrote it and when, its subject, its words.
fn forwarded(language: Language, mail: &ForwardedMail) -> String {
    let from = mail.from.as_ref().map(|from| match (from.name.as_str(), from.address.as_str()) {
        (name, "") => name.to_owned(),
        ("", address) => address.to_owned(),
        (name, address) => format!("{name} <{address}>"),
    });
    let parts = [from.unwrap_or_default(), mail.date.clone(), mail.subject.clone()];
    let parts: Vec<String> = parts.iter().map(|part| one_line(part, 200)).filter(|part| !part.is_empty()).collect();
    let title = pick(language, "Переслано письмо", "Forwarded message");
    let heading = format!("{title}: {}", with_round_brackets(&parts.join(", ")));
    format!("{}\n\n{}", heading.trim_end_matches([':', ' ']), mask_cut_lines(&mail.words))
}

/// How the message was read, the attachments, the pictures that are not attached, and what the tags did, one line each.
pub(super) fn extras(to: &ToEngineer<'_>, brought: &Brought<'_>) -> String {
    let language = to.language;
    let mut lines: Vec<String> =
        brought.protection.map(|found| protection(language, found).to_owned()).into_iter().collect();
    // What is known of its protection is said above, in the reader's language.
    let said = brought.protection.map(|protection| protection.to_string());
    let is_told = |defect: &&Defect| said.as_ref() != Some(&defect.0);
    let defects: Vec<String> =
        brought.defects.iter().filter(is_told).take(MAX_DEFECTS).map(|defect| one_line(&defect.0, 200)).collect();
    if !defects.is_empty() {
        let defects = defects.join("; ");
        lines.push(pick(
            language,
            format!("Как прочитано это письмо: {defects}"),
            format!("How this message was read: {defects}"),
        ));
    }
    if !brought.files.is_empty() {
        let name = |file: &SentFile| {
            let name = one_line(&file.filename, 100);
            let is_torn = brought.attachments.iter().any(|read| read.is_torn && read.sha256 == file.sha256);
            let torn = if is_torn { pick(language, ", не целиком", ", not whole") } else { "" };
            format!("{name} ({}{torn})", readable_size(language, file.size))
        };
        let mut names: Vec<String> = brought.files.iter().take(MAX_FILES).map(name).collect();
        names.extend(and_more(language, brought.files.len(), MAX_FILES));
        let names = names.join(", ");
        lines.push(pick(language, format!("Вложения: {names}"), format!("Attachments: {names}")));
    }
    if brought.left_out > 0 {
        let count = brought.left_out;
        lines.push(pick(
            language,
            format!("Не приложено картинок, которые у Вас уже есть: {count}"),
            format!("Pictures not attached because you already have them: {count}"),
        ));
    }
    if !brought.executed.is_empty() {
        let asks = asks_in_words(language, to.desk, brought.executed);
        lines.push(pick(language, format!("Выполнено по тегам: {asks}"), format!("Carried out by tags: {asks}")));
    }
    lines.join("\n")
}

/// The sentence that a message is encrypted, or signed in a way that we do not check.
fn protection(language: Language, protection: MessageProtection) -> &'static str {
    match protection {
        MessageProtection::SignedUnchecked => pick(
            language,
            "Письмо подписано электронной подписью (S/MIME). Подпись не проверялась.",
            "The message has a digital signature (S/MIME). The signature was not checked.",
        ),
        MessageProtection::EncryptedSmime | MessageProtection::EncryptedPgp => pick(
            language,
            "Письмо зашифровано, и прочитать его здесь нельзя. Оно приложено как есть. Попросите прислать текст без шифрования.",
            "The message is encrypted and cannot be read here. It is attached as it came. Ask for the text without encryption.",
        ),
    }
}
