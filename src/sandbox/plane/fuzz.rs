//! What an instance reads, for fuzzing: its user data, nginx's configuration and pages.

use std::net::{Ipv4Addr, SocketAddr};

use super::disk::Disk;
use super::nginx::{self, Config, Directive, Variables, parse, plain, read};
use super::user_data;

/// Takes `bytes` for user data.
#[doc(hidden)]
pub fn fuzz_user_data(bytes: &[u8]) {
    let program = user_data::parse(&String::from_utf8_lossy(bytes));
    let _ = (format!("{program:?}"), program.hosts());
}

/// Takes `bytes` for nginx's main file, for one that it includes, and for a page.
///
/// # Panics
/// Where what is made of them for an nginx on this machine is no configuration, or includes a file.
#[doc(hidden)]
pub fn fuzz_nginx(bytes: &[u8]) {
    for path in ["/etc/nginx/nginx.conf", "/etc/nginx/conf.d/fuzz.conf"] {
        let mut disk = Disk::default();
        disk.write(path, bytes, false);
        let Ok(tree) = read(&disk) else { continue };
        let config = Config::of(&tree);
        let local = SocketAddr::from(([127, 0, 0, 1], 5000));
        let ports = config.ports.iter().map(|(port, proxied)| (*port, (local, *proxied))).collect();
        let Ok(translated) = nginx::translate(&tree, Ipv4Addr::LOCALHOST, &ports) else { continue };
        let again = parse(&translated).expect("what nginx is given is a configuration");
        let includes = Directive::all(&again).iter().any(|it| plain(it.name()) == "include");
        assert!(!includes, "nginx is given only what was looked at");
    }
    let page = String::from_utf8_lossy(bytes);
    let Ok(remote) = "10.0.1.10:4000".parse() else { return };
    let variables = Variables { remote, proxied: None, host: "h", uri: &page, date: String::new() };
    let _ = (nginx::include(&page, &variables), nginx::page(bytes));
}
