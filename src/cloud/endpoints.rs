//! Finds out where calls really go. Environment and profile can redirect calls in a dozen ways (`AWS_ENDPOINT_URL`,
//! `AWS_ENDPOINT_URL_EC2`, `endpoint_url`, `services`), so this asks the SDK itself: it prepares calls and stops them
//! just before they are sent.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_ec2::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_ec2::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_ec2::error::BoxError;

use super::Clients;

/// Where the calls of a service go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Such as `EC2`.
    pub service: &'static str,
    /// Without a path.
    pub url: String,
}

impl Endpoint {
    /// Whether it is one of AWS's own.
    #[must_use]
    pub fn is_aws(&self) -> bool {
        let host = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', ':']).next().unwrap_or_default().to_ascii_lowercase();
        [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws"].iter().any(|end| host.ends_with(end))
    }
}

/// The endpoints of EC2, Elastic Load Balancing, STS and Route 53. Sends nothing. Leaves out a service if its calls
/// cannot even be prepared, for lack of credentials.
pub async fn endpoints(clients: &Clients) -> Vec<Endpoint> {
    let mut found = Vec::new();
    let ec2 = Halt::default();
    // Each of these calls fails, because `Halt` stops it.
    let _ = clients.ec2.describe_regions().customize().interceptor(ec2.clone()).send().await;
    found.extend(ec2.seen("EC2"));
    let elb = Halt::default();
    let _ = clients.elbv2.describe_load_balancers().customize().interceptor(elb.clone()).send().await;
    found.extend(elb.seen("ELB"));
    let sts = Halt::default();
    let _ = clients.sts.get_caller_identity().customize().interceptor(sts.clone()).send().await;
    found.extend(sts.seen("STS"));
    let route53 = Halt::default();
    let _ = clients.route53.get_hosted_zone_count().customize().interceptor(route53.clone()).send().await;
    found.extend(route53.seen("Route 53"));
    found
}

/// Stops a request before it is sent, and records its destination.
#[derive(Clone, Debug, Default)]
struct Halt(Arc<Mutex<Option<String>>>);

impl Halt {
    fn seen(&self, service: &'static str) -> Option<Endpoint> {
        let uri = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let (scheme, rest) = uri.split_once("://")?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        Some(Endpoint { service, url: format!("{scheme}://{authority}") })
    }
}

impl Intercept for Halt {
    fn name(&self) -> &'static str {
        "Halt"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(context.request().uri().to_owned());
        Err("stopped before it is sent".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::{ConnectOptions, connect};

    #[test]
    fn awss_own_endpoints_are_told_from_others() {
        let is_aws = |url: &str| Endpoint { service: "EC2", url: url.to_owned() }.is_aws();
        for url in [
            "https://ec2.ap-northeast-1.amazonaws.com",
            "https://ec2.cn-north-1.amazonaws.com.cn",
            "https://ec2.ap-northeast-1.api.aws",
            "https://EC2.us-east-1.amazonaws.com:443/",
        ] {
            assert!(is_aws(url), "{url}");
        }
        for url in ["http://127.0.0.1:4566", "https://amazonaws.com.example.com", "https://notamazonaws.com", ""] {
            assert!(!is_aws(url), "{url}");
        }
    }

    #[tokio::test]
    async fn the_sdk_says_where_calls_go_and_sends_none() {
        let keys = Some(("AKIAEXAMPLE".to_owned(), "secret".to_owned()));
        let mut options = ConnectOptions { region: "ap-northeast-1".to_owned(), keys, ..ConnectOptions::default() };
        let clients = connect(&options).await.unwrap();
        let urls: Vec<_> = endpoints(&clients).await.into_iter().map(|it| it.url).collect();
        assert_eq!(
            urls,
            [
                "https://ec2.ap-northeast-1.amazonaws.com",
                "https://elasticloadbalancing.ap-northeast-1.amazonaws.com",
                "https://sts.ap-northeast-1.amazonaws.com",
                "https://route53.amazonaws.com",
            ]
        );
        options.endpoint_url = Some("http://127.0.0.1:9".to_owned());
        let found = endpoints(&connect(&options).await.unwrap()).await;
        assert!(found.len() == 4 && found.iter().all(|it| it.url == "http://127.0.0.1:9"), "{found:?}");
    }
}
