//! One-time codes: six digits that show that somebody holds a mobile number (R6.1).

use serde::{Deserialize, Serialize};

use crate::{
    normalise::ascii_forms,
    personal::{Personal, Purpose},
};

const DIGITS: usize = 6;

/// Six digits. Until they are used or have run out they are a secret, and print as little as personal data does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeCode(Personal<String>);

impl OneTimeCode {
    /// A code made of 128 bits of `chance`: no code is likelier than another by more than one part in 2^108.
    #[must_use]
    pub fn from_chance(chance: [u8; 16]) -> Self {
        Self(Personal::new(format!("{:06}", u128::from_be_bytes(chance) % 1_000_000)))
    }

    /// The code that somebody typed: six digits, however they are written.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(text: &str) -> Result<Self, CodeFormError> {
        let text = ascii_forms(text);
        let is_code = text.len() == DIGITS && text.bytes().all(|c| c.is_ascii_digit());
        if is_code { Ok(Self(Personal::new(text))) } else { Err(CodeFormError) }
    }

    #[must_use]
    pub fn digits(&self, purpose: Purpose) -> &str {
        self.0.reveal(purpose)
    }
}

/// The text is not six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a code of six digits")]
pub struct CodeFormError;

/// What is kept of a code: an HMAC-SHA-256 of it and of its challenge, in hex, under a key that is not beside it. A code has
/// a million values, so that anything less can be turned back by trying them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeDigest(String);

impl CodeDigest {
    #[must_use]
    pub fn new(mac: &[u8]) -> Self {
        Self(data_encoding::HEXLOWER.encode(mac))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_written() {
        for text in ["042137", " 042 137", "０４２-１３７"] {
            assert_eq!(OneTimeCode::parse(text).unwrap().digits(Purpose::Judging), "042137", "{text}");
        }
        for text in ["", "42137", "0421377", "04213a", "零四二一三七"] {
            assert_eq!(OneTimeCode::parse(text), Err(CodeFormError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn chance_always_makes_a_code_that_does_not_print(chance in any::<[u8; 16]>()) {
            let code = OneTimeCode::from_chance(chance);
            let digits = code.digits(Purpose::Judging).to_owned();
            prop_assert_eq!(OneTimeCode::parse(&digits), Ok(code.clone()));
            let shown = format!("{code:?}");
            prop_assert!(!shown.contains(&digits));
        }
    }
}
