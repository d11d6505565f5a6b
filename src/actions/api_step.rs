//! The calls that an action is made of.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cloud::{Call, Fault, FaultClass, tags, text_at};

/// Facts of a resource, and where each is in the cloud's description of it.
pub type Places = &'static [(&'static str, &'static str)];

/// One call of the few that make or delete a resource. Its parameters may contain `${name.fact}`.
#[derive(Clone, Debug)]
pub struct ApiStep {
    /// Unique among the resource's calls of one purpose. Journals keep it.
    pub name: Cow<'static, str>,
    pub call: Call,
    /// What the reply says about the resource: a fact's name, and its path in the reply.
    pub facts: Vec<(&'static str, String)>,
    /// How to learn whether an earlier attempt took effect; `None` if sending the call again tells.
    pub find: Option<Find>,
    /// Whether sending the call again is harmless, because of its client token or its nature. "It already exists"
    /// then counts as success.
    pub repeat: bool,
    /// Which items of a list in the reply count, for APIs that have no filter for them.
    pub keep: Option<Keep>,
}

/// A read-only call that finds what another call made.
#[derive(Clone, Debug)]
pub struct Find {
    pub call: Call,
    /// The same facts as the making call's, at their paths in this reply.
    pub facts: Vec<(&'static str, String)>,
}

/// Keeps the items of a list whose `field` equals the value at `param` in the step's own call. `list` and `param` are
/// JSON pointers.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Where the list is in a reply.
    pub list: &'static str,
    /// The member of an item to compare.
    pub field: &'static str,
    /// Where the wanted value is in the call's parameters.
    pub param: &'static str,
}

impl Keep {
    fn of(self, call: &Call, mut reply: Value) -> Value {
        let params = Value::Object(call.params.clone());
        if let (Some(wanted), Some(Value::Array(items))) = (params.pointer(self.param), reply.pointer_mut(self.list)) {
            items.retain(|item| item.get(self.field) == Some(wanted));
        }
        reply
    }
}

impl Keep {
    /// Turns `A[0].B[0].C` into `A[0].B[?Field=='value'].C | [0]`; `None` for a path outside the list.
    fn query(self, call: &Call, place: &str) -> Option<String> {
        let path = self.list.trim_start_matches('/').split('/').fold(String::new(), |path, part| {
            match (part.parse::<usize>(), path.is_empty()) {
                (Ok(index), _) => format!("{path}[{index}]"),
                (Err(_), true) => part.to_owned(),
                (Err(_), false) => format!("{path}.{part}"),
            }
        });
        let rest = place.strip_prefix(&path)?.strip_prefix("[0]")?;
        let params = Value::Object(call.params.clone());
        let wanted = params.pointer(self.param)?.as_str()?.to_owned();
        Some(format!("{path}[?{}=='{wanted}']{rest} | [0]", self.field))
    }
}

impl ApiStep {
    /// A call that makes one more thing each time it is sent, so an unanswered one is looked up first.
    pub(super) fn once(name: impl Into<Cow<'static, str>>, call: Call) -> Self {
        Self { name: name.into(), call, facts: Vec::new(), find: None, repeat: false, keep: None }
    }

    /// A call that has the same effect however often it is sent.
    pub(super) fn again(name: impl Into<Cow<'static, str>>, call: Call) -> Self {
        Self { repeat: true, ..Self::once(name, call) }
    }

    /// The reply describes the resource at `place`, or as a whole if `place` is empty.
    pub(super) fn tells(self, place: &str, facts: Places) -> Self {
        Self { facts: below(place, facts), ..self }
    }

    /// `call` lists what this one made, at `place` of its reply.
    pub(super) fn found_by(self, call: Call, place: &str, facts: Places) -> Self {
        Self { find: Some(Find { call, facts: below(place, facts) }), ..self }
    }

    /// Applies `keep` to the reply, and to the reply that finds what the call made.
    pub(super) fn keeping(self, keep: Keep) -> Self {
        Self { keep: Some(keep), ..self }
    }

    /// The facts in the reply to `call`, which is this step's own call with its references filled in.
    #[must_use]
    pub fn told(&self, call: &Call, reply: &Value) -> Option<BTreeMap<String, String>> {
        match self.keep {
            None => facts_of(reply, &self.facts),
            Some(keep) => facts_of(&keep.of(call, reply.clone()), &self.facts),
        }
    }

    /// The path of a fact in the reply to `call`, in the syntax of the aws CLI's `--query`.
    #[must_use]
    pub fn query(&self, call: &Call, place: &str) -> String {
        self.keep.and_then(|keep| keep.query(call, place)).unwrap_or_else(|| place.to_owned())
    }

    /// The facts of what this step made, from the reply to its [`Find`].
    #[must_use]
    pub fn found(&self, find: &Find, reply: Value) -> Option<BTreeMap<String, String>> {
        let reply = match self.keep {
            None => reply,
            Some(keep) => keep.of(&self.call, reply),
        };
        facts_of(&reply, &find.facts)
    }
}

fn below(place: &str, facts: Places) -> Vec<(&'static str, String)> {
    let path = |path: &str| if place.is_empty() { path.to_owned() } else { format!("{place}.{path}") };
    facts.iter().map(|(fact, inner)| (*fact, path(inner))).collect()
}

/// Identifies the run in tags, names and client tokens.
#[derive(Clone, Debug)]
pub struct Naming<'a> {
    /// The run's id.
    pub run: &'a str,
    /// The lab's id.
    pub lab: &'a str,
    pub learner: &'a str,
    /// How often this run made the resource before: a client token must not be used twice.
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

    /// `Filters` that find the resource `name` of this run by its tags.
    pub(super) fn filters(&self, name: &str) -> Value {
        tags::filters(self.run, Some(&self.round_name(name)))
    }

    /// A client token: the same for the same resource of the same run, so that sending twice makes one.
    pub(super) fn token(&self, name: &str) -> String {
        format!("pllab-{}-{}", self.run, self.round_name(name))
    }

    /// A name for resources that AWS requires a name for.
    pub(super) fn name(&self, name: &str) -> String {
        tags::name_for(self.run, name)
    }

    fn marks<'n>(&'n self, resource: &'n str) -> tags::RunTags<'n> {
        tags::RunTags { run: self.run, lab: self.lab, learner: self.learner, resource }
    }

    /// Tells a remade resource from the deleted one, which AWS still shows for a while.
    fn round_name(&self, name: &str) -> String {
        if self.round == 0 { name.to_owned() } else { format!("{name}.{}", self.round + 1) }
    }
}

/// A deletion that may be sent again.
pub(super) fn deletion(call: Call) -> Vec<ApiStep> {
    vec![ApiStep::again("delete", call)]
}

/// `${name.fact}`.
pub(super) fn fact(name: &str, fact: &str) -> Value {
    json!(format!("${{{name}.{fact}}}"))
}

/// Characters of the longest fact, far above AWS's longest ARN.
const LONGEST: usize = 2048;

/// Whether a text of a reply can be a fact: an id, an ARN, a name, an address, or a list of them. Facts end up in commands,
/// scripts and screens, and an endpoint may answer anything.
fn is_fact(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/,*=+@ ".contains(c);
    text.len() <= LONGEST && text.chars().all(plain) && !text.contains("://")
}

/// The facts at `places` of a reply; `None` if the first of them is missing. What cannot be a fact counts as missing.
#[must_use]
pub fn facts_of<P: AsRef<str>>(reply: &Value, places: &[(&str, P)]) -> Option<BTreeMap<String, String>> {
    let mut facts = BTreeMap::new();
    for (index, (name, place)) in places.iter().enumerate() {
        match text_at(reply, place.as_ref()).filter(|text| is_fact(text)) {
            Some(text) => {
                facts.insert((*name).to_owned(), text);
            }
            None if index == 0 => return None,
            None => {}
        }
    }
    Some(facts)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It exists; its state if it has one.
    There(String),
    Gone,
    /// The cloud could not be asked.
    Unknown(Fault),
}

/// Reads the answer to [`super::look`]: the first object of the first list is the resource.
#[must_use]
pub fn presence(answer: Result<Value, Fault>) -> Presence {
    let reply = match answer {
        Ok(reply) => reply,
        Err(fault) if fault.class == FaultClass::NotFound => return Presence::Gone,
        Err(fault) => return Presence::Unknown(fault),
    };
    // GetHostedZone returns one zone, not a list.
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

    /// A network ACL's description lists all of its subnets.
    #[test]
    fn of_a_list_only_the_items_count_that_the_call_asks_for() {
        let params = json!({ "Filters": [{ "Name": "association.subnet-id", "Values": ["subnet-2"] }] });
        let call = crate::cloud::ec2("DescribeNetworkAcls", params);
        let keep = Keep { list: "/NetworkAcls/0/Associations", field: "SubnetId", param: "/Filters/0/Values/0" };
        let step = ApiStep::again("ask", call.clone())
            .tells("NetworkAcls[0].Associations[0]", &[("previous", "NetworkAclAssociationId")])
            .keeping(keep);
        let tied = |number: u8| json!({ "SubnetId": format!("subnet-{number}"), "NetworkAclAssociationId": number });
        let reply = json!({ "NetworkAcls": [{ "Associations": [tied(1), tied(2)] }] });
        assert_eq!(step.told(&call, &reply).expect("it is in the list")["previous"], "2");
        assert_eq!(step.told(&call, &json!({ "NetworkAcls": [{ "Associations": [tied(1)] }] })), None);
        assert_eq!(
            step.query(&call, &step.facts[0].1),
            "NetworkAcls[0].Associations[?SubnetId=='subnet-2'].NetworkAclAssociationId | [0]"
        );
        assert_eq!(step.query(&call, "NetworkAcls[0].VpcId"), "NetworkAcls[0].VpcId");
    }

    #[test]
    fn what_no_id_looks_like_is_no_fact() {
        let places = [("id", "Id"), ("dns", "Dns")];
        let of = |id: &str, dns: &str| facts_of(&json!({ "Id": id, "Dns": dns }), &places);
        assert_eq!(of("vpc-1", "a.elb.amazonaws.com").map(|facts| facts.len()), Some(2));
        assert_eq!(of("vpc-1", "x'; id").map(|facts| facts.len()), Some(1));
        for id in ["vpc-1\n", "vpc-1|e", "$(id)", "`id`", "file:///etc/passwd", "é", &"a".repeat(3000)] {
            assert_eq!(of(id, "a"), None, "{id}");
        }
    }

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
