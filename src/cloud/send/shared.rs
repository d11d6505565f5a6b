//! Structures that several EC2 operations share.

use aws_sdk_ec2::types::{Filter, GroupIdentifier, Tag, TagSpecification, UnsuccessfulItem};
use serde_json::Value;

use super::params::Params;
use super::reply::Reply;
use crate::cloud::fault::{Fault, FaultClass};

/// One of `Filters`.
pub(super) fn filter(p: &Params<'_>) -> Result<Filter, Fault> {
    Ok(Filter::builder().set_name(p.text("Name")?).set_values(p.texts("Values")?).build())
}

/// One of `TagSpecifications`.
pub(super) fn tag_specification(p: &Params<'_>) -> Result<TagSpecification, Fault> {
    Ok(TagSpecification::builder()
        .set_resource_type(p.word("ResourceType")?)
        .set_tags(p.list("Tags", |p| Ok(Tag::builder().set_key(p.text("Key")?).set_value(p.text("Value")?).build()))?)
        .build())
}

/// One of `Tags`.
pub(super) fn tag(tag: &Tag) -> Value {
    Reply::new().text("Key", tag.key()).text("Value", tag.value()).end()
}

/// One of a network interface's or an instance's groups.
pub(super) fn group(group: &GroupIdentifier) -> Value {
    Reply::new().text("GroupId", group.group_id()).text("GroupName", group.group_name()).end()
}

/// The answer of an operation that says in a successful answer what failed [API:DeleteVpcEndpoints]. Every failure is told; the
/// code and the class are those of the first that is more than "there is no such thing": that one must not be taken for gone.
pub(super) fn all_done(unsuccessful: &[UnsuccessfulItem], request_id: Option<&str>) -> Result<Value, Fault> {
    let faults: Vec<Fault> = unsuccessful.iter().map(|item| failure(item, request_id)).collect();
    let gravest = faults.iter().find(|fault| fault.class != FaultClass::NotFound).or(faults.first());
    match (gravest, faults.as_slice()) {
        (None, _) => Ok(Reply::new().all("Unsuccessful", unsuccessful, |_| Value::Null).end()),
        (Some(only), [_]) => Err(only.clone()),
        (Some(gravest), all) => {
            let told = unsuccessful.iter().zip(all).map(|(item, fault)| {
                let id = item.resource_id().unwrap_or_default();
                format!("{id}: {}: {}", fault.code, fault.message)
            });
            Err(Fault { message: told.collect::<Vec<_>>().join("; "), ..gravest.clone() })
        }
    }
}

fn failure(item: &UnsuccessfulItem, request_id: Option<&str>) -> Fault {
    let code = item.error().and_then(|error| error.code()).unwrap_or("Unsuccessful");
    let message = item.error().and_then(|error| error.message()).unwrap_or_default();
    Fault::inside(code, message, request_id)
}

/// The answer of an operation that has nothing to say.
pub(super) fn nothing() -> Value {
    Reply::new().end()
}
