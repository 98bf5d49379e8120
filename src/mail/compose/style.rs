//! The styles of the HTML part. None sets colours of text and background together, so that dark mode works.

/// The whole page.
pub const BODY: &str = "margin:0;padding:12px;max-width:640px;font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;\
                        font-size:16px;line-height:1.5;overflow-wrap:break-word;word-wrap:break-word";
/// A paragraph.
pub const PARAGRAPH: &str = "margin:0 0 14px";
/// The first words, for lists of mail.
pub const PREHEADER: &str = "margin:0 0 4px;color:#888;font-size:14px";
/// The cut line.
pub const CUT: &str = "margin:0 0 18px;padding:0 0 6px;border-bottom:1px solid #bbb;color:#888;font-size:14px";
/// A quotation.
pub const QUOTE: &str = "margin:0 0 14px;padding:0 0 0 10px;border-left:3px solid #bbb";
/// A quotation within a quotation is older mail, so it is grey.
pub const INNER_QUOTE: &str = "margin:0 0 14px;padding:0 0 0 10px;border-left:3px solid #bbb;color:#888";
/// The signature.
pub const SIGNATURE: &str = "margin:22px 0 0;color:#888;font-size:14px";
/// A link that is pressed as a button.
pub const BUTTON: &str = "display:inline-block;padding:9px 16px;border:1px solid #1f6feb;border-radius:6px;color:#1f6feb;text-decoration:none";
/// Text in letters of one width, whose long lines are wrapped.
pub const PREFORMATTED: &str =
    "margin:0 0 14px;font-family:Consolas,Menlo,monospace;font-size:14px;white-space:pre-wrap";
/// A paragraph below which, or above which, lines stand that are none.
pub const FORM_PARAGRAPH: &str = "margin:14px 0";
/// A list.
pub const LIST: &str = "margin:14px 0;padding:0 0 0 24px";
/// A list within an item or cell.
pub const INNER_LIST: &str = "margin:0;padding:0 0 0 24px";
/// A table.
pub const TABLE: &str = "margin:14px 0;border-collapse:collapse";
/// A line across the letter.
pub const LINE: &str = "margin:18px 0 14px;border:0;border-top:1px solid #bbb";
/// The title of what stands below it.
pub const HEADING: &str = "margin:0 0 6px;font-size:16px;font-weight:bold;line-height:1.4";
/// The table of what is known of a request.
pub const FACTS: &str = "margin:0 0 14px;border-collapse:collapse";
/// What a fact is. It stays on one line: the column is as wide as the widest.
pub const FACT_LABEL: &str =
    "padding:1px 12px 1px 0;font-weight:normal;text-align:left;vertical-align:top;white-space:nowrap";
/// A fact's value. Long addresses are broken, so that a phone shows the table without being moved.
pub const FACT_VALUE: &str = "padding:1px 0;text-align:left;vertical-align:top;word-break:break-word";
/// Buttons in a row.
pub const BUTTONS: &str = "margin:0 0 8px";
/// One of several buttons in a row.
pub const ROW_BUTTON: &str = "display:inline-block;margin:0 6px 6px 0;padding:6px 12px;border:1px solid #1f6feb;border-radius:6px;color:#1f6feb;text-decoration:none";
/// A cell of a table.
pub const CELL: &str = "padding:4px 8px;border:1px solid #bbb;text-align:left;vertical-align:top";
/// Code within a line.
pub const CODE: &str = "font-family:Consolas,Menlo,monospace;font-size:14px";
/// A picture in its place.
pub const PICTURE: &str = "max-width:100%;height:auto";
