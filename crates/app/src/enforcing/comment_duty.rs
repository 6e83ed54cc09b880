//! What follows from poor management of comments (R12.3): the account loses them for a while, with reasons, and gets them back
//! when a person accepts what was put right, or when the while is over.

use domain::{
    account::Account,
    actor::Actor,
    assessment::InteractiveFunction,
    case::Matter,
    comment_duty::{CommentDuty, day_of},
    decision::{Action, Decision},
    enforcement::Enforcement,
    id::{AccountId, DecisionId, EnforcementId},
    settings::CommentDutyRules,
    subject::Subject,
};
use jiff::Timestamp;

use super::{Enforced, Enforcer};
use crate::error::AppError;

/// The policy of the profile that is broken.
const POLICY: &str = "comment_management";

impl Enforcer {
    /// Measures the account after a decision about a comment below what it published, and takes comments from it when the
    /// measure is a breach. What led to an earlier restriction is not counted again.
    pub(super) async fn hold_to_duty(&self, account_id: AccountId, trigger: &Decision) -> Result<(), AppError> {
        if !matches!(trigger.action, Action::Refuse | Action::RemoveContent) {
            return Ok(());
        }
        let now = self.clock.now();
        let (account, settings) = futures::try_join!(self.accounts.load(account_id), self.settings.current())?;
        let account = account.ok_or(AppError::AccountNotFound)?;
        if account.restriction_of(InteractiveFunction::Comments, now).is_some() || account.status.is_final() {
            return Ok(());
        }
        let rules = settings.comments.duty;
        let last = account.last_restriction_of(InteractiveFunction::Comments);
        let measure = self.duties.measure(account_id, rules.since(last, now)).await?;
        let Some(breach) = measure.breach(&rules) else { return Ok(()) };
        let decision = automatic(account_id, trigger, &breach.measure, &rules, now);
        let Some(measure) = decision.enforcement(&self.profile) else { return Ok(()) };
        if !self.may_apply(&measure, &settings.enforcement, now).await? {
            return self.request_review_of_duty(account_id, now).await;
        }
        let measure = settings.enforcement.counted(measure, &settings.credit);
        self.take_comments_from(account_id, measure).await?;
        self.climb(account_id, decision.decision_id).await
    }

    /// Two decisions of one moment measure the same breach: the account loses its comments once.
    async fn take_comments_from(&self, account_id: AccountId, enforcement: Enforcement) -> Result<(), AppError> {
        let take = |account: Account, now| {
            let has_lost_them = account.restriction_of(InteractiveFunction::Comments, now).is_some();
            let enforced = || account.enforce(enforcement.clone(), Actor::function("enforcer"), now);
            if has_lost_them { None } else { enforced() }
        };
        self.change(account_id, take).await.map(drop)
    }

    /// As many as may have lost comments today without a person: one looks at this account.
    async fn request_review_of_duty(&self, account_id: AccountId, now: Timestamp) -> Result<(), AppError> {
        let (matter, due_at) = (Matter::CommentDuty { day: day_of(now) }, self.profile.content_review_due_at(now));
        let request = |account: Account, now| {
            Some(account.request_review_of(matter.clone(), due_at, Actor::function("enforcer"), now))
        };
        self.change(account_id, request).await.map(drop)
    }

    /// A person accepts what was put right, and the measure ends; or does not, and it stays.
    pub(super) async fn settle_rectification(
        &self,
        account_id: AccountId,
        enforcement_id: EnforcementId,
        decision: &Decision,
    ) -> Result<Enforced, AppError> {
        if decision.action != Action::Approve {
            return Ok(Enforced::Nothing);
        }
        let (decision_id, reviewer) = (decision.decision_id, &decision.decided_by);
        let lift = |account: Account, now| account.lift(enforcement_id, decision_id, reviewer.clone(), now);
        let lifted = self.change(account_id, lift).await?;
        Ok(lifted.map_or(Enforced::Nothing, |_| Enforced::Lifted(enforcement_id)))
    }
}

/// The decision that follows from the measure: made by nobody, and it says so.
fn automatic(
    account_id: AccountId,
    trigger: &Decision,
    measure: &CommentDuty,
    rules: &CommentDutyRules,
    now: Timestamp,
) -> Decision {
    let (days, hours) = (rules.window_days, measure.mean_minutes() / 60);
    let (violating, left_up, percent) = (measure.violating, measure.left_up, measure.left_up_percent());
    Decision {
        decision_id: DecisionId::following(trigger.decision_id),
        case_id: trigger.case_id,
        subject: Subject::Account(account_id),
        matter: Matter::CommentDuty { day: day_of(now) },
        action: Action::RestrictFunction {
            function: InteractiveFunction::Comments,
            days: Some(rules.restriction_days),
        },
        policies: vec![POLICY.to_owned()],
        reason: "账号未对其内容下的违规评论进行管理。 The account has not managed the violating comments below what it publishes."
            .to_owned(),
        facts: format!(
            "最近 {days} 天内有 {violating} 条违规评论由平台处置，其中 {left_up} 条（{percent}%）账号未隐藏，平均存留 {hours} 小时。 \
             In the last {days} days {violating} violating comments were taken away, {left_up} of them ({percent}%) not \
             hidden by the account; they were there for {hours} hours on average.",
        ),
        decided_by: Actor::function("enforcer"),
        approved_by: None,
        decided_at: now,
        reverses_decision_id: None,
    }
}
