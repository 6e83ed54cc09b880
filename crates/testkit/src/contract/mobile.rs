use app::ports::{AccountLedger, Admission, Budgets, ChallengeBook, MobileIndex, SaveError};
use domain::{
    account::Account,
    actor::Actor,
    id::ChallengeId,
    mobile::MobileNumber,
    one_time_code::OneTimeCode,
    phone_challenge::{Answered, NewChallenge, PhoneChallenge},
    send_budget::SendBudget,
    settings::OneTimeCodeRules,
};
use futures::future::join_all;
use uuid::Uuid;

use crate::samples::{self, NOON};

/// Runs every check.
pub async fn mobile_index(index: &dyn MobileIndex) {
    let number = |text: &str| MobileNumber::parse(text).unwrap();
    let key = index.mobile_keys_of(&number("13800138000")).await.unwrap();
    assert_eq!(index.mobile_keys_of(&number("+86 138 0013 8000")).await.unwrap(), key);
    assert_ne!(index.mobile_keys_of(&number("13800138001")).await.unwrap(), key);
    assert!(!key.is_empty() && key.iter().all(|key| !key.as_str().contains("13800138000")));
    let (challenge, other) = (ChallengeId::at(NOON), ChallengeId::at(NOON));
    let code = |digits: &str| OneTimeCode::parse(digits).unwrap();
    let digest = index.digests_of(challenge, &code("042137")).await.unwrap();
    assert_eq!(index.digests_of(challenge, &code("042137")).await.unwrap(), digest);
    assert_ne!(index.digests_of(challenge, &code("042138")).await.unwrap(), digest);
    assert_ne!(index.digests_of(other, &code("042137")).await.unwrap(), digest, "every challenge has a salt");
    assert!(!digest.is_empty() && !format!("{digest:?}").contains("042137"));
}

/// Runs every check. `accounts` is the ledger beside the book.
pub async fn challenge_book(book: &dyn ChallengeBook, accounts: &dyn AccountLedger) {
    what_was_opened_is_read_with_its_budgets(book).await;
    a_challenge_that_exists_or_a_budget_that_moved_on_is_a_conflict(book).await;
    of_two_changes_at_once_one_is_stored(book).await;
    a_right_answer_is_stored_with_the_account_or_not_at_all(book, accounts).await;
}

fn challenge(account: &Account) -> PhoneChallenge {
    let chance = *Uuid::now_v7().as_bytes();
    let new = NewChallenge {
        challenge_id: ChallengeId::at(NOON),
        account_id: account.account_id,
        digest: domain::one_time_code::CodeDigest::new(&chance),
        number: samples::sealed(),
        mobile_key: domain::mobile::MobileKey::new(1, &chance),
    };
    PhoneChallenge::open(new, &OneTimeCodeRules::default(), NOON)
}

fn spent(budgets: &Budgets) -> Budgets {
    let spend = |budget: &SendBudget| {
        let long_ago = OneTimeCodeRules { pause_seconds: 0, ..OneTimeCodeRules::default() };
        budget.spend(&long_ago, NOON).unwrap()
    };
    Budgets { number: spend(&budgets.number), account: spend(&budgets.account) }
}

async fn opened(book: &dyn ChallengeBook, account: &Account) -> PhoneChallenge {
    let challenge = challenge(account);
    let known = book.budgets(&challenge.mobile_key, challenge.account_id).await.unwrap();
    book.open(&challenge, &spent(&known)).await.unwrap();
    challenge
}

async fn what_was_opened_is_read_with_its_budgets(book: &dyn ChallengeBook) {
    let account = samples::account().pending();
    assert_eq!(book.challenge(ChallengeId::at(NOON)).await.unwrap(), None);
    let challenge = challenge(&account);
    let none = book.budgets(&challenge.mobile_key, account.account_id).await.unwrap();
    assert_eq!(none, Budgets::default());
    book.open(&challenge, &spent(&none)).await.unwrap();
    assert_eq!(book.challenge(challenge.challenge_id).await.unwrap(), Some(challenge.clone()));
    assert_eq!(book.budgets(&challenge.mobile_key, account.account_id).await.unwrap(), spent(&none));
}

async fn a_challenge_that_exists_or_a_budget_that_moved_on_is_a_conflict(book: &dyn ChallengeBook) {
    let account = samples::account().pending();
    let first = opened(book, &account).await;
    let known = book.budgets(&first.mobile_key, account.account_id).await.unwrap();
    assert!(matches!(book.open(&first, &spent(&known)).await, Err(SaveError::VersionConflict)));
    let second = challenge(&account);
    // The account's budget is that of before the first.
    let stale = spent(&Budgets::default());
    assert!(matches!(book.open(&second, &stale).await, Err(SaveError::VersionConflict)));
    assert_eq!(book.challenge(second.challenge_id).await.unwrap(), None, "all or nothing");
    assert_eq!(book.budgets(&first.mobile_key, account.account_id).await.unwrap(), known);
}

async fn of_two_changes_at_once_one_is_stored(book: &dyn ChallengeBook) {
    let first = opened(book, &samples::account().pending()).await;
    let next = first.clone().sent();
    let results = join_all([book.save(&next), book.save(&next)]).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert!(matches!(book.save(&next).await, Err(SaveError::VersionConflict)));
}

async fn a_right_answer_is_stored_with_the_account_or_not_at_all(
    book: &dyn ChallengeBook,
    accounts: &dyn AccountLedger,
) {
    let registering = samples::account().registering();
    let admission = Admission { presented: registering.state.principal_key.clone(), cap: 1, group_above: 1 };
    accounts.register(&registering, &admission).await.unwrap();
    let account = registering.state;
    let challenge = opened(book, &account).await;
    let Ok(Answered::Right(answered)) =
        challenge.clone().answer(std::slice::from_ref(&challenge.digest), Uuid::nil(), NOON)
    else {
        panic!("the digest is its own")
    };
    let proven = |account: Account| account.prove_mobile(answered.proven(NOON), Actor::Public, NOON).unwrap();
    let mut stale = proven(account.clone());
    stale.state.version += 1;
    assert!(matches!(book.prove(&answered, &stale).await, Err(SaveError::VersionConflict)));
    assert_eq!(book.challenge(challenge.challenge_id).await.unwrap(), Some(challenge.clone()));
    book.prove(&answered, &proven(account.clone())).await.unwrap();
    let stored = accounts.load(account.account_id).await.unwrap().unwrap();
    assert_eq!(stored.mobile, Some(answered.proven(NOON)));
    // Another device with the same answer.
    assert!(matches!(book.prove(&answered, &proven(stored.clone())).await, Err(SaveError::VersionConflict)));
    assert_eq!(accounts.load(account.account_id).await.unwrap(), Some(stored));
}
