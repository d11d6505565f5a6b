//! `pllab resume`: go on where a run stopped.

use super::args::Resume;
use super::context::Context;
use super::exit::{Code, Failed};
use super::pass::{Agreement, Doing, go, open};
use crate::engine::event::{Answer, Event, Way};
use crate::i18n::m;

/// Takes up a run again: the one that is named, or the latest that is not cleaned.
pub(super) async fn resume(context: &mut Context, args: Resume) -> Result<Code, Failed> {
    let store = context.store()?;
    let found = store.find(args.run.as_deref(), |state| !state.cleaned)?;
    if found.state.cleaned {
        let next = format!("pllab start {}", found.state.lab);
        return Err(Failed::new(Code::Usage, m::cli_run_is_cleaned(found.id()), Vec::new(), &[&next]));
    }
    let mut pass = open(context, &store, &found, args.keep, Doing::Lab).await?;
    pass.chosen.extend(args.hands_on.then(|| Event::way(Way::HandsOn)));
    pass.chosen.extend(args.guided.then(|| Event::way(Way::Guided)));
    pass.chosen.extend(args.with_mine.then(|| Event::theirs(Answer::CleanUp)));
    let again = format!("pllab resume {}", found.id());
    go(context, pass, Agreement { given: args.accept_cost, yes: args.yes, again }).await
}
