//! What `location` says.

use super::values::{is_made_of, is_regex};

/// A location, in the one form that has only one meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// What begins like this; with `^~` where the flag is set.
    Prefix(String, bool),
    /// This path and no other.
    Exact(String),
    /// What a regular expression fits, without regard to case where the flag is set.
    Regex(String, bool),
    /// A place for redirects within nginx.
    Named(String),
}

impl Location {
    /// Reads its values. None where it is not run here.
    pub fn of(values: &[&str]) -> Option<Self> {
        let (modifier, text) = match values {
            [modifier, text] => (*modifier, *text),
            // A modifier may stand right before its text.
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

    /// The words that say it.
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

    /// Whether nginx puts an alias in the place of its text: what follows in a request's path comes after the alias.
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
