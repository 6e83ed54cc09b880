use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Finding;
use crate::{
    case::{Case, Matter, MatterKind},
    grade::Grade,
    subject::SubjectType,
};

/// Each rule is read for every case that opens.
const MOST_RULES: usize = 100;

/// In which queue a case waits: that of the first rule that it meets, else that of its kind, else the default one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoutingRules {
    pub default_queue: String,
    pub rules: Vec<RoutingRule>,
}

/// A case meets it that has one of each list; an empty list asks for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingRule {
    pub queue: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matters: Vec<MatterKind>,
    /// Under which complaints were made; no other matter has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject_types: Vec<SubjectType>,
    /// Of the account that it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<Grade>,
    /// The weight of its reporter, of 1 000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter_weight_from: Option<u16>,
}

impl Default for RoutingRules {
    fn default() -> Self {
        Self { default_queue: "default".to_owned(), rules: Vec::new() }
    }
}

impl RoutingRule {
    fn is_met_by(&self, case: &Case) -> bool {
        let policy = match &case.matter {
            Matter::Complaint { policy } => Some(policy),
            _ => None,
        };
        (self.matters.is_empty() || self.matters.contains(&case.matter.kind()))
            && (self.policies.is_empty() || policy.is_some_and(|policy| self.policies.contains(policy)))
            && (self.subject_types.is_empty() || self.subject_types.contains(&case.subject.subject_type()))
            && (self.grades.is_empty() || case.grade.is_some_and(|grade| self.grades.contains(&grade)))
            && self.reporter_weight_from.is_none_or(|from| case.reporter_weight >= from)
    }

    const fn asks_for_nothing(&self) -> bool {
        self.matters.is_empty()
            && self.policies.is_empty()
            && self.subject_types.is_empty()
            && self.grades.is_empty()
            && self.reporter_weight_from.is_none()
    }
}

/// What is wrong with the name of a queue, if anything is.
pub(super) fn queue_name(path: &str, name: &str) -> Option<Finding> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let starts = name.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
    (!(starts && name.len() <= 40 && name.bytes().all(is_letter))).then(|| Finding::name(path))
}

impl RoutingRules {
    #[must_use]
    pub fn queue_for(&self, case: &Case) -> String {
        let met = self.rules.iter().find(|rule| rule.is_met_by(case)).map(|rule| rule.queue.as_str());
        met.or_else(|| case.matter.kind().own_queue()).unwrap_or(&self.default_queue).to_owned()
    }

    /// Every queue in which a case may be placed, by name.
    #[must_use]
    pub fn queues(&self) -> BTreeSet<&str> {
        let mut queues: BTreeSet<&str> = self.rules.iter().map(|rule| rule.queue.as_str()).collect();
        for queue in MatterKind::ALL.into_iter().filter_map(MatterKind::own_queue) {
            queues.insert(queue);
        }
        queues.insert(&self.default_queue);
        queues
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = queue_name("default_queue", &self.default_queue).into_iter().collect();
        if self.rules.len() > MOST_RULES {
            findings.push(Finding::new("rules", "至多 100 条。", "At most 100."));
        }
        for (at, rule) in self.rules.iter().enumerate() {
            findings.extend(queue_name(&format!("rules[{at}].queue"), &rule.queue));
            if rule.reporter_weight_from.is_some_and(|weight| weight > 1_000) {
                let place = format!("rules[{at}].reporter_weight_from");
                findings.push(Finding::new(&place, "权重至多 1000。", "A weight is 1 000 at most."));
            }
            if rule.asks_for_nothing() && at + 1 < self.rules.len() {
                let place = format!("rules[{at}]");
                findings.push(Finding::new(
                    &place,
                    "此规则没有条件，其后的规则不会生效。",
                    "It asks for nothing, so that no rule after it is ever met.",
                ));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{actor::Actor, case::Opening, id::AccountId, subject::Subject};

    fn case(matter: Matter) -> Case {
        let subject = Subject::Account(AccountId::at(Timestamp::UNIX_EPOCH));
        let opening = Opening { subject, matter, due_at: Timestamp::UNIX_EPOCH, complaint: None };
        Case::open(opening, Actor::Public, Timestamp::UNIX_EPOCH).state
    }

    fn complaint(policy: &str) -> Case {
        case(Matter::Complaint { policy: policy.to_owned() })
    }

    fn rules(json: &str) -> RoutingRules {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_first_rule_that_is_met_gives_the_queue() {
        let rules = rules(
            r#"{"rules":[{"queue":"children","policies":["minors"]},
                {"queue":"great","matters":["complaint","registration"],"grades":["major"]},
                {"queue":"trusted","reporter_weight_from":900}]}"#,
        );
        assert_eq!(rules.validate(), []);
        let major = |case: Case| Case { grade: Some(Grade::Major), ..case };
        for (case, queue) in [
            (major(complaint("minors")), "children"),
            (major(complaint("fraud")), "great"),
            (major(case(Matter::Registration)), "great"),
            (complaint("fraud"), "default"),
            (complaint("fraud").weighed(900), "trusted"),
            (case(Matter::Registration), "registration"),
        ] {
            assert_eq!(rules.queue_for(&case), queue, "{:?}", case.matter);
            assert!(rules.queues().contains(queue));
        }
    }

    #[test]
    fn what_cannot_work_is_found() {
        let rules = rules(
            r#"{"default_queue":"A","rules":[{"queue":"all"},{"queue":"","policies":["x"],"reporter_weight_from":1001}]}"#,
        );
        let paths: Vec<String> = rules.validate().into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["default_queue", "rules[0]", "rules[1].queue", "rules[1].reporter_weight_from"]);
        assert!(serde_json::from_str::<RoutingRule>(r#"{"queue":"a","matter":["complaint"]}"#).is_err());
    }

    #[test]
    fn a_case_that_is_opened_waits_where_no_rule_would_put_it_elsewhere() {
        for case in [complaint("fraud"), case(Matter::Registration)] {
            assert_eq!(RoutingRules::default().queue_for(&case), case.queue);
        }
    }
}
