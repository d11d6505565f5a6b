//! Starts the web servers of an instance when its script asks for them.

use std::sync::Arc;

use crate::sandbox::plane::lock::lock;
use crate::sandbox::plane::machine::context::MachineContext;
use crate::sandbox::plane::machine::machine::Machine;
use crate::sandbox::plane::machine::nginx::{self, Config, Directive};
use crate::sandbox::plane::machine::sink::Sink;
use crate::sandbox::plane::net::filter::Place;

use super::nginx_process::{self, Started};
use super::web::{Flavor, serve};

/// nginx's main configuration.
const MAIN: &str = "/etc/nginx/nginx.conf";

/// Starts nginx, or restarts it with its present configuration. `false` if its configuration is wrong.
pub async fn start_nginx(context: &Arc<MachineContext>, machine: &Arc<Machine>) -> bool {
    let reader = Arc::clone(machine);
    let tree = context.network.runtime.spawn_blocking(move || nginx::read(&lock(&reader.disk)));
    // It fails only if the sandbox is ending.
    let Ok(tree) = tree.await else { return true };
    let tree: Arc<[Directive]> = match tree {
        Ok(tree) => tree.into(),
        Err(error) => {
            context.network.consoles.line(&machine.id, &format!("nginx: [emerg] {error}"));
            return false;
        }
    };
    let own = lock(&machine.disk).read(MAIN).is_some();
    if own && !tree.iter().any(|directive| directive.name() == "events") {
        let text = "nginx: [emerg] no \"events\" section in configuration";
        context.network.consoles.line(&machine.id, text);
        return false;
    }
    let mut config = Config::of(&tree);
    machine.stop_nginx(context);
    let left = config.keep_ports(machine.free_ports(context));
    if left > 0 {
        machine.leaves_ports(context, left);
    }
    // The real one would listen on all of them or not start.
    let real = match context.nginx.as_deref().filter(|_| left == 0) {
        Some(program) => match nginx_process::start(context, machine, program, &tree, &config).await {
            Started::Runs(process) => Some(process),
            Started::Refused => return false,
            Started::Cannot => None,
        },
        None => None,
    };
    let ignored = nginx::not_followed(&tree);
    if real.is_none() && !ignored.is_empty() {
        let names: Vec<&str> = ignored.into_iter().collect();
        let text =
            format!("[pllab sandbox] the web server that stands in for nginx does not follow: {}", names.join(", "));
        context.network.consoles.line(&machine.id, &text);
    }
    for (&port, &proxied) in &config.ports {
        if config.loopback.contains(&port) {
            let place = Place::Instance { id: machine.id.clone(), port };
            context.network.fabric.keep_inside(place);
        }
        match real.as_ref().and_then(|real| real.ports.get(&port)) {
            // A load balancer's header follows ours. This port reads it and passes it on in a single header that
            // comes first for nginx.
            Some(address) if proxied => {
                machine.listen(context, port, nginx_process::proxied(context, *address, &config));
            }
            Some(address) => {
                context.network.fabric.open_outside(Place::Instance { id: machine.id.clone(), port }, *address);
            }
            None => machine.listen(context, port, serve(context, machine, port, Flavor::Nginx(config.clone()))),
        }
    }
    lock(&machine.disk).nginx = config.ports.keys().copied().collect();
    let dead = real.as_ref().filter(|real| real.has_ended()).map(|real| real.number);
    machine.set_nginx(real);
    if let Some(number) = dead {
        // The task that waits for nginx did not find it here.
        machine.nginx_died(context, number, "it ended as soon as it had started");
    } else if context.saved.revive(&machine.id) {
        context.network.consoles.line(&machine.id, "[pllab sandbox] nginx runs again");
    }
    if machine.is_off() {
        // Its script was in the middle of a step when the machine was switched off.
        machine.stop_nginx(context);
    }
    true
}

/// Apache's port.
const HTTPD: u16 = 80;

/// Starts Apache with the configuration that it is installed with. `false` if the port is taken, or the instance has
/// no more ports.
pub fn start_httpd(context: &Arc<MachineContext>, machine: &Arc<Machine>) -> bool {
    if lock(&machine.disk).httpd {
        return true;
    }
    if !may_listen(context, machine, HTTPD) {
        return false;
    }
    lock(&machine.disk).httpd = true;
    machine.listen(context, HTTPD, serve(context, machine, HTTPD, Flavor::Apache));
    true
}

pub fn stop_httpd(context: &Arc<MachineContext>, machine: &Arc<Machine>) {
    if std::mem::take(&mut lock(&machine.disk).httpd) {
        context.network.fabric.close(&Place::Instance { id: machine.id.clone(), port: HTTPD });
    }
}

/// Starts Python's server for a folder, whose path ends in `/`. `false` if the port is taken, or the instance has no
/// more ports.
pub fn serve_folder(context: &Arc<MachineContext>, machine: &Arc<Machine>, folder: &str, port: u16, log: Sink) -> bool {
    if !may_listen(context, machine, port) {
        return false;
    }
    machine.listen(context, port, serve(context, machine, port, Flavor::Python(folder.to_owned(), log)));
    true
}

/// Whether a port is free, and the instance may listen on one more; if it may not, the console says so.
fn may_listen(context: &Arc<MachineContext>, machine: &Arc<Machine>, port: u16) -> bool {
    if context.network.fabric.has(&Place::Instance { id: machine.id.clone(), port }) {
        return false;
    }
    let free = machine.free_ports(context) > 0;
    if !free {
        machine.leaves_ports(context, 1);
    }
    free
}
