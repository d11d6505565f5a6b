//! `pllab policy`: the least-privilege IAM policy of a lab, made of what its steps declare.

use std::collections::{BTreeMap, BTreeSet};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::args::key_value;
use super::context::Context;
use super::exit::{Code, Failed};
use super::policy_document::{Conditions, LIMIT, Statement, arn, condition, split};
use super::{learner, policy_drill, zone};
use crate::actions::{self, Condition, Grant, Scope};
use crate::cloud::{Api, tags};
use crate::i18n::m;
use crate::lab::{Drill, Image, Lab, Resource, Side};
use crate::{checks, engine, trace};

/// Reads that IAM can confine to resources; all others of the lab's take `*` only.
const CONFINED: [(&str, &str); 3] = [
    ("ec2:DescribeVpcAttribute", "vpc/*"),
    ("ec2:DescribeVpcEndpointServicePermissions", "vpc-endpoint-service/*"),
    ("ec2:GetConsoleOutput", "instance/*"),
];

/// The verb's arguments.
#[derive(Debug, Args)]
pub(super) struct Policy {
    #[arg(value_name = "LAB", default_value = "privatelink")]
    pub lab: String,
    #[arg(long, value_enum)]
    pub side: Option<SideArg>,
    #[arg(long, value_name = "NAME")]
    pub learner: Option<String>,
    #[arg(long, value_name = "REGION", default_value = "ap-northeast-1")]
    pub region: String,
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
    #[arg(long = "with", value_enum, value_name = "VERB", value_delimiter = ',')]
    pub with: Vec<Extra>,
}

/// A verb that needs more than the lab itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Extra {
    Doctor,
    Browse,
    Drill,
    HandsOn,
}

/// One half of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SideArg {
    Provider,
    Consumer,
}

/// What the policy is confined to.
struct Confined<'a> {
    lab: &'a str,
    learner: Option<&'a str>,
    region: &'a str,
}

/// Prints the policy, ready to paste.
pub(super) fn policy(context: &mut Context, args: &Policy) -> Result<Code, Failed> {
    let set: BTreeMap<String, String> = args.set.iter().cloned().collect();
    let loaded = context.lab(&args.lab, &set, "", &args.region)?;
    let learner = args.learner.as_deref().map(|name| learner::name(Some(name), &context.host)).transpose()?;
    let sides = match args.side {
        None => vec![Side::Provider, Side::Consumer],
        Some(SideArg::Provider) => vec![Side::Provider],
        Some(SideArg::Consumer) => vec![Side::Consumer],
    };
    let confined = Confined { lab: &args.lab, learner: learner.as_deref(), region: &args.region };
    let drills = if args.with.contains(&Extra::Drill) {
        super::drill::drills(context, &args.lab, Some((&loaded.lab, &loaded.variables)))?
    } else {
        Vec::new()
    };
    let documents = split(statements(&loaded.lab, &sides, &args.with, &drills, &confined));
    if context.json() {
        context.print_json(&json!({ "event": "policy", "lab": args.lab, "documents": documents }))?;
        return Ok(Code::Met);
    }
    for document in &documents {
        let text = serde_json::to_string_pretty(document).unwrap_or_default();
        context.print(&format!("{text}\n"))?;
    }
    if documents.len() > 1 {
        context.note(&m::PolicySplit { count: documents.len(), limit: LIMIT }.text());
    }
    Ok(Code::Met)
}

/// The statements for these sides of the lab.
fn statements(lab: &Lab, sides: &[Side], with: &[Extra], drills: &[Drill], confined: &Confined<'_>) -> Vec<Statement> {
    let (mut reads, mut grants) = needs(lab, sides);
    if with.contains(&Extra::Doctor) {
        reads.extend(super::doctor::READS);
    }
    // The client, and so the way to it, is the consumer's.
    if with.contains(&Extra::Browse) && sides.contains(&Side::Consumer) {
        reads.extend([(Api::Ec2, "DescribeInstanceConnectEndpoints"), (Api::Ec2, "DescribeSecurityGroupRules")]);
        let mut made = lab.steps.iter().flat_map(|step| &step.makes);
        let windows = |it: &Resource| matches!(it, Resource::Instance(it) if it.image == Image::WindowsServer2022);
        grants.extend(actions::browse_grants(made.any(windows)));
    }
    let (read, granted) = policy_drill::needs(drills, sides);
    reads.extend(read);
    grants.extend(granted);
    let by_hand = with.contains(&Extra::HandsOn);
    if by_hand {
        let steps = lab.steps.iter().filter(|step| sides.contains(&step.side));
        reads.extend(steps.flat_map(|step| &step.makes).flat_map(actions::watch_reads));
    }
    let reads: BTreeSet<String> = reads.into_iter().map(action).collect();
    // What was made by hand carries no tags, and is looked at all the same.
    let scope = if by_hand { Scope::Any } else { Scope::Own };
    let confined_read = |action: &str| CONFINED.iter().find(|(known, _)| *known == action);
    for (action, resource) in reads.iter().filter_map(|action| confined_read(action)) {
        grants.push(Grant {
            actions: vec![*action],
            resources: vec![(*resource).to_owned()],
            scope,
            rails: Vec::new(),
        });
    }
    // Route 53 is one for all regions, and its requests are not asked for the lab's.
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

/// What the sides' steps read, and what else they need.
pub(super) fn needs(lab: &Lab, sides: &[Side]) -> (BTreeSet<(Api, &'static str)>, Vec<Grant>) {
    let mut reads: BTreeSet<(Api, &'static str)> = engine::READS.into_iter().chain(zone::READS).collect();
    // `why` is what whoever is stuck is told to run.
    reads.extend(lab.page().into_iter().flat_map(|_| trace::READS));
    let mut grants = Vec::new();
    for step in &lab.steps {
        // A check may look at both sides.
        let detour = step.detour.iter().flat_map(|detour| &detour.checks);
        reads.extend(step.checks.iter().chain(&step.looks).chain(detour).flat_map(checks::reads));
        if !sides.contains(&step.side) {
            continue;
        }
        for resource in &step.makes {
            reads.extend(actions::reads(resource));
            grants.extend(actions::grants(resource));
        }
        if step.detour.is_some() {
            grants.extend(actions::reject_grants());
        }
    }
    (reads, grants)
}

/// A read as IAM calls it.
fn action((api, operation): (Api, &str)) -> String {
    let service = match api {
        Api::Ec2 => "ec2",
        Api::Elbv2 => "elasticloadbalancing",
        Api::Quotas => "servicequotas",
        Api::Route53 => "route53",
    };
    format!("{service}:{operation}")
}

/// Grants that may stand in one statement, by the statement's name.
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

/// Whether what `grant` makes must not share a statement with what others make: it has conditions of its own, or others of the
/// statement are made in it. The request's tags are the same for all resources of a call, so the parent could be a stranger's.
fn stands_alone(grant: &Grant, grants: &[Grant]) -> bool {
    // One action may make one kind under several conditions: they belong together.
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
    // Each of these actions takes its own types and no others, and the tags say whose: naming the types would only fill the
    // document, which IAM limits.
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
