//! As much of IAM's evaluation as `pllab policy` uses
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>); anything unknown
//! fails.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::needs::Need;

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// Condition keys of a request, with their values.
pub type Context = BTreeMap<String, BTreeSet<String>>;

/// Policies attached to the same user.
pub struct Policy {
    statements: Vec<Value>,
}

impl Policy {
    pub fn read(documents: &Value) -> Self {
        let documents = documents.as_array().expect("a list of documents");
        let statements: Vec<Value> =
            documents.iter().flat_map(|it| it["Statement"].as_array().expect("statements").clone()).collect();
        assert!(!statements.is_empty() && statements.iter().all(|it| it["Effect"] == "Allow"));
        Self { statements }
    }

    /// The names of its statements.
    pub fn sids(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().map(|it| it["Sid"].as_str().expect("a name"))
    }

    /// Every action that some statement allows.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().flat_map(|it| words(&it["Action"]))
    }

    /// The name of the statement that allows what is needed.
    pub fn allows(&self, need: &Need) -> Option<&str> {
        let allowing = self.statements.iter().find(|it| {
            words(&it["Action"]).iter().any(|pattern| like(pattern, &need.action))
                && words(&it["Resource"]).iter().any(|pattern| like(pattern, &need.resource))
                && holds(&it["Condition"], &need.in_context())
        })?;
        allowing["Sid"].as_str()
    }
}

fn words(value: &Value) -> Vec<&str> {
    match value {
        Value::String(word) => vec![word],
        Value::Array(words) => words.iter().map(|word| word.as_str().expect("words")).collect(),
        other => panic!("neither a word nor words: {other}"),
    }
}

fn holds(condition: &Value, context: &Context) -> bool {
    let Some(operators) = condition.as_object() else { return true };
    operators.iter().all(|(operator, keys)| {
        keys.as_object().expect("condition keys").iter().all(|(key, values)| {
            let wanted = words(values);
            let (all, rest) =
                operator.strip_prefix("ForAllValues:").map_or((false, operator.as_str()), |it| (true, it));
            let (if_exists, base) = rest.strip_suffix("IfExists").map_or((false, rest), |it| (true, it));
            let fits = |value: &String| match base {
                "StringEquals" | "Bool" => wanted.contains(&value.as_str()),
                "StringLike" => wanted.iter().any(|pattern| like(pattern, value)),
                other => panic!("an operator that is not known here: {other}"),
            };
            match context.get(key) {
                // A missing key fails the condition, except for `ForAllValues` and `IfExists`.
                None => all || if_exists,
                Some(values) if all => values.iter().all(fits),
                Some(values) => values.iter().any(fits),
            }
        })
    })
}

/// IAM's wildcards: `*` is any text, `?` any character.
fn like(pattern: &str, text: &str) -> bool {
    match (pattern.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some('*'), _) => {
            let rest = &pattern[1..];
            like(rest, text) || text.chars().next().is_some_and(|letter| like(pattern, &text[letter.len_utf8()..]))
        }
        (Some('?'), Some(letter)) => like(&pattern[1..], &text[letter.len_utf8()..]),
        (Some(one), Some(other)) if one == other => like(&pattern[one.len_utf8()..], &text[other.len_utf8()..]),
        _ => false,
    }
}

#[test]
fn wild_cards() {
    for (pattern, text, fits) in [
        ("*", "", true),
        ("ec2:*", "ec2:CreateVpc", true),
        ("arn:aws:ec2:*:*:vpc/*", "arn:aws:ec2:ap-northeast-1:1:vpc/vpc-1", true),
        ("arn:aws:ec2:*:*:vpc/*", "arn:aws:ec2:ap-northeast-1:1:subnet/subnet-1", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("abc", "abcd", false),
    ] {
        assert_eq!(like(pattern, text), fits, "{pattern} {text}");
    }
}
