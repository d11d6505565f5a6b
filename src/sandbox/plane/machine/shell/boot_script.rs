//! User data as cloud-init takes it: what it runs, and what it says of the rest.

use std::sync::Arc;

use super::cloud_config;
use super::common::{Common, Results};
use super::limits::Meter;
use super::outcome::{Halt, Leave, Outcome};
use super::state::{SCRIPT, Shell, on_one_line};
use super::tree::{Item, Script, Trouble, TroubleKind};
use super::world::World;
use crate::sandbox::plane::lock::lock;

/// The status of a shell that could not read a command or was used wrongly.
const MISUSED: u8 = 2;
/// The limit of user data, in bytes. It is far beyond what EC2 takes.
const LONGEST: usize = 64 * 1024;

/// Is told how many steps are done, and what programs from outside have answered.
pub type Progress<'a> = dyn Fn(usize, &[(u8, String)]) + Send + Sync + 'a;

/// What cloud-init does with user data.
#[derive(Debug, Default)]
pub struct BootScript {
    script: Script,
    /// What the console says first.
    pub words: Vec<String>,
}

impl BootScript {
    #[must_use]
    pub fn read(user_data: &str) -> Self {
        let mut words = Vec::new();
        let first = user_data.lines().next().unwrap_or_default();
        if user_data.trim().is_empty() {
            return Self::default();
        }
        if let Some(script) = super::powershell::script(user_data).filter(|_| user_data.len() <= LONGEST) {
            return Self { script: super::powershell::parse(script), words };
        }
        if user_data.len() > LONGEST {
            words.push(format!("[pllab sandbox] user data of more than {} KiB is not run here", LONGEST / 1024));
            return Self { words, script: Script::default() };
        }
        let text = if user_data.starts_with("#!") {
            let program = first.trim_start_matches("#!").trim();
            let mut parts = program.split_whitespace();
            let name = match parts.next() {
                Some(env) if env.ends_with("/env") => parts.next().unwrap_or_default(),
                Some(path) => path.rsplit('/').next().unwrap_or_default(),
                None => "",
            };
            if !matches!(name, "bash" | "sh" | "dash") {
                words.push(format!("[pllab sandbox] line 1: {} is not run here", on_one_line(first)));
                return Self { words, script: Script::default() };
            }
            let mut script = Script::parse(user_data, 1, 0);
            // `#!/bin/bash -ex` sets options.
            if let Some(flags) = parts.next().filter(|it| it.starts_with('-')) {
                let set = Script::parse(&format!("set {flags}"), 1, 0);
                script.items.splice(0..0, set.items);
            }
            return Self { script, words };
        } else if first.trim_end() == "#cloud-config" {
            match cloud_config::script(user_data) {
                Ok((text, told)) => {
                    words.extend(told);
                    text
                }
                Err(why) => {
                    words.push(why);
                    String::new()
                }
            }
        } else {
            let odd = [
                "Content-Type:",
                "MIME-Version:",
                "#include",
                "#cloud-boothook",
                "#part-handler",
                "## template:",
                "#upstart-job",
                "#cloud-config-archive",
            ];
            if odd.iter().any(|it| first.starts_with(it)) {
                words.push(format!("[pllab sandbox] user data of this kind is not run here: {}", on_one_line(first)));
            } else {
                words.push(format!(
                    "__init__.py[WARNING]: Unhandled non-multipart (text/x-not-multipart) userdata: 'b'{}'...'",
                    on_one_line(first)
                ));
                words.push("[pllab sandbox] cloud-init runs nothing of it: a script begins with #!".to_owned());
            }
            String::new()
        };
        Self { script: Script::parse(&text, 1, 0), words }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.script.items.is_empty() && self.script.trouble.is_none()
    }

    /// How many steps it has.
    #[must_use]
    pub fn steps(&self) -> usize {
        // What only has words for the console is one step too: it is not said again.
        (self.script.items.len() + usize::from(self.script.trouble.is_some())).max(1)
    }

    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.script.items
    }

    /// Runs it. The first `restored` steps were done by an earlier process, in which programs from outside answered
    /// `results`. `progress` is told of each step that is done.
    pub async fn run(
        &self,
        world: Arc<dyn World>,
        restored: usize,
        results: Vec<(u8, String)>,
        progress: &Progress<'_>,
    ) {
        let meter = Arc::new(Meter::default());
        let common = Arc::new(Common::default());
        *lock(&common.results) = Results { known: results, next: 0 };
        let note = |text: &str| world.note(&format!("[pllab sandbox] {text}"));
        let shell = Shell::new(Arc::clone(&world), Arc::clone(&meter), Arc::clone(&common));
        let Ok(mut shell) = shell else { return };
        for (at, item) in self.script.items.iter().enumerate() {
            shell.quiet = at < restored;
            let ended = shell.item(item).await;
            if !shell.quiet {
                let results = lock(&common.results).known.clone();
                progress(at + 1, &results);
            }
            match ended {
                Err(Halt::Lost(Leave::Shell)) => return,
                // Only a function or a loop could have been ended, and here is none.
                Ok(_) | Err(Halt::Unknown | Halt::Failed | Halt::Break(_) | Halt::Continue(_) | Halt::Lost(_)) => {}
                Err(Halt::Return(_)) => {
                    shell.line = item.chain.first.stages.first().map_or(1, |it| it.line);
                    let words = "return: can only `return' from a function or sourced script";
                    if shell.complain(words).is_err() {
                        return;
                    }
                    shell.status = Outcome::Status(MISUSED);
                }
                Err(Halt::Exit(outcome)) => {
                    if let Outcome::Status(status @ 1..) = outcome
                        && at >= restored
                    {
                        world.note(&failed(status));
                    }
                    return;
                }
                Err(Halt::Over) => {
                    if let Some(limit) = meter.over() {
                        note(&limit.words());
                    }
                    return;
                }
            }
            (shell.depth, shell.tested, shell.loops) = (0, 0, 0);
        }
        if restored >= self.steps() {
            return;
        }
        if let Some(trouble) = &self.script.trouble {
            for line in complaint(trouble) {
                world.note(&line);
            }
            if matches!(trouble.kind, TroubleKind::Syntax(..)) {
                world.note(&failed(MISUSED));
            }
        } else if let Outcome::Status(status @ 1..) = shell.status {
            world.note(&failed(status));
        }
    }
}

/// What cloud-init says of a script that failed.
fn failed(status: u8) -> String {
    format!("[pllab sandbox] the user data ends with status {status}, of which cloud-init warns")
}

fn complaint(trouble: &Trouble) -> Vec<String> {
    let line = trouble.line;
    match &trouble.kind {
        TroubleKind::Syntax(words, shown) => {
            let second = shown.as_ref().map(|shown| format!("{SCRIPT}: line {line}: `{shown}'"));
            std::iter::once(format!("{SCRIPT}: line {line}: {words}")).chain(second).collect()
        }
        TroubleKind::Deep => vec![format!(
            "[pllab sandbox] line {line}: commands inside more than {} others are not run here, nor is what follows them",
            super::limits::MOST_DEEP
        )],
    }
}
