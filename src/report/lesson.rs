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

/// The lesson unchanged, unless something had to be removed.
pub(super) fn lesson_markdown(source: &str) -> String {
    let arena = Arena::new();
    let root = parse_document(&arena, source, &markdown_options());
    if !tame(root) {
        return source.trim().to_owned();
    }
    let mut markdown = String::new();
    let _ = format_commonmark(root, &markdown_options(), &mut markdown);
    markdown.trim().to_owned()
}

/// Removes everything that is more than text to read; returns whether there was any.
fn tame<'a>(root: &'a AstNode<'a>) -> bool {
    let nodes: Vec<_> = root.descendants().collect();
    let mut tamed = false;
    for node in nodes {
        let (drop, unwrap) = match &node.data().value {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{lesson_html, lesson_markdown};

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
