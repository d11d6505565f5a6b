//! How calls travel where the SDK's own HTTP client would not do: to this machine, and with certificates of one's own
//! (`AWS_CA_BUNDLE`, as the aws CLI reads it: what it names takes the place of the machine's roots,
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

/// No bundle of certificates is larger, in bytes.
const LARGEST: u64 = 16 << 20;

/// The code of a bundle that cannot be used.
pub const BAD_CA_BUNDLE: &str = "BadCaBundle";

/// A client for `http://` on this machine: no proxy is asked, and the machine's roots, some hundred files, are not read.
pub(super) fn plain() -> SharedHttpClient {
    Builder::new().build_http()
}

/// A client for `https://` on this machine: no proxy is asked.
pub(super) fn loopback(trusted: Option<TlsContext>) -> SharedHttpClient {
    client(trusted.unwrap_or_default(), ProxyConfig::disabled)
}

/// A client for everywhere else, which trusts what it is told to, and honours `HTTPS_PROXY` and the like.
pub(super) fn trusting(trusted: TlsContext) -> SharedHttpClient {
    client(trusted, ProxyConfig::from_env)
}

/// Trust in the certificates in `bundle`, and in nobody else.
///
/// # Errors
/// [`BAD_CA_BUNDLE`] when the file cannot be read, is not PEM, or holds no certificate that can be trusted.
pub(super) fn trust(bundle: &Path) -> Result<TlsContext, Fault> {
    let bad = |what: String| {
        Fault::ours(FaultClass::Refused, BAD_CA_BUNDLE, format!("AWS_CA_BUNDLE={}: {what}", bundle.display()))
    };
    let pem = read_text(bundle, LARGEST).map_err(|error| bad(error.to_string()))?.into_bytes();
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
    TlsContext::builder().with_trust_store(store).build().map_err(|error| bad(error.to_string()))
}

/// As the SDK builds its own, but for certificates and proxies.
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
