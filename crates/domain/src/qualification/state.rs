//! Where a qualification stands, and every way from one standing to another.
//!
//! ```text
//! awaiting_upload ─▶ in_review ─▶ valid ─▶ revoked
//!        │               │  │       │
//!        ▼               │  └───────┴─▶ expired   (awaiting_upload may expire too)
//!      lapsed            └─▶ refused
//! ```

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QualificationState {
    /// Announced; the document has not come.
    AwaitingUpload,
    /// A person looks at the document.
    InReview,
    Valid,
    Refused,
    /// Taken away by a person, before its time.
    Revoked,
    /// Its last day is over.
    Expired,
    /// The document did not come in time.
    Lapsed,
}

/// What moves a qualification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QualificationStep {
    /// The document has come, and is what was announced.
    ConfirmUpload,
    Approve,
    Refuse,
    Revoke,
    /// Its last day is over.
    Expire,
    /// Nobody waits for the document any more.
    Lapse,
}

/// The qualification is not in a state from which that step leads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a qualification that is {from:?} cannot take the step {step:?}")]
pub struct IllegalStep {
    pub from: QualificationState,
    pub step: QualificationStep,
}

impl QualificationState {
    pub const ALL: [Self; 7] =
        [Self::AwaitingUpload, Self::InReview, Self::Valid, Self::Refused, Self::Revoked, Self::Expired, Self::Lapsed];

    /// Whether nothing leads on from here.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Refused | Self::Revoked | Self::Expired | Self::Lapsed)
    }

    /// Where `step` leads.
    ///
    /// # Errors
    /// When it leads nowhere from here.
    pub const fn after(self, step: QualificationStep) -> Result<Self, IllegalStep> {
        use QualificationStep as Step;
        let to = match (step, self) {
            (Step::ConfirmUpload, Self::AwaitingUpload) => Self::InReview,
            (Step::Approve, Self::InReview) => Self::Valid,
            (Step::Refuse, Self::InReview) => Self::Refused,
            (Step::Revoke, Self::Valid) => Self::Revoked,
            (Step::Expire, Self::AwaitingUpload | Self::InReview | Self::Valid) => Self::Expired,
            (Step::Lapse, Self::AwaitingUpload) => Self::Lapsed,
            _ => return Err(IllegalStep { from: self, step }),
        };
        Ok(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [QualificationStep; 6] = [
        QualificationStep::ConfirmUpload,
        QualificationStep::Approve,
        QualificationStep::Refuse,
        QualificationStep::Revoke,
        QualificationStep::Expire,
        QualificationStep::Lapse,
    ];

    /// The whole table, so that a new arm is seen.
    #[test]
    fn each_state_has_its_ways_on_and_no_others() {
        use QualificationState::{AwaitingUpload, Expired, InReview, Lapsed, Refused, Revoked, Valid};
        let ways = |from: QualificationState| {
            let to = STEPS.into_iter().filter_map(|step| from.after(step).ok());
            QualificationState::ALL.into_iter().filter(|way| to.clone().any(|to| to == *way)).collect::<Vec<_>>()
        };
        assert_eq!(ways(AwaitingUpload), [InReview, Expired, Lapsed]);
        assert_eq!(ways(InReview), [Valid, Refused, Expired]);
        assert_eq!(ways(Valid), [Revoked, Expired]);
        for state in [Refused, Revoked, Expired, Lapsed] {
            assert!(state.is_final());
            assert_eq!(ways(state), []);
        }
    }
}
