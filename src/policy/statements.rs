//! The statements of a lab's policy, made from what its steps need.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Conditions, Statement, arn, condition};
use super::drill_needs as policy_drill;
use super::needs::needs;
use crate::actions::{self, Condition, Grant, Scope};
use crate::cloud::{Api, tags};
use crate::lab::{Drill, Image, Lab, Resource, Side};

/// The reads that IAM can confine to resources. All other reads of the lab only take `*`.
const CONFINED: [(&str, &str); 3] = [
    ("ec2:DescribeVpcAttribute", "vpc/*"),
    ("ec2:DescribeVpcEndpointServicePermissions", "vpc-endpoint-service/*"),
    ("ec2:GetConsoleOutput", "instance/*"),
];

pub struct Confined<'a> {
    pub lab: &'a str,
    pub learner: Option<&'a str>,
    pub region: &'a str,
}

/// What the policy allows beyond the lab itself.
#[derive(Clone, Copy, Default)]
pub struct Extra<'a> {
    /// Reads of another verb.
    pub reads: &'a [(Api, &'static str)],
    /// Whether to allow the endpoint that `browse` makes in the consumer's VPC.
    pub browse: bool,
    pub drills: &'a [Drill],
    /// Whether to allow looking at what the learner makes by hand, which has no tags.
    pub by_hand: bool,
}

pub fn statements(lab: &Lab, sides: &[Side], extra: &Extra<'_>, confined: &Confined<'_>) -> Vec<Statement> {
    let (mut reads, mut grants) = needs(lab, sides);
    reads.extend(extra.reads);
    // The client belongs to the consumer, and so does the endpoint that leads to it.
    if extra.browse && sides.contains(&Side::Consumer) {
        reads.extend([(Api::Ec2, "DescribeInstanceConnectEndpoints"), (Api::Ec2, "DescribeSecurityGroupRules")]);
        let mut made = lab.steps.iter().flat_map(|step| &step.makes);
        let windows = |it: &Resource| matches!(it, Resource::Instance(it) if it.image == Image::WindowsServer2022);
        grants.extend(actions::browse_grants(made.any(windows)));
    }
    let (read, granted) = policy_drill::needs(extra.drills, sides);
    reads.extend(read);
    grants.extend(granted);
    if extra.by_hand {
        let steps = lab.steps.iter().filter(|step| sides.contains(&step.side));
        reads.extend(steps.flat_map(|step| &step.makes).flat_map(actions::watch_reads));
    }
    let reads: BTreeSet<String> = reads.into_iter().map(action).collect();
    // What was made by hand has no tags, but must be looked at too.
    let scope = if extra.by_hand { Scope::Any } else { Scope::Own };
    let confined_read = |action: &str| CONFINED.iter().find(|(known, _)| *known == action);
    for (action, resource) in reads.iter().filter_map(|action| confined_read(action)) {
        grants.push(Grant {
            actions: vec![*action],
            resources: vec![(*resource).to_owned()],
            scope,
            rails: Vec::new(),
        });
    }
    // Route 53 is global, so its requests cannot be confined to the lab's region.
    let (global, regional): (Vec<String>, Vec<String>) = reads
        .into_iter()
        .filter(|action| {
            confined_read(action).is_none() && !grants.iter().any(|it| it.actions.contains(&action.as_str()))
        })
        .partition(|action| action.starts_with("route53:"));
    let look = |sid: &str, action, condition| {
        let (sid, resource) = (sid.to_owned(), vec!["*".to_owned()]);
        Statement { sid, effect: "Allow", action, resource, condition }
    };
    let in_region = condition("StringEquals", "aws:RequestedRegion", confined.region);
    let mut statements = vec![look("Look", regional, in_region)];
    if !global.is_empty() {
        statements.push(look("LookEverywhere", global, Conditions::new()));
    }
    statements.extend(merged(&grants).into_iter().map(|((scope, sid), grant)| statement(sid, scope, &grant, confined)));
    statements
}

/// The name of a read in IAM.
fn action((api, operation): (Api, &str)) -> String {
    let service = match api {
        Api::Ec2 => "ec2",
        Api::Elbv2 => "elasticloadbalancing",
        Api::Quotas => "servicequotas",
        Api::Route53 => "route53",
    };
    format!("{service}:{operation}")
}

/// Merges the grants that can share a statement, by the statement's name.
fn merged(grants: &[Grant]) -> BTreeMap<(Scope, String), Grant> {
    let mut merged: BTreeMap<(Scope, String), Grant> = BTreeMap::new();
    for grant in grants {
        let (service, name) = grant.actions.first().and_then(|action| action.split_once(':')).unwrap_or_default();
        let short = if service == "elasticloadbalancing" { "Elb" } else { "Ec2" };
        let sid = match grant.scope {
            Scope::Own => format!("Own{short}"),
            Scope::Tag => format!("Tag{short}"),
            Scope::New if stands_alone(grant, grants) => name.to_owned(),
            Scope::New => format!("New{short}"),
            Scope::Any => {
                let kind = grant.resources.first().map_or("", String::as_str).split('/').next().unwrap_or_default();
                let kind: String = kind.split('-').map(capital).collect();
                if kind == "Role" || kind == "Parameter" || kind == "*" {
                    name.to_owned()
                } else {
                    format!("{name}{kind}")
                }
            }
        };
        let place = merged.entry((grant.scope, sid)).or_insert_with(|| Grant {
            actions: Vec::new(),
            resources: Vec::new(),
            scope: grant.scope,
            rails: Vec::new(),
        });
        place.actions.extend(&grant.actions);
        place.resources.extend(grant.resources.iter().cloned());
        place.rails.extend(grant.rails.iter().cloned());
    }
    merged
}

/// Whether what `grant` makes needs a statement of its own: it has conditions of its own, or other resources of the
/// statement are made in it. All resources of a call see the same request tags, so the parent could be somebody else's.
fn stands_alone(grant: &Grant, grants: &[Grant]) -> bool {
    // One action may make one kind under several conditions. Those stay together.
    let railed = |action: &str| {
        grants.iter().any(|it| it.scope == Scope::New && it.actions.contains(&action) && !it.rails.is_empty())
    };
    let together: BTreeSet<&str> = grants
        .iter()
        .filter(|it| it.scope == Scope::New)
        .flat_map(|it| it.actions.iter().copied())
        .filter(|action| !railed(action))
        .collect();
    let is_parent = |resource: &String| {
        let uses = |it: &&Grant| it.scope == Scope::Own && it.resources.contains(resource);
        grants.iter().filter(uses).flat_map(|it| &it.actions).any(|action| together.contains(action))
    };
    grant.actions.iter().any(|action| railed(action)) || grant.resources.iter().any(is_parent)
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn statement(sid: String, scope: Scope, grant: &Grant, confined: &Confined<'_>) -> Statement {
    let service = grant.actions.first().and_then(|action| action.split_once(':')).map_or("", |(service, _)| service);
    let mut conditions = Conditions::new();
    let mut add = |operator: &str, key: String, value: &str| {
        let keys = conditions.entry(operator.to_owned()).or_default();
        keys.entry(key).or_default().0.insert(value.replace("${region.name}", confined.region));
    };
    for Condition { operator, key, value } in &grant.rails {
        add(operator, (*key).to_owned(), value);
    }
    let marks = [(tags::LAB, Some(confined.lab)), (tags::LEARNER, confined.learner)];
    let marks = marks.into_iter().filter_map(|(key, value)| Some((key, value?)));
    let mut actions: BTreeSet<String> = grant.actions.iter().map(|&action| action.to_owned()).collect();
    match scope {
        Scope::New => marks.for_each(|(key, value)| add("StringEquals", format!("aws:RequestTag/{key}"), value)),
        Scope::Own => marks.for_each(|(key, value)| add("StringEquals", format!("aws:ResourceTag/{key}"), value)),
        Scope::Tag => {
            for action in &actions {
                let name = action.split_once(':').map_or(action.as_str(), |(_, name)| name);
                add("StringEquals", format!("{service}:CreateAction"), name);
            }
            for key in tags::KEYS {
                add("ForAllValues:StringEquals", "aws:TagKeys".to_owned(), key);
            }
            let tagging = if service == "ec2" { "ec2:CreateTags" } else { "elasticloadbalancing:AddTags" };
            actions = [tagging.to_owned()].into();
        }
        Scope::Any => {}
    }
    let mut resources: BTreeSet<String> =
        grant.resources.iter().map(|tail| arn(service, tail, confined.region)).collect();
    // Each of these actions takes only its own resource types, and the tags confine it to the run's. Naming the types
    // would only make the document longer, and IAM limits its size.
    if resources.len() > 1 && service == "ec2" && matches!(scope, Scope::Own | Scope::Tag) {
        resources = [arn(service, "*/*", confined.region)].into();
    }
    Statement {
        sid,
        effect: "Allow",
        action: actions.into_iter().collect(),
        resource: resources.into_iter().collect(),
        condition: conditions,
    }
}
