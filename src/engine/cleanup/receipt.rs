//! The clean-up's second look: by id, by tag, and by VPC. "Could not look" is never reported as "gone".

use std::collections::{BTreeMap, BTreeSet};
use tokio::time::Instant;

use serde_json::{Value, json};

use super::foreign_resources::{Stranger, strangers};
use super::leftovers::of_elb;
use crate::actions::{self, Presence};
use crate::cloud::{Api, Call, Clouds, ec2, tags};
use crate::engine::calls::perform::{Polling, clients};
use crate::engine::calls::run_log::RunLog;
use crate::engine::event::{Event, Fault, Item, ItemState, Progress, ProgressState, Purpose};
use crate::engine::record::ledger::Made;
use crate::engine::record::state::State;
use crate::i18n::{Text, m};
use crate::lab::{Kind, Side};

/// The read calls of the second look, besides the look at each resource.
pub const READS: [(Api, &str); 10] = [
    (Api::Ec2, "DescribeInstances"),
    (Api::Ec2, "DescribeNetworkInterfaces"),
    (Api::Ec2, "DescribeRouteTables"),
    (Api::Ec2, "DescribeSecurityGroups"),
    (Api::Ec2, "DescribeSubnets"),
    (Api::Ec2, "DescribeTags"),
    (Api::Ec2, "DescribeVpcEndpoints"),
    (Api::Elbv2, "DescribeLoadBalancers"),
    (Api::Elbv2, "DescribeTags"),
    (Api::Elbv2, "DescribeTargetGroups"),
];

/// The usual time on AWS until the interfaces of a deleted load balancer or endpoint are gone, in seconds: at least, at
/// most. Common experience, not a promise of AWS: UNCONFIRMED.
const USUAL: (u32, u32) = (30, 300);

/// Looks at everything that this run ever made, and for what it may have made without knowing. Waits for what AWS
/// removes late.
pub async fn receipt(core: &RunLog, clouds: &Clouds, patience: Polling) -> Event {
    let began = Instant::now();
    let mut items = Vec::new();
    let mut foreign = Vec::new();
    let mut waited = false;
    for pause in patience.pauses() {
        tokio::time::sleep(pause).await;
        let (found, late, theirs) = look(core, clouds).await;
        (items, foreign) = (found, theirs);
        let over = late.is_empty() || began.elapsed() > patience.limit;
        waited |= !late.is_empty();
        if waited {
            core.screen.progress(&Progress {
                id: "receipt:late".to_owned(),
                label: m::shared_late(),
                seen: (!late.is_empty()).then(|| Text::literal(late.join(", "))),
                wait: patience.wait(Some(USUAL)),
                state: match over {
                    false => ProgressState::Running,
                    true if late.is_empty() => ProgressState::Done,
                    true => ProgressState::Failed,
                },
            });
        }
        if over {
            break;
        }
    }
    explain(&core.state(), &mut items, &foreign);
    let count = |wanted| items.iter().filter(|item| item.state == wanted).count();
    Event::Receipt {
        gone: count(ItemState::Gone),
        left: count(ItemState::Left),
        unknown: count(ItemState::Unknown),
        items,
        free: clouds.on_this_machine,
    }
}

/// Says of what is left what keeps it there: what the learner keeps, what could not be deleted, what is not ours.
fn explain(state: &State, items: &mut [Item], foreign: &[Stranger]) {
    let kept = state.kept_for_learner();
    let left: BTreeSet<String> =
        items.iter().filter(|it| it.state == ItemState::Left).map(|it| it.resource.clone()).collect();
    for item in
        items.iter_mut().filter(|it| it.state == ItemState::Left && (!it.yours || state.handed_over) && !it.foreign)
    {
        let user = kept.get(&item.resource).or_else(|| left.iter().find(|user| state.needs(user, &item.resource)));
        let theirs: Vec<&str> = foreign.iter().filter(|it| it.uses(&item.id)).map(|it| it.id.as_str()).collect();
        item.why = match user {
            Some(user) => Some(m::receipt_used_by(user)),
            None if theirs.is_empty() => None,
            None => Some(m::receipt_used_by_foreign(theirs.join(", "))),
        };
    }
}

/// One look: all items, the ids of what AWS is still removing, and what is not ours.
async fn look(core: &RunLog, clouds: &Clouds) -> (Vec<Item>, Vec<String>, Vec<Stranger>) {
    let state = core.state();
    let mut items = Vec::new();
    for Made { resource, kind, id, side, .. } in made(&state) {
        let found = match look_by_id(&kind, &id) {
            Some(call) => state_of(&actions::presence(clients(clouds, side).send(&call).await)),
            // A kind of a newer program; this one does not know how to look.
            None => ItemState::Unknown,
        };
        let yours = state.resources.get(&resource).is_some_and(|line| line.yours && line.id() == Some(&*id));
        items.push(Item { resource, kind, id, state: found, foreign: false, yours, why: None });
    }
    // If a call's outcome is unknown, its resource does not count as gone.
    for pending in state.pending.values().filter(|call| call.purpose == Purpose::Make) {
        let (resource, kind) = (pending.resource.clone(), pending.kind.clone());
        items.push(Item {
            resource,
            kind,
            id: String::new(),
            state: ItemState::Unknown,
            foreign: false,
            yours: false,
            why: None,
        });
    }
    let known: BTreeSet<String> = items.iter().map(|item| item.id.clone()).collect();
    // If both sides share an account, look once.
    let accounts: BTreeMap<&String, Side> = core.accounts().iter().map(|(side, account)| (account, *side)).collect();
    let (mut late, mut foreign) = (Vec::new(), Vec::new());
    for side in accounts.into_values() {
        let mut found = by_tag(clouds, side, &state.run).await;
        found.extend(by_elb_tag(clouds, side, &state.run).await);
        match strangers(core, clouds, side).await {
            Ok(strangers) => {
                late.extend(strangers.iter().filter(|it| it.of_aws).map(|it| it.id.clone()));
                foreign.extend(strangers.iter().filter(|it| !it.of_aws).cloned());
                found.extend(strangers.into_iter().map(|it| Item {
                    resource: String::new(),
                    kind: it.kind,
                    id: it.id,
                    state: ItemState::Left,
                    foreign: !it.of_aws,
                    yours: false,
                    why: None,
                }));
            }
            Err(_) => found.push(unseen("network_interfaces")),
        }
        items.extend(found.into_iter().filter(|item| item.id.is_empty() || !known.contains(&item.id)));
    }
    (items, late, foreign)
}

/// What was made, from the ledger: what should exist, and what should be gone.
fn made(state: &State) -> Vec<Made> {
    let mut all = state.gone.clone();
    // The run need not account for what existed before it began.
    for (name, line) in state.existing().into_iter().filter(|(_, line)| !state.is_older(line)) {
        let id = line.id().unwrap_or_default().to_owned();
        let (resource, kind) = (name.to_owned(), line.kind.clone());
        all.push(Made { resource, kind, id, side: line.side, since: line.since, until: None });
    }
    all
}

fn look_by_id(kind: &Kind, id: &str) -> Option<Call> {
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

/// The resources with the run's tag. Terminated instances keep their tags for about an hour and do not count as left
/// over.
async fn by_tag(clouds: &Clouds, side: Side, run: &str) -> Vec<Item> {
    let filters = json!([{ "Name": format!("tag:{}", tags::RUN), "Values": [run] }]);
    let Ok(found) = ask(clouds, side, "DescribeTags", json!({ "Filters": filters })).await else {
        return vec![unseen("tags")];
    };
    let mut items = Vec::new();
    for tag in found.get("Tags").and_then(Value::as_array).into_iter().flatten() {
        let text = |key: &str| tag.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (kind, id) = (actions::kind_tagged(&text("ResourceType")), text("ResourceId"));
        let state = match look_by_id(&kind, &id) {
            Some(call) => state_of(&actions::presence(clients(clouds, side).send(&call).await)),
            None => ItemState::Left,
        };
        if state != ItemState::Gone {
            items.push(Item { resource: String::new(), kind, id, state, foreign: false, yours: false, why: None });
        }
    }
    items
}

async fn by_elb_tag(clouds: &Clouds, side: Side, run: &str) -> Vec<Item> {
    let Ok(tagged) = of_elb(clients(clouds, side), &format!("pllab-{run}-")).await else {
        return vec![unseen("load_balancers")];
    };
    let ours = tagged.into_iter().filter(|(_, (_, marks))| marks.get(tags::RUN).is_some_and(|it| it == run));
    ours.map(|(id, (kind, _))| Item {
        resource: String::new(),
        kind,
        id,
        state: ItemState::Left,
        foreign: false,
        yours: false,
        why: None,
    })
    .collect()
}

/// Stands for a `list` call that was refused or not answered. `list` is not a kind, but the line needs some name.
fn unseen(list: &str) -> Item {
    Item {
        resource: String::new(),
        kind: Kind::Unknown(list.to_owned()),
        id: String::new(),
        state: ItemState::Unknown,
        foreign: false,
        yours: false,
        why: None,
    }
}

async fn ask(clouds: &Clouds, side: Side, operation: &'static str, params: Value) -> Result<Value, Fault> {
    clients(clouds, side).send(&ec2(operation, params)).await
}
