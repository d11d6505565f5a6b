//! What can be done next with a run. Every screen ends with a command.

use super::context::Context;
use super::drills::has_drills;
use super::progress::is_whole;
use crate::engine::State;
use crate::host::shell_word;
use crate::i18n::{Lang, Text, m};
use crate::lab::{Source, minutes};

/// The commands that make sense now, the most likely one first, each with what it does.
pub fn suggestions(context: &Context, run: &str, state: &State) -> Text {
    let lab = context.lab_of(state);
    let whole = is_whole(context, state);
    let run = &shell_word(run);
    let mut lines = Vec::new();
    if state.cleaned {
        lines.push(m::next_report(run));
        lines.push(m::next_drill());
        lines.extend(untried(context).map(|lab| m::next_lab(shell_word(&lab))));
        let variables: Vec<&str> = state.variables.keys().map(String::as_str).collect();
        lines.push(if variables.is_empty() {
            m::next_again(shell_word(&state.lab))
        } else {
            m::NextAgainVary { lab: shell_word(&state.lab), names: variables.join(", ") }.text()
        });
    } else if whole {
        // Some labs serve no page, or end with one that is cut off.
        lines.extend(lab.as_ref().is_ok_and(|it| it.lab.serves_at_end()).then(|| m::next_browse(run)));
        lines.extend(lab.as_ref().is_ok_and(|it| it.lab.page().is_some()).then(|| m::next_why(run)));
        // A drill changes settings, so on a real account it is not suggested.
        lines.extend((state.target == "sandbox" && has_drills(context, state)).then(m::next_drill));
        lines.push(m::next_clean(run));
    } else {
        // Without its lab, a run can only be cleaned up.
        lines.extend(lab.is_ok().then(|| m::next_resume(run)));
        lines.push(m::next_clean(run));
    }
    suggestion_list(&lines)
}

/// Commands with what they do, under their heading.
pub fn suggestion_list(lines: &[Text]) -> Text {
    let said = |lang: Lang| {
        let lines = lines.iter().map(|line| format!("- {}", line.render(lang)));
        std::iter::once(m::next_title().render(lang)).chain(lines).collect::<Vec<_>>().join("\n")
    };
    Text::Both { ja: said(Lang::Ja), en: said(Lang::En) }
}

/// The shortest lab that no run has been through.
fn untried(context: &Context) -> Option<String> {
    let tried: Vec<String> = context.store().ok()?.all().ok()?.into_iter().map(|run| run.state.lab).collect();
    let labs = Source::list(context.settings.labs.as_deref()).ok()?;
    let source = |lab: &String| Source::find(lab, context.settings.labs.as_deref()).ok().flatten();
    let minutes = |lab: &String| source(lab).and_then(|source| minutes(&source)).unwrap_or(u32::MAX);
    labs.into_iter().filter(|lab| !tried.contains(lab)).min_by_key(minutes)
}
