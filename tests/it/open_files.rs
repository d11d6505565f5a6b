//! A sandbox without free file descriptors: new connections wait or are lost, as in a saturated network, and are
//! never refused; afterwards everything works again.

use std::time::{Duration, Instant};

use pllab::inside::cloud::{Clients, ConnectOptions, connect};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::harness::{Folder, ec2, get};

/// A web server on the instance itself needs no package, and only the path to itself.
const SCRIPT: &str = "#!/bin/bash\nmkdir -p /srv/www && cd /srv/www\necho hello > index.html\n\
                      python3 -m http.server 80 &\nwhile true; do curl -sS -m 5 http://localhost/; sleep 5; done\n";
/// Enough for the sandbox itself and for some connections.
const LIMITED: &str = "ulimit -n 96; exec \"$@\"";
/// More connections than that.
const CROWD: usize = 200;
const PATIENCE: Duration = Duration::from_mins(1);

/// The first line of the console's file, which shows that the console can be read.
const BOOTS: &str = "cloud-init runs the user data";

struct Asker {
    of: Clients,
    id: String,
}

impl Asker {
    async fn console(&self) -> String {
        match ec2(&self.of, "GetConsoleOutput", json!({ "InstanceId": self.id, "Latest": true })).await {
            Ok(seen) => get(&seen, "Output"),
            // The sandbox reports what it lacks; the console is read again when the crowd is gone.
            Err(fault) if fault.code == "PllabSandbox.OutOfFiles" => String::new(),
            Err(fault) => panic!("a console: {fault}"),
        }
    }
}

async fn instance(ready: &Value) -> Asker {
    let account = &ready["accounts"][0];
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let options = ConnectOptions {
        region: "ap-northeast-1".to_owned(),
        endpoint_url: Some(text(&ready["endpoint_url"])),
        profile: None,
        ca_bundle: None,
        keys: Some((text(&account["access_key_id"]), text(&account["secret_access_key"]))),
    };
    let of = connect(&options).await.expect("the options are good");
    let vpc = ec2(&of, "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await.expect("a VPC");
    let subnet = json!({ "VpcId": get(&vpc, "Vpc.VpcId"), "CidrBlock": "10.0.1.0/24" });
    let subnet = ec2(&of, "CreateSubnet", subnet).await.expect("a subnet");
    let params = json!({
        "ImageId": "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
        "SubnetId": get(&subnet, "Subnet.SubnetId"), "UserData": SCRIPT,
    });
    let made = ec2(&of, "RunInstances", params).await.expect("an instance");
    let id = get(&made, "Instances[0].InstanceId");
    for _ in 0..2 {
        ec2(&of, "DescribeInstances", json!({ "InstanceIds": [id] })).await.expect("it is there");
    }
    Asker { of, id }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_open_files_nothing_is_refused_and_the_operator_is_told_once() {
    let folder = Folder::new();
    let mut sandbox = folder.pllab("sandbox --output json --pace instant").under("sh", &["-c", LIMITED, "sh"]).start();
    let ready = sandbox.ready();
    let asker = instance(&ready).await;
    let console = asker.console().await;
    assert!(console.contains("hello"), "{console}");
    let forward = console.split("door: http://").nth(1).and_then(|rest| rest.split('/').next()).expect("a forward");

    let deadline = Instant::now() + PATIENCE;
    loop {
        // Each connection stays silent until the sandbox times it out.
        let mut crowd = Vec::new();
        for _ in 0..CROWD {
            crowd.push(TcpStream::connect(forward).await.expect("none is refused"));
        }
        // Once they have taken every file descriptor, the console cannot be read either. What the instance tries
        // meanwhile is on its console, and can be read when the crowd has gone.
        for _ in 0..CROWD {
            if !asker.console().await.contains(BOOTS) {
                break;
            }
        }
        asker.console().await;
        drop(crowd);
        let mut console = String::new();
        while !console.contains(BOOTS) {
            assert!(Instant::now() < deadline, "the console cannot be read");
            console = asker.console().await;
        }
        assert!(!console.contains("curl: (7)"), "{console}");
        if console.contains("[pllab sandbox] this machine has no socket left (open files: at most 96)\ncurl: (28) ") {
            break;
        }
        assert!(Instant::now() < deadline, "there is still a file to be had: {console}");
    }
    loop {
        let console = asker.console().await;
        assert!(!console.contains("curl: (7)"), "{console}");
        if console.rsplit("curl: (28) ").next().is_some_and(|after| after.contains("hello")) {
            break;
        }
        assert!(Instant::now() < deadline + PATIENCE, "{console}");
    }
    sandbox.signal("INT");
    let ended = sandbox.wait().code(0);
    assert_eq!(ended.err.matches("run out of open files: pllab may have at most 96").count(), 1, "{}", ended.err);
}
