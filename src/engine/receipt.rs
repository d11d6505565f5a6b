//! The clean-up's second look: by id, by tag, and by VPC. "Could not look" is never "gone".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::core::Core;
use super::event::{Event, Fault, Item, ItemState, Purpose};
use super::perform::clients;
use super::state::{Made, State};
use crate::actions::{self, Presence};
use crate::cloud::{Api, Call, Clouds, tags};
use crate::lab::Side;

/// What the second look asks besides a look at each thing.
pub const READS: [(Api, &str); 2] = [(Api::Ec2, "DescribeNetworkInterfaces"), (Api::Ec2, "DescribeTags")];

/// Looks at everything this run ever made, and for what it may have made without knowing.
pub async fn receipt(core: &Core, clouds: &Clouds) -> Event {
    let state = core.state();
    let mut items = Vec::new();
    for Made { resource, kind, id, side } in made(&state) {
        let found = match look_by_id(&kind, &id) {
            Some(call) => state_of(&actions::presence(clients(clouds, side).send(&call).await)),
            // A kind of a newer program: nobody here knows how to look.
            None => ItemState::Unknown,
        };
        items.push(Item { resource, kind, id, state: found });
    }
    // What nobody knows the outcome of is not gone.
    for pending in state.pending.values().filter(|call| call.purpose == Purpose::Make) {
        let (resource, kind) = (pending.resource.clone(), pending.kind.clone());
        items.push(Item { resource, kind, id: String::new(), state: ItemState::Unknown });
    }
    let known: BTreeSet<String> = items.iter().map(|item| item.id.clone()).collect();
    // One account for both sides needs one look.
    let accounts: BTreeMap<&String, Side> = core.accounts().iter().map(|(side, account)| (account, *side)).collect();
    for side in accounts.into_values() {
        let mut found = by_tag(clouds, side, &state.run).await;
        found.extend(by_vpc(core, clouds, side, &state).await);
        items.extend(found.into_iter().filter(|item| item.id.is_empty() || !known.contains(&item.id)));
    }
    let count = |wanted| items.iter().filter(|item| item.state == wanted).count();
    Event::Receipt {
        gone: count(ItemState::Gone),
        left: count(ItemState::Left),
        unknown: count(ItemState::Unknown),
        items,
    }
}

/// What was made, from the ledger: what is thought to exist, and what is thought to be gone.
fn made(state: &State) -> Vec<Made> {
    let mut all = state.gone.clone();
    for (name, line) in state.existing() {
        let id = line.id().unwrap_or_default().to_owned();
        all.push(Made { resource: name.to_owned(), kind: line.kind.clone(), id, side: line.side });
    }
    all
}

fn look_by_id(kind: &str, id: &str) -> Option<Call> {
    // Whatever its name, the call refers to one fact: the id.
    actions::look(kind, "it")?.resolve(&|_, _| Some(id.to_owned())).ok()
}

fn state_of(presence: &Presence) -> ItemState {
    match presence {
        Presence::Gone => ItemState::Gone,
        Presence::There(_) => ItemState::Left,
        Presence::Unknown(_) => ItemState::Unknown,
    }
}

/// What carries the run's tag. Terminated instances keep their tags for about an hour and are not left over.
async fn by_tag(clouds: &Clouds, side: Side, run: &str) -> Vec<Item> {
    let filters = json!([{ "Name": format!("tag:{}", tags::RUN), "Values": [run] }]);
    let Ok(found) = ask(clouds, side, "DescribeTags", json!({ "Filters": filters })).await else {
        return vec![unseen("tags")];
    };
    let mut items = Vec::new();
    for tag in found.get("Tags").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| tag.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (kind, id) = (text("ResourceType").replace('-', "_"), text("ResourceId"));
        let state = match look_by_id(tagged_kind(&kind), &id) {
            Some(call) => state_of(&actions::presence(clients(clouds, side).send(&call).await)),
            None => ItemState::Left,
        };
        if state != ItemState::Gone {
            items.push(Item { resource: String::new(), kind, id, state });
        }
    }
    items
}

/// EC2's resource types as our kinds, where they differ.
fn tagged_kind(resource_type: &str) -> &str {
    match resource_type {
        "vpc_endpoint" => "endpoint",
        "vpc_endpoint_service" => "endpoint_service",
        other => other,
    }
}

/// What still stands in the run's VPCs, network interfaces above all: they are what keeps a VPC from going.
async fn by_vpc(core: &Core, clouds: &Clouds, side: Side, state: &State) -> Vec<Item> {
    let vpcs: Vec<_> = made(state)
        .into_iter()
        .filter(|it| it.kind == "vpc" && core.accounts().get(&it.side) == core.accounts().get(&side))
        .map(|it| it.id)
        .collect();
    if vpcs.is_empty() {
        return Vec::new();
    }
    let filters = json!([{ "Name": "vpc-id", "Values": vpcs }]);
    match ask(clouds, side, "DescribeNetworkInterfaces", json!({ "Filters": filters })).await {
        Ok(reply) => reply
            .get("NetworkInterfaces")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|interface| interface.get("NetworkInterfaceId")?.as_str())
            .map(|id| Item {
                resource: String::new(),
                kind: "network_interface".to_owned(),
                id: id.to_owned(),
                state: ItemState::Left,
            })
            .collect(),
        Err(_) => vec![unseen("network_interfaces")],
    }
}

/// A look that was refused or not answered.
fn unseen(kind: &str) -> Item {
    Item { resource: String::new(), kind: kind.to_owned(), id: String::new(), state: ItemState::Unknown }
}

async fn ask(clouds: &Clouds, side: Side, operation: &'static str, params: Value) -> Result<Value, Fault> {
    let params = params.as_object().cloned().unwrap_or_default();
    clients(clouds, side).send(&Call { api: Api::Ec2, operation, params }).await
}
