use super::*;
use crate::mail::html;

/// The words with their form, in a notation of their own: blocks as `p( …)`, emphasis as `*…*`, links as `{…|address}`.
fn shown(html: &str, words: &str) -> String {
    let (_, form) = html::read(html);
    let formed = of_words(&form, words, true, |address| address == "support@example.org");
    let left_out: String = formed.left_out.iter().map(|what| format!(" !{what}")).collect();
    let Some(form) = formed.form else { return format!("-{left_out}") };
    let line = |line: &FormLine| {
        let blocks: String = line.blocks.iter().map(|block| format!("{:?} ", block.kind)).collect();
        let span = |span: &FormSpan| {
            let text = if span.emphasis.is_none() { span.text.clone() } else { format!("*{}*", span.text) };
            match span.link.map(|link| &form.links[link as usize].href) {
                Some(href) => format!("{{{text}|{href}}}"),
                None => text,
            }
        };
        format!("{blocks}{}", line.spans.iter().map(span).collect::<String>())
    };
    format!("{}{left_out}", form.lines.iter().map(line).collect::<Vec<_>>().join("\n"))
}

#[test]
fn the_form_is_that_of_the_words_alone() {
    for (name, html, words, expected) in [
        ("emphasis", "<p>Please <b>restart</b> it</p>", "Please restart it", "Paragraph Please *restart* it"),
        (
            "marks of a mail program",
            "<p>Please <b>restart</b> it</p>",
            "Please *restart* it",
            "Paragraph Please *restart* it",
        ),
        ("wrapped lines", "<p>Please <b>restart</b> it</p>", "Please\nrestart it", "Paragraph Please *restart* it"),
        (
            "what follows is quoted",
            "<div>It <i>works</i></div><div class=gmail_quote>Anna wrote:<blockquote>It does <b>not</b></blockquote></div>",
            "It works",
            "It *works*",
        ),
        (
            "an answer between quoted lines",
            "<blockquote type=cite><p>How?</p></blockquote><p>So: <b>x</b></p><blockquote type=cite><p>Why?</p></blockquote>",
            "> How?\n\nSo: x",
            "Quote Paragraph How?\nParagraph So: *x*",
        ),
        ("a tag on a line of its own", "<p>[done]</p><p>It <b>prints</b></p>", "It prints", "Paragraph It *prints*"),
        ("a tag before the words", "<p>[note]: it <b>prints</b></p>", "it prints", "Paragraph it *prints*"),
        (
            "lists",
            "<ol><li>one<li><b>two</b></ol><ul><li>three</ul>",
            "1. one\n2. two\n\n- three",
            "Numbers(1) Item(Some(1)) one\nNumbers(1) Item(Some(2)) *two*\nBullets Item(None) three",
        ),
        (
            "a table",
            "<table><tr><th>a<th>b<tr><td>1<td><tr><td>2<td>3</table>",
            "a | b\n1\n2 | 3",
            "Table Row HeadingCell a\nTable Row HeadingCell b\nTable Row Cell 1\nTable Row Cell \nTable Row Cell 2\nTable Row Cell 3",
        ),
        ("a table of one column lays out", "<table><tr><td><b>a</b><tr><td>b</table>", "a\nb", "*a*\nb"),
        (
            "a link, with its address in the words and without",
            "<p>See <a href='https://example.org/a'>this</a>.</p><p>And <a href='https://example.org/b'>that</a></p>",
            "See this <https://example.org/a>.\n\nAnd that",
            "Paragraph See {this|https://example.org/a}.\nParagraph And {that|https://example.org/b}",
        ),
        (
            "links to the desk",
            "<p><b>x</b> <a href='mailto:support@example.org?subject=[OTK-1 close]'>Press</a></p>",
            "x Press",
            "Paragraph *x* Press !the ready text of a mail link !a mail link to the desk",
        ),
        ("other words", "<p>Please <b>stop</b> it</p>", "Please restart it", "-"),
        ("more words", "<p>Please <b>stop</b></p>", "Please stop it", "-"),
        ("fewer words", "<p>Please <b>do not</b> stop</p>", "Please stop", "-"),
        ("no form", "<p>Please</p><p>stop</p>", "Please\n\nstop", "-"),
        (
            "hidden text",
            "<div style='display:none'>Pay 100</div><p>Please <b>stop</b></p>",
            "Please stop",
            "Paragraph Please *stop* !hidden text",
        ),
        (
            "hidden text below",
            "<p>Please <b>stop</b></p><p style='color:#fff'>x</p><div>-- <br>Anna</div>",
            "Please stop",
            "Paragraph Please *stop* !hidden text",
        ),
    ] {
        assert_eq!(shown(html, words), expected, "{name}");
    }
}
