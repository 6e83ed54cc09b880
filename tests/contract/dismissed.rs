//! Complaints that were dismissed: one that its reporter may contest, one that was found to be in bad faith.

use app::{ports::CaseBoard, reporting::ReporterDesk};
use domain::{
    case::Ruling,
    complaint::Complaint,
    decision::Action,
    id::{CaseId, ComplaintId},
    profile::Profile,
    receipt::Receipt,
    reporter::ReporterKey,
    subject::Subject,
};
use std::sync::Arc;
use testkit::{Twins, samples};

use crate::world::{OTHER, account_id};

/// Case, complaint, the decision on it, and of what the receipt is made: `RG60R30C1G60R30C1G60R30C1B`.
const CONTESTABLE: (&str, &str, &str, u8) =
    ("case_01m8323b80e00r000000000091", "cmpl_01m8323b80e00r000000000091", "dec_01m8323b80e00r000000000091", 0x81);
const IN_BAD_FAITH: (&str, &str, &str, u8) =
    ("case_01m8323b80e00r000000000092", "cmpl_01m8323b80e00r000000000092", "dec_01m8323b80e00r000000000092", 0x82);

pub(crate) async fn dismissed(twins: &Twins) {
    dismiss(twins, CONTESTABLE).await;
    dismiss(twins, IN_BAD_FAITH).await;
    let desk = ReporterDesk {
        board: twins.cases.clone(),
        book: twins.cases.clone(),
        settings: twins.settings.clone(),
        clock: Arc::new(twins.clock.clone()),
        profile: Profile::cn_2017(),
    };
    let (case_id, complaint_id) = (IN_BAD_FAITH.0.parse().unwrap(), IN_BAD_FAITH.1.parse().unwrap());
    desk.find(case_id, complaint_id, "捏造聊天记录。", &samples::reviewer("wang")).await.unwrap();
}

/// In a queue that no sample event lists.
async fn dismiss(twins: &Twins, (case_id, complaint_id, decision_id, tag): (&str, &str, &str, u8)) {
    let complaint = Complaint {
        complaint_id: complaint_id.parse::<ComplaintId>().unwrap(),
        receipt: Receipt::from_chance([tag; 15]).digest(),
        reporter: Some(ReporterKey::of_account(account_id(OTHER))),
        // One case for each subject and policy: the policy is the decision's own.
        policy: decision_id.to_owned(),
        ..samples::complaint(Subject::Account(account_id(crate::world::ACTIVE)))
    };
    twins.cases.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    let mut opening = samples::opening(&complaint, "decided");
    opening.state.case_id = case_id.parse::<CaseId>().unwrap();
    twins.cases.open(&opening, Some(&complaint)).await.unwrap();
    let wang = samples::reviewer("wang");
    let claim = opening.state.claim(wang.clone(), samples::NOON).unwrap();
    twins.cases.save(&claim).await.unwrap();
    let ruling = Ruling {
        decision_id: decision_id.parse().unwrap(),
        action: Action::NoAction,
        policies: vec!["fraud".to_owned()],
        reason: "附件与被举报账号无关。".to_owned(),
        facts: "附件中的收款账号属于另一账号".to_owned(),
    };
    let decision = claim.state.decide(ruling, wang, samples::NOON).unwrap();
    twins.cases.save(&decision).await.unwrap();
}
