//! The list of checks that a `lab.yaml` may ask for. Unknown fields are errors.

use std::ops::Deref;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Kind, Reference, Side};

/// Passes the list of checks, after `$extra`, to the macro `$then`. This file uses it to define [`Check`] and the
/// parameters of each check; `checks/ask.rs` uses it to dispatch to each check's file. An entry is the check's name
/// in lab files (also its file's name), its Rust name, and its parameters: fields with their types, and `=> Kind` for
/// a field that names a resource of that kind.
macro_rules! each_check {
    ($then:ident $(, $($extra:tt)*)?) => {
        $then! {
            [$($($extra)*)?]
            /// The VPC is available and has its block.
            vpc_available: VpcAvailable(OneVpc) {
                /// The VPC, by name.
                vpc: String => Vpc,
            };
            /// The subnet is available, in its zone.
            subnet_in_zone: SubnetInZone(OneSubnet) {
                /// The subnet, by name.
                subnet: String => Subnet,
            };
            /// The route table has a route to S3 through the gateway endpoint.
            route_to_s3: RouteToS3(RouteToS3) {
                /// The route table, by name.
                route_table: String => RouteTable,
                /// The gateway endpoint, by name.
                gateway_endpoint: String => GatewayEndpoint,
            };
            /// The group admits a TCP port from a source.
            group_admits: GroupAdmits(GroupAdmits) {
                /// The group, by name.
                group: String => SecurityGroup,
                /// The TCP port.
                port: u16,
                /// A block, or a group's name.
                from: Source => SecurityGroup,
            };
            /// The instance is running.
            instance_running: InstanceRunning(OneInstance) {
                /// The instance, by name.
                instance: String => Instance,
            };
            /// The instance's console shows a text.
            console_says: ConsoleSays(ConsoleSays) {
                /// The instance, by name.
                instance: String => Instance,
                /// The text.
                text: String,
            };
            /// The load balancer is active and internal.
            load_balancer_active: LoadBalancerActive(OneLoadBalancer) shared;
            /// Each of the load balancer's nodes uses the targets of every zone.
            cross_zone_on: CrossZoneOn(OneLoadBalancer) shared;
            /// Every target is healthy.
            targets_healthy: TargetsHealthy(OneTargetGroup) {
                /// The target group, by name.
                target_group: String => TargetGroup,
            };
            /// The service is available, and asks for acceptance or not.
            service_available: ServiceAvailable(ServiceAvailable) {
                /// The service, by name.
                service: String => EndpointService,
                /// Whether acceptance should be required.
                acceptance_required: bool,
            };
            /// The principal is allowed to ask.
            principal_allowed: PrincipalAllowed(PrincipalAllowed) shared;
            /// The principal is not among those who are allowed.
            principal_not_allowed: PrincipalNotAllowed(PrincipalAllowed) shared;
            /// To this side the service seems not to exist.
            service_hidden: ServiceHidden(ServiceHidden) {
                /// The service, by name.
                service: String => EndpointService,
                /// Whose look.
                side: Side,
            };
            /// The service offers a private DNS name, verified or not.
            private_name_offered: PrivateNameOffered(PrivateNameOffered) {
                /// The service, by name.
                service: String => EndpointService,
                /// The private DNS name.
                domain: String,
            };
            /// The service's private DNS name is verified.
            private_name_verified: PrivateNameVerified(OneService) {
                /// The service, by name.
                service: String => EndpointService,
            };
            /// The record that proves the service's private DNS name is published.
            record_published: RecordPublished(RecordPublished) {
                /// The hosted zone, by name.
                zone: String => HostedZone,
                /// The service, by name.
                service: String => EndpointService,
            };
            /// Both VPCs have the same block.
            same_cidr: SameCidr(SameCidr) {
                /// One VPC, by name.
                one: String => Vpc,
                /// The other, by name.
                other: String => Vpc,
            };
            /// The consumer finds the service by its name.
            service_found: ServiceFound(ServiceFound) {
                /// The look-up, by name.
                lookup: String => ServiceLookup,
            };
            /// The provider sees the endpoint's request and can answer it.
            request_waiting: RequestWaiting(RequestWaiting) {
                /// The service, by name.
                service: String => EndpointService,
                /// The endpoint, by name.
                endpoint: String => Endpoint,
            };
            /// The endpoint's connection is in a state.
            endpoint_state: EndpointState(EndpointState) {
                /// The endpoint, by name.
                endpoint: String => Endpoint,
                /// The state.
                state: String,
            };
            /// The endpoint stands in a zone that the service covers.
            endpoint_in_zone: EndpointInZone(OneEndpoint) {
                /// The endpoint, by name.
                endpoint: String => Endpoint,
            };
            /// The client asks for the endpoint's page and gets no answer.
            no_answer: NoAnswer(OneClient) shared;
            /// The client asks for the endpoint's page and gets no answer any more.
            cut_off: CutOff(OneClient) shared;
            /// The client asks for the endpoint's page and gets it, with this run's token.
            answer: Answer(OneClient) shared;
            /// The page in the learner's own browser.
            page: Page(Page) {
                /// The client, by name.
                client: String => Instance,
                /// The endpoint, by name.
                endpoint: String => Endpoint,
                /// The load balancer, by name.
                load_balancer: String => LoadBalancer,
            };
            /// The web server's log shows an address of the load balancer.
            log_shows_load_balancer: LogShowsLoadBalancer(LogShows) {
                /// The web server's instance, by name.
                instance: String => Instance,
                /// The load balancer, by name.
                load_balancer: String => LoadBalancer,
            };
            /// The connection is up, and no route of the VPC leads to the client at its other end.
            no_way_back: NoWayBack(NoWayBack) {
                /// The VPC, by name.
                vpc: String => Vpc,
                /// The client, by name.
                client: String => Instance,
                /// The endpoint, by name.
                endpoint: String => Endpoint,
            };
        }
    };
}
pub(crate) use each_check;

/// A check's parameters, and the resources that they name. `shared` marks parameters that several checks use; they
/// are defined below.
macro_rules! spec {
    ([$(#[$doc:meta])*] $name:ident shared) => {};
    ([$(#[$doc:meta])*] $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty $(=> $kind:ident)?),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type),+ }

        impl $name {
            fn refers(&self) -> Vec<Reference<'_>> {
                let mut all = Vec::new();
                $($(all.extend(self.$field.named().map(|name| (name, Some(Kind::$kind))));)?)+
                all
            }
        }
    };
}

macro_rules! define_checks {
    ([] $($(#[$doc:meta])* $key:ident: $check:ident($spec:ident) $fields:tt;)+) => {
        /// A read-only question to the cloud. The key is the check's kind, as in `src/checks/ask/`.
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Check { $($(#[$doc])* $check($spec),)+ }

        impl Check {
            /// The names used in lab files.
            pub const ALL: &'static [&'static str] = &[$(stringify!($key)),+];

            /// The names of the resources that the check refers to, and the kind that each must be.
            #[must_use]
            pub fn refers(&self) -> Vec<Reference<'_>> {
                match self { $(Self::$check(it) => it.refers(),)+ }
            }
        }

        $(spec! { [$(#[$doc])*] $spec $fields })+
    };
}

each_check!(define_checks);

spec! {
    [#[doc = "Names a client instance whose script asks for the endpoint's page again and again."]] OneClient {
        /// The client, by name.
        client: String => Instance,
        /// The endpoint, by name.
        endpoint: String => Endpoint,
        /// The subnet in whose zone the client asks, by name: it asks the zonal name, and marks its lines with
        /// the token, a hyphen and this name.
        #[serde(default)]
        subnet: Option<String> => Subnet,
    }
}

spec! {
    [#[doc = "Names a load balancer."]] OneLoadBalancer {
        /// The load balancer, by name.
        load_balancer: String => LoadBalancer,
    }
}

spec! {
    [#[doc = "Names a service and the side that should be allowed."]] PrincipalAllowed {
        /// The service, by name.
        service: String => EndpointService,
        /// Whose account.
        side: Side,
    }
}

/// A field that names a resource.
trait Named {
    /// `None` for an optional field that is not set.
    fn named(&self) -> Option<&str>;
}

impl Named for String {
    fn named(&self) -> Option<&str> {
        Some(self)
    }
}

impl Named for Option<String> {
    fn named(&self) -> Option<&str> {
        self.as_deref()
    }
}

/// Whom a group admits: a block, or a group's name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Source(String);

impl Source {
    /// Whether it is a block.
    #[must_use]
    pub fn is_block(&self) -> bool {
        self.0.contains('/')
    }
}

impl Deref for Source {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Named for Source {
    fn named(&self) -> Option<&str> {
        (!self.is_block()).then_some(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_called_as_its_file_is() {
        let schema = schemars::schema_for!(Check).to_value().to_string();
        for name in Check::ALL {
            assert!(schema.contains(&format!("\"required\":[\"{name}\"]")), "{name}: {schema}");
        }
    }
}
