//! Looks up messages strictly: the build has checked that both languages have every message.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, static_loader};

use super::Lang;

/// The longest an argument may be, in bytes. Some messages use an argument more than once, and texts from journals
/// can nest texts many times.
const LONGEST: usize = 16 * 1024;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "ja",
        // Isolation marks would end up in ids that the learner copies, and both languages run left to right.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// An argument after it has been put into words.
pub(super) enum Value {
    /// A message may choose its plural form by this number.
    Number(i64),
    Words(String),
}

/// The words for `key` in `lang`, or the key itself when no such message exists.
pub(super) fn look_up<'a>(lang: Lang, key: &str, args: impl Iterator<Item = (&'a String, Value)>) -> String {
    let Ok(id) = lang.tag().parse::<LanguageIdentifier>() else { return key.to_owned() };
    let values: HashMap<Cow<'static, str>, FluentValue<'_>> = args
        .map(|(name, value)| {
            let value = match value {
                Value::Number(number) => FluentValue::from(number),
                Value::Words(words) => FluentValue::from(bounded(words)),
            };
            (Cow::Owned(name.clone()), value)
        })
        .collect();
    let found = LOCALES.lookup_single_language(&id, key, Some(&values));
    found.unwrap_or_else(|_| key.to_owned())
}

fn bounded(mut words: String) -> String {
    if words.len() > LONGEST {
        words.truncate(words.floor_char_boundary(LONGEST));
        words.push('…');
    }
    words
}
