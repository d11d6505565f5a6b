//! A lab's prose: one Markdown file per language, cut at anchored headings.
//!
//! `# Title {#lab}` opens the lab; `### … {#lab.more}` says more about it, `### … {#lab.goals}` is a list of what one can do
//! after it, and `### … {#lab.recap-<id>}` a question at its end. `## Title {#<step>}` opens a step, and
//! `### … {#<step>.<part>}` a part of it. Parts are `console` (how to do it in the AWS console), `then-and-now`,
//! `two-accounts` (for provider and consumer in different accounts), `more`, `after` (read once the step is met), a
//! detour's id, and `predict-` with a prediction's id.

use std::collections::{BTreeMap, BTreeSet};

use comrak::arena_tree::NodeEdge;
use comrak::nodes::AstNode;
use comrak::{Arena, parse_document};

use super::fill;
use super::limits::{BARS, HEADINGS, PROSE_DEPTH, too_many};
use super::{Lab, LabError, Place};
use crate::i18n::{Lang, Text, m};

/// The Markdown dialect of labs.
#[must_use]
pub fn markdown_options() -> comrak::Options<'static> {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    // Without this, `**「承認が必要」**を選びます` keeps its asterisks.
    options.extension.cjk_friendly_emphasis = true;
    options
}

/// The same thing in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair<T> {
    pub ja: T,
    pub en: T,
}

impl<T> Pair<T> {
    #[must_use]
    pub fn get(&self, lang: Lang) -> &T {
        match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        }
    }

    /// Applies `part` to both languages.
    #[must_use]
    pub fn map<U>(&self, part: impl Fn(&T) -> U) -> Pair<U> {
        Pair { ja: part(&self.ja), en: part(&self.en) }
    }
}

/// A lab's prose in one language.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Prose {
    pub title: String,
    /// What the lab is about, Markdown.
    pub intro: String,
    /// Background for readers who read the lab before doing it.
    pub more: Option<String>,
    /// What a learner can do after the lab: a Markdown list.
    pub goals: Option<String>,
    /// By the id of a recap's question.
    pub recap: BTreeMap<String, PredictProse>,
    /// By step id.
    pub steps: BTreeMap<String, StepProse>,
}

/// A step's prose in one language. Markdown, except for the title.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct StepProse {
    pub title: String,
    /// What the step does and why.
    pub lesson: String,
    /// How to do it in the AWS console.
    pub console: String,
    /// What has changed since 2019, if anything.
    pub then_and_now: Option<String>,
    /// What differs when provider and consumer have separate accounts, if anything.
    pub two_accounts: Option<String>,
    /// Background for readers who want to know more.
    pub more: Option<String>,
    /// Read once the step is met.
    pub after: Option<String>,
    /// By the detour's id.
    pub detours: BTreeMap<String, String>,
    /// By the prediction's id.
    pub predictions: BTreeMap<String, PredictProse>,
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct PredictProse {
    pub question: String,
    /// Each option's name and words, in the order in which they are shown.
    pub options: Vec<(String, String)>,
    /// The words of the right option.
    pub right: String,
    /// Why it is right, Markdown.
    pub because: String,
}

impl PredictProse {
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(option, _)| option == name).map(|(_, words)| words.as_str())
    }

    /// Whether every option and the reason have words.
    fn answers(&self, options: &[String]) -> bool {
        !self.because.is_empty() && options.iter().all(|option| self.option(option).is_some())
    }

    /// Reads ``- `name` words`` as an option, and everything else as the reason.
    fn read(question: &str, body: &str, options: &[String], right: &str) -> Self {
        // Question and options are shown as plain text, without Markdown.
        let told = |words: &str| words.trim().replace(['`', '*'], "");
        let mut read = Self { question: told(question), ..Self::default() };
        let mut because = String::new();
        for line in body.lines() {
            match line.strip_prefix("- `").and_then(|rest| rest.split_once("` ")) {
                Some((name, words)) => {
                    read.options.push((name.to_owned(), told(words)));
                }
                None => because.extend([line, "\n"]),
            }
        }
        because.trim().clone_into(&mut read.because);
        read.options.sort_by_key(|(name, _)| options.iter().position(|option| option == name));
        let right = read.option(right).unwrap_or_default().to_owned();
        Self { right, ..read }
    }
}

struct Section {
    line: usize,
    level: usize,
    title: String,
    anchor: String,
    body: String,
    body_line: usize,
}

impl Prose {
    /// Reads a Markdown file of `lab`.
    ///
    /// # Errors
    /// One per heading without an anchor, per unknown anchor, and per step or detour without prose.
    pub fn read(file: &str, source: &str, lab: &Lab) -> Result<Self, Vec<LabError>> {
        let steps = &lab.steps;
        let fault =
            |line: usize, what| LabError { file: file.to_owned(), place: Some(Place::at(source, line, 1)), what };
        let mut errors = Vec::new();
        let mut prose = Self::default();
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        for section in judged(source).map_err(|(line, what)| vec![fault(line, what)])? {
            lines.insert(section.anchor.clone(), section.line);
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
            } else if section.anchor == "lab.goals" {
                prose.goals = Some(section.body);
            } else if let Some(asked) =
                lab.recap.iter().find(|it| section.anchor.strip_prefix("lab.recap-") == Some(it.id.as_str()))
            {
                let words = PredictProse::read(&section.title, &section.body, &asked.options, &asked.right);
                prose.recap.insert(asked.id.clone(), words);
            } else if let Some(step) = steps.iter().find(|step| step.id == id) {
                let entry = prose.steps.entry(id.to_owned()).or_default();
                match part {
                    "" => {
                        entry.title = section.title;
                        entry.lesson = section.body;
                    }
                    "console" => entry.console = section.body,
                    "then-and-now" => entry.then_and_now = Some(section.body),
                    "two-accounts" => entry.two_accounts = Some(section.body),
                    "more" => entry.more = Some(section.body),
                    "after" => entry.after = Some(section.body),
                    _ if step.detour.as_ref().is_some_and(|detour| detour.id == part) => {
                        entry.detours.insert(part.to_owned(), section.body);
                    }
                    _ => match step.predict.iter().find(|it| part.strip_prefix("predict-") == Some(it.id.as_str())) {
                        Some(asked) => {
                            let words = PredictProse::read(&section.title, &section.body, &asked.options, &asked.right);
                            entry.predictions.insert(asked.id.clone(), words);
                        }
                        None => errors.push(fault(line, m::lab_anchor_unknown(&section.anchor))),
                    },
                }
            } else {
                errors.push(fault(line, m::lab_anchor_unknown(&section.anchor)));
            }
        }
        // A missing part belongs below its step; a missing step belongs at the end of the file.
        let end = lines.values().copied().max().unwrap_or(1);
        let mut missing = |anchor: String| {
            let step = anchor.split_once('.').and_then(|(step, _)| lines.get(step));
            errors.push(fault(*step.unwrap_or(&end), m::lab_anchor_missing(anchor)));
        };
        if prose.title.is_empty() || prose.intro.is_empty() {
            missing("lab".to_owned());
        }
        for asked in &lab.recap {
            if !prose.recap.get(&asked.id).is_some_and(|told| told.answers(&asked.options)) {
                missing(format!("lab.recap-{}", asked.id));
            }
        }
        for step in steps {
            let words = prose.steps.get(&step.id);
            if words.is_none_or(|words| words.title.is_empty() || words.lesson.is_empty()) {
                missing(step.id.clone());
            }
            if words.is_some_and(|words| words.console.is_empty()) {
                missing(format!("{}.console", step.id));
            }
            for predict in &step.predict {
                let told = words.and_then(|words| words.predictions.get(&predict.id));
                if words.is_some() && !told.is_some_and(|told| told.answers(&predict.options)) {
                    missing(format!("{}.predict-{}", step.id, predict.id));
                }
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

/// Cuts a Markdown file into sections, or refuses it if it exceeds a limit: headings, cells in a line, nesting.
/// Rendering recurses as deep as the nesting.
fn judged(source: &str) -> Result<Vec<Section>, (usize, Text)> {
    let barred = source.lines().position(|line| line.len() > BARS && line.matches('|').count() > BARS);
    if let Some(index) = barred {
        return Err((index + 1, too_many(m::lab_limit_bars(), BARS)));
    }
    let sections = sections(source);
    if let Some(section) = sections.get(HEADINGS) {
        return Err((section.line, too_many(m::lab_limit_headings(), HEADINGS)));
    }
    for section in &sections {
        if let Some(line) = too_deep(&section.body) {
            return Err((section.body_line + line.saturating_sub(1), m::lab_prose_deep(PROSE_DEPTH)));
        }
        if too_deep(&section.title).is_some() {
            return Err((section.line, m::lab_prose_deep(PROSE_DEPTH)));
        }
    }
    Ok(sections)
}

/// The line of the first element that is nested too deep.
fn too_deep(markdown: &str) -> Option<usize> {
    let arena = Arena::new();
    nests_too_deep(parse_document(&arena, markdown, &markdown_options()))
}

/// The line of the first element in a Markdown tree that is nested too deep to recurse into.
#[must_use]
pub fn nests_too_deep<'a>(root: &'a AstNode<'a>) -> Option<usize> {
    let mut depth = 0_usize;
    for edge in root.traverse() {
        match edge {
            NodeEdge::Start(node) => {
                depth += 1;
                if depth > PROSE_DEPTH {
                    return Some(node.data().sourcepos.start.line);
                }
            }
            NodeEdge::End(_) => depth -= 1,
        }
    }
    None
}

/// Cuts Markdown at its headings. A `#` inside a fenced code block is not a heading.
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
                body_line: index + 2,
            });
        } else if let Some(section) = sections.last_mut() {
            section.body.push_str(line);
            section.body.push('\n');
        }
    }
    for section in &mut sections {
        let blank = section.body.len() - section.body.trim_start().len();
        section.body_line += section.body[..blank].matches('\n').count();
        section.body = section.body.trim().to_owned();
    }
    sections
}

/// Checks what must be the same in both languages: anchors in order, code blocks, placeholders.
///
/// # Errors
/// One per difference, at the first place where it shows.
pub(super) fn parity(folder: &str, ja: &str, en: &str) -> Result<(), Vec<LabError>> {
    let (in_ja, in_en) = (sections(ja), sections(en));
    if in_ja.len().max(in_en.len()) > HEADINGS {
        // Each file's own error reports this.
        return Ok(());
    }
    let mut errors = Vec::new();
    for (file, source, here, there) in [("en.md", en, &in_en, &in_ja), ("ja.md", ja, &in_ja, &in_en)] {
        for gap in gaps(here, there) {
            let (what, place) = (m::lab_anchor_missing(gap.anchor), Place::at(source, gap.after, 1));
            errors.push(LabError { file: format!("{folder}/{file}"), place: Some(place), what });
        }
    }
    let mut differs = |line: usize, what| {
        let place = Some(Place::at(en, line, 1));
        errors.push(LabError { file: format!("{folder}/en.md"), place, what });
    };
    let pairs = || in_ja.iter().zip(&in_en);
    let out_of_order = pairs().find(|(ja, en)| ja.anchor != en.anchor);
    if let Some((_, section)) =
        out_of_order.filter(|_| gaps(&in_ja, &in_en).is_empty() && gaps(&in_en, &in_ja).is_empty())
    {
        differs(section.line, m::lab_anchor_order());
    }
    for section in &in_en {
        let Some(other) = in_ja.iter().find(|it| it.anchor == section.anchor) else { continue };
        let (here, there) = (code_blocks(&section.body), code_blocks(&other.body));
        if let Some(at) = first_difference(&here, &there) {
            let fences = section.body.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("```"));
            let fence = fences.map(|(index, _)| index).step_by(2).nth(at);
            differs(fence.map_or(section.line, |index| section.body_line + index), m::lab_code_differs());
        }
        let (here, there) = (placeholders(section), placeholders(other));
        if here != there {
            let only = here.symmetric_difference(&there).cloned().collect::<Vec<_>>().join(", ");
            differs(section.line, m::lab_placeholders_differ(only));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// An anchor that one language lacks, and the line after which it should stand.
struct Gap<'a> {
    anchor: &'a str,
    after: usize,
}

fn gaps<'a>(here: &[Section], there: &'a [Section]) -> Vec<Gap<'a>> {
    let mut after = 1;
    let mut gaps = Vec::new();
    for section in there {
        match here.iter().find(|it| it.anchor == section.anchor) {
            Some(same) => after = same.line,
            None if section.anchor.is_empty() => {}
            None => gaps.push(Gap { anchor: &section.anchor, after }),
        }
    }
    gaps
}

fn first_difference(one: &[String], other: &[String]) -> Option<usize> {
    (one != other).then(|| one.iter().zip(other).take_while(|(one, other)| one == other).count())
}

fn code_blocks(body: &str) -> Vec<String> {
    let body = format!("\n{body}");
    body.split("\n```").skip(1).step_by(2).map(str::to_owned).collect()
}

/// The placeholders `{{ … }}` in a section's title and body.
fn placeholders(section: &Section) -> BTreeSet<String> {
    let text = format!("{}\n{}", section.title, section.body);
    fill::placeholders(&text).map(|inside| format!("{{{{ {inside} }}}}")).collect()
}
