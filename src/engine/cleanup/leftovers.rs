//! Finds what runs have left in an account by their tags alone, for when there is no journal. It sees nothing without
//! the tags.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::actions::{self, Charge, Presence};
use crate::cloud::{Api, Call, Clients, Clouds, tags, text_at};
use crate::engine::calls::perform::clients;
use crate::engine::event::{Event, Facts, Fault, FaultClass, Purpose};
use crate::lab::{Kind, Side};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leftover {
    /// The run's id from the tag. Anybody may have written it.
    pub run: String,
    pub lab: String,
    /// Empty if there is no such tag.
    pub learner: String,
    pub items: Vec<LeftoverItem>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LeftoverItem {
    pub resource: String,
    pub kind: Kind,
    /// The account it was found in; the provider's if both sides share one.
    pub side: Side,
    pub facts: Facts,
    /// The item of the describe reply. The ids in it are what it needs.
    pub seen: Value,
    /// When it was made (UTC), if AWS says so.
    pub since: Option<String>,
}

impl Leftover {
    /// When its oldest item was made, as far as AWS says.
    #[must_use]
    pub fn since(&self) -> Option<&str> {
        self.items.iter().filter_map(|item| item.since.as_deref()).min()
    }

    #[must_use]
    pub fn charges(&self, region: &str) -> Vec<Charge> {
        let charge = |item: &LeftoverItem| actions::cost_of_seen(&item.resource, &item.kind, &item.seen, region);
        self.items.iter().filter_map(charge).collect()
    }

    /// Journal lines that describe what is left, numbered from `from`, so that an ordinary clean-up can work from them.
    #[must_use]
    pub fn told(&self, from: u64) -> Vec<Event> {
        let mut events = Vec::new();
        for (call, item) in (from..).zip(&self.items) {
            let (kind, resource) = (item.kind.clone(), item.resource.clone());
            events.push(Event::Intent {
                call,
                step: String::new(),
                resource,
                side: item.side,
                purpose: Purpose::Make,
                part: actions::made_by(&kind).to_owned(),
                operation: actions::look(&kind, "it").map_or("DescribeTags", |look| look.operation).to_owned(),
                params: item.seen.clone(),
                kind,
            });
            events.push(Event::Outcome { call, facts: Some(item.facts.clone()), error: None, recovered: true });
        }
        events
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leftovers {
    pub runs: Vec<Leftover>,
    /// Whether hosted zones could not be looked for. Most labs make none, and their policies then do not allow the
    /// look.
    pub zones_unseen: bool,
}

/// What the runs of every learner have left in these accounts.
///
/// # Errors
/// If an account cannot be looked into. That means "unknown", not "nothing".
pub async fn leftovers(clouds: &Clouds, accounts: &BTreeMap<Side, String>) -> Result<Leftovers, Fault> {
    let mut runs: BTreeMap<String, Leftover> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut zones_unseen = false;
    for (side, account) in accounts {
        // If both sides share an account, look once.
        if !seen.insert(account) {
            continue;
        }
        let clients = clients(clouds, *side);
        let mut tagged = of_ec2(clients).await?;
        tagged.extend(of_elb(clients, "pllab-").await?);
        for (kind, ids) in by_kind(&tagged) {
            for (id, object) in look(clients, &kind, &ids).await? {
                let Some((_, marks)) = tagged.get(&id) else { continue };
                put(&mut runs, marks, &id, |resource| remnant(resource, &kind, &id, *side, object));
            }
        }
        match zones(clients).await {
            Ok(zones) => {
                for (id, marks, facts, seen) in zones {
                    put(&mut runs, &marks, &id, |resource| LeftoverItem {
                        resource,
                        kind: Kind::HostedZone,
                        side: *side,
                        facts,
                        seen,
                        since: None,
                    });
                }
            }
            // Route 53 has a host of its own, which a proxy may not let through.
            Err(fault)
                if matches!(fault.class, FaultClass::Denied | FaultClass::Unsupported | FaultClass::Unreachable) =>
            {
                zones_unseen = true;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(Leftovers { runs: runs.into_values().collect(), zones_unseen })
}

fn put(
    runs: &mut BTreeMap<String, Leftover>,
    marks: &BTreeMap<String, String>,
    id: &str,
    thing: impl FnOnce(String) -> LeftoverItem,
) {
    let mark = |key: &str| marks.get(key).cloned().unwrap_or_default();
    let run = runs.entry(mark(tags::RUN)).or_insert_with(|| Leftover {
        run: mark(tags::RUN),
        lab: mark(tags::LAB),
        learner: mark(tags::LEARNER),
        items: Vec::new(),
    });
    let name = Some(mark(tags::RESOURCE)).filter(|name| !name.is_empty());
    run.items.push(thing(name.unwrap_or_else(|| id.to_owned())));
}

/// The hosted zones whose comment says that a run made them: id, marks, facts, and what was seen. Route 53 is global,
/// so the runs may be in any region.
async fn zones(clients: &Clients) -> Result<Vec<(String, BTreeMap<String, String>, Facts, Value)>, Fault> {
    let reply = ask(clients, Api::Route53, "ListHostedZones", json!({})).await?;
    let mut found = Vec::new();
    for zone in list(&reply, "HostedZones") {
        let marks = tags::read_note(&text_at(zone, "Config.Comment").unwrap_or_default());
        if !marks.contains_key(tags::RUN) {
            continue;
        }
        let id = text(zone, "Id");
        match ask(clients, Api::Route53, "ListResourceRecordSets", json!({ "HostedZoneId": id })).await {
            Ok(records) => {
                let mut facts: Facts = actions::published(&records).into_iter().collect();
                facts.insert("id".to_owned(), id.clone());
                found.push((id, marks, facts, zone.clone()));
            }
            // It was deleted while we looked.
            Err(fault) if fault.class == FaultClass::NotFound => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(found)
}

/// Resource id or ARN to its kind and its tags.
type Tagged = BTreeMap<String, (Kind, BTreeMap<String, String>)>;

fn by_kind(tagged: &Tagged) -> BTreeMap<Kind, Vec<String>> {
    let mut kinds: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
    for (id, (kind, marks)) in tagged {
        // Only the run's tag makes it ours.
        if marks.contains_key(tags::RUN) {
            kinds.entry(kind.clone()).or_default().push(id.clone());
        }
    }
    kinds
}

async fn of_ec2(clients: &Clients) -> Result<Tagged, Fault> {
    let filters =
        json!([{ "Name": "key", "Values": tags::KEYS.iter().filter(|key| **key != "Name").collect::<Vec<_>>() }]);
    let reply = ask(clients, Api::Ec2, "DescribeTags", json!({ "Filters": filters })).await?;
    let mut tagged = Tagged::new();
    for tag in list(&reply, "Tags") {
        let kind = actions::kind_tagged(&text(tag, "ResourceType"));
        let place = tagged.entry(text(tag, "ResourceId")).or_insert_with(|| (kind, BTreeMap::new()));
        place.1.insert(text(tag, "Key"), text(tag, "Value"));
    }
    Ok(tagged)
}

/// `ELBv2` returns tags by ARN only, for at most twenty at a time (API:DescribeTags). Only resources whose name begins
/// with `named` are asked about.
pub async fn of_elb(clients: &Clients, named: &str) -> Result<Tagged, Fault> {
    let is_ours = |name: &str| name.starts_with(named);
    let mut found: BTreeMap<String, Kind> = BTreeMap::new();
    let balancers = ask(clients, Api::Elbv2, "DescribeLoadBalancers", json!({})).await?;
    for balancer in list(&balancers, "LoadBalancers").iter().filter(|it| is_ours(&text(it, "LoadBalancerName"))) {
        let arn = text(balancer, "LoadBalancerArn");
        match ask(clients, Api::Elbv2, "DescribeListeners", json!({ "LoadBalancerArn": arn })).await {
            Ok(reply) => {
                found.extend(list(&reply, "Listeners").iter().map(|it| (text(it, "ListenerArn"), Kind::Listener)));
            }
            // It was deleted while we looked.
            Err(fault) if fault.class == FaultClass::NotFound => {}
            Err(fault) => return Err(fault),
        }
        found.insert(arn, Kind::LoadBalancer);
    }
    let groups = ask(clients, Api::Elbv2, "DescribeTargetGroups", json!({})).await?;
    let groups = list(&groups, "TargetGroups").iter().filter(|it| is_ours(&text(it, "TargetGroupName")));
    found.extend(groups.map(|it| (text(it, "TargetGroupArn"), Kind::TargetGroup)));
    let mut tagged = Tagged::new();
    let arns: Vec<&String> = found.keys().collect();
    for some in arns.chunks(20) {
        for description in elb_tags(clients, some).await? {
            let arn = text(&description, "ResourceArn");
            let marks = list(&description, "Tags").iter().map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect();
            if let Some(kind) = found.get(&arn) {
                tagged.insert(arn, (kind.clone(), marks));
            }
        }
    }
    Ok(tagged)
}

/// The tags of the resources that still exist. In a shared account, resources may be deleted while we look, and one
/// missing resource makes AWS refuse the whole call.
async fn elb_tags(clients: &Clients, arns: &[&String]) -> Result<Vec<Value>, Fault> {
    let reply = match ask(clients, Api::Elbv2, "DescribeTags", json!({ "ResourceArns": arns })).await {
        Err(fault) if fault.class == FaultClass::NotFound && arns.len() > 1 => {
            let mut found = Vec::new();
            for arn in arns {
                found.extend(Box::pin(elb_tags(clients, &[arn])).await?);
            }
            return Ok(found);
        }
        Err(fault) if fault.class == FaultClass::NotFound => return Ok(Vec::new()),
        reply => reply?,
    };
    Ok(list(&reply, "TagDescriptions").to_vec())
}

/// The resources that still exist, with what was seen of them. A kind of a newer version is assumed to exist.
async fn look(clients: &Clients, kind: &Kind, ids: &[String]) -> Result<Vec<(String, Value)>, Fault> {
    let Some(call) = actions::look(kind, "it") else {
        return Ok(ids.iter().map(|id| (id.clone(), Value::Null)).collect());
    };
    let mut found = Vec::new();
    for some in ids.chunks(100) {
        match seen(clients, &call, some).await {
            Ok(objects) => found.extend(objects),
            // One missing resource makes AWS refuse the whole call.
            Err(fault) if fault.class == FaultClass::NotFound => {
                for id in some {
                    match seen(clients, &call, std::slice::from_ref(id)).await {
                        Ok(objects) => found.extend(objects),
                        Err(fault) if fault.class == FaultClass::NotFound => {}
                        Err(fault) => return Err(fault),
                    }
                }
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(found)
}

async fn seen(clients: &Clients, call: &Call, ids: &[String]) -> Result<Vec<(String, Value)>, Fault> {
    // Whatever its name, the call refers to one fact, the id. Several ids are separated by commas.
    let Ok(call) = call.resolve(&|_, _| Some(ids.join(","))) else { return Ok(Vec::new()) };
    let reply = clients.send(&call).await?;
    let first = reply.as_object().and_then(|reply| reply.values().find_map(Value::as_array));
    let mut objects: Vec<Value> = first.cloned().unwrap_or_default();
    // DescribeInstances wraps instances into reservations.
    if objects.iter().any(|it| it.get("Instances").is_some()) {
        objects = objects.iter().flat_map(|it| list(it, "Instances")).cloned().collect();
    }
    let id_of = |object: &Value| {
        let texts = object.as_object()?.values().filter_map(Value::as_str);
        texts.into_iter().find(|text| ids.iter().any(|id| id == text)).map(str::to_owned)
    };
    let exists = |object: &Value| actions::presence(Ok(json!({ "It": [object] }))) != Presence::Gone;
    Ok(objects.into_iter().filter(exists).filter_map(|object| Some((id_of(&object)?, object))).collect())
}

fn remnant(resource: String, kind: &Kind, id: &str, side: Side, mut object: Value) -> LeftoverItem {
    let kind = actions::kind_seen(kind, &object);
    let mut facts: Facts = actions::facts_of_seen(&kind, &object).into_iter().collect();
    facts.insert(if id.starts_with("arn:") { "arn" } else { "id" }.to_owned(), id.to_owned());
    let times = ["LaunchTime", "CreationTimestamp", "CreatedTime", "CreatedAt"];
    let since = times.iter().find_map(|time| text_at(&object, time));
    if let Some(object) = object.as_object_mut() {
        // These are users of the object, not things that it needs.
        for users in ["Routes", "LoadBalancerArns", "NetworkInterfaceIds", "NetworkInterfaces"] {
            object.remove(users);
        }
    }
    LeftoverItem { resource, kind, side, facts, seen: object, since }
}

fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

async fn ask(clients: &Clients, api: Api, operation: &'static str, params: Value) -> Result<Value, Fault> {
    clients.send(&Call::new(api, operation, params)).await
}
