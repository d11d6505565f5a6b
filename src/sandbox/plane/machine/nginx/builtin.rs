//! What nginx does with its configuration and pages, as far as the built-in server imitates it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddrV4;

use super::directive::Directive;
use super::listen::{is_loopback, port_of};
use crate::host::net::Cidr;

/// The default folder of pages.
pub const ROOT: &str = "/usr/share/nginx/html/";
pub const ACCESS_LOG: &str = "/var/log/nginx/access.log";
/// The name in answers, chosen so that nobody takes it for a real nginx.
pub const SERVER: &str = "nginx (pllab sandbox)";
/// The page of a server that has none.
pub const DEFAULT_PAGE: &str = "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n\
    <h1>Welcome to nginx!</h1>\n<p>This is the default page of the pllab sandbox's web server, which stands in for \
    nginx on Amazon Linux 2023.</p>\n</body>\n</html>\n";

/// Directives that change what nginx answers, but not what the built-in server does.
const NOT_FOLLOWED: [&str; 25] = [
    "add_header",
    "alias",
    "allow",
    "auth_basic",
    "auth_request",
    "autoindex",
    "deny",
    "error_page",
    "expires",
    "fastcgi_pass",
    "grpc_pass",
    "internal",
    "limit_conn",
    "limit_rate",
    "limit_req",
    "memcached_pass",
    "proxy_pass",
    "return",
    "rewrite",
    "scgi_pass",
    "ssl_certificate",
    "stub_status",
    "sub_filter",
    "try_files",
    "uwsgi_pass",
];

/// The names of a configuration's directives that the built-in server does not follow.
pub fn not_followed(tree: &[Directive]) -> BTreeSet<&str> {
    let elsewhere = |directive: &Directive| match (directive.name(), directive.values().as_slice()) {
        ("root", [folder]) => folder.trim_end_matches('/') != ROOT.trim_end_matches('/'),
        ("index", names) => names.first() != Some(&"index.html"),
        (name, _) => NOT_FOLLOWED.contains(&name),
    };
    Directive::all(tree).into_iter().filter(|it| elsewhere(it)).map(Directive::name).collect()
}

/// What the built-in server reads of its configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The ports it listens on, and whether each expects the PROXY protocol.
    pub ports: BTreeMap<u16, bool>,
    /// Those on which only the instance itself reaches it.
    pub loopback: BTreeSet<u16>,
    /// Whether server-side includes are on.
    pub ssi: bool,
    /// Whether the client's address is taken from the PROXY protocol.
    real_ip: bool,
    /// The blocks whose addresses it trusts for that.
    trusted: Vec<Cidr>,
}

impl Config {
    pub fn of(tree: &[Directive]) -> Self {
        let mut config = Self::default();
        let mut open = BTreeSet::new();
        for directive in Directive::all(tree) {
            let values = directive.values();
            match (directive.name(), values.as_slice()) {
                ("ssi", ["on"]) => config.ssi = true,
                ("real_ip_header", ["proxy_protocol"]) => config.real_ip = true,
                ("set_real_ip_from", [block]) => config.trusted.extend(read_block(block)),
                ("listen", [address, rest @ ..]) => {
                    // The setting belongs to the socket: one server that sets it decides for all servers on that
                    // port.
                    if let Some(port) = port_of(address) {
                        if is_loopback(address) {
                            config.loopback.insert(port);
                        } else {
                            open.insert(port);
                        }
                        *config.ports.entry(port).or_default() |= rest.contains(&"proxy_protocol");
                    }
                }
                ("server", []) => {
                    let block = directive.block.as_deref().unwrap_or_default();
                    if !block.iter().any(|it| it.name() == "listen") {
                        open.insert(80);
                        config.ports.entry(80).or_default();
                    }
                }
                _ => {}
            }
        }
        config.loopback.retain(|port| !open.contains(port));
        config
    }

    /// Keeps the first ports, at most so many, and returns how many are left out.
    pub fn keep_ports(&mut self, most: usize) -> usize {
        let first = self.ports.keys().nth(most).copied();
        first.map_or(0, |first| self.ports.split_off(&first).len())
    }

    /// The client's address of a request that came from `from`, with a header that names `proxied`.
    pub fn remote(&self, from: SocketAddrV4, proxied: SocketAddrV4) -> SocketAddrV4 {
        let believes = |block: &Cidr| block.has(*from.ip());
        if self.real_ip && self.trusted.iter().any(believes) { proxied } else { from }
    }
}

fn read_block(text: &str) -> Option<Cidr> {
    if text.contains('/') { text.parse().ok() } else { Cidr::around(text.parse().ok()?, 32) }
}

/// What a page may say about the request it answers.
#[derive(Clone, Debug)]
pub struct Variables<'a> {
    /// The client's address.
    pub remote: SocketAddrV4,
    /// The address in the PROXY protocol's header.
    pub proxied: Option<SocketAddrV4>,
    /// The request's `Host`, without a port.
    pub host: &'a str,
    pub uri: &'a str,
    /// The time, as nginx writes it.
    pub date: String,
}

impl Variables<'_> {
    fn get(&self, name: &str) -> Option<String> {
        Some(match name {
            "remote_addr" => self.remote.ip().to_string(),
            "remote_port" => self.remote.port().to_string(),
            "proxy_protocol_addr" => self.proxied?.ip().to_string(),
            "host" => self.host.to_owned(),
            "request_uri" => self.uri.to_owned(),
            "date_local" => self.date.clone(),
            _ => return None,
        })
    }
}

/// Replaces `<!--# echo var="…" -->` in a page. An unknown variable reads `(none)`, as in nginx; values are escaped.
pub fn include(page: &str, variables: &Variables<'_>) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<!--#") {
        out.push_str(before);
        let Some((command, tail)) = after.split_once("-->") else {
            // No later command can be closed either.
            return out + "<!--#" + after;
        };
        let name = command.trim().strip_prefix("echo").map(str::trim).and_then(|it| it.strip_prefix("var="));
        if let Some(name) = name {
            let name = name.trim_start_matches(['"', '\'']).split(['"', '\'']).next().unwrap_or_default();
            let value = variables.get(name).unwrap_or_else(|| "(none)".to_owned());
            out.push_str(&value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"));
        }
        rest = tail;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::plane::machine::disk::Disk;
    use crate::sandbox::plane::machine::nginx::read;

    #[test]
    fn a_page_knows_who_asks() {
        let variables = Variables {
            remote: SocketAddrV4::new([10, 0, 1, 10].into(), 4000),
            proxied: None,
            host: "web",
            uri: "/<a>",
            date: "now".to_owned(),
        };
        for (page, wanted) in [
            ("seen <!--# echo var=\"remote_addr\" --> ok", "seen 10.0.1.10 ok"),
            ("<!--#echo var='host'--><!--# echo var=\"date_local\" -->", "webnow"),
            ("<!--# echo var=\"request_uri\" -->", "/&lt;a&gt;"),
            ("<!--# echo var=\"what\" -->", "(none)"),
            ("<!-- plain --> <!--# unclosed <!--# ", "<!-- plain --> <!--# unclosed <!--# "),
        ] {
            assert_eq!(include(page, &variables), wanted);
        }
    }

    #[test]
    fn its_configuration_decides_ports_and_proxy_protocol() {
        let config = |disk: &Disk| Config::of(&read(disk).unwrap());
        let mut disk = Disk::default();
        assert_eq!(config(&disk).ports, BTreeMap::from([(80, false)]));
        disk.write("/etc/nginx/default.d/lab.conf", b"ssi on; # yes\n#real_ip_header proxy_protocol;", false).unwrap();
        disk.write("/etc/nginx/conf.d/pp.conf", b"server { listen 80 proxy_protocol; listen 127.0.0.1:8080; }", false)
            .unwrap();
        disk.write("/etc/nginx/notes.txt", b"listen 99;", false).unwrap();
        let ports = BTreeMap::from([(80, true), (8080, false)]);
        let loopback = [8080].into();
        assert_eq!(config(&disk), Config { ports, loopback, ssi: true, ..Config::default() });
        disk.write("/etc/nginx/nginx.conf", b"http { server { } server { listen [::]:81; } }", false).unwrap();
        assert_eq!(config(&disk).ports, BTreeMap::from([(80, false), (81, false)]));
    }

    #[test]
    fn what_it_does_not_follow_is_named() {
        let mut disk = Disk::default();
        assert!(not_followed(&read(&disk).unwrap()).is_empty());
        let text = b"server { listen 81; root /srv; location / { return 404; } location /a { proxy_pass http://127.0.0.1:1; } }";
        disk.write("/etc/nginx/conf.d/x.conf", text, false).unwrap();
        assert_eq!(not_followed(&read(&disk).unwrap()), BTreeSet::from(["proxy_pass", "return", "root"]));
    }

    #[test]
    fn only_who_is_trusted_is_believed() {
        let (node, client) = (SocketAddrV4::new([10, 0, 1, 7].into(), 1), SocketAddrV4::new([10, 9, 9, 9].into(), 2));
        for (text, wanted) in [
            ("real_ip_header proxy_protocol;", node),
            ("real_ip_header proxy_protocol; set_real_ip_from 10.0.2.0/24;", node),
            ("set_real_ip_from 10.0.1.0/24;", node),
            ("real_ip_header proxy_protocol; set_real_ip_from 10.0.1.0/24;", client),
            ("real_ip_header proxy_protocol; set_real_ip_from 10.0.1.7;", client),
            ("real_ip_header proxy_protocol; set_real_ip_from 0.0.0.0/0;", client),
        ] {
            let mut disk = Disk::default();
            disk.write("/etc/nginx/conf.d/x.conf", text.as_bytes(), false).unwrap();
            assert_eq!(Config::of(&read(&disk).unwrap()).remote(node, client), wanted, "{text}");
        }
    }
}
