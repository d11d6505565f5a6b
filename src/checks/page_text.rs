//! What a page says, without its markup.

/// The most lines, and the most characters of a line, that are kept.
const LINES: usize = 12;
const LINE: usize = 160;

/// The text between the tags of `html`, a line per block. The page may be anything: what is not understood is left out.
pub(super) fn visible_text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = body(html);
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        let tag: String =
            rest[start + 1..].chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let closing = rest[start + 1..].starts_with('/');
        rest = match tag.as_str() {
            "script" | "style" => after(&rest[start..], &format!("</{tag}")),
            _ if rest[start..].starts_with("<!--") => after(&rest[start..], "-->"),
            _ => &rest[start..],
        };
        rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
        let is_inline = ["a", "b", "code", "em", "i", "small", "span", "strong"].contains(&tag.as_str());
        if !(is_inline || closing && tag.is_empty()) {
            text.push('\n');
        }
    }
    text.push_str(rest);
    let lines = text.lines().map(|line| decoded(&line.split_whitespace().collect::<Vec<_>>().join(" ")));
    let lines = lines.filter(|line| !line.is_empty()).map(|line| line.chars().take(LINE).collect::<String>());
    lines.take(LINES).collect::<Vec<_>>().join("\n")
}

fn body(html: &str) -> &str {
    html.find("<body").map_or(html, |at| &html[at..])
}

fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at..])
}

fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for (name, letter) in
        [("&rarr;", "→"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")]
    {
        text = text.replace(name, letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::visible_text;

    #[test]
    fn tags_scripts_and_comments_are_not_text() {
        let html = "<html><head><title>t</title><style>p{}</style></head><body><h1>It\n came<br><small>through</small></h1>\n\
            <script>alert('<p>no')</script><p>client &rarr; <b>NLB</b> &amp; nginx</p><!-- no --></body></html>";
        assert_eq!(visible_text(html), "It\ncame\nthrough\nclient → NLB & nginx");
        assert_eq!(visible_text("the token alone\n"), "the token alone");
        assert_eq!(visible_text("<p>never ended"), "never ended");
    }

    proptest! {
        #[test]
        fn any_page_is_read(html in "[<>/!a-z \n&;→-]{0,200}") {
            prop_assert!(visible_text(&html).lines().count() <= super::LINES);
        }
    }
}
