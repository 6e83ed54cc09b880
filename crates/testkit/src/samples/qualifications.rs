use domain::{
    account::Account,
    case::Matter,
    change::Change,
    decision::{Action, Decision},
    id::QualificationId,
    profile::Profile,
    qualification::{
        Evidence, EvidenceType, NewQualification, Qualification, QualificationKind, QualificationNumber, Term,
    },
    subject::Subject,
};
use jiff::{ToSpan, civil::Date};

use super::{NOON, TODAY, decision, platform, reviewer};

/// A document that shows a licence, as small as a PDF can look.
pub const LICENCE_PDF: &[u8] = b"%PDF-1.7\n% a licence\n";

/// The day that is so many days after that of [`NOON`].
#[must_use]
pub fn day(days: i64) -> Date {
    TODAY.checked_add(days.days()).unwrap()
}

/// A news licence whose last day is `days` after that of [`NOON`]; no two of them show the same document.
#[must_use]
pub fn news_licence(days: i64) -> NewQualification {
    let qualification_id = QualificationId::at(NOON);
    NewQualification {
        qualification_id,
        kind: QualificationKind::new(QualificationKind::NEWS_LICENCE),
        number: QualificationNumber::Public { number: "10120260001".to_owned() },
        scope: "互联网新闻信息采编发布服务".to_owned(),
        term: Term { issued_on: day(-365), expires_on: day(days) },
        evidence: Evidence {
            content_type: EvidenceType::Pdf,
            sha256: data_encoding::HEXLOWER.encode(qualification_id.uuid().as_bytes()).repeat(2),
        },
        upload_hours: 72,
        reminder_days: 30,
    }
}

/// A reviewer's word on a qualification.
#[must_use]
pub fn decision_on(account: &Account, qualification: &Qualification, action: Action) -> Decision {
    let matter = Matter::Qualification { qualification_id: qualification.qualification_id };
    Decision { matter, policies: vec![], ..decision(Subject::Account(account.account_id), action, NOON) }
}

/// Makes `account`, of an organisation, one with a valid news licence whose last day is `days` after that of [`NOON`]:
/// the changes that lead there, in order.
#[must_use]
pub fn licensing(account: &mut Account, days: i64) -> Vec<Change<Account>> {
    let new = news_licence(days);
    let qualification_id = new.qualification_id;
    account.principal_kind = domain::principal::PrincipalKind::Media;
    let registered = account.clone().register_qualification(new, platform(), NOON).unwrap();
    let confirmed = registered.state.clone().confirm_evidence(qualification_id, NOON, platform(), NOON);
    let confirmed = confirmed.unwrap().unwrap();
    let known = confirmed.state.qualification(qualification_id).unwrap();
    let (decision, profile) = (decision_on(&confirmed.state, known, Action::Approve), Profile::cn_2017());
    let approved =
        confirmed.state.clone().settle_qualification(qualification_id, &decision, &profile, reviewer("li"), NOON);
    let approved = approved.unwrap();
    *account = approved.state.clone();
    vec![registered, confirmed, approved]
}
