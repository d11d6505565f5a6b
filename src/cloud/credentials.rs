//! Credentials that can be renewed during a run.
//!
//! The SDK's providers read the configuration files once, and its cache keeps credentials without expiry for a
//! quarter of an hour, so it would miss that a learner signs in again in another terminal. The SDK's cache is
//! therefore off, and this file caches credentials until they expire or AWS says that they have.

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

/// Credentials that expire within this time are fetched again, so that no call expires on its way.
const MARGIN: Duration = Duration::from_secs(10);
/// How long a provider may take. Some run a program or wait for a browser session.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone, Debug)]
pub(super) struct Source {
    /// An access key id and its secret, if they were given.
    pub keys: Option<(String, String)>,
    /// The profile of the AWS configuration files, if one was named.
    pub profile: Option<String>,
    /// For the services that some providers call.
    pub region: String,
    /// The client for those services; `None` for the SDK's own choice.
    pub http: Option<SharedHttpClient>,
}

impl Source {
    /// A fresh provider, which has not read anything yet.
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
            // The standard chain asks the environment first. Keys found there would silently replace the requested
            // profile, and with two profiles both sides would be one account.
            Some(profile) => SharedCredentialsProvider::new(
                ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build(),
            ),
            None => SharedCredentialsProvider::new(DefaultCredentialsChain::builder().configure(config).build().await),
        }
    }
}

/// Credentials, and the means to fetch them again.
#[derive(Clone, Debug)]
pub(super) struct CredentialCache(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    held: Mutex<Held>,
}

/// Credentials, and the provider that returned them.
#[derive(Debug, Default)]
pub(super) struct Held {
    provider: Option<SharedCredentialsProvider>,
    credentials: Option<Credentials>,
    /// How often they have been replaced.
    times: u32,
}

impl CredentialCache {
    /// An empty cache: nothing is read before the first call.
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

    /// How often credentials have been [adopted](Self::adopt). A call remembers this number of the credentials it was
    /// signed with.
    pub(super) async fn times(&self) -> u32 {
        self.0.held.lock().await.times
    }

    /// Reads everything again. Returns what it finds if that differs from the cached credentials; no call is signed
    /// with it yet.
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
    /// `None` until they have been fetched.
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
            // The provider caches what it read; a new one may find that the learner has signed in.
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
