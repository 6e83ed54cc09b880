use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// SHA-256, hex, of a description without what copies are changed by: white space, punctuation and case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WordsDigest(String);

impl WordsDigest {
    #[must_use]
    pub fn of(description: &str) -> Self {
        let plain: String = description.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        Self(data_encoding::HEXLOWER.encode(&Sha256::digest(plain.as_bytes())))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_told_by_its_words() {
        assert_eq!(WordsDigest::of("骗子！ 不要 信 ABC。"), WordsDigest::of("骗子，不要信abc"));
        assert_ne!(WordsDigest::of("骗子"), WordsDigest::of("骗局"));
    }
}
