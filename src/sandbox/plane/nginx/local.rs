//! A learner's nginx configuration as nginx can run it on this machine: on ports of the loopback interface, with every path
//! below one folder, with the addresses that AWS would show, and with nothing that reaches beyond that.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};

use super::builtin::{ACCESS_LOG, port_of};
use super::tree::{Directive, plain};

/// Directives that only say how to answer, and may stand as they are. What is in no list is not run: it might open a
/// connection, write a file, or run a program.
const HARMLESS: &str = "\
    absolute_redirect add_header allow autoindex autoindex_exact_size autoindex_format autoindex_localtime break \
    charset chunked_transfer_encoding client_body_buffer_size client_body_timeout client_header_buffer_size \
    client_header_timeout client_max_body_size default_type deny empty_gif etag expires gzip gzip_comp_level \
    gzip_disable gzip_min_length gzip_proxied gzip_types gzip_vary if_modified_since internal keepalive_disable \
    keepalive_requests keepalive_timeout large_client_header_buffers limit_rate limit_rate_after lingering_close \
    lingering_time lingering_timeout log_not_found log_subrequest map_hash_bucket_size map_hash_max_size max_ranges \
    merge_slashes msie_padding open_file_cache open_log_file_cache output_buffers override_charset postpone_output \
    reset_timedout_connection return satisfy send_timeout sendfile sendfile_max_chunk server_name \
    server_name_in_redirect server_names_hash_bucket_size server_names_hash_max_size server_tokens set \
    source_charset ssi ssi_last_modified ssi_min_file_chunk ssi_silent_errors ssi_types ssi_value_length stub_status \
    sub_filter sub_filter_last_modified sub_filter_once sub_filter_types tcp_nodelay tcp_nopush \
    types_hash_bucket_size types_hash_max_size underscores_in_headers variables_hash_bucket_size \
    variables_hash_max_size";
/// Blocks whose contents are looked at in turn.
const BLOCKS: &str = "limit_except location server";
/// What is decided here, not by the learner.
const OURS: &str = "\
    error_log events pcre_jit pid port_in_redirect real_ip_header real_ip_recursive set_real_ip_from user \
    worker_cpu_affinity worker_connections worker_priority worker_processes worker_rlimit_nofile \
    worker_shutdown_timeout";
/// Those that name a file or a folder.
const PATHS: &str = "alias root";

/// Variables whose values on AWS are not known to nginx here.
const UNTOLD: &[&str] = &["proxy_protocol_server_", "realip_remote_"];

/// Variables that mean something else here, and those that mean what they would on AWS.
const RENAMED: &[(&str, &str)] = &[
    ("proxy_protocol_addr", "pllab_proxied_addr"),
    ("proxy_protocol_port", "pllab_proxied_port"),
    ("server_addr", "pllab_addr"),
    ("server_port", "pllab_port"),
];

/// What cannot be run here: the directive's name, or a variable's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsafe(pub String);

/// The configuration for nginx in a folder whose `root` stands for the instance's disk. `ports` tells where each of the
/// instance's ports is here, and whether a load balancer's PROXY protocol header is expected there; `address` is the instance's.
///
/// # Errors
/// The first directive that is not run here.
pub fn translate(
    tree: &[Directive],
    address: Ipv4Addr,
    ports: &BTreeMap<u16, (SocketAddr, bool)>,
) -> Result<String, Unsafe> {
    let mut out = String::from(
        "daemon off;\nmaster_process off;\nworker_rlimit_nofile 16384;\npid root/tmp/nginx.pid;\nerror_log stderr;\n\
         events { worker_connections 8192; }\nhttp {\n",
    );
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{kind}_temp_path root/tmp/{kind};");
    }
    // Whom nginx may believe was decided before the connection came to it: the header on it says who AWS would say it is. Of a
    // load balancer's own header, which nginx would find before its eyes on AWS, it says the source where the destination goes.
    out.push_str("set_real_ip_from 127.0.0.1;\nreal_ip_header proxy_protocol;\nport_in_redirect off;\n");
    for (name, from) in [("addr", "$proxy_protocol_server_addr"), ("port", "$proxy_protocol_server_port")] {
        // What nginx writes to its log for what is not there.
        let _ = write!(out, "map $server_port $pllab_proxied_{name} {{ default -;");
        for (address, _) in ports.values().filter(|(_, proxied)| *proxied) {
            let _ = write!(out, " {} {from};", address.port());
        }
        out.push_str(" }\n");
    }
    let _ = writeln!(out, "map $server_port $pllab_addr {{ default {address}; }}");
    out.push_str("map $server_port $pllab_port { default \"\";");
    for (port, (address, _)) in ports {
        let _ = write!(out, " {} {port};", address.port());
    }
    out.push_str(" }\n");
    let mut writer = Writer { ports, out };
    for directive in tree {
        match (directive.name(), &directive.block) {
            ("http", Some(block)) => writer.http(block)?,
            (name, _) if has(OURS, name) => {}
            (name, _) => return Err(Unsafe(name.to_owned())),
        }
    }
    writer.out.push_str("}\n");
    Ok(writer.out)
}

/// A page with the variables that mean what they would on AWS.
pub fn page(bytes: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains("<!--#") => {
            let mut text = text.to_owned();
            for ((name, here), quote) in RENAMED.iter().flat_map(|name| ['"', '\''].map(|quote| (name, quote))) {
                text = text.replace(&format!("var={quote}{name}{quote}"), &format!("var={quote}{here}{quote}"));
            }
            text.into_bytes()
        }
        _ => bytes.to_vec(),
    }
}

struct Writer<'a> {
    ports: &'a BTreeMap<u16, (SocketAddr, bool)>,
    out: String,
}

impl Writer<'_> {
    fn http(&mut self, block: &[Directive]) -> Result<(), Unsafe> {
        let says = |name| block.iter().any(|it| it.name() == name);
        if !says("access_log") {
            self.out.push_str("access_log /dev/stdout combined;\n");
        }
        if !says("root") {
            self.out.push_str("root root/usr/share/nginx/html;\n");
        }
        self.block(block)
    }

    fn block(&mut self, block: &[Directive]) -> Result<(), Unsafe> {
        block.iter().try_for_each(|directive| self.directive(directive))
    }

    fn directive(&mut self, directive: &Directive) -> Result<(), Unsafe> {
        let name = directive.name();
        let refuse = || Err(Unsafe(name.to_owned()));
        let untold = |word: &String| UNTOLD.iter().find(|variable| word.contains(**variable));
        if let Some(variable) = directive.words.iter().find_map(untold) {
            return Err(Unsafe((*variable).to_owned()));
        }
        let values = directive.values();
        match (name, &directive.block) {
            _ if has(OURS, name) => {}
            // Each server's own are written with it.
            ("listen", None) => {}
            ("server", Some(block)) => {
                self.out.push_str("server {\n");
                self.listen(block)?;
                self.block(block)?;
                self.out.push_str("}\n");
            }
            // What a regular expression of these captures could put another path in the place of the one that was looked at.
            ("map", Some(block)) if block.iter().any(|it| plain(it.name()).starts_with('~')) => return refuse(),
            // In these a quoted name is a directive as well.
            ("map" | "types", Some(block)) if block.iter().any(|it| plain(it.name()) == "include") => return refuse(),
            ("map" | "types", Some(block)) if block.iter().all(|it| it.block.is_none()) => {
                self.open(&directive.words);
                for it in block {
                    self.write(&it.words);
                }
                self.out.push_str("}\n");
            }
            (_, Some(block)) if has(BLOCKS, name) => {
                self.open(&directive.words);
                self.block(block)?;
                self.out.push_str("}\n");
            }
            ("access_log", None) => match values.as_slice() {
                ["off"] => self.out.push_str("access_log off;\n"),
                [ACCESS_LOG] => self.out.push_str("access_log /dev/stdout combined;\n"),
                [ACCESS_LOG, format, ..] if !format.contains(['=', '$']) => {
                    let _ = writeln!(self.out, "access_log /dev/stdout {};", directive.words[2]);
                }
                _ => return refuse(),
            },
            ("log_format", None) => self.write(&directive.words),
            (_, None) if has(PATHS, name) => {
                let [path] = values.as_slice() else { return refuse() };
                if !is_fixed(path) {
                    return refuse();
                }
                let path = if path.starts_with('/') { (*path).to_owned() } else { format!("/usr/share/nginx/{path}") };
                let _ = writeln!(self.out, "{name} \"root{path}\";");
            }
            // They lead to files: only what nginx has made of the request's own path may stand in them, and no way up.
            ("error_page" | "index" | "try_files", None) => {
                if !values.iter().all(|value| is_fixed(&without_uri(value))) {
                    return refuse();
                }
                self.write(&directive.words);
            }
            (_, None) if has(HARMLESS, name) => self.write(&directive.words),
            _ => return refuse(),
        }
        Ok(())
    }

    /// The ports of a server, each once: a second address of the same port is the same here.
    fn listen(&mut self, block: &[Directive]) -> Result<(), Unsafe> {
        let mut told = BTreeMap::new();
        for directive in block.iter().filter(|it| it.name() == "listen") {
            let values = directive.values();
            let known = ["default_server", "proxy_protocol", "reuseport", "deferred"];
            let is_known = |it: &&str| known.contains(it) || it.starts_with("backlog=") || it.starts_with("ipv6only=");
            let port = values.first().and_then(|address| port_of(address));
            let (Some(port), true) = (port, values.iter().skip(1).all(is_known)) else {
                return Err(Unsafe(directive.words.join(" ")));
            };
            *told.entry(port).or_insert(false) |= values.contains(&"default_server");
        }
        if told.is_empty() {
            told.insert(80, false);
        }
        for (port, is_default) in told {
            let Some((local, _)) = self.ports.get(&port) else { return Err(Unsafe(format!("listen {port}"))) };
            let more = if is_default { " default_server" } else { "" };
            let _ = writeln!(self.out, "listen {local} proxy_protocol{more};");
        }
        Ok(())
    }

    fn open(&mut self, words: &[String]) {
        self.out.push_str(&local(&words.join(" ")));
        self.out.push_str(" {\n");
    }

    fn write(&mut self, words: &[String]) {
        self.out.push_str(&local(&words.join(" ")));
        self.out.push_str(";\n");
    }
}

fn has(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|word| word == name)
}

/// Whether a path stays where it seems to be.
fn is_fixed(path: &str) -> bool {
    !path.contains('$') && !path.split('/').any(|part| part == "..") && !path.contains(['"', '\\', '\n'])
}

/// A path without nginx's own `$uri`.
fn without_uri(path: &str) -> String {
    let mut parts = path.split("$uri");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // Another variable whose name begins like it.
        if part.starts_with(|next: char| next == '_' || next.is_ascii_alphanumeric()) {
            out.push('$');
        }
        out.push_str(part);
    }
    out
}

/// Words with the variables that mean something else here.
fn local(words: &str) -> String {
    let mut words = words.to_owned();
    for (name, here) in RENAMED {
        words = words
            .replace(&format!("${name}"), &format!("${here}"))
            .replace(&format!("${{{name}}}"), &format!("${{{here}}}"));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::plane::disk::Disk;
    use crate::sandbox::plane::nginx::read;

    fn run(http: &str) -> Result<String, String> {
        let mut disk = Disk::default();
        disk.write("/etc/nginx/nginx.conf", format!("user nginx;\nevents {{}}\nhttp {{ {http} }}").as_bytes(), false);
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let ports = BTreeMap::from([(80, (local(5000), true)), (8080, (local(5001), false))]);
        translate(&read(&disk).unwrap(), [10, 0, 1, 5].into(), &ports).map_err(|Unsafe(name)| name)
    }

    #[test]
    fn ports_paths_and_addresses_become_those_of_this_machine() {
        for (http, wanted) in [
            (
                "server { listen 8080; root /srv; }",
                "server {\nlisten 127.0.0.1:5001 proxy_protocol;\nroot \"root/srv\";\n}\n",
            ),
            (
                "server { listen 80 default_server; listen [::]:80 default_server; }",
                "server {\nlisten 127.0.0.1:5000 proxy_protocol default_server;\n}\n",
            ),
            ("server { }", "server {\nlisten 127.0.0.1:5000 proxy_protocol;\n}\n"),
            ("access_log /var/log/nginx/access.log main;", "access_log /dev/stdout main;\n"),
            ("log_format main '$proxy_protocol_addr';", "log_format main '$pllab_proxied_addr';\n"),
            ("server { location = /x { return 200 \"$server_port\"; } }", "return 200 \"$pllab_port\";\n"),
            ("server { try_files $uri $uri/ =404; }", "try_files $uri $uri/ =404;\n"),
        ] {
            let seen = run(http).unwrap();
            assert!(seen.contains(wanted), "{http}\n{seen}");
        }
        let seen = run("access_log /var/log/nginx/access.log; root /srv;").unwrap();
        assert_eq!((seen.matches("access_log").count(), seen.matches("\nroot ").count()), (1, 1), "{seen}");
        assert!(!run("set_real_ip_from 10.0.0.0/8; real_ip_header proxy_protocol;").unwrap().contains("10.0.0.0"));
    }

    #[test]
    fn what_would_reach_beyond_the_folder_is_not_run() {
        for (http, wanted) in [
            ("server { location / { proxy_pass http://10.0.0.1; } }", "proxy_pass"),
            ("server { root /srv/../../..; }", "root"),
            ("server { root /srv/$arg_x; }", "root"),
            ("server { try_files /../$uri =404; }", "try_files"),
            ("server { try_files $arg_x =404; }", "try_files"),
            ("server { location / { dav_methods PUT; } }", "dav_methods"),
            ("server { location / { rewrite ^ /$arg_x; } }", "rewrite"),
            ("server { if ($arg_x ~ (.*)) { return 200; } }", "if"),
            ("map $arg_x $y { ~(.*) $1; }", "map"),
            ("types { 'include' /etc/passwd; }", "types"),
            ("map $arg_x $y { \"include\" /etc/passwd; }", "map"),
            ("access_log /tmp/x;", "access_log"),
            ("access_log syslog:server=10.0.0.1;", "access_log"),
            ("client_body_temp_path /tmp;", "client_body_temp_path"),
            ("server { listen 443 ssl; }", "listen 443 ssl"),
            ("server { listen unix:/tmp/x; }", "listen unix:/tmp/x"),
            ("perl_modules /x;", "perl_modules"),
            ("set $uri_x $arg_x; server { try_files $uri_x =404; }", "try_files"),
            ("log_format x $realip_remote_addr;", "realip_remote_"),
            ("upstream x { server 10.0.0.1; }", "upstream"),
        ] {
            assert_eq!(run(http), Err(wanted.to_owned()), "{http}");
        }
        let mut disk = Disk::default();
        disk.write("/etc/nginx/nginx.conf", b"load_module /tmp/x.so;", false);
        assert_eq!(
            translate(&read(&disk).unwrap(), Ipv4Addr::LOCALHOST, &BTreeMap::new()),
            Err(Unsafe("load_module".to_owned()))
        );
    }
}
