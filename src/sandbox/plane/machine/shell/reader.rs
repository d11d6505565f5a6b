//! The characters of a script, with line numbers, the depth of nesting and the here-documents that are still to come.

use std::sync::{Arc, OnceLock};

use super::limits::MOST_DEEP;
use super::tree::{Part, Trouble, TroubleKind, Word};

/// A here-document whose text begins after the end of the line.
struct Coming {
    mark: String,
    /// `<<-`: tabs at the beginning of lines do not count.
    strips: bool,
    quoted: bool,
    filled: Arc<OnceLock<Word>>,
}

pub struct Reader {
    characters: Vec<char>,
    at: usize,
    pub line: u32,
    pub depth: usize,
    coming: Vec<Coming>,
}

impl Reader {
    pub fn new(text: &str, line: u32, depth: usize) -> Self {
        Self { characters: text.chars().collect(), at: 0, line, depth, coming: Vec::new() }
    }

    pub fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    pub fn peek_after(&self, count: usize) -> Option<char> {
        self.characters.get(self.at + count).copied()
    }

    pub fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(count, c)| self.peek_after(count) == Some(c))
    }

    pub fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    pub fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.next();
        }
    }

    pub fn take(&mut self, text: &str) -> bool {
        let there = self.starts_with(text);
        if there {
            self.skip(text.chars().count());
        }
        there
    }

    pub fn position(&self) -> usize {
        self.at
    }

    /// The first line of what was read since `from`, shortened to 120 characters.
    pub fn shown(&self, from: usize) -> Box<str> {
        let read = self.characters.get(from..self.at).unwrap_or_default();
        let first = read.iter().take_while(|c| **c != '\n');
        let mut text: String = first.take(121).map(|c| if c.is_control() { ' ' } else { *c }).collect();
        text.truncate(text.trim_end().len());
        if text.chars().count() > 120 {
            text.pop();
            text.push('…');
        }
        text.into()
    }

    /// Goes one level deeper.
    ///
    /// # Errors
    /// If it is too deep.
    pub fn deeper(&mut self) -> Result<(), Trouble> {
        self.depth += 1;
        if self.depth > MOST_DEEP {
            return Err(Trouble { line: self.line, kind: TroubleKind::Deep });
        }
        Ok(())
    }

    pub fn shallower(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    pub fn error(&self, words: impl Into<String>) -> Trouble {
        let ended = self.peek().is_none() && !matches!(self.characters.last(), Some('\n') | None);
        Trouble { line: self.line + u32::from(ended), kind: TroubleKind::Syntax(words.into(), None) }
    }

    /// The line of the script that is read.
    pub fn source_line(&self) -> String {
        let before = self.characters.get(..self.at).unwrap_or_default();
        let from = before.iter().rposition(|c| *c == '\n').map_or(0, |at| at + 1);
        let rest = self.characters.get(from..).unwrap_or_default();
        let line = rest.iter().take_while(|c| **c != '\n').take(120);
        line.map(|c| if c.is_control() { ' ' } else { *c }).collect()
    }

    /// Skips blanks, continued lines and comments.
    pub fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.skip(1),
                Some('\\') if self.peek_after(1) == Some('\n') => self.skip(2),
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.skip(1);
                    }
                }
                _ => return,
            }
        }
    }

    /// Ends a line: here-documents follow it.
    pub fn newline(&mut self) -> Result<(), Trouble> {
        if self.peek() != Some('\n') {
            return Ok(());
        }
        self.skip(1);
        for coming in std::mem::take(&mut self.coming) {
            let line = self.line;
            let mut body = String::new();
            while self.peek().is_some() {
                let mut text = String::new();
                while let Some(c) = self.next() {
                    if c == '\n' {
                        break;
                    }
                    text.push(c);
                }
                let text = if coming.strips { text.trim_start_matches('\t') } else { &text };
                if text == coming.mark {
                    break;
                }
                body.push_str(text);
                body.push('\n');
            }
            let word = if coming.quoted {
                vec![Part::Quoted(body)]
            } else {
                let mut inside = Self::new(&body, line, self.depth);
                inside.here_document()?
            };
            // It is empty until now.
            let _ = coming.filled.set(word);
        }
        Ok(())
    }

    pub fn comes(&mut self, mark: String, strips: bool, quoted: bool) -> Arc<OnceLock<Word>> {
        let filled = Arc::new(OnceLock::new());
        self.coming.push(Coming { mark, strips, quoted, filled: Arc::clone(&filled) });
        filled
    }

    /// Skips blanks and line ends.
    pub fn lines(&mut self) -> Result<(), Trouble> {
        loop {
            self.blanks();
            if self.peek() != Some('\n') {
                return Ok(());
            }
            self.newline()?;
        }
    }
}
