//! Arithmetic of whole numbers, as bash counts: 64 bits, and around at the ends.

use super::limits::MOST_DEEP;
use super::outcome::Halt;
use super::parser::is_name;

/// What an expression costs besides its length, in steps.
const EACH: usize = 50;
/// What one in a variable costs: two of them, each with two more in it and so on, are many.
const INSIDE: usize = 300;

/// What arithmetic asks of the shell.
pub trait Names {
    fn value(&mut self, name: &str) -> Result<String, Halt>;
    fn assign(&mut self, name: &str, value: i64) -> Result<(), Halt>;
    fn steps(&mut self, count: usize) -> Result<(), Halt>;
}

/// Why there is no number.
#[derive(Debug, PartialEq, Eq)]
pub enum Wrong {
    Halt(Halt),
    /// With what stands from the divisor on.
    DividedByZero(String),
    Syntax,
    Deep,
}

impl From<Halt> for Wrong {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

pub fn evaluate(text: &str, names: &mut dyn Names, depth: usize) -> Result<i64, Wrong> {
    names.steps(EACH + text.len())?;
    let mut reader = Arithmetic { characters: text.chars().collect(), at: 0, names, depth, start: 0, skipping: 0 };
    reader.blanks();
    if reader.peek().is_none() {
        return Ok(0);
    }
    let value = reader.comma()?;
    if reader.peek().is_some() { Err(Wrong::Syntax) } else { Ok(value) }
}

struct Arithmetic<'a> {
    characters: Vec<char>,
    at: usize,
    names: &'a mut dyn Names,
    depth: usize,
    /// Where the innermost expression begins: only there may a variable be assigned.
    start: usize,
    /// How many branches around this one are not taken.
    skipping: usize,
}

/// The operators of two operands, weakest first. A longer one stands before its beginning.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Arithmetic<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn sees(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(count, c)| self.characters.get(self.at + count) == Some(&c))
    }

    fn take(&mut self, text: &str) -> bool {
        let there = self.sees(text);
        if there {
            self.at += text.len();
            self.blanks();
        }
        there
    }

    fn deeper(&mut self) -> Result<(), Wrong> {
        self.depth += 1;
        if self.depth > MOST_DEEP { Err(Wrong::Deep) } else { Ok(()) }
    }

    fn comma(&mut self) -> Result<i64, Wrong> {
        let mut value = self.choice()?;
        while self.take(",") {
            value = self.choice()?;
        }
        Ok(value)
    }

    fn choice(&mut self) -> Result<i64, Wrong> {
        self.deeper()?;
        self.blanks();
        self.start = self.at;
        let chosen = self.two(0)?;
        let value = if self.take("?") {
            let first = self.branch(chosen == 0)?;
            if !self.take(":") {
                return Err(Wrong::Syntax);
            }
            let second = self.branch(chosen != 0)?;
            if chosen == 0 { second } else { first }
        } else {
            chosen
        };
        self.depth -= 1;
        Ok(value)
    }

    fn branch(&mut self, skipped: bool) -> Result<i64, Wrong> {
        self.skipping += usize::from(skipped);
        let value = self.choice();
        self.skipping -= usize::from(skipped);
        value
    }

    /// Reads operators of this level and stronger ones.
    fn two(&mut self, level: usize) -> Result<i64, Wrong> {
        let Some(operators) = LEVELS.get(level) else { return self.power() };
        let mut left = self.two(level + 1)?;
        loop {
            let found = operators.iter().find(|it| self.sees(it)).copied();
            let Some(operator) = found.filter(|it| self.is_whole(it)) else { return Ok(left) };
            self.take(operator);
            self.names.steps(1)?;
            let skipped = (operator == "&&" && left == 0) || (operator == "||" && left != 0);
            self.skipping += usize::from(skipped);
            let from = self.at;
            let right = self.two(level + 1);
            self.skipping -= usize::from(skipped);
            left = self.apply(operator, left, right?, from)?;
        }
    }

    /// Whether what stands here is this operator and not the beginning of another one.
    fn is_whole(&self, operator: &str) -> bool {
        let next = self.characters.get(self.at + operator.len()).copied();
        match operator {
            "|" => next != Some('|'),
            "&" => next != Some('&'),
            "<" | ">" => !next.is_some_and(|c| matches!(c, '<' | '>')),
            "*" => next != Some('*') && next != Some('='),
            "+" | "-" | "/" | "%" | "^" => next != Some('='),
            _ => true,
        }
    }

    fn apply(&self, operator: &str, a: i64, b: i64, from: usize) -> Result<i64, Wrong> {
        let shift = u32::try_from(b & 63).unwrap_or(0);
        Ok(match operator {
            "||" => i64::from(a != 0 || b != 0),
            "&&" => i64::from(a != 0 && b != 0),
            "|" => a | b,
            "^" => a ^ b,
            "&" => a & b,
            "==" => i64::from(a == b),
            "!=" => i64::from(a != b),
            "<=" => i64::from(a <= b),
            ">=" => i64::from(a >= b),
            "<" => i64::from(a < b),
            ">" => i64::from(a > b),
            "<<" => a.wrapping_shl(shift),
            ">>" => a.wrapping_shr(shift),
            "+" => a.wrapping_add(b),
            "-" => a.wrapping_sub(b),
            "*" => a.wrapping_mul(b),
            _ if b == 0 => {
                if self.skipping > 0 {
                    return Ok(0);
                }
                let rest = self.characters.get(from..).unwrap_or_default();
                return Err(Wrong::DividedByZero(rest.iter().take(100).collect()));
            }
            "/" => a.wrapping_div(b),
            _ => a.wrapping_rem(b),
        })
    }

    fn power(&mut self) -> Result<i64, Wrong> {
        let base = self.one()?;
        if !self.take("**") {
            return Ok(base);
        }
        self.deeper()?;
        let exponent = self.power()?;
        self.depth -= 1;
        let Ok(mut exponent) = u64::try_from(exponent) else { return Err(Wrong::Syntax) };
        let (mut base, mut value) = (base, 1_i64);
        while exponent > 0 {
            if exponent & 1 == 1 {
                value = value.wrapping_mul(base);
            }
            base = base.wrapping_mul(base);
            exponent >>= 1;
        }
        Ok(value)
    }

    fn one(&mut self) -> Result<i64, Wrong> {
        self.deeper()?;
        let value = self.operand()?;
        self.depth -= 1;
        Ok(value)
    }

    fn operand(&mut self) -> Result<i64, Wrong> {
        self.blanks();
        if self.take("++") {
            return self.changed(1, true);
        }
        if self.take("--") {
            return self.changed(-1, true);
        }
        if self.take("!") {
            return Ok(i64::from(self.one()? == 0));
        }
        if self.take("~") {
            return Ok(!self.one()?);
        }
        if self.take("-") {
            return Ok(self.one()?.wrapping_neg());
        }
        if self.take("+") {
            return self.one();
        }
        if self.take("(") {
            let value = self.comma()?;
            return if self.take(")") { Ok(value) } else { Err(Wrong::Syntax) };
        }
        if self.peek().is_some_and(|c| c.is_ascii_digit()) {
            let text: String = self.word();
            return number(&text).ok_or(Wrong::Syntax);
        }
        self.changed(0, false)
    }

    fn word(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '#')) {
            self.at += 1;
            text.push(c);
        }
        self.blanks();
        text
    }

    /// Reads a variable, with what is assigned to it.
    fn changed(&mut self, by: i64, before: bool) -> Result<i64, Wrong> {
        let first = self.at == self.start;
        let name = self.word();
        if !is_name(&name) {
            return Err(Wrong::Syntax);
        }
        if before {
            let value = self.value(&name)?.wrapping_add(by);
            self.assign(&name, value)?;
            return Ok(value);
        }
        for (operator, by) in [("++", 1), ("--", -1)] {
            if self.take(operator) {
                let value = self.value(&name)?;
                self.assign(&name, value.wrapping_add(by))?;
                return Ok(value);
            }
        }
        if self.sees("=") && !self.sees("==") {
            if !first {
                return Err(Wrong::Syntax);
            }
            self.take("=");
            let value = self.choice()?;
            self.assign(&name, value)?;
            return Ok(value);
        }
        for operator in ["+", "-", "*", "/", "%"] {
            if self.sees(operator) && self.characters.get(self.at + 1) == Some(&'=') {
                if !first {
                    return Err(Wrong::Syntax);
                }
                self.at += 2;
                self.blanks();
                let left = self.value(&name)?;
                let from = self.at;
                let right = self.choice()?;
                let value = self.apply(operator, left, right, from)?;
                self.assign(&name, value)?;
                return Ok(value);
            }
        }
        self.value(&name)
    }

    fn assign(&mut self, name: &str, value: i64) -> Result<(), Wrong> {
        if self.skipping == 0 {
            self.names.assign(name, value)?;
        }
        Ok(())
    }

    fn value(&mut self, name: &str) -> Result<i64, Wrong> {
        let text = self.names.value(name)?;
        let text = text.trim();
        if text.is_empty() {
            return Ok(0);
        }
        if let Some(value) = signed(text) {
            return Ok(value);
        }
        // A variable may hold another expression.
        self.names.steps(INSIDE)?;
        evaluate(text, self.names, self.depth + 1)
    }
}

/// A number with a sign.
pub fn signed(text: &str) -> Option<i64> {
    match text.strip_prefix('-') {
        Some(rest) => number(rest).map(i64::wrapping_neg),
        None => number(text.strip_prefix('+').unwrap_or(text)),
    }
}

/// A number as bash writes it: decimal, `0x…`, `0…` (octal) or `base#…`. One that is too large goes around.
fn number(text: &str) -> Option<i64> {
    let (base, digits) = if let Some((base, digits)) = text.split_once('#') {
        (base.parse().ok().filter(|base| (2..=36).contains(base))?, digits)
    } else if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        (16, digits)
    } else if text.len() > 1 && text.starts_with('0') {
        (8, text)
    } else {
        (10, text)
    };
    if digits.is_empty() {
        return None;
    }
    digits.chars().try_fold(0_i64, |value, c| {
        let digit = i64::from(c.to_digit(base)?);
        Some(value.wrapping_mul(i64::from(base)).wrapping_add(digit))
    })
}
