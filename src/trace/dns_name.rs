//! The name that the client requests: the endpoint's own, or the service's private DNS name.

use serde_json::{Value, json};

use super::attempt_result::AttemptResult;
use super::rung_result::RungResult;
use super::states;
use super::walk::{Walk, seen};
use crate::checks::reply::{list, text, texts};
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};
use crate::lab::Side;

/// `curl`'s exit status when a name does not resolve.
const NO_NAME: u32 = 6;

impl Walk<'_> {
    /// Whether the requested name resolves in the client's VPC, and to which addresses.
    pub(super) async fn name(&mut self) -> Result<RungResult, RungResult> {
        let endpoint = seen(self.endpoint.clone())?;
        let interfaces = texts(&endpoint, "NetworkInterfaceIds");
        let call = ec2("DescribeNetworkInterfaces", json!({ "NetworkInterfaceIds": interfaces }));
        let reply = self.ask(Side::Consumer, &call).await.map_err(|fault| RungResult::from(&fault).by(&call))?;
        self.interfaces = list(&reply, "NetworkInterfaces").to_vec();
        let vpc = text(&endpoint, "VpcId");
        if let Some(found) = self.is_switched_off(vpc, "enableDnsSupport", "EnableDnsSupport").await {
            return Ok(found);
        }
        if let Some(name) = self.path.private_name.clone()
            && let Some(found) = self.private_name(&endpoint, &name).await
        {
            return Ok(found);
        }
        let addresses: Vec<&str> = self.interfaces.iter().map(|it| text(it, "PrivateIpAddress")).collect();
        let addresses = addresses.join(", ");
        let seen = match &self.path.private_name {
            Some(name) => Text::literal(format!("{name}: {addresses}")),
            None => Text::literal(addresses),
        };
        let console = self.client_console().await.unwrap_or_default();
        let has_no_name = |heard: &AttemptResult| heard.code == 0 && heard.exit == NO_NAME;
        if self.newest(&console).is_some_and(|heard| has_no_name(&heard))
            && let Some(heard) = self.attempt().await?.filter(has_no_name)
        {
            let found = if heard.is_stale {
                heard.stale(seen)
            } else {
                RungResult::broken(seen, m::check_curl_failed(NO_NAME), m::trace_why_no_name())
                    .repaired(m::trace_repair_no_name(), Vec::new())
            };
            return Ok(found.by(&call));
        }
        Ok(RungResult::holds(m::trace_expected_address(), seen).by(&call))
    }

    /// The failure if the VPC's DNS attribute is off; `None` if it is on, or cannot be read.
    async fn is_switched_off(&self, vpc: &str, attribute: &'static str, key: &'static str) -> Option<RungResult> {
        let call = ec2("DescribeVpcAttribute", json!({ "VpcId": vpc, "Attribute": attribute }));
        let reply = self.ask(Side::Consumer, &call).await.ok()?;
        if reply.pointer(&format!("/{key}/Value")) != Some(&Value::Bool(false)) {
            return None;
        }
        let mut params = json!({ "VpcId": vpc });
        params[key] = json!({ "Value": true });
        let why = if key == "EnableDnsSupport" { m::trace_why_dns_support() } else { m::trace_why_dns_hostnames() };
        let found = RungResult::broken(format!("{attribute}: true"), format!("{attribute}: false"), why);
        Some(
            found
                .repaired(m::TraceRepairDns { attribute, vpc }.text(), vec![ec2("ModifyVpcAttribute", params)])
                .by(&call),
        )
    }

    /// The failure of the private name `name` that the client requests; `None` if it resolves to the endpoint.
    ///
    /// Once the endpoint has the name, the service's own state no longer matters to it: the provider's verification
    /// is needed only when private DNS is switched on [privatelink: manage-dns-names].
    async fn private_name(&self, endpoint: &Value, name: &str) -> Option<RungResult> {
        let vpc = text(endpoint, "VpcId");
        if endpoint.get("PrivateDnsEnabled") == Some(&Value::Bool(true)) {
            return self.is_switched_off(vpc, "enableDnsHostnames", "EnableDnsHostnames").await;
        }
        let service = self.service.as_ref()?;
        let id = text(service, "ServiceId");
        let look = ec2("DescribeVpcEndpointServiceConfigurations", json!({ "ServiceIds": [id] }));
        let offered = text(service, "PrivateDnsName");
        if offered != name {
            let seen = if offered.is_empty() { m::check_no_private_name() } else { Text::literal(offered) };
            let offer =
                ec2("ModifyVpcEndpointServiceConfiguration", json!({ "ServiceId": id, "PrivateDnsName": name }));
            let found = RungResult::broken(name, seen, m::trace_why_name_not_offered(name));
            return Some(found.repaired(m::trace_repair_offer_name(name), vec![offer]).by(&look));
        }
        let proof = service.get("PrivateDnsNameConfiguration").cloned().unwrap_or_default();
        let state = text(&proof, "State");
        if state != "verified" {
            let verify = ec2("StartVpcEndpointServicePrivateDnsVerification", json!({ "ServiceId": id }));
            let repair =
                m::TraceRepairVerify { name, record: text(&proof, "Name"), value: text(&proof, "Value") }.text();
            let (wanted, seen) = (states::verification("verified"), states::verification(state));
            let found = RungResult::broken(wanted, seen, m::trace_why_not_verified(name));
            return Some(found.repaired(repair, vec![verify]).by(&look));
        }
        if let Some(found) = self.is_switched_off(vpc, "enableDnsHostnames", "EnableDnsHostnames").await {
            return Some(found);
        }
        let id = text(endpoint, "VpcEndpointId");
        let look: Call = ec2("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [id] }));
        let enable = ec2("ModifyVpcEndpoint", json!({ "VpcEndpointId": id, "PrivateDnsEnabled": true }));
        let found = RungResult::broken(
            "PrivateDnsEnabled: true",
            "PrivateDnsEnabled: false",
            m::trace_why_private_dns_off(name),
        );
        Some(found.repaired(m::trace_repair_private_dns(id), vec![enable]).by(&look))
    }
}
