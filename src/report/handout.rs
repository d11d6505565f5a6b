//! A lab as a handout: lesson, console instructions, commands and checks of every step, with room for notes.

use serde::Serialize;

use super::lesson::{lesson_html, lesson_markdown};
use super::svg::svg;
use super::words::side;
use crate::engine::event::{OpeningView, StepView};
use crate::i18n::{Lang, Text, m};
use crate::lab::{PredictProse, StepProse};

/// A lab's handout, in one language or in both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Handout {
    /// In the order in which they appear on the page.
    pub langs: Vec<Lang>,
    /// The lab's title in each language.
    pub titles: Vec<String>,
    /// The introduction in each language.
    pub intros: Vec<Words>,
    /// Facts such as the duration, in each language.
    pub facts: Vec<String>,
    /// The final architecture, SVG.
    pub picture: String,
    /// The same in words, in each language.
    pub picture_words: Vec<String>,
    pub steps: Vec<Page>,
}

/// A step of a handout.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// Counted from 1.
    pub number: usize,
    /// In each language.
    pub titles: Vec<String>,
    /// The account and the duration, in each language.
    pub facts: Vec<String>,
    /// The architecture with what the step adds, SVG.
    pub picture: String,
    /// In each language.
    pub lessons: Vec<Words>,
    /// Questions to guess at, with the options, in each language.
    pub questions: Vec<Vec<Words>>,
    /// What the step does, one line each, in each language.
    pub plans: Vec<Vec<String>>,
    /// How to do it in the console, in each language.
    pub consoles: Vec<Words>,
    /// The AWS CLI commands.
    pub commands: Vec<String>,
    /// One line per check, in each language.
    pub checks: Vec<Vec<String>>,
    /// Further reading with its heading, in each language.
    pub parts: Vec<Vec<(String, Words)>>,
}

/// The same words as HTML and as Markdown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Words {
    html: String,
    markdown: String,
}

impl Words {
    pub(super) fn of(source: &str) -> Self {
        Self { html: lesson_html(source), markdown: lesson_markdown(source) }
    }
}

/// Makes the handout of a lab. `described` puts a picture into words.
#[must_use]
pub fn handout(
    opening: &OpeningView,
    steps: &[StepView],
    langs: &[Lang],
    described: &dyn Fn(&crate::engine::event::Picture, Lang) -> Vec<String>,
) -> Handout {
    let first = langs.first().copied().unwrap_or_default();
    let drawn = |picture, new| svg(picture, &described(picture, first), first, new);
    let prose = |lang: &Lang| opening.prose.get(*lang);
    let intro = |lang: &Lang| {
        let prose = prose(lang);
        Words::of(&format!("{}\n\n{}", prose.intro, prose.more.as_deref().unwrap_or_default()))
    };
    Handout {
        langs: langs.to_vec(),
        titles: langs.iter().map(|lang| prose(lang).title.clone()).collect(),
        intros: langs.iter().map(intro).collect(),
        facts: langs
            .iter()
            .map(|lang| {
                m::OpeningFacts { minutes: m::minutes(opening.minutes), steps: opening.steps }.text().render(*lang)
            })
            .collect(),
        picture: drawn(&opening.picture, false),
        picture_words: langs
            .iter()
            .map(|lang| described(&opening.picture, *lang).join(if *lang == Lang::Ja { "" } else { " " }))
            .collect(),
        steps: steps.iter().map(|step| page(step, langs, drawn(&step.picture, true))).collect(),
    }
}

fn page(step: &StepView, langs: &[Lang], picture: String) -> Page {
    let all = |texts: &[Text]| -> Vec<Vec<String>> {
        langs.iter().map(|lang| texts.iter().map(|text| text.render(*lang)).collect()).collect()
    };
    let each = |part: fn(&StepProse) -> &str| -> Vec<Words> {
        langs.iter().map(|lang| Words::of(part(step.prose.get(*lang)))).collect()
    };
    Page {
        number: step.number,
        titles: langs.iter().map(|lang| step.prose.get(*lang).title.clone()).collect(),
        facts: langs
            .iter()
            .map(|lang| format!("{} / {}", side(step.side).render(*lang), m::minutes(step.minutes).render(*lang)))
            .collect(),
        picture,
        lessons: each(|prose| &prose.lesson),
        questions: langs.iter().map(|lang| step.questions.get(*lang).iter().map(question).collect()).collect(),
        plans: all(&step.plan),
        consoles: each(|prose| &prose.console),
        commands: step.commands.clone(),
        checks: all(&step.checks),
        parts: langs.iter().map(|lang| parts(step, *lang)).collect(),
    }
}

fn question(words: &PredictProse) -> Words {
    let options: Vec<String> = words.options.iter().map(|(_, option)| format!("- {option}")).collect();
    Words::of(&format!("**{}**\n\n{}", words.question, options.join("\n")))
}

/// The answers are separate from the questions, so that the reader can guess first.
fn answers(answered: &[PredictProse], lang: Lang) -> Option<String> {
    let answer = |words: &PredictProse| {
        let right = m::step_predict_answer(&words.right).render(lang);
        format!("{}\n\n**{right}** {}", words.question, words.because)
    };
    let all: Vec<String> = answered.iter().map(answer).collect();
    (!all.is_empty()).then(|| all.join("\n\n"))
}

fn parts(step: &StepView, lang: Lang) -> Vec<(String, Words)> {
    let prose = step.prose.get(lang);
    let detours = prose.detours.values().map(|words| (m::step_detour(), Some(words)));
    let answers = answers(step.answers.get(lang), lang);
    let rest = [
        (m::report_predictions(), answers.as_ref()),
        (m::step_then_and_now(), prose.then_and_now.as_ref()),
        (m::step_more(), prose.more.as_ref()),
        (m::step_after(), prose.after.as_ref()),
    ];
    detours.chain(rest).filter_map(|(name, words)| Some((name.render(lang), Words::of(words?)))).collect()
}
