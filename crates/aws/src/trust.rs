//! Which roots are trusted. Parsing the system's 140 costs 5 ms of every cold start; the endpoints of AWS chain to few.

use std::path::Path;

use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use data_encoding::BASE64_MIME;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use crate::connection::ConnectError;

/// Common names of the roots: Amazon Trust Services (its own four, and the Starfield root that the first is
/// cross-signed by), and `DigiCert`'s two, to which the endpoints of the China regions chain.
const ROOTS: [&[u8]; 7] = [
    b"Amazon Root CA 1",
    b"Amazon Root CA 2",
    b"Amazon Root CA 3",
    b"Amazon Root CA 4",
    b"Starfield Services Root Certificate Authority - G2",
    b"DigiCert Global Root G2",
    b"DigiCert Global Root G3",
];

/// The roots above.
pub(crate) fn built_in() -> Result<TlsContext, ConnectError> {
    let mut store = TrustStore::empty();
    for der in roots() {
        store.add_pem_certificate(pem(der));
    }
    context(store)
}

/// The roots in the PEM file at `path`, and no others.
pub(crate) fn bundle(path: &Path) -> Result<TlsContext, ConnectError> {
    let pem = std::fs::read(path).map_err(|source| ConnectError::CaBundle { path: path.to_owned(), source })?;
    let mut store = TrustStore::empty();
    store.add_pem_certificate(pem);
    context(store)
}

fn context(store: TrustStore) -> Result<TlsContext, ConnectError> {
    TlsContext::builder().with_trust_store(store).build().map_err(|error| ConnectError::Tls(error.into()))
}

fn roots() -> impl Iterator<Item = &'static [u8]> {
    TLS_SERVER_ROOT_CERTS
        .iter()
        .map(AsRef::as_ref)
        .filter(|der| common_name(der).is_some_and(|name| ROOTS.contains(&name)))
}

/// The first common name in a certificate: a root's issuer, who is itself.
fn common_name(der: &[u8]) -> Option<&[u8]> {
    // The object identifier 2.5.4.3 in DER; after it a string: tag, length (below 128), characters.
    const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];
    let at = der.windows(COMMON_NAME.len()).position(|window| window == COMMON_NAME)?;
    let [_, length, rest @ ..] = der.get(at + COMMON_NAME.len()..)? else { return None };
    rest.get(..usize::from(*length))
}

/// The SDK takes roots in PEM alone.
fn pem(der: &[u8]) -> String {
    let body = BASE64_MIME.encode(der);
    format!("-----BEGIN CERTIFICATE-----\r\n{}\r\n-----END CERTIFICATE-----\r\n", body.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_root_is_found_once() {
        let mut found: Vec<_> = roots().filter_map(common_name).collect();
        let mut expected = ROOTS.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_roots_make_a_context() {
        assert!(built_in().is_ok());
    }

    #[test]
    fn a_bundle_that_is_not_there_stops_the_start() {
        let missing = Path::new("/nowhere/bundle.pem");
        assert!(matches!(bundle(missing), Err(ConnectError::CaBundle { .. })));
    }
}
