//! Properties that hold for every tree, every text and every byte.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::builtin::Config;
use super::directive::Directive;
use super::page::page;
use super::reach::beyond;
use super::translate::{local_tree, translate};
use super::tree::{parse, read};
use super::write::write;
use crate::sandbox::plane::machine::disk::Disk;

/// Pieces that mean something to nginx, or nearly.
pub const PIECES: &[&str] = &[
    "http",
    "server",
    "location",
    "map",
    "types",
    "geo",
    "if",
    "limit_except",
    "events",
    "listen",
    "root",
    "alias",
    "include",
    "'include'",
    "try_files",
    "access_log",
    "log_format",
    "set",
    "return",
    "add_header",
    "index",
    "error_page",
    "ssi",
    "on",
    "off",
    "proxy_pass",
    "load_module",
    "80",
    "8080",
    "0.0.0.0:81",
    "unix:/x",
    "/srv",
    "/",
    "..",
    "/..",
    "$uri",
    "${uri}",
    "$arg_x",
    "\\$",
    "${",
    "\\${",
    "$",
    "{",
    "{",
    "}",
    "}",
    ";",
    ";",
    ";",
    " ",
    " ",
    " ",
    "\n",
    "\t",
    "\r",
    "\"",
    "'",
    "\\",
    "\\\"",
    "\\'",
    "\\n",
    "#",
    ")",
    "(",
    "=",
    "~",
    "^~",
    "@x",
    "default",
    "/var/log/nginx/access.log",
    "combined",
    "\u{feff}",
    "\0",
    "あ",
];

/// A main file that nginx probably accepts, with a choice of many directives.
pub fn likely() -> impl Strategy<Value = String> {
    const LINES: &[&str] = &[
        "root /srv/www;",
        "index index.html;",
        "ssi on;",
        "server_name a.example ~^b\\.(c|d)$;",
        "try_files $uri $uri/ =404;",
        "error_page 404 /404.html;",
        "add_header X-A \"$host\\\"; {} #\" always;",
        "return 200 'a;b{c}\\'d\\n';",
        "set $mine ${host}x;",
        "autoindex on;",
        "expires 1h;",
        "types { text/html html; 'application/x' x; }",
        "access_log /var/log/nginx/access.log main;",
        "location = /x { internal; }",
        "location ~ \\.(png|ico)$ { etag off; }",
        "location /i/ { alias /srv/i/; }",
        "location /y { limit_except GET { deny all; } }",
        "if ($request_method = POST) { return 405; }",
        "gzip on;",
        "charset utf-8;",
        "if ($arg_x ~ \"^(a|b)$\") { return 200 $1; }",
        "location @n { return 204; }",
        "sub_filter 'a\\\\' \"$server_addr\";",
    ];
    // Each line at most once, because nginx refuses most directives a second time.
    (subsequence(LINES, 0..10), subsequence(LINES, 0..6), 0_u16..4).prop_map(|(first, second, more)| {
        let mut out = "http { log_format main '$remote_addr \"$request\" ${status}'; map $arg_x $y { default a; \\include '}'; } ".to_owned();
        let listen = |port: u16| format!("server {{ listen {}; ", 80 + port);
        out += &(listen(0) + &first.join("\n") + "}\n");
        for port in 1..=more {
            out += &(listen(port) + &second.join(" ") + "}");
        }
        out + "}"
    })
}

/// Gives each port of a configuration an address of this machine.
pub fn local_ports(config: &Config, from: u16) -> BTreeMap<u16, (SocketAddr, bool)> {
    let locals = (from..).map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    config.ports.iter().zip(locals).map(|((port, proxied), local)| (*port, (local, *proxied))).collect()
}

fn disk(path: &str, bytes: &[u8]) -> Disk {
    let mut disk = Disk::default();
    disk.write(path, bytes, false).unwrap();
    disk
}

/// Whatever is on the disk, the configuration that is run stays below the folder and on its addresses, and reads back
/// as intended.
fn stays(disk: &Disk) -> Result<(), TestCaseError> {
    let Ok(tree) = read(disk) else { return Ok(()) };
    let ports = local_ports(&Config::of(&tree), 5000);
    let Ok(text) = translate(&tree, [10, 0, 1, 5].into(), &ports) else { return Ok(()) };
    let meant = local_tree(&tree, [10, 0, 1, 5].into(), &ports).expect("it was translated");
    let addresses: BTreeSet<SocketAddr> = ports.values().map(|(local, _)| *local).collect();
    prop_assert_eq!(beyond(&text, &meant, &addresses), None);
    prop_assert!(!text.contains("19999") && text.is_char_boundary(0));
    Ok(())
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_]{1,8}",
        "[\\\\\"'$#{}(); \\t\\r\\nntr\\]a]{0,12}",
        "\\PC{0,8}",
        vec(select(PIECES), 0..4).prop_map(|it| it.concat().replace('\0', ""))
    ]
}

fn tree() -> impl Strategy<Value = Vec<Directive>> {
    let leaf = vec(word(), 1..5).prop_map(|words| directive(words, None));
    let inner = leaf.prop_recursive(4, 40, 6, |inner| {
        (vec(word(), 1..4), vec(inner, 0..6)).prop_map(|(words, block)| directive(words, Some(block)))
    });
    vec(inner, 0..6)
}

fn directive(words: Vec<String>, block: Option<Vec<Directive>>) -> Directive {
    Directive::ours(&[], None).at(words, block)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(tree in tree()) {
        let all: String = Directive::everything(&tree).iter().flat_map(|it| it.words.clone()).collect();
        if let Some(text) = write(&tree) {
            prop_assert_eq!(parse(text.as_bytes()).expect("it is a configuration"), tree);
        } else {
            let odd = all.chars().any(|it| it.is_control() || it == char::REPLACEMENT_CHARACTER);
            prop_assert!(odd);
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in vec(any::<u8>(), 0..300), main in any::<bool>()) {
        stays(&disk(if main { "/etc/nginx/nginx.conf" } else { "/etc/nginx/conf.d/x.conf" }, &bytes))?;
        page(&bytes);
    }

    #[test]
    fn no_pieces_reach_beyond(
        pieces in vec(select(PIECES), 0..60),
        path in select(&["/etc/nginx/nginx.conf", "/etc/nginx/conf.d/x.conf", "/etc/nginx/default.d/x.conf"][..]),
    ) {
        stays(&disk(path, pieces.concat().as_bytes()))?;
        stays(&disk(path, pieces.join(" ").as_bytes()))?;
    }

    #[test]
    fn no_change_of_what_runs_reaches_beyond(
        text in likely(),
        changes in vec((any::<usize>(), 0_usize..12, select(PIECES)), 0..4),
    ) {
        let mut text = text;
        for (at, length, piece) in changes {
            let near = |at: usize| (0..=at).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
            let from = near(at % (text.len() + 1));
            let to = near((from + length).min(text.len())).max(from);
            text.replace_range(from..to, piece);
        }
        stays(&disk("/etc/nginx/nginx.conf", text.as_bytes()))?;
    }

    #[test]
    fn what_is_likely_runs(text in likely()) {
        let tree = read(&disk("/etc/nginx/nginx.conf", text.as_bytes())).map_err(TestCaseError::fail)?;
        let seen = translate(&tree, [10, 0, 1, 5].into(), &local_ports(&Config::of(&tree), 5000));
        prop_assert!(seen.is_ok(), "{seen:?}");
    }
}
