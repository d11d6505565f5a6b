//! Reads words: quotes, `$`, and what stands in braces.

use super::reader::Reader;
use super::tree::{Change, Parameter, Part, Trouble, Word};

impl Reader {
    /// Reads one word. Empty if there is none.
    pub fn word(&mut self) -> Result<Word, Trouble> {
        let mut word = Word::new();
        loop {
            match self.peek() {
                Some('<') if self.peek_after(1) == Some('(') => {
                    self.skip(2);
                    self.deeper()?;
                    self.list(&[")"])?;
                    self.shallower();
                    if !self.take(")") {
                        return Err(self.error("syntax error: unexpected end of file"));
                    }
                    word.push(Part::Unmodelled);
                }
                // Patterns such as `@(a|b)`.
                Some('(') if !word.is_empty() => {
                    word.push(Part::Unmodelled);
                    self.balanced('(', ')')?;
                }
                None | Some(' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '>' | ')' | '(' | '<') => return Ok(word),
                Some(c) => self.part(c, &mut word)?,
            }
        }
    }

    /// Reads a part of a word outside of double quotes.
    pub fn part(&mut self, c: char, word: &mut Word) -> Result<(), Trouble> {
        match c {
            '\'' => {
                self.skip(1);
                let text = self.until_quote('\'')?;
                word.push(Part::Quoted(text));
            }
            '"' => {
                self.skip(1);
                self.double(word)?;
            }
            '\\' => {
                self.skip(1);
                match self.next() {
                    Some('\n') => {}
                    Some(c) => word.push(Part::Quoted(c.to_string())),
                    None => push_text(word, '\\'),
                }
            }
            '$' => self.dollar(word, false)?,
            '`' => self.backquote(word, false)?,
            _ => {
                self.skip(1);
                push_text(word, c);
            }
        }
        Ok(())
    }

    fn until_quote(&mut self, quote: char) -> Result<String, Trouble> {
        let line = self.line;
        let mut text = String::new();
        loop {
            match self.next() {
                Some(c) if c == quote => return Ok(text),
                Some(c) => text.push(c),
                None => return Err(self.unclosed(line, quote)),
            }
        }
    }

    pub fn unclosed(&mut self, line: u32, quote: char) -> Trouble {
        Trouble { line, ..self.error(format!("unexpected EOF while looking for matching `{quote}'")) }
    }

    /// Reads the rest of a text in double quotes.
    fn double(&mut self, word: &mut Word) -> Result<(), Trouble> {
        let line = self.line;
        // The quotes make a word even if nothing is between them.
        word.push(Part::Quoted(String::new()));
        loop {
            match self.peek() {
                None => return Err(self.unclosed(line, '"')),
                Some('"') => {
                    self.skip(1);
                    return Ok(());
                }
                Some('$') => self.dollar(word, true)?,
                Some('`') => self.backquote(word, true)?,
                Some('\\') => {
                    self.skip(1);
                    match self.peek() {
                        Some('\n') => self.skip(1),
                        Some(c @ ('"' | '$' | '`' | '\\')) => {
                            self.skip(1);
                            push_quoted(word, c);
                        }
                        _ => push_quoted(word, '\\'),
                    }
                }
                Some(c) => {
                    self.skip(1);
                    push_quoted(word, c);
                }
            }
        }
    }

    /// Reads everything as a here-document whose mark was not quoted.
    pub fn here_document(&mut self) -> Result<Word, Trouble> {
        let mut word = vec![Part::Quoted(String::new())];
        while let Some(c) = self.peek() {
            match c {
                '$' => self.dollar(&mut word, true)?,
                '`' => self.backquote(&mut word, true)?,
                '\\' => {
                    self.skip(1);
                    match self.peek() {
                        Some('\n') => self.skip(1),
                        Some(c @ ('$' | '`' | '\\')) => {
                            self.skip(1);
                            push_quoted(&mut word, c);
                        }
                        _ => push_quoted(&mut word, '\\'),
                    }
                }
                _ => {
                    self.skip(1);
                    push_quoted(&mut word, c);
                }
            }
        }
        Ok(word)
    }

    /// Reads what begins with a `$`.
    pub fn dollar(&mut self, word: &mut Word, quoted: bool) -> Result<(), Trouble> {
        self.skip(1);
        match self.peek() {
            Some('(') if self.peek_after(1) == Some('(') => {
                self.skip(2);
                let inside = self.arithmetic_word()?;
                word.push(Part::Arithmetic(inside));
            }
            Some('(') => {
                self.skip(1);
                self.deeper()?;
                let items = self.list(&[")"])?;
                self.shallower();
                if !self.take(")") {
                    return Err(self.error("unexpected EOF while looking for matching `)'"));
                }
                let script = super::tree::Script { items, trouble: None };
                word.push(Part::Command { script: script.into(), quoted });
            }
            Some('{') => {
                self.skip(1);
                self.deeper()?;
                let part = self.braces(quoted)?;
                self.shallower();
                word.push(part);
            }
            Some('\'') if !quoted => {
                self.skip(1);
                self.ansi(word)?;
            }
            Some('"') if !quoted => {
                self.skip(1);
                self.double(word)?;
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let name = self.name();
                word.push(plain(name, quoted));
            }
            Some(c @ ('0'..='9' | '@' | '*' | '#' | '?' | '$' | '!' | '-')) => {
                self.skip(1);
                word.push(plain(c.to_string(), quoted));
            }
            _ if quoted => push_quoted(word, '$'),
            _ => push_text(word, '$'),
        }
        Ok(())
    }

    pub fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
            self.skip(1);
            name.push(c);
        }
        name
    }

    /// `$'…'`
    fn ansi(&mut self, word: &mut Word) -> Result<(), Trouble> {
        let line = self.line;
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(self.unclosed(line, '\'')),
                Some('\'') => break,
                Some('\\') => match self.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some('e' | 'E') => text.push('\u{1b}'),
                    Some(c @ ('\\' | '\'' | '"')) => text.push(c),
                    _ => word.push(Part::Unmodelled),
                },
                Some(c) => text.push(c),
            }
        }
        word.push(Part::Quoted(text));
        Ok(())
    }

    pub fn backquote(&mut self, word: &mut Word, quoted: bool) -> Result<(), Trouble> {
        let line = self.line;
        self.skip(1);
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(self.unclosed(line, '`')),
                Some('`') => break,
                Some('\\') => match self.next() {
                    Some(c @ ('`' | '\\' | '$')) => text.push(c),
                    Some('"') if quoted => text.push('"'),
                    Some(c) => text.extend(['\\', c]),
                    None => text.push('\\'),
                },
                Some(c) => text.push(c),
            }
        }
        self.deeper()?;
        let mut inside = Self::new(&text, line, self.depth);
        let items = inside.list(&[])?;
        self.shallower();
        let script = super::tree::Script { items, trouble: None };
        word.push(Part::Command { script: script.into(), quoted });
        Ok(())
    }

    /// Reads the inside of `$((…))` or `((…))` with its end.
    pub fn arithmetic_word(&mut self) -> Result<Word, Trouble> {
        self.deeper()?;
        // A `~` after this is no folder.
        let mut word = vec![Part::Quoted(String::new())];
        let mut open = 0_usize;
        loop {
            match self.peek() {
                None => return Err(self.error("unexpected EOF while looking for matching `)'")),
                Some(')') if open == 0 => {
                    if self.take("))") {
                        self.shallower();
                        return Ok(word);
                    }
                    // `$((a); b)` is a command; it is too rare to be modelled.
                    return Err(self.error("syntax error near unexpected token `)'"));
                }
                Some('$') => self.dollar(&mut word, true)?,
                Some('`') => self.backquote(&mut word, true)?,
                Some('"') => self.skip(1),
                Some(c) => {
                    open = match c {
                        '(' => open + 1,
                        ')' => open - 1,
                        _ => open,
                    };
                    self.skip(1);
                    push_text(&mut word, c);
                }
            }
        }
    }

    /// Skips what stands between a pair of brackets, with the pair. Quotes count.
    pub fn balanced(&mut self, open: char, close: char) -> Result<(), Trouble> {
        let line = self.line;
        let mut depth = 0_usize;
        loop {
            match self.next() {
                None => return Err(self.unclosed(line, close)),
                Some('\\') => self.skip(1),
                Some('\'') => {
                    self.until_quote('\'')?;
                }
                Some('"') => self.double(&mut Word::new())?,
                Some(c) if c == open => depth += 1,
                Some(c) if c == close => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                Some(_) => {}
            }
        }
    }
}

fn plain(name: String, quoted: bool) -> Part {
    Part::Parameter(Box::new(Parameter { name, quoted, change: Change::Nothing }))
}

pub fn push_text(word: &mut Word, c: char) {
    if let Some(Part::Text(text)) = word.last_mut() {
        text.push(c);
    } else {
        word.push(Part::Text(c.to_string()));
    }
}

pub fn push_quoted(word: &mut Word, c: char) {
    if let Some(Part::Quoted(text)) = word.last_mut() {
        text.push(c);
    } else {
        word.push(Part::Quoted(c.to_string()));
    }
}
