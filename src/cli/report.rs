//! `pllab report`: a run as a document.

use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::host::write_atomic;
use crate::i18n::{harmless, m};
use crate::report::{self, Drawing};
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::report_file::{Rendered, render};

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
    let Rendered { document, svg } = render(context, &found)?;
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
