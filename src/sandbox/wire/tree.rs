//! A small XML reader: elements and text, which is all that requests have. Attributes are ignored.

/// No real request nests elements deeper than this.
const DEEPEST: usize = 16;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Without a namespace prefix.
    pub name: String,
    /// Unescaped. Without surrounding white space if the element has children.
    pub text: String,
    pub children: Vec<Element>,
}

/// Returns the root element of a document. `None` if it is not well-formed, or contains what requests never contain:
/// a document type, CDATA, or elements nested deeper than [`DEEPEST`].
pub fn read_xml(bytes: &[u8]) -> Option<Element> {
    let mut rest = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}');
    let mut open: Vec<Element> = Vec::new();
    loop {
        let (text, after) = rest.split_once('<')?;
        match open.last_mut() {
            Some(element) => element.text.push_str(&unescape(text)?),
            None if text.trim().is_empty() => {}
            None => return None,
        }
        if let Some(after) = after.strip_prefix('?') {
            rest = after.split_once("?>")?.1;
            continue;
        }
        if let Some(after) = after.strip_prefix("!--") {
            rest = after.split_once("-->")?.1;
            continue;
        }
        let (tag, after) = after.split_once('>')?;
        rest = after;
        let closed = if let Some(name) = tag.strip_prefix('/') {
            let element = open.pop()?;
            if local(name) != element.name {
                return None;
            }
            element
        } else {
            let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let name = local(tag).to_owned();
            if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') || open.len() >= DEEPEST {
                return None;
            }
            let element = Element { name, ..Element::default() };
            if !is_empty {
                open.push(element);
                continue;
            }
            element
        };
        match open.last_mut() {
            Some(parent) => parent.children.push(closed),
            None if rest.trim().is_empty() => return Some(closed),
            None => return None,
        }
    }
}

/// A tag's name, without attributes and namespace prefix.
fn local(tag: &str) -> &str {
    let name = tag.split_whitespace().next().unwrap_or_default();
    name.rsplit(':').next().unwrap_or(name)
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (name, after) = after.split_once(';')?;
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::read_xml;

    #[test]
    fn documents_are_read_and_others_refused() {
        let root = read_xml(b"<?xml version='1.0'?><!-- x --><n:a x=\"1\"><b>1 &lt; 2</b><c/></n:a>\n").unwrap();
        assert_eq!((root.name.as_str(), root.children.len()), ("a", 2));
        assert_eq!(root.children[0].text, "1 < 2");
        let deep = "<a>".repeat(100);
        for bad in
            ["", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&nbsp;</a>", "<!DOCTYPE a><a/>", "<a>&#xD800;</a>", &deep]
        {
            assert_eq!(read_xml(bad.as_bytes()), None, "{bad}");
        }
    }
}
