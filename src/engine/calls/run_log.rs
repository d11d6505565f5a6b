//! What a run's tasks share: the journal, the state it comes to, the screen. One lock, held while a line is written.

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

/// Shared by everything that happens in a run.
pub struct RunLog {
    inner: Mutex<Inner>,
    /// Where it is shown.
    pub screen: Arc<dyn Screen>,
    accounts: BTreeMap<Side, String>,
}

struct Inner {
    /// Whether the pass is over: a task that is still being dropped must not begin another call.
    closed: bool,
    /// `None` where nothing is to be written: in the explain way, and when only looking.
    journal: Option<Journal>,
    state: State,
    clock: Clock,
}

/// A call that is about to be made.
pub struct Intent<'a> {
    /// The step.
    pub step: &'a str,
    /// The resource, by name.
    pub resource: &'a str,
    /// Its kind.
    pub kind: &'a Kind,
    /// Whose account.
    pub side: Side,
    /// What for.
    pub purpose: Purpose,
    /// Which of the resource's calls.
    pub part: &'a str,
    /// The call, with every reference filled in.
    pub call: &'a Call,
}

impl RunLog {
    /// A run's shared part.
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
        // A task that panicked while writing has left the journal whole or torn; both can be read.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of the state.
    #[must_use]
    pub fn state(&self) -> State {
        self.lock().state.clone()
    }

    /// Something of the state.
    pub fn with<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock().state)
    }

    /// The accounts of both sides.
    #[must_use]
    pub fn accounts(&self) -> &BTreeMap<Side, String> {
        &self.accounts
    }

    /// Writes `event` down, folds it in, then shows it.
    ///
    /// # Errors
    /// When it cannot be written; then it has not happened as far as the state goes.
    pub fn record(&self, event: &Event) -> Result<(), JournalError> {
        // Under the lock, so that what is shown stands in the journal's order.
        let mut inner = self.lock();
        inner.write(event)?;
        self.screen.event(event);
        Ok(())
    }

    /// Ends the pass: no call is begun any more.
    pub fn close(&self) {
        self.lock().closed = true;
    }

    /// Folds `event` in and neither writes nor shows it.
    pub fn remember(&self, event: Event) {
        let mut inner = self.lock();
        let at = inner.clock.now();
        inner.state.apply(&Entry { at, event });
    }

    /// Writes down that a call is about to be made, and gives it its number.
    ///
    /// # Errors
    /// When it cannot be written: the call must not be made then.
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

    /// Writes down what became of a call.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn settle(&self, call: u64, outcome: Result<Facts, Fault>, recovered: bool) -> Result<(), JournalError> {
        let (facts, error) = match outcome {
            Ok(facts) => (Some(facts), None),
            Err(fault) => (None, Some(fault)),
        };
        self.record(&Event::Outcome { call, facts, error, recovered })
    }

    /// What the run has cost so far; `None` where nothing of it costs anything.
    #[must_use]
    pub fn bill(&self) -> Option<Event> {
        let inner = self.lock();
        let spending = spending(&inner.state, inner.clock.now())?;
        let prices_as_of = inner.state.consent.as_ref()?.prices_as_of.clone();
        Some(Event::Bill { lines: spending.lines, total: spending.so_far, prices_as_of })
    }

    /// Whether anything was made so recently that AWS may not know of it everywhere yet [DEV:eventual-consistency].
    pub fn made_within(&self, span: Duration) -> bool {
        let inner = self.lock();
        let last = inner.state.resources.values().filter_map(|line| line.since).max();
        last.is_some_and(|at| inner.clock.now().duration_since(at).unsigned_abs() < span)
    }

    /// Fills in `${name.fact}`: a resource's facts, `account.provider`, `account.consumer`, `region.name`.
    ///
    /// # Errors
    /// The first reference that nothing is known of.
    pub fn resolve(&self, call: &Call) -> Result<Call, Unresolved> {
        call.resolve(&|name, fact| self.fact(name, fact))
    }

    /// What `${name.fact}` stands for, where it is known.
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
