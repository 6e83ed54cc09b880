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
    result::ConnectorError,
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
    /// None for the built-in roots, which are read with the first request.
    bundle: Option<TlsContext>,
    client: OnceLock<Result<SharedHttpClient, String>>,
}

/// Sends each request over the client that its address asks for.
#[derive(Debug)]
struct ByScheme {
    plain: SharedHttpConnector,
    tls: Arc<Tls>,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

/// Trusts the roots in the PEM file `ca_bundle` and no others, or the built-in ones.
pub(crate) fn transport(ca_bundle: Option<&Path>) -> Result<SharedHttpClient, ConnectError> {
    let tls = Tls { bundle: ca_bundle.map(trust::bundle).transpose()?, client: OnceLock::new() };
    Ok(SharedHttpClient::new(Transport { plain: Builder::new().build_http(), tls: Arc::new(tls) }))
}

impl Tls {
    fn client(&self) -> Result<&SharedHttpClient, ConnectorError> {
        let make = || {
            let context = match &self.bundle {
                Some(context) => context.clone(),
                None => trust::built_in().map_err(|error| error.to_string())?,
            };
            let provider = Provider::Rustls(CryptoMode::AwsLc);
            Ok(Builder::new().tls_provider(provider).tls_context(context).build_https())
        };
        self.client.get_or_init(make).as_ref().map_err(|told| ConnectorError::other(told.as_str().into(), None))
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
        match self.tls.client() {
            Ok(client) => client.http_connector(&self.settings, &self.components).call(request),
            Err(error) => HttpConnectorFuture::ready(Err(error)),
        }
    }
}
