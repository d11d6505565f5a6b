//! The rungs in order: cheap ones before expensive ones, and causes before their effects.

use serde::{Deserialize, Serialize};

use crate::i18n::{Text, m};

/// A rung. Rules and hosts come before the health that depends on them, so that the first failure is the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RungId {
    /// Whose credentials, in which Region.
    SignIn,
    Endpoint,
    /// The connection's state, as both sides see it.
    Connection,
    /// The service covers every zone of the endpoint.
    Zones,
    /// The endpoint's name resolves in the client's VPC, and to which address.
    Name,
    /// The client's groups let the request out.
    ClientGroup,
    /// The endpoint's groups let the request in.
    EndpointGroup,
    /// The route tables of the client's and the endpoint's subnets lead request and answer straight to the other end.
    ConsumerRoute,
    /// The network ACLs between the client's subnet and the endpoint's let request and answer pass.
    ConsumerAcl,
    LoadBalancer,
    /// The load balancer's groups let the request in, if they are enforced on `PrivateLink` traffic.
    LoadBalancerGroup,
    /// The load balancer listens on the port that the client connects to.
    Listener,
    /// The listener's target group has targets.
    Targets,
    /// The load balancer's groups let the request out to the targets.
    LoadBalancerEgress,
    /// The targets' groups let in what the load balancer sends.
    TargetGroup,
    /// The route tables of the load balancer's and the targets' subnets lead request and answer straight to the other
    /// end.
    ProviderRoute,
    /// The network ACLs between the load balancer's subnets and the targets' let request and answer pass.
    ProviderAcl,
    /// The host answers on the port.
    Host,
    Health,
    /// Each requested zone can use a healthy target.
    CrossZone,
    /// Load balancer and web server agree on the proxy protocol.
    ProxyProtocol,
    /// The client gets the page, with this run's token.
    Answer,
}

impl RungId {
    /// In the order in which they are asked.
    pub const ALL: [Self; 22] = [
        Self::SignIn,
        Self::Endpoint,
        Self::Connection,
        Self::Zones,
        Self::Name,
        Self::ClientGroup,
        Self::EndpointGroup,
        Self::ConsumerRoute,
        Self::ConsumerAcl,
        Self::LoadBalancer,
        Self::LoadBalancerGroup,
        Self::Listener,
        Self::Targets,
        Self::LoadBalancerEgress,
        Self::TargetGroup,
        Self::ProviderRoute,
        Self::ProviderAcl,
        Self::Host,
        Self::Health,
        Self::CrossZone,
        Self::ProxyProtocol,
        Self::Answer,
    ];

    /// The name in JSON and in drills.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Endpoint => "endpoint",
            Self::Connection => "connection",
            Self::Zones => "zones",
            Self::Name => "name",
            Self::ClientGroup => "client_group",
            Self::EndpointGroup => "endpoint_group",
            Self::ConsumerRoute => "consumer_route",
            Self::ConsumerAcl => "consumer_acl",
            Self::LoadBalancer => "load_balancer",
            Self::LoadBalancerGroup => "load_balancer_group",
            Self::Listener => "listener",
            Self::Targets => "targets",
            Self::LoadBalancerEgress => "load_balancer_egress",
            Self::TargetGroup => "target_group",
            Self::ProviderRoute => "provider_route",
            Self::ProviderAcl => "provider_acl",
            Self::Host => "host",
            Self::Health => "health",
            Self::CrossZone => "cross_zone",
            Self::ProxyProtocol => "proxy_protocol",
            Self::Answer => "answer",
        }
    }

    #[must_use]
    pub fn title(self) -> Text {
        match self {
            Self::SignIn => m::trace_title_sign_in(),
            Self::Endpoint => m::trace_title_endpoint(),
            Self::Connection => m::trace_title_connection(),
            Self::Zones => m::trace_title_zones(),
            Self::Name => m::trace_title_name(),
            Self::ClientGroup => m::trace_title_client_group(),
            Self::EndpointGroup => m::trace_title_endpoint_group(),
            Self::ConsumerRoute => m::trace_title_consumer_route(),
            Self::ConsumerAcl => m::trace_title_consumer_acl(),
            Self::LoadBalancer => m::trace_title_load_balancer(),
            Self::LoadBalancerGroup => m::trace_title_load_balancer_group(),
            Self::Listener => m::trace_title_listener(),
            Self::Targets => m::trace_title_targets(),
            Self::LoadBalancerEgress => m::trace_title_load_balancer_egress(),
            Self::TargetGroup => m::trace_title_target_group(),
            Self::ProviderRoute => m::trace_title_provider_route(),
            Self::ProviderAcl => m::trace_title_provider_acl(),
            Self::Host => m::trace_title_host(),
            Self::Health => m::trace_title_health(),
            Self::CrossZone => m::trace_title_cross_zone(),
            Self::ProxyProtocol => m::trace_title_proxy_protocol(),
            Self::Answer => m::trace_title_answer(),
        }
    }

    /// The rung's place in the picture.
    #[must_use]
    pub fn hop(self) -> Hop {
        match self {
            Self::SignIn | Self::Name | Self::ClientGroup => Hop::Client,
            Self::Endpoint | Self::EndpointGroup | Self::ConsumerRoute | Self::ConsumerAcl => Hop::Endpoint,
            Self::Connection | Self::Zones => Hop::Service,
            Self::LoadBalancer
            | Self::LoadBalancerGroup
            | Self::Listener
            | Self::Targets
            | Self::LoadBalancerEgress
            | Self::CrossZone => Hop::LoadBalancer,
            Self::TargetGroup
            | Self::ProviderRoute
            | Self::ProviderAcl
            | Self::Host
            | Self::Health
            | Self::ProxyProtocol
            | Self::Answer => Hop::Web,
        }
    }
}

/// A place on the path, as in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    Client,
    Endpoint,
    /// The endpoint service, and the connection to it.
    Service,
    LoadBalancer,
    Web,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RungState {
    Holds,
    /// The path ends here.
    Broken,
    /// In progress: only time is missing.
    NotYet,
    /// The run has not made it yet.
    NotMade,
    /// The question could not be asked, which is not a failure.
    CannotTell,
    /// An earlier rung failed, so this one was not asked.
    NotReached,
}

/// A rung and its result.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    pub id: RungId,
    pub state: RungState,
    pub expected: Text,
    pub seen: Text,
    /// The AWS CLI command that shows it; empty if nothing was asked.
    pub command: String,
}

#[cfg(test)]
mod tests {
    use super::RungId;

    #[test]
    fn names_are_those_of_the_data() {
        for id in RungId::ALL {
            assert_eq!(serde_json::to_value(id).unwrap(), id.name());
        }
        assert!(RungId::ALL.windows(2).all(|pair| pair[0] < pair[1]), "the order of the type is that of the ladder");
    }
}
