//! A comment as callers see it.

use app::ports::CommentRecord;
use domain::{
    comment::{CommentStatus, HiddenBy, Hiding},
    publication::Settlement,
    statement::StatementOfReasons,
};
use jiff::Timestamp;
use screening::verdict::{Effect, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// A comment with what the engine said of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommentBody {
    pub comment_id: String,
    pub publication_id: String,
    pub account_id: String,
    pub reference: String,
    /// The platform's pseudonym of who wrote it.
    pub commenter: String,
    /// Counts the changes.
    pub version: u64,
    #[schema(value_type = CommentStatusName)]
    pub status: CommentStatus,
    /// Whether the public may see it: let pass, and not hidden by the account.
    pub shown: bool,
    /// That the account does not show it, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden: Option<HidingBody>,
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    pub verdict: CommentVerdictBody,
    /// What a person decided on it, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement: Option<CommentSettlementBody>,
    /// Only when the comment is read, not when it is answered to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// That an account does not show a comment.
#[derive(Serialize, ToSchema)]
pub(crate) struct HidingBody {
    #[schema(value_type = HiddenByName)]
    pub by: HiddenBy,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What is to be done with a comment and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommentVerdictBody {
    #[schema(value_type = CommentEffectName)]
    pub effect: Effect,
    #[schema(example = "starter@1")]
    pub rule_pack: String,
    pub findings: Vec<CommentFindingBody>,
}

/// A rule that was met.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommentFindingBody {
    pub rule: String,
    pub rule_version: u32,
    pub policy: String,
    #[schema(value_type = CommentEffectName)]
    pub effect: Effect,
}

/// A person's decision on a comment.
#[derive(Serialize, ToSchema)]
pub(crate) struct CommentSettlementBody {
    pub decision_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub settled_at: Timestamp,
    /// When it was refused: field names and values of the EU DSA Transparency Database.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub statement_of_reasons: Option<StatementOfReasons>,
}

impl CommentBody {
    /// The answer to writing it.
    pub(crate) fn of(record: CommentRecord) -> Self {
        let CommentRecord { comment, verdict } = record;
        Self {
            shown: comment.is_shown(),
            comment_id: comment.comment_id.to_string(),
            publication_id: comment.publication_id.to_string(),
            account_id: comment.account_id.to_string(),
            reference: comment.reference,
            commenter: comment.commenter.0,
            version: comment.version,
            status: comment.status,
            hidden: comment.hidden.map(|Hiding { by, at }| HidingBody { by, at }),
            received_at: comment.received_at,
            verdict: verdict.into(),
            settlement: comment.settlement.map(Into::into),
            text: None,
        }
    }

    /// The answer to reading it.
    pub(crate) fn with_text(record: CommentRecord) -> Self {
        let text = record.comment.text.clone();
        Self { text: Some(text), ..Self::of(record) }
    }
}

impl From<Verdict> for CommentVerdictBody {
    fn from(verdict: Verdict) -> Self {
        let finding = |it: screening::verdict::Finding| CommentFindingBody {
            rule: it.rule,
            rule_version: it.rule_version,
            policy: it.policy,
            effect: it.effect,
        };
        Self {
            effect: verdict.effect,
            rule_pack: verdict.rule_pack,
            findings: verdict.findings.into_iter().map(finding).collect(),
        }
    }
}

impl From<Settlement> for CommentSettlementBody {
    fn from(settlement: Settlement) -> Self {
        Self {
            decision_id: settlement.decision_id.to_string(),
            settled_at: settlement.settled_at,
            statement_of_reasons: settlement.statement,
        }
    }
}

/// The words of the enumerations, for the API's description.
mod names {
    use utoipa::ToSchema;

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = CommentStatus)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum CommentStatusName {
        Published,
        Held,
        Rejected,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = HiddenBy)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum HiddenByName {
        Keyword,
        Owner,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = Effect)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum CommentEffectName {
        Pass,
        Review,
        Hold,
        Reject,
    }
}
use names::{CommentEffectName, CommentStatusName, HiddenByName};
