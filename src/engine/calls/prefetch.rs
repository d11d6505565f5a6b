//! Making ahead: what takes minutes is begun as soon as its needs exist, while earlier steps are still being checked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;

use super::make::make;
use super::perform::{Failure, Polling};
use super::run_log::RunLog;
use crate::actions;
use crate::cloud::Clouds;
use crate::engine::event::Event;
use crate::engine::record::journal::JournalError;
use crate::i18n::m;
use crate::lab::{Lab, Leaves};

/// What is being made before its step opens.
#[derive(Default)]
pub struct Prefetch {
    on: bool,
    running: Mutex<BTreeMap<String, JoinHandle<Result<(), Failure>>>>,
}

impl Prefetch {
    /// Makes nothing ahead unless `on`: only where every step was agreed to beforehand, and waiting takes time.
    #[must_use]
    pub fn new(on: bool) -> Self {
        Self { on, running: Mutex::default() }
    }

    /// Begins what later steps than `done` make, takes minutes, and needs nothing that does not exist yet.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn begin(
        &self,
        core: &Arc<RunLog>,
        clouds: &Arc<Clouds>,
        patience: Polling,
        lab: &Lab,
        done: usize,
    ) -> Result<(), JournalError> {
        if !self.on {
            return Ok(());
        }
        for step in lab.steps.iter().skip(done + 1) {
            // What comes after a change is to meet it: nothing is made ahead over one.
            if step.makes.iter().any(|it| it.kind().leaves() == Leaves::Change) {
                break;
            }
            for resource in step.makes.iter().filter(|it| actions::takes_minutes(&it.kind())) {
                let name = resource.name();
                let exists =
                    |name: &str| core.with(|state| state.resources.get(name).is_some_and(|line| line.id().is_some()));
                if exists(name) || !resource.needs().iter().all(|need| exists(need)) || self.has(name) {
                    continue;
                }
                core.record(&Event::Notice { text: m::engine_ahead(actions::label(&resource.kind(), name)) })?;
                let (core, clouds, id) = (Arc::clone(core), Arc::clone(clouds), step.id.clone());
                let resources = [(step.side, resource.clone())];
                let making = tokio::spawn(async move { make(&core, &clouds, patience, &id, &resources).await });
                self.lock().insert(name.to_owned(), making);
            }
        }
        Ok(())
    }

    /// Waits for what was begun under one of these names. What the cloud refused is tried again by its own step.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn join(&self, names: impl Iterator<Item = &str>) -> Result<(), JournalError> {
        for name in names {
            let making = self.lock().remove(name);
            let Some(making) = making else { continue };
            match making.await {
                Ok(Err(Failure::Journal(error))) => return Err(error),
                // A panic in a task is a fault of this program; it goes on up.
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Drops what is under way and waits until it is: its intents are on the disk.
    pub async fn stop(&self) {
        let running = std::mem::take(&mut *self.lock());
        for making in running.values() {
            making.abort();
        }
        for making in running.into_values() {
            // Cut short, or over: nothing more comes of it either way.
            let _ = making.await;
        }
    }

    fn has(&self, name: &str) -> bool {
        self.lock().contains_key(name)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, JoinHandle<Result<(), Failure>>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
