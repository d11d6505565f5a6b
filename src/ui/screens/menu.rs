//! Offers choices: the engine's first, then the screen's own, until the learner takes one of the engine's.

use crate::engine::event::{Answer, AskError, Choice, Question, QuestionId, StepView};
use crate::i18n::{Lang, Text, m};
use crate::ui::text::line::{Line, Tone, stack};
use crate::ui::text::style::{Layout, Style};
use crate::ui::text::wrap::fill;
use crate::ui::views::diagram::Drawn;
use crate::ui::views::diagram_words::diagram_in_words;
use crate::ui::views::events::Context;
use crate::ui::views::hands_on;
use crate::ui::views::step::{commands, detours, more, picture, step};

/// What a menu needs from the screen that shows it.
pub trait MenuHost {
    /// The current style; the language may have changed since the last call.
    fn style(&self) -> Style;
    fn speak(&self, lang: Lang);
    fn show(&self, lines: &[Line]);
    /// Shows a step again, from its beginning.
    fn show_step(&self, view: &StepView);
    /// Records that the learner has read the step's reading for waits, so that it is not shown again.
    fn has_read(&self);
    /// Lets the learner choose one of `items`; `start` is the preselected one.
    fn choose(&self, prompt: &str, items: &[Item], start: usize) -> Result<usize, AskError>;
}

/// A line of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// As it is shown.
    pub label: String,
    /// As it may be typed.
    pub name: &'static str,
    /// Whether choosing it deletes something. Such items come last, set apart.
    pub deletes: bool,
}

/// The number of the first item that deletes, if the menu has others before it.
pub fn set_apart(items: &[Item]) -> Option<usize> {
    items.iter().position(|item| item.deletes).filter(|index| *index > 0)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pick {
    Answer(Answer),
    More,
    Commands,
    Picture,
    Language,
}

impl Pick {
    fn name(self) -> &'static str {
        match self {
            Self::Answer(answer) => answer.name(),
            Self::More => "more",
            Self::Commands => "commands",
            Self::Picture => "picture",
            Self::Language => "language",
        }
    }
}

/// Asks until the learner takes one of the question's own choices.
pub fn ask(board: &dyn MenuHost, question: &Question, context: &Context) -> Result<Answer, AskError> {
    let at_step = matches!(
        question.id,
        QuestionId::Step | QuestionId::Next | QuestionId::Watching | QuestionId::NotMet | QuestionId::Failed
    );
    let view = context.step.as_ref().filter(|_| at_step);
    let picks = picks(question, view);
    let usual = picks.iter().position(|(pick, _)| *pick == Pick::Answer(question.offered())).unwrap_or(0);
    loop {
        let style = board.style();
        let item = |(pick, label): &(Pick, Text)| Item {
            label: style.render(label),
            name: pick.name(),
            deletes: matches!(pick, Pick::Answer(answer) if question.deletes(*answer)),
        };
        let items: Vec<Item> = picks.iter().map(item).collect();
        let chosen = board.choose(&style.render(&question.prompt), &items, usual)?;
        let Some((pick, _)) = picks.get(chosen) else { continue };
        match (pick, view) {
            (Pick::Answer(answer), _) if question.needs_confirming(*answer) && !confirmed(board)? => {}
            (Pick::Answer(answer), _) => {
                if let (Answer::Detour, Some(view)) = (answer, view) {
                    board.show(&detours(view, &style));
                }
                return Ok(*answer);
            }
            (Pick::Language, _) => {
                board.speak(style.lang.other());
                match (question.id, view) {
                    (QuestionId::Step, Some(view)) => board.show_step(view),
                    (QuestionId::Next, Some(view)) => board.show(&crate::ui::views::step::after(view, &board.style())),
                    _ => {}
                }
            }
            (Pick::More, Some(view)) => {
                board.show(&more(view, &style));
                board.has_read();
            }
            (Pick::Commands, Some(view)) => {
                let own = context.turn.as_ref().map(|turn| hands_on::commands(turn, &style));
                board.show(&own.unwrap_or_else(|| commands(view, &style)));
            }
            (Pick::Picture, Some(view)) => board.show(&both_pictures(view, &style)),
            _ => {}
        }
    }
}

fn picks(question: &Question, view: Option<&StepView>) -> Vec<(Pick, Text)> {
    let own = |choice: &Choice| (Pick::Answer(choice.answer), choice.label.clone());
    // What leads out of a step comes last, and what deletes comes last everywhere.
    let leads_out = |choice: &&Choice| {
        view.is_some() && matches!(choice.answer, Answer::Steps | Answer::Leave) || question.deletes(choice.answer)
    };
    let mut picks: Vec<_> = question.choices.iter().filter(|choice| !leads_out(choice)).map(own).collect();
    if view.is_some() {
        picks.push((Pick::More, m::menu_more()));
        picks.push((Pick::Commands, m::menu_commands()));
        picks.push((Pick::Picture, m::menu_picture()));
    }
    picks.push((Pick::Language, m::menu_language()));
    let mut last: Vec<&Choice> = question.choices.iter().filter(leads_out).collect();
    last.sort_by_key(|choice| question.deletes(choice.answer));
    picks.extend(last.into_iter().map(own));
    picks
}

/// Asks before something is deleted; the usual answer is no.
fn confirmed(board: &dyn MenuHost) -> Result<bool, AskError> {
    let style = board.style();
    let item = |label: Text, name, deletes| Item { label: style.render(&label), name, deletes };
    let items = [item(m::menu_delete_no(), "no", false), item(m::menu_delete_yes(), "yes", true)];
    Ok(board.choose(&style.render(&m::menu_delete_ask()), &items, 0)? == 1)
}

/// The cells of the large picture, where lines are not broken.
const LARGEST: usize = 240;

/// The picture as a drawing and in words, whichever the screen's form is.
fn both_pictures(view: &StepView, style: &Style) -> Vec<Line> {
    let wide = Style { layout: Layout::Rich, width: style.width.min(LARGEST), ..*style };
    let drawing = picture(&view.picture, &wide, Drawn { mark_new: true, details: true });
    let told = diagram_in_words(&view.picture, style.lang);
    let told = told.iter().flat_map(|sentence| fill(&Line::plain(sentence), style.measure(), "", "")).collect();
    let lines = stack([drawing, style.inside(told)]);
    if lines.is_empty() { style.inside(style.words(Tone::Plain, &m::picture_none())) } else { lines }
}

/// The question and the answer that `--yes` gives, on one line.
pub fn taken(question: &Question, style: &Style) -> Line {
    let label = question.choices.iter().find(|choice| choice.answer == question.default);
    let label = label.map_or_else(|| question.default.name().to_owned(), |choice| style.render(&choice.label));
    Line::plain(style.render(&m::MenuYes { answer: label, prompt: &question.prompt }.text()))
}

/// For showing a step the first time and again in the other language.
pub fn step_blocks(view: &StepView, style: &Style) -> Vec<Vec<Line>> {
    step(view, style).into_iter().filter(|block| !block.is_empty()).collect()
}
