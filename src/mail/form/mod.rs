//! Takes from the form of a whole message the form of its words: of what alignment and the removal of tags and signature have
//! left of its text.
//!
//! A line of the form is kept where its letters and digits, and its brackets, are the next ones of the words. All of the words
//! must be found so, in their order, and nothing else: then what is shown with its form says the same as the plain text, to the
//! letter. Marks of lists, addresses behind links and names of pictures may stand in the words, and need not. Time is linear.

mod words;

#[cfg(test)]
mod tests;

use crate::mail::words::scrub;
use crate::model::{BlockKind, Form, FormBlock, FormLine, FormLink, FormSpan, LeftOut, PictureSource};
use words::{WordPosition, WordStream, significant};

/// Longer words have no form, in bytes: a letter shows them as plain text.
const LONGEST: usize = 80_000;

/// The form of a message's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormedWords {
    /// The words.
    pub words: String,
    /// Their form; `None` where it is no other than that of plain text, or does not agree with the words.
    pub form: Option<Form>,
    /// What was left out in them.
    pub left_out: Vec<LeftOut>,
    /// The parts of the message with the pictures that stand in them; `None` where the form of the message does not agree with them.
    pub pictures: Option<Vec<u32>>,
}

/// Finds the words in the form of the whole message. `is_desk` says whether an address is that of a desk: what leads there looks
/// like a button of ours, and would ask what a stranger has prepared. `are_pictures_named`: the text of the message names each
/// picture in its place, so that one which the words do not name is not theirs.
pub fn of_words(form: &Form, words: &str, are_pictures_named: bool, is_desk: impl Fn(&str) -> bool) -> FormedWords {
    let words = words.to_owned();
    let Some((kept, mut left_out)) = Picker::new(form, WordStream::of(&words), are_pictures_named).pick() else {
        let told = |what: &LeftOut| *what == LeftOut::HiddenText;
        let left_out = form.lines.iter().flat_map(|line| &line.left_out).copied().find(told);
        return FormedWords { words, left_out: left_out.into_iter().collect(), ..FormedWords::default() };
    };
    let form = with_safe_links(kept, &form.links, is_desk, &mut left_out);
    let pictures = form.pictures().collect();
    left_out.sort_unstable();
    left_out.dedup();
    let has_form = !form.is_plain() && words.len() <= LONGEST;
    FormedWords { words, form: Some(form).filter(|_| has_form), left_out, pictures: Some(pictures) }
}

/// Keeps the links that are used and lead neither to a desk nor anywhere with a key of ours.
fn with_safe_links(
    mut lines: Vec<FormLine>,
    links: &[FormLink],
    is_desk: impl Fn(&str) -> bool,
    left_out: &mut Vec<LeftOut>,
) -> Form {
    let mut kept: Vec<FormLink> = Vec::new();
    let mut places: Vec<Option<Option<u32>>> = vec![None; links.len()];
    for span in lines.iter_mut().flat_map(|line| &mut line.spans) {
        let Some(at) = span.link.map(|at| at as usize) else { continue };
        let Some(link) = links.get(at) else {
            span.link = None;
            continue;
        };
        span.link = *places[at].get_or_insert_with(|| {
            if link.href.strip_prefix("mailto:").is_some_and(&is_desk) {
                left_out.push(LeftOut::DeskLink);
                return None;
            }
            let is_clean = scrub(&link.href) == link.href;
            is_clean.then(|| {
                kept.push(link.clone());
                u32::try_from(kept.len() - 1).unwrap_or(u32::MAX)
            })
        });
    }
    Form { lines, links: kept }
}

/// Walks through the lines of a form and the words side by side.
struct Picker<'f> {
    form: &'f Form,
    stream: WordStream,
    are_pictures_named: bool,
    kept: Vec<FormLine>,
    left_out: Vec<LeftOut>,
    /// Lines without words since the last line with some.
    pending: Vec<FormLine>,
    /// Whether the last line with words was kept; `None` before the first.
    was_kept: Option<bool>,
    /// The quotation that the last kept line stands in.
    quotes: Vec<FormBlock>,
    last_id: u32,
}

/// A line that was compared with the words.
enum Compared {
    /// It holds nothing that could be compared: it is blank, or has a picture that the words do not name.
    Silent,
    /// It is the next of the words: what is kept of it, and where the words go on.
    Next(FormLine, WordPosition),
    /// It is none of the words, or nothing is left of it.
    Other,
}

impl<'f> Picker<'f> {
    fn new(form: &'f Form, stream: WordStream, are_pictures_named: bool) -> Self {
        let last_id = form.lines.iter().flat_map(|line| &line.blocks).map(|block| block.id).max().unwrap_or(0);
        Self {
            form,
            stream,
            are_pictures_named,
            kept: Vec::new(),
            left_out: Vec::new(),
            pending: Vec::new(),
            was_kept: None,
            quotes: Vec::new(),
            last_id,
        }
    }

    fn pick(mut self) -> Option<(Vec<FormLine>, Vec<LeftOut>)> {
        let mut at = WordPosition::default();
        let form = self.form;
        for line in &form.lines {
            match self.compare(line, at) {
                Compared::Silent => self.pending.push(line.clone()),
                Compared::Next(kept, next) => {
                    self.keep(kept, at);
                    at = next;
                }
                Compared::Other => {
                    // What is hidden below the words stands before whatever follows them.
                    if self.was_kept == Some(true) {
                        let below = self.pending.iter().chain([line]);
                        self.left_out.extend(below.flat_map(|line| &line.left_out));
                    }
                    self.pending.clear();
                    self.was_kept = Some(false);
                }
            }
        }
        if self.was_kept == Some(true) {
            let last = self.pending.iter().rposition(|line| !line.spans.is_empty()).map_or(0, |last| last + 1);
            let blank = self.pending.split_off(last);
            self.left_out.extend(blank.iter().flat_map(|line| &line.left_out));
            self.flush();
        }
        (self.stream.is_end(at) && !self.kept.is_empty()).then_some((self.kept, self.left_out))
    }

    fn keep(&mut self, mut line: FormLine, at: WordPosition) {
        match self.was_kept {
            Some(true) | None => self.flush(),
            Some(false) if self.kept.is_empty() => {}
            Some(false) => self.kept.push(FormLine::default()),
        }
        self.left_out.append(&mut line.left_out);
        // Whether it is a quotation, the words say.
        let depth = self.stream.quotes(at);
        if depth != self.quotes.len() || self.was_kept == Some(false) {
            self.quotes = (0..depth).map(|_| self.next_quote()).collect();
        }
        self.place(&mut line);
        self.kept.push(line);
        self.pending.clear();
        self.was_kept = Some(true);
    }

    fn next_quote(&mut self) -> FormBlock {
        self.last_id += 1;
        FormBlock { kind: BlockKind::Quote, id: self.last_id }
    }

    fn place(&self, line: &mut FormLine) {
        line.blocks.retain(|block| block.kind != BlockKind::Quote);
        line.blocks.splice(0..0, self.quotes.iter().copied());
    }

    fn flush(&mut self) {
        for mut line in std::mem::take(&mut self.pending) {
            self.left_out.append(&mut line.left_out);
            self.place(&mut line);
            self.kept.push(line);
        }
    }

    fn compare(&self, line: &FormLine, at: WordPosition) -> Compared {
        let is_silent = line.spans.iter().all(|span| match span.picture {
            None => !span.text.contains(significant),
            Some(_) if self.are_pictures_named => false,
            Some(_) => self.stream.skipped(at, &span.text).is_none(),
        });
        if is_silent {
            return Compared::Silent;
        }
        let is_in_cell = line.blocks.iter().any(|block| block.kind.is_cell());
        let may_begin = self.stream.is_boundary(at) || is_in_cell && self.was_kept == Some(true);
        if !may_begin {
            return Compared::Other;
        }
        let number = line.blocks.iter().rev().find_map(|block| match block.kind {
            BlockKind::Item(number) => number,
            _ => None,
        });
        let behind_number = number.and_then(|number| self.stream.skipped(at, &number.to_string()));
        let ways = behind_number.into_iter().chain([at]);
        for way in ways {
            if let Some((kept, end)) = self.compared_from(line, way)
                && (self.stream.is_boundary(end) || is_in_cell)
            {
                return match kept.spans.iter().all(|span| span.text.trim().is_empty() && span.picture.is_none()) {
                    true => Compared::Other,
                    false => Compared::Next(kept, end),
                };
            }
        }
        Compared::Other
    }

    /// The line as far as the words have it, from a place in the words on; `None` where it has other letters.
    fn compared_from(&self, line: &FormLine, mut at: WordPosition) -> Option<(FormLine, WordPosition)> {
        let mut spans: Vec<FormSpan> = Vec::with_capacity(line.spans.len());
        // Inside of a bracket that the words do not have.
        let mut in_bracket = false;
        for (index, span) in line.spans.iter().enumerate() {
            if span.picture.is_some() {
                match self.stream.skipped(at, &span.text) {
                    Some(behind) => at = behind,
                    None if self.are_pictures_named => return None,
                    None => {}
                }
                spans.push(span.clone());
                continue;
            }
            let mut text = String::with_capacity(span.text.len());
            for c in span.text.chars() {
                if in_bracket {
                    in_bracket = c != ']';
                } else if !significant(c) {
                    text.push(c);
                } else if let Some(next) = self.stream.next(at, c) {
                    at = next;
                    text.push(c);
                } else if c == '[' {
                    in_bracket = true;
                } else {
                    return None;
                }
            }
            spans.push(FormSpan { text, ..span.clone() });
            let ends_link = span.link.is_some() && line.spans.get(index + 1).and_then(|next| next.link) != span.link;
            if let Some(link) = span.link.filter(|_| ends_link).and_then(|at| self.form.links.get(at as usize)) {
                // As it was written, as it is read, and a mail address without its scheme and what was ready.
                let address = |href: &'f str| href.split_once(':').map_or(href, |(_, rest)| rest).split('?').next();
                let targets = [Some(link.raw.as_str()), Some(&link.href), address(&link.raw), address(&link.href)];
                let behind = targets.into_iter().flatten().find_map(|target| self.stream.skipped(at, target));
                at = behind.unwrap_or(at);
            }
        }
        let is_cut = spans.iter().zip(&line.spans).any(|(kept, whole)| kept.text.len() != whole.text.len());
        if is_cut && let Some(first) = spans.first_mut() {
            // What stood between a tag and the words, as in `[note]: …`.
            first.text = first.text.trim_start_matches([' ', '\u{a0}', ':', ',', ';']).to_owned();
        }
        (!in_bracket).then(|| (FormLine { spans, ..line.clone() }, at))
    }
}

/// The parts of the message whose pictures stand in a form.
pub fn pictures(form: &Form) -> impl Iterator<Item = u32> + '_ {
    let spans = form.lines.iter().flat_map(|line| &line.spans);
    spans.filter_map(|span| match span.picture {
        Some(PictureSource::Part(part)) => Some(part),
        _ => None,
    })
}
