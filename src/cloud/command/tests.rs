use serde_json::{Value, json};

use super::option::kebab;
use crate::cloud::tags::RunTags;
use crate::cloud::{Api, Call};
use crate::host::harmless;

fn ec2(operation: &'static str, params: &Value) -> Call {
    Call { api: Api::Ec2, operation, params: params.as_object().unwrap().clone() }
}

fn elbv2(operation: &'static str, params: &Value) -> Call {
    Call { api: Api::Elbv2, operation, params: params.as_object().unwrap().clone() }
}

#[test]
fn names_are_spelt_as_the_cli_spells_them() {
    for (name, spelt) in [
        ("CreateVpc", "create-vpc"),
        ("DescribeVpcEndpointServiceConfigurations", "describe-vpc-endpoint-service-configurations"),
        ("NetworkLoadBalancerArns", "network-load-balancer-arns"),
        ("DNSName", "dns-name"),
        ("IpPermissions", "ip-permissions"),
        ("Name", "name"),
    ] {
        assert_eq!(kebab(name), spelt);
    }
}

#[test]
fn commands_go_over_several_lines_when_one_is_too_long() {
    let tags = json!([{ "ResourceType": "vpc", "Tags": [{ "Key": "Name", "Value": "x" }] }]);
    assert_eq!(
        ec2("CreateVpc", &json!({ "CidrBlock": "10.0.0.0/16", "TagSpecifications": tags })).command(),
        "aws ec2 create-vpc \\\n  --cidr-block 10.0.0.0/16 \\\n  \
         --tag-specifications 'ResourceType=vpc,Tags=[{Key=Name,Value=x}]'"
    );
    assert_eq!(
        ec2("DescribeVpcEndpoints", &json!({ "VpcEndpointIds": ["vpce-1", "vpce-2"] })).command(),
        "aws ec2 describe-vpc-endpoints --vpc-endpoint-ids vpce-1 vpce-2"
    );
    assert_eq!(
        ec2(
            "DescribeImages",
            &json!({ "Owners": ["amazon"], "Filters": [{ "Name": "name", "Values": ["al2023-*", "b"] }] })
        )
        .command(),
        "aws ec2 describe-images \\\n  --filters 'Name=name,Values=al2023-*,b' \\\n  --owners amazon"
    );
}

#[test]
fn a_long_command_is_one_option_a_line() {
    let tags = RunTags { run: "k3x9", lab: "privatelink", learner: "aiko", resource: "nlb" };
    insta::assert_snapshot!(
        elbv2("CreateLoadBalancer", &json!({
            "Name": "pllab-k3x9-nlb", "Type": "network", "Scheme": "internal",
            "Subnets": ["${provider-subnet.id}"], "SecurityGroups": ["${nlb-sg.id}"], "Tags": tags.tags(),
        }))
        .command(),
        @r###"
aws elbv2 create-load-balancer \
  --name pllab-k3x9-nlb \
  --scheme internal \
  --security-groups "$NLB_SG_ID" \
  --subnets "$PROVIDER_SUBNET_ID" \
  --type network \
  --tags Key=Name,Value=pllab-k3x9-nlb Key=pllab:lab,Value=privatelink \
    Key=pllab:learner,Value=aiko Key=pllab:resource,Value=nlb \
    Key=pllab:run,Value=k3x9
"###);
}

#[test]
fn references_become_variables() {
    assert_eq!(
        ec2(
            "CreateSecurityGroup",
            &json!({
                "GroupName": "web", "Description": "Web - HTTP from the NLB's nodes", "VpcId": "${provider-vpc.id}",
            })
        )
        .command(),
        "aws ec2 create-security-group --description 'Web - HTTP from the NLB'\\''s nodes' --group-name web \
         --vpc-id \"$PROVIDER_VPC_ID\""
            .replace(" --group-name", " \\\n  --group-name")
            .replace(" --description", " \\\n  --description")
            .replace(" --vpc-id", " \\\n  --vpc-id")
    );
    assert_eq!(
        elbv2(
            "CreateListener",
            &json!({
                "LoadBalancerArn": "${nlb.arn}", "Protocol": "TCP", "Port": 80,
                "DefaultActions": [{ "Type": "forward", "TargetGroupArn": "${tg.arn}" }],
            })
        )
        .command(),
        "aws elbv2 create-listener \\\n  --default-actions \"TargetGroupArn=$TG_ARN,Type=forward\" \\\n  \
         --load-balancer-arn \"$NLB_ARN\" \\\n  --port 80 \\\n  --protocol TCP"
    );
    assert_eq!(
        ec2("CreateSecurityGroup", &json!({ "Description": "- nothing" })).command(),
        "aws ec2 create-security-group --description='- nothing'"
    );
    assert_eq!(Call::variable("1st-vpc", "id"), "_1ST_VPC_ID");
}

#[test]
fn values_that_shorthand_cannot_say_are_json_also_with_references() {
    let permissions = |description: &str| {
        json!([{ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
            "UserIdGroupPairs": [{ "GroupId": "${nlb-sg.id}", "Description": description }] }])
    };
    let command = |description| {
        ec2("AuthorizeSecurityGroupIngress", &json!({ "GroupId": "sg-1", "IpPermissions": permissions(description) }))
            .command()
    };
    insta::assert_snapshot!(command("nodes"), @r###"
aws ec2 authorize-security-group-ingress \
  --group-id sg-1 \
  --ip-permissions "FromPort=80,IpProtocol=tcp,ToPort=80,UserIdGroupPairs=[
    {Description=nodes,GroupId=$NLB_SG_ID}]"
"###);
    insta::assert_snapshot!(command("the NLB's nodes"), @r###"
aws ec2 authorize-security-group-ingress \
  --group-id sg-1 \
  --ip-permissions '[
    {"FromPort":80,"IpProtocol":"tcp","ToPort":80,"UserIdGroupPairs":[
    {"Description":"the NLB'\''s nodes","GroupId":"'"$NLB_SG_ID"'"}]}]'
"###);
}

#[test]
fn flags_and_counts_are_the_clis_own() {
    let service =
        |required| ec2("CreateVpcEndpointServiceConfiguration", &json!({ "AcceptanceRequired": required })).command();
    assert_eq!(service(true), "aws ec2 create-vpc-endpoint-service-configuration --acceptance-required");
    assert_eq!(service(false), "aws ec2 create-vpc-endpoint-service-configuration --no-acceptance-required");
    let run = |min, max| ec2("RunInstances", &json!({ "MinCount": min, "MaxCount": max })).command();
    assert_eq!(run(1, 1), "aws ec2 run-instances --count 1");
    assert_eq!(run(1, 3), "aws ec2 run-instances --count 1:3");
    assert_eq!(
        elbv2("DescribeTargetHealth", &json!({ "TargetGroupArn": "arn", "Targets": [] })).command(),
        "aws elbv2 describe-target-health --target-group-arn arn --targets '[]'"
    );
}

#[test]
fn user_data_is_a_here_document() {
    let plain = "#!/bin/bash\necho \"$HOME\" `date` it's\nEOF\n";
    insta::assert_snapshot!(ec2("RunInstances", &json!({ "MinCount": 1, "MaxCount": 1, "UserData": plain })).command(), @r###"
aws ec2 run-instances \
  --count 1 \
  --user-data "$(cat <<'EOF_'
#!/bin/bash
echo "$HOME" `date` it's
EOF
EOF_
)"
"###);
    let asking = "#!/bin/bash\ncurl http://${endpoint.dns}/ # $URL ${URL}\ncurl ${endpoint.dns} ${web.ip}\n";
    insta::assert_snapshot!(ec2("RunInstances", &json!({ "UserData": asking, "SubnetId": "${subnet.id}" })).command(), @r###"
aws ec2 run-instances \
  --subnet-id "$SUBNET_ID" \
  --user-data "$(sed -e 's|${endpoint\.dns}|'"$ENDPOINT_DNS"'|g' -e 's|${web\.ip}|'"$WEB_IP"'|g' <<'EOF'
#!/bin/bash
curl http://${endpoint.dns}/ # $URL ${URL}
curl ${endpoint.dns} ${web.ip}
EOF
)"
"###);
}

#[test]
fn answers_can_be_kept_in_variables() {
    let vpc = ec2("CreateVpc", &json!({ "CidrBlock": "10.0.0.0/16" }));
    assert_eq!(vpc.command_capturing(&[]), vpc.command());
    assert_eq!(
        vpc.command_capturing(&[("VPC_ID", "Vpc.VpcId")]),
        "VPC_ID=$(aws ec2 create-vpc \\\n  --cidr-block 10.0.0.0/16 \\\n  --query Vpc.VpcId \\\n  --output text)"
    );
    assert_eq!(
        vpc.command_capturing(&[("VPC_ID", "Vpc.VpcId"), ("VPC_OWNER", "Vpc.OwnerId")]),
        "read -r VPC_ID VPC_OWNER <<< \"$(aws ec2 create-vpc \\\n  --cidr-block 10.0.0.0/16 \\\n  \
         --query '[Vpc.VpcId,Vpc.OwnerId]' \\\n  --output text)\""
    );
    // If the variables' names fill the line, the command begins on the next one.
    let named =
        vpc.command_capturing(&[("A_RATHER_LONG_NAME_FOR_IT", "Vpc.VpcId"), ("ITS_OWNER_BESIDE_IT", "Vpc.OwnerId")]);
    assert!(
        named.starts_with("read -r A_RATHER_LONG_NAME_FOR_IT ITS_OWNER_BESIDE_IT <<< \"$(\n  aws ec2 create-vpc \\\n")
    );
    assert!(named.ends_with("  --output text\n)\""));
}

/// Asks the real shell, if there is one, how it reads a word.
#[cfg(unix)]
/// The screen filters a lab's text after it was quoted. The filter must not change the text's meaning.
#[test]
fn what_the_screen_leaves_out_does_not_unquote_anything() {
    use super::shell::{quote, script};
    for hidden in
        ["\u{200e}", "\u{feff}", "\u{7f}", "\r", "\r\r", "\u{1b}", "\u{1b}[2J", "\u{9b}", "\u{1b}]0;x\u{7}", "\0"]
    {
        for text in [
            format!("EOF{hidden}\n)\"; echo made; echo \"$(cat <<'EOF'\n"),
            format!("EO{hidden}F\n)\"; echo made; echo \"$(cat <<'EOF'\n"),
            format!("a{hidden}[' \\\nb"),
            format!("{hidden}'; echo made; '"),
        ] {
            let meant = harmless::lines(&text).into_owned();
            let shown = script(&text);
            assert_eq!(harmless::screen(&shown, false), shown, "{text:?}");
            assert_eq!(shell_says("", &shown), meant.trim_end_matches('\n'), "{text:?}");
            let shown = quote(&text);
            assert_eq!(harmless::screen(&shown, false), shown, "{text:?}");
            assert_eq!(shell_says("", &shown), meant, "{text:?}");
        }
    }
}

/// Blanks at the ends of lines are lost when a command is copied from a screen, and tabs become spaces.
#[cfg(unix)]
#[test]
fn what_is_lost_by_copying_ends_no_script() {
    use super::shell::script;
    for lost in [" ", "\t", "\u{a0}", "\u{3000}", "\u{200b}", "\u{ad}", " \u{2003}"] {
        for mark in [format!("EOF{lost}"), format!("{lost}EOF"), format!("E{lost}OF"), format!("EOF_{lost}")] {
            let text = format!("a\n{mark}\n)\"; echo made; echo \"$(cat <<'EOF'\n");
            let copied = script(&text)
                .split('\n')
                .map(|line| line.chars().filter(|c| !lost.contains(*c)).collect::<String>())
                .collect::<Vec<_>>()
                .join("\n");
            let said = shell_says("", &copied);
            assert!(said.starts_with("a\nEOF") && said.contains("echo"), "{text:?}: {said}");
        }
    }
}

#[cfg(unix)]
fn shell_says(assignments: &str, word: &str) -> String {
    let output = std::process::Command::new("sh").arg("-c").arg(format!("{assignments}\nprintf %s {word}")).output();
    String::from_utf8(output.expect("every Unix has a shell").stdout).unwrap()
}

#[cfg(unix)]
#[test]
fn a_real_shell_reads_back_what_was_meant() {
    use super::shell::{quote, script};
    for text in ["", "plain", "it's", "a b", "$HOME `x` \"q\" \\ !", "日本語", "-n", "*", "a\nb"] {
        assert_eq!(shell_says("", &quote(text)), text);
    }
    let values = "A_ID=vpc-1; B_DNS=x.example";
    for (text, meant) in [
        ("${a.id}", "vpc-1"),
        ("<${a.id}>", "<vpc-1>"),
        ("${a.id}s", "vpc-1s"),
        ("${a.id}[0]", "vpc-1[0]"),
        ("{\"Id\":\"${a.id}\",\"Cost\":\"$1\"}", "{\"Id\":\"vpc-1\",\"Cost\":\"$1\"}"),
    ] {
        assert_eq!(shell_says(values, &quote(text)), meant);
    }
    let text = "#!/bin/bash\ncurl 'http://${b.dns}/' \"$HOME\" ${HOME} `date` \\n (a\nEOF\n${a.id}";
    assert_eq!(
        shell_says(values, &script(text)),
        "#!/bin/bash\ncurl 'http://x.example/' \"$HOME\" ${HOME} `date` \\n (a\nEOF\nvpc-1"
    );
    assert_eq!(shell_says("", &script("a\nb\n")), "a\nb");
}

#[test]
fn a_record_is_published_with_the_cli_s_json() {
    let params = json!({
        "HostedZoneId": "Z1",
        "ChangeBatch": { "Changes": [{ "Action": "UPSERT", "ResourceRecordSet": {
            "Name": "_x.lab.example", "Type": "TXT", "TTL": 300, "ResourceRecords": [{ "Value": "\"vpce:a\"" }],
        } }] },
    });
    let params = params.as_object().unwrap().clone();
    let call = Call { api: Api::Route53, operation: "ChangeResourceRecordSets", params };
    let value = r#"{"Value":"\"vpce:a\""}"#;
    assert_eq!(
        call.command(),
        format!(
            "aws route53 change-resource-record-sets \\\n  --change-batch '{{\"Changes\":[{{\"Action\":\"UPSERT\",\n    \
             \"ResourceRecordSet\":{{\"Name\":\"_x.lab.example\",\"ResourceRecords\":[\n    {value}],\"TTL\":300,\
             \"Type\":\"TXT\"}}}}]}}' \\\n  --hosted-zone-id Z1"
        )
    );
}
