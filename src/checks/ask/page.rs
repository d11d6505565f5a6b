//! Does the page arrive at the address that the learner's own browser would open, through the load balancer?

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::checks::attempts::{Attempt, newest};
use crate::checks::check_context::CheckContext;
use crate::checks::check_outcome::CheckOutcome;
use crate::checks::console;
use crate::checks::facts::Facts;
use crate::checks::http::{self, Failure};
use crate::checks::load_balancer_addresses::{addresses, private_addresses};
use crate::checks::page_marks::mark;
use crate::checks::page_text::visible_text;
use crate::checks::question::Question;
use crate::checks::reply::{first, list, text};
use crate::checks::{Hop, Proof};
use crate::cloud::{Call, Clouds, Fault, ec2};
use crate::i18n::{Text, m};
use crate::lab::{self, Side};

pub(super) struct Page<'a>(pub &'a lab::Page);

impl Question for Page<'_> {
    fn name(&self) -> String {
        format!("page:{}:{}", self.0.client, self.0.endpoint)
    }

    fn title(&self) -> Text {
        m::check_title_page()
    }

    fn is_lively(&self) -> bool {
        true
    }

    fn subject(&self) -> &str {
        &self.0.client
    }

    fn needs(&self) -> Vec<(&str, &'static str)> {
        vec![(&self.0.client, "id"), (&self.0.endpoint, "dns"), (&self.0.load_balancer, "arn")]
    }

    fn call(&self, facts: &Facts) -> Call {
        console::call(facts, &self.0.client)
    }

    fn follows(&self) -> &'static [&'static str] {
        &["DescribeNetworkInterfaces"]
    }

    fn expected(&self, _: &CheckContext<'_>) -> Text {
        m::check_expected_page()
    }

    async fn follow(&self, scene: &CheckContext<'_>, reply: &Value) -> Result<CheckOutcome, Fault> {
        let addresses = addresses(scene, &self.0.load_balancer).await?;
        let console = console::read(reply);
        let dns = scene.fact(&self.0.endpoint, "dns").unwrap_or_default();
        let outcome = match forward(scene.clouds, &console, &[dns]) {
            Some(url) => judge_forward(url, http::get(url).await, scene.token, &addresses),
            None => judge_console(dns, newest(&console, scene.token), scene.token, &addresses),
        };
        let Some(proof) = outcome.proof.clone().filter(|proof| proof.status > 0) else { return Ok(outcome) };
        let hops = self.hops(scene, addresses).await;
        Ok(outcome.proven_by(Proof { hops, ..proof }))
    }
}

impl Page<'_> {
    /// Client, endpoint and load balancer with their addresses; what cannot be looked up is left out.
    async fn hops(&self, scene: &CheckContext<'_>, load_balancer: Vec<String>) -> Vec<Hop> {
        let client = scene.fact(&self.0.client, "address").map(str::to_owned);
        let endpoint = match scene.fact(&self.0.endpoint, "eni") {
            Some(eni) => {
                let call = ec2("DescribeNetworkInterfaces", json!({ "NetworkInterfaceIds": [eni] }));
                let reply = scene.clients_of(&self.0.endpoint, Side::Consumer).send(&call).await;
                reply.map(|reply| private_addresses(&reply)).unwrap_or_default()
            }
            None => Vec::new(),
        };
        let hops = [
            (&self.0.client, client.into_iter().collect()),
            (&self.0.endpoint, endpoint),
            (&self.0.load_balancer, load_balancer),
        ];
        let hops = hops.into_iter().filter(|(_, addresses): &(_, Vec<String>)| !addresses.is_empty());
        hops.map(|(resource, addresses)| Hop { resource: resource.clone(), addresses }).collect()
    }
}

/// The URL on this machine that leads where the endpoint's page leads from the client, if the client's console
/// announces one: for one of `names`, by which the lab's client asks, or for another name that the endpoint has.
///
/// # Errors
/// When the console or the endpoint cannot be read.
pub async fn browser_url(
    clouds: &Clouds,
    client_id: &str,
    endpoint_id: &str,
    names: &[&str],
) -> Result<Option<String>, Fault> {
    let describe = ec2("DescribeVpcEndpoints", json!({ "VpcEndpointIds": [endpoint_id] }));
    // An endpoint that is gone has no names any more, but the page may still be open.
    let reply = clouds.consumer.send(&describe).await.unwrap_or_default();
    let entries = first(&reply, "VpcEndpoints").map(|it| list(it, "DnsEntries")).unwrap_or_default();
    let entries = entries.iter().map(|entry| text(entry, "DnsName"));
    let names: Vec<&str> = names.iter().copied().chain(entries).collect();
    let facts = Facts::from([("client".to_owned(), BTreeMap::from([("id".to_owned(), client_id.to_owned())]))]);
    let reply = clouds.consumer.send(&console::call(&facts, "client")).await?;
    Ok(forward(clouds, &console::read(&reply), &names).map(str::to_owned))
}

/// A local URL that leads where a URL leads from the client, if the target announces one on the client's console.
///
/// Only a target on this machine has such URLs. On AWS the instance's own script wrote all of its console.
fn forward<'a>(clouds: &Clouds, console: &'a str, names: &[&str]) -> Option<&'a str> {
    if !clouds.on_this_machine {
        return None;
    }
    names.iter().find_map(|name| announced(console, name))
}

/// The newest announcement for `dns`: `[pllab sandbox] door: <url> leads where this instance's <url> leads`. The
/// sandbox sees to it that no script writes such a line.
fn announced<'a>(console: &'a str, dns: &str) -> Option<&'a str> {
    console.lines().rev().find_map(|line| {
        let rest = line.strip_prefix("[pllab sandbox] door: ")?.strip_suffix(" leads")?;
        let (here, there) = rest.split_once(" leads where this instance's ")?;
        let authority = there.strip_prefix("http://")?.trim_end_matches('/');
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        (host.eq_ignore_ascii_case(dns) && is_here(here)).then_some(here)
    })
}

/// Whether a URL is the root page of a port of this machine, and nothing else. The instance's own script also writes
/// to the console, so a lab could otherwise announce a `file:` or `javascript:` URL, or another program's page, and
/// have it opened.
#[must_use]
pub fn is_here(url: &str) -> bool {
    let port = url.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.strip_suffix('/'));
    port.is_some_and(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}

fn judge_forward(url: &str, got: Result<http::Answer, Failure>, token: &str, addresses: &[String]) -> CheckOutcome {
    let no_answer = || unanswered(url);
    match got {
        Ok(answer) => judge(url, answer.status, &answer.body, token, addresses),
        Err(Failure::Silent) => CheckOutcome::not_yet(m::check_silent(http::PATIENCE))
            .because(m::check_why_timed_out())
            .proven_by(no_answer()),
        Err(Failure::Unreachable(error)) => CheckOutcome::cannot_tell(format!("{url}: {error}"))
            .because(m::check_why_forward_closed())
            .proven_by(no_answer()),
        Err(Failure::NotHere) => CheckOutcome::cannot_tell(url).because(m::check_why_forward_elsewhere()),
    }
}

/// Without an announced URL, judges the page on the client's own console.
fn judge_console(dns: &str, attempt: Option<Attempt<'_>>, token: &str, addresses: &[String]) -> CheckOutcome {
    let Some(attempt) = attempt else { return CheckOutcome::not_yet(m::check_no_attempt()) };
    let url = format!("http://{dns}/");
    if attempt.code == 0 {
        let proof = unanswered(&url);
        return CheckOutcome::not_yet(attempt.in_words()).because(m::check_why_timed_out()).proven_by(proof);
    }
    judge(&url, attempt.code, attempt.body, token, addresses)
}

fn unanswered(url: &str) -> Proof {
    let (seen_source, text) = (String::new(), String::new());
    Proof { url: url.to_owned(), status: 0, token_ok: false, seen_source, text, hops: Vec::new() }
}

fn judge(url: &str, status: u16, body: &str, token: &str, addresses: &[String]) -> CheckOutcome {
    let source = mark(body, "pllab-source").unwrap_or_default();
    let token_ok = mark(body, "pllab-token") == Some(token);
    let text = visible_text(body);
    let proof = Proof { url: url.to_owned(), status, token_ok, seen_source: source.to_owned(), text, hops: Vec::new() };
    let judgement = if status != 200 {
        CheckOutcome::broken(m::check_status(status)).because(m::check_why_other_page())
    } else if !token_ok {
        CheckOutcome::broken(m::check_other_page(m::check_status(status))).because(m::check_why_other_page())
    } else if addresses.iter().any(|address| address == source) {
        CheckOutcome::met(m::CheckPageSeen { code: status, source }.text())
    } else {
        CheckOutcome::broken(m::CheckPageSeen { code: status, source }.text()).because(m::check_why_other_source())
    };
    judgement.proven_by(proof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Verdict::{Broken, CannotTell, Met, NotYet};

    const DNS: &str = "vpce-1-abcdefgh.vpce-svc-1.ap-northeast-1.vpce.amazonaws.com";

    fn page(token: &str, source: &str) -> String {
        format!("<meta name=\"pllab-token\" content=\"{token}\">\n<meta name=\"pllab-source\" content=\"{source}\">\n")
    }

    #[test]
    fn the_newest_forward_for_the_endpoint_counts() {
        let line = |port: u16, host: &str| {
            format!(
                "[pllab sandbox] door: http://127.0.0.1:{port}/ leads where this instance's http://{host}/ leads\r\n"
            )
        };
        let console = format!("{}{}{}", line(1, DNS), line(2, DNS), line(3, "elsewhere"));
        assert_eq!(announced(&console, DNS), Some("http://127.0.0.1:2/"));
        assert_eq!(announced("next door: nothing\n", DNS), None);
        for (before, after) in [("x ", ""), ("", " there"), ("line 2: ", "")] {
            let line = format!("{before}{}{after}\n", line(1, DNS).trim_end());
            assert_eq!(announced(&line, DNS), None, "{line}");
        }
    }

    #[test]
    fn a_forward_leads_to_this_machine_only() {
        for here in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "http://169.254.169.254/",
            "http://127.0.0.1:80@evil.example/",
            "http://127.0.0.1:1/admin?delete=1",
            "http://127.0.0.1:99999/",
            "http://127.0.0.1:+1/",
            "http://127.0.0.1:0/",
            "http://127.0.0.1:/",
            "http://localhost:1/",
            "--help",
        ] {
            let console = format!("[pllab sandbox] door: {here} leads where this instance's http://{DNS}/ leads\n");
            assert_eq!(announced(&console, DNS), None, "{here}");
        }
    }

    #[test]
    fn verdicts_on_answers() {
        let addresses = ["10.0.1.5".to_owned()];
        for (status, body, verdict) in [
            (200, page("tok", "10.0.1.5"), Met),
            (200, page("tok", "10.0.1.99"), Broken),
            (200, page("tok", ""), Broken),
            (200, page("other", "10.0.1.5"), Broken),
            (200, String::new(), Broken),
            (502, page("tok", "10.0.1.5"), Broken),
        ] {
            let judgement = judge("http://x/", status, &body, "tok", &addresses);
            assert_eq!(judgement.verdict, verdict, "{status} {body}");
            assert_eq!(judgement.proof.map(|proof| proof.status), Some(status));
        }
    }

    #[test]
    fn the_proof_tells_what_was_seen() {
        let judgement = judge("http://x/", 200, &page("tok", "10.0.1.5"), "tok", &["10.0.1.5".to_owned()]);
        let proof = judgement.proof.expect("there is an answer");
        assert!(proof.status == 200 && proof.token_ok && proof.seen_source == "10.0.1.5", "{proof:?}");
    }

    #[test]
    fn verdicts_without_an_answer() {
        let forward = |failure| judge_forward("http://127.0.0.1:1/", Err(failure), "tok", &[]).verdict;
        assert_eq!(forward(Failure::Silent), NotYet);
        assert_eq!(forward(Failure::Unreachable(std::io::ErrorKind::ConnectionRefused.into())), CannotTell);
        assert_eq!(forward(Failure::NotHere), CannotTell);
        assert_eq!(judge_console(DNS, None, "tok", &[]).verdict, NotYet);
        let console = "\npllab: asked tok code=000 exit=28 time=5.001\n";
        assert_eq!(judge_console(DNS, newest(console, "tok"), "tok", &[]).verdict, NotYet);
    }

    #[test]
    fn without_a_forward_the_console_shows_the_page() {
        let console = format!("{}\npllab: asked tok code=200 exit=0 time=0.01\n", page("tok", "10.0.1.5"));
        let judgement = judge_console(DNS, newest(&console, "tok"), "tok", &["10.0.1.5".to_owned()]);
        assert_eq!(judgement.verdict, Met);
        assert_eq!(judgement.proof.map(|proof| proof.url), Some(format!("http://{DNS}/")));
    }
}
