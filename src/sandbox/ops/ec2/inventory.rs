//! What inventory tools ask every account for and the sandbox has none of, and the account's defaults.

use crate::sandbox::wire::{ApiError, Params, Xml};

use crate::sandbox::ops::shared::context::Ctx;

/// The parameters by which such calls are narrowed and paged. None of them changes an empty list.
const NARROWING: [&str; 8] = [
    "AllAvailabilityZones",
    "IncludePublicKey",
    "MaxResults",
    "NextToken",
    "OfferingClass",
    "OfferingType",
    "ConnectionNotificationId",
    "OwnerId",
];

/// An empty `list`. Who asks for `ids` is told that there are none, with the `code` of that resource.
pub fn nothing(params: &Params, list: &str, ids: &str, code: &str) -> Result<Xml, ApiError> {
    let asked = params.list(ids)?;
    // Whatever is filtered, nothing is left.
    for prefix in ["Filter", "Filters"].iter().flat_map(|name| params.groups(name)) {
        params.need(&format!("{prefix}.Name"))?;
        for value in params.groups(&format!("{prefix}.Value")) {
            params.get(&value);
        }
    }
    for name in NARROWING {
        params.get(name);
    }
    for name in ["Owner", "RestorableBy", "PublicIp", "KeyPairId", "LaunchTemplateName", "GroupId"] {
        params.list(name)?;
    }
    params.ready()?;
    if let Some(id) = asked.first() {
        return Err(ApiError::new(code, format!("The {ids} '{id}' does not exist")));
    }
    let mut xml = Xml::new();
    xml.node(list, |_| {});
    Ok(xml)
}

/// `GetEbsEncryptionByDefault`: off, which is the default.
pub fn ebs_encryption(_: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    params.ready()?;
    let mut xml = Xml::new();
    xml.leaf("ebsEncryptionByDefault", false);
    Ok(xml)
}

/// `GetEbsDefaultKmsKeyId`: AWS's own key, which is the default.
pub fn ebs_key(_: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    params.ready()?;
    let mut xml = Xml::new();
    xml.leaf("kmsKeyId", "alias/aws/ebs");
    Ok(xml)
}

/// `GetInstanceMetadataDefaults`: the account has none of its own.
pub fn metadata_defaults(_: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    params.ready()?;
    let mut xml = Xml::new();
    xml.node("accountLevel", |_| {});
    Ok(xml)
}

/// `GetSerialConsoleAccessStatus`: off, which is the default.
pub fn serial_console(_: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    params.ready()?;
    let mut xml = Xml::new();
    xml.leaf("serialConsoleAccessEnabled", false);
    Ok(xml)
}
