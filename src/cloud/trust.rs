//! Certificates of one's own: `AWS_CA_BUNDLE`, as the aws CLI reads it. What it names takes the place of the machine's roots
//! (<https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html>).

use std::path::Path;

use aws_sdk_sts::config::SharedHttpClient;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::fault::{Fault, FaultClass};

/// The code of a bundle that cannot be used.
pub const BAD_CA_BUNDLE: &str = "BadCaBundle";

/// An HTTP client that trusts the certificates in `bundle`, and nobody else. With `proxy` it honours `HTTPS_PROXY` and the like.
///
/// # Errors
/// [`BAD_CA_BUNDLE`] when the file cannot be read, is not PEM, or holds no certificate that can be trusted.
pub(super) fn client(bundle: &Path, proxy: bool) -> Result<SharedHttpClient, Fault> {
    let bad = |what: String| {
        Fault::ours(FaultClass::Refused, BAD_CA_BUNDLE, format!("AWS_CA_BUNDLE={}: {what}", bundle.display()))
    };
    let pem = std::fs::read(bundle).map_err(|error| bad(error.to_string()))?;
    // The HTTP client would panic at what it cannot read.
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| bad(error.to_string()))?;
        roots.add(certificate).map_err(|error| bad(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(bad("no certificate".to_owned()));
    }
    let store = TrustStore::empty().with_pem_certificate(pem);
    let context = TlsContext::builder().with_trust_store(store).build().map_err(|error| bad(error.to_string()))?;
    // As the SDK builds its own, but for the certificates.
    Ok(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector =
            ConnectorBuilder::default().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(context.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(aws_sdk_sts::config::RuntimeComponents::sleep_impl));
        let proxies = if proxy { ProxyConfig::from_env() } else { ProxyConfig::disabled() };
        connector.set_proxy_config(Some(proxies));
        connector.build()
    }))
}
