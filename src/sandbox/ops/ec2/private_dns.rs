//! A service's private DNS name: offered by the provider, verified by a TXT record, used by consumers' endpoints.

use crate::sandbox::wire::{ApiError, Params, Xml};
use crate::sandbox::world::{Kind, Life, PrivateName, Service, World};

use crate::sandbox::ops::route53::hosted_zone::domain;
use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::names;

/// A private name with the record that its owner must publish.
pub fn offer(ctx: &Ctx<'_>, text: &str) -> Result<PrivateName, ApiError> {
    // AWS takes small letters only. The words are UNCONFIRMED.
    if text.chars().any(|c| c.is_ascii_uppercase()) {
        return Err(ApiError::value("privateDnsName", text, "A private DNS name has no capital letters."));
    }
    let name = domain(text).map(|name| name.trim_end_matches('.').to_owned());
    let Ok(name) = name.map_err(|_| ()).and_then(|name| if name.contains('.') { Ok(name) } else { Err(()) }) else {
        return Err(ApiError::value("privateDnsName", text, "This is not a valid domain name."));
    };
    let random = ctx.random();
    Ok(PrivateName {
        name,
        record: format!("_{}", random.text(b"abcdefghijklmnopqrstuvwxyz0123456789", 20)),
        value: format!("vpce:{}", random.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 20)),
        life: ctx.begin(Kind::Verification, "pendingVerification"),
    })
}

/// `StartVpcEndpointServicePrivateDnsVerification`. The record is looked for now; the verdict comes a little later.
pub fn start_verification(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let service = names::SERVICE.find(&ctx.here().services, params.need("ServiceId")?)?;
    let Some(private) = service.private_dns.clone() else {
        let text = format!("The service {} does not have a private DNS name", service.id);
        return Err(ApiError::new("InvalidParameter", text));
    };
    let id = service.id.clone();
    params.ready()?;
    let found = is_published(ctx.world(), &private);
    let life = Life::enter(Kind::Verification, if found { "verifying" } else { "refuting" }, ctx.timing());
    if let Some(private) = ctx.here_mut().services.get_mut(&id).and_then(|service| service.private_dns.as_mut()) {
        private.life = life;
    }
    Ok(Xml::done())
}

/// Whether the record is in any account's zone: at its name below the domain or below a parent domain, or at such a
/// domain itself [privatelink: manage-dns-names]. The sandbox does not know who really owns a domain.
fn is_published(world: &World, private: &PrivateName) -> bool {
    let name = private.name.trim_start_matches("*.");
    let mut domains = Vec::new();
    let mut rest = name;
    while rest.contains('.') {
        domains.push(format!("{rest}."));
        rest = rest.split_once('.').map_or("", |(_, above)| above);
    }
    let quoted = format!("\"{}\"", private.value);
    let zones = world.regions().flat_map(|(_, _, region)| region.hosted_zones.values());
    zones.flat_map(|zone| &zone.records).filter(|record| record.values.contains(&quoted)).any(|record| {
        domains.iter().any(|domain| record.name == *domain || record.name == format!("{}.{domain}", private.record))
    })
}

/// Returns the service's private name if an endpoint in `vpc` may use it. `accepted` says whether the connection was
/// accepted. The codes and the sentences are AWS's; the order of its checks is UNCONFIRMED.
pub fn check_use(
    ctx: &Ctx<'_>,
    service: &Service,
    vpc: &str,
    endpoint: Option<&str>,
    accepted: bool,
) -> Result<String, ApiError> {
    let refuse = |text: String| Err(ApiError::new("InvalidParameter", text));
    let name = &service.name;
    let Some(private) = &service.private_dns else {
        return refuse(format!(
            "Private DNS can't be enabled because the service {name} does not provide a private DNS name."
        ));
    };
    if private.life.state != "verified" {
        return refuse(format!(
            "Private DNS can't be enabled because the service {name} has not verified the private DNS name."
        ));
    }
    let region = ctx.here();
    if !region.vpcs.get(vpc).is_some_and(|vpc| vpc.dns_support && vpc.dns_hostnames) {
        return refuse(format!(
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for \
             {vpc}"
        ));
    }
    if !accepted {
        return refuse(format!(
            "Private DNS can only be enabled after the endpoint connection is accepted by the owner of {name}."
        ));
    }
    let mut others = region.endpoints.values().filter(|other| other.vpc == vpc && Some(other.id.as_str()) != endpoint);
    if others.any(|other| other.private_dns.as_ref().is_some_and(|used| used.name == private.name)) {
        return refuse(format!(
            "private-dns-enabled cannot be set because there is already a conflicting DNS domain for {} in the VPC {vpc}",
            private.name
        ));
    }
    Ok(private.name.clone())
}

/// The verification's state as on the wire.
pub fn state(private: &PrivateName) -> &str {
    match private.life.state.as_str() {
        settled @ ("verified" | "failed") => settled,
        _ => "pendingVerification",
    }
}

/// What the service's owner sees.
pub fn write(xml: &mut Xml, private: &PrivateName) {
    xml.leaf("privateDnsName", &private.name).node("privateDnsNameConfiguration", |xml| {
        xml.leaf("state", state(private)).leaf("type", "TXT");
        xml.leaf("value", &private.value).leaf("name", &private.record);
    });
}
