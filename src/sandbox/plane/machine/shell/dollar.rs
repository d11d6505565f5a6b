//! Reads what stands in `${…}`.

use super::reader::Reader;
use super::tree::{Change, Parameter, Part, Trouble, Word};
use super::words::{push_quoted, push_text};

impl Reader {
    /// Reads the inside of `${…}` with its end.
    pub fn braces(&mut self, quoted: bool) -> Result<Part, Trouble> {
        if self.peek() == Some('#') && self.peek_after(1).is_some_and(|c| c != '}') {
            self.skip(1);
            let name = self.parameter_name();
            if !name.is_empty() && self.take("}") {
                return Ok(Part::Parameter(Box::new(Parameter { name, quoted, change: Change::Length })));
            }
            return self.strange();
        }
        let name = self.parameter_name();
        if name.is_empty() {
            return self.strange();
        }
        let Some(change) = self.change(quoted)? else { return self.strange() };
        Ok(Part::Parameter(Box::new(Parameter { name, quoted, change })))
    }

    /// The rest of a `${…}` that is not modelled.
    fn strange(&mut self) -> Result<Part, Trouble> {
        self.operand(&['}'], false)?;
        self.skip(1);
        Ok(Part::Unmodelled)
    }

    fn parameter_name(&mut self) -> String {
        match self.peek() {
            Some(c @ ('@' | '*' | '#' | '?' | '$' | '!' | '-')) => {
                self.skip(1);
                c.to_string()
            }
            _ => self.name(),
        }
    }

    /// Reads what follows the name, to the end of the braces.
    fn change(&mut self, quoted: bool) -> Result<Option<Change>, Trouble> {
        let Some(c) = self.next() else { return Err(self.error("unexpected EOF while looking for matching `}'")) };
        let change = match (c, self.peek()) {
            ('}', _) => return Ok(Some(Change::Nothing)),
            (':', Some(sign @ ('-' | '=' | '?' | '+'))) => {
                self.skip(1);
                Change::Instead { sign, colon: true, word: self.operand(&['}'], quoted)? }
            }
            ('-' | '=' | '?' | '+', _) => {
                Change::Instead { sign: c, colon: false, word: self.operand(&['}'], quoted)? }
            }
            (':', _) => {
                let offset = self.operand(&['}', ':'], true)?;
                let length = if self.take(":") { Some(self.operand(&['}'], true)?) } else { None };
                Change::Part { offset, length }
            }
            ('#' | '%', _) => {
                let longest = self.take(&c.to_string());
                Change::Cut { end: c == '%', longest, pattern: self.operand(&['}'], false)? }
            }
            ('/', _) => {
                let all = self.take("/");
                let anchor = self.peek().filter(|c| !all && matches!(c, '#' | '%'));
                if anchor.is_some() {
                    self.skip(1);
                }
                let pattern = self.operand(&['/', '}'], false)?;
                let with = if self.take("/") { self.operand(&['}'], quoted)? } else { Word::new() };
                Change::Replace { all, anchor, pattern, with }
            }
            ('^' | ',', _) => {
                let all = self.take(&c.to_string());
                if self.peek() != Some('}') {
                    return Ok(None);
                }
                Change::Letters { upper: c == '^', all }
            }
            _ => return Ok(None),
        };
        // The end that `operand` has found.
        self.skip(1);
        Ok(Some(change))
    }

    /// Reads to one of `ends`, which is left.
    fn operand(&mut self, ends: &[char], quoted: bool) -> Result<Word, Trouble> {
        let line = self.line;
        let mut word = Word::new();
        loop {
            match self.peek() {
                None => return Err(self.unclosed(line, '}')),
                Some(c) if ends.contains(&c) => return Ok(word),
                Some('$') => self.dollar(&mut word, quoted)?,
                Some('`') => self.backquote(&mut word, quoted)?,
                Some('\'') if quoted => {
                    self.skip(1);
                    push_quoted(&mut word, '\'');
                }
                Some(c @ ('\'' | '"' | '\\')) => self.part(c, &mut word)?,
                Some(c) => {
                    self.skip(1);
                    if quoted { push_quoted(&mut word, c) } else { push_text(&mut word, c) }
                }
            }
        }
    }
}
