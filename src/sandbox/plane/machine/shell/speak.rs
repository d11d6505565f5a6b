//! Commands that only print: `echo`, `printf`, `date`, `seq` and the like.

use super::arithmetic::signed;
use super::limits::{LONGEST_VALUE, Limit};
use super::outcome::{Halt, Outcome};
use super::state::Shell;

impl Shell {
    pub fn speak(&mut self, name: &str, words: &[&str]) -> Result<Outcome, Halt> {
        let text = match (name, words) {
            ("echo", _) => echo(words)?,
            ("printf", ["-v", name, format, values @ ..]) if super::parser::is_name(name) => {
                let text = self.printf(format, values)?;
                self.variables.text(name, &text)?;
                return Ok(Outcome::WELL);
            }
            ("printf", ["-v", ..]) => return Err(Halt::Unknown),
            ("printf", ["--", format, values @ ..] | [format, values @ ..]) => self.printf(format, values)?,
            ("date", _) => self.date(words)?,
            ("hostname", [] | ["-f"]) | ("uname", ["-n"]) => self.world.host_name() + "\n",
            ("hostname", ["-s"]) => {
                let name = self.world.host_name();
                name.split('.').next().unwrap_or(&name).to_owned() + "\n"
            }
            ("hostname", ["-I"]) => format!("{} \n", self.world.address()),
            ("hostname", ["-i"]) => format!("{}\n", self.world.address()),
            ("whoami", []) | ("id", ["-un"]) => "root\n".to_owned(),
            ("id", ["-u" | "-g"]) => "0\n".to_owned(),
            ("uname", [] | ["-s"]) => "Linux\n".to_owned(),
            ("seq", _) => self.seq(words)?,
            ("basename", [path, rest @ ..]) if rest.len() < 2 => {
                let trimmed = path.trim_end_matches('/');
                let name = trimmed.rsplit('/').next().unwrap_or(trimmed);
                let name = if name.is_empty() && !path.is_empty() { "/" } else { name };
                let cut = rest.first().and_then(|end| name.strip_suffix(end)).filter(|it| !it.is_empty());
                format!("{}\n", cut.unwrap_or(name))
            }
            ("dirname", [path]) => {
                let folder =
                    path.trim_end_matches('/').rsplit_once('/').map(|(folder, _)| folder.trim_end_matches('/'));
                let root = if path.starts_with('/') { "/" } else { "." };
                format!("{}\n", folder.filter(|it| !it.is_empty()).unwrap_or(root))
            }
            _ => return Err(Halt::Unknown),
        };
        self.print(text.as_bytes())
    }

    fn date(&self, words: &[&str]) -> Result<String, Halt> {
        // The clock of an instance is in UTC.
        let words: Vec<&str> = words.iter().copied().filter(|it| !matches!(*it, "-u" | "--utc")).collect();
        let format = match words.as_slice() {
            [] => "%a %b %e %H:%M:%S UTC %Y",
            ["-Iseconds" | "--iso-8601=seconds" | "-Is"] => "%Y-%m-%dT%H:%M:%S+00:00",
            ["-I" | "--iso-8601"] => "%Y-%m-%d",
            ["-R"] => "%a, %d %b %Y %H:%M:%S +0000",
            [format] if format.starts_with('+') => format.get(1..).unwrap_or_default(),
            _ => return Err(Halt::Unknown),
        };
        // Widths in a format could make it long.
        let known = "aAbBCdDeFHIjklmMnNpPrRsStTuUVwWxXyYzZ%";
        let mut rest = format.chars();
        while let Some(c) = rest.next() {
            if c == '%' && !rest.next().is_some_and(|c| known.contains(c)) {
                return Err(Halt::Unknown);
            }
        }
        self.fits(format.len().saturating_mul(20))?;
        self.world.time(format).map(|text| text + "\n").ok_or(Halt::Unknown)
    }

    fn seq(&self, words: &[&str]) -> Result<String, Halt> {
        let mut numbers = Vec::new();
        for word in words {
            numbers.push(word.parse::<i64>().map_err(|_| Halt::Unknown)?);
        }
        let (first, step, last) = match numbers.as_slice() {
            [last] => (1, 1, *last),
            [first, last] => (*first, 1, *last),
            [first, step, last] if *step != 0 => (*first, *step, *last),
            _ => return Err(Halt::Unknown),
        };
        let mut out = String::new();
        let mut value = first;
        while if step > 0 { value <= last } else { value >= last } {
            let text = value.to_string();
            self.meter.charge(text.len() + 1)?;
            out.push_str(&text);
            out.push('\n');
            if out.len() > LONGEST_VALUE {
                return Err(self.meter.end(Limit::Memory));
            }
            match value.checked_add(step) {
                Some(next) => value = next,
                None => break,
            }
        }
        Ok(out)
    }

    fn printf(&mut self, format: &str, values: &[&str]) -> Result<String, Halt> {
        let format: Vec<char> = format.chars().collect();
        let mut values = values.iter().copied();
        let mut out = String::new();
        loop {
            let left = values.len();
            let ended = self.printf_once(&format, &mut values, &mut out)?;
            // The format is used again until no value is left.
            if ended || values.len() == 0 || values.len() == left {
                return Ok(out);
            }
        }
    }

    /// Uses the format once. `true` if a `\c` ended the output.
    fn printf_once(
        &mut self,
        format: &[char],
        values: &mut dyn ExactSizeIterator<Item = &str>,
        out: &mut String,
    ) -> Result<bool, Halt> {
        let mut at = 0;
        while let Some(c) = format.get(at).copied() {
            at += 1;
            self.meter.charge(1)?;
            if out.len() > LONGEST_VALUE {
                return Err(self.meter.end(Limit::Memory));
            }
            match c {
                '\\' => at += escape(format.get(at..).unwrap_or_default(), out)?,
                '%' => {
                    let start = at;
                    while format.get(at).is_some_and(|c| matches!(c, '-' | '+' | ' ' | '0' | '#')) {
                        at += 1;
                    }
                    let flags: Vec<char> = format.get(start..at).unwrap_or_default().to_vec();
                    let width = digits(format, &mut at);
                    let precision = (format.get(at) == Some(&'.')).then(|| {
                        at += 1;
                        digits(format, &mut at)
                    });
                    if width > LONGEST_VALUE || precision.is_some_and(|it| it > LONGEST_VALUE) {
                        return Err(self.meter.end(Limit::Memory));
                    }
                    self.meter.charge(width)?;
                    let Some(kind) = format.get(at).copied() else { return Err(Halt::Unknown) };
                    at += 1;
                    let text = match kind {
                        '%' => "%".to_owned(),
                        's' => {
                            let value = values.next().unwrap_or_default();
                            value.chars().take(precision.unwrap_or(usize::MAX)).collect()
                        }
                        'b' => {
                            let value: Vec<char> = values.next().unwrap_or_default().chars().collect();
                            let mut text = String::new();
                            unescape(&value, &mut text)?;
                            text
                        }
                        'c' => values.next().unwrap_or_default().chars().take(1).collect(),
                        'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
                            let value = values.next().unwrap_or_default();
                            let number = if value.is_empty() { 0 } else { signed(value).ok_or(Halt::Unknown)? };
                            // One that is too large is an error of many words.
                            if value.len() > 18 && number.to_string() != value {
                                return Err(Halt::Unknown);
                            }
                            whole(number, kind, &flags, width, precision)
                        }
                        // Others, such as floating-point numbers, are not modelled.
                        _ => return Err(Halt::Unknown),
                    };
                    self.meter.charge(text.len())?;
                    // Widths count bytes.
                    let missing = width.saturating_sub(text.len());
                    if flags.contains(&'-') {
                        out.push_str(&text);
                        out.extend(std::iter::repeat_n(' ', missing));
                    } else if flags.contains(&'0') && !matches!(kind, 's' | 'b' | 'c') && precision.is_none() {
                        let (sign, rest) =
                            if let Some(rest) = text.strip_prefix('-') { ("-", rest) } else { ("", text.as_str()) };
                        out.push_str(sign);
                        out.extend(std::iter::repeat_n('0', missing));
                        out.push_str(rest);
                    } else {
                        out.extend(std::iter::repeat_n(' ', missing));
                        out.push_str(&text);
                    }
                }
                _ => out.push(c),
            }
        }
        Ok(false)
    }
}

/// A whole number as `printf` writes it, with its zeros but without blanks.
fn whole(number: i64, kind: char, flags: &[char], width: usize, precision: Option<usize>) -> String {
    let has = |flag| flags.contains(&flag);
    let signed = matches!(kind, 'd' | 'i');
    let digits = match kind {
        'x' => format!("{number:x}"),
        'X' => format!("{number:X}"),
        'o' => format!("{number:o}"),
        'u' => number.cast_unsigned().to_string(),
        _ => number.unsigned_abs().to_string(),
    };
    let sign = match kind {
        _ if signed && number < 0 => "-",
        _ if signed && has('+') => "+",
        _ if signed && has(' ') => " ",
        'x' if has('#') && number != 0 => "0x",
        'X' if has('#') && number != 0 => "0X",
        'o' if has('#') && number != 0 => "0",
        _ => "",
    };
    let fill = if has('0') && !has('-') { width.saturating_sub(sign.len()) } else { 0 };
    let least = precision.unwrap_or(fill);
    format!("{sign}{}{digits}", "0".repeat(least.saturating_sub(digits.len())))
}

/// The number that stands at a place of a format, which is moved behind it.
fn digits(format: &[char], at: &mut usize) -> usize {
    let mut number = 0_usize;
    while let Some(digit) = format.get(*at).and_then(|c| c.to_digit(10)) {
        number = number.saturating_mul(10).saturating_add(digit as usize);
        *at += 1;
    }
    number
}

fn echo(words: &[&str]) -> Result<String, Halt> {
    let is_flags =
        |word: &&&str| word.len() > 1 && word.starts_with('-') && word.chars().skip(1).all(|c| "neE".contains(c));
    let count = words.iter().take_while(is_flags).count();
    let (flags, words) = words.split_at(count);
    let text = words.join(" ");
    let escapes = flags.iter().flat_map(|it| it.chars()).rfind(|c| matches!(c, 'e' | 'E')) == Some('e');
    let mut out = String::new();
    if escapes {
        unescape(&text.chars().collect::<Vec<_>>(), &mut out)?;
    } else {
        out = text;
    }
    if !flags.iter().any(|it| it.contains('n')) {
        out.push('\n');
    }
    Ok(out)
}

fn unescape(text: &[char], out: &mut String) -> Result<(), Halt> {
    let mut at = 0;
    while let Some(c) = text.get(at).copied() {
        at += 1;
        if c == '\\' {
            at += escape(text.get(at..).unwrap_or_default(), out)?;
        } else {
            out.push(c);
        }
    }
    Ok(())
}

/// Writes the meaning of what follows a backslash, and returns how many characters that were.
fn escape(rest: &[char], out: &mut String) -> Result<usize, Halt> {
    let Some(c) = rest.first().copied() else {
        out.push('\\');
        return Ok(0);
    };
    let digits = |from: usize, most: usize, base: u32| {
        rest.iter().skip(from).take(most).take_while(|c| c.is_digit(base)).collect::<String>()
    };
    let meaning = match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        'e' | 'E' => '\u{1b}',
        '\\' | '"' | '\'' => c,
        '0'..='7' => {
            let text = digits(0, if c == '0' { 4 } else { 3 }, 8);
            let code = u32::from_str_radix(&text, 8).unwrap_or(0);
            out.push(char::from_u32(code).filter(char::is_ascii).ok_or(Halt::Unknown)?);
            return Ok(text.len());
        }
        'x' => {
            let text = digits(1, 2, 16);
            let code = u32::from_str_radix(&text, 16).map_err(|_| Halt::Unknown)?;
            out.push(char::from_u32(code).filter(char::is_ascii).ok_or(Halt::Unknown)?);
            return Ok(1 + text.len());
        }
        'c' | 'u' | 'U' => return Err(Halt::Unknown),
        _ => {
            out.extend(['\\', c]);
            return Ok(1);
        }
    };
    out.push(meaning);
    Ok(1)
}
