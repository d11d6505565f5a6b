//! The control plane: one world, one call at a time, kept on disk before it is answered.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::host::{Clock, Random};

use super::Pace;
use super::ops::{Answer, Ctx, Protocol, run};
use super::plane::{Plane, Topology};
use super::wire::{ApiError, Params, Xml};
use super::world::{Quotas, Store, StoreError, Timing, World, topology};

/// Names of the accounts in a new world, the first one first.
const ACCOUNTS: [&str; 2] = ["provider", "consumer"];

/// The world and everything that changes it.
pub struct Control {
    state: Mutex<State>,
    plane: Plane,
    pace: Pace,
    clock: Clock,
    random: Random,
    quotas: Quotas,
}

struct State {
    world: World,
    store: Store,
    /// What the data plane was told last.
    told: Topology,
}

impl Control {
    /// Takes up the world in `folder`, or begins one there.
    ///
    /// # Errors
    /// A world that cannot be read or written.
    pub fn open(
        folder: &Path,
        plane: Plane,
        pace: Pace,
        clock: Clock,
        random: Random,
        quotas: Quotas,
    ) -> Result<Self, StoreError> {
        let (mut store, kept) = Store::open(folder)?;
        let mut world = kept.unwrap_or_else(|| World::new(&ACCOUNTS, &random));
        world.settle(clock.now(), pace);
        store.keep(&world).map_err(StoreError::Io)?;
        let told = topology(&world);
        plane.apply(told.clone());
        Ok(Self { state: Mutex::new(State { world, store, told }), plane, pace, clock, random, quotas })
    }

    /// The accounts' names and ids, in order.
    pub fn accounts(&self) -> Vec<(String, String)> {
        self.lock().world.accounts.iter().map(|account| (account.name.clone(), account.id.clone())).collect()
    }

    /// Answers one call of the account at index `account`.
    pub async fn call(
        &self,
        account: usize,
        region: &str,
        protocol: Protocol,
        action: &str,
        params: Params,
    ) -> Result<Xml, ApiError> {
        match self.run(account, region, protocol, action, &params)? {
            Answer::Done(xml) => Ok(xml),
            Answer::Health(question) => {
                let reports = if question.needs_probe() {
                    self.plane.target_health(&question.target_group).await
                } else {
                    Vec::new()
                };
                Ok(question.answer(&reports))
            }
            Answer::Console(question) => Ok(question.answer(&self.plane.console(&question.instance).await)),
        }
    }

    /// Lets time pass.
    pub fn tick(&self) {
        let mut state = self.lock();
        if state.world.settle(self.clock.now(), self.pace) {
            // Nobody waits for this change: it is undone when it cannot be kept, and happens again at the next tick.
            let _ = self.keep(&mut state);
        }
    }

    /// Ends the data plane.
    pub async fn stop(&self) {
        self.plane.stop().await;
    }

    /// A request's id, in the form of a UUID.
    pub fn request_id(&self) -> String {
        let hex = self.random.hex(32);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    fn run(
        &self,
        account: usize,
        region: &str,
        protocol: Protocol,
        action: &str,
        params: &Params,
    ) -> Result<Answer, ApiError> {
        let timing = Timing { at: self.clock.now(), pace: self.pace };
        let mut state = self.lock();
        let settled = state.world.settle(timing.at, timing.pace);
        let mut ctx = Ctx::new(&mut state.world, account, region, timing, &self.random, &self.quotas);
        let answer = run(protocol, action, &mut ctx, params);
        // A refused call may have let time pass too.
        if ctx.changed() || settled {
            self.keep(&mut state)?;
        }
        answer
    }

    /// Keeps the world and tells the data plane. When it cannot be kept, it becomes what it was: an unanswered call
    /// has not happened.
    fn keep(&self, state: &mut State) -> Result<(), ApiError> {
        match state.store.keep(&state.world) {
            Ok(false) => {}
            Ok(true) => {
                let now = topology(&state.world);
                if now != state.told {
                    state.told.clone_from(&now);
                    self.plane.apply(now);
                }
            }
            Err(error) => {
                if let Some(kept) = state.store.kept() {
                    state.world = kept;
                }
                let text = format!("pllab's sandbox cannot write {}: {error}", state.store.path().display());
                return Err(ApiError::new("InternalError", text).with_status(500));
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Operations check before they change, so a panic in one leaves a whole world behind.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
