//! Kills the sandbox's process at any moment: everything it has acknowledged exists when it is started again.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use super::harness::{Folder, Running, Signer, full, say};

/// What a client was told, by the group's name: whether the group exists.
type Told = BTreeMap<String, bool>;

fn started(folder: &Folder) -> (Running, Signer) {
    let mut sandbox = folder.pllab("sandbox --output json --pace instant").start();
    let ready = sandbox.ready();
    (sandbox, Signer::of_ready(&ready, "ec2"))
}

/// Makes and deletes security groups until nobody answers.
fn work(signer: &Signer, vpc: &str, round: usize) -> Told {
    let mut told = Told::new();
    for number in 0.. {
        let name = format!("g-{round}-{number}");
        let form =
            format!("Action=CreateSecurityGroup&Version=2016-11-15&VpcId={vpc}&GroupName={name}&GroupDescription=x");
        let (200, made) = signer.try_call(&form) else { return told };
        told.insert(name.clone(), true);
        if number % 3 == 0 {
            let id = text(&made, "groupId");
            let (200, _) = signer.try_call(&format!("Action=DeleteSecurityGroup&Version=2016-11-15&GroupId={id}"))
            else {
                // The group may be gone; no answer said so.
                told.remove(&name);
                return told;
            };
            told.insert(name, false);
        }
    }
    told
}

fn text(xml: &str, name: &str) -> String {
    let rest = xml.split(&format!("<{name}>")).nth(1).unwrap_or_else(|| panic!("no {name} in {xml}"));
    rest.split('<').next().unwrap_or_default().to_owned()
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let folder = Folder::new();
    let (sandbox, signer) = started(&folder);
    let (status, made) = signer.call("Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16");
    assert_eq!(status, 200, "{made}");
    let vpc = text(&made, "vpcId");
    sandbox.signal("KILL");
    sandbox.wait();
    let mut told = Told::new();
    let rounds = if full() { 100 } else { 6 };
    for round in 0..rounds {
        let (sandbox, signer) = started(&folder);
        let (_, seen) = signer.call(&format!(
            "Action=DescribeSecurityGroups&Version=2016-11-15&Filter.1.Name=vpc-id&Filter.1.Value.1={vpc}"
        ));
        let seen: BTreeSet<&str> = seen.split("<groupName>").filter_map(|rest| rest.split('<').next()).collect();
        for (name, exists) in &told {
            assert_eq!(seen.contains(name.as_str()), *exists, "{name}, after {round} kills");
        }
        let new = thread::scope(|scope| {
            let worker = scope.spawn(|| work(&signer, &vpc, round));
            // A different delay each time; at which point of a call the kill comes is up to chance.
            thread::sleep(Duration::from_millis(20 + 37 * (round as u64 % 11)));
            sandbox.signal("KILL");
            worker.join().expect("the client ends with the sandbox")
        });
        sandbox.wait();
        told.extend(new);
    }
    say(&format!("kills of the sandbox: {rounds}, {} groups made, and what was said of them held", told.len()));
    assert!(told.len() > rounds, "{told:?}");
}
