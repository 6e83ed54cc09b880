//! An account on random walks: whatever is tried in whatever order, what is stored stays a true record.

use jiff::Timestamp;
use proptest::{prelude::*, sample::select};

use super::{Account, AccountStatus, IllegalTransition, NewAccount, PublishingRefusal, RejectionReason};
use crate::{
    actor::Actor,
    change::Change,
    display_name::NameRules,
    event::EventBody,
    id::AccountId,
    mobile::{MobileKey, ProvenMobile},
    personal::{Purpose, Sealed},
    principal::{PrincipalKey, PrincipalKind},
    verification::CheckOutcome,
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// Everything that can be tried on an account before it is verified or after.
#[derive(Debug, Clone, Copy)]
enum Try {
    BeginCheck,
    Unseal,
    CheckUnavailable,
    IdentityMatched,
    ProveMobile,
    RequestReview,
    Verify,
    Reject(RejectionReason),
}

const TRIES: [Try; 10] = [
    Try::BeginCheck,
    Try::Unseal,
    Try::CheckUnavailable,
    Try::IdentityMatched,
    Try::ProveMobile,
    Try::RequestReview,
    Try::Verify,
    Try::Reject(RejectionReason::IdentityMismatch),
    Try::Reject(RejectionReason::IdentityNotFound),
    Try::Reject(RejectionReason::RefusedByReviewer),
];

pub(super) fn registered() -> Change<Account> {
    let identity = Sealed { scheme: 1, wrapped_key: String::new(), nonce: String::new(), ciphertext: String::new() };
    let new = NewAccount {
        account_id: AccountId::at(NOW),
        principal_kind: PrincipalKind::Individual,
        principal_key: PrincipalKey::new(1, &[0; 32]),
        display_name: NameRules::new(str::to_owned, &[]).read("城市天气").unwrap(),
        identity,
    };
    Account::register(new, Actor::Public, NOW)
}

fn tried(account: Account, what: Try) -> Result<Change<Account>, IllegalTransition> {
    let actor = Actor::function("registration-verifier");
    match what {
        Try::BeginCheck => account.begin_check(actor, NOW),
        Try::Unseal => Ok(account.unseal(Purpose::Review, "case_1".to_owned(), actor, NOW)),
        Try::CheckUnavailable => account.check_unavailable(60, actor, NOW),
        Try::IdentityMatched => account.identity_matched(actor, NOW),
        Try::ProveMobile => {
            let number = account.identity.clone().expect("no step of these walks destroys an identity");
            account.prove_mobile(
                ProvenMobile { number, mobile_key: MobileKey::new(1, &[0]), proven_at: NOW },
                actor,
                NOW,
            )
        }
        Try::RequestReview => account.request_review(NOW, actor, NOW),
        Try::Verify => account.verify(actor, NOW),
        Try::Reject(reason) => account.reject(reason, actor, NOW),
    }
}

proptest! {
    #[test]
    fn every_accepted_change_is_one_version_with_one_event(walk in proptest::collection::vec(select(&TRIES[..]), 0..30)) {
        let first = registered();
        let mut account = first.state;
        let mut events = vec![first.event];
        for what in walk {
            let before = account.clone();
            match tried(account.clone(), what) {
                Ok(change) => {
                    prop_assert_eq!(change.state.version, before.version + 1);
                    prop_assert_eq!(change.event.version, change.state.version);
                    account = change.state;
                    events.push(change.event);
                }
                Err(refusal) => prop_assert_eq!(refusal.from, before.status),
            }
        }
        let happened = |is: fn(&EventBody) -> bool| events.iter().filter(|event| is(&event.body)).count();
        let verified = happened(|body| matches!(body, EventBody::AccountVerified { .. }));
        let rejected = happened(|body| matches!(body, EventBody::RegistrationRejected { .. }));
        prop_assert!(verified + rejected <= 1, "a registration is settled once");
        prop_assert_eq!(account.status == AccountStatus::Active, verified == 1);
        prop_assert_eq!(account.status == AccountStatus::Rejected, rejected == 1);
        prop_assert_eq!(account.rejection_reason.is_some(), rejected == 1);
        prop_assert_eq!(account.may_publish(NOW).is_ok(), verified == 1);
        let reviews = happened(|body| matches!(body, EventBody::ManualReviewRequested { .. }));
        prop_assert!(reviews <= 1, "a person is asked once");
        if verified == 1 && reviews == 0 {
            prop_assert_eq!(account.verification.last_outcome, Some(CheckOutcome::Match));
        }
    }
}

#[test]
fn who_leaves_is_not_told_to_verify() {
    for (status, is_leaving) in [(AccountStatus::Deregistering, true), (AccountStatus::ManualReview, false)] {
        let account = Account { status, ..registered().state };
        let refusal = account.may_publish(NOW).unwrap_err();
        assert_eq!(matches!(refusal, PublishingRefusal::Leaving(_)), is_leaving, "{status:?}");
    }
}

#[test]
fn a_row_of_an_earlier_release_is_read() {
    let mut row = serde_json::to_value(registered().state).unwrap();
    row.as_object_mut().unwrap().remove("verification");
    let account: Account = serde_json::from_value(row).unwrap();
    assert_eq!(account.verification.attempts, 0);
}
