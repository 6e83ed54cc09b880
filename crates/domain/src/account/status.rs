//! Where an account stands, and every way from one standing to another. Nothing else moves an account.
//!
//! ```text
//! pending ─▶ verifying ─▶ active ─▶ deregistering ─▶ closed
//!    │           │  ▲        ▲           │
//!    │           ▼  │        │           └─▶ back where it stood
//!    │       manual_review ──┤
//!    │           │           │
//!    └───────────┴─▶ rejected│   (pending, verifying and manual_review may deregister too)
//! ```

use serde::{Deserialize, Serialize};

/// Where an account stands between registration and closing. What is in force on it stands apart, in
/// [`Account::enforcements`](super::Account::enforcements).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// Registered, identity not looked at yet: may not publish (R6.1).
    Pending,
    /// The identity is being checked, or the holder has something to prove.
    Verifying,
    /// A person decides: the checks could not.
    ManualReview,
    /// Identity verified.
    Active,
    /// The identity is not theirs, or a reviewer said no. A new registration is a new account.
    Rejected,
    /// Its holder wants it closed, and may change their mind for a while (R9.2).
    Deregistering,
    Closed,
}

impl AccountStatus {
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Verifying,
        Self::ManualReview,
        Self::Active,
        Self::Rejected,
        Self::Deregistering,
        Self::Closed,
    ];

    /// Whether the account still waits to be verified or rejected.
    #[must_use]
    pub const fn is_open_registration(self) -> bool {
        matches!(self, Self::Pending | Self::Verifying | Self::ManualReview)
    }

    /// Whether nothing leads on from here.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Rejected | Self::Closed)
    }

    /// Where `step` leads.
    ///
    /// # Errors
    /// When it leads nowhere from here.
    pub const fn after(self, step: Step) -> Result<Self, IllegalTransition> {
        let to = match (step, self) {
            (Step::BeginCheck, Self::Pending | Self::Verifying) => Self::Verifying,
            (Step::NoteCheck, Self::Verifying) => Self::Verifying,
            (Step::ProveMobile, Self::Pending | Self::Verifying | Self::ManualReview | Self::Active) => self,
            (Step::RequestReview, Self::Pending | Self::Verifying) => Self::ManualReview,
            // From pending too: a person, or the answer to a check that began before this status was known.
            (Step::Verify, Self::Pending | Self::Verifying | Self::ManualReview) => Self::Active,
            (Step::Reject, Self::Pending | Self::Verifying | Self::ManualReview) => Self::Rejected,
            (Step::RequestDeregistration, Self::Pending | Self::Verifying | Self::ManualReview | Self::Active) => {
                Self::Deregistering
            }
            (Step::UndoDeregistration { back_to }, Self::Deregistering) if !back_to.has_left() => back_to,
            (Step::Close, Self::Deregistering) => Self::Closed,
            _ => return Err(IllegalTransition { from: self, step }),
        };
        Ok(to)
    }

    const fn has_left(self) -> bool {
        matches!(self, Self::Rejected | Self::Deregistering | Self::Closed)
    }
}

/// What moves an account from one standing to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The identity provider is going to be asked, for the first time or again.
    BeginCheck,
    /// It has answered, or failed to, and that alone settles nothing.
    NoteCheck,
    /// The holder shows to have a mobile number, which alone settles nothing.
    ProveMobile,
    /// The checks have come to no answer.
    RequestReview,
    /// The identity is who it says.
    Verify,
    /// It is not, or a reviewer refuses it.
    Reject,
    RequestDeregistration,
    /// The holder has changed their mind; the account stands where it stood.
    UndoDeregistration {
        back_to: AccountStatus,
    },
    /// The time to change one's mind is over.
    Close,
}

/// The account is not in a status from which that step leads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account that is {from:?} cannot take the step {step:?}")]
pub struct IllegalTransition {
    pub from: AccountStatus,
    pub step: Step,
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    fn steps() -> Vec<Step> {
        let fixed = [
            Step::BeginCheck,
            Step::NoteCheck,
            Step::ProveMobile,
            Step::RequestReview,
            Step::Verify,
            Step::Reject,
            Step::RequestDeregistration,
            Step::Close,
        ];
        let undone = AccountStatus::ALL.map(|back_to| Step::UndoDeregistration { back_to });
        fixed.into_iter().chain(undone).collect()
    }

    /// The whole table, so that a new arm is seen.
    #[test]
    fn each_status_has_its_ways_on_and_no_others() {
        use AccountStatus::{Active, Closed, Deregistering, ManualReview, Pending, Rejected, Verifying};
        let ways = |from: AccountStatus| {
            let to = steps().into_iter().filter_map(|step| from.after(step).ok());
            AccountStatus::ALL.into_iter().filter(|way| to.clone().any(|to| to == *way)).collect::<Vec<_>>()
        };
        assert_eq!(ways(Pending), [Pending, Verifying, ManualReview, Active, Rejected, Deregistering]);
        assert_eq!(ways(Verifying), [Verifying, ManualReview, Active, Rejected, Deregistering]);
        assert_eq!(ways(ManualReview), [ManualReview, Active, Rejected, Deregistering]);
        assert_eq!(ways(Active), [Active, Deregistering]);
        assert_eq!(ways(Deregistering), [Pending, Verifying, ManualReview, Active, Closed]);
        assert_eq!(ways(Rejected), []);
        assert_eq!(ways(Closed), []);
    }

    proptest! {
        #[test]
        fn however_it_goes_what_is_final_stays(walk in proptest::collection::vec(select(steps()), 0..40)) {
            let mut status = AccountStatus::Pending;
            for step in walk {
                let Ok(next) = status.after(step) else { continue };
                prop_assert!(!status.is_final());
                // Only a step that says so makes an account active.
                let may = status == AccountStatus::Active || matches!(step, Step::Verify | Step::UndoDeregistration { back_to: AccountStatus::Active });
                prop_assert!(next != AccountStatus::Active || may);
                status = next;
            }
        }
    }
}
