//! The flags of `pllab clean`.

use clap::Args;

use crate::cli::account_flags::AccountFlags;

/// Which runs, in which account.
#[derive(Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Clean {
    #[arg(value_name = "RUN", conflicts_with = "all")]
    pub run: Option<String>,
    #[arg(long)]
    pub all: bool,
    #[arg(long, conflicts_with_all = ["run", "all"])]
    pub everyone: bool,
    #[arg(long, requires = "everyone")]
    pub confirm_everyone: bool,
    #[arg(id = "drop", long = "drop", requires = "run", conflicts_with_all = ["all", "everyone", "with_mine"])]
    pub drop_run: bool,
    #[command(flatten)]
    pub account: AccountFlags,
    #[arg(long, value_name = "NAME")]
    pub learner: Option<String>,
    #[arg(long)]
    pub with_mine: bool,
    #[arg(short, long)]
    pub yes: bool,
}
