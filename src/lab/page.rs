//! The pages that a lab's clients request through its endpoints.

use std::collections::BTreeMap;

use super::{Check, Lab, OneClient, Resource};

/// A page that a client requests through an endpoint, as the lab's checks prove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedPage {
    /// The client's name in the lab.
    pub client: String,
    /// The endpoint's name in the lab.
    pub endpoint: String,
    /// Whether the client's script uses HTTPS.
    pub is_secure: bool,
    /// The port that the client connects to.
    pub port: u16,
    /// The service's private DNS name, if the client's script uses it.
    pub private_name: Option<String>,
    /// The names that the client requests: one, or one per zone.
    pub asks: Vec<OneClient>,
}

impl ServedPage {
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.is_secure { "https" } else { "http" }
    }

    /// The page's URL at a host.
    #[must_use]
    pub fn url(&self, host: &str) -> String {
        let usual = if self.is_secure { 443 } else { 80 };
        let port = if self.port == usual { String::new() } else { format!(":{}", self.port) };
        format!("{}://{host}{port}/", self.scheme())
    }
}

impl Lab {
    /// The step that makes a resource; `None` if no step does.
    #[must_use]
    pub fn step_of(&self, name: &str) -> Option<&str> {
        let step = self.steps.iter().find(|step| step.makes.iter().any(|it| it.name() == name))?;
        Some(&step.id)
    }

    /// Whether the lab ends with a page that arrives: no later check wants a client to be cut off from it.
    #[must_use]
    pub fn serves_at_end(&self) -> bool {
        let of = |check: &Check| match check {
            Check::Page(page) => Some((page.client.clone(), page.endpoint.clone(), true)),
            Check::Answer(it) => Some((it.client.clone(), it.endpoint.clone(), true)),
            Check::CutOff(it) => Some((it.client.clone(), it.endpoint.clone(), false)),
            _ => None,
        };
        let mut last = BTreeMap::new();
        for (client, endpoint, arrives) in self.steps.iter().flat_map(|step| &step.checks).filter_map(of) {
            last.insert((client, endpoint), arrives);
        }
        last.into_values().any(|arrives| arrives)
    }

    /// The client and the endpoint whose page the lab proves, by name; `None` if the lab has no such page.
    #[must_use]
    pub fn page(&self) -> Option<(&str, &str)> {
        self.proved().next()
    }

    /// Every page that the lab proves, one for each endpoint, in the order of the steps.
    #[must_use]
    pub fn pages(&self) -> Vec<ServedPage> {
        let mut pages: Vec<ServedPage> = Vec::new();
        for (client, endpoint) in self.proved() {
            if !pages.iter().any(|page| page.endpoint == endpoint) {
                pages.push(self.served(client, endpoint));
            }
        }
        pages
    }

    /// Every name that the page's client requests: one, or one per zone.
    #[must_use]
    pub fn asks(&self) -> Vec<OneClient> {
        self.page().map(|(client, endpoint)| self.asks_of(client, endpoint)).unwrap_or_default()
    }

    /// The clients and endpoints of the checks that want a page, in the order of the steps.
    fn proved(&self) -> impl Iterator<Item = (&str, &str)> {
        self.steps.iter().flat_map(|step| &step.checks).filter_map(|check| match check {
            Check::Page(page) => Some((page.client.as_str(), page.endpoint.as_str())),
            Check::Answer(answer) => Some((answer.client.as_str(), answer.endpoint.as_str())),
            _ => None,
        })
    }

    fn served(&self, client: &str, endpoint: &str) -> ServedPage {
        let makes = || self.steps.iter().flat_map(|step| &step.makes);
        let script = makes().find_map(|it| match it {
            Resource::Instance(it) if it.name == client => Some(it.user_data.as_str()),
            _ => None,
        });
        let script = script.unwrap_or_default();
        let private_name = makes().find_map(|it| match it {
            Resource::PrivateName(it) if script.contains(&it.domain) => Some(it.domain.clone()),
            _ => None,
        });
        let (is_secure, port) = port_of(script, endpoint, private_name.as_deref());
        ServedPage {
            client: client.to_owned(),
            endpoint: endpoint.to_owned(),
            is_secure,
            port,
            private_name,
            asks: self.asks_of(client, endpoint),
        }
    }

    fn asks_of(&self, client: &str, endpoint: &str) -> Vec<OneClient> {
        let whole = OneClient { client: client.to_owned(), endpoint: endpoint.to_owned(), subnet: None };
        let mut asks: Vec<OneClient> = Vec::new();
        for check in self.steps.iter().flat_map(|step| &step.checks) {
            let Check::Answer(one) = check else { continue };
            if (one.client.as_str(), one.endpoint.as_str()) == (client, endpoint) && !asks.contains(one) {
                asks.push(one.clone());
            }
        }
        if asks.is_empty() { vec![whole] } else { asks }
    }
}

/// Whether a script requests the endpoint's page by HTTPS, and on which port. Of its URLs, one with the endpoint's
/// name or the service's private DNS name counts, else one whose name the script computes.
fn port_of(script: &str, endpoint: &str, private_name: Option<&str>) -> (bool, u16) {
    let fact = format!("${{{endpoint}.dns}}");
    let urls: Vec<(bool, &str)> = script.match_indices("://").filter_map(|(at, _)| url(script, at)).collect();
    let named =
        |(_, rest): &&(bool, &str)| rest.starts_with(&fact) || private_name.is_some_and(|name| rest.starts_with(name));
    let Some((is_secure, rest)) =
        urls.iter().find(named).or_else(|| urls.iter().find(|(_, rest)| rest.starts_with('$')))
    else {
        return (false, 80);
    };
    let host = if rest.starts_with(&fact) { fact.len() } else { 0 };
    let authority = rest[host..].split(['/', '"', '\'', ' ', '\n', '?']).next().unwrap_or_default();
    let port = authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    (*is_secure, port.unwrap_or(if *is_secure { 443 } else { 80 }))
}

/// The URL around the `://` at this position: whether it is HTTPS, and what follows. `None` for another scheme.
fn url(script: &str, at: usize) -> Option<(bool, &str)> {
    let (before, rest) = (&script[..at], &script[at + 3..]);
    if before.ends_with("https") {
        Some((true, rest))
    } else if before.ends_with("http") {
        Some((false, rest))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::port_of;

    #[test]
    fn the_port_is_the_one_in_the_url() {
        for (script, wanted) in [
            ("curl http://${endpoint.dns}/", (false, 80)),
            ("curl http://${endpoint.dns}:8080/x", (false, 8080)),
            ("curl https://${endpoint.dns}/", (true, 443)),
            ("curl -k https://${endpoint.dns}:8443", (true, 8443)),
            ("curl http://${other.dns}:8080/x https://${endpoint.dns}/", (true, 443)),
            ("curl https://app.lab.example/", (true, 443)),
            ("curl http://app.lab.example:81/", (false, 81)),
            ("curl \"https://$a:8443/\"", (true, 8443)),
            ("dnf install -y nginx # https://example.com:9/", (false, 80)),
            ("", (false, 80)),
        ] {
            assert_eq!(port_of(script, "endpoint", Some("app.lab.example")), wanted, "{script}");
        }
    }
}
