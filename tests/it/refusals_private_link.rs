//! The sandbox refuses what AWS refuses for endpoint services, endpoints and the connections between them.

use super::harness::{ELB, ENDPOINT, RefusalLab};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endpoints_and_services() {
    RefusalLab::told(|place| {
        place.networks();
        place.service();
        place.names.insert("endpoint-form", ENDPOINT.replace("{name}", &place.names["name"]));
        let form = place.names["endpoint-form"].replace("{far-vpc}", &place.names["far-vpc"]);
        place.names.insert("endpoint-form", form.replace("{far-subnet}", &place.names["far-subnet"]));
        // An account that is not allowed learns nothing.
        place.refuses(&[
            (1, "ec2", "{endpoint-form}", 400, "InvalidServiceName", "The Vpc Endpoint Service 'com.amazonaws.vpce."),
            (1, "ec2", "DescribeVpcEndpointServices&ServiceName.1={name}", 400, "InvalidServiceName", "does not exist"),
        ]);
        place.allow();
        place.endpoint("endpoint");
        place.make(0, "ec2", "CreateVpcEndpoint&VpcId={vpc}&ServiceName=com.amazonaws.ap-northeast-1.s3&RouteTableId.1={table}", "vpcEndpointId", "gateway");
        place.refuses(&[
            (1, "ec2", "CreateVpcEndpoint&VpcEndpointType=Interface&VpcId={far-vpc}&SubnetId.1={far-other}&ServiceName={name}", 400, "InvalidParameter", "does not support the availability zone of the subnet: subnet-"),
            (1, "ec2", "CreateVpcEndpoint&VpcEndpointType=Interface&VpcId={far-vpc}&SubnetId.1={far-subnet}&SubnetId.2={far-twin}&ServiceName={name}", 400, "DuplicateSubnetsInSameZone", "different availability zones"),
            (1, "ec2", "ModifyVpcEndpoint&VpcEndpointId={endpoint}&AddSubnetId.1={far-twin}", 400, "DuplicateSubnetsInSameZone", "different availability zones"),
            (1, "ec2", "ModifyVpcEndpoint&VpcEndpointId={endpoint}&AddRouteTableId.1={table}", 400, "InvalidParameter", "route tables"),
            (1, "ec2", "CreateVpcEndpoint&VpcId={far-vpc}&ServiceName={name}", 400, "InvalidParameter", "Endpoint type (Gateway) does not match available service types ([Interface])."),
            (1, "ec2", "CreateVpcEndpoint&VpcEndpointType=Interface&VpcId={far-vpc}&SubnetId.1={far-subnet}&ServiceName=com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0", 400, "InvalidServiceName", "does not exist"),
            (0, "ec2", "CreateVpcEndpoint&VpcId={vpc}&ServiceName=com.amazonaws.ap-northeast-1.s3&RouteTableId.1={table}", 400, "RouteAlreadyExists", "already has a route"),
            (0, "ec2", "DeleteRouteTable&RouteTableId={table}", 400, "DependencyViolation", "routeTable"),
            (1, "ec2", "DescribeVpcEndpoints&VpcEndpointId.1=vpce-0123456789abcdef0", 400, "InvalidVpcEndpointId.NotFound", "does not exist"),
            (1, "ec2", "DescribeVpcEndpoints&VpcEndpointId.1=x", 400, "InvalidVpcEndpointId.Malformed", "Invalid id"),
            (0, "ec2", "DescribeVpcEndpointServiceConfigurations&ServiceId.1=vpce-svc-0123456789abcdef0", 400, "InvalidVpcEndpointServiceId.NotFound", "does not exist"),
            (0, "ec2", "DescribeVpcEndpointServiceConfigurations&ServiceId.1=x", 400, "InvalidVpcEndpointServiceIdId.Malformed", "Invalid id"),
            (0, "ec2", "CreateVpcEndpointServiceConfiguration&NetworkLoadBalancerArn.1={nlb}", 400, "InvalidParameter", "already associated with another endpoint service"),
            (0, "ec2", "CreateVpcEndpointServiceConfiguration&NetworkLoadBalancerArn.1={nlb}x", 400, "InvalidNetworkLoadBalancerArn.NotFound", "does not exist"),
            (0, "ec2", "CreateVpcEndpointServiceConfiguration&NetworkLoadBalancerArn.1=nlb", 400, "InvalidNetworkLoadBalancerArn.Malformed", "is malformed"),
            (0, "ec2", "ModifyVpcEndpointServiceConfiguration&ServiceId={service}&RemoveNetworkLoadBalancerArn.1={nlb}", 400, "ExistingVpcEndpointConnections", "existing active VPC Endpoint connections"),
            (0, "ec2", "ModifyVpcEndpointServicePermissions&ServiceId={service}&AddAllowedPrincipals.1=123456789012", 400, "UnknownPrincipalType.Unsupported", "123456789012"),
            (1, "ec2", "AcceptVpcEndpointConnections&ServiceId={service}&VpcEndpointId.1={endpoint}", 400, "InvalidVpcEndpointServiceId.NotFound", "does not exist"),
            (1, "ec2", "DeleteSubnet&SubnetId={far-subnet}", 400, "DependencyViolation", "subnet"),
        ]);
        // Refused inside a successful answer.
        for (index, form, code) in [
            (1, "DeleteVpcEndpoints&VpcEndpointId.1=vpce-0123456789abcdef0", "InvalidVpcEndpoint.NotFound"),
            (0, "DeleteVpcEndpointServiceConfigurations&ServiceId.1={service}", "ExistingVpcEndpointConnections"),
            (0, "DeleteVpcEndpointServiceConfigurations&ServiceId.1=vpce-svc-0123456789abcdef0", "InvalidVpcEndpointService.NotFound"),
            (0, "RejectVpcEndpointConnections&ServiceId={service}&VpcEndpointId.1=vpce-0123456789abcdef0", "InvalidVpcEndpointId.NotFound"),
        ] {
            assert_eq!(place.done(index, "ec2", form).need("code"), code, "{form}");
        }

        // The service's owner can tag a connection; other accounts cannot see it.
        let seen = place.done(0, "ec2", "DescribeVpcEndpointConnections");
        place.names.insert("connection", seen.need("vpcEndpointConnectionId"));
        place.done(0, "ec2", "CreateTags&ResourceId.1={connection}&Tag.1.Key=lab&Tag.1.Value=yes");
        assert!(place.done(0, "ec2", "DescribeVpcEndpointConnections").text.contains("<key>lab</key><value>yes</value>"));
        assert_eq!(place.done(0, "ec2", "DescribeTags").need("resourceType"), "vpc-endpoint-connection");
        place.refuses(&[(1, "ec2", "CreateTags&ResourceId.1={connection}&Tag.1.Key=a", 400, "InvalidID", "not valid")]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_live_as_the_two_sides_want() {
    RefusalLab::told(|place| {
        place.networks();
        place.service();
        place.allow();
        for name in ["first", "second-endpoint", "third"] {
            place.endpoint(name);
        }
        let decide = |place: &RefusalLab, what: &str, endpoint: &str| {
            let form = format!("{what}VpcEndpointConnections&ServiceId={{service}}&VpcEndpointId.1={{{endpoint}}}");
            assert!(place.done(0, "ec2", &form).text.contains("<unsuccessful/>"), "{form}");
        };
        // Reject after accept.
        decide(place, "Accept", "first");
        assert_eq!(place.state("first"), "available");
        decide(place, "Reject", "first");
        assert_eq!(place.state("first"), "rejected");
        // A removed principal keeps its accepted connections, and cannot request new ones.
        decide(place, "Accept", "third");
        place.done(
            0,
            "ec2",
            "ModifyVpcEndpointServicePermissions&ServiceId={service}&RemoveAllowedPrincipals.1={consumer}",
        );
        assert_eq!(place.state("third"), "available");
        assert_eq!(place.call(1, "ec2", ENDPOINT).element("Code"), Some("InvalidServiceName"));
        // A waiting endpoint blocks the service's deletion; a rejected one does not, although it still exists in the
        // consumer's VPC.
        place.done(1, "ec2", "DeleteVpcEndpoints&VpcEndpointId.1={third}");
        assert_eq!(place.state("second-endpoint"), "pendingAcceptance");
        let delete = "DeleteVpcEndpointServiceConfigurations&ServiceId.1={service}";
        assert_eq!(place.done(0, "ec2", delete).need("code"), "ExistingVpcEndpointConnections");
        decide(place, "Reject", "second-endpoint");
        for _ in 0..3 {
            place.done(0, "ec2", "DescribeVpcEndpointConnections");
        }
        assert!(place.done(0, "ec2", delete).text.contains("<unsuccessful/>"));
        assert_eq!(place.state("second-endpoint"), "rejected");
        let delete = "DeleteVpcEndpoints&VpcEndpointId.1={first}&VpcEndpointId.2={second-endpoint}";
        assert!(place.done(1, "ec2", delete).text.contains("<unsuccessful/>"));
        let gone = place.call(1, "ec2", "DescribeVpcEndpoints&VpcEndpointId.1={first}");
        assert_eq!(gone.element("Code"), Some("InvalidVpcEndpointId.NotFound"));
        place.done(0, ELB, "DeleteLoadBalancer&LoadBalancerArn={nlb}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_connect_endpoint_comes_and_goes() {
    RefusalLab::told(|place| {
        place.networks();
        let create = "CreateInstanceConnectEndpoint&SubnetId={subnet}&ClientToken=once";
        place.make(0, "ec2", create, "instanceConnectEndpointId", "eice");
        assert_eq!(place.done(0, "ec2", create).need("instanceConnectEndpointId"), place.names["eice"]);
        let look = "DescribeInstanceConnectEndpoints&InstanceConnectEndpointId.1={eice}";
        let seen = place.done(0, "ec2", look);
        assert_eq!(seen.need("state"), "create-complete");
        assert!(seen.need("dnsName").ends_with(".ec2-instance-connect-endpoint.ap-northeast-1.amazonaws.com"));
        place.refuses(&[
            (
                0,
                "ec2",
                "CreateInstanceConnectEndpoint&SubnetId={other}",
                400,
                "ResourceLimitExceeded",
                "1 in a VPC, 5 in a Region",
            ),
            (
                0,
                "ec2",
                "CreateInstanceConnectEndpoint&SubnetId={other}&ClientToken=once",
                400,
                "IdempotentParameterMismatch",
                "inconsistent",
            ),
            (
                0,
                "ec2",
                "DeleteInstanceConnectEndpoint&InstanceConnectEndpointId=eice-0123456789abcdef0",
                400,
                "InvalidInstanceConnectEndpointId.NotFound",
                "does not exist",
            ),
            (
                0,
                "ec2",
                "DeleteInstanceConnectEndpoint&InstanceConnectEndpointId=x",
                400,
                "InvalidInstanceConnectEndpointId.Malformed",
                "Invalid id",
            ),
            (0, "ec2", "DeleteSubnet&SubnetId={subnet}", 400, "DependencyViolation", "subnet"),
        ]);
        let delete = "DeleteInstanceConnectEndpoint&InstanceConnectEndpointId={eice}";
        assert_eq!(place.done(0, "ec2", delete).need("state"), "delete-in-progress");
        place.done(0, "ec2", "DescribeInstanceConnectEndpoints");
        place.done(0, "ec2", "DeleteSubnet&SubnetId={subnet}");
    })
    .await;
}
