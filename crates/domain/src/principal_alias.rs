//! One principal known by several documents (R13.2): each further document's blind key is an *alias* of the canonical
//! one, under which accounts are counted and the blacklist is kept.
//!
//! Not everything needs an alias: documents that name the principal by the same code have the same key
//! ([`crate::document::Document::principal_code`]).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    event::{Event, EventBody},
    principal::PrincipalKey,
};

/// That two blind keys belong to one principal, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrincipalAlias {
    /// Leads to `canonical` from now on.
    pub alias: PrincipalKey,
    pub canonical: PrincipalKey,
    /// How it is known, in the words of whoever says so.
    pub reason: String,
    pub linked_by: Actor,
    pub linked_at: Timestamp,
}

impl PrincipalAlias {
    /// What tells of it.
    #[must_use]
    pub fn event(&self) -> Event {
        let body = EventBody::PrincipalsLinked {
            principal_key: self.canonical.clone(),
            alias: self.alias.clone(),
            reason: self.reason.clone(),
        };
        Event::new(1, self.linked_by.clone(), body, self.linked_at)
    }
}
