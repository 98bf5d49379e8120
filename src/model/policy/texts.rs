//! The texts that a desk can define itself: templates with named fields in braces.

use strum::{Display, VariantArray};

use crate::model::{Language, words_of_cut_lines};

/// The longest text of a desk, in characters: enough for a letter, and no file given by mistake.
const MAX_LENGTH: usize = 5_000;

/// The name of a text, in letters to customers, that a desk can define itself; `Display` writes its key in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Display, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum TextName {
    /// The acknowledgement of a new request.
    Acknowledgement,
    /// The paragraph that tells that a request is answered.
    Done,
    /// The paragraph that asks for more information.
    NeedInfo,
    /// The paragraph that tells that a request is closed.
    Closed,
    /// The notice that a request will soon be closed automatically.
    ClosingSoon,
    /// The signature.
    Signature,
}

/// A field of a text, whose value differs from letter to letter; `Display` writes the name between the braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
#[strum(serialize_all = "snake_case")]
pub enum Field {
    /// The number of the request.
    Number,
    /// The customer's subject, if it may be repeated.
    Subject,
    /// The label of the status.
    Status,
    /// The desk's name.
    Desk,
    /// The desk's address.
    Address,
    /// A sentence with the number and size of the attachments that arrived.
    Attachments,
    /// The attachments that arrived: to known customers by name and size, else as [`Field::Attachments`].
    Files,
    /// A sentence that promises until when the first answer comes; empty where nothing is promised.
    Deadline,
    /// Who answers: the engineer's name for customers, else the desk's.
    Engineer,
    /// The day on which the request will be closed automatically; empty where it is not.
    Day,
}

impl TextName {
    /// The fields that the text can have.
    pub fn fields(self) -> &'static [Field] {
        match self {
            TextName::Acknowledgement => &[
                Field::Number,
                Field::Subject,
                Field::Attachments,
                Field::Files,
                Field::Deadline,
                Field::Desk,
                Field::Address,
            ],
            TextName::Done | TextName::NeedInfo | TextName::Closed => &[
                Field::Number,
                Field::Subject,
                Field::Status,
                Field::Engineer,
                Field::Day,
                Field::Desk,
                Field::Address,
            ],
            TextName::ClosingSoon => &[Field::Number, Field::Subject, Field::Day, Field::Desk, Field::Address],
            TextName::Signature => &[Field::Desk, Field::Address],
        }
    }

    /// The fields that the text must have: customers need the number to refer to their request.
    fn required(self) -> &'static [Field] {
        match self {
            TextName::ClosingSoon => &[Field::Number, Field::Day],
            TextName::Signature => &[],
            _ => &[Field::Number],
        }
    }
}

/// A text with fields that can be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<TemplatePiece>);

/// A piece of a template: fixed words, or a field.
#[derive(Clone, Debug, PartialEq, Eq)]
enum TemplatePiece {
    Words(String),
    Field(Field),
}

impl Template {
    /// Reads a text with its fields in braces.
    ///
    /// # Errors
    /// Every fault and its remedy, with the number of the line, from 1.
    pub fn parse(text: &str, name: TextName) -> Result<Self, Vec<(usize, String)>> {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let text = text.trim_end();
        let mut wrong = Vec::new();
        let mut pieces = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let mut note = |problem: String| wrong.push((index + 1, problem));
            if index > 0 {
                pieces.push(TemplatePiece::Words("\n".to_owned()));
            }
            read_line(line, name, &mut pieces, &mut note);
            for problem in misleading(line) {
                note(problem.to_owned());
            }
        }
        if text.trim().is_empty() {
            wrong.push((1, "is empty; write the text, or remove the key".to_owned()));
        } else if text.chars().count() > MAX_LENGTH {
            wrong.push((1, format!("is longer than {MAX_LENGTH} characters; shorten it")));
        } else {
            let lacks = name.required().iter().filter(|field| !pieces.contains(&TemplatePiece::Field(**field)));
            wrong.extend(lacks.map(|field| (1, format!("does not name {{{field}}}; add {{{field}}}"))));
        }
        if wrong.is_empty() { Ok(Self(pieces)) } else { Err(wrong) }
    }

    /// The text with its fields in braces, as it was written.
    pub fn source(&self) -> String {
        self.fill(|field| format!("{{{field}}}"))
    }

    /// The text with these values in place of its fields.
    pub fn fill(&self, value: impl Fn(Field) -> String) -> String {
        let piece = |piece: &TemplatePiece| match piece {
            TemplatePiece::Words(words) => words.clone(),
            TemplatePiece::Field(field) => value(*field),
        };
        self.0.iter().map(piece).collect()
    }
}

/// Appends the pieces of one line, and reports its faults to `note`.
fn read_line(line: &str, name: TextName, pieces: &mut Vec<TemplatePiece>, note: &mut impl FnMut(String)) {
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((word, behind)) = behind.split_once('}').filter(|_| !before.contains('}')) else { break };
        pieces.push(TemplatePiece::Words(before.to_owned()));
        match name.fields().iter().find(|field| field.to_string() == word) {
            Some(field) => pieces.push(TemplatePiece::Field(*field)),
            None => {
                let known: Vec<String> = name.fields().iter().map(|field| format!("{{{field}}}")).collect();
                note(format!("there is no field {{{word}}} in this text; use {}", known.join(", ")));
            }
        }
        rest = behind;
    }
    if rest.contains(['{', '}']) {
        note("a brace stands alone; braces are for fields such as {number}, leave others out".to_owned());
    }
    pieces.push(TemplatePiece::Words(rest.to_owned()));
}

/// The faults of a line that readers, or we in a reply, would take for something else: the cut line, a rule, tags.
pub fn misleading(line: &str) -> Vec<&'static str> {
    let lower = line.to_lowercase();
    let mut found = Vec::new();
    if words_of_cut_lines().iter().any(|words| lower.contains(words)) {
        found.push("holds our line above which answers are written; only letters to engineers have it, leave it out");
    }
    if line.contains("———") || line.contains("────") {
        found.push("holds a rule as ours between an answer and what we add; leave it out");
    }
    if line.replace("[{number}]", "").contains(['[', ']']) {
        found.push("holds a square bracket, which subjects have tags in; only [{number}] may stand here, use ( and )");
    }
    if line.chars().any(|c| c.is_control() && c != '\t') {
        found.push("holds a control character; save it as plain UTF-8 text");
    }
    found
}

/// The texts that a desk defines itself, by name and language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnTexts(Vec<(TextName, Language, Template)>);

impl OwnTexts {
    /// Adds a text.
    pub fn add(&mut self, name: TextName, language: Language, template: Template) {
        self.0.push((name, language, template));
    }

    /// The desk's own text; `None` if the built-in one is used.
    pub fn get(&self, name: TextName, language: Language) -> Option<&Template> {
        self.0.iter().find(|(own, own_language, _)| (*own, *own_language) == (name, language)).map(|(.., text)| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_filled_and_nothing_in_their_values_is_read_again() {
        let text = "\u{feff}Запрос {number}: {status}.\r\n\r\nТема «{subject}», номер в теме: [{number}]\r\n\r\n";
        let template = Template::parse(text, TextName::Done).unwrap();
        let filled = template.fill(|field| match field {
            Field::Subject => "{number} {x}".to_owned(),
            field => field.to_string().to_uppercase(),
        });
        assert_eq!(filled, "Запрос NUMBER: STATUS.\n\nТема «{number} {x}», номер в теме: [NUMBER]");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_remedy() {
        for (text, name, told) in [
            ("", TextName::Done, "1: is empty; write"),
            (" \n\n", TextName::Signature, "1: is empty; write"),
            ("Готово.", TextName::Done, "1: does not name {number}; add {number}"),
            ("{number}", TextName::ClosingSoon, "1: does not name {day}; add {day}"),
            ("{number}\n{nummer}", TextName::Closed, "2: there is no field {nummer} in this text; use {number}, "),
            ("{number} {attachments}", TextName::Closed, "1: there is no field {attachments}"),
            ("{number} {", TextName::Closed, "1: a brace stands alone"),
            ("{number} }", TextName::Closed, "1: a brace stands alone"),
            ("} {number}", TextName::Closed, "1: a brace stands alone"),
            ("{number}\n\nОтвет пишите выше этой строки", TextName::Closed, "3: holds our line"),
            ("{number}\nReply above this line!", TextName::Closed, "2: holds our line"),
            ("{number}\n———", TextName::Closed, "2: holds a rule"),
            ("{number} [done]", TextName::Closed, "1: holds a square bracket"),
            ("{desk}\n\u{1b}[31m", TextName::Signature, "2: holds a square bracket"),
            ("{desk}\n\u{7}", TextName::Signature, "2: holds a control character"),
            (&"ё".repeat(MAX_LENGTH + 1), TextName::Signature, "1: is longer than"),
        ] {
            let wrong = Template::parse(text, name).unwrap_err();
            let told_all: Vec<String> = wrong.iter().map(|(line, problem)| format!("{line}: {problem}")).collect();
            assert!(told_all.iter().any(|one| one.starts_with(told)), "{text:?}: {told_all:?}");
            assert!(told_all.iter().all(|one| one.contains("; ")), "{told_all:?}");
        }
    }
}
