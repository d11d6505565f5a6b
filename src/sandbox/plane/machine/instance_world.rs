//! What a boot script reaches outside of itself: its instance's disk, servers and network interface.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::sandbox::Pace;
use crate::sandbox::plane::lock::lock;
use crate::sandbox::plane::net::fabric::Fault;
use crate::sandbox::plane::net::groups::admit_s3;

use super::context::MachineContext;
use super::curl;
use super::curl_args::Curl;
use super::disk::fits_a_path;
use super::gate::{Coroutine, Gate};
use super::machine::Machine;
use super::resting::Resting;
use super::server::service;
use super::shell::{Job, Later, Names, Reach, Served, Told, Wait, World};
use super::sink::Sink;

/// How long `dnf install nginx` takes on a small instance, and about how long dnf tries to reach a repository.
pub const INSTALL: Duration = Duration::from_secs(30);
/// The shortest turn of a loop without a `sleep`.
const TURN: Duration = Duration::from_secs(1);

/// What the script of an instance reaches, or one of its jobs.
pub struct InstanceWorld {
    context: Arc<MachineContext>,
    machine: Arc<Machine>,
    gate: Arc<Gate>,
    is_job: bool,
}

impl InstanceWorld {
    pub fn new(context: &Arc<MachineContext>, machine: &Arc<Machine>, gate: &Arc<Gate>) -> Self {
        let (context, machine, gate) = (Arc::clone(context), Arc::clone(machine), Arc::clone(gate));
        Self { context, machine, gate, is_job: false }
    }

    fn reaches_s3(&self) -> bool {
        let topology = self.context.network.topology();
        topology.instances.get(&self.machine.id).is_some_and(|instance| {
            topology.subnets.get(&instance.subnet).is_some_and(|subnet| subnet.reaches_s3)
                && admit_s3(&topology, &instance.groups)
        })
    }

    async fn run_service(&self, verb: &str, unit: &str) -> Served {
        let (context, machine) = (&self.context, &self.machine);
        let runs = match unit {
            "nginx" => !lock(&machine.disk).nginx.is_empty(),
            _ => lock(&machine.disk).httpd,
        };
        let well = match (verb, unit) {
            ("is-active", _) if runs => return Served::Done(0, "active\n".to_owned()),
            ("is-active", _) => return Served::Done(3, "inactive\n".to_owned()),
            ("stop", "nginx") => {
                machine.stop_nginx(context);
                true
            }
            ("stop", _) => {
                service::stop_httpd(context, machine);
                true
            }
            ("start", "nginx") if runs => true,
            ("start" | "restart" | "reload", "nginx") => service::start_nginx(context, machine).await,
            // A configuration of one's own is not modelled.
            _ if lock(&machine.disk).below("/etc/httpd/").next().is_some() => return Served::Unknown,
            ("start" | "restart" | "reload", _) => service::start_httpd(context, machine),
            _ => return Served::Unknown,
        };
        if well {
            return Served::Done(0, String::new());
        }
        Served::Done(
            1,
            format!(
                "Job for {unit}.service failed because the control process exited with error code.\nSee \"systemctl \
                 status {unit}.service\" and \"journalctl -xeu {unit}.service\" for details.\n"
            ),
        )
    }

    async fn try_to_connect(&self, address: Ipv4Addr, port: u16, limit: Duration) -> Reach {
        let network = &self.context.network;
        let begun = Instant::now();
        // A lost SYN is sent again after 1, 3, 7, … seconds.
        let (mut wait, mut next) = (Duration::from_secs(1), Duration::ZERO);
        loop {
            match network.connect_from(&self.machine.id, address, port).await {
                Ok(_) => return Reach::Connected,
                Err(Fault::Refused) => return Reach::Refused,
                Err(Fault::Lost(_)) if network.pace == Pace::Instant => return Reach::TimedOut,
                Err(Fault::Lost(_)) => {}
            }
            next = next.saturating_add(wait);
            wait = wait.saturating_mul(2);
            if next >= limit {
                sleep(limit.saturating_sub(begun.elapsed())).await;
                return Reach::TimedOut;
            }
            sleep(next.saturating_sub(begun.elapsed())).await;
        }
    }

    /// Rests after a turn of a loop, so that a loop without a `sleep` is not in a hurry.
    async fn rest_after_turn(&self) {
        let last = *lock(&self.gate.last_turn);
        let quick = last.is_none_or(|last| last.elapsed() < TURN / 5);
        sleep(if quick { TURN } else { TURN / 20 }).await;
        *lock(&self.gate.last_turn) = Some(Instant::now());
    }
}

impl World for InstanceWorld {
    fn console(&self, bytes: &[u8]) {
        self.context.network.consoles.write(&self.machine.id, bytes);
    }

    fn note(&self, line: &str) {
        self.context.network.consoles.line(&self.machine.id, line);
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        lock(&self.machine.disk).read(path).map(<[u8]>::to_vec)
    }

    fn has(&self, path: &str) -> bool {
        lock(&self.machine.disk).read(path).is_some()
    }

    fn write(&self, path: &str, bytes: &[u8], append: bool) -> Result<(), &'static str> {
        let sink = Sink::File { path: path.to_owned(), append };
        self.machine.emit(&self.context, &sink, bytes).map_err(super::disk::Full::words)
    }

    fn remove(&self, path: &str) -> bool {
        lock(&self.machine.disk).remove(path)
    }

    fn below(&self, prefix: &str) -> Vec<String> {
        lock(&self.machine.disk).below(prefix).map(|(path, _)| path.to_owned()).collect()
    }

    fn fits(&self, path: &str) -> bool {
        fits_a_path(path)
    }

    fn time(&self, format: &str) -> Option<String> {
        jiff::fmt::strtime::format(format, self.context.network.clock.now()).ok()
    }

    fn address(&self) -> Ipv4Addr {
        let topology = self.context.network.topology();
        topology.instances.get(&self.machine.id).map_or(Ipv4Addr::LOCALHOST, |it| it.address)
    }

    fn host_name(&self) -> String {
        let topology = self.context.network.topology();
        topology.instances.get(&self.machine.id).map(|it| it.host_name.clone()).unwrap_or_default()
    }

    fn resolve(&self, program: &str, host: &str) -> Names {
        let network = &self.context.network;
        if let Some(found) = network.resolve(&self.machine.id, program, host) {
            return Names::Found(found);
        }
        let topology = network.topology();
        let vpc = topology.instances.get(&self.machine.id).and_then(|it| topology.vpcs.get(&it.vpc));
        if vpc.is_some_and(|vpc| vpc.dns_support) { Names::Missing } else { Names::Silent }
    }

    fn connect(&self, address: Ipv4Addr, port: u16, limit: Duration) -> Later<'_, Reach> {
        Box::pin(async move {
            let tried = self.try_to_connect(address, port, limit);
            if self.context.network.pace == Pace::Instant {
                return tried.await;
            }
            timeout(limit, tried).await.unwrap_or(Reach::TimedOut)
        })
    }

    fn fetch<'a>(&'a self, curl: &'a Curl) -> Later<'a, Told> {
        Box::pin(async move {
            let outcome = curl::run(&self.context.network, &self.machine.id, curl).await;
            Told {
                code: outcome.code,
                out: outcome.body,
                err: outcome.complaint.unwrap_or_default().into_bytes(),
                written: outcome.written.into_bytes(),
            }
        })
    }

    fn install<'a>(&'a self, packages: &'a [String], quiet: bool) -> Later<'a, Told> {
        Box::pin(async move {
            let network = &self.context.network;
            if !quiet && network.pace != Pace::Instant {
                sleep(network.pace.scale(INSTALL)).await;
            }
            let present = packages.iter().all(|package| lock(&self.machine.disk).packages.contains(package));
            if self.reaches_s3() || (present && !packages.is_empty()) || quiet {
                lock(&self.machine.disk).packages.extend(packages.iter().cloned());
                let text = if packages.is_empty() {
                    "Dependencies resolved.\nNothing to do.\nComplete!\n".to_owned()
                } else {
                    format!("Installed:\n  {}\n\nComplete!\n", packages.join("  "))
                };
                return Told { out: text.into_bytes(), ..Told::default() };
            }
            let text = "Errors during downloading metadata for repository 'amazonlinux':\n  - Curl error (28): Timeout \
                        was reached for the al2023-repos bucket in Amazon S3 [Connection timed out after 30000 \
                        milliseconds]\nError: Failed to download metadata for repo 'amazonlinux': Cannot prepare \
                        internal mirrorlist\n";
            Told { code: 1, err: text.into(), ..Told::default() }
        })
    }

    fn has_package(&self, package: &str) -> bool {
        lock(&self.machine.disk).packages.contains(package)
    }

    fn service<'a>(&'a self, verb: &'a str, unit: &'a str) -> Later<'a, Served> {
        Box::pin(async move {
            let begun = Instant::now();
            let served = self.run_service(verb, unit).await;
            // Another process does the work, so the elapsed time counts.
            if self.context.network.pace != Pace::Instant {
                sleep(self.machine.effort.spent(Instant::now(), begun.elapsed())).await;
            }
            served
        })
    }

    fn serve_folder(&self, folder: &str, port: u16, log: Sink) -> bool {
        service::serve_folder(&self.context, &self.machine, folder, port, log)
    }

    fn follow(&self, path: &str, from_start: bool, console: bool) -> Vec<u8> {
        let to = if console { Sink::Console } else { Sink::Null };
        lock(&self.machine.disk).follow(path, from_start, to)
    }

    fn takes(&self, weight: usize) -> bool {
        // At the other paces the tasks of a machine that is off are ended.
        !self.is_instant() || (!self.machine.is_off() && self.machine.calls.takes(weight))
    }

    fn next_call(&self) -> Later<'_, ()> {
        Box::pin(self.gate.next_call(&self.machine.calls))
    }

    fn wait(&self, wait: Wait) -> Later<'_, ()> {
        let calls = &self.machine.calls;
        Box::pin(async move {
            if self.is_instant() {
                match wait {
                    Wait::Sleep(_) => {}
                    Wait::Rest(_) | Wait::Turn | Wait::Retry => self.gate.next_call(calls).await,
                    Wait::EndlessTurn => self.gate.turn(calls).await,
                    Wait::Jobs if self.is_job => {}
                    Wait::Jobs => self.gate.until_alone(calls).await,
                }
                return;
            }
            match wait {
                Wait::Sleep(time) | Wait::Rest(time) => sleep(time).await,
                Wait::Turn => self.rest_after_turn().await,
                // An attempt has taken its time already.
                Wait::Retry => sleep(TURN / 20).await,
                Wait::EndlessTurn => {}
                Wait::Jobs if self.is_job => {}
                Wait::Jobs => {
                    // The sender stands in the machine, which is here.
                    let _ = calls.running.subscribe().wait_for(|count| *count == 0).await;
                }
            }
        })
    }

    fn spawn<'a>(&'a self, make: Box<dyn FnOnce(Arc<dyn World>) -> Job + Send + 'a>) -> Later<'a, ()> {
        let gate = Arc::new(Gate::default());
        let (context, machine) = (Arc::clone(&self.context), Arc::clone(&self.machine));
        let job = make(Arc::new(Self { context, machine, gate: Arc::clone(&gate), is_job: true }));
        let counted = Running::new(&self.machine);
        let job: Job = Box::pin(async move {
            let _counted = counted;
            job.await;
        });
        if !self.is_instant() {
            let task = self.context.network.runtime.spawn(Resting::new(Arc::clone(&self.machine), job));
            self.machine.keep(task.abort_handle());
            return Box::pin(std::future::ready(()));
        }
        Box::pin(async move {
            let mut job = Coroutine::new(&gate, job);
            if !job.go_on().await {
                self.machine.calls.keep(job);
            }
        })
    }

    fn is_instant(&self) -> bool {
        self.context.network.pace == Pace::Instant
    }
}

/// Counts a job until it has ended.
struct Running(Arc<Machine>);

impl Running {
    fn new(machine: &Arc<Machine>) -> Self {
        machine.calls.running.send_modify(|count| *count += 1);
        Self(Arc::clone(machine))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.calls.running.send_modify(|count| *count = count.saturating_sub(1));
    }
}
