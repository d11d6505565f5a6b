//! `pllab start --explain-only`: read the lab. Nothing is called, nothing is written, no socket is opened.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::args::Start;
use super::context::{Context, place};
use super::exit::{self, Code, Failed};
use super::interrupt::Interrupt;
use crate::engine::event::Way;
use crate::engine::{Core, Drive, Patience, State, Views};
use crate::i18n::m;
use crate::lab::{Loaded, Side};

/// Whether there is somebody to ask whether to read on. Without, no runtime is needed that listens to anything.
pub(super) fn is_asked(context: &Context, args: &Start) -> bool {
    context.host.input_is_terminal && context.host.output_is_terminal && !args.yes
}

/// Reads the lab aloud.
pub(super) async fn explain(
    context: &mut Context,
    args: &Start,
    set: &BTreeMap<String, String>,
) -> Result<Code, Failed> {
    let loaded = read(context, args, set)?;
    let asked = is_asked(context, args);
    let (interrupted, flag) = if asked {
        let interrupt = Interrupt::listen();
        (interrupt.seen, interrupt.flag)
    } else {
        (tokio::sync::watch::channel(false).1, Arc::new(AtomicBool::new(false)))
    };
    let screen = context.screen(args.yes, flag);
    let state = State {
        run: "example".to_owned(),
        lab: args.lab.clone(),
        region: args.region.clone(),
        variables: loaded.variables.clone(),
        ..State::default()
    };
    let accounts = [Side::Provider, Side::Consumer].map(|side| (side, "111122223333".to_owned())).into();
    let core = Core::new(None, state, context.host.clock.clone(), screen, accounts);
    let drive = Drive {
        core: Arc::new(core),
        clouds: None,
        patience: Patience::AWS,
        views: Views {
            place: place("sandbox", &args.region),
            cost: m::cli_cost_reading(),
            way: Way::Explain,
            resumed: false,
        },
        loaded,
        way: Way::Explain,
        keep: true,
        // Nobody to ask: it is read through to the end.
        asks: asked,
        interrupted,
    };
    drive.run().await.map(|ended| exit::of(&ended)).map_err(|stuck| super::pass::stuck(&stuck, ""))
}

/// The lab with values that read well: without a cloud to ask, the zone of the lab's own examples.
fn read(context: &Context, args: &Start, set: &BTreeMap<String, String>) -> Result<Arc<Loaded>, Failed> {
    let token = "example-token".to_owned();
    let loaded = context.lab(&args.lab, set, &token, &args.region)?;
    if !super::zone::is_auto(&loaded) {
        return Ok(loaded);
    }
    let mut set = set.clone();
    let open = super::zone::variables(&loaded).enumerate();
    set.extend(open.map(|(index, (name, _))| (name.to_owned(), super::zone::example(&args.region, index))));
    context.lab(&args.lab, &set, &token, &args.region)
}
