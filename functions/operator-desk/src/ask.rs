//! What is asked of the desk: a screen to look at, and what is to be done before that.

use std::collections::BTreeSet;

use domain::{
    case::CaseState,
    decision::Action,
    filing::Month,
    id::{AccountId, CaseId, DecisionId, HoldId, ListingId, PackageId},
    incident::IncidentMeasure,
    legal_hold::HoldScope,
    legible::is_legible_text,
    principal::PrincipalKey,
};
use lambda::problem::{Code, FieldCode, Problem};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::door::{Right, Role};

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "screen", rename_all = "snake_case", deny_unknown_fields)]
pub enum Screen {
    /// The cases of a queue, the one that is due first first.
    Cases {
        #[serde(default = "default_queue")]
        queue: String,
        #[serde(default = "open")]
        state: CaseState,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
    },
    Case {
        case_id: CaseId,
        /// Long texts to their end.
        #[serde(default)]
        whole: bool,
    },
    /// What waits in the queues, and what was put in force without a person.
    Workload {},
    /// An account; without one, the form to look one up.
    Account {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account_id: Option<AccountId>,
    },
    /// The blacklist: who waits to be put on it, or who is.
    Blacklist {
        #[serde(default = "yes")]
        waiting: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
    },
    /// Legal holds, the latest first.
    Holds {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
    },
    /// Orders for evidence packages, the latest first.
    Packages {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
    },
    Incident {},
    RulePacks {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<u32>,
    },
    Record {},
    DeadLetters {
        /// The box to look into.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<String>,
    },
}

fn default_queue() -> String {
    "default".to_owned()
}

const fn yes() -> bool {
    true
}

const fn open() -> CaseState {
    CaseState::Open
}

impl Screen {
    #[must_use]
    pub const fn right(&self) -> Right {
        match self {
            Self::Cases { .. } | Self::Case { .. } => Right::ReviewCases,
            Self::Workload {} => Right::SeeWorkload,
            Self::Account { .. } => Right::SeeAccounts,
            Self::Blacklist { .. } => Right::Blacklist,
            Self::Holds { .. } => Right::SeeHolds,
            Self::Packages { .. } => Right::EvidencePackages,
            Self::Incident {} => Right::SeeIncident,
            Self::RulePacks { .. } => Right::RulePacks,
            Self::Record {} => Right::SeeRecord,
            Self::DeadLetters { .. } => Right::DeadLetters,
        }
    }

    /// The tabs, in their order.
    #[must_use]
    pub fn tabs() -> [Self; 10] {
        [
            Self::Cases { queue: default_queue(), state: open(), cursor: None },
            Self::Workload {},
            Self::Account { account_id: None },
            Self::Blacklist { waiting: true, cursor: None },
            Self::Holds { cursor: None },
            Self::Packages { cursor: None },
            Self::Incident {},
            Self::RulePacks { before: None },
            Self::Record {},
            Self::DeadLetters { queue: None },
        ]
    }

    /// What somebody sees first.
    #[must_use]
    pub fn first_of(role: Role) -> Self {
        Self::tabs().into_iter().find(|screen| role.may(screen.right())).unwrap_or(Self::Record {})
    }

    /// The tab that the screen is on.
    #[must_use]
    pub fn is_on(&self, tab: &Self) -> bool {
        self.right() == tab.right()
    }
}

/// Something that changes what is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    Claim {
        case_id: CaseId,
    },
    Release {
        case_id: CaseId,
    },
    Decide {
        case_id: CaseId,
        /// The version of the case that was read.
        version: u64,
        action: Action,
        #[serde(default)]
        policies: Vec<String>,
        reason: String,
        facts: String,
    },
    /// Agrees to the severe step that is proposed (B8).
    Approve {
        case_id: CaseId,
        decision_id: DecisionId,
        /// The version of the case that was read.
        version: u64,
    },
    /// Does not.
    RefuseProposal {
        case_id: CaseId,
        decision_id: DecisionId,
        version: u64,
        reason: String,
    },
    /// Agrees to a listing that is proposed (R13.2, B8).
    ApproveListing {
        principal_key: PrincipalKey,
        listing_id: ListingId,
    },
    /// Does not.
    RefuseListing {
        principal_key: PrincipalKey,
        listing_id: ListingId,
        reason: String,
    },
    /// Places a legal hold (B1).
    PlaceHold {
        scope: HoldScope,
        legal_basis: String,
        reason: String,
    },
    /// Approves a package that somebody else has ordered; it is built from then on (R16.1, B8).
    ApprovePackage {
        package_id: PackageId,
    },
    /// Does not.
    RefusePackage {
        package_id: PackageId,
        reason: String,
    },
    /// Releases one that somebody else has placed.
    ReleaseHold {
        hold_id: HoldId,
        reason: String,
    },
    DeclareIncident {
        /// The declaration that was seen; left out, whatever there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u64>,
        /// None: the incident is over.
        measures: BTreeSet<IncidentMeasure>,
        reason: String,
        minutes: u32,
    },
    ActivateRulePack {
        version: u32,
        reason: String,
    },
    /// Makes the files of a month for the office (R7.1).
    MakeFilings {
        /// `2026-11`.
        month: String,
    },
    /// Sends letters back into the queue that they came from.
    SendBack {
        queue: String,
        #[serde(default = "ten")]
        at_most: usize,
    },
}

const fn ten() -> usize {
    10
}

impl Act {
    #[must_use]
    pub const fn right(&self) -> Right {
        match self {
            Self::Claim { .. } | Self::Release { .. } | Self::Decide { .. } => Right::ReviewCases,
            Self::Approve { .. } | Self::RefuseProposal { .. } => Right::SecondWord,
            Self::ApproveListing { .. } | Self::RefuseListing { .. } => Right::Blacklist,
            Self::PlaceHold { .. } | Self::ReleaseHold { .. } => Right::Hold,
            Self::ApprovePackage { .. } | Self::RefusePackage { .. } => Right::EvidencePackages,
            Self::DeclareIncident { .. } => Right::DeclareIncident,
            Self::ActivateRulePack { .. } => Right::RulePacks,
            Self::MakeFilings { .. } => Right::Filings,
            Self::SendBack { .. } => Right::DeadLetters,
        }
    }

    /// The month of the files.
    ///
    /// # Errors
    /// When that is no month.
    pub fn month(text: &str) -> Result<Month, Problem> {
        let malformed = || Problem::new(Code::InvalidBody).at("/month", FieldCode::MalformedValue);
        Month::parse(text).ok_or_else(malformed)
    }

    /// The limits of the API hold here too.
    ///
    /// # Errors
    /// Names the field that breaks one.
    pub fn check(&self) -> Result<(), Problem> {
        match self {
            Self::Claim { .. }
            | Self::Release { .. }
            | Self::Approve { .. }
            | Self::ApproveListing { .. }
            | Self::ApprovePackage { .. } => Ok(()),
            Self::RefuseProposal { reason, .. }
            | Self::RefusePackage { reason, .. }
            | Self::RefuseListing { reason, .. }
            | Self::ReleaseHold { reason, .. } => within("reason", reason, 2_000),
            Self::PlaceHold { legal_basis, reason, .. } => {
                within("legal_basis", legal_basis, 500)?;
                within("reason", reason, 2_000)
            }
            Self::Decide { action, policies, reason, facts, .. } => {
                within("reason", reason, 2_000)?;
                within("facts", facts, 4_000)?;
                bounded("policies", policies.len() <= 5)?;
                match action {
                    Action::SuspendUpdates { days: Some(days) } | Action::RestrictFunction { days: Some(days), .. } => {
                        bounded("days", (1..=3_650).contains(days))
                    }
                    Action::Close { blacklist: Some(blacklisting) } => {
                        bounded("review_days", (1..=3_650).contains(&blacklisting.review_days))
                    }
                    _ => Ok(()),
                }
            }
            Self::DeclareIncident { measures, reason, minutes, .. } => {
                within("reason", reason, 500)?;
                bounded("measures", measures.len() <= 20)?;
                bounded("minutes", *minutes > 0)
            }
            Self::ActivateRulePack { reason, .. } => within("reason", reason, 2_000),
            Self::MakeFilings { month } => Self::month(month).map(drop),
            Self::SendBack { at_most, .. } => bounded("at_most", (1..=100).contains(at_most)),
        }
    }
}

fn within(field: &str, text: &str, most: usize) -> Result<(), Problem> {
    bounded(field, is_legible_text(text) && text.chars().count() <= most)
}

fn bounded(field: &str, holds: bool) -> Result<(), Problem> {
    let broken = || Problem::new(Code::InvalidBody).at(format!("/{field}"), FieldCode::OutOfBounds);
    if holds { Ok(()) } else { Err(broken()) }
}

/// Reads one of the above out of what was sent.
///
/// # Errors
/// Says what is wrong with it, for whoever wrote it.
pub fn read<T: DeserializeOwned>(value: Map<String, Value>) -> Result<T, Problem> {
    serde_json::from_value(Value::Object(value)).map_err(|error| {
        Problem::new(Code::InvalidBody).at_with("", FieldCode::MalformedValue, Some(error.to_string()))
    })
}
