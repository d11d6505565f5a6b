//! The rules in the lab's VPCs at one moment: those of security groups and those of network ACLs.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::acls::Acl;
use super::rules::Rules;
use crate::checks::reply::{list, text};
use crate::cloud::{Clients, ec2};
use crate::engine::event::Fault;
use crate::lab::Side;

/// The rules in the form that a drill's journal lines keep.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub groups: Vec<Rules>,
    pub acls: Vec<Acl>,
}

impl Snapshot {
    /// Empty if the journal line has none.
    pub fn read(kept: Value) -> Self {
        serde_json::from_value(kept).unwrap_or_default()
    }

    /// Adds the rules of one VPC.
    ///
    /// # Errors
    /// If the cloud cannot be asked.
    pub async fn look(&mut self, clients: &Clients, side: Side, vpc: &str) -> Result<(), Fault> {
        let of = |operation| ec2(operation, json!({ "Filters": [{ "Name": "vpc-id", "Values": [vpc] }] }));
        let reply = clients.send(&of("DescribeSecurityGroups")).await?;
        let groups = list(&reply, "SecurityGroups");
        self.groups.extend(groups.iter().map(|group| Rules::of(side, text(group, "GroupId"), group)));
        let reply = clients.send(&of("DescribeNetworkAcls")).await?;
        self.acls.extend(list(&reply, "NetworkAcls").iter().map(|acl| Acl::of(side, acl)));
        Ok(())
    }
}
