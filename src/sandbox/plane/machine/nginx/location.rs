//! Reads the values of `location`.

use super::values::{is_made_of, is_regex};

/// A location, in a form with only one meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// Paths with this prefix; with `^~` if the flag is set.
    Prefix(String, bool),
    /// This path only.
    Exact(String),
    /// Paths that match a regular expression; case-insensitive if the flag is set.
    Regex(String, bool),
    /// A target for redirects within nginx.
    Named(String),
}

impl Location {
    /// Reads its values. `None` if it is not run here.
    pub fn of(values: &[&str]) -> Option<Self> {
        let (modifier, text) = match values {
            [modifier, text] => (*modifier, *text),
            // A modifier may stand directly before its text.
            [text] => ["=", "^~", "~*", "~"]
                .into_iter()
                .find_map(|it| Some((it, text.strip_prefix(it)?)))
                .unwrap_or(("", text)),
            _ => return None,
        };
        let path = || text.starts_with('/').then(|| text.to_owned());
        match modifier {
            "" => match text.strip_prefix('@') {
                Some(name) => is_made_of(name, "-_.").then(|| Self::Named(text.to_owned())),
                None => path().map(|text| Self::Prefix(text, false)),
            },
            "^~" => path().map(|text| Self::Prefix(text, true)),
            "=" => path().map(Self::Exact),
            "~" | "~*" => is_regex(text).then(|| Self::Regex(text.to_owned(), modifier == "~*")),
            _ => None,
        }
    }

    /// The values to write.
    pub fn words(&self) -> Vec<String> {
        let (modifier, text) = match self {
            Self::Prefix(text, false) | Self::Named(text) => ("", text),
            Self::Prefix(text, true) => ("^~", text),
            Self::Exact(text) => ("=", text),
            Self::Regex(text, false) => ("~", text),
            Self::Regex(text, true) => ("~*", text),
        };
        [modifier, text].into_iter().filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    /// Whether nginx replaces the location's text by an alias, so that the rest of a request's path follows the
    /// alias.
    pub fn takes_alias(&self) -> bool {
        matches!(self, Self::Prefix(..) | Self::Exact(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_has_one_meaning() {
        for (values, wanted) in [
            (&["/a"][..], Some(&["/a"][..])),
            (&["=/a"], Some(&["=", "/a"])),
            (&["^~/a"], Some(&["^~", "/a"])),
            (&["~\\.png$"], Some(&["~", "\\.png$"])),
            (&["~*x"], Some(&["~*", "x"])),
            (&["@x"], Some(&["@x"])),
            (&["=", "/a"], Some(&["=", "/a"])),
            (&["~*", "x"], Some(&["~*", "x"])),
            (&[""], None),
            (&["a"], None),
            (&["=", "a"], None),
            (&["==/a"], None),
            (&["@"], None),
            (&["@x y"], None),
            (&["!", "/a"], None),
            (&["~", "(?<uri>x)"], None),
            (&["~", ""], None),
        ] {
            let seen = Location::of(values).map(|it| it.words());
            assert_eq!(seen, wanted.map(|it| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()), "{values:?}");
        }
    }
}
