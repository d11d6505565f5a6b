//! What a kind of resource needs of IAM: actions, on which resources, under which conditions. Which actions take which
//! resource types and condition keys is the Service Authorization Reference's
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>, and its pages for Elastic Load
//! Balancing V2, Systems Manager, EC2 Instance Connect and IAM).

/// One permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The actions, such as `ec2:CreateVpc`.
    pub actions: Vec<&'static str>,
    /// The resources: the last part of their ARNs, such as `vpc/*`.
    pub resources: Vec<String>,
    /// Whose resources.
    pub scope: Scope,
    /// Further conditions.
    pub rails: Vec<Condition>,
}

/// Whose resources an action may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// What the call makes, if it gives the lab's tags (`aws:RequestTag`).
    New,
    /// What carries the lab's tags (`aws:ResourceTag`).
    Own,
    /// The tags that the action gives to what it makes (`ec2:CreateAction`, `elasticloadbalancing:CreateAction`).
    Tag,
    /// What has no tags of its own.
    Any,
}

/// One condition: `${region.name}` stands for the region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// IAM's operator, such as `StringEquals`.
    pub operator: &'static str,
    /// The condition key.
    pub key: &'static str,
    /// The value.
    pub value: String,
}

impl Grant {
    fn of(scope: Scope, actions: &[&'static str], resources: &[&str]) -> Self {
        let resources = resources.iter().map(|&resource| resource.to_owned()).collect();
        Self { actions: actions.to_vec(), resources, scope, rails: Vec::new() }
    }

    /// `action` may make these, tagged.
    pub(super) fn new(action: &'static str, resources: &[&str]) -> Self {
        Self::of(Scope::New, &[action], resources)
    }

    /// The actions may be done to these, if they are the lab's.
    pub(super) fn own(actions: &[&'static str], resources: &[&str]) -> Self {
        Self::of(Scope::Own, actions, resources)
    }

    /// `action` may give tags to these while it makes them.
    pub(super) fn tag(action: &'static str, resources: &[&str]) -> Self {
        Self::of(Scope::Tag, &[action], resources)
    }

    /// The actions may be done to these, whose ever they are.
    pub(super) fn any(actions: &[&'static str], resources: &[&str]) -> Self {
        Self::of(Scope::Any, actions, resources)
    }

    /// `service` may be given its own role, which it makes at its first use in an account.
    pub(super) fn linked_role(service: &str, role: &str) -> Self {
        let role = format!("role/aws-service-role/{service}/{role}");
        Self::of(Scope::Any, &["iam:CreateServiceLinkedRole"], &[&role]).rail(
            "StringEquals",
            "iam:AWSServiceName",
            service,
        )
    }

    /// With one more condition.
    pub(super) fn rail(mut self, operator: &'static str, key: &'static str, value: &str) -> Self {
        self.rails.push(Condition { operator, key, value: value.to_owned() });
        self
    }
}
