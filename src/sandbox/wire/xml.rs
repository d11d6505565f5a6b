//! A small XML writer for the two query protocols.

use std::fmt::{Display, Write as _};

use super::error::ApiError;

/// Elements written one after another, without white space between them: EC2 has sent it so since July 2025.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Xml {
    text: String,
}

impl Xml {
    pub fn new() -> Self {
        Self::default()
    }

    /// An answer of a protocol that is not XML. `text` is sent as it is.
    pub fn verbatim(text: String) -> Self {
        Self { text }
    }

    /// EC2's answer for operations without an output of their own.
    pub fn done() -> Self {
        let mut xml = Self::new();
        xml.leaf("return", true);
        xml
    }

    /// EC2's answer for operations that succeed even if every item failed: the ids, and why each of them failed.
    pub fn unsuccessful(failed: &[(String, ApiError)]) -> Self {
        let mut xml = Self::new();
        xml.list("unsuccessful", "item", failed, |xml, (id, error)| {
            xml.leaf("resourceId", id).node("error", |xml| {
                xml.leaf("code", &error.code).leaf("message", &error.message);
            });
        });
        xml
    }

    /// Writes `<name>value</name>`, escaped.
    pub fn leaf(&mut self, name: &str, value: impl Display) -> &mut Self {
        let _ = write!(self.text, "<{name}>");
        escape(&value.to_string(), &mut self.text);
        let _ = write!(self.text, "</{name}>");
        self
    }

    /// Writes [`Xml::leaf`] if there is a value.
    pub fn maybe(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.leaf(name, value);
        }
        self
    }

    /// Writes an element with elements inside. It is self-closing if `inside` writes nothing.
    pub fn node(&mut self, name: &str, inside: impl FnOnce(&mut Self)) -> &mut Self {
        let mut inner = Self::new();
        inside(&mut inner);
        if inner.text.is_empty() {
            let _ = write!(self.text, "<{name}/>");
        } else {
            let _ = write!(self.text, "<{name}>{}</{name}>", inner.text);
        }
        self
    }

    /// Writes a wrapped list: `<name><item>…</item><item>…</item></name>`.
    pub fn list<T>(
        &mut self,
        name: &str,
        item: &str,
        values: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        self.node(name, |xml| {
            for value in values {
                xml.node(item, |xml| each(xml, value));
            }
        })
    }

    /// Writes a wrapped list of plain values.
    pub fn words<T: Display>(&mut self, name: &str, item: &str, values: impl IntoIterator<Item = T>) -> &mut Self {
        self.node(name, |xml| {
            for value in values {
                xml.leaf(item, value);
            }
        })
    }

    pub fn append(&mut self, other: &Self) -> &mut Self {
        self.text.push_str(&other.text);
        self
    }

    /// The elements as text, without a root.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Escapes what XML 1.0 cannot carry literally. Characters that it cannot carry at all become `?`.
fn escape(value: &str, into: &mut String) {
    for character in value.chars() {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\r' => into.push_str("&#13;"),
            '\n' | '\t' => into.push(character),
            other if other.is_control() || matches!(other, '\u{fffe}' | '\u{ffff}') => into.push('?'),
            other => into.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Xml;

    #[test]
    fn writes_what_the_protocols_expect() {
        let mut xml = Xml::new();
        xml.node("vpc", |xml| {
            xml.leaf("vpcId", "vpc-1").maybe("absent", None::<&str>);
            xml.list("tagSet", "item", [("a", "1<2 & \"3\"")], |xml, (key, value)| {
                xml.leaf("key", key).leaf("value", value);
            });
            xml.words("idSet", "item", ["x", "y"]);
        });
        xml.list("unsuccessful", "item", [(); 0], |_, ()| {});
        assert_eq!(
            xml.as_str(),
            "<vpc><vpcId>vpc-1</vpcId><tagSet><item><key>a</key><value>1&lt;2 &amp; &quot;3&quot;</value></item></tagSet>\
             <idSet><item>x</item><item>y</item></idSet></vpc><unsuccessful/>"
        );
    }

    #[test]
    fn a_control_character_cannot_break_the_document() {
        let mut xml = Xml::new();
        xml.leaf("v", "a\u{1b}[2J\u{0}b");
        assert_eq!(xml.as_str(), "<v>a?[2J?b</v>");
    }
}
