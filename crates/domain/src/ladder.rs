//! The ladder (R13.1): what the strikes of an account lead to. A strike is counted once for a step: what has led to one leads
//! to none that is as high or lower again (the same facts are not counted twice).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    credit::strike_of,
    id::{DecisionId, EnforcementId},
    settings::{Rung, RungMode, Settings},
};

/// A step that was proposed or taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Of the step; the case that proposes it is named by it.
    pub decision_id: DecisionId,
    /// At how many strikes the rung stands.
    pub strikes: u32,
    /// As it came out: what the ladder would apply is proposed when the circuit breaker is open.
    pub mode: RungMode,
    /// The measures whose strikes led to it.
    pub counted: BTreeSet<EnforcementId>,
    pub at: Timestamp,
}

/// The step that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDue {
    pub rung: Rung,
    /// What the strikes weigh that lead to it.
    pub weight: u32,
    pub counted: BTreeSet<EnforcementId>,
}

/// The highest step that the strikes in force on the account at `now` lead to, and have not led to before.
#[must_use]
pub fn step_due(account: &Account, settings: &Settings, now: Timestamp) -> Option<StepDue> {
    settings.enforcement.ladder.iter().rev().find_map(|rung| {
        let is_spent = |id: &EnforcementId| {
            account.escalations.iter().any(|it| it.strikes >= rung.strikes && it.counted.contains(id))
        };
        let strikes = account.enforcements.iter().map(|it| (it.enforcement_id, strike_of(it, &settings.credit, now)));
        let fresh: Vec<_> = strikes.filter(|(id, weight)| *weight > 0 && !is_spent(id)).collect();
        let weight = fresh.iter().map(|(_, weight)| *weight).fold(0, u32::saturating_add);
        (weight >= rung.strikes).then(|| StepDue {
            rung: *rung,
            weight,
            counted: fresh.into_iter().map(|(id, _)| id).collect(),
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        account::NewAccount,
        actor::Actor,
        case::Matter,
        decision::{Action, Decision},
        enforcement::{Ending, EndingCause},
        id::{AccountId, CaseId},
        personal::Sealed,
        principal::{PrincipalKey, PrincipalKind},
        profile::Profile,
        subject::Subject,
    };

    const NOW: Timestamp = Timestamp::constant(1_795_406_400, 0);

    fn account() -> Account {
        let sealed = Sealed { scheme: 1, wrapped_key: String::new(), nonce: String::new(), ciphertext: String::new() };
        let new = NewAccount {
            account_id: AccountId::at(NOW),
            principal_kind: PrincipalKind::Individual,
            principal_key: PrincipalKey::new(1, &[1; 32]),
            display_name: crate::display_name::NameRules::new(str::to_owned, &[]).read("江边的钓鱼人").unwrap(),
            identity: sealed,
        };
        Account::register(new, Actor::function("test"), NOW).state
    }

    fn struck(account: Account, action: Action) -> Account {
        let decision = Decision {
            decision_id: DecisionId::at(NOW),
            case_id: CaseId::at(NOW),
            subject: Subject::Account(account.account_id),
            matter: Matter::Complaint { policy: "fraud".to_owned() },
            action,
            policies: vec!["fraud".to_owned()],
            reason: String::new(),
            facts: String::new(),
            decided_by: Actor::function("test"),
            approved_by: None,
            decided_at: NOW,
            reverses_decision_id: None,
        };
        let settings = Settings::default();
        let measure = decision.enforcement(&Profile::cn_2017()).unwrap();
        let measure = settings.enforcement.counted(measure, &settings.credit);
        account.enforce(measure, Actor::function("test"), NOW).unwrap().state
    }

    fn warned(times: usize) -> Account {
        (0..times).fold(account(), |account, _| struck(account, Action::Warn))
    }

    fn due(account: &Account) -> Option<u32> {
        step_due(account, &Settings::default(), NOW).map(|due| due.rung.strikes)
    }

    fn taken(account: Account) -> Account {
        let due = step_due(&account, &Settings::default(), NOW).unwrap();
        account.propose_step(&due, DecisionId::at(NOW), NOW, Actor::function("enforcer"), NOW).state
    }

    #[test]
    fn a_step_is_due_when_the_strikes_reach_it_and_once_for_them() {
        assert_eq!(due(&warned(3)), None);
        let account = warned(4);
        assert_eq!(due(&account), Some(4));
        let mut account = taken(account);
        assert_eq!(due(&account), None, "these strikes have led to it");
        for _ in 0..3 {
            account = struck(account, Action::Warn);
            assert_eq!(due(&account), None);
        }
        account = struck(account, Action::Warn);
        assert_eq!(due(&account), Some(8), "four more are eight together, and the next step");
        account = taken(account);
        assert_eq!(due(&account), None, "a higher step has counted them for the lower one too");
        let account = (0..4).fold(account, |account, _| struck(account, Action::Warn));
        assert_eq!(due(&account), Some(12));
    }

    #[test]
    fn a_strike_that_was_reversed_or_has_run_out_leads_nowhere() {
        let mut account = warned(4);
        let later = NOW + jiff::SignedDuration::from_hours(24 * 180);
        assert_eq!(step_due(&account, &Settings::default(), later), None);
        let decision_id = DecisionId::at(NOW);
        account.enforcements[0].ending = Some(Ending { cause: EndingCause::Reversed, decision_id, ended_at: NOW });
        assert_eq!(due(&account), None);
    }

    proptest! {
        /// Whatever comes in which order, no strike leads to the same step twice, and no step goes unnoticed.
        #[test]
        fn each_strike_leads_to_a_step_once(steps in proptest::collection::vec(any::<bool>(), 0..30)) {
            let mut account = account();
            for suspends in steps {
                let action = if suspends { Action::SuspendUpdates { days: Some(1) } } else { Action::Warn };
                account = struck(account, action);
                while step_due(&account, &Settings::default(), NOW).is_some() {
                    account = taken(account);
                }
            }
            for one in &account.escalations {
                for other in account.escalations.iter().filter(|it| it.decision_id != one.decision_id && it.strikes == one.strikes) {
                    prop_assert!(one.counted.is_disjoint(&other.counted));
                }
            }
        }
    }
}
