//! A lab's prose for a document that is opened in a browser or another program: words, lists, tables, code, and links
//! to the web.
//!
//! A lab may come from a stranger. Raw HTML, images, and links that do not lead to the web are removed from the
//! syntax tree, not from the text: pictures would be fetched, or read from the reader's machine, as soon as the
//! document is opened.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, format_commonmark, format_html, parse_document};

use crate::lab::markdown_options;

pub(super) fn lesson_html(source: &str) -> String {
    let arena = Arena::new();
    let root = parse_document(&arena, source, &markdown_options());
    tame(root);
    let mut html = String::new();
    // Writing to a String cannot fail.
    let _ = format_html(root, &markdown_options(), &mut html);
    // Markdown needs a space after emphasis that ends in such a mark; the sentence does not.
    ['。', '、', '」', '）']
        .iter()
        .fold(html, |html, mark| html.replace(&format!("{mark}</strong> "), &format!("{mark}</strong>")))
}

/// How often a lesson is written anew until it reads as it was meant.
const ROUNDS: usize = 8;

/// The lesson written anew: it stands between others in one document, and a fence that it left open would turn their
/// words around. What is written is read again, because the writer and a reader do not agree about every text.
pub(super) fn lesson_markdown(source: &str) -> String {
    let mut options = markdown_options();
    options.render.prefer_fenced = true;
    let mut markdown = source.to_owned();
    for round in 0..ROUNDS {
        let arena = Arena::new();
        let root = parse_document(&arena, &markdown, &options);
        if !tame(root) && round > 0 {
            return markdown;
        }
        let mut written = String::new();
        // Writing to a String cannot fail.
        let _ = format_commonmark(root, &options, &mut written);
        // Blanks at the beginning make a block of code.
        written.trim_start_matches('\n').trim_end().clone_into(&mut markdown);
    }
    fenced(&markdown)
}

/// What the writer puts between a list and a block of code.
const END_OF_LIST: &str = "<!-- end list -->";

/// Removes everything that is more than text to read; returns whether there was any.
fn tame<'a>(root: &'a AstNode<'a>) -> bool {
    let nodes: Vec<_> = root.descendants().collect();
    let mut tamed = false;
    for node in nodes {
        let (drop, unwrap) = match &node.data().value {
            NodeValue::HtmlBlock(block) if block.literal.trim() == END_OF_LIST => (false, false),
            NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_) | NodeValue::Raw(_) => (true, false),
            NodeValue::Image(_) => (false, true),
            NodeValue::Link(link) => (false, !leads_to_the_web(&link.url)),
            _ => (false, false),
        };
        if unwrap {
            while let Some(child) = node.first_child() {
                node.insert_before(child);
            }
        }
        if drop || unwrap {
            node.detach();
            tamed = true;
        }
    }
    tamed
}

fn leads_to_the_web(url: &str) -> bool {
    let has = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    has("https://") || has("http://") || url.starts_with('#')
}

/// A text as a fenced block, with a fence that does not occur in the text.
pub(super) fn fenced(text: &str) -> String {
    let longest = text.lines().map(|line| line.trim_start().chars().take_while(|c| *c == '`').count()).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    format!("{fence}\n{}\n{fence}", text.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{fenced, lesson_html, lesson_markdown};

    #[test]
    fn lessons_run_nothing_and_fetch_nothing() {
        for source in [
            "a <script>alert(1)</script> b",
            "<script>alert(1)</script>\n\nb",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](file:///etc/passwd)",
            "[x](../../secret)",
            "[x](data:text/html,x)",
            "[x][r]\n\n[r]: vbscript:x",
            "![alt](http://192.0.2.1/x.png)",
            "![alt](/etc/passwd)",
            "![alt](../../.ssh/id)",
            "[![alt](file:///x)](https://example.com/)",
            "<javascript:alert(1)>",
        ] {
            for text in [lesson_html(source), lesson_html(&lesson_markdown(source))] {
                let low = text.to_lowercase();
                for word in ["<script", "<img", "href=\"j", "href=\"f", "href=\"d", "href=\"v", "href=\".", "src="] {
                    assert!(!low.contains(word), "{source}: {text}");
                }
            }
            let markdown = lesson_markdown(source);
            assert!(
                !markdown.contains("![") && !markdown.contains("<script") && !markdown.contains("<img"),
                "{markdown}"
            );
        }
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        assert_eq!(fenced("a"), "```\na\n```");
        assert_eq!(fenced("```\na\n```"), "````\n```\na\n```\n````");
    }

    #[test]
    fn an_address_may_look_like_an_attribute() {
        let html = lesson_html("https://xhref= ");
        let link = ("a".to_owned(), vec![("href".to_owned(), "https://xhref=".to_owned())]);
        assert!(tags(&html).contains(&link), "{html}");
    }

    #[test]
    fn what_is_only_read_stays_as_it_is() {
        let source = "**「承認」**を [手引き](https://docs.aws.amazon.com/x?a=1&b=2) で\n\n```sh\necho <b>\n```";
        assert_eq!(lesson_markdown(source), source);
        let html = lesson_html(source);
        assert!(html.contains("<strong>「承認」</strong>") && html.contains("href=\"https://docs"), "{html}");
        assert!(html.contains("echo &lt;b&gt;"), "{html}");
        assert!(lesson_html("**2 つあります。** 2 つめは").contains("。</strong>2 つめは"));
    }

    /// The HTML in a Markdown document that a viewer would show as such.
    fn raw_html(markdown: &str) -> Vec<String> {
        use comrak::nodes::NodeValue;
        let arena = comrak::Arena::new();
        let root = comrak::parse_document(&arena, markdown, &crate::lab::markdown_options());
        let of = |value: &NodeValue| match value {
            NodeValue::HtmlBlock(block) => Some(block.literal.clone()),
            NodeValue::HtmlInline(text) => Some(text.clone()),
            NodeValue::Image(link) => Some(link.url.clone()),
            _ => None,
        };
        let own = |html: &String| html.trim() != super::END_OF_LIST;
        root.descendants().filter_map(|node| of(&node.data().value)).filter(own).collect()
    }

    #[test]
    fn a_section_has_no_say_in_the_next() {
        for (one, other) in [
            ("```", "```\n<script>alert(1)</script>\n```"),
            ("~~~ html", "~~~\n<img src=x>\n~~~"),
            ("<!--", "a --> <b>"),
            ("[x]: javascript:alert(1)", "[x]"),
            ("- a\n\n  ```", "      <b>"),
        ] {
            let document = format!("{}\n\n{}", lesson_markdown(one), lesson_markdown(other));
            assert_eq!(raw_html(&document), [""; 0], "{document}");
        }
    }

    /// Every tag in `html`, with its attributes' names and values.
    fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
        let mut tags = Vec::new();
        for rest in html.split('<').skip(1) {
            let inner = rest.split_once('>').map_or(rest, |(inner, _)| inner);
            // Values stand between quotes, so what is between those is no part of a name.
            let parts: Vec<&str> = inner.split('"').collect();
            let mut words = parts[0].trim_start_matches('/').split_whitespace();
            let name = words.next().unwrap_or_default().to_owned();
            let mut attributes: Vec<(String, String)> = Vec::new();
            for pair in parts.chunks(2) {
                let names: Vec<&str> = pair[0].split_whitespace().filter(|word| *word != "/").collect();
                let value = pair.get(1).copied().unwrap_or_default();
                attributes
                    .extend(names.into_iter().map(|name| (name.trim_end_matches('=').to_owned(), value.to_owned())));
            }
            // The first word is the tag's own name.
            tags.push((name, attributes.into_iter().skip(1).collect()));
        }
        tags
    }

    proptest! {
        #[test]
        fn sections_side_by_side_hold_no_html(
            one in "(```|~~~|    |- |> |<!--|-->|<b>|<script>|\\[x\\]|: |!|\\(|\\)|https://x|\\||\n|`|\\\\|&lt;|東| |a){0,30}",
            other in "(```|~~~|    |- |> |<!--|-->|<b>|<script>|\\[x\\]|: |!|\\(|\\)|https://x|\\||\n|`|\\\\|&lt;|東| |a){0,30}",
        ) {
            let document = format!("{}\n\n{}", lesson_markdown(&one), lesson_markdown(&other));
            prop_assert_eq!(raw_html(&document), [""; 0], "{:?} {:?}: {}", one, other, document);
        }

        #[test]
        fn html_has_no_element_or_attribute_beyond_the_expected(
            source in "([<>\"'`&\\[\\]()!:|#*_\\\\/= \n-]|script|img|svg|onload|src|href|javascript:|data:|file:|https://x|東|a|\u{1b}){0,40}"
        ) {
            for html in [lesson_html(&source), lesson_html(&lesson_markdown(&source))] {
                for (name, attributes) in tags(&html) {
                    let elements = [
                        "p", "br", "hr", "em", "strong", "del", "code", "pre", "ul", "ol", "li", "blockquote", "a", "h1", "h2",
                        "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
                    ];
                    prop_assert!(elements.contains(&name.as_str()), "{} from {:?}: {}", name, source, html);
                    for (attribute, value) in attributes {
                        let known = ["href", "title", "class", "align", "start"].contains(&attribute.as_str());
                        prop_assert!(known, "{} from {:?}: {}", attribute, source, html);
                        let leads = attribute != "href" || value.starts_with("http") || value.starts_with('#');
                        prop_assert!(leads, "{} from {:?}: {}", value, source, html);
                    }
                }
            }
        }
    }
}
