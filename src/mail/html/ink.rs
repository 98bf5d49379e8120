//! The colours of text and of what it stands on: text of the colour of its ground is not seen.

use std::sync::LazyLock;

use html5ever::tokenizer::Tag;
use regex::Regex;

use super::style::{attribute, compact};
use crate::mail::pattern;

/// Red, green and blue.
type Rgb = [u8; 3];

/// Colours that differ by this much or less look the same.
const SAME: u8 = 8;

/// The colours that text is written in.
#[derive(Clone, Copy, Debug)]
pub struct Ink {
    /// The colour of the text; `None` where it is not known.
    text: Option<Rgb>,
    /// Whether the text has no colour at all.
    is_transparent: bool,
    /// The colour below it; `None` where that is not known, as with a picture or a class.
    ground: Option<Rgb>,
}

impl Default for Ink {
    fn default() -> Self {
        Self { text: Some([0; 3]), is_transparent: false, ground: Some([255; 3]) }
    }
}

impl Ink {
    /// The colours inside of an element. `class_has_ground`: a style sheet may give it a ground.
    pub fn inside(self, tag: &Tag, class_has_ground: bool) -> Self {
        let style = attribute(tag, "style").map(compact).unwrap_or_default();
        let mut ink = self;
        if class_has_ground && attribute(tag, "class").is_some() {
            ink.ground = None;
        }
        if let Some(ground) = attribute(tag, "bgcolor") {
            ink.ground = rgb(&compact(ground));
        }
        if attribute(tag, "background").is_some() {
            ink.ground = None;
        }
        for declared in GROUND.captures_iter(&style) {
            match &declared[1] {
                "transparent" | "inherit" | "initial" | "none" | "unset" => {}
                value => ink.ground = rgb(value),
            }
        }
        let font = attribute(tag, "color").filter(|_| &*tag.name == "font").map(compact);
        let declared = TEXT.captures_iter(&style).map(|declared| declared[1].to_owned());
        for value in font.into_iter().chain(declared) {
            match value.trim_end_matches("!important") {
                "inherit" => {}
                "transparent" => ink.is_transparent = true,
                value => (ink.text, ink.is_transparent) = (rgb(value), false),
            }
        }
        ink
    }

    /// Whether text in these colours is not seen.
    pub fn is_unseen(self) -> bool {
        let is_same = |text: Rgb, ground: Rgb| text.iter().zip(ground).all(|(a, b)| a.abs_diff(b) <= SAME);
        self.is_transparent || self.text.zip(self.ground).is_some_and(|(text, ground)| is_same(text, ground))
    }
}

/// A colour of CSS or HTML; `None` where it is of another kind than the common ones.
fn rgb(value: &str) -> Option<Rgb> {
    let value = value.trim_end_matches("!important");
    if let Some(named) = NAMED.iter().find(|(name, _)| *name == value) {
        return Some(named.1);
    }
    if let Some(parts) = value.strip_prefix("rgb").map(|rest| rest.trim_start_matches('a')) {
        let mut parts = parts.trim_matches(['(', ')']).split(',').map(|part| part.parse().ok());
        return Some([parts.next()??, parts.next()??, parts.next()??]);
    }
    let digits = value.strip_prefix('#').unwrap_or(value);
    let digits: Vec<u8> =
        digits.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    match digits[..] {
        [r, g, b] => Some([r * 17, g * 17, b * 17]),
        [r, rr, g, gg, b, bb] => Some([r * 16 + rr, g * 16 + gg, b * 16 + bb]),
        _ => None,
    }
}

const NAMED: [(&str, Rgb); 6] = [
    ("white", [255; 3]),
    ("black", [0; 3]),
    ("snow", [255, 250, 250]),
    ("ivory", [255, 255, 240]),
    ("whitesmoke", [245; 3]),
    ("ghostwhite", [248, 248, 255]),
];

/// A background's colour as far as it is one; a picture or gradient is a value of another kind.
static GROUND: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|;)background(?:-color|-image)?:([^;]*)"));
static TEXT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|;)(?:color|-webkit-text-fill-color):([^;]*)"));
