//! Commands that change text: `cat`, `grep`, `cut`, `tr`, `head`, `tail`, `wc`, `sort`.

use super::outcome::{Halt, Outcome};
use super::pattern::class;
use super::search::Search;
use super::sinks::Out;
use super::state::Shell;
use super::world::Later;

/// How many characters a set of `tr` may have.
const LONGEST_SET: usize = 4096;

impl Shell {
    /// What the files hold, or standard input. `None` if a file is missing, which the console was told of.
    fn texts(&mut self, name: &str, files: &[&str]) -> Result<Option<Vec<u8>>, Halt> {
        if files.is_empty() {
            let text = self.input.all();
            self.meter.charge(text.len())?;
            return Ok(Some(text));
        }
        // Most programs write of each file by itself.
        if files.len() > 1 && !matches!(name, "sort" | "cut") {
            return Err(Halt::Unknown);
        }
        let mut all = Vec::new();
        let mut held = self.meter.hold(0)?;
        let mut complete = true;
        for file in files {
            if *file == "-" {
                all.extend(self.input.all());
                continue;
            }
            let path = self.absolute(file)?;
            if self.is_folder(&path) {
                complete = false;
                let shown = super::state::shortened(file);
                self.error(&format!("{name}: {shown}: Is a directory\n"))?;
            } else if let Some(text) = self.file(&path)? {
                held.grow(text.len())?;
                all.extend(text);
            } else {
                complete = false;
                let shown = super::state::shortened(file);
                self.error(&format!("{name}: {shown}: No such file or directory\n"))?;
            }
        }
        // What is written of the others is not modelled.
        if !complete && files.len() > 1 { Err(Halt::Unknown) } else { Ok(Some(all).filter(|_| complete)) }
    }

    pub fn filter_text(&mut self, name: &str, words: &[&str]) -> Result<Outcome, Halt> {
        match name {
            "cat" => {
                if words.iter().any(|it| it.starts_with('-') && it.len() > 1) {
                    return Err(Halt::Unknown);
                }
                let mut outcome = Outcome::WELL;
                let files = if words.is_empty() { &["-"] } else { words };
                for file in files {
                    match self.texts(name, std::slice::from_ref(file))? {
                        Some(text) if self.print(&text)? == Outcome::WELL => {}
                        _ => outcome = Outcome::BADLY,
                    }
                }
                Ok(outcome)
            }
            "grep" | "egrep" | "fgrep" => self.grep(name, words),
            "cut" => self.cut_fields(words),
            "tr" => self.translate(words),
            "head" => {
                let (count, files) = count(words)?;
                let Some(text) = self.texts(name, &files)? else { return Ok(Outcome::BADLY) };
                let kept: Vec<u8> = lines(&text).take(count).flatten().copied().collect();
                self.print(&kept)
            }
            "tac" => {
                let Some(text) = self.texts(name, words)? else { return Ok(Outcome::BADLY) };
                let kept: Vec<u8> = lines(&text).rev().flatten().copied().collect();
                self.print(&kept)
            }
            "wc" => {
                let (flags, files): (Vec<&str>, Vec<&str>) = words.iter().partition(|it| it.starts_with('-'));
                let Some(text) = self.texts(name, &files)? else { return Ok(Outcome::BADLY) };
                let number = match flags.as_slice() {
                    ["-l"] => text.split(|byte| *byte == b'\n').count() - 1,
                    ["-c"] => text.len(),
                    ["-w"] => String::from_utf8_lossy(&text).split_whitespace().count(),
                    _ => return Err(Halt::Unknown),
                };
                let shown = files.first().map(|file| format!(" {file}")).unwrap_or_default();
                self.print(format!("{number}{shown}\n").as_bytes())
            }
            _ => {
                let (flags, files): (Vec<&str>, Vec<&str>) = words.iter().partition(|it| it.starts_with('-'));
                let Some(text) = self.texts(name, &files)? else {
                    return Ok(Outcome::Status(if name == "sort" { 2 } else { 1 }));
                };
                self.meter.charge(text.len().saturating_mul(8))?;
                let mut list: Vec<&[u8]> = lines(&text).map(|it| it.strip_suffix(b"\n").unwrap_or(it)).collect();
                match (name, flags.as_slice()) {
                    ("sort", []) => list.sort_unstable(),
                    ("sort", ["-u"]) => {
                        list.sort_unstable();
                        list.dedup();
                    }
                    ("sort", ["-r"]) => {
                        list.sort_unstable();
                        list.reverse();
                    }
                    ("uniq", []) => list.dedup(),
                    _ => return Err(Halt::Unknown),
                }
                let mut out = list.join(&b'\n');
                if !list.is_empty() {
                    out.push(b'\n');
                }
                self.print(&out)
            }
        }
    }

    fn grep(&mut self, name: &str, words: &[&str]) -> Result<Outcome, Halt> {
        let (mut extended, mut fixed) = (name == "egrep", name == "fgrep");
        let (mut quiet, mut inverted, mut counts, mut only, mut any_case) = (false, false, false, false, false);
        let mut silent = false;
        let mut plain = Vec::new();
        for word in words {
            if !word.starts_with('-') || word.len() == 1 {
                plain.push(*word);
                continue;
            }
            for flag in word.chars().skip(1) {
                match flag {
                    'q' => quiet = true,
                    'v' => inverted = true,
                    'c' => counts = true,
                    'o' => only = true,
                    'i' => any_case = true,
                    'E' => extended = true,
                    'F' => fixed = true,
                    's' => silent = true,
                    'h' => {}
                    _ => return Err(Halt::Unknown),
                }
            }
        }
        let Some((pattern, files)) = plain.split_first() else { return Err(Halt::Unknown) };
        if files.len() > 1 {
            return Err(Halt::Unknown);
        }
        let search = Search::new(pattern, extended, fixed, any_case, self.depth).ok_or(Halt::Unknown)?;
        let err = self.sinks.err.clone();
        if silent {
            self.sinks.err = Out::Null;
        }
        let text = self.texts("grep", files);
        self.sinks.err = err;
        let Some(text) = text? else { return Ok(Outcome::Status(2)) };
        let mut out = Vec::new();
        let mut number = 0_usize;
        for line in lines(&text) {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let characters: Vec<char> = String::from_utf8_lossy(line).chars().collect();
            let found = search.find(&characters, &self.meter)?;
            if found.is_some() == inverted {
                continue;
            }
            number += 1;
            if quiet {
                break;
            }
            if only {
                // More than one in a line is not modelled.
                let Some((from, to)) = found else { continue };
                let rest = characters.get(to..).unwrap_or_default();
                if to == from || search.find(rest, &self.meter)?.is_some_and(|(from, to)| to > from) {
                    return Err(Halt::Unknown);
                }
                out.extend(characters.get(from..to).unwrap_or_default().iter().collect::<String>().into_bytes());
            } else {
                out.extend_from_slice(line);
            }
            out.push(b'\n');
        }
        if counts {
            out = format!("{number}\n").into_bytes();
        }
        if !quiet {
            self.print(&out)?;
        }
        Ok(Outcome::of(number > 0))
    }

    fn cut_fields(&mut self, words: &[&str]) -> Result<Outcome, Halt> {
        let (mut delimiter, mut list, mut by_character) = ('\t', None, false);
        let mut files = Vec::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(flag) = word.strip_prefix('-').filter(|it| !it.is_empty()) else {
                files.push(*word);
                continue;
            };
            let mut rest = flag.chars();
            let flag = rest.next();
            let glued = rest.as_str();
            let value = if glued.is_empty() { words.next().copied().unwrap_or_default() } else { glued };
            match flag {
                Some('d') => delimiter = value.parse().map_err(|_| Halt::Unknown)?,
                Some('f') => list = Some(value),
                Some('c') => {
                    list = Some(value);
                    by_character = true;
                }
                _ => return Err(Halt::Unknown),
            }
        }
        let mut ranges = Vec::new();
        for range in list.ok_or(Halt::Unknown)?.split(',') {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            let number = |text: &str, missing: usize| if text.is_empty() { Some(missing) } else { text.parse().ok() };
            let from: usize = number(from, 1).ok_or(Halt::Unknown)?;
            let to = number(to, usize::MAX).ok_or(Halt::Unknown)?;
            // What cut says of it is not modelled.
            if from == 0 || to < from {
                return Err(Halt::Unknown);
            }
            ranges.push((from, to));
        }
        let Some(text) = self.texts("cut", &files)? else { return Ok(Outcome::BADLY) };
        self.meter.charge(text.len().saturating_mul(ranges.len()))?;
        let mut out = String::new();
        for line in String::from_utf8_lossy(&text).lines() {
            let wanted = |at: usize| ranges.iter().any(|(from, to)| (*from..=*to).contains(&(at + 1)));
            if by_character {
                out.extend(line.chars().enumerate().filter(|(at, _)| wanted(*at)).map(|(_, c)| c));
            } else if line.contains(delimiter) {
                let kept: Vec<&str> =
                    line.split(delimiter).enumerate().filter(|(at, _)| wanted(*at)).map(|(_, it)| it).collect();
                out.push_str(&kept.join(&delimiter.to_string()));
            } else {
                out.push_str(line);
            }
            out.push('\n');
        }
        self.print(out.as_bytes())
    }

    fn translate(&mut self, words: &[&str]) -> Result<Outcome, Halt> {
        let text = String::from_utf8_lossy(&self.input.all()).into_owned();
        let (deletes, squeezes, sets) = match words {
            ["-d", set] => (true, false, vec![*set]),
            ["-s", set] => (false, true, vec![*set]),
            [from, to] if !from.starts_with('-') => (false, false, vec![*from, *to]),
            _ => return Err(Halt::Unknown),
        };
        let mut read = Vec::new();
        for set in sets {
            let set = characters(set)?;
            self.meter.charge(set.len() * 4)?;
            read.push(set);
        }
        // An error of its own.
        if read.get(1).is_some_and(Vec::is_empty) {
            return Err(Halt::Unknown);
        }
        let Some(from) = read.first() else { return Err(Halt::Unknown) };
        self.meter.charge(text.len().saturating_mul(1 + from.len() / 16))?;
        let mut out = String::new();
        let mut last = None;
        for c in text.chars() {
            let place = from.iter().rposition(|it| *it == c);
            match (place, read.get(1)) {
                (Some(_), _) if deletes => continue,
                (Some(_), _) if squeezes && last == Some(c) => continue,
                (Some(place), Some(to)) => out.extend(to.get(place).or(to.last())),
                _ => out.push(c),
            }
            last = Some(c);
        }
        self.print(out.as_bytes())
    }

    pub fn tail<'a>(&'a mut self, words: &'a [&'a str]) -> Later<'a, Result<Outcome, Halt>> {
        Box::pin(async move {
            if words.iter().any(|it| matches!(*it, "-f" | "-F")) {
                let from_start = words.windows(2).any(|it| it == ["-n", "+1"]) || words.contains(&"-n+1");
                let Some(file) = words.iter().rfind(|it| it.starts_with('/')) else { return Err(Halt::Unknown) };
                let path = self.absolute(file)?;
                let to_console = matches!(self.sinks.out, Out::Console | Out::Tee(_) | Out::Logger(_));
                let shown = self.world.follow(&path, from_start, to_console);
                self.print(&shown)?;
                self.for_ever().await;
            }
            if words.iter().any(|it| it.starts_with("-n+") || it.starts_with('+'))
                || words.windows(2).any(|it| matches!(it, ["-n", count] if count.starts_with('+')))
            {
                return Err(Halt::Unknown);
            }
            let (count, files) = count(words)?;
            let Some(text) = self.texts("tail", &files)? else { return Ok(Outcome::BADLY) };
            let all: Vec<&[u8]> = lines(&text).collect();
            let kept = all.get(all.len().saturating_sub(count)..).unwrap_or_default().concat();
            self.print(&kept)
        })
    }
}

fn lines(text: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    text.split_inclusive(|byte| *byte == b'\n')
}

/// How many lines `head` and `tail` show, and of which files.
fn count<'a>(words: &[&'a str]) -> Result<(usize, Vec<&'a str>), Halt> {
    let mut count = 10;
    let mut files = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let number = match word.strip_prefix('-') {
            Some("n") => words.next().copied().unwrap_or_default(),
            Some(rest) if !rest.is_empty() => rest.strip_prefix('n').unwrap_or(rest),
            _ => {
                files.push(*word);
                continue;
            }
        };
        count = number.parse().map_err(|_| Halt::Unknown)?;
    }
    Ok((count, files))
}

/// The characters of a set of `tr`.
fn characters(set: &str) -> Result<Vec<char>, Halt> {
    if let Some(name) = set.strip_prefix("[:").and_then(|rest| rest.strip_suffix(":]")) {
        let ranges = class(name).ok_or(Halt::Unknown)?;
        return Ok(ranges.iter().flat_map(|(from, to)| *from..=*to).collect());
    }
    let mut list: Vec<(char, bool)> = Vec::new();
    let mut rest = set.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('n') => list.push(('\n', true)),
                Some('t') => list.push(('\t', true)),
                Some('r') => list.push(('\r', true)),
                Some('\\') => list.push(('\\', true)),
                _ => return Err(Halt::Unknown),
            },
            '[' if set.contains("[:") => return Err(Halt::Unknown),
            _ => list.push((c, false)),
        }
    }
    let mut out = Vec::new();
    let mut at = 0;
    while let Some((c, _)) = list.get(at).copied() {
        if list.get(at + 1) == Some(&('-', false))
            && let Some((to, _)) = list.get(at + 2).copied()
        {
            if c > to {
                return Err(Halt::Unknown);
            }
            out.extend((c..=to).take(LONGEST_SET + 1));
            at += 3;
        } else {
            out.push(c);
            at += 1;
        }
        if out.len() > LONGEST_SET {
            return Err(Halt::Unknown);
        }
    }
    Ok(out)
}
