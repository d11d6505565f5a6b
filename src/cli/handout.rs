//! `pllab handout`: a lab as a document for a workshop. Nothing is called.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::args::{Handout as Args, HandoutFormat};
use super::context::{Context, place};
use super::exit::{Code, Failed};
use super::explain::{Example, example};
use super::report::hand_over;
use crate::engine::Views;
use crate::engine::event::Way;
use crate::host::shell_word;
use crate::i18n::{Lang, m};
use crate::report;
use crate::ui;

/// Writes the handout into the current folder unless told otherwise, and says where it is.
pub(super) fn handout(context: &mut Context, args: &Args) -> Result<Code, Failed> {
    let set = args.set.iter().cloned().collect();
    let Example { loaded, state, accounts } = example(context, &args.lab, &args.region, &set)?;
    let views = Views {
        place: place("sandbox", &args.region),
        cost: m::cli_cost_reading(),
        way: Way::Explain,
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
    hand_over(context, &path, &text, "handout_written", args.open)
}

/// The handout's own name, where nothing has it: somebody may have written into the last one.
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
