//! What the tasks of a run share: the journal, the state folded from it, the screen. One lock, which is held while a
//! line is written.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::cloud::{Call, Unresolved};
use crate::engine::event::{Entry, Event, Facts, Fault, Purpose, Screen};
use crate::engine::record::journal::{Journal, JournalError};
use crate::engine::record::money::spending;
use crate::engine::record::state::State;
use crate::host::Clock;
use crate::lab::{Kind, Side};

pub struct RunLog {
    inner: Mutex<Inner>,
    pub screen: Arc<dyn Screen>,
    accounts: BTreeMap<Side, String>,
}

struct Inner {
    /// Set when the session is over. A task that is still being dropped must not begin another call.
    closed: bool,
    /// `None` if nothing is to be written: in the explain mode, and when only looking.
    journal: Option<Journal>,
    state: State,
    clock: Clock,
}

pub struct Intent<'a> {
    pub step: &'a str,
    pub resource: &'a str,
    pub kind: &'a Kind,
    pub side: Side,
    pub purpose: Purpose,
    pub part: &'a str,
    /// Every reference in it is resolved.
    pub call: &'a Call,
}

impl RunLog {
    #[must_use]
    pub fn new(
        journal: Option<Journal>,
        state: State,
        clock: Clock,
        screen: Arc<dyn Screen>,
        accounts: BTreeMap<Side, String>,
    ) -> Self {
        Self { inner: Mutex::new(Inner { closed: false, journal, state, clock }), screen, accounts }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A task that panicked while writing has left the journal whole or torn. Both can be read.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[must_use]
    pub fn state(&self) -> State {
        self.lock().state.clone()
    }

    pub fn with<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock().state)
    }

    #[must_use]
    pub fn accounts(&self) -> &BTreeMap<Side, String> {
        &self.accounts
    }

    /// Writes `event` to the journal, folds it into the state, then shows it.
    ///
    /// # Errors
    /// If it cannot be written. The state is unchanged then.
    pub fn record(&self, event: &Event) -> Result<(), JournalError> {
        // Shown under the lock, so that the screen keeps the journal's order.
        let mut inner = self.lock();
        inner.write(event)?;
        self.screen.event(event);
        Ok(())
    }

    /// Ends the session: no call is begun any more.
    pub fn close(&self) {
        self.lock().closed = true;
    }

    /// Folds `event` into the state without writing or showing it.
    pub fn remember(&self, event: Event) {
        let mut inner = self.lock();
        let at = inner.clock.now();
        inner.state.apply(&Entry { at, event });
    }

    /// Writes down that a call is about to be made, and gives it its number.
    ///
    /// # Errors
    /// If it cannot be written. The call must not be made then.
    pub fn intend(&self, intent: &Intent<'_>) -> Result<u64, JournalError> {
        let mut inner = self.lock();
        if inner.closed {
            return Err(JournalError::Closed);
        }
        let call = inner.state.next_call;
        let event = Event::Intent {
            call,
            step: intent.step.to_owned(),
            resource: intent.resource.to_owned(),
            kind: intent.kind.clone(),
            side: intent.side,
            purpose: intent.purpose,
            part: intent.part.to_owned(),
            operation: intent.call.operation.to_owned(),
            params: serde_json::Value::Object(intent.call.params.clone()),
        };
        inner.write(&event)?;
        self.screen.event(&event);
        Ok(call)
    }

    /// Writes down the outcome of a call.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn settle(&self, call: u64, outcome: Result<Facts, Fault>, recovered: bool) -> Result<(), JournalError> {
        let (facts, error) = match outcome {
            Ok(facts) => (Some(facts), None),
            Err(fault) => (None, Some(fault)),
        };
        self.record(&Event::Outcome { call, facts, error, recovered })
    }

    /// What the run has cost so far; `None` if nothing in it costs anything.
    #[must_use]
    pub fn bill(&self) -> Option<Event> {
        let inner = self.lock();
        let spending = spending(&inner.state, inner.clock.now())?;
        let prices_as_of = inner.state.consent.as_ref()?.prices_as_of.clone();
        Some(Event::Bill { lines: spending.lines, total: spending.so_far, prices_as_of })
    }

    /// Whether anything was made so recently that AWS may not know of it everywhere yet (DEV:eventual-consistency).
    pub fn made_within(&self, span: Duration) -> bool {
        let inner = self.lock();
        let last = inner.state.resources.values().filter_map(|line| line.since).max();
        last.is_some_and(|at| inner.clock.now().duration_since(at).unsigned_abs() < span)
    }

    /// Resolves `${name.fact}`: a resource's facts, `account.provider`, `account.consumer`, `region.name`, `run.id`.
    ///
    /// # Errors
    /// The first reference that nothing is known of.
    pub fn resolve(&self, call: &Call) -> Result<Call, Unresolved> {
        call.resolve(&|name, fact| self.fact(name, fact))
    }

    #[must_use]
    pub fn fact(&self, name: &str, fact: &str) -> Option<String> {
        match (name, fact) {
            ("account", "provider") => self.accounts.get(&Side::Provider).cloned(),
            ("account", "consumer") => self.accounts.get(&Side::Consumer).cloned(),
            ("region", "name") => Some(self.with(|state| state.region.clone())),
            ("run", "id") => Some(self.with(|state| state.run.clone())),
            _ => self.with(|state| {
                let drill = state.drill.as_ref().and_then(|drill| drill.facts.get(name));
                let facts = drill.or_else(|| state.resources.get(name).map(|line| &line.facts))?;
                facts.get(fact).cloned()
            }),
        }
    }
}

impl Inner {
    fn write(&mut self, event: &Event) -> Result<(), JournalError> {
        let entry = Entry { at: self.clock.now(), event: event.clone() };
        if let Some(journal) = &mut self.journal {
            journal.append(&entry)?;
        }
        self.state.apply(&entry);
        Ok(())
    }
}
