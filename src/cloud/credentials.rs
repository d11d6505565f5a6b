//! Credentials that can be renewed while a run goes on.
//!
//! The SDK's providers read the configuration files once, and its cache keeps what has no expiry for a quarter of an hour: a
//! learner who signs in again in another terminal would not be noticed. So the SDK's cache is off, and what is held is held here,
//! until it expires or AWS says that it has.

use std::sync::Arc;
use std::time::Duration;

use crate::host::Clock;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::config::SharedHttpClient;
use tokio::sync::Mutex;

/// What expires this soon is fetched anew: a call must not expire on its way.
const MARGIN: Duration = Duration::from_secs(10);
/// How long a provider may take; some of them run a program or ask a browser's session.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where credentials come from.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// An access key id and its secret, where they are given.
    pub keys: Option<(String, String)>,
    /// The profile of the AWS configuration files, where one is named.
    pub profile: Option<String>,
    /// The region, for the services that some providers ask.
    pub region: String,
    /// How those services are reached, where that is not the SDK's own choice.
    pub http: Option<SharedHttpClient>,
}

impl Source {
    /// A provider that has read nothing yet.
    async fn provider(&self) -> SharedCredentialsProvider {
        if let Some((id, secret)) = &self.keys {
            return SharedCredentialsProvider::new(Credentials::new(id, secret, None, None, "pllab"));
        }
        let region = Some(Region::new(self.region.clone()));
        let config =
            ProviderConfig::without_region().with_region(region).with_behavior_version(Some(BehaviorVersion::latest()));
        let config = match &self.http {
            Some(http) => config.with_http_client(http.clone()),
            None => config,
        };
        match &self.profile {
            // The standard chain asks the environment first: keys in it would silently take the place of the profile that was
            // asked for, and with two profiles both sides would be one account.
            Some(profile) => SharedCredentialsProvider::new(
                ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build(),
            ),
            None => SharedCredentialsProvider::new(DefaultCredentialsChain::builder().configure(config).build().await),
        }
    }
}

/// Credentials, and how to get them again.
#[derive(Clone, Debug)]
pub(super) struct CredentialCache(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    held: Mutex<Held>,
}

/// Credentials, and who gave them.
#[derive(Debug, Default)]
pub(super) struct Held {
    provider: Option<SharedCredentialsProvider>,
    credentials: Option<Credentials>,
    /// How often others took their place.
    times: u32,
}

impl CredentialCache {
    /// An empty one: nothing is read before the first call.
    pub(super) fn new(source: Source) -> Self {
        Self(Arc::new(Inner { source, held: Mutex::default() }))
    }

    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let mut held = self.0.held.lock().await;
        if let Some(credentials) = &held.credentials
            && credentials.expiry().is_none_or(|expiry| expiry > Clock::System.system_time() + MARGIN)
        {
            return Ok(credentials.clone());
        }
        held.fetch(&self.0.source).await
    }

    /// How often credentials have been [adopted](Self::adopt): what a call remembers of those it was signed with.
    pub(super) async fn times(&self) -> u32 {
        self.0.held.lock().await.times
    }

    /// Reads everything anew. Gives what it finds where that differs from what is held; no call is signed with it yet.
    pub(super) async fn look_again(&self) -> Option<Held> {
        let mut found = Held::default();
        let new = found.fetch(&self.0.source).await.ok()?;
        let held = self.0.held.lock().await;
        let same = held.credentials.as_ref().is_some_and(|old| {
            old.access_key_id() == new.access_key_id() && old.session_token() == new.session_token()
        });
        found.times = held.times + 1;
        (!same).then_some(found)
    }

    /// Signs calls with these from now on.
    pub(super) async fn adopt(&self, found: Held) {
        *self.0.held.lock().await = found;
    }
}

impl Held {
    /// The credentials themselves, once they have been fetched.
    pub(super) fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    async fn fetch(&mut self, source: &Source) -> Result<Credentials, CredentialsError> {
        if self.provider.is_none() {
            self.provider = Some(source.provider().await);
        }
        let fetched = match &self.provider {
            Some(provider) => tokio::time::timeout(PATIENCE, provider.provide_credentials()).await,
            None => return Err(CredentialsError::not_loaded_no_source()),
        };
        let fetched = fetched.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(PATIENCE)));
        self.credentials = fetched.as_ref().ok().cloned();
        if fetched.is_err() {
            // It remembers what it read; the next time may find that the learner has signed in.
            self.provider = None;
        }
        fetched
    }
}

impl ProvideCredentials for CredentialCache {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}
