//! What some events find half done: an account that is being deregistered, one whose comments are restricted, a code that
//! was sent.

use app::{
    deregistering::DeregistrationDesk,
    mobile_proving::{Challenge, MobileProving},
};
use domain::{
    account::Account, actor::Actor, assessment::InteractiveFunction, decision::Action, id::ChallengeId,
    personal::Personal, subject::Subject,
};
use std::sync::Arc;
use testkit::{CountingChance, Twins, samples};

use crate::world::account_id;

const LEAVING: &str = "acct_01m8323b80e00r000000000007";
const RESTRICTED: &str = "acct_01m8323b80e00r000000000008";
const SENT: &str = "chal_01m8323b80e00r000000000071";

pub(crate) async fn under_way(twins: &Twins) {
    leaving(twins).await;
    restricted(twins);
    sent(twins).await;
}

async fn leaving(twins: &Twins) {
    let account = samples::account().named("准备离开的人").active();
    twins.accounts.put(Account { account_id: account_id(LEAVING), ..account });
    let desk = DeregistrationDesk {
        accounts: twins.accounts.clone(),
        settings: twins.settings.clone(),
        clock: Arc::new(twins.clock.clone()),
    };
    desk.request(account_id(LEAVING), &samples::platform()).await.unwrap();
}

fn restricted(twins: &Twins) {
    let account =
        Account { account_id: account_id(RESTRICTED), ..samples::account().named("不看评论的人").active() };
    let action = Action::RestrictFunction { function: InteractiveFunction::Comments, days: Some(7) };
    let restriction = samples::enforcement(Subject::Account(account.account_id), action, samples::NOON);
    twins.accounts.put(account.enforce(restriction, Actor::function("enforcer"), samples::NOON).unwrap().state);
}

/// By a chance of its own, so that the code is the one that `answer-phone.json` gives back.
async fn sent(twins: &Twins) {
    let proving = MobileProving {
        accounts: twins.accounts.clone(),
        challenges: twins.challenges.clone(),
        index: twins.index.clone(),
        vault: twins.vault.clone(),
        delivery: twins.delivery.clone(),
        settings: twins.settings.clone(),
        chance: Arc::new(CountingChance::default()),
        clock: Arc::new(twins.clock.clone()),
    };
    let challenge = Challenge {
        operation_id: SENT.parse::<ChallengeId>().unwrap().uuid(),
        account_id: account_id(RESTRICTED),
        number: Personal::new("13900139000".to_owned()),
    };
    proving.challenge(challenge).await.unwrap();
}
