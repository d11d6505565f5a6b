//! The operations of managed prefix lists. S3's is the only one.

use crate::sandbox::wire::{ApiError, Filters, Page, Params, Xml};
use crate::sandbox::world::{PREFIX_LIST_OWNER, Tags, s3_blocks, s3_name, s3_prefix_list};

use crate::sandbox::ops::shared::context::Ctx;
use crate::sandbox::ops::shared::describe::one;

/// `DescribePrefixLists`.
pub fn describe(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let known = ["prefix-list-id", "prefix-list-name"];
    let (found, next) = find(ctx, params, &known, 1000)?;
    let mut xml = Xml::new();
    xml.list("prefixListSet", "item", found, |xml, (id, name)| {
        xml.leaf("prefixListId", id).leaf("prefixListName", name).words("cidrSet", "item", s3_blocks());
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// `DescribeManagedPrefixLists`.
pub fn describe_managed(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    let known = ["owner-id", "prefix-list-id", "prefix-list-name"];
    let (found, next) = find(ctx, params, &known, 100)?;
    let mut xml = Xml::new();
    xml.list("prefixListSet", "item", found, |xml, (id, name)| {
        let arn = format!("arn:aws:ec2:{}:aws:prefix-list/{id}", ctx.region());
        xml.leaf("prefixListId", id).leaf("addressFamily", "IPv4").leaf("state", "create-complete");
        xml.leaf("prefixListArn", arn).leaf("prefixListName", name).leaf("ownerId", PREFIX_LIST_OWNER);
        xml.node("tagSet", |_| {});
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}

/// `GetManagedPrefixListEntries`.
pub fn entries(ctx: &mut Ctx<'_>, params: &Params) -> Result<Xml, ApiError> {
    check(ctx, params.need("PrefixListId")?)?;
    let page = Page::read(params, 1, 100, false)?;
    params.ready()?;
    let (found, next) = page.cut(s3_blocks().map(|block| block.to_string()).to_vec(), Clone::clone);
    let mut xml = Xml::new();
    xml.list("entrySet", "item", found, |xml, block| {
        xml.leaf("cidr", block);
    });
    xml.maybe("nextToken", next);
    Ok(xml)
}

type Found = (Vec<(String, String)>, Option<String>);

fn find(ctx: &Ctx<'_>, params: &Params, known: &[&str], most: usize) -> Result<Found, ApiError> {
    let ids = params.list("PrefixListId")?;
    let filters = Filters::read(params, known)?;
    let page = Page::read(params, 1, most, !ids.is_empty())?;
    for id in &ids {
        check(ctx, id)?;
    }
    params.ready()?;
    let list = (s3_prefix_list(ctx.region()), s3_name(ctx.region()));
    let fits = filters.hold(&Tags::new(), |name| match name {
        "owner-id" => one(PREFIX_LIST_OWNER),
        "prefix-list-id" => one(&list.0),
        _ => one(&list.1),
    });
    Ok(page.cut(fits.then_some(list).into_iter().collect(), |(id, _)| id.clone()))
}

fn check(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    if id == s3_prefix_list(ctx.region()) {
        return Ok(());
    }
    Err(ApiError::no_such("InvalidPrefixListID.NotFound", "prefix list ID", id))
}
