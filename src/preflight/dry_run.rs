//! Finds out what may be changed, as far as EC2's dry runs can tell.
//!
//! All of them except `CreateVpc` are about a resource that does not exist. If the caller may do them to any resource,
//! AWS answers that it does not exist; that AWS checks permissions before it looks for the resource is UNCONFIRMED. If
//! the caller may do them only to resources with the lab's tags, as with the policy of `pllab policy`, AWS refuses,
//! because a missing resource has no tags. Such a refusal tells nothing.

use serde_json::{Value, json};

use super::row::Row;
use crate::cloud::{Api, Call, Clients, FaultClass, tags};
use crate::i18n::{Text, m};
use crate::lab::{Lab, Side};
use crate::policy::needs::needs;

/// An id that no account has.
const NOTHING: &str = "00000000000000000";

pub struct Tried {
    pub row: Row,
    /// How many of the lab's changes could not be tried.
    pub unclear: usize,
}

/// Tries every change that the lab makes on these sides and that has a dry run.
pub async fn tried(clients: &Clients, lab: &Lab, sides: &[Side], learner: &str) -> Tried {
    let (_, grants) = needs(lab, sides);
    let mut actions: Vec<&'static str> = grants.iter().flat_map(|grant| grant.actions.iter().copied()).collect();
    // `CreateVpc` comes first because it needs nothing. If the endpoint carries out its dry run, no other is tried.
    actions.sort_by_key(|action| (*action != "ec2:CreateVpc", *action));
    actions.dedup();
    let marks = tags::RunTags { run: "doctor", lab: &lab.id, learner, resource: "doctor" };
    let (mut fine, mut denied, mut unclear) = (0, Vec::new(), 0);
    let row = |denied: Vec<&str>, fine| {
        let (id, what) = ("may_make", m::doctor_may_make());
        if denied.is_empty() {
            return Row::ok(id, what, m::doctor_dry_run_fine(fine));
        }
        let seen = m::doctor_denied(denied.join(", "));
        Row::problem(id, what, seen, m::doctor_policy_todo())
            .by(format!("pllab policy {}", crate::host::shell_word(&lab.id)))
    };
    for action in actions.into_iter().filter(|action| !action.starts_with("elasticloadbalancing:")) {
        let Some(call) = question(action, clients.region(), &marks) else {
            unclear += 1;
            continue;
        };
        match clients.send(&call).await {
            Ok(reply) => return Tried { row: made(clients, &call, &reply).await, unclear },
            Err(fault) if fault.class == FaultClass::Denied => {
                // The lab's policy allows these two by the tags of the request alone. An explicit deny, such as an
                // organisation's, holds whatever the tags are.
                let alone = ["CreateVpc", "CreateVpcEndpointServiceConfiguration"].contains(&call.operation);
                if alone || fault.message.contains("explicit deny") {
                    denied.push(call.operation);
                } else {
                    unclear += 1;
                }
            }
            Err(fault) if fault.code == "DryRunOperation" || fault.class == FaultClass::NotFound => fine += 1,
            Err(fault) if call.operation == "CreateVpc" => {
                let row = Row::unknown("may_make", m::doctor_may_make(), Text::literal(fault.to_string()));
                return Tried { row, unclear };
            }
            Err(_) => unclear += 1,
        }
    }
    Tried { row: row(denied, fine), unclear }
}

/// An endpoint that does not know dry runs has made something. It is deleted at once.
async fn made(clients: &Clients, call: &Call, reply: &Value) -> Row {
    let vpc = reply.pointer("/Vpc/VpcId").and_then(Value::as_str);
    let id = vpc.unwrap_or(call.operation).to_owned();
    let (name, what) = ("may_make", m::doctor_may_make());
    let params = [("VpcId".to_owned(), id.clone().into())].into_iter().collect();
    let delete = Call { api: Api::Ec2, operation: "DeleteVpc", params };
    let gone = match vpc {
        Some(_) => clients.send(&delete).await.map_or_else(|fault| fault.class == FaultClass::NotFound, |_| true),
        None => false,
    };
    if gone {
        return Row::unknown(name, what, m::doctor_no_dry_runs());
    }
    Row::problem(name, what, m::doctor_dry_run_made(&id), m::doctor_dry_run_todo(&id))
}

/// The dry run of an action; `None` if there is none, or none that could tell anything.
fn question(action: &'static str, region: &str, marks: &tags::RunTags<'_>) -> Option<Call> {
    let no = |prefix: &str| format!("{prefix}-{NOTHING}");
    let (vpc, subnet, table, group) = (no("vpc"), no("subnet"), no("rtb"), no("sg"));
    let (service, endpoint, instance) = (no("vpce-svc"), no("vpce"), no("i"));
    let operation = action.strip_prefix("ec2:")?;
    let (params, makes) = match operation {
        "CreateVpc" => (json!({ "CidrBlock": "10.0.0.0/16" }), "vpc"),
        "CreateSubnet" => (json!({ "VpcId": vpc, "CidrBlock": "10.0.1.0/24" }), "subnet"),
        "CreateRouteTable" => (json!({ "VpcId": vpc }), "route-table"),
        "CreateSecurityGroup" => {
            (json!({ "VpcId": vpc, "GroupName": "pllab-doctor", "Description": "doctor" }), "security-group")
        }
        "CreateVpcEndpoint" => {
            let name = format!("com.amazonaws.{region}.s3");
            (
                json!({ "VpcId": vpc, "ServiceName": name, "VpcEndpointType": "Gateway", "RouteTableIds": [table] }),
                "vpc-endpoint",
            )
        }
        "CreateVpcEndpointServiceConfiguration" => {
            let balancer =
                format!("arn:aws:elasticloadbalancing:{region}:000000000000:loadbalancer/net/none/{}", &NOTHING[..16]);
            (json!({ "NetworkLoadBalancerArns": [balancer] }), "vpc-endpoint-service")
        }
        "AssociateRouteTable" => (json!({ "RouteTableId": table, "SubnetId": subnet }), ""),
        "DisassociateRouteTable" => (json!({ "AssociationId": no("rtbassoc") }), ""),
        "AuthorizeSecurityGroupIngress" => {
            let rule =
                json!({ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{ "CidrIp": "10.0.0.0/16" }] });
            (json!({ "GroupId": group, "IpPermissions": [rule] }), "")
        }
        "DeleteVpc" => (json!({ "VpcId": vpc }), ""),
        "DeleteSubnet" => (json!({ "SubnetId": subnet }), ""),
        "DeleteRouteTable" => (json!({ "RouteTableId": table }), ""),
        "DeleteSecurityGroup" => (json!({ "GroupId": group }), ""),
        "DeleteVpcEndpoints" => (json!({ "VpcEndpointIds": [endpoint] }), ""),
        "DeleteVpcEndpointServiceConfigurations" => (json!({ "ServiceIds": [service] }), ""),
        "ModifyVpcEndpointServicePermissions" => {
            (json!({ "ServiceId": service, "AddAllowedPrincipals": ["arn:aws:iam::000000000000:root"] }), "")
        }
        "ModifyVpcEndpointServiceConfiguration" => (json!({ "ServiceId": service, "AcceptanceRequired": true }), ""),
        "StartVpcEndpointServicePrivateDnsVerification" => (json!({ "ServiceId": service }), ""),
        "AcceptVpcEndpointConnections" | "RejectVpcEndpointConnections" => {
            (json!({ "ServiceId": service, "VpcEndpointIds": [endpoint] }), "")
        }
        "RunInstances" => {
            let image = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
            let launch = json!({
                "ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "SubnetId": subnet,
                "SecurityGroupIds": [group], "MetadataOptions": { "HttpTokens": "required" },
            });
            (launch, "instance")
        }
        "TerminateInstances" => (json!({ "InstanceIds": [instance] }), ""),
        // Among EC2's actions here, only the one for a VPC's attributes has no dry run [API:ModifyVpcAttribute].
        _ => return None,
    };
    let mut params = params.as_object().cloned()?;
    params.insert("DryRun".to_owned(), true.into());
    if !makes.is_empty() {
        params.insert("TagSpecifications".to_owned(), marks.specifications(makes));
    }
    Some(Call { api: Api::Ec2, operation, params })
}
