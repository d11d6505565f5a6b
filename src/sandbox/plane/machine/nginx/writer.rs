//! Who makes the tree for the real nginx: what it has made so far, and the texts that mean the same on this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use super::variables::{Variables, Weight, is_name_byte};

/// How much all its texts together may become while a request is answered: values of the request, and bytes of their own.
const MOST_TEXT: Weight = (4096, 1024 * 1024);

/// What cannot be run here: the directive's name, or a variable's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsafe(pub String);

/// Who makes the tree.
pub struct Writer<'a> {
    /// Where each of the instance's ports is here, and whether a PROXY protocol header is expected there.
    pub ports: &'a BTreeMap<u16, (SocketAddr, bool)>,
    variables: Variables,
    /// The names of log formats so far.
    pub formats: BTreeSet<String>,
    /// The ports that have a server for what no other answers.
    pub defaults: BTreeSet<u16>,
    /// How many blocks were made.
    pub blocks: usize,
    text: Weight,
}

impl<'a> Writer<'a> {
    /// Has made nothing yet.
    pub fn new(ports: &'a BTreeMap<u16, (SocketAddr, bool)>, variables: Variables) -> Self {
        Self {
            ports,
            variables,
            formats: BTreeSet::from(["combined".to_owned()]),
            defaults: BTreeSet::new(),
            blocks: 0,
            text: (0, 0),
        }
    }

    /// Texts with the variables that mean the same here.
    pub fn texts(&mut self, texts: &[&str]) -> Result<Vec<String>, Unsafe> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    /// A text with the variables that mean the same here.
    pub fn text(&mut self, text: &str) -> Result<String, Unsafe> {
        let (local, weight) = self.variables.local(text).map_err(Unsafe)?;
        self.text = (self.text.0 + weight.0, self.text.1 + weight.1);
        if self.text.0 > MOST_TEXT.0 || self.text.1 > MOST_TEXT.1 {
            return Err(Unsafe(text.to_owned()));
        }
        Ok(local)
    }

    /// A variable by its bare name, as `if` and `geo` take one.
    pub fn variable(&mut self, text: &str) -> Option<String> {
        let name = text.strip_prefix('$')?;
        let local = self.text(text).ok()?;
        let here = local.strip_prefix("${")?.strip_suffix('}')?;
        // One name, and nothing beside it.
        (!name.is_empty() && name.bytes().all(is_name_byte)).then(|| format!("${here}"))
    }
}
