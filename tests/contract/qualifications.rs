//! What the sample events take for granted of qualifications: those of the enterprise's account.

use app::ports::{CaseBoard, EvidencePlace};
use domain::{
    account::Account,
    actor::Actor,
    case::{Case, Matter, Opening},
    decision::Action,
    id::{CaseId, QualificationId},
    profile::Profile,
    qualification::{EvidenceType, NewQualification, QualificationKind},
    subject::Subject,
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use testkit::{
    Twins,
    samples::{self, NOON},
};

use crate::world::{OTHER, account_id};

/// Waits for its document, which has been uploaded.
const UPLOADED: &str = "qual_01m8323b80e00r000000000041";
/// Waits for its document.
const WAITING: &str = "qual_01m8323b80e00r000000000042";
/// Has waited for too long.
const LAPSED: &str = "qual_01m8323b80e00r000000000043";
/// A valid news licence.
const VALID: &str = "qual_01m8323b80e00r000000000044";
/// Is with a reviewer.
const IN_REVIEW: &str = "qual_01m8323b80e00r000000000045";
const CASE: &str = "case_01m8323b80e00r00000000000d";

fn id(text: &str) -> QualificationId {
    text.parse().unwrap()
}

fn new(text: &str, kind: &str, sha256: &str) -> NewQualification {
    let mut new = NewQualification { qualification_id: id(text), ..samples::news_licence(365) };
    new.kind = QualificationKind::new(kind);
    new.evidence.content_type = EvidenceType::Pdf;
    sha256.clone_into(&mut new.evidence.sha256);
    new
}

fn registered(account: Account, new: NewQualification, at: Timestamp) -> Account {
    account.register_qualification(new, samples::platform(), at).unwrap().state
}

fn confirmed(account: Account, text: &str) -> Account {
    account.confirm_evidence(id(text), NOON, samples::platform(), NOON).unwrap().unwrap().state
}

/// Puts them in place.
pub(crate) async fn qualifications(twins: &Twins) {
    let mut account = twins.accounts.get(account_id(OTHER)).unwrap();
    let document = data_encoding::HEXLOWER.encode(&Sha256::digest(samples::LICENCE_PDF));
    let long_ago = NOON - SignedDuration::from_hours(24 * 30);
    account = registered(account, new(LAPSED, "law", &"c3".repeat(32)), long_ago);
    account = registered(account, new(UPLOADED, "health", &document), NOON);
    account = registered(account, new(WAITING, "education", &"b2".repeat(32)), NOON);
    account = registered(account, new(VALID, QualificationKind::NEWS_LICENCE, &"a1".repeat(32)), NOON);
    account = registered(account, new(IN_REVIEW, "finance", &"d4".repeat(32)), NOON);
    account = confirmed(confirmed(account, VALID), IN_REVIEW);
    let decision = samples::decision_on(&account, account.qualification(id(VALID)).unwrap(), Action::Approve);
    let approved =
        account.settle_qualification(id(VALID), &decision, &Profile::cn_2017(), samples::reviewer("li"), NOON);
    let account = approved.unwrap().state;
    let place = EvidencePlace { account_id: account.account_id, qualification_id: id(UPLOADED) };
    twins.evidence.upload(place, samples::LICENCE_PDF);

    let matter = Matter::Qualification { qualification_id: id(IN_REVIEW) };
    let subject = Subject::Account(account.account_id);
    let opening = Opening { subject, matter, due_at: NOON + SignedDuration::from_hours(72), complaint: None };
    let mut change = Case::open(opening, Actor::function("complaint-triager"), NOON);
    change.state.case_id = CASE.parse::<CaseId>().unwrap();
    twins.cases.open(&change, None).await.unwrap();
    twins.accounts.put(account);
}
