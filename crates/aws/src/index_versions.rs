use std::str::FromStr;

/// Which versions of the blind index are in use (R9.1): the one under which is written, and those before it under which is
/// still looked up. Each is another HMAC key, which the KMS key makes of the version's label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexVersions {
    /// The newest first.
    versions: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no versions: 1, or 2,1 with the newest first, at most three")]
pub struct IndexVersionsError(String);

/// A renewal is done before the next one begins; a third version is for whoever has to begin before it is.
const MOST: usize = 3;

impl IndexVersions {
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = u32> {
        self.versions.iter().copied()
    }
}

impl Default for IndexVersions {
    fn default() -> Self {
        Self { versions: vec![1] }
    }
}

impl FromStr for IndexVersions {
    type Err = IndexVersionsError;
    fn from_str(text: &str) -> Result<Self, IndexVersionsError> {
        let wrong = || IndexVersionsError(text.to_owned());
        let versions: Vec<u32> = text.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
        let descends = versions.windows(2).all(|pair| pair[0] > pair[1]);
        if versions.contains(&0) || !descends || versions.len() > MOST {
            return Err(wrong());
        }
        Ok(Self { versions })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_named_the_newest_first() {
        for text in ["1", "2,1", "7,3,2"] {
            let versions: IndexVersions = text.parse().unwrap();
            let named: Vec<String> = versions.newest_first().map(|version| version.to_string()).collect();
            assert_eq!(named.join(","), text);
        }
        assert_eq!("1".parse(), Ok(IndexVersions::default()));
    }

    #[test]
    fn anything_else_stops_the_start() {
        for text in ["", "0", "1,2", "2,2", "2,", "a", "4,3,2,1", "-1", "2, 1"] {
            assert!(text.parse::<IndexVersions>().is_err(), "{text}");
        }
    }
}
