use serde::{Deserialize, Serialize};

use super::Finding;

/// A year: what ranks before everything that waits.
const MOST_HOURS: u32 = 8_760;

/// The weight of a reporter is of so many.
const WHOLE: u32 = 1_000;

/// What comes first: a case ranks as though it had waited for so many hours longer. It orders work and decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PriorityRules {
    /// Of complaints under a policy; none for all others.
    pub severity: Vec<Severity>,
    /// For each step of `grading.<grade>.review_priority`.
    pub reach_hours: u32,
    /// For a reporter of the greatest weight; in proportion for others.
    pub reporter_hours: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Severity {
    pub policy: String,
    pub hours: u32,
}

impl Default for PriorityRules {
    fn default() -> Self {
        let severity = |(policy, hours): (&str, u32)| Severity { policy: policy.to_owned(), hours };
        Self {
            // What harms somebody while it waits: a week, three days, a day.
            severity: [("minors", 168), ("violence", 72), ("fraud", 24), ("privacy", 24)].map(severity).to_vec(),
            // A day for an account of the greatest grade.
            reach_hours: 8,
            // A day: whoever is right each time is read before whoever never was.
            reporter_hours: 24,
        }
    }
}

impl PriorityRules {
    #[must_use]
    pub fn head_start_hours(&self, policy: Option<&str>, reach: u8, reporter_weight: u16) -> u32 {
        let severity = self.severity.iter().find(|it| Some(it.policy.as_str()) == policy).map_or(0, |it| it.hours);
        let reporter = self.reporter_hours.saturating_mul(reporter_weight.into()) / WHOLE;
        severity.saturating_add(self.reach_hours.saturating_mul(reach.into())).saturating_add(reporter)
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let numbers = [
            Finding::within("reach_hours", self.reach_hours, &(0..=MOST_HOURS)),
            Finding::within("reporter_hours", self.reporter_hours, &(0..=MOST_HOURS)),
        ];
        let mut findings: Vec<Finding> = numbers.into_iter().flatten().collect();
        if self.severity.len() > 100 {
            findings.push(Finding::new("severity", "至多 100 项。", "At most 100."));
        }
        for (at, of) in self.severity.iter().enumerate() {
            let place = |field: &str| format!("severity[{at}].{field}");
            findings.extend(Finding::within(&place("hours"), of.hours, &(0..=MOST_HOURS)));
            if self.severity[..at].iter().any(|before| before.policy == of.policy) {
                findings.push(Finding::new(&place("policy"), "规则重复。", "The policy is there twice."));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_reach_and_reporter_add_up() {
        let rules = PriorityRules::default();
        assert_eq!(rules.head_start_hours(None, 0, 0), 0);
        assert_eq!(rules.head_start_hours(Some("minors"), 3, 500), 168 + 24 + 12);
        assert_eq!(rules.head_start_hours(Some("spam"), 0, 1_000), 24);
    }

    #[test]
    fn what_cannot_be_is_found() {
        let twice = || Severity { policy: "fraud".to_owned(), hours: 8_761 };
        let rules = PriorityRules { severity: vec![twice(), twice()], reach_hours: 8_761, ..Default::default() };
        let paths: Vec<String> = rules.validate().into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["reach_hours", "severity[0].hours", "severity[1].hours", "severity[1].policy"]);
    }
}
