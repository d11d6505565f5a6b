//! Reads compound commands: `if`, `for`, `case`, `[[` and functions.

use std::sync::Arc;

use super::parser::is_name;
use super::reader::Reader;
use super::tree::{Command, Item, Kind, List, Part, Trouble};

impl Reader {
    /// The length of `name ()`, if that is what comes.
    pub fn function_head(&self, word: &str) -> Option<usize> {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '.' | '+');
        if word.is_empty() || !word.chars().all(plain) {
            return None;
        }
        let mut at = word.chars().count();
        let blank = |at: usize| matches!(self.peek_after(at), Some(' ' | '\t'));
        while blank(at) {
            at += 1;
        }
        if self.peek_after(at) != Some('(') {
            return None;
        }
        at += 1;
        while blank(at) {
            at += 1;
        }
        (self.peek_after(at) == Some(')')).then_some(at + 1)
    }

    pub fn function(&mut self, name: String) -> Result<Kind, Trouble> {
        self.lines()?;
        let body = self.command()?;
        if matches!(body.kind, Kind::Simple { .. }) {
            return Err(self.unexpected());
        }
        Ok(Kind::Function { name, body: Arc::new(body) })
    }

    pub fn conditional(&mut self) -> Result<Kind, Trouble> {
        let mut arms = Vec::new();
        loop {
            let condition = self.block(&["then"])?.0;
            let (body, end) = self.block(&["elif", "else", "fi"])?;
            arms.push((condition, body));
            match end.as_str() {
                "fi" => return Ok(Kind::If { arms, otherwise: List::new() }),
                "else" => {
                    let otherwise = self.block(&["fi"])?.0;
                    return Ok(Kind::If { arms, otherwise });
                }
                _ => {}
            }
        }
    }

    pub fn for_loop(&mut self) -> Result<Kind, Trouble> {
        self.blanks();
        if self.starts_with("((") {
            self.skip(2);
            let (line, from) = (self.line, self.position());
            let kind = Kind::Arithmetic(self.arithmetic_word()?);
            let counting = Command { kind, redirects: Vec::new(), line, text: self.shown(from) };
            self.blanks();
            self.take(";");
            self.lines()?;
            if !self.take("do") {
                return Err(self.unexpected());
            }
            let mut body = self.block(&["done"])?.0;
            body.push(Item::alone(counting));
            return Ok(Kind::Unmodelled(body));
        }
        let name = self.bare_word();
        self.skip(name.chars().count());
        if !is_name(&name) {
            return Err(self.error(format!("`{name}': not a valid identifier")));
        }
        self.lines()?;
        let mut words = None;
        if self.bare_word() == "in" {
            self.skip(2);
            let mut list = Vec::new();
            loop {
                self.blanks();
                let word = self.word()?;
                if word.is_empty() {
                    break;
                }
                list.push(word);
            }
            words = Some(list);
        }
        self.blanks();
        self.take(";");
        self.lines()?;
        if self.bare_word() != "do" {
            return Err(self.unexpected());
        }
        self.skip(2);
        let body = self.block(&["done"])?.0;
        Ok(Kind::For { name, words, body })
    }

    pub fn case(&mut self) -> Result<Kind, Trouble> {
        self.blanks();
        let word = self.word()?;
        self.lines()?;
        if word.is_empty() || self.bare_word() != "in" {
            return Err(self.unexpected());
        }
        self.skip(2);
        let mut arms = Vec::new();
        let mut strange = false;
        loop {
            self.lines()?;
            if self.bare_word() == "esac" {
                self.skip(4);
                let bodies = |arms: Vec<(_, List)>| arms.into_iter().flat_map(|(_, body)| body).collect();
                return Ok(if strange { Kind::Unmodelled(bodies(arms)) } else { Kind::Case { word, arms } });
            }
            self.take("(");
            let mut patterns = Vec::new();
            loop {
                self.blanks();
                let pattern = self.word()?;
                if pattern.is_empty() {
                    return Err(self.unexpected());
                }
                patterns.push(pattern);
                self.blanks();
                if self.take(")") {
                    break;
                }
                if !self.take("|") {
                    return Err(self.unexpected());
                }
            }
            let body = self.list(&[";;", "esac"])?;
            // These go on with the next arm.
            strange |= self.take(";;&") || self.take(";&");
            self.take(";;");
            arms.push((patterns, body));
        }
    }

    /// Reads the words of `[[ … ]]`; operators are words of their own.
    pub fn test(&mut self) -> Result<Kind, Trouble> {
        let mut words = Vec::new();
        loop {
            self.lines()?;
            if self.bare_word() == "]]" {
                self.skip(2);
                return Ok(Kind::Test(words));
            }
            if self.peek().is_none() {
                return Err(self.unexpected());
            }
            let operator = ["&&", "||", "(", ")", "<", ">"].into_iter().find(|it| self.starts_with(it));
            if let Some(operator) = operator {
                self.skip(operator.len());
                words.push(vec![Part::Text(operator.to_owned())]);
                continue;
            }
            let word = self.word()?;
            if word.is_empty() {
                return Err(self.unexpected());
            }
            let regular = matches!(word.as_slice(), [Part::Text(text)] if text == "=~");
            words.push(word);
            if regular {
                // A regular expression has rules of its own, and is not modelled.
                while self.bare_word() != "]]" && self.peek().is_some_and(|c| c != '\n') {
                    self.skip(1);
                    while self.peek().is_some_and(|c| !matches!(c, ' ' | '\t' | '\n')) {
                        self.skip(1);
                    }
                    self.blanks();
                }
                words.push(vec![Part::Unmodelled]);
            }
        }
    }
}
