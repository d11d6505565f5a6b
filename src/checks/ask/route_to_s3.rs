//! Does the route table lead to S3 through the gateway endpoint, and does the subnet use that table?

use serde_json::{Value, json};

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::facts::{Facts, refer, told};
use crate::checks::question::Question;
use crate::checks::reply::{first, list, text};
use crate::checks::spec;
use crate::cloud::{Call, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab;

pub(super) struct RouteToS3<'a>(pub &'a lab::RouteToS3);

impl Question for RouteToS3<'_> {
    fn name(&self) -> String {
        format!("route_to_s3:{}", self.0.route_table)
    }

    fn title(&self) -> Text {
        m::check_title_route_to_s3(&self.0.route_table)
    }

    fn is_lively(&self) -> bool {
        false
    }

    fn subject(&self) -> &str {
        &self.0.route_table
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.route_table, "id"), (&self.0.gateway_endpoint, "id")]
    }

    fn call(&self, facts: &Facts) -> Call {
        ec2("DescribeRouteTables", json!({ "RouteTableIds": [refer(facts, &self.0.route_table, "id")] }))
    }

    fn expected(&self, scene: &CheckContext<'_>) -> Text {
        m::CheckRoute { gateway: told(scene.facts, &self.0.gateway_endpoint, "id"), state: "active" }.text()
    }

    /// A gateway endpoint's route can take a moment to appear [Terraform's provider waits for it].
    fn usual_seconds(&self) -> Option<(u32, u32)> {
        Some((1, 30))
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        let subnet = spec::route_table(scene.lab, &self.0.route_table).map_or("", |table| &table.subnet);
        let Some(id) = scene.fact(subnet, "id") else { return Ok(CheckOutcome::not_yet(m::check_not_made(subnet))) };
        Ok(judge(reply, scene.fact(&self.0.gateway_endpoint, "id").unwrap_or_default(), id))
    }
}

/// `subnet` is the id of the subnet that should use the table.
fn judge(reply: &Value, endpoint: &str, subnet: &str) -> CheckOutcome {
    let Some(table) = first(reply, "RouteTables") else { return CheckOutcome::gone() };
    let Some(route) = list(table, "Routes").iter().find(|route| text(route, "GatewayId") == endpoint) else {
        return CheckOutcome::not_yet(m::check_no_route()).because(m::check_why_no_route());
    };
    let state = text(route, "State");
    let seen = m::CheckRoute { gateway: endpoint, state }.text();
    if state != "active" {
        return CheckOutcome::broken(seen).because(m::check_why_no_route());
    }
    if !list(table, "Associations").iter().any(|association| text(association, "SubnetId") == subnet) {
        return CheckOutcome::broken(m::check_not_associated(subnet)).because(m::check_why_not_associated(subnet));
    }
    CheckOutcome::met(seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    #[test]
    fn verdicts() {
        let local = json!({ "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active" });
        let s3 = |state: &str| json!({ "DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "State": state });
        let associated = json!([{ "SubnetId": "subnet-1" }]);
        let table = |routes: Value, associations: &Value| json!({ "RouteTables": [{ "Routes": routes, "Associations": associations }] });
        for (reply, verdict) in [
            (table(json!([local, s3("active")]), &associated), Met),
            (table(json!([local]), &associated), NotYet),
            (table(json!([local, s3("blackhole")]), &associated), Broken),
            (table(json!([local, s3("active")]), &json!([])), Broken),
            (json!({ "RouteTables": [] }), Broken),
        ] {
            assert_eq!(judge(&reply, "vpce-1", "subnet-1").verdict, verdict, "{reply}");
        }
    }
}
