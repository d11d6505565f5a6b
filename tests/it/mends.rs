//! What was made by hand and differs is set right in place, if AWS can: by the very commands that pllab's hints print,
//! with real ids.

use pllab::inside::actions::{self, Naming};
use pllab::inside::cloud::{Api, Call};
use pllab::inside::lab::{Resource, Side};
use serde_json::{Value, json};

use super::harness::{ManualLearner, by_hand, get, wait_for};

/// What a learner made, and how it is set right.
struct Fault<'a> {
    resource: &'a str,
    /// The property that differs, by its message.
    point: &'a str,
    seen: Value,
    /// The calls of the printed commands.
    calls: Vec<(Api, &'static str, Value)>,
}

fn resource(hand: &ManualLearner, name: &str) -> (Side, Resource) {
    let steps = hand.lab.lab.steps.iter();
    let mut all = steps.flat_map(|step| step.makes.iter().map(|it| (step.side, it.clone())));
    all.find(|(_, it)| it.name() == name).expect("the lab has it")
}

/// Makes a resource, with another value for some parameters. A call without parameters in `other` is left out.
async fn make_otherwise(hand: &mut ManualLearner, name: &str, other: &[(&str, Value)]) {
    let (side, resource) = resource(hand, name);
    for part in actions::make(&resource, &Naming { run: "mine", lab: "", learner: "", round: 0 }) {
        let mut call = part.call.clone();
        let Some((_, params)) = other.iter().find(|(operation, _)| *operation == call.operation) else { continue };
        for mark in ["TagSpecifications", "Tags", "ClientToken"] {
            call.params.remove(mark);
        }
        call.params.extend(params.as_object().cloned().expect("parameters"));
        let call = hand.resolved(&call);
        let reply = hand.send(side, &call).await;
        let facts = part.told(&call, &reply).unwrap_or_default();
        hand.facts.extend(facts.into_iter().map(|(fact, value)| ((name.to_owned(), fact), value)));
    }
}

/// Waits until each fault is told with its commands, and makes the calls of those commands.
async fn set_right(hand: &ManualLearner, faults: Vec<Fault<'_>>) {
    let mut calls = Vec::new();
    for Fault { resource: name, point, seen, calls: mend } in faults {
        let (side, _) = resource(hand, name);
        let mend: Vec<Call> = mend
            .into_iter()
            .map(|(api, operation, params)| hand.resolved(&Call::new(api, operation, params)))
            .collect();
        let commands: Vec<String> = mend.iter().map(Call::command).collect();
        wait_for(&hand.folder, &format!("{name}, {point}, with {commands:#?}"), |line| {
            let differs = line["differs"].as_array().into_iter().flatten();
            line["event"] == "sighted"
                && line["resource"] == name
                && differs.into_iter().any(|it| {
                    let told = it["commands"].as_array().cloned().unwrap_or_default();
                    it["what"]["key"] == point && it["seen"] == seen && json!(told) == json!(commands)
                })
        });
        calls.extend(mend.into_iter().map(|call| (side, call)));
    }
    for (side, call) in calls {
        hand.send(side, &call).await;
    }
}

async fn make(hand: &mut ManualLearner, names: &[&str]) {
    for name in names {
        let (side, resource) = resource(hand, name);
        hand.make(side, &resource).await;
    }
}

#[test]
fn the_printed_commands_set_the_lab_right_in_place() {
    by_hand(async {
        let mut hand = ManualLearner::begin("privatelink").await;
        make(&mut hand, &["provider-vpc", "provider-subnet", "nlb-sg"]).await;
        make_otherwise(&mut hand, "provider-routes", &[("CreateRouteTable", json!({}))]).await;
        let filters = json!([{ "Name": "vpc-id", "Values": ["${provider-vpc.id}"] }, { "Name": "association.main", "Values": ["true"] }]);
        let main = hand.call(Api::Ec2, "DescribeRouteTables", json!({ "Filters": filters })).await;
        let main = get(&main, "RouteTables[0].RouteTableId");
        make_otherwise(&mut hand, "provider-s3", &[("CreateVpcEndpoint", json!({ "RouteTableIds": [main] }))]).await;
        let open =
            json!([{ "IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
        let wanted = json!([{ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{ "GroupId": "${nlb-sg.id}" }] }]);
        let group =
            [("CreateSecurityGroup", json!({})), ("AuthorizeSecurityGroupIngress", json!({ "IpPermissions": open }))];
        make_otherwise(&mut hand, "web-sg", &group).await;
        let rules = |rules: &Value| json!({ "GroupId": "${web-sg.id}", "IpPermissions": rules });
        let faults = vec![
            Fault {
                resource: "provider-routes",
                point: "point-association",
                seen: json!({ "key": "watch-nothing" }),
                calls: vec![(
                    Api::Ec2,
                    "AssociateRouteTable",
                    json!({ "RouteTableId": "${provider-routes.id}", "SubnetId": "${provider-subnet.id}" }),
                )],
            },
            Fault {
                resource: "provider-s3",
                point: "point-route-table",
                seen: json!(main),
                calls: vec![(
                    Api::Ec2,
                    "ModifyVpcEndpoint",
                    json!({ "VpcEndpointId": "${provider-s3.id}", "AddRouteTableIds": ["${provider-routes.id}"] }),
                )],
            },
            Fault {
                resource: "web-sg",
                point: "point-inbound",
                seen: json!("tcp 8080 <- 0.0.0.0/0"),
                calls: vec![
                    (Api::Ec2, "RevokeSecurityGroupIngress", rules(&open)),
                    (Api::Ec2, "AuthorizeSecurityGroupIngress", rules(&wanted)),
                ],
            },
        ];
        set_right(&hand, faults).await;
        hand.met("provider-vpc");

        // The network interface's groups cannot be given beside it, so the whole interface differs.
        let interface = json!([{
            "DeviceIndex": 0, "SubnetId": "${provider-subnet.id}", "Groups": ["${nlb-sg.id}"],
            "AssociatePublicIpAddress": false, "DeleteOnTermination": true,
        }]);
        make_otherwise(&mut hand, "web", &[("RunInstances", json!({ "NetworkInterfaces": interface }))]).await;
        let front = hand.facts[&("nlb-sg".to_owned(), "id".to_owned())].clone();
        let web = hand.facts[&("web-sg".to_owned(), "id".to_owned())].clone();
        let groups = json!({ "InstanceId": "${web.id}", "Groups": ["${web-sg.id}"] });
        let calls = vec![(Api::Ec2, "ModifyInstanceAttribute", groups)];
        set_right(&hand, vec![Fault { resource: "web", point: "point-group", seen: json!(front), calls }]).await;
        hand.met("web-server");

        let pool = [
            ("CreateTargetGroup", json!({ "HealthCheckPort": "8080" })),
            ("ModifyTargetGroupAttributes", json!({})),
            ("RegisterTargets", json!({ "Targets": [{ "Id": "${web.id}", "Port": 8080 }] })),
        ];
        make_otherwise(&mut hand, "web-targets", &pool).await;
        make_otherwise(&mut hand, "nlb", &[("CreateLoadBalancer", json!({ "SecurityGroups": ["${web-sg.id}"] }))])
            .await;
        make_otherwise(&mut hand, "nlb-80", &[("CreateListener", json!({ "Port": 8080 }))]).await;
        let targets = |port: u16| json!({ "TargetGroupArn": "${web-targets.arn}", "Targets": [{ "Id": "${web.id}", "Port": port }] });
        let faults = vec![
            Fault {
                resource: "web-targets",
                point: "point-target-port",
                seen: json!("8080"),
                calls: vec![
                    (Api::Elbv2, "RegisterTargets", targets(80)),
                    (Api::Elbv2, "DeregisterTargets", targets(8080)),
                ],
            },
            Fault {
                resource: "web-targets",
                point: "point-check-port",
                seen: json!("8080"),
                calls: vec![(
                    Api::Elbv2,
                    "ModifyTargetGroup",
                    json!({ "HealthCheckPort": "traffic-port", "TargetGroupArn": "${web-targets.arn}" }),
                )],
            },
            Fault {
                resource: "nlb",
                point: "point-group",
                seen: json!(web),
                calls: vec![(
                    Api::Elbv2,
                    "SetSecurityGroups",
                    json!({ "LoadBalancerArn": "${nlb.arn}", "SecurityGroups": ["${nlb-sg.id}"] }),
                )],
            },
            Fault {
                resource: "nlb-80",
                point: "point-port",
                seen: json!("8080"),
                calls: vec![(Api::Elbv2, "ModifyListener", json!({ "ListenerArn": "${nlb-80.arn}", "Port": 80 }))],
            },
        ];
        set_right(&hand, faults).await;
        hand.met("nlb");

        let service = [("CreateVpcEndpointServiceConfiguration", json!({ "AcceptanceRequired": false }))];
        make_otherwise(&mut hand, "service", &service).await;
        let root = json!(["arn:aws:iam::${account.consumer}:root"]);
        let faults = vec![
            Fault {
                resource: "service",
                point: "point-acceptance",
                seen: json!("false"),
                calls: vec![(
                    Api::Ec2,
                    "ModifyVpcEndpointServiceConfiguration",
                    json!({ "AcceptanceRequired": true, "ServiceId": "${service.id}" }),
                )],
            },
            Fault {
                resource: "service",
                point: "point-principals",
                seen: json!({ "key": "watch-nothing" }),
                calls: vec![(
                    Api::Ec2,
                    "ModifyVpcEndpointServicePermissions",
                    json!({ "AddAllowedPrincipals": root, "ServiceId": "${service.id}" }),
                )],
            },
        ];
        set_right(&hand, faults).await;
        hand.met("endpoint-service");

        hand.step("consumer-vpc").await;
        make(&mut hand, &["found-service"]).await;
        let groups = json!({ "SecurityGroupIds": ["${client-sg.id}"] });
        make_otherwise(&mut hand, "endpoint", &[("CreateVpcEndpoint", groups)]).await;
        let clients = hand.facts[&("client-sg".to_owned(), "id".to_owned())].clone();
        let add = json!({ "AddSecurityGroupIds": ["${endpoint-sg.id}"], "VpcEndpointId": "${endpoint.id}" });
        let calls = vec![(Api::Ec2, "ModifyVpcEndpoint", add)];
        set_right(&hand, vec![Fault { resource: "endpoint", point: "point-group", seen: json!(clients), calls }]).await;
        hand.met("endpoint");
        for step in ["client", "acceptance", "proof"] {
            hand.step(step).await;
        }
        hand
    });
}

#[test]
fn zones_are_added_in_place() {
    by_hand(async {
        let mut hand = ManualLearner::begin("two-zones").await;
        let first = hand.lab.lab.steps[0].id.clone();
        hand.step(&first).await;
        make(&mut hand, &["web-targets"]).await;
        make_otherwise(&mut hand, "nlb", &[("CreateLoadBalancer", json!({ "Subnets": ["${provider-a.id}"] }))]).await;
        make(&mut hand, &["nlb-80"]).await;
        let id = |hand: &ManualLearner, name: &str| json!(hand.facts[&(name.to_owned(), "id".to_owned())]);
        let seen = id(&hand, "provider-a");
        let subnets = json!({ "LoadBalancerArn": "${nlb.arn}", "Subnets": ["${provider-a.id}", "${provider-b.id}"] });
        let calls = vec![(Api::Elbv2, "SetSubnets", subnets)];
        set_right(&hand, vec![Fault { resource: "nlb", point: "point-subnet", seen, calls }]).await;
        hand.met("nlb");
        hand.step("service").await;
        let all = ["consumer-vpc", "consumer-a", "consumer-b", "client-sg", "endpoint-sg", "found-service"];
        make(&mut hand, &all).await;
        let one = json!({ "SubnetIds": ["${consumer-a.id}"] });
        make_otherwise(&mut hand, "endpoint", &[("CreateVpcEndpoint", one)]).await;
        let seen = id(&hand, "consumer-a");
        let add = json!({ "AddSubnetIds": ["${consumer-b.id}"], "VpcEndpointId": "${endpoint.id}" });
        let calls = vec![(Api::Ec2, "ModifyVpcEndpoint", add)];
        set_right(&hand, vec![Fault { resource: "endpoint", point: "point-subnet", seen, calls }]).await;
        hand.met("endpoint");
        for step in ["zonal-names", "cross-zone"] {
            hand.step(step).await;
        }
        hand
    });
}

#[test]
fn names_are_switched_on_in_place() {
    by_hand(async {
        let mut hand = ManualLearner::begin("private-dns").await;
        hand.up_to("verify").await;
        make_otherwise(&mut hand, "consumer-vpc", &[("CreateVpc", json!({}))]).await;
        let attribute = |name: &str, on: bool| json!({ "VpcId": "${consumer-vpc.id}", name: { "Value": on } });
        hand.send(
            Side::Consumer,
            &hand.resolved(&Call::new(Api::Ec2, "ModifyVpcAttribute", attribute("EnableDnsSupport", false))),
        )
        .await;
        make(&mut hand, &["consumer-subnet", "client-sg", "endpoint-sg", "found-service"]).await;
        let plain = json!({ "PrivateDnsEnabled": false });
        make_otherwise(&mut hand, "endpoint", &[("CreateVpcEndpoint", plain)]).await;
        let switch = |name: &'static str, point| Fault {
            resource: "consumer-vpc",
            point,
            seen: json!("false"),
            calls: vec![(Api::Ec2, "ModifyVpcAttribute", attribute(name, true))],
        };
        let private = json!({ "PrivateDnsEnabled": true, "VpcEndpointId": "${endpoint.id}" });
        let faults = vec![
            switch("EnableDnsSupport", "point-dns-support"),
            switch("EnableDnsHostnames", "point-hostnames"),
            Fault {
                resource: "endpoint",
                point: "point-private-dns",
                seen: json!("false"),
                calls: vec![(Api::Ec2, "ModifyVpcEndpoint", private)],
            },
        ];
        set_right(&hand, faults).await;
        hand.met("endpoint");
        hand.step("by-name").await;
        hand
    });
}

/// A subnet with another block than the lab's used to pass without a word.
#[test]
fn another_block_type_or_public_address_is_named() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    runtime.block_on(async {
        let mut hand = ManualLearner::begin("privatelink").await;
        make(&mut hand, &["provider-vpc"]).await;
        make_otherwise(&mut hand, "provider-subnet", &[("CreateSubnet", json!({ "CidrBlock": "10.0.9.0/24" }))]).await;
        hand.told("provider-subnet", "point-cidr", "10.0.9.0/24");
        let subnet = json!({ "SubnetId": "${provider-subnet.id}" });
        hand.call(Api::Ec2, "DeleteSubnet", subnet).await;
        hand.step("provider-vpc").await;
        make_otherwise(&mut hand, "web", &[("RunInstances", json!({ "InstanceType": "t3.small" }))]).await;
        hand.told("web", "point-instance-type", "t3.small");
    });
}

/// It was recognised, and then changed, while the step still lacks something else.
#[test]
fn what_was_right_is_told_when_it_differs_and_recognised_again() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    runtime.block_on(async {
        let mut hand = ManualLearner::begin("privatelink").await;
        make(&mut hand, &["provider-vpc", "nlb-sg"]).await;
        let recognised = |line: &Value| line["event"] == "recognised" && line["resource"] == "nlb-sg";
        wait_for(&hand.folder, "the group", recognised);
        let ssh =
            json!([{ "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
        let rule = json!({ "GroupId": "${nlb-sg.id}", "IpPermissions": ssh });
        hand.call(Api::Ec2, "AuthorizeSecurityGroupIngress", rule.clone()).await;
        let calls = vec![(Api::Ec2, "RevokeSecurityGroupIngress", rule)];
        let seen = json!("tcp 22 <- 0.0.0.0/0, tcp 80 <- 10.0.0.0/16");
        set_right(&hand, vec![Fault { resource: "nlb-sg", point: "point-inbound", seen: seen.clone(), calls }]).await;
        let folder = &hand.folder;
        wait_for(folder, "the group again", |_| folder.journal().iter().filter(|line| recognised(line)).count() == 2);
        let journal = folder.journal();
        let told = journal.iter().filter(|line| line["event"] == "sighted" && line["differs"][0]["seen"] == seen);
        assert_eq!(told.count(), 1, "it is told once");
    });
}
