//! Severe steps that wait for a second person: one that somebody else proposed, one of the reviewer's own.

use app::ports::CaseBoard;
use domain::{
    actor::Actor,
    case::Ruling,
    complaint::Complaint,
    decision::{Action, Blacklisting},
    id::CaseId,
    subject::Subject,
};
use testkit::{MemoryCallers, Twins, samples};

use crate::world::{OTHER, REVIEWER, account_id};

const CASES: [(&str, &str); 2] = [
    ("case_01m8323b80e00r000000000061", "dec_01m8323b80e00r000000000063"),
    ("case_01m8323b80e00r000000000062", "dec_01m8323b80e00r000000000064"),
];

pub(crate) async fn proposals(twins: &Twins) {
    let somebody = MemoryCallers::actor("arn:aws:iam::123456789012:user/somebody-else");
    let own = MemoryCallers::actor(REVIEWER);
    for ((case_id, decision_id), by) in CASES.into_iter().zip([somebody, own]) {
        proposed(twins, case_id, decision_id, by).await;
    }
}

async fn proposed(twins: &Twins, case_id: &str, decision_id: &str, by: Actor) {
    let subject = Subject::Account(account_id(OTHER));
    let complaint = Complaint { policy: decision_id.to_owned(), ..samples::complaint(subject) };
    twins.cases.file(&complaint.clone().file(), &samples::snapshot()).await.unwrap();
    let mut opening = samples::opening(&complaint, "default");
    opening.state.case_id = case_id.parse::<CaseId>().unwrap();
    twins.cases.open(&opening, Some(&complaint)).await.unwrap();
    let claim = opening.state.claim(by.clone(), samples::NOON).unwrap();
    twins.cases.save(&claim).await.unwrap();
    let ruling = Ruling {
        decision_id: decision_id.parse().unwrap(),
        action: Action::Close { blacklist: Some(Blacklisting { review_days: 180 }) },
        policies: vec!["fraud".to_owned()],
        reason: "多次诈骗，处置后再犯。".to_owned(),
        facts: "三次暂停更新后仍发布刷单返利广告。".to_owned(),
    };
    let proposal = claim.state.decide(ruling, by, samples::NOON).unwrap();
    twins.cases.save(&proposal).await.unwrap();
}
