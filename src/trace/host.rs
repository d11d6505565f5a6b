//! The host and its answer: is the port open, does it understand the proxy protocol, does the page arrive.

use serde_json::json;

use super::path::console_check;
use super::rung_result::RungResult;
use super::states;
use super::targets::attribute;
use super::walk::{Walk, seen, state_of};
use crate::checks::console::call as console_call;
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
        // A server that runs can answer, whatever became of the others.
        let mut hosts = self.pairs().into_iter().map(|(_, host)| host);
        let host = hosts.clone().find(|host| state_of(host) == "running").or_else(|| hosts.next());
        let host = seen(host.cloned())?;
        if host.get("InstanceId").is_none() {
            return self.open_interface(&host).await;
        }
        let id = text(&host, "InstanceId").to_owned();
        let look = ec2("DescribeInstances", json!({ "InstanceIds": [id] }));
        let state = state_of(&host);
        let (wanted, shown) = (states::instance("running"), m::TraceSeenOf { id: &id, state: states::instance(state) });
        match state {
            "running" => {}
            "pending" => return Ok(RungResult::not_yet(wanted, shown.text()).by(&look)),
            "stopped" | "stopping" => {
                let start = ec2("StartInstances", json!({ "InstanceIds": [id] }));
                let found = RungResult::broken(wanted, shown.text(), m::trace_why_host_stopped());
                return Ok(found.repaired(m::trace_repair_start(id.as_str()), vec![start]).by(&look));
            }
            _ => {
                let found = RungResult::broken(wanted, shown.text(), m::trace_why_host_gone());
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
        Ok(match self.attempt().await? {
            Some(heard) if heard.code == 200 => {
                let seen = m::TraceSeenTwo { first: words, second: heard.words }.text();
                RungResult::holds(m::trace_expected_proxy(), seen)
            }
            Some(heard) if heard.is_stale => heard.stale(m::trace_expected_proxy()),
            Some(heard) => {
                let attributes = json!([{ "Key": PROXY_PROTOCOL, "Value": "false" }]);
                let group = self.target_group.as_deref();
                let off =
                    elbv2("ModifyTargetGroupAttributes", json!({ "TargetGroupArn": group, "Attributes": attributes }));
                let seen = m::TraceSeenTwo { first: words, second: heard.words }.text();
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
        if self.path.asks.is_empty() {
            return Ok(RungResult::cannot_tell(m::trace_no_client_asks()).by(&call));
        }
        let Some(heard) = self.attempt().await? else {
            return Ok(RungResult::not_yet(m::check_expected_answer(), m::check_no_attempt()).by(&call));
        };
        let seen: Text = heard.words.clone();
        let found = match (heard.code, heard.exit) {
            (200, 0) if heard.has_token => RungResult::holds(m::check_expected_answer(), seen),
            _ if heard.is_stale => heard.stale(m::check_expected_answer()),
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
}
