//! A lab's words: one Markdown file per language, cut at anchored headings.
//!
//! `# Title {#lab}` opens the lab, `### … {#lab.more}` says more about it; `## Title {#<step>}` a step; `### … {#<step>.<part>}` a part of it. Parts are `console`
//! (the way through the AWS console), `then-and-now`, `more`, `after` (read once the step is met), and a detour's id.

use std::collections::BTreeMap;

use super::{LabError, Place, Step};
use crate::i18n::{Lang, m};

/// The same thing in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Pair<T> {
    /// In Japanese.
    pub ja: T,
    /// In English.
    pub en: T,
}

impl<T> Pair<T> {
    /// The one in `lang`.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &T {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }

    /// The same part of both.
    #[must_use]
    pub fn map<U>(&self, part: impl Fn(&T) -> U) -> Pair<U> {
        Pair { ja: part(&self.ja), en: part(&self.en) }
    }
}

/// A lab's words in one language.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Prose {
    /// The lab's title.
    pub title: String,
    /// What it is about, Markdown.
    pub intro: String,
    /// More about it, for who reads the lab before doing it.
    pub more: Option<String>,
    /// The steps' words, by step id.
    pub steps: BTreeMap<String, StepProse>,
}

/// A step's words in one language. Markdown, but for the title.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct StepProse {
    /// The step's title.
    pub title: String,
    /// What and why.
    pub lesson: String,
    /// The way through the AWS console.
    pub console: String,
    /// What has changed since 2019, where something has.
    pub then_and_now: Option<String>,
    /// For who wants to know more.
    pub more: Option<String>,
    /// Read once the step is met.
    pub after: Option<String>,
    /// A detour's words, by its id.
    pub detours: BTreeMap<String, String>,
}

/// A heading with its anchor, and the Markdown below it.
struct Section {
    line: usize,
    level: usize,
    title: String,
    anchor: String,
    body: String,
}

impl Prose {
    /// Reads a lab's Markdown file for `steps`.
    ///
    /// # Errors
    /// One per heading without an anchor, anchor that belongs to nothing, and step or detour without words.
    pub fn read(file: &str, source: &str, steps: &[Step]) -> Result<Self, Vec<LabError>> {
        let fault = |line: usize, what| LabError {
            file: file.to_owned(),
            place: (line > 0).then(|| Place::at(source, line, 1)),
            what,
        };
        let mut errors = Vec::new();
        let mut prose = Self::default();
        for section in sections(source) {
            if section.anchor.is_empty() {
                errors.push(fault(section.line, m::lab_heading_without_anchor()));
                continue;
            }
            let (id, part) = section.anchor.split_once('.').unwrap_or((&section.anchor, ""));
            let line = section.line;
            if section.anchor == "lab" && section.level == 1 {
                prose.title = section.title;
                prose.intro = section.body;
            } else if section.anchor == "lab.more" {
                prose.more = Some(section.body);
            } else if let Some(step) = steps.iter().find(|step| step.id == id) {
                let entry = prose.steps.entry(id.to_owned()).or_default();
                match part {
                    "" => {
                        entry.title = section.title;
                        entry.lesson = section.body;
                    }
                    "console" => entry.console = section.body,
                    "then-and-now" => entry.then_and_now = Some(section.body),
                    "more" => entry.more = Some(section.body),
                    "after" => entry.after = Some(section.body),
                    _ if step.detour.as_ref().is_some_and(|detour| detour.id == part) => {
                        entry.detours.insert(part.to_owned(), section.body);
                    }
                    _ => errors.push(fault(line, m::lab_anchor_unknown(&section.anchor))),
                }
            } else {
                errors.push(fault(line, m::lab_anchor_unknown(&section.anchor)));
            }
        }
        let mut missing = |anchor: String| errors.push(fault(0, m::lab_anchor_missing(anchor)));
        if prose.title.is_empty() || prose.intro.is_empty() {
            missing("lab".to_owned());
        }
        for step in steps {
            let words = prose.steps.get(&step.id);
            if words.is_none_or(|words| words.title.is_empty() || words.lesson.is_empty()) {
                missing(step.id.clone());
            }
            if words.is_some_and(|words| words.console.is_empty()) {
                missing(format!("{}.console", step.id));
            }
            if let Some(detour) = &step.detour
                && words.is_some_and(|words| !words.detours.contains_key(&detour.id))
            {
                missing(format!("{}.{}", step.id, detour.id));
            }
        }
        if errors.is_empty() { Ok(prose) } else { Err(errors) }
    }
}

/// Cuts Markdown at its headings; a `#` inside a fenced code block is no heading.
fn sections(source: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut fenced = false;
    for (index, line) in source.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let level = line.chars().take_while(|c| *c == '#').count();
        if !fenced && (1..=3).contains(&level) && line[level..].starts_with(' ') {
            let heading = line[level..].trim();
            let (title, anchor) = heading
                .strip_suffix('}')
                .and_then(|rest| rest.rsplit_once("{#"))
                .map_or((heading, ""), |(title, anchor)| (title.trim(), anchor));
            sections.push(Section {
                line: index + 1,
                level,
                title: title.to_owned(),
                anchor: anchor.to_owned(),
                body: String::new(),
            });
        } else if let Some(section) = sections.last_mut() {
            section.body.push_str(line);
            section.body.push('\n');
        }
    }
    for section in &mut sections {
        section.body = section.body.trim().to_owned();
    }
    sections
}

/// What must be the same in both languages: anchors in order, code blocks.
///
/// # Errors
/// One per difference, placed in the English file.
pub(super) fn parity(folder: &str, ja: &str, en: &str) -> Result<(), Vec<LabError>> {
    let anchors = |source: &str| sections(source).into_iter().map(|section| section.anchor).collect::<Vec<_>>();
    let (in_ja, in_en) = (anchors(ja), anchors(en));
    let mut errors = Vec::new();
    let mut fault = |file: &str, what| {
        errors.push(LabError { file: format!("{folder}/{file}"), place: None, what });
    };
    for anchor in in_ja.iter().filter(|anchor| !in_en.contains(anchor)) {
        fault("en.md", m::lab_anchor_missing(anchor));
    }
    for anchor in in_en.iter().filter(|anchor| !in_ja.contains(anchor)) {
        fault("ja.md", m::lab_anchor_missing(anchor));
    }
    if errors.is_empty() && in_ja != in_en {
        errors.push(LabError { file: format!("{folder}/en.md"), place: None, what: m::lab_anchor_order() });
    }
    if code_blocks(ja) != code_blocks(en) {
        errors.push(LabError { file: format!("{folder}/en.md"), place: None, what: m::lab_code_differs() });
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

fn code_blocks(source: &str) -> Vec<String> {
    source.split("\n```").skip(1).step_by(2).map(str::to_owned).collect()
}
