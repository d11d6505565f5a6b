//! `test`, `[ … ]` and `[[ … ]]`.

use super::arithmetic::signed;
use super::limits::{Limit, MOST_DEEP};
use super::outcome::{Halt, Outcome};
use super::pattern::Pattern;
use super::places::Found;
use super::state::Shell;

/// A word of `[[ … ]]`.
pub struct TestWord {
    pub text: String,
    /// The same as a pattern.
    pub pattern: String,
    /// Whether it may be an operator.
    pub plain: bool,
}

/// The words of a test, and how far they were read.
struct Test<'a> {
    words: &'a [TestWord],
    at: usize,
    /// Whether it is `[[`.
    extended: bool,
    depth: usize,
    /// Whether the console was told what is wrong with it.
    told: bool,
}

impl Shell {
    pub fn test(&mut self, words: &[&str], bracket: bool) -> Result<Outcome, Halt> {
        let words = match (bracket, words) {
            (true, [inside @ .., "]"]) => inside,
            (true, _) => {
                self.complain("[: missing `]'")?;
                return Ok(Outcome::Status(2));
            }
            _ => words,
        };
        let plain = |text: &&str| TestWord { text: (*text).to_owned(), pattern: String::new(), plain: true };
        let words: Vec<TestWord> = words.iter().map(plain).collect();
        self.run_test(&words, false)
    }

    pub fn extended_test(&mut self, words: &[TestWord]) -> Result<Outcome, Halt> {
        self.run_test(words, true)
    }

    fn run_test(&mut self, words: &[TestWord], extended: bool) -> Result<Outcome, Halt> {
        if words.is_empty() {
            return Ok(Outcome::BADLY);
        }
        let mut test = Test { words, at: 0, extended, depth: self.depth, told: false };
        let value = test.either(self)?;
        match value {
            Some(value) if test.at == words.len() => Ok(Outcome::of(value)),
            _ if test.told => Ok(Outcome::Status(2)),
            _ => {
                let word = |at: usize| super::state::shortened(words.get(at).map_or("", |it| it.text.as_str()));
                let why = match words.len() {
                    _ if extended => return Err(Halt::Unknown),
                    0..=2 => format!("{}: unary operator expected", word(0)),
                    3 => format!("{}: binary operator expected", word(1)),
                    _ => "too many arguments".to_owned(),
                };
                self.complain(&format!("[: {why}"))?;
                Ok(Outcome::Status(2))
            }
        }
    }
}

impl Test<'_> {
    fn peek(&self, count: usize) -> Option<&str> {
        self.words.get(self.at + count).filter(|word| word.plain || !self.extended).map(|word| word.text.as_str())
    }

    fn take(&mut self, wanted: &str) -> bool {
        let there = self.peek(0) == Some(wanted);
        self.at += usize::from(there);
        there
    }

    fn deeper(&mut self, shell: &Shell) -> Result<(), Halt> {
        self.depth += 1;
        shell.meter.charge(5)?;
        if self.depth > MOST_DEEP { Err(shell.meter.end(Limit::Depth)) } else { Ok(()) }
    }

    fn either(&mut self, shell: &mut Shell) -> Result<Option<bool>, Halt> {
        self.deeper(shell)?;
        let mut value = self.both(shell)?;
        while value.is_some() && self.take(if self.extended { "||" } else { "-o" }) {
            let right = self.both(shell)?;
            value = value.zip(right).map(|(a, b)| a || b);
        }
        self.depth -= 1;
        Ok(value)
    }

    fn both(&mut self, shell: &mut Shell) -> Result<Option<bool>, Halt> {
        let mut value = self.one(shell)?;
        while value.is_some() && self.take(if self.extended { "&&" } else { "-a" }) {
            let right = self.one(shell)?;
            value = value.zip(right).map(|(a, b)| a && b);
        }
        Ok(value)
    }

    fn one(&mut self, shell: &mut Shell) -> Result<Option<bool>, Halt> {
        self.deeper(shell)?;
        let value = self.primary(shell)?;
        self.depth -= 1;
        Ok(value)
    }

    fn primary(&mut self, shell: &mut Shell) -> Result<Option<bool>, Halt> {
        let operator = self.peek(1).map(str::to_owned);
        if let Some(operator) = operator.filter(|it| is_binary(it, self.extended) && self.words.len() > self.at + 2) {
            let (Some(left), Some(right)) = (self.words.get(self.at), self.words.get(self.at + 2)) else {
                return Ok(None);
            };
            self.at += 3;
            let compared = compare(&left.text, &operator, right, self.extended, shell)?;
            self.told |= compared.is_none();
            return Ok(compared);
        }
        if self.peek(0) == Some("!") && self.words.len() > self.at + 1 {
            self.at += 1;
            return Ok(self.one(shell)?.map(|value| !value));
        }
        if self.peek(0) == Some("(") && self.words.len() > self.at + 2 {
            self.at += 1;
            let value = self.either(shell)?;
            return Ok(value.filter(|_| self.take(")")));
        }
        let first = self.peek(0).map(str::to_owned);
        if let Some(operator) = first.filter(|it| it.len() == 2 && it.starts_with('-'))
            && let Some(operand) = self.words.get(self.at + 1)
        {
            self.at += 2;
            return unary(&operator, &operand.text, shell).map(Some);
        }
        let Some(word) = self.words.get(self.at) else { return Ok(None) };
        self.at += 1;
        Ok(Some(!word.text.is_empty()))
    }
}

fn is_binary(operator: &str, extended: bool) -> bool {
    matches!(operator, "=" | "==" | "!=" | "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" | "-nt" | "-ot" | "-ef")
        || matches!(operator, "<" | ">")
        || (extended && operator == "=~")
}

/// A number as `[` reads it: leading zeros and letters mean nothing.
fn decimal(text: &str) -> Option<i64> {
    text.parse().ok()
}

fn compare(
    left: &str,
    operator: &str,
    right: &TestWord,
    extended: bool,
    shell: &mut Shell,
) -> Result<Option<bool>, Halt> {
    shell.meter.charge(left.len() + right.text.len())?;
    if matches!(operator, "=" | "==" | "!=") {
        let same = if extended {
            let characters: Vec<char> = left.chars().collect();
            Pattern::new(&right.pattern, &shell.meter)?.fits(&characters, &shell.meter)?
        } else {
            left == right.text
        };
        return Ok(Some(same == (operator != "!=")));
    }
    if matches!(operator, "<" | ">") {
        return Ok(Some(if operator == "<" { left < right.text.as_str() } else { left > right.text.as_str() }));
    }
    // The times of files are not modelled.
    if matches!(operator, "-nt" | "-ot" | "-ef") {
        return Err(Halt::Unknown);
    }
    let mut numbers = [0; 2];
    for (number, text) in numbers.iter_mut().zip([left, &right.text]) {
        *number = match if extended { signed(text.trim()) } else { decimal(text.trim()) } {
            Some(value) => value,
            None if extended => shell.number(text)?,
            None => {
                let shown = super::state::shortened(text);
                shell.complain(&format!("[: {shown}: integer expression expected"))?;
                return Ok(None);
            }
        };
    }
    let [left, right] = numbers;
    Ok(Some(match operator {
        "-eq" => left == right,
        "-ne" => left != right,
        "-lt" => left < right,
        "-le" => left <= right,
        "-gt" => left > right,
        "-ge" => left >= right,
        _ => return Err(Halt::Unknown),
    }))
}

fn unary(operator: &str, text: &str, shell: &mut Shell) -> Result<bool, Halt> {
    match operator {
        "-z" => return Ok(text.is_empty()),
        "-n" => return Ok(!text.is_empty()),
        "-v" => return Ok(shell.variable(text)?.is_some()),
        _ => {}
    }
    let path = shell.absolute(text)?;
    let found = shell.exists(&path)?;
    Ok(match operator {
        "-e" | "-a" => found != Found::Nothing,
        "-f" => found == Found::File,
        "-d" => found == Found::Folder,
        "-s" => found == Found::File && shell.file(&path)?.is_some_and(|content| !content.is_empty()),
        "-r" | "-w" if found != Found::Nothing => true,
        "-r" | "-w" | "-x" | "-L" | "-h" | "-p" | "-S" | "-b" | "-c" if found == Found::Nothing => false,
        _ => return Err(Halt::Unknown),
    })
}
