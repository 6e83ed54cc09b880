//! Personal data in memory and sealed.

use serde::{Deserialize, Serialize};

/// A value that identifies a person. It cannot be printed and cannot be serialised; whoever needs the clear value
/// says what for, which makes every such place findable (R9.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Personal<T>(T);

/// What a clear value is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To seal it.
    Sealing,
    /// To compute the blind index.
    Indexing,
    /// To judge its form.
    Judging,
    /// To give a caller their pseudonym.
    Pseudonym,
    /// To ask the identity provider.
    IdentityCheck,
    /// To decide by hand what no provider has settled (R6.1).
    Review,
    /// To send a one-time code.
    CodeDelivery,
    /// To hand it over where the law asks for it (R16.1).
    Evidence,
}

impl<T> Personal<T> {
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The clear value, for `purpose`.
    pub const fn reveal(&self, _purpose: Purpose) -> &T {
        &self.0
    }
}

impl<T> std::fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Personal(…)")
    }
}

/// Personal data under envelope encryption: AES-256-GCM under a data key of its own, the data key wrapped by KMS with
/// the owner's identifier as encryption context. All fields are base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// 1: AES-256-GCM, 96-bit nonce, KMS-wrapped data key, owner's identifier as associated data.
    pub scheme: u8,
    pub wrapped_key: String,
    pub nonce: String,
    pub ciphertext: String,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed(scheme {})", self.scheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_value_prints_a_placeholder() {
        let number = Personal::new("11010519491231002X".to_owned());
        assert_eq!(format!("{number:?}"), "Personal(…)");
        assert_eq!(number.reveal(Purpose::IdentityCheck), "11010519491231002X");
    }
}
