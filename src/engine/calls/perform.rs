//! One call, from intent to outcome: sent, retried where that is safe, looked up where nobody knows.

use std::time::Duration;

use tokio::time::Instant;

use super::run_log::{Intent, RunLog};
use crate::actions::{self, ApiStep};
use crate::cloud::{Backoff, Call, Clients, Clouds, Unresolved};
use crate::engine::event::{Event, Facts, Fault, FaultClass, Purpose, Wait};
use crate::engine::record::journal::JournalError;
use crate::i18n::m;
use crate::lab::{Kind, Side};

/// How patient the engine is with this target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polling {
    /// The shortest and the longest pause between two looks.
    pub look: (Duration, Duration),
    /// How long something may take before it counts as stuck.
    pub limit: Duration,
    /// How many times as fast as AWS's the target's clock runs.
    pub speed: u64,
}

impl Polling {
    /// A target whose states change by being looked at, so that nothing is gained by waiting.
    pub const INSTANT: Self = Self::new(1, 20, 3, 1_000);
    /// A target whose clock runs thirty times as fast as AWS's: looked at as often on its clock. A slow machine is not
    /// thirty times as fast, so the limit is not divided.
    pub const QUICK: Self = Self::new(70, 200, 120, 30);
    /// AWS: ten minutes is the ceiling that other tools use for one resource.
    pub const AWS: Self = Self::new(2_000, 6_000, 900, 1);

    const fn new(first_ms: u64, longest_ms: u64, limit_seconds: u64, speed: u64) -> Self {
        Self {
            look: (Duration::from_millis(first_ms), Duration::from_millis(longest_ms)),
            limit: Duration::from_secs(limit_seconds),
            speed,
        }
    }

    /// Pauses between looks, the first one none.
    #[must_use]
    pub fn pauses(&self) -> Backoff {
        let millis = |pause: Duration| u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        Backoff::gentle(millis(self.look.0), millis(self.look.1))
    }

    /// How long a trouble that has a reason may last before it counts as one that does not pass by itself.
    #[must_use]
    pub fn trouble(&self) -> Duration {
        (self.limit / 3).max(Duration::from_secs(3)).min(self.limit)
    }

    /// How long something may take here that usually takes so long on AWS, in seconds, from and to.
    #[must_use]
    pub fn wait(&self, usual: Option<(u32, u32)>) -> Option<Wait> {
        usual.map(|usual| Wait { usual, most: self.limit.as_secs() })
    }
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The cloud said no, or nothing. It has been written down and shown.
    #[error(transparent)]
    Fault(Fault),
    /// The same, but no call of the run: it has not been shown.
    #[error(transparent)]
    Unsaid(#[from] Fault),
    /// The journal cannot be written: nothing more may be done.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl From<Unresolved> for Failure {
    fn from(unresolved: Unresolved) -> Self {
        // The lab's references were checked, so a fact that is missing was not in the cloud's reply.
        Self::Unsaid(Fault::ours(
            FaultClass::Refused,
            Unresolved::CODE,
            format!("{}.{}", unresolved.resource, unresolved.fact),
        ))
    }
}

/// The clients of a side.
#[must_use]
pub fn clients(clouds: &Clouds, side: Side) -> &Clients {
    match side {
        Side::Provider => &clouds.provider,
        Side::Consumer => &clouds.consumer,
    }
}

/// How often a call without an answer, and without a client token, is sent: each time after looking whether it took effect, where
/// sending it again would not tell.
const ATTEMPTS: usize = 3;
/// How often the cloud is asked whether a call took effect before "no" is believed: what was just made may not be listed
/// everywhere yet.
const LOOKS: usize = 3;

/// Makes one of a resource's calls, unless the journal says it is done.
///
/// # Errors
/// The fault that was written down; or a journal that cannot be written.
pub async fn perform(
    core: &RunLog,
    clouds: &Clouds,
    patience: &Polling,
    work: &Work<'_>,
    part: &ApiStep,
) -> Result<(), Failure> {
    let call = core.resolve(&part.call)?;
    let intent = Intent {
        step: work.step,
        resource: work.resource,
        kind: work.kind,
        side: work.side,
        purpose: work.purpose,
        part: &part.name,
        call: &call,
    };
    let number = core.intend(&intent)?;
    let clients = clients(clouds, work.side);
    let outcome = send(core, clients, patience, work, part, &call).await;
    let fault = match outcome {
        Ok(facts) => return Ok(core.settle(number, Ok(facts), false)?),
        Err(fault) => fault,
    };
    let search = actions::other_image(&call, &fault);
    core.settle(number, Err(fault.clone()), false)?;
    let Some(search) = search else { return Err(Failure::Fault(fault)) };
    core.record(&Event::Notice { text: m::aws_image_by_name() })?;
    // Where that does not lead anywhere either, the first refusal is what there is to say.
    let found = clients.send(&search).await.ok();
    let Some(call) = found.and_then(|found| actions::with_image(&call, &found)) else {
        return Err(Failure::Fault(fault));
    };
    let number = core.intend(&Intent { call: &call, ..intent })?;
    let outcome = send(core, clients, patience, work, part, &call).await;
    core.settle(number, outcome.clone(), false)?;
    outcome.map(|_| ()).map_err(Failure::Fault)
}

/// Whose call it is.
#[derive(Clone, Copy)]
pub struct Work<'a> {
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
    /// Told while a deletion waits for what still uses the resource.
    pub waiting: Option<&'a (dyn Fn(&Fault) + Sync)>,
}

async fn send(
    core: &RunLog,
    clients: &Clients,
    patience: &Polling,
    work: &Work<'_>,
    part: &ApiStep,
    call: &Call,
) -> Result<Facts, Fault> {
    let began = Instant::now();
    let mut pauses = patience.pauses();
    let mut unanswered = 0;
    loop {
        let fault = match clients.send(call).await {
            // A look that finds nothing before a deletion leaves nothing to do; what follows says what is gone.
            Ok(reply) if work.purpose == Purpose::Delete => return Ok(part.told(call, &reply).unwrap_or_default()),
            Ok(reply) => return read(core, clients, patience, part, call, &reply).await,
            Err(fault) => fault,
        };
        if fault.class == FaultClass::NotFound && work.purpose == Purpose::Delete {
            return Ok(Facts::new());
        }
        // "It already exists": an earlier attempt may have taken effect after all.
        let unclear = work.purpose == Purpose::Make && matches!(fault.class, FaultClass::NoAnswer | FaultClass::Exists);
        // The look-up's own trouble does not make the call's outcome any clearer.
        let found = if unclear { find(core, clients, patience, part).await } else { Ok(None) };
        if let Ok(Some(facts)) = found {
            return Ok(facts);
        }
        if unclear && fault.class == FaultClass::Exists && part.repeat && part.facts.is_empty() {
            return Ok(Facts::new());
        }
        let again = match fault.class {
            // What uses it may still be on its way out: endpoints, and an NLB's network interfaces.
            FaultClass::InUse => match work.waiting {
                Some(waiting) if began.elapsed() < patience.limit => {
                    waiting(&fault);
                    true
                }
                _ => false,
            },
            // What was made a moment ago may not be known everywhere yet; a service that a principal was just allowed to
            // see, neither.
            FaultClass::NotFound => work.purpose == Purpose::Make && began.elapsed() < patience.limit / 10,
            FaultClass::Refused if fault.code == "InvalidServiceName" => began.elapsed() < patience.limit / 10,
            // The cloud room has sent calls with a client token again already.
            FaultClass::NoAnswer
                if !call.params.contains_key("ClientToken") && (part.repeat || part.find.is_some()) =>
            {
                unanswered += 1;
                unanswered < ATTEMPTS && found.is_ok()
            }
            _ => false,
        };
        if !again {
            return Err(fault);
        }
        tokio::time::sleep(pauses.next().unwrap_or_default().max(patience.look.0)).await;
    }
}

/// The facts in a reply. What a later call needs and the reply does not hold yet is looked up.
async fn read(
    core: &RunLog,
    clients: &Clients,
    patience: &Polling,
    part: &ApiStep,
    call: &Call,
    reply: &serde_json::Value,
) -> Result<Facts, Fault> {
    match part.told(call, reply) {
        Some(facts) if facts.len() == part.facts.len() || part.find.is_none() => Ok(facts),
        Some(mut facts) => {
            if let Ok(Some(more)) = find(core, clients, patience, part).await {
                facts.extend(more);
            }
            Ok(facts)
        }
        None if part.facts.is_empty() => Ok(Facts::new()),
        None => {
            let place = part.facts.first().map_or("", |fact| fact.1.as_str());
            // A look that finds nothing changed nothing; a making call that does not say what it made is unclear.
            let (name, class) = if call.is_read() {
                ("NothingFound", FaultClass::Refused)
            } else {
                ("UnreadableReply", FaultClass::NoAnswer)
            };
            let message = format!("{}: {place}", call.operation);
            Err(Fault::ours(class, name, message))
        }
    }
}

/// Asks the cloud whether a call took effect, more than once before "no" is the answer.
///
/// # Errors
/// When the cloud cannot be asked.
pub async fn find(
    core: &RunLog,
    clients: &Clients,
    patience: &Polling,
    part: &ApiStep,
) -> Result<Option<Facts>, Fault> {
    if part.find.is_none() {
        return Ok(None);
    }
    for pause in patience.pauses().take(LOOKS) {
        tokio::time::sleep(pause).await;
        if let Some(facts) = look_up(core, clients, part).await? {
            return Ok(Some(facts));
        }
    }
    Ok(None)
}

/// Asks the cloud once whether a call took effect: its facts if it did.
///
/// # Errors
/// When the cloud cannot be asked.
pub async fn look_up(core: &RunLog, clients: &Clients, part: &ApiStep) -> Result<Option<Facts>, Fault> {
    let Some(find) = &part.find else { return Ok(None) };
    let Ok(call) = core.resolve(&find.call) else { return Ok(None) };
    match clients.send(&call).await {
        Ok(reply) => Ok(part.found(find, reply)),
        Err(fault) if fault.class == FaultClass::NotFound => Ok(None),
        Err(fault) => Err(fault),
    }
}
