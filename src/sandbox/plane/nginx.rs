//! What nginx does with its configuration and its pages, as far as the sandbox imitates it.

use std::collections::BTreeMap;
use std::net::SocketAddrV4;

use super::disk::Disk;

/// Where its pages are.
pub const ROOT: &str = "/usr/share/nginx/html/";
/// Its access log.
pub const ACCESS_LOG: &str = "/var/log/nginx/access.log";
/// What it calls itself: nobody should take it for the real one.
pub const SERVER: &str = "nginx (pllab sandbox)";
/// The page of a server that has none.
pub const DEFAULT_PAGE: &str = "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n\
    <h1>Welcome to nginx!</h1>\n<p>This is the default page of the pllab sandbox's web server, which stands in for \
    nginx on Amazon Linux 2023.</p>\n</body>\n</html>\n";

/// What its configuration says, read when it starts or reloads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The ports it listens on, and whether each expects the PROXY protocol.
    pub ports: BTreeMap<u16, bool>,
    /// Whether server-side includes are on.
    pub ssi: bool,
    /// Whether the client's address is taken from the PROXY protocol.
    pub real_ip: bool,
}

impl Config {
    /// Reads the files below `/etc/nginx`. Amazon Linux's own `nginx.conf` listens on port 80 and includes `conf.d`
    /// and, in its server, `default.d`.
    pub fn read(disk: &Disk) -> Self {
        let mut config = Self::default();
        if disk.read("/etc/nginx/nginx.conf").is_none() {
            config.ports.insert(80, false);
        }
        for (path, bytes) in disk.below("/etc/nginx/") {
            if std::path::Path::new(path).extension().is_some_and(|extension| extension == "conf") {
                config.take(&String::from_utf8_lossy(bytes));
            }
        }
        config
    }

    fn take(&mut self, text: &str) {
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or(line));
        let bare: String = lines.collect::<Vec<_>>().join("\n");
        for directive in bare.split([';', '{', '}']) {
            let words: Vec<&str> = directive.split_whitespace().collect();
            match words.as_slice() {
                ["ssi", "on"] => self.ssi = true,
                ["real_ip_header", "proxy_protocol"] => self.real_ip = true,
                ["listen", address, rest @ ..] => {
                    let port = address.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(80);
                    // The setting belongs to the socket: one server that asks for it decides for all on that port.
                    *self.ports.entry(port).or_default() |= rest.contains(&"proxy_protocol");
                }
                _ => {}
            }
        }
    }
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
    /// The request's target.
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

/// Puts `<!--# echo var="…" -->` into a page. What is not known reads `(none)`, as in nginx; values are escaped.
pub fn include(page: &str, variables: &Variables<'_>) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<!--#") {
        out.push_str(before);
        let Some((command, tail)) = after.split_once("-->") else {
            out.push_str("<!--#");
            rest = after;
            continue;
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
            ("<!-- plain --> <!--# unclosed", "<!-- plain --> <!--# unclosed"),
        ] {
            assert_eq!(include(page, &variables), wanted);
        }
    }

    #[test]
    fn its_configuration_decides_ports_and_proxy_protocol() {
        let mut disk = Disk::default();
        assert_eq!(Config::read(&disk).ports, BTreeMap::from([(80, false)]));
        disk.write("/etc/nginx/default.d/lab.conf", b"ssi on; # yes\n#real_ip_header proxy_protocol;", false);
        disk.write("/etc/nginx/conf.d/pp.conf", b"server { listen 80 proxy_protocol; listen 127.0.0.1:8080; }", false);
        disk.write("/etc/nginx/notes.txt", b"listen 99;", false);
        let wanted = Config { ports: BTreeMap::from([(80, true), (8080, false)]), ssi: true, real_ip: false };
        assert_eq!(Config::read(&disk), wanted);
    }
}
