//! Tests sending against a loopback server with scripted answers.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{FIRST_WAIT_MS, MAX_WAIT_MS};
use crate::cloud::poll::Backoff;
use crate::cloud::{Api, Call, Clients, ConnectOptions, Fault, FaultClass, connect, identity, operation, text_at};
use crate::host::Random;

#[derive(Clone, Copy)]
enum Act {
    /// A status and a body.
    Answer(u16, &'static str),
    /// Reads the request and closes the connection.
    HangUp,
}

/// Serves the acts in turn, repeating the last one for ever; returns the URL and the requests' bodies.
fn server(acts: &'static [Act]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&bodies);
    thread::spawn(move || {
        for (index, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            seen.lock().unwrap().push(body(&mut stream));
            if let Act::Answer(status, xml) = acts[index.min(acts.len() - 1)] {
                let length = xml.len();
                let head = format!("HTTP/1.1 {status} x\r\nx-amzn-requestid: r-{index}\r\nconnection: close\r\n");
                write!(stream, "{head}content-length: {length}\r\n\r\n{xml}").unwrap();
            }
        }
    });
    (url, bodies)
}

fn body(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap();
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()).unwrap_or("0");
            if read == 0 || body.len() >= length.parse().unwrap() {
                return body.to_owned();
            }
        }
    }
}

async fn clients(url: &str) -> Clients {
    let options = ConnectOptions {
        region: "ap-northeast-1".to_owned(),
        endpoint_url: Some(url.to_owned()),
        profile: None,
        ca_bundle: None,
        keys: Some(("AKIATEST".to_owned(), "secret".to_owned())),
    };
    connect(&options).await.unwrap()
}

#[tokio::test]
async fn every_operation_that_files_may_name_is_sent() {
    let (url, _) = server(&[Act::Answer(200, "<x/>")]);
    let clients = clients(&url).await;
    for (api, known) in [(Api::Ec2, operation::EC2), (Api::Elbv2, operation::ELBV2), (Api::Route53, operation::ROUTE53)]
    {
        for operation in known.iter().copied() {
            let params = [("Nonsense".to_owned(), Value::from(1))].into_iter().collect();
            let fault = clients.send_once(&Call { api, operation, params }).await.unwrap_err();
            assert_eq!(fault.code, "UnknownParameter", "{operation}: {fault}");
        }
    }
}

async fn ask(url: &str, api: Api, operation: &'static str, params: Value) -> Result<Value, Fault> {
    clients(url).await.send(&Call { api, operation, params: params.as_object().unwrap().clone() }).await
}

const THROTTLED: &str = "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.\
    </Message></Error></Errors><RequestID>x</RequestID></Response>";
const BROKEN: &str = "<Response><Errors><Error><Code>InternalError</Code><Message>Sorry.</Message></Error></Errors>\
    <RequestID>x</RequestID></Response>";
const VPC: &str = "<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId><state>pending</state><tagSet><item><key>Name</key>\
    <value>x</value></item></tagSet></vpc></CreateVpcResponse>";

#[tokio::test]
async fn parameters_go_out_and_the_answer_comes_back_as_the_cli_prints_it() {
    let (url, bodies) = server(&[Act::Answer(200, VPC)]);
    let params = json!({ "CidrBlock": "10.0.0.0/16",
        "TagSpecifications": [{ "ResourceType": "vpc", "Tags": [{ "Key": "Name", "Value": "x" }] }] });
    let reply = ask(&url, Api::Ec2, "CreateVpc", params).await.unwrap();
    assert_eq!(
        reply,
        json!({ "Vpc": { "VpcId": "vpc-1", "State": "pending", "Tags": [{ "Key": "Name", "Value": "x" }] } })
    );
    assert_eq!(
        bodies.lock().unwrap()[0],
        "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16&TagSpecification.1.ResourceType=vpc\
         &TagSpecification.1.Tag.1.Key=Name&TagSpecification.1.Tag.1.Value=x"
    );
}

#[tokio::test]
async fn user_data_goes_out_encoded() {
    let (url, bodies) =
        server(&[Act::Answer(200, "<RunInstancesResponse><reservationId>r-1</reservationId></RunInstancesResponse>")]);
    ask(&url, Api::Ec2, "RunInstances", json!({ "MinCount": 1, "MaxCount": 1, "UserData": "hello" })).await.unwrap();
    assert!(bodies.lock().unwrap()[0].contains("UserData=aGVsbG8%3D"));
}

#[tokio::test]
async fn endpoint_states_stay_as_they_were_on_the_wire() {
    let (url, _) = server(&[Act::Answer(
        200,
        "<DescribeVpcEndpointsResponse><vpcEndpointSet><item><vpcEndpointId>vpce-1</vpcEndpointId>\
         <state>pendingAcceptance</state><creationTimestamp>2026-11-23T01:02:03.004Z</creationTimestamp></item>\
         </vpcEndpointSet></DescribeVpcEndpointsResponse>",
    )]);
    let reply = ask(&url, Api::Ec2, "DescribeVpcEndpoints", json!({})).await.unwrap();
    assert_eq!(text_at(&reply, "VpcEndpoints[0].State").as_deref(), Some("pendingAcceptance"));
    assert_eq!(text_at(&reply, "VpcEndpoints[0].CreationTimestamp").as_deref(), Some("2026-11-23T01:02:03.004Z"));
}

#[tokio::test]
async fn all_pages_are_fetched() {
    let (url, bodies) = server(&[
        Act::Answer(
            200,
            "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet><nextToken>t</nextToken></DescribeVpcsResponse>",
        ),
        Act::Answer(
            200,
            "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-2</vpcId></item></vpcSet></DescribeVpcsResponse>",
        ),
    ]);
    let reply = ask(&url, Api::Ec2, "DescribeVpcs", json!({})).await.unwrap();
    assert_eq!(reply, json!({ "Vpcs": [{ "VpcId": "vpc-1" }, { "VpcId": "vpc-2" }] }));
    assert!(bodies.lock().unwrap()[1].contains("NextToken=t"));
}

#[tokio::test]
async fn a_failure_inside_a_successful_answer_is_a_fault() {
    let (url, bodies) = server(&[Act::Answer(
        200,
        "<DeleteVpcEndpointServiceConfigurationsResponse><unsuccessful><item><error>\
         <code>ExistingVpcEndpointConnections</code><message>in use</message></error><resourceId>vpce-svc-1</resourceId>\
         </item></unsuccessful></DeleteVpcEndpointServiceConfigurationsResponse>",
    )]);
    let params = json!({ "ServiceIds": ["vpce-svc-1"] });
    let fault = ask(&url, Api::Ec2, "DeleteVpcEndpointServiceConfigurations", params).await.unwrap_err();
    assert_eq!((fault.code.as_str(), fault.class), ("ExistingVpcEndpointConnections", FaultClass::InUse));
    assert_eq!(fault.request_id.as_deref(), Some("r-0"));
    assert_eq!(bodies.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn every_failure_inside_a_successful_answer_is_told_and_the_gravest_decides() {
    for (operation, list) in [
        ("DeleteVpcEndpoints", "VpcEndpointIds"),
        ("DeleteVpcEndpointServiceConfigurations", "ServiceIds"),
        ("AcceptVpcEndpointConnections", "VpcEndpointIds"),
        ("RejectVpcEndpointConnections", "VpcEndpointIds"),
    ] {
        let items: String = [("vpce-1", "InvalidVpcEndpoint.NotFound", "no such"), ("vpce-2", "OperationNotPermitted", "no")]
            .map(|(id, code, message)| {
                format!(
                    "<item><error><code>{code}</code><message>{message}</message></error><resourceId>{id}</resourceId></item>"
                )
            })
            .concat();
        let body = format!("<{operation}Response><unsuccessful>{items}</unsuccessful></{operation}Response>");
        let (url, _) = server(vec![Act::Answer(200, body.leak())].leak());
        let mut params = json!({ list: ["vpce-1", "vpce-2"] });
        if list == "VpcEndpointIds" && operation != "DeleteVpcEndpoints" {
            params["ServiceId"] = "vpce-svc-1".into();
        }
        let fault = ask(&url, Api::Ec2, operation, params).await.unwrap_err();
        assert_eq!((fault.code.as_str(), fault.class), ("OperationNotPermitted", FaultClass::Refused), "{operation}");
        assert_eq!(fault.message, "vpce-1: InvalidVpcEndpoint.NotFound: no such; vpce-2: OperationNotPermitted: no");
    }
}

#[tokio::test]
async fn refusals_keep_their_code_message_and_request_id() {
    let (url, _) = server(&[Act::Answer(
        400,
        "<ErrorResponse><Error><Type>Sender</Type><Code>LoadBalancerNotFound</Code><Message>gone</Message></Error>\
         </ErrorResponse>",
    )]);
    let fault = ask(&url, Api::Elbv2, "DescribeLoadBalancers", json!({ "Names": ["x"] })).await.unwrap_err();
    assert_eq!(
        fault,
        Fault {
            code: "LoadBalancerNotFound".to_owned(),
            message: "gone".to_owned(),
            request_id: Some("r-0".to_owned()),
            class: FaultClass::NotFound,
        }
    );
}

#[tokio::test]
async fn what_was_turned_away_is_sent_again() {
    let (url, bodies) = server(&[Act::Answer(503, THROTTLED), Act::Answer(200, VPC)]);
    ask(&url, Api::Ec2, "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await.unwrap();
    assert_eq!(bodies.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_turned_away_for_ever_is_given_up_for_a_look_after_a_minute_for_a_change_after_ten() {
    for (operation, least) in [("DescribeVpcs", 60), ("CreateVpc", 600)] {
        let (url, bodies) = server(&[Act::Answer(503, THROTTLED)]);
        let hurried = clients(&url).await.at_speed(10_000);
        let params = if operation == "CreateVpc" { json!({ "CidrBlock": "10.0.0.0/16" }) } else { json!({}) };
        let params = params.as_object().unwrap().clone();
        let fault = hurried.send(&Call { api: Api::Ec2, operation, params }).await.unwrap_err();
        assert!(fault.is_throttle() && fault.class == FaultClass::Busy, "{fault}");
        let sent = bodies.lock().unwrap().len();
        // On AWS's clock, with the shortest waits that the jitter may give.
        let waits = Backoff::new(FIRST_WAIT_MS, MAX_WAIT_MS).with_random(Random::seeded(7)).take(sent);
        let waited = waits.sum::<Duration>().as_secs();
        assert!((least..least * 2).contains(&waited), "{operation}: {sent} times in {waited} s");
    }
}

#[tokio::test]
async fn creating_is_never_repeated_blindly() {
    for act in
        [&[Act::HangUp], &[Act::Answer(500, BROKEN)], &[Act::Answer(200, "<html>hotel")], &[Act::Answer(502, "")]]
    {
        let (url, bodies) = server(act);
        let fault = ask(&url, Api::Ec2, "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await.unwrap_err();
        assert_eq!(fault.class, FaultClass::NoAnswer, "{fault}");
        assert_eq!(bodies.lock().unwrap().len(), 1, "{fault}");
    }
}

#[tokio::test]
async fn reading_and_calls_with_a_token_are_repeated() {
    let (url, bodies) =
        server(&[Act::HangUp, Act::Answer(200, "<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>")]);
    assert_eq!(ask(&url, Api::Ec2, "DescribeVpcs", json!({})).await.unwrap(), json!({ "Vpcs": [] }));
    assert_eq!(bodies.lock().unwrap().len(), 2);
    let (url, bodies) = server(&[Act::HangUp, Act::Answer(200, "<CreateVpcEndpointResponse/>")]);
    ask(&url, Api::Ec2, "CreateVpcEndpoint", json!({ "VpcId": "vpc-1", "ClientToken": "t" })).await.unwrap();
    assert!(bodies.lock().unwrap().iter().all(|body| body.contains("ClientToken=t")));
}

#[tokio::test]
async fn nobody_listening_is_unreachable_and_nothing_was_sent() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for url in [
        format!("http://127.0.0.1:{port}"),
        format!("https://localhost:{port}"),
        "http://no-such-name.invalid".to_owned(),
    ] {
        let fault = ask(&url, Api::Ec2, "CreateVpc", json!({ "CidrBlock": "10.0.0.0/16" })).await.unwrap_err();
        assert_eq!((fault.code.as_str(), fault.class), ("Unreachable", FaultClass::Unreachable), "{fault}");
    }
}

#[tokio::test]
async fn what_is_not_known_is_never_sent() {
    let (url, bodies) = server(&[Act::HangUp]);
    let fault = ask(&url, Api::Ec2, "CreateVpc", json!({ "Cidr": "10.0.0.0/16" })).await.unwrap_err();
    assert_eq!((fault.code.as_str(), fault.class), ("UnknownParameter", FaultClass::Refused));
    let fault = ask(&url, Api::Elbv2, "CreateVpc", json!({})).await.unwrap_err();
    assert_eq!((fault.code.as_str(), fault.class), ("UnknownOperation", FaultClass::Unsupported));
    assert_eq!(bodies.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn the_identity_is_asked_for_until_the_service_has_no_trouble_of_its_own() {
    let whole = Act::Answer(
        200,
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/x</Arn>\
         <UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
    );
    let trouble = "<ErrorResponse><Error><Code>InternalFailure</Code><Message>oops</Message></Error></ErrorResponse>";
    let (url, bodies) = server(Vec::from([Act::Answer(500, trouble), Act::Answer(503, ""), whole]).leak());
    let clients = clients(&url).await;
    assert_eq!(clients.region(), "ap-northeast-1");
    assert_eq!(identity(&clients).await.unwrap().account, "111122223333");
    assert_eq!(bodies.lock().unwrap().len(), 3);
    // A silent endpoint may be the wrong one, so that is reported without delay.
    let (url, bodies) = server(&[Act::HangUp]);
    let clients = self::clients(&url).await;
    assert_eq!(identity(&clients).await.unwrap_err().class, FaultClass::NoAnswer);
    assert_eq!(bodies.lock().unwrap().len(), 1);
}
