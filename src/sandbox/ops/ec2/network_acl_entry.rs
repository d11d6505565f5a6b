//! The operations of network-ACL rules.

use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{AclEntry, Cidr, quota};

use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::names;

/// `CreateNetworkAclEntry`.
pub fn create(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    put(ctx, params, false)
}

/// `ReplaceNetworkAclEntry`.
pub fn replace(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    put(ctx, params, true)
}

fn put(ctx: &mut Ctx<'_>, params: &Params, replaces: bool) -> Result<Xml, ApiError> {
    let acl = names::NETWORK_ACL.find(&ctx.here().network_acls, params.need("NetworkAclId")?)?.clone();
    let (egress, number) = key(params)?;
    let (protocol, ports, icmp) = protocol(params)?;
    let allow = match params.need("RuleAction")? {
        "allow" => true,
        "deny" => false,
        other => return Err(ApiError::value("ruleAction", other, "Expected allow or deny.")),
    };
    if params.get("Ipv6CidrBlock").is_some() {
        return Err(ApiError::not_modelled("InvalidParameterValue", "IPv6 rules"));
    }
    let text = params.need("CidrBlock")?;
    let Ok(block) = text.parse::<Cidr>() else {
        return Err(ApiError::value("cidrBlock", text, "This is not a valid CIDR block."));
    };
    let exists = acl.entries.iter().any(|entry| (entry.egress, entry.number) == (egress, number));
    if exists && !replaces {
        let text = format!("The network acl entry identified by {number} already exists.");
        return Err(ApiError::new("NetworkAclEntryAlreadyExists", text));
    }
    if replaces && !exists {
        return Err(no_such(number));
    }
    if !exists && acl.entries.iter().filter(|entry| entry.egress == egress).count() >= ctx.quota(&quota::ACL_RULES) {
        let text = "The maximum number of network ACL entries has been reached.";
        return Err(ApiError::new("NetworkAclEntryLimitExceeded", text));
    }
    params.ready()?;
    let entry = AclEntry { egress, number, protocol, allow, block, ports, icmp };
    if let Some(acl) = ctx.here_mut().network_acls.get_mut(&acl.id) {
        acl.entries.retain(|old| (old.egress, old.number) != (egress, number));
        acl.entries.push(entry);
        acl.entries.sort_by_key(|entry| (entry.egress, entry.number));
    }
    Ok(Xml::done())
}

/// `DeleteNetworkAclEntry`.
pub fn delete(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let acl = names::NETWORK_ACL.find(&ctx.here().network_acls, params.need("NetworkAclId")?)?;
    let (egress, number) = key(params)?;
    if !acl.entries.iter().any(|entry| (entry.egress, entry.number) == (egress, number)) {
        return Err(no_such(number));
    }
    let id = acl.id.clone();
    params.ready()?;
    if let Some(acl) = ctx.here_mut().network_acls.get_mut(&id) {
        acl.entries.retain(|entry| (entry.egress, entry.number) != (egress, number));
    }
    Ok(Xml::done())
}

/// The direction and the number, which identify a rule. 32767 is the rule `*`, which cannot be changed.
fn key(params: &Params) -> Result<(bool, u16), ApiError> {
    params.need("Egress")?;
    let egress = params.flag("Egress")?.unwrap_or(false);
    let text = params.need("RuleNumber")?;
    match text.parse() {
        Ok(number @ 1..=32766) => Ok((egress, number)),
        _ => Err(ApiError::value("ruleNumber", text, "Expecting a value between 1 and 32766.")),
    }
}

/// A range of ports, or an ICMP type and code.
type Pair<T> = Option<(T, T)>;

/// The protocol by number (API:CreateNetworkAclEntry), with ports for TCP and UDP, and type and code for ICMP. Any
/// other protocol means all ports, whatever the request says.
fn protocol(params: &Params) -> Result<(String, Pair<u16>, Pair<i32>), ApiError> {
    let text = params.need("Protocol")?;
    let number: i32 = match text.parse() {
        Ok(number @ -1..=255) => number,
        _ => return Err(ApiError::value("protocol", text, "Expecting a protocol number, or -1 for all.")),
    };
    let ports = params.number::<u16>("PortRange.From")?.zip(params.number::<u16>("PortRange.To")?);
    let icmp = params.number::<i32>("Icmp.Type")?.zip(params.number::<i32>("Icmp.Code")?);
    match number {
        6 | 17 => {
            let (from, to) = ports.ok_or_else(|| ApiError::missing("PortRange"))?;
            if from > to {
                let why = "The first port is greater than the last.";
                return Err(ApiError::value("portRange", &format!("{from}-{to}"), why));
            }
            Ok((number.to_string(), ports, None))
        }
        1 => Ok((number.to_string(), None, Some(icmp.ok_or_else(|| ApiError::missing("IcmpTypeCode"))?))),
        _ => Ok((number.to_string(), None, None)),
    }
}

fn no_such(number: u16) -> ApiError {
    let text = format!("The network acl entry identified by {number} does not exist");
    ApiError::new("InvalidNetworkAclEntry.NotFound", text)
}
