//! curl's command line, as far as boot scripts use it.

use std::time::Duration;

#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of curl's command line")]
pub struct Curl {
    pub url: Url,
    /// `-s`: no error messages, unless [`Curl::show_error`].
    pub silent: bool,
    /// `-S`.
    pub show_error: bool,
    /// `-f`: a status of 400 or above is an error, and its body is not shown.
    pub fail: bool,
    /// `-i`: the head is shown too.
    pub include: bool,
    /// `-I`: only the head is requested.
    pub head: bool,
    /// `-o`.
    pub output: Option<String>,
    /// `-m`.
    pub max_time: Option<Duration>,
    /// `--connect-timeout`.
    pub connect_timeout: Option<Duration>,
    /// `-w`.
    pub write_out: Option<String>,
    /// `-H`, as written.
    pub headers: Vec<String>,
}

/// A URL, in the parts that matter here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// As written.
    pub text: String,
    pub host: String,
    /// The scheme's port if none is given.
    pub port: u16,
    /// Path and query.
    pub target: String,
    /// Whether it is `https`, which the sandbox does not speak.
    pub tls: bool,
}

impl Url {
    /// Reads a URL. Without a scheme it is `http`, as curl guesses.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("http", text));
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let rest = rest.split('#').next().unwrap_or(rest);
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let numbered = authority.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let (host, port) = numbered.unwrap_or((authority, if tls { 443 } else { 80 }));
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        // curl takes no host with such characters either.
        let odd = host.chars().any(|c| c.is_whitespace() || c.is_control());
        (!host.is_empty() && !odd).then(|| Self { text: text.to_owned(), host: host.to_owned(), port, target, tls })
    }

    /// The host with its port, as in a `Host` header.
    #[must_use]
    pub fn authority(&self) -> String {
        authority(&self.host, self.port)
    }
}

/// A host with its port, which is left out if it is 80.
#[must_use]
pub fn authority(host: &str, port: u16) -> String {
    if port == 80 { host.to_owned() } else { format!("{host}:{port}") }
}

/// Reads the words after `curl`. `None` if a flag or the URL is not modelled.
#[must_use]
pub fn parse(words: &[String]) -> Option<Curl> {
    let mut curl = Curl {
        url: Url { text: String::new(), host: String::new(), port: 0, target: String::new(), tls: false },
        silent: false,
        show_error: false,
        fail: false,
        include: false,
        head: false,
        output: None,
        max_time: None,
        connect_timeout: None,
        write_out: None,
        headers: Vec::new(),
    };
    let mut url = None;
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--") {
            let (name, inline) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            match name {
                "silent" => curl.silent = true,
                "show-error" => curl.show_error = true,
                "fail" => curl.fail = true,
                "include" | "show-headers" => curl.include = true,
                "head" => curl.head = true,
                // There is no TLS whose certificate could be checked, and no IPv6.
                "insecure" | "ipv4" | "no-progress-meter" | "globoff" => {}
                _ => {
                    let value = inline.map_or_else(|| words.next().cloned(), |value| Some(value.to_owned()))?;
                    valued(&mut curl, &mut url, name, value)?;
                }
            }
        } else if let Some(flags) = word.strip_prefix('-').filter(|flags| !flags.is_empty()) {
            for (at, flag) in flags.char_indices() {
                match flag {
                    's' => curl.silent = true,
                    'S' => curl.show_error = true,
                    'f' => curl.fail = true,
                    'i' => curl.include = true,
                    'I' => curl.head = true,
                    'k' | '4' | 'g' | 'N' => {}
                    'o' | 'm' | 'w' | 'H' | 'A' | 'X' => {
                        let glued = &flags[at + 1..];
                        let value = if glued.is_empty() { words.next()?.clone() } else { glued.to_owned() };
                        let name = match flag {
                            'o' => "output",
                            'm' => "max-time",
                            'w' => "write-out",
                            'A' => "user-agent",
                            'X' => "request",
                            _ => "header",
                        };
                        valued(&mut curl, &mut url, name, value)?;
                        break;
                    }
                    _ => return None,
                }
            }
        } else if url.replace(Url::parse(word)?).is_some() {
            return None;
        }
    }
    curl.url = url?;
    Some(curl)
}

fn valued(curl: &mut Curl, url: &mut Option<Url>, name: &str, value: String) -> Option<()> {
    // No script waits longer than a day, and the sum of times must not overflow.
    let day = Duration::from_hours(24);
    let seconds = |value: &str| {
        let given = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        given.map(|time| time.min(day))
    };
    match name {
        "output" => curl.output = Some(value),
        "write-out" => curl.write_out = Some(value),
        "header" => curl.headers.push(value),
        "user-agent" => curl.headers.push(format!("User-Agent: {value}")),
        "request" if value == "GET" => {}
        // Zero means no limit to curl.
        "max-time" => curl.max_time = Some(seconds(&value)?).filter(|time| !time.is_zero()),
        "connect-timeout" => curl.connect_timeout = Some(seconds(&value)?).filter(|time| !time.is_zero()),
        "url" => *url = Some(Url::parse(&value)?),
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curl(line: &str) -> Option<Curl> {
        parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn flags_are_read_glued_apart_and_long() {
        let Some(seen) = curl("-sSm5 --connect-timeout 2.5 -o /dev/null -w %{http_code} -H A:b http://h:8080/p?q#f")
        else {
            panic!("not understood")
        };
        assert!(seen.silent && seen.show_error && !seen.fail);
        assert_eq!(seen.max_time, Some(Duration::from_secs(5)));
        assert_eq!(seen.connect_timeout, Some(Duration::from_millis(2500)));
        assert_eq!(seen.output.as_deref(), Some("/dev/null"));
        assert_eq!(seen.write_out.as_deref(), Some("%{http_code}"));
        assert_eq!((seen.url.host.as_str(), seen.url.port, seen.url.target.as_str()), ("h", 8080, "/p?q"));
        assert_eq!(seen.url.authority(), "h:8080");
        assert_eq!(curl("--max-time=3 h").and_then(|it| it.max_time), Some(Duration::from_secs(3)));
    }

    #[test]
    fn what_is_not_modelled_is_said() {
        for line in [
            "-X POST http://h/",
            "--data a http://h/",
            "-s",
            "ftp://h/",
            "http://h\n/",
            "http://a/ http://b/",
            "-m x http://h/",
        ] {
            assert_eq!(curl(line), None, "{line}");
        }
    }

    #[test]
    fn urls_without_scheme_path_or_port_are_completed() {
        for (text, host, port, target) in [
            ("h", "h", 80, "/"),
            ("http://h", "h", 80, "/"),
            ("http://h?x", "h", 80, "/?x"),
            ("https://h/a", "h", 443, "/a"),
            ("http://${ENDPOINT}/", "${ENDPOINT}", 80, "/"),
        ] {
            let url = Url::parse(text);
            let seen = url.as_ref().map(|url| (url.host.as_str(), url.port, url.target.as_str()));
            assert_eq!(seen, Some((host, port, target)), "{text}");
        }
    }
}
