//! EC2's `Filter.N`: a name and values with wildcards. One value of a filter must match, and every filter must.

use std::collections::BTreeMap;

use super::error::ApiError;
use super::params::Params;

/// The limit of values in all filters of a call together [devguide: errors-overview, `FilterLimitExceeded`].
const VALUES: usize = 200;
/// How long a piece of a value with a `?` in it may be: it is compared character by character, at each place of a text.
const MOST_SLOW: usize = 64;

#[derive(Clone, Debug, Default)]
pub struct Filters(Vec<Filter>);

#[derive(Clone, Debug)]
struct Filter {
    name: String,
    values: Vec<String>,
    patterns: Vec<Pattern>,
}

impl Filter {
    fn new(name: String, values: Vec<String>) -> Self {
        let patterns = values.iter().map(|value| Pattern::read(value)).collect();
        Self { name, values, patterns }
    }
}

impl Filters {
    /// Reads the filters. `known` are the names that this operation has; `tag` in it stands for `tag:Key`, `tag-key`
    /// and `tag-value`.
    ///
    /// # Errors
    /// A filter without a name or values, or with a name that is not in `known`.
    pub fn read(params: &Params, known: &[&str]) -> Result<Self, ApiError> {
        Self::read_beside(params, known, &[])
    }

    /// Like [`Filters::read`]. `absent` are names of properties that no resource here has: such a filter matches
    /// nothing, whatever its values.
    ///
    /// # Errors
    /// Like [`Filters::read`].
    pub fn read_beside(params: &Params, known: &[&str], absent: &[&str]) -> Result<Self, ApiError> {
        let (mut filters, mut count) = (Vec::new(), 0);
        for prefix in params.groups("Filter") {
            let name = params.need(&format!("{prefix}.Name"))?.to_owned();
            let mut values = Vec::new();
            for value in params.groups(&format!("{prefix}.Value")) {
                values.push(params.get(&value).unwrap_or_default().to_owned());
            }
            if values.is_empty() {
                return Err(ApiError::new("InvalidParameterValue", format!("The filter '{name}' must have values")));
            }
            count += values.len();
            if absent.contains(&name.as_str()) {
                filters.push(Filter::new(name, Vec::new()));
                continue;
            }
            let is_tag = name.starts_with("tag:") || name == "tag-key" || name == "tag-value";
            if !(known.contains(&name.as_str()) || is_tag && known.contains(&"tag")) || name == "tag" {
                return Err(ApiError::new(
                    "InvalidParameterValue",
                    format!("The filter '{name}' is invalid, or pllab's sandbox does not model it"),
                ));
            }
            let filter = Filter::new(name, values);
            if let Some(at) = filter.patterns.iter().position(|pattern| pattern.slow() > MOST_SLOW) {
                let text =
                    format!("a filter value with '?' and more than {MOST_SLOW} characters: {}", filter.values[at]);
                return Err(ApiError::not_modelled("InvalidParameterValue", &text));
            }
            filters.push(filter);
        }
        if count > VALUES {
            let text = format!("The maximum number of filter values specified on a single call is {VALUES}");
            return Err(ApiError::new("FilterLimitExceeded", text));
        }
        Ok(Self(filters))
    }

    /// The filters that do not ask for a state. A describe call uses them before it advances the resources it finds.
    #[must_use]
    pub fn without_states(&self) -> Self {
        Self(self.0.iter().filter(|it| !(it.name.contains("state") || it.name == "status")).cloned().collect())
    }

    /// The values of each filter that has one of these `names` and no wildcards.
    pub fn exact(&self, names: &[&str]) -> impl Iterator<Item = &[String]> {
        let found = self.0.iter().filter(move |it| names.contains(&it.name.as_str()) && is_exact(&it.values));
        found.map(|it| it.values.as_slice())
    }

    /// The tags that each tag filter without wildcards asks for: keys, and values if it names them.
    pub fn exact_tags(&self) -> impl Iterator<Item = Vec<(&str, Option<&str>)>> {
        self.0.iter().filter(|it| is_exact(&it.values)).filter_map(|Filter { name, values, .. }| {
            let values = values.iter().map(String::as_str);
            if name == "tag-key" {
                return Some(values.map(|key| (key, None)).collect());
            }
            let key = name.strip_prefix("tag:")?;
            Some(values.map(|value| (key, Some(value))).collect())
        })
    }

    /// Whether all filters match. `values` returns what a resource has under a filter's name.
    pub fn hold<F>(&self, tags: &BTreeMap<String, String>, values: F) -> bool
    where
        F: Fn(&str) -> Vec<String>,
    {
        self.0.iter().all(|Filter { name, patterns, .. }| {
            let has = if let Some(key) = name.strip_prefix("tag:") {
                tags.get(key).cloned().into_iter().collect()
            } else if name == "tag-key" {
                tags.keys().cloned().collect()
            } else if name == "tag-value" {
                tags.values().cloned().collect()
            } else {
                values(name)
            };
            has.iter().any(|value| patterns.iter().any(|pattern| pattern.is_like(value)))
        })
    }
}

fn is_exact(values: &[String]) -> bool {
    !values.iter().any(|value| value.contains(['*', '?', '\\']))
}

/// A value of a filter: `*` is any run of characters, `?` any one, and `\\` makes the next one literal.
#[derive(Clone, Debug)]
struct Pattern {
    /// What stands between the runs.
    pieces: Vec<Piece>,
}

/// What no run is in.
#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    /// With `None` for any character.
    Characters(Vec<Option<char>>),
}

impl Piece {
    /// The bytes of `text` that it takes at the beginning.
    fn starts(&self, text: &str) -> Option<usize> {
        match self {
            Self::Text(piece) => text.starts_with(piece.as_str()).then_some(piece.len()),
            Self::Characters(piece) => {
                let mut characters = text.char_indices();
                let fits = |wanted: &Option<char>| {
                    let (_, has) = characters.next()?;
                    wanted.is_none_or(|wanted| wanted == has).then_some(())
                };
                piece.iter().map(fits).collect::<Option<()>>()?;
                Some(characters.offset())
            }
        }
    }

    /// Where it ends the first time that it occurs.
    fn find(&self, text: &str) -> Option<usize> {
        match self {
            Self::Text(piece) => text.find(piece.as_str()).map(|at| at + piece.len()),
            Self::Characters(_) => {
                text.char_indices().find_map(|(at, _)| self.starts(&text[at..]).map(|taken| at + taken))
            }
        }
    }

    /// Whether it is the end of `text`.
    fn ends(&self, text: &str) -> bool {
        match self {
            Self::Text(piece) => text.ends_with(piece.as_str()),
            Self::Characters(piece) => {
                let from = text.chars().count().checked_sub(piece.len());
                from.and_then(|from| text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(from))
                    .is_some_and(|at| self.starts(&text[at..]) == Some(text.len() - at))
            }
        }
    }
}

impl Pattern {
    fn read(text: &str) -> Self {
        let mut pieces = vec![Vec::new()];
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            let piece = match character {
                '*' => {
                    pieces.push(Vec::new());
                    continue;
                }
                '?' => None,
                '\\' => Some(characters.next().unwrap_or('\\')),
                other => Some(other),
            };
            pieces.last_mut().into_iter().for_each(|last| last.push(piece));
        }
        let last = pieces.len() - 1;
        // Two runs side by side are one.
        let kept = pieces.into_iter().enumerate().filter(|(at, piece)| *at == 0 || *at == last || !piece.is_empty());
        let read = |piece: Vec<Option<char>>| match piece.iter().copied().collect::<Option<String>>() {
            Some(text) => Piece::Text(text),
            None => Piece::Characters(piece),
        };
        Self { pieces: kept.map(|(_, piece)| read(piece)).collect() }
    }

    /// The longest piece in which a character is searched for step by step.
    fn slow(&self) -> usize {
        let slow = |piece: &Piece| if let Piece::Characters(piece) = piece { piece.len() } else { 0 };
        self.pieces.iter().map(slow).max().unwrap_or(0)
    }

    fn is_like(&self, text: &str) -> bool {
        let (Some(first), Some(last)) = (self.pieces.first(), self.pieces.last()) else { return false };
        let Some(taken) = first.starts(text) else { return false };
        let mut rest = &text[taken..];
        if self.pieces.len() == 1 {
            return rest.is_empty();
        }
        for piece in &self.pieces[1..self.pieces.len() - 1] {
            let Some(end) = piece.find(rest) else { return false };
            rest = &rest[end..];
        }
        last.ends(rest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Filters, Params, Pattern};

    fn like(pattern: &str, text: &str) -> bool {
        Pattern::read(pattern).is_like(text)
    }

    /// By definition, in no hurry.
    fn slowly(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', rest @ ..] => (0..=text.len()).any(|taken| slowly(rest, &text[taken..])),
            ['?', rest @ ..] => !text.is_empty() && slowly(rest, &text[1..]),
            ['\\', literal, rest @ ..] | [literal, rest @ ..] => {
                text.first() == Some(literal) && slowly(rest, &text[1..])
            }
        }
    }

    proptest! {
        #[test]
        fn a_pattern_means_what_it_says(pattern in "[aあ*?]{0,8}(\\\\[*?])?[ab*]{0,4}", text in "[abあ*?]{0,12}") {
            let characters: Vec<char> = pattern.chars().collect();
            prop_assert_eq!(like(&pattern, &text), slowly(&characters, &text.chars().collect::<Vec<_>>()));
        }
    }

    #[test]
    fn a_pattern_that_nearly_matches_takes_no_time() {
        let pattern = Pattern::read(&format!("*{}b", "a".repeat(126)));
        let text = "a".repeat(256);
        let begun = std::time::Instant::now();
        assert!((0..100_000).all(|_| !pattern.is_like(&text)));
        // Some 30,000 steps for each pair would take minutes.
        assert!(begun.elapsed() < std::time::Duration::from_secs(20));
        let long = format!("Filter.1.Name=vpc-id&Filter.1.Value.1={}", "?".repeat(65));
        assert!(Filters::read(&Params::parse(long.as_bytes()).unwrap(), &["vpc-id"]).is_err());
    }

    #[test]
    fn wildcards() {
        assert!(like("al2023-ami-2023.*-x86_64", "al2023-ami-2023.9.2026-x86_64"));
        assert!(like("vpc-?", "vpc-1") && !like("vpc-?", "vpc-12") && !like("a*b", "ac"));
        assert!(like(r"a\*", "a*") && !like(r"a\*", "ab"));
    }

    #[test]
    fn filters_are_and_values_are_or() {
        let form =
            "Filter.1.Name=tag%3Alab&Filter.1.Value.1=x&Filter.1.Value.2=y&Filter.2.Name=vpc-id&Filter.2.Value.1=v";
        let filters = Filters::read(&Params::parse(form.as_bytes()).unwrap(), &["vpc-id", "tag"]).unwrap();
        let tags = [("lab".to_owned(), "y".to_owned())].into();
        assert!(filters.hold(&tags, |_| vec!["v".to_owned()]));
        assert!(!filters.hold(&tags, |_| vec!["w".to_owned()]));
        assert!(!filters.hold(&[].into(), |_| vec!["v".to_owned()]));
    }

    #[test]
    fn nothing_has_what_is_absent() {
        let params = Params::parse(b"Filter.1.Name=outpost-arn&Filter.1.Value.1=*").unwrap();
        let filters = Filters::read_beside(&params, &["vpc-id"], &["outpost-arn"]).unwrap();
        assert!(!filters.hold(&[].into(), |_| vec!["v".to_owned()]));
    }

    #[test]
    fn an_unknown_filter_is_refused() {
        let params = Params::parse(b"Filter.1.Name=odd&Filter.1.Value.1=x").unwrap();
        assert!(Filters::read(&params, &["vpc-id", "tag"]).unwrap_err().message.contains("'odd'"));
    }
}
