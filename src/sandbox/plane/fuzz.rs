//! What an instance reads, for fuzzing: its user data, nginx's configuration and pages.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use super::machine::disk::Disk;
use super::machine::nginx::{self, Config, Directive, Variables, parse, read};
use super::machine::script::user_data;

/// Takes `bytes` for user data.
#[doc(hidden)]
pub fn fuzz_user_data(bytes: &[u8]) {
    let program = user_data::parse(&String::from_utf8_lossy(bytes));
    let _ = (format!("{program:?}"), program.hosts());
}

/// Takes `bytes` for nginx's main file, for one that it includes, and for a page.
///
/// # Panics
/// Where what is made of them for an nginx on this machine is not read back as it was meant, or reaches beyond the instance's
/// folder or the addresses of this machine.
#[doc(hidden)]
pub fn fuzz_nginx(bytes: &[u8]) {
    for path in ["/etc/nginx/nginx.conf", "/etc/nginx/conf.d/fuzz.conf", "/etc/nginx/default.d/fuzz.conf"] {
        let mut disk = Disk::default();
        let _ = disk.write(path, bytes, false);
        let Ok(tree) = read(&disk) else { continue };
        written(&tree);
    }
    // What nginx would not start with is no way around it either.
    if let Ok(tree) = parse(bytes) {
        written(&tree);
    }
    let page = String::from_utf8_lossy(bytes);
    let Ok(remote) = "10.0.1.10:4000".parse() else { return };
    let variables = Variables { remote, proxied: None, host: "h", uri: &page, date: String::new() };
    let _ = (nginx::include(&page, &variables), nginx::page(bytes));
}

/// Writes a tree for an nginx on this machine, and looks at what was written.
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
