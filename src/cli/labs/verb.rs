//! `pllab labs`: lists labs, and shows one of them.

use clap::{Args, Subcommand};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Map, json};

use super::check::check;
use super::new::new;
use crate::i18n::{Text, m};
use crate::lab::{Source, Step, Variable, VariableKind, schema};
use crate::session::context::{Context, bad_lab};
use crate::session::exit::{Code, Failed};
use crate::ui::{markdown, table};

/// The verb's arguments.
#[derive(Debug, Args)]
pub struct Labs {
    #[command(subcommand)]
    pub verb: Option<LabsVerb>,
}

#[derive(Debug, Subcommand)]
pub enum LabsVerb {
    List,
    Show {
        #[arg(value_name = "LAB", default_value = "privatelink")]
        lab: String,
    },
    Check {
        #[arg(value_name = "LAB|DIR")]
        which: Option<String>,
    },
    New {
        #[arg(value_name = "ID")]
        id: String,
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    Schema,
}

/// The default lab of `pllab start`.
const FIRST: &str = "privatelink";

/// Lists labs, shows one, proves them, or creates a new one.
pub async fn labs(context: &mut Context, args: Labs) -> Result<Code, Failed> {
    match args.verb {
        None | Some(LabsVerb::List) => return list(context),
        Some(LabsVerb::Show { lab }) => show(context, &lab)?,
        Some(LabsVerb::Check { which }) => return check(context, which.as_deref()).await,
        Some(LabsVerb::New { id, dir }) => new(context, &id, dir)?,
        Some(LabsVerb::Schema) => context.print(&schema())?,
    }
    Ok(Code::Met)
}

/// Lists the labs. An unreadable one appears with its faults, and does not keep the others off the list.
fn list(context: &mut Context) -> Result<Code, Failed> {
    let ids = Source::list(context.settings.labs.as_deref()).map_err(|error| bad_lab(&[error]))?;
    let mut labs = Vec::new();
    let mut broken = Vec::new();
    for id in ids {
        match context.lab(&id, &BTreeMap::new(), "", "ap-northeast-1") {
            Ok(loaded) => labs.push((id, loaded)),
            Err(failed) => broken.push((id, failed)),
        }
    }
    // The lab to begin with comes first, then by duration.
    labs.sort_by_key(|(id, loaded)| (id != FIRST, loaded.lab.minutes));
    let mut rows = Vec::new();
    for (id, loaded) in labs {
        let title = loaded.prose.get(context.lang).title.clone();
        if context.json() {
            let line =
                json!({ "lab": id, "title": title, "minutes": loaded.lab.minutes, "steps": loaded.lab.steps.len() });
            context.print_json(&line)?;
            continue;
        }
        rows.push(vec![
            Text::literal(id),
            Text::literal(title),
            Text::literal(loaded.lab.steps.len().to_string()),
            m::minutes(loaded.lab.minutes),
        ]);
    }
    if context.json() {
        return tell_broken(context, broken);
    }
    let head = [m::cli_column_lab(), m::cli_column_title(), m::cli_column_steps(), m::cli_column_time()];
    let text = table(&head, &rows, context.sheet());
    context.print(&text)?;
    tell_broken(context, broken)
}

/// Prints the labs that cannot be read, and why.
pub fn tell_broken(context: &mut Context, broken: Vec<(String, Failed)>) -> Result<Code, Failed> {
    let mut worst = Code::Met;
    for (id, failed) in broken {
        worst = worst.worse(failed.code);
        let Some(mut report) = failed.report else { continue };
        if context.json() {
            let faults: Vec<_> = report.details.iter().map(|text| text.render(context.lang)).collect();
            let line = json!({ "lab": id, "broken": report.title.render(context.lang), "faults": faults });
            context.print_json(&line)?;
            continue;
        }
        report.title = m::labs_list_broken(id);
        context.report(&report);
    }
    Ok(worst)
}

fn show(context: &mut Context, lab: &str) -> Result<(), Failed> {
    let loaded = context.lab(lab, &BTreeMap::new(), "", "ap-northeast-1")?;
    let (sheet, lang) = (context.sheet(), context.lang);
    let prose = loaded.prose.get(lang);
    if context.json() {
        let title = |step: &Step| prose.steps.get(&step.id).map(|prose| prose.title.as_str());
        let step = |step: &Step| json!({ "step": step.id, "title": title(step), "minutes": step.minutes });
        let variable = |(name, variable): (&String, &Variable)| (name.clone(), variable.default.as_str().into());
        let line = json!({
            "lab": lab,
            "title": prose.title,
            "minutes": loaded.lab.minutes,
            "steps": loaded.lab.steps.iter().map(step).collect::<Vec<_>>(),
            "variables": loaded.lab.variables.iter().map(variable).collect::<Map<_, _>>(),
        });
        return context.print_json(&line);
    }
    let more = prose.more.as_deref().unwrap_or_default();
    let mut text = markdown(&format!("# {}\n\n{}\n\n{more}", prose.title, prose.intro), sheet);
    let steps: Vec<Vec<Text>> = loaded
        .lab
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| {
            let title = prose.steps.get(&step.id).map(|prose| prose.title.clone()).unwrap_or_default();
            vec![
                Text::literal((index + 1).to_string()),
                Text::literal(step.id.clone()),
                Text::literal(title),
                m::minutes(step.minutes),
            ]
        })
        .collect();
    text.push('\n');
    let head = [Text::literal("#"), m::cli_column_step(), m::cli_column_title(), m::cli_column_time()];
    text.push_str(&table(&head, &steps, sheet));
    let variables: Vec<Vec<Text>> = loaded
        .lab
        .variables
        .iter()
        .map(|(name, variable)| {
            vec![
                Text::literal(name.clone()),
                Text::literal(variable.default.clone()),
                match variable.kind {
                    VariableKind::Choice => Text::literal(variable.allowed.join(", ")),
                    VariableKind::Cidr => m::cli_values_cidr(),
                    VariableKind::Domain => m::cli_values_domain(),
                    VariableKind::Zone => m::cli_values_zone(),
                },
            ]
        })
        .collect();
    text.push('\n');
    let head = [m::cli_column_variable(), m::cli_column_default(), m::cli_column_allowed()];
    text.push_str(&table(&head, &variables, sheet));
    let _ = write!(text, "\n  pllab start {lab}\n  pllab start {lab} --explain-only\n");
    context.print(&text)
}
