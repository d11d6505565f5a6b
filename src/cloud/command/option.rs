//! Renders parameters as AWS CLI options: names, and values in shorthand or JSON.

use serde_json::{Map, Value};

use super::shell::quote;
use crate::cloud::resolve::{Piece, pieces};

/// Lines longer than this are broken: the narrowest usual terminal has 80 cells.
pub(super) const LINE: usize = 78;

/// Spells a name of the API model the way the CLI does: `NetworkLoadBalancerArns` becomes
/// `network-load-balancer-arns`.
pub(super) fn kebab(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut kebab = String::with_capacity(name.len() + 8);
    for (index, &letter) in letters.iter().enumerate() {
        let after_small = index > 0 && !letters[index - 1].is_ascii_uppercase();
        let before_small = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        if index > 0 && letter.is_ascii_uppercase() && (after_small || before_small) {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

/// An option with its value, quoted for the shell. A value too long for a line is broken where the CLI accepts white
/// space.
pub(super) fn option(name: &str, value: &Value) -> String {
    let name = kebab(name);
    match value {
        Value::Bool(true) => format!("--{name}"),
        Value::Bool(false) => format!("--no-{name}"),
        // The CLI would take a value that begins with `-` for an option.
        Value::String(text) if text.starts_with('-') => format!("--{name}={}", quote(text)),
        Value::String(text) => format!("--{name} {}", quote(text)),
        Value::Array(items) => format!("--{name} {}", list(items, name.len() + 6)),
        Value::Object(map) => {
            let text = fields(map, Depth::Top).unwrap_or_else(|| value.to_string());
            format!("--{name} {}", quote(&folded(&text, name.len() + 6)))
        }
        Value::Number(_) | Value::Null => format!("--{name} {value}"),
    }
}

/// A list's items as separate words, or the list as JSON if an item has no other form. `taken` cells of the first
/// line are in use.
fn list(items: &[Value], taken: usize) -> String {
    let words: Option<Vec<String>> = items
        .iter()
        .map(|item| match item {
            // The CLI would parse words that begin like JSON as JSON.
            Value::String(text) if !text.starts_with(['[', '{']) => Some(quote(text)),
            Value::Object(map) => fields(map, Depth::Top).map(|fields| quote(&folded(&fields, taken))),
            _ => None,
        })
        .collect();
    match words {
        Some(words) if !words.is_empty() => filled(words.into_iter(), " ", " \\\n    ", taken),
        _ => quote(&folded(&Value::from(items).to_string(), taken)),
    }
}

/// Joins parts with `between`, or with `broken` where the line would become too long.
fn filled(parts: impl Iterator<Item = String>, between: &str, broken: &str, taken: usize) -> String {
    let mut text = String::new();
    let mut cells = taken;
    for part in parts {
        let more = part.chars().count();
        if text.is_empty() {
            cells += more;
        } else if cells + between.len() + more <= LINE {
            text.push_str(between);
            cells += between.len() + more;
        } else {
            text.push_str(broken);
            cells = 4 + more;
        }
        text.push_str(&part);
    }
    text
}

/// Breaks a structure's text, shorthand or JSON, into several lines if one is too long: the CLI accepts white space
/// after a comma and an opening bracket.
fn folded(text: &str, taken: usize) -> String {
    if taken + text.chars().count() <= LINE {
        return text.to_owned();
    }
    let mut parts = vec![String::new()];
    let (mut quoted, mut before) = (false, ' ');
    for letter in text.chars() {
        let ends = !quoted && (before == ',' || (before == '[' && letter == '{'));
        if ends {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
        quoted ^= letter == '"' && before != '\\';
        before = letter;
    }
    filled(together(parts).into_iter(), "", "\n    ", taken)
}

/// Rejoins parts within the same pair of braces, as long as they fit on a line.
fn together(parts: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let open = |text: &str| text.matches('{').count() > text.matches('}').count();
    for part in parts {
        match joined.last_mut() {
            Some(last) if open(last) && 4 + last.chars().count() + part.chars().count() <= LINE => last.push_str(&part),
            _ => joined.push(part),
        }
    }
    joined
}

/// Where in the shorthand a value is: only values below the top need brackets.
#[derive(Clone, Copy, PartialEq)]
enum Depth {
    Top,
    Below,
}

/// A structure in the CLI's shorthand, `Name=vpc-id,Values=a,b`; `None` if a value would need quotes of its own.
fn fields(map: &Map<String, Value>, depth: Depth) -> Option<String> {
    let fields: Option<Vec<String>> =
        map.iter().map(|(name, value)| Some(format!("{name}={}", shorthand(value, depth)?))).collect();
    fields.filter(|fields| !fields.is_empty()).map(|fields| fields.join(","))
}

fn shorthand(value: &Value, depth: Depth) -> Option<String> {
    match value {
        Value::String(text) => is_plain(text).then(|| text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Object(map) => fields(map, Depth::Below).map(|fields| format!("{{{fields}}}")),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| shorthand(item, Depth::Below)).collect::<Option<_>>()?;
            let bare = depth == Depth::Top && !items.is_empty() && !items.iter().any(|item| item.starts_with('{'));
            Some(if bare { items.join(",") } else { format!("[{}]", items.join(",")) })
        }
        Value::Null => None,
    }
}

/// Whether a text has no special meaning in shorthand. References count as plain, because they stand for ids, names
/// and ARNs.
fn is_plain(text: &str) -> bool {
    let plain = |character: char| character.is_ascii_alphanumeric() || "._:/@+*-".contains(character);
    !text.is_empty()
        && pieces(text).into_iter().all(|piece| match piece {
            Piece::Literal(words) => words.chars().all(plain),
            Piece::Reference { .. } => true,
        })
}
