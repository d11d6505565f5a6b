//! Reads commands.

use std::sync::Arc;

use super::reader::Reader;
use super::tree::{
    Assignment, Chain, Command, Item, Kind, List, Part, Pipeline, Redirect, RedirectKind, Script, Trouble, TroubleKind,
    Word,
};

/// The characters that end a word.
const ENDS: [char; 11] = [' ', '\t', '\r', '\n', ';', '&', '|', '<', '>', '(', ')'];
/// Words that are commands of the shell's own grammar where a command may stand.
const RESERVED: [&str; 11] = ["then", "else", "elif", "fi", "do", "done", "esac", "in", "}", "]]", "!"];

impl Script {
    /// Reads a script whose first line has the given number.
    pub fn parse(text: &str, line: u32, depth: usize) -> Self {
        let mut reader = Reader::new(text, line, depth);
        let mut script = Self::default();
        loop {
            match reader.next_item() {
                Ok(Some(item)) => script.items.push(item),
                Ok(None) => return script,
                Err(trouble) => {
                    script.trouble = Some(trouble);
                    return script;
                }
            }
        }
    }
}

impl Reader {
    /// Reads the next command of the whole script.
    fn next_item(&mut self) -> Result<Option<Item>, Trouble> {
        self.lines()?;
        if self.peek().is_none() {
            return Ok(None);
        }
        let item = self.item()?;
        self.end_item()?;
        Ok(Some(item))
    }

    /// Reads commands to one of the words in `ends`, or to the end of the text. The word is left.
    pub fn list(&mut self, ends: &[&str]) -> Result<List, Trouble> {
        let mut list = List::new();
        loop {
            self.lines()?;
            let Some(c) = self.peek() else { return Ok(list) };
            let word = self.bare_word();
            if ends.contains(&word.as_str()) || (c == ')' && ends.contains(&")")) {
                return Ok(list);
            }
            if ends.contains(&";;") && c == ';' && self.peek_after(1).is_some_and(|c| matches!(c, ';' | '&')) {
                return Ok(list);
            }
            list.push(self.item()?);
            self.end_item()?;
        }
    }

    /// A list that must not be empty, with the word at its end.
    pub fn block(&mut self, ends: &[&str]) -> Result<(List, String), Trouble> {
        let list = self.list(ends)?;
        let end = self.bare_word();
        if self.peek().is_none() {
            return Err(self.error("syntax error: unexpected end of file"));
        }
        if list.is_empty() {
            return Err(self.unexpected());
        }
        self.skip(end.chars().count());
        Ok((list, end))
    }

    /// What stands between commands.
    fn end_item(&mut self) -> Result<(), Trouble> {
        self.blanks();
        match self.peek() {
            None | Some(')') => Ok(()),
            Some('\n') => self.newline(),
            Some(';') if matches!(self.peek_after(1), Some(';' | '&')) => Ok(()),
            Some(';' | '&') => {
                self.skip(1);
                Ok(())
            }
            Some(_) => Err(self.unexpected()),
        }
    }

    pub fn unexpected(&mut self) -> Trouble {
        let token = match self.peek() {
            None => return self.error("syntax error: unexpected end of file"),
            Some('\n') => "newline".to_owned(),
            Some(c) if ENDS.contains(&c) => {
                let doubled = self.peek_after(1) == Some(c) && matches!(c, ';' | '&' | '|');
                std::iter::repeat_n(c, 1 + usize::from(doubled)).collect()
            }
            Some(_) => self.bare_word().chars().take(40).collect(),
        };
        let words = format!("syntax error near unexpected token `{token}'");
        Trouble { line: self.line, kind: TroubleKind::Syntax(words, Some(self.source_line())) }
    }

    fn item(&mut self) -> Result<Item, Trouble> {
        self.deeper()?;
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.blanks();
            let and = self.starts_with("&&");
            if !and && !self.starts_with("||") {
                break;
            }
            self.skip(2);
            self.lines()?;
            rest.push((and, self.pipeline()?));
        }
        let background = self.peek() == Some('&');
        self.shallower();
        Ok(Item { chain: Arc::new(Chain { first, rest }), background })
    }

    fn pipeline(&mut self) -> Result<Pipeline, Trouble> {
        let mut negated = false;
        while self.bare_word() == "!" {
            negated = !negated;
            self.skip(1);
            self.blanks();
        }
        let mut stages = vec![Arc::new(self.command()?)];
        loop {
            self.blanks();
            if self.peek() != Some('|') || self.starts_with("||") {
                return Ok(Pipeline { negated, stages });
            }
            self.skip(1);
            let with_errors = self.take("&");
            self.lines()?;
            if with_errors && let Some(last) = stages.last_mut().and_then(Arc::get_mut) {
                let one = vec![Part::Quoted("1".to_owned())];
                last.redirects.push(Redirect { fd: 2, kind: RedirectKind::Copy, target: one });
            }
            stages.push(Arc::new(self.command()?));
        }
    }

    /// The characters from here to the next blank or operator, without reading them.
    pub fn bare_word(&self) -> String {
        let mut word = String::new();
        // Nothing that is looked for is longer.
        for count in 0..60 {
            match self.peek_after(count) {
                Some(c) if !ENDS.contains(&c) => word.push(c),
                _ => break,
            }
        }
        word
    }

    pub fn command(&mut self) -> Result<Command, Trouble> {
        let (line, from) = (self.line, self.position());
        self.deeper()?;
        let mut redirects = Vec::new();
        let kind = self.kind(&mut redirects)?;
        if !matches!(kind, Kind::Simple { .. } | Kind::Function { .. }) {
            loop {
                self.blanks();
                match self.redirect()? {
                    Some(redirect) => redirects.push(redirect),
                    None => break,
                }
            }
        }
        self.shallower();
        Ok(Command { kind, redirects, line, text: self.shown(from) })
    }

    fn kind(&mut self, redirects: &mut Vec<Redirect>) -> Result<Kind, Trouble> {
        if self.starts_with("((") {
            self.skip(2);
            return Ok(Kind::Arithmetic(self.arithmetic_word()?));
        }
        if self.take("(") {
            let list = self.list(&[")"])?;
            if list.is_empty() || !self.take(")") {
                return Err(self.unexpected());
            }
            return Ok(Kind::Subshell(Arc::new(list)));
        }
        let word = self.bare_word();
        match word.as_str() {
            "{" => {
                self.skip(1);
                Ok(Kind::Group(self.block(&["}"])?.0))
            }
            "if" => {
                self.skip(2);
                self.conditional()
            }
            "while" | "until" => {
                self.skip(5);
                let condition = self.block(&["do"])?.0;
                let body = self.block(&["done"])?.0;
                Ok(Kind::Loop { until: word == "until", condition, body })
            }
            "for" => {
                self.skip(3);
                self.for_loop()
            }
            "case" => {
                self.skip(4);
                self.case()
            }
            "[[" => {
                self.skip(2);
                self.test()
            }
            "function" => {
                self.skip(8);
                self.blanks();
                let name = self.bare_word();
                self.skip(name.chars().count());
                self.blanks();
                if self.take("(") {
                    self.blanks();
                    self.take(")");
                }
                self.function(name)
            }
            "select" | "coproc" | "time" => {
                self.skip(word.chars().count());
                // Their words are read as a command, so that the rest of the script is understood.
                self.blanks();
                let mut inside = List::new();
                if self.peek().is_some_and(|c| !ENDS.contains(&c)) {
                    inside.push(Item::alone(self.command()?));
                }
                Ok(Kind::Unmodelled(inside))
            }
            _ if RESERVED.contains(&word.as_str()) => Err(self.unexpected()),
            _ => {
                if let Some(length) = self.function_head(&word) {
                    self.skip(length);
                    return self.function(word);
                }
                self.simple(redirects)
            }
        }
    }

    fn simple(&mut self, redirects: &mut Vec<Redirect>) -> Result<Kind, Trouble> {
        let (mut assignments, mut words) = (Vec::new(), Vec::<Word>::new());
        loop {
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if words.is_empty()
                && let Some(assignment) = self.assignment()?
            {
                assignments.push(assignment);
                continue;
            }
            let word = self.word()?;
            if word.is_empty() {
                break;
            }
            words.push(word);
        }
        // An opening bracket after words is an error in any shell.
        if self.peek() == Some('(') || (words.is_empty() && assignments.is_empty() && redirects.is_empty()) {
            return Err(self.unexpected());
        }
        Ok(Kind::Simple { assignments, words })
    }

    fn assignment(&mut self) -> Result<Option<Assignment>, Trouble> {
        let mut length = 0;
        while self.peek_after(length).is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
            length += 1;
        }
        let appends = self.peek_after(length) == Some('+');
        let equals = length + usize::from(appends);
        if length == 0 || self.peek().is_some_and(|c| c.is_ascii_digit()) || self.peek_after(equals) != Some('=') {
            return Ok(None);
        }
        let name: String = (0..length).filter_map(|at| self.peek_after(at)).collect();
        self.skip(equals + 1);
        if self.peek() == Some('(') {
            self.balanced('(', ')')?;
            return Ok(Some(Assignment { name, appends, value: None }));
        }
        let value = Some(self.word()?);
        Ok(Some(Assignment { name, appends, value }))
    }

    fn redirect(&mut self) -> Result<Option<Redirect>, Trouble> {
        let number: String =
            (0..).map_while(|at| self.peek_after(at)).take(4).take_while(char::is_ascii_digit).collect();
        let fd: Option<u8> = number.parse().ok().filter(|_| matches!(self.peek_after(number.len()), Some('<' | '>')));
        let digits = if fd.is_some() { number.len() } else { 0 };
        let both = self.starts_with("&>");
        let arrow = if both { Some('>') } else { self.peek_after(digits) };
        if !matches!(arrow, Some('<' | '>')) || (arrow == Some('<') && self.peek_after(digits + 1) == Some('(')) {
            return Ok(None);
        }
        self.skip(digits + 1 + usize::from(both));
        let default = u8::from(arrow == Some('>'));
        let fd = fd.unwrap_or(default);
        let kind = if both {
            RedirectKind::Both { append: self.take(">") }
        } else if arrow == Some('>') {
            if self.take(">") {
                RedirectKind::Append
            } else if self.take("&") {
                RedirectKind::Copy
            } else {
                self.take("|");
                RedirectKind::Write
            }
        } else if self.take("<<") {
            RedirectKind::HereString
        } else if self.take("<") {
            return self.here(fd).map(Some);
        } else if self.take("&") {
            RedirectKind::Copy
        } else {
            RedirectKind::Read
        };
        self.blanks();
        if matches!(kind, RedirectKind::Write) && self.take(">(") {
            self.deeper()?;
            let list = self.list(&[")"])?;
            self.shallower();
            if !self.take(")") {
                return Err(self.unexpected());
            }
            return Ok(Some(Redirect { fd, kind: RedirectKind::Process(Arc::new(list)), target: Word::new() }));
        }
        let target = self.word()?;
        if target.is_empty() {
            return Err(self.unexpected());
        }
        Ok(Some(Redirect { fd, kind, target }))
    }

    fn here(&mut self, fd: u8) -> Result<Redirect, Trouble> {
        let strips = self.take("-");
        self.blanks();
        let word = self.word()?;
        if word.is_empty() {
            return Err(self.unexpected());
        }
        let quoted = word.iter().any(|part| matches!(part, Part::Quoted(_)));
        let mut mark = String::new();
        for part in &word {
            match part {
                Part::Text(text) | Part::Quoted(text) => mark.push_str(text),
                _ => return Err(self.unexpected()),
            }
        }
        let filled = self.comes(mark, strips, quoted);
        Ok(Redirect { fd, kind: RedirectKind::Here(filled), target: Word::new() })
    }
}

pub fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && text.starts_with(|c: char| !c.is_ascii_digit())
}
