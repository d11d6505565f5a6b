//! Compares each kind with what a learner may have made.

use serde_json::json;

use super::*;
use crate::actions::observe;
use crate::lab::Resource;

fn resource(yaml: Value) -> Resource {
    serde_json::from_value(yaml).expect("a resource")
}

/// The message keys of the properties that do not fit.
fn wrong(resource: &Resource, item: Value, more: Vec<Value>) -> Option<Vec<String>> {
    let object = Object { id: "it".to_owned(), item, more };
    let known = |name: &str, fact: &str| match (name, fact) {
        ("account", _) => Some("111122223333".to_owned()),
        ("region", "name") => Some("ap-northeast-1".to_owned()),
        ("later", _) => None,
        _ => Some(format!("{name}-{fact}")),
    };
    let sighting = observe(resource, &object, &known)?;
    let wrong = sighting.points.iter().filter(|point| point.fit != Match::Right);
    Some(
        wrong
            .map(|point| serde_json::to_value(&point.what).expect("JSON")["key"].as_str().expect("a key").to_owned())
            .collect(),
    )
}

#[track_caller]
fn differs(resource: &Resource, item: Value, more: Vec<Value>, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(wrong(resource, item, more), Some(expected));
}

#[test]
fn load_balancers_by_scheme_place_and_group() {
    let wanted = resource(json!({ "load_balancer": { "name": "nlb", "subnets": ["here"], "group": "sg" } }));
    let made = |kind: &str, scheme: &str, subnet: &str, groups: &[&str]| json!({ "Type": kind, "Scheme": scheme, "AvailabilityZones": [{ "SubnetId": subnet }], "SecurityGroups": groups });
    differs(&wanted, made("network", "internal", "here-id", &["sg-id"]), vec![], &[]);
    differs(&wanted, made("network", "internal", "here-id", &["sg-id", "more"]), vec![], &[]);
    differs(&wanted, made("network", "internet-facing", "here-id", &["sg-id"]), vec![], &["point-scheme"]);
    differs(
        &wanted,
        made("application", "internal", "other", &[]),
        vec![],
        &["point-type", "point-subnet", "point-group"],
    );
}

#[test]
fn target_groups_by_port_and_targets() {
    let wanted = resource(json!({ "target_group": { "name": "tg", "vpc": "net", "port": 80, "targets": ["web"] } }));
    let made = |port: u16| json!({ "VpcId": "net-id", "TargetType": "instance", "Protocol": "TCP", "Port": port });
    let health = |id: &str| vec![json!({ "TargetHealthDescriptions": [{ "Target": { "Id": id } }] })];
    differs(&wanted, made(80), health("web-id"), &[]);
    differs(&wanted, made(8080), health("web-id"), &["point-port"]);
    differs(&wanted, made(80), vec![json!({ "TargetHealthDescriptions": [] })], &["point-targets"]);
    let target = |port: u16, state: &str, reason: &str| json!({ "Target": { "Id": "web-id", "Port": port }, "TargetHealth": { "State": state, "Reason": reason } });
    let all = |targets: &[Value]| vec![json!({ "TargetHealthDescriptions": targets })];
    let on = |port: u16| target(port, "unhealthy", "");
    differs(&wanted, made(80), all(&[on(80)]), &[]);
    differs(&wanted, made(80), all(&[on(8080)]), &["point-target-port"]);
    differs(&wanted, made(80), all(&[on(80), on(8080)]), &["point-target-port"]);
    // It is being deregistered.
    differs(&wanted, made(80), all(&[on(80), target(8080, "draining", "")]), &[]);
    differs(&wanted, made(80), all(&[target(80, "draining", "")]), &["point-targets"]);
    // A health check of one's own counts by what comes of it.
    let checked = |port: &str, path: &str| {
        let mut group = made(80);
        (group["HealthCheckPort"], group["HealthCheckPath"]) = (port.into(), path.into());
        group
    };
    differs(&wanted, checked("8080", ""), all(&[on(80)]), &["point-check-port"]);
    differs(&wanted, checked("8080", ""), all(&[target(80, "healthy", "")]), &[]);
    let refused = all(&[target(80, "unhealthy", "Target.ResponseCodeMismatch")]);
    differs(&wanted, checked("80", "/health"), refused, &["point-check-path"]);
    differs(&wanted, checked("traffic-port", "/index.html"), all(&[target(80, "initial", "")]), &[]);
}

#[test]
fn groups_by_exactly_their_inbound_rules() {
    let wanted =
        json!({ "name": "sg", "vpc": "net", "description": "", "ingress": [{ "port": 80, "cidr": "10.0.0.0/16" }] });
    let wanted = resource(json!({ "security_group": wanted }));
    let rule = |from: u16, to: u16, cidr: &str| json!({ "IpProtocol": "tcp", "FromPort": from, "ToPort": to, "IpRanges": [{ "CidrIp": cidr }] });
    let made = |rules: Vec<Value>| json!({ "GroupName": "mine", "VpcId": "net-id", "IpPermissions": rules });
    differs(&wanted, made(vec![rule(80, 80, "10.0.0.0/16")]), vec![], &[]);
    for rules in [vec![], vec![rule(80, 80, "0.0.0.0/0")], vec![rule(80, 81, "10.0.0.0/16")]] {
        differs(&wanted, made(rules), vec![], &["point-inbound"]);
    }
    let shortcut = vec![rule(80, 80, "10.0.0.0/16"), rule(22, 22, "0.0.0.0/0")];
    differs(&wanted, made(shortcut), vec![], &["point-inbound"]);
    let default = json!({ "GroupName": "default", "VpcId": "net-id" });
    assert_eq!(wrong(&wanted, default, vec![]), None);
}

/// The commands that set the first wrong property right, each without its line breaks.
fn mend(resource: &Resource, item: Value, more: Vec<Value>) -> Vec<String> {
    let object = Object { id: "it".to_owned(), item, more };
    let known = |name: &str, fact: &str| Some(format!("{name}-{fact}"));
    let report = observe(resource, &object, &known).expect("it is such a thing");
    let point = report.points.into_iter().find(|point| point.fit == Match::Wrong).expect("something is wrong");
    let command = |call: &Call| call.resolve(&known).expect("all is known").command();
    point
        .mend
        .iter()
        .map(|call| command(call).split_whitespace().filter(|word| *word != "\\").collect::<Vec<_>>().join(" "))
        .collect()
}

/// Only what differs is changed, whatever else the object has.
#[test]
fn a_rule_is_revoked_or_authorized_by_itself() {
    let wanted = json!({ "name": "sg", "vpc": "net", "description": "",
        "ingress": [{ "port": 80, "cidr": "10.0.0.0/16" }, { "port": 80, "group": "front" }] });
    let wanted = resource(json!({ "security_group": wanted }));
    // AWS puts the sources of one port into one permission.
    let ports = json!({ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
        "IpRanges": [{ "CidrIp": "10.0.0.0/16", "Description": "mine" }, { "CidrIp": "0.0.0.0/0" }] });
    let all = json!({ "IpProtocol": "-1", "UserIdGroupPairs": [{ "GroupId": "sg-9", "UserId": "111122223333" }] });
    let item = json!({ "GroupName": "mine", "VpcId": "net-id", "IpPermissions": [ports, all] });
    assert_eq!(
        mend(&wanted, item, vec![]),
        [
            "aws ec2 revoke-security-group-ingress --group-id it --ip-permissions \
             'IpProtocol=-1,UserIdGroupPairs=[{GroupId=sg-9}]' \
             'FromPort=80,IpProtocol=tcp,IpRanges=[{CidrIp=0.0.0.0/0}], ToPort=80'",
            "aws ec2 authorize-security-group-ingress --group-id it --ip-permissions \
             'FromPort=80,IpProtocol=tcp,ToPort=80,UserIdGroupPairs=[ {GroupId=front-id}]'",
        ]
    );
}

#[test]
fn an_acl_s_rules_are_replaced_created_and_deleted_by_number() {
    let acl = json!({ "name": "acl", "vpc": "net", "subnet": "here",
        "ingress": [{ "number": 100, "allow": true, "cidr": "10.0.0.0/16", "port": 80 }, { "number": 110, "allow": true, "cidr": "10.0.0.0/16" }] });
    let wanted = resource(json!({ "network_acl": acl }));
    let entry = |number: u16| json!({ "RuleNumber": number, "RuleAction": "allow", "Protocol": "-1", "CidrBlock": "0.0.0.0/0", "Egress": false });
    let item = json!({ "NetworkAclId": "it", "VpcId": "net-id", "Entries": [entry(100), entry(120)] });
    let commands = mend(&wanted, item, vec![]);
    let starts = ["replace-network-acl-entry", "create-network-acl-entry", "delete-network-acl-entry"];
    assert_eq!(commands.len(), starts.len(), "{commands:#?}");
    for (command, (start, number)) in commands.iter().zip(starts.iter().zip([100, 110, 120])) {
        assert!(command.starts_with(&format!("aws ec2 {start} ")), "{command}");
        assert!(command.contains(&format!("--rule-number {number}")), "{command}");
    }
}

#[test]
fn services_by_acceptance_and_who_is_allowed() {
    let wanted = json!({ "name": "s", "load_balancer": "nlb", "acceptance_required": true, "allow": ["consumer"] });
    let wanted = resource(json!({ "endpoint_service": wanted }));
    let made = |required: bool| json!({ "NetworkLoadBalancerArns": ["nlb-arn"], "AcceptanceRequired": required });
    let allowed = |who: &str| vec![json!({ "AllowedPrincipals": [{ "Principal": who }] })];
    differs(&wanted, made(true), allowed("arn:aws:iam::111122223333:root"), &[]);
    differs(&wanted, made(true), allowed("*"), &[]);
    differs(&wanted, made(false), allowed("*"), &["point-acceptance"]);
    differs(&wanted, made(true), allowed("arn:aws:iam::444455556666:root"), &["point-principals"]);
}

/// The verdict on the only property of a setting.
fn fit(wanted: Value, item: Value, more: Vec<Value>) -> Match {
    let wanted = resource(wanted);
    let object = Object { id: "it".to_owned(), item, more };
    let known = |name: &str, _: &str| (name == "account").then(|| "111122223333".to_owned());
    let sighting = observe(&wanted, &object, &known).expect("it is such a thing");
    let [point] = &sighting.points[..] else { panic!("{sighting:?}") };
    point.fit
}

/// An untouched setting is open: nothing is wrong before the learner has begun.
#[test]
fn settings_are_open_until_they_are_touched() {
    let permission = |kind: &str, allowed: &[&str]| {
        let list: Vec<Value> = allowed.iter().map(|who| json!({ "Principal": who })).collect();
        let wanted = json!({ kind: { "name": "p", "service": "s", "side": "consumer" } });
        fit(wanted, json!({ "ServiceId": "it" }), vec![json!({ "AllowedPrincipals": list })])
    };
    let (mine, other) = ("arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root");
    for (allowed, added, removed) in [
        (&[][..], Match::Open, Match::Right),
        (&[mine], Match::Right, Match::Open),
        (&["*"], Match::Right, Match::Wrong),
        (&[other], Match::Wrong, Match::Right),
        (&[other, mine], Match::Right, Match::Open),
    ] {
        assert_eq!(permission("allowed_principal", allowed), added, "{allowed:?}");
        assert_eq!(permission("removed_principal", allowed), removed, "{allowed:?}");
    }
    let cross_zone = |value: &str| {
        let attributes = json!({ "Attributes": [{ "Key": "load_balancing.cross_zone.enabled", "Value": value }] });
        fit(json!({ "cross_zone": { "name": "c", "load_balancer": "nlb" } }), json!({}), vec![attributes])
    };
    assert_eq!((cross_zone("false"), cross_zone("true")), (Match::Open, Match::Right));
    let name = |item: Value| {
        fit(json!({ "private_name": { "name": "n", "service": "s", "domain": "app.lab.example" } }), item, vec![])
    };
    let offered = |domain: &str| json!({ "PrivateDnsName": domain });
    assert_eq!(name(json!({})), Match::Open);
    assert_eq!(name(offered("app.lab.example")), Match::Right);
    assert_eq!(name(offered("www.lab.example")), Match::Wrong);
    let verified = |state: &str| {
        let item = json!({ "PrivateDnsNameConfiguration": { "State": state } });
        fit(json!({ "verification": { "name": "v", "service": "s" } }), item, vec![])
    };
    assert_eq!(["pendingVerification", "verified", "failed"].map(verified), [Match::Open, Match::Right, Match::Wrong]);
    let connection = |kind: &str, state: &str| {
        let wanted = resource(json!({ kind: { "name": "word", "service": "s", "endpoint": "e" } }));
        let item = json!({ "VpcEndpointId": "it", "VpcEndpointState": state });
        let object = Object { id: "it".to_owned(), item, more: vec![] };
        observe(&wanted, &object, &|_, _| Some("it".to_owned())).expect("it is the endpoint").points[0].fit
    };
    for (state, accepted, rejected) in [
        ("pendingAcceptance", Match::Open, Match::Open),
        ("available", Match::Right, Match::Open),
        ("rejected", Match::Wrong, Match::Right),
        ("expired", Match::Wrong, Match::Wrong),
    ] {
        assert_eq!((connection("acceptance", state), connection("rejection", state)), (accepted, rejected), "{state}");
    }
}

#[test]
fn hosted_zones_by_domain_and_the_record_that_is_asked_for() {
    let wanted = resource(json!({ "hosted_zone": { "name": "z", "domain": "lab.example", "service": "s" } }));
    let zone = || json!({ "Id": "/hostedzone/Z1", "Name": "lab.example.", "Config": { "PrivateZone": false } });
    let service = json!({ "ServiceConfigurations": [{
        "PrivateDnsName": "app.lab.example", "PrivateDnsNameConfiguration": { "Name": "_a", "Value": "vpce:1" },
    }] });
    let with = |records: Value| vec![json!({ "ResourceRecordSets": records }), service.clone()];
    let txt =
        |name: &str, value: &str| json!([{ "Name": name, "Type": "TXT", "ResourceRecords": [{ "Value": value }] }]);
    differs(&wanted, zone(), with(txt("_a.app.lab.example.", "\"vpce:1\"")), &[]);
    differs(&wanted, zone(), with(json!([])), &["point-record"]);
    differs(&wanted, zone(), with(txt("_a.app.lab.example.", "\"vpce:2\"")), &["point-record"]);
    differs(&wanted, zone(), with(txt("_b.app.lab.example.", "\"vpce:1\"")), &["point-record"]);
}

#[test]
fn endpoints_by_type_service_and_place() {
    let gateway = resource(json!({ "gateway_endpoint": { "name": "s3", "vpc": "net", "route_table": "rt" } }));
    let interface = resource(json!({ "endpoint": { "name": "e", "vpc": "net", "lookup": "found", "group": "sg" } }));
    let s3 = json!({
        "VpcEndpointType": "Gateway", "VpcId": "net-id", "ServiceName": "com.amazonaws.ap-northeast-1.s3",
        "RouteTableIds": ["rt-id"], "State": "available",
    });
    let mine = json!({
        "VpcEndpointType": "Interface", "VpcId": "other", "ServiceName": "found-name", "SubnetIds": ["found-subnet"],
        "Groups": [], "State": "pendingAcceptance",
    });
    differs(&gateway, s3.clone(), vec![], &[]);
    differs(&interface, mine.clone(), vec![], &["point-vpc", "point-group"]);
    assert_eq!(wrong(&gateway, mine, vec![]), None);
    assert_eq!(wrong(&interface, s3, vec![]), None);
}

#[test]
fn what_refers_to_something_that_is_not_there_yet_is_open() {
    let wanted =
        resource(json!({ "subnet": { "name": "s", "vpc": "later", "cidr": "10.0.1.0/24", "zone": "apne1-az4" } }));
    let made = json!({ "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "AvailabilityZoneId": "apne1-az4" });
    differs(&wanted, made, vec![], &["point-vpc"]);
}

#[test]
fn a_main_route_table_is_nobodys() {
    let wanted = resource(json!({ "route_table": { "name": "rt", "vpc": "net", "subnet": "here" } }));
    let made = |main: bool, subnet: &str| json!({ "VpcId": "net-id", "Associations": [{ "Main": main, "SubnetId": subnet, "RouteTableAssociationId": "a" }] });
    differs(&wanted, made(false, "here-id"), vec![], &[]);
    differs(&wanted, made(false, "elsewhere"), vec![], &["point-association"]);
    assert_eq!(wrong(&wanted, made(true, ""), vec![]), None);
}

#[test]
fn objects_stand_in_lists_and_in_lists_of_lists() {
    let reply = json!({ "Reservations": [{ "Instances": [{ "InstanceId": "i-1" }] }, { "Instances": [{ "InstanceId": "i-2" }] }] });
    let wanted = json!({
        "instance": { "name": "i", "subnet": "s", "group": "g", "image": "amazon_linux2023", "instance_type": "t3.micro", "user_data": "" }
    });
    let survey = crate::actions::survey(&resource(wanted)).expect("instances are made");
    assert_eq!(survey.objects(&reply).iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["i-1", "i-2"]);
}
