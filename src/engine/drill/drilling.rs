//! Runs a drill: plants a fault, grades what became of it by outcome, and puts everything back.

use std::sync::Arc;
use tokio::time::Instant;

use serde_json::{Value, json};

use super::acls;
use super::rules;
use super::snapshot::Snapshot;
use crate::checks::console::{call as console_call, read as read_console};
use crate::checks::reply::list;
use crate::checks::{self, CheckContext, Finding, attempts};
use crate::cloud::{Clouds, Unresolved, elbv2, text_at};
use crate::engine::calls::perform::{Failure, Polling, clients};
use crate::engine::calls::run_log::RunLog;
use crate::engine::event::{DrillPurpose, Event, Fault, FaultClass, Verdict};
use crate::i18n::{Lang, Text, m};
use crate::lab::{
    Check, Drill, DrillCall, EndpointState, Goal, Lab, OneInstance, OneLoadBalancer, OneService, OneTargetGroup,
    Resource, Side, Symptom,
};

/// `curl`'s exit status when a name does not resolve.
const NO_NAME: u32 = 6;

pub struct Drilling<'a> {
    pub core: &'a Arc<RunLog>,
    pub clouds: &'a Arc<Clouds>,
    /// How often and how long to look at them.
    pub patience: Polling,
    pub lab: &'a Lab,
    pub drill: &'a Drill,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Each goal's title, whether it holds, and what was seen.
    pub goals: Vec<(Text, Verdict, Text)>,
    /// What was opened wider than the path needs.
    pub opened: Vec<Text>,
}

impl Standing {
    /// Whether every goal holds, whatever was opened.
    #[must_use]
    pub fn solved(&self) -> bool {
        self.goals.iter().all(|(_, verdict, _)| *verdict == Verdict::Met)
    }

    /// Whether the drill counts as mended: solved, with nothing opened.
    #[must_use]
    pub fn mended(&self) -> bool {
        self.solved() && self.opened.is_empty()
    }
}

impl Drilling<'_> {
    /// Repairs the path first if the lab ends with a cut one, plants the fault, and waits until it is seen.
    ///
    /// # Errors
    /// What AWS refused, or a journal that cannot be written. [`Self::undo`] undoes what was changed until then.
    pub async fn plant(&self) -> Result<(), Failure> {
        self.begin().await?;
        for act in self.drill.prepare.iter().chain(&self.drill.plant) {
            self.act(act, Some(DrillPurpose::Plant)).await?;
        }
        self.seen().await
    }

    /// Records the original rules.
    ///
    /// # Errors
    /// If the cloud cannot be asked, or the journal cannot be written.
    pub async fn begin(&self) -> Result<(), Failure> {
        let before = self.snapshot().await?;
        Ok(self.core.record(&Event::DrillStarted { drill: self.drill.id.clone(), rules: json!(before) })?)
    }

    /// Waits until the planted fault is seen, and records that.
    ///
    /// # Errors
    /// If it does not show, or as [`Self::begin`].
    pub async fn seen(&self) -> Result<(), Failure> {
        let mut pauses = self.patience.pauses();
        let began = Instant::now();
        while !self.shows().await? {
            if began.elapsed() > self.patience.limit {
                return Err(not_seen(symptom(self.drill.broken)));
            }
            tokio::time::sleep(pauses.next().unwrap_or_default()).await;
        }
        let (drill, after) = (self.drill.id.clone(), self.snapshot().await?);
        Ok(self.core.record(&Event::DrillPlanted { drill, rules: json!(after) })?)
    }

    /// Puts everything back as it was before the drill, whatever was done in between. What is unchanged is skipped.
    ///
    /// # Errors
    /// The first thing that AWS refused, after everything else was tried; or a journal that cannot be written.
    pub async fn undo(&self) -> Result<(), Failure> {
        let mut first = None;
        let mut note = |result: Result<(), Failure>| match result {
            Err(Failure::Journal(error)) => Err(Failure::Journal(error)),
            Err(Failure::Fault(fault) | Failure::Unsaid(fault))
                // If something was never made, there is nothing to undo and no fact to find it by.
                if matches!(fault.class, FaultClass::NotFound | FaultClass::Exists)
                    || fault.code == Unresolved::CODE =>
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
        let before = Snapshot::read(before.unwrap_or_default());
        let now = self.snapshot().await?;
        let calls = rules::restoring(&before.groups, &now.groups).into_iter();
        for (side, call) in calls.chain(acls::restoring(&before.acls, &now.acls)) {
            note(self.send(side, &call, Some(DrillPurpose::Undo)).await.map(|_| ()))?;
        }
        match first {
            Some(failure) => Err(failure),
            None => Ok(self.core.record(&Event::DrillUndone { drill: self.drill.id.clone() })?),
        }
    }

    /// The state of the drill now.
    ///
    /// # Errors
    /// If the cloud cannot be asked.
    pub async fn look(&self) -> Result<Standing, Fault> {
        let mut goals = Vec::new();
        for goal in &self.drill.solved {
            goals.push(self.goal(goal).await);
        }
        let (before, planted) = self.core.with(|state| {
            let drill = state.drill.as_ref();
            drill.map(|drill| (drill.rules.clone(), drill.after.clone())).unwrap_or_default()
        });
        let (before, planted) = (Snapshot::read(before).groups, Snapshot::read(planted).groups);
        let blocks: Vec<&str> = self
            .resources()
            .filter_map(|(_, it)| match it {
                Resource::Vpc(vpc) => Some(vpc.cidr.as_str()),
                _ => None,
            })
            .collect();
        let narrow: Vec<String> =
            self.drill.narrow_outbound.iter().filter_map(|group| self.fact(group, "id")).collect();
        let opened = rules::opened([&before, &planted], &self.snapshot().await?.groups, &blocks, &narrow);
        Ok(Standing { goals, opened })
    }

    /// Whether the drill's symptom can be seen.
    async fn shows(&self) -> Result<bool, Fault> {
        match self.drill.broken {
            Symptom::None => return Ok(true),
            Symptom::Unhealthy => {
                let mut groups = self.resources().filter(|(_, it)| matches!(it, Resource::TargetGroup(_)));
                let Some((side, group)) = groups.next() else { return Ok(false) };
                let Some(arn) = self.fact(group.name(), "arn") else { return Ok(false) };
                let call = elbv2("DescribeTargetHealth", json!({ "TargetGroupArn": arn }));
                let reply = clients(self.clouds, side).send(&call).await?;
                let state = |it: &Value| text_at(it, "TargetHealth.State").unwrap_or_default();
                return Ok(list(&reply, "TargetHealthDescriptions").iter().any(|it| state(it) == "unhealthy"));
            }
            Symptom::TimeOut | Symptom::Refused | Symptom::BadRequest | Symptom::NoName => {}
        }
        let asks = self.lab.asks();
        let Some(client) = asks.first().map(|ask| &ask.client) else { return Ok(false) };
        let (facts, token) = self.core.with(|state| (state.facts(), state.token.clone()));
        let reply = self.clouds.consumer.send(&console_call(&facts, client)).await?;
        let console = read_console(&reply);
        let newest = asks.iter().filter_map(|ask| attempts::newest(&console, &attempts::label(&token, ask)));
        Ok(newest.into_iter().any(|attempt| match self.drill.broken {
            Symptom::BadRequest => attempt.code == 400,
            Symptom::Refused => attempt.code == 0 && !attempt.timed_out() && attempt.exit != NO_NAME,
            Symptom::NoName => attempt.code == 0 && attempt.exit == NO_NAME,
            _ => attempt.timed_out(),
        }))
    }

    async fn goal(&self, goal: &Goal) -> (Text, Verdict, Text) {
        let said = match goal {
            Goal::Page => self.all(self.lab.asks().into_iter().map(Check::Answer)).await,
            Goal::Cut => self.all(self.lab.asks().into_iter().map(Check::NoAnswer)).await,
            Goal::Healthy(group) => {
                self.all([Check::TargetsHealthy(OneTargetGroup { target_group: group.clone() })]).await
            }
            Goal::Verified(service) => {
                self.all([Check::PrivateNameVerified(OneService { service: service.clone() })]).await
            }
            Goal::Gone(call) => self.there(call, false).await,
            Goal::Kept(call) => self.there(call, true).await,
        };
        if said.1 != Verdict::Met {
            // A repair may still be taking effect. In the sandbox's instant pace, states only advance when they are
            // looked at.
            let endpoint = self.lab.page().map_or("", |(_, endpoint)| endpoint).to_owned();
            let state = EndpointState { endpoint, state: "available".to_owned() };
            for check in self.readiness().iter().chain([&Check::EndpointState(state)]) {
                self.ask(check).await;
            }
        }
        said
    }

    /// The first check that is not met; the last one if all are.
    async fn all(&self, checks: impl IntoIterator<Item = Check>) -> (Text, Verdict, Text) {
        let mut said = (Text::literal(""), Verdict::CannotTell, Text::literal(""));
        for check in checks {
            let finding = self.ask(&check).await;
            said = (checks::title(&check), finding.verdict, finding.seen);
            if finding.verdict != Verdict::Met {
                break;
            }
        }
        said
    }

    pub async fn until(&self, goal: &Goal) -> Result<(), Failure> {
        let mut pauses = self.patience.pauses();
        let began = Instant::now();
        loop {
            let (title, verdict, _) = self.goal(goal).await;
            if verdict == Verdict::Met {
                return Ok(());
            }
            if began.elapsed() > self.patience.limit {
                return Err(not_seen(&title.render(Lang::En)));
            }
            tokio::time::sleep(pauses.next().unwrap_or_default()).await;
        }
    }

    /// Whether what the call shows is there, or is gone, as `wanted`. A reply without a list counts as "gone", and so
    /// does a list of items that are all being deleted.
    async fn there(&self, call: &DrillCall, wanted: bool) -> (Text, Verdict, Text) {
        let title = if wanted { m::drill_goal_kept(&call.operation) } else { m::drill_goal_gone(&call.operation) };
        let found = match self.call(call) {
            Ok(read) => clients(self.clouds, call.side).send(&read).await,
            Err(_) => return (title, Verdict::CannotTell, m::check_not_found()),
        };
        let there = match found {
            Ok(reply) => reply.as_object().is_some_and(|map| map.values().any(is_something)),
            // A service that the caller may not see counts as gone.
            Err(fault) if fault.class == FaultClass::NotFound || fault.code == "InvalidServiceName" => false,
            Err(fault) => return (title, Verdict::CannotTell, Text::literal(fault.to_string())),
        };
        let verdict = if there == wanted { Verdict::Met } else { Verdict::NotYet };
        (title, verdict, if there { m::drill_there() } else { m::check_not_found() })
    }

    /// The checks whether the slow resources are ready.
    pub(in crate::engine) fn readiness(&self) -> Vec<Check> {
        let check = |it: &Resource| match it {
            Resource::Instance(it) => Some(Check::InstanceRunning(OneInstance { instance: it.name.clone() })),
            Resource::LoadBalancer(it) => {
                Some(Check::LoadBalancerActive(OneLoadBalancer { load_balancer: it.name.clone() }))
            }
            _ => None,
        };
        self.resources().filter_map(|(_, it)| check(it)).collect()
    }

    pub(in crate::engine) async fn ask(&self, check: &Check) -> Finding {
        let (facts, token) = self.core.with(|state| (state.facts(), state.token.clone()));
        let sides = self.lab.sides();
        let scene = CheckContext {
            clouds: self.clouds,
            facts: &facts,
            sides: &sides,
            accounts: self.core.accounts(),
            token: &token,
            lab: self.lab,
        };
        checks::ask(check, &scene).await
    }

    async fn snapshot(&self) -> Result<Snapshot, Fault> {
        let mut all = Snapshot::default();
        for (side, vpc) in self.resources().filter(|(_, it)| matches!(it, Resource::Vpc(_))) {
            let Some(id) = self.fact(vpc.name(), "id") else { continue };
            all.look(clients(self.clouds, side), side, &id).await?;
        }
        Ok(all)
    }

    pub(in crate::engine) fn resources(&self) -> impl Iterator<Item = (Side, &Resource)> {
        self.lab.steps.iter().flat_map(|step| step.makes.iter().map(|it| (step.side, it)))
    }

    fn fact(&self, name: &str, fact: &str) -> Option<String> {
        self.core.with(|state| state.resources.get(name)?.facts.get(fact).cloned())
    }
}

/// A fault's words are English, like AWS's own.
fn not_seen(what: &str) -> Failure {
    Fault::ours(FaultClass::Refused, "NotSeen", format!("this did not show in time: {what}")).into()
}

fn symptom(symptom: Symptom) -> &'static str {
    match symptom {
        Symptom::TimeOut => "the client times out",
        Symptom::Refused => "the client's connection is refused",
        Symptom::BadRequest => "the client gets HTTP 400",
        Symptom::NoName => "the client cannot resolve the name",
        Symptom::Unhealthy => "no target is healthy",
        Symptom::None => "the client gets the page",
    }
}

/// Whether a field of a reply lists anything that is not being deleted.
fn is_something(value: &Value) -> bool {
    let leaving = |item: &Value| {
        let state = item.get("State").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        state.starts_with("delet")
    };
    value.as_array().is_some_and(|items| items.iter().any(|item| !leaving(item)))
}
