use async_trait::async_trait;
use domain::{
    change::Change,
    display_name::NameSkeleton,
    protected_name::{ListInForce, ProtectedName},
};

use super::{PortError, SaveError};

/// The names that not everybody may carry (R4), for those who look them up.
#[async_trait]
pub trait ProtectedNames: Send + Sync {
    /// The names of the list in force that are stored under one of `skeletons` (no duplicates, at most 94), in any order.
    /// They are all of one list: the one that was in force when the call began, or a later one.
    async fn among(&self, skeletons: &[NameSkeleton]) -> Result<Vec<ProtectedName>, PortError>;
}

/// The lists of protected names, for those who change them. A list is known by the SHA-256 of its file.
#[async_trait]
pub trait ProtectedNameShelf: Send + Sync {
    /// Which list is in force, read now (strongly consistent); `None` before the first.
    async fn in_force(&self) -> Result<Option<ListInForce>, PortError>;

    /// Which list was put in force under `version`, or `None`.
    async fn stored(&self, version: u32) -> Result<Option<ListInForce>, PortError>;

    /// Stores `names` (no two of one skeleton) as the list `sha256`. Nobody finds them before the list is in force. After
    /// an error a part may be stored; the same call again stores the rest.
    async fn lay_out(&self, sha256: &str, names: &[ProtectedName]) -> Result<(), PortError>;

    /// Puts a list in force that was laid out whole, and stores its version and the event, all or nothing, on the
    /// condition that the version in force is `follows` (`None`: that there is none).
    async fn put(&self, change: &Change<ListInForce>, follows: Option<u32>) -> Result<(), SaveError>;

    /// Takes away what was laid out as the list `sha256`, which nobody looks names up in
    /// ([`ListInForce::is_looked_up`]). After an error, or of a list that is not there, the same call again does the rest.
    async fn clear(&self, sha256: &str) -> Result<(), PortError>;
}
