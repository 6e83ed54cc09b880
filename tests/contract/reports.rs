//! What was reported to the office before any sample event: one report that it has not acknowledged, and one that it has.

use app::ports::ReportLedger;
use domain::{
    authority_report::{AuthorityReport, ReportGround, ReportNumber, ReportedAccount},
    decision::Action,
    profile::{Bilingual, Profile},
    subject::Subject,
};
use testkit::{Twins, samples};

use crate::world::{SUSPENDED, account_id};

pub(crate) async fn reports(twins: &Twins) {
    let account = twins.accounts.get(account_id(SUSPENDED)).unwrap();
    for serial in [1, 2] {
        let action = Action::SuspendUpdates { days: Some(7) };
        let decision = samples::decision(Subject::Account(account.account_id), action, samples::NOON);
        let ground = ReportGround {
            office: Bilingual { zh: "属地网信部门".to_owned(), en: "The local cyberspace office".to_owned() },
            profile: Profile::cn_2017().id,
            account: Some(ReportedAccount::of(&account)),
            content_hash: None,
        };
        let number = ReportNumber { year: 2026, serial };
        let made = AuthorityReport::of(&decision, ground, number, &Profile::cn_2017(), samples::NOON).unwrap();
        twins.reports.enter(&made).await.unwrap();
        if serial == 2 {
            let lead = samples::reviewer("lead");
            let noted = made.state.acknowledge("网信收〔2026〕17号", lead, samples::NOON).unwrap().unwrap();
            ReportLedger::save(&*twins.reports, &noted).await.unwrap();
        }
    }
    let _ = twins.reports.take_events();
}
