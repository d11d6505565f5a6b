//! Finds a value in an answer by its `--query` path.

use serde_json::Value;

/// The value at a path such as `Vpc.VpcId` or `LoadBalancers[0].LoadBalancerArn`. Supports the part of `JMESPath`
/// that names one value.
#[must_use]
pub fn at<'v>(reply: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(reply, |value, step| {
        let (name, indices) = step.split_at(step.find('[').unwrap_or(step.len()));
        let value = if name.is_empty() { value } else { value.get(name)? };
        indices.split_terminator(']').try_fold(value, |value, index| {
            let index: usize = index.strip_prefix('[')?.parse().ok()?;
            value.get(index)
        })
    })
}

/// The text at a path; numbers and booleans as they would be printed. `join(',', path)` joins a list of texts, as in
/// `JMESPath`.
#[must_use]
pub fn text_at(reply: &Value, path: &str) -> Option<String> {
    if let Some(list) = path.strip_prefix("join(',', ").and_then(|rest| rest.strip_suffix(')')) {
        let texts = at(reply, list)?.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?;
        return Some(texts.join(","));
    }
    match at(reply, path)? {
        Value::String(text) => Some(text.clone()),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_lead_to_one_value() {
        let reply = json!({
            "Vpc": { "VpcId": "vpc-1", "IsDefault": false },
            "Reservations": [{ "Instances": [{ "InstanceId": "i-1", "State": { "Code": 16 } }] }],
            "Grid": [[1, 2], [3, 4]],
        });
        assert_eq!(text_at(&reply, "Vpc.VpcId").as_deref(), Some("vpc-1"));
        assert_eq!(text_at(&reply, "Vpc.IsDefault").as_deref(), Some("false"));
        assert_eq!(text_at(&reply, "Reservations[0].Instances[0].InstanceId").as_deref(), Some("i-1"));
        assert_eq!(text_at(&reply, "Reservations[0].Instances[0].State.Code").as_deref(), Some("16"));
        assert_eq!(at(&reply, "Grid[1][0]"), Some(&json!(3)));
        let zones = json!({ "Zones": ["apne1-az4", "apne1-az1"] });
        assert_eq!(text_at(&zones, "join(',', Zones)").as_deref(), Some("apne1-az4,apne1-az1"));
        assert_eq!(text_at(&zones, "Zones"), None);
        for nowhere in ["", "Vpc.Nothing", "Reservations[1]", "Reservations[x]", "Vpc[0]", "Grid[0", "Vpc."] {
            assert_eq!(text_at(&reply, nowhere), None, "{nowhere}");
        }
    }
}
