//! Provider and consumer in two accounts, and a target that is an endpoint of another process.

use super::harness::{Account, Folder, ProfiledSandbox, made, receipt};

#[test]
fn the_lab_in_two_accounts_of_the_sandbox() {
    let folder = Folder::new();
    let ran = folder.pllab("start --yes --pace instant --two-accounts").run().code(0).clean();
    let ran = ran.says("Provider and consumer are in two accounts.").says("All 9 steps are done.");
    let journal = folder.journal();
    let accounts = &journal[0]["accounts"];
    let (provider, consumer) = (accounts["provider"].as_str().unwrap(), accounts["consumer"].as_str().unwrap());
    assert_ne!(provider, consumer);
    for account in [provider, consumer] {
        assert!(ran.out.contains(account), "{account}");
    }
    // The consumer's account is the one that is allowed, and the one that requests the connection.
    let allow = journal.iter().find(|line| line["operation"] == "ModifyVpcEndpointServicePermissions").unwrap();
    assert_eq!(allow["params"]["AddAllowedPrincipals"][0], format!("arn:aws:iam::{consumer}:root"));
    assert!(ran.out.contains(&format!("owner {consumer}")), "the provider sees who asks");
    assert_eq!(receipt(&journal), Some((17, 0, 0)));
    assert_eq!(Account::holds(&folder.run().join("sandbox")), [].into());
}

#[test]
fn a_run_in_two_accounts_is_resumed_and_cleaned_in_both() {
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant --two-accounts").run().code(0);
    folder.pllab("check acceptance").run().code(0);
    folder.pllab("clean --yes").run().code(0).says("17 gone, 0 still there");
    assert!(made(&folder.journal()).values().all(|times| *times == 1));
}

#[test]
fn flags_that_do_not_go_together() {
    let folder = Folder::new();
    for lang in ["en", "ja"] {
        let start =
            |words: &str| folder.pllab("start --yes").words(words).env("PLLAB_LANG", lang).run().code(2).clean();
        start("--profile x").complains("--target aws");
        start("--consumer-profile x").complains("--target aws");
        start("--target aws --two-accounts --region ap-northeast-1").complains("--consumer-profile");
        start("--target aws").complains("--region ap-northeast-1");
        start("--accept-cost x").complains("--accept-cost");
    }
    assert!(!folder.state().join("runs").exists() || folder.pllab("status").run().code == Some(2));
}

#[test]
fn two_profiles_at_an_endpoint_of_another_process() {
    let apart = ProfiledSandbox::open("--pace instant");
    let start = apart.pllab("start --yes --keep --profile provider --consumer-profile consumer --endpoint-url");
    let ran = start.arg(&apart.url).run().code(0).clean();
    let ran = ran
        .says("user/provider")
        .says("user/consumer")
        .says("which is not AWS")
        .says("ap-northeast-1 (from the environment or the profile)");
    ran.says("Provider and consumer are in two accounts.").says("on this machine");
    apart.pllab("status").run().code(0).says("ap-northeast-1").stderr("");
    apart.pllab("clean --yes").run().code(0).says("17 gone, 0 still there");
}

#[test]
fn the_same_account_under_two_profiles_is_noticed() {
    let apart = ProfiledSandbox::open("--pace instant");
    let twice = "start --yes --profile provider --consumer-profile provider --region us-east-1 --endpoint-url";
    let ran = apart.pllab(twice).arg(&apart.url).run().code(0);
    ran.says("belong to the same account").says("us-east-1 (--region)");
}

#[test]
fn aws_that_the_environment_sends_elsewhere_is_noticed() {
    let apart = ProfiledSandbox::open("--pace instant");
    let start = apart.pllab("start --yes --target aws --profile provider").env("AWS_ENDPOINT_URL", &apart.url);
    let ran = start.run().code(0).clean();
    let ran = ran.says(&format!("EC2, ELB, STS, Route 53 calls go to {}, which is not AWS", apart.url));
    // Money is no question: the target is this machine.
    assert!(!ran.out.contains("USD"), "{}", ran.out);
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let apart = ProfiledSandbox::open("--pace instant");
    let ran = apart.pllab("start --yes --target aws --region ap-northeast-1 --profile nobody").run().code(3).clean();
    ran.stdout("").complains("there is no AWS profile `nobody`").complains("aws configure --profile nobody");
}
