use async_trait::async_trait;
use domain::{display_name::NameSkeleton, protected_name::ProtectedName};

use super::PortError;

/// The list of names that not everybody may carry (R4).
#[async_trait]
pub trait ProtectedNames: Send + Sync {
    /// The entries that are stored under one of `skeletons` (no duplicates, at most 94), in any order. May lag behind
    /// a change of the list by a moment.
    async fn among(&self, skeletons: &[NameSkeleton]) -> Result<Vec<ProtectedName>, PortError>;

    /// Makes `names` (no two of one skeleton) the list. After an error a part of the change may be made; the same call
    /// again makes the rest.
    async fn replace(&self, names: &[ProtectedName]) -> Result<ReplacedNames, PortError>;
}

/// What a replacement changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReplacedNames {
    pub written: usize,
    pub removed: usize,
}
