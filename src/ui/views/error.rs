//! Errors as a learner sees them: what happened, the facts, what to do.

use super::part::to_copy;
use crate::engine::event::{Fault, FaultClass, cause};
use crate::i18n::{Text, m};
use crate::ui::text::line::{Line, Tone, paint, stack};
use crate::ui::text::style::Style;
use crate::ui::text::wrap::fill;

/// What went wrong, for the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorReport {
    /// One sentence.
    pub title: Text,
    /// The facts, one paragraph each.
    pub details: Vec<Text>,
    /// Commands to run next, each shown alone on its line.
    pub next: Vec<String>,
}

pub fn report(error: &ErrorReport, style: &Style) -> Vec<Line> {
    let room = style.measure();
    let mark = if style.is_plain() { String::new() } else { format!("{} ", style.cross()) };
    let title = Line::of(Tone::Bad, format!("{mark}{}: ", style.render(&m::error_mark())))
        .and(Tone::Strong, style.render(&error.title));
    let mut what = fill(&title, room, "", "  ");
    for detail in &error.details {
        for paragraph in style.render(detail).lines() {
            what.extend(fill(&Line::plain(paragraph), room, "  ", "  "));
        }
    }
    stack([style.inside(what), style.inside(next(&error.next, style))])
}

fn next(commands: &[String], style: &Style) -> Vec<Line> {
    if commands.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::of(Tone::Strong, style.render(&m::next_title()))];
    lines.extend(commands.iter().flat_map(|command| to_copy(command)));
    lines
}

/// A call's fault: our words, then AWS's message and the request id.
pub fn fault(fault: &Fault, style: &Style) -> Vec<Line> {
    let fact = |name: Text, value: &str| Text::literal(format!("{}: {value}", style.render(&name)));
    let mut details = vec![fact(m::fault_code(), &fault.code), fact(m::fault_message(), &fault.message)];
    if let Some(id) = &fault.request_id {
        details.push(fact(m::fault_request(), id));
    }
    let (words, command) = advice(fault.class);
    details.push(cause(fault).unwrap_or(words));
    let next = command.map(str::to_owned).into_iter().collect();
    report(&ErrorReport { title: m::fault_title(), details, next }, style)
}

fn advice(class: FaultClass) -> (Text, Option<&'static str>) {
    match class {
        FaultClass::NoAnswer => (m::fault_no_answer(), None),
        FaultClass::Unreachable => (m::fault_unreachable(), Some("pllab resume")),
        FaultClass::Busy => (m::fault_busy(), None),
        FaultClass::SignIn => (m::fault_sign_in(), None),
        FaultClass::Denied => (m::fault_denied(), None),
        FaultClass::NotFound => (m::fault_not_found(), None),
        FaultClass::Exists => (m::fault_exists(), None),
        FaultClass::InUse => (m::fault_in_use(), None),
        FaultClass::Unsupported => (m::fault_unsupported(), None),
        FaultClass::Refused => (m::fault_refused(), None),
    }
}

/// The report as written.
pub fn painted(error: &ErrorReport, style: &Style, color: bool) -> String {
    paint(&report(error, style), color)
}

#[cfg(test)]
mod tests {
    use super::{ErrorReport, report};
    use crate::i18n::Lang;
    use crate::ui::text::line::paint;
    use crate::ui::text::style::{GlyphSet, Layout, Style};

    #[test]
    fn what_happened_then_what_can_be_done() {
        let error = ErrorReport {
            title: "ラボ privatlink はありません。".into(),
            details: vec!["似た名前: privatelink".into()],
            next: vec!["pllab labs list".into()],
        };
        let style = |layout| Style { lang: Lang::Ja, layout, width: 80, glyphs: GlyphSet::Unicode };
        let expected = "
 ✘ エラー: ラボ privatlink はありません。
   似た名前: privatelink

 次にできること
pllab labs list
";
        assert_eq!(paint(&report(&error, &style(Layout::Rich)), false), expected[1..]);
        let told = paint(&report(&error, &style(Layout::Plain)), false);
        assert!(told.starts_with("エラー: ラボ privatlink はありません。\n"), "{told}");
    }
}
