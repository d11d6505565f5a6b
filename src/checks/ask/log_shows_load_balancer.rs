//! Does the web server's log show the load balancer's address where one might expect the client's?

use std::net::IpAddr;

use serde_json::Value;

use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::console;
use crate::checks::facts::Facts;
use crate::checks::load_balancer_addresses::{interfaces, private_addresses};
use crate::checks::question::Question;
use crate::checks::reply::{list, text};
use crate::cloud::{Call, Fault};
use crate::i18n::{Text, m};
use crate::lab::LogShows;

pub(super) struct LogShowsLoadBalancer<'a>(pub &'a LogShows);

impl Question for LogShowsLoadBalancer<'_> {
    fn name(&self) -> String {
        format!("log_shows_load_balancer:{}:{}", self.0.instance, self.0.load_balancer)
    }

    fn title(&self) -> Text {
        m::check_title_log_shows_load_balancer()
    }

    fn is_lively(&self) -> bool {
        true
    }

    fn subject(&self) -> &str {
        &self.0.instance
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.instance, "id"), (&self.0.load_balancer, "arn")]
    }

    fn call(&self, facts: &Facts) -> Call {
        console::call(facts, &self.0.instance)
    }

    fn follows(&self) -> &'static [&'static str] {
        &["DescribeNetworkInterfaces"]
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        m::check_expected_load_balancer_address()
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        Ok(judge(&console::read(reply), &interfaces(scene, &self.0.load_balancer).await?))
    }
}

fn judge(console: &str, interfaces: &Value) -> CheckOutcome {
    let addresses = private_addresses(interfaces);
    if addresses.is_empty() {
        return CheckOutcome::broken(m::check_no_load_balancer_address()).because(m::check_why_not_found());
    }
    let sources: Vec<&str> = console.lines().rev().filter_map(source).collect();
    let judgement = match sources.iter().find(|source| addresses.iter().any(|address| address == *source)) {
        Some(source) => CheckOutcome::met(owned(source, interfaces)),
        None => match sources.first() {
            Some(newest) => CheckOutcome::broken(*newest).because(m::check_why_other_source()),
            None => CheckOutcome::not_yet(m::check_no_log_line()).because(m::check_why_no_log_line()),
        },
    };
    judgement.expecting(addresses.join(", "))
}

/// The address with the interface that has it: that is the proof of whose it is.
fn owned(address: &str, interfaces: &Value) -> Text {
    let has = |it: &&Value| text(it, "PrivateIpAddress") == address;
    let interface = list(interfaces, "NetworkInterfaces").iter().find(has).unwrap_or(&Value::Null);
    let (description, id) = (text(interface, "Description"), text(interface, "NetworkInterfaceId"));
    m::CheckSourceOwned { address, description, id }.text()
}

/// The source address in a line of nginx's own log format, if the line shows a served page.
fn source(line: &str) -> Option<&str> {
    let source = line.split_whitespace().next().filter(|word| word.parse::<IpAddr>().is_ok())?;
    let (_, after) = line.split_once("\"GET / HTTP/1.")?;
    after.get(1..)?.starts_with("\" 200 ").then_some(source)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::Verdict::{Broken, Met, NotYet};

    fn line(source: &str, request: &str, status: u16) -> String {
        format!("{source} - - [23/Nov/2026:12:00:00 +0000] \"{request}\" {status} 2048 \"-\" \"curl/8.5.0\" \"-\"\r\n")
    }

    #[test]
    fn verdicts() {
        let page = |source: &str| line(source, "GET / HTTP/1.1", 200);
        let interface = json!({ "NetworkInterfaces": [
            { "NetworkInterfaceId": "eni-1", "PrivateIpAddress": "10.0.1.5", "Description": "ELB net/nlb/50dc" },
        ] });
        for (console, verdict) in [
            (page("10.0.1.5"), Met),
            (line("10.0.1.5", "GET / HTTP/1.0", 200), Met),
            (format!("{}{}", page("10.0.1.5"), page("10.0.1.99")), Met),
            (page("10.0.1.99"), Broken),
            (line("10.0.1.5", "GET / HTTP/1.1", 404), NotYet),
            (line("10.0.1.5", "GET /favicon.ico HTTP/1.1", 200), NotYet),
            ("booting\n".into(), NotYet),
        ] {
            assert_eq!(judge(&console, &interface).verdict, verdict, "{console}");
        }
        assert_eq!(judge(&page("10.0.1.5"), &json!({})).verdict, Broken);
        assert_eq!(judge(&page("10.0.1.99"), &interface).expected, Some(Text::literal("10.0.1.5")));
        let owned = m::CheckSourceOwned { address: "10.0.1.5", description: "ELB net/nlb/50dc", id: "eni-1" }.text();
        assert_eq!(judge(&page("10.0.1.5"), &interface).seen, owned);
    }
}
