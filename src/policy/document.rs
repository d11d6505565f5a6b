//! Policy documents as IAM reads them, split to stay within IAM's size limit.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// The most characters of a managed policy; IAM does not count white space
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
pub const LIMIT: usize = 6144;

/// A policy document. The fields are in the order in which people read them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    pub sid: String,
    pub effect: &'static str,
    #[serde(serialize_with = "one_or_many")]
    pub action: Vec<String>,
    #[serde(serialize_with = "one_or_many")]
    pub resource: Vec<String>,
    #[serde(skip_serializing_if = "Conditions::is_empty")]
    pub condition: Conditions,
}

/// Operator to condition key to values.
pub type Conditions = BTreeMap<String, BTreeMap<String, Values>>;

/// Values of a condition key. Any of them matches.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Values(#[serde(serialize_with = "one_or_many")] pub BTreeSet<String>);

/// Writes a single value as a string, as people do, and several as a list.
fn one_or_many<S: Serializer>(
    values: &(impl IntoIterator<Item = String> + Clone + Serialize),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut all = values.clone().into_iter();
    match (all.next(), all.next()) {
        (Some(one), None) => serializer.serialize_str(&one),
        _ => values.serialize(serializer),
    }
}

pub fn condition(operator: &str, key: &str, value: &str) -> Conditions {
    [(operator.to_owned(), [(key.to_owned(), Values([value.to_owned()].into()))].into())].into()
}

/// The ARN pattern of `service`'s resources that ends in `tail`.
pub fn arn(service: &str, tail: &str, region: &str) -> String {
    let partition = match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    // The action cannot be confined to resources.
    if tail == "*" {
        return tail.to_owned();
    }
    // Roles have no region, AWS's own images and parameters have no account, and Route 53's zones have neither.
    let owner = match service {
        "route53" => ":".to_owned(),
        "iam" => ":*".to_owned(),
        "ssm" => format!("{region}:"),
        _ if tail.starts_with("image/") => format!("{region}:"),
        _ => format!("{region}:*"),
    };
    format!("arn:{partition}:{service}:{owner}:{tail}")
}

/// As few documents as IAM's limit allows.
pub fn split(statements: Vec<Statement>) -> Vec<Document> {
    let mut documents: Vec<Document> = Vec::new();
    for statement in statements {
        let fits = documents.last().is_some_and(|document| {
            let mut all: Vec<&Statement> = document.statement.iter().collect();
            all.push(&statement);
            size(&json!({ "Version": document.version, "Statement": all })) <= LIMIT
        });
        if !fits {
            documents.push(Document { version: "2012-10-17", statement: Vec::new() });
        }
        if let Some(document) = documents.last_mut() {
            document.statement.push(statement);
        }
    }
    documents
}

/// The size as IAM counts it.
fn size(document: &Value) -> usize {
    document.to_string().chars().filter(|letter| !letter.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filler(sid: usize) -> Statement {
        let action = (0..40).map(|number| format!("ec2:DescribeSomething{number:03}")).collect();
        let (sid, resource, condition) = (format!("Look{sid}"), vec!["*".to_owned()], Conditions::new());
        Statement { sid, effect: "Allow", action, resource, condition }
    }

    #[test]
    fn what_is_too_long_for_one_policy_goes_into_several() {
        let all: Vec<Statement> = (0..12).map(filler).collect();
        let documents = split(all.clone());
        assert!(documents.len() > 1);
        assert!(documents.iter().all(|document| size(&json!(document)) <= LIMIT));
        let again: Vec<Statement> = documents.into_iter().flat_map(|document| document.statement).collect();
        assert_eq!(again, all, "nothing is lost, and the order stays");
    }

    #[test]
    fn arns_name_partition_and_owner_as_aws_does() {
        assert_eq!(arn("ec2", "vpc/*", "ap-northeast-1"), "arn:aws:ec2:ap-northeast-1:*:vpc/*");
        assert_eq!(arn("ec2", "image/*", "us-east-1"), "arn:aws:ec2:us-east-1::image/*");
        assert_eq!(arn("ec2", "vpc/*", "cn-north-1"), "arn:aws-cn:ec2:cn-north-1:*:vpc/*");
        assert_eq!(arn("route53", "hostedzone/*", "us-east-1"), "arn:aws:route53:::hostedzone/*");
        assert_eq!(arn("iam", "role/x", "us-gov-west-1"), "arn:aws-us-gov:iam::*:role/x");
    }
}
