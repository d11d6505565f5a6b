//! Routes of the account's own: their allowed targets, how they are described, and that packets follow them.

use super::harness::RefusalLab;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_route_is_made_moved_lost_and_deleted() {
    let mut place =
        RefusalLab::open().await.reopen(|options| options.quotas.set("L-1216C47A", 9).expect("a code")).await;
    let told = tokio::task::spawn_blocking(move || {
        place.networks();
        let run = "RunInstances&ImageId={image}&InstanceType=t3.micro&MinCount=1&MaxCount=1&SubnetId={subnet}";
        place.make(0, "ec2", run, "instanceId", "one");
        place.make(0, "ec2", run, "instanceId", "two");
        for (instance, interface) in [("one", "one-eni"), ("two", "two-eni")] {
            let form = format!("DescribeInstances&InstanceId.1={{{instance}}}");
            place.make(0, "ec2", &form, "networkInterfaceId", interface);
        }
        place.make(1, "ec2", "DescribeRouteTables", "routeTableId", "far-table");
        let route = "&RouteTableId={table}&DestinationCidrBlock=172.16.0.0/12";
        place.names.insert("route", route.replace("{table}", &place.names["table"]));
        place.done(0, "ec2", "CreateRoute{route}&InstanceId={one}");
        let seen = place.done(0, "ec2", "DescribeRouteTables&RouteTableId.1={table}");
        let item = format!(
            "<item><destinationCidrBlock>172.16.0.0/12</destinationCidrBlock><instanceId>{}</instanceId>",
            place.names["one"]
        );
        assert!(seen.text.contains(&item), "{}", seen.text);
        let end = format!("<networkInterfaceId>{}</networkInterfaceId><state>active</state>", place.names["one-eni"]);
        assert!(seen.text.contains(&end), "{}", seen.text);

        place.refuses(&[
            (0, "ec2", "CreateRoute{route}&NetworkInterfaceId={two-eni}", 400, "RouteAlreadyExists", "The route identified by 172.16.0.0/12 already exists."),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationCidrBlock=10.0.0.0/16&InstanceId={one}", 400, "RouteAlreadyExists", "10.0.0.0/16"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0", 400, "MissingParameter", "exactly one of gatewayId"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&InstanceId={one}&NetworkInterfaceId={one-eni}", 400, "MissingParameter", "exactly one of gatewayId"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationCidrBlock=everywhere&InstanceId={one}", 400, "InvalidParameterValue", "not a valid CIDR block"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&InstanceId={one}", 400, "MissingParameter", "DestinationCidrBlock"),
            (0, "ec2", "CreateRoute&RouteTableId=rtb-0123456789abcdef0&DestinationCidrBlock=0.0.0.0/0&InstanceId={one}", 400, "InvalidRouteTableID.NotFound", "does not exist"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&InstanceId=i-0123456789abcdef0", 400, "InvalidInstanceID.NotFound", "does not exist"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&NetworkInterfaceId=eni-0123456789abcdef0", 400, "InvalidNetworkInterfaceID.NotFound", "does not exist"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&GatewayId=igw-0123456789abcdef0", 400, "InvalidGatewayID.NotFound", "pllab's sandbox does not model internet gateways"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&NatGatewayId=nat-0123456789abcdef0", 400, "InvalidNatGatewayID.NotFound", "pllab's sandbox does not model NAT gateways"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&VpcPeeringConnectionId=pcx-0123456789abcdef0", 400, "InvalidVpcPeeringConnectionID.NotFound", "pllab's sandbox does not model VPC peering"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationIpv6CidrBlock=::/0&InstanceId={one}", 400, "InvalidParameterValue", "pllab's sandbox does not model"),
            (0, "ec2", "ReplaceRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0&InstanceId={one}", 400, "InvalidParameterValue", "There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead."),
            (0, "ec2", "ReplaceRoute{route}&LocalTarget=true", 400, "InvalidParameterValue", "no local route"),
            (0, "ec2", "CreateRoute&RouteTableId={table}&DestinationCidrBlock=10.0.1.0/25&InstanceId={one}", 400, "InvalidParameterValue", "Route destination doesn't match any subnet CIDR blocks."),
            (0, "ec2", "DeleteRoute&RouteTableId={table}&DestinationCidrBlock=0.0.0.0/0", 400, "InvalidRoute.NotFound", "no route with destination-cidr-block 0.0.0.0/0 in route table rtb-"),
            (0, "ec2", "DeleteRoute&RouteTableId={table}&DestinationCidrBlock=10.0.0.0/16", 400, "InvalidParameterValue", "cannot remove local route 10.0.0.0/16 in route table rtb-"),
            (0, "ec2", "DeleteRoute&RouteTableId={table}&DestinationPrefixListId=pl-61a54008", 400, "InvalidRoute.NotFound", "pl-61a54008"),
            (1, "ec2", "CreateRoute&RouteTableId={far-table}&DestinationCidrBlock=0.0.0.0/0&NetworkInterfaceId={one-eni}", 400, "InvalidNetworkInterfaceID.NotFound", "does not exist"),
        ]);
        // The local route gets another target for a while; even then it cannot be deleted.
        let local = "&RouteTableId={table}&DestinationCidrBlock=10.0.0.0/16";
        place.done(0, "ec2", &format!("ReplaceRoute{local}&NetworkInterfaceId={{one-eni}}"));
        let seen = place.done(0, "ec2", "DescribeRouteTables&RouteTableId.1={table}").text;
        let changed = format!(
            "{}</networkInterfaceId><state>active</state><origin>CreateRouteTable</origin>",
            place.names["one-eni"]
        );
        assert!(seen.contains(&changed) && !seen.contains("<gatewayId>local"), "{seen}");
        place.refuses(&[(
            0,
            "ec2",
            "DeleteRoute&RouteTableId={table}&DestinationCidrBlock=10.0.0.0/16",
            400,
            "InvalidParameterValue",
            "cannot remove local route 10.0.0.0/16",
        )]);
        place.done(0, "ec2", &format!("ReplaceRoute{local}&LocalTarget=true"));
        let seen = place.done(0, "ec2", "DescribeRouteTables&RouteTableId.1={table}").text;
        assert!(seen.contains("10.0.0.0/16</destinationCidrBlock><gatewayId>local"), "{seen}");
        let gateway =
            "CreateVpcEndpoint&VpcId={vpc}&ServiceName=com.amazonaws.ap-northeast-1.s3&RouteTableId.1={table}";
        place.make(0, "ec2", gateway, "vpcEndpointId", "gateway");
        let of_endpoint = "DeleteRoute&RouteTableId={table}&DestinationPrefixListId=pl-61a54008";
        place.refuses(&[(
            0,
            "ec2",
            of_endpoint,
            400,
            "InvalidParameterValue",
            "cannot remove VPC endpoint route vpce-",
        )]);

        // Another target; once it is deleted, the route is a black hole.
        place.done(0, "ec2", "ReplaceRoute{route}&NetworkInterfaceId={two-eni}");
        let by = |filter: &str| {
            let seen = place.done(0, "ec2", &format!("DescribeRouteTables&Filter.1.Name={filter}"));
            seen.text.matches("<routeSet>").count()
        };
        let of = |name: &str| format!("route.instance-id&Filter.1.Value.1={{{name}}}");
        assert_eq!((by(&of("one")), by(&of("two"))), (0, 1));
        place.done(0, "ec2", "TerminateInstances&InstanceId.1={two}");
        for _ in 0..4 {
            place.done(0, "ec2", "DescribeInstances");
        }
        assert_eq!(by("route.state&Filter.1.Value.1=blackhole"), 1);
        assert_eq!(by("route.destination-cidr-block&Filter.1.Value.1=172.16.0.0/12"), 1);
        assert_eq!(by("route.nat-gateway-id&Filter.1.Value.1=*"), 0);
        // The state survives a restart, and can be deleted.
        place
    });
    let place = told.await.expect("as on AWS").reopen(|_| {}).await;
    let told = tokio::task::spawn_blocking(move || {
        place.done(0, "ec2", "DeleteRoute{route}");
        let seen = place.done(0, "ec2", "DescribeRouteTables&RouteTableId.1={table}");
        assert!(!seen.text.contains("172.16.0.0"), "{}", seen.text);
        place
    });
    told.await.expect("it is gone").cloud.close().await;
}
