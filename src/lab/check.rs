//! What a `lab.yaml` may ask. Unknown fields are errors.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Side;

/// A read-only question to the cloud. The key is the check's kind, as in `src/checks/`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The VPC is available and has its block.
    VpcAvailable(OneVpc),
    /// The subnet is available, in its zone.
    SubnetInZone(OneSubnet),
    /// The route table has a route to S3 through the gateway endpoint.
    RouteToS3(RouteToS3),
    /// The group admits a TCP port from a source.
    GroupAdmits(GroupAdmits),
    /// The instance is running.
    InstanceRunning(OneInstance),
    /// The instance's console shows a text.
    ConsoleSays(ConsoleSays),
    /// The load balancer is active and internal.
    LoadBalancerActive(OneLoadBalancer),
    /// Each of the load balancer's nodes uses the targets of every zone.
    CrossZoneOn(OneLoadBalancer),
    /// Every target is healthy.
    TargetsHealthy(OneTargetGroup),
    /// The service is available, and asks for acceptance or not.
    ServiceAvailable(ServiceAvailable),
    /// The principal is allowed to ask.
    PrincipalAllowed(PrincipalAllowed),
    /// The principal is not among those who are allowed.
    PrincipalNotAllowed(PrincipalAllowed),
    /// To this side the service seems not to exist.
    ServiceHidden(ServiceHidden),
    /// The service offers a private DNS name, verified or not.
    PrivateNameOffered(PrivateNameOffered),
    /// The service's private DNS name is verified.
    PrivateNameVerified(OneService),
    /// The record that proves the service's private DNS name is published.
    RecordPublished(RecordPublished),
    /// Both VPCs have the same block.
    SameCidr(SameCidr),
    /// The consumer finds the service by its name.
    ServiceFound(ServiceFound),
    /// The provider sees the endpoint's request and can answer it.
    RequestWaiting(RequestWaiting),
    /// The endpoint's connection is in a state.
    EndpointState(EndpointState),
    /// The endpoint stands in a zone that the service covers.
    EndpointInZone(OneEndpoint),
    /// The client asks for the endpoint's page and gets no answer.
    NoAnswer(OneClient),
    /// The client asks for the endpoint's page and gets no answer any more.
    CutOff(OneClient),
    /// The client asks for the endpoint's page and gets it, with this run's token.
    Answer(OneClient),
    /// The page in the learner's own browser.
    Page(Page),
    /// The web server's log shows an address of the load balancer.
    LogShowsLoadBalancer(LogShows),
    /// The connection is up, and no route of the VPC leads to the client at its other end.
    NoWayBack(NoWayBack),
}

macro_rules! spec {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type),+ }
    };
}

spec! {
    /// Names a VPC.
    OneVpc { /// The VPC, by name.
        vpc: String }
}
spec! {
    /// Names a subnet.
    OneSubnet { /// The subnet, by name.
        subnet: String }
}
spec! {
    /// Names a route table and the gateway endpoint it should lead to.
    RouteToS3 { /// The route table, by name.
        route_table: String, /// The gateway endpoint, by name.
        gateway_endpoint: String }
}
spec! {
    /// A port of a group, and the source it should admit: the group or the block that the lab names.
    GroupAdmits { /// The group, by name.
        group: String, /// The TCP port.
        port: u16, /// A block, or a group's name.
        from: String }
}
spec! {
    /// Names an instance.
    OneInstance { /// The instance, by name.
        instance: String }
}
spec! {
    /// A text on an instance's console.
    ConsoleSays { /// The instance, by name.
        instance: String, /// The text.
        text: String }
}
spec! {
    /// Names a load balancer.
    OneLoadBalancer { /// The load balancer, by name.
        load_balancer: String }
}
spec! {
    /// Names a target group.
    OneTargetGroup { /// The target group, by name.
        target_group: String }
}
spec! {
    /// Names a service, and whether it asks for acceptance.
    ServiceAvailable { /// The service, by name.
        service: String, /// Whether acceptance should be required.
        acceptance_required: bool }
}
spec! {
    /// Names a service and the side that should be allowed.
    PrincipalAllowed { /// The service, by name.
        service: String, /// Whose account.
        side: Side }
}
spec! {
    /// Names a service and the side that should not find it.
    ServiceHidden { /// The service, by name.
        service: String, /// Whose look.
        side: Side }
}
spec! {
    /// Names a service and the private DNS name that it should offer.
    PrivateNameOffered { /// The service, by name.
        service: String, /// The private DNS name.
        domain: String }
}
spec! {
    /// Names a service.
    OneService { /// The service, by name.
        service: String }
}
spec! {
    /// Names a hosted zone and the service whose record should stand in it.
    RecordPublished { /// The hosted zone, by name.
        zone: String, /// The service, by name.
        service: String }
}
spec! {
    /// Names two VPCs.
    SameCidr { /// One VPC, by name.
        one: String, /// The other, by name.
        other: String }
}
spec! {
    /// Names the look-up that found the service.
    ServiceFound { /// The look-up, by name.
        lookup: String }
}
spec! {
    /// Names a service and the endpoint that asks to be connected.
    RequestWaiting { /// The service, by name.
        service: String, /// The endpoint, by name.
        endpoint: String }
}
spec! {
    /// Names an endpoint and the state it should be in, as on the wire (`pendingAcceptance`).
    EndpointState { /// The endpoint, by name.
        endpoint: String, /// The state.
        state: String }
}
spec! {
    /// Names an endpoint.
    OneEndpoint { /// The endpoint, by name.
        endpoint: String }
}
spec! {
    /// Names a client instance whose script asks for the endpoint's page again and again.
    OneClient { /// The client, by name.
        client: String, /// The endpoint, by name.
        endpoint: String, /// The subnet in whose zone the client asks, by name: it asks the zonal name, and marks its lines with
        /// the token, a hyphen and this name.
        #[serde(default)]
        subnet: Option<String> }
}
spec! {
    /// What the page in the browser goes through.
    Page { /// The client, by name.
        client: String, /// The endpoint, by name.
        endpoint: String, /// The load balancer, by name.
        load_balancer: String }
}
spec! {
    /// Names the web server and the load balancer whose address its log should show.
    LogShows { /// The web server's instance, by name.
        instance: String, /// The load balancer, by name.
        load_balancer: String }
}
spec! {
    /// Names a VPC of the provider's, and the client at the other end of an endpoint's connection.
    NoWayBack { /// The VPC, by name.
        vpc: String, /// The client, by name.
        client: String, /// The endpoint, by name.
        endpoint: String }
}
