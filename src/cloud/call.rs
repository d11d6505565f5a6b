//! A call to AWS as data, before it is sent: what is journalled, shown as an AWS CLI command, and sent is one and the same.

use serde_json::{Map, Value};

/// Which API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Api {
    /// Amazon EC2, VPC and `PrivateLink` included.
    Ec2,
    /// Elastic Load Balancing version 2.
    Elbv2,
    /// Service Quotas.
    Quotas,
    /// Route 53, which is one for all regions.
    Route53,
}

/// One API call. Parameters carry the names of the AWS API models (`CidrBlock`, `TagSpecifications`), which are also those
/// that the AWS CLI makes its options from. A string may hold `${name.fact}` until the named resource exists.
/// `UserData` is in clear, as the CLI's option takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The API.
    pub api: Api,
    /// The operation, such as `CreateVpc`.
    pub operation: &'static str,
    /// The parameters.
    pub params: Map<String, Value>,
}

impl Call {
    /// A call. `params` is a JSON object.
    #[must_use]
    pub fn new(api: Api, operation: &'static str, params: Value) -> Self {
        let params = match params {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        Self { api, operation, params }
    }
}

/// A call to EC2. `params` is a JSON object.
#[must_use]
pub fn ec2(operation: &'static str, params: Value) -> Call {
    Call::new(Api::Ec2, operation, params)
}

/// A call to Elastic Load Balancing. `params` is a JSON object.
#[must_use]
pub fn elbv2(operation: &'static str, params: Value) -> Call {
    Call::new(Api::Elbv2, operation, params)
}

/// A call to Route 53. `params` is a JSON object.
#[must_use]
pub fn route53(operation: &'static str, params: Value) -> Call {
    Call::new(Api::Route53, operation, params)
}
