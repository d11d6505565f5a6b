//! What each kind of resource is looked up by, including its tags, and when it changes by itself.

use std::net::Ipv4Addr;

use super::instance_type::instance_type;
use super::model::{
    Balancer, ConnectEndpoint, DnsChange, Endpoint, Group, HostedZone, Instance, Interface, Listener, NetworkAcl, Peer,
    RouteTable, Service, Subnet, Tags, TargetGroup, TokenUse, Vpc,
};
use super::table::Row;

fn words<'a>(few: impl IntoIterator<Item = &'a String>, many: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
    few.into_iter().chain(many).map(String::as_str).collect()
}

fn pairs<'a>(all: impl IntoIterator<Item = &'a Tags>) -> Vec<(&'a str, &'a str)> {
    all.into_iter().flatten().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

impl Row for Vpc {
    fn due(&self) -> Option<i64> {
        self.life.due
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        pairs([&self.tags])
    }
}

impl Row for Subnet {
    fn links(&self) -> Vec<&str> {
        vec![&self.vpc]
    }

    fn due(&self) -> Option<i64> {
        self.life.due
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        pairs([&self.tags])
    }
}

impl Row for RouteTable {
    fn links(&self) -> Vec<&str> {
        words([&self.vpc], self.main.iter().chain(self.associations.keys()).chain(self.associations.values()))
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        pairs([&self.tags])
    }
}

impl Row for NetworkAcl {
    fn links(&self) -> Vec<&str> {
        words([&self.vpc], self.associations.keys().chain(self.associations.values()))
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        pairs([&self.tags])
    }
}

impl Row for Group {
    fn links(&self) -> Vec<&str> {
        let peers = self.rules.iter().filter_map(|rule| match &rule.peer {
            Peer::Group(id) => Some(id),
            Peer::Cidr(_) | Peer::PrefixList(_) => None,
        });
        words([&self.vpc, &self.name], self.rules.iter().map(|rule| &rule.id).chain(peers))
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        pairs(std::iter::once(&self.tags).chain(self.rules.iter().map(|rule| &rule.tags)))
    }
}

impl Row for Interface {
    fn links(&self) -> Vec<&str> {
        words([&self.vpc, &self.subnet, &self.owner], &self.groups)
    }

    fn address(&self) -> Option<Ipv4Addr> {
        Some(self.address)
    }

    fn due(&self) -> Option<i64> {
        self.life.due
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        pairs([&self.tags])
    }
}

impl Row for Instance {
    fn links(&self) -> Vec<&str> {
        let own = [&self.vpc, &self.subnet, &self.interface, &self.volume, &self.reservation];
        words(own, self.groups.iter().chain(&self.token))
    }

    fn address(&self) -> Option<Ipv4Addr> {
        Some(self.address)
    }

    /// The vCPUs of a running instance [ec2 instancetypes: ec2-instance-quotas].
    fn weight(&self) -> u64 {
        match self.life.state.as_str() {
            "pending" | "running" => instance_type(&self.kind).map_or(0, |kind| kind.vcpus),
            _ => 0,
        }
    }

    fn due(&self) -> Option<i64> {
        self.life.due.into_iter().chain(self.checks.due).min()
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        pairs([&self.tags, &self.disk.tags])
    }
}

impl Row for TargetGroup {
    fn links(&self) -> Vec<&str> {
        words([&self.vpc, &self.name], self.targets.iter().map(|target| &target.id))
    }

    fn due(&self) -> Option<i64> {
        self.targets.iter().filter_map(|target| target.life.due).min()
    }
}

impl Row for Balancer {
    fn links(&self) -> Vec<&str> {
        words([&self.vpc, &self.name], &self.groups)
    }

    fn due(&self) -> Option<i64> {
        self.life.due
    }
}

impl Row for Listener {
    fn links(&self) -> Vec<&str> {
        vec![&self.balancer, &self.target_group]
    }
}

impl Row for Service {
    fn links(&self) -> Vec<&str> {
        words(
            self.connection_tags.keys().chain([&self.name]),
            self.balancers.iter().chain(self.permissions.iter().map(|one| &one.id)),
        )
    }

    fn due(&self) -> Option<i64> {
        self.private_dns.as_ref().and_then(|private| private.life.due)
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        let permissions = self.permissions.iter().map(|one| &one.tags);
        pairs(std::iter::once(&self.tags).chain(permissions).chain(self.connection_tags.values()))
    }
}

impl Row for Endpoint {
    fn links(&self) -> Vec<&str> {
        let lists = self.route_tables.iter().chain(&self.groups).chain(&self.interfaces);
        words([&self.vpc, &self.connection, &self.service_name], self.service.iter().chain(lists))
    }

    fn due(&self) -> Option<i64> {
        self.life.due
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        pairs([&self.tags])
    }
}

impl Row for ConnectEndpoint {
    fn links(&self) -> Vec<&str> {
        words([&self.vpc, &self.subnet, &self.interface], &self.groups)
    }

    fn due(&self) -> Option<i64> {
        self.life.due
    }

    fn tags(&self) -> Vec<(&str, &str)> {
        pairs([&self.tags])
    }
}

impl Row for HostedZone {}

impl Row for DnsChange {
    fn due(&self) -> Option<i64> {
        self.life.due
    }
}

impl Row for TokenUse {
    fn due(&self) -> Option<i64> {
        self.until
    }
}
