//! The first screen of a run.

use super::step::picture;
use crate::engine::event::{OpeningView, Way};
use crate::i18n::m;
use crate::ui::text::line::{Ink, Line};
use crate::ui::text::style::Look;

/// The opening's blocks, in reading order.
pub fn opening(view: &OpeningView, look: &Look) -> Vec<Vec<Line>> {
    let prose = view.prose.get(look.lang);
    let facts = look.say(&m::opening_facts(m::minutes(view.minutes), view.steps));
    let title = look.sides(&Line::of(Ink::Title, &prose.title), &facts);
    let mut about = look.words(Ink::Plain, &m::opening_place(&view.place));
    about.extend(look.words(Ink::Plain, &m::opening_cost(&view.cost)));
    let way = match view.way {
        Way::Guided => m::opening_way_guided(),
        Way::HandsOn => m::opening_way_hands_on(),
        Way::Explain => m::opening_way_explain(),
    };
    about.extend(look.words(Ink::Plain, &way));
    if let Some(run) = &view.run {
        let words = if view.resumed { m::opening_resumed(run) } else { m::opening_run(run) };
        about.extend(look.words(Ink::Plain, &words));
    }
    let mut blocks = vec![look.inside(title)];
    // Who comes back has read it.
    if !view.resumed {
        let mut goal = look.inside(vec![Line::of(Ink::Strong, look.say(&m::opening_picture()))]);
        goal.extend(picture(&view.picture, look, false));
        blocks.extend([goal, look.inside(look.prose(&prose.intro, 0))]);
    }
    // Who does the lab learns the rest on the way; who only reads gets it here.
    if let (Way::Explain, Some(more)) = (view.way, &prose.more) {
        blocks.push(look.inside(look.prose(more, 0)));
    }
    blocks.push(look.inside(about));
    blocks
}
