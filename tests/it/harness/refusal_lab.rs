//! Both halves of a lab, made with requests signed by hand, and tables of refusals.

use std::collections::BTreeMap;

use pllab::inside::sandbox::Options;

use super::{Cloud, Folder, Signer};

/// A lab for refused calls, and the names of what is in it.
pub struct RefusalLab {
    pub cloud: Cloud,
    /// The ids of what was made, by the names that forms use.
    pub names: BTreeMap<&'static str, String>,
    folder: Folder,
}

pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// All of it, including the head.
    pub text: String,
}

impl Answer {
    /// The text of the first element with this name.
    pub fn element(&self, name: &str) -> Option<&str> {
        let start = self.text.find(&format!("<{name}>"))? + name.len() + 2;
        self.text[start..].split('<').next()
    }

    /// The same, but it must exist.
    #[track_caller]
    pub fn need(&self, name: &str) -> String {
        self.element(name).unwrap_or_else(|| panic!("no {name} in {}", self.text)).to_owned()
    }
}

impl RefusalLab {
    /// An empty lab.
    pub async fn open() -> Self {
        let folder = Folder::new();
        let cloud = Cloud::open(&folder.path().join("sandbox")).await;
        Self { cloud, names: BTreeMap::new(), folder }
    }

    /// Opens one for a story, off the runtime's threads, because the calls block.
    pub async fn told(story: impl FnOnce(&mut Self) + Send + 'static) {
        let mut place = Self::open().await;
        let place = tokio::task::spawn_blocking(move || {
            story(&mut place);
            place
        });
        place.await.expect("the story holds").cloud.close().await;
    }

    /// The same world in a sandbox with other options.
    pub async fn reopen(self, change: impl FnOnce(&mut Options)) -> Self {
        self.cloud.close().await;
        let mut options = Cloud::options(&self.folder.path().join("sandbox"));
        change(&mut options);
        Self { cloud: Cloud::start(options).await, ..self }
    }

    /// A request by the account at `index`. Names in braces are filled in: `VpcId={vpc}`.
    pub fn call(&self, index: usize, service: &'static str, form: &str) -> Answer {
        let mut form = form.to_owned();
        for (name, value) in &self.names {
            form = form.replace(&format!("{{{name}}}"), value);
        }
        assert!(!form.contains('{'), "a name is missing: {form}");
        let version = match service {
            "ec2" => "2016-11-15",
            "sts" => "2011-06-15",
            _ => "2015-12-01",
        };
        let account = &self.cloud.sandbox().accounts()[index];
        let signer = Signer {
            id: account.access_key_id.clone(),
            secret: account.secret_access_key.clone(),
            ..self.cloud.signer(service)
        };
        let (status, text) = signer.call(&format!("Version={version}&Action={form}"));
        Answer { status, text }
    }

    /// A call that must succeed; one of its elements becomes a name.
    #[track_caller]
    pub fn make(&mut self, index: usize, service: &'static str, form: &str, element: &str, name: &'static str) {
        let answer = self.call(index, service, form);
        assert_eq!(answer.status, 200, "{form}: {}", answer.text);
        self.names.insert(name, answer.need(element));
    }

    /// A call that must succeed.
    #[track_caller]
    pub fn done(&self, index: usize, service: &'static str, form: &str) -> Answer {
        let answer = self.call(index, service, form);
        assert_eq!(answer.status, 200, "{form}: {}", answer.text);
        answer
    }

    /// Asserts that every row is refused with its status, code, and words in its message, in its protocol's envelope.
    pub fn refuses(&self, rows: &[Row]) {
        let mut wrong = Vec::new();
        for (index, service, form, status, code, words) in rows {
            let answer = self.call(*index, service, form);
            let message = answer.element("Message").unwrap_or_default().replace("&quot;", "\"");
            let envelope = if *service == "ec2" { "<Response><Errors><Error><Code>" } else { "<ErrorResponse xmlns=" };
            let right = answer.status == *status
                && answer.element("Code") == Some(code)
                && message.contains(words)
                && answer.text.contains(envelope)
                && answer.text.to_lowercase().contains("\r\nx-amzn-requestid: ");
            if !right {
                wrong.push(format!(
                    "{form}\n   wanted {status} {code} …{words}…\n   got    {} {} {message}",
                    answer.status,
                    answer.element("Code").unwrap_or("no code")
                ));
            }
        }
        assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    }

    /// Makes both networks, each with two subnets in one zone and one in another.
    pub fn networks(&mut self) {
        for (index, vpc, names) in
            [(0, "vpc", ["subnet", "twin", "other"]), (1, "far-vpc", ["far-subnet", "far-twin", "far-other"])]
        {
            self.make(index, "ec2", "CreateVpc&CidrBlock=10.0.0.0/16", "vpcId", vpc);
            for ((name, net), zone) in names.into_iter().zip(1..).zip(["apne1-az4", "apne1-az4", "apne1-az1"]) {
                let form = format!("CreateSubnet&VpcId={{{vpc}}}&CidrBlock=10.0.{net}.0/24&AvailabilityZoneId={zone}");
                self.make(index, "ec2", &form, "subnetId", name);
            }
        }
        let group = |name: &str| format!("CreateSecurityGroup&GroupName={name}&GroupDescription=x&VpcId={{vpc}}");
        self.make(0, "ec2", &group("one"), "groupId", "group");
        self.make(0, "ec2", &group("two"), "groupId", "second");
        self.make(
            0,
            "ec2",
            "DescribeSecurityGroups&Filter.1.Name=group-name&Filter.1.Value.1=default",
            "groupId",
            "default",
        );
        self.make(
            0,
            "ec2",
            "DescribeRouteTables&Filter.1.Name=association.main&Filter.1.Value.1=true",
            "routeTableId",
            "main",
        );
        self.make(0, "ec2", "CreateRouteTable&VpcId={vpc}", "routeTableId", "table");
        let images = "DescribeImages&Filter.1.Name=architecture&Filter.1.Value.1=x86_64";
        self.make(0, "ec2", images, "imageId", "image");
    }

    /// Makes a load balancer in the first subnet, its target group, listener, and an endpoint service the consumer
    /// may use.
    pub fn service(&mut self) {
        let create = "CreateLoadBalancer&Name=nlb&Type=network&Scheme=internal&Subnets.member.1={subnet}";
        self.make(0, ELB, create, "LoadBalancerArn", "nlb");
        assert_eq!(self.done(0, ELB, "DescribeLoadBalancers").need("Code"), "active");
        let create = "CreateTargetGroup&Name=web&Protocol=TCP&Port=80&VpcId={vpc}";
        self.make(0, ELB, create, "TargetGroupArn", "targets");
        let create = "CreateListener&LoadBalancerArn={nlb}&Protocol=TCP&Port=80&DefaultActions.member.1.Type=forward\
                      &DefaultActions.member.1.TargetGroupArn={targets}";
        self.make(0, ELB, create, "ListenerArn", "listener");
        let create = "CreateVpcEndpointServiceConfiguration&NetworkLoadBalancerArn.1={nlb}";
        self.make(0, "ec2", create, "serviceId", "service");
        let name = format!("com.amazonaws.vpce.ap-northeast-1.{}", self.names["service"]);
        self.names.insert("name", name);
        let consumer = self.cloud.sandbox().accounts()[1].account_id.clone();
        self.names.insert("consumer", format!("arn:aws:iam::{consumer}:root"));
    }

    /// Allows the consumer's account to request a connection.
    pub fn allow(&self) {
        self.done(
            0,
            "ec2",
            "ModifyVpcEndpointServicePermissions&ServiceId={service}&AddAllowedPrincipals.1={consumer}",
        );
    }

    /// Makes the consumer's request, under a name.
    pub fn endpoint(&mut self, name: &'static str) {
        self.make(1, "ec2", ENDPOINT, "vpcEndpointId", name);
    }

    /// An endpoint's state as the consumer sees it.
    pub fn state(&self, endpoint: &str) -> String {
        self.done(1, "ec2", &format!("DescribeVpcEndpoints&VpcEndpointId.1={{{endpoint}}}")).need("state")
    }
}

/// Account, service, form, and the refusal: status, code, words in the message.
pub type Row = (usize, &'static str, &'static str, u16, &'static str, &'static str);

/// `ELBv2`'s signing name.
pub const ELB: &str = "elasticloadbalancing";
/// The consumer's request for a connection.
pub const ENDPOINT: &str = "CreateVpcEndpoint&VpcEndpointType=Interface&VpcId={far-vpc}&SubnetId.1={far-subnet}\
                        &ServiceName={name}";
