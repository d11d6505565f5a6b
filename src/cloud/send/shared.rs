//! Structures that several EC2 operations share.

use aws_sdk_ec2::types::{Filter, GroupIdentifier, Tag, TagSpecification, UnsuccessfulItem};
use serde_json::Value;

use super::params::Params;
use super::reply::Reply;
use crate::cloud::fault::{Fault, FaultClass};

pub(super) fn filter(p: &Params<'_>) -> Result<Filter, Fault> {
    Ok(Filter::builder().set_name(p.text("Name")?).set_values(p.texts("Values")?).build())
}

pub(super) fn tag_specification(p: &Params<'_>) -> Result<TagSpecification, Fault> {
    Ok(TagSpecification::builder()
        .set_resource_type(p.word("ResourceType")?)
        .set_tags(p.list("Tags", |p| Ok(Tag::builder().set_key(p.text("Key")?).set_value(p.text("Value")?).build()))?)
        .build())
}

pub(super) fn tag(tag: &Tag) -> Value {
    Reply::new().text("Key", tag.key()).text("Value", tag.value()).end()
}

/// A group of a network interface or an instance.
pub(super) fn group(group: &GroupIdentifier) -> Value {
    Reply::new().text("GroupId", group.group_id()).text("GroupName", group.group_name()).end()
}

/// The answer of an operation that reports failures inside a successful answer (API:DeleteVpcEndpoints). The message
/// has every failure. Code and class are those of the first failure other than "not found", so that the fault is not
/// mistaken for "already gone".
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

/// For operations whose answer has no content.
pub(super) fn nothing() -> Value {
    Reply::new().end()
}
