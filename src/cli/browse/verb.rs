//! `pllab browse`: opens the endpoint's page in the learner's own browser and runs as long as the page is needed.

use std::time::Duration;

use clap::Args;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::tunnel::{BrowseRoute, End};
use crate::checks;
use crate::cloud::Fault;
use crate::host::shell_word;
use crate::i18n::m;
use crate::lab::Loaded;
use crate::session::context::Context;
use crate::session::endpoints::{Chosen, choose};
use crate::session::exit::{Code, Failed};
use crate::session::open_run::target;
use crate::session::sign_in::unreachable_target;
use crate::session::target::Target;

/// How long to wait for the client's URL.
const PATIENCE: Duration = Duration::from_secs(15);
/// The interval between looks.
const LOOK: Duration = Duration::from_millis(200);

/// The verb's arguments.
#[derive(Debug, Args)]
pub struct Browse {
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    #[arg(long, value_name = "NAME|ID")]
    pub endpoint: Option<String>,
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
    let page = match choose(context, state, &loaded, "browse", args.endpoint.as_deref())? {
        Some(Chosen::Served(page)) => page,
        // No client of the lab asks for it, so there is no way to it either.
        Some(Chosen::Other(_)) | None => return Err(no_page(&loaded)),
    };
    let made = |name: &str, fact: &str| state.resources.get(name)?.facts.get(fact).cloned();
    let place = made(&page.client, "id").zip(made(&page.endpoint, "dns"));
    let Some((id, dns)) = place else {
        let next = format!("pllab resume {}", shell_word(&found.id()));
        return Err(Failed::new(Code::NotMet, m::cli_browse_nothing(), vec![m::cli_browse_nothing_detail()], &[&next]));
    };
    let mut interrupt = context.interrupt.listen();
    let target = target(context, &store, &found, state).await?;
    let shown = async {
        let endpoint = made(&page.endpoint, "id").unwrap_or_default();
        let names: Vec<&str> = std::iter::once(dns.as_str()).chain(page.private_name.as_deref()).collect();
        let forward = if args.tunnel { Ok(None) } else { forward(&target, (&id, &endpoint), &names).await };
        let forward = forward.map_err(|fault| unreachable_target(&state.target, Some(&fault)))?;
        if let Some(url) = forward {
            announce(context, &url, None)?;
            interrupt.wait().await;
            return Ok(());
        }
        // The sandbox has no route for SSH; other targets can get one.
        if target.is_sandbox() {
            let details = vec![m::cli_browse_no_way_detail()];
            let step =
                loaded.lab.step_of(&page.client).map(|step| format!(" {}", shell_word(step))).unwrap_or_default();
            return Err(Failed::new(Code::NotMet, m::cli_browse_no_way(), details, &[&format!("pllab check{step}")]));
        }
        let route = BrowseRoute {
            store: &store,
            found: &found,
            loaded: &loaded,
            target: &target,
            page: &page,
            id: &id,
            dns: &dns,
        };
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

/// The URL on this machine that leads to the page, if the target has one. A sandbox that has just been started again
/// needs a moment until its clients have run their scripts.
async fn forward(target: &Target, (client, endpoint): (&str, &str), names: &[&str]) -> Result<Option<String>, Fault> {
    let until = Instant::now() + PATIENCE;
    loop {
        let url = checks::browser_url(&target.clouds, client, endpoint, names).await?;
        if url.is_some() || !target.is_sandbox() || Instant::now() >= until {
            return Ok(url);
        }
        sleep(LOOK).await;
    }
}

/// The error for a lab that serves no page.
fn no_page(loaded: &Loaded) -> Failed {
    let next = format!("pllab labs show {}", shell_word(&loaded.lab.id));
    Failed::new(Code::Usage, m::cli_browse_no_page(), vec![m::cli_why_no_path_detail()], &[&next])
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
