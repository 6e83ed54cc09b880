//! The one HTTP client. Roots are parsed when something first speaks TLS, and never where all endpoints are plain.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    runtime_components::RuntimeComponents,
};

use crate::{connection::ConnectError, trust};

/// A client for plain HTTP and, once it is needed, one for TLS.
#[derive(Debug)]
struct Transport {
    plain: SharedHttpClient,
    tls: Arc<Tls>,
}

#[derive(Debug)]
struct Tls {
    context: TlsContext,
    client: OnceLock<SharedHttpClient>,
}

/// Sends each request over the client that its address asks for.
#[derive(Debug)]
struct ByScheme {
    plain: SharedHttpConnector,
    tls: Arc<Tls>,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

/// See [`trust::context`] for `ca_bundle`.
pub(crate) fn transport(ca_bundle: Option<&Path>) -> Result<SharedHttpClient, ConnectError> {
    let tls = Tls { context: trust::context(ca_bundle)?, client: OnceLock::new() };
    Ok(SharedHttpClient::new(Transport { plain: Builder::new().build_http(), tls: Arc::new(tls) }))
}

impl Tls {
    fn client(&self) -> &SharedHttpClient {
        self.client.get_or_init(|| {
            let provider = Provider::Rustls(CryptoMode::AwsLc);
            Builder::new().tls_provider(provider).tls_context(self.context.clone()).build_https()
        })
    }
}

impl HttpClient for Transport {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(ByScheme {
            plain: self.plain.http_connector(settings, components),
            tls: Arc::clone(&self.tls),
            settings: settings.clone(),
            components: components.clone(),
        })
    }
}

impl HttpConnector for ByScheme {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if request.uri().starts_with("http://") {
            return self.plain.call(request);
        }
        self.tls.client().http_connector(&self.settings, &self.components).call(request)
    }
}
