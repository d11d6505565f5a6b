//! Shell patterns: `*`, `?`, `[…]` and backslashes.

use super::limits::Meter;
use super::outcome::Halt;

/// A part of a pattern that stands for one character, or a star.
#[derive(Debug)]
enum Piece {
    One(char),
    Any,
    Set { not: bool, ranges: Vec<(char, char)> },
    Star,
}

impl Piece {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::One(one) => *one == c,
            Self::Any => true,
            Self::Set { not, ranges } => has(ranges, c) != *not,
            Self::Star => false,
        }
    }
}

#[derive(Debug)]
pub struct Pattern {
    pieces: Vec<Piece>,
}

impl Pattern {
    /// Reads a pattern in which a backslash takes the meaning of the next character.
    ///
    /// # Errors
    /// If the script has used up what it may use.
    pub fn new(text: &str, meter: &Meter) -> Result<Self, Halt> {
        meter.charge(text.len())?;
        let characters: Vec<char> = text.chars().collect();
        let mut pieces = Vec::new();
        let mut at = 0;
        while let Some(c) = characters.get(at).copied() {
            at += 1;
            pieces.push(match c {
                '\\' => {
                    let literal = characters.get(at).copied().unwrap_or('\\');
                    at += 1;
                    Piece::One(literal)
                }
                '?' => Piece::Any,
                '*' if matches!(pieces.last(), Some(Piece::Star)) => continue,
                '*' => Piece::Star,
                '[' => {
                    if let Some(set) = brackets(&characters, at, &['!', '^'], true) {
                        at = set.end;
                        Piece::Set { not: set.not, ranges: set.ranges }
                    } else {
                        Piece::One('[')
                    }
                }
                _ => Piece::One(c),
            });
        }
        Ok(Self { pieces })
    }

    /// How many characters it stands for, if that is always the same number.
    pub fn length(&self) -> Option<usize> {
        let fixed = !self.pieces.iter().any(|piece| matches!(piece, Piece::Star));
        fixed.then_some(self.pieces.len())
    }

    /// Whether it fits the whole text.
    pub fn fits(&self, text: &[char], meter: &Meter) -> Result<bool, Halt> {
        let (mut piece, mut at) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        // What the call itself costs.
        let mut steps = 20;
        loop {
            steps += 1;
            if steps >= 1000 {
                meter.charge(std::mem::take(&mut steps))?;
            }
            let next = self.pieces.get(piece);
            match (next, text.get(at)) {
                (Some(Piece::Star), _) => {
                    piece += 1;
                    star = Some((piece, at));
                    continue;
                }
                (Some(one), Some(c)) if one.takes(*c) => {
                    (piece, at) = (piece + 1, at + 1);
                    continue;
                }
                (None, None) => break,
                _ => {}
            }
            match star {
                Some((after, from)) if from < text.len() => {
                    star = Some((after, from + 1));
                    (piece, at) = (after, from + 1);
                }
                _ => {
                    meter.charge(steps)?;
                    return Ok(false);
                }
            }
        }
        meter.charge(steps)?;
        Ok(true)
    }
}

/// What stands in brackets.
pub struct Brackets {
    pub not: bool,
    pub ranges: Vec<(char, char)>,
    /// Where the text goes on.
    pub end: usize,
}

/// Reads brackets from behind the opening one. Any of `nots` inverts them; a backslash takes the meaning of the next
/// character where `escapes`. `None` if they are not closed, or have a class that is not known.
pub fn brackets(characters: &[char], mut at: usize, nots: &[char], escapes: bool) -> Option<Brackets> {
    let not = characters.get(at).is_some_and(|c| nots.contains(c));
    at += usize::from(not);
    let mut ranges = Vec::new();
    let first = at;
    loop {
        let c = *characters.get(at)?;
        at += 1;
        match c {
            ']' if at - 1 > first => return Some(Brackets { not, ranges: in_order(ranges), end: at }),
            '[' if characters.get(at) == Some(&':') => {
                let name: String = characters.get(at + 1..)?.iter().take_while(|c| **c != ':').collect();
                at += name.chars().count() + 3;
                ranges.extend_from_slice(class(&name)?);
            }
            _ => {
                let from = if c == '\\' && escapes {
                    at += 1;
                    *characters.get(at - 1)?
                } else {
                    c
                };
                match (characters.get(at), characters.get(at + 1)) {
                    (Some('-'), Some(to)) if *to != ']' => {
                        ranges.push((from, *to));
                        at += 2;
                    }
                    _ => ranges.push((from, from)),
                }
            }
        }
    }
}

/// The same ranges in order and without overlaps, so that [`has`] need not look at each.
fn in_order(mut ranges: Vec<(char, char)>) -> Vec<(char, char)> {
    ranges.retain(|(from, to)| from <= to);
    ranges.sort_unstable();
    ranges.dedup_by(|next, before| {
        let joins = next.0 <= before.1;
        if joins {
            before.1 = before.1.max(next.1);
        }
        joins
    });
    ranges
}

/// Whether ranges that [`brackets`] has read have a character.
pub fn has(ranges: &[(char, char)], c: char) -> bool {
    let next = ranges.partition_point(|(from, _)| *from <= c);
    next.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, to)| c <= *to)
}

/// The ranges of a class such as `digit`.
pub fn class(name: &str) -> Option<&'static [(char, char)]> {
    Some(match name {
        "digit" => &[('0', '9')],
        "lower" => &[('a', 'z')],
        "upper" => &[('A', 'Z')],
        "alpha" => &[('a', 'z'), ('A', 'Z')],
        "alnum" => &[('a', 'z'), ('A', 'Z'), ('0', '9')],
        "space" => &[(' ', ' '), ('\t', '\r')],
        "blank" => &[(' ', ' '), ('\t', '\t')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        _ => return None,
    })
}

/// Whether a pattern has any character that is not plain.
pub fn has_wildcard(pattern: &str) -> bool {
    let mut escaped = false;
    pattern.chars().any(|c| {
        let active = !escaped && matches!(c, '*' | '?' | '[');
        escaped = c == '\\' && !escaped;
        active
    })
}

/// Takes the meaning from every special character.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\' | '!' | '^' | '-') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
