//! Route 53's protocol, `rest-xml`. Reads method, path, query and body into the same parameters that the query
//! protocols send, so that all operations read them alike.

use super::error::ApiError;
use super::params::Params;
use super::tree::{Element, read_xml};

const VERSION: &str = "/2013-04-01/";

pub fn is_rest(path: &str) -> bool {
    path.starts_with(VERSION)
}

/// Returns the operation and the parameters of a request. Elements of the body become parameters named by their path,
/// such as `ChangeBatch.Changes.1.Action`; the id in the path becomes `Id`.
///
/// # Errors
/// A path or method that is not modelled, or a body that is not the operation's XML.
pub fn read_rest(method: &str, path: &str, query: &str, body: &[u8]) -> Result<(String, Params), ApiError> {
    let segments: Vec<&str> = path.strip_prefix(VERSION).unwrap_or_default().split('/').collect();
    let (action, id) = match (method, segments.as_slice()) {
        ("POST", ["hostedzone"]) => ("CreateHostedZone", None),
        ("GET", ["hostedzone"]) => ("ListHostedZones", None),
        ("GET", ["hostedzonesbyname"]) => ("ListHostedZonesByName", None),
        ("GET", ["hostedzone", id]) => ("GetHostedZone", Some(*id)),
        ("DELETE", ["hostedzone", id]) => ("DeleteHostedZone", Some(*id)),
        ("POST", ["hostedzone", id, "rrset" | "rrset/"] | ["hostedzone", id, "rrset", ""]) => {
            ("ChangeResourceRecordSets", Some(*id))
        }
        ("GET", ["hostedzone", id, "rrset"] | ["hostedzone", id, "rrset", ""]) => ("ListResourceRecordSets", Some(*id)),
        ("GET", ["change", id]) => ("GetChange", Some(*id)),
        ("GET", ["tags", "hostedzone", id]) => ("ListTagsForResource", Some(*id)),
        ("POST", ["tags", "hostedzone", id]) => ("ChangeTagsForResource", Some(*id)),
        ("POST", ["tags", "hostedzone"]) => ("ListTagsForResources", None),
        _ => return Err(ApiError::not_modelled("InvalidAction", &format!("{method} {path} of Route 53"))),
    };
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(form_urlencoded::parse(query.as_bytes()));
    if let Some(id) = id {
        form.append_pair("Id", id);
    }
    if method == "POST" {
        let root = read_xml(body).ok_or_else(|| invalid("The XML you provided is not well-formed"))?;
        if root.name != format!("{action}Request") {
            return Err(invalid("The XML you provided is not that of this operation"));
        }
        flatten(&root, "", &mut form);
    }
    let params = Params::parse(form.finish().as_bytes())?;
    Ok((action.to_owned(), params))
}

fn invalid(text: &str) -> ApiError {
    ApiError::new("InvalidInput", text)
}

fn flatten(element: &Element, path: &str, form: &mut form_urlencoded::Serializer<'_, String>) {
    let is_list =
        matches!(element.name.as_str(), "Changes" | "ResourceRecords" | "AddTags" | "RemoveTagKeys" | "ResourceIds");
    for (at, child) in element.children.iter().enumerate() {
        let name = if is_list { (at + 1).to_string() } else { child.name.clone() };
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        if child.children.is_empty() {
            form.append_pair(&path, &child.text);
        } else {
            flatten(child, &path, form);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_rest;

    #[test]
    fn a_body_becomes_parameters() {
        let body = br#"<?xml version="1.0"?><ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
            <ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet><Name>_x.lab.example</Name>
            <ResourceRecords><ResourceRecord><Value>&quot;vpce:a&amp;b&#x21;&quot;</Value></ResourceRecord></ResourceRecords>
            </ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"#;
        let (action, params) = read_rest("POST", "/2013-04-01/hostedzone/Z1/rrset/", "", body).unwrap();
        assert_eq!((action.as_str(), params.get("Id")), ("ChangeResourceRecordSets", Some("Z1")));
        let change = &params.groups("ChangeBatch.Changes")[0];
        assert_eq!(params.get(&format!("{change}.Action")), Some("UPSERT"));
        let value = format!("{change}.ResourceRecordSet.ResourceRecords.1.Value");
        assert_eq!(params.get(&value), Some("\"vpce:a&b!\""));
    }

    #[test]
    fn what_is_not_modelled_is_said() {
        for (method, path) in [("PUT", "/2013-04-01/hostedzone/Z1"), ("GET", "/2013-04-01/healthcheck"), ("GET", "/x")]
        {
            assert_eq!(read_rest(method, path, "", b"").unwrap_err().code, "InvalidAction", "{method} {path}");
        }
        for body in ["", "<CreateHostedZoneRequest>", "<Other/>", "<CreateHostedZoneRequest></Name>", "&&"] {
            assert_eq!(
                read_rest("POST", "/2013-04-01/hostedzone", "", body.as_bytes()).unwrap_err().code,
                "InvalidInput"
            );
        }
    }
}
