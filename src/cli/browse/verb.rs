//! `pllab browse`: opens the endpoint's page in the learner's own browser and runs as long as the page is needed.

use clap::Args;
use serde_json::json;

use super::tunnel::{BrowseRoute, End};
use crate::checks;
use crate::host::shell_word;
use crate::i18n::m;
use crate::lab::Check;
use crate::session::context::Context;
use crate::session::exit::{Code, Failed};
use crate::session::open_run::target;
use crate::session::sign_in::unreachable_target;

/// The verb's arguments.
#[derive(Debug, Args)]
pub struct Browse {
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    #[arg(long)]
    pub tunnel: bool,
    #[arg(short, long)]
    pub yes: bool,
}

/// Opens the page and waits for Ctrl-C. With the sandbox in this process, the page lives as long.
pub async fn browse(context: &mut Context, args: Browse) -> Result<Code, Failed> {
    show(context, &args).await.map(|()| Code::Met)
}

async fn show(context: &mut Context, args: &Browse) -> Result<(), Failed> {
    let store = context.store()?;
    let found = store.find(args.run.as_deref(), |state| !state.cleaned)?;
    let state = &found.state;
    let loaded = context.lab_of(state)?;
    // The page that the lab proves, else the first one that a client of the lab requests.
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
    let place = page.and_then(|(client, endpoint)| Some((client, made(client, "id")?, made(endpoint, "dns")?)));
    let Some((client, id, dns)) = place else {
        let next = format!("pllab resume {}", shell_word(&found.id()));
        return Err(Failed::new(Code::NotMet, m::cli_browse_nothing(), vec![m::cli_browse_nothing_detail()], &[&next]));
    };
    let mut interrupt = context.interrupt.listen();
    let target = target(context, &store, &found, state).await?;
    let shown = async {
        let door = if args.tunnel { Ok(None) } else { checks::browser_url(&target.clouds, &id, &dns).await };
        let door = door.map_err(|fault| unreachable_target(&state.target, Some(&fault)))?;
        if let Some(url) = door {
            announce(context, &url, None)?;
            interrupt.wait().await;
            return Ok(());
        }
        // The sandbox has no route for SSH; other targets can get one.
        if target.is_sandbox() {
            let details = vec![m::cli_browse_no_way_detail()];
            return Err(Failed::new(Code::NotMet, m::cli_browse_no_way(), details, &["pllab check client"]));
        }
        let route =
            BrowseRoute { store: &store, found: &found, loaded: &loaded, target: &target, client, id: &id, dns: &dns };
        let mut tunnel = route.tunnel(context, &interrupt, args.yes).await?;
        match &tunnel.end {
            End::Page { url } => announce(context, url, Some(&tunnel.command))?,
            desktop @ End::Desktop { .. } => announce_desktop(context, desktop, &tunnel.command)?,
        }
        let ended = tokio::select! {
            () = interrupt.wait() => Ok(()),
            () = tunnel.ended() => Err(Failed::new(Code::Unreachable, m::tunnel_over(), Vec::new(), &["pllab browse"])),
        };
        tunnel.close().await;
        ended
    };
    let shown = shown.await;
    target.close().await;
    shown
}

/// Prints the page's address, and opens it.
fn announce(context: &mut Context, url: &str, command: Option<&str>) -> Result<(), Failed> {
    if context.json() {
        return context.print_json(&json!({ "event": "browse_ready", "url": url, "command": command }));
    }
    let lang = context.lang;
    let mut text = format!("{}\n\n{url}\n\n", m::cli_browse_open().render(lang));
    if let Some(command) = command {
        // A command to copy is alone on an unwrapped line.
        text.extend([m::tunnel_same().render(lang).as_str(), "\n\n", command, "\n\n"]);
    }
    context.print(&format!("{text}{}\n", m::cli_browse_stay().render(lang)))?;
    // Over SSH and in a pipe there is no browser at the learner's side.
    if context.host.output_is_terminal && context.host.var("SSH_CONNECTION").is_none() && checks::is_here(url) {
        // The address is on the screen, so a browser that does not open is not a failure.
        let _ = open::that_detached(url);
    }
    Ok(())
}

/// Prints how to reach the desktop, and the page from there.
fn announce_desktop(context: &mut Context, end: &End, command: &str) -> Result<(), Failed> {
    let End::Desktop { address, page, password } = end else { return Ok(()) };
    if context.json() {
        let ready = json!({ "event": "browse_ready", "url": page, "desktop": address, "password": password, "command": command });
        return context.print_json(&ready);
    }
    // Values to copy are alone on unwrapped lines.
    let lines = [
        (m::tunnel_desktop(), address.as_str()),
        (m::tunnel_password(), password),
        (m::tunnel_desktop_page(), page),
        (m::tunnel_same_desktop(), command),
    ];
    for (words, value) in lines {
        context.tell_line(&words)?;
        context.print(&format!("\n{value}\n\n"))?;
    }
    context.tell_line(&m::cli_browse_stay())
}
