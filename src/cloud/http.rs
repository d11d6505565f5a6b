//! HTTP clients for cases that the SDK's own does not cover: endpoints on this machine, and custom certificates
//! (`AWS_CA_BUNDLE`, read as the aws CLI does: the bundle replaces the machine's roots,
//! <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html>).

use std::path::Path;

use aws_sdk_sts::config::{RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, ConnectorBuilder};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::fault::{Fault, FaultClass};
use crate::host::read_text;

/// The largest bundle of certificates to read, in bytes.
const LARGEST: u64 = 16 << 20;

/// The code of the fault for an unusable bundle.
pub const BAD_CA_BUNDLE: &str = "BadCaBundle";

/// A client for `http://` on this machine. It uses no proxy, and does not read the machine's roots, some hundred
/// files.
pub(super) fn plain() -> SharedHttpClient {
    Builder::new().build_http()
}

/// A client for `https://` on this machine. It uses no proxy.
pub(super) fn loopback(trusted: Option<TlsContext>) -> SharedHttpClient {
    client(trusted.unwrap_or_default(), ProxyConfig::disabled)
}

/// A client for all other hosts, which trusts the given certificates and honours `HTTPS_PROXY` and the like.
pub(super) fn trusting(trusted: TlsContext) -> SharedHttpClient {
    client(trusted, ProxyConfig::from_env)
}

/// Trusts the certificates in `bundle`, and no others.
///
/// # Errors
/// [`BAD_CA_BUNDLE`] when the file cannot be read, is not PEM, or holds no certificate that can be trusted.
pub(super) fn trust(bundle: &Path) -> Result<TlsContext, Fault> {
    let bad = |what: String| {
        Fault::ours(FaultClass::Refused, BAD_CA_BUNDLE, format!("AWS_CA_BUNDLE={}: {what}", bundle.display()))
    };
    let pem = read_text(bundle, LARGEST).map_err(|error| bad(error.to_string()))?.into_bytes();
    // Parse the bundle here, because the HTTP client would panic on a bad one.
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| bad(error.to_string()))?;
        roots.add(certificate).map_err(|error| bad(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(bad("no certificate".to_owned()));
    }
    let store = TrustStore::empty().with_pem_certificate(pem);
    TlsContext::builder().with_trust_store(store).build().map_err(|error| bad(error.to_string()))
}

/// Like the SDK's own client, except for certificates and proxies.
fn client(trusted: TlsContext, proxies: fn() -> ProxyConfig) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector =
            ConnectorBuilder::default().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(trusted.clone());
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.set_proxy_config(Some(proxies()));
        connector.build()
    })
}
