use serde::{Deserialize, Serialize};

use super::Finding;
use crate::{authority_report::ReportedAction, decision::Decision, profile::Bilingual};

/// Which decisions and listings are reported to the office, and to which (R11.2, R13.1, R13.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthorityReportRules {
    /// To whom the reports go.
    pub office: Bilingual,
    /// A decision or a listing is reported when one of these holds.
    pub rules: Vec<ReportRule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportRule {
    pub action: ReportedAction,
    /// Under one of these policies; none: whatever the policy. A listing has none.
    #[serde(default)]
    pub policies: Vec<String>,
}

impl Default for AuthorityReportRules {
    /// What takes an account off the air is reported whatever it was for; content, where somebody is harmed by it.
    fn default() -> Self {
        let any = |action| ReportRule { action, policies: Vec::new() };
        let harmful = |action| ReportRule {
            action,
            policies: ["fraud", "gambling", "adult", "violence", "minors"].map(ToOwned::to_owned).to_vec(),
        };
        Self {
            office: Bilingual { zh: "属地网信部门".to_owned(), en: "The local cyberspace office".to_owned() },
            rules: vec![
                any(ReportedAction::Close),
                any(ReportedAction::SuspendUpdates),
                any(ReportedAction::Blacklist),
                harmful(ReportedAction::RemoveContent),
                harmful(ReportedAction::RefuseContent),
            ],
        }
    }
}

impl AuthorityReportRules {
    /// Whether the decision is reported.
    #[must_use]
    pub fn ask_for(&self, decision: &Decision) -> bool {
        let Some(action) = ReportedAction::of(decision) else { return false };
        let holds = |rule: &ReportRule| {
            let under = rule.policies.is_empty() || rule.policies.iter().any(|it| decision.policies.contains(it));
            rule.action == action && under
        };
        self.rules.iter().any(holds)
    }

    /// Whether listings on the blacklist are.
    #[must_use]
    pub fn ask_for_listings(&self) -> bool {
        self.rules.iter().any(|rule| rule.action == ReportedAction::Blacklist)
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Finding::title("office", &self.office).into_iter().collect();
        if self.rules.len() > 50 {
            findings.push(Finding::new("rules", "至多 50 项。", "At most 50."));
        }
        for (at, rule) in self.rules.iter().enumerate() {
            if rule.action == ReportedAction::Blacklist && !rule.policies.is_empty() {
                let place = format!("rules[{at}].policies");
                findings.push(Finding::new(&place, "列入黑名单不区分政策。", "A listing is under no policy."));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_found() {
        let rules = r#"{"office":{"zh":"","en":"The office"},"rules":[{"action":"blacklist","policies":["fraud"]}]}"#;
        let rules: AuthorityReportRules = serde_json::from_str(rules).unwrap();
        let paths: Vec<String> = rules.validate().into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["office", "rules[0].policies"]);
        assert_eq!(AuthorityReportRules::default().validate(), []);
        assert!(serde_json::from_str::<ReportRule>(r#"{"action":"no_action"}"#).is_err());
    }
}
