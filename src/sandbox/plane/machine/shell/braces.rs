//! `{a,b}` and `{1..9}`.

use super::limits::{Limit, Meter};
use super::outcome::Halt;
use super::tree::{Part, Word};

/// The limit of all words that come of one, in bytes.
const LARGEST: usize = 2 * 1024 * 1024;
/// The limit of a number's digits.
const WIDEST: usize = 20;

/// A word for each of its alternatives; a single `None` if it has none. Braces inside braces are not modelled.
pub fn braces(word: &Word, meter: &Meter) -> Result<Vec<Option<Word>>, Halt> {
    let found = word.iter().enumerate().find_map(|(at, part)| match part {
        Part::Text(text) => split(text).map(|split| (at, split)),
        _ => None,
    });
    let Some((at, (before, inside, after))) = found else {
        // Braces around what is not plain text are not modelled.
        let whole: String = word.iter().map(|part| if let Part::Text(text) = part { text } else { "$" }).collect();
        return if split(&whole).is_some() { Err(Halt::Unknown) } else { Ok(vec![None]) };
    };
    let plain = word.iter().all(|part| matches!(part, Part::Text(_) | Part::Quoted(_)));
    if !plain || inside.contains('{') || split(after).is_some() {
        return Err(Halt::Unknown);
    }
    let mut words = Vec::new();
    let text = |part: &Part| match part {
        Part::Text(text) | Part::Quoted(text) => text.len() + 64,
        _ => 64,
    };
    let each: usize = word.iter().map(text).sum();
    let mut total = 0_usize;
    for choice in choices(inside, meter)? {
        meter.charge(each + choice.len())?;
        total += each + choice.len();
        if total > LARGEST {
            return Err(meter.end(Limit::Memory));
        }
        let copy = |part: &Part| match part {
            Part::Text(text) => Part::Text(text.clone()),
            Part::Quoted(text) => Part::Quoted(text.clone()),
            _ => Part::Unmodelled,
        };
        let mut one: Word = word.iter().map(copy).collect();
        if let Some(part) = one.get_mut(at) {
            *part = Part::Text(format!("{before}{choice}{after}"));
        }
        words.push(Some(one));
    }
    Ok(words)
}

/// What stands before, in and after the first braces that have alternatives.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (inside, after) = rest.split_once('}')?;
    (inside.contains(',') || ends(inside).is_some() || letters(inside).is_some()).then_some((before, inside, after))
}

fn ends(inside: &str) -> Option<(i64, i64, i64)> {
    let (first, rest) = inside.split_once("..")?;
    let (last, step) = rest.split_once("..").map_or((rest, 1), |(last, step)| (last, step.parse().unwrap_or(0)));
    let step: i64 = step;
    Some((first.parse().ok()?, last.parse().ok()?, step.checked_abs()?.max(1)))
}

/// The ends of `a..e`.
fn letters(inside: &str) -> Option<(char, char)> {
    let (first, last) = inside.split_once("..")?;
    let letter = |text: &str| text.parse().ok().filter(char::is_ascii_alphabetic);
    let (first, last) = (letter(first)?, letter(last)?);
    // What stands between the two cases is punctuation.
    (first.is_ascii_lowercase() == last.is_ascii_lowercase()).then_some((first, last))
}

fn choices(inside: &str, meter: &Meter) -> Result<Vec<String>, Halt> {
    if inside.contains(',') {
        return Ok(inside.split(',').map(str::to_owned).collect());
    }
    if let Some((first, last)) = letters(inside) {
        let between = (first.min(last)..=first.max(last)).map(String::from);
        return Ok(if first <= last { between.collect() } else { between.rev().collect() });
    }
    let Some((first, last, step)) = ends(inside) else { return Ok(Vec::new()) };
    // Leading zeros make all as wide.
    let width = inside.split("..").take(2).filter(|it| it.len() > 1 && it.trim_start_matches('-').starts_with('0'));
    let width = width.map(str::len).max().unwrap_or(0).min(WIDEST);
    let mut all = Vec::new();
    let mut value = first;
    while if first <= last { value <= last } else { value >= last } {
        meter.charge(64)?;
        all.push(format!("{value:0width$}"));
        let next = if first <= last { value.checked_add(step) } else { value.checked_sub(step) };
        match next {
            Some(next) => value = next,
            None => break,
        }
        if all.len() > 20_000 {
            return Err(Halt::Unknown);
        }
    }
    Ok(all)
}
