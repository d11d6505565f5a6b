//! What the account may hold, what it holds, and what the class needs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::account::{clients, sides};
use super::row::Row;
use crate::cloud::{Api, Call, Clients, Fault};
use crate::i18n::{Text, m};
use crate::lab::{Loaded, Resource, Side};
use crate::session::target::Target;

/// The reads of the preflight besides the lab's own.
pub const READS: [(Api, &str); 4] = [
    (Api::Ec2, "DescribeInstanceConnectEndpoints"),
    (Api::Ec2, "DescribeInstanceTypes"),
    (Api::Elbv2, "DescribeAccountLimits"),
    (Api::Quotas, "GetServiceQuota"),
];

/// A quota that is too small, to be raised by AWS.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    service: &'static str,
    code: &'static str,
    name: Text,
    now: u64,
    enough: u64,
}

impl Wanted {
    pub fn cells(&self) -> Vec<Text> {
        vec![
            Text::literal(format!("{} {}", self.service, self.code)),
            self.name.clone(),
            Text::literal(self.now.to_string()),
            Text::literal(self.enough.to_string()),
        ]
    }

    pub fn json(&self) -> Value {
        json!({ "service": self.service, "code": self.code, "now": self.now, "wanted": self.enough })
    }
}

/// What counts against a quota of the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counted {
    Vpcs,
    Vcpus,
    GatewayEndpoints,
    LoadBalancers,
    TargetGroups,
    SecurityGroups,
    NetworkInterfaces,
}

/// The quotas of a region, in the order in which a class meets them [`VPCQ`, PL:vpc-limits-endpoints,
/// NLB:load-balancer-limits, ec2-instance-quotas].
const QUOTAS: [(Counted, &str, &str); 7] = [
    (Counted::Vpcs, "vpc", "L-F678F1CE"),
    (Counted::Vcpus, "ec2", "L-1216C47A"),
    (Counted::GatewayEndpoints, "vpc", "L-1B52E74A"),
    (Counted::LoadBalancers, "elasticloadbalancing", "L-69A177A2"),
    (Counted::TargetGroups, "elasticloadbalancing", "L-B22855CB"),
    (Counted::SecurityGroups, "vpc", "L-E79EC296"),
    (Counted::NetworkInterfaces, "vpc", "L-DF5E4CA3"),
];

/// What counts against a quota of each VPC. Every learner has VPCs of their own, so these do not grow with the class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Subnets,
    RouteTables,
    InterfaceEndpoints,
}

/// The quotas of a VPC [`VPCQ`, PL:vpc-limits-endpoints].
const QUOTAS_OF_A_VPC: [(Within, &str); 3] =
    [(Within::Subnets, "L-407747CB"), (Within::RouteTables, "L-589F43AA"), (Within::InterfaceEndpoints, "L-29B6F2EB")];

/// The quota of EC2 Instance Connect Endpoints in a region. It is not adjustable (UG:eice-quotas).
const CONNECT_ENDPOINTS: u32 = 5;

/// Compares each quota with what exists and what `learners` need. Returns the rows, and the quotas that are too small.
pub async fn rows(target: &Target, loaded: &Loaded, learners: u32) -> (Vec<Row>, Vec<Wanted>) {
    let (mut rows, mut wanted) = (Vec::new(), Vec::new());
    for (shown, side) in sides(target) {
        let clients = clients(target, side);
        let cpus = Cpus::ask(clients, loaded).await;
        for (counted, service, code) in QUOTAS {
            let name = counted.name();
            let each = counted.needed(loaded, shown, cpus.as_ref().ok());
            let (each, used, limit) = match (
                each,
                counted.used(clients, cpus.as_ref()).await,
                limit(clients, counted, service, code).await,
            ) {
                (Some(0), ..) => continue,
                (Some(each), Ok(used), Ok(limit)) => (each, used, limit),
                (_, Err(fault), _) | (_, _, Err(fault)) => {
                    let seen = m::DoctorQuotaUnknown { code, why: fault.to_string() }.text();
                    rows.push(Row::unknown("quota", name, seen).of(shown));
                    continue;
                }
                (None, ..) => {
                    let seen = m::DoctorQuotaUnknown { code, why: m::doctor_type_unknown() }.text();
                    rows.push(Row::unknown("quota", name, seen).of(shown));
                    continue;
                }
            };
            let needed = each * u64::from(learners);
            let seen = m::DoctorQuotaSeen { limit, needed, used }.text();
            if used + needed <= limit {
                rows.push(Row::ok("quota", name, seen).of(shown));
            } else {
                let todo = m::DoctorQuotaTodo { code, name: &name, wanted: used + needed }.text();
                rows.push(Row::problem("quota", name.clone(), seen, todo).of(shown));
                wanted.push(Wanted { service, code, name, now: limit, enough: used + needed });
            }
        }
    }
    for (shown, side) in sides(target) {
        let (inside, asked) = of_vpcs(clients(target, side), loaded, shown).await;
        rows.extend(inside);
        wanted.extend(asked);
    }
    rows.extend(services(clients(target, Side::Provider), loaded, learners).await);
    rows.push(connect_endpoints(clients(target, Side::Consumer), learners).await);
    (rows, wanted)
}

/// The quotas of each VPC, in one row if all are large enough.
async fn of_vpcs(clients: &Clients, loaded: &Loaded, side: Option<Side>) -> (Vec<Row>, Vec<Wanted>) {
    let (mut rows, mut wanted, mut fine) = (Vec::new(), Vec::new(), Vec::new());
    for (within, code) in QUOTAS_OF_A_VPC {
        let (name, needed) = (within.name(), within.needed(loaded, side));
        match service_quota(clients, "vpc", code).await {
            _ if needed == 0 => {}
            Err(fault) => {
                let seen = m::DoctorQuotaUnknown { code, why: fault.to_string() }.text();
                rows.push(Row::unknown("quota_of_vpc", name, seen).of(side));
            }
            Ok(limit) if needed <= limit => fine.push(m::DoctorQuotaOfVpc { limit, name, needed }.text()),
            Ok(limit) => {
                let todo = m::DoctorQuotaTodo { code, name: &name, wanted: needed }.text();
                rows.push(
                    Row::problem(
                        "quota_of_vpc",
                        name.clone(),
                        m::DoctorQuotaSeen { limit, needed, used: 0 }.text(),
                        todo,
                    )
                    .of(side),
                );
                wanted.push(Wanted { service: "vpc", code, name, now: limit, enough: needed });
            }
        }
    }
    if let Some(seen) = fine.into_iter().reduce(|one, other| m::DoctorAnd { one, other }.text()) {
        rows.insert(0, Row::ok("quota_of_vpc", m::doctor_in_each_vpc(), seen).of(side));
    }
    (rows, wanted)
}

/// AWS documents no quota for endpoint services (PL:vpc-limits-endpoints).
async fn services(clients: &Clients, loaded: &Loaded, learners: u32) -> Option<Row> {
    let made = loaded.lab.steps.iter().flat_map(|step| &step.makes);
    let needed = made.filter(|it| matches!(it, Resource::EndpointService(_))).count() as u64 * u64::from(learners);
    let used = listed(clients, "DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations").await;
    let seen = match used {
        _ if needed == 0 => return None,
        Ok(used) => m::DoctorNoQuota { needed, used }.text(),
        Err(fault) => Text::literal(fault.to_string()),
    };
    Some(Row::unknown("endpoint_services", m::doctor_endpoint_services(), seen).optional())
}

/// Only `browse` needs Instance Connect Endpoints: one for each learner's VPC.
async fn connect_endpoints(clients: &Clients, learners: u32) -> Row {
    let (id, what) = ("connect_endpoints", m::doctor_connect_endpoints());
    let used = listed(clients, "DescribeInstanceConnectEndpoints", "InstanceConnectEndpoints").await;
    let taken = used.as_ref().map_or(0, |used| u32::try_from(*used).unwrap_or(u32::MAX));
    let seen = match used {
        Ok(_) => m::DoctorFixedSeen { learners, limit: CONNECT_ENDPOINTS, used: taken }.text(),
        Err(_) => m::DoctorFixed { learners, limit: CONNECT_ENDPOINTS }.text(),
    };
    if learners.saturating_add(taken) > CONNECT_ENDPOINTS {
        let todo = m::doctor_connect_endpoints_todo(CONNECT_ENDPOINTS.saturating_sub(taken));
        Row::problem(id, what, seen, todo).optional()
    } else {
        Row::ok(id, what, seen).optional()
    }
}

/// The number of items that exist.
async fn listed(clients: &Clients, operation: &'static str, list: &str) -> Result<u64, Fault> {
    let reply = ask(clients, Api::Ec2, operation, json!({})).await?;
    Ok(reply.get(list).and_then(Value::as_array).map_or(0, Vec::len) as u64)
}

impl Within {
    fn name(self) -> Text {
        match self {
            Self::Subnets => m::doctor_quota_subnets(),
            Self::RouteTables => m::doctor_quota_route_tables(),
            Self::InterfaceEndpoints => m::doctor_quota_endpoints(),
        }
    }

    /// What the fullest VPC of one learner's lab holds in the account of `side`. Every VPC comes with a route table.
    fn needed(self, loaded: &Loaded, side: Option<Side>) -> u64 {
        let mut vpcs: BTreeMap<&str, u64> = BTreeMap::new();
        let steps = loaded.lab.steps.iter().filter(|step| side.is_none_or(|side| step.side == side));
        for resource in steps.flat_map(|step| &step.makes) {
            let vpc = match (self, resource) {
                (Self::Subnets, Resource::Subnet(it)) => &it.vpc,
                (Self::RouteTables, Resource::RouteTable(it)) => &it.vpc,
                (Self::RouteTables, Resource::Vpc(it)) => &it.name,
                (Self::InterfaceEndpoints, Resource::Endpoint(it)) => &it.vpc,
                _ => continue,
            };
            *vpcs.entry(vpc).or_default() += 1;
        }
        vpcs.into_values().max().unwrap_or_default()
    }
}

impl Counted {
    fn name(self) -> Text {
        match self {
            Self::Vpcs => m::doctor_quota_vpcs(),
            Self::Vcpus => m::doctor_quota_vcpus(),
            Self::GatewayEndpoints => m::doctor_quota_gateways(),
            Self::LoadBalancers => m::doctor_quota_balancers(),
            Self::TargetGroups => m::doctor_quota_target_groups(),
            Self::SecurityGroups => m::doctor_quota_groups(),
            Self::NetworkInterfaces => m::doctor_quota_interfaces(),
        }
    }

    /// What one learner's lab needs in the account of `side` (`None`: both sides share it). `None` if that is unknown.
    fn needed(self, loaded: &Loaded, side: Option<Side>, cpus: Option<&Cpus>) -> Option<u64> {
        let steps = loaded.lab.steps.iter().filter(|step| side.is_none_or(|side| step.side == side));
        let mut sum = 0;
        for resource in steps.flat_map(|step| &step.makes) {
            sum += match (self, resource) {
                (Self::Vcpus, Resource::Instance(it)) => *cpus?.each.get(&it.instance_type)?,
                (Self::Vpcs, Resource::Vpc(_))
                | (Self::GatewayEndpoints, Resource::GatewayEndpoint(_))
                | (Self::LoadBalancers, Resource::LoadBalancer(_))
                | (Self::TargetGroups, Resource::TargetGroup(_))
                | (Self::NetworkInterfaces, Resource::Instance(_))
                // Every VPC comes with a security group.
                | (Self::SecurityGroups, Resource::SecurityGroup(_) | Resource::Vpc(_)) => 1,
                (Self::NetworkInterfaces, Resource::LoadBalancer(it)) => it.subnets.len() as u64,
                (Self::NetworkInterfaces, Resource::Endpoint(it)) => it.subnets.len().max(1) as u64,
                _ => 0,
            };
        }
        Some(sum)
    }

    async fn used(self, clients: &Clients, cpus: Result<&Cpus, &Fault>) -> Result<u64, Fault> {
        let count = |reply: &Value, list: &str, counts: fn(&Value) -> bool| {
            let all = reply.get(list).and_then(Value::as_array).into_iter().flatten();
            all.filter(|it| counts(it)).count() as u64
        };
        Ok(match self {
            Self::Vpcs => count(&ask(clients, Api::Ec2, "DescribeVpcs", json!({})).await?, "Vpcs", |_| true),
            Self::Vcpus => cpus.map_err(Clone::clone)?.running,
            Self::GatewayEndpoints => {
                let filters = json!({ "Filters": [{ "Name": "vpc-endpoint-type", "Values": ["Gateway"] }] });
                let reply = ask(clients, Api::Ec2, "DescribeVpcEndpoints", filters).await?;
                count(&reply, "VpcEndpoints", |it| it["State"] != "deleted")
            }
            Self::LoadBalancers => {
                let reply = ask(clients, Api::Elbv2, "DescribeLoadBalancers", json!({})).await?;
                count(&reply, "LoadBalancers", |it| it["Type"] == "network")
            }
            Self::SecurityGroups => listed(clients, "DescribeSecurityGroups", "SecurityGroups").await?,
            Self::NetworkInterfaces => listed(clients, "DescribeNetworkInterfaces", "NetworkInterfaces").await?,
            Self::TargetGroups => {
                count(&ask(clients, Api::Elbv2, "DescribeTargetGroups", json!({})).await?, "TargetGroups", |_| true)
            }
        })
    }
}

/// Elastic Load Balancing reports its own limits (API:DescribeAccountLimits); Service Quotas has the others.
async fn limit(clients: &Clients, counted: Counted, service: &str, code: &str) -> Result<u64, Fault> {
    let own = match counted {
        Counted::LoadBalancers => Some("network-load-balancers"),
        Counted::TargetGroups => Some("target-groups"),
        _ => None,
    };
    if let Some(name) = own {
        let reply = ask(clients, Api::Elbv2, "DescribeAccountLimits", json!({})).await?;
        let mut limits = reply.get("Limits").and_then(Value::as_array).into_iter().flatten();
        let found = limits.find(|it| it["Name"] == name).and_then(|it| it["Max"].as_str()?.parse().ok());
        return found.ok_or_else(|| nothing(name));
    }
    service_quota(clients, service, code).await
}

async fn service_quota(clients: &Clients, service: &str, code: &str) -> Result<u64, Fault> {
    let params = json!({ "ServiceCode": service, "QuotaCode": code });
    let reply = ask(clients, Api::Quotas, "GetServiceQuota", params).await?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "quotas are counts, in whole numbers")]
    let value = reply.pointer("/Quota/Value").and_then(Value::as_f64).map(|value| value as u64);
    value.ok_or_else(|| nothing(code))
}

fn nothing(name: &str) -> Fault {
    Fault::ours(crate::cloud::FaultClass::NotFound, "NoSuchResource", name)
}

/// Virtual CPUs of the instance types, and of what runs now.
struct Cpus {
    each: BTreeMap<String, u64>,
    running: u64,
}

impl Cpus {
    async fn ask(clients: &Clients, loaded: &Loaded) -> Result<Self, Fault> {
        let states = json!({ "Filters": [{ "Name": "instance-state-name", "Values": ["pending", "running"] }] });
        let reply = ask(clients, Api::Ec2, "DescribeInstances", states).await?;
        let reservations = reply.get("Reservations").and_then(Value::as_array).into_iter().flatten();
        let running: Vec<String> = reservations
            .filter_map(|it| it.get("Instances")?.as_array())
            .flatten()
            .filter_map(|it| it.get("InstanceType")?.as_str().map(str::to_owned))
            .filter(|kind| is_standard(kind))
            .collect();
        let lab = loaded.lab.steps.iter().flat_map(|step| &step.makes).filter_map(|resource| match resource {
            Resource::Instance(it) => Some(it.instance_type.clone()),
            _ => None,
        });
        let kinds: std::collections::BTreeSet<String> = running.iter().cloned().chain(lab).collect();
        let filters = json!({ "Filters": [{ "Name": "instance-type", "Values": kinds }] });
        let reply = ask(clients, Api::Ec2, "DescribeInstanceTypes", filters).await?;
        let each: BTreeMap<String, u64> = reply
            .get("InstanceTypes")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|it| {
                Some((it["InstanceType"].as_str()?.to_owned(), it.pointer("/VCpuInfo/DefaultVCpus")?.as_u64()?))
            })
            .collect();
        let running = running.iter().map(|kind| each.get(kind).copied().unwrap_or_default()).sum();
        Ok(Self { each, running })
    }
}

/// Whether the type counts against the quota of the standard families A, C, D, H, I, M, R, T and Z. Types such as `inf`
/// have quotas of their own.
fn is_standard(kind: &str) -> bool {
    let family = kind.split('.').next().unwrap_or_default();
    let letters: String = family.chars().take_while(char::is_ascii_alphabetic).collect();
    !matches!(letters.as_str(), "inf" | "dl" | "trn" | "hpc")
        && family.starts_with(['a', 'c', 'd', 'h', 'i', 'm', 'r', 't', 'z'])
}

async fn ask(clients: &Clients, api: Api, operation: &'static str, params: Value) -> Result<Value, Fault> {
    clients.send(&Call::new(api, operation, params)).await
}
