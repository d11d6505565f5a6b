//! A directive of nginx's configuration, and the tree that directives form.

use std::sync::Arc;

/// One directive: its decoded words, its block if it has one, and its place.
#[derive(Clone, Debug)]
pub struct Directive {
    /// The words; the first is its name. nginx does not remember which of them were quoted.
    pub words: Vec<String>,
    /// The directives between its braces.
    pub block: Option<Vec<Self>>,
    /// The file's path on the instance.
    pub file: Arc<str>,
    /// The line of its `;` or `{`, which is the line that nginx reports.
    pub line: usize,
}

impl PartialEq for Directive {
    /// Equal if nginx sees no difference: the place does not matter.
    fn eq(&self, other: &Self) -> bool {
        self.words == other.words && self.block == other.block
    }
}

impl Eq for Directive {}

impl Directive {
    /// A directive at the same place as this one.
    pub fn at(&self, words: Vec<String>, block: Option<Vec<Self>>) -> Self {
        Self { words, block, file: Arc::clone(&self.file), line: self.line }
    }

    /// A directive of our own.
    pub fn ours(words: &[&str], block: Option<Vec<Self>>) -> Self {
        Self { words: words.iter().map(|it| (*it).to_owned()).collect(), block, file: Arc::from(""), line: 0 }
    }

    pub fn name(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// The words after its name.
    pub fn values(&self) -> Vec<&str> {
        self.words.iter().skip(1).map(String::as_str).collect()
    }

    /// Every directive of a tree, in order. The entries of blocks such as `map` are not directives, whatever their
    /// names.
    pub fn all(tree: &[Self]) -> Vec<&Self> {
        Self::below(tree, &|name| ["http", "events", "server", "location", "if", "limit_except"].contains(&name))
    }

    /// Every directive and every entry of a tree, in order.
    pub fn everything(tree: &[Self]) -> Vec<&Self> {
        Self::below(tree, &|_| true)
    }

    fn below<'a>(tree: &'a [Self], enters: &dyn Fn(&str) -> bool) -> Vec<&'a Self> {
        let inner = |it: &'a Self| it.block.as_deref().filter(|_| enters(it.name())).unwrap_or_default();
        tree.iter().flat_map(|it| std::iter::once(it).chain(Self::below(inner(it), enters))).collect()
    }
}
