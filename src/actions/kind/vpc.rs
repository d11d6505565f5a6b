//! A VPC. AWS creates its default security group and main route table with it, untagged; pllab never touches them.

use serde_json::json;

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::cost::Costs;
use crate::actions::grant::Grant;
use crate::actions::match_report::{Known, MatchReport, Object, Survey};
use crate::actions::resource_kind::{LabResource, Picture, ResourceKind, Thing, free};
use crate::cloud::{Call, ec2, text_at};
use crate::i18n::{Text, m};
use crate::lab::{Lab, Vpc};

const FACTS: Places = &[("id", "VpcId"), ("cidr", "CidrBlock")];

impl ResourceKind for Vpc {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: Some("vpc"),
        facts: FACTS,
        look,
        delete,
        over: &[],
        usual_deletion: None,
        costs: free,
    });
    const TAKES_MINUTES: bool = false;
    /// The VPC is the lane itself.
    const PICTURE: Option<Picture> = None;

    fn label(name: &str) -> Text {
        m::label_vpc(name)
    }
}

fn look(name: &str) -> Call {
    ec2("DescribeVpcs", json!({ "VpcIds": [fact(name, "id")] }))
}

fn delete(name: &str) -> Vec<ApiStep> {
    deletion(ec2("DeleteVpc", json!({ "VpcId": fact(name, "id") })))
}

/// A private hosted zone resolves only with both.
fn dns(id: &str) -> Vec<Call> {
    let attribute = |name| ec2("DescribeVpcAttribute", json!({ "VpcId": id, "Attribute": name }));
    vec![attribute("enableDnsSupport"), attribute("enableDnsHostnames")]
}

impl LabResource for Vpc {
    /// `CreateVpc` has no client token: an unanswered call is looked up by tag.
    fn make(&self, naming: &Naming<'_>) -> Vec<ApiStep> {
        let create = ec2(
            "CreateVpc",
            json!({ "CidrBlock": self.cidr, "TagSpecifications": naming.tag_specifications("vpc", &self.name) }),
        );
        let find = ec2("DescribeVpcs", json!({ "Filters": naming.filters(&self.name) }));
        let mut steps = vec![ApiStep::once("create", create).tells("Vpc", FACTS).found_by(find, "Vpcs[0]", FACTS)];
        if self.dns_hostnames {
            let params = json!({ "VpcId": fact(&self.name, "id"), "EnableDnsHostnames": { "Value": true } });
            steps.push(ApiStep::again("dns", ec2("ModifyVpcAttribute", params)));
        }
        steps
    }

    fn plan(&self, _: &Lab) -> Text {
        m::ActionVpc { cidr: &self.cidr, name: &self.name }.text()
    }

    fn survey(&self) -> Option<Survey> {
        let survey = Survey::new(ec2("DescribeVpcs", json!({})), "Vpcs", "VpcId");
        Some(if self.dns_hostnames { survey.with(dns) } else { survey })
    }

    fn observe(&self, object: &Object, _: &Known<'_>) -> Option<MatchReport> {
        if object.text("IsDefault") == "true" {
            return None;
        }
        let mut report = MatchReport::of(object, FACTS).value(m::point_cidr(), &self.cidr, &object.text("CidrBlock"));
        if !self.dns_hostnames {
            return Some(report);
        }
        for (what, attribute) in
            [(m::point_dns_support(), "EnableDnsSupport"), (m::point_hostnames(), "EnableDnsHostnames")]
        {
            let path = format!("{attribute}.Value");
            let on = object.more.iter().find_map(|reply| text_at(reply, &path)).unwrap_or_default();
            let mut params = json!({ "VpcId": object.id });
            params[attribute] = json!({ "Value": true });
            report = report.value(what, "true", &on).mended([ec2("ModifyVpcAttribute", params)]);
        }
        Some(report)
    }

    fn grants(&self) -> Vec<Grant> {
        let mut grants = vec![
            Grant::new("ec2:CreateVpc", &["vpc/*"]),
            Grant::tag("ec2:CreateVpc", &["vpc/*"]),
            Grant::own(&["ec2:DeleteVpc"], &["vpc/*"]),
        ];
        if self.dns_hostnames {
            grants.push(Grant::own(&["ec2:ModifyVpcAttribute"], &["vpc/*"]));
        }
        grants
    }

    fn costs(&self) -> Option<Costs> {
        None
    }
}
