//! Judges how far a written configuration reaches: from the text alone, as nginx will read it, independently of the
//! code that wrote it.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::allowed::rule_of;
use super::directive::Directive;
use super::rule::Kind;
use super::tree::parse;
use super::values::is_fixed_path;

/// Directives that only we write.
const OURS: &str = "\
    client_body_temp_path daemon error_log fastcgi_temp_path master_process pid port_in_redirect proxy_temp_path real_ip_header \
    scgi_temp_path set_real_ip_from uwsgi_temp_path worker_connections worker_rlimit_nofile";

/// Returns what the text has that is not in `tree`, or that reaches beyond the folder's `root` or `addresses`. `None`
/// if there is nothing.
pub fn beyond(text: &str, tree: &[Directive], addresses: &BTreeSet<SocketAddr>) -> Option<String> {
    match parse(text.as_bytes()) {
        Err(error) => Some(error),
        Ok(seen) if seen != tree => Some("another tree".to_owned()),
        Ok(seen) => seen.iter().find_map(|it| reaches(it, addresses)),
    }
}

fn reaches(directive: &Directive, addresses: &BTreeSet<SocketAddr>) -> Option<String> {
    let name = directive.name();
    let values = directive.values();
    let below = |path: &&str| path.starts_with("root/") && is_fixed_path(path);
    let address =
        |text: &&str| text.parse().is_ok_and(|it: SocketAddr| it.ip().is_loopback() && addresses.contains(&it));
    let stays = match (name, values.as_slice()) {
        ("root" | "alias" | "pid", [path]) => below(path),
        (_, [path]) if name.ends_with("_temp_path") => below(path),
        ("access_log", ["off"]) | ("error_log", ["stderr"]) => true,
        ("access_log", [file, ..]) => *file == "/dev/stdout",
        ("listen", [first, "proxy_protocol", ..]) => address(first),
        ("error_log" | "listen" | "include", _) => false,
        ("daemon" | "master_process", [value]) => *value == "off",
        _ => true,
    };
    let known = OURS.split_whitespace().any(|it| it == name)
        || rule_of(name).is_some_and(|it| it.kind != Kind::Decided && it.has_block() == directive.block.is_some());
    if !stays || !known {
        return Some(directive.words.join(" "));
    }
    let block = directive.block.as_deref().unwrap_or_default();
    match name {
        // The entries of these blocks are not directives, except `include`.
        "map" | "geo" | "types" => {
            let entry = block.iter().find(|it| it.name() == "include" || it.block.is_some())?;
            Some(entry.words.join(" "))
        }
        _ => block.iter().find_map(|it| reaches(it, addresses)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_beyond_is_seen_whoever_wrote_it() {
        let addresses = BTreeSet::from([SocketAddr::from(([127, 0, 0, 1], 5000))]);
        let judge = |text: &str| beyond(text, &parse(text.as_bytes()).unwrap(), &addresses);
        for text in [
            "http { server { listen 127.0.0.1:5000 proxy_protocol; root root/srv; } }",
            "error_log stderr; pid root/tmp/nginx.pid; http { access_log /dev/stdout combined; types { a/b c; } }",
        ] {
            assert_eq!(judge(text), None, "{text}");
        }
        for text in [
            "http { server { listen 127.0.0.1:5001 proxy_protocol; } }",
            "http { server { listen 0.0.0.0:5000 proxy_protocol; } }",
            "http { server { listen 127.0.0.1:5000; } }",
            "http { server { root /srv; } }",
            "http { server { root root/../..; } }",
            "http { server { root root/$arg_x; } }",
            "http { access_log /tmp/x; }",
            "http { error_log /tmp/x; }",
            "http { include /etc/passwd; }",
            "http { types { 'include' /etc/passwd; } }",
            "http { map $a $b { include /etc/passwd; } }",
            "http { proxy_pass http://10.0.0.1; }",
            "load_module x.so;",
            "daemon on;",
            "client_body_temp_path /tmp;",
        ] {
            assert!(judge(text).is_some(), "{text}");
        }
        assert!(beyond("etag on;", &parse(b"etag off;").unwrap(), &addresses).is_some());
        assert!(beyond("etag", &[], &addresses).is_some());
    }
}
