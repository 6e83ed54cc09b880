//! From a document to the principal that it is known by, across the versions of the blind index (R9.1).
//!
//! When the index is renewed, everything that is there lies under keys of the version before. The first who presents a document
//! after that links its old key to the new one, as two documents of one principal are linked: accounts, groups and a
//! listing move in that transaction, and from then on the old key leads to the new one for everybody, also for a process
//! that does not know of the new version yet. It is done before anything is written under the new key, so that there is no
//! moment at which a count starts anew or a listing is not found.

use domain::{actor::Actor, document::Document, principal::PrincipalKey, principal_alias::PrincipalAlias};
use futures::future::try_join_all;
use jiff::Timestamp;

use crate::{
    error::AppError,
    ports::{PortError, PrincipalIndex, PrincipalRegister, SaveError},
};

/// Each version takes one link at most, and each try loses only to one that was made.
const TRIES: usize = 8;

/// Where a document leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// The oldest key of the document: the canonical one, or an alias of it.
    pub presented: PrincipalKey,
    /// Under which the principal is counted and listed.
    pub canonical: PrincipalKey,
}

/// Looks the document up under all its keys, and links them first where they are not.
pub(crate) async fn known_by(
    document: &Document,
    index: &dyn PrincipalIndex,
    principals: &dyn PrincipalRegister,
    now: Timestamp,
) -> Result<Known, AppError> {
    let keys = index.keys_of(document).await?;
    let presented = keys.last().cloned().ok_or_else(|| PortError::corrupt("principal index", "it has no version"))?;
    for _ in 0..TRIES {
        let leads = try_join_all(keys.iter().map(|key| principals.canonical(key))).await?;
        let Some((alias, canonical)) = to_link(&keys, &leads) else {
            return Ok(Known { presented, canonical: leads[0].clone() });
        };
        let link = PrincipalAlias {
            alias,
            canonical,
            reason: "the same document under another version of the index".to_owned(),
            linked_by: Actor::function("principal-index"),
            linked_at: now,
        };
        match principals.link(&link).await {
            Ok(()) | Err(SaveError::VersionConflict) => {}
            Err(SaveError::Port(error)) => return Err(error.into()),
        }
    }
    Err(AppError::PrincipalMoved)
}

/// Which key is to lead where, so that all of them lead to one; `None` when they do. The newest key is the canonical one,
/// unless an older one is an alias already of something else, which somebody has said is this principal.
fn to_link(keys: &[PrincipalKey], leads: &[PrincipalKey]) -> Option<(PrincipalKey, PrincipalKey)> {
    let (newest, target) = (keys.first()?, leads.first()?);
    let (key, lead) = keys.iter().zip(leads).find(|(_, lead)| *lead != target)?;
    let is_alias_of_another = lead != key;
    if target == newest && is_alias_of_another {
        return Some((newest.clone(), lead.clone()));
    }
    Some((lead.clone(), target.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> PrincipalKey {
        PrincipalKey::new(n.into(), &[n; 32])
    }

    #[test]
    fn all_keys_of_a_document_come_to_lead_to_one() {
        let (new, old, other, third) = (key(2), key(1), key(8), key(9));
        let keys = [new.clone(), old.clone()];
        let linked = |leads: [&PrincipalKey; 2]| to_link(&keys, &leads.map(Clone::clone));
        assert_eq!(linked([&new, &old]), Some((old.clone(), new.clone())), "nobody has linked them");
        assert_eq!(linked([&new, &new]), None);
        assert_eq!(linked([&other, &other]), None);
        assert_eq!(linked([&new, &other]), Some((new.clone(), other.clone())), "the old one is an alias");
        assert_eq!(linked([&other, &old]), Some((old.clone(), other.clone())), "the new one is an alias");
        assert_eq!(linked([&other, &third]), Some((third, other)), "both are");
        assert_eq!(to_link(&keys[..1], &keys[..1]), None, "one version");
    }
}
