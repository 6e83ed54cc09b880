//! What there is at first.

use domain::{
    account::{Account, NewAccount},
    actor::Actor,
    case::Matter,
    complaint::{Complaint, ReporterLanguage, WordsDigest},
    decision::{Action, Decision},
    display_name::NameRules,
    id::{AccountId, CaseId, ComplaintId, DecisionId},
    personal::Sealed,
    principal::{PrincipalKey, PrincipalKind},
    profile::Profile,
    receipt::Receipt,
    subject::Subject,
};
use jiff::Timestamp;

/// 23 November 2026, noon in Shanghai.
pub(crate) const NOON: Timestamp = Timestamp::constant(1_795_406_400, 0);

/// An account that was warned once, long before.
pub(crate) fn warned_account() -> Account {
    let new = NewAccount {
        account_id: AccountId::at(NOON),
        principal_kind: PrincipalKind::Individual,
        principal_key: PrincipalKey::new(1, &[1; 32]),
        display_name: NameRules::new(str::to_owned, &[]).read("江边的钓鱼人").unwrap(),
        identity: Sealed { scheme: 1, wrapped_key: String::new(), nonce: String::new(), ciphertext: String::new() },
    };
    let verifier = Actor::function("registration-verifier");
    let account = Account::register(new, Actor::function("platform"), NOON).state.verify(verifier, NOON).unwrap().state;
    let warning = Decision {
        decision_id: DecisionId::at(NOON),
        case_id: CaseId::at(NOON),
        subject: Subject::Account(account.account_id),
        matter: Matter::Complaint { policy: "spam".to_owned() },
        action: Action::Warn,
        policies: vec!["spam".to_owned()],
        reason: String::new(),
        facts: String::new(),
        decided_by: Actor::function("test"),
        approved_by: None,
        decided_at: NOON,
        reverses_decision_id: None,
    };
    let measure = warning.enforcement(&Profile::cn_2017()).unwrap();
    account.enforce(measure, Actor::function("enforcer"), NOON).unwrap().state
}

/// Somebody complains of fraud.
pub(crate) fn complaint(subject: Subject) -> Complaint {
    Complaint {
        complaint_id: ComplaintId::at(NOON),
        receipt: Receipt::from_chance([7; 15]).digest(),
        subject,
        version: 1,
        reason: "fraud".to_owned(),
        policy: "fraud".to_owned(),
        description: String::new(),
        words: WordsDigest::of(""),
        in_flood: false,
        language: ReporterLanguage::Zh,
        contact: None,
        reporter: None,
        rights: None,
        files: vec![],
        reporter_account: None,
        filed_at: NOON,
        due_at: NOON,
        case_id: None,
    }
}
