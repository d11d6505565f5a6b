//! Who may make an endpoint to a service.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{Permission, Tags};

use super::vpc::only;
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::describe::one;
use crate::sandbox::ops::shared::names;
use crate::sandbox::ops::shared::tags::tag_set;

/// `ModifyVpcEndpointServicePermissions`. Removing a principal keeps its accepted connections [privatelink:
/// configure-endpoint-service].
pub fn modify(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let service = names::SERVICE.find(&ctx.here().services, params.need("ServiceId")?)?.clone();
    let add = params.list("AddAllowedPrincipals")?;
    let remove = params.list("RemoveAllowedPrincipals")?;
    only(params, "PermissionType", &["vpc-endpoint"])?;
    if add.is_empty() && remove.is_empty() {
        return Err(ApiError::missing("AddAllowedPrincipals"));
    }
    let mut added = Vec::new();
    for principal in add {
        let principal_type = principal_type(&principal)?.to_owned();
        if !service.permissions.iter().chain(&added).any(|permission| permission.principal == principal) {
            added.push(Permission { id: ctx.new_id("vpce-svc-perm-"), principal, principal_type, tags: Tags::new() });
        }
    }
    params.ready()?;
    if let Some(service) = ctx.here_mut().services.get_mut(&service.id) {
        service.permissions.retain(|permission| !remove.contains(&permission.principal));
        service.permissions.extend(added.iter().cloned());
    }
    let mut xml = Xml::done();
    xml.list("addedPrincipalSet", "item", &added, |xml, permission| write(xml, permission, &service.id));
    Ok(xml)
}

/// `DescribeVpcEndpointServicePermissions`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let service = names::SERVICE.find(&ctx.here().services, params.need("ServiceId")?)?.clone();
    let filters = Filters::read(params, &["principal", "principal-type", "permission-type", "tag"])?;
    let page = Page::read(params, 5, Page::CAPPED, false)?;
    params.ready()?;
    let mut found: Vec<&Permission> = service
        .permissions
        .iter()
        .filter(|permission| {
            filters.hold(&permission.tags, |name| match name {
                "principal-type" => one(&permission.principal_type),
                "permission-type" => one("vpc-endpoint"),
                _ => one(&permission.principal),
            })
        })
        .collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    let (found, next) = page.cut(found, |permission| permission.id.clone());
    let mut xml = Xml::new();
    xml.list("allowedPrincipals", "item", found, |xml, permission| {
        write(xml, permission, &service.id);
        tag_set(xml, &permission.tags);
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// The kind of principal in an ARN. A bare account number is not a principal.
fn principal_type(principal: &str) -> Result<&'static str, ApiError> {
    if principal == "*" {
        return Ok("All");
    }
    // A service of AWS, such as `bedrock.amazonaws.com`.
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
    if principal.strip_suffix(".amazonaws.com").is_some_and(is_name) {
        return Ok("Service");
    }
    let rest = principal.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(':'));
    match rest {
        Some((account, name)) if account.len() == 12 && account.chars().all(|c| c.is_ascii_digit()) => {
            if name == "root" {
                return Ok("Account");
            }
            let kinds = [("user/", "User"), ("role/", "Role")];
            if let Some((name, kind)) = kinds.iter().find_map(|(word, kind)| Some((name.strip_prefix(word)?, *kind))) {
                if name.contains('/') {
                    // "Principal ARNs with path components aren't supported" (API:ModifyVpcEndpointServicePermissions).
                    // The code is UNCONFIRMED.
                    let text = format!("The principal '{principal}' has a path, which is not supported");
                    return Err(ApiError::new("InvalidParameter", text));
                }
                if !name.is_empty() {
                    return Ok(kind);
                }
            }
        }
        _ => {}
    }
    let text = format!("The principal '{principal}' is not an ARN of an account, a user or a role, nor '*'");
    Err(ApiError::new("UnknownPrincipalType.Unsupported", text))
}

fn write(xml: &mut Xml, permission: &Permission, service: &str) {
    xml.leaf("principalType", &permission.principal_type).leaf("principal", &permission.principal);
    xml.leaf("servicePermissionId", &permission.id).leaf("serviceId", service).leaf("permissionType", "vpc-endpoint");
}
