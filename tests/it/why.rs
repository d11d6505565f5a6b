//! The path from the client to the page, traced at any time of a run.

use std::collections::BTreeMap;

use pllab::inside::cloud::{Clients, ConnectOptions, connect};
use serde_json::{Value, json};

use super::harness::{Folder, Line, ec2, events, get};

fn rungs(lines: &[Line]) -> Vec<(&str, &str)> {
    lines
        .iter()
        .filter(|line| line["event"] == "rung")
        .map(|line| (line["rung"].as_str().unwrap_or_default(), line["state"].as_str().unwrap_or_default()))
        .collect()
}

#[test]
fn a_finished_lab_has_a_whole_path() {
    let folder = Folder::new();
    folder.pllab("start --yes --keep --pace instant").run().code(0);
    let journal = folder.journal();
    let traced = folder.pllab("why --output json").run().code(0);
    let lines = events(&traced.out);
    let rungs = rungs(&lines);
    assert!(rungs.len() > 15 && rungs.iter().all(|(_, state)| *state == "holds"), "{rungs:?}");
    assert!(lines.iter().filter(|line| line["event"] == "rung").all(|line| line["command"].as_str() != Some("")));
    assert_eq!(lines.last().expect("a diagnosis")["verdict"], "met");
    assert_eq!(folder.journal(), journal, "it only reads");
    let said = folder.pllab("why").run().code(0);
    assert!(
        said.out.contains("aws ec2 describe-vpc-endpoints") && said.out.contains("The whole path works"),
        "{}",
        said.out
    );
    let said = folder.pllab("why").ja().run();
    assert!(said.out.contains("経路はすべて通っています"), "{}", said.out);
}

#[test]
fn in_the_middle_of_a_run_the_path_ends_at_what_is_not_made_yet() {
    let folder = Folder::new();
    // Nobody answers the first question: the run has begun, and nothing is made.
    folder.pllab("start --pace instant").run().code(2);
    let traced = folder.pllab("why --output json").run().code(1);
    let lines = events(&traced.out);
    let rungs = rungs(&lines);
    assert_eq!(rungs[1], ("endpoint", "not_made"));
    assert!(rungs[2..].iter().all(|(_, state)| *state == "not_reached"), "{rungs:?}");
    let diagnosis = lines.last().expect("a diagnosis");
    assert_eq!((&diagnosis["rung"], &diagnosis["step"]), (&"endpoint".into(), &"endpoint".into()));
    let said = folder.pllab("why").run();
    assert!(said.out.contains("The step endpoint creates it"), "{}", said.out);
}

#[test]
fn without_a_run_it_says_how_to_begin() {
    let folder = Folder::new();
    let said = folder.pllab("why").run().code(2);
    assert!(said.err.contains("pllab start"), "{}", said.err);
}

/// The ids of what a run has made, by the lab's names.
fn ids(journal: &[Line]) -> BTreeMap<String, String> {
    let made = |call: &Value| journal.iter().find(|line| line["event"] == "intent" && line["call"] == *call);
    let outcomes = journal.iter().filter(|line| line["event"] == "outcome" && line["facts"]["id"].is_string());
    let pair = |line: &Line| {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        Some((text(&made(&line["call"])?["resource"]), text(&line["facts"]["id"])))
    };
    outcomes.filter_map(pair).collect()
}

async fn client(ready: &Value, account: usize) -> Clients {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let account = &ready["accounts"][account];
    let options = ConnectOptions {
        region: text(&ready["region"]),
        endpoint_url: Some(text(&ready["endpoint_url"])),
        keys: Some((text(&account["access_key_id"]), text(&account["secret_access_key"]))),
        ..Default::default()
    };
    connect(&options).await.expect("the options are good")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_that_leads_away_is_the_broken_hop_and_one_that_does_not_is_none() {
    let folder = Folder::new();
    let mut sandbox = folder.pllab("sandbox --output json --pace instant").start();
    let ready = sandbox.ready();
    folder.pllab("start two-zones --yes --keep").run().code(0);
    folder.pllab("why --output json").run().code(0);
    let ids = ids(&folder.journal());
    let of = client(&ready, 0).await;
    let id = |name: &str| ids[name].clone();
    // The VPC's main table, which subnets without one of their own use.
    let main = async |vpc: &str| {
        let filters =
            json!([{ "Name": "vpc-id", "Values": [id(vpc)] }, { "Name": "association.main", "Values": ["true"] }]);
        let seen = ec2(&of, "DescribeRouteTables", json!({ "Filters": filters })).await.expect("it is there");
        get(&seen, "RouteTables[0].RouteTableId")
    };
    let (ours, theirs) = (main("consumer-vpc").await, main("provider-vpc").await);
    let its_own = id("provider-routes");
    let local = "ReplaceRoute";
    // A route in a table from a block to an instance; the rung that fails, and the call that repairs it.
    for (table, block, instance, rung, mends) in [
        (&ours, "10.1.2.0/24", "client", Some("consumer_route"), "delete-route"),
        // Affects the answer.
        (&its_own, "10.0.2.0/24", "web", Some("provider_route"), "delete-route"),
        // The local route itself.
        (&ours, "10.1.0.0/16", "client", Some("consumer_route"), "replace-route"),
        // To where the packets go anyway.
        (&theirs, "10.0.1.0/24", "web", None, ""),
        (&ours, "10.1.1.0/24", "client", None, ""),
        // Outside the VPC, and in a table that no subnet of the path uses in this direction.
        (&ours, "172.16.0.0/12", "client", None, ""),
        (&its_own, "10.0.1.0/24", "web", None, ""),
    ] {
        let whole = block.ends_with("/16");
        let mut params = json!({ "RouteTableId": table, "DestinationCidrBlock": block, "InstanceId": id(instance) });
        let operation = if whole { local } else { "CreateRoute" };
        ec2(&of, operation, params.clone()).await.expect("a route");
        let traced = folder.pllab("why --output json").run().code(i32::from(rung.is_some())).events();
        let broken: Vec<_> = rungs(&traced).into_iter().filter(|(_, state)| *state == "broken").collect();
        assert_eq!(broken.first().map(|(name, _)| *name), rung, "{block}: {traced:#?}");
        if rung.is_some() {
            let command = traced.last().expect("a diagnosis")["commands"].to_string();
            assert!(command.contains(mends) && command.contains(block), "{block}: {command}");
            let words =
                if rung == Some("provider_route") { "sends the answer, which goes to" } else { "sends traffic for" };
            let said = folder.pllab("why").run().code(1).says(&format!("{words} {block}"));
            said.says("the most specific one is used").says(&format!("route {block} "));
            let said = folder.pllab("why").ja().run().code(1).says(&format!("{block} 宛て"));
            said.says("最も具体的なもの");
        }
        params.as_object_mut().expect("an object").remove("InstanceId");
        if whole {
            params["LocalTarget"] = true.into();
            ec2(&of, local, params).await.expect("its own target again");
        } else {
            ec2(&of, "DeleteRoute", params).await.expect("gone");
        }
        folder.pllab("why --output json").run().code(0);
    }
    sandbox.signal("INT");
    sandbox.wait().code(0);
}

#[test]
fn a_repair_names_what_it_is_about() {
    let folder = Folder::new();
    folder.pllab("start private-dns --yes --keep --pace instant").run().code(0);
    for (drill, words) in [
        ("one-switch-of-two", ["Turn on enableDnsHostnames for VPC vpc-", "--enable-dns-hostnames"]),
        ("off-the-record", ["Publish the TXT record _", " with the value vpce:"]),
    ] {
        folder.pllab(&format!("drill {drill} --yes")).run().code(0);
        folder.pllab("why").run().code(1).says(words[0]).says(words[1]);
        folder.pllab("drill undo").run().code(0);
    }
}
