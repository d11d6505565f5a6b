//! The command line's definition; `words.rs` sets its help texts.

use clap::{Parser, Subcommand};

use super::browse::Browse;
use super::check::Check;
use super::clean::Clean;
use super::doctor::Doctor;
use super::drill::DrillArgs;
use super::flags::{Common, OneRun};
use super::generate::Completions;
use super::handout::Handout;
use super::labs::Labs;
use super::policy::Policy;
use super::report::Report;
use super::resume::Resume;
use super::sandbox::Sandbox;
use super::start::Start;
use super::why::Why;

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

impl Cli {
    /// Whether a language chosen for this call is the learner's from now on: if it goes on with a run. A look at
    /// something changes nothing that is remembered.
    pub fn keeps_language(&self) -> bool {
        let goes_on = match &self.verb {
            None | Some(Verb::Resume(_)) => true,
            Some(Verb::Start(args)) => !args.explain_only,
            Some(Verb::Drill(args)) => args.verb.is_none(),
            _ => false,
        };
        goes_on && self.common.lang.is_some()
    }
}

/// What to do. Each has a file or a folder of its name.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    Start(Start),
    Resume(Resume),
    Status(OneRun),
    Check(Check),
    Why(Why),
    Drill(DrillArgs),
    Browse(Browse),
    Clean(Clean),
    Report(Report),
    Handout(Handout),
    Doctor(Doctor),
    Policy(Policy),
    Labs(Labs),
    Sandbox(Sandbox),
    Completions(Completions),
    Man,
}
