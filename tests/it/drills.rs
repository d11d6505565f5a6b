//! Every drill: healthy before, broken as announced, named by `why`, mended by each of its repairs, not passed by its
//! shortcuts, and undone.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pllab::checks::{Scene, Verdict};
use pllab::cloud::{Call, Clouds, identity};
use pllab::engine::event::{Answer, AskError, Event, OpeningView, Picture, Progress, Question, Screen, StepView};
use pllab::engine::{Core, Drilling, Journal, Patience, Standing, State};
use pllab::host::Clock;
use pllab::i18n::Text;
use pllab::lab::{Drill, Loaded, Recipe, Side, Source, Vocabulary, load};
use pllab::trace::{RungId, RungState, Trace, trace};

use super::harness::{Cloud, Folder};

/// How many times the longest lab is built, each for its share of the drills.
const LABS: usize = 4;
/// After this a lab that should work again never will.
const PATIENCE: Duration = Duration::from_secs(30);

/// A screen that nobody looks at.
struct Silent;

impl Screen for Silent {
    fn opening(&self, _: &OpeningView) {}
    fn step(&self, _: &StepView) {}
    fn picture(&self, _: &Picture) {}
    fn event(&self, _: &Event) {}
    fn progress(&self, _: &Progress) {}
    fn say(&self, _: &Text) {}
    fn hand_over(&self, _: &str) {}
    fn type_word(&self, _: &Text, _: &[&str]) -> Result<bool, AskError> {
        Err(AskError::NobodyToAsk)
    }
    fn ask(&self, _: &Question) -> Result<Answer, AskError> {
        Err(AskError::NobodyToAsk)
    }
}

/// A finished lab on a sandbox in this process.
struct Lab {
    _folder: Folder,
    cloud: Cloud,
    core: Arc<Core>,
    clouds: Arc<Clouds>,
    loaded: Loaded,
    drills: Vec<Drill>,
    /// Where the path ends as the lab leaves it; `None` where it is whole.
    ends_at: Option<RungId>,
}

/// Whether an operation of an API is known.
type Knows = fn(&str, &str) -> bool;

fn vocabulary() -> (Vec<&'static str>, Knows) {
    let known = |api: &str, operation: &str| Call::read(api, operation, serde_json::Map::new()).is_some();
    (RungId::ALL.map(RungId::name).to_vec(), known)
}

impl Lab {
    async fn build(id: &str) -> Self {
        let folder = Folder::new();
        folder.pllab(&format!("start {id} --yes --keep --pace instant")).run().code(0);
        let run = folder.run();
        let (journal, entries, torn) = Journal::open(&run, None, false).expect("the journal is whole");
        assert!(torn.is_none());
        let state = State::replay(&entries);
        let cloud = Cloud::open(&run.join("sandbox")).await;
        let first = identity(&cloud.provider).await.expect("the keys are good").account;
        let one = state.accounts.get(&Side::Consumer) == Some(&first);
        let consumer = if one { cloud.provider.clone() } else { cloud.consumer.clone() };
        let second = identity(&consumer).await.expect("the keys are good").account;
        let accounts = BTreeMap::from([(Side::Provider, first), (Side::Consumer, second)]);
        let clouds = Arc::new(Clouds { provider: cloud.provider.clone(), consumer });
        let source = Source::find(&state.lab, None).expect("the lab can be read").expect("the lab is there");
        let facts = BTreeMap::from([("token", state.token.clone()), ("region", state.region.clone())]);
        let loaded = load(&source, &state.variables, &facts).expect("the lab is sound");
        let (rungs, operation) = vocabulary();
        let words = Vocabulary { operation: &operation, rungs: &rungs };
        let drills = Drill::all(&source, &loaded.lab, &loaded.variables, words).expect("the drills are sound");
        let core = Core::new(Some(journal), state, Clock::System, Arc::new(Silent), accounts);
        let mut lab = Self { _folder: folder, cloud, core: Arc::new(core), clouds, loaded, drills, ends_at: None };
        lab.ends_at = lab.settled().await;
        lab
    }

    /// Where the path ends once nothing is on its way any more.
    async fn settled(&self) -> Option<RungId> {
        let began = Instant::now();
        loop {
            let traced = self.trace().await;
            let on_its_way = traced.rungs.iter().any(|rung| rung.state == RungState::NotYet);
            if !on_its_way || began.elapsed() > PATIENCE {
                return traced.diagnosis.map(|diagnosis| diagnosis.rung);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn trace(&self) -> Trace {
        let (state, sides) = (self.core.state(), self.loaded.lab.sides());
        let facts = state.facts();
        let scene = Scene {
            clouds: &self.clouds,
            facts: &facts,
            sides: &sides,
            accounts: self.core.accounts(),
            token: &state.token,
            lab: &self.loaded.lab,
        };
        trace(&scene).await.expect("the lab has a path")
    }

    fn drilling<'a>(&'a self, drill: &'a Drill) -> Drilling<'a> {
        Drilling { core: &self.core, clouds: &self.clouds, patience: Patience::INSTANT, lab: &self.loaded.lab, drill }
    }

    /// Traces until every rung holds.
    async fn healthy(&self) -> Result<(), String> {
        let began = Instant::now();
        loop {
            let traced = self.trace().await;
            match traced.verdict() {
                Verdict::Met => return Ok(()),
                _ if began.elapsed() < PATIENCE => tokio::time::sleep(Duration::from_millis(5)).await,
                _ => return Err(format!("the path is not whole: {:#?}", traced.diagnosis)),
            }
        }
    }

    /// Plants the drill, sees that `why` names its hop, does what the recipe says, and tells how it stands then.
    async fn mend(&self, drill: &Drill, recipe: &Recipe, wanted: bool) -> Result<Standing, String> {
        let drilling = self.drilling(drill);
        drilling.begin().await.map_err(|failure| format!("preparing: {failure}"))?;
        self.healthy().await.map_err(|words| format!("before: {words}"))?;
        drilling.plant().await.map_err(|failure| format!("planting: {failure}"))?;
        let traced = self.trace().await;
        let named = traced.diagnosis.as_ref().map(|diagnosis| diagnosis.rung.name());
        if named != drill.rung.as_deref() {
            return Err(format!("`why` names {named:?}, not {:?}: {:#?}", drill.rung, traced));
        }
        let before = drilling.look().await.map_err(|fault| format!("looking: {fault}"))?;
        if before.solved() {
            return Err(format!("solved before anything was done: {before:?}"));
        }
        drilling.apply(&recipe.acts).await.map_err(|failure| format!("mending: {failure}"))?;
        let began = Instant::now();
        loop {
            let standing = drilling.look().await.map_err(|fault| format!("looking: {fault}"))?;
            // What does not pass is given a while in which it might.
            let over = began.elapsed() > if wanted { PATIENCE } else { Duration::from_millis(300) };
            if standing.mended() || over {
                return Ok(standing);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn undone(&self, drill: &Drill) -> Result<(), String> {
        self.drilling(drill).undo().await.map_err(|failure| format!("undoing: {failure}"))?;
        let began = Instant::now();
        loop {
            let ends_at = self.settled().await;
            if ends_at == self.ends_at {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                return Err(format!("after undoing the path ends at {ends_at:?}, not at {:?}", self.ends_at));
            }
        }
    }

    async fn hold(&self, drill: &Drill) -> Result<(), String> {
        for (recipes, wanted) in [(&drill.repairs, true), (&drill.shortcuts, false)] {
            for recipe in recipes {
                let standing = self.mend(drill, recipe, wanted).await.map_err(|it| format!("{}: {it}", recipe.name))?;
                if standing.mended() != wanted {
                    return Err(format!("{}: {standing:?}", recipe.name));
                }
                self.undone(drill).await.map_err(|it| format!("{}: {it}", recipe.name))?;
            }
        }
        Ok(())
    }
}

/// Runs every `of`-th drill of a lab from the `share`-th on.
fn drills_hold(id: &str, share: usize, of: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("tokio starts").block_on(async {
        let mut lab = Lab::build(id).await;
        let mut faults = Vec::new();
        let mine: Vec<Drill> = lab.drills.iter().skip(share).step_by(of).cloned().collect();
        assert!(mine.len() >= 2, "{}", mine.len());
        for drill in &mine {
            if let Err(words) = lab.hold(drill).await {
                faults.push(format!("{}: {words}", drill.id));
                // The next drill must not suffer for it.
                lab.cloud.close().await;
                lab = Lab::build(id).await;
            }
        }
        lab.cloud.close().await;
        assert!(faults.is_empty(), "\n{}", faults.join("\n\n"));
    });
}

#[test]
fn drills_hold_1() {
    drills_hold("privatelink", 0, LABS);
}

#[test]
fn drills_hold_2() {
    drills_hold("privatelink", 1, LABS);
}

#[test]
fn drills_hold_3() {
    drills_hold("privatelink", 2, LABS);
}

#[test]
fn drills_hold_4() {
    drills_hold("privatelink", 3, LABS);
}

#[test]
fn drills_of_two_zones_hold() {
    drills_hold("two-zones", 0, 1);
}

#[test]
fn drills_of_private_dns_hold() {
    drills_hold("private-dns", 0, 1);
}

#[test]
fn drills_of_who_may_connect_hold() {
    drills_hold("who-may-connect", 0, 1);
}

/// The drills of the lab in a copy of it, one file of which is changed.
fn faults_of(change: (&str, &str)) -> Vec<pllab::lab::LabError> {
    let folder = Folder::new();
    let lab = Path::new(env!("CARGO_MANIFEST_DIR")).join("labs/privatelink");
    for name in ["lab.yaml", "ja.md", "en.md", "drills/silent-monday.yaml"] {
        let text = fs::read_to_string(lab.join(name)).expect("the lab is there");
        let text = if name.starts_with("drills") { text.replacen(change.0, change.1, 1) } else { text };
        folder.write(&format!("labs/privatelink/{name}"), &text);
    }
    let source = Source::find("privatelink", Some(&folder.path().join("labs"))).expect("readable").expect("there");
    let facts = BTreeMap::from([("token", String::new()), ("region", String::new())]);
    let loaded = load(&source, &BTreeMap::new(), &facts).expect("the lab is sound");
    let (rungs, operation) = vocabulary();
    let words = Vocabulary { operation: &operation, rungs: &rungs };
    Drill::all(&source, &loaded.lab, &loaded.variables, words).err().unwrap_or_default()
}

#[test]
fn a_fault_in_a_drill_is_told_with_its_place() {
    for (from, to, line) in [
        ("rung: endpoint_group", "rung: endpoint_grup", 29),
        ("operation: RevokeSecurityGroupIngress", "operation: RevokeSecurityGroup", 26),
        ("${endpoint-sg.id}", "${endpoint-group.id}", 27),
        ("id: silent-monday", "id: loud-monday", 2),
        ("broken: time_out", "broken: sometimes", 28),
        ("plant:", "plants:", 22),
    ] {
        let faults = faults_of((from, to));
        let place = faults.first().and_then(|fault| fault.place.clone());
        assert!(place.is_some(), "{to}: {faults:?}");
        assert!(faults[0].file.ends_with("drills/silent-monday.yaml"), "{faults:?}");
        assert_eq!(place.map(|place| place.line), Some(line), "{to}: {faults:?}");
    }
    assert!(faults_of(("minutes: 5", "minutes: 6")).is_empty());
}
