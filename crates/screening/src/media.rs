//! What was seen in the media of a publication: banks know files by their hash, and pictures by their looks.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::pdq::{Looks, PdqHash};

/// What was seen of the media in one part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Which part, from 0.
    pub part: usize,
    /// The file itself, and its key frames.
    pub files: Vec<FileHash>,
    /// The picture itself, or the key frames of a film.
    pub pictures: Vec<Looks>,
}

impl Seen {
    /// An example of a rule: `pdq:` with a picture's hash, `sha256:` with a file's.
    pub(crate) fn of_example(example: &str) -> Option<Self> {
        if let Some(hash) = example.strip_prefix("pdq:") {
            let hash: PdqHash = hash.parse().ok()?;
            return Some(Self { pictures: vec![Looks { hashes: [hash; 8], quality: 100 }], ..Self::default() });
        }
        let hash = example.strip_prefix("sha256:")?.parse().ok()?;
        Some(Self { files: vec![hash], ..Self::default() })
    }
}

/// SHA-256 of a file, written in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash(pub [u8; 32]);

/// The text is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not 64 hexadecimal digits")]
pub struct NotAFileHash;

impl FromStr for FileHash {
    type Err = NotAFileHash;

    fn from_str(text: &str) -> Result<Self, NotAFileHash> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return Err(NotAFileHash) };
        let pairs: &[[u8; 2]; 32] = pairs.try_into().map_err(|_| NotAFileHash)?;
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high).zip(digit(*low)).map(|(high, low)| high << 4 | low).ok_or(NotAFileHash)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for FileHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for FileHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FileHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error| de::Error::custom(format!("{text:?}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_comes_back_from_its_text() {
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let hash: FileHash = text.parse().unwrap();
        assert_eq!((hash.0[0], hash.0[31], hash.to_string().as_str()), (0xE3, 0x55, text));
        assert_eq!(text.to_uppercase().parse(), Ok(hash));
        for wrong in [&text[1..], &text[2..], "", &"x".repeat(64), &"é".repeat(32)] {
            assert_eq!(wrong.parse::<FileHash>(), Err(NotAFileHash), "{wrong}");
        }
    }
}
