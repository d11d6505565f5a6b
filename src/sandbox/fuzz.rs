//! Entry points for fuzzing: a request's bytes against an empty world, through all code between socket and disk that
//! reads what a client wrote. Public so that the fuzzers, a package of their own, reach it; hidden because nothing
//! else uses it.

use jiff::Timestamp;

use crate::host::Random;

use super::Pace;
use super::ops::{Answer, Ctx, Protocol, run};
use super::wire::{Params, Presented, Signed, read_rest, too_far, verify};
use super::world::{Quotas, Timing, World};

/// An empty world that is the same in every run.
struct Bench {
    world: World,
    random: Random,
    quotas: Quotas,
}

impl Bench {
    fn new() -> Self {
        let random = Random::seeded(1);
        Self { world: World::new(&["provider", "consumer"], &random), random, quotas: Quotas::default() }
    }

    /// Runs a call, then writes the changes as a log line and reads that line again.
    fn call(&mut self, protocol: Protocol, action: &str, params: &Params) {
        let timing = Timing { at: Timestamp::UNIX_EPOCH, pace: Pace::Instant };
        let mut ctx = Ctx::new(&mut self.world, 0, "ap-northeast-1", timing, &self.random, &self.quotas);
        if let Ok(Answer::Health(question)) = run(protocol, action, &mut ctx, params) {
            let _ = question.answer(&[]);
        }
        let line = self.world.changes().expect("the world can be written");
        self.world.commit();
        if let Some(line) = line {
            self.world.repeat(line.as_bytes()).expect("what was written can be read");
        }
    }
}

/// Reads `bytes` as an `Authorization` header, a line end and a body, and answers the body as each service of the
/// query protocols.
#[doc(hidden)]
pub fn fuzz_request(bytes: &[u8]) {
    let split = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (head, body) = (String::from_utf8_lossy(&bytes[..split]), &bytes[split..]);
    let body = body.strip_prefix(b"\n").unwrap_or(body);
    let headers =
        [("host".to_owned(), head.clone().into_owned()), ("x-amz-date".to_owned(), head.chars().take(16).collect())];
    let signed = Signed { method: "POST", path: "/", query: &head, headers: &headers, body };
    if let Some(presented) = Presented::parse(&head) {
        // Whether the signature is good does not matter here.
        let _ = (verify(signed, &presented, "secret"), too_far(signed, Timestamp::UNIX_EPOCH));
    }
    let mut bench = Bench::new();
    for protocol in [Protocol::Ec2, Protocol::Elb, Protocol::Sts] {
        // Each line is a call, so that later calls find what earlier ones made.
        for form in body.split(|byte| *byte == b'\n').take(16) {
            let Ok(params) = Params::parse(form) else { continue };
            let params = if protocol == Protocol::Ec2 { params } else { params.with_members() };
            let Some(action) = params.get("Action").map(str::to_owned) else { continue };
            bench.call(protocol, &action, &params);
        }
    }
}

/// Reads `bytes` as requests to Route 53 and to Service Quotas, separated by empty lines: a line with method and
/// path, or with the operation, then the body.
#[doc(hidden)]
pub fn fuzz_rest(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut bench = Bench::new();
    for request in text.split("\n\n").take(16) {
        let (head, body) = request.split_once('\n').unwrap_or((request, ""));
        if let Some((method, target)) = head.split_once(' ') {
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            if let Ok((action, params)) = read_rest(method, path, query, body.as_bytes()) {
                bench.call(Protocol::Route53, &action, &params);
            }
        } else if let Ok(params) = Params::parse_json(head, body.as_bytes()) {
            bench.call(Protocol::Quotas, head, &params);
        }
    }
}
