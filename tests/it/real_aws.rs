//! The lab on a real AWS account. It costs money, so it runs only on request; docs/aws.md says when it last did.

use super::harness::{Folder, events, receipt};

#[test]
#[ignore = "spends money on a real AWS account: PLLAB_TEST_AWS=1 cargo test --test it -- --ignored real_aws"]
fn the_lab_on_aws_from_the_first_call_to_the_receipt() {
    assert_eq!(std::env::var("PLLAB_TEST_AWS").as_deref(), Ok("1"), "this test spends money");
    let folder = Folder::new();
    let mut start = folder.pllab("start --yes --target aws --accept-cost 3 --output json");
    if let Ok(consumer) = std::env::var("PLLAB_TEST_AWS_CONSUMER_PROFILE") {
        start = start.arg("--consumer-profile").arg(consumer);
    }
    // The caller's own credentials, which all other tests avoid.
    let own = |name: &str| name.starts_with("AWS_") || name == "HOME";
    for (name, value) in std::env::vars().filter(|(name, _)| own(name)) {
        start = start.env(&name, value);
    }
    // AWS takes a quarter of an hour for NLB, endpoint and instances, and as long again for the clean-up.
    let output = start.env("AWS_EC2_METADATA_DISABLED", "true").command().output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let (_, left, unknown) = receipt(&events(&said)).expect("there is a receipt");
    assert_eq!((left, unknown), (0, 0), "what is left costs: pllab clean");
}
