//! One request's bytes against an empty world, for fuzzing: everything between the socket and the disk that reads what a
//! client wrote. It is public so that the fuzzers, which are a package of their own, reach it, and hidden because nobody else
//! has a use for it.

use jiff::Timestamp;

use crate::host::Random;

use super::Pace;
use super::ops::{Answer, Ctx, Protocol, run};
use super::wire::{Params, Presented, Signed, too_far, verify};
use super::world::{Quotas, Timing, World};

/// Takes `bytes` for an `Authorization` header, a line end, and a body, and answers it as each service.
#[doc(hidden)]
pub fn fuzz_request(bytes: &[u8]) {
    let split = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (head, body) = (String::from_utf8_lossy(&bytes[..split]), &bytes[split..]);
    let body = body.strip_prefix(b"\n").unwrap_or(body);
    let now = Timestamp::UNIX_EPOCH;
    let headers =
        [("host".to_owned(), head.clone().into_owned()), ("x-amz-date".to_owned(), head.chars().take(16).collect())];
    let signed = Signed { method: "POST", path: "/", query: &head, headers: &headers, body };
    if let Some(presented) = Presented::parse(&head) {
        // Whether it is a good signature is not the question.
        let _ = (verify(signed, &presented, "secret"), too_far(signed, now));
    }
    let random = Random::seeded(1);
    let mut world = World::new(&["provider", "consumer"], &random);
    let timing = Timing { at: now, pace: Pace::Instant };
    let quotas = Quotas::default();
    for protocol in [Protocol::Ec2, Protocol::Elb, Protocol::Sts] {
        // Each line is a call, so that what the first ones make is there for the later ones.
        for form in body.split(|byte| *byte == b'\n').take(16) {
            let Ok(params) = Params::parse(form) else { continue };
            let params = if protocol == Protocol::Ec2 { params } else { params.with_members() };
            let Some(action) = params.get("Action").map(str::to_owned) else { continue };
            let mut ctx = Ctx::new(&mut world, 0, "ap-northeast-1", timing, &random, &quotas);
            if let Ok(Answer::Health(question)) = run(protocol, &action, &mut ctx, &params) {
                let _ = question.answer(&[]);
            }
            let line = world.changes().expect("the world can be written");
            world.commit();
            if let Some(line) = line {
                world.repeat(line.as_bytes()).expect("what was written can be read");
            }
        }
    }
}
