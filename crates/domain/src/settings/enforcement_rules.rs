use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Finding;
use crate::{
    decision::Action,
    enforcement::{Enforcement, EnforcementKind, Strike},
    settings::CreditRules,
};

/// What a decision counts for, and what strikes lead to (R13.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnforcementRules {
    /// By how much the strikes of a measure weigh more under a policy; of several policies the greatest counts, and one that
    /// is not here weighs 1.
    pub policy_weights: Vec<PolicyWeight>,
    /// What follows when the strikes in force come to so many; the fewest first.
    pub ladder: Vec<Rung>,
    /// Hours until a person has looked at a step that the ladder proposes.
    pub review_hours: u32,
    /// How many suspensions the ladder applies in a day without a person; those over it become cases.
    pub suspensions_per_day: u32,
    /// As above, of restrictions.
    pub restrictions_per_day: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyWeight {
    pub policy: String,
    pub weight: u32,
}

/// One step of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    pub strikes: u32,
    pub mode: RungMode,
    pub action: Action,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RungMode {
    /// A person decides.
    Propose,
    /// It is put in force at once, and says that nobody decided it.
    Apply,
}

impl Default for EnforcementRules {
    /// Four warnings or two suspensions are a pattern; each step after it takes as many again, and the last is a person's.
    fn default() -> Self {
        let propose = |strikes, action| Rung { strikes, mode: RungMode::Propose, action };
        Self {
            policy_weights: Vec::new(),
            ladder: vec![
                propose(4, Action::SuspendUpdates { days: Some(7) }),
                propose(8, Action::SuspendUpdates { days: Some(30) }),
                propose(12, Action::Close { blacklist: None }),
            ],
            review_hours: 72,
            suspensions_per_day: 20,
            restrictions_per_day: 50,
        }
    }
}

impl EnforcementRules {
    /// What a measure of that kind under `policies`, which begins at `starts_at`, counts for.
    #[must_use]
    pub fn strike(
        &self,
        kind: EnforcementKind,
        policies: &[String],
        credit: &CreditRules,
        starts_at: Timestamp,
    ) -> Strike {
        let weights = self.policy_weights.iter().filter(|it| policies.contains(&it.policy)).map(|it| it.weight);
        let weight = crate::credit::kind_weight(kind, credit).saturating_mul(weights.max().unwrap_or(1));
        let span = SignedDuration::from_hours(24 * i64::from(credit.strike_days));
        Strike { weight, expires_at: starts_at.saturating_add(span).unwrap_or(Timestamp::MAX) }
    }

    /// The measure with what it counts for; one that follows from strikes counts for nothing.
    #[must_use]
    pub fn counted(&self, mut measure: Enforcement, credit: &CreditRules) -> Enforcement {
        if measure.rung.is_none() {
            measure.strike = Some(self.strike(measure.kind, &measure.statement.policies, credit, measure.starts_at));
        }
        measure
    }

    /// How many measures of that kind may be put in force in a day without a person.
    #[must_use]
    pub const fn automatic_per_day(&self, kind: EnforcementKind) -> u32 {
        match kind {
            EnforcementKind::RestrictFunction => self.restrictions_per_day,
            EnforcementKind::SuspendUpdates => self.suspensions_per_day,
            EnforcementKind::Warn | EnforcementKind::Close => 0,
        }
    }

    /// By when a person has looked at what the ladder proposes `now`.
    #[must_use]
    pub fn review_due_at(&self, now: Timestamp) -> Timestamp {
        now.saturating_add(SignedDuration::from_hours(self.review_hours.into())).unwrap_or(Timestamp::MAX)
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.policy_weights.len() > 100 {
            findings.push(Finding::new("policy_weights", "至多 100 项。", "At most 100."));
        }
        for (at, of) in self.policy_weights.iter().enumerate() {
            let place = |field: &str| format!("policy_weights[{at}].{field}");
            findings.extend(Finding::within(&place("weight"), of.weight, &(1..=100)));
            if self.policy_weights[..at].iter().any(|before| before.policy == of.policy) {
                findings.push(Finding::new(&place("policy"), "规则重复。", "The policy is there twice."));
            }
        }
        if self.ladder.len() > 10 {
            findings.push(Finding::new("ladder", "至多 10 级。", "At most 10."));
        }
        for (at, rung) in self.ladder.iter().enumerate() {
            findings.extend(self.faults_of(at, rung));
        }
        findings.extend(Finding::within("review_hours", self.review_hours, &(1..=720)));
        findings.extend(Finding::within("suspensions_per_day", self.suspensions_per_day, &(0..=100_000)));
        findings.extend(Finding::within("restrictions_per_day", self.restrictions_per_day, &(0..=100_000)));
        findings
    }

    fn faults_of(&self, at: usize, rung: &Rung) -> Vec<Finding> {
        let place = |field: &str| format!("ladder[{at}].{field}");
        let mut findings: Vec<Finding> =
            Finding::within(&place("strikes"), rung.strikes, &(1..=1_000)).into_iter().collect();
        if self.ladder[..at].iter().any(|before| before.strikes >= rung.strikes) {
            findings.push(Finding::new(&place("strikes"), "须高于上一级。", "Must be more than one step before."));
        }
        let days = match rung.action {
            Action::RestrictFunction { days, .. } | Action::SuspendUpdates { days } => days,
            Action::Close { .. } => None,
            _ => {
                let zh = "须为限制功能、暂停更新或关闭账号。";
                findings.push(Finding::new(&place("action"), zh, "Must restrict a function, suspend or close."));
                return findings;
            }
        };
        // What nobody decides ends by itself.
        if rung.mode == RungMode::Apply && days.is_none() {
            let zh = "自动执行的措施须有期限；关闭账号只能由人决定。";
            findings.push(Finding::new(&place("mode"), zh, "What is applied must have days; closing is a person's."));
        }
        findings.extend(days.and_then(|days| Finding::within(&place("action.days"), days, &(1..=3_650))));
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weightiest_policy_counts_and_a_policy_that_is_not_named_weighs_one() {
        let weight = |policy: &str, weight| PolicyWeight { policy: policy.to_owned(), weight };
        let rules = EnforcementRules {
            policy_weights: vec![weight("fraud", 2), weight("minors", 3)],
            ..EnforcementRules::default()
        };
        let credit = CreditRules::default();
        let of = |kind, policies: &[&str]| {
            let policies: Vec<String> = policies.iter().map(|it| (*it).to_owned()).collect();
            rules.strike(kind, &policies, &credit, Timestamp::UNIX_EPOCH).weight
        };
        assert_eq!(of(EnforcementKind::Warn, &["spam"]), 1);
        assert_eq!(of(EnforcementKind::Warn, &["fraud", "minors"]), 3);
        assert_eq!(of(EnforcementKind::SuspendUpdates, &["minors"]), 6);
    }

    #[test]
    fn what_cannot_be_is_found() {
        let rung = |strikes, mode, action| Rung { strikes, mode, action };
        let weight = || PolicyWeight { policy: "fraud".to_owned(), weight: 0 };
        let rules = EnforcementRules {
            policy_weights: vec![weight(), weight()],
            ladder: vec![
                rung(4, RungMode::Apply, Action::SuspendUpdates { days: None }),
                rung(4, RungMode::Apply, Action::Close { blacklist: None }),
                rung(5, RungMode::Propose, Action::Warn),
                rung(6, RungMode::Propose, Action::SuspendUpdates { days: Some(0) }),
            ],
            ..EnforcementRules::default()
        };
        let paths: Vec<String> = rules.validate().into_iter().map(|finding| finding.path).collect();
        let wrong = [
            "policy_weights[0].weight",
            "policy_weights[1].weight",
            "policy_weights[1].policy",
            "ladder[0].mode",
            "ladder[1].strikes",
            "ladder[1].mode",
            "ladder[2].action",
            "ladder[3].action.days",
        ];
        assert_eq!(paths, wrong);
        assert_eq!(EnforcementRules::default().validate(), []);
    }
}
