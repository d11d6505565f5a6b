//! `pllab clean --all` and `--everyone` in an account: finds leftovers of runs by tag, whatever machine the runs were
//! on.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::args::Clean;
use crate::actions::PRICES_AS_OF;
use crate::cli::status::age;
use crate::engine::event::{Answer, AskError, Choice, Entry, Event, Mode, Money, Question, QuestionId, Screen};
use crate::engine::{FORMAT, Journal, Leftover, State, leftovers, per_hour};
use crate::host::shell_word;
use crate::i18n::{Text, m};
use crate::lab::Side;
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::learner;
use crate::session::open_run::{Goal, open_run};
use crate::session::sign_in::unreachable_target;
use crate::session::store::{Store, StoredRun};
use crate::session::target::Target;
use crate::session::trouble::journal_trouble;
use crate::session::work::work;
use crate::ui::table;

/// The word to type before other people's resources are deleted.
const EVERYONE: &str = "everyone";

/// Finds the leftovers, lists them, asks, and deletes them run by run, each with a receipt.
pub async fn clean_tagged(context: &mut Context, args: &Clean) -> Result<Code, Failed> {
    let who = learner::name(args.learner.as_deref(), &context.host)?;
    if args.everyone && args.yes && !args.confirm_everyone {
        let next = format!("pllab clean --everyone{} --yes --confirm-everyone", args.account.flags());
        let details = vec![m::shared_everyone_detail()];
        return Err(Failed::new(Code::Refused, m::shared_everyone_needs_word(), details, &[&next]));
    }
    let verb = if args.everyone { "pllab clean --everyone" } else { "pllab clean --all" };
    let target = args.account.open(context, verb).await?;
    let found = look(context, args, &target, &who).await;
    let (accounts, region) = (target.accounts.clone(), target.clouds.provider.region().to_owned());
    target.close().await;
    let found = found?;
    if found.is_empty() {
        return Ok(Code::Met);
    }
    let screen = context.screen(args.yes);
    match agreed(args, &screen, &found)? {
        Some(true) => {}
        Some(false) => return Ok(Code::NotMet),
        None => return Ok(Code::Interrupted),
    }
    let store = context.store()?;
    let mut worst = Code::Met;
    for leftover in &found {
        let cleaned = async {
            let run = enter(context, &store, args, leftover, &accounts, &region)?;
            let session = open_run(context, &store, &run, false, Goal::Clean).await?;
            Ok::<_, Failed>(work(context, session, &screen, Goal::Clean, false).await)
        };
        match cleaned.await {
            Ok(Code::Interrupted) => return Ok(Code::Interrupted),
            Ok(code) => worst = worst.worse(code),
            Err(failed) => {
                if let Some(report) = &failed.report {
                    context.report(report);
                }
                worst = worst.worse(failed.code);
            }
        }
    }
    Ok(worst)
}

/// Finds the leftovers of the selected runs, and shows them.
async fn look(context: &mut Context, args: &Clean, target: &Target, who: &str) -> Result<Vec<Leftover>, Failed> {
    let all = leftovers(&target.clouds, &target.accounts)
        .await
        .map_err(|fault| unreachable_target(&args.account.name(), Some(&fault)))?;
    let (mut found, others): (Vec<_>, Vec<_>) = all.runs.into_iter().partition(|it| args.everyone || it.learner == who);
    if target.accounts.get(&Side::Provider) == target.accounts.get(&Side::Consumer) {
        // With a single account, only the lab tells which side a resource is on. If the lab is not known here, one
        // side can delete everything.
        for leftover in &mut found {
            sides(context, leftover);
        }
    }
    if all.zones_unseen {
        context.note(&m::shared_zones_unseen());
    }
    let region = target.clouds.provider.region();
    let costs = |it: &Leftover| target.spends().then(|| per_hour(&it.charges(region)));
    if context.json() {
        let runs: Vec<_> = found
            .iter()
            .map(|it| {
                json!({
                    "run": it.run, "lab": it.lab, "learner": it.learner, "left": it.items.len(), "since": it.since(),
                    "per_hour": costs(it),
                })
            })
            .collect();
        context.print_json(&json!({ "event": "leftovers", "learner": who, "runs": runs }))?;
        return Ok(found);
    }
    let accounts: Vec<&str> = target.accounts.values().map(String::as_str).collect();
    let account = if accounts.first() == accounts.last() { accounts[..1].join("") } else { accounts.join(", ") };
    if found.is_empty() {
        let nothing = if args.everyone {
            m::shared_nothing(&account)
        } else {
            m::SharedNothingOf { account: &account, learner: who }.text()
        };
        context.tell_line(&nothing)?;
    } else {
        let now = context.host.clock.now();
        let rows: Vec<Vec<Text>> = found.iter().map(|it| row(it, now, costs(it))).collect();
        let mut head = vec![
            m::shared_column_learner(),
            m::shared_column_run(),
            m::cli_column_lab(),
            m::shared_column_left(),
            m::cli_column_since(),
        ];
        head.extend(target.spends().then(m::money_column_hour));
        context.tell_line(&m::shared_found(account))?;
        let text = table(&head, &rows, context.sheet());
        context.tell(&text)?;
        if target.spends() {
            let hour = found.iter().filter_map(costs).fold(Money::default(), Money::plus);
            context.tell_line(
                &m::SharedCosts { date: PRICES_AS_OF, day: hour.times(24).cents(), hour: hour.fine() }.text(),
            )?;
        }
    }
    if !others.is_empty() {
        let learners: std::collections::BTreeSet<&str> = others.iter().map(|it| it.learner.as_str()).collect();
        context.tell_line(&m::SharedOthers { learners: learners.len(), runs: others.len() }.text())?;
    }
    Ok(found)
}

fn row(leftover: &Leftover, now: Timestamp, per_hour: Option<Money>) -> Vec<Text> {
    let since = leftover.since().and_then(|since| since.parse().ok());
    let mut cells = vec![
        Text::literal(&leftover.learner),
        Text::literal(&leftover.run),
        Text::literal(&leftover.lab),
        Text::literal(leftover.items.len().to_string()),
        age(now, since),
    ];
    cells.extend(per_hour.map(Money::fine));
    cells
}

fn sides(context: &Context, leftover: &mut Leftover) {
    let Ok(loaded) = context.lab(&leftover.lab, &BTreeMap::new(), "", "") else { return };
    let sides = loaded.lab.sides();
    for item in &mut leftover.items {
        item.side = sides.get(&item.resource).copied().unwrap_or(item.side);
    }
}

/// Whether to continue; `None` at Ctrl-C.
fn agreed(args: &Clean, screen: &Arc<dyn Screen>, found: &[Leftover]) -> Result<Option<bool>, Failed> {
    if args.everyone && args.confirm_everyone {
        return Ok(Some(true));
    }
    let things = found.iter().map(|it| it.items.len()).sum::<usize>();
    let (answer, next) = if args.everyone {
        let prompt = m::SharedTypeEveryone { runs: found.len(), things, word: EVERYONE }.text();
        (tokio::task::block_in_place(|| screen.type_word(&prompt, &[EVERYONE])), "--everyone --yes --confirm-everyone")
    } else {
        let question = Question {
            id: QuestionId::ConfirmClean,
            prompt: m::SharedAsk { runs: found.len(), things }.text(),
            choices: vec![
                Choice { answer: Answer::CleanUp, label: m::cli_clean_do() },
                Choice { answer: Answer::Leave, label: m::cli_clean_leave() },
            ],
            default: Answer::CleanUp,
        };
        let answer = tokio::task::block_in_place(|| screen.ask(&question));
        (answer.map(|answer| answer == Answer::CleanUp), "--all --yes")
    };
    match answer {
        Ok(yes) => Ok(Some(yes)),
        Err(AskError::Interrupted) => Ok(None),
        Err(error) => {
            let who = args.learner.as_ref().map(|name| format!(" --learner {}", shell_word(name))).unwrap_or_default();
            let next = format!("pllab clean {next}{}{who}", args.account.flags());
            Err(Failed::unanswered(error, &next))
        }
    }
}

/// Opens the run with its leftovers in its journal. If this machine has no such run, one is begun just for the
/// clean-up.
fn enter(
    context: &Context,
    store: &Store,
    args: &Clean,
    leftover: &Leftover,
    accounts: &BTreeMap<Side, String>,
    region: &str,
) -> Result<StoredRun, Failed> {
    let run = &leftover.run;
    // Other people can write tags, so a tag must not become a path unchecked.
    let is_id = !run.is_empty() && run.len() <= 32 && run.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_id {
        return Err(Failed::new(Code::Refused, m::shared_strange_run(run), Vec::new(), &["pllab status"]));
    }
    let _lock = store.lock()?;
    let known = store.all()?.into_iter().find(|found| found.id() == *run);
    let trouble = |error| journal_trouble(&error, run);
    let (mut journal, mut state) = if let Some(found) = known {
        let (journal, entries, _) =
            Journal::open(&found.folder, context.host.after_line.clone(), true).map_err(trouble)?;
        (journal, State::replay(&entries))
    } else {
        let folder = store.folder_for(run)?;
        let mut journal = Journal::create(&folder, context.host.after_line.clone()).map_err(trouble)?;
        let started = Event::RunStarted {
            format: FORMAT,
            run: run.clone(),
            lab: leftover.lab.clone(),
            target: args.account.name(),
            region: region.to_owned(),
            token: String::new(),
            variables: BTreeMap::new(),
            pace: None,
            accounts: accounts.clone(),
            profile: args.account.profile.clone(),
            consumer_profile: args.account.consumer_profile.clone(),
            api_only: false,
            labs: None,
            mode: Mode::Guided,
            learner: leftover.learner.clone(),
        };
        let entry = Entry { at: context.host.clock.now(), event: started };
        journal.append(&entry).map_err(trouble)?;
        (journal, State::replay(&[entry]))
    };
    let has = |state: &State, item: &crate::engine::LeftoverItem| {
        state.existing().values().any(|line| item.facts.values().any(|fact| line.id() == Some(fact)))
    };
    let missing = Leftover {
        items: leftover.items.iter().filter(|item| !has(&state, item)).cloned().collect(),
        ..leftover.clone()
    };
    for event in missing.told(state.next_call) {
        let entry = Entry { at: context.host.clock.now(), event };
        journal.append(&entry).map_err(trouble)?;
        state.apply(&entry);
    }
    store.find(Some(run), |_| true)
}
