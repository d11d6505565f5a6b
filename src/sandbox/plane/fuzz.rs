//! What an instance parses, for fuzzing: its user data, nginx's configuration and pages.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use super::machine::disk::Disk;
use super::machine::nginx::{self, Config, Directive, Variables, parse, read};
use super::machine::shell::{BootScript, hosts};

/// Reads `bytes` as user data.
#[doc(hidden)]
pub fn fuzz_user_data(bytes: &[u8]) {
    let script = BootScript::read(&String::from_utf8_lossy(bytes));
    let _ = (format!("{script:?}"), hosts(script.items()));
}

/// Reads `bytes` as nginx's main file, as files that it includes, and as a page.
///
/// # Panics
/// If the configuration written for an nginx on this machine does not read back as intended, or reaches beyond the
/// instance's folder or this machine's addresses.
#[doc(hidden)]
pub fn fuzz_nginx(bytes: &[u8]) {
    for path in ["/etc/nginx/nginx.conf", "/etc/nginx/conf.d/fuzz.conf", "/etc/nginx/default.d/fuzz.conf"] {
        let mut disk = Disk::default();
        let _ = disk.write(path, bytes, false);
        let Ok(tree) = read(&disk) else { continue };
        written(&tree);
    }
    // Even a configuration that nginx would refuse to start with must not reach further.
    if let Ok(tree) = parse(bytes) {
        written(&tree);
    }
    let page = String::from_utf8_lossy(bytes);
    let Ok(remote) = "10.0.1.10:4000".parse() else { return };
    let variables = Variables { remote, proxied: None, host: "h", uri: &page, date: String::new() };
    let _ = (nginx::include(&page, &variables), nginx::page(bytes));
}

/// Writes a tree for an nginx on this machine and checks what was written.
fn written(tree: &[Directive]) {
    let locals = (5000..).map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let ports: BTreeMap<_, _> = Config::of(tree)
        .ports
        .into_iter()
        .zip(locals)
        .map(|((port, proxied), local)| (port, (local, proxied)))
        .collect();
    let Ok(text) = nginx::translate(tree, Ipv4Addr::LOCALHOST, &ports) else { return };
    let meant = nginx::local_tree(tree, Ipv4Addr::LOCALHOST, &ports).expect("it was translated");
    let addresses = ports.values().map(|(local, _)| *local).collect();
    assert_eq!(nginx::beyond(&text, &meant, &addresses), None, "{text}");
}
