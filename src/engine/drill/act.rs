//! Does what a drill's file says: sends calls, and makes resources again.

use tokio::time::Instant;

use serde_json::Value;

use super::drilling::Drilling;
use crate::cloud::tags::RunTags;
use crate::cloud::{Call, text_at};
use crate::engine::calls::make::make;
use crate::engine::calls::perform::{Failure, clients};
use crate::engine::cleanup::teardown::teardown;
use crate::engine::event::{DrillPurpose, Event, Fault, FaultClass, Verdict};
use crate::lab::{Act, Check, DrillCall, Leaves, Resource, Side, Step, waves};

/// AWS refuses to start an instance that is still stopping with this code.
const ON_ITS_WAY: &str = "IncorrectInstanceState";

impl Drilling<'_> {
    /// Does one thing. Calls with a purpose are written to the journal before they are sent.
    ///
    /// # Errors
    /// What AWS refused, what did not come about, or a journal that cannot be written.
    pub async fn act(&self, act: &Act, purpose: Option<DrillPurpose>) -> Result<(), Failure> {
        let call = match act {
            Act::Remake(names) => return self.remake(names).await,
            Act::Until(goal) => return Box::pin(self.until(goal)).await,
            Act::Call(call) => call,
        };
        let resolved = self.call(call)?;
        let answer = self.send(call.side, &resolved, purpose).await;
        let reply = match (&call.refused, answer) {
            (None, answer) => answer?,
            (Some(code), Err(Failure::Fault(fault))) if fault.code == *code => return Ok(()),
            (Some(_), Err(failure)) => return Err(failure),
            (Some(code), Ok(_)) => {
                let fault = Fault::ours(FaultClass::Refused, "NotRefused", format!("{}: {code}", call.operation));
                return Err(fault.into());
            }
        };
        for (to, path) in &call.keeps {
            let (Some((name, fact)), Some(value)) = (to.split_once('.'), text_at(&reply, path)) else { continue };
            let facts = [(fact.to_owned(), value)].into();
            let (drill, name) = (self.drill.id.clone(), name.to_owned());
            self.core.record(&Event::DrillKept { drill, name, facts })?;
        }
        Ok(())
    }

    /// Sends a call. If something still uses the resource, or it is still changing, the call is repeated until the time
    /// limit.
    pub async fn send(&self, side: Side, call: &Call, purpose: Option<DrillPurpose>) -> Result<Value, Failure> {
        if let Some(purpose) = purpose.filter(|_| !call.is_read()) {
            self.core.record(&Event::DrillCall {
                drill: self.drill.id.clone(),
                purpose,
                side,
                operation: call.operation.to_owned(),
                params: Value::Object(call.params.clone()),
            })?;
        }
        let mut pauses = self.patience.pauses();
        let began = Instant::now();
        loop {
            match clients(self.clouds, side).send(call).await {
                Ok(reply) => return Ok(reply),
                Err(fault)
                    if (fault.class == FaultClass::InUse || fault.code == ON_ITS_WAY)
                        && purpose != Some(DrillPurpose::Plant)
                        && began.elapsed() < self.patience.limit =>
                {
                    // In the sandbox's instant pace, states only advance when they are looked at.
                    for check in self.readiness() {
                        self.ask(&check).await;
                    }
                    tokio::time::sleep(pauses.next().unwrap_or_default().max(self.patience.look.0)).await;
                }
                Err(fault) => return Err(Failure::Fault(fault)),
            }
        }
    }

    pub fn call(&self, call: &DrillCall) -> Result<Call, Failure> {
        let read = Call::read(&call.api, &call.operation, call.params.clone()).ok_or_else(|| {
            Fault::ours(FaultClass::Unsupported, "UnknownOperation", format!("{} {}", call.api, call.operation))
        })?;
        let mut resolved = self.core.resolve(&read)?;
        self.tag(&mut resolved);
        Ok(resolved)
    }

    /// Tags what a drill makes with the run's tags, so that every clean-up finds it.
    fn tag(&self, call: &mut Call) {
        let kind = match call.operation {
            "CreateNetworkAcl" => "network-acl",
            "CreateSecurityGroup" => "security-group",
            "CreateSubnet" => "subnet",
            "CreateVpcEndpoint" => "vpc-endpoint",
            "CreateListener" | "CreateLoadBalancer" | "CreateTargetGroup" => "",
            _ => return,
        };
        self.core.with(|state| {
            let tags = RunTags { run: &state.run, lab: &state.lab, learner: &state.learner, resource: &self.drill.id };
            let (name, value) = match kind {
                "" => ("Tags", tags.tags()),
                kind => ("TagSpecifications", tags.specifications(kind)),
            };
            call.params.insert(name.to_owned(), value);
        });
    }

    /// Deletes those of the resources that exist, and makes all of them again.
    async fn remake(&self, names: &[String]) -> Result<(), Failure> {
        teardown(self.core, self.clouds, self.patience, Some(names)).await?;
        let wanted: Vec<(Side, Resource)> = self
            .resources()
            .filter(|(_, it)| names.iter().any(|name| name == it.name()))
            .map(|(side, it)| (side, it.clone()))
            .collect();
        for (_, resource) in &wanted {
            let name = resource.name();
            if self.core.with(|state| state.existing().contains_key(name)) {
                // If it were made beside the old one, the two would be confused.
                return Err(Fault::ours(FaultClass::InUse, "StillThere", name).into());
            }
            if resource.kind().leaves() != Leaves::Thing {
                // An answer to a request leaves nothing to delete; it is given again.
                self.core.record(&Event::Gone { resource: name.to_owned(), id: String::new() })?;
            }
        }
        let all: Vec<&Resource> = wanted.iter().map(|(_, it)| it).collect();
        for wave in waves(&all).unwrap_or_default() {
            let (names, wave): (Vec<&str>, Vec<(Side, Resource)>) = wanted
                .iter()
                .filter(|(_, it)| wave.iter().any(|one| one.name() == it.name()))
                .map(|(side, it)| (it.name(), (*side, it.clone())))
                .unzip();
            let makes = |step: &&Step| step.makes.iter().any(|it| names.contains(&it.name()));
            let step = self.lab.steps.iter().find(makes).map_or("", |step| &step.id);
            make(self.core, self.clouds, self.patience, step, &wave).await?;
            self.settle(&names).await;
        }
        Ok(())
    }

    /// Waits until new resources are ready for what is built on them. If one never gets ready, what follows will fail.
    async fn settle(&self, names: &[&str]) {
        let mut pauses = self.patience.pauses();
        let began = Instant::now();
        for check in self.readiness().into_iter().filter(|check| names.contains(&subject(check))) {
            while self.ask(&check).await.verdict != Verdict::Met && began.elapsed() < self.patience.limit {
                tokio::time::sleep(pauses.next().unwrap_or_default()).await;
            }
        }
    }
}

/// The name of the resource that a readiness check asks about.
fn subject(check: &Check) -> &str {
    check.needs().first().copied().unwrap_or_default()
}
