//! Expands words: parameters, commands, arithmetic, fields and file names.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::arithmetic::{self, Wrong};
use super::braces::braces;
use super::limits::{LONGEST_VALUE, Limit};
use super::outcome::{Halt, Outcome};
use super::pattern::{Pattern, escaped, has_wildcard};
use super::sinks::Out;
use super::state::Shell;
use super::tree::{Change, Parameter, Part, Script, Word};
use super::variables::Value;
use super::world::Later;

/// A part of a word after its expansion.
enum Piece {
    Text {
        text: String,
        quoted: bool,
        splits: bool,
    },
    /// The end of a field, between the arguments of `"$@"`.
    Break,
}

/// The characters between fields.
pub struct Separators(BTreeSet<char>);

impl Separators {
    pub fn has(&self, c: char) -> bool {
        self.0.contains(&c)
    }
}

/// A field while it is put together: as text, and as a pattern.
#[derive(Default)]
struct Field {
    text: String,
    pattern: String,
}

impl Shell {
    /// The fields of all words, as a command gets them.
    pub fn fields<'a>(&'a mut self, words: &'a [Word]) -> Later<'a, Result<Vec<String>, Halt>> {
        Box::pin(async move {
            let mut fields = Vec::new();
            let mut held = self.meter.hold(0)?;
            for word in words {
                for word in braces(word, &self.meter)?.iter().map(|it| it.as_ref().unwrap_or(word)) {
                    if let [Part::Quoted(empty), Part::Parameter(all)] = word.as_slice()
                        && empty.is_empty()
                        && all.name == "@"
                        && matches!(all.change, Change::Nothing)
                    {
                        for argument in &self.arguments {
                            held.grow(argument.len() + 64)?;
                            self.meter.charge(argument.len() / 4 + 16)?;
                            fields.push(argument.clone());
                        }
                        continue;
                    }
                    let pieces = self.pieces(word).await?;
                    for field in self.assemble(pieces)? {
                        held.grow(field.text.len() + 64)?;
                        if has_wildcard(&field.pattern) {
                            for path in self.paths(&field)? {
                                held.grow(path.len() + 64)?;
                                fields.push(path);
                            }
                        } else {
                            fields.push(field.text);
                        }
                    }
                }
            }
            Ok(fields)
        })
    }

    /// The characters between fields.
    ///
    /// # Errors
    /// If they are not known.
    pub fn separators(&self) -> Result<Separators, Halt> {
        let text = match self.variables.own("IFS") {
            None => " \t\n".into(),
            Some(Value::Known(text)) => text,
            Some(Value::Unknown) => return Err(Halt::Unknown),
        };
        self.meter.charge(text.len())?;
        Ok(Separators(text.chars().collect()))
    }

    /// A word as one text, as in an assignment.
    pub fn text<'a>(&'a mut self, word: &'a Word) -> Later<'a, Result<String, Halt>> {
        Box::pin(async move {
            let mut out = String::new();
            for piece in self.pieces(word).await? {
                match piece {
                    Piece::Text { text, .. } => out.push_str(&text),
                    Piece::Break => out.push(' '),
                }
                self.fits(out.len())?;
            }
            Ok(out)
        })
    }

    /// A word as a pattern: what was quoted stands for itself.
    pub fn pattern<'a>(&'a mut self, word: &'a Word) -> Later<'a, Result<String, Halt>> {
        Box::pin(async move { Ok(self.text_and_pattern(word).await?.1) })
    }

    /// A word as a text and as a pattern. It is expanded once: what it does in passing is not done again.
    pub fn text_and_pattern<'a>(&'a mut self, word: &'a Word) -> Later<'a, Result<(String, String), Halt>> {
        Box::pin(async move {
            let (mut plain, mut pattern) = (String::new(), String::new());
            for piece in self.pieces(word).await? {
                match piece {
                    Piece::Text { text, quoted, .. } => {
                        plain.push_str(&text);
                        pattern.push_str(&if quoted { escaped(&text) } else { text });
                    }
                    Piece::Break => {
                        plain.push(' ');
                        pattern.push(' ');
                    }
                }
                self.fits(pattern.len())?;
            }
            Ok((plain, pattern))
        })
    }

    /// Counts a text that was made, and refuses one that is too long.
    pub fn fits(&self, length: usize) -> Result<(), Halt> {
        self.meter.charge(length / 8 + 1)?;
        if length > LONGEST_VALUE { Err(self.meter.end(Limit::Memory)) } else { Ok(()) }
    }

    fn pieces<'a>(&'a mut self, word: &'a Word) -> Later<'a, Result<Vec<Piece>, Halt>> {
        Box::pin(async move {
            self.deeper()?;
            let mut pieces = Vec::new();
            let mut length = 0;
            for (at, part) in word.iter().enumerate() {
                match part {
                    Part::Text(text) => {
                        let home = at == 0 && text.starts_with('~');
                        if home && text.len() > 1 && !text.starts_with("~/") {
                            return Err(Halt::Unknown);
                        }
                        // cloud-init runs scripts as root.
                        let text = if home { text.replacen('~', "/root", 1) } else { text.clone() };
                        pieces.push(Piece::Text { text, quoted: home, splits: false });
                    }
                    Part::Quoted(text) => {
                        pieces.push(Piece::Text { text: text.clone(), quoted: true, splits: false });
                    }
                    Part::Parameter(parameter) => self.parameter_pieces(parameter, &mut pieces).await?,
                    Part::Command { script, quoted } => {
                        let text = self.substitute(script).await?;
                        pieces.push(Piece::Text { text, quoted: *quoted, splits: !quoted });
                    }
                    Part::Arithmetic(inside) => {
                        let text = self.text(inside).await?;
                        let text = self.number(&text)?.to_string();
                        pieces.push(Piece::Text { text, quoted: true, splits: false });
                    }
                    Part::Unmodelled => return Err(Halt::Unknown),
                }
                if let Some(Piece::Text { text, .. }) = pieces.last() {
                    length += text.len();
                }
                self.fits(length)?;
            }
            self.depth -= 1;
            Ok(pieces)
        })
    }

    fn parameter_pieces<'a>(
        &'a mut self,
        parameter: &'a Parameter,
        pieces: &'a mut Vec<Piece>,
    ) -> Later<'a, Result<(), Halt>> {
        Box::pin(async move {
            let (quoted, splits) = (parameter.quoted, !parameter.quoted);
            if matches!(parameter.name.as_str(), "@" | "*") && matches!(parameter.change, Change::Nothing) {
                let mut held = self.meter.hold(0)?;
                let joint: String = match self.variables.own("IFS") {
                    None => " ".to_owned(),
                    Some(Value::Known(text)) => text.chars().take(1).collect(),
                    Some(Value::Unknown) => return Err(Halt::Unknown),
                };
                for (at, argument) in self.arguments.iter().enumerate() {
                    self.meter.charge(8)?;
                    held.grow(argument.len() + 64)?;
                    if at > 0 {
                        pieces.push(if parameter.name == "@" || !quoted {
                            Piece::Break
                        } else {
                            Piece::Text { text: joint.clone(), quoted, splits }
                        });
                    }
                    pieces.push(Piece::Text { text: argument.clone(), quoted, splits });
                }
                return Ok(());
            }
            if let Some(word) = self.alternative(parameter)? {
                // What is quoted in it stays together.
                for piece in self.pieces(word).await? {
                    pieces.push(match piece {
                        Piece::Text { text, quoted: inside, .. } => {
                            Piece::Text { text, quoted: quoted || inside, splits: splits && !inside }
                        }
                        Piece::Break => Piece::Break,
                    });
                }
                return Ok(());
            }
            let text = self.changed(parameter).await?;
            pieces.push(Piece::Text { text, quoted, splits });
            Ok(())
        })
    }

    /// Splits what is to be split, and joins the rest to fields.
    fn assemble(&self, pieces: Vec<Piece>) -> Result<Vec<Field>, Halt> {
        let separators = self.separators()?;
        let mut fields = Vec::new();
        let mut open: Option<Field> = None;
        let mut after_blank = false;
        for piece in pieces {
            let Piece::Text { text, quoted, splits } = piece else {
                fields.extend(open.take());
                continue;
            };
            self.meter.charge(text.len())?;
            if !splits {
                after_blank = false;
                let field = open.get_or_insert_with(Field::default);
                field.pattern.push_str(&if quoted { escaped(&text) } else { text.clone() });
                field.text.push_str(&text);
                continue;
            }
            for c in text.chars() {
                if separators.has(c) && matches!(c, ' ' | '\t' | '\n') {
                    after_blank |= open.is_some();
                    fields.extend(open.take());
                } else if separators.has(c) {
                    // Any other separator ends a field even where it is empty, together with the blanks around it.
                    if !std::mem::take(&mut after_blank) {
                        fields.push(open.take().unwrap_or_default());
                    }
                } else {
                    after_blank = false;
                    let field = open.get_or_insert_with(Field::default);
                    field.text.push(c);
                    field.pattern.push(c);
                }
            }
            self.meter.charge(fields.len())?;
        }
        fields.extend(open);
        Ok(fields)
    }

    /// The files that fit a pattern. Where there are none, the image may have some.
    fn paths(&self, field: &Field) -> Result<Vec<String>, Halt> {
        // A question mark of an address, or a `[` that stands alone.
        let plain =
            field.text.contains("://") || field.text.starts_with('-') || matches!(field.text.as_str(), "[" | "[[");
        if plain || !has_closed_wildcard(&field.pattern) {
            return Ok(vec![field.text.clone()]);
        }
        let folder = field.text.rsplit_once('/').map_or("", |(folder, _)| folder);
        if has_wildcard(folder) {
            return Err(Halt::Unknown);
        }
        let beginning = self.absolute(folder)?;
        let beginning = if beginning.ends_with('/') { beginning } else { beginning + "/" };
        if self.common.is_clouded(&beginning) {
            return Err(Halt::Unknown);
        }
        let pattern = field.pattern.rsplit_once('/').map_or(field.pattern.as_str(), |(_, name)| name);
        let dots = pattern.starts_with('.');
        let pattern = Pattern::new(pattern, &self.meter)?;
        let mut found = BTreeSet::new();
        for path in self.below(&beginning)?.into_iter().chain(self.common.folders_in(&beginning)) {
            let Some(name) = path.strip_prefix(&beginning) else { continue };
            let name = name.split('/').next().unwrap_or(name);
            let characters: Vec<char> = name.chars().collect();
            if name.starts_with('.') <= dots && pattern.fits(&characters, &self.meter)? {
                let shown = if folder.is_empty() && !field.text.starts_with('/') {
                    name.to_owned()
                } else {
                    format!("{folder}/{name}")
                };
                found.insert(shown);
            }
        }
        if found.is_empty() {
            if super::state::is_own(&beginning) { Ok(vec![field.text.clone()]) } else { Err(Halt::Unknown) }
        } else {
            Ok(found.into_iter().collect())
        }
    }

    /// The output of a `$(…)`.
    fn substitute<'a>(&'a mut self, script: &'a Arc<Script>) -> Later<'a, Result<String, Halt>> {
        Box::pin(async move {
            self.deeper()?;
            let mut inner = self.inner()?;
            let (out, buffer) = Out::buffer(&self.meter)?;
            inner.sinks.out = out;
            inner.tested = 0;
            inner.options.exit_on_error = false;
            inner.level += 1;
            let outcome = inner.sub(&script.items).await;
            self.waited |= inner.waited;
            self.depth -= 1;
            let outcome = outcome?;
            self.substituted = Some(outcome);
            let bytes = buffer.take()?;
            if outcome == Outcome::Unknown {
                return Err(Halt::Unknown);
            }
            self.meter.charge(bytes.len())?;
            let mut text = String::from_utf8_lossy(&bytes).replace('\0', "");
            text.truncate(text.trim_end_matches('\n').len());
            self.fits(text.len())?;
            Ok(text)
        })
    }

    /// Arithmetic.
    pub fn number(&mut self, text: &str) -> Result<i64, Halt> {
        let depth = self.depth;
        match arithmetic::evaluate(text, self, depth) {
            Ok(value) => Ok(value),
            Err(Wrong::Halt(halt)) => Err(halt),
            Err(Wrong::Deep) => Err(self.meter.end(Limit::Depth)),
            Err(Wrong::DividedByZero(token)) => {
                let shown = super::state::shortened(text.trim());
                self.complain(&format!("{shown}: division by 0 (error token is \"{token}\")"))?;
                Err(Halt::Failed)
            }
            // What bash says of it differs from version to version.
            Err(Wrong::Syntax) => Err(Halt::Unknown),
        }
    }
}

impl arithmetic::Names for Shell {
    fn value(&mut self, name: &str) -> Result<String, Halt> {
        Ok(self.variable(name)?.map(|text| text.to_string()).unwrap_or_default())
    }

    fn assign(&mut self, name: &str, value: i64) -> Result<(), Halt> {
        self.variables.text(name, &value.to_string())
    }

    fn steps(&mut self, count: usize) -> Result<(), Halt> {
        self.meter.charge(count)
    }
}

/// Whether a pattern has a star, a question mark or a bracket that is closed.
fn has_closed_wildcard(pattern: &str) -> bool {
    pattern.contains(['*', '?']) || (pattern.contains('[') && pattern.contains(']'))
}
