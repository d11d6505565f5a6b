//! The walls that the system offers: no new privileges, only files of its own folder, only its own ports, and only
//! the system calls that a web server needs.

/// A wall that this machine lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// Without it the web server may read and write what the user may.
    Files,
    /// Without it the web server may listen on any port and connect to any.
    Ports,
    /// Without it the web server may send signals to the user's processes and connect to their abstract sockets.
    Signals,
    /// Without it the web server keeps the privileges that it was started with.
    Privileges,
    /// Without it the web server may make system calls that no web server needs: sockets other than TCP, modes and
    /// times of files, processes of its own, namespaces.
    Calls,
}

impl Lack {
    const ALL: [Self; 5] = [Self::Files, Self::Ports, Self::Signals, Self::Privileges, Self::Calls];

    /// A stable name, as keepers report it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Ports => "ports",
            Self::Signals => "signals",
            Self::Privileges => "privileges",
            Self::Calls => "calls",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lack| lack.name() == name)
    }

    /// The text for an instance's console.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Files => "this system cannot keep nginx to the files of its folder; only its configuration does",
            Self::Ports => "this system cannot keep nginx to its ports; only its configuration does",
            Self::Signals => "this system cannot keep nginx from sending signals",
            Self::Privileges => "this system does not let nginx give up its privileges",
            Self::Calls => "this system cannot keep nginx to the system calls that it needs",
        }
    }
}

/// Permanently refuses this thread the system calls that no web server needs. Removes the lacks that this covers in
/// place of Landlock, or adds [`Lack::Calls`] if the system cannot do it.
#[cfg(unix)]
pub(super) fn refuse_calls(lacks: &mut Vec<Lack>) {
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    if super::system_calls::refuse_others() {
        // It allows no signals to other processes, and only TCP sockets.
        return lacks.retain(|lack| *lack != Lack::Signals);
    }
    lacks.push(Lack::Calls);
}

#[cfg(target_os = "linux")]
pub(super) use linux::raise;
#[cfg(all(unix, not(target_os = "linux")))]
pub(super) use other::raise;

/// The walls that a web server would lack on this machine.
#[must_use]
pub fn lacks() -> Vec<Lack> {
    #[cfg(target_os = "linux")]
    return linux::lacks();
    #[cfg(not(target_os = "linux"))]
    Lack::ALL.to_vec()
}

#[cfg(all(unix, not(target_os = "linux")))]
mod other {
    use super::Lack;
    use crate::sandbox::keeper::Order;

    pub fn raise(_order: &Order) -> Vec<Lack> {
        // `refuse_calls` adds the missing one.
        Lack::ALL.into_iter().filter(|lack| *lack != Lack::Calls).collect()
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::path::{Path, PathBuf};

    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, BitFlags, LandlockStatus, NetPort, RestrictionStatus, Ruleset,
        RulesetAttr as _, RulesetCreatedAttr as _, RulesetError, Scope, path_beneath_rules,
    };
    use rustix::thread::{CapabilitySet, CapabilitySets};

    use super::Lack;
    use crate::sandbox::keeper::Order;

    /// The Landlock version that the walls are written for and were tested with.
    const KNOWN: ABI = ABI::V7;
    /// Where programs and their libraries are.
    const LIBRARIES: [&str; 9] = [
        "/lib",
        "/lib32",
        "/lib64",
        "/usr/lib",
        "/usr/lib32",
        "/usr/lib64",
        "/usr/local/lib",
        "/nix/store",
        "/gnu/store",
    ];
    /// What libraries read when they start. None of it is secret.
    const READ: [&str; 9] = [
        "/etc/ld.so.cache",
        "/etc/ld.so.conf",
        "/etc/localtime",
        "/usr/share/zoneinfo",
        "/etc/ssl/openssl.cnf",
        "/etc/pki/tls/openssl.cnf",
        "/etc/crypto-policies",
        "/sys/devices/system/cpu",
        "/dev/urandom",
    ];
    /// A program that runs as root looks up root's name.
    const NAMES: [&str; 3] = ["/etc/passwd", "/etc/group", "/etc/nsswitch.conf"];

    /// Raises the walls around this process, permanently, and returns those that this machine lacks.
    pub fn raise(order: &Order) -> Vec<Lack> {
        let mut lacks = restrict(Some(order)).map_or_else(|_| missing(None), |status| missing(Some(&status)));
        if drop_privileges().is_err() {
            lacks.push(Lack::Privileges);
        }
        lacks
    }

    /// The walls that this machine lacks. Tries them on a thread that then ends.
    pub fn lacks() -> Vec<Lack> {
        let tried = std::thread::spawn(|| {
            let mut lacks = missing(restrict(None).ok().as_ref());
            super::refuse_calls(&mut lacks);
            lacks
        });
        tried.join().unwrap_or_else(|_| Lack::ALL.to_vec())
    }

    fn restrict(order: Option<&Order>) -> Result<RestrictionStatus, RulesetError> {
        let rules = Ruleset::default()
            .handle_access(AccessFs::from_all(KNOWN))?
            .handle_access(AccessNet::from_all(KNOWN))?
            .scope(Scope::from_all(KNOWN))?
            .create()?;
        let Some(order) = order else { return rules.restrict_self() };
        let read = AccessFs::ReadFile | AccessFs::ReadDir;
        let names = rustix::process::geteuid().is_root().then_some(NAMES).into_iter().flatten();
        let ports = order.ports.iter().map(|port| Ok::<_, RulesetError>(NetPort::new(*port, AccessNet::BindTcp)));
        rules
            .add_rules(path_beneath_rules(programs(&order.program), read | AccessFs::Execute))?
            .add_rules(path_beneath_rules(READ.into_iter().chain(names), read))?
            .add_rules(path_beneath_rules(["/dev/null"], AccessFs::ReadFile | AccessFs::WriteFile))?
            .add_rules(path_beneath_rules([&order.folder], read))?
            .add_rules(path_beneath_rules([order.folder.join("root/tmp")], written()))?
            .add_rules(ports)?
            .restrict_self()
    }

    /// The right to make files and folders, but nothing that leads to something else, such as links, sockets and
    /// devices.
    fn written() -> BitFlags<AccessFs> {
        let links = AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::MakeSym | AccessFs::MakeSock;
        AccessFs::from_all(KNOWN) & !(links | AccessFs::Execute | AccessFs::MakeFifo | AccessFs::IoctlDev)
    }

    /// The program, its interpreter if it is a script, and libraries.
    fn programs(program: &Path) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = LIBRARIES.iter().map(PathBuf::from).collect();
        all.extend(interpreter(program));
        all.push(program.to_owned());
        all
    }

    fn interpreter(program: &Path) -> Option<PathBuf> {
        let mut line = String::new();
        BufReader::new(File::open(program).ok()?.take(256)).read_line(&mut line).ok()?;
        line.strip_prefix("#!")?.split_whitespace().next().map(PathBuf::from)
    }

    fn missing(status: Option<&RestrictionStatus>) -> Vec<Lack> {
        let abi = match status.map(|status| status.landlock) {
            Some(LandlockStatus::Available { effective_abi, .. }) => effective_abi,
            _ => ABI::Unsupported,
        };
        let from = [(Lack::Files, ABI::V1), (Lack::Ports, ABI::V4), (Lack::Signals, ABI::V6)];
        from.into_iter().filter(|(_, first)| abi < *first).map(|(lack, _)| lack).collect()
    }

    /// Gives up every capability and every way to get one back.
    fn drop_privileges() -> rustix::io::Result<()> {
        let none = CapabilitySet::empty();
        rustix::thread::set_no_new_privs(true)?;
        // If this process may not do it, it has no capabilities to give up; and it can gain none anyway.
        for capability in CapabilitySet::all().iter() {
            let _ = rustix::thread::remove_capability_from_bounding_set(capability);
        }
        let _ = rustix::thread::clear_ambient_capability_set();
        rustix::thread::set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_has_one_name() {
        for lack in Lack::ALL {
            assert_eq!(Lack::named(lack.name()), Some(lack));
            assert!(lack.words().contains("nginx"), "{lack:?}");
        }
    }
}
