//! Graded and classified management (R7.2): the *class* of an account follows from its principal, its *grade* from how
//! many people it reaches.

use serde::{Deserialize, Serialize};

use crate::principal::PrincipalKind;

/// How far an account reaches, the smallest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    #[default]
    Small,
    Medium,
    Large,
    Major,
}

impl Grade {
    pub const ALL: [Self; 4] = [Self::Small, Self::Medium, Self::Large, Self::Major];

    /// The name that rules know it by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
            Self::Major => "major",
        }
    }
}

/// Which ladder of grades an account climbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountClass {
    /// Of public bodies.
    Official,
    Media,
    Organisation,
    Individual,
}

impl AccountClass {
    pub const ALL: [Self; 4] = [Self::Official, Self::Media, Self::Organisation, Self::Individual];

    #[must_use]
    pub const fn of(kind: PrincipalKind) -> Self {
        match kind {
            PrincipalKind::Government => Self::Official,
            PrincipalKind::Media => Self::Media,
            PrincipalKind::Enterprise | PrincipalKind::Institution | PrincipalKind::SocialOrganisation => {
                Self::Organisation
            }
            PrincipalKind::Individual => Self::Individual,
        }
    }
}
