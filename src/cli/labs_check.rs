//! `pllab labs check`: proves labs, each on a sandbox of its own that is gone afterwards.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::context::{Context, located};
use super::exit::{Code, Failed};
use super::labs_drills::{self, Drilled};
use super::nginx::Wish;
use super::target::Target;
use super::zone;
use crate::engine::event::{
    Answer, AskError, Event, Item, OpeningView, Picture, Progress, Question, Screen, StepView, Way,
};
use crate::engine::{At, LabFailure, List, Prefetch, Proof, RunError, RunLog, Runner, State, Views};
use crate::host::{Scratch, shell_word};
use crate::i18n::{Text, m};
use crate::lab::{LabError, LoadError, Loaded, Place, Source, VariableKind, load};
use crate::ui;

/// The region that labs are proved in: the one the program takes when it is told none.
const REGION: &str = "ap-northeast-1";

/// Proves one lab, or all of them: those of `--labs` where it is given, else the program's own.
pub(super) async fn check(context: &mut Context, which: Option<&str>) -> Result<Code, Failed> {
    let mut worst = Code::Met;
    for found in sources(context, which)? {
        let code = match found {
            Ok(source) => check_one(context, &source).await?,
            Err((id, error)) => tell(context, &id, Code::Usage, &[error], &[], &Drilled::default())?,
        };
        if code as i32 > worst as i32 {
            worst = code;
        }
    }
    Ok(worst)
}

type StoredRun = Result<Source, (String, LabError)>;

fn sources(context: &Context, which: Option<&str>) -> Result<Vec<StoredRun>, Failed> {
    let labs = context.common.labs.as_deref();
    let known = Source::list(labs).map_err(|error| super::context::bad_lab(&[error]))?;
    let find = |id: &str| match Source::find(id, labs) {
        Ok(source) => source.map(Ok),
        Err(error) => Some(Err((id.to_owned(), error))),
    };
    match which {
        Some(id) if known.iter().any(|it| it == id) => Ok(find(id).into_iter().collect()),
        Some(dir) if Path::new(dir).is_dir() => {
            // `.` has no name of its own.
            let path = Path::new(dir).canonicalize().map_err(|error| Failed::io(dir, &error))?;
            let id = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Ok(vec![Source::open(&id, Path::new(dir)).map_err(|error| (id, error))])
        }
        Some(id) => Err(super::context::unknown_lab(id, &known)),
        // A folder that is given is the one that is asked about; the program's own labs have a test.
        None => Ok(known
            .iter()
            .filter(|id| labs.is_none_or(|dir| dir.join(id).is_dir()))
            .filter_map(|id| find(id))
            .collect()),
    }
}

/// A pass: which values differ from their defaults, and what came of it.
struct Pass {
    set: BTreeMap<String, String>,
    steps: usize,
    proof: Proof,
}

async fn check_one(context: &mut Context, source: &Source) -> Result<Code, Failed> {
    let read = |set: &BTreeMap<String, String>, token: &str| {
        let facts = BTreeMap::from([("token", token.to_owned()), ("region", REGION.to_owned())]);
        load(source, set, &facts).map_err(|error| match error {
            LoadError::Files(errors) => errors,
            LoadError::Variable(what) => {
                vec![LabError { file: format!("{}/lab.yaml", source.folder), place: None, what }]
            }
        })
    };
    let mut stray = source.stray();
    let loaded = read(&BTreeMap::new(), "");
    if let Ok(loaded) = &loaded {
        stray.extend(super::drill::read(source, &loaded.lab, &loaded.variables).err().unwrap_or_default());
    }
    let loaded = match loaded {
        Ok(loaded) if stray.is_empty() => loaded,
        read => {
            let mut faults = read.err().unwrap_or_default();
            faults.extend(stray);
            return tell(context, &source.id, Code::Usage, &faults, &[], &Drilled::default());
        }
    };
    let mut passes = Vec::new();
    let mut faults = Vec::new();
    let mut drilled = Drilled::default();
    for set in choices(&loaded) {
        let proof = match prove(context, source, &read, set.clone()).await? {
            Ok((proof, drills)) => {
                drilled = drills.unwrap_or(drilled);
                proof
            }
            Err(errors) => {
                faults.extend(errors);
                continue;
            }
        };
        faults.extend(proof.flaws.iter().map(|flaw| fault(source, flaw)));
        passes.push(Pass { set, steps: loaded.lab.steps.len(), proof });
    }
    faults.append(&mut drilled.faults);
    // What is wrong with every value is told once.
    let mut told = Vec::new();
    faults.retain(|fault| {
        let new = !told.contains(fault);
        told.extend(new.then(|| fault.clone()));
        new
    });
    let code = if faults.is_empty() { Code::Met } else { Code::NotMet };
    tell(context, &source.id, code, &faults, &passes, &drilled)
}

/// The values to prove: the defaults, and each other value of each choice.
fn choices(loaded: &Loaded) -> Vec<BTreeMap<String, String>> {
    let mut sets = vec![BTreeMap::new()];
    for (name, variable) in loaded.lab.variables.iter().filter(|(_, it)| it.kind == VariableKind::Choice) {
        let others = variable.allowed.iter().filter(|value| **value != variable.default);
        sets.extend(others.map(|value| BTreeMap::from([(name.clone(), value.clone())])));
    }
    sets
}

/// What came of a lab, and of its drills where they were tried.
type Proved = (Proof, Option<Drilled>);

type Loading<'a> = dyn Fn(&BTreeMap<String, String>, &str) -> Result<Loaded, Vec<LabError>> + 'a;

/// Proves a lab with these values. Drills are proved with the defaults, on the lab as it stands at its end.
async fn prove(
    context: &Context,
    source: &Source,
    read: &Loading<'_>,
    mut set: BTreeMap<String, String>,
) -> Result<Result<Proved, Vec<LabError>>, Failed> {
    let with_drills = set.is_empty();
    let token = context.host.random.text(b"abcdefghijkmnpqrstuvwxyz23456789", 12);
    let loaded = match read(&set, &token) {
        Ok(loaded) => loaded,
        Err(errors) => return Ok(Err(errors)),
    };
    let folder = Scratch::new().map_err(|error| Failed::io(std::env::temp_dir(), &error))?;
    let nginx = Wish::of_source(context, source);
    let target =
        Target::throw_away(&context.host, &folder.path().join("sandbox"), REGION, loaded.lab.two_accounts, nginx)
            .await?;
    let interrupt = context.interrupt.listen();
    let proved = async {
        zone::settle(&target, &loaded, &mut set).await?;
        let loaded = match read(&set, &token) {
            Ok(loaded) => loaded,
            Err(errors) => return Ok(Err(errors)),
        };
        let state = State {
            run: "check".to_owned(),
            lab: source.id.clone(),
            region: REGION.to_owned(),
            token: token.clone(),
            variables: loaded.variables.clone(),
            ..State::default()
        };
        let core = RunLog::new(
            None,
            state,
            context.host.clock.clone(),
            Arc::new(Silent { yes: false }),
            target.accounts.clone(),
        );
        let drive = Runner {
            core: Arc::new(core),
            clouds: Some(Arc::clone(&target.clouds)),
            patience: target.patience,
            prefetch: Prefetch::default(),
            renew: Text::literal(""),
            views: Views {
                place: Text::literal(""),
                cost: Text::literal(""),
                way: Way::Guided,
                resumed: false,
                access: BTreeMap::new(),
            },
            loaded: Arc::new(loaded),
            way: Way::Guided,
            path: None,
            keep: false,
            asks: false,
            interrupted: interrupt.seen.clone(),
        };
        let mut interrupted = interrupt.seen.clone();
        tokio::select! {
            biased;
            Ok(_) = interrupted.wait_for(|it| *it) => Err(Failed { report: None, code: Code::Interrupted }),
            proof = whole(&drive, source, with_drills) => proof.map(Ok).map_err(|stuck| super::pass::stuck(&stuck, "")),
        }
    }
    .await;
    target.close().await;
    proved
}

/// The lab, its drills, and that nothing is left of either.
async fn whole(drive: &Runner, source: &Source, with_drills: bool) -> Result<Proved, RunError> {
    let mut proof = drive.prove().await?;
    let drilled =
        if with_drills && proof.flaws.is_empty() { Some(labs_drills::prove(drive, source).await) } else { None };
    drive.prove_gone(&mut proof).await?;
    Ok((proof, drilled))
}

/// A flaw as a fault of the lab's structure file, at the line that makes the claim.
fn fault(source: &Source, flaw: &LabFailure) -> LabError {
    let yaml = &source.yaml;
    let check = |at: &At| match at.list {
        List::Looks => Place::of_item(yaml, &at.step, None, "looks", at.index),
        List::Checks => Place::of_item(yaml, &at.step, None, "checks", at.index),
        List::Detour => Place::of_item(yaml, &at.step, Some("detour"), "checks", at.index),
    };
    let (place, what) = match flaw {
        LabFailure::MetBefore { at, seen } => (Some(check(at)), m::labs_check_met_before(seen.clone())),
        LabFailure::NotMet { at, finding } => {
            let (expected, seen) = (finding.expected.clone(), finding.seen.clone());
            let what = match &finding.why {
                Some(why) => m::LabsCheckNotMetWhy { expected, seen, why: why.clone() }.text(),
                None => m::LabsCheckNotMet { expected, seen }.text(),
            };
            (Some(check(at)), what)
        }
        LabFailure::NotMade { step, resource, fault } => (
            Some(Place::of_name(yaml, step, resource)),
            m::LabsCheckNotMade { fault: fault.to_string(), name: resource }.text(),
        ),
        LabFailure::Left { items } => {
            (None, m::labs_check_left(items.iter().map(named).collect::<Vec<_>>().join(", ")))
        }
    };
    LabError { file: format!("{}/lab.yaml", source.folder), place, what }
}

fn named(item: &Item) -> String {
    format!("{} {} {}", item.kind, item.resource, item.id).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Tells what came of a lab, and gives the code.
fn tell(
    context: &mut Context,
    id: &str,
    code: Code,
    faults: &[LabError],
    passes: &[Pass],
    drilled: &Drilled,
) -> Result<Code, Failed> {
    if context.json() {
        let line = in_json(context, id, code, faults, passes, drilled);
        context.print_json(&line)?;
        return Ok(code);
    }
    let lang = context.lang;
    if code == Code::Met {
        let mut text = m::labs_check_good(id).render(lang);
        for pass in passes {
            let set: Vec<_> = pass.set.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let values = if set.is_empty() { m::labs_check_defaults().render(lang) } else { set.join(", ") };
            let line = m::LabsCheckPass {
                checks: pass.proof.checks,
                gone: pass.proof.gone,
                predictions: pass.proof.predictions,
                steps: pass.steps,
                values,
            }
            .text();
            text = format!("{text}\n- {}", line.render(lang));
        }
        if drilled.drills > 0 {
            let line =
                m::LabsCheckDrills { drills: drilled.drills, repairs: drilled.repairs, shortcuts: drilled.shortcuts }
                    .text();
            text = format!("{text}\n- {}", line.render(lang));
        }
        context.print(&ui::markdown(&text, &context.sheet()))?;
        return Ok(code);
    }
    let title = if code == Code::Usage { m::cli_bad_lab() } else { m::labs_check_not_proved(id) };
    let labs = context
        .common
        .labs
        .as_ref()
        .map(|dir| format!(" --labs {}", shell_word(&dir.display().to_string())))
        .unwrap_or_default();
    let next = format!("pllab labs check {}{labs}", shell_word(id));
    let failed = Failed::new(code, title, faults.iter().map(located).collect(), &[&next]);
    if let Some(report) = &failed.report {
        context.report(report);
    }
    Ok(code)
}

fn in_json(context: &Context, id: &str, code: Code, faults: &[LabError], passes: &[Pass], drilled: &Drilled) -> Value {
    let faults: Vec<_> = faults
        .iter()
        .map(|fault| {
            let place = fault.place.as_ref();
            json!({
                "file": fault.file,
                "line": place.map(|place| place.line),
                "column": place.map(|place| place.column),
                "excerpt": place.map(|place| place.excerpt.trim_end()),
                "what": fault.what.render(context.lang),
            })
        })
        .collect();
    let passes: Vec<_> = passes
        .iter()
        .map(|pass| {
            let Proof { checks, predictions, gone, .. } = pass.proof;
            json!({ "set": pass.set, "steps": pass.steps, "checks": checks, "predictions": predictions, "gone": gone })
        })
        .collect();
    let verdict = if code == Code::Met { "met" } else { "broken" };
    let Drilled { drills, repairs, shortcuts, .. } = drilled;
    json!({
        "event": "lab_checked", "lab": id, "verdict": verdict, "passes": passes, "faults": faults,
        "drills": drills, "repairs": repairs, "shortcuts": shortcuts,
    })
}

/// A screen that nobody looks at.
pub(super) struct Silent {
    /// Whether it gives every question its harmless answer.
    pub yes: bool,
}

impl Screen for Silent {
    fn opening(&self, _: &OpeningView) {}
    fn step(&self, _: &StepView) {}
    fn picture(&self, _: &Picture) {}
    fn event(&self, _: &Event) {}
    fn progress(&self, _: &Progress) {}
    fn print(&self, _: &Text) {}
    fn hand_over(&self, _: &str) {}
    fn ask(&self, question: &Question) -> Result<Answer, AskError> {
        if self.yes { Ok(question.default) } else { Err(AskError::NobodyToAsk) }
    }
    fn type_word(&self, _: &Text, _: &[&str]) -> Result<bool, AskError> {
        Err(AskError::NobodyToAsk)
    }
}
