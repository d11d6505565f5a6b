//! A call to AWS as data: the journal, the shown AWS CLI command and the sent request all come from the same value.

use serde_json::{Map, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Api {
    /// Amazon EC2, including VPC and `PrivateLink`.
    Ec2,
    /// Elastic Load Balancing version 2.
    Elbv2,
    Quotas,
    /// Route 53, which is global: one service for all regions.
    Route53,
}

/// One API call. Parameters have the names of the AWS API models (`CidrBlock`, `TagSpecifications`), from which the
/// AWS CLI derives its options. A string may contain `${name.fact}` until the named resource exists. `UserData` is
/// plain text, as for the CLI's option.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub api: Api,
    /// Such as `CreateVpc`.
    pub operation: &'static str,
    pub params: Map<String, Value>,
}

impl Call {
    /// `params` is a JSON object.
    #[must_use]
    pub fn new(api: Api, operation: &'static str, params: Value) -> Self {
        let params = match params {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        Self { api, operation, params }
    }
}

/// `params` is a JSON object.
#[must_use]
pub fn ec2(operation: &'static str, params: Value) -> Call {
    Call::new(Api::Ec2, operation, params)
}

/// `params` is a JSON object.
#[must_use]
pub fn elbv2(operation: &'static str, params: Value) -> Call {
    Call::new(Api::Elbv2, operation, params)
}

/// `params` is a JSON object.
#[must_use]
pub fn route53(operation: &'static str, params: Value) -> Call {
    Call::new(Api::Route53, operation, params)
}
