//! curl's `-w` format.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::curl_args::Url;

/// What is known after a transfer.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub url: &'a Url,
    /// The status code; 0 without an answer.
    pub status: u16,
    /// curl's exit code.
    pub code: u8,
    /// The address that answered.
    pub remote: Option<Ipv4Addr>,
    /// The time until the connection was established.
    pub connect: Duration,
    /// The total time.
    pub total: Duration,
    /// The size of the body in bytes.
    pub size: usize,
    /// The error message.
    pub error: String,
}

impl<'a> Facts<'a> {
    /// The facts before the transfer.
    pub fn new(url: &'a Url) -> Self {
        let (connect, total) = (Duration::ZERO, Duration::ZERO);
        Self { url, status: 0, code: 0, remote: None, connect, total, size: 0, error: String::new() }
    }

    fn get(&self, name: &str) -> Option<String> {
        let time = |time: Duration| format!("{:.6}", time.as_secs_f64());
        Some(match name {
            "http_code" | "response_code" => format!("{:03}", self.status),
            "exitcode" => self.code.to_string(),
            "errormsg" => self.error.clone(),
            "remote_ip" => self.remote.map(|address| address.to_string()).unwrap_or_default(),
            "remote_port" => self.remote.map_or(0, |_| self.url.port).to_string(),
            "size_download" => self.size.to_string(),
            "time_connect" => time(self.connect),
            "time_total" => time(self.total),
            "url" | "url_effective" => self.url.text.clone(),
            _ => return None,
        })
    }
}

/// Fills in the format. An unknown variable writes nothing, as in curl.
pub fn write_out(format: &str, facts: &Facts<'_>) -> String {
    let mut out = String::new();
    let mut rest = format;
    while let Some(at) = rest.find(['%', '\\']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = if let Some((name, tail)) = rest.strip_prefix("%{").and_then(|inner| inner.split_once('}')) {
            Some((facts.get(name).unwrap_or_default(), tail))
        } else {
            [("%%", "%"), ("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t")]
                .iter()
                .find_map(|(escape, meaning)| rest.strip_prefix(escape).map(|tail| ((*meaning).to_owned(), tail)))
        };
        if let Some((text, tail)) = known {
            out.push_str(&text);
            rest = tail;
        } else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_filled_as_curl_fills_them() {
        let Some(url) = Url::parse("http://web:8080/") else { panic!("no URL") };
        let mut facts = Facts::new(&url);
        for (format, wanted) in [
            ("%{http_code}\\n", "000\n"),
            ("[%{exitcode} %{time_total}]\\t%{url}", "[28 5.001000]\thttp://web:8080/"),
            ("%{remote_ip}|%{errormsg}", "|Connection timed out"),
            ("100%% %{what} \\x %", "100%  \\x %"),
            ("é%{http_code}", "é000"),
        ] {
            facts.code = 28;
            facts.total = Duration::from_millis(5001);
            facts.error = "Connection timed out".to_owned();
            assert_eq!(write_out(format, &facts), wanted);
        }
    }
}
