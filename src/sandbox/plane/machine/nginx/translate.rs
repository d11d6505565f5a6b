//! Translates a learner's nginx configuration for a real nginx on this machine: on ports of the loopback interface,
//! with every path below one folder, with the addresses that AWS would show, and with nothing that reaches further.
//!
//! nginx gets a new tree, which contains only what was understood. `write.rs` writes it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use super::allowed::rule_of;
use super::builtin::ACCESS_LOG;
use super::directive::Directive;
use super::grammar::{Scope, variables};
use super::listen::Listen;
use super::location::Location;
use super::reach::beyond;
use super::rule::{Kind, MAIN, Places};
use super::translation::{COMBINED, Translation, Unsafe};
use super::values::local_path;
use super::write::{word, write};

/// The limit of blocks in a configuration: nginx uses about ten kilobytes for each.
const MOST_BLOCKS: usize = 512;
/// Stands for the source of a load balancer's own connection, whose PROXY protocol header names none.
pub const NOBODY: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
/// Writes the configuration for nginx in a folder whose `root` stands for the instance's disk. `ports` maps each of
/// the instance's ports to its local address, and says whether a load balancer's PROXY protocol header is expected
/// there; `address` is the instance's.
///
/// # Errors
/// The first directive that is not run here.
pub fn translate(
    tree: &[Directive],
    address: Ipv4Addr,
    ports: &BTreeMap<u16, (SocketAddr, bool)>,
) -> Result<String, Unsafe> {
    local_text(&local_tree(tree, address, ports)?, ports)
}

/// The second half of [`translate`]: the text of a tree that [`local_tree`] made.
///
/// # Errors
/// What cannot be written, or would reach beyond the folder.
pub fn local_text(tree: &[Directive], ports: &BTreeMap<u16, (SocketAddr, bool)>) -> Result<String, Unsafe> {
    // Every word was checked when the tree was made. `reach.rs` checks the written text once more, independently.
    let text = write(tree).ok_or_else(|| Unsafe("nginx.conf".to_owned()))?;
    match beyond(&text, tree, &ports.values().map(|(local, _)| *local).collect()) {
        None => Ok(text),
        Some(what) => Err(Unsafe(what)),
    }
}

/// The first half of [`translate`]: the tree that it writes.
///
/// # Errors
/// As in [`translate`].
pub fn local_tree(
    tree: &[Directive],
    address: Ipv4Addr,
    ports: &BTreeMap<u16, (SocketAddr, bool)>,
) -> Result<Vec<Directive>, Unsafe> {
    let mut writer = Translation::new(ports, variables(tree));
    let mut http = preamble(address, ports);
    for directive in tree {
        let rule = rule_of(directive.name());
        let known = rule.filter(|rule| rule.places & MAIN != 0 && rule.has_block() == directive.block.is_some());
        match (directive.name(), &directive.block, known) {
            ("http", Some(block), Some(_)) => http.extend(writer.http(block)?),
            ("events", Some(block), Some(_)) => {
                writer.block(block, Scope::places_in("events", MAIN), None)?;
            }
            (_, None, Some(rule)) if rule.kind == Kind::Decided => {}
            _ => return Err(Unsafe(directive.name().to_owned())),
        }
    }
    let ours = Directive::ours;
    Ok(vec![
        ours(&["daemon", "off"], None),
        ours(&["master_process", "off"], None),
        ours(&["worker_rlimit_nofile", "16384"], None),
        ours(&["pid", "root/tmp/nginx.pid"], None),
        ours(&["error_log", "stderr"], None),
        ours(&["events"], Some(vec![ours(&["worker_connections", "8192"], None)])),
        ours(&["http"], Some(http)),
    ])
}

/// The directives before the learner's own.
fn preamble(address: Ipv4Addr, ports: &BTreeMap<u16, (SocketAddr, bool)>) -> Vec<Directive> {
    let ours = Directive::ours;
    let mut out = Vec::new();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        out.push(ours(&[&format!("{kind}_temp_path"), &format!("root/tmp/{kind}")], None));
    }
    // Whether nginx trusts a load balancer's header is decided before the connection reaches it: the PROXY protocol
    // header on it names the client that nginx would see on AWS. On AWS nginx would also see the load balancer's own
    // header; here the source of that header stands in the destination field.
    out.push(ours(&["set_real_ip_from", "127.0.0.1"], None));
    out.push(ours(&["real_ip_header", "proxy_protocol"], None));
    out.push(ours(&["port_in_redirect", "off"], None));
    // `combined` with the address that the header names. nginx knows it from the first byte on, but `$remote_addr` is
    // this machine's until the request was understood.
    let format = "${proxy_protocol_addr} - ${remote_user} [${time_local}] \"${request}\" ${status} ${body_bytes_sent} \
                  \"${http_referer}\" \"${http_user_agent}\"";
    out.push(ours(&["log_format", COMBINED, format], None));
    let map = |name: &str, entries: Vec<Directive>| ours(&["map", "$server_port", name], Some(entries));
    let (nobody, port_0) = (NOBODY.ip().to_string(), NOBODY.port().to_string());
    for (name, from, none) in
        [("addr", "$proxy_protocol_server_addr", &nobody), ("port", "$proxy_protocol_server_port", &port_0)]
    {
        // What nginx logs for an empty value.
        let mut entries = vec![ours(&["default", "-"], None)];
        let told = format!("$pllab_told_{name}");
        for (local, _) in ports.values().filter(|(_, proxied)| *proxied) {
            entries.push(ours(&[&local.port().to_string(), &told], None));
        }
        out.push(ours(&["map", from, &told], Some(vec![ours(&["default", from], None), ours(&[none, "-"], None)])));
        out.push(map(&format!("$pllab_proxied_{name}"), entries));
    }
    out.push(map("$pllab_addr", vec![ours(&["default", &address.to_string()], None)]));
    let mut entries = vec![ours(&["default", ""], None)];
    for (port, (local, _)) in ports {
        entries.push(ours(&[&local.port().to_string(), &port.to_string()], None));
    }
    out.push(map("$pllab_port", entries));
    out
}

impl Translation<'_> {
    fn http(&mut self, block: &[Directive]) -> Result<Vec<Directive>, Unsafe> {
        let says = |name| block.iter().any(|it| it.name() == name);
        let mut out = Vec::new();
        if !says("access_log") {
            out.push(Directive::ours(&["access_log", "/dev/stdout", COMBINED], None));
        }
        if !says("root") {
            out.push(Directive::ours(&["root", "root/usr/share/nginx/html"], None));
        }
        out.extend(self.block(block, Scope::places_in("http", MAIN), None)?);
        Ok(out)
    }

    fn block(
        &mut self,
        block: &[Directive],
        places: Places,
        location: Option<&Location>,
    ) -> Result<Vec<Directive>, Unsafe> {
        let mut out = Vec::new();
        for directive in block {
            if let Some(made) = self.directive(directive, places, location)? {
                // Nothing enters the tree that could not be written.
                let told = |it: &Directive| it.words.iter().all(|text| word(text).is_some());
                if !Directive::everything(std::slice::from_ref(&made)).into_iter().all(told) {
                    return Err(Unsafe(directive.name().to_owned()));
                }
                out.push(made);
            }
        }
        Ok(out)
    }

    fn directive(
        &mut self,
        directive: &Directive,
        places: Places,
        location: Option<&Location>,
    ) -> Result<Option<Directive>, Unsafe> {
        let name = directive.name();
        let refuse = || Unsafe(name.to_owned());
        let values = directive.values();
        let rule = rule_of(name).filter(|rule| rule.places & places != 0).ok_or_else(refuse)?;
        if rule.has_block() != directive.block.is_some() || !(rule.count.0..=rule.count.1).contains(&values.len()) {
            return Err(refuse());
        }
        let words = |values: Vec<String>| std::iter::once(name.to_owned()).chain(values).collect();
        if let Some(block) = &directive.block {
            self.blocks += 1;
            if self.blocks > MOST_BLOCKS {
                return Err(refuse());
            }
            let inner = Scope::places_in(name, places);
            let (values, block) = match name {
                "server" => (Vec::new(), self.server(block, inner)?),
                "location" => {
                    let location = Location::of(&values).ok_or_else(refuse)?;
                    let block = self.block(block, inner, Some(&location))?;
                    (location.words(), block)
                }
                "if" => (self.condition(&values).ok_or_else(refuse)?, self.block(block, inner, location)?),
                "limit_except" => {
                    let is_method = |it: &&str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_uppercase());
                    let known = values.iter().all(is_method);
                    let methods = values.iter().map(|it| (*it).to_owned()).collect();
                    (known.then_some(methods).ok_or_else(refuse)?, self.block(block, inner, None)?)
                }
                "map" => self.map(&values, block)?,
                "geo" => self.geo(&values, block).ok_or_else(refuse)?,
                "types" => (Vec::new(), super::forms::types(block).ok_or_else(refuse)?),
                _ => return Err(refuse()),
            };
            return Ok(Some(directive.at(words(values), Some(block))));
        }
        let given = rule.values(&values).map_err(|_| refuse())?;
        let values = match (rule.kind, name) {
            // These are decided by the translation; `listen` is written with its server.
            (Kind::Decided, _) | (_, "listen") => return Ok(None),
            (Kind::Texts, _) => self.texts(&values)?,
            (Kind::Own, "alias") => {
                let path = local_path(values[0]).filter(|_| location.is_some_and(Location::takes_alias));
                // If only one of the location and its alias ends with a slash, a request may lead one folder up. The
                // folder above the alias must still be the instance's.
                vec![path.filter(|path| path.split('/').skip(1).any(|it| !it.is_empty())).ok_or_else(refuse)?]
            }
            (Kind::Own, "access_log") if values[0] != "off" && values[0] != ACCESS_LOG => return Err(refuse()),
            (Kind::Own, _) => self.own(name, &values)?,
            _ => given,
        };
        Ok(Some(directive.at(words(values), None)))
    }

    fn server(&mut self, block: &[Directive], places: Places) -> Result<Vec<Directive>, Unsafe> {
        let mut out = self.listen(block)?;
        // nginx removes every way upwards from a request's path. If one ever comes back, through a page that includes
        // another or a redirect within nginx, it ends here: both start with this condition.
        let ours = Directive::ours;
        let guard = vec![ours(&["return", "404"], None)];
        out.push(ours(&["if", "(", "$uri", "~", "/\\.\\.(?:/|$)", ")"], Some(guard)));
        out.extend(self.block(block, places, None)?);
        Ok(out)
    }

    /// The ports of a server, each once: all addresses of a port are the same here.
    fn listen(&mut self, block: &[Directive]) -> Result<Vec<Directive>, Unsafe> {
        let mut told = BTreeMap::new();
        for directive in block.iter().filter(|it| it.name() == "listen") {
            let listen = Listen::of(&directive.values()).ok_or_else(|| Unsafe(directive.words.join(" ")))?;
            *told.entry(listen.port).or_insert(false) |= listen.is_default;
        }
        if told.is_empty() {
            told.insert(80, false);
        }
        let mut out = Vec::new();
        for (port, is_default) in told {
            let local = self.ports.get(&port).map(|(local, _)| local).filter(|local| local.ip().is_loopback());
            let local = local.ok_or_else(|| Unsafe(format!("listen {port}")))?.to_string();
            let mut words = vec!["listen", &local, "proxy_protocol"];
            // nginx allows one default server per address, but here all addresses of a port are one.
            if is_default && self.defaults.insert(port) {
                words.push("default_server");
            }
            out.push(Directive::ours(&words, None));
        }
        Ok(out)
    }
}
