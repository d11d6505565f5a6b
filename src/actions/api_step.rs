//! What an action is made of.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cloud::{Call, Fault, FaultClass, tags, text_at};

/// One call of the few that make or delete a resource. Its parameters may hold `${name.fact}`.
#[derive(Clone, Debug)]
pub struct ApiStep {
    /// Its name, unique among the resource's calls of one purpose.
    pub name: &'static str,
    /// The call.
    pub call: Call,
    /// What its reply tells of the resource: a fact's name, and where it stands in the reply.
    pub facts: &'static [(&'static str, &'static str)],
    /// How to learn whether an earlier attempt took effect; `None` where sending again tells.
    pub find: Option<Find>,
    /// Whether sending it again has the same effect once: by its client token, or by its nature. "It already exists"
    /// then counts as done.
    pub repeat: bool,
}

impl ApiStep {
    /// The facts of what this part made, in the answer to its [`Find`]. Route 53's lists take no filter: of the zones in one, it is
    /// the zone that this very call made.
    #[must_use]
    pub fn found(&self, find: &Find, mut reply: Value) -> Option<BTreeMap<String, String>> {
        if let Some(reference) = self.call.params.get("CallerReference")
            && let Some(zones) = reply.get_mut("HostedZones").and_then(Value::as_array_mut)
        {
            zones.retain(|zone| zone.get("CallerReference") == Some(reference));
        }
        facts_of(&reply, find.facts)
    }
}

/// A read-only call that finds what another call made.
#[derive(Clone, Debug)]
pub struct Find {
    /// The call.
    pub call: Call,
    /// The same facts as the making call's, at their places in this reply.
    pub facts: &'static [(&'static str, &'static str)],
}

/// Whose resources are made: what goes into tags, names and client tokens.
#[derive(Clone, Debug)]
pub struct Naming<'a> {
    /// The run's id.
    pub run: &'a str,
    /// The lab's id.
    pub lab: &'a str,
    /// The learner's name.
    pub learner: &'a str,
    /// How often this resource was made before in this run: a client token must not be used twice.
    pub round: usize,
}

impl Naming<'_> {
    /// `TagSpecifications` for an EC2 call that creates one `resource_type`.
    pub(super) fn tag_specifications(&self, resource_type: &str, name: &str) -> Value {
        self.marks(&self.round_name(name)).specifications(resource_type)
    }

    /// `Tags` for an `ELBv2` call.
    pub(super) fn tags(&self, name: &str) -> Value {
        self.marks(&self.round_name(name)).tags()
    }

    /// `Filters` that find `name` of this run by its tags.
    pub(super) fn filters(&self, name: &str) -> Value {
        tags::filters(self.run, Some(&self.round_name(name)))
    }

    /// A client token: the same for the same resource of the same run, so that sending twice makes one.
    pub(super) fn token(&self, name: &str) -> String {
        format!("pllab-{}-{}", self.run, self.round_name(name))
    }

    /// A name for what AWS wants a name for.
    pub(super) fn name(&self, name: &str) -> String {
        tags::name_for(self.run, name)
    }

    fn marks<'n>(&'n self, resource: &'n str) -> tags::RunTags<'n> {
        tags::RunTags { run: self.run, lab: self.lab, learner: self.learner, resource }
    }

    /// What is made again must not be mistaken for what was deleted, which AWS shows for a while.
    fn round_name(&self, name: &str) -> String {
        if self.round == 0 { name.to_owned() } else { format!("{name}.{}", self.round + 1) }
    }
}

/// A deletion that may be sent again.
pub(super) fn deletion(call: Call) -> Vec<ApiStep> {
    vec![ApiStep { name: "delete", call, facts: &[], find: None, repeat: true }]
}

/// `${name.fact}`.
pub(super) fn fact(name: &str, fact: &str) -> Value {
    json!(format!("${{{name}.{fact}}}"))
}

/// The facts that a reply tells; `None` when the first of them is not in it.
#[must_use]
pub fn facts_of(reply: &Value, places: &[(&str, &str)]) -> Option<BTreeMap<String, String>> {
    let mut facts = BTreeMap::new();
    for (index, (name, place)) in places.iter().enumerate() {
        match text_at(reply, place) {
            Some(text) => {
                facts.insert((*name).to_owned(), text);
            }
            None if index == 0 => return None,
            None => {}
        }
    }
    Some(facts)
}

/// Whether a resource exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It does; its state where it has one.
    There(String),
    /// It does not.
    Gone,
    /// The cloud could not be asked.
    Unknown(Fault),
}

/// Judges the answer to [`super::look`]: the first object of the first list is the resource.
#[must_use]
pub fn presence(answer: Result<Value, Fault>) -> Presence {
    let reply = match answer {
        Ok(reply) => reply,
        Err(fault) if fault.class == FaultClass::NotFound => return Presence::Gone,
        Err(fault) => return Presence::Unknown(fault),
    };
    // GetHostedZone tells of one zone, in no list.
    if reply.get("HostedZone").is_some() {
        return Presence::There(String::new());
    }
    let first = reply.as_object().and_then(|reply| reply.values().find_map(|value| value.as_array()));
    let mut first = first.and_then(|list| list.first());
    // DescribeInstances wraps instances into reservations.
    if let Some(instance) = first.and_then(|it| it.get("Instances")).and_then(|it| it.get(0)) {
        first = Some(instance);
    }
    let Some(resource) = first else { return Presence::Gone };
    let state = ["State", "ServiceState"].iter().find_map(|key| resource.get(key)).map_or("", |state| {
        state.as_str().or_else(|| state.get("Name")?.as_str()).or_else(|| state.get("Code")?.as_str()).unwrap_or("")
    });
    match state.to_ascii_lowercase().as_str() {
        "terminated" | "deleted" | "delete-complete" => Presence::Gone,
        _ => Presence::There(state.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_says_that_something_is_gone() {
        for (code, status) in [
            ("RequestLimitExceeded", 503),
            ("Throttling", 400),
            ("UnauthorizedOperation", 403),
            ("AccessDenied", 403),
            ("RequestExpired", 400),
            ("InternalError", 500),
            ("InvalidAction", 400),
        ] {
            let fault = Fault::ours(FaultClass::of(code, status), code, "");
            assert!(matches!(presence(Err(fault)), Presence::Unknown(_)), "{code}");
        }
        let gone = Fault::ours(FaultClass::of("InvalidVpcID.NotFound", 400), "InvalidVpcID.NotFound", "");
        assert!(matches!(presence(Err(gone)), Presence::Gone));
    }
}
