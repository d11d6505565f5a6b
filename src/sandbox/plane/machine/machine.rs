//! A running instance: its boot script, its disk, its servers.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use tokio::task::AbortHandle;

use crate::sandbox::Pace;
use crate::sandbox::plane::lock::lock;
use crate::sandbox::plane::net::Instance;
use crate::sandbox::plane::net::fabric::Answer;
use crate::sandbox::plane::net::filter::Place;

use super::boot_state::Boot;
use super::context::MachineContext;
use super::disk::{Disk, Full};
use super::effort::Effort;
use super::gate::Calls;
use super::server::nginx_handle::{NginxProcess, mirror};
use super::shell::BootScript;
use super::sink::Sink;

/// How many ports an instance may listen on. Each takes one of this machine's.
pub const MOST_PORTS: usize = 16;

pub struct Machine {
    pub id: String,
    /// The number of reboots when it was switched on.
    pub reboots: u32,
    /// Shared with the task that runs it.
    pub script: Arc<BootScript>,
    /// What the calls that run its script share, where calls do.
    pub calls: Calls,
    pub disk: Mutex<Disk>,
    /// How far its boot script has got. Locked while the script runs, so that it never runs twice at once.
    pub boot: tokio::sync::Mutex<Boot>,
    /// The work that its boot script has done.
    pub effort: Effort,
    tasks: Mutex<Vec<AbortHandle>>,
    off: AtomicBool,
    nginx: Mutex<Option<NginxProcess>>,
    /// Health checks answered, for [`Machine::logs_probe`].
    probes: AtomicU32,
}

impl Machine {
    /// A machine on which nothing runs yet. Its script will continue where an earlier process stopped.
    pub fn new(context: &MachineContext, id: &str, instance: &Instance) -> Self {
        Self {
            id: id.to_owned(),
            reboots: instance.reboots,
            script: Arc::new(BootScript::read(&instance.user_data)),
            calls: Calls::default(),
            disk: Mutex::default(),
            boot: tokio::sync::Mutex::new(Boot::resumed(context.saved.done(id))),
            effort: Effort::default(),
            tasks: Mutex::default(),
            off: AtomicBool::new(false),
            nginx: Mutex::default(),
            probes: AtomicU32::new(0),
        }
    }

    /// Whether it was switched off. A step of its script may still be running then.
    pub fn is_off(&self) -> bool {
        self.off.load(Ordering::SeqCst)
    }

    /// Stores the real nginx that was started for it.
    pub fn set_nginx(&self, nginx: Option<NginxProcess>) {
        *lock(&self.nginx) = nginx;
    }

    /// Switches it off, without waiting: callers hold locks.
    pub fn stop(&self, context: &MachineContext) {
        self.off.store(true, Ordering::SeqCst);
        for task in lock(&self.tasks).drain(..) {
            task.abort();
        }
        // What waits in them holds this machine. If a call is running it, it clears up itself.
        if let Ok(mut boot) = self.boot.try_lock() {
            boot.main = None;
        }
        self.calls.end_jobs();
        self.end_nginx();
        for place in context.network.fabric.places() {
            if matches!(&place, Place::Instance { id, .. } if *id == self.id) {
                context.network.fabric.close(&place);
            }
        }
    }

    /// Keeps a task that ends with the machine.
    pub fn keep(&self, task: AbortHandle) {
        let mut tasks = lock(&self.tasks);
        tasks.retain(|task| !task.is_finished());
        tasks.push(task);
    }

    /// Writes output to its sink.
    ///
    /// # Errors
    /// If it goes to a file that the disk cannot take.
    pub fn emit(&self, context: &MachineContext, sink: &Sink, bytes: &[u8]) -> Result<(), Full> {
        match sink {
            Sink::Console => context.network.consoles.write(&self.id, bytes),
            Sink::Null => {}
            Sink::File { path, append } => {
                let mut disk = lock(&self.disk);
                let same = !append && disk.read(path) == Some(bytes);
                let followed = disk.write(path, bytes, *append)?;
                let shown = lock(&self.nginx).as_ref().filter(|_| !same).map(|nginx| Arc::clone(&nginx.files));
                let whole = shown.as_ref().and_then(|_| disk.read(path).map(<[u8]>::to_vec));
                drop(disk);
                // Without holding the lock, because this machine's disk may be slow.
                if let (Some(files), Some(whole)) = (shown, whole) {
                    mirror(&files, path, &whole);
                }
                self.show(context, followed.as_ref(), bytes);
            }
        }
        Ok(())
    }

    /// Appends to a server's own log, and shows the text where the log is followed.
    pub fn log(&self, context: &MachineContext, path: &str, bytes: &[u8]) {
        let followed = lock(&self.disk).log(path, bytes);
        self.show(context, followed.as_ref(), bytes);
    }

    /// Whether a health check is logged. At the quick pace they come thirty times as often as on AWS, and would push
    /// everything else off the console. So only as many are logged as AWS would send.
    pub fn logs_probe(&self, context: &MachineContext) -> bool {
        let number = self.probes.fetch_add(1, Ordering::Relaxed);
        context.network.pace != Pace::Quick || number.is_multiple_of(30)
    }

    fn show(&self, context: &MachineContext, followed: Option<&Sink>, bytes: &[u8]) {
        // A file that is followed into itself through another file would never end, so followed files are shown on
        // the console only.
        if followed == Some(&Sink::Console) {
            context.network.consoles.write(&self.id, bytes);
        }
    }

    /// Stops nginx without waiting. On the virtual network it stops listening at once.
    pub fn stop_nginx(&self, context: &MachineContext) {
        self.end_nginx();
        for port in std::mem::take(&mut lock(&self.disk).nginx) {
            context.network.fabric.close(&Place::Instance { id: self.id.clone(), port });
        }
    }

    /// Handles an nginx that ended by itself. As on a real host, its ports refuse and it stays dead.
    pub fn nginx_died(&self, context: &MachineContext, number: u64, how: &str) {
        let died = lock(&self.nginx).take_if(|nginx| nginx.number == number);
        if died.is_some() {
            self.stop_nginx(context);
            let text = format!(
                "[pllab sandbox] nginx has died: {how}. Reboot the instance, or stop and start it, and it runs again"
            );
            context.saved.set_died(&self.id);
            context.network.consoles.line(&self.id, &text);
        }
    }

    fn end_nginx(&self) {
        let ending = lock(&self.nginx).take();
        drop(ending);
    }

    /// How many more ports it may listen on.
    pub fn free_ports(&self, context: &MachineContext) -> usize {
        let is_its = |place: &&Place| matches!(place, Place::Instance { id, .. } if *id == self.id);
        MOST_PORTS.saturating_sub(context.network.fabric.places().iter().filter(is_its).count())
    }

    /// Says that ports are not opened because it has no more.
    pub fn leaves_ports(&self, context: &MachineContext, left: usize) {
        let text =
            format!("[pllab sandbox] an instance listens on at most {MOST_PORTS} ports: {left} more are not opened");
        context.network.consoles.line(&self.id, &text);
    }

    /// Listens on a port, unless the machine was switched off meanwhile.
    pub fn listen(&self, context: &MachineContext, port: u16, answer: Answer) {
        let place = Place::Instance { id: self.id.clone(), port };
        let opened = context.network.fabric.open(place.clone(), answer);
        if self.is_off() {
            // Its script was in the middle of a step when the machine was switched off.
            context.network.fabric.close(&place);
        }
        if let Err(error) = opened {
            context.network.consoles.line(&self.id, &format!("[pllab sandbox] no local port for port {port}: {error}"));
        }
    }
}
