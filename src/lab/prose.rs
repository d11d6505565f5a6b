//! A lab's words: one Markdown file per language, cut at anchored headings.
//!
//! `# Title {#lab}` opens the lab; `## Title {#<step>}` a step; `### … {#<step>.<part>}` a part of it. Parts are `console`
//! (the way through the AWS console), `then-and-now`, `more`, `after` (read once the step is met), and a detour's id.

use std::collections::BTreeMap;

use crate::i18n::Lang;

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
}

/// A lab's words in one language.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Prose {
    /// The lab's title.
    pub title: String,
    /// What it is about, Markdown.
    pub intro: String,
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
