//! `pllab start`: begins a lab, or only shows it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::args::Start;
use super::begin::begin;
use super::explain::explain;
use crate::cli::flags::Target as Where;
use crate::host::shell_word;
use crate::session::consent::Agreement;
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::work::go;

pub async fn start(context: &mut Context, args: Start) -> Result<Code, Failed> {
    let set: BTreeMap<String, String> = args.set.iter().cloned().collect();
    if args.explain_only {
        return explain(context, &args, &set).await;
    }
    let (session, folder) = begin(context, &args, set).await?;
    let agreed = Agreement { given: args.accept_cost, yes: args.yes, again: again(&args) };
    go(context, session, agreed).await.inspect_err(|_| {
        // Nothing was made, so there is no run to resume.
        let _ = std::fs::remove_dir_all(&folder);
    })
}

/// The command line again, reduced to the flags that say what is done where.
fn again(args: &Start) -> String {
    let mut words = format!("pllab start {}", shell_word(&args.lab));
    if args.target == Where::Aws {
        words.push_str(" --target aws");
    }
    for (flag, value) in [
        ("--endpoint-url", &args.endpoint_url),
        ("--profile", &args.profile),
        ("--consumer-profile", &args.consumer_profile),
        ("--region", &args.region),
    ] {
        if let Some(value) = value {
            let _ = write!(words, " {flag} {}", shell_word(value));
        }
    }
    if args.api_only {
        words.push_str(" --api-only");
    }
    for (key, value) in &args.set {
        let _ = write!(words, " --set {}", shell_word(&format!("{key}={value}")));
    }
    words
}
