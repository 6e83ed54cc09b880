//! A scorer as a pack names it: a file beside the pack.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Scorer;
use crate::bank::BankFile;

/// `{ name: scorers/x.scorer, sha256: … }`, and the scorer when it has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScorerFile {
    pub file: BankFile,
    #[serde(skip)]
    pub scorer: Option<Arc<Scorer>>,
}
