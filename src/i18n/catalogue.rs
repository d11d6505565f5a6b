//! Strict look-up of messages: both languages are known to be whole, because the build checked them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, static_loader};

use super::{Arg, Lang};

/// An argument is not longer than this, in bytes: some messages have one more than once, and texts come from journals, where one
/// can stand in another many times.
const LONGEST: usize = 16 * 1024;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "ja",
        // Isolation marks would poison ids that a learner copies; both languages run left to right.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The words for `key` in `lang`, or the key itself when no such message exists.
pub(super) fn look_up(lang: Lang, key: &str, args: &BTreeMap<String, Arg>) -> String {
    let Ok(id) = lang.tag().parse::<LanguageIdentifier>() else { return key.to_owned() };
    let values: HashMap<Cow<'static, str>, FluentValue<'_>> = args
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Arg::Number(number) => FluentValue::from(*number),
                Arg::Text(text) => FluentValue::from(bounded(text.render(lang))),
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
