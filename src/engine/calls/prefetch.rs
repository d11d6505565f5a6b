//! Makes resources ahead: those that take minutes are begun as soon as their needs exist, while earlier steps are still
//! checked.

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

/// Resources that are being made before their step opens.
#[derive(Default)]
pub struct Prefetch {
    on: bool,
    running: Mutex<BTreeMap<String, JoinHandle<Result<(), Failure>>>>,
}

impl Prefetch {
    /// `on` must only be set if the learner agreed to every step beforehand and waiting takes time.
    #[must_use]
    pub fn new(on: bool) -> Self {
        Self { on, running: Mutex::default() }
    }

    /// Begins the resources of the steps after `done` that take minutes and need nothing that does not exist yet.
    ///
    /// # Errors
    /// If the journal cannot be written.
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
            // Later resources must meet the change, so nothing is made ahead across one.
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

    /// Waits for the resources of these names that were begun. If the cloud refused one, its own step tries again.
    ///
    /// # Errors
    /// If the journal cannot be written.
    pub async fn join(&self, names: impl Iterator<Item = &str>) -> Result<(), JournalError> {
        for name in names {
            let making = self.lock().remove(name);
            let Some(making) = making else { continue };
            match making.await {
                Ok(Err(Failure::Journal(error))) => return Err(error),
                // A panic in a task is a bug of this program, so it is passed on.
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Aborts what is under way and waits until it has stopped. Its intents are on the disk.
    pub async fn stop(&self) {
        let running = std::mem::take(&mut *self.lock());
        for making in running.values() {
            making.abort();
        }
        for making in running.into_values() {
            // Whether it was cut short or had ended, nothing more comes of it.
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
