//! A text whose language is chosen at the last moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Lang;
use super::catalogue::{Value, look_up};

/// What is said, before it is said in a language: a message with its arguments, or words that need no translation (ids,
/// states, addresses). In JSON a literal is a string, a message an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// The same in every language.
    Literal(String),
    /// A lab's own words, in both languages.
    Both {
        /// In Japanese.
        ja: String,
        /// In English.
        en: String,
    },
    /// A message of `locales/`.
    Message {
        /// Its key.
        key: String,
        /// Its arguments.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        args: BTreeMap<String, Arg>,
    },
}

/// An argument of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Arg {
    /// A whole number; messages may choose their words by it.
    Number(i64),
    /// A text of its own.
    Text(Text),
}

impl Text {
    /// Words that are the same in every language.
    #[must_use]
    pub fn literal(words: impl Into<String>) -> Self {
        Self::Literal(words.into())
    }

    /// A message by key. Only the functions made by `build.rs` call this.
    #[must_use]
    pub fn message<const N: usize>(key: &str, args: [(&str, Arg); N]) -> Self {
        Self::Message {
            key: key.to_owned(),
            args: args.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        }
    }

    /// Says it in `lang`. A key that this program does not know, from a newer journal, is shown as it is.
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
