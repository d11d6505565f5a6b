//! State of the translation for a real nginx: what has been made so far, and texts that mean the same on this
//! machine.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use super::variables::{Variables, Weight, is_name_byte};

/// How much all its texts together may expand to while a request is answered: values of the request, and bytes of
/// their own.
const MOST_TEXT: Weight = (4096, 1024 * 1024);
/// The log format that stands for nginx's `combined`.
pub const COMBINED: &str = "pllab_combined";

/// The name of a directive or variable that cannot be run here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsafe(pub String);

pub struct Translation<'a> {
    /// The local address of each of the instance's ports, and whether a PROXY protocol header is expected there.
    pub ports: &'a BTreeMap<u16, (SocketAddr, bool)>,
    variables: Variables,
    /// The names of log formats so far.
    pub formats: BTreeSet<String>,
    /// The ports that already have a default server.
    pub defaults: BTreeSet<u16>,
    /// How many blocks were made.
    pub blocks: usize,
    text: Weight,
}

impl<'a> Translation<'a> {
    pub fn new(ports: &'a BTreeMap<u16, (SocketAddr, bool)>, variables: Variables) -> Self {
        Self {
            ports,
            variables,
            formats: ["combined", COMBINED].map(str::to_owned).into(),
            defaults: BTreeSet::new(),
            blocks: 0,
            text: (0, 0),
        }
    }

    /// Rewrites texts with the variables that mean the same here.
    pub fn texts(&mut self, texts: &[&str]) -> Result<Vec<String>, Unsafe> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    /// Rewrites a text with the variables that mean the same here.
    pub fn text(&mut self, text: &str) -> Result<String, Unsafe> {
        let (local, weight) = self.variables.local(text).map_err(Unsafe)?;
        self.text = (self.text.0 + weight.0, self.text.1 + weight.1);
        if self.text.0 > MOST_TEXT.0 || self.text.1 > MOST_TEXT.1 {
            return Err(Unsafe(text.to_owned()));
        }
        Ok(local)
    }

    /// Rewrites a variable without braces, as `if` and `geo` need it.
    pub fn variable(&mut self, text: &str) -> Option<String> {
        let name = text.strip_prefix('$')?;
        let local = self.text(text).ok()?;
        let here = local.strip_prefix("${")?.strip_suffix('}')?;
        // Exactly one name.
        (!name.is_empty() && name.bytes().all(is_name_byte)).then(|| format!("${here}"))
    }
}
