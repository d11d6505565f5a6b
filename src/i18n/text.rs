//! A text whose language is chosen at the last moment.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Lang;
use super::catalogue::{Value, look_up};
use super::commands::complete;

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

    /// Several texts in a row.
    #[must_use]
    pub fn list(texts: &[Self]) -> Self {
        let join = |lang: Lang, comma: &str| texts.iter().map(|text| text.render(lang)).collect::<Vec<_>>().join(comma);
        match texts {
            [one] => one.clone(),
            _ => Self::Both { ja: join(Lang::Ja, "、"), en: join(Lang::En, ", ") },
        }
    }

    /// The same text with every word that is not a message's own changed: literals, and arguments.
    #[must_use]
    pub fn map(&self, change: &impl Fn(&str) -> String) -> Self {
        match self {
            Self::Literal(words) => Self::Literal(change(words)),
            Self::Both { ja, en } => Self::Both { ja: change(ja), en: change(en) },
            Self::Message { key, args } => {
                let changed = |arg: &Arg| match arg {
                    Arg::Number(number) => Arg::Number(*number),
                    Arg::Text(text) => Arg::Text(text.map(change)),
                };
                Self::Message {
                    key: key.clone(),
                    args: args.iter().map(|(name, arg)| (name.clone(), changed(arg))).collect(),
                }
            }
        }
    }

    /// Renders the text in `lang`, with the commands in it as they work. A key that this program does not know, from a newer journal, is shown as it is.
    #[must_use]
    pub fn render(&self, lang: Lang) -> String {
        let words = self.words(lang);
        match complete(&words) {
            Cow::Owned(completed) => completed,
            Cow::Borrowed(_) => words,
        }
    }

    fn words(&self, lang: Lang) -> String {
        match self {
            Self::Literal(words) => words.clone(),
            Self::Both { ja, en } => if lang == Lang::Ja { ja } else { en }.clone(),
            Self::Message { key, args } => {
                let value = |arg: &Arg| match arg {
                    Arg::Number(number) => Value::Number(*number),
                    Arg::Text(text) => Value::Words(text.words(lang)),
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
