//! What `operator-desk` works with, over the twins.

use std::sync::Arc;

use app::{
    blacklisting::BlacklistDesk,
    casework::CaseDesk,
    filing::FilingDesk,
    holding::{HoldDesk, ScopeReader},
    incidents::IncidentDesk,
    operating::{AccountFiles, DeadLetterDesk, RecordDesk},
    rule_packs::RulePackHistory,
    workload::WorkloadDesk,
};
use domain::profile::Profile;
use operator_desk::Deps;
use testkit::Twins;

pub(crate) fn deps(twins: &Twins) -> Deps {
    let clock = Arc::new(twins.clock.clone());
    Deps {
        cases: CaseDesk {
            board: twins.cases.clone(),
            accounts: twins.accounts.clone(),
            shelf: twins.publications.clone(),
            evidence: twins.evidence.clone(),
            comments: twins.comments.clone(),
            principals: twins.accounts.clone(),
            blacklist: twins.accounts.clone(),
            removed: twins.removed.clone(),
            settings: twins.settings.clone(),
            clock: clock.clone(),
            profile: Profile::cn_2017(),
        },
        accounts: AccountFiles {
            accounts: twins.accounts.clone(),
            board: twins.cases.clone(),
            settings: twins.settings.clone(),
            clock: clock.clone(),
        },
        incidents: IncidentDesk {
            shelf: twins.incidents.clone(),
            settings: twins.settings.clone(),
            clock: clock.clone(),
            profile: Profile::cn_2017(),
        },
        packs: RulePackHistory { shelf: twins.rule_packs.clone(), clock: clock.clone() },
        record: RecordDesk {
            watermark: twins.watermark.clone(),
            seals: twins.seal_ledger.clone(),
            clock: clock.clone(),
        },
        blacklist: BlacklistDesk {
            accounts: twins.accounts.clone(),
            principals: twins.accounts.clone(),
            blacklist: twins.accounts.clone(),
            index: twins.index.clone(),
            clock: clock.clone(),
        },
        holds: HoldDesk {
            holds: twins.holds.clone(),
            scopes: Arc::new(ScopeReader {
                accounts: twins.accounts.clone(),
                publications: twins.publications.clone(),
                comments: twins.comments.clone(),
                board: twins.cases.clone(),
            }),
            clock: clock.clone(),
        },
        packages: twins.package_desk(),
        workload: WorkloadDesk {
            calendar: twins.cases.clone(),
            breaker: twins.breaker.clone(),
            settings: twins.settings.clone(),
            clock: clock.clone(),
        },
        filings: FilingDesk {
            book: twins.accounts.clone(),
            groups: twins.accounts.clone(),
            settings: twins.settings.clone(),
            documents: twins.policy_documents.clone(),
            files: twins.filings.clone(),
            clock: clock.clone(),
        },
        letters: DeadLetterDesk { boxes: twins.letter_boxes.clone() },
        idempotency: twins.idempotency.clone(),
        callers: twins.callers.clone(),
        clock,
        session_domain: String::new(),
    }
}
