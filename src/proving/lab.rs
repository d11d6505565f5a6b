//! Proves a lab on a sandbox of its own, which is deleted afterwards.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::drills::{Drilled, prove_drills};
use crate::engine::event::{Item, Mode};
use crate::engine::{At, LabFailure, List, Prefetch, Proof, RunError, RunLog, Runner, State, Views};
use crate::host::Scratch;
use crate::i18n::{Text, m};
use crate::lab::{LabError, LoadError, Loaded, Place, Source, VariableKind, load};
use crate::session::context::Context;
use crate::session::drills::read as read_drills;
use crate::session::exit::{Code, Failed};
use crate::session::nginx::Wish;
use crate::session::silent_screen::Silent;
use crate::session::target::Target;
use crate::session::trouble::stuck;
use crate::session::zone;

/// The region in which labs are proved. It is the program's default.
const REGION: &str = "ap-northeast-1";

pub struct Outcome {
    /// `Usage` if the lab's files cannot be read.
    pub code: Code,
    pub faults: Vec<LabError>,
    pub passes: Vec<Pass>,
    pub drilled: Drilled,
}

impl Outcome {
    /// For a lab whose files are at fault.
    pub fn unreadable(faults: Vec<LabError>) -> Self {
        Self { code: Code::Usage, faults, passes: Vec::new(), drilled: Drilled::default() }
    }
}

/// One pass through the lab with one set of values.
pub struct Pass {
    pub set: BTreeMap<String, String>,
    /// The number of steps.
    pub steps: usize,
    pub proof: Proof,
}

pub async fn prove_lab(context: &Context, source: &Source) -> Result<Outcome, Failed> {
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
        stray.extend(read_drills(source, &loaded.lab, &loaded.variables).err().unwrap_or_default());
    }
    let loaded = match loaded {
        Ok(loaded) if stray.is_empty() => loaded,
        read => {
            let mut faults = read.err().unwrap_or_default();
            faults.extend(stray);
            return Ok(Outcome::unreadable(faults));
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
    // A fault that every set of values has is reported once.
    let mut told = Vec::new();
    faults.retain(|fault| {
        let new = !told.contains(fault);
        told.extend(new.then(|| fault.clone()));
        new
    });
    let code = if faults.is_empty() { Code::Met } else { Code::NotMet };
    Ok(Outcome { code, faults, passes, drilled })
}

/// The sets of values to prove: the defaults, and each other value of each choice.
fn choices(loaded: &Loaded) -> Vec<BTreeMap<String, String>> {
    let mut sets = vec![BTreeMap::new()];
    for (name, variable) in loaded.lab.variables.iter().filter(|(_, it)| it.kind == VariableKind::Choice) {
        let others = variable.allowed.iter().filter(|value| **value != variable.default);
        sets.extend(others.map(|value| BTreeMap::from([(name.clone(), value.clone())])));
    }
    sets
}

/// The proof of a lab, and of its drills if they were tried.
type Proved = (Proof, Option<Drilled>);

type Loading<'a> = dyn Fn(&BTreeMap<String, String>, &str) -> Result<Loaded, Vec<LabError>> + 'a;

/// Proves a lab with these values. Drills are proved with the default values only, on the finished lab.
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
    let folder = Scratch::new().map_err(|error| Failed::io(Scratch::parent(), &error))?;
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
                mode: Mode::Guided,
                resumed: false,
                access: BTreeMap::new(),
            },
            loaded: Arc::new(loaded),
            mode: Mode::Guided,
            path: None,
            keep: false,
            drills: false,
            asks: false,
            interrupted: interrupt.seen.clone(),
        };
        let mut interrupted = interrupt.seen.clone();
        tokio::select! {
            biased;
            Ok(_) = interrupted.wait_for(|it| *it) => Err(Failed { report: None, code: Code::Interrupted }),
            proof = whole(&drive, source, with_drills) => proof.map(Ok).map_err(|error| stuck(&error, "")),
        }
    }
    .await;
    target.close().await;
    proved
}

/// Proves the lab and its drills, and that nothing is left of either.
async fn whole(drive: &Runner, source: &Source, with_drills: bool) -> Result<Proved, RunError> {
    let mut proof = drive.prove().await?;
    let drilled = if with_drills && proof.flaws.is_empty() { Some(prove_drills(drive, source).await) } else { None };
    drive.prove_gone(&mut proof).await?;
    Ok((proof, drilled))
}

/// Turns a flaw into a fault of the lab's structure file, at the line that makes the claim.
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
