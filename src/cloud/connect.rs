//! SDK clients for one side of the lab, or for both.

use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_ec2::config::Credentials;

use super::fault::{Fault, FaultClass, fault};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// Where to connect to, and as whom.
#[derive(Clone, Default)]
pub struct ConnectOptions {
    /// The region, such as `ap-northeast-1`.
    pub region: String,
    /// The endpoint of every service, where it is not AWS's own.
    pub endpoint_url: Option<String>,
    /// The profile of the AWS configuration files to sign in with.
    pub profile: Option<String>,
    /// An access key id and its secret; without them the SDK's standard chain is asked.
    pub keys: Option<(String, String)>,
}

/// The clients of one side.
#[derive(Clone, Debug)]
pub struct Clients {
    pub(super) ec2: aws_sdk_ec2::Client,
    pub(super) elbv2: aws_sdk_elasticloadbalancingv2::Client,
    pub(super) route53: aws_sdk_route53::Client,
    sts: aws_sdk_sts::Client,
    region: String,
}

/// Both sides. With one account they are clones of each other and share their connections.
#[derive(Clone, Debug)]
pub struct Clouds {
    /// The side that publishes the service.
    pub provider: Clients,
    /// The side that uses it.
    pub consumer: Clients,
}

/// Who the credentials belong to [API:GetCallerIdentity].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's number.
    pub account: String,
    /// The ARN of the user or of the assumed role.
    pub arn: String,
    /// AWS's id of it.
    pub user_id: String,
}

impl Clients {
    /// The region these clients speak to.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }
}

/// Builds clients. Nothing is sent yet: whether the credentials are good is for [`identity`] to say.
///
/// # Errors
/// `InvalidEndpoint` when the endpoint is not an `http://` or `https://` URL, `MissingRegion` without a region.
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
    // One attempt each: what may be sent again, and when, is decided in `send.rs`, where it is known what a call does.
    let mut loader = aws_config::defaults(behavior(options))
        .region(Region::new(options.region.clone()))
        .retry_config(RetryConfig::disabled())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .build(),
        );
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(profile) = &options.profile {
        // The standard chain asks the environment first: keys in it would silently take the place of the profile that was
        // asked for, and with two profiles both sides would be one account.
        let provider = ProviderConfig::without_region()
            .with_region(Some(Region::new(options.region.clone())))
            .with_behavior_version(Some(behavior(options)));
        let credentials = ProfileFileCredentialsProvider::builder().configure(&provider).profile_name(profile).build();
        loader = loader.profile_name(profile).credentials_provider(credentials);
    }
    if let Some((id, secret)) = &options.keys {
        loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "pllab"));
    }
    let config = loader.load().await;
    Ok(Clients {
        ec2: aws_sdk_ec2::Client::new(&config),
        elbv2: aws_sdk_elasticloadbalancingv2::Client::new(&config),
        route53: aws_sdk_route53::Client::new(&config),
        sts: aws_sdk_sts::Client::new(&config),
        region: options.region.clone(),
    })
}

/// The SDK's behaviour: the latest, except that a loopback endpoint must not be asked for through the machine's HTTP proxy,
/// and the only switch for that within reach is the last version that knew of no proxies.
fn behavior(options: &ConnectOptions) -> BehaviorVersion {
    if options.endpoint_url.as_deref().is_some_and(is_loopback) {
        #[expect(deprecated, reason = "newer versions send loopback requests to HTTP_PROXY")]
        BehaviorVersion::v2025_01_17()
    } else {
        BehaviorVersion::latest()
    }
}

/// Whether a URL leads to this machine.
#[must_use]
pub fn is_loopback(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // What stands before an `@` is no host.
    if authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next(),
        None => authority.split(':').next(),
    }
    .unwrap_or_default();
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// Asks who the credentials belong to. Needs no permission [API:GetCallerIdentity].
///
/// # Errors
/// Class `SignIn` when credentials are missing, wrong or expired; `Unreachable` or `NoAnswer` without an answer.
pub async fn identity(clients: &Clients) -> Result<Identity, Fault> {
    let reply = clients.sts.get_caller_identity().send().await.map_err(fault)?;
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    Ok(Identity { account: text(reply.account()), arn: text(reply.arn()), user_id: text(reply.user_id()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_told_from_the_rest() {
        for url in ["http://127.0.0.1:4566", "http://localhost:1/x", "https://[::1]:9", "http://127.9.9.9"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "http://10.0.0.1:4566",
            "https://ec2.example.com",
            "http://localhost.example.com",
            "http://",
            "http://127.0.0.1@example.com",
            "127.0.0.1:1",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[tokio::test]
    async fn bad_options_are_told_before_anything_is_sent() {
        let mut options = ConnectOptions { endpoint_url: Some("127.0.0.1:1".to_owned()), ..Default::default() };
        assert_eq!(connect(&options).await.unwrap_err().code, "MissingRegion");
        options.region = "ap-northeast-1".to_owned();
        assert_eq!(connect(&options).await.unwrap_err().code, "InvalidEndpoint");
    }
}
