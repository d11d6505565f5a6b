//! The control plane: one world, one call at a time, written to disk before it is answered.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::host::{Clock, Random};

use super::call::Call;
use super::fault_plan;
use super::ops::{Answer, Ctx, run};
use super::pace::Pace;
use super::plane::{Plane, Shortage, Topology};
use super::throttle::{Buckets, Throttle};
use super::wire::{ApiError, Xml};
use super::world::{HiddenRows, Quotas, Store, StoreError, Timing, VisibilityDelay, World, concerns_plane, topology};

/// Names of the accounts in a new world.
const ACCOUNTS: [&str; 2] = ["provider", "consumer"];

/// How far the clock may seem to go back because simultaneous calls were not handled in their order, in milliseconds.
const OUT_OF_ORDER: i64 = 1000;

/// Owns the world and makes every change to it.
pub struct Control {
    state: Mutex<State>,
    /// The folder of the world's files.
    folder: PathBuf,
    plane: Plane,
    pace: Pace,
    clock: Clock,
    random: Random,
    quotas: Quotas,
    buckets: Buckets,
}

struct State {
    world: World,
    store: Store,
    /// The topology that the data plane was told last.
    told: Topology,
    /// New resources that calls cannot see yet, and until when.
    unseen: Vec<(VisibilityDelay, Until)>,
    /// The latest time that the clock has shown.
    latest: Timestamp,
}

impl State {
    /// Makes the changes that are due at `now`. Notices if the clock was set back.
    fn pass(&mut self, now: Timestamp, pace: Pace) {
        if now.as_millisecond() < self.latest.as_millisecond() - OUT_OF_ORDER {
            self.world.clock_set_back(now, pace);
            self.unseen.retain(|(_, until)| matches!(until, Until::Calls(_)));
            self.latest = now;
        }
        self.latest = self.latest.max(now);
        self.world.advance_due(now, pace);
    }
}

/// When an invisible resource becomes visible.
enum Until {
    /// After this many more calls that look for it.
    Calls(u32),
    /// From this time on.
    Time(Timestamp),
}

impl Control {
    /// Opens the world in `folder`, or creates one there.
    ///
    /// # Errors
    /// A world that cannot be read or written.
    pub fn open(
        folder: &Path,
        plane: Plane,
        pace: Pace,
        clock: Clock,
        random: Random,
        (quotas, throttle): (Quotas, Throttle),
    ) -> Result<Self, StoreError> {
        let (mut store, mut world) = Store::open(folder, || World::new(&ACCOUNTS, &random))?;
        let now = clock.now();
        // The clock may have been set back while no sandbox ran.
        world.clock_set_back(now, pace);
        world.advance_due(now, pace);
        store.keep(&world).map_err(StoreError::Io)?;
        world.commit();
        let told = topology(&world);
        plane.apply(told.clone());
        let state = State { world, store, told, unseen: Vec::new(), latest: now };
        Ok(Self {
            state: Mutex::new(state),
            folder: folder.to_owned(),
            plane,
            pace,
            clock,
            random,
            quotas,
            buckets: Buckets::new(throttle),
        })
    }

    /// The accounts' names and ids, in order.
    pub fn accounts(&self) -> Vec<(String, String)> {
        self.lock().world.accounts.iter().map(|account| (account.name.clone(), account.id.clone())).collect()
    }

    pub async fn call(&self, call: Call<'_>) -> Result<Xml, ApiError> {
        match self.run(&call)? {
            Answer::Done(xml) => Ok(xml),
            Answer::Health(question) => {
                let reports = if question.needs_probe() {
                    self.plane.target_health(&question.target_group).await
                } else {
                    Vec::new()
                };
                Ok(question.answer(&reports))
            }
            Answer::Console(question) => {
                let console = self.plane.console(&question.instance).await;
                match &console.trouble {
                    // An empty console would mean that the instance has written nothing.
                    Some(error) => Err(ApiError::own_trouble(&self.folder, error)),
                    None => Ok(question.answer(&console)),
                }
            }
        }
    }

    /// Makes the changes that have fallen due.
    pub fn tick(&self) {
        let mut state = self.lock();
        state.pass(self.clock.now(), self.pace);
        // If the world cannot be written, the change is undone and happens again at the next tick. No caller waits
        // for it.
        let _ = self.keep(&mut state);
    }

    /// Stops the data plane.
    pub async fn stop(&self) {
        self.plane.stop().await;
    }

    /// Tells whether open files have run out.
    pub fn shortage(&self) -> &Shortage {
        self.plane.shortage()
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new request id, in the form of a UUID.
    pub fn request_id(&self) -> String {
        let hex = self.random.hex(32);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    fn run(&self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let Call { account, region, protocol, action, ref params, unseen } = *call;
        let timing = Timing { at: self.clock.now(), pace: self.pace };
        self.buckets.admit(call, timing.at, timing.pace)?;
        let mut state = self.lock();
        state.pass(timing.at, timing.pace);
        let State { world, unseen: hidden, .. } = &mut *state;
        let answer = {
            let mut without = HiddenRows::new(world, looked_for(hidden, timing.at, call));
            let mut ctx = Ctx::new(without.world(), account, region, timing, &self.random, &self.quotas);
            run(protocol, action, &mut ctx, params)
        };
        if let Some(unseen) = unseen {
            let ids = world.made(account, region).map(str::to_owned).collect();
            let until = match unseen {
                fault_plan::VisibilityDelay::Calls(calls) => Until::Calls(calls),
                fault_plan::VisibilityDelay::For(time) => Until::Time(after(timing.at, time)),
            };
            hidden.push((VisibilityDelay { account, region: region.to_owned(), ids }, until));
        }
        // A refused call may have advanced the world too.
        self.keep(&mut state)?;
        answer
    }

    /// Writes the world to disk and tells the data plane about the changes. If the write fails, undoes the changes: a
    /// call that got no answer has had no effect.
    fn keep(&self, state: &mut State) -> Result<(), ApiError> {
        match state.store.keep(&state.world) {
            Ok(false) => {}
            Ok(true) => {
                let concerns = concerns_plane(&state.world, &state.told);
                state.world.commit();
                if concerns {
                    let now = topology(&state.world);
                    if now != state.told {
                        state.told.clone_from(&now);
                        self.plane.apply(now);
                    }
                }
            }
            Err(error) => {
                state.world.undo();
                return Err(ApiError::own_trouble(state.store.log_path(), &error));
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Operations check before they change, so a panic in one leaves the world consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The invisible resources that `call` looks for. A call that only reads looks for all of them; any other call looks
/// only for those that it names, so that the rest stays there for its own checks.
fn looked_for<'a>(
    unseen: &'a mut Vec<(VisibilityDelay, Until)>,
    now: Timestamp,
    call: &'a Call<'_>,
) -> impl Iterator<Item = &'a VisibilityDelay> {
    unseen.retain(|(_, until)| match until {
        Until::Calls(left) => *left > 0,
        Until::Time(end) => now < *end,
    });
    let reads = ["Describe", "Get", "List"].iter().any(|verb| call.action.starts_with(verb));
    unseen.iter_mut().filter(move |(unseen, _)| reads || call.params.names(&unseen.ids)).map(|(unseen, until)| {
        if let Until::Calls(left) = until {
            *left -= 1;
        }
        &*unseen
    })
}

fn after(now: Timestamp, time: Duration) -> Timestamp {
    jiff::SignedDuration::try_from(time).ok().and_then(|time| now.checked_add(time).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_clock_that_was_set_back_is_noticed_and_calls_out_of_order_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let random = Random::seeded(7);
        let (store, world) = Store::open(folder.path(), || World::new(&ACCOUNTS, &random)).unwrap();
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1000);
        let mut state = State { world, store, told: Topology::default(), unseen: Vec::new(), latest: now };
        let timing = Timing { at: now, pace: Pace::Real };
        let quotas = Quotas::default();
        let mut ctx = Ctx::new(&mut state.world, 0, "ap-northeast-1", timing, &random, &quotas);
        let params = super::super::wire::Params::parse(b"Action=CreateVpc&CidrBlock=10.0.0.0/16").unwrap();
        params.need("Action").unwrap();
        run(super::super::ops::Protocol::Ec2, "CreateVpc", &mut ctx, &params).unwrap();
        let due = |state: &State| {
            let region = &state.world.accounts[0].regions["ap-northeast-1"];
            region.vpcs.values().map(|vpc| (vpc.life.state.clone(), vpc.life.due)).collect::<Vec<_>>()
        };
        let before = due(&state);
        state.pass(now - SignedDuration::from_millis(20), Pace::Real);
        assert_eq!(due(&state), before);
        let back = now - SignedDuration::from_hours(500);
        state.pass(back, Pace::Real);
        state.pass(back + SignedDuration::from_secs(2), Pace::Real);
        assert_eq!(due(&state), [("available".to_owned(), None)]);
    }
}
