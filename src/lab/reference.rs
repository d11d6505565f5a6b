//! How resources and checks name other resources.

/// `first`, followed by each of `more` as a reference to `kind`.
pub(super) fn all_of<'a, K: Clone, const N: usize>(
    first: [(&'a str, Option<K>); N],
    more: impl IntoIterator<Item = &'a str>,
    kind: Option<&K>,
) -> Vec<(&'a str, Option<K>)> {
    first.into_iter().chain(more.into_iter().map(|name| (name, kind.cloned()))).collect()
}

/// The names in `${name.fact}`. Anything that does not look like one belongs to the script, such as `${name%%.*}`.
pub(super) fn placeholders(text: &str) -> Vec<&str> {
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .filter_map(|(inside, _)| inside.split_once('.'))
        .filter(|(name, fact)| is_name(name) && is_name(fact))
        .map(|(name, _)| name)
        .collect()
}
