//! What each resource kind is looked up by, and when it changes by itself.

use super::model::{
    Balancer, ConnectEndpoint, DnsChange, Endpoint, Group, HostedZone, Instance, Interface, Listener, NetworkAcl, Peer,
    RouteTable, Service, Subnet, TargetGroup, TokenUse, Vpc,
};
use super::table::Row;

fn words<'a>(few: impl IntoIterator<Item = &'a String>, many: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
    few.into_iter().chain(many).map(String::as_str).collect()
}

impl Row for Vpc {
    fn due(&self) -> Option<i64> {
        self.life.due
    }
}

impl Row for Subnet {
    fn links(&self) -> Vec<&str> {
        vec![&self.vpc]
    }

    fn due(&self) -> Option<i64> {
        self.life.due
    }
}

impl Row for RouteTable {
    fn links(&self) -> Vec<&str> {
        words([&self.vpc], self.main.iter().chain(self.associations.keys()).chain(self.associations.values()))
    }
}

impl Row for NetworkAcl {
    fn links(&self) -> Vec<&str> {
        words([&self.vpc], self.associations.keys().chain(self.associations.values()))
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
}

impl Row for Interface {
    fn links(&self) -> Vec<&str> {
        words([&self.vpc, &self.subnet, &self.owner], &self.groups)
    }

    fn due(&self) -> Option<i64> {
        self.life.due
    }
}

impl Row for Instance {
    fn links(&self) -> Vec<&str> {
        words([&self.vpc, &self.subnet, &self.interface, &self.volume], self.groups.iter().chain(&self.token))
    }

    fn due(&self) -> Option<i64> {
        self.life.due.into_iter().chain(self.checks.due).min()
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
}

impl Row for Endpoint {
    fn links(&self) -> Vec<&str> {
        let lists = self.route_tables.iter().chain(&self.groups).chain(&self.interfaces);
        words([&self.vpc, &self.connection], self.service.iter().chain(lists))
    }

    fn due(&self) -> Option<i64> {
        self.life.due
    }
}

impl Row for ConnectEndpoint {
    fn links(&self) -> Vec<&str> {
        words([&self.vpc, &self.subnet, &self.interface], &self.groups)
    }

    fn due(&self) -> Option<i64> {
        self.life.due
    }
}

impl Row for HostedZone {}

impl Row for DnsChange {
    fn due(&self) -> Option<i64> {
        self.life.due
    }
}

impl Row for TokenUse {}
