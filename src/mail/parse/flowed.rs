//! Decodes `format=flowed` (RFC 3676): joins soft-wrapped lines to paragraphs.

/// Joins flowed lines. With `delsp`, the space that marks a soft line break is removed.
pub fn unwrap(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|&b| b == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        let continues = open == Some(depth) && !signature;
        if !continues {
            if open.is_some() {
                end_line(&mut out);
            }
            out.extend(std::iter::repeat_n('>', depth));
            if depth > 0 && !content.is_empty() {
                out.push(' ');
            }
        }
        let soft = content.ends_with(' ') && !signature;
        out.push_str(if soft && delsp { &content[..content.len() - 1] } else { content });
        open = soft.then_some(depth);
        if !soft {
            out.push('\n');
        }
    }
    if open.is_some() {
        end_line(&mut out);
    }
    out
}

fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::unwrap;

    #[test]
    fn flowed_text_becomes_paragraphs() {
        for (flowed, delsp, text) in [
            ("one \ntwo\nthree\n", false, "one two\nthree\n"),
            ("wor \nds\n", true, "words\n"),
            ("> one \n> two\nanswer\n", false, "> one two\nanswer\n"),
            (">> one \n> two\n", false, ">> one\n> two\n"),
            (" >not quoted\n From here\n", false, ">not quoted\nFrom here\n"),
            ("text\n-- \nIvan\n", false, "text\n-- \nIvan\n"),
            ("end \n", false, "end\n"),
        ] {
            assert_eq!(unwrap(flowed, delsp), text, "{flowed:?}");
        }
    }
}
