//! Reading replies, and writing the calls that ask for them.

use serde_json::{Map, Value};

use crate::cloud::{Api, Call};

/// A call to EC2. `params` is a JSON object.
pub(crate) fn ec2(operation: &'static str, params: Value) -> Call {
    Call { api: Api::Ec2, operation, params: object(params) }
}

/// A call to Elastic Load Balancing. `params` is a JSON object.
pub(crate) fn elbv2(operation: &'static str, params: Value) -> Call {
    Call { api: Api::Elbv2, operation, params: object(params) }
}

/// A call to Route 53. `params` is a JSON object.
pub(super) fn route53(operation: &'static str, params: Value) -> Call {
    Call { api: Api::Route53, operation, params: object(params) }
}

fn object(params: Value) -> Map<String, Value> {
    match params {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The list under `key`; empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The first of the list under `key`.
pub(crate) fn first<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    list(value, key).first()
}

/// The text under `key`; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The texts under `key`.
pub(crate) fn texts<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    list(value, key).iter().filter_map(Value::as_str).collect()
}
