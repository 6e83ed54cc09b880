//! What operators may change without a deployment: one document of typed sections, with a version that grows.
//!
//! Each section is a module of its own with its own `Default` (the value that the platform starts with) and its own
//! `validate`. To add one: write the module, add a field here, call its `validate` in [`Settings::validate`],
//! and tell of it in `settings/starter/settings.yaml` and `docs/settings.md`; tests hold both to the code.
//! Every number in a section has its unit in its name or its comment and its reason beside the default.

mod account_caps;
mod account_labels;
mod authority_report_rules;
mod backtest_rules;
mod clock_rules;
mod comment_duty_rules;
mod comment_supervision;
mod complaint_rules;
mod credit_rules;
mod deregistration_rules;
mod enforcement_rules;
mod finding;
mod grading;
mod group_rules;
mod incident_rules;
mod news_rules;
mod one_time_code_rules;
mod priority_rules;
mod public_face;
mod qualification_rules;
mod removed_content_rules;
mod retention_rules;
mod routing_rules;
mod verification_rules;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    actor::Actor,
    change::Change,
    event::{Event, EventBody},
};

pub use account_caps::AccountCaps;
pub use account_labels::AccountLabels;
pub use authority_report_rules::{AuthorityReportRules, ReportRule};
pub use backtest_rules::BacktestRules;
pub use clock_rules::ClockRules;
pub use comment_duty_rules::CommentDutyRules;
pub use comment_supervision::CommentSupervision;
pub use complaint_rules::ComplaintRules;
pub use credit_rules::{CreditRules, LevelRules};
pub use deregistration_rules::DeregistrationRules;
pub use enforcement_rules::{EnforcementRules, PolicyWeight, Rung, RungMode};
pub use finding::Finding;
pub use grading::{Grading, Ladder, Threshold, Treatment};
pub use group_rules::GroupRules;
pub use incident_rules::IncidentRules;
pub use news_rules::{NewsRules, WithoutLicence};
pub use one_time_code_rules::OneTimeCodeRules;
pub use priority_rules::{PriorityRules, Severity};
pub use public_face::PublicFace;
pub use qualification_rules::{ProfessionalKind, QualificationRules};
pub use removed_content_rules::RemovedContentRules;
pub use retention_rules::RetentionRules;
use routing_rules::queue_name;
pub use routing_rules::{RoutingRule, RoutingRules};
pub use verification_rules::VerificationRules;

/// The document. [`Default`] is the starter document: what is in force while no operator has put another.
///
/// A section that a document leaves out is that of the starter document, so that a document written for an earlier
/// release stays valid; a section or a field that is not known is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Counts the documents of a stage: the next one has a greater version. The starter document is version 1.
    pub version: u32,
    /// How many accounts one principal may hold (R7.3).
    pub account_caps: AccountCaps,
    /// Names and faces of accounts (R4, R7.1).
    pub public_face: PublicFace,
    /// When accounts of one principal must be registered as a group (R7.3).
    pub groups: GroupRules,
    /// When an account moves a grade up or down, and what each grade means (R7.2).
    pub grading: Grading,
    /// What the credit level is computed from, and what each level means (R6.2).
    pub credit: CreditRules,
    /// What a decision counts for, and what strikes lead to (R13.1).
    pub enforcement: EnforcementRules,
    /// How comments are looked at (R12.2).
    pub comments: CommentSupervision,
    /// How an account is closed at its holder's wish (R9.2).
    pub deregistration: DeregistrationRules,
    /// How registrations are checked (R6.1).
    pub verification: VerificationRules,
    /// Codes that are sent to mobile numbers (R6.1).
    pub one_time_codes: OneTimeCodeRules,
    /// What accounts can show to be licensed for, and how that is looked at (R7.1, R8).
    pub qualifications: QualificationRules,
    /// What the public is told an account is (R7.1).
    pub account_labels: AccountLabels,
    /// Who may publish news (R8).
    pub news: NewsRules,
    /// How copies of removed content are stopped (R11.2).
    pub removed_content: RemovedContentRules,
    /// What bounds incident mode (R5.1).
    pub incident: IncidentRules,
    /// What the public may send with a complaint (R15.2).
    pub complaints: ComplaintRules,
    /// By when what is to be done (B5).
    pub clocks: ClockRules,
    /// In which queue a case waits.
    pub routing: RoutingRules,
    /// Before which others a case comes.
    pub priority: PriorityRules,
    /// Which decisions are reported to the office (R11.2, R13.1).
    pub authority_reports: AuthorityReportRules,
    /// What a backtest may cost (B4).
    pub backtests: BacktestRules,
    /// How long rows stay beside the record (R16.2).
    pub retention: RetentionRules,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: 1,
            account_caps: AccountCaps::default(),
            public_face: PublicFace::default(),
            groups: GroupRules::default(),
            grading: Grading::default(),
            credit: CreditRules::default(),
            enforcement: EnforcementRules::default(),
            comments: CommentSupervision::default(),
            deregistration: DeregistrationRules::default(),
            verification: VerificationRules::default(),
            one_time_codes: OneTimeCodeRules::default(),
            qualifications: QualificationRules::default(),
            account_labels: AccountLabels::default(),
            news: NewsRules::default(),
            removed_content: RemovedContentRules::default(),
            incident: IncidentRules::default(),
            complaints: ComplaintRules::default(),
            clocks: ClockRules::default(),
            routing: RoutingRules::default(),
            priority: PriorityRules::default(),
            authority_reports: AuthorityReportRules::default(),
            backtests: BacktestRules::default(),
            retention: RetentionRules::default(),
        }
    }
}

impl Settings {
    /// Everything that is wrong with the document, by the path of the field; empty for one that may be in force.
    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let sections = [
            Finding::at_least("version", self.version, 1).into_iter().collect(),
            Finding::under("account_caps", self.account_caps.validate()),
            Finding::under("public_face", self.public_face.validate()),
            Finding::under("groups", self.groups.validate()),
            Finding::under("grading", self.grading.validate()),
            Finding::under("credit", self.credit.validate()),
            Finding::under("enforcement", self.enforcement.validate()),
            Finding::under("comments", self.comments.validate()),
            Finding::under("deregistration", self.deregistration.validate()),
            Finding::under("verification", self.verification.validate()),
            Finding::under("one_time_codes", self.one_time_codes.validate()),
            Finding::under("qualifications", self.qualifications.validate()),
            Finding::under("account_labels", self.account_labels.validate(|kind| self.qualifications.knows(kind))),
            Finding::under("news", self.news.validate()),
            Finding::under("removed_content", self.removed_content.validate()),
            Finding::under("incident", self.incident.validate()),
            Finding::under("complaints", self.complaints.validate()),
            Finding::under("clocks", self.clocks.validate()),
            Finding::under("routing", self.routing.validate()),
            Finding::under("priority", self.priority.validate()),
            Finding::under("authority_reports", self.authority_reports.validate()),
            Finding::under("backtests", self.backtests.validate()),
            Finding::under("retention", self.retention.validate()),
        ];
        sections.into_iter().flatten().collect()
    }

    /// Puts a valid document in force after `before`.
    ///
    /// # Errors
    /// When its version is not greater: whoever wrote it had not seen what is in force.
    pub fn follow(self, before: &Self, actor: Actor, now: Timestamp) -> Result<Change<Self>, Finding> {
        if self.version <= before.version {
            return Err(Finding::new(
                "version",
                &format!("版本 {} 已在生效，新版本号必须更大。", before.version),
                &format!("Version {} is in force already; a new one has a greater number.", before.version),
            ));
        }
        let body = EventBody::SettingsChanged { follows: before.version };
        let event = Event::new(self.version.into(), actor, body, now);
        Ok(Change { state: self, event })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_starter_document_is_valid() {
        assert_eq!(Settings::default().validate(), []);
    }

    #[test]
    fn a_document_comes_back_from_its_text() {
        let text = serde_json::to_string(&Settings::default()).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), Settings::default());
    }

    #[test]
    fn a_section_that_is_left_out_is_that_of_the_starter_document() {
        let settings: Settings = serde_json::from_str(r#"{"version":7}"#).unwrap();
        assert_eq!(settings, Settings { version: 7, ..Settings::default() });
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(serde_json::from_str::<Settings>(r#"{"account_cap":{}}"#).is_err());
        assert!(serde_json::from_str::<Settings>(r#"{"account_caps":{"person":1}}"#).is_err());
    }

    #[test]
    fn versions_grow() {
        let in_force = Settings { version: 7, ..Settings::default() };
        let follow = |version: u32| {
            let next = Settings { version, ..Settings::default() };
            next.follow(&in_force, Actor::caller("operator"), Timestamp::UNIX_EPOCH)
        };
        assert_eq!(follow(9).unwrap().event.body, EventBody::SettingsChanged { follows: 7 });
        assert_eq!(follow(9).unwrap().event.version, 9);
        assert_eq!([6, 7].map(|version| follow(version).unwrap_err().path), ["version", "version"]);
    }

    #[test]
    fn a_finding_names_the_field_by_its_path() {
        let mut settings = Settings { version: 0, ..Settings::default() };
        settings.account_caps.individual = 0;
        let paths: Vec<String> = settings.validate().into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["version", "account_caps.individual"]);
    }
}
