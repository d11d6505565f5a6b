//! A sandbox in this process, and SDK clients of both its accounts.

use std::path::Path;

use pllab::inside::cloud::{Api, Call, Clients, ConnectOptions, Fault, connect, text_at};
use pllab::inside::host::{Clock, Random};
use pllab::inside::sandbox::{Account, Options, Pace, Sandbox};
use serde_json::Value;

use super::Signer;

pub struct Cloud {
    sandbox: Sandbox,
    /// The first account's clients.
    pub provider: Clients,
    /// The second account's clients.
    pub consumer: Clients,
}

impl Cloud {
    /// Starts the sandbox of `folder` at the instant pace.
    pub async fn open(folder: &Path) -> Self {
        Self::with_faults(folder, &[]).await
    }

    /// Starts a sandbox with planned faults.
    pub async fn with_faults(folder: &Path, plan: &[&str]) -> Self {
        let faults = plan.iter().map(|rule| rule.parse().expect("the plan is good")).collect();
        Self::start(Options { faults, ..Self::options(folder) }).await
    }

    /// The options of a sandbox at the instant pace without faults.
    pub fn options(folder: &Path) -> Options {
        Options {
            folder: folder.to_owned(),
            pace: Pace::Instant,
            region: "ap-northeast-1".to_owned(),
            port: None,
            clock: Clock::System,
            random: Random::System,
            keys: None,
            quotas: pllab::inside::sandbox::Quotas::default(),
            throttle: pllab::inside::sandbox::Throttle::Off,
            faults: Vec::new(),
        }
    }

    pub async fn start(chosen: Options) -> Self {
        let sandbox = Sandbox::start(chosen).await.expect("the sandbox starts");
        let [provider, consumer] = [0, 1].map(|index| options(&sandbox, &sandbox.accounts()[index]));
        let provider = connect(&provider).await.expect("the options are good");
        let consumer = connect(&consumer).await.expect("the options are good");
        Self { sandbox, provider, consumer }
    }

    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The first account, for requests signed by hand.
    pub fn signer(&self, service: &'static str) -> Signer {
        let account = &self.sandbox.accounts()[0];
        let (id, secret) = (account.access_key_id.clone(), account.secret_access_key.clone());
        Signer { port: self.sandbox.port(), id, secret, service, at: jiff::Timestamp::now() }
    }

    /// Clients with other keys.
    pub async fn with_keys(&self, id: &str, secret: &str) -> Clients {
        let base = options(&self.sandbox, &self.sandbox.accounts()[0]);
        let keys = Some((id.to_owned(), secret.to_owned()));
        connect(&ConnectOptions { keys, ..base }).await.expect("the options are good")
    }

    /// Ends the sandbox; its world stays.
    pub async fn close(self) {
        self.sandbox.stop().await;
    }
}

fn options(sandbox: &Sandbox, account: &Account) -> ConnectOptions {
    ConnectOptions {
        region: "ap-northeast-1".to_owned(),
        endpoint_url: Some(sandbox.endpoint_url().to_owned()),
        profile: None,
        ca_bundle: None,
        keys: Some((account.access_key_id.clone(), account.secret_access_key.clone())),
    }
}

pub async fn ec2(clients: &Clients, operation: &'static str, params: Value) -> Result<Value, Fault> {
    send(clients, Api::Ec2, operation, params).await
}

pub async fn elb(clients: &Clients, operation: &'static str, params: Value) -> Result<Value, Fault> {
    send(clients, Api::Elbv2, operation, params).await
}

pub async fn route53(clients: &Clients, operation: &'static str, params: Value) -> Result<Value, Fault> {
    send(clients, Api::Route53, operation, params).await
}

async fn send(clients: &Clients, api: Api, operation: &'static str, params: Value) -> Result<Value, Fault> {
    clients.send(&Call::new(api, operation, params)).await
}

/// The text at a path of an answer, which must exist.
#[track_caller]
pub fn get(reply: &Value, path: &str) -> String {
    text_at(reply, path).unwrap_or_else(|| panic!("no {path} in {reply}"))
}
