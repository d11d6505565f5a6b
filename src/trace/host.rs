//! The host and its answer: is the port open, does it understand the proxy protocol, does the page arrive.

use serde_json::{Value, json};

use super::path::console_check;
use super::rung_result::RungResult;
use super::targets::attribute;
use super::walk::{Walk, seen};
use crate::checks::attempts::{Attempt, label, newest};
use crate::checks::console::{call as console_call, read as read_console};
use crate::checks::reply::text;
use crate::checks::{self, Verdict};
use crate::cloud::{ec2, elbv2};
use crate::i18n::{Text, m};
use crate::lab::Side;

/// The target group's attribute that puts a proxy protocol header before every connection
/// (NLB:edit-target-group-attributes).
const PROXY_PROTOCOL: &str = "proxy_protocol_v2.enabled";

impl Walk<'_> {
    /// Whether the host runs and answers on the port. From outside, only health checks and its console tell.
    pub(super) async fn open_port(&mut self) -> Result<RungResult, RungResult> {
        let host = seen(self.targets.iter().find_map(|target| self.host(target)).cloned())?;
        let id = text(&host, "InstanceId").to_owned();
        let look = ec2("DescribeInstances", json!({ "InstanceIds": [id] }));
        let state = host.pointer("/State/Name").and_then(Value::as_str).unwrap_or_default();
        match state {
            "running" => {}
            "pending" => return Ok(RungResult::not_yet("running", format!("{id}: {state}")).by(&look)),
            "stopped" | "stopping" => {
                let start = ec2("StartInstances", json!({ "InstanceIds": [id] }));
                let found = RungResult::broken("running", format!("{id}: {state}"), m::trace_why_host_stopped());
                return Ok(found.repaired(m::trace_repair_start(id.as_str()), vec![start]).by(&look));
            }
            _ => {
                let found = RungResult::broken("running", format!("{id}: {state}"), m::trace_why_host_gone());
                return Ok(found.repaired(m::trace_repair_host_gone(), Vec::new()).by(&look));
            }
        }
        if self.is_healthy() {
            return Ok(RungResult::holds(m::trace_expected_host(), m::trace_host_answers()).by(&look));
        }
        let Some(check) = console_check(self.scene, &id) else {
            return Ok(RungResult::cannot_tell(m::trace_host_unknown()).by(&look));
        };
        let finding = checks::ask(check, self.scene).await;
        let call = finding.look.map_or(look, |(_, call)| call);
        Ok(match finding.verdict {
            Verdict::Met => RungResult::holds(m::trace_expected_host(), finding.seen),
            Verdict::CannotTell => RungResult::cannot_tell(finding.seen),
            Verdict::NotYet if finding.why.is_none() => RungResult::not_yet(m::trace_expected_host(), finding.seen),
            Verdict::NotYet | Verdict::Broken => {
                RungResult::broken(m::trace_expected_host(), finding.seen, m::trace_why_host())
                    .repaired(m::trace_repair_host(), Vec::new())
            }
        }
        .by(&call))
    }

    /// Whether the load balancer sends proxy protocol headers only to a web server that expects them. Only the
    /// server's answer shows what it expects: nginx without `proxy_protocol` answers HTTP 400.
    pub(super) async fn proxy_protocol(&mut self) -> Result<RungResult, RungResult> {
        let call = seen(self.attributes_call())?;
        let reply = self.ask(Side::Provider, &call).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        let value = attribute(&reply, PROXY_PROTOCOL);
        let words = format!("{PROXY_PROTOCOL}: {value}");
        if value != "true" {
            return Ok(RungResult::holds(m::trace_expected_proxy(), words).by(&call));
        }
        let console = self.client_console().await?;
        let answer = self.telling(&console).map(|attempt| (attempt.code, attempt.in_words()));
        Ok(match answer {
            Some((200, answer)) => {
                RungResult::holds(m::trace_expected_proxy(), m::TraceSeenTwo { first: words, second: answer }.text())
            }
            Some((_, answer)) => {
                let attributes = json!([{ "Key": PROXY_PROTOCOL, "Value": "false" }]);
                let group = self.target_group.as_deref();
                let off =
                    elbv2("ModifyTargetGroupAttributes", json!({ "TargetGroupArn": group, "Attributes": attributes }));
                let seen = m::TraceSeenTwo { first: words, second: answer }.text();
                RungResult::broken(m::trace_expected_proxy(), seen, m::trace_why_proxy())
                    .repaired(m::trace_repair_proxy(), vec![off])
            }
            None => RungResult::cannot_tell(words),
        }
        .by(&call))
    }

    /// Whether the client gets the page with this run's token.
    pub(super) async fn answer(&mut self) -> Result<RungResult, RungResult> {
        let call = console_call(self.scene.facts, &self.path.client);
        let console = self.client_console().await?;
        let Some(attempt) = self.telling(&console) else {
            return Ok(RungResult::not_yet(m::check_expected_answer(), m::check_no_attempt()).by(&call));
        };
        let seen: Text = attempt.in_words();
        let found = match (attempt.code, attempt.exit) {
            (200, 0) if attempt.shows(self.scene.token) => RungResult::holds(m::check_expected_answer(), seen),
            (200, 0) => {
                RungResult::broken(m::check_expected_answer(), m::check_other_page(seen), m::trace_why_other_page())
                    .repaired(m::trace_repair_other_page(), Vec::new())
            }
            (0, _) => RungResult::broken(m::check_expected_answer(), seen, m::trace_why_no_answer())
                .repaired(m::trace_repair_no_answer(), Vec::new()),
            _ => RungResult::broken(m::check_expected_answer(), seen, m::trace_why_other_page())
                .repaired(m::trace_repair_other_page(), Vec::new()),
        };
        Ok(found.by(&call))
    }

    /// The newest attempt. If the client requests several names, that of the first name that gets no page. `None`
    /// until every name has been requested once.
    pub(super) fn telling<'c>(&self, console: &'c str) -> Option<Attempt<'c>> {
        let asked = self.path.asks.iter().map(|ask| newest(console, &label(self.scene.token, ask)));
        let all: Vec<Attempt<'c>> = asked.collect::<Option<_>>()?;
        let whole = |attempt: &&Attempt<'c>| (attempt.code, attempt.exit) == (200, 0);
        all.iter().find(|attempt| !whole(attempt)).or(all.first()).cloned()
    }

    pub(super) async fn client_console(&self) -> Result<String, RungResult> {
        let call = console_call(self.scene.facts, &self.path.client);
        let reply = self.ask(Side::Consumer, &call).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        Ok(read_console(&reply))
    }
}
