//! The first screen of a run.

use super::diagram::Drawn;
use super::step::picture;
use crate::engine::event::{Mode, OpeningView};
use crate::i18n::m;
use crate::ui::text::line::{Line, Tone};
use crate::ui::text::style::Style;

/// The opening's blocks, in reading order.
pub fn opening(view: &OpeningView, style: &Style) -> Vec<Vec<Line>> {
    let prose = view.prose.get(style.lang);
    let facts = style.render(&m::OpeningFacts { minutes: m::minutes(view.minutes), steps: view.steps }.text());
    let title = style.sides(&Line::of(Tone::Title, &prose.title), &facts);
    let mut about = style.words(Tone::Plain, &m::opening_place(&view.place));
    about.extend(style.words(Tone::Plain, &m::opening_cost(&view.cost)));
    let mode = match view.mode {
        Mode::Guided => m::opening_way_guided(),
        Mode::HandsOn => m::opening_way_hands_on(),
        Mode::Explain => m::opening_way_explain(),
    };
    about.extend(style.words(Tone::Plain, &mode));
    if let Some(run) = &view.run {
        let words = if view.resumed { m::opening_resumed(run) } else { m::opening_run(run) };
        about.extend(style.words(Tone::Plain, &words));
    }
    if let (true, Some((number, title))) = (view.resumed, &view.at) {
        let words = m::OpeningAt { number: *number, title: title.get(style.lang), total: view.steps }.text();
        about.extend(style.words(Tone::Strong, &words));
    }
    let mut blocks = vec![style.inside(title)];
    // A learner who resumes has read it.
    if !view.resumed {
        if let Some(goals) = &prose.goals {
            blocks.push(style.inside(style.under(&m::opening_goals(), style.prose(goals, 2))));
        }
        let mut goal = style.inside(vec![Line::of(Tone::Strong, style.render(&m::opening_picture()))]);
        goal.extend(picture(&view.picture, style, Drawn::default()));
        blocks.extend([goal, style.inside(style.prose(&prose.intro, 0))]);
    }
    // A learner who does the lab gets this on the way; a reader gets it here.
    if let (Mode::Explain, Some(more)) = (view.mode, &prose.more) {
        blocks.push(style.inside(style.prose(more, 0)));
    }
    blocks.push(style.inside(about));
    if !view.access.is_empty() {
        let mut lines = style.inside(style.words(Tone::Plain, &m::opening_access()));
        lines.push(Line::blank());
        lines.extend(view.access.iter().map(|line| Line::to_copy(Tone::Code, line.as_str())));
        blocks.push(lines);
    }
    blocks
}
