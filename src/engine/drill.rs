//! Drills: a fault is planted, what becomes of it is graded by outcome, and everything is put back.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::core::Core;
use super::event::{DrillPurpose, Event, Fault, FaultClass, Verdict};
use super::make::make;
use super::perform::{Failure, Patience, clients};
use super::rules::{self, Rules};
use super::teardown::teardown;
use crate::checks::console::{call as console_call, read as read_console};
use crate::checks::reply::{ec2, list, text};
use crate::checks::{self, Finding, Scene, attempts};
use crate::cloud::{Call, Clouds, text_at};
use crate::i18n::{Text, m};
use crate::lab::{
    Act, Check, Drill, DrillCall, EndpointState, Goal, Lab, OneClient, OneInstance, OneLoadBalancer, OneTargetGroup,
    Resource, Side, Step, Symptom, waves,
};

/// `curl`'s exit status when a name does not resolve.
const NO_NAME: u32 = 6;

/// A drill on a run.
pub struct Drilling<'a> {
    /// The run.
    pub core: &'a Arc<Core>,
    /// Its clouds.
    pub clouds: &'a Arc<Clouds>,
    /// How patient to be with them.
    pub patience: Patience,
    /// Its lab.
    pub lab: &'a Lab,
    /// The drill.
    pub drill: &'a Drill,
}

/// How a drill stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// What must hold, whether it does, and what is seen.
    pub goals: Vec<(Text, Verdict, Text)>,
    /// What was opened wider than the path needs.
    pub opened: Vec<Text>,
}

impl Standing {
    /// Whether everything holds that must, whatever was opened.
    #[must_use]
    pub fn solved(&self) -> bool {
        self.goals.iter().all(|(_, verdict, _)| *verdict == Verdict::Met)
    }

    /// Whether it counts as mended.
    #[must_use]
    pub fn mended(&self) -> bool {
        self.solved() && self.opened.is_empty()
    }
}

impl Drilling<'_> {
    /// Plants the fault and waits until it is seen.
    ///
    /// # Errors
    /// What AWS refused, or a journal that cannot be written. What was changed until then is undone by [`Self::undo`].
    pub async fn plant(&self) -> Result<(), Failure> {
        let drill = self.drill.id.clone();
        let before = self.rules().await?;
        self.core.record(&Event::DrillStarted { drill: drill.clone(), rules: json!(before) })?;
        for act in &self.drill.plant {
            self.act(act, Some(DrillPurpose::Plant)).await?;
        }
        let mut pauses = self.patience.pauses();
        let began = Instant::now();
        while !self.shows().await? {
            if began.elapsed() > self.patience.limit {
                let fault = Fault::ours(FaultClass::Refused, "NotSeen", format!("{:?}", self.drill.broken));
                return Err(fault.into());
            }
            tokio::time::sleep(pauses.next().unwrap_or_default()).await;
        }
        let after = self.rules().await?;
        self.core.record(&Event::DrillPlanted { drill, rules: json!(after) })?;
        Ok(())
    }

    /// Does what a recipe says.
    ///
    /// # Errors
    /// What AWS refused, or a journal that cannot be written.
    pub async fn apply(&self, acts: &[Act]) -> Result<(), Failure> {
        for act in acts {
            self.act(act, None).await?;
        }
        Ok(())
    }

    /// Puts everything back as it was before the drill, whatever was done in between. What is as it was is passed over.
    ///
    /// # Errors
    /// The first thing that AWS refused, after everything else was tried; or a journal that cannot be written.
    pub async fn undo(&self) -> Result<(), Failure> {
        let mut first = None;
        let mut note = |result: Result<(), Failure>| match result {
            Err(Failure::Journal(error)) => Err(Failure::Journal(error)),
            Err(Failure::Fault(fault) | Failure::Unsaid(fault))
                if matches!(fault.class, FaultClass::NotFound | FaultClass::Exists) =>
            {
                Ok(())
            }
            Err(failure) => {
                first.get_or_insert(failure);
                Ok(())
            }
            Ok(()) => Ok(()),
        };
        for act in &self.drill.undo {
            note(self.act(act, Some(DrillPurpose::Undo)).await)?;
        }
        let before = self.core.with(|state| state.drill.as_ref().map(|drill| drill.rules.clone()));
        let before: Vec<Rules> = before.and_then(|rules| serde_json::from_value(rules).ok()).unwrap_or_default();
        for (side, call) in rules::restoring(&before, &self.rules().await?) {
            note(self.send(side, &call, Some(DrillPurpose::Undo)).await.map(|_| ()))?;
        }
        match first {
            Some(failure) => Err(failure),
            None => Ok(self.core.record(&Event::DrillUndone { drill: self.drill.id.clone() })?),
        }
    }

    /// How the drill stands now.
    ///
    /// # Errors
    /// When the cloud cannot be asked.
    pub async fn look(&self) -> Result<Standing, Fault> {
        let mut goals = Vec::new();
        for goal in &self.drill.solved {
            goals.push(self.goal(goal).await);
        }
        let known = self.core.with(|state| {
            let drill = state.drill.as_ref();
            drill.map(|drill| (drill.rules.clone(), drill.after.clone())).unwrap_or_default()
        });
        let read = |rules| serde_json::from_value::<Vec<Rules>>(rules).unwrap_or_default();
        let known: Vec<Rules> = read(known.0).into_iter().chain(read(known.1)).collect();
        let blocks: Vec<&str> = self
            .resources()
            .filter_map(|(_, it)| match it {
                Resource::Vpc(vpc) => Some(vpc.cidr.as_str()),
                _ => None,
            })
            .collect();
        let opened = rules::opened(&known, &self.rules().await?, &blocks);
        Ok(Standing { goals, opened })
    }

    /// Whether what the drill announces is seen.
    async fn shows(&self) -> Result<bool, Fault> {
        match self.drill.broken {
            Symptom::None => return Ok(true),
            Symptom::Unhealthy => {
                let mut groups = self.resources().filter(|(_, it)| matches!(it, Resource::TargetGroup(_)));
                let Some((side, group)) = groups.next() else { return Ok(false) };
                let Some(arn) = self.fact(group.name(), "arn") else { return Ok(false) };
                let call = checks::reply::elbv2("DescribeTargetHealth", json!({ "TargetGroupArn": arn }));
                let reply = clients(self.clouds, side).send(&call).await?;
                let state = |it: &Value| text_at(it, "TargetHealth.State").unwrap_or_default();
                return Ok(list(&reply, "TargetHealthDescriptions").iter().any(|it| state(it) == "unhealthy"));
            }
            Symptom::TimeOut | Symptom::Refused | Symptom::BadRequest | Symptom::NoName => {}
        }
        let Some(client) = self.lab.page().map(|(client, _)| client) else { return Ok(false) };
        let (facts, token) = self.core.with(|state| (state.facts(), state.token.clone()));
        let reply = self.clouds.consumer.send(&console_call(&facts, client)).await?;
        let console = read_console(&reply);
        Ok(attempts::newest(&console, &token).is_some_and(|attempt| match self.drill.broken {
            Symptom::BadRequest => attempt.code == 400,
            Symptom::Refused => attempt.code == 0 && !attempt.timed_out() && attempt.exit != NO_NAME,
            Symptom::NoName => attempt.code == 0 && attempt.exit == NO_NAME,
            _ => attempt.timed_out(),
        }))
    }

    async fn goal(&self, goal: &Goal) -> (Text, Verdict, Text) {
        let path = self.lab.page().map(|(client, endpoint)| (client.to_owned(), endpoint.to_owned()));
        let (client, endpoint) = path.unwrap_or_default();
        let check = match goal {
            Goal::Page => Check::Answer(OneClient { client, endpoint, subnet: None }),
            Goal::Cut => Check::NoAnswer(OneClient { client, endpoint, subnet: None }),
            Goal::Healthy(group) => Check::TargetsHealthy(OneTargetGroup { target_group: group.clone() }),
            Goal::Gone(call) => return self.there(call, false).await,
            Goal::Kept(call) => return self.there(call, true).await,
        };
        let finding = self.ask(&check).await;
        if finding.verdict != Verdict::Met {
            // What was mended may still be on its way. In the sandbox's instant pace it goes on by being looked at.
            let endpoint = self.lab.page().map_or("", |(_, endpoint)| endpoint).to_owned();
            let state = EndpointState { endpoint, state: "available".to_owned() };
            for check in self.readiness().iter().chain([&Check::EndpointState(state)]) {
                self.ask(check).await;
            }
        }
        (checks::title(&check), finding.verdict, finding.seen)
    }

    /// Whether a call that shows something finds it. An answer without a list counts as nothing, and so does a list of what
    /// is only on its way out.
    async fn there(&self, call: &DrillCall, wanted: bool) -> (Text, Verdict, Text) {
        let title = if wanted { m::drill_goal_kept(&call.operation) } else { m::drill_goal_gone(&call.operation) };
        let found = match self.call(call) {
            Ok(read) => clients(self.clouds, call.side).send(&read).await,
            Err(_) => return (title, Verdict::CannotTell, m::check_not_found()),
        };
        let there = match found {
            Ok(reply) => reply.as_object().is_some_and(|map| map.values().any(is_something)),
            Err(fault) if fault.class == FaultClass::NotFound => false,
            Err(fault) => return (title, Verdict::CannotTell, Text::literal(fault.to_string())),
        };
        let verdict = if there == wanted { Verdict::Met } else { Verdict::NotYet };
        (title, verdict, if there { m::drill_there() } else { m::check_not_found() })
    }

    async fn act(&self, act: &Act, purpose: Option<DrillPurpose>) -> Result<(), Failure> {
        let call = match act {
            Act::Remake(names) => return self.remake(names).await,
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

    /// Sends a call. What something still uses is asked again until it lets go, or the patience ends.
    async fn send(&self, side: Side, call: &Call, purpose: Option<DrillPurpose>) -> Result<Value, Failure> {
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
                    if fault.class == FaultClass::InUse
                        && purpose != Some(DrillPurpose::Plant)
                        && began.elapsed() < self.patience.limit =>
                {
                    tokio::time::sleep(pauses.next().unwrap_or_default().max(self.patience.look.0)).await;
                }
                Err(fault) => return Err(Failure::Fault(fault)),
            }
        }
    }

    /// The call with its references filled in.
    fn call(&self, call: &DrillCall) -> Result<Call, Failure> {
        let read = Call::read(&call.api, &call.operation, call.params.clone()).ok_or_else(|| {
            Fault::ours(FaultClass::Unsupported, "UnknownOperation", format!("{} {}", call.api, call.operation))
        })?;
        Ok(self.core.resolve(&read)?)
    }

    /// Deletes resources of the lab, as far as they are there, and makes them again.
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
                // Made again beside the old one it would be mistaken for it.
                return Err(Fault::ours(FaultClass::InUse, "StillThere", name).into());
            }
            if matches!(resource, Resource::ServiceLookup(_) | Resource::Acceptance(_)) {
                // A word that was said leaves nothing to delete; it is said again.
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

    /// Waits until what was made is ready for what is built on it. What never gets ready shows in what follows.
    async fn settle(&self, names: &[&str]) {
        let mut pauses = self.patience.pauses();
        let began = Instant::now();
        for check in self.readiness().into_iter().filter(|check| names.contains(&subject(check))) {
            while self.ask(&check).await.verdict != Verdict::Met && began.elapsed() < self.patience.limit {
                tokio::time::sleep(pauses.next().unwrap_or_default()).await;
            }
        }
    }

    /// The questions whether what takes its time is there.
    fn readiness(&self) -> Vec<Check> {
        let check = |it: &Resource| match it {
            Resource::Instance(it) => Some(Check::InstanceRunning(OneInstance { instance: it.name.clone() })),
            Resource::LoadBalancer(it) => {
                Some(Check::LoadBalancerActive(OneLoadBalancer { load_balancer: it.name.clone() }))
            }
            _ => None,
        };
        self.resources().filter_map(|(_, it)| check(it)).collect()
    }

    async fn ask(&self, check: &Check) -> Finding {
        let (facts, token) = self.core.with(|state| (state.facts(), state.token.clone()));
        let sides = self.lab.sides();
        let scene = Scene {
            clouds: self.clouds,
            facts: &facts,
            sides: &sides,
            accounts: self.core.accounts(),
            token: &token,
            lab: self.lab,
        };
        checks::ask(check, &scene).await
    }

    /// The rules of every security group in the lab's VPCs.
    async fn rules(&self) -> Result<Vec<Rules>, Fault> {
        let mut all: Vec<Rules> = Vec::new();
        for (side, vpc) in self.resources().filter(|(_, it)| matches!(it, Resource::Vpc(_))) {
            let Some(id) = self.fact(vpc.name(), "id") else { continue };
            let call = ec2("DescribeSecurityGroups", json!({ "Filters": [{ "Name": "vpc-id", "Values": [id] }] }));
            let reply = clients(self.clouds, side).send(&call).await?;
            all.extend(
                list(&reply, "SecurityGroups").iter().map(|group| Rules::of(side, text(group, "GroupId"), group)),
            );
        }
        Ok(all)
    }

    fn resources(&self) -> impl Iterator<Item = (Side, &Resource)> {
        self.lab.steps.iter().flat_map(|step| step.makes.iter().map(|it| (step.side, it)))
    }

    fn fact(&self, name: &str, fact: &str) -> Option<String> {
        self.core.with(|state| state.resources.get(name)?.facts.get(fact).cloned())
    }
}

/// What a question of readiness is about.
fn subject(check: &Check) -> &str {
    check.needs().first().copied().unwrap_or_default()
}

/// Whether a member of an answer shows something that is not on its way out.
fn is_something(value: &Value) -> bool {
    let leaving = |item: &Value| {
        let state = item.get("State").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        state.starts_with("delet")
    };
    value.as_array().is_some_and(|items| items.iter().any(|item| !leaving(item)))
}
