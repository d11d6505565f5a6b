//! Reads the `listen` directive.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::values::{is_block, is_made_of, number};

/// One `listen`, as far as the sandbox supports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    address: String,
    pub port: u16,
    /// Whether its server answers requests that match no other server.
    pub is_default: bool,
    /// Whether each connection begins with a load balancer's header.
    pub proxied: bool,
}

impl Listen {
    /// Reads its values. `None` for anything but a TCP port without encryption.
    pub fn of(values: &[&str]) -> Option<Self> {
        let (first, more) = values.split_first()?;
        let (address, port) = split(first)?;
        let mut listen = Self { address, port, is_default: false, proxied: false };
        for value in more {
            match *value {
                "default_server" | "default" => listen.is_default = true,
                "proxy_protocol" => listen.proxied = true,
                "reuseport" | "deferred" | "bind" => {}
                _ => match value.split_once('=') {
                    Some(("backlog" | "fastopen", it)) if !it.is_empty() && number(it).is_some() => {}
                    Some(("ipv6only", "on" | "off")) => {}
                    Some(("rcvbuf" | "sndbuf" | "so_keepalive", it)) if is_made_of(it, ":") => {}
                    _ => return None,
                },
            }
        }
        Some(listen)
    }

    /// The address and port, as nginx names them.
    pub fn name(&self) -> String {
        format!("{}:{}", self.address, self.port)
    }
}

/// The port of an address; `None` if it is not a TCP port.
pub fn port_of(address: &str) -> Option<u16> {
    split(address).map(|(_, port)| port)
}

/// Whether only the instance itself reaches an address.
pub fn is_loopback(address: &str) -> bool {
    split(address)
        .is_some_and(|(address, _)| address.starts_with("127.") || address == "[::1]" || address == "localhost")
}

fn split(text: &str) -> Option<(String, u16)> {
    let (address, port) = match text.rsplit_once(':') {
        _ if text.starts_with("unix:") => return None,
        Some((_, end)) if end.ends_with(']') => (text, "80"),
        Some((address, port)) => (address, port),
        None if text.bytes().all(|byte| byte.is_ascii_digit()) => ("*", text),
        None => (text, "80"),
    };
    let known = match address {
        "*" => Some(Ipv4Addr::UNSPECIFIED.to_string()),
        _ => match address.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            Some(inner) => inner.parse::<Ipv6Addr>().ok().map(|it| format!("[{it}]")),
            None if is_block(address) => address.parse::<Ipv4Addr>().ok().map(|it| it.to_string()),
            // A host name needs a letter: without one it is a range of ports.
            None => (is_made_of(address, "-.") && address.contains(|it: char| it.is_ascii_alphabetic()))
                .then(|| address.to_owned()),
        },
    }?;
    let port = number(port).filter(|_| !port.is_empty()).and_then(|it| u16::try_from(it).ok()).filter(|it| *it > 0)?;
    Some((known, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_found_or_refused() {
        for (text, wanted) in [
            ("80", Some(("0.0.0.0:80", 80))),
            ("*:8080", Some(("0.0.0.0:8080", 8080))),
            ("0.0.0.0:81", Some(("0.0.0.0:81", 81))),
            ("10.0.1.5", Some(("10.0.1.5:80", 80))),
            ("[::]:82", Some(("[::]:82", 82))),
            ("[::1]", Some(("[::1]:80", 80))),
            ("localhost:83", Some(("localhost:83", 83))),
            ("unix:/tmp/x", None),
            ("0", None),
            ("65536", None),
            ("8000-8010", None),
            ("80:", None),
            (":80", None),
            ("[::", None),
            ("[x]:80", None),
            ("", None),
            ("a/b:80", None),
            ("10.0.0.0/8:80", None),
        ] {
            let seen = Listen::of(&[text]).map(|it| (it.name(), it.port));
            assert_eq!(seen, wanted.map(|(name, port): (&str, u16)| (name.to_owned(), port)), "{text}");
        }
        for more in ["ssl", "http2", "quic", "backlog=x", "backlog=1; x", "accept_filter=x", "setfib=1", "ipv6only=1"] {
            assert_eq!(Listen::of(&["80", more]), None, "{more}");
        }
        let all =
            Listen::of(&["80", "default_server", "proxy_protocol", "backlog=511", "so_keepalive=30m::10"]).unwrap();
        assert!(all.is_default && all.proxied);
    }
}
