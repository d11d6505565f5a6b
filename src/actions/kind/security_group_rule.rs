//! One inbound rule, added to a security group that another step makes.

use serde_json::json;

use crate::actions::api_step::{ApiStep, Naming, Places, deletion, fact};
use crate::actions::resource_kind::{Picture, ResourceKind, Thing, free};
use crate::cloud::{Call, ec2};
use crate::i18n::{Text, m};

/// Lab files cannot name this kind.
pub(in crate::actions) struct SecurityGroupRule;

const FACTS: Places = &[("id", "SecurityGroupRuleId"), ("group", "GroupId")];

impl ResourceKind for SecurityGroupRule {
    const THING: Option<Thing> = Some(Thing {
        made_by: "create",
        tagged_as: Some("security-group-rule"),
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
        m::label_security_group_rule(name)
    }
}

fn look(name: &str) -> Call {
    ec2("DescribeSecurityGroupRules", json!({ "SecurityGroupRuleIds": [fact(name, "id")] }))
}

fn delete(name: &str) -> Vec<ApiStep> {
    let rule = json!({ "GroupId": fact(name, "group"), "SecurityGroupRuleIds": [fact(name, "id")] });
    deletion(ec2("RevokeSecurityGroupIngress", rule))
}

/// Makes the rule `name`: `group` admits TCP to `port` from `source`, both groups by name.
pub(in crate::actions) fn make(name: &str, group: &str, port: u16, source: &str, naming: &Naming<'_>) -> Vec<ApiStep> {
    let create = ec2(
        "AuthorizeSecurityGroupIngress",
        json!({
            "GroupId": fact(group, "id"),
            "IpPermissions": [{
                "IpProtocol": "tcp", "FromPort": port, "ToPort": port,
                "UserIdGroupPairs": [{ "GroupId": fact(source, "id") }],
            }],
            "TagSpecifications": naming.tag_specifications("security-group-rule", name),
        }),
    );
    let find = ec2("DescribeSecurityGroupRules", json!({ "Filters": naming.filters(name) }));
    vec![ApiStep::again("create", create).tells("SecurityGroupRules[0]", FACTS).found_by(
        find,
        "SecurityGroupRules[0]",
        FACTS,
    )]
}
