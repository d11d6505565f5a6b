//! Placeholders: `{{ name }}`, `{{ name | subnet(1) }}`, and `{{ "text" }}` for literal text that would otherwise be
//! one.
//!
//! Not a template engine, because a lab may come from a stranger: no loops, no calls, no nesting. The text is read
//! once from left to right, and the length of the result is limited.

use std::collections::BTreeMap;

use super::limits::{FILLED, shown};
use super::{LabError, Place, subnet_of};
use crate::i18n::{Text, m};

/// The last /24 of the largest block that a VPC may have. A smaller block is counted round, because the learner chooses
/// it, but a number beyond this is in no block.
const LAST_SUBNET: u32 = 255;

/// Fills in the placeholders of `source`. Line numbers stay the same, because values have no line breaks.
///
/// # Errors
/// The first placeholder that cannot be filled in, with its place.
pub(super) fn fill(file: &str, source: &str, values: &BTreeMap<&str, String>) -> Result<String, Vec<LabError>> {
    let fault = |at: usize, what| {
        let place = Place::of_offset(source, at);
        vec![LabError { file: file.to_owned(), place: Some(place), what }]
    };
    let mut filled = String::with_capacity(source.len());
    let mut from = 0;
    while let Some(at) = source[from..].find(['{']).map(|at| at + from) {
        let rest = &source[at..];
        filled.push_str(&source[from..at]);
        if rest.starts_with("{{") {
            let end = end_of(rest).ok_or_else(|| fault(at, m::lab_placeholder_open()))?;
            let value = value(&rest[2..end - 2], values).map_err(|what| fault(at, what))?;
            filled.push_str(&value);
            from = at + end;
        } else if rest.starts_with("{%") {
            return Err(fault(at, m::lab_placeholder_form(shown(rest.lines().next().unwrap_or_default()))));
        } else {
            filled.push('{');
            from = at + 1;
        }
        if filled.len() > FILLED {
            return Err(fault(at, m::lab_filled_too_long(FILLED)));
        }
    }
    filled.push_str(&source[from..]);
    if filled.len() > FILLED {
        return Err(fault(from, m::lab_filled_too_long(FILLED)));
    }
    Ok(filled)
}

/// The placeholders of a text, as written.
pub(super) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let at = rest.find("{{")?;
        let end = end_of(&rest[at..])?;
        let inside = rest[at + 2..at + end - 2].trim();
        rest = &rest[at + end..];
        Some(inside)
    })
}

/// Where the placeholder at the start of `rest` ends. It must be on one line; a quoted text in it may contain the
/// closing braces.
fn end_of(rest: &str) -> Option<usize> {
    let mut quoted = None;
    for (at, c) in rest.char_indices().skip(2) {
        match (quoted, c) {
            (_, '\n') => return None,
            (Some(quote), c) if c == quote => quoted = None,
            (None, '"' | '\'') => quoted = Some(c),
            (None, '}') if rest[at + 1..].starts_with('}') => return Some(at + 2),
            _ => {}
        }
    }
    None
}

/// The value of a placeholder.
fn value(inside: &str, values: &BTreeMap<&str, String>) -> Result<String, Text> {
    let inside = inside.trim();
    for quote in ['"', '\''] {
        let text = inside.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(text) = text.filter(|text| !text.contains(quote)) {
            return Ok(text.to_owned());
        }
    }
    let (name, filter) =
        inside.split_once('|').map_or((inside, None), |(name, filter)| (name.trim(), Some(filter.trim())));
    let form = || m::lab_placeholder_form(shown(inside));
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err(form());
    }
    let known = || values.keys().copied().collect::<Vec<_>>().join(", ");
    let value =
        values.get(name).ok_or_else(|| m::LabPlaceholderUnknown { known: known(), name: shown(name) }.text())?;
    let Some(filter) = filter else { return Ok(value.clone()) };
    let index = filter.strip_prefix("subnet").map(str::trim).and_then(|it| it.strip_prefix('(')?.strip_suffix(')'));
    let index: u32 = index.and_then(|index| index.trim().parse().ok()).ok_or_else(form)?;
    if index > LAST_SUBNET {
        return Err(m::lab_placeholder_index(shown(inside)));
    }
    subnet_of(value, index).ok_or_else(|| m::lab_placeholder_block(shown(name)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::limits::FILLED;
    use super::{fill, placeholders};
    use crate::i18n::Lang;

    fn filled(source: &str) -> Result<String, String> {
        let values = BTreeMap::from([("cidr", "10.0.0.0/16".to_owned()), ("zone_a", "{{ cidr }}".to_owned())]);
        fill("f", source, &values).map_err(|errors| {
            let place = errors[0].place.clone().expect("it has a place");
            format!("{}:{} {}", place.line, place.column, errors[0].what.render(Lang::En))
        })
    }

    #[test]
    fn values_and_subnets_are_filled_in() {
        assert_eq!(
            filled("a {{ cidr }} {{cidr|subnet( 1 )}} {#x} } }}").unwrap(),
            "a 10.0.0.0/16 10.0.1.0/24 {#x} } }}"
        );
        assert_eq!(filled("{{ \"{{ cidr }}\" }} {{ '{%' }}").unwrap(), "{{ cidr }} {%");
        assert_eq!(filled("{{ zone_a }}").unwrap(), "{{ cidr }}", "what is filled in is not read again");
        assert_eq!(filled("${a.b} {").unwrap(), "${a.b} {");
    }

    #[test]
    fn everything_else_is_a_fault_with_its_place() {
        for (source, place) in [
            ("a\n東 {{ zoen }}", "2:3"),
            ("{{ cidr", "1:1"),
            ("{{ cidr\n}}", "1:1"),
            ("x {% for a in cidr %}", "1:3"),
            ("{{ cidr | upper }}", "1:1"),
            ("{{ cidr.x }}", "1:1"),
            ("{{ 'a' * 3 }}", "1:1"),
            ("{{ m() }}", "1:1"),
            ("{{ cidr | subnet(4294967296) }}", "1:1"),
            ("\n {{ cidr | subnet(4294967295) }}", "2:2"),
            ("{{ cidr | subnet(256) }}", "1:1"),
            ("{{ cidr | subnet(1) | subnet(1) }}", "1:1"),
            ("{{ zone_a | subnet(1) }}", "1:1"),
            ("{{ }}", "1:1"),
        ] {
            let error = filled(source).unwrap_err();
            assert!(error.starts_with(&format!("{place} ")), "{source}: {error}");
        }
    }

    #[test]
    fn what_it_becomes_has_a_limit() {
        let values = BTreeMap::from([("v", "x".repeat(1000))]);
        let source = "{{ v }}".repeat(FILLED / 1000 + 1);
        assert!(fill("f", &source, &values).is_err());
        assert!(fill("f", &"x".repeat(FILLED + 1), &values).is_err());
        assert_eq!(fill("f", &"{ ".repeat(FILLED / 2), &values).map(|text| text.len()), Ok(FILLED));
    }

    #[test]
    fn placeholders_are_listed_as_they_stand() {
        assert_eq!(
            placeholders("a {{ b }} {{c|subnet(1)}} {{ '}}' }} {{ d").collect::<Vec<_>>(),
            ["b", "c|subnet(1)", "'}}'"]
        );
    }
}
