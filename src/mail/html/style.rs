//! Reads styles and attributes: visibility, margins, quotes, signatures, image names, link addresses.

use std::borrow::Cow;
use std::sync::LazyLock;

use html5ever::tokenizer::Tag;
use regex::{Captures, Regex};

use crate::mail::pattern;

/// The longest address shown after a link's text, in bytes.
const LONGEST_LINK: usize = 160;

/// An attribute's value.
pub fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| &*a.value)
}

/// Whether the element with all its content is invisible: not displayed, hidden for Outlook, of no size, or off the page.
pub fn is_hidden(tag: &Tag) -> bool {
    if attribute(tag, "hidden").is_some() {
        return true;
    }
    attribute(tag, "style").is_some_and(|style| {
        let style = compact(style);
        HIDDEN.is_match(&style)
            || OFF_PAGE.is_match(&style)
            || NO_SIZE.is_match(&style) && style.contains("overflow:hidden")
    })
}

/// What a style sheet says of a class, by rules such as `.preheader { display: none }` or `td.log { white-space: pre }`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClassStyle {
    /// Whether elements of the class are invisible.
    pub hidden: bool,
    /// What it sets for white space; None: nothing.
    pub white_space: Option<WhiteSpace>,
}

/// The classes of a style sheet that hide their elements or keep white space; at-rules (`@media` for printers and phones) do
/// not count.
pub fn classes(sheet: &str) -> Vec<(String, ClassStyle)> {
    let mut classes = Vec::new();
    let mut conditional = false;
    for rule in sheet.split('}') {
        let Some((selectors, body)) = rule.split_once('{') else {
            conditional = false;
            continue;
        };
        conditional |= selectors.trim_start().starts_with('@');
        let body = compact(body);
        let style = ClassStyle { hidden: HIDDEN.is_match(&body), white_space: declared_white_space(&body) };
        if conditional || style == ClassStyle::default() {
            continue;
        }
        let simple = selectors.split(',').filter_map(|s| s.trim().split_once('.')).map(|(_, class)| class);
        let plain = simple.filter(|c| c.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
        classes.extend(plain.map(|class| (class.to_owned(), style)));
    }
    classes
}

/// Whether the element sets the font size to nothing that can be read; None: it does not set the size.
pub fn is_sizeless(tag: &Tag) -> Option<bool> {
    if &*tag.name == "font" && attribute(tag, "size").is_some() {
        return Some(false);
    }
    let style = compact(attribute(tag, "style")?);
    let found = FONT_SIZE.captures(&style)?;
    // A keyword such as `large` has no number.
    let Some(size) = found.get(1).and_then(|size| size.as_str().parse::<f32>().ok()) else { return Some(false) };
    let least = match found.get(2).map_or("", |unit| unit.as_str()) {
        "px" | "pt" => 1.0,
        "em" | "rem" => 0.1,
        "%" => 5.0,
        _ => 0.0,
    };
    Some(size <= least)
}

/// Whether white space and line ends of an element's text are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum WhiteSpace {
    /// Neither: runs of white space are one space.
    #[default]
    Collapsed,
    /// Line ends only.
    Lines,
    /// Both.
    Kept,
}

/// What the element sets for white space; None: it sets nothing.
pub fn white_space(tag: &Tag) -> Option<WhiteSpace> {
    attribute(tag, "style").and_then(|style| declared_white_space(&compact(style)))
}

/// The last declaration of `white-space` in a compact style.
fn declared_white_space(style: &str) -> Option<WhiteSpace> {
    WHITE_SPACE.captures_iter(style).last().map(|found| match &found[1] {
        "pre" | "pre-wrap" | "break-spaces" | "preserve" => WhiteSpace::Kept,
        "pre-line" | "preserve-breaks" => WhiteSpace::Lines,
        _ => WhiteSpace::Collapsed,
    })
}

/// Whether a paragraph has no margin, so that no blank line separates it from the one above, as in Outlook.
pub fn is_tight(tag: &Tag) -> bool {
    attribute(tag, "class").is_some_and(|class| class.starts_with("Mso") || class.contains(" Mso"))
        || attribute(tag, "style").is_some_and(has_no_bottom_margin)
}

/// Whether a style sets the margin below to nothing: `margin-bottom`, or the third of the sides of `margin`, else the first.
fn has_no_bottom_margin(style: &str) -> bool {
    let lower: String = style.chars().take(2_000).flat_map(char::to_lowercase).collect();
    let declared = lower.split(';').filter_map(|declaration| declaration.split_once(':'));
    let mut bottom = declared.filter_map(|(name, value)| match name.trim() {
        "margin-bottom" => value.split_whitespace().next().map(str::to_owned),
        "margin" => {
            let sides: Vec<&str> = value.split_whitespace().filter(|side| !side.starts_with('!')).collect();
            sides.get(2).or(sides.first()).map(|&side| side.to_owned())
        }
        _ => None,
    });
    bottom.next_back().is_some_and(|value| {
        let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, '!' | '%'));
        number.parse::<f32>().is_ok_and(|length| length.abs() < 0.5)
    })
}

/// Whether a `blockquote` only indents and quotes nothing: «increase indent» of Gmail and Outlook.
pub fn is_indent(tag: &Tag) -> bool {
    let cited =
        attribute(tag, "type").is_some_and(|t| t.eq_ignore_ascii_case("cite")) || attribute(tag, "cite").is_some();
    let quoted = attribute(tag, "class").is_some_and(|class| class.contains("quote"));
    !cited && !quoted && attribute(tag, "style").is_some_and(|style| INDENT.is_match(&compact(style)))
}

/// Whether the mail client marked the element as a signature.
pub fn is_signature(tag: &Tag) -> bool {
    let class = attribute(tag, "class").unwrap_or_default();
    let id = attribute(tag, "id").unwrap_or_default();
    class
        .split_ascii_whitespace()
        .any(|c| matches!(c, "gmail_signature" | "moz-signature" | "protonmail_signature_block"))
        || matches!(
            id,
            "Signature"
                | "AppleMailSignature"
                | "ms-outlook-mobile-signature"
                | "mail-editor-reference-message-signature"
        )
}

/// The name of a picture: its `alt` text, else its Content-ID. None: invisible (such as a tracking pixel), or without a name.
pub fn image_name(tag: &Tag) -> Option<String> {
    let one_pixel = |name| attribute(tag, name).is_some_and(|v| matches!(v.trim().trim_end_matches("px"), "0" | "1"));
    let style = attribute(tag, "style").map(compact).unwrap_or_default();
    if one_pixel("width") || one_pixel("height") || PIXEL.is_match(&style) || is_hidden(tag) {
        return None;
    }
    let alt = attribute(tag, "alt").unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    if !alt.is_empty() {
        return Some(alt.chars().take(200).collect());
    }
    let cid = attribute(tag, "src")?.strip_prefix("cid:")?;
    Some(cid.split('@').next().unwrap_or(cid).chars().take(100).collect())
}

/// The address to show after a link's text. None: it equals the text, only tracks, is too long, or is no web or mail address.
pub fn shown_address(href: &str, text: &str) -> Option<String> {
    let href = href.trim();
    if let Some(address) = href.get(..7).filter(|s| s.eq_ignore_ascii_case("mailto:")).map(|s| &href[s.len()..]) {
        let address = address.split('?').next().unwrap_or(address);
        let named = text.to_lowercase().contains(&address.to_lowercase());
        return (!named && address.contains('@')).then(|| address.to_owned());
    }
    if !WEB.is_match(href) || href.len() > LONGEST_LINK || TRACKING.is_match(href) || bare(href) == bare(text) {
        return None;
    }
    Some(href.to_owned())
}

/// A web address without scheme, `www.` and closing slash, for comparison.
fn bare(address: &str) -> String {
    let lower = address.trim().to_lowercase();
    let rest = lower.split_once("://").map_or(&*lower, |(_, rest)| rest);
    rest.trim_start_matches("www.").trim_end_matches(['/', '…']).to_owned()
}

/// A style in lower case without white space, comments and escapes (CSS Syntax); at most its first 2,000 characters.
pub fn compact(style: &str) -> String {
    let style: String = style.chars().take(2_000).collect();
    let style = if style.contains("/*") { COMMENT.replace_all(&style, "") } else { Cow::Borrowed(style.as_str()) };
    let escaped = |found: &Captures<'_>| {
        u32::from_str_radix(&found[1], 16).ok().and_then(char::from_u32).map(String::from).unwrap_or_default()
    };
    let style = if style.contains('\\') { ESCAPE.replace_all(&style, escaped) } else { style };
    style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)/\*.*?\*/"));
static ESCAPE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\\([0-9a-fA-F]{1,6})\s?"));
static HIDDEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|mso-hide:all|opacity:0?(?:\.0+)?(?:$|[;!%])|text-indent:-\d{3}|clip:rect\((?:0|1px)|clip-path:(?:inset\((?:50|100)%|circle\(0)|transform:(?:scale[xy]?\(0\)|translate[xy]?\(-\d{3})|filter:opacity\(0)",
    )
});
/// Off the page: moved by hundreds of pixels up or to the left.
static OFF_PAGE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|;)(?:left|top|margin-left|margin-top):-\d{3}|(?:^|;)(?:right|bottom):\d{4}"));
static NO_SIZE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|;)(?:max-)?(?:height|width):[01](?:px|pt)?(?:$|[;!])"));
static WHITE_SPACE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|;)white-space(?:-collapse)?:([a-z-]+)"));
static FONT_SIZE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|;)font-size:([\d.]+)(px|pt|em|rem|%|;|!|$)|(?:^|;)font-size:[a-z]"));
static INDENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|;)border(?:-left)?:(?:none|0)|^margin-left:\d+p[xt];?$"));
static PIXEL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|;)(?:width|height):[01](?:px)?(?:$|[;!])"));
static WEB: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:https?|ftp)://"));
static TRACKING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^https?://(?:(?:[\w-]+\.)*(?:click|clicks|track|tracking|trk|trck|links?|lnk|email|e|go|r|t|mandrillapp|list-manage|sendgrid|safelinks|urldefense|awstrack|mailtrack|hubspotlinks|klclick\d?)\.)|/(?:ls|wf|f|tr|e)/(?:click|cl|open|o|c)\b|[?&](?:upn|mc_[ce]id|_hsenc|trk|utm_source)=",
    )
});
