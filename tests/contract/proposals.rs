//! Severe steps that wait for a second person: one that somebody else proposed, one of the reviewer's own.

use app::ports::{Blacklist, CaseBoard};
use domain::{
    actor::Actor,
    blacklist::{BlacklistEntry, NewListing},
    case::Ruling,
    complaint::Complaint,
    decision::{Action, Blacklisting},
    id::CaseId,
    principal::PrincipalKey,
    subject::Subject,
};
use jiff::SignedDuration;
use testkit::{MemoryCallers, Twins, samples};

use crate::world::{OTHER, REVIEWER, account_id};

const CASES: [(&str, &str); 2] = [
    ("case_01m8323b80e00r000000000061", "dec_01m8323b80e00r000000000063"),
    ("case_01m8323b80e00r000000000062", "dec_01m8323b80e00r000000000064"),
];

/// Principals by what their keys are made of, and the listings of them that wait.
const LISTINGS: [(u8, &str); 2] = [(0x33, "lst_01m8323b80e00r000000000071"), (0x44, "lst_01m8323b80e00r000000000072")];

pub(crate) async fn proposals(twins: &Twins) {
    let somebody = MemoryCallers::actor("arn:aws:iam::123456789012:user/somebody-else");
    let own = MemoryCallers::actor(REVIEWER);
    for ((case_id, decision_id), by) in CASES.into_iter().zip([somebody.clone(), own]) {
        proposed(twins, case_id, decision_id, by).await;
    }
    let lead = MemoryCallers::actor("arn:aws:iam::123456789012:user/content-safety-lead");
    for ((tag, listing_id), by) in LISTINGS.into_iter().zip([somebody, lead]) {
        let new = NewListing {
            listing_id: listing_id.parse().unwrap(),
            account_id: None,
            reason: "多次以返利为名诈骗".to_owned(),
            review_at: samples::NOON + SignedDuration::from_hours(24 * 90),
        };
        let entry = BlacklistEntry::of(PrincipalKey::new(1, &[tag; 32]), samples::NOON);
        Blacklist::save(&*twins.accounts, &entry.propose(new, by, samples::NOON).unwrap()).await.unwrap();
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
