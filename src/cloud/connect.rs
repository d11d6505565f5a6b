//! SDK clients for one side of the lab, or for both.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::ProvideRegion as _;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sts::config::IdentityCache;

use crate::host::net::loopback::is_url;

use super::credentials::{CredentialCache, Source};
use super::fault::{Fault, FaultClass};
use super::http;
use super::measure::Measure;
use super::poll::Backoff;
use super::sdk_fault::fault;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How often to ask who is signed in while the service is busy or in trouble.
const IDENTITY_ATTEMPTS: usize = 6;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// Where to connect, and with which credentials.
#[derive(Clone, Default)]
pub struct ConnectOptions {
    /// Such as `ap-northeast-1`.
    pub region: String,
    /// The endpoint of every service; `None` for AWS's own.
    pub endpoint_url: Option<String>,
    /// The profile of the AWS configuration files to sign in with.
    pub profile: Option<String>,
    /// An access key id and its secret; `None` to use the SDK's standard chain.
    pub keys: Option<(String, String)>,
    /// A file of certificates to trust instead of the machine's own (`AWS_CA_BUNDLE`).
    pub ca_bundle: Option<PathBuf>,
}

/// The clients of one side.
#[derive(Clone, Debug)]
pub struct Clients {
    pub(super) ec2: aws_sdk_ec2::Client,
    pub(super) elbv2: aws_sdk_elasticloadbalancingv2::Client,
    pub(super) route53: aws_sdk_route53::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) quotas: aws_sdk_servicequotas::Client,
    region: String,
    /// Whether the endpoint was given explicitly, so that it is probably not AWS's own.
    named: bool,
    /// How many times faster than AWS's the target's clock runs.
    speed: u64,
    credentials: CredentialCache,
    /// The account of the credentials, once it is known.
    account: Arc<OnceLock<String>>,
    /// Whether the last answer was that the credentials are invalid.
    signed_out: Arc<AtomicBool>,
}

/// Both sides. With one account they are clones of each other and share their connections.
#[derive(Clone, Debug)]
pub struct Clouds {
    pub provider: Clients,
    pub consumer: Clients,
    /// Whether every call goes to this machine: to the sandbox, or to another emulator.
    pub on_this_machine: bool,
}

/// Whose credentials these are (API:GetCallerIdentity).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub account: String,
    /// The ARN of the user or of the assumed role.
    pub arn: String,
    /// AWS's unique id of the user or role.
    pub user_id: String,
}

impl Clients {
    fn of(config: &SdkConfig, options: &ConnectOptions, credentials: CredentialCache) -> Self {
        Self {
            ec2: aws_sdk_ec2::Client::from_conf(
                aws_sdk_ec2::config::Builder::from(config).interceptor(Measure).build(),
            ),
            elbv2: aws_sdk_elasticloadbalancingv2::Client::from_conf(
                aws_sdk_elasticloadbalancingv2::config::Builder::from(config).interceptor(Measure).build(),
            ),
            route53: aws_sdk_route53::Client::from_conf(
                aws_sdk_route53::config::Builder::from(config).interceptor(Measure).build(),
            ),
            sts: aws_sdk_sts::Client::from_conf(
                aws_sdk_sts::config::Builder::from(config).interceptor(Measure).build(),
            ),
            quotas: aws_sdk_servicequotas::Client::from_conf(
                aws_sdk_servicequotas::config::Builder::from(config).interceptor(Measure).build(),
            ),
            region: options.region.clone(),
            named: options.endpoint_url.is_some(),
            speed: 1,
            credentials,
            account: Arc::default(),
            signed_out: Arc::default(),
        }
    }

    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Whether the last call failed because credentials are missing, wrong or expired.
    #[must_use]
    pub fn signed_out(&self) -> bool {
        self.signed_out.load(Ordering::Relaxed)
    }

    /// The same clients, for a target whose clock runs `speed` times faster than AWS's: retries wait that much less.
    #[must_use]
    pub fn at_speed(self, speed: u64) -> Self {
        Self { speed: speed.max(1), ..self }
    }

    /// How many times faster than AWS's the target's clock runs.
    pub(super) fn speed(&self) -> u64 {
        self.speed
    }

    /// Whether the endpoint was given explicitly.
    pub(super) fn is_named(&self) -> bool {
        self.named
    }

    /// Records whether the credentials were good.
    pub(super) fn remember_sign_in(&self, good: bool) {
        self.signed_out.store(!good, Ordering::Relaxed);
    }

    /// The generation of the credentials that a call is signed with, for [`Self::renew`].
    pub(super) async fn signed_with(&self) -> u32 {
        self.credentials.times().await
    }

    /// Fetches new credentials, after a call that was signed with generation `used` was refused for them. Returns
    /// whether there are new ones.
    ///
    /// # Errors
    /// `OtherAccount` if the new credentials belong to another account, in which nothing of the run exists. If the
    /// account cannot be determined, the fault that prevented it. In both cases no call is signed with them.
    pub(super) async fn renew(&self, used: u32) -> Result<bool, Fault> {
        if self.credentials.times().await != used {
            // Another call has renewed them meanwhile.
            return Ok(true);
        }
        let Some(found) = self.credentials.look_again().await else { return Ok(false) };
        if let Some(before) = self.account.get() {
            let now = self.whose(found.credentials().cloned()).await?.account;
            if now != *before {
                let message = format!("the new credentials belong to account {now}, those before to {before}");
                return Err(Fault::ours(FaultClass::SignIn, "OtherAccount", message));
            }
        }
        self.credentials.adopt(found).await;
        Ok(true)
    }

    /// Who owns these credentials; `None` for those in use.
    async fn whose(&self, credentials: Option<Credentials>) -> Result<Identity, Fault> {
        let mut left = IDENTITY_ATTEMPTS;
        let mut waits = Backoff::new(500, 4_000);
        let reply = loop {
            tokio::time::sleep(waits.next().unwrap_or_default()).await;
            left -= 1;
            let mut config = aws_sdk_sts::Config::builder();
            config.set_credentials_provider(credentials.clone().map(SharedCredentialsProvider::new));
            let asked = self.sts.get_caller_identity().customize().config_override(config).send().await;
            match asked.map_err(fault) {
                // A whole classroom signs in within the same minute, so a busy service is asked again. Silence is
                // reported at once, because the endpoint may be the wrong one.
                Err(fault) if fault.class == FaultClass::Busy && left > 0 => {}
                reply => break reply?,
            }
        };
        let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
        Ok(Identity { account: text(reply.account()), arn: text(reply.arn()), user_id: text(reply.user_id()) })
    }
}

impl Clouds {
    /// Whether the last call of either side failed because credentials are missing, wrong or expired.
    #[must_use]
    pub fn signed_out(&self) -> bool {
        self.provider.signed_out() || self.consumer.signed_out()
    }
}

/// Builds clients. Nothing is sent yet; [`identity`] tells whether the credentials are good.
///
/// # Errors
/// `InvalidEndpoint` if the endpoint is not an `http://` or `https://` URL, `MissingRegion` without a region.
pub async fn connect(options: &ConnectOptions) -> Result<Clients, Fault> {
    if options.region.is_empty() {
        return Err(Fault::ours(FaultClass::Refused, "MissingRegion", "no region was given"));
    }
    if let Some(url) = &options.endpoint_url
        && !(url.starts_with("http://") || url.starts_with("https://"))
    {
        let message = format!("`{url}` is not an http:// or https:// URL");
        return Err(Fault::ours(FaultClass::Refused, "InvalidEndpoint", message));
    }
    let trusted = options.ca_bundle.as_deref().map(http::trust).transpose()?;
    // Credentials come from other hosts than the endpoint.
    let elsewhere = trusted.clone().map(http::trusting);
    let client = match options.endpoint_url.as_deref().filter(|url| is_url(url)) {
        Some(url) if url.starts_with("http://") => Some(http::plain()),
        Some(_) => Some(http::loopback(trusted)),
        None => elsewhere.clone(),
    };
    let source = Source {
        keys: options.keys.clone(),
        profile: options.profile.clone(),
        region: options.region.clone(),
        http: elsewhere,
    };
    let credentials = CredentialCache::new(source);
    let timeouts =
        TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_attempt_timeout(ATTEMPT_TIMEOUT).build();
    if let (Some(_), Some(url), Some(client)) = (&options.keys, &options.endpoint_url, &client) {
        // The target is a pllab sandbox. Environment and configuration files are about AWS, so nothing of them is
        // read.
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(options.region.clone()))
            .endpoint_url(url)
            .retry_config(RetryConfig::disabled())
            .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
            .identity_cache(IdentityCache::no_cache())
            .timeout_config(timeouts)
            .http_client(client.clone())
            .build();
        return Ok(Clients::of(&config, options, credentials));
    }
    // One attempt each: `send.rs` decides what to send again and when, because it knows what a call does.
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(options.region.clone()))
        .retry_config(RetryConfig::disabled())
        .credentials_provider(credentials.clone())
        .identity_cache(IdentityCache::no_cache())
        .timeout_config(timeouts);
    if let Some(url) = &options.endpoint_url {
        // FIPS and dual-stack endpoints exist for AWS's own services only; the SDK refuses them together with an
        // explicit endpoint.
        loader = loader.endpoint_url(url).use_fips(false).use_dual_stack(false);
    }
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(client) = client {
        loader = loader.http_client(client);
    }
    Ok(Clients::of(&loader.load().await, options, credentials))
}

/// The region from the environment, else from the profile (`None`: the default one, or `AWS_PROFILE`), in the order
/// of the aws CLI. Does not ask instance metadata: it would be a surprise to run a lab in whatever region an instance
/// happens to be in.
pub async fn usual_region(profile: Option<&str>) -> Option<String> {
    if let Some(region) = EnvironmentVariableRegionProvider::new().region().await {
        return Some(region.to_string());
    }
    let mut file = ProfileFileRegionProvider::builder();
    if let Some(profile) = profile {
        file = file.profile_name(profile);
    }
    file.build().region().await.map(|region| region.to_string())
}

/// Asks whose the credentials are. Needs no permission (API:GetCallerIdentity).
///
/// # Errors
/// Class `SignIn` when credentials are missing, wrong or expired; `Unreachable` or `NoAnswer` without an answer.
pub async fn identity(clients: &Clients) -> Result<Identity, Fault> {
    let identity = clients.whose(None).await?;
    // The first answer counts: later credentials must belong to the same account.
    let _ = clients.account.set(identity.account.clone());
    Ok(identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bad_options_are_told_before_anything_is_sent() {
        let mut options = ConnectOptions { endpoint_url: Some("127.0.0.1:1".to_owned()), ..Default::default() };
        assert_eq!(connect(&options).await.unwrap_err().code, "MissingRegion");
        options.region = "ap-northeast-1".to_owned();
        assert_eq!(connect(&options).await.unwrap_err().code, "InvalidEndpoint");
    }
}
