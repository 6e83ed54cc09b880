//! Labels by class (分类标识): what the public is told an account is (R7.1). They follow from what was checked (the
//! principal's kind, the qualifications that are valid at the moment) by the rules of the settings, and are never stored:
//! a licence that expires takes its label along at that moment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    account::{Account, AccountStatus},
    principal::PrincipalKind,
    profile::Bilingual,
    qualification::QualificationKind,
};

/// When an account carries a label: its principal is of one of the kinds, and it holds the qualification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelRule {
    /// What programs, and rules of screening, call it.
    pub label: String,
    /// What the public reads.
    pub title: Bilingual,
    /// None stands for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub principal_kinds: Vec<PrincipalKind>,
    /// Absent where the kind of the principal is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualification: Option<QualificationKind>,
}

impl LabelRule {
    fn holds(&self, account: &Account, now: Timestamp) -> bool {
        let of_kind = self.principal_kinds.is_empty() || self.principal_kinds.contains(&account.principal_kind);
        of_kind && self.qualification.as_ref().is_none_or(|kind| account.is_qualified(kind.as_str(), now))
    }
}

/// The labels of an account at `now`, in the order of the rules. None before its identity is verified: until then nobody
/// knows that it is what it says.
pub fn labels_of<'a>(account: &Account, rules: &'a [LabelRule], now: Timestamp) -> Vec<&'a LabelRule> {
    if account.status != AccountStatus::Active {
        return Vec::new();
    }
    rules.iter().filter(|rule| rule.holds(account, now)).collect()
}
