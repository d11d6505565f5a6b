//! nginx's variables in texts: which are allowed, which mean something else here, and how long a text may become.

use std::collections::BTreeMap;

/// Variables whose values about a request are the same as on AWS.
const TOLD: &str = "\
    args binary_remote_addr body_bytes_sent bytes_sent connection connection_requests connection_time content_length \
    content_type date_gmt date_local document_uri gzip_ratio host https http2 http3 is_args limit_rate msec nginx_version pid \
    pipe proxy_protocol_addr proxy_protocol_port query_string remote_addr remote_port remote_user request request_body \
    request_completion request_id request_length request_method request_time request_uri scheme server_addr server_name \
    server_port server_protocol status time_iso8601 time_local upstream_addr upstream_bytes_received upstream_bytes_sent \
    upstream_cache_status upstream_connect_time upstream_header_time upstream_response_length upstream_response_time \
    upstream_status uri ssl_protocol ssl_cipher ssl_server_name tcpinfo_rtt tcpinfo_rttvar tcpinfo_snd_cwnd \
    tcpinfo_rcv_space connections_active connections_reading connections_waiting connections_writing";
/// Prefixes of further such variables.
const TOLD_BEGINNINGS: &str = "arg_ cookie_ http_ sent_http_ sent_trailer_ upstream_http_ upstream_cookie_";
/// Variables that would reveal this machine, or differ from AWS.
const UNTOLD: &str = "\
    document_root hostname realpath_root request_filename request_body_file limit_conn_status limit_req_status \
    ancient_browser invalid_referer modern_browser msie secure_link secure_link_expires session_log_id slice_range \
    fastcgi_script_name fastcgi_path_info memcached_key request_port is_request_port uid_got uid_set uid_reset connections_accepted";
/// Prefixes of further such variables.
const UNTOLD_BEGINNINGS: &str = "\
    proxy_protocol_server_ proxy_protocol_tlv_ proxy_ realip_remote_ ssl_ upstream_ geoip_ jwt_ otel_ quic spdy";
/// The prefix of our own variables.
const OURS: &str = "pllab_";

/// Variables that mean something else here, and ours that mean what they would on AWS.
const RENAMED: [(&str, &str); 4] = [
    ("proxy_protocol_addr", "pllab_proxied_addr"),
    ("proxy_protocol_port", "pllab_proxied_port"),
    ("server_addr", "pllab_addr"),
    ("server_port", "pllab_port"),
];

/// Variables that nginx takes over from the header of our own once it has understood a request. A log may be written
/// before, so its texts name the header itself.
const FROM_HEADER: [(&str, &str); 2] = [("remote_addr", "proxy_protocol_addr"), ("remote_port", "proxy_protocol_port")];

/// How many values of a request a text may expand to. Each may be as long as a header that nginx accepts.
const MOST_VALUES: usize = 256;
/// How many bytes of its own a text may expand to.
const MOST_BYTES: usize = 64 * 1024;

fn has(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|word| word == name)
}

fn begins(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|word| name.starts_with(word))
}

pub fn is_name_byte(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// Whether nginx has a variable of this name, allowed or not.
pub fn is_known(name: &str) -> bool {
    has(TOLD, name) || has(UNTOLD, name) || begins(TOLD_BEGINNINGS, name) || begins(UNTOLD_BEGINNINGS, name)
}

/// Whether a text may use this variable of nginx.
pub fn is_told(name: &str) -> bool {
    has(TOLD, name) || (begins(TOLD_BEGINNINGS, name) && !name.starts_with(OURS))
}

/// The name to use here for a variable.
pub fn here(name: &str) -> &str {
    RENAMED.iter().find(|(known, _)| *known == name).map_or(name, |(_, here)| here)
}

/// The same in a text of the configuration.
fn here_in_texts(name: &str) -> &str {
    FROM_HEADER.iter().find(|(known, _)| *known == name).map_or_else(|| here(name), |(_, from)| from)
}

/// The name in a word such as `$x` if a learner may set it: neither one of nginx's variables nor one of ours.
pub fn free(word: &str) -> Option<&str> {
    let name = word.strip_prefix('$').filter(|name| !name.is_empty() && name.bytes().all(is_name_byte))?;
    let starts_well = !name.starts_with(|first: char| first.is_ascii_digit());
    (starts_well && !is_known(name) && !name.starts_with(OURS)).then_some(name)
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Literal text.
    Plain(&'a str),
    /// The value of a variable.
    Variable(&'a str),
    /// What a group of the last regular expression matched.
    Group(char),
}

/// Splits a text into parts as nginx does.
///
/// # Errors
/// nginx's message if it is not a valid text.
pub fn parts(text: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        if !before.is_empty() {
            parts.push(Part::Plain(before));
        }
        if let Some(digit) = after.chars().next().filter(|it| matches!(it, '1'..='9')) {
            parts.push(Part::Group(digit));
            rest = &after[1..];
            continue;
        }
        let inner = after.strip_prefix('{');
        let from = inner.unwrap_or(after);
        let length = from.bytes().take_while(|byte| is_name_byte(*byte)).count();
        let (name, tail) = from.split_at(length);
        rest = match inner {
            // nginx reports this before it reports that the name is empty.
            Some(_) if from.is_empty() => return Err("invalid variable name".to_owned()),
            Some(_) => tail
                .strip_prefix('}')
                .ok_or_else(|| format!("the closing bracket in \"{name}\" variable is missing"))?,
            None => tail,
        };
        if name.is_empty() {
            return Err("invalid variable name".to_owned());
        }
        parts.push(Part::Variable(name));
    }
    if !rest.is_empty() {
        parts.push(Part::Plain(rest));
    }
    Ok(parts)
}

/// How much a text can expand to: values of the request, and bytes of its own.
pub type Weight = (usize, usize);

/// The variables that a configuration sets, and every text that each may get.
#[derive(Debug, Default)]
pub struct Variables {
    texts: BTreeMap<String, Vec<String>>,
    weights: BTreeMap<String, Option<Weight>>,
}

impl Variables {
    /// Records that a variable may get this text.
    pub fn set(&mut self, name: &str, text: &str) {
        self.texts.entry(name.to_owned()).or_default().push(text.to_owned());
    }

    /// Weighs every variable, each once, so that many variables that name each other take no time.
    pub fn weigh(&mut self) {
        for name in self.texts.keys().cloned().collect::<Vec<_>>() {
            self.weigh_one(&name, 0);
        }
    }

    fn weigh_one(&mut self, name: &str, depth: usize) -> Option<Weight> {
        if let Some(known) = self.weights.get(name) {
            return *known;
        }
        // A variable that leads back to itself is found here as unbounded.
        self.weights.insert(name.to_owned(), None);
        let mut most = Some((0, 0));
        for text in self.texts.get(name).cloned().unwrap_or_default() {
            let mut sum = Some((0, 0));
            for part in parts(&text).unwrap_or_default() {
                let more = match part {
                    Part::Plain(text) => Some((0, text.len())),
                    Part::Variable(name) if depth < 64 && self.texts.contains_key(name) => {
                        self.weigh_one(name, depth + 1)
                    }
                    Part::Variable(name) if self.texts.contains_key(name) => None,
                    Part::Variable(_) | Part::Group(_) => Some((1, 0)),
                };
                sum = sum.zip(more).map(|(a, b): (Weight, Weight)| (a.0 + b.0, a.1 + b.1)).filter(is_light);
            }
            most = most.zip(sum).map(|(a, b): (Weight, Weight)| (a.0.max(b.0), a.1.max(b.1)));
        }
        self.weights.insert(name.to_owned(), most);
        most
    }

    /// Rewrites a text with the variables that mean the same here, each in braces, and returns how much it can expand
    /// to.
    ///
    /// # Errors
    /// The variable that is not allowed, or the text if it would become too long or is not valid.
    pub fn local(&self, text: &str) -> Result<(String, Weight), String> {
        let mut out = String::with_capacity(text.len());
        let mut sum = (0, 0);
        for part in parts(text).map_err(|_| text.to_owned())? {
            let more = match part {
                Part::Plain(text) => {
                    out.push_str(text);
                    (0, text.len())
                }
                Part::Group(digit) => {
                    out.extend(['$', digit]);
                    (1, 0)
                }
                Part::Variable(name) => {
                    out.push_str("${");
                    out.push_str(here_in_texts(name));
                    out.push('}');
                    match self.weights.get(name) {
                        Some(weight) => weight.ok_or_else(|| format!("${name}"))?,
                        None if is_told(name) => (1, 0),
                        None => return Err(format!("${name}")),
                    }
                }
            };
            sum = (sum.0 + more.0, sum.1 + more.1);
            if !is_light(&sum) {
                return Err(text.to_owned());
            }
        }
        Ok((out, sum))
    }

    /// The first variable of a text that neither nginx nor the configuration defines.
    pub fn unknown<'a>(&self, text: &'a str) -> Option<&'a str> {
        parts(text).ok()?.into_iter().find_map(|part| match part {
            Part::Variable(name) if !self.texts.contains_key(name) && !is_known(name) => Some(name),
            _ => None,
        })
    }
}

fn is_light(weight: &Weight) -> bool {
    weight.0 <= MOST_VALUES && weight.1 <= MOST_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_apart_as_nginx_does() {
        let show = |text: &str| parts(text).map(|parts| format!("{parts:?}"));
        for (text, wanted) in [
            ("", "[]"),
            ("a", "[Plain(\"a\")]"),
            ("$uri_x", "[Variable(\"uri_x\")]"),
            ("${uri}_x", "[Variable(\"uri\"), Plain(\"_x\")]"),
            ("$12", "[Group('1'), Plain(\"2\")]"),
            ("$0a", "[Variable(\"0a\")]"),
            ("a$b-c", "[Plain(\"a\"), Variable(\"b\"), Plain(\"-c\")]"),
            ("$a$b", "[Variable(\"a\"), Variable(\"b\")]"),
            ("\\$a", "[Plain(\"\\\\\"), Variable(\"a\")]"),
        ] {
            assert_eq!(show(text).as_deref(), Ok(wanted), "{text}");
        }
        for (text, wanted) in [
            ("$", "invalid variable name"),
            ("$-", "invalid variable name"),
            ("${", "invalid variable name"),
            ("${}", "invalid variable name"),
            ("${a", "the closing bracket in \"a\" variable is missing"),
            ("${あ}", "the closing bracket in \"\" variable is missing"),
        ] {
            assert_eq!(show(text), Err(wanted.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_means_something_else_here_is_told_as_on_aws() {
        let mut variables = Variables::default();
        variables.set("mine", "$host");
        variables.weigh();
        for (text, wanted) in [
            ("$server_addr:$server_port", Ok("${pllab_addr}:${pllab_port}")),
            ("${server_addr}es $1", Ok("${pllab_addr}es $1")),
            ("$mine", Ok("${mine}")),
            ("$http_server_addr", Ok("${http_server_addr}")),
            ("$document_root", Err("$document_root")),
            ("$hostname", Err("$hostname")),
            ("$pllab_addr", Err("$pllab_addr")),
            ("$realip_remote_addr", Err("$realip_remote_addr")),
            ("$none", Err("$none")),
        ] {
            let seen = variables.local(text).map(|(text, _)| text);
            assert_eq!(seen.as_deref().map_err(String::as_str), wanted, "{text}");
        }
        assert_eq!(variables.unknown("$host $mine $none"), Some("none"));
    }

    #[test]
    fn only_names_that_are_free_are_given_a_value() {
        assert_eq!(free("$mine"), Some("mine"));
        for word in [
            "mine",
            "$",
            "$uri",
            "$args",
            "$document_root",
            "$arg_x",
            "$http_x",
            "$pllab_addr",
            "$a-b",
            "$1",
            "${a}",
            "$realip_remote_x",
        ] {
            assert_eq!(free(word), None, "{word}");
        }
    }

    #[test]
    fn no_text_becomes_longer_than_a_page() {
        let mut variables = Variables::default();
        variables.set("a0", "0123456789");
        for next in 1..40 {
            variables.set(&format!("a{next}"), &format!("$a{0}$a{0}", next - 1));
        }
        variables.set("loop", "x$loop");
        variables.set("one", "$two");
        variables.set("two", "$one");
        variables.set("deep0", "$host");
        for next in 1..200 {
            variables.set(&format!("deep{next}"), &format!("$deep{}", next - 1));
        }
        variables.weigh();
        assert!(variables.local("$a5").is_ok() && variables.local("$a12").is_ok());
        for text in ["$a39", "$a13", "$loop", "$one", "$two"] {
            assert!(variables.local(text).is_err(), "{text}");
        }
        assert!(variables.local(&"$host".repeat(MOST_VALUES)).is_ok());
        assert!(variables.local(&"$host".repeat(MOST_VALUES + 1)).is_err());
    }
}
