//! The form of a message's text: the paragraphs, quotes, lists, tables, emphasis, links and pictures that its author made, and
//! nothing else of the HTML that it came as.

use serde::{Deserialize, Serialize};
use strum::Display;

use super::ReceivedId;

/// A text with its form, line by line. It holds no markup: HTML is written from it, whatever it was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The lines from top to bottom.
    pub lines: Vec<FormLine>,
    /// The links that the spans name by their position.
    pub links: Vec<FormLink>,
}

impl Form {
    /// The form of plain text: its lines, without any.
    pub fn of_plain(text: &str) -> Self {
        let spans = |line: &str| match line.trim_end() {
            "" => Vec::new(),
            line => vec![FormSpan { text: line.to_owned(), ..FormSpan::default() }],
        };
        let lines = text.lines().map(|line| FormLine { spans: spans(line), ..FormLine::default() });
        Self { lines: lines.collect(), links: Vec::new() }
    }

    /// Puts another text below this one.
    pub fn append(&mut self, below: Self) {
        let ids = self.lines.iter().flat_map(|line| &line.blocks).map(|block| block.id);
        let (first_id, first_link) = (ids.max().map_or(0, |last| last + 1), self.links.len() as u32);
        self.lines.extend(below.lines.into_iter().map(|mut line| {
            line.blocks.iter_mut().for_each(|block| block.id += first_id);
            line.spans.iter_mut().for_each(|span| span.link = span.link.map(|link| link + first_link));
            line
        }));
        self.links.extend(below.links);
    }

    /// Whether it is no more than lines, paragraphs and quotations, which plain text shows as well.
    pub fn is_plain(&self) -> bool {
        let is_plain = |span: &FormSpan| span.emphasis.is_none() && span.link.is_none() && span.picture.is_none();
        let is_simple = |block: &FormBlock| matches!(block.kind, BlockKind::Paragraph | BlockKind::Quote);
        self.lines.iter().all(|line| line.spans.iter().all(is_plain) && line.blocks.iter().all(is_simple))
    }

    /// The parts of the message with the pictures that stand in it.
    pub fn pictures(&self) -> impl Iterator<Item = u32> {
        let spans = self.lines.iter().flat_map(|line| &line.spans);
        spans.filter_map(|span| if let Some(PictureSource::Part(part)) = &span.picture { Some(*part) } else { None })
    }

    /// Finds the pictures in their message: the part with each Content-ID. Of one that is not there its words are left.
    pub fn place_pictures(&mut self, part: impl Fn(&str) -> Option<u32>) {
        for span in self.lines.iter_mut().flat_map(|line| &mut line.spans) {
            if let Some(PictureSource::ContentId(id)) = &span.picture {
                span.picture = part(id).map(PictureSource::Part);
            }
        }
    }
}

/// A line of a text, and what it stands in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormLine {
    /// The blocks around it, the outermost first.
    #[serde(rename = "in", default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<FormBlock>,
    /// Its text; empty in a blank line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<FormSpan>,
    /// What was left out in it or before it.
    #[serde(skip)]
    pub left_out: Vec<LeftOut>,
}

/// One block around a line; lines that share its id stand in the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormBlock {
    /// What it is.
    pub kind: BlockKind,
    /// Which of its kind it is.
    pub id: u32,
}

/// The kinds of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// A paragraph, set apart from the text above and below.
    Paragraph,
    /// A quotation.
    Quote,
    /// A list with bullets.
    Bullets,
    /// A numbered list, from this number on.
    Numbers(u32),
    /// An item of the list around it; the number where the list is numbered.
    Item(Option<u32>),
    /// Text whose spaces and line ends are kept, in letters of one width.
    Preformatted,
    /// A table.
    Table,
    /// A row of the table around it.
    Row,
    /// A cell of the row around it.
    Cell,
    /// A cell that is a heading.
    HeadingCell,
}

impl BlockKind {
    /// Whether it is a cell of a table.
    pub fn is_cell(self) -> bool {
        matches!(self, Self::Cell | Self::HeadingCell)
    }

    /// Whether it is a table or a part of one.
    pub fn is_of_table(self) -> bool {
        self.is_cell() || matches!(self, Self::Table | Self::Row)
    }
}

/// A piece of a line whose text has one form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormSpan {
    /// Its text; of a picture the words that stand in its place where it is not shown.
    #[serde(rename = "t")]
    pub text: String,
    /// How it is emphasised.
    #[serde(rename = "e", default, skip_serializing_if = "Emphasis::is_none")]
    pub emphasis: Emphasis,
    /// Its link, as a position in the form's links; `None` where it is none.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub link: Option<u32>,
    /// The part of the message with the picture that stands here; `None` where none does.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureSource>,
}

/// Where a picture in a text comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureSource {
    /// By its Content-ID (RFC 2392), while the message is read.
    ContentId(String),
    /// The attachment of the message with this part number.
    Part(u32),
}

/// How text is emphasised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Emphasis {
    /// Bold.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bold: bool,
    /// Italic.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub italic: bool,
    /// Code, in letters of one width.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub code: bool,
    /// Struck through.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub struck: bool,
}

impl Emphasis {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A link of a text: a whole address with the scheme http, https, mailto (the address alone) or tel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormLink {
    /// The address.
    pub href: String,
    /// The address as its author wrote it, which the text may repeat.
    #[serde(skip)]
    pub raw: String,
    /// The host or mail address behind it, to be shown to whoever must judge it.
    pub host: String,
    /// Whether its words name another host or address: then they are no link, and it is shown behind them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub misleads: bool,
}

/// The words of a message with their form, to be put into a letter in whose text they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageForm {
    /// The message.
    pub received: ReceivedId,
    /// Its words, as the letter's text has them.
    pub words: String,
    /// Their form.
    pub form: Form,
}

/// What is left out of a text that is passed on.
///
/// `Display` writes it as a defect names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Display)]
pub enum LeftOut {
    /// Text that its reader would not see.
    #[strum(to_string = "hidden text")]
    HiddenText,
    /// A picture that would be fetched from elsewhere when the message is read.
    #[strum(to_string = "a picture from the web")]
    RemotePicture,
    /// A script.
    #[strum(to_string = "a script")]
    Script,
    /// A frame, a drawing or another embedded object.
    #[strum(to_string = "an embedded object")]
    Embedded,
    /// A field or button of a form.
    #[strum(to_string = "a form")]
    FormField,
    /// A link with a ready e-mail: its address is kept.
    #[strum(to_string = "the ready text of a mail link")]
    ReadyMail,
    /// A link to an address of a desk.
    #[strum(to_string = "a mail link to the desk")]
    DeskLink,
    /// A link that is neither of the web, mail nor telephone.
    #[strum(to_string = "a link that leads nowhere safe")]
    UnsafeLink,
    /// Characters that reverse the direction of writing, by which text can look like other text.
    #[strum(to_string = "marks that reverse the direction of text")]
    DirectionMarks,
}
