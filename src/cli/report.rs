//! `pllab report`: a run as a document.

use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::actions;
use crate::engine::event::{Decision, Entry, Event, Picture};
use crate::engine::{self, State, Views};
use crate::host::{Zone, write_atomic};
use crate::i18n::{Text, harmless, m};
use crate::lab::Loaded;
use crate::report::{self, Drawing, Told};
use crate::session::context::{Context, place};
use crate::session::drills::drills_of;
use crate::session::exit::{Code, Failed};
use crate::session::trouble::journal_trouble;
use crate::ui;

/// The verb's arguments.
#[derive(Debug, Args)]
pub(super) struct Report {
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Html)]
    pub format: Format,
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[arg(long)]
    pub open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Html,
    Md,
    Json,
}

/// Writes the report, by default into the run's folder, and says where it is.
pub(super) fn report(context: &mut Context, args: &Report) -> Result<Code, Failed> {
    let found = context.store()?.find(args.run.as_deref(), |_| true)?;
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
    let document = report::fold(&found.id(), &read.entries, &told, context.lang);
    let (name, text) = match args.format {
        Format::Html => ("report.html", report::report_html(&document, &svg)),
        Format::Json => (
            "report.json",
            serde_json::to_string_pretty(&document)
                .map_or_else(|error| error.to_string(), |text| harmless::json(&text).into_owned() + "\n"),
        ),
        Format::Md => ("report.md", {
            let beside = picture_beside(args.out.as_deref(), &found.folder, &svg)?;
            let drawing = beside.as_deref().map_or(Drawing::None, Drawing::Beside);
            report::report_markdown(&document, &drawing)
        }),
    };
    let path = args.out.clone().unwrap_or_else(|| found.folder.join(name));
    write_document(context, &path, &text, "report_written", args.open)
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

/// Writes the picture as a file beside a Markdown report; a report on standard output cannot have one.
fn picture_beside(out: Option<&Path>, folder: &Path, svg: &str) -> Result<Option<String>, Failed> {
    if svg.is_empty() || out == Some(Path::new("-")) {
        return Ok(None);
    }
    let path = out.map_or_else(|| folder.join("report.svg"), |out| out.with_extension("svg"));
    write_atomic(&path, svg.as_bytes(), false).map_err(|error| Failed::io(&path, &error))?;
    Ok(path.file_name().map(|name| name.to_string_lossy().into_owned()))
}

/// Writes a document to `path`, or to standard output for `-`. Says where it is, and opens it on request.
pub(super) fn write_document(
    context: &mut Context,
    path: &Path,
    text: &str,
    event: &str,
    open: bool,
) -> Result<Code, Failed> {
    if path == Path::new("-") {
        return context.print_document(text).map(|()| Code::Met);
    }
    // A device or a pipe is written to, not replaced.
    let written = match std::fs::metadata(path) {
        Ok(it) if !it.is_file() && !it.is_dir() => match std::fs::write(path, text) {
            // A reader that closed the pipe has what it wanted.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => written,
        },
        _ => write_atomic(path, text.as_bytes(), false),
    };
    written.map_err(|error| Failed::io(path, &error))?;
    let shown: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if context.json() {
        context.print_json(&json!({ "event": event, "path": shown.display().to_string() }))?;
    } else {
        context.print(&format!("{}\n\n{}\n", m::report_written().render(context.lang), shown.display()))?;
    }
    // Over SSH there is no browser at the learner's side.
    if open && context.host.var("SSH_CONNECTION").is_none() {
        // The path is on the screen, so a browser that does not open is not a failure.
        let _ = open::that_detached(&shown);
    }
    Ok(Code::Met)
}
