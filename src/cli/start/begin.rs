//! Begins a run: reads the lab, opens the target, starts the journal.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::args::Start;
use crate::cli::flags::{PaceArg, Target as Where};
use crate::cloud::usual_region;
use crate::engine::event::{Decision, Event, Mode, Theirs};
use crate::engine::{FORMAT, Journal, State};
use crate::host::shell_word;
use crate::i18n::{Text, m};
use crate::lab::Source;
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::nginx::Wish;
use crate::session::open_run::Session;
use crate::session::sign_in::SignIn;
use crate::session::target::{Target, USUAL_REGION};
use crate::session::trouble::journal_trouble;
use crate::session::{learner, zone};

/// The folder that a lab comes from, whole, so that the run finds it from any folder; `None` for pllab's own labs.
fn labs_folder(context: &Context, lab: &str) -> Option<String> {
    let folder = context.settings.labs.as_deref()?;
    let source = Source::find(lab, Some(folder)).ok().flatten()?;
    // A folder that was just read has a path; one that is no text is given again by hand.
    let folder = std::path::absolute(folder).ok()?;
    (!source.is_built_in()).then(|| folder.to_str().map(str::to_owned)).flatten()
}

/// Begins a run: reads the lab and opens the target, but makes nothing yet. Returns the run's folder too.
pub async fn begin(
    context: &mut Context,
    args: &Start,
    mut set: BTreeMap<String, String>,
) -> Result<(Session, PathBuf), Failed> {
    matching(args)?;
    let (region, source) = region(args).await?;
    let learner = learner::name(args.learner.as_deref(), &context.host)?;
    // Read the lab before anything is made, so that a fault in it costs nothing.
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
                let host = (&context.host, Wish::of_lab(context, context.settings.labs.as_deref(), &args.lab));
                Target::sandbox(host, &store, &folder, &region, pace, two_accounts).await?
            }
        };
        if loaded.lab.two_accounts && !target.two_accounts() {
            target.close().await;
            let next = format!("pllab start {} --consumer-profile NAME", shell_word(&args.lab));
            let details = vec![m::labs_two_accounts_detail()];
            return Err(Failed::new(Code::Usage, m::labs_two_accounts(&args.lab), details, &[&next]));
        }
        zone::settle(&target, &loaded, &mut set).await?;
        loaded = context.lab(&args.lab, &set, &token, &region)?;
        Ok(target)
    }
    .await;
    let target = match begun {
        Ok(target) => target,
        Err(failed) => {
            // Nothing was made, so there is no run to resume.
            let _ = std::fs::remove_dir_all(&folder);
            return Err(failed);
        }
    };
    let journal =
        Journal::create(&folder, context.host.after_line.clone()).map_err(|error| journal_trouble(&error, &run))?;
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
        mode: if args.hands_on { Mode::HandsOn } else { Mode::Guided },
        consumer_profile: args.consumer_profile.clone(),
        api_only: args.api_only,
        labs: labs_folder(context, &args.lab),
        learner,
    };
    let session = Session {
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
        chosen: args.with_mine.then(|| Decision::Theirs(Theirs::CleanUp).of_run()).into_iter().collect(),
    };
    Ok((session, folder))
}

/// The region, and where it comes from: the flag, else environment or profile, else the usual one if any region will
/// do.
async fn region(args: &Start) -> Result<(String, Text), Failed> {
    if let Some(region) = &args.region {
        return Ok((region.clone(), m::aws_region_flag()));
    }
    let own = args.target == Where::Sandbox && args.endpoint_url.is_none();
    if !own && let Some(region) = usual_region(args.profile.as_deref()).await {
        return Ok((region, m::aws_region_usual()));
    }
    if args.target == Where::Aws {
        let next = format!("pllab start {} --target aws --region {USUAL_REGION}", shell_word(&args.lab));
        return Err(Failed::new(Code::Usage, m::aws_no_region(), Vec::new(), &[&next]));
    }
    Ok((USUAL_REGION.to_owned(), m::aws_region_default()))
}

/// Refuses combinations of flags that clap cannot detect.
fn matching(args: &Start) -> Result<(), Failed> {
    let own = args.target == Where::Sandbox && args.endpoint_url.is_none();
    if own && (args.profile.is_some() || args.consumer_profile.is_some()) {
        let next = format!("pllab start {} --target aws --profile NAME", shell_word(&args.lab));
        return Err(Failed::new(Code::Usage, m::aws_profile_needs_target(), Vec::new(), &[&next]));
    }
    if !own && args.two_accounts {
        let next = format!("pllab start {} --target aws --consumer-profile NAME", shell_word(&args.lab));
        return Err(Failed::new(Code::Usage, m::aws_two_accounts_sandbox(), Vec::new(), &[&next]));
    }
    Ok(())
}
