//! A running instance: its boot script, its disk, its servers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use tokio::task::AbortHandle;

use crate::sandbox::Pace;

use super::boot::{self, Boot};
use super::disk::{Disk, Full};
use super::effort::Effort;
use super::local_forward as door;
use super::nginx::{self, Config};
use super::script::program::{Program, Sink};
use super::script::user_data;
use super::server::nginx_process::{self, NginxProcess};
use super::server::web::{Flavor, serve};
use crate::sandbox::plane::net::fabric::lock;
use crate::sandbox::plane::net::filter::Place;
use crate::sandbox::plane::net::network::Core;
use crate::sandbox::plane::net::topology::Instance;

/// How many doors are opened for an instance.
const MOST_DOORS: usize = 16;

/// A running instance.
pub struct Machine {
    /// The instance's id.
    pub id: String,
    /// How often it had been rebooted when it was switched on.
    pub reboots: u32,
    /// Its boot script.
    pub program: Program,
    /// Its disk.
    pub disk: Mutex<Disk>,
    /// How far its boot script has got; held while it goes on, so that it is never run twice at a time.
    pub boot: tokio::sync::Mutex<Boot>,
    /// What its boot script has worked.
    pub effort: Effort,
    tasks: Mutex<Vec<AbortHandle>>,
    off: AtomicBool,
    /// Its real nginx, while it runs one.
    nginx: Mutex<Option<NginxProcess>>,
    /// Health checks answered, for [`Machine::logs_probe`].
    probes: AtomicU32,
}

impl Machine {
    /// Switches an instance on: its doors open, and its boot script begins, or goes on where it was in an earlier
    /// process.
    pub fn start(core: &Arc<Core>, id: &str, instance: &Instance) -> Arc<Self> {
        let machine = Arc::new(Self {
            id: id.to_owned(),
            reboots: instance.reboots,
            program: user_data::parse(&instance.user_data),
            disk: Mutex::default(),
            boot: tokio::sync::Mutex::new(Boot::resumed(core.memory.done(id))),
            effort: Effort::default(),
            tasks: Mutex::default(),
            off: AtomicBool::new(false),
            nginx: Mutex::default(),
            probes: AtomicU32::new(0),
        });
        let hosts = machine.program.hosts();
        let mut doors = BTreeMap::new();
        for (host, port) in hosts.iter().take(MOST_DOORS) {
            if let Some(door) = door::open(core, id, host, *port) {
                doors.insert(door.name, door.local);
                machine.keep(door.task);
            }
        }
        if hosts.len() > MOST_DOORS {
            let rest = hosts.len() - MOST_DOORS;
            let text =
                format!("[pllab sandbox] an instance has at most {MOST_DOORS} doors: {rest} more are not opened");
            core.consoles.line(id, &text);
        }
        core.memory.set_doors(id, doors);
        // At the instant pace nothing runs by itself: questions move it on.
        if core.pace != Pace::Instant {
            let task = core.runtime.spawn(boot::run(Arc::clone(core), Arc::clone(&machine)));
            machine.keep(task.abort_handle());
        }
        machine
    }

    /// Switches it off. Nothing is waited for: whoever calls holds locks.
    pub fn stop(&self, core: &Core) {
        self.off.store(true, Ordering::SeqCst);
        for task in lock(&self.tasks).drain(..) {
            task.abort();
        }
        self.end_nginx();
        for place in core.fabric.places() {
            if matches!(&place, Place::Instance { id, .. } if *id == self.id) {
                core.fabric.close(&place);
            }
        }
    }

    /// A task that ends with the machine.
    pub fn keep(&self, task: AbortHandle) {
        let mut tasks = lock(&self.tasks);
        tasks.retain(|task| !task.is_finished());
        tasks.push(task);
    }

    /// Writes to where output goes.
    ///
    /// # Errors
    /// When it goes to a file that the disk cannot take.
    pub fn emit(&self, core: &Core, sink: &Sink, bytes: &[u8]) -> Result<(), Full> {
        match sink {
            Sink::Console => core.consoles.write(&self.id, bytes),
            Sink::Null => {}
            Sink::File { path, append } => {
                let mut disk = lock(&self.disk);
                let path = disk.absolute(path);
                let same = !append && disk.read(&path) == Some(bytes);
                let followed = disk.write(&path, bytes, *append)?;
                if !same && let Some(nginx) = lock(&self.nginx).as_ref() {
                    nginx.mirror(&path, disk.read(&path).unwrap_or_default());
                }
                drop(disk);
                self.show(core, followed.as_ref(), bytes);
            }
        }
        Ok(())
    }

    /// Appends to a server's own log, and to whatever follows it.
    pub fn log(&self, core: &Core, path: &str, bytes: &[u8]) {
        let followed = lock(&self.disk).log(path, bytes);
        self.show(core, followed.as_ref(), bytes);
    }

    /// Whether a health check is logged. At the quick pace they come thirty times as often as on AWS; as many are
    /// logged as AWS would send, or they would push everything else off the console.
    pub fn logs_probe(&self, core: &Core) -> bool {
        let number = self.probes.fetch_add(1, Ordering::Relaxed);
        core.pace != Pace::Quick || number.is_multiple_of(30)
    }

    fn show(&self, core: &Core, followed: Option<&Sink>, bytes: &[u8]) {
        // A file that follows itself through a file would never end; only the console shows what is followed.
        if followed == Some(&Sink::Console) {
            core.consoles.write(&self.id, bytes);
        }
    }

    /// Starts nginx, or lets it read its configuration again.
    pub async fn start_nginx(self: &Arc<Self>, core: &Arc<Core>) {
        let tree = nginx::read(&lock(&self.disk));
        let tree = match tree {
            Ok(tree) => tree,
            Err(error) => return core.consoles.line(&self.id, &format!("nginx: [emerg] {error}")),
        };
        let config = Config::of(&tree);
        self.stop_nginx(core);
        let real = match core.nginx.as_deref() {
            Some(program) => NginxProcess::start(core, self, program, &tree, &config).await,
            None => None,
        };
        for (&port, &proxied) in &config.ports {
            match real.as_ref().and_then(|real| real.ports.get(&port)) {
                // A load balancer's header comes after ours: it is read here, and told in one that nginx takes for the first.
                Some(address) if proxied => self.listen(core, port, nginx_process::proxied(core, *address, &config)),
                Some(address) => core.fabric.open_outside(Place::Instance { id: self.id.clone(), port }, *address),
                None => self.listen(core, port, serve(core, self, port, Flavor::Nginx(config.clone()))),
            }
        }
        lock(&self.disk).nginx = config.ports.keys().copied().collect();
        let dead = real.as_ref().filter(|real| real.has_ended()).map(|real| real.number);
        *lock(&self.nginx) = real;
        if let Some(number) = dead {
            // Whoever minds it did not find it here.
            self.nginx_died(core, number, "it ended as soon as it had started");
        } else if core.memory.revive(&self.id) {
            core.consoles.line(&self.id, "[pllab sandbox] nginx runs again");
        }
        if self.off.load(Ordering::SeqCst) {
            // Its script was in the middle of a step when it was switched off.
            self.stop_nginx(core);
        }
    }

    /// Stops nginx. It stops listening at once as the network sees it, and is not waited for.
    pub fn stop_nginx(&self, core: &Core) {
        self.end_nginx();
        for port in std::mem::take(&mut lock(&self.disk).nginx) {
            core.fabric.close(&Place::Instance { id: self.id.clone(), port });
        }
    }

    /// Nginx has ended although nobody asked it to: as on a host of AWS's, its ports refuse and it stays dead.
    pub fn nginx_died(&self, core: &Core, number: u64, how: &str) {
        let died = lock(&self.nginx).take_if(|nginx| nginx.number == number);
        if died.is_some() {
            self.stop_nginx(core);
            let text = format!(
                "[pllab sandbox] nginx has died: {how}. Reboot the instance, or stop and start it, and it runs again"
            );
            core.memory.set_died(&self.id);
            core.consoles.line(&self.id, &text);
        }
    }

    fn end_nginx(&self) {
        let ending = lock(&self.nginx).take();
        drop(ending);
    }

    /// Starts Python's server over the working folder; `false` when the port is taken.
    pub fn serve_folder(self: &Arc<Self>, core: &Arc<Core>, port: u16, log: Sink) -> bool {
        let place = Place::Instance { id: self.id.clone(), port };
        if core.fabric.has(&place) {
            return false;
        }
        let folder = lock(&self.disk).absolute("");
        self.listen(core, port, serve(core, self, port, Flavor::Python(folder, log)));
        true
    }

    fn listen(&self, core: &Core, port: u16, answer: crate::sandbox::plane::net::fabric::Answer) {
        let place = Place::Instance { id: self.id.clone(), port };
        let opened = core.fabric.open(place.clone(), answer);
        if self.off.load(Ordering::SeqCst) {
            // Its script was in the middle of a step when it was switched off.
            core.fabric.close(&place);
        }
        if let Err(error) = opened {
            core.consoles.line(&self.id, &format!("[pllab sandbox] no local port for port {port}: {error}"));
        }
    }
}
