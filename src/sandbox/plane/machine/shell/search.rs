//! The regular expressions of `grep`: enough for scripts, and never more work than is paid for.

use super::limits::{MOST_DEEP, Meter};
use super::outcome::Halt;
use super::pattern::{brackets, has};

/// The limit of characters in an expression.
const LONGEST: usize = 512;

enum Node {
    One(char),
    Any,
    Set {
        not: bool,
        ranges: Vec<(char, char)>,
    },
    Begin,
    End,
    /// Alternatives, each a sequence.
    Group(Vec<Vec<Node>>),
    Repeat {
        node: Box<Node>,
        least: u32,
        most: u32,
    },
}

pub struct Search {
    choices: Vec<Vec<Node>>,
    any_case: bool,
}

struct Reader<'a> {
    text: &'a [char],
    at: usize,
    extended: bool,
    depth: usize,
}

impl Search {
    /// Reads an expression. `None` if a part of it is not modelled.
    pub fn new(text: &str, extended: bool, fixed: bool, any_case: bool, depth: usize) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let text = if any_case { text.to_lowercase() } else { text.to_owned() };
        let characters: Vec<char> = text.chars().collect();
        if fixed {
            return Some(Self { choices: vec![characters.into_iter().map(Node::One).collect()], any_case });
        }
        let mut reader = Reader { text: &characters, at: 0, extended, depth };
        let choices = reader.choices()?;
        (reader.at == characters.len()).then_some(Self { choices, any_case })
    }

    /// The first place where it fits.
    pub fn find(&self, text: &[char], meter: &Meter) -> Result<Option<(usize, usize)>, Halt> {
        let lower: Vec<char>;
        let text = if self.any_case {
            lower = text.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
            &lower
        } else {
            text
        };
        for from in 0..=text.len() {
            let mut ends = Ends::new(text.len());
            ends.set(from);
            let ends = any_of(&self.choices, text, &ends, meter)?;
            if let Some(end) = ends.last() {
                return Ok(Some((from, end)));
            }
        }
        Ok(None)
    }
}

/// Places in the text where a part of the expression may end.
#[derive(Clone)]
struct Ends(Vec<bool>);

impl Ends {
    fn new(length: usize) -> Self {
        Self(vec![false; length + 1])
    }

    fn set(&mut self, at: usize) {
        if let Some(place) = self.0.get_mut(at) {
            *place = true;
        }
    }

    fn places(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().filter(|(_, set)| **set).map(|(at, _)| at)
    }

    fn last(&self) -> Option<usize> {
        self.0.iter().rposition(|set| *set)
    }

    fn is_empty(&self) -> bool {
        !self.0.iter().any(|set| *set)
    }

    /// Adds places, and says whether any of them is new.
    fn add(&mut self, other: &Self) -> bool {
        let mut new = false;
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            new |= *theirs && !*mine;
            *mine |= *theirs;
        }
        new
    }
}

fn any_of(choices: &[Vec<Node>], text: &[char], from: &Ends, meter: &Meter) -> Result<Ends, Halt> {
    let mut all = Ends::new(text.len());
    for sequence in choices {
        let mut ends = from.clone();
        for node in sequence {
            if ends.is_empty() {
                break;
            }
            ends = step(node, text, &ends, meter)?;
        }
        all.add(&ends);
    }
    Ok(all)
}

/// All places where the node may end that begins at one of these places.
fn step(node: &Node, text: &[char], from: &Ends, meter: &Meter) -> Result<Ends, Halt> {
    meter.charge(text.len().saturating_mul(2) + 10)?;
    let mut ends = Ends::new(text.len());
    match node {
        Node::Group(choices) => return any_of(choices, text, from, meter),
        Node::Repeat { node, least, most } => {
            let mut now = from.clone();
            if *least == 0 {
                ends.add(&now);
            }
            for count in 1..=*most {
                now = step(node, text, &now, meter)?;
                let new = count >= *least && ends.add(&now);
                if now.is_empty() || (count >= *least && !new) {
                    break;
                }
            }
        }
        Node::Begin => {
            if from.0.first() == Some(&true) {
                ends.set(0);
            }
        }
        Node::End => {
            if from.0.last() == Some(&true) {
                ends.set(text.len());
            }
        }
        one => {
            for at in from.places() {
                let takes = text.get(at).is_some_and(|c| match one {
                    Node::One(wanted) => wanted == c,
                    Node::Any => true,
                    Node::Set { not, ranges } => has(ranges, *c) != *not,
                    _ => false,
                });
                if takes {
                    ends.set(at + 1);
                }
            }
        }
    }
    Ok(ends)
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    /// Takes an operator, which has a backslash in a basic expression.
    fn operator(&mut self, c: char) -> bool {
        let escaped = self.peek() == Some('\\') && self.text.get(self.at + 1) == Some(&c);
        let there = if self.extended { self.peek() == Some(c) } else { escaped };
        if there {
            self.at += if self.extended { 1 } else { 2 };
        }
        there
    }

    fn choices(&mut self) -> Option<Vec<Vec<Node>>> {
        self.depth += 1;
        if self.depth > MOST_DEEP {
            return None;
        }
        let mut choices = vec![self.sequence()?];
        while self.operator('|') {
            choices.push(self.sequence()?);
        }
        self.depth -= 1;
        Some(choices)
    }

    fn sequence(&mut self) -> Option<Vec<Node>> {
        let mut nodes = Vec::new();
        loop {
            let before = self.at;
            if self.peek().is_none() || self.operator('|') || self.operator(')') {
                self.at = before;
                return Some(nodes);
            }
            let first = nodes.is_empty();
            let mut node = self.node(first)?;
            let (least, most) = self.repeats()?;
            if (least, most) != (1, 1) {
                node = Node::Repeat { node: Box::new(node), least, most };
            }
            if self.peek() == Some('*') {
                // A repetition of a repetition.
                return None;
            }
            nodes.push(node);
        }
    }

    /// How often the part before may come.
    fn repeats(&mut self) -> Option<(u32, u32)> {
        if self.peek() == Some('*') {
            self.at += 1;
            return Some((0, u32::MAX));
        }
        if self.operator('+') {
            return Some((1, u32::MAX));
        }
        if self.operator('?') {
            return Some((0, 1));
        }
        if !self.operator('{') {
            return Some((1, 1));
        }
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_digit() || *c == ',') {
            self.at += 1;
            text.push(c);
        }
        if !self.operator('}') {
            return None;
        }
        let (least, most) = text.split_once(',').unwrap_or((&text, &text));
        let least: u32 = if least.is_empty() { 0 } else { least.parse().ok()? };
        let most: u32 = if most.is_empty() { u32::MAX } else { most.parse().ok()? };
        (least <= 1000).then_some((least, most))
    }

    fn node(&mut self, first: bool) -> Option<Node> {
        if self.operator('(') {
            let choices = self.choices()?;
            return self.operator(')').then_some(Node::Group(choices));
        }
        let c = self.peek()?;
        self.at += 1;
        Some(match c {
            '.' => Node::Any,
            '^' if first || self.extended => Node::Begin,
            '$' if self.extended || self.peek().is_none() => Node::End,
            '[' => self.set()?,
            '*' if first => Node::One('*'),
            '\\' => {
                let c = self.peek()?;
                self.at += 1;
                match c {
                    'd' | 's' | 'S' | 'w' | 'W' | 'b' | 'B' | '<' | '>' | '1'..='9' => return None,
                    _ => Node::One(c),
                }
            }
            '+' | '?' | '{' | '*' if self.extended => return None,
            _ => Node::One(c),
        })
    }

    fn set(&mut self) -> Option<Node> {
        let set = brackets(self.text, self.at, &['^'], false)?;
        self.at = set.end;
        Some(Node::Set { not: set.not, ranges: set.ranges })
    }
}
