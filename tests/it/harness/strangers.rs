//! Other people's resources in an account: look-alikes of a run, made with requests signed by hand, and a view of
//! everything.

use serde_json::Value;

use super::Signer;

/// The first account of a sandbox, with both signing names.
pub struct Strangers {
    ec2: Signer,
    elb: Signer,
}

impl Strangers {
    /// From the report of a sandbox that is ready.
    pub fn of_ready(ready: &Value) -> Self {
        Self { ec2: Signer::of_ready(ready, "ec2"), elb: Signer::of_ready(ready, "elasticloadbalancing") }
    }

    /// Makes something; returns the content of `element` in the answer.
    fn make(&self, form: &str, element: &str) -> String {
        let text = self.ask(form);
        let rest = text.split(&format!("<{element}>")).nth(1).unwrap_or_else(|| panic!("no {element}: {text}"));
        rest.split('<').next().unwrap_or_default().to_owned()
    }

    /// The answer, including the head, to a form without its version.
    pub fn ask(&self, form: &str) -> String {
        let is_elb = ["LoadBalancer", "TargetGroup", "Listener"].iter().any(|word| form.contains(word))
            && !form.contains("VpcEndpointService");
        let (signer, version) = if is_elb { (&self.elb, "2015-12-01") } else { (&self.ec2, "2016-11-15") };
        let (status, text) = signer.call(&format!("Version={version}&Action={form}"));
        assert_eq!(status, 200, "{form}: {text}");
        text
    }

    /// Makes what a run of this lab makes, different only in its ids; returns the VPC.
    pub fn look_alike(&self) -> String {
        let tags = |kind: &str, name: &str| {
            let tag = |number: u8, key: &str, value: &str| {
                let place = format!("TagSpecification.1.Tag.{number}");
                format!("&{place}.Key={key}&{place}.Value={value}")
            };
            format!(
                "&TagSpecification.1.ResourceType={kind}{}{}{}{}",
                tag(1, "Name", &format!("pllab-zzzzzz-{name}")),
                tag(2, "pllab%3Arun", "zzzzzz"),
                tag(3, "pllab%3Alab", "privatelink"),
                tag(4, "pllab%3Aresource", name),
            )
        };
        let form = format!("CreateVpc&CidrBlock=10.0.0.0%2F16{}", tags("vpc", "provider-vpc"));
        let vpc = self.make(&form, "vpcId");
        let form = format!(
            "CreateSubnet&VpcId={vpc}&CidrBlock=10.0.1.0%2F24&AvailabilityZoneId=apne1-az4{}",
            tags("subnet", "provider-subnet")
        );
        let subnet = self.make(&form, "subnetId");
        for name in ["nlb-sg", "web-sg", "endpoint-sg", "client-sg"] {
            let words = format!("GroupName=pllab-zzzzzz-{name}&GroupDescription=x{}", tags("security-group", name));
            self.ask(&format!("CreateSecurityGroup&VpcId={vpc}&{words}"));
        }
        self.ask(&format!("CreateRouteTable&VpcId={vpc}{}", tags("route-table", "provider-routes")));
        let tagged = "&Tags.member.1.Key=pllab%3Arun&Tags.member.1.Value=zzzzzz";
        let group = self.make(
            &format!("CreateTargetGroup&Name=pllab-zzzzzz-web-targets&Protocol=TCP&Port=80&VpcId={vpc}&TargetType=instance{tagged}"),
            "TargetGroupArn",
        );
        let balancer = self.make(
            &format!("CreateLoadBalancer&Name=pllab-zzzzzz-nlb&Type=network&Scheme=internal&Subnets.member.1={subnet}{tagged}"),
            "LoadBalancerArn",
        );
        let action = format!("DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={group}");
        self.ask(&format!("CreateListener&LoadBalancerArn={balancer}&Protocol=TCP&Port=80&{action}"));
        while !self.ask("DescribeLoadBalancers").contains("<Code>active</Code>") {}
        let form = format!(
            "CreateVpcEndpointServiceConfiguration&NetworkLoadBalancerArn.1={balancer}{}",
            tags("vpc-endpoint-service", "service")
        );
        let service = self.make(&form, "serviceName");
        self.ask(&format!(
            "CreateVpcEndpoint&VpcEndpointType=Interface&VpcId={vpc}&SubnetId.1={subnet}&ServiceName={service}{}",
            tags("vpc-endpoint", "endpoint")
        ));
        vpc
    }

    /// Everything that exists, except for terminated instances.
    pub fn everything(&self, vpcs: &[String]) -> Vec<String> {
        let of_vpcs: Vec<_> = (1..).zip(vpcs).map(|(at, vpc)| format!("&Filter.1.Value.{at}={vpc}")).collect();
        let of_vpcs = of_vpcs.concat();
        let all = [
            "DescribeVpcs",
            "DescribeSubnets",
            "DescribeRouteTables",
            "DescribeNetworkAcls",
            "DescribeSecurityGroups",
            "DescribeSecurityGroupRules",
            "DescribeNetworkInterfaces",
            "DescribeVpcEndpoints",
            "DescribeVpcEndpointServiceConfigurations",
            "DescribeVpcEndpointConnections",
            "DescribeLoadBalancers",
            "DescribeTargetGroups",
        ];
        let instances = format!("DescribeInstances&Filter.1.Name=vpc-id{of_vpcs}");
        let asked = all.into_iter().map(str::to_owned).chain([instances]);
        let body = |text: String| text.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned();
        let answers = asked.map(|form| body(self.ask(&form)));
        // Each answer has an id of its own.
        let without_id = |text: String| {
            let at = text.to_lowercase().find("<requestid>").unwrap_or(text.len());
            let end = text[at..].find("</").map_or(text.len(), |end| at + end);
            format!("{}{}", &text[..at], &text[end..])
        };
        answers.map(without_id).collect()
    }
}
