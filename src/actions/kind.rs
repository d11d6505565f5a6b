//! The way from a resource, or from a kind, to the file that knows it. The list of kinds is `lab`'s: here each of its lines must
//! find a file that answers all of `resource_kind.rs`, or this does not compile.

mod acceptance;
mod allowed_principal;
mod cross_zone;
mod endpoint;
mod endpoint_service;
mod gateway_endpoint;
mod hosted_zone;
mod instance;
pub(super) mod instance_connect_endpoint;
mod listener;
mod load_balancer;
mod network_acl;
mod private_name;
mod rejection;
mod removed_principal;
mod route_table;
mod security_group;
pub(super) mod security_group_rule;
mod service_lookup;
mod subnet;
mod target_group;
mod verification;
mod vpc;

use serde_json::Value;

use self::instance_connect_endpoint::InstanceConnectEndpoint;
use self::security_group_rule::SecurityGroupRule;
use super::api_step::{ApiStep, Naming, facts_of};
use super::cost::{Charge, charge};
use super::grant::Grant;
use super::match_report::{Known, MatchReport, Object, Survey};
use super::resource_kind::{LabResource, Picture, ResourceKind, Symbol, Thing};
use crate::cloud::{Api, Call, Fault};
use crate::i18n::Text;
use crate::lab::{Kind, Lab, Resource, Side, each_kind};
pub use hosted_zone::published;

/// What is true of a kind, as values.
struct Facts {
    label: fn(&str) -> Text,
    thing: Option<Thing>,
    takes_minutes: bool,
    picture: Option<Picture>,
}

impl Facts {
    fn of<K: ResourceKind>() -> Self {
        Self { label: K::label, thing: K::THING, takes_minutes: K::TAKES_MINUTES, picture: K::PICTURE }
    }
}

macro_rules! registry {
    (
        lab { $($(#[$doc:meta])* $kind:ident $name:literal $leaves:ident $word:ident;)+ }
        elsewhere { $($(#[$other_doc:meta])* $other:ident $other_name:literal $other_word:ident;)+ }
        never { $($(#[$never_doc:meta])* $never:ident $never_name:literal $never_word:ident;)+ }
    ) => {
        /// The resource, for the questions that each answers by itself.
        fn of(resource: &Resource) -> &dyn LabResource {
            match resource {
                $(Resource::$kind(it) => it,)+
            }
        }

        /// What is true of a kind that pllab makes.
        fn facts(kind: &Kind) -> Option<Facts> {
            match kind {
                $(Kind::$kind => Some(Facts::of::<crate::lab::$kind>()),)+
                $(Kind::$other => Some(Facts::of::<$other>()),)+
                $(Kind::$never)|+ | Kind::Unknown(_) => None,
            }
        }
    };
}
each_kind!(registry);

fn thing(kind: &Kind) -> Option<Thing> {
    facts(kind)?.thing
}

/// The calls that make `resource`, in order.
#[must_use]
pub fn make(resource: &Resource, naming: &Naming<'_>) -> Vec<ApiStep> {
    of(resource).make(naming)
}

/// How to see what may have been made by hand in place of `resource`; `None` where nothing is made.
#[must_use]
pub fn survey(resource: &Resource) -> Option<Survey> {
    of(resource).survey()
}

/// Holds an object against `resource`; `None` where it is no such thing at all.
#[must_use]
pub fn observe(resource: &Resource, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    of(resource).observe(object, known)
}

/// What IAM must allow for making, changing and deleting `resource`. Reading is [`reads`].
#[must_use]
pub fn grants(resource: &Resource) -> Vec<Grant> {
    of(resource).grants()
}

/// The operations by which `resource` is looked for and looked at; none of them changes anything.
#[must_use]
pub fn reads(resource: &Resource) -> Vec<(Api, &'static str)> {
    let kind = resource.kind();
    let steps = make(resource, &Naming { run: "", lab: "", learner: "", round: 0 }).into_iter();
    let made = steps.flat_map(|step| [Some(step.call), step.find.map(|find| find.call)]).flatten();
    let deleted = delete(&kind, resource.name()).into_iter().map(|step| step.call);
    made.chain(look(&kind, resource.name()))
        .chain(deleted)
        .filter(Call::is_read)
        .map(|call| (call.api, call.operation))
        .collect()
}

/// The operations by which what may have been made by hand in place of `resource` is looked for and looked at.
#[must_use]
pub fn watch_reads(resource: &Resource) -> Vec<(Api, &'static str)> {
    let Some(survey) = survey(resource) else { return Vec::new() };
    let each = survey.each.map(|each| each("")).unwrap_or_default();
    std::iter::once(&survey.call).chain(&survey.beside).chain(&each).map(|call| (call.api, call.operation)).collect()
}

/// After a launch that was refused because its image could not be looked up: where to look for it otherwise. `None` for every
/// other call and fault.
#[must_use]
pub fn other_image(call: &Call, fault: &Fault) -> Option<Call> {
    if call.operation == "RunInstances" { instance::other_image(call, fault) } else { None }
}

/// The launch again, from the newest image of an answer to [`other_image`]'s call.
#[must_use]
pub fn with_image(call: &Call, found: &Value) -> Option<Call> {
    instance::with_image(call, found)
}

/// The calls that delete the resource `name` of `kind`, in order; none where nothing was made that lasts. By kind and
/// name, not by lab file: a clean-up goes by what the journal says was made, whatever became of the lab since.
#[must_use]
pub fn delete(kind: &Kind, name: &str) -> Vec<ApiStep> {
    thing(kind).map(|thing| (thing.delete)(name)).unwrap_or_default()
}

/// The read-only call that shows the resource `name` of `kind` by its id; `None` where nothing was made that lasts.
#[must_use]
pub fn look(kind: &Kind, name: &str) -> Option<Call> {
    thing(kind).map(|thing| (thing.look)(name))
}

/// What will be done, as a line of the plan.
#[must_use]
pub fn plan(lab: &Lab, resource: &Resource) -> Text {
    of(resource).plan(lab)
}

/// What it is, in a few words, for progress and receipt.
#[must_use]
pub fn label(kind: &Kind, name: &str) -> Text {
    facts(kind).map_or_else(|| Text::literal(name), |facts| (facts.label)(name))
}

/// Whether making it takes minutes on AWS and changes nothing that exists already: worth beginning early.
#[must_use]
pub fn takes_minutes(kind: &Kind) -> bool {
    facts(kind).is_some_and(|facts| facts.takes_minutes)
}

/// How it is drawn in the lane of `side`; `None` where it is not.
#[must_use]
pub fn picture(kind: &Kind, side: Side) -> Option<Symbol> {
    facts(kind)?.picture.map(|picture| picture(side))
}

/// How long it usually takes on AWS until its deletion is complete, in seconds from and to; `None` when it is gone at
/// once. Common experience, not a promise of AWS.
#[must_use]
pub fn usual_deletion(kind: &Kind) -> Option<(u32, u32)> {
    thing(kind)?.usual_deletion
}

/// Which of the calls that make a thing of this kind brings it into being.
#[must_use]
pub fn made_by(kind: &Kind) -> &'static str {
    thing(kind).map_or("create", |thing| thing.made_by)
}

/// What `resource` costs in `region`; `None` for what AWS does not charge for, such as VPCs, gateway endpoints and endpoint
/// services.
#[must_use]
pub fn cost(resource: &Resource, region: &str) -> Option<Charge> {
    Some(charge(resource.name(), &resource.kind(), &of(resource).costs()?, region))
}

/// What `object` costs in `region`, a thing of `kind` as AWS describes it; `None` for what AWS does not charge for.
#[must_use]
pub fn cost_of_seen(name: &str, kind: &Kind, object: &Value, region: &str) -> Option<Charge> {
    Some(charge(name, kind, &(thing(kind)?.costs)(object)?, region))
}

/// What making it would have told, read off the cloud's description of it.
#[must_use]
pub fn facts_of_seen(kind: &Kind, object: &Value) -> std::collections::BTreeMap<String, String> {
    thing(kind).and_then(|thing| facts_of(object, thing.facts)).unwrap_or_default()
}

/// The kind of what EC2's tags call a `resource_type`. Endpoints of both types have one; [`kind_seen`] tells them apart.
#[must_use]
pub fn kind_tagged(resource_type: &str) -> Kind {
    let tagged = |kind: &&Kind| thing(kind).is_some_and(|thing| thing.tagged_as == Some(resource_type));
    Kind::ALL.iter().find(tagged).cloned().unwrap_or_else(|| Kind::from(resource_type.replace('-', "_")))
}

/// The kind of a thing, once the cloud's description of it is known.
#[must_use]
pub fn kind_seen(tagged: &Kind, object: &Value) -> Kind {
    if endpoint::is_gateway(object) { Kind::GatewayEndpoint } else { tagged.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Leaves;

    #[test]
    fn what_leaves_a_thing_can_be_looked_at_and_deleted() {
        for kind in Kind::ALL.iter().filter(|kind| facts(kind).is_some()) {
            assert_eq!(kind.leaves() == Leaves::Thing, thing(kind).is_some(), "{kind}");
        }
    }

    #[test]
    fn tags_lead_to_the_kind() {
        assert_eq!(kind_tagged("vpc-endpoint"), Kind::Endpoint);
        assert_eq!(kind_tagged("vpc-endpoint-service"), Kind::EndpointService);
        assert_eq!(kind_tagged("security-group-rule"), Kind::SecurityGroupRule);
        assert_eq!(kind_tagged("network-interface"), Kind::NetworkInterface);
        assert_eq!(kind_tagged("transit-gateway"), Kind::Unknown("transit_gateway".to_owned()));
    }
}
