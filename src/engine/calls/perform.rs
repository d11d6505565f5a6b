//! One call from intent to outcome: it is sent, retried where that is safe, and looked up if its result is unclear.

use std::time::Duration;

use tokio::time::Instant;

use super::run_log::{Intent, RunLog};
use crate::actions::{self, ApiStep};
use crate::cloud::{Backoff, Call, Clients, Clouds, Unresolved};
use crate::engine::event::{Event, Facts, Fault, FaultClass, Purpose, Wait};
use crate::engine::record::journal::JournalError;
use crate::i18n::m;
use crate::lab::{Kind, Side};

/// How often and how long the engine looks at a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polling {
    /// The shortest and the longest pause between two looks.
    pub look: (Duration, Duration),
    /// The time after which something counts as stuck.
    pub limit: Duration,
    /// How many times as fast as AWS's clock the target's clock runs.
    pub speed: u64,
}

impl Polling {
    /// For a target whose states advance by being looked at: waiting gains nothing.
    pub const INSTANT: Self = Self::new(1, 20, 3, 1_000);
    /// For a target whose clock runs thirty times as fast as AWS's: the looks are as frequent on its clock as on AWS's.
    /// The limit is not divided, because a slow machine does not get thirty times as fast.
    pub const QUICK: Self = Self::new(70, 200, 120, 30);
    /// For AWS. Other tools give one resource at most ten minutes; this limit is fifteen.
    pub const AWS: Self = Self::new(2_000, 6_000, 900, 1);

    const fn new(first_ms: u64, longest_ms: u64, limit_seconds: u64, speed: u64) -> Self {
        Self {
            look: (Duration::from_millis(first_ms), Duration::from_millis(longest_ms)),
            limit: Duration::from_secs(limit_seconds),
            speed,
        }
    }

    #[must_use]
    pub fn pauses(&self) -> Backoff {
        let millis = |pause: Duration| u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
        Backoff::gentle(millis(self.look.0), millis(self.look.1))
    }

    /// How long a trouble with a known reason may last before it counts as permanent.
    #[must_use]
    pub fn trouble(&self) -> Duration {
        (self.limit / 3).max(Duration::from_secs(3)).min(self.limit)
    }

    /// `usual` is the usual time on AWS in seconds: at least, at most.
    #[must_use]
    pub fn wait(&self, usual: Option<(u32, u32)>) -> Option<Wait> {
        usual.map(|usual| Wait { usual, most: self.limit.as_secs() })
    }
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The cloud refused or did not answer. The fault is in the journal and was shown.
    #[error(transparent)]
    Fault(Fault),
    /// A fault that belongs to no call of the run, so it has not been shown.
    #[error(transparent)]
    Unsaid(#[from] Fault),
    /// The journal cannot be written, so nothing more may be done.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl From<Unresolved> for Failure {
    fn from(unresolved: Unresolved) -> Self {
        // The lab's references were checked, so a missing fact was missing in the cloud's reply.
        Self::Unsaid(Fault::ours(
            FaultClass::Refused,
            Unresolved::CODE,
            format!("{}.{}", unresolved.resource, unresolved.fact),
        ))
    }
}

#[must_use]
pub fn clients(clouds: &Clouds, side: Side) -> &Clients {
    match side {
        Side::Provider => &clouds.provider,
        Side::Consumer => &clouds.consumer,
    }
}

/// How often a call without an answer and without a client token is sent. Before each new attempt, a look finds out
/// whether the last one took effect, unless the call can be repeated safely.
const ATTEMPTS: usize = 3;
/// How often the cloud is asked whether a call took effect before "no" is believed: a new resource may not be listed
/// everywhere yet.
const LOOKS: usize = 3;

/// Makes one call of a resource: intent, call, outcome. If AWS does not know the image, it looks for the image by name
/// and tries again.
///
/// # Errors
/// The fault, which is in the journal; or a journal that cannot be written.
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
    // If this leads nowhere either, report the first refusal.
    let found = clients.send(&search).await.ok();
    let Some(call) = found.and_then(|found| actions::with_image(&call, &found)) else {
        return Err(Failure::Fault(fault));
    };
    let number = core.intend(&Intent { call: &call, ..intent })?;
    let outcome = send(core, clients, patience, work, part, &call).await;
    core.settle(number, outcome.clone(), false)?;
    outcome.map(|_| ()).map_err(Failure::Fault)
}

#[derive(Clone, Copy)]
pub struct Work<'a> {
    pub step: &'a str,
    pub resource: &'a str,
    pub kind: &'a Kind,
    pub side: Side,
    pub purpose: Purpose,
    /// Called while a deletion waits for something that still uses the resource.
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
            // If a look before a deletion finds nothing, there is nothing to do; the steps after it say what is gone.
            Ok(reply) if work.purpose == Purpose::Delete => return Ok(part.told(call, &reply).unwrap_or_default()),
            Ok(reply) => return read(core, clients, patience, part, call, &reply).await,
            Err(fault) => fault,
        };
        if fault.class == FaultClass::NotFound && work.purpose == Purpose::Delete {
            return Ok(Facts::new());
        }
        // "It already exists": an earlier attempt may have taken effect after all.
        let unclear = work.purpose == Purpose::Make && matches!(fault.class, FaultClass::NoAnswer | FaultClass::Exists);
        // If the look-up fails too, the outcome is as unclear as before.
        let found = if unclear { find(core, clients, patience, part).await } else { Ok(None) };
        if let Ok(Some(facts)) = found {
            return Ok(facts);
        }
        if unclear && fault.class == FaultClass::Exists && part.repeat && part.facts.is_empty() {
            return Ok(Facts::new());
        }
        let again = match fault.class {
            // Its users, such as endpoints or an NLB's network interfaces, may still be going away.
            FaultClass::InUse => match work.waiting {
                Some(waiting) if began.elapsed() < patience.limit => {
                    waiting(&fault);
                    true
                }
                _ => false,
            },
            // Something made a moment ago may not be known everywhere yet. The same goes for a service that a principal
            // was just allowed to see.
            FaultClass::NotFound => work.purpose == Purpose::Make && began.elapsed() < patience.limit / 10,
            FaultClass::Refused if fault.code == "InvalidServiceName" => began.elapsed() < patience.limit / 10,
            // Calls with a client token were already sent again by the cloud room.
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

/// Reads the facts from a reply. Facts that the reply does not hold yet are looked up.
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
            // A look that finds nothing changed nothing. If a making call does not say what it made, its outcome is
            // unclear.
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

/// Asks the cloud whether a call took effect, several times before "no" is believed.
///
/// # Errors
/// If the cloud cannot be asked.
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

/// Asks the cloud once whether a call took effect, and returns the facts if it did.
///
/// # Errors
/// If the cloud cannot be asked.
pub async fn look_up(core: &RunLog, clients: &Clients, part: &ApiStep) -> Result<Option<Facts>, Fault> {
    let Some(find) = &part.find else { return Ok(None) };
    let Ok(call) = core.resolve(&find.call) else { return Ok(None) };
    match clients.send(&call).await {
        Ok(reply) => Ok(part.found(find, reply)),
        Err(fault) if fault.class == FaultClass::NotFound => Ok(None),
        Err(fault) => Err(fault),
    }
}
