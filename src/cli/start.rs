//! `pllab start`: begin a lab, or only read it.

use std::collections::BTreeMap;

use super::args::{PaceArg, Start};
use super::context::Context;
use super::exit::{Code, Failed};
use super::explain::explain;
use super::interrupt::Interrupt;
use super::pass::{Pass, go};
use super::target::Target;
use crate::engine::event::{Event, Verdict};
use crate::engine::{FORMAT, Journal, State};
use crate::i18n::m;
use crate::lab::Side;
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
    let pass = begin(context, &args, set).await?;
    Ok(go(context, pass, args.yes).await)
}

async fn begin(context: &mut Context, args: &Start, mut set: BTreeMap<String, String>) -> Result<Pass, Failed> {
    let learner = super::learner::name(args.learner.as_deref(), &context.host)?;
    // The lab is read before anything is made, so that a fault in it costs nothing.
    let token = context.host.random.text(b"abcdefghijkmnpqrstuvwxyz23456789", 12);
    let mut loaded = context.lab(&args.lab, &set, &token, &args.region)?;
    let store = context.store()?;
    let lock = store.lock()?;
    let interrupt = Interrupt::listen();
    let (run, folder) = store.create(&context.host)?;
    let pace = args.pace.map(PaceArg::pace).unwrap_or_default();
    let begun = async {
        let target = match &args.endpoint_url {
            Some(url) => Target::endpoint(url, args.profile.clone(), &args.region).await?,
            None => {
                Target::sandbox(&context.host, &store, &folder, &args.region, pace, loaded.lab.two_accounts).await?
            }
        };
        if loaded.lab.two_accounts && target.accounts.get(&Side::Provider) == target.accounts.get(&Side::Consumer) {
            target.close().await;
            let next = format!("pllab start {}", args.lab);
            let details = vec![m::labs_two_accounts_detail()];
            return Err(Failed::new(Code::Usage, m::labs_two_accounts(&args.lab), details, &[&next]));
        }
        super::zone::settle(&target, &loaded, &mut set).await?;
        loaded = context.lab(&args.lab, &set, &token, &args.region)?;
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
    let started = Event::RunStarted {
        format: FORMAT,
        run: run.clone(),
        lab: args.lab.clone(),
        target: args.endpoint_url.clone().unwrap_or_else(|| "sandbox".to_owned()),
        region: args.region.clone(),
        token,
        variables: loaded.variables.clone(),
        pace: args.endpoint_url.is_none().then(|| pace.name().to_owned()),
        accounts: target.accounts.clone(),
        profile: args.profile.clone(),
        learner,
    };
    Ok(Pass {
        run,
        journal,
        state: State::default(),
        first: Some(started),
        loaded,
        target,
        lock,
        interrupt,
        keep: args.keep,
        resumed: false,
    })
}

/// What a verdict comes to on the command line.
pub(super) fn code(verdict: Verdict) -> Code {
    match verdict {
        Verdict::Met => Code::Met,
        Verdict::NotYet | Verdict::Broken => Code::NotMet,
        Verdict::CannotTell => Code::Unreachable,
    }
}
