use app::ports::{ReportFiles, ReportLedger, SaveError};
use domain::{
    authority_report::{AuthorityReport, ReportCause, ReportGround, ReportNumber, ReportedAccount},
    change::Change,
    decision::{Action, Decision},
    id::{AccountId, DecisionId},
    profile::{Bilingual, Profile},
    subject::Subject,
};

use crate::samples::{self, NOON};

/// Runs every check, on a store without reports.
pub async fn report_ledger(ledger: &dyn ReportLedger, files: &dyn ReportFiles) {
    assert_eq!(ledger.last(2026).await.unwrap(), 0);
    assert_eq!(ledger.page(2026, None, 10).await.unwrap(), []);
    let (one, two) = (made(&decision(), 2026, 1), made(&decision(), 2026, 2));
    assert!(matches!(ledger.enter(&two).await, Err(SaveError::VersionConflict)), "no number is left out");
    ledger.enter(&one).await.unwrap();
    assert!(matches!(ledger.enter(&one).await, Err(SaveError::VersionConflict)), "a number is given once");
    ledger.enter(&two).await.unwrap();
    let third = made(&decision(), 2026, 3);
    let again = Change { state: AuthorityReport { cause: one.state.cause, ..third.state }, event: third.event };
    assert!(matches!(ledger.enter(&again).await, Err(SaveError::VersionConflict)), "nothing is reported twice");
    assert_eq!(ledger.last(2026).await.unwrap(), 2);
    let other_year = made(&decision(), 2027, 1);
    ledger.enter(&other_year).await.unwrap();

    assert_eq!(ledger.report(one.state.number).await.unwrap().as_ref(), Some(&one.state));
    assert_eq!(ledger.report(ReportNumber { year: 2026, serial: 3 }).await.unwrap(), None);
    assert_eq!(ledger.about(two.state.cause).await.unwrap().as_ref(), Some(&two.state));
    assert_eq!(ledger.about(ReportCause::Decision { decision_id: DecisionId::at(NOON) }).await.unwrap(), None);
    let page = async |before, limit| ledger.page(2026, before, limit).await.unwrap();
    assert_eq!(page(None, 1).await, std::slice::from_ref(&two.state));
    assert_eq!(page(Some(2), 10).await, std::slice::from_ref(&one.state));
    assert_eq!(page(Some(1), 10).await, []);
    assert_eq!(page(None, 10).await, [two.state.clone(), one.state.clone()]);

    let lead = samples::reviewer("lead");
    let noted = one.state.clone().acknowledge("网信收〔2026〕17号", lead.clone(), NOON).unwrap().unwrap();
    ledger.save(&noted).await.unwrap();
    assert!(matches!(ledger.save(&noted).await, Err(SaveError::VersionConflict)));
    assert_eq!(ledger.report(one.state.number).await.unwrap(), Some(noted.state.clone()));
    assert_eq!(noted.state.clone().acknowledge("网信收〔2026〕17号", lead, NOON).unwrap(), None);

    files.put(&one.state).await.unwrap();
    files.put(&one.state).await.unwrap();
}

fn decision() -> Decision {
    samples::decision(Subject::Account(AccountId::at(NOON)), Action::SuspendUpdates { days: Some(7) }, NOON)
}

fn made(decision: &Decision, year: i16, serial: u32) -> Change<AuthorityReport> {
    let ground = ReportGround {
        office: Bilingual { zh: "属地网信部门".to_owned(), en: "The office".to_owned() },
        profile: Profile::cn_2017().id,
        account: Some(ReportedAccount::of(&samples::account().active())),
        content_hash: None,
    };
    let number = ReportNumber { year, serial };
    AuthorityReport::of(decision, ground, number, &Profile::cn_2017(), NOON).unwrap()
}
