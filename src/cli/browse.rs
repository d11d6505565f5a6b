//! `pllab browse`: the endpoint's page in the learner's own browser, for as long as this runs.

use serde_json::json;

use super::args::OneRun;
use super::context::Context;
use super::exit::{Code, Failed};
use super::interrupt::Interrupt;
use super::pass::target;
use super::target::unreachable_target;
use crate::checks;
use crate::i18n::m;
use crate::lab::Check;

/// Opens the page and stays until Ctrl-C: with the sandbox in this process, the page lives as long.
pub(super) async fn browse(context: &mut Context, args: OneRun) -> Result<Code, Failed> {
    show(context, &args).await.map(|()| Code::Met)
}

async fn show(context: &mut Context, args: &OneRun) -> Result<(), Failed> {
    let store = context.store()?;
    let found = store.find(args.run.as_deref(), |state| !state.cleaned)?;
    let state = &found.state;
    let loaded = context.lab(&state.lab, &state.variables, &state.token, &state.region)?;
    // The page that the lab proves, else the first one that a client of it asks for.
    let checks = || loaded.lab.steps.iter().flat_map(|step| &step.checks);
    let page = checks().find_map(|check| match check {
        Check::Page(page) => Some((&page.client, &page.endpoint)),
        _ => None,
    });
    let page = page.or_else(|| {
        checks().find_map(|check| match check {
            Check::Answer(it) => Some((&it.client, &it.endpoint)),
            _ => None,
        })
    });
    let made = |name: &str, fact: &str| state.resources.get(name)?.facts.get(fact).cloned();
    let place = page.and_then(|(client, endpoint)| Some((made(client, "id")?, made(endpoint, "dns")?)));
    let Some((client, dns)) = place else {
        let next = format!("pllab resume {}", found.id());
        return Err(Failed::new(Code::NotMet, m::cli_browse_nothing(), vec![m::cli_browse_nothing_detail()], &[&next]));
    };
    let mut interrupt = Interrupt::listen();
    let target = target(context, &store, &found, state).await?;
    let url = checks::browser_url(&target.clouds.consumer, &client, &dns).await;
    let url = match url {
        Ok(url) => url,
        Err(fault) => {
            target.close().await;
            return Err(unreachable_target(&state.target, Some(&fault)));
        }
    };
    let Some(url) = url else {
        target.close().await;
        return Err(Failed::new(
            Code::NotMet,
            m::cli_browse_no_way(),
            vec![m::cli_browse_no_way_detail()],
            &["pllab check client"],
        ));
    };
    if context.json() {
        context.print(&format!("{}\n", json!({ "event": "browse_ready", "url": url })))?;
    } else {
        context.print(&format!(
            "{}\n\n{url}\n\n{}\n",
            m::cli_browse_open().say(context.lang),
            m::cli_browse_stay().say(context.lang)
        ))?;
        // Not over SSH and not in a pipe: there is no browser at the learner's side then.
        if context.host.output_is_terminal && context.host.var("SSH_CONNECTION").is_none() {
            // The address is on the screen; a browser that does not open is no failure.
            let _ = open::that_detached(&url);
        }
    }
    interrupt.wait().await;
    target.close().await;
    Ok(())
}
