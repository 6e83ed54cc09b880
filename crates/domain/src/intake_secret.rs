//! What only this environment can compute about the public: signatures of what it gave out, and blind keys of where
//! complaints come from.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use crate::personal::{Personal, Purpose};

/// A key that leaves no process and is stored nowhere. It does not print.
#[derive(Clone)]
pub struct IntakeSecret([u8; 32]);

/// Where complaints of one hour come from: nobody can tell the address from it, and the next hour's is another (R9.1).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceKey(String);

impl IntakeSecret {
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// HMAC-SHA-256 of `text` for one use, in hexadecimal.
    #[must_use]
    pub fn mac(&self, label: &str, text: &str) -> String {
        data_encoding::HEXLOWER.encode(&self.keyed(label, text).finalize().into_bytes())
    }

    /// Whether `mac` is that of `text`; takes as long whatever is wrong.
    #[must_use]
    pub fn has_signed(&self, label: &str, text: &str, mac: &str) -> bool {
        data_encoding::HEXLOWER
            .decode(mac.as_bytes())
            .is_ok_and(|mac| self.keyed(label, text).verify_slice(&mac).is_ok())
    }

    /// The source of `address` in the hour of `now`. Of an IPv6 address the network alone counts: whoever has one has all of
    /// its 2^64.
    #[must_use]
    pub fn source(&self, address: &Personal<String>, now: Timestamp) -> SourceKey {
        let network = match address.reveal(Purpose::Indexing).parse() {
            Ok(std::net::IpAddr::V6(v6)) => format!("{:x}", u128::from(v6) >> 64),
            Ok(std::net::IpAddr::V4(v4)) => v4.to_string(),
            Err(_) => String::new(),
        };
        let hour = now.as_second().div_euclid(3_600);
        SourceKey(self.mac("source", &format!("{hour} {network}")))
    }

    fn keyed(&self, label: &str, text: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(label.as_bytes());
        mac.update(b"\n");
        mac.update(text.as_bytes());
        mac
    }
}

impl SourceKey {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for IntakeSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IntakeSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(address: &str, now: &str) -> SourceKey {
        IntakeSecret::new([7; 32]).source(&Personal::new(address.to_owned()), now.parse().unwrap())
    }

    #[test]
    fn a_source_is_blind_of_one_hour_and_one_network() {
        let noon = "2026-11-23T04:00:00Z";
        assert_eq!(source("198.51.100.23", noon), source("198.51.100.23", "2026-11-23T04:59:59Z"));
        assert_ne!(source("198.51.100.23", noon), source("198.51.100.23", "2026-11-23T05:00:00Z"));
        assert_ne!(source("198.51.100.23", noon), source("198.51.100.24", noon));
        assert_eq!(source("2001:db8::1", noon), source("2001:db8::ffff:2", noon));
        assert_ne!(source("2001:db8::1", noon), source("2001:db8:0:1::1", noon));
        assert!(!source("198.51.100.23", noon).as_str().contains("198"));
    }

    #[test]
    fn a_signature_is_for_one_use() {
        let secret = IntakeSecret::new([7; 32]);
        let mac = secret.mac("proof", "a");
        assert!(secret.has_signed("proof", "a", &mac));
        assert!(!secret.has_signed("ticket", "a", &mac) && !secret.has_signed("proof", "b", &mac));
        assert!(!secret.has_signed("proof", "a", "zz") && !IntakeSecret::new([8; 32]).has_signed("proof", "a", &mac));
        assert_eq!(format!("{secret:?}"), "IntakeSecret(…)");
    }
}
