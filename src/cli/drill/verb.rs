//! `pllab drill`: plants a fault in a working lab, which the learner finds by its symptoms.

use clap::{Args, Subcommand};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::drill_session::{DrillSession, Wanted};
use crate::cli::flags::{OneRun, PaceArg, Target as Where};
use crate::cli::labs::tell_broken;
use crate::cli::start::Start;
use crate::cli::start::begin;
use crate::engine::{Graded, Planted};
use crate::host::shell_word;
use crate::i18n::{Text, m};
use crate::lab::{Drill, Level, Source};
use crate::session::context::{Context, bad_lab};
use crate::session::drills::{drills, drills_of, has_drills, source_of};
use crate::session::exit::{Code, Failed};
use crate::session::open_run::{Goal, Session, open_run};
use crate::session::progress::is_whole;
use crate::session::silent_screen::Silent;
use crate::session::store::{Store, StoredRun};
use crate::session::work::work;
use crate::ui::{self, Form};

/// The verb's arguments.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct DrillArgs {
    #[arg(value_name = "NAME")]
    pub drill: Option<String>,
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    #[arg(long, value_enum)]
    pub pace: Option<PaceArg>,
    #[arg(long)]
    pub allow_aws: bool,
    #[arg(short, long)]
    pub yes: bool,
    #[command(subcommand)]
    pub verb: Option<DrillVerb>,
}

impl DrillArgs {
    /// The drill that comes next, on this run.
    pub fn of_run(run: String) -> Self {
        Self { drill: None, run: Some(run), pace: None, allow_aws: false, yes: false, verb: None }
    }
}

#[derive(Debug, Subcommand)]
pub enum DrillVerb {
    List,
    Check(OneRun),
    Hint(OneRun),
    GiveUp(OneRun),
    Undo(OneRun),
}

/// The lab whose drills come first, and which is built if there is no run to drill on.
const LAB: &str = "privatelink";

/// Plants a drill and leads through it, or runs one of the subcommands.
pub async fn drill(context: &mut Context, args: DrillArgs) -> Result<Code, Failed> {
    match args.verb {
        None => begin_drill(context, args).await,
        Some(DrillVerb::List) => list(context),
        Some(DrillVerb::Check(run)) => go_on(context, &run, Wanted::Check).await,
        Some(DrillVerb::Hint(run)) => go_on(context, &run, Wanted::Hint).await,
        Some(DrillVerb::GiveUp(run)) => go_on(context, &run, Wanted::GiveUp).await,
        Some(DrillVerb::Undo(run)) => go_on(context, &run, Wanted::Undo).await,
    }
}

async fn begin_drill(context: &mut Context, args: DrillArgs) -> Result<Code, Failed> {
    let store = context.store()?;
    let found = match &args.run {
        Some(run) => Some(store.find(Some(run), |_| true)?),
        None => planted(&store)?,
    };
    let found = match found {
        Some(found) if found.state.drill.as_ref().is_some_and(Planted::stopped) => {
            // A half planted, or half restored, lab is no starting point.
            let id = found.id();
            go_on(context, &OneRun { run: Some(id.clone()) }, Wanted::Undo).await?;
            Some(store.find(Some(&id), |_| true)?)
        }
        found => found,
    };
    // Check the name before building anything.
    let home = match (&found, &args.drill) {
        (Some(found), _) => Some(found.state.lab.clone()),
        (None, Some(name)) => Some(match running(context, &store, name)? {
            Some(lab) => lab,
            None => lab_of(context, name)?,
        }),
        (None, None) => None,
    };
    let found = match found {
        Some(found) => Some(found),
        None => working(context, &store, home.as_deref())?,
    };
    let lab = found.as_ref().map(|found| found.state.lab.clone()).or(home).unwrap_or_else(|| LAB.to_owned());
    let known = match &found {
        Some(found) => drills_of(context, &found.state, &*context.lab_of(&found.state)?)?,
        None => drills(context, &lab, None)?,
    };
    let current = found.as_ref().and_then(|found| found.state.drill.as_ref());
    let id = match (&args.drill, current) {
        (Some(name), Some(current)) if *name != current.drill => {
            let detail = vec![m::drill_planted_already(&current.drill)];
            return Err(Failed::new(
                Code::Usage,
                m::drill_one_at_a_time(),
                detail,
                &["pllab drill undo", "pllab drill"],
            ));
        }
        (_, Some(current)) => current.drill.clone(),
        (Some(name), None) => name.clone(),
        (None, None) => next_of(&known, &store),
    };
    if !known.iter().any(|drill| drill.id == id) {
        let ids = known.iter().map(|drill| drill.id.as_str()).collect::<Vec<_>>().join(", ");
        let details = vec![m::drill_known(ids)];
        return Err(Failed::new(Code::Usage, m::drill_unknown(id), details, &["pllab drill list"]));
    }
    let found = match found {
        Some(found) => found,
        None => build(context, &store, &lab, args.pace).await?,
    };
    if !is_whole(context, &found.state) {
        let next = format!("pllab resume {}", shell_word(&found.id()));
        return Err(Failed::new(Code::NotMet, m::drill_unfinished(found.id()), Vec::new(), &[&next]));
    }
    let opened = open_run(context, &store, &found, true, Goal::Lab).await?;
    if opened.target.spends() && !args.allow_aws {
        let target = opened.state.target.clone();
        opened.target.close().await;
        let next = format!("pllab drill {} --allow-aws", shell_word(&id));
        return Err(Failed::new(Code::Refused, m::drill_costs(target), vec![m::drill_costs_detail()], &[&next]));
    }
    let session = session(context, opened, &found, &id, args.yes)?;
    session.run().await
}

/// Runs a subcommand on a planted drill.
async fn go_on(context: &mut Context, run: &OneRun, wanted: Wanted) -> Result<Code, Failed> {
    let store = context.store()?;
    let found = match &run.run {
        Some(run) => store.find(Some(run), |_| true)?,
        None => planted(&store)?.ok_or_else(none_planted)?,
    };
    let Some(current) = found.state.drill.clone() else { return Err(none_planted()) };
    let opened = open_run(context, &store, &found, true, Goal::Lab).await?;
    let session = session(context, opened, &found, &current.drill, true)?;
    session.single(wanted).await
}

fn none_planted() -> Failed {
    Failed::new(Code::Usage, m::drill_none_planted(), Vec::new(), &["pllab drill list", "pllab drill"])
}

fn session(context: &Context, opened: Session, found: &StoredRun, id: &str, yes: bool) -> Result<DrillSession, Failed> {
    let drills = drills_of(context, &opened.state, &opened.loaded)?;
    let drill = drills
        .into_iter()
        .find(|drill| drill.id == id)
        .ok_or_else(|| Failed::new(Code::Usage, m::drill_unknown(id), Vec::new(), &["pllab drill list"]))?;
    Ok(DrillSession::new(context, opened, &found.folder, drill, yes))
}

/// The latest run on which a drill is planted.
fn planted(store: &Store) -> Result<Option<StoredRun>, Failed> {
    Ok(store.all()?.into_iter().find(|found| found.state.drill.is_some() && !found.state.cleaned))
}

/// The latest run whose lab is finished, still there, and has drills; a run of `lab` if given.
fn working(context: &Context, store: &Store, lab: Option<&str>) -> Result<Option<StoredRun>, Failed> {
    Ok(store.all()?.into_iter().find(|found| {
        !found.state.cleaned
            && !found.state.cleaning
            && lab.is_none_or(|lab| found.state.lab == lab)
            && is_whole(context, &found.state)
            && has_drills(context, &found.state)
    }))
}

/// The lab of a finished run that has a drill of this name. A run's lab may come from a folder that only the run knows.
fn running(context: &Context, store: &Store, name: &str) -> Result<Option<String>, Failed> {
    let has = |found: &StoredRun| {
        let source = source_of(context, &found.state).ok().flatten();
        !found.state.cleaned && source.is_some_and(|source| source.drills.iter().any(|drill| drill.id == name))
    };
    Ok(store.all()?.into_iter().find(has).map(|found| found.state.lab))
}

/// The lab that has a drill of this name; the usual lab wins over the others.
fn lab_of(context: &Context, name: &str) -> Result<String, Failed> {
    let mut known = Vec::new();
    for lab in labs(context)? {
        // An unreadable lab offers no drills, and must not hide those of others.
        let source = Source::find(&lab, context.settings.labs.as_deref()).ok().flatten();
        let ids: Vec<String> = source.into_iter().flat_map(|it| it.drills).map(|drill| drill.id).collect();
        if ids.iter().any(|id| id == name) {
            return Ok(lab);
        }
        known.extend(ids);
    }
    let details = vec![m::drill_known(known.join(", "))];
    Err(Failed::new(Code::Usage, m::drill_unknown(name), details, &["pllab drill list"]))
}

/// Every lab, the usual one first.
fn labs(context: &Context) -> Result<Vec<String>, Failed> {
    let mut labs = Source::list(context.settings.labs.as_deref()).map_err(|error| bad_lab(&[error]))?;
    labs.sort_by_key(|lab| lab != LAB);
    Ok(labs)
}

/// The next drill to offer: of those never repaired, the easiest one never tried, else the one given up longest ago. If
/// all were repaired, the first.
fn next_of(known: &[Drill], store: &Store) -> String {
    let graded = graded(store);
    let open = |drill: &&Drill| !graded.iter().any(|it| it.mended && it.drill == drill.id);
    let tried = |drill: &&Drill| graded.iter().rposition(|it| it.drill == drill.id);
    let next = known.iter().filter(open).min_by_key(tried).or(known.first());
    next.map(|drill| drill.id.clone()).unwrap_or_default()
}

/// Every readable grade, the oldest first.
fn graded(store: &Store) -> Vec<Graded> {
    store.all().unwrap_or_default().into_iter().rev().flat_map(|found| found.state.drills).collect()
}

/// Lists the drills, lab by lab, the easiest first, and names the one that `pllab drill` alone begins with.
fn list(context: &mut Context) -> Result<Code, Failed> {
    let store = context.store()?;
    let graded = graded(&store);
    let next = recommended(context, &store)?;
    let mut broken = Vec::new();
    for lab in labs(context)? {
        let known = drills(context, &lab, None).unwrap_or_else(|failed| {
            broken.push((lab.clone(), failed));
            Vec::new()
        });
        let mut rows = Vec::new();
        for drill in &known {
            let title = drill.title.get(context.lang);
            let done = graded.iter().any(|it| it.mended && it.drill == drill.id);
            let is_next = next.as_ref().is_some_and(|next| (&next.lab, &next.drill) == (&lab, &drill.id));
            if context.json() {
                let line = json!({
                    "drill": drill.id, "lab": lab, "title": title, "minutes": drill.minutes,
                    "level": drill.level.name(), "mended": done, "next": is_next,
                });
                context.print_json(&line)?;
                continue;
            }
            let state = match (done, is_next) {
                (_, true) => m::drill_row_next(),
                (true, false) => m::drill_row_mended(),
                (false, false) => Text::literal("-"),
            };
            let (id, minutes) = (Text::literal(&drill.id), m::drill_row_minutes(drill.minutes));
            rows.push(vec![id, Text::literal(title), level(drill.level), minutes, state]);
        }
        if !rows.is_empty() {
            let head = [
                m::drill_column(),
                m::cli_column_title(),
                m::drill_column_level(),
                m::cli_column_time(),
                m::cli_column_state(),
            ];
            let heading = ui::markdown(&format!("**{}**", m::drill_of_lab(&lab).render(context.lang)), context.sheet());
            let table = ui::table(&head, &rows, context.sheet());
            context.print(&format!("{heading}{table}\n"))?;
        }
    }
    if context.json() {
        return tell_broken(context, broken);
    }
    context.print("  pllab drill NAME\n")?;
    if let Some(Next { title, .. }) = next {
        context.tell_line(&m::drill_next(title))?;
    }
    tell_broken(context, broken)
}

fn level(level: Level) -> Text {
    match level {
        Level::Easy => m::drill_level_easy(),
        Level::Medium => m::drill_level_medium(),
        Level::Hard => m::drill_level_hard(),
    }
}

/// What `pllab drill` alone begins, or goes on with.
struct Next {
    lab: String,
    drill: String,
    title: Text,
}

/// The drill that `pllab drill` alone picks; `None` if the lab that it would use has none that can be read.
fn recommended(context: &Context, store: &Store) -> Result<Option<Next>, Failed> {
    let found = match planted(store)? {
        Some(found) => Some(found),
        None => working(context, store, None)?,
    };
    let lab = found.as_ref().map_or_else(|| LAB.to_owned(), |found| found.state.lab.clone());
    let known = match &found {
        Some(found) => context.lab_of(&found.state).and_then(|loaded| drills_of(context, &found.state, &loaded)),
        None => drills(context, &lab, None),
    };
    let known = known.unwrap_or_default();
    let current = found.as_ref().and_then(|found| found.state.drill.as_ref()).map(|drill| drill.drill.clone());
    let drill = current.unwrap_or_else(|| next_of(&known, store));
    let title = known.iter().find(|it| it.id == drill).map(|it| it.title.clone());
    Ok(title.map(|title| Next { lab, drill, title: Text::Both { ja: title.ja, en: title.en } }))
}

/// Builds a lab on the sandbox, silently and without waits.
async fn build(context: &mut Context, store: &Store, lab: &str, pace: Option<PaceArg>) -> Result<StoredRun, Failed> {
    if context.form() != Form::Json {
        let text = ui::markdown(&m::drill_building().render(context.lang), context.sheet());
        context.print(&text)?;
    }
    let start = Start {
        lab: lab.to_owned(),
        explain_only: false,
        target: Where::Sandbox,
        endpoint_url: None,
        profile: None,
        consumer_profile: None,
        two_accounts: false,
        api_only: false,
        region: None,
        learner: None,
        set: Vec::new(),
        pace: Some(pace.unwrap_or(PaceArg::Instant)),
        accept_cost: None,
        yes: true,
        keep: true,
        hands_on: false,
        with_mine: false,
    };
    let (opened, folder) = begin(context, &start, BTreeMap::new()).await?;
    let run = opened.run.clone();
    let code = work(context, opened, &(Arc::new(Silent { yes: true }) as _), Goal::Lab, true).await;
    if code != Code::Met {
        let next = format!("pllab resume {}", shell_word(&run));
        return Err(Failed::new(code, m::drill_not_built(folder_name(&folder)), Vec::new(), &[&next]));
    }
    store.find(Some(&run), |_| true)
}

fn folder_name(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
