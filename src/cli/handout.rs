//! `pllab handout`: a lab as a document for a workshop. Makes no calls.

use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::flags::key_value;
use super::report::write_document;
use super::start::{Example, example};
use crate::engine::Views;
use crate::engine::event::Mode;
use crate::host::shell_word;
use crate::i18n::{Lang, m};
use crate::report;
use crate::session::context::{Context, place};
use crate::session::exit::{Code, Failed};
use crate::ui;

/// The verb's arguments.
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "help texts go by these names, and the report's say other things")]
pub(super) struct Handout {
    #[arg(value_name = "LAB", default_value = "privatelink")]
    pub lab: String,
    #[arg(long)]
    pub both: bool,
    #[arg(long = "format", value_name = "FORMAT", value_enum, default_value_t = HandoutFormat::Html)]
    pub handout_format: HandoutFormat,
    #[arg(long = "out", value_name = "FILE")]
    pub handout_out: Option<PathBuf>,
    #[arg(long)]
    pub open: bool,
    #[arg(long, value_name = "REGION", default_value = "ap-northeast-1")]
    pub region: String,
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum HandoutFormat {
    Html,
    Md,
}

/// Writes the handout, by default into the current folder, and says where it is.
pub(super) fn handout(context: &mut Context, args: &Handout) -> Result<Code, Failed> {
    let set = args.set.iter().cloned().collect();
    let Example { loaded, state, accounts } = example(context, &args.lab, &args.region, &set)?;
    let views = Views {
        place: place("sandbox", &args.region),
        cost: m::cli_cost_reading(),
        mode: Mode::Explain,
        resumed: false,
        access: BTreeMap::new(),
    };
    let opening = views.opening(&loaded, &state);
    let steps: Vec<_> =
        (0..loaded.lab.steps.len()).map(|index| views.step(&loaded, &state, index, &accounts)).collect();
    let langs = if args.both { Lang::ALL.to_vec() } else { vec![context.lang] };
    let document = report::handout(&opening, &steps, &langs, &ui::diagram_in_words);
    let (extension, text) = match args.handout_format {
        HandoutFormat::Html => ("html", report::handout_html(&document)),
        HandoutFormat::Md => ("md", report::handout_markdown(&document)),
    };
    let path = match &args.handout_out {
        Some(path) => path.clone(),
        None => free(&args.lab, &langs, extension)?,
    };
    write_document(context, &path, &text, "handout_written", args.open)
}

/// A file name for the handout that is not taken, because somebody may have written into the last one.
fn free(lab: &str, langs: &[Lang], extension: &str) -> Result<PathBuf, Failed> {
    let tags: Vec<&str> = langs.iter().map(|lang| lang.tag()).collect();
    let name = format!("{lab}-handout.{}.{extension}", tags.join("-"));
    let path = PathBuf::from(&name);
    if path.exists() {
        let next = format!("pllab handout {} --out {}", shell_word(lab), shell_word(&name));
        return Err(Failed::new(Code::Usage, m::report_exists(name), Vec::new(), &[&next]));
    }
    Ok(path)
}
