//! Who the caller is.

use crate::sandbox::wire::{ApiError, Params, Xml};

use super::context::Ctx;

/// The caller's ARN. Each account has one IAM user, named after the account.
pub fn caller_arn(ctx: &Ctx<'_>) -> String {
    format!("arn:aws:iam::{}:user/{}", ctx.owner(), ctx.account_name())
}

/// `GetCallerIdentity`.
pub fn caller(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    params.ready_without_dry_run()?;
    let mut xml = Xml::new();
    xml.leaf("Arn", caller_arn(ctx)).leaf("UserId", format!("AIDASANDBOX{}", ctx.owner()));
    xml.leaf("Account", ctx.owner());
    Ok(xml)
}
