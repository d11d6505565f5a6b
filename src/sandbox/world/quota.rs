//! The quotas that the sandbox enforces, as Service Quotas lists them.

use std::collections::BTreeMap;

/// One quota [service quotas: vpc, ec2, elasticloadbalancing].
#[derive(Debug, PartialEq, Eq)]
pub struct Quota {
    /// The service's name in Service Quotas.
    pub service: &'static str,
    pub code: &'static str,
    pub name: &'static str,
    /// The value of a new account.
    pub default: u64,
    /// Whether AWS raises it on request.
    pub adjustable: bool,
}

const fn quota(service: &'static str, code: &'static str, name: &'static str, default: u64, adjustable: bool) -> Quota {
    Quota { service, code, name, default, adjustable }
}

/// On-demand vCPUs of the standard families. New accounts begin with 5 [ec2 instancetypes: ec2-instance-quotas].
pub const VCPUS: Quota =
    quota("ec2", "L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5, true);
/// VPCs of a region [vpc userguide: amazon-vpc-limits].
pub const VPCS: Quota = quota("vpc", "L-F678F1CE", "VPCs per Region", 5, true);
/// Subnets of a VPC.
pub const SUBNETS: Quota = quota("vpc", "L-407747CB", "Subnets per VPC", 200, true);
/// Route tables of a VPC, including its main one.
pub const ROUTE_TABLES: Quota = quota("vpc", "L-589F43AA", "Route tables per VPC", 200, true);
/// Routes of a route table, without the local route and those of gateway endpoints.
pub const ROUTES: Quota = quota("vpc", "L-93826ACB", "Routes per route table", 500, true);
/// Security groups of a region.
pub const GROUPS: Quota = quota("vpc", "L-E79EC296", "VPC security groups per Region", 2500, true);
/// Rules of a security group in each direction.
pub const GROUP_RULES: Quota = quota("vpc", "L-0EA8095F", "Inbound or outbound rules per security group", 60, true);
/// Security groups that one interface carries.
pub const INTERFACE_GROUPS: Quota = quota("vpc", "L-2AFB9258", "Security groups per network interface", 5, true);
/// Network interfaces of a region.
pub const INTERFACES: Quota = quota("vpc", "L-DF5E4CA3", "Network interfaces per Region", 5000, true);
/// Network ACLs of a VPC.
pub const ACLS: Quota = quota("vpc", "L-B4A6D682", "Network ACLs per VPC", 200, true);
/// Rules of a network ACL in each direction.
pub const ACL_RULES: Quota = quota("vpc", "L-2AEEBF1A", "Rules per network ACL", 20, true);
/// Interface endpoints of a VPC [privatelink: vpc-limits-endpoints].
pub const INTERFACE_ENDPOINTS: Quota = quota("vpc", "L-29B6F2EB", "Interface VPC endpoints per VPC", 50, true);
/// Gateway endpoints of a region [privatelink: vpc-limits-endpoints].
pub const GATEWAY_ENDPOINTS: Quota = quota("vpc", "L-1B52E74A", "Gateway VPC endpoints per Region", 20, true);
/// Network Load Balancers of a region [nlb: load-balancer-limits].
pub const BALANCERS: Quota = quota("elasticloadbalancing", "L-69A177A2", "Network Load Balancers per Region", 50, true);
/// Network interfaces of Network Load Balancers in a VPC: each load balancer has one per zone.
pub const BALANCER_INTERFACES: Quota =
    quota("elasticloadbalancing", "L-23568085", "Network Load Balancer ENIs per VPC", 1200, true);
/// Targets of a Network Load Balancer, in all its target groups together.
pub const BALANCER_TARGETS: Quota =
    quota("elasticloadbalancing", "L-EEF1AD04", "Targets per Network Load Balancer", 3000, true);
/// The same in one zone. With cross-zone load balancing it counts the targets of all zones.
pub const ZONE_TARGETS: Quota =
    quota("elasticloadbalancing", "L-B211E961", "Targets per Availability Zone per Network Load Balancer", 500, true);
/// Listeners of a Network Load Balancer.
pub const LISTENERS: Quota =
    quota("elasticloadbalancing", "L-57A373D6", "Listeners per Network Load Balancer", 50, false);
/// Target groups of a region.
pub const TARGET_GROUPS: Quota = quota("elasticloadbalancing", "L-B22855CB", "Target Groups per Region", 3000, true);
/// Targets of a target group.
pub const TARGETS: Quota =
    quota("elasticloadbalancing", "L-A0D0B863", "Targets per Target Group per Region", 1000, true);

/// Instance Connect Endpoints of a region, and of a VPC. Not adjustable, and without a code [ec2 userguide:
/// eice-quotas].
pub const CONNECT_ENDPOINTS: (usize, usize) = (5, 1);

/// Every quota with a code, sorted by service and code.
pub const QUOTAS: [&Quota; 20] = [
    &VCPUS,
    &BALANCER_INTERFACES,
    &LISTENERS,
    &BALANCERS,
    &TARGETS,
    &ZONE_TARGETS,
    &TARGET_GROUPS,
    &BALANCER_TARGETS,
    &GROUP_RULES,
    &GATEWAY_ENDPOINTS,
    &INTERFACE_ENDPOINTS,
    &ACL_RULES,
    &INTERFACE_GROUPS,
    &SUBNETS,
    &ROUTE_TABLES,
    &ROUTES,
    &ACLS,
    &INTERFACES,
    &GROUPS,
    &VPCS,
];

/// The quotas of one sandbox: AWS's defaults and the values set at its start. They are not written to disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quotas(BTreeMap<&'static str, u64>);

impl Quotas {
    /// Sets the quota with this code to `value`, even if AWS would not adjust it.
    ///
    /// # Errors
    /// An unknown code: returns the known codes with their names.
    pub fn set(&mut self, code: &str, value: u64) -> Result<(), Vec<(&'static str, &'static str)>> {
        let known = QUOTAS.iter().find(|quota| quota.code == code);
        let quota = known.ok_or_else(|| QUOTAS.iter().map(|quota| (quota.code, quota.name)).collect::<Vec<_>>())?;
        self.0.insert(quota.code, value);
        Ok(())
    }

    /// Sets the vCPU quota to that of an account that has been in use for a while.
    pub fn raise_vcpus(&mut self) {
        self.0.insert(VCPUS.code, 32);
    }

    #[must_use]
    pub fn of(&self, quota: &Quota) -> u64 {
        self.0.get(quota.code).copied().unwrap_or(quota.default)
    }
}

#[cfg(test)]
mod tests {
    use super::{QUOTAS, Quotas, VPCS};

    #[test]
    fn quotas_are_listed_once_and_can_be_set() {
        let keys: Vec<_> = QUOTAS.iter().map(|quota| (quota.service, quota.code)).collect();
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{keys:?}");
        let mut quotas = Quotas::default();
        assert_eq!(quotas.of(&VPCS), 5);
        quotas.set("L-F678F1CE", 40).unwrap();
        assert_eq!(quotas.of(&VPCS), 40);
        assert!(quotas.set("L-00000000", 1).unwrap_err().contains(&("L-F678F1CE", "VPCs per Region")));
    }
}
