//! The directives that are run, with their places and the shape of their values, and the names of nginx's other
//! directives.

use super::rule::{EVENTS, HTTP, Kind, LIMIT, LOCATION, LOCATION_IF, MAIN, Places, Rule, SERVER, SERVER_IF};

const HSL: Places = HTTP | SERVER | LOCATION;
const HSLI: Places = HSL | LOCATION_IF;
const REWRITE: Places = SERVER | LOCATION | SERVER_IF | LOCATION_IF;

const K: u64 = 1 << 10;
const M: u64 = 1 << 20;
const DAY: u64 = 86_400_000;
const MANY: usize = 64;

const fn rule(name: &'static str, places: Places, count: (usize, usize), kind: Kind) -> Rule {
    Rule { name, places, count, kind }
}

const fn flag(name: &'static str, places: Places) -> Rule {
    rule(name, places, (1, 1), Kind::Flag)
}

const fn one(name: &'static str, places: Places, kind: Kind) -> Rule {
    rule(name, places, (1, 1), kind)
}

/// Every directive that is run, or that is understood and left out.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    // Blocks, and directives that are written in their own way.
    rule("http", MAIN, (0, 0), Kind::Own),
    rule("events", MAIN, (0, 0), Kind::Own),
    rule("server", HTTP, (0, 0), Kind::Own),
    rule("location", SERVER | LOCATION, (1, 2), Kind::Own),
    rule("if", SERVER | LOCATION, (1, MANY), Kind::Own),
    rule("limit_except", LOCATION, (1, MANY), Kind::Own),
    rule("map", HTTP, (2, 2), Kind::Own),
    rule("geo", HTTP, (1, 2), Kind::Own),
    rule("types", HSL, (0, 0), Kind::Own),
    rule("listen", SERVER, (1, MANY), Kind::Own),
    rule("server_name", SERVER, (1, MANY), Kind::Own),
    rule("root", HSLI, (1, 1), Kind::Own),
    rule("alias", LOCATION, (1, 1), Kind::Own),
    rule("index", HSL, (1, MANY), Kind::Own),
    rule("try_files", SERVER | LOCATION, (2, MANY), Kind::Own),
    rule("error_page", HSLI, (2, MANY), Kind::Own),
    rule("access_log", HSLI | LIMIT, (1, MANY), Kind::Own),
    rule("log_format", HTTP, (2, MANY), Kind::Own),
    rule("set", REWRITE, (2, 2), Kind::Own),
    rule("return", REWRITE, (1, 2), Kind::Own),
    rule("add_header", HSLI, (2, 3), Kind::Own),
    rule("expires", HSLI, (1, 2), Kind::Own),
    rule("include", 0, (1, 1), Kind::Own),
    // Decided by the translation.
    rule("error_log", MAIN | HSL, (1, MANY), Kind::Decided),
    rule("pcre_jit", MAIN, (1, 1), Kind::Decided),
    rule("pid", MAIN, (1, 1), Kind::Decided),
    rule("user", MAIN, (1, 2), Kind::Decided),
    rule("worker_processes", MAIN, (1, 1), Kind::Decided),
    rule("worker_priority", MAIN, (1, 1), Kind::Decided),
    rule("worker_cpu_affinity", MAIN, (1, MANY), Kind::Decided),
    rule("worker_rlimit_nofile", MAIN, (1, 1), Kind::Decided),
    rule("worker_shutdown_timeout", MAIN, (1, 1), Kind::Decided),
    rule("worker_connections", EVENTS, (1, 1), Kind::Decided),
    rule("use", EVENTS, (1, 1), Kind::Decided),
    rule("multi_accept", EVENTS, (1, 1), Kind::Decided),
    rule("accept_mutex", EVENTS, (1, 1), Kind::Decided),
    rule("accept_mutex_delay", EVENTS, (1, 1), Kind::Decided),
    rule("real_ip_header", HSL, (1, 1), Kind::Decided),
    rule("real_ip_recursive", HSL, (1, 1), Kind::Decided),
    rule("set_real_ip_from", HSL, (1, 1), Kind::Decided),
    rule("port_in_redirect", HSL, (1, 1), Kind::Decided),
    rule("open_log_file_cache", HSL, (1, 4), Kind::Decided),
    // How to answer.
    flag("absolute_redirect", HSL),
    rule("allow", HSL | LIMIT, (1, 1), Kind::Addresses),
    flag("autoindex", HSL),
    flag("autoindex_exact_size", HSL),
    one("autoindex_format", HSL, Kind::Choice(&["html", "json", "jsonp", "xml"])),
    flag("autoindex_localtime", HSL),
    rule("break", REWRITE, (0, 0), Kind::Words("")),
    one("charset", HSLI, Kind::Words("-_.")),
    flag("chunked_transfer_encoding", HSL),
    one("client_body_buffer_size", HSL, Kind::Size(M)),
    one("client_body_timeout", HSL, Kind::Time(DAY)),
    one("client_header_buffer_size", HTTP | SERVER, Kind::Size(64 * K)),
    one("client_header_timeout", HTTP | SERVER, Kind::Time(DAY)),
    one("client_max_body_size", HSL, Kind::Offset(1024 * M)),
    one("default_type", HSL, Kind::Types),
    rule("deny", HSL | LIMIT, (1, 1), Kind::Addresses),
    rule("empty_gif", LOCATION, (0, 0), Kind::Words("")),
    flag("etag", HSL),
    flag("gzip", HSLI),
    rule("gzip_buffers", HSL, (2, 2), Kind::Buffers(64, 64 * K)),
    one("gzip_comp_level", HSL, Kind::Number(9)),
    rule("gzip_disable", HSL, (1, MANY), Kind::Regexes),
    one("gzip_http_version", HSL, Kind::Choice(&["1.0", "1.1"])),
    one("gzip_min_length", HSL, Kind::Size(1024 * M)),
    rule("gzip_proxied", HSL, (1, MANY), Kind::Choices(&["off", "expired", "no-cache", "no-store", "private",
        "no_last_modified", "no_etag", "auth", "any"])),
    rule("gzip_types", HSL, (1, MANY), Kind::Types),
    flag("gzip_vary", HSL),
    one("if_modified_since", HSL, Kind::Choice(&["off", "exact", "before"])),
    flag("ignore_invalid_headers", HTTP | SERVER),
    rule("internal", LOCATION, (0, 0), Kind::Words("")),
    rule("keepalive_disable", HSL, (1, MANY), Kind::Choices(&["none", "msie6", "safari"])),
    one("keepalive_requests", HSL, Kind::Number(1_000_000)),
    one("keepalive_time", HSL, Kind::Time(DAY)),
    rule("keepalive_timeout", HSL, (1, 2), Kind::Time(DAY)),
    rule("large_client_header_buffers", HTTP | SERVER, (2, 2), Kind::Buffers(16, 32 * K)),
    one("limit_rate", HSLI, Kind::Size(1024 * M)),
    one("limit_rate_after", HSLI, Kind::Size(1024 * M)),
    one("lingering_close", HSL, Kind::Choice(&["off", "on", "always"])),
    one("lingering_time", HSL, Kind::Time(DAY)),
    one("lingering_timeout", HSL, Kind::Time(DAY)),
    flag("log_not_found", HSL),
    one("map_hash_bucket_size", HTTP, Kind::Number(8192)),
    one("map_hash_max_size", HTTP, Kind::Number(16_384)),
    one("max_ranges", HSL, Kind::Number(1000)),
    flag("merge_slashes", HTTP | SERVER),
    flag("msie_padding", HSL),
    rule("open_file_cache", HSL, (1, 2), Kind::Cache(1000)),
    flag("open_file_cache_errors", HSL),
    one("open_file_cache_min_uses", HSL, Kind::Number(1_000_000)),
    one("open_file_cache_valid", HSL, Kind::Time(DAY)),
    rule("output_buffers", HSL, (2, 2), Kind::Buffers(8, 128 * K)),
    flag("override_charset", HSLI),
    one("postpone_output", HSL, Kind::Size(64 * K)),
    flag("recursive_error_pages", HSL),
    flag("reset_timedout_connection", HSL),
    one("satisfy", HSL, Kind::Choice(&["all", "any"])),
    one("send_timeout", HSL, Kind::Time(DAY)),
    flag("sendfile", HSLI),
    one("sendfile_max_chunk", HSL, Kind::Size(1024 * M)),
    flag("server_name_in_redirect", HSL),
    one("server_names_hash_bucket_size", HTTP, Kind::Number(8192)),
    one("server_names_hash_max_size", HTTP, Kind::Number(16_384)),
    one("server_tokens", HSL, Kind::Choice(&["on", "off", "build"])),
    one("source_charset", HSLI, Kind::Words("-_.")),
    flag("ssi", HSLI),
    flag("ssi_last_modified", HSL),
    one("ssi_min_file_chunk", HSL, Kind::Size(M)),
    flag("ssi_silent_errors", HSL),
    rule("ssi_types", HSL, (1, MANY), Kind::Types),
    one("ssi_value_length", HSL, Kind::Size(16 * K)),
    rule("stub_status", SERVER | LOCATION, (0, 1), Kind::Choices(&["on"])),
    rule("sub_filter", HSL, (2, 2), Kind::Texts),
    flag("sub_filter_last_modified", HSL),
    flag("sub_filter_once", HSL),
    rule("sub_filter_types", HSL, (1, MANY), Kind::Types),
    one("subrequest_output_buffer_size", HSL, Kind::Size(M)),
    flag("tcp_nodelay", HSL),
    flag("tcp_nopush", HSL),
    one("types_hash_bucket_size", HSL, Kind::Number(8192)),
    one("types_hash_max_size", HSL, Kind::Number(16_384)),
    flag("underscores_in_headers", HTTP | SERVER),
    one("variables_hash_bucket_size", HTTP, Kind::Number(8192)),
    one("variables_hash_max_size", HTTP, Kind::Number(16_384)),
];

/// nginx's other directives, of any module and version: nginx may run them, the sandbox does not.
const OTHERS: &str = "\
    add_after_body add_before_body add_trailer addition_types aio aio_write ancient_browser ancient_browser_value \
    auth_basic auth_basic_user_file auth_delay auth_request auth_request_set auth_http auth_jwt bind charset_map charset_types \
    client_body_in_file_only client_body_in_single_buffer client_body_temp_path connection_pool_size create_full_put_path daemon \
    dav_access dav_methods debug_connection debug_points devpoll_changes devpoll_events directio directio_alignment \
    disable_symlinks env fastcgi_bind fastcgi_index fastcgi_param fastcgi_pass fastcgi_split_path_info flv geoip_city geoip_country \
    geoip_org geoip_proxy geoip_proxy_recursive google_perftools_profiles grpc_pass gunzip gunzip_buffers gzip_hash gzip_no_buffer \
    gzip_static gzip_window hash http2 http3 image_filter ip_hash js_content js_import js_set keepalive kqueue_changes \
    kqueue_events \
    least_conn limit_conn limit_conn_dry_run limit_conn_log_level limit_conn_status limit_conn_zone limit_req \
    limit_req_dry_run limit_req_log_level limit_req_status limit_req_zone limit_zone load_module lock_file log_subrequest mail master_process \
    max_errors memcached_pass min_delete_depth mirror mirror_request_body modern_browser modern_browser_value mp4 mp4_buffer_size \
    mp4_max_buffer_size msie_refresh override perl perl_modules perl_require perl_set post_action post_acceptex protocol \
    quic_retry random random_index read_ahead referer_hash_bucket_size referer_hash_max_size request_pool_size resolver \
    resolver_timeout rewrite rewrite_log rtsig_overflow_events rtsig_signo scgi_pass scgi_param secure_link secure_link_md5 \
    secure_link_secret send_lowat slice split_clients spdy_chunk_size ssl stream thread_pool thread_stack_size \
    timer_resolution tls_preread try_files_cache uninitialized_variable_warn upstream userid userid_domain userid_expires \
    userid_flags userid_mark userid_name userid_p3p userid_path userid_service uwsgi_pass uwsgi_param valid_referers \
    worker_aio_requests worker_rlimit_core worker_rlimit_sigpending worker_threads working_directory xml_entities xslt_stylesheet \
    xslt_types zone";
/// Prefixes of whole families of them: forwarding, encryption, modules.
const OTHER_BEGINNINGS: &str = "\
    proxy_ fastcgi_ uwsgi_ scgi_ grpc_ memcached_ ssl_ http2_ http3_ quic_ spdy_ image_filter_ xslt_ xml_ perl_ js_ geoip_ geoip2 auth_ \
    upstream_ health_ otel_ mail_ smtp_ imap_ pop3_ proxy preread_ early_hints";

/// The rule of a directive that is run or understood.
pub fn rule_of(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

/// Whether nginx may have this directive although it is not run here.
pub fn is_other(name: &str) -> bool {
    OTHERS.split_whitespace().any(|word| word == name)
        || OTHER_BEGINNINGS.split_whitespace().any(|word| name.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::super::rule::Fault;
    use super::*;

    #[test]
    fn each_directive_has_one_rule_and_is_in_one_list() {
        for (at, rule) in RULES.iter().enumerate() {
            assert!(RULES[..at].iter().all(|other| other.name != rule.name), "{}", rule.name);
            assert!(!is_other(rule.name), "{}", rule.name);
            assert!(rule.count.0 <= rule.count.1, "{}", rule.name);
        }
    }

    #[test]
    fn values_are_bounded() {
        let judge = |name: &str, values: &[&str]| rule_of(name).unwrap().values(values);
        for (name, values) in [
            ("large_client_header_buffers", &["100000", "100m"][..]),
            ("client_header_buffer_size", &["64m"]),
            ("output_buffers", &["1000", "1m"]),
            ("open_file_cache", &["max=1000000"]),
            ("open_file_cache", &["on"]),
            ("variables_hash_max_size", &["2000000000"]),
            ("keepalive_timeout", &["9999d"]),
            ("gzip_types", &["a;b"]),
            ("allow", &["10.0.0.0/33"]),
            ("allow", &["unix:"]),
            ("gzip_disable", &["(?<uri>.*)"]),
            ("limit_rate", &["$arg_x"]),
        ] {
            assert_eq!(judge(name, values), Err(Fault::NotRun), "{name} {values:?}");
        }
        for (name, values, wanted) in [
            ("ssi", "yes", "invalid value \"yes\" in \"ssi\" directive, it must be \"on\" or \"off\""),
            ("keepalive_requests", "x", "\"keepalive_requests\" directive invalid number"),
            ("client_max_body_size", "1x", "\"client_max_body_size\" directive invalid value"),
            ("satisfy", "some", "invalid value \"some\""),
        ] {
            assert_eq!(judge(name, &[values]), Err(Fault::Emerg(wanted.to_owned())));
        }
        assert_eq!(judge("ssi", &["ON"]), Ok(vec!["on".to_owned()]));
        assert_eq!(judge("allow", &["::1"]), Ok(vec!["::1".to_owned()]));
    }
}
