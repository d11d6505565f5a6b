//! Becomes the web server, after giving up everything that it does not need.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rlimit::Resource;

use super::process_args::{BEGINS, Order};
use super::report::Report;
use super::wall;
use crate::host::standard_error;

/// Bytes of memory that the web server may use.
const MEMORY: u64 = 1 << 30;
/// Bytes of one file that it may write. A large request body goes into a file.
const FILE: u64 = 64 << 20;
/// Connections and files that it may have open.
const FILES: u64 = 16_384;

/// Takes on the restrictions and becomes the web server, as a child of the process `parent`. Returns only if that
/// fails.
pub fn confine(order: &Order, parent: u32) -> bool {
    limit();
    let mut lacks = wall::raise(order);
    if !bound_to(parent) {
        return false;
    }
    // Last, because it refuses what was done before.
    wall::refuse_calls(&mut lacks);
    for lack in lacks {
        Report::Lacks(lack).tell();
    }
    let _ = standard_error().write_all(format!("{BEGINS}\n").as_bytes());
    let mut command = Command::new(&order.program);
    command.env_clear().arg("-p").arg(&order.folder).args(["-c", "nginx.conf"]);
    if rustix::process::geteuid().is_root() {
        // Otherwise nginx gives its folders to another user, and it no longer has the right to do that.
        command.args(["-g", "user root;"]);
    }
    let error = command.exec();
    let _ = standard_error().write_all(format!("{}: {error}\n", order.program.display()).as_bytes());
    false
}

/// Asks the system to end this process when the keeper ends, even if the keeper is killed. `false` if the keeper is
/// already gone.
fn bound_to(parent: u32) -> bool {
    #[cfg(target_os = "linux")]
    // If the kernel cannot do it, the next sandbox ends the web server (`strays.rs`).
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
    std::os::unix::process::parent_id() == parent
}

fn limit() {
    let limits = [(Resource::CORE, 0), (Resource::FSIZE, FILE), (Resource::AS, MEMORY), (Resource::NOFILE, FILES)];
    for (resource, most) in limits {
        // Never raises a limit. A system that does not know a limit goes without it.
        if let Ok((_, hard)) = resource.get() {
            let _ = resource.set(most.min(hard), most.min(hard));
        }
    }
}
