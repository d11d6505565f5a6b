//! References in calls: `${name.fact}`, which is replaced by the fact once the resource exists.

use serde_json::{Map, Value};

use super::Call;

/// A reference without a value yet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("${{{resource}.{fact}}} is not known yet")]
pub struct Unresolved {
    pub resource: String,
    pub fact: String,
}

impl Unresolved {
    /// The code of the resulting fault.
    pub const CODE: &str = "MissingFact";
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Literal(&'t str),
    Reference { resource: &'t str, fact: &'t str },
}

/// Splits a text at its references. Anything that does not look like one, such as a script's own `${variable}`, is
/// literal.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut literal = 0;
    let mut from = 0;
    while let Some(at) = text[from..].find("${").map(|at| at + from) {
        let Some((resource, fact, end)) = reference(text, at) else {
            from = at + 2;
            continue;
        };
        if literal < at {
            pieces.push(Piece::Literal(&text[literal..at]));
        }
        pieces.push(Piece::Reference { resource, fact });
        literal = end;
        from = end;
    }
    if literal < text.len() {
        pieces.push(Piece::Literal(&text[literal..]));
    }
    pieces
}

/// The reference that begins at `at`, and the position after it.
fn reference(text: &str, at: usize) -> Option<(&str, &str, usize)> {
    let inner = &text[at + 2..];
    let inner = &inner[..inner.find('}')?];
    let (resource, fact) = inner.split_once('.')?;
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    (is_name(resource) && is_name(fact)).then_some((resource, fact, at + 2 + inner.len() + 1))
}

impl Call {
    /// The same call with every reference replaced by what `facts` returns for (resource, fact).
    ///
    /// # Errors
    /// The first reference that `facts` does not know.
    pub fn resolve(&self, facts: &dyn Fn(&str, &str) -> Option<String>) -> Result<Self, Unresolved> {
        Ok(Self { api: self.api, operation: self.operation, params: resolve_map(&self.params, facts)? })
    }
}

fn resolve_map(
    map: &Map<String, Value>,
    facts: &dyn Fn(&str, &str) -> Option<String>,
) -> Result<Map<String, Value>, Unresolved> {
    map.iter().map(|(name, value)| Ok((name.clone(), resolve_value(value, facts)?))).collect()
}

fn resolve_value(value: &Value, facts: &dyn Fn(&str, &str) -> Option<String>) -> Result<Value, Unresolved> {
    Ok(match value {
        Value::String(text) => Value::String(resolve_text(text, facts)?),
        Value::Array(items) => {
            let mut resolved = Vec::new();
            for item in items {
                match (is_one_reference(item), resolve_value(item, facts)?) {
                    // A fact that is a list, such as a service's zones, is comma-separated; no id contains a comma.
                    (true, Value::String(list)) => resolved.extend(list.split(',').map(Value::from)),
                    (_, value) => resolved.push(value),
                }
            }
            Value::Array(resolved)
        }
        Value::Object(map) => Value::Object(resolve_map(map, facts)?),
        other => other.clone(),
    })
}

fn is_one_reference(value: &Value) -> bool {
    value.as_str().is_some_and(|text| matches!(pieces(text)[..], [Piece::Reference { .. }]))
}

fn resolve_text(text: &str, facts: &dyn Fn(&str, &str) -> Option<String>) -> Result<String, Unresolved> {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Literal(words) => Ok(words.to_owned()),
            Piece::Reference { resource, fact } => {
                facts(resource, fact).ok_or_else(|| Unresolved { resource: resource.to_owned(), fact: fact.to_owned() })
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cloud::Api;

    fn call(params: &Value) -> Call {
        Call { api: Api::Ec2, operation: "RunInstances", params: params.as_object().unwrap().clone() }
    }

    #[test]
    fn references_are_found_and_a_scripts_own_variables_are_left_alone() {
        assert_eq!(
            pieces("curl ${URL} http://${my-endpoint.dns}/$${x.y}"),
            [
                Piece::Literal("curl ${URL} http://"),
                Piece::Reference { resource: "my-endpoint", fact: "dns" },
                Piece::Literal("/$"),
                Piece::Reference { resource: "x", fact: "y" },
            ]
        );
        for literal in ["${a b.c}", "${.x}", "${x.}", "${x", "${x.y.z}", "$x.y", "%{http_code}"] {
            assert_eq!(pieces(literal), [Piece::Literal(literal)], "{literal}");
        }
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn every_string_is_resolved_wherever_it_stands() {
        let unresolved = call(&json!({
            "SubnetId": "${subnet.id}", "MinCount": 1,
            "Filters": [{ "Name": "vpc-id", "Values": ["${vpc.id}", "x"] }], "UserData": "a ${endpoint.dns} b",
        }));
        let resolved = unresolved.resolve(&|resource, fact| Some(format!("<{resource}:{fact}>"))).unwrap();
        assert_eq!(
            Value::Object(resolved.params),
            json!({
                "SubnetId": "<subnet:id>", "MinCount": 1,
                "Filters": [{ "Name": "vpc-id", "Values": ["<vpc:id>", "x"] }], "UserData": "a <endpoint:dns> b",
            })
        );
    }

    #[test]
    fn what_is_not_known_is_named() {
        let missing = call(&json!({ "SubnetId": "${subnet.id}" })).resolve(&|_, _| None).unwrap_err();
        assert_eq!(missing, Unresolved { resource: "subnet".to_owned(), fact: "id".to_owned() });
        assert_eq!(missing.to_string(), "${subnet.id} is not known yet");
    }
}
