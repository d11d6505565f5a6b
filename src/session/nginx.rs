//! Chooses the web server of the sandbox's instances: a real nginx, or the built-in page server. A lab that somebody
//! else wrote gets the built-in one unless the learner allows the other once; the sandbox's folder remembers the
//! choice.

use std::fs;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::settings::WebServer;
use crate::host::{Host, write_atomic};
use crate::lab::Source;

/// The file in the sandbox's folder that remembers the choice.
const FILE: &str = "nginx";

/// What is known before the sandbox's folder is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wish {
    /// From the command line.
    said: Option<WebServer>,
    /// Whether user data comes from somebody else's lab.
    foreign: bool,
}

impl Wish {
    /// A lab from `--labs` is somebody else's.
    pub fn of_lab(context: &Context, labs: Option<&Path>, lab: &str) -> Self {
        // If the lab cannot be read, loading it will report that, and nothing of it is run.
        let foreign = Source::find(lab, labs).ok().flatten().is_none_or(|source| !source.is_built_in());
        Self { said: context.settings.web_server, foreign }
    }

    /// For a lab that has been read.
    pub fn of_source(context: &Context, source: &Source) -> Self {
        Self { said: context.settings.web_server, foreign: !source.is_built_in() }
    }

    /// For user data that the learner writes.
    pub fn of_learner(context: &Context) -> Self {
        Self { said: context.settings.web_server, foreign: false }
    }

    /// Whether this lab must not use a running sandbox that has a real nginx.
    pub fn is_wary(self) -> bool {
        self.foreign && self.said != Some(WebServer::Real)
    }

    /// The nginx for the sandbox in `folder`; `None` for the built-in page server. Remembers a choice that differs from
    /// the last one.
    pub fn program(self, host: &Host, folder: &Path) -> Option<PathBuf> {
        let file = folder.join(FILE);
        let before = fs::read_to_string(&file).ok().and_then(|text| WebServer::named(text.trim()));
        let chosen = self.said.or(before).or_else(|| self.foreign.then_some(WebServer::Builtin));
        if let Some(chosen) = chosen.filter(|chosen| before != Some(*chosen)) {
            // If the file is lost, the same flag can be given again, and the choice for somebody else's lab is made
            // anew.
            let _ = write_atomic(&file, chosen.name().as_bytes(), false);
        }
        match chosen {
            Some(WebServer::Builtin) => None,
            Some(WebServer::Real) | None => installed(host, chosen.is_some()),
        }
    }
}

/// The nginx of this machine: the one that `PLLAB_NGINX` names, else the one on the PATH or where systems keep it.
/// `PLLAB_NGINX=builtin` means the built-in page server, unless a real one was asked for by name.
pub fn installed(host: &Host, asked: bool) -> Option<PathBuf> {
    match host.var("PLLAB_NGINX").as_deref() {
        Some("builtin") if asked => {}
        Some("builtin") => return None,
        Some(path) => return Some(PathBuf::from(path)),
        None => {}
    }
    let path = host.var("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    cfg!(unix).then(|| folders.map(|folder| folder.join("nginx")).find(|program| program.is_file())).flatten()
}
