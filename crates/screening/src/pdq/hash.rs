use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// 256 bits; written as 64 hexadecimal digits, the highest bit first, as everybody who shares such hashes writes them.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PdqHash([u64; 4]);

/// The text is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not 64 hexadecimal digits")]
pub struct NotAHash;

impl PdqHash {
    pub(super) fn with_bits(set: impl Iterator<Item = usize>) -> Self {
        let mut words = [0; 4];
        for bit in set {
            words[3 - bit / 64] |= 1 << (bit % 64);
        }
        Self(words)
    }

    /// In how many bits the two differ.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        self.0.iter().zip(other.0).map(|(one, other)| (one ^ other).count_ones()).sum()
    }

    pub(crate) fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(self.0) {
            chunk.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut words = [0; 4];
        for (word, chunk) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *word = u64::from_be_bytes(*chunk);
        }
        Self(words)
    }
}

impl FromStr for PdqHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        // `from_str_radix` takes a sign, too.
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAHash);
        }
        let mut words = [0; 4];
        for (at, word) in words.iter_mut().enumerate() {
            *word = u64::from_str_radix(&text[16 * at..16 * (at + 1)], 16).map_err(|_| NotAHash)?;
        }
        Ok(Self(words))
    }
}

impl fmt::Display for PdqHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|word| write!(formatter, "{word:016x}"))
    }
}

impl fmt::Debug for PdqHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for PdqHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PdqHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error| de::Error::custom(format!("{text:?}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_comes_back_from_its_text_and_its_bytes() {
        let hash = PdqHash::with_bits([0, 4, 63, 64, 255].into_iter());
        let text = "8000000000000000000000000000000000000000000000018000000000000011";
        assert_eq!(hash.to_string(), text);
        assert_eq!(text.parse(), Ok(hash));
        assert_eq!(text.to_uppercase().parse(), Ok(hash));
        assert_eq!(PdqHash::from_bytes(hash.to_bytes()), hash);
        assert_eq!(hash.distance(PdqHash::default()), 5);
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        for text in ["", "12", &"g".repeat(64), &"+".repeat(64), &"0".repeat(65), &"é".repeat(32)] {
            assert_eq!(text.parse::<PdqHash>(), Err(NotAHash), "{text}");
        }
    }
}
