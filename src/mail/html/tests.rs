use proptest::prelude::{prop_assert, proptest};

use super::to_text;

#[test]
fn bodies_read_as_they_look() {
    for (name, html, text) in [
        ("paragraphs", "<p>One\n two</p><p>Three</p>", "One two\n\nThree"),
        ("breaks", "One<br>two<br/><br>three", "One\ntwo\n\nthree"),
        (
            "Gmail's lines",
            "<div dir=\"ltr\">One<div>two</div><div><br></div><div>three</div></div>",
            "One\ntwo\n\nthree",
        ),
        (
            "Outlook's lines",
            "<p class=MsoNormal>One<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>two</p><p class=MsoNormal>three</p>",
            "One\n\ntwo\nthree",
        ),
        ("entities", "&lt;b&gt; &amp;amp; &nbsp;&#1046;&#x436;&hellip; &euro; &copy2024", "<b> &amp;  Жж… € ©2024"),
        (
            "lists",
            "Do:<ul><li>one<li>two<ol><li>a</li><li>b</li></ol></li></ul>then",
            "Do:\n\n- one\n- two\n  1. a\n  2. b\n\nthen",
        ),
        ("a numbered list that goes on", "<ol start=3><li>c<li>d</ol>", "3. c\n4. d"),
        (
            "a table",
            "<table><tr><th>Name<th>Size<tr><td><p>log</p></td><td><p class=MsoNormal>10</p></td></tr></table>end",
            "Name | Size\nlog | 10\nend",
        ),
        ("a last cell without text", "<table><tr><td>a<td>b<td><tr><td>c<td></table><p>d</p>", "a | b\nc\n\nd"),
        (
            "a layout table",
            "<table><tr><td><img src=x width=1 height=1></td><td><div>One</div><div>two</div></td><td>three</td></tr></table>",
            "One\ntwo\nthree",
        ),
        ("a link", "see <a href=\"https://example.org/a\">the page</a>.", "see the page <https://example.org/a>."),
        ("a link whose text is its address", "<a href=\"https://www.example.org/\">example.org</a>", "example.org"),
        (
            "a mail link",
            "<a href=\"mailto:anna@example.org\">Anna</a> <a href=\"mailto:b@example.org?subject=x\">B@example.org</a>",
            "Anna <anna@example.org> B@example.org",
        ),
        ("a tracking link", "<a href=\"https://click.news.example/ls/click?upn=abcdef\">the page</a>", "the page"),
        (
            "images",
            "<img src=\"cid:image001.png@01DA\"><img alt=\"Schema\" src=x> <img src=\"https://x.example/p.gif\" width=\"1\" height=\"1\"><img src=y>",
            "[image: image001.png][image: Schema]",
        ),
        (
            "what is hidden",
            "<div style=\"display: none\">pre<b>header</b></div><span style='mso-hide:all'>x</span><p style=\"font-size:0px\">y<b style=\"font-size:13px\">z</b></p>w",
            "z\n\nw",
        ),
        (
            "what is no text",
            "<head><title>t</title><style>p{}</style></head><script>if(a<b)alert('</p>')</script><!-- c -->body",
            "body",
        ),
        ("Outlook's conditions", "<!--[if mso]>x<![endif]--><![if !mso]>y<![endif]>", "y"),
        (
            "a quote",
            "Yes.<br><div class=gmail_quote>On Monday Anna wrote:<blockquote class=gmail_quote style=\"border-left:1px\">Works?<br><br>Anna<blockquote>Hm</blockquote></blockquote></div>",
            "Yes.\nOn Monday Anna wrote:\n\n> Works?\n>\n> Anna\n>\n>> Hm",
        ),
        ("an indent", "<blockquote style=\"margin:0 0 0 40px;border:none;padding:0px\">In</blockquote>", "In"),
        ("preformatted", "<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        (
            "Word's list",
            "<p class=MsoListParagraph><span style='mso-list:Ignore'>·<span>&nbsp;&nbsp;&nbsp; </span></span>one</p>",
            "- one",
        ),
        ("nothing but a marked signature", "<div><br></div><div id=Signature>Anna</div>", "--\nAnna"),
        ("a marked signature", "Yes.<div class=\"gmail_signature\">Anna<br>ACME</div>", "Yes.\n--\nAnna\nACME"),
        ("a head without end", "<html><head><title>t</title><style>p{}</style><body>body", "body"),
        ("indented preformatted", "<pre>  a\n    b</pre>", "a\n    b"),
        (
            "margins",
            "<p style=\"margin:0 0 12px\">a</p><p style='margin: 0cm 0cm .0001pt'>b</p><p style='margin:0;'>c</p><p style='MARGIN:0 0 0 2em !important'>d</p><p style='margin-bottom:0px'>e</p><p>f</p>",
            "a\n\nb\nc\nd\ne\n\nf",
        ),
        ("kept white space", "<div style=\"white-space:pre-wrap\">line 1\n  line 2</div>end", "line 1\n  line 2\nend"),
        ("kept lines", "<p style='white-space: pre-line'>one\n  two   three</p>", "one\ntwo three"),
        (
            "white space by class",
            "<style>.log, p.x { white-space: pre; color: red }</style><p class=\"a log\">a\n  b</p><p>c\n  d</p>",
            "a\n  b\n\nc d",
        ),
        (
            "white space that is reset",
            "<div style='white-space: pre'>a\n b<div style='white-space:normal'>c\n d</div>e\n  f</div>",
            "a\n b\nc d\ne\n  f",
        ),
        ("Chrome's kept spaces", "<span style='white-space-collapse: preserve;'>a\n  b</span>", "a\n  b"),
        ("pre that wraps as text", "<pre style='white-space: normal'>a\n  b</pre>", "a b"),
        ("stray and missing ends", "<div><b>One</p></i></div><p>two", "One\n\ntwo"),
        ("no tags", "a < b && c > d", "a < b && c > d"),
        ("nothing", "<html><body> \n </body></html>", ""),
    ] {
        assert_eq!(to_text(html), text, "{name}");
    }
}

#[test]
fn outlooks_header_block_is_found_by_the_reply_splitter() {
    let html = "<p class=MsoNormal>Готово.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> Anna &lt;anna@example.org&gt; <br><b>Sent:</b> Monday, May 13, 2024 10:11 AM<br><b>To:</b> Desk<br><b>Subject:</b> Printer</p></div><p class=MsoNormal>Old.</p>";
    assert_eq!(crate::mail::quote::read(&to_text(html), false, &[]).words, "Готово.");
}

#[test]
fn hostile_bodies_are_read_to_their_end() {
    for (name, unit, close) in [
        ("nesting", "<div>", ""),
        ("nesting, other ends", "<div>", "</p></b></span>"),
        ("quotes", "<blockquote>", "</blockquote>"),
        ("lists", "<ul><li>", ""),
        ("cells", "<td>", ""),
        ("formatting", "<b><i><font>", "</font>"),
        ("entities", "&amp;", ""),
        ("open tags", "<", ""),
        ("comments", "<!--", "-->"),
    ] {
        let html = format!("{}x{}", unit.repeat(50_000), close.repeat(50_000));
        assert!(to_text(&html).len() <= 5 * html.len() + 100, "{name}");
    }
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=1")).collect();
    assert!(to_text(&format!("<p{attributes}>seen")).ends_with("seen"));
}

proptest! {
    #[test]
    fn any_html_has_a_text(
        html in "(</?(p|div|td|tr|table|li|ul|ol|blockquote|a|pre|span|head|style|script|b|br|hr|title)( (style|class|href|type)=(\"[^\"]{0,20}\"|x))?/?>|&(nbsp|lt|#x1F600);|display:none|\\PC|\\s){0,60}"
    ) {
        let text = to_text(&html);
        prop_assert!(text.len() <= 60 * html.len());
        prop_assert!(!text.contains("\n\n\n"));
    }
}
