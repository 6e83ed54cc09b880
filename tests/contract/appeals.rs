//! The decisions and appeals that the sample events take for granted (`events/README.md`).

use app::ports::CaseBoard;
use domain::{
    actor::Actor,
    appeal::Appeal,
    case::{Case, Ruling},
    complaint::Complaint,
    decision::{Action, Decision},
    id::{AccountId, CaseId},
    subject::Subject,
};
use jiff::{SignedDuration, Timestamp};
use testkit::{MemoryCallers, Twins, samples};

use crate::world::{OTHER, REVIEWER, SUSPENDED};

/// Of the suspended account: the suspension, a complaint that was not upheld, a warning whose window is over.
const SUSPENSION: &str = "dec_01m8323b80e00r000000000051";
const NO_ACTION: &str = "dec_01m8323b80e00r000000000052";
const OLD_WARNING: &str = "dec_01m8323b80e00r000000000053";
/// Warnings of another account that were appealed: by somebody, and by the reviewer who sends the events.
const WARNING: &str = "dec_01m8323b80e00r000000000054";
const OWN_WARNING: &str = "dec_01m8323b80e00r000000000056";
/// Their appeals: with the reviewer, and nobody's.
const APPEAL: &str = "case_01m8323b80e00r00000000000e";
const APPEAL_AGAINST_OWN: &str = "case_01m8323b80e00r00000000000f";

pub(crate) async fn appeals(twins: &Twins) {
    let (wang, reviewer) = (samples::reviewer("wang"), MemoryCallers::actor(REVIEWER));
    let suspend = Action::SuspendUpdates { days: None };
    let long_ago = samples::NOON - SignedDuration::from_hours(24 * 200);
    decided(twins, (SUSPENDED, SUSPENSION), suspend, &wang, samples::NOON).await;
    decided(twins, (SUSPENDED, NO_ACTION), Action::NoAction, &wang, samples::NOON).await;
    decided(twins, (SUSPENDED, OLD_WARNING), Action::Warn, &wang, long_ago).await;
    let warning = decided(twins, (OTHER, WARNING), Action::Warn, &wang, samples::NOON).await;
    let appeal = appealed(twins, APPEAL, warning).await;
    twins.cases.save(&appeal.claim(reviewer.clone(), samples::NOON).unwrap()).await.unwrap();
    let own_warning = decided(twins, (OTHER, OWN_WARNING), Action::Warn, &reviewer, samples::NOON).await;
    appealed(twins, APPEAL_AGAINST_OWN, own_warning).await;
}

/// A decision on a complaint, in a queue that no sample event lists.
async fn decided(
    twins: &Twins,
    (account_id, decision_id): (&str, &str),
    action: Action,
    by: &Actor,
    at: Timestamp,
) -> Decision {
    let subject = Subject::Account(account_id.parse().unwrap());
    // One case for each subject and policy: the policy is the decision's own.
    let complaint = Complaint { policy: decision_id.to_owned(), ..samples::complaint(subject) };
    twins.cases.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    let opening = samples::opening(&complaint, "decided");
    twins.cases.open(&opening, Some(&complaint)).await.unwrap();
    let claim = opening.state.claim(by.clone(), at).unwrap();
    twins.cases.save(&claim).await.unwrap();
    let ruling = Ruling {
        decision_id: decision_id.parse().unwrap(),
        action,
        policies: vec!["fraud".to_owned()],
        reason: "以高额返利为名诱导转账".to_owned(),
        facts: "三篇文章附有同一收款账号".to_owned(),
    };
    let decision = claim.state.decide(ruling, by.clone(), at).unwrap();
    twins.cases.save(&decision).await.unwrap();
    decision.state.decision.unwrap()
}

async fn appealed(twins: &Twins, case_id: &str, decision: Decision) -> Case {
    let account_id: AccountId = OTHER.parse().unwrap();
    let grounds = "收款账号不是本账号的。".to_owned();
    let appeal = Appeal { account_id, decision, grounds, filed_at: samples::NOON };
    let due_at = samples::NOON + SignedDuration::from_hours(360);
    let change = Case::open_for(appeal, case_id.parse::<CaseId>().unwrap(), due_at, samples::platform());
    twins.cases.open(&change, None).await.unwrap();
    change.state
}
