//! Known ways to make nginx reach beyond its limits, each with its verdict.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use super::builtin::Config;
use super::translate::translate;
use super::translation::Unsafe;
use super::tree::read;
use crate::sandbox::plane::machine::disk::Disk;

const MAIN: &str = "/etc/nginx/nginx.conf";
const CONF: &str = "/etc/nginx/conf.d/x.conf";
const SERVER: &str = "/etc/nginx/default.d/x.conf";

/// What becomes of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// nginx itself refuses to start with it, with this message.
    Emerg(&'static str),
    /// It is not run on this machine, with this message.
    Refused(&'static str),
    /// It runs, and nginx's configuration contains this.
    Runs(&'static str),
    /// It runs, but none of it is in nginx's configuration.
    Dropped,
}
use Verdict::{Dropped, Emerg, Refused, Runs};

/// Amazon Linux's configuration with one more file, translated.
fn run(path: &str, text: &[u8]) -> Result<String, Result<String, String>> {
    let mut disk = Disk::default();
    disk.write(path, text, false).unwrap();
    let tree = read(&disk).map_err(Ok)?;
    let mut ports = BTreeMap::new();
    for (next, port) in (5000..).zip(Config::of(&tree).ports.into_keys()) {
        ports.insert(port, (SocketAddr::from(([127, 0, 0, 1], next)), false));
    }
    translate(&tree, [10, 0, 1, 5].into(), &ports).map_err(|Unsafe(what)| Err(what))
}

fn judge(table: &[(&str, &str, Verdict)]) {
    let plain = run(SERVER, b"").unwrap();
    for (path, text, verdict) in table {
        let seen = run(path, text.as_bytes());
        match verdict {
            Emerg(wanted) => assert_eq!(seen, Err(Ok((*wanted).to_owned())), "{text}"),
            Refused(wanted) => assert_eq!(seen, Err(Err((*wanted).to_owned())), "{text}"),
            Runs(wanted) => {
                let seen = seen.unwrap_or_else(|error| panic!("{text}: {error:?}"));
                assert!(seen.contains(wanted), "{text}\n{seen}");
            }
            Dropped => {
                let seen = seen.unwrap_or_else(|error| panic!("{text}: {error:?}"));
                let same = if *path == MAIN { seen.contains("\"127.0.0.1:5000\"") } else { seen == plain };
                assert!(same, "{text}\n{seen}");
            }
        }
    }
}

#[test]
fn files_and_modules() {
    judge(&[
        (
            CONF,
            "include /etc/passwd;",
            Emerg("open() \"/etc/passwd\" failed (2: No such file or directory) in /etc/nginx/conf.d/x.conf:1"),
        ),
        (
            CONF,
            "'include' /etc/passwd;",
            Emerg("open() \"/etc/passwd\" failed (2: No such file or directory) in /etc/nginx/conf.d/x.conf:1"),
        ),
        (
            CONF,
            "types { \"include\" /etc/passwd; }",
            Emerg("open() \"/etc/passwd\" failed (2: No such file or directory) in /etc/nginx/conf.d/x.conf:1"),
        ),
        (
            CONF,
            "map $arg_a $b { 'include' /etc/passwd; }",
            Emerg("open() \"/etc/passwd\" failed (2: No such file or directory) in /etc/nginx/conf.d/x.conf:1"),
        ),
        (
            CONF,
            "geo $g { include /etc/passwd; }",
            Emerg("open() \"/etc/passwd\" failed (2: No such file or directory) in /etc/nginx/conf.d/x.conf:1"),
        ),
        (CONF, "types { inclu\\de /etc/passwd; }", Refused("types")),
        (
            CONF,
            "map $arg_a $b { \\include /etc/passwd; }",
            Runs("map \"${arg_a}\" \"$b\" {\n\"\\\\include\" \"/etc/passwd\";\n}\n"),
        ),
        (
            CONF,
            "map $arg_a $b { include; }",
            Emerg("invalid number of the map parameters in /etc/nginx/conf.d/x.conf:1"),
        ),
        (
            MAIN,
            "load_module modules/ngx_stream_module.so; events{} http{ server { listen 80; } }",
            Refused("load_module"),
        ),
        (MAIN, "\"load_module\" modules/x.so; events{} http{ server { listen 80; } }", Refused("load_module")),
        (
            MAIN,
            "l\\oad_module modules/x.so; http{ }",
            Emerg("unknown directive \"l\\oad_module\" in /etc/nginx/nginx.conf:1"),
        ),
        (
            MAIN,
            "events{} stream { server { listen 0.0.0.0:19998; } } http { server { listen 80; } }",
            Refused("stream"),
        ),
        (MAIN, "events{} mail { } http { server { listen 80; } }", Refused("mail")),
        (MAIN, "env PATH; http{ server { listen 80; } }", Refused("env")),
        (MAIN, "working_directory /; http{ server { listen 80; } }", Refused("working_directory")),
        (MAIN, "lock_file /tmp/lock; http{ server { listen 80; } }", Refused("lock_file")),
        (MAIN, "daemon on; http{ }", Refused("daemon")),
        (MAIN, "master_process on; http{ }", Refused("master_process")),
        (MAIN, "thread_pool x threads=1000; http{ }", Refused("thread_pool")),
        (MAIN, "pid /tmp/pid; http{ server { listen 80; } }", Dropped),
        (MAIN, "\"pid\" /tmp/pid; http{ server { listen 80; } }", Dropped),
        (MAIN, "error_log /tmp/err debug; http{ server { listen 80; } }", Dropped),
        (
            MAIN,
            "worker_processes 1000; worker_rlimit_nofile 99999999; events { worker_connections 9999999; } http{ server { listen 80; } }",
            Dropped,
        ),
        (MAIN, "user root; http{ server { listen 80; } }", Dropped),
        (
            MAIN,
            "events { error_log /tmp/err debug; } http{ server { listen 80; } }",
            Emerg("\"error_log\" directive is not allowed here in /etc/nginx/nginx.conf:1"),
        ),
        (CONF, "error_log /tmp/err debug;", Dropped),
        (CONF, "client_body_temp_path /tmp/body;", Refused("client_body_temp_path")),
        (CONF, "ssl_certificate /etc/passwd;", Refused("ssl_certificate")),
        (SERVER, "auth_basic x; auth_basic_user_file /etc/passwd;", Refused("auth_basic")),
        (CONF, "perl_modules /tmp; perl_require x.pm;", Refused("perl_modules")),
        (
            CONF,
            "content_by_lua_block { os.execute(\"id\") }",
            Emerg("unknown directive \"content_by_lua_block\" in /etc/nginx/conf.d/x.conf:1"),
        ),
        (CONF, "js_import /tmp/x.js;", Refused("js_import")),
        (SERVER, "location /p { dav_methods PUT DELETE; create_full_put_path on; }", Refused("dav_methods")),
        (SERVER, "location /p { xslt_stylesheet /etc/passwd; }", Refused("xslt_stylesheet")),
        (SERVER, "location /p { random_index on; }", Refused("random_index")),
        (SERVER, "location /p { flv; }", Refused("flv")),
    ]);
}

#[test]
fn logs() {
    judge(&[
        (CONF, "access_log /tmp/acc;", Refused("access_log")),
        (CONF, "access_log syslog:server=127.0.0.1:5140;", Refused("access_log")),
        (CONF, "access_log memory:32m;", Refused("access_log")),
        (CONF, "access_log /var/log/nginx/$host.log;", Refused("access_log")),
        (CONF, "access_log /var/log/nginx/access.log/../../../../tmp/x;", Refused("access_log")),
        (CONF, "access_log \"/var/log/nginx/access.log \";", Refused("access_log")),
        (
            CONF,
            "access_log /var/log/nginx/access.log \"x; access_log /tmp/acc2\";",
            Emerg("unknown log format \"x; access_log /tmp/acc2\" in /etc/nginx/conf.d/x.conf:1"),
        ),
        (CONF, "access_log /var/log/nginx/access.log;", Runs("access_log \"/dev/stdout\" \"pllab_combined\";\n")),
        (
            CONF,
            "access_log /var/log/nginx/access.log combined buffer=64k flush=1h gzip=9 if=$arg_x;",
            Runs("access_log \"/dev/stdout\" \"pllab_combined\" \"if=${arg_x}\";\n"),
        ),
        (CONF, "access_log /var/log/nginx/access.log combined if=$document_root;", Refused("$document_root")),
        (CONF, "access_log /var/log/nginx/access.log combined x=y;", Refused("access_log")),
        (CONF, "access_log off;", Runs("access_log \"off\";\n")),
        (CONF, "log_format \"x; access_log /tmp/y\" z;", Refused("log_format")),
        (
            CONF,
            "log_format x escape=none '#!/bin/sh\\n$arg_p';",
            Runs("log_format \"x\" \"escape=none\" \"#!/bin/sh\\n${arg_p}\";\n"),
        ),
        (CONF, "log_format pllab_combined x;", Refused("log_format")),
        (CONF, "log_format x $remote_addr;", Runs("log_format \"x\" \"${proxy_protocol_addr}\";\n")),
        (CONF, "log_format x $hostname;", Refused("$hostname")),
        (CONF, "log_format x $realip_remote_addr;", Refused("$realip_remote_addr")),
        (CONF, "log_format x '$1';", Refused("log_format")),
        (
            CONF,
            "log_format combined x;",
            Emerg("duplicate \"log_format\" name \"combined\" in /etc/nginx/conf.d/x.conf:1"),
        ),
        (
            CONF,
            "log_format x '$server_addr:$server_port';",
            Runs("log_format \"x\" \"${pllab_addr}:${pllab_port}\";\n"),
        ),
        (CONF, "open_log_file_cache max=1000000000;", Dropped),
    ]);
}

#[test]
fn addresses() {
    judge(&[
        (CONF, "server { listen 0.0.0.0:19998; }", Runs("listen \"127.0.0.1:5001\" \"proxy_protocol\";\n")),
        (CONF, "server { listen *:19998 backlog=1 bind; }", Runs("listen \"127.0.0.1:5001\" \"proxy_protocol\";\n")),
        (CONF, "server { listen [::]:19998 ipv6only=off; }", Runs("listen \"127.0.0.1:5001\" \"proxy_protocol\";\n")),
        (CONF, "server { listen example.com:19998; }", Runs("listen \"127.0.0.1:5001\" \"proxy_protocol\";\n")),
        (CONF, "server { \"listen\" 8.8.8.8:19998; }", Runs("listen \"127.0.0.1:5001\" \"proxy_protocol\";\n")),
        (CONF, "server { listen unix:/tmp/s; }", Refused("listen unix:/tmp/s")),
        (CONF, "server { listen 19990-19998; }", Refused("listen 19990-19998")),
        (CONF, "server { listen 443 ssl; }", Refused("listen 443 ssl")),
        (CONF, "server { listen 443 quic; }", Refused("listen 443 quic")),
        (
            CONF,
            "server { listen 80 \"backlog=1; listen 0.0.0.0:19998; #\"; }",
            Refused("listen 80 backlog=1; listen 0.0.0.0:19998; #"),
        ),
        (CONF, "server { listen \"80; listen 0.0.0.0:19998\"; }", Refused("listen 80; listen 0.0.0.0:19998")),
        (
            CONF,
            "server { listen 80; listen 80; }",
            Emerg("a duplicate listen 0.0.0.0:80 in /etc/nginx/conf.d/x.conf:1"),
        ),
        (
            CONF,
            "server { listen 81 default_server; } server { listen [::]:81 default_server; }",
            Runs("listen \"127.0.0.1:5001\" \"proxy_protocol\";\nif "),
        ),
        (CONF, "resolver 8.8.8.8;", Refused("resolver")),
        (CONF, "upstream u { server 127.0.0.1:22; }", Refused("upstream")),
        (SERVER, "location /p { proxy_pass http://127.0.0.1:22; }", Refused("proxy_pass")),
        (SERVER, "location /p { \"proxy_pass\" http://127.0.0.1:22; }", Refused("proxy_pass")),
        (SERVER, "location /p { proxy_pas\\s http://127.0.0.1:22; }", Refused("proxy_pas\\s")),
        (SERVER, "location /p { proxy_pass http://unix:/run/docker.sock:/; }", Refused("proxy_pass")),
        (SERVER, "location /p { fastcgi_pass 127.0.0.1:9000; }", Refused("fastcgi_pass")),
        (SERVER, "location /p { uwsgi_pass 127.0.0.1:9000; }", Refused("uwsgi_pass")),
        (SERVER, "location /p { scgi_pass 127.0.0.1:9000; }", Refused("scgi_pass")),
        (SERVER, "location /p { grpc_pass 127.0.0.1:9000; }", Refused("grpc_pass")),
        (SERVER, "location /p { memcached_pass 127.0.0.1:9000; }", Refused("memcached_pass")),
        (SERVER, "location /p { auth_request /x; }", Refused("auth_request")),
        (SERVER, "location /p { mirror /x; }", Refused("mirror")),
        (CONF, "set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For;", Dropped),
        (SERVER, "allow 10.0.0.0/8; deny all;", Runs("allow \"10.0.0.0/8\";\ndeny \"all\";\n")),
        (SERVER, "allow unix:;", Refused("allow")),
    ]);
}

#[test]
fn paths() {
    judge(&[
        (SERVER, "location /r { root /..; }", Refused("root")),
        (SERVER, "location /r { root \"/a/../../..\"; }", Refused("root")),
        (SERVER, "location /r { root '/a\"; alias /etc/; #'; }", Runs("root \"root/a\\\"; alias /etc/; #\";\n")),
        (SERVER, r"location /r { root /\..; }", Refused("root")),
        (SERVER, "location /r { root \"/a\\nb\"; }", Refused("root")),
        (SERVER, "location /r { root /srv/$arg_x; }", Refused("root")),
        (SERVER, "location /r { root \\$arg_x; }", Refused("root")),
        (SERVER, "location /r { root $document_root; }", Refused("root")),
        (SERVER, "location /r { root \"\"; }", Refused("root")),
        (SERVER, "location /r { root /; }", Runs("root \"root/\";\n")),
        (SERVER, "location /r { root srv; }", Runs("root \"root/usr/share/nginx/srv\";\n")),
        (SERVER, "location /i { alias /; autoindex on; }", Refused("alias")),
        (SERVER, "location /i { alias ///; autoindex on; }", Refused("alias")),
        (SERVER, "location /i { alias /srv/./; }", Refused("alias")),
        (SERVER, "location /i { alias /srv/; location /i.. { autoindex on; } }", Runs("alias \"root/srv/\";\n")),
        (SERVER, "location ~ ^/i(.*)$ { alias /srv/; }", Refused("alias")),
        (SERVER, "location ~ ^/i(.*)$ { alias /srv/$1; }", Refused("alias")),
        (SERVER, "location ~ ^/i(?<uri>.*)$ { root /srv; }", Refused("location")),
        (SERVER, "location @i { alias /srv/; }", Refused("alias")),
        (SERVER, "location /i { if ($arg_x) { root /..; } }", Refused("root")),
        (SERVER, "location /t { try_files /etc/passwd =404; }", Runs("try_files \"/etc/passwd\" \"=404\";\n")),
        (SERVER, "location /t { try_files ..$uri =404; }", Refused("try_files")),
        (SERVER, "location /t { try_files /..$uri =404; }", Refused("try_files")),
        (SERVER, "location /t { try_files /../$uri =404; }", Refused("try_files")),
        (SERVER, "location /t { try_files .$uri =404; }", Refused("try_files")),
        (SERVER, "location /t { try_files $uri.. =404; }", Refused("try_files")),
        (SERVER, "location /t { try_files $arg_x =404; }", Refused("try_files")),
        (SERVER, "location /t { try_files $request_uri =404; }", Refused("try_files")),
        (SERVER, "location /t { try_files ${uri} =404; }", Runs("try_files \"${uri}\" \"=404\";\n")),
        (SERVER, "location /t { try_files $uri $uri/ =404; }", Runs("try_files \"${uri}\" \"${uri}/\" \"=404\";\n")),
        // nginx splits these at a question mark, and a request's own path may contain one: `/..%3f`.
        (SERVER, "location /t { try_files /none $uri; }", Refused("try_files")),
        (SERVER, "location /t { try_files /none $uri/index.html; }", Refused("try_files")),
        (SERVER, "location /t { try_files /none /x$args; }", Refused("try_files")),
        (SERVER, "location /t { try_files /none /../x; }", Refused("try_files")),
        (
            SERVER,
            "location /t { try_files /none /x$is_args$args; }",
            Runs("try_files \"/none\" \"/x${is_args}${args}\";\n"),
        ),
        (SERVER, "location /t { try_files /none /x?a=$arg_a; }", Runs("try_files \"/none\" \"/x?a=${arg_a}\";\n")),
        (SERVER, "location /t { try_files /none @x; }", Runs("try_files \"/none\" \"@x\";\n")),
        (CONF, "server { set $uri_x $arg_x; try_files $uri_x =404; }", Refused("try_files")),
        (
            CONF,
            "map $arg_p $urix { default $arg_p; } server { location /t { try_files $urix =404; } }",
            Refused("try_files"),
        ),
        (SERVER, "location /x { index $arg_p; }", Refused("index")),
        (SERVER, "location /x { index ../../x; }", Refused("index")),
        (SERVER, "location /x { index index.html /x.html; }", Runs("index \"index.html\" \"/x.html\";\n")),
        (SERVER, "error_page 404 $arg_p;", Refused("error_page")),
        (SERVER, "error_page 404 /../x;", Refused("error_page")),
        (SERVER, "error_page 404 /x$uri;", Refused("error_page")),
        (SERVER, "error_page 404 =200 /x.html;", Runs("error_page \"404\" \"=200\" \"/x.html\";\n")),
        (SERVER, "error_page 404 https://$host/;", Runs("error_page \"404\" \"https://${host}/\";\n")),
        (SERVER, "location / { rewrite ^ /$arg_x; }", Refused("rewrite")),
        (SERVER, "location / { add_before_body /../x; }", Refused("add_before_body")),
        (SERVER, "if (-f /etc/passwd) { return 200; }", Refused("if")),
        (SERVER, "if (!-e $arg_x) { return 200; }", Refused("if")),
        (
            SERVER,
            "if ($request_method = POST) { return 405; }",
            Runs("if \"(\" \"$request_method\" \"=\" \"POST\" \")\" {\nreturn \"405\";\n}\n"),
        ),
        (
            SERVER,
            "if ( $arg_x ~* \"(a|b)\" ) { return 200 $1; }",
            Runs("if \"(\" \"$arg_x\" \"~*\" \"(a|b)\" \")\" {\nreturn \"200\" \"$1\";\n}\n"),
        ),
        (SERVER, "if ($arg_x ~ (?<uri>.*)) { return 200; }", Refused("if")),
        (
            SERVER,
            "if ($arg_x) { access_log /tmp/x; }",
            Emerg("\"access_log\" directive is not allowed here in /etc/nginx/default.d/x.conf:1"),
        ),
        (SERVER, "location /l { limit_except GET { deny all; } }", Runs("limit_except \"GET\" {\ndeny \"all\";\n}\n")),
        (SERVER, "location /l { disable_symlinks off; }", Refused("disable_symlinks")),
    ]);
}

#[test]
fn variables() {
    judge(&[
        (CONF, "map $arg_a $b { geo $hostname; } add_header A $hostname;", Refused("$hostname")),
        (CONF, "map $arg_a $b { listen 9999; server_name $uri; }", Runs("listen \"9999\";\n")),
        (CONF, "map $arg_p $uri { default $arg_p; }", Refused("map")),
        (CONF, "map $arg_p $document_root { default /; }", Refused("map")),
        (CONF, "map $arg_p $args { default /; }", Refused("map")),
        (CONF, "map $arg_p $pllab_addr { default x; }", Refused("map")),
        (CONF, "map $arg_x $y { ~(.*) $1; }", Refused("map")),
        (CONF, "map $arg_x $y { volatile; default a; }", Refused("map")),
        (
            CONF,
            "map $arg_x $y { hostnames; *.a b; }",
            Runs("map \"${arg_x}\" \"$y\" {\nhostnames;\n\"*.a\" \"b\";\n}\n"),
        ),
        (CONF, "geo $uri { default 1; }", Refused("geo")),
        (
            CONF,
            "geo $inside { default 0; 10.0.0.0/8 1; }",
            Runs("geo \"$inside\" {\ndefault \"0\";\n\"10.0.0.0/8\" \"1\";\n}\n"),
        ),
        (CONF, "geo $inside { ranges; 10.0.0.0-10.0.0.1 1; }", Refused("geo")),
        (SERVER, "set $document_root /;", Refused("set")),
        (SERVER, "set $realpath_root /;", Refused("set")),
        (SERVER, "set $args x;", Refused("set")),
        (SERVER, "set $limit_rate 1;", Refused("set")),
        (SERVER, "set $mine \"$host$server_addr\";", Runs("set \"$mine\" \"${host}${pllab_addr}\";\n")),
        (SERVER, "set $a $b; set $b $a; return 200 $a;", Refused("$b")),
        (SERVER, "location /w { return 200 \"$realpath_root\"; }", Refused("$realpath_root")),
        (SERVER, "location /w { return 200 \"$request_filename $hostname\"; }", Refused("$request_filename")),
        (SERVER, "return 301 https://$host$request_uri;", Runs("return \"301\" \"https://${host}${request_uri}\";\n")),
        (SERVER, "return $scheme://x;", Runs("return \"302\" \"${scheme}://x\";\n")),
        (
            SERVER,
            "return 200 a b;",
            Emerg("invalid number of arguments in \"return\" directive in /etc/nginx/default.d/x.conf:1"),
        ),
        (CONF, "split_clients $arg_a $v { 50% a; * b; }", Refused("split_clients")),
    ]);
}

#[test]
fn quoting() {
    judge(&[
        (CONF, "ssi on; # \n#}\n; server { proxy_pass x; }", Emerg("unexpected \";\" in /etc/nginx/conf.d/x.conf:3")),
        (CONF, "ssi on;\r\nproxy_pass http://x;\r\n", Refused("proxy_pass")),
        (CONF, "\u{feff}ssi on;", Emerg("unknown directive \"\u{feff}ssi\" in /etc/nginx/conf.d/x.conf:1")),
        (SERVER, "location /r { root /a\0/../..; }", Refused("root")),
        (CONF, "add_header A \"b\0c\";", Refused("add_header")),
        (CONF, "add_header A \"b\u{1b}[2Jc\";", Refused("add_header")),
        (
            CONF,
            "add_header A \"b\"\"; proxy_pass http://x; \"\";",
            Emerg("unexpected \"\"\" in /etc/nginx/conf.d/x.conf:1"),
        ),
        (
            CONF,
            "add_header A ${{; }; include /etc/passwd; #",
            Emerg("the closing bracket in \"\" variable is missing in /etc/nginx/conf.d/x.conf:1"),
        ),
        (CONF, "add_header A \"b\")c;", Refused("add_header")),
        (
            CONF,
            "add_header A b\\\n; include /etc/passwd;",
            Emerg("open() \"/etc/passwd\" failed (2: No such file or directory) in /etc/nginx/conf.d/x.conf:2"),
        ),
        (CONF, "add_header A 'b\\'; proxy_pass http://x;';", Runs("add_header \"A\" \"b'; proxy_pass http://x;\";\n")),
        (CONF, "add_header A 'b\\\\'; proxy_pass http://x;", Refused("proxy_pass")),
        (CONF, "add_header A \"b\\\nServer: x\";", Runs("add_header \"A\" \"b\\\\\\nServer: x\";\n")),
        (CONF, "add_header A \\; B;", Refused("add_header")),
        (CONF, "add_header A b#c;", Runs("add_header \"A\" \"b#c\";\n")),
        (CONF, "add_header A b}c;", Runs("add_header \"A\" \"b}c\";\n")),
        (
            CONF,
            "map $arg_x $y\\${'z { default ' b; } server { listen 127.0.0.1:19997; location / { root /; } } map $arg_q $w { c d;\n#';\n}",
            Refused("map"),
        ),
        (
            CONF,
            "map $arg_x \\${'z { default ' b; } server { root /..; } #';\n}",
            Emerg("unexpected \"}\" in /etc/nginx/conf.d/x.conf:2"),
        ),
        (
            SERVER,
            "location /x\\${'z { add_header A '; root /; #'; }",
            Emerg("unknown directive \"z { add_header A \" in /etc/nginx/default.d/x.conf:1"),
        ),
        (
            SERVER,
            "location /x { limit_except GET\\${deny { deny all; } } }",
            Emerg("directive \"deny\" is not terminated by \";\" in /etc/nginx/default.d/x.conf:1"),
        ),
        (SERVER, "location /x\\${types { add_header A B; } }", Refused("types")),
        (SERVER, "location /x\\$ { add_header A B; }", Runs("location \"/x\\\\$\" {\n")),
        (SERVER, "location '/x {' { add_header A B; }", Runs("location \"/x {\" {\n")),
        (
            SERVER,
            "location \"/x\\\" { root /etc; } #\" { add_header A B; }",
            Runs("location \"/x\\\" { root /etc; } #\" {\n"),
        ),
        (SERVER, "server_name a;b;", Emerg("unknown directive \"b\" in /etc/nginx/default.d/x.conf:1")),
        (SERVER, "default_type 'text/html; root /';", Refused("default_type")),
        (SERVER, "charset $arg_x;", Refused("charset")),
        (SERVER, "expires $arg_x;", Refused("expires")),
    ]);
    assert_eq!(run(CONF, b"add_header A \"b\xff\";"), Err(Err("add_header".to_owned())));
}

#[test]
fn amounts() {
    judge(&[
        (
            CONF,
            "variables_hash_max_size 2000000000; variables_hash_bucket_size 1000000;",
            Refused("variables_hash_max_size"),
        ),
        (CONF, "large_client_header_buffers 100000 100m;", Refused("large_client_header_buffers")),
        (CONF, "client_header_buffer_size 2000m;", Refused("client_header_buffer_size")),
        (CONF, "output_buffers 1000 1000m;", Refused("output_buffers")),
        (CONF, "gzip_buffers 100000 1m;", Refused("gzip_buffers")),
        (CONF, "open_file_cache max=100000000;", Refused("open_file_cache")),
        (CONF, "ssi_value_length 100m;", Refused("ssi_value_length")),
        // A page that includes itself would fill the pipe of the log.
        (CONF, "log_subrequest on;", Refused("log_subrequest")),
        (CONF, "subrequest_output_buffer_size 900m;", Refused("subrequest_output_buffer_size")),
        (CONF, "client_body_buffer_size 900m;", Refused("client_body_buffer_size")),
        (CONF, "connection_pool_size 900m;", Refused("connection_pool_size")),
        (CONF, "limit_req_zone $arg_a zone=a:900m rate=1r/s;", Refused("limit_req_zone")),
        (CONF, "map_hash_bucket_size 100000000;", Refused("map_hash_bucket_size")),
        (CONF, "keepalive_timeout 100y;", Refused("keepalive_timeout")),
        (CONF, "gzip_comp_level 10;", Refused("gzip_comp_level")),
        (CONF, "large_client_header_buffers 4 16k;", Runs("large_client_header_buffers \"4\" \"16k\";\n")),
        (CONF, "keepalive_timeout 65 60s;", Runs("keepalive_timeout \"65\" \"60s\";\n")),
        (CONF, "client_max_body_size 0;", Runs("client_max_body_size \"0\";\n")),
    ]);
    let blocks = format!("location /a {{ {} }}", "location /a/b { } ".repeat(600));
    assert_eq!(run(SERVER, blocks.as_bytes()), Err(Err("location".to_owned())));
    let mut doubling = "set $a0 xxxxxxxxxx; ".to_owned();
    for next in 1..40 {
        let _ = write!(doubling, "set $a{next} $a{0}$a{0}; ", next - 1);
    }
    assert!(matches!(run(SERVER, doubling.as_bytes()), Err(Err(_))));
    let many = format!("log_format x '{}';", "$request_uri".repeat(300));
    assert!(matches!(run(CONF, many.as_bytes()), Err(Err(_))));
}

#[test]
fn a_whole_server_hidden_by_an_escaped_dollar_is_seen() {
    let hidden = "server { listen 0.0.0.0:19999; location / { root /; autoindex on; } location /px/ { proxy_pass \
                  http://127.0.0.1:80/; } } log_format pwn escape=none \"#!/bin/sh\"; access_log /tmp/pwned.sh pwn;";
    let text = format!("map $arg_x $y\\${{'z {{ default ' b; }} {hidden} map $arg_q $w {{ c d;\n#';\n}}\n");
    assert_eq!(run(CONF, text.as_bytes()), Err(Err("map".to_owned())));
}
