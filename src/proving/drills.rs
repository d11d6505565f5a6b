//! Proves the drills of a lab, on the sandbox on which the lab itself has just been proved.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::checks::Verdict;
use crate::cloud::Clouds;
use crate::engine::event::DrillPurpose;
use crate::engine::{Drilling, Runner, Standing};
use crate::i18n::{Text, m};
use crate::lab::{Act, Drill, DrillSource, LabError, Place, Recipe, Source};
use crate::session::drills;
use crate::session::path_view::traced;
use crate::trace::{RungId, RungState, Trace};

/// How often, and for at least how long, to look for something that should happen. On a sandbox without waits, states
/// advance by being looked at, and real packets take their time.
const PATIENCE: (usize, Duration) = (30, Duration::from_secs(3));
/// The same for something that should not happen.
const IN_VAIN: (usize, Duration) = (10, Duration::from_millis(150));
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(15);

struct Looks {
    left: usize,
    until: Instant,
}

impl Looks {
    fn of((count, time): (usize, Duration)) -> Self {
        Self { left: count, until: Instant::now() + time }
    }

    /// Waits for the next look. False if there were enough looks.
    async fn again(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        let more = self.left > 0 || Instant::now() < self.until;
        if more {
            tokio::time::sleep(PAUSE).await;
        }
        more
    }
}

#[derive(Debug, Default)]
pub struct Drilled {
    /// The drills that hold.
    pub drills: usize,
    /// The repairs that mend.
    pub repairs: usize,
    /// The shortcuts that are not accepted.
    pub shortcuts: usize,
    pub faults: Vec<LabError>,
}

struct DrillFailure {
    place: Place,
    what: Text,
}

/// A drill on the finished lab.
struct Proving<'a> {
    drive: &'a Runner,
    clouds: &'a Arc<Clouds>,
    drill: &'a Drill,
    yaml: &'a str,
    /// Where the path ends in the finished lab; `None` if it is whole.
    ends_at: Option<RungId>,
}

/// Proves every drill of the lab that `drive` has gone through. Each drill must begin healthy, break as announced, have
/// its hop named by `why`, be mended by each of its repairs but by none of its shortcuts, and be undone.
pub async fn prove_drills(drive: &Runner, source: &Source) -> Drilled {
    let mut drilled = Drilled::default();
    let Some(clouds) = &drive.clouds else { return drilled };
    let drills = match drills::read(source, &drive.loaded.lab, &drive.loaded.variables) {
        Ok(drills) => drills,
        Err(faults) => return Drilled { faults, ..drilled },
    };
    let ends_at = settled(drive, clouds).await;
    for (drill, DrillSource { file, yaml, .. }) in drills.iter().zip(&source.drills) {
        let proving = Proving { drive, clouds, drill, yaml, ends_at };
        let Err(slip) = proving.holds(&mut drilled).await else {
            drilled.drills += 1;
            continue;
        };
        drilled.faults.push(LabError { file: file.clone(), place: Some(slip.place), what: slip.what });
        // If the failed drill cannot be undone, the next ones are not tried.
        if proving.undone().await.is_err() {
            break;
        }
    }
    drilled
}

/// Where the path ends, after everything in progress has finished.
async fn settled(drive: &Runner, clouds: &Clouds) -> Option<RungId> {
    let on_its_way = |traced: &Trace| traced.rungs.iter().any(|rung| rung.state == RungState::NotYet);
    let mut looks = Looks::of(PATIENCE);
    let mut found = traced(&drive.core, clouds, &drive.loaded).await?;
    while on_its_way(&found) && looks.again().await {
        found = traced(&drive.core, clouds, &drive.loaded).await?;
    }
    found.diagnosis.map(|diagnosis| diagnosis.rung)
}

impl Proving<'_> {
    fn drilling(&self) -> Drilling<'_> {
        Drilling {
            core: &self.drive.core,
            clouds: self.clouds,
            patience: self.drive.patience,
            lab: &self.drive.loaded.lab,
            drill: self.drill,
        }
    }

    async fn holds(&self, drilled: &mut Drilled) -> Result<(), DrillFailure> {
        // A learner who gives up at once has put nothing back, so plant and undo must work alone.
        self.breaks().await?;
        self.undone().await?;
        for recipe in &self.drill.repairs {
            let standing = self.after(recipe, "repairs", PATIENCE).await?;
            if !standing.mended() {
                return Err(slip(self.named("repairs", &recipe.name), m::labs_drill_not_mended(open(&standing))));
            }
            self.undone().await?;
            drilled.repairs += 1;
        }
        for recipe in &self.drill.shortcuts {
            let standing = self.after(recipe, "shortcuts", IN_VAIN).await?;
            if standing.mended() {
                return Err(slip(self.named("shortcuts", &recipe.name), m::labs_drill_passes()));
            }
            self.undone().await?;
            drilled.shortcuts += 1;
        }
        Ok(())
    }

    /// Plants the drill and sees that it breaks what it announces: the path was whole, the symptom shows, `why` names
    /// the hop, and something is left to mend.
    async fn breaks(&self) -> Result<(), DrillFailure> {
        let drilling = self.drilling();
        let key = |key| Place::of_key(self.yaml, key);
        drilling.begin().await.map_err(|failure| slip(key("id"), said(&failure)))?;
        self.do_all(&self.drill.prepare, Some(DrillPurpose::Plant), &key("prepare")).await?;
        self.healthy().await.map_err(|ends| slip(key("prepare"), m::labs_drill_not_healthy(ends)))?;
        self.do_all(&self.drill.plant, Some(DrillPurpose::Plant), &key("plant")).await?;
        drilling.seen().await.map_err(|_| slip(key("broken"), m::labs_drill_not_seen()))?;
        let found = traced(&self.drive.core, self.clouds, &self.drive.loaded).await;
        let (expected, named) = (self.drill.rung.as_deref(), found.and_then(|it| it.diagnosis).map(|it| it.rung));
        if named.map(RungId::name) != expected {
            let hop = |name: Option<&str>| name.map_or_else(m::labs_drill_no_hop, Text::literal);
            let place = key(if expected.is_some() { "rung" } else { "broken" });
            return Err(slip(
                place,
                m::LabsDrillHop { expected: hop(expected), seen: hop(named.map(RungId::name)) }.text(),
            ));
        }
        if self.look().await?.solved() {
            return Err(slip(key("solved"), m::labs_drill_solved()));
        }
        Ok(())
    }

    /// Plants the drill, does what the recipe says, and returns the state.
    async fn after(&self, recipe: &Recipe, list: &str, patience: (usize, Duration)) -> Result<Standing, DrillFailure> {
        let planted = self.drilling().plant().await;
        planted.map_err(|failure| slip(Place::of_key(self.yaml, "plant"), m::labs_drill_not_done(said(&failure))))?;
        self.do_all(&recipe.acts, None, &self.named(list, &recipe.name)).await?;
        let mut looks = Looks::of(patience);
        let mut standing = self.look().await?;
        while !standing.mended() && looks.again().await {
            standing = self.look().await?;
        }
        Ok(standing)
    }

    /// Waits until every rung of the path holds; else returns the one that does not.
    async fn healthy(&self) -> Result<(), Text> {
        let mut looks = Looks::of(PATIENCE);
        loop {
            let Some(found) = traced(&self.drive.core, self.clouds, &self.drive.loaded).await else {
                return Ok(());
            };
            if found.verdict() == Verdict::Met {
                return Ok(());
            }
            if !looks.again().await {
                return Err(found.diagnosis.map_or_else(m::labs_drill_no_hop, |diagnosis| diagnosis.why));
            }
        }
    }

    /// Puts everything back. The path then ends where the lab leaves it.
    async fn undone(&self) -> Result<(), DrillFailure> {
        let place = || Place::of_key(self.yaml, if self.drill.undo.is_empty() { "plant" } else { "undo" });
        self.drilling().undo().await.map_err(|failure| slip(place(), m::labs_drill_not_undone(said(&failure))))?;
        let mut looks = Looks::of(PATIENCE);
        let mut ends_at = settled(self.drive, self.clouds).await;
        while ends_at != self.ends_at && looks.again().await {
            ends_at = settled(self.drive, self.clouds).await;
        }
        if ends_at == self.ends_at {
            return Ok(());
        }
        let hop = |rung: Option<RungId>| rung.map_or_else(m::labs_drill_no_hop, |rung| Text::literal(rung.name()));
        Err(slip(place(), m::LabsDrillStillBroken { expected: hop(self.ends_at), seen: hop(ends_at) }.text()))
    }

    async fn do_all(&self, acts: &[Act], purpose: Option<DrillPurpose>, from: &Place) -> Result<(), DrillFailure> {
        for act in acts {
            self.drilling().act(act, purpose).await.map_err(|failure| {
                let call = match act {
                    Act::Call(call) => Place::of_word(self.yaml, from.line, &call.operation),
                    Act::Remake(_) | Act::Until(_) => None,
                };
                slip(call.unwrap_or_else(|| from.clone()), m::labs_drill_not_done(said(&failure)))
            })?;
        }
        Ok(())
    }

    async fn look(&self) -> Result<Standing, DrillFailure> {
        let solved = || Place::of_key(self.yaml, "solved");
        self.drilling().look().await.map_err(|fault| slip(solved(), Text::literal(fault.to_string())))
    }

    /// The place in the file that names the recipe.
    fn named(&self, list: &str, recipe: &str) -> Place {
        let list = Place::of_key(self.yaml, list);
        Place::of_word(self.yaml, list.line, recipe).unwrap_or(list)
    }
}

fn slip(place: Place, what: Text) -> DrillFailure {
    DrillFailure { place, what }
}

fn said(failure: &impl ToString) -> Text {
    Text::literal(failure.to_string())
}

/// The goals that do not hold yet, or what is opened too wide.
fn open(standing: &Standing) -> Text {
    let goal = standing.goals.iter().find(|(_, verdict, _)| *verdict != Verdict::Met);
    match (goal, standing.opened.first()) {
        (Some((title, _, seen)), _) => m::LabsDrillGoal { seen: seen.clone(), title: title.clone() }.text(),
        (None, Some(opened)) => opened.clone(),
        (None, None) => Text::literal(""),
    }
}
