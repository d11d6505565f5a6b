//! The flags of `pllab start`.

use clap::Args;

use crate::cli::flags::{PaceArg, Target, key_value};
use crate::session::consent::Ceiling;

/// Which lab, where, as whom and how.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Start {
    #[arg(value_name = "LAB", default_value = "privatelink")]
    pub lab: String,
    #[arg(long)]
    pub explain_only: bool,
    #[arg(long, conflicts_with_all = ["explain_only", "yes"])]
    pub hands_on: bool,
    #[arg(long, value_enum, default_value_t = Target::Sandbox, conflicts_with = "endpoint_url")]
    pub target: Target,
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub consumer_profile: Option<String>,
    #[arg(long, conflicts_with_all = ["endpoint_url", "consumer_profile"])]
    pub two_accounts: bool,
    #[arg(long, requires = "endpoint_url")]
    pub api_only: bool,
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub learner: Option<String>,
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
    #[arg(long, value_enum)]
    pub pace: Option<PaceArg>,
    #[arg(long, value_name = "USD")]
    pub accept_cost: Option<Ceiling>,
    #[arg(short, long)]
    pub yes: bool,
    #[arg(long)]
    pub keep: bool,
    #[arg(long, conflicts_with = "keep")]
    pub with_mine: bool,
}
