use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use screening::media::FileHash;

use super::PortError;

/// How long a classifier may fetch the file that it is asked about.
pub const LINK_LASTS: Duration = Duration::from_secs(300);

/// A classifier that is not ours: it says what is in a picture. There need be none.
#[async_trait]
pub trait MediaClassifier: Send + Sync {
    /// Scores by label, each from 0 to 1. Asked again for the same file, it may say the same without looking.
    /// [`PortError::Unavailable`] when it does not answer in time, or with anything but scores.
    async fn classify(&self, file: &FileToClassify<'_>) -> Result<BTreeMap<String, f64>, PortError>;
}

/// A picture, and where it can be fetched for some minutes.
#[derive(Debug, Clone, Copy)]
pub struct FileToClassify<'a> {
    pub sha256: FileHash,
    /// Whoever has it can read the file: it is for the classifier alone.
    pub link: &'a str,
}
