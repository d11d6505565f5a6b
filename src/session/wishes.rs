//! Does what the learner wishes for once the lab is done.

use std::sync::Arc;

use super::context::Context;
use super::exit::Failed;
use super::report_file;
use super::target::Target;
use crate::checks;
use crate::engine::event::Screen;
use crate::engine::{State, Wish};
use crate::host::shell_word;
use crate::i18n::{Text, m};
use crate::lab::Loaded;

/// What a wish is granted with.
pub struct Asked<'a> {
    pub run: &'a str,
    pub state: &'a State,
    pub loaded: &'a Loaded,
    pub target: &'a Target,
    pub screen: &'a Arc<dyn Screen>,
}

/// Grants a wish. What cannot be done is said, and the run goes on.
pub async fn grant(context: &mut Context, asked: &Asked<'_>, wish: Wish) {
    match wish {
        Wish::Browse => browse(context, asked).await,
        Wish::Report => match written(context, asked.run) {
            Ok(path) => {
                asked.screen.print(&m::report_written());
                asked.screen.print_copyable(&path);
                open(context, &path);
            }
            Err(failed) => refused(context, asked.screen, &failed),
        },
        Wish::Drill => context.drill_next = Some(asked.run.to_owned()),
    }
}

/// Opens the page. On a sandbox, a port of this machine leads to it while the run is open; elsewhere it takes a tunnel,
/// which is a command of its own.
async fn browse(context: &Context, asked: &Asked<'_>) {
    let Asked { run, state, loaded, target, screen } = asked;
    let made = |name: &str, fact: &str| state.resources.get(name)?.facts.get(fact).cloned();
    let place = loaded
        .lab
        .page()
        .and_then(|(client, endpoint)| Some((made(client, "id")?, made(endpoint, "id")?, made(endpoint, "dns")?)));
    let url = match (&place, target.is_sandbox()) {
        (Some((client, endpoint, dns)), true) => {
            checks::browser_url(&target.clouds, client, endpoint, &[dns]).await.ok().flatten()
        }
        _ => None,
    };
    if let Some(url) = url {
        let opened = checks::is_here(&url) && open(context, &url);
        screen.print(&if opened { m::ending_opened() } else { m::ending_at() });
        screen.print_copyable(&url);
    } else {
        screen.print(&m::ending_browse_elsewhere());
        screen.print_copyable(&format!("pllab browse {}", shell_word(run)));
    }
}

fn written(context: &Context, run: &str) -> Result<String, Failed> {
    let found = context.store()?.find(Some(run), |_| true)?;
    Ok(report_file::write(context, &found)?.display().to_string())
}

fn refused(context: &Context, screen: &Arc<dyn Screen>, failed: &Failed) {
    let Some(report) = &failed.report else { return };
    let lang = context.lang;
    let said = std::iter::once(&report.title).chain(&report.details).map(|text| text.render(lang));
    screen.print(&Text::literal(said.collect::<Vec<_>>().join("\n")));
}

/// Opens an address or a file with the learner's own program. It stands on the screen as well, so one that does not
/// open is not a failure. Over SSH there is no such program at the learner's side.
fn open(context: &Context, what: &str) -> bool {
    let is_here = context.host.output_is_terminal && context.host.var("SSH_CONNECTION").is_none();
    is_here && open::that_detached(what).is_ok()
}
