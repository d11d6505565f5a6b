//! Builds a whole path by hand: a web server behind a load balancer and its service, an endpoint to it, and a client.

use std::time::Duration;

use pllab::inside::cloud::Clients;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Cloud, Folder, ec2, elb, get};

/// The web server's script.
const WEB: &str = "#!/bin/bash\ndnf install -y nginx\necho 'hello <!--# echo var=\"remote_addr\" -->' > \
                   /usr/share/nginx/html/index.html\necho 'ssi on;' > /etc/nginx/default.d/ssi.conf\n\
                   systemctl enable --now nginx\n";
/// The zone of everything that is not spread over several.
const ZONE: &str = "apne1-az4";
/// The longest wait for an answer, or for the end of a connection, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);
const IMAGE: &str = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

/// The ids of what was made. The client and the endpoint are in subnets of their own.
pub struct Path {
    _folder: Folder,
    pub cloud: Cloud,
    /// The provider's subnets, one per zone.
    pub provider_subnets: Vec<String>,
    /// The provider's group, which admits everything.
    pub provider_group: String,
    /// The web server, in the first zone.
    pub web: String,
    /// The consumer's VPC.
    pub vpc: String,
    pub client_subnet: String,
    pub endpoint_subnet: String,
    /// The consumer's group, which admits everything.
    pub group: String,
    pub balancer: String,
    pub target_group: String,
    /// The service's id.
    pub service: String,
    pub service_name: String,
    pub endpoint: String,
    /// The endpoint's regional name.
    pub name: String,
    /// Its zonal names, one per zone.
    pub zonal: Vec<String>,
}

/// A VPC, and a group in it that admits everything.
async fn vpc(of: &Clients) -> (String, String) {
    let vpc = get(&ec2(of, "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await.expect("a VPC"), "Vpc.VpcId");
    let group = json!({ "GroupName": "open", "Description": "open", "VpcId": vpc });
    let group = get(&ec2(of, "CreateSecurityGroup", group).await.expect("a group"), "GroupId");
    let all = json!([{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }] }]);
    let rule = json!({ "GroupId": group, "IpPermissions": all });
    ec2(of, "AuthorizeSecurityGroupIngress", rule).await.expect("a rule");
    (vpc, group)
}

async fn subnet(of: &Clients, vpc: &str, cidr: &str, zone: &str) -> String {
    let subnet = json!({ "VpcId": vpc, "CidrBlock": cidr, "AvailabilityZoneId": zone });
    get(&ec2(of, "CreateSubnet", subnet).await.expect("a subnet"), "Subnet.SubnetId")
}

/// An instance with a script; returns once it is running.
async fn instance(of: &Clients, subnet: &str, group: &str, script: &str) -> String {
    let params = json!({
        "ImageId": IMAGE, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
        "SubnetId": subnet, "SecurityGroupIds": [group], "UserData": script,
    });
    let id = get(&ec2(of, "RunInstances", params).await.expect("an instance"), "Instances[0].InstanceId");
    for _ in 0..5 {
        let seen = ec2(of, "DescribeInstances", json!({ "InstanceIds": [id] })).await.expect("it is there");
        if get(&seen, "Reservations[0].Instances[0].State.Name") == "running" {
            return id;
        }
    }
    panic!("{id} does not run");
}

impl Path {
    /// Builds the path in one zone, up to an endpoint whose connection was accepted.
    pub async fn begin() -> Self {
        Self::over(&[ZONE]).await
    }

    /// Builds the path with a node and an endpoint interface in each of these zones.
    pub async fn over(zones: &[&str]) -> Self {
        let folder = Folder::new();
        let cloud = Cloud::open(&folder.path().join("sandbox")).await;
        let provider = &cloud.provider;
        let (provider_vpc, open) = vpc(provider).await;
        let mut provider_subnets = Vec::new();
        for (zone, net) in zones.iter().zip(1..) {
            provider_subnets.push(subnet(provider, &provider_vpc, &format!("10.0.{net}.0/24"), zone).await);
        }
        let tables = ec2(provider, "DescribeRouteTables", json!({})).await.expect("the main table");
        let s3 = json!({
            "VpcEndpointType": "Gateway", "VpcId": provider_vpc, "ServiceName": "com.amazonaws.ap-northeast-1.s3",
            "RouteTableIds": [get(&tables, "RouteTables[0].RouteTableId")],
        });
        ec2(provider, "CreateVpcEndpoint", s3).await.expect("the way to S3");
        let web = instance(provider, &provider_subnets[0], &open, WEB).await;
        let balancer = json!({
            "Name": "nlb", "Type": "network", "Scheme": "internal", "Subnets": provider_subnets,
            "SecurityGroups": [open],
        });
        let made = elb(provider, "CreateLoadBalancer", balancer).await.expect("a load balancer");
        let balancer = get(&made, "LoadBalancers[0].LoadBalancerArn");
        let group = json!({ "Name": "web", "Protocol": "TCP", "Port": 80, "VpcId": provider_vpc });
        let made = elb(provider, "CreateTargetGroup", group).await.expect("a target group");
        let target_group = get(&made, "TargetGroups[0].TargetGroupArn");
        let target = json!({ "TargetGroupArn": target_group, "Targets": [{ "Id": web }] });
        elb(provider, "RegisterTargets", target).await.expect("registered");
        let forward = json!([{ "Type": "forward", "TargetGroupArn": target_group }]);
        let listener = json!({
            "LoadBalancerArn": balancer, "Protocol": "TCP", "Port": 80, "DefaultActions": forward,
        });
        elb(provider, "CreateListener", listener).await.expect("a listener");
        elb(provider, "DescribeLoadBalancers", json!({})).await.expect("seen");
        let service = json!({ "NetworkLoadBalancerArns": [balancer] });
        let made = ec2(provider, "CreateVpcEndpointServiceConfiguration", service).await.expect("a service");
        let service = get(&made, "ServiceConfiguration.ServiceId");
        let service_name = get(&made, "ServiceConfiguration.ServiceName");
        let allow = json!({ "ServiceId": service, "AddAllowedPrincipals": ["*"] });
        ec2(provider, "ModifyVpcEndpointServicePermissions", allow).await.expect("allowed");

        let consumer = &cloud.consumer;
        let (vpc, group) = vpc(consumer).await;
        let client_subnet = subnet(consumer, &vpc, "10.0.1.0/24", ZONE).await;
        let mut endpoint_subnets = Vec::new();
        for (zone, net) in zones.iter().zip(2..) {
            endpoint_subnets.push(subnet(consumer, &vpc, &format!("10.0.{net}.0/24"), zone).await);
        }
        let params = json!({
            "VpcEndpointType": "Interface", "VpcId": vpc, "SubnetIds": endpoint_subnets,
            "SecurityGroupIds": [group], "ServiceName": service_name,
        });
        let made = ec2(consumer, "CreateVpcEndpoint", params).await.expect("an endpoint");
        let endpoint = get(&made, "VpcEndpoint.VpcEndpointId");
        let dns = |at: usize| get(&made, &format!("VpcEndpoint.DnsEntries[{at}].DnsName"));
        let name = dns(0);
        let zonal = (1..=zones.len()).map(dns).collect();
        let path = Self {
            _folder: folder,
            cloud,
            provider_subnets,
            provider_group: open,
            web,
            vpc,
            client_subnet,
            endpoint_subnet: endpoint_subnets.swap_remove(0),
            group,
            balancer,
            target_group,
            service,
            service_name,
            endpoint,
            name,
            zonal,
        };
        path.accept().await;
        path
    }

    /// Accepts the endpoint's connection and waits until it is available.
    pub async fn accept(&self) {
        let params = json!({ "ServiceId": self.service, "VpcEndpointIds": [self.endpoint] });
        ec2(&self.cloud.provider, "AcceptVpcEndpointConnections", params).await.expect("accepted");
        let seen = json!({ "VpcEndpointIds": [self.endpoint] });
        let seen = ec2(&self.cloud.consumer, "DescribeVpcEndpoints", seen).await.expect("it is there");
        assert_eq!(get(&seen, "VpcEndpoints[0].State"), "available");
    }

    /// A client in the consumer's VPC that requests `http://HOST/` once at each look at its console.
    pub async fn client(&self, host: &str) -> String {
        self.client_in(host, &self.client_subnet).await
    }

    /// The same in a subnet of its own.
    pub async fn client_elsewhere(&self, host: &str, cidr: &str) -> String {
        let subnet = subnet(&self.cloud.consumer, &self.vpc, cidr, ZONE).await;
        self.client_in(host, &subnet).await
    }

    async fn client_in(&self, host: &str, subnet: &str) -> String {
        let script = format!("#!/bin/bash\nwhile true; do curl -sS -m 5 http://{host}/; sleep 5; done\n");
        instance(&self.cloud.consumer, subnet, &self.group, &script).await
    }

    /// The result of the client's next try: the last line of its console.
    pub async fn ask(&self, client: &str) -> String {
        let params = json!({ "InstanceId": client, "Latest": true });
        let seen = ec2(&self.cloud.consumer, "GetConsoleOutput", params).await.expect("a console");
        get(&seen, "Output").lines().last().unwrap_or_default().to_owned()
    }

    /// Another web server with this script, in the first zone; not registered.
    pub async fn web(&self, script: &str) -> String {
        self.web_in(0, script).await
    }

    /// The same in the zone with this index.
    pub async fn web_in(&self, zone: usize, script: &str) -> String {
        instance(&self.cloud.provider, &self.provider_subnets[zone], &self.provider_group, script).await
    }

    /// Opens a connection from `client` to its host, through the forward that the sandbox opens to it, and keeps it.
    pub async fn hold(&self, client: &str) -> Held {
        Held::through(&self.cloud.consumer, client).await
    }

    /// The answer of `DescribeTargetHealth`: state and reason of each target, in its order.
    pub async fn health(&self) -> Vec<(String, String)> {
        self.health_by(json!({ "TargetGroupArn": self.target_group })).await
    }

    /// The answer for one target that is named by its id.
    pub async fn health_of(&self, id: &str) -> Vec<(String, String)> {
        self.health_by(json!({ "TargetGroupArn": self.target_group, "Targets": [{ "Id": id }] })).await
    }

    async fn health_by(&self, params: Value) -> Vec<(String, String)> {
        let seen = self.elb("DescribeTargetHealth", params).await;
        let targets = seen["TargetHealthDescriptions"].as_array().cloned().unwrap_or_default();
        let word = |of: &Value, key: &str| of["TargetHealth"][key].as_str().unwrap_or_default().to_owned();
        targets.iter().map(|target| (word(target, "State"), word(target, "Reason"))).collect()
    }

    /// Sets attributes of the target group.
    pub async fn set(&self, attributes: &[(&str, &str)]) {
        let attributes: Vec<Value> =
            attributes.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        let params = json!({ "TargetGroupArn": self.target_group, "Attributes": attributes });
        self.elb("ModifyTargetGroupAttributes", params).await;
    }

    pub async fn elb(&self, operation: &'static str, params: Value) -> Value {
        elb(&self.cloud.provider, operation, params).await.expect(operation)
    }

    pub async fn consumer(&self, operation: &'static str, params: Value) -> Value {
        ec2(&self.cloud.consumer, operation, params).await.expect(operation)
    }

    pub async fn provider(&self, operation: &'static str, params: Value) -> Value {
        ec2(&self.cloud.provider, operation, params).await.expect(operation)
    }
}

/// A connection that stays open between requests.
pub struct Held {
    stream: TcpStream,
}

impl Held {
    /// Opens a connection through the forward of an instance.
    pub async fn through(of: &Clients, instance: &str) -> Self {
        let params = json!({ "InstanceId": instance, "Latest": true });
        let seen = ec2(of, "GetConsoleOutput", params).await.expect("a console");
        let console = get(&seen, "Output");
        let forward = console.split("door: http://").nth(1).and_then(|rest| rest.split('/').next()).expect("a forward");
        Self { stream: TcpStream::connect(forward).await.expect("the forward is open") }
    }

    /// The page that a request on this connection returns.
    pub async fn page(&mut self) -> String {
        let asked = timeout(PATIENCE, self.ask()).await.expect("an answer in time");
        asked.expect("the connection is open")
    }

    /// Asks for the page, and tells whether nothing at all arrives in the given time. The answer may arrive later: read
    /// it with [`Held::late`].
    pub async fn is_silent(&mut self, time: Duration) -> bool {
        let sent = self.stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        sent.is_ok() && timeout(time, self.stream.peek(&mut [0])).await.is_err()
    }

    /// The page that an earlier request returns.
    pub async fn late(&mut self) -> String {
        let read = timeout(PATIENCE, self.read()).await.expect("an answer in time");
        read.expect("the connection is open")
    }

    /// Waits until the connection ends. Sends nothing meanwhile.
    pub async fn ends(&mut self) {
        let mut byte = [0];
        let seen = timeout(PATIENCE, self.stream.read(&mut byte)).await.expect("it ends");
        // Closed or reset.
        assert!(matches!(seen, Ok(0) | Err(_)), "{seen:?}");
    }

    async fn ask(&mut self) -> Option<String> {
        self.stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.ok()?;
        self.read().await
    }

    async fn read(&mut self) -> Option<String> {
        let mut answer = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&answer).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head.split("Content-Length: ").nth(1)?.lines().next()?.parse().ok()?;
                if body.len() >= length {
                    return Some(body.to_owned());
                }
            }
            (self.stream.read_buf(&mut answer).await.ok()? > 0).then_some(())?;
        }
    }
}
