use serde::{Deserialize, Serialize};

use super::{Finding, qualification_rules::is_name};
use crate::{account_label::LabelRule, principal::PrincipalKind, profile::Bilingual, qualification::QualificationKind};

/// The row of an account's labels is read at a glance or not at all.
const MOST: usize = 100;

/// Labels by class (R7.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AccountLabels {
    /// In the order in which an account shows them.
    pub rules: Vec<LabelRule>,
}

impl Default for AccountLabels {
    /// One for each kind of principal (R4), one for the news licence (R8), one for each professional kind.
    fn default() -> Self {
        let of_kind = |label: &str, zh: &str, en: &str, kind| LabelRule {
            label: label.to_owned(),
            title: Bilingual { zh: zh.to_owned(), en: en.to_owned() },
            principal_kinds: vec![kind],
            qualification: None,
        };
        let of_qualification = |label: &str, zh: &str, en: &str, kind: &str| LabelRule {
            label: label.to_owned(),
            title: Bilingual { zh: zh.to_owned(), en: en.to_owned() },
            principal_kinds: vec![],
            qualification: Some(QualificationKind::new(kind)),
        };
        Self {
            rules: vec![
                of_kind("government", "政务", "Government", PrincipalKind::Government),
                of_kind("media", "媒体", "Media", PrincipalKind::Media),
                of_kind("enterprise", "企业", "Enterprise", PrincipalKind::Enterprise),
                of_kind("institution", "事业单位", "Public institution", PrincipalKind::Institution),
                of_kind("social_organisation", "社会组织", "Social organisation", PrincipalKind::SocialOrganisation),
                of_kind("individual", "个人", "Individual", PrincipalKind::Individual),
                of_qualification("news", "新闻", "News", QualificationKind::NEWS_LICENCE),
                of_qualification("finance", "财经", "Finance", "finance"),
                of_qualification("education", "教育", "Education", "education"),
                of_qualification("health", "医疗卫生", "Health", "health"),
                of_qualification("law", "法律", "Law", "law"),
            ],
        }
    }
}

impl AccountLabels {
    /// `is_known` says whether the settings know qualifications of that kind.
    #[must_use]
    pub fn validate(&self, is_known: impl Fn(&str) -> bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.rules.len() > MOST {
            findings.push(Finding::new("rules", "标识规则超过 100 条。", "There are more than 100 rules of labels."));
        }
        for (at, rule) in self.rules.iter().enumerate() {
            if !is_name(&rule.label) {
                findings.push(Finding::name(&format!("rules[{at}].label")));
            }
            findings.extend(Finding::title(&format!("rules[{at}].title"), &rule.title));
            if let Some(kind) = rule.qualification.as_ref().filter(|kind| !is_known(kind.as_str())) {
                findings.push(Finding::new(
                    &format!("rules[{at}].qualification"),
                    &format!("没有 {} 类资质。", kind.as_str()),
                    &format!("There is no qualification of the kind {}.", kind.as_str()),
                ));
            }
        }
        findings
    }
}
