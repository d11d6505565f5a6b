//! `${…}`: values, and what is done with them.

use super::limits::Limit;
use super::outcome::{Halt, Outcome};
use super::pattern::Pattern;
use super::state::Shell;
use super::tree::{Change, Parameter, Word};

use super::world::Later;

impl Shell {
    /// The value of a parameter; `None` if it is not set.
    fn value(&self, name: &str) -> Result<Option<String>, Halt> {
        Ok(match name {
            "?" => match self.status {
                Outcome::Status(status) => Some(status.to_string()),
                Outcome::Unknown => return Err(Halt::Unknown),
            },
            "#" => Some(self.arguments.len().to_string()),
            "@" | "*" => {
                self.fits(self.arguments.iter().map(|it| it.len() + 1).sum())?;
                (!self.arguments.is_empty()).then(|| self.arguments.join(" "))
            }
            "0" => Some(self.name.clone()),
            "$" | "!" | "-" => return Err(Halt::Unknown),
            _ if name.starts_with(|c: char| c.is_ascii_digit()) => {
                let number: usize = name.parse().unwrap_or(usize::MAX);
                number.checked_sub(1).and_then(|at| self.arguments.get(at)).cloned()
            }
            _ => self.variable(name)?.map(|text| text.to_string()),
        })
    }

    /// The word of `${x:-word}` or `${x:+word}`, where it counts.
    pub fn alternative<'a>(&self, parameter: &'a Parameter) -> Result<Option<&'a Word>, Halt> {
        let Change::Instead { sign: sign @ ('-' | '+'), colon, word } = &parameter.change else { return Ok(None) };
        let value = self.value(&parameter.name)?;
        let counts = value.is_some_and(|value| !colon || !value.is_empty());
        Ok(Some(word).filter(|_| counts == (*sign == '+')))
    }

    /// The value of a parameter after its change.
    pub fn changed<'a>(&'a mut self, parameter: &'a Parameter) -> Later<'a, Result<String, Halt>> {
        Box::pin(async move {
            let name = &parameter.name;
            // Each argument would be changed for itself.
            let each = matches!(name.as_str(), "@" | "*") && self.arguments.len() > 1;
            if each && !matches!(parameter.change, Change::Nothing | Change::Length) {
                return Err(Halt::Unknown);
            }
            let value = self.value(name)?;
            let counts = |colon: bool| value.as_deref().is_some_and(|value| !colon || !value.is_empty());
            let is_missing = value.is_none() && self.options.unset_is_error && !matches!(name.as_str(), "@" | "*");
            match &parameter.change {
                Change::Instead { sign: '+', colon, word } => {
                    return if counts(*colon) { self.text(word).await } else { Ok(String::new()) };
                }
                Change::Instead { colon, .. } if counts(*colon) => return Ok(value.unwrap_or_default()),
                Change::Instead { sign: '?', colon, word } => {
                    let words = self.text(word).await?;
                    let words = match words.as_str() {
                        "" if *colon => "parameter null or not set".to_owned(),
                        "" => "parameter not set".to_owned(),
                        _ => words,
                    };
                    self.complain(&format!("{name}: {}", super::state::shortened(&words)))?;
                    return Err(Halt::Exit(Outcome::BADLY));
                }
                Change::Instead { sign, word, .. } => {
                    let text = self.text(word).await?;
                    if *sign == '=' {
                        if !super::parser::is_name(name) {
                            return Err(Halt::Unknown);
                        }
                        self.variables.text(name, &text)?;
                    }
                    return Ok(text);
                }
                _ if is_missing => {
                    self.complain(&format!("{name}: unbound variable"))?;
                    return Err(Halt::Exit(Outcome::BADLY));
                }
                _ => {}
            }
            let value = value.unwrap_or_default();
            self.fits(value.len())?;
            let text = match &parameter.change {
                Change::Length if matches!(name.as_str(), "@" | "*") => self.arguments.len().to_string(),
                Change::Length => value.chars().count().to_string(),
                Change::Cut { end, longest, pattern } => {
                    let pattern = Pattern::new(&self.pattern(pattern).await?, &self.meter)?;
                    self.cut(&value, &pattern, *end, *longest)?
                }
                Change::Replace { all, anchor, pattern, with } => {
                    let text = self.pattern(pattern).await?;
                    let with = self.text(with).await?;
                    if text.is_empty() {
                        match anchor {
                            Some('#') => with + &value,
                            Some(_) => value + &with,
                            None => value,
                        }
                    } else {
                        self.replace(&value, &text, &with, *all, *anchor)?
                    }
                }
                Change::Part { .. } if matches!(name.as_str(), "@" | "*") => return Err(Halt::Unknown),
                Change::Part { offset, length } => self.part(&value, offset, length.as_ref()).await?,
                Change::Letters { upper, all } => {
                    let change =
                        |c: char| if *upper { c.to_uppercase().to_string() } else { c.to_lowercase().to_string() };
                    if *all {
                        value.chars().map(change).collect()
                    } else {
                        let mut rest = value.chars();
                        rest.next().map(change).unwrap_or_default() + rest.as_str()
                    }
                }
                Change::Nothing | Change::Instead { .. } => value,
            };
            self.fits(text.len())?;
            Ok(text)
        })
    }

    /// Cuts off the shortest or longest beginning or end that fits.
    fn cut(&self, value: &str, pattern: &Pattern, end: bool, longest: bool) -> Result<String, Halt> {
        let characters: Vec<char> = value.chars().collect();
        let count = characters.len();
        for step in 0..=count {
            // The length of the piece that is tried.
            let length = if longest { count - step } else { step };
            if pattern.length().is_some_and(|fixed| fixed != length) {
                continue;
            }
            let (piece, rest) = if end {
                let (rest, piece) = characters.split_at(count - length);
                (piece, rest)
            } else {
                characters.split_at(length)
            };
            if pattern.fits(piece, &self.meter)? {
                return Ok(rest.iter().collect());
            }
        }
        Ok(value.to_owned())
    }

    fn replace(&self, value: &str, pattern: &str, with: &str, all: bool, anchor: Option<char>) -> Result<String, Halt> {
        let pattern = Pattern::new(pattern, &self.meter)?;
        let characters: Vec<char> = value.chars().collect();
        let mut out = String::new();
        let mut at = 0;
        let mut done = false;
        while at < characters.len() {
            let rest = characters.get(at..).unwrap_or_default();
            let mut found = None;
            if !done && (anchor != Some('#') || at == 0) {
                let longest = pattern.length().unwrap_or(rest.len()).min(rest.len());
                let least = pattern.length().unwrap_or(1).max(1);
                for length in (least..=longest).rev() {
                    if anchor == Some('%') && length < rest.len() {
                        break;
                    }
                    if pattern.fits(rest.get(..length).unwrap_or_default(), &self.meter)? {
                        found = Some(length);
                        break;
                    }
                }
            }
            if let Some(length) = found {
                self.meter.charge(with.len())?;
                out.push_str(with);
                at += length;
                done = !all;
            } else {
                out.extend(rest.first());
                at += 1;
            }
            if out.len() > super::limits::LONGEST_VALUE {
                return Err(self.meter.end(Limit::Memory));
            }
        }
        Ok(out)
    }

    fn part<'a>(
        &'a mut self,
        value: &'a str,
        offset: &'a Word,
        length: Option<&'a Word>,
    ) -> Later<'a, Result<String, Halt>> {
        Box::pin(async move {
            let count = i64::try_from(value.chars().count()).unwrap_or(0);
            let text = self.text(offset).await?;
            let from = self.number(&text)?;
            let from = if from < 0 { from.saturating_add(count) } else { from };
            if from < 0 {
                return Ok(String::new());
            }
            let end = match length {
                None => count,
                Some(length) => {
                    let text = self.text(length).await?;
                    let length = self.number(&text)?;
                    if length < 0 && count.saturating_add(length) < from {
                        self.complain(&format!("{length}: substring expression < 0"))?;
                        return Err(Halt::Failed);
                    }
                    if length < 0 { count.saturating_add(length) } else { from.saturating_add(length) }
                }
            };
            let (from, end) = (usize::try_from(from).unwrap_or(0), usize::try_from(end).unwrap_or(0));
            Ok(value.chars().take(end).skip(from).collect())
        })
    }
}
