//! The IAM permissions that a kind of resource needs: actions, on which resources, under which conditions. The
//! Service Authorization Reference says which actions take which resource types and condition keys
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>, and its pages for
//! Elastic Load Balancing V2, Systems Manager, EC2 Instance Connect and IAM).

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Such as `ec2:CreateVpc`.
    pub actions: Vec<&'static str>,
    /// The last part of the ARNs, such as `vpc/*`.
    pub resources: Vec<String>,
    pub scope: Scope,
    /// Conditions besides those of the scope.
    pub rails: Vec<Condition>,
}

/// Which resources an action may touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Resources that the call makes, if it gives them the lab's tags (`aws:RequestTag`).
    New,
    /// Resources that carry the lab's tags (`aws:ResourceTag`).
    Own,
    /// Tags that the action gives to what it makes (`ec2:CreateAction`, `elasticloadbalancing:CreateAction`).
    Tag,
    /// Resources without tags of their own.
    Any,
}

/// `${region.name}` stands for the region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// IAM's operator, such as `StringEquals`.
    pub operator: &'static str,
    pub key: &'static str,
    pub value: String,
}

impl Grant {
    fn of(scope: Scope, actions: &[&'static str], resources: &[&str]) -> Self {
        let resources = resources.iter().map(|&resource| resource.to_owned()).collect();
        Self { actions: actions.to_vec(), resources, scope, rails: Vec::new() }
    }

    /// `action` may make these resources if it tags them.
    pub(super) fn new(action: &'static str, resources: &[&str]) -> Self {
        Self::of(Scope::New, &[action], resources)
    }

    /// The actions are allowed on these resources if they are the lab's.
    pub(super) fn own(actions: &[&'static str], resources: &[&str]) -> Self {
        Self::of(Scope::Own, actions, resources)
    }

    /// `action` may tag these resources while it makes them.
    pub(super) fn tag(action: &'static str, resources: &[&str]) -> Self {
        Self::of(Scope::Tag, &[action], resources)
    }

    /// The actions are allowed on these resources, whoever owns them.
    pub(super) fn any(actions: &[&'static str], resources: &[&str]) -> Self {
        Self::of(Scope::Any, actions, resources)
    }

    /// `service` may get its service-linked role, which it creates at its first use in an account.
    pub(super) fn linked_role(service: &str, role: &str) -> Self {
        let role = format!("role/aws-service-role/{service}/{role}");
        Self::of(Scope::Any, &["iam:CreateServiceLinkedRole"], &[&role]).rail(
            "StringEquals",
            "iam:AWSServiceName",
            service,
        )
    }

    /// Adds a condition.
    pub(super) fn rail(mut self, operator: &'static str, key: &'static str, value: &str) -> Self {
        self.rails.push(Condition { operator, key, value: value.to_owned() });
        self
    }
}
