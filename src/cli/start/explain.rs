//! `pllab start --explain-only`: shows the lab. Makes no calls, writes nothing, opens no socket.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::args::Start;
use crate::engine::event::Mode;
use crate::engine::{End, Polling, Prefetch, RunLog, Runner, State, Views};
use crate::host::shell_word;
use crate::i18n::{Text, m};
use crate::lab::{Loaded, Side};
use crate::session::context::{Context, place};
use crate::session::exit::{self, Code, Failed};
use crate::session::suggestions::suggestion_list;
use crate::session::trouble::stuck;

/// Whether somebody can be asked whether to read on. If not, a runtime without I/O and signal handling is enough.
pub fn is_asked(context: &Context, args: &Start) -> bool {
    context.host.input_is_terminal && context.host.output_is_terminal && !args.yes
}

/// Shows the lab step by step.
pub async fn explain(context: &mut Context, args: &Start, set: &BTreeMap<String, String>) -> Result<Code, Failed> {
    let region = args.region.clone().unwrap_or_else(|| crate::session::target::USUAL_REGION.to_owned());
    let Example { loaded, state, mut accounts } = example(context, &args.lab, &region, set)?;
    if args.two_accounts || args.consumer_profile.is_some() {
        accounts.insert(Side::Consumer, "444455556666".to_owned());
    }
    let asked = is_asked(context, args);
    let interrupt = if asked { context.interrupt.listen() } else { context.interrupt.clone() };
    let screen = context.screen(args.yes);
    let core = RunLog::new(None, state, context.host.clock.clone(), Arc::clone(&screen), accounts);
    let drive = Runner {
        core: Arc::new(core),
        clouds: None,
        patience: Polling::AWS,
        prefetch: Prefetch::default(),
        renew: Text::literal(""),
        views: Views {
            place: place("sandbox", &region),
            cost: m::cli_cost_reading(),
            mode: Mode::Explain,
            resumed: false,
            access: BTreeMap::new(),
        },
        loaded,
        mode: Mode::Explain,
        path: None,
        keep: true,
        drills: false,
        // If nobody can be asked, the whole lab is shown.
        asks: asked,
        interrupted: interrupt.seen,
    };
    let ended = drive.run().await.map_err(|error| stuck(&error, ""))?;
    if ended.end != End::Interrupted && !context.json() {
        screen.print(&suggestion_list(&[m::next_do(shell_word(&args.lab))]));
    }
    screen.finish();
    Ok(exit::of(&ended))
}

/// A lab with readable example values, for reading and for handouts.
pub struct Example {
    pub loaded: Arc<Loaded>,
    /// A run of the lab in which nothing was done.
    pub state: State,
    /// The account ids of AWS's own examples.
    pub accounts: BTreeMap<Side, String>,
}

/// The lab called `lab`. There is no cloud to ask, so its zone is that of the lab's own examples.
pub fn example(context: &Context, lab: &str, region: &str, set: &BTreeMap<String, String>) -> Result<Example, Failed> {
    let token = "example-token".to_owned();
    let mut loaded = context.lab(lab, set, &token, region)?;
    if crate::session::zone::is_auto(&loaded) {
        let mut set = set.clone();
        let open = crate::session::zone::variables(&loaded).enumerate();
        set.extend(open.map(|(index, (name, _))| (name.to_owned(), crate::session::zone::example(region, index))));
        loaded = context.lab(lab, &set, &token, region)?;
    }
    let state = State {
        run: "example".to_owned(),
        lab: lab.to_owned(),
        region: region.to_owned(),
        variables: loaded.variables.clone(),
        ..State::default()
    };
    let accounts = [Side::Provider, Side::Consumer].map(|side| (side, "111122223333".to_owned())).into();
    Ok(Example { loaded, state, accounts })
}
