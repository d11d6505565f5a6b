//! Finds the file that answers for a resource or a kind. `lab` owns the list of kinds; a kind without a file here
//! that answers all of `resource_kind.rs` does not compile.

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

/// A kind's constants as values.
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
        /// The resource as the trait that its model implements.
        fn of(resource: &Resource) -> &dyn LabResource {
            match resource {
                $(Resource::$kind(it) => it,)+
            }
        }

        /// `None` for kinds that pllab does not make.
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

/// How to see what a learner may have made in place of `resource`; `None` if the resource makes nothing.
#[must_use]
pub fn survey(resource: &Resource) -> Option<Survey> {
    of(resource).survey()
}

/// Compares an object with `resource`; `None` if it is another sort of thing.
#[must_use]
pub fn observe(resource: &Resource, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
    of(resource).observe(object, known)
}

/// The permissions for making, changing and deleting `resource`. Reading is [`reads`].
#[must_use]
pub fn grants(resource: &Resource) -> Vec<Grant> {
    of(resource).grants()
}

/// The operations that look for `resource` and look at it; all are read-only.
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

/// The call that takes rules out of the security group `name`: inbound or outbound ones.
#[must_use]
pub fn without_rules(name: &str, inbound: bool, rules: &[Value]) -> ApiStep {
    security_group::without_rules(name, inbound, rules)
}

/// The operations that look for what a learner may have made in place of `resource`, and look at it.
#[must_use]
pub fn watch_reads(resource: &Resource) -> Vec<(Api, &'static str)> {
    let Some(survey) = survey(resource) else { return Vec::new() };
    let each = survey.each.map(|each| each("")).unwrap_or_default();
    std::iter::once(&survey.call).chain(&survey.beside).chain(&each).map(|call| (call.api, call.operation)).collect()
}

/// If a launch was refused because its image could not be looked up: another call that finds the image. `None` for
/// every other call and fault.
#[must_use]
pub fn other_image(call: &Call, fault: &Fault) -> Option<Call> {
    if call.operation == "RunInstances" { instance::other_image(call, fault) } else { None }
}

/// The launch again, with the newest image in the answer to [`other_image`]'s call.
#[must_use]
pub fn with_image(call: &Call, found: &Value) -> Option<Call> {
    instance::with_image(call, found)
}

/// The calls that delete the resource `name` of `kind`, in order; none if making it left nothing. Takes kind and name
/// instead of the lab file, so that a clean-up can go by the journal whatever became of the lab since.
#[must_use]
pub fn delete(kind: &Kind, name: &str) -> Vec<ApiStep> {
    thing(kind).map(|thing| (thing.delete)(name)).unwrap_or_default()
}

/// The read-only call that shows the resource `name` of `kind` by its id; `None` if making it left nothing.
#[must_use]
pub fn look(kind: &Kind, name: &str) -> Option<Call> {
    thing(kind).map(|thing| (thing.look)(name))
}

/// Whether a thing of `kind` in `state`, in the cloud's words, exists and can never be used again.
#[must_use]
pub fn is_over(kind: &Kind, state: &str) -> bool {
    thing(kind).is_some_and(|thing| thing.over.iter().any(|over| over.eq_ignore_ascii_case(state)))
}

/// What making `resource` will do, as a line of the plan.
#[must_use]
pub fn plan(lab: &Lab, resource: &Resource) -> Text {
    of(resource).plan(lab)
}

/// A short description for progress and receipt.
#[must_use]
pub fn label(kind: &Kind, name: &str) -> Text {
    facts(kind).map_or_else(|| Text::literal(name), |facts| (facts.label)(name))
}

/// Whether making it takes minutes on AWS and changes nothing that exists, so that it is worth starting early.
#[must_use]
pub fn takes_minutes(kind: &Kind) -> bool {
    facts(kind).is_some_and(|facts| facts.takes_minutes)
}

/// How it is drawn in the lane of `side`; `None` if it is not drawn.
#[must_use]
pub fn picture(kind: &Kind, side: Side) -> Option<Symbol> {
    facts(kind)?.picture.map(|picture| picture(side))
}

/// The usual time on AWS until its deletion is complete, in seconds from and to; `None` if it is gone at once. Common
/// experience, not a promise of AWS.
#[must_use]
pub fn usual_deletion(kind: &Kind) -> Option<(u32, u32)> {
    thing(kind)?.usual_deletion
}

/// The name of the call that brings the thing into being.
#[must_use]
pub fn made_by(kind: &Kind) -> &'static str {
    thing(kind).map_or("create", |thing| thing.made_by)
}

/// What `resource` costs in `region`; `None` if AWS does not charge for it, as for VPCs, gateway endpoints and
/// endpoint services.
#[must_use]
pub fn cost(resource: &Resource, region: &str) -> Option<Charge> {
    Some(charge(resource.name(), &resource.kind(), &of(resource).costs()?, region))
}

/// What `object`, a thing of `kind` as AWS describes it, costs in `region`; `None` if AWS does not charge for it.
#[must_use]
pub fn cost_of_seen(name: &str, kind: &Kind, object: &Value, region: &str) -> Option<Charge> {
    Some(charge(name, kind, &(thing(kind)?.costs)(object)?, region))
}

/// The facts that making it would have recorded, read from the cloud's description of it.
#[must_use]
pub fn facts_of_seen(kind: &Kind, object: &Value) -> std::collections::BTreeMap<String, String> {
    thing(kind).and_then(|thing| facts_of(object, thing.facts)).unwrap_or_default()
}

/// The kind for a `resource_type` of EC2's tags. Endpoints of both types share one; [`kind_seen`] tells them apart.
#[must_use]
pub fn kind_tagged(resource_type: &str) -> Kind {
    let tagged = |kind: &&Kind| thing(kind).is_some_and(|thing| thing.tagged_as == Some(resource_type));
    Kind::ALL.iter().find(tagged).cloned().unwrap_or_else(|| Kind::from(resource_type.replace('-', "_")))
}

/// The kind of a thing, by its tag and the cloud's description of it.
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
