//! Feeds a Fluent file's bytes to the same parser and formatter as the catalogue uses. Public because the fuzzers are
//! a separate package, and hidden because nobody else needs it.

use std::borrow::Cow;

use fluent_templates::fluent_bundle::concurrent::FluentBundle;
use fluent_templates::fluent_bundle::{FluentArgs, FluentValue};
use fluent_templates::fs::resource_from_str;
use fluent_templates::langid;

/// Parses `bytes` as a Fluent file and formats all of its messages in both languages, with numbers and with words.
#[doc(hidden)]
pub fn fuzz_fluent(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    // `build.rs` refuses these, because the parser panics on some of them.
    if source.contains("\\u") || source.contains("\\U") {
        return;
    }
    let Ok(resource) = resource_from_str(&source) else { return };
    // Anything before an `=` or after a `$` may be a name.
    let names = |before: char| source.split(before).filter_map(|part| part.split(|c: char| !is_name(c)).next());
    let messages: Vec<&str> = source.lines().filter_map(|line| line.split([' ', '=']).next()).collect();
    let resource = std::sync::Arc::new(resource);
    for language in [langid!("ja"), langid!("en")] {
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        bundle.set_use_isolating(false);
        // The build refuses duplicate names; here the first one counts.
        let _ = bundle.add_resource(std::sync::Arc::clone(&resource));
        for value in
            [FluentValue::from(1), FluentValue::from(-2_000_000_i64), FluentValue::from("vpc-1 {$x} あ\u{2069}")]
        {
            let mut args = FluentArgs::new();
            for name in names('$').take(64) {
                args.set(Cow::Owned(name.to_owned()), value.clone());
            }
            let said = messages.iter().filter_map(|name| bundle.get_message(name)?.value());
            for pattern in said {
                let _ = bundle.format_pattern(pattern, Some(&args), &mut Vec::new());
            }
        }
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}
