//! `pllab policy`: a lab's least-privilege IAM policy, generated from what its steps declare.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::flags::key_value;
use crate::i18n::m;
use crate::lab::Side;
use crate::policy::document::{LIMIT, split};
use crate::policy::statements::{self, Confined};
use crate::preflight::quota::READS;
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::{drills, learner};

/// The verb's arguments.
#[derive(Debug, Args)]
pub(super) struct Policy {
    #[arg(value_name = "LAB", default_value = "privatelink")]
    pub lab: String,
    #[arg(long, value_enum)]
    pub side: Option<SideArg>,
    #[arg(long, value_name = "NAME")]
    pub learner: Option<String>,
    #[arg(long, value_name = "REGION", default_value = "ap-northeast-1")]
    pub region: String,
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
    #[arg(long = "with", value_enum, value_name = "VERB", value_delimiter = ',')]
    pub with: Vec<Extra>,
}

/// A verb that needs more than the lab itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Extra {
    Doctor,
    Browse,
    Drill,
    HandsOn,
}

/// One half of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SideArg {
    Provider,
    Consumer,
}

/// Prints the policy, ready to paste.
pub(super) fn policy(context: &mut Context, args: &Policy) -> Result<Code, Failed> {
    let set: BTreeMap<String, String> = args.set.iter().cloned().collect();
    let loaded = context.lab(&args.lab, &set, "", &args.region)?;
    let learner = args.learner.as_deref().map(|name| learner::name(Some(name), &context.host)).transpose()?;
    let sides = match args.side {
        None => vec![Side::Provider, Side::Consumer],
        Some(SideArg::Provider) => vec![Side::Provider],
        Some(SideArg::Consumer) => vec![Side::Consumer],
    };
    let confined = Confined { lab: &args.lab, learner: learner.as_deref(), region: &args.region };
    let drills = if args.with.contains(&Extra::Drill) {
        drills::drills(context, &args.lab, Some((&loaded.lab, &loaded.variables)))?
    } else {
        Vec::new()
    };
    let reads: &[_] = if args.with.contains(&Extra::Doctor) { &READS } else { &[] };
    let extra = statements::Extra {
        reads,
        browse: args.with.contains(&Extra::Browse),
        drills: &drills,
        by_hand: args.with.contains(&Extra::HandsOn),
    };
    let documents = split(statements::statements(&loaded.lab, &sides, &extra, &confined));
    if context.json() {
        context.print_json(&json!({ "event": "policy", "lab": args.lab, "documents": documents }))?;
        return Ok(Code::Met);
    }
    for document in &documents {
        let text = serde_json::to_string_pretty(document).unwrap_or_default();
        context.print(&format!("{text}\n"))?;
    }
    if documents.len() > 1 {
        context.note(&m::PolicySplit { count: documents.len(), limit: LIMIT }.text());
    }
    Ok(Code::Met)
}
