//! A text whose language is chosen at the last moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Lang;
use super::catalogue::{Value, look_up};

/// What to say, independent of language: a message with its arguments, or a literal that needs no translation (an id,
/// a state, an address). In JSON a literal is a string and a message is an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    Literal(String),
    /// A lab's own words.
    Both {
        ja: String,
        en: String,
    },
    Message {
        key: String,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        args: BTreeMap<String, Arg>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Arg {
    /// A message may choose its plural form by this number.
    Number(i64),
    Text(Text),
}

impl Text {
    #[must_use]
    pub fn literal(words: impl Into<String>) -> Self {
        Self::Literal(words.into())
    }

    /// A message by key. Only the functions that `build.rs` generates call this.
    #[must_use]
    pub fn message<const N: usize>(key: &str, args: [(&str, Arg); N]) -> Self {
        Self::Message {
            key: key.to_owned(),
            args: args.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }

    /// Renders the text in `lang`. A key that this program does not know, from a newer journal, is shown as it is.
    #[must_use]
    pub fn render(&self, lang: Lang) -> String {
        match self {
            Self::Literal(words) => words.clone(),
            Self::Both { ja, en } => if lang == Lang::Ja { ja } else { en }.clone(),
            Self::Message { key, args } => {
                let value = |arg: &Arg| match arg {
                    Arg::Number(number) => Value::Number(*number),
                    Arg::Text(text) => Value::Words(text.render(lang)),
                };
                look_up(lang, key, args.iter().map(|(name, arg)| (name, value(arg))))
            }
        }
    }
}

macro_rules! number {
    ($($type:ty),+) => { $(
        impl From<$type> for Arg {
            fn from(value: $type) -> Self {
                Self::Number(i64::try_from(value).unwrap_or(i64::MAX))
            }
        }
    )+ };
}

number!(u8, u16, u32, u64, usize, i32, i64);

impl From<Text> for Arg {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<&Text> for Arg {
    fn from(text: &Text) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&str> for Arg {
    fn from(words: &str) -> Self {
        Self::Text(Text::literal(words))
    }
}

impl From<String> for Arg {
    fn from(words: String) -> Self {
        Self::Text(Text::literal(words))
    }
}

impl From<&String> for Arg {
    fn from(words: &String) -> Self {
        Self::Text(Text::literal(words.as_str()))
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::literal(words)
    }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Self::Literal(words)
    }
}
