//! EC2's `Filter.N`: a name and values with wildcards. One value of a filter must match, and every filter must.

use std::collections::BTreeMap;

use super::error::ApiError;
use super::params::Params;

/// The limit of values in all filters of a call together [devguide: errors-overview, `FilterLimitExceeded`].
const VALUES: usize = 200;

#[derive(Clone, Debug, Default)]
pub struct Filters(Vec<(String, Vec<String>)>);

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
                filters.push((name, Vec::new()));
                continue;
            }
            let is_tag = name.starts_with("tag:") || name == "tag-key" || name == "tag-value";
            if !(known.contains(&name.as_str()) || is_tag && known.contains(&"tag")) || name == "tag" {
                return Err(ApiError::new(
                    "InvalidParameterValue",
                    format!("The filter '{name}' is invalid, or pllab's sandbox does not model it"),
                ));
            }
            filters.push((name, values));
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
        Self(self.0.iter().filter(|(name, _)| !(name.contains("state") || name == "status")).cloned().collect())
    }

    /// The values of each filter that has one of these `names` and no wildcards.
    pub fn exact(&self, names: &[&str]) -> impl Iterator<Item = &[String]> {
        let found = self.0.iter().filter(|(name, values)| names.contains(&name.as_str()) && is_exact(values));
        found.map(|(_, values)| values.as_slice())
    }

    /// The tags that each tag filter without wildcards asks for: keys, and values if it names them.
    pub fn exact_tags(&self) -> impl Iterator<Item = Vec<(&str, Option<&str>)>> {
        self.0.iter().filter(|(_, values)| is_exact(values)).filter_map(|(name, values)| {
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
        self.0.iter().all(|(name, wanted)| {
            let has = if let Some(key) = name.strip_prefix("tag:") {
                tags.get(key).cloned().into_iter().collect()
            } else if name == "tag-key" {
                tags.keys().cloned().collect()
            } else if name == "tag-value" {
                tags.values().cloned().collect()
            } else {
                values(name)
            };
            has.iter().any(|value| wanted.iter().any(|pattern| like(pattern, value)))
        })
    }
}

fn is_exact(values: &[String]) -> bool {
    !values.iter().any(|value| value.contains(['*', '?', '\\']))
}

/// Whether `text` matches `pattern`: `*` is any run of characters, `?` any one, and `\` makes the next one literal.
fn like(pattern: &str, text: &str) -> bool {
    #[derive(PartialEq)]
    enum Part {
        Run,
        Any,
        Is(char),
    }
    let mut parts = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        parts.push(match character {
            '*' => Part::Run,
            '?' => Part::Any,
            '\\' => Part::Is(characters.next().unwrap_or('\\')),
            other => Part::Is(other),
        });
    }
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut part) = (0, 0);
    // Where the last run began. On a mismatch it takes one character more.
    let mut run = None;
    while at < text.len() {
        match parts.get(part) {
            Some(Part::Run) => {
                run = Some((part, at));
                part += 1;
            }
            Some(Part::Any) => (at, part) = (at + 1, part + 1),
            Some(Part::Is(character)) if *character == text[at] => (at, part) = (at + 1, part + 1),
            _ => {
                let Some((run_part, run_at)) = run else { return false };
                run = Some((run_part, run_at + 1));
                (at, part) = (run_at + 1, run_part + 1);
            }
        }
    }
    parts[part..].iter().all(|part| *part == Part::Run)
}

#[cfg(test)]
mod tests {
    use super::{Filters, Params, like};

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
