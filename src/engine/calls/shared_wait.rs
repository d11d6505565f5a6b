//! Lets waits share their looks: one describe call per pause for all resources of a kind, however many wait.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot};

use super::perform::Polling;
use crate::cloud::{Call, Clients};
use crate::engine::event::{Fault, FaultClass};

/// Makes the describe calls for waits. Waits for the same kind share the pauses and the calls.
pub struct Watch {
    patience: Polling,
    /// The looking tasks, by account and operation.
    lines: Mutex<BTreeMap<(String, &'static str), mpsc::UnboundedSender<Asked>>>,
}

struct Asked {
    call: Call,
    reply: oneshot::Sender<Result<Value, Fault>>,
}

impl Watch {
    pub fn new(patience: Polling) -> Self {
        Self { patience, lines: Mutex::default() }
    }

    /// Asks after the next pause, together with the other waits for the same kind in this account. The answer holds
    /// only what `call` asks for.
    ///
    /// # Errors
    /// Whatever the cloud answers to the call.
    pub async fn look(&self, clients: &Clients, account: &str, call: Call) -> Result<Value, Fault> {
        let (reply, answer) = oneshot::channel();
        {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            let line = lines.entry((account.to_owned(), call.operation)).or_insert_with(|| {
                let (line, asked) = mpsc::unbounded_channel();
                tokio::spawn(look_for_all(clients.clone(), self.patience, asked));
                line
            });
            // If the task is gone, `reply` is dropped with it, and `answer` reports that.
            let _ = line.send(Asked { call, reply });
        }
        answer.await.unwrap_or_else(|_| Err(Fault::ours(FaultClass::NoAnswer, "NoAnswer", "nobody looks any more")))
    }
}

/// Runs until the last sender is dropped.
async fn look_for_all(clients: Clients, patience: Polling, mut asked: mpsc::UnboundedReceiver<Asked>) {
    let mut pauses = patience.pauses();
    let mut known = BTreeSet::new();
    let mut last: Option<Instant> = None;
    while let Some(first) = asked.recv().await {
        let mut waiting = vec![first];
        take_all(&mut asked, &mut waiting);
        // A new wait gets its first look soon and is looked at often.
        if waiting.iter().any(|it| !known.contains(&target(&it.call))) {
            pauses = patience.pauses();
        }
        let pause = pauses.next().unwrap_or_default();
        let gap = last.map_or(Duration::ZERO, |at| patience.look.0.saturating_sub(at.elapsed()));
        tokio::time::sleep(pause.max(gap)).await;
        take_all(&mut asked, &mut waiting);
        waiting.retain(|it| !it.reply.is_closed());
        known.extend(waiting.iter().map(|it| target(&it.call)));
        answer_all(&clients, waiting).await;
        last = Some(Instant::now());
    }
}

fn take_all(asked: &mut mpsc::UnboundedReceiver<Asked>, into: &mut Vec<Asked>) {
    while let Ok(more) = asked.try_recv() {
        into.push(more);
    }
}

fn target(call: &Call) -> String {
    Value::Object(call.params.clone()).to_string()
}

async fn answer_all(clients: &Clients, waiting: Vec<Asked>) {
    let together = joined(&waiting.iter().map(|it| &it.call).collect::<Vec<_>>());
    if let Some(call) = together
        && let Ok(reply) = clients.send(&call).await
    {
        for it in waiting {
            let ids = ids(&it.call.params).map(|(_, ids)| ids).unwrap_or_default();
            // A wait that has ended needs no answer.
            let _ = it.reply.send(Ok(only(&reply, &ids)));
        }
        return;
    }
    // There is only one call, or an id that AWS does not know any more fails the joint call: ask for each alone.
    for it in waiting {
        let answer = clients.send(&it.call).await;
        let _ = it.reply.send(answer);
    }
}

/// One call for several that differ only in the ids they ask for. `None` for a single call and for calls of another
/// form.
fn joined(calls: &[&Call]) -> Option<Call> {
    let [first, rest @ ..] = calls else { return None };
    let (key, mut all) = ids(&first.params)?;
    if rest.is_empty() {
        return None;
    }
    for call in rest {
        let (other, more) = ids(&call.params)?;
        if other != key {
            return None;
        }
        all.extend(more);
    }
    let params = Map::from_iter([(key.to_owned(), all.into_iter().map(Value::from).collect())]);
    Some(Call { api: first.api, operation: first.operation, params })
}

/// The ids, if the call has only one parameter and that is a list of ids.
fn ids(params: &Map<String, Value>) -> Option<(&str, BTreeSet<String>)> {
    let mut all = params.iter();
    let (Some((key, Value::Array(list))), None) = (all.next(), all.next()) else { return None };
    let ids: Option<BTreeSet<String>> = list.iter().map(|id| id.as_str().map(str::to_owned)).collect();
    Some((key.as_str(), ids?)).filter(|(key, _)| key.ends_with("Ids") || key.ends_with("Arns"))
}

/// The reply without the items that mention none of these ids.
fn only(reply: &Value, ids: &BTreeSet<String>) -> Value {
    let Value::Object(fields) = reply else { return reply.clone() };
    let fields = fields.iter().map(|(name, field)| {
        let field = match field {
            Value::Array(items) => items.iter().filter(|item| speaks_of(item, ids)).cloned().collect(),
            other => other.clone(),
        };
        (name.clone(), field)
    });
    Value::Object(fields.collect())
}

fn speaks_of(value: &Value, ids: &BTreeSet<String>) -> bool {
    match value {
        Value::String(text) => ids.contains(text),
        Value::Array(items) => items.iter().any(|item| speaks_of(item, ids)),
        Value::Object(fields) => fields.values().any(|field| speaks_of(field, ids)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Call, ids, joined, only};
    use crate::cloud::Api;

    fn call(params: &serde_json::Value) -> Call {
        let params = params.as_object().cloned().unwrap_or_default();
        Call { api: Api::Ec2, operation: "DescribeInstances", params }
    }

    #[test]
    fn calls_for_ids_are_joined_and_others_are_not() {
        let (one, two) = (call(&json!({ "InstanceIds": ["i-1"] })), call(&json!({ "InstanceIds": ["i-2"] })));
        let both = joined(&[&one, &two]).expect("they ask for ids");
        assert_eq!(serde_json::Value::Object(both.params), json!({ "InstanceIds": ["i-1", "i-2"] }));
        assert_eq!(joined(&[&one]), None);
        let filtered = call(&json!({ "Filters": [{ "Name": "vpc-id" }] }));
        assert_eq!(joined(&[&one, &filtered]), None);
        let attribute = call(&json!({ "InstanceIds": ["i-1"], "Attribute": "userData" }));
        assert_eq!(ids(&attribute.params), None);
    }

    #[test]
    fn each_gets_its_own_part_of_the_answer() {
        let reply = json!({ "Reservations": [
            { "Instances": [{ "InstanceId": "i-1", "State": { "Name": "running" } }] },
            { "Instances": [{ "InstanceId": "i-2" }] },
        ], "NextToken": null });
        let mine = only(&reply, &["i-2".to_owned()].into());
        assert_eq!(mine, json!({ "Reservations": [{ "Instances": [{ "InstanceId": "i-2" }] }], "NextToken": null }));
        assert_eq!(only(&reply, &["i-3".to_owned()].into())["Reservations"], json!([]));
    }
}
