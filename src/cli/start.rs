//! `pllab start`: begin a lab, or only read it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::args::{PaceArg, Start, Target as Where};
use super::context::Context;
use super::exit::{Code, Failed};
use super::explain::explain;
use super::pass::{Agreement, Pass, go};
use super::target::{SignIn, Target, USUAL_REGION};
use crate::cloud::usual_region;
use crate::engine::event::{Answer, Event, Verdict, Way};
use crate::engine::{FORMAT, Journal, State};
use crate::i18n::{Text, m};
use crate::sandbox::Pace;

impl PaceArg {
    /// The sandbox's word for it.
    pub fn pace(self) -> Pace {
        match self {
            Self::Instant => Pace::Instant,
            Self::Quick => Pace::Quick,
            Self::Real => Pace::Real,
        }
    }
}

/// Begins a run.
pub(super) async fn start(context: &mut Context, args: Start) -> Result<Code, Failed> {
    let set: BTreeMap<String, String> = args.set.iter().cloned().collect();
    if args.explain_only {
        return explain(context, &args, &set).await;
    }
    let (pass, folder) = begin(context, &args, set).await?;
    let agreed = Agreement { given: args.accept_cost, yes: args.yes, again: again(&args) };
    go(context, pass, agreed).await.inspect_err(|_| {
        // Nothing was made, so there is no run to come back to.
        let _ = std::fs::remove_dir_all(&folder);
    })
}

/// The command line again, as far as it says what is done where.
fn again(args: &Start) -> String {
    let mut words = format!("pllab start {}", args.lab);
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
            let _ = write!(words, " {flag} {value}");
        }
    }
    if args.api_only {
        words.push_str(" --api-only");
    }
    for (key, value) in &args.set {
        let _ = write!(words, " --set {key}={value}");
    }
    words
}

/// The region, and where it comes from: the flag, else what environment and profile say, else the usual one where any will do.
async fn region(args: &Start) -> Result<(String, Text), Failed> {
    if let Some(region) = &args.region {
        return Ok((region.clone(), m::aws_region_flag()));
    }
    let own = args.target == Where::Sandbox && args.endpoint_url.is_none();
    if !own && let Some(region) = usual_region(args.profile.as_deref()).await {
        return Ok((region, m::aws_region_usual()));
    }
    if args.target == Where::Aws {
        let next = format!("pllab start {} --target aws --region {USUAL_REGION}", args.lab);
        return Err(Failed::new(Code::Usage, m::aws_no_region(), Vec::new(), &[&next]));
    }
    Ok((USUAL_REGION.to_owned(), m::aws_region_default()))
}

/// Flags that do not go together in ways that clap cannot tell.
fn matching(args: &Start) -> Result<(), Failed> {
    let own = args.target == Where::Sandbox && args.endpoint_url.is_none();
    if own && (args.profile.is_some() || args.consumer_profile.is_some()) {
        let next = format!("pllab start {} --target aws --profile NAME", args.lab);
        return Err(Failed::new(Code::Usage, m::aws_profile_needs_target(), Vec::new(), &[&next]));
    }
    if !own && args.two_accounts {
        let next = format!("pllab start {} --target aws --consumer-profile NAME", args.lab);
        return Err(Failed::new(Code::Usage, m::aws_two_accounts_sandbox(), Vec::new(), &[&next]));
    }
    Ok(())
}

/// Begins a run: the lab read, the target open, nothing made yet. Gives the run's folder too.
pub(super) async fn begin(
    context: &mut Context,
    args: &Start,
    mut set: BTreeMap<String, String>,
) -> Result<(Pass, PathBuf), Failed> {
    matching(args)?;
    let (region, source) = region(args).await?;
    let learner = super::learner::name(args.learner.as_deref(), &context.host)?;
    // The lab is read before anything is made, so that a fault in it costs nothing.
    let token = context.host.random.text(b"abcdefghijkmnpqrstuvwxyz23456789", 12);
    let mut loaded = context.lab(&args.lab, &set, &token, &region)?;
    let store = context.store()?;
    let lock = store.lock()?;
    let interrupt = context.interrupt.listen();
    let (run, folder) = store.create(&context.host)?;
    let pace = args.pace.map(PaceArg::pace).unwrap_or_default();
    let sign_in = SignIn {
        profile: args.profile.clone(),
        consumer_profile: args.consumer_profile.clone(),
        region: region.clone(),
        pace: args.pace.map(PaceArg::pace),
    };
    let begun = async {
        let target = match (&args.endpoint_url, args.target) {
            (Some(url), _) => Target::endpoint(&context.host, url, sign_in).await?,
            (None, Where::Aws) => Target::aws(&context.host, sign_in).await?,
            (None, Where::Sandbox) => {
                let two_accounts = args.two_accounts || loaded.lab.two_accounts;
                Target::sandbox(&context.host, &store, &folder, &region, pace, two_accounts).await?
            }
        };
        if loaded.lab.two_accounts && !target.two_accounts() {
            target.close().await;
            let next = format!("pllab start {} --consumer-profile NAME", args.lab);
            let details = vec![m::labs_two_accounts_detail()];
            return Err(Failed::new(Code::Usage, m::labs_two_accounts(&args.lab), details, &[&next]));
        }
        super::zone::settle(&target, &loaded, &mut set).await?;
        loaded = context.lab(&args.lab, &set, &token, &region)?;
        Ok(target)
    }
    .await;
    let target = match begun {
        Ok(target) => target,
        Err(failed) => {
            // Nothing was made, so there is no run to come back to.
            let _ = std::fs::remove_dir_all(&folder);
            return Err(failed);
        }
    };
    let journal = Journal::create(&folder, context.host.after_line.clone())
        .map_err(|error| super::store::journal_trouble(&error, &run))?;
    let at = match args.target {
        Where::Aws => "aws",
        Where::Sandbox => "sandbox",
    };
    let started = Event::RunStarted {
        format: FORMAT,
        run: run.clone(),
        lab: args.lab.clone(),
        target: args.endpoint_url.clone().unwrap_or_else(|| at.to_owned()),
        region,
        token,
        variables: loaded.variables.clone(),
        pace: (target.is_sandbox() || args.pace.is_some()).then(|| pace.name().to_owned()),
        accounts: target.accounts.clone(),
        profile: args.profile.clone(),
        way: if args.hands_on { Way::HandsOn } else { Way::Guided },
        consumer_profile: args.consumer_profile.clone(),
        api_only: args.api_only,
        learner,
    };
    let pass = Pass {
        run,
        journal,
        state: State::default(),
        first: Some(started),
        consented: None,
        loaded,
        target,
        region: source,
        lock,
        interrupt,
        keep: args.keep,
        resumed: false,
        chosen: args.with_mine.then(|| Event::theirs(Answer::CleanUp)).into_iter().collect(),
    };
    Ok((pass, folder))
}

/// What a verdict comes to on the command line.
pub(super) fn code(verdict: Verdict) -> Code {
    match verdict {
        Verdict::Met => Code::Met,
        Verdict::NotYet | Verdict::Broken => Code::NotMet,
        Verdict::CannotTell => Code::Unreachable,
    }
}
