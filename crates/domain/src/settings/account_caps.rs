use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::Finding;
use crate::principal::PrincipalKind;

/// A principal of a kind that has no cap of one at least could not register at all, which is no cap but a closed door;
/// more than a hundred for one principal is a group's business (R7.3) and most likely a slip of the keys.
const SENSIBLE: RangeInclusive<u32> = 1..=100;

/// How many accounts one principal of each kind may hold, closed and rejected ones not counted (R7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountCaps {
    pub government: u32,
    pub media: u32,
    pub enterprise: u32,
    pub institution: u32,
    pub social_organisation: u32,
    pub individual: u32,
}

impl Default for AccountCaps {
    /// The caps that the large platforms publish: five for organisations, two for persons.
    fn default() -> Self {
        Self { government: 5, media: 5, enterprise: 5, institution: 5, social_organisation: 5, individual: 2 }
    }
}

impl AccountCaps {
    #[must_use]
    pub const fn of(&self, kind: PrincipalKind) -> u32 {
        match kind {
            PrincipalKind::Government => self.government,
            PrincipalKind::Media => self.media,
            PrincipalKind::Enterprise => self.enterprise,
            PrincipalKind::Institution => self.institution,
            PrincipalKind::SocialOrganisation => self.social_organisation,
            PrincipalKind::Individual => self.individual,
        }
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let Self { government, media, enterprise, institution, social_organisation, individual } = *self;
        let caps = [
            ("government", government),
            ("media", media),
            ("enterprise", enterprise),
            ("institution", institution),
            ("social_organisation", social_organisation),
            ("individual", individual),
        ];
        caps.into_iter().filter_map(|(name, cap)| Finding::within(name, cap, &SENSIBLE)).collect()
    }
}
