//! A subnet, placed by zone id: zone names differ between accounts, ids do not.

use serde_json::json;

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, MatchReport, Object, Survey};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing, free};
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};
use crate::lab::{Lab, Subnet};

const FACTS: Places = &[("id", "SubnetId"), ("zone_id", "AvailabilityZoneId"), ("zone_name", "AvailabilityZone")];

impl ResourceKind for Subnet {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: Some("subnet"),
        facts: FACTS,
        look,
        delete,
        over: &[],
        usual_deletion: None,
        costs: free,
    });
    const TAKES_MINUTES: bool = false;
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_subnet(name)
    }
}

fn look(name: &str) -> Call {
    ec2("DescribeSubnets", json!({ "SubnetIds": [fact(name, "id")] }))
}

fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteSubnet", json!({ "SubnetId": fact(name, "id") })))
}

impl LabResource for Subnet {
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let create = ec2(
            "CreateSubnet",
            json!({
                "VpcId": fact(&self.vpc, "id"),
                "CidrBlock": self.cidr,
                "AvailabilityZoneId": self.zone,
                "TagSpecifications": naming.tag_specifications("subnet", &self.name),
            }),
        );
        let find = ec2("DescribeSubnets", json!({ "Filters": naming.filters(&self.name) }));
        vec![ApiStep::once("create", create).tells("Subnet", FACTS).found_by(find, "Subnets[0]", FACTS)]
    }

    fn plan(&self, _: &Lab) -> Text {
        m::ActionSubnet { cidr: &self.cidr, name: &self.name, zone: &self.zone }.text()
    }

    fn survey(&self) -> Option<Survey> {
        Some(Survey::new(ec2("DescribeSubnets", json!({})), "Subnets", "SubnetId"))
    }

    fn observe(&self, object: &Object, known: &Known<'_>) -> Option<MatchReport> {
        let (id, name) = (object.text("AvailabilityZoneId"), object.text("AvailabilityZone"));
        let zone = if self.zone == name { name } else { id };
        let report = MatchReport::of(object, FACTS)
            .refers(m::point_vpc(), known, &self.vpc, "id", &object.text("VpcId"))
            .value(m::point_zone(), &self.zone, &zone)
            .value(m::point_cidr(), &self.cidr, &object.text("CidrBlock"));
        (object.text("DefaultForAz") != "true").then_some(report)
    }

    fn grants(&self) -> Vec<Grant> {
        vec![
            Grant::new("ec2:CreateSubnet", &["subnet/*"]),
            Grant::tag("ec2:CreateSubnet", &["subnet/*"]),
            Grant::own(&["ec2:CreateSubnet"], &["vpc/*"]),
            Grant::own(&["ec2:DeleteSubnet"], &["subnet/*"]),
        ]
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
