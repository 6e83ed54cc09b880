use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    appeal::{AppealConclusion, AppealOutcome},
    blacklist::PastListing,
    case::Matter,
    decision::{Action, Decision},
    event::Event,
    id::{DecisionId, ListingId},
};

/// The steps that can be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportedAction {
    Warn,
    RestrictFunction,
    SuspendUpdates,
    Close,
    RemoveContent,
    /// Content that was held is not shown.
    RefuseContent,
    /// A principal may not register again (R13.2).
    Blacklist,
}

impl ReportedAction {
    #[must_use]
    pub const fn of(decision: &Decision) -> Option<Self> {
        Some(match (decision.action, &decision.matter) {
            (Action::Warn, _) => Self::Warn,
            (Action::RestrictFunction { .. }, _) => Self::RestrictFunction,
            (Action::SuspendUpdates { .. }, _) => Self::SuspendUpdates,
            (Action::Close { .. }, _) => Self::Close,
            (Action::RemoveContent, _) => Self::RemoveContent,
            (Action::Refuse, Matter::Content { .. }) => Self::RefuseContent,
            _ => return None,
        })
    }
}

/// What a report tells of. Of each there is one report, however often it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ReportCause {
    Decision {
        decision_id: DecisionId,
    },
    Listing {
        listing_id: ListingId,
    },
    /// That the listing is in force no longer.
    Removal {
        listing_id: ListingId,
    },
}

/// A name that no other cause has: `listing#lst_…`.
impl fmt::Display for ReportCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decision { decision_id } => write!(f, "decision#{decision_id}"),
            Self::Listing { listing_id } => write!(f, "listing#{listing_id}"),
            Self::Removal { listing_id } => write!(f, "removal#{listing_id}"),
        }
    }
}

/// That what was reported is undone. The reason is for whoever was concerned, and no part of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction {
    pub cause: ReportCause,
    pub decided_at: Timestamp,
    pub says: &'static str,
}

impl Correction {
    /// The decision that was reported and that `decision` undoes, and the correction; `None` when it undoes nothing.
    #[must_use]
    pub fn by(decision: &Decision) -> Option<(ReportCause, Self)> {
        let conclusion = AppealConclusion::of(decision)?;
        let corrected = ReportCause::Decision { decision_id: conclusion.appealed_decision_id };
        Self::of_appeal(&conclusion).map(|correction| (corrected, correction))
    }

    #[must_use]
    pub fn of_appeal(conclusion: &AppealConclusion) -> Option<Self> {
        let AppealConclusion { decision_id, outcome, decided_at, .. } = *conclusion;
        (outcome == AppealOutcome::Accepted).then_some(Self {
            cause: ReportCause::Decision { decision_id },
            decided_at,
            says: "经申诉复核，原处置决定已撤销。 The decision was undone on appeal.",
        })
    }

    #[must_use]
    pub const fn of_listing(past: &PastListing) -> Self {
        Self::unlisted(past.listing.listing_id, past.removed_at)
    }

    /// `event` tells that the listing was removed.
    #[must_use]
    pub const fn told_by(event: &Event, listing_id: ListingId) -> Self {
        Self::unlisted(listing_id, event.occurred_at)
    }

    const fn unlisted(listing_id: ListingId, decided_at: Timestamp) -> Self {
        let says = "该主体已移出黑名单。 The principal was taken off the blacklist.";
        Self { cause: ReportCause::Removal { listing_id }, decided_at, says }
    }
}
