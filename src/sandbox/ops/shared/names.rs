//! The names of each resource kind in EC2's ids and refusals.

use crate::sandbox::wire::ApiError;
use crate::sandbox::world::{Row, Table};

/// A resource kind's id prefix and error codes [devguide: errors-overview].
#[derive(Debug)]
pub struct Naming {
    /// With its dash.
    pub prefix: &'static str,
    malformed: &'static str,
    not_found: &'static str,
    what: &'static str,
}

pub const VPC: Naming =
    Naming { prefix: "vpc-", malformed: "InvalidVpcID.Malformed", not_found: "InvalidVpcID.NotFound", what: "vpc ID" };
pub const SUBNET: Naming = Naming {
    prefix: "subnet-",
    malformed: "InvalidSubnetID.Malformed",
    not_found: "InvalidSubnetID.NotFound",
    what: "subnet ID",
};
pub const ROUTE_TABLE: Naming = Naming {
    prefix: "rtb-",
    malformed: "InvalidRouteTableId.Malformed",
    not_found: "InvalidRouteTableID.NotFound",
    what: "routeTable ID",
};
pub const NETWORK_ACL: Naming = Naming {
    prefix: "acl-",
    malformed: "InvalidNetworkAclId.Malformed",
    not_found: "InvalidNetworkAclID.NotFound",
    what: "networkAcl ID",
};
pub const GROUP: Naming = Naming {
    prefix: "sg-",
    malformed: "InvalidGroupId.Malformed",
    not_found: "InvalidGroup.NotFound",
    what: "security group",
};
pub const RULE: Naming = Naming {
    prefix: "sgr-",
    malformed: "InvalidSecurityGroupRuleId.Malformed",
    not_found: "InvalidSecurityGroupRuleId.NotFound",
    what: "security group rule ID",
};
pub const INSTANCE: Naming = Naming {
    prefix: "i-",
    malformed: "InvalidInstanceID.Malformed",
    not_found: "InvalidInstanceID.NotFound",
    what: "instance ID",
};
pub const INTERFACE: Naming = Naming {
    prefix: "eni-",
    malformed: "InvalidNetworkInterfaceId.Malformed",
    not_found: "InvalidNetworkInterfaceID.NotFound",
    what: "networkInterface ID",
};
pub const ENDPOINT: Naming = Naming {
    prefix: "vpce-",
    malformed: "InvalidVpcEndpointId.Malformed",
    not_found: "InvalidVpcEndpointId.NotFound",
    what: "Vpc Endpoint Id",
};
pub const CONNECT_ENDPOINT: Naming = Naming {
    prefix: "eice-",
    malformed: "InvalidInstanceConnectEndpointId.Malformed",
    not_found: "InvalidInstanceConnectEndpointId.NotFound",
    what: "instanceConnectEndpoint ID",
};
pub const SERVICE: Naming = Naming {
    prefix: "vpce-svc-",
    // AWS doubles the "Id".
    malformed: "InvalidVpcEndpointServiceIdId.Malformed",
    not_found: "InvalidVpcEndpointServiceId.NotFound",
    what: "VpcEndpointService Id",
};

pub const VOLUME: Naming = Naming {
    prefix: "vol-",
    malformed: "InvalidVolumeID.Malformed",
    not_found: "InvalidVolume.NotFound",
    what: "volume",
};

/// The refusal of an unknown id in a tagging call. It has the code of the id's kind, if the id has one.
pub fn unknown(id: &str) -> ApiError {
    let kinds = [
        &VPC,
        &SUBNET,
        &ROUTE_TABLE,
        &NETWORK_ACL,
        &GROUP,
        &RULE,
        &INSTANCE,
        &INTERFACE,
        &ENDPOINT,
        &CONNECT_ENDPOINT,
        &SERVICE,
        &VOLUME,
    ];
    let kind = kinds.into_iter().find(|kind| kind.check(id).is_ok());
    kind.map_or_else(|| ApiError::new("InvalidID", format!("The ID '{id}' is not valid")), |kind| kind.missing(id))
}

impl Naming {
    /// Refuses an id that cannot be of this kind.
    pub fn check(&self, id: &str) -> Result<(), ApiError> {
        let digits = id.strip_prefix(self.prefix).unwrap_or_default();
        if matches!(digits.len(), 8 | 17) && digits.chars().all(|c| c.is_ascii_hexdigit()) {
            return Ok(());
        }
        let text = format!("Invalid id: \"{id}\" (expecting \"{}...\")", self.prefix);
        Err(ApiError::new(self.malformed, text))
    }

    /// The refusal of an id that does not exist.
    pub fn missing(&self, id: &str) -> ApiError {
        ApiError::no_such(self.not_found, self.what, id)
    }

    /// Checks that all these ids exist. EC2 lists every missing instance, but only the first missing resource of other
    /// kinds.
    pub fn find_all<T: Row>(&self, all: &Table<T>, ids: &[String]) -> Result<(), ApiError> {
        for id in ids {
            self.check(id)?;
        }
        let missing: Vec<&str> = ids.iter().map(String::as_str).filter(|id| all.get(id).is_none()).collect();
        match missing.as_slice() {
            [] => Ok(()),
            [_, _, ..] if self.prefix == INSTANCE.prefix => {
                let text = format!("The instance IDs '{}' do not exist", missing.join(", "));
                Err(ApiError::new(self.not_found, text))
            }
            [first, ..] => Err(self.missing(first)),
        }
    }

    pub fn find<'a, T: Row>(&self, all: &'a Table<T>, id: &str) -> Result<&'a T, ApiError> {
        self.check(id)?;
        all.get(id).ok_or_else(|| self.missing(id))
    }
}

/// Whether a name has the form of one of AWS's own services in `region`, such as `com.amazonaws.us-east-1.ssm`.
pub fn is_aws_service(name: &str, region: &str) -> bool {
    let of_region =
        ["com.amazonaws.", "aws.api."].iter().find_map(|start| name.strip_prefix(start)?.strip_prefix(region));
    let is_word = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    of_region.and_then(|rest| rest.strip_prefix('.')).is_some_and(is_word)
}

/// The refusal of a service that does not exist, or that the caller may not see: AWS does not distinguish the two.
pub fn no_such_service(name: &str) -> ApiError {
    ApiError::new("InvalidServiceName", format!("The Vpc Endpoint Service '{name}' does not exist"))
}
