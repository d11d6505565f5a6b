//! Makes a run's report from its journal.

use std::path::PathBuf;

use super::context::{Context, place};
use super::drills::drills_of;
use super::exit::Failed;
use super::store::StoredRun;
use super::trouble::journal_trouble;
use crate::actions;
use crate::engine::event::{Decision, Entry, Event, Picture};
use crate::engine::{self, State, Views};
use crate::host::{Zone, write_atomic};
use crate::i18n::{Text, m};
use crate::lab::Loaded;
use crate::report::{self, Report, Told};
use crate::ui;

pub struct Rendered {
    pub document: Report,
    /// The picture as SVG; empty if the lab is gone.
    pub svg: String,
}

/// The report of a run, in the context's language.
///
/// # Errors
/// If the journal cannot be read.
pub fn render(context: &Context, found: &StoredRun) -> Result<Rendered, Failed> {
    let state = &found.state;
    let read = engine::read(&found.folder).map_err(|error| journal_trouble(&error, &found.id()))?;
    let loaded = match context.lab_of(state) {
        Ok(loaded) => loaded,
        // The journal knows what was done, whatever became of the lab since.
        Err(_) => Loaded::without_steps(&state.lab).into(),
    };
    let picture = fullest(&read.entries, &loaded);
    let words = picture.as_ref().map(|picture| ui::diagram_in_words(picture, context.lang)).unwrap_or_default();
    let svg = picture.as_ref().map(|picture| report::svg(picture, &words, context.lang, false)).unwrap_or_default();
    let known = drills_of(context, state, &loaded).unwrap_or_default();
    let drill = |id: &str| {
        let named = known.iter().find(|drill| drill.id == id);
        Text::literal(named.map_or(id, |drill| drill.title.get(context.lang)))
    };
    let told = Told {
        loaded: &loaded,
        place: place(&state.target, &state.region),
        picture: words,
        cost: cost(context, state),
        drill: &drill,
        label: &actions::label,
        zone: Zone::system(),
    };
    Ok(Rendered { document: report::fold(&found.id(), &read.entries, &told, context.lang), svg })
}

/// Writes the report into the run's folder, and returns its path.
///
/// # Errors
/// If the journal cannot be read, or the file cannot be written.
pub fn write(context: &Context, found: &StoredRun) -> Result<PathBuf, Failed> {
    let Rendered { document, svg } = render(context, found)?;
    let path = found.folder.join("report.html");
    write_atomic(&path, report::report_html(&document, &svg).as_bytes(), false)
        .map_err(|error| Failed::io(&path, &error))?;
    Ok(std::path::absolute(&path).unwrap_or(path))
}

/// The run's cost so far. After the clean-up, the journal's bill has the final cost.
fn cost(context: &Context, state: &State) -> Vec<Text> {
    match engine::spending(state, context.host.clock.now()) {
        Some(spending) => {
            vec![m::MoneyRunning { hour: spending.per_hour.fine(), so_far: spending.so_far.cents() }.text()]
        }
        None if state.target == "sandbox" => vec![m::cli_cost_nothing()],
        None => Vec::new(),
    }
}

/// The architecture before the clean-up removed it.
fn fullest(entries: &[Entry], loaded: &Loaded) -> Option<Picture> {
    let clean_up = |entry: &Entry| matches!(&entry.event, Event::Answered { decision: Decision::CleanUp(_), .. });
    let until = entries.iter().position(clean_up).unwrap_or(entries.len());
    let state = State::replay(&entries[..until]);
    let last = loaded.lab.steps.len().checked_sub(1)?;
    Some(Views::picture(loaded, &state, last))
}
