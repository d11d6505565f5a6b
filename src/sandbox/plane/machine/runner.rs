//! Does the steps of a boot script, one at a time.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use tokio::time::sleep;

use crate::sandbox::Pace;
use crate::sandbox::plane::net::fabric::lock;
use crate::sandbox::plane::net::groups::admit_s3;

use super::boot_state::{Ended, Sinks};
use super::context::MachineContext;
use super::curl;
use super::disk::{Full, fits_a_path};
use super::effort::Look;
use super::machine::Machine;
use super::script::curl_args::Curl;
use super::script::program::{Action, MOST_NESTED, Sink, Step};
use super::server::service;

/// How long `dnf install nginx` takes on a small instance, and about how long dnf tries to reach a repository.
pub const INSTALL: Duration = Duration::from_secs(30);
/// The shortest turn of a loop without a `sleep`.
const TURN: Duration = Duration::from_secs(1);

/// How many characters of a refused path are shown.
const SHOWN: usize = 120;

type Performed<'a> = Pin<Box<dyn Future<Output = Ended> + Send + 'a>>;

pub struct Runner<'a> {
    pub context: &'a Arc<MachineContext>,
    pub machine: &'a Arc<Machine>,
    /// Only effects, without output and waiting: an earlier process has done the step.
    pub quiet: bool,
    /// At the instant pace, whether an endless loop turns now.
    pub turn: bool,
    /// How much may be done before the call that led here is answered.
    pub look: &'a Look,
    /// How many loops are around the step.
    pub depth: usize,
}

impl Runner<'_> {
    /// Does a step of the script itself, in the background if it asks for that.
    pub async fn start(&self, step: &Step, around: &Sinks, loops: &mut Vec<(Step, Sinks)>) -> Ended {
        if !step.background {
            return self.step(step, around).await;
        }
        match step.action {
            Action::Loop { .. } if self.context.network.pace == Pace::Instant => {
                loops.push((step.clone(), around.clone()));
            }
            Action::Loop { .. } | Action::Curl(_) if self.context.network.pace != Pace::Instant => {
                if self.quiet && matches!(step.action, Action::Curl(_)) {
                    return Ended::Well;
                }
                let (context, machine) = (Arc::clone(self.context), Arc::clone(self.machine));
                let (step, around) = (step.clone(), around.clone());
                let task = self.context.network.runtime.spawn(async move {
                    let look = Look::endless();
                    let runner = Runner {
                        context: &context,
                        machine: &machine,
                        quiet: false,
                        turn: true,
                        look: &look,
                        depth: 0,
                    };
                    runner.step(&step, &around).await;
                });
                self.machine.keep(task.abort_handle());
            }
            _ => {
                self.step(step, around).await;
            }
        }
        Ended::Well
    }

    /// Does a step and rests from it. While it rests, other tasks run and the machine can be stopped.
    async fn step(&self, step: &Step, around: &Sinks) -> Ended {
        let begun = Instant::now();
        let mut busy = Duration::ZERO;
        let mut doing = self.perform(step, around);
        let ended = std::future::poll_fn(|context| {
            let begun = Instant::now();
            let outcome = doing.as_mut().poll(context);
            busy += begun.elapsed();
            outcome
        })
        .await;
        match step.action {
            // Its steps have rested already.
            Action::Loop { .. } => return ended,
            // Another process does the work, so the elapsed time counts.
            Action::Unit { .. } => busy = begun.elapsed(),
            _ => {}
        }
        tokio::task::yield_now().await;
        if self.context.network.pace != Pace::Instant {
            let rest = self.machine.effort.spent(Instant::now(), busy);
            if !rest.is_zero() {
                sleep(rest).await;
            }
        }
        ended
    }

    async fn sequence(&self, steps: &[Step], around: &Sinks) -> Ended {
        let mut last = Ended::Well;
        for step in steps {
            if last.lets(step.when) {
                if !self.look.takes(&step.action) {
                    if self.machine.effort.is_first_cut() {
                        self.note("[pllab sandbox] a turn of this loop is too long to be done while one question is answered; it is cut");
                    }
                    return Ended::Waiting;
                }
                match self.step(step, around).await {
                    Ended::Script => return Ended::Script,
                    // At the instant pace, a step that waits inside a loop is tried again in the next turn.
                    Ended::Waiting => last = Ended::Badly,
                    ended => last = ended,
                }
            }
        }
        last
    }

    /// Does a step and returns when it has ended.
    pub fn perform<'b>(&'b self, step: &'b Step, around: &'b Sinks) -> Performed<'b> {
        Box::pin(async move {
            let out = step.out.as_ref().unwrap_or(&around.out);
            let err = step.err.as_ref().unwrap_or(&around.err);
            match &step.action {
                Action::Nothing => {}
                Action::Skipped { line, text } => {
                    let note = format!("[pllab sandbox] user data line {line} is not modelled and was skipped: {text}");
                    self.note(&note);
                }
                // Text in a file must be there again after a restart; text on the console is still there.
                Action::Print(text) => return self.effect(out, text.as_bytes()),
                Action::Tee { path, append, text } => {
                    let ended = self.effect(&Sink::File { path: path.clone(), append: *append }, text.as_bytes());
                    self.say(out, text);
                    return ended;
                }
                Action::ChangeFolder(folder) => {
                    let path = lock(&self.machine.disk).absolute(folder);
                    if !fits_a_path(&path) {
                        return self.refused(&format!("cd: {folder}"), Full::Name);
                    }
                    lock(&self.machine.disk).folder = path;
                }
                Action::Install { packages, patient } => return self.install(packages, *patient, out, err).await,
                Action::Unit { verb, unit } => return self.unit(verb, unit, err).await,
                Action::Follow { path, from_start } => {
                    let shown = lock(&self.machine.disk).follow(path, *from_start, out.clone());
                    if !self.quiet {
                        self.put(out, &shown);
                    }
                    return if step.background { Ended::Well } else { Ended::Waiting };
                }
                Action::ServeFolder { port } => {
                    if service::serve_folder(self.context, self.machine, *port, err.clone()) {
                        self.say(out, &format!("Serving HTTP on 0.0.0.0 port {port} (http://0.0.0.0:{port}/) ...\n"));
                    }
                    return if step.background { Ended::Well } else { Ended::Waiting };
                }
                Action::Curl(_) | Action::Sleep(_) if self.quiet => {}
                Action::Curl(curl) => return self.curl(curl, out, err).await,
                Action::Sleep(seconds) => {
                    if self.context.network.pace != Pace::Instant {
                        sleep(Duration::try_from_secs_f64(*seconds).unwrap_or(Duration::MAX)).await;
                    }
                }
                Action::Loop { until, body } => {
                    let around = Sinks { out: out.clone(), err: err.clone() };
                    return self.turns(until, body, &around).await;
                }
                Action::Exit => return Ended::Script,
            }
            Ended::Well
        })
    }

    /// Runs a loop until its condition is met, or, at the instant pace, for one turn.
    async fn turns(&self, until: &[Step], body: &[Step], around: &Sinks) -> Ended {
        if self.depth >= MOST_NESTED {
            self.note(&format!("[pllab sandbox] a loop inside {MOST_NESTED} others is not run"));
            return Ended::Badly;
        }
        let inside = Runner { depth: self.depth + 1, ..*self };
        let instant = self.context.network.pace == Pace::Instant;
        if self.quiet {
            // The loop ended in the earlier process, so its condition was met.
            return inside.sequence(until, around).await;
        }
        if instant && until.is_empty() && !self.turn {
            return Ended::Waiting;
        }
        loop {
            let begun = Instant::now();
            if !until.is_empty() {
                match inside.sequence(until, around).await {
                    ended @ (Ended::Well | Ended::Script) => return ended,
                    Ended::Badly | Ended::Waiting => {}
                }
            }
            if inside.sequence(body, around).await == Ended::Script {
                return Ended::Script;
            }
            if instant {
                return Ended::Waiting;
            }
            sleep(if begun.elapsed() < TURN / 5 { TURN } else { TURN / 20 }).await;
        }
    }

    /// On AWS dnf gives up after some minutes, and the script goes on without the package. Here it keeps trying and
    /// says so, so that a learner who repairs the path to S3 need not recreate the instance.
    async fn install(&self, packages: &[String], patient: bool, out: &Sink, err: &Sink) -> Ended {
        let network = &self.context.network;
        let mut told = false;
        loop {
            if !self.quiet && network.pace != Pace::Instant {
                sleep(network.pace.scale(INSTALL)).await;
            }
            let topology = network.topology();
            let reaches = topology.instances.get(&self.machine.id).is_some_and(|instance| {
                topology.subnets.get(&instance.subnet).is_some_and(|subnet| subnet.reaches_s3)
                    && admit_s3(&topology, &instance.groups)
            });
            drop(topology);
            let present = packages.iter().all(|package| lock(&self.machine.disk).packages.contains(package));
            if reaches || present || self.quiet {
                lock(&self.machine.disk).packages.extend(packages.iter().cloned());
                self.say(out, &format!("Installed:\n  {}\n\nComplete!\n", packages.join("  ")));
                return Ended::Well;
            }
            self.say(
                err,
                "Errors during downloading metadata for repository 'amazonlinux':\n  - Curl error (28): Timeout was \
                 reached for the al2023-repos bucket in Amazon S3 [Connection timed out after 30000 milliseconds]\n\
                 Error: Failed to download metadata for repo 'amazonlinux': Cannot prepare internal mirrorlist\n",
            );
            if !patient {
                return Ended::Badly;
            }
            if !std::mem::replace(&mut told, true) && network.pace != Pace::Instant {
                self.note("[pllab sandbox] dnf is tried again until it works; on AWS it gives up after some minutes");
            }
            if network.pace == Pace::Instant {
                return Ended::Waiting;
            }
        }
    }

    async fn unit(&self, verb: &str, unit: &str, err: &Sink) -> Ended {
        if verb == "daemon-reload" {
            return Ended::Well;
        }
        if unit != "nginx" || !lock(&self.machine.disk).packages.contains("nginx") {
            self.say(err, &format!("Failed to {verb} {unit}.service: Unit {unit}.service not found.\n"));
            return Ended::Badly;
        }
        match verb {
            "stop" => self.machine.stop_nginx(self.context),
            // The unit would start at the next boot, and there is none here.
            "enable" => {}
            _ => service::start_nginx(self.context, self.machine).await,
        }
        Ended::Well
    }

    async fn curl(&self, curl: &Curl, out: &Sink, err: &Sink) -> Ended {
        let outcome = curl::run(&self.context.network, &self.machine.id, curl).await;
        let kept = match &curl.output {
            Some(path) if path == "/dev/null" || path == "NUL" => Ended::Well,
            Some(path) if path != "-" => {
                let sink = Sink::File { path: path.clone(), append: false };
                self.put(&sink, &outcome.body)
            }
            _ => self.put(out, &outcome.body),
        };
        if let Some(error) = &outcome.complaint {
            self.put(err, error.as_bytes());
        }
        self.put(out, outcome.written.as_bytes());
        if outcome.code == 0 { kept } else { Ended::Badly }
    }

    /// Writes output. In a repeated step only output to a file matters.
    fn effect(&self, sink: &Sink, bytes: &[u8]) -> Ended {
        if self.quiet && !matches!(sink, Sink::File { .. }) { Ended::Well } else { self.put(sink, bytes) }
    }

    fn say(&self, sink: &Sink, text: &str) {
        if !self.quiet {
            self.put(sink, text.as_bytes());
        }
    }

    fn put(&self, sink: &Sink, bytes: &[u8]) -> Ended {
        match (self.machine.emit(self.context, sink, bytes), sink) {
            (Err(full), Sink::File { path, .. }) => self.refused(path, full),
            _ => Ended::Well,
        }
    }

    /// Prints the shell's message about a file that cannot be written.
    fn refused(&self, what: &str, full: Full) -> Ended {
        let mut what: String = what.chars().take(SHOWN + 1).collect();
        if what.chars().count() > SHOWN {
            what.pop();
            what.push('…');
        }
        self.note(&format!("-bash: {what}: {}", full.words()));
        Ended::Badly
    }

    fn note(&self, line: &str) {
        if !self.quiet {
            self.context.network.consoles.line(&self.machine.id, line);
        }
    }
}
