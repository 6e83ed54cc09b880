use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::{PortError, ProtectedNames, ReplacedNames};
use async_trait::async_trait;
use domain::{display_name::NameSkeleton, protected_name::ProtectedName};

use crate::{Faults, locked};

const WHAT: &str = "protected names";

/// The list of protected names in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryProtectedNames {
    faults: Faults,
    names: Arc<Mutex<BTreeMap<NameSkeleton, ProtectedName>>>,
}

impl MemoryProtectedNames {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Puts a name on the list: the state in which a test begins.
    pub fn put(&self, name: ProtectedName) {
        locked(&self.names).insert(name.skeleton.clone(), name);
    }
}

#[async_trait]
impl ProtectedNames for MemoryProtectedNames {
    async fn among(&self, skeletons: &[NameSkeleton]) -> Result<Vec<ProtectedName>, PortError> {
        self.faults.around(WHAT, || {
            let names = locked(&self.names);
            Ok(skeletons.iter().filter_map(|skeleton| names.get(skeleton).cloned()).collect())
        })
    }

    async fn replace(&self, list: &[ProtectedName]) -> Result<ReplacedNames, PortError> {
        self.faults.around(WHAT, || {
            let mut names = locked(&self.names);
            let next: BTreeMap<_, _> = list.iter().map(|name| (name.skeleton.clone(), name.clone())).collect();
            let written = next.iter().filter(|(skeleton, name)| names.get(*skeleton) != Some(name)).count();
            let removed = names.keys().filter(|skeleton| !next.contains_key(*skeleton)).count();
            *names = next;
            Ok(ReplacedNames { written, removed })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        contract::protected_names(&MemoryProtectedNames::default()).await;
    }
}
