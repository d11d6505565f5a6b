//! The command line, before its words are put in a language.

use std::path::PathBuf;

use super::place::Place;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::consent::Ceiling;

/// pllab's command line. Every help text is set in `words.rs`, in the reader's language.
#[derive(Debug, Parser)]
#[command(
    name = "pllab",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// Flags of every verb.
#[derive(Clone, Debug, Args)]
pub(super) struct Common {
    #[arg(long, global = true, value_enum)]
    pub lang: Option<LangArg>,
    #[arg(long, global = true)]
    pub plain: bool,
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    #[arg(long, global = true, value_enum, default_value_t = DiagramArg::Auto)]
    pub diagram: DiagramArg,
    #[arg(long, global = true, value_name = "DIR")]
    pub state_dir: Option<PathBuf>,
    #[arg(long, global = true, value_name = "DIR")]
    pub labs: Option<PathBuf>,
    #[arg(short, long, global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,
    #[arg(short = 'V', long, action = clap::ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LangArg {
    Ja,
    En,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiagramArg {
    Auto,
    Unicode,
    Ascii,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Target {
    Sandbox,
    Aws,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PaceArg {
    Instant,
    Quick,
    Real,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ThrottleArg {
    Off,
    Aws,
}

/// What to do. One file per verb in this folder.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    Start(Start),
    Resume(Resume),
    Status(OneRun),
    Check(Check),
    Why(OneRun),
    Drill(DrillArgs),
    Browse(Browse),
    Clean(Clean),
    Report(Report),
    Handout(Handout),
    Doctor(super::doctor::Doctor),
    Policy(super::policy::Policy),
    Labs(Labs),
    Sandbox(Sandbox),
    Completions(Completions),
    Man,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Start {
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

#[derive(Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Resume {
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    #[arg(long, value_name = "STEP")]
    pub step: Option<String>,
    #[arg(long, conflicts_with = "step")]
    pub start_over: bool,
    #[arg(long, conflicts_with_all = ["guided", "yes"])]
    pub hands_on: bool,
    #[arg(long)]
    pub guided: bool,
    #[arg(long, value_name = "USD")]
    pub accept_cost: Option<Ceiling>,
    #[arg(short, long)]
    pub yes: bool,
    #[arg(long)]
    pub keep: bool,
    #[arg(long, conflicts_with = "keep")]
    pub with_mine: bool,
}

#[derive(Debug, Args)]
pub(super) struct OneRun {
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct DrillArgs {
    #[arg(value_name = "NAME")]
    pub drill: Option<String>,
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    #[arg(long, value_enum)]
    pub pace: Option<PaceArg>,
    #[arg(long)]
    pub allow_aws: bool,
    #[arg(short, long)]
    pub yes: bool,
    #[command(subcommand)]
    pub verb: Option<DrillVerb>,
}

#[derive(Debug, Subcommand)]
pub(super) enum DrillVerb {
    List,
    Check(OneRun),
    Hint(OneRun),
    GiveUp(OneRun),
    Undo(OneRun),
}

#[derive(Debug, Args)]
pub(super) struct Browse {
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    #[arg(long)]
    pub tunnel: bool,
    #[arg(short, long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[arg(value_name = "STEP")]
    pub step: Option<String>,
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
}

#[derive(Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Clean {
    #[arg(value_name = "RUN", conflicts_with = "all")]
    pub run: Option<String>,
    #[arg(long)]
    pub all: bool,
    #[arg(long, conflicts_with_all = ["run", "all"])]
    pub everyone: bool,
    #[arg(long, requires = "everyone")]
    pub confirm_everyone: bool,
    #[command(flatten)]
    pub place: Place,
    #[arg(long, value_name = "NAME")]
    pub learner: Option<String>,
    #[arg(long)]
    pub with_mine: bool,
    #[arg(short, long)]
    pub yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct Report {
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Html)]
    pub format: Format,
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[arg(long)]
    pub open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Html,
    Md,
    Json,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "help texts go by these names, and the report's say other things")]
pub(super) struct Handout {
    #[arg(value_name = "LAB", default_value = "privatelink")]
    pub lab: String,
    #[arg(long)]
    pub both: bool,
    #[arg(long = "format", value_name = "FORMAT", value_enum, default_value_t = HandoutFormat::Html)]
    pub handout_format: HandoutFormat,
    #[arg(long = "out", value_name = "FILE")]
    pub handout_out: Option<PathBuf>,
    #[arg(long)]
    pub open: bool,
    #[arg(long, value_name = "REGION", default_value = "ap-northeast-1")]
    pub region: String,
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum HandoutFormat {
    Html,
    Md,
}

#[derive(Debug, Args)]
pub(super) struct Labs {
    #[command(subcommand)]
    pub verb: Option<LabsVerb>,
}

#[derive(Debug, Subcommand)]
pub(super) enum LabsVerb {
    List,
    Show {
        #[arg(value_name = "LAB", default_value = "privatelink")]
        lab: String,
    },
    Check {
        #[arg(value_name = "LAB|DIR")]
        which: Option<String>,
    },
    New {
        #[arg(value_name = "ID")]
        id: String,
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct Sandbox {
    #[arg(long)]
    pub differences: bool,
    #[arg(long = "fault", value_name = "FAULT")]
    pub fault: Vec<String>,
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    #[arg(long = "quota", value_name = "CODE=N", value_parser = key_value)]
    pub quota: Vec<(String, String)>,
    #[arg(long, value_enum, default_value_t = ThrottleArg::Off)]
    pub throttle: ThrottleArg,
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    #[arg(long, value_name = "REGION", default_value = "ap-northeast-1")]
    pub region: String,
    #[arg(long, value_enum)]
    pub pace: Option<PaceArg>,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    #[arg(value_name = "SHELL", value_enum)]
    pub shell: clap_complete::Shell,
}

pub(super) fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| "KEY=VALUE".to_owned())?;
    Ok((key.to_owned(), value.to_owned()))
}
