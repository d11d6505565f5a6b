//! Which host names lead to this machine.

/// Whether a `Host` header names this machine: a loopback address or a name that always leads to one (RFC 6761), with
/// or without a port. Any port is accepted, because a client behind a forwarded port (`ssh -L`) signs the port that it
/// sees; a web page is recognised by its name and its Origin. Everything else is another host.
#[must_use]
pub fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix("[::1]") {
        Some(rest) => ("localhost", rest.strip_prefix(':').or(rest.is_empty().then_some("1"))),
        None => host.split_once(':').map_or((host, Some("1")), |(name, port)| (name, Some(port))),
    };
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|it| it > 0);
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let name = name.to_ascii_lowercase();
    let is_name =
        name == "localhost" || name.strip_suffix(".localhost").is_some_and(|sub| sub.split('.').all(is_label));
    port.is_some_and(is_port) && (name == "127.0.0.1" || is_name)
}

/// Whether a URL leads to this machine.
#[must_use]
pub fn is_url(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // The part before an `@` is not the host.
    if authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next(),
        None => authority.split(':').next(),
    }
    .unwrap_or_default();
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_answered() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:8080",
            "localhost",
            "LOCALHOST:1",
            "localhost:65535",
            "[::1]",
            "[::1]:80",
            "ec2.localhost",
            "ec2.ap-northeast-1.localhost:9",
        ] {
            assert!(is_host(host), "{host}");
        }
        for host in [
            "",
            ":80",
            "evil.example",
            "evil.example:80",
            "127.0.0.1.evil.example:80",
            "localhost.evil.example",
            "evillocalhost",
            "0.0.0.0",
            "127.0.0.2",
            "127.1",
            "2130706433",
            "0x7f000001",
            "[::1]evil.example",
            "[::1]evil.example:80",
            "[::1]:80:80",
            "[::1]:",
            "[::1",
            "::1",
            "[::2]:1",
            "[::ffff:127.0.0.1]",
            "[::1%25lo]",
            "127.0.0.1:",
            "127.0.0.1:0",
            "127.0.0.1:65536",
            "127.0.0.1:+80",
            "127.0.0.1:80@evil.example",
            "127.0.0.1:80/evil.example",
            "127.0.0.1@evil.example",
            "evil.example@127.0.0.1",
            "localhost.",
            "localhost:80.",
            ".localhost",
            "a..localhost",
            "evil.example/.localhost",
            "evil.example#.localhost",
            "evil.example\\.localhost",
            "localhost, evil.example",
            "localhost evil.example",
            " localhost",
            "ｌocalhost",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }

    #[test]
    fn loopback_is_told_from_the_rest() {
        for url in ["http://127.0.0.1:4566", "http://localhost:1/x", "https://[::1]:9", "http://127.9.9.9"] {
            assert!(is_url(url), "{url}");
        }
        for url in [
            "http://10.0.0.1:4566",
            "https://ec2.example.com",
            "http://localhost.example.com",
            "http://",
            "http://127.0.0.1@example.com",
            "127.0.0.1:1",
        ] {
            assert!(!is_url(url), "{url}");
        }
    }
}
