//! What changes how the world behaves for a while.

use std::{collections::BTreeMap, time::Duration};

use acceptance::{
    caller::Ask,
    principals::{Principal, unique},
    stand_in::ProviderMode,
    waiting::until,
};
use app::ports::{Clock, SystemClock};
use domain::{
    actor::Actor,
    event::{Event, EventBody},
    id::AccountId,
};
use serde_json::{Value, json};

use crate::stack::{PATIENCE, account, aws_json, becomes, observer, register, running, with_receives, with_settings};

#[tokio::test]
async fn r6_1_while_the_provider_is_down_a_registration_waits_and_afterwards_it_is_verified() {
    let stack = running().await;
    let stand_in = stack.stand_in();
    // Short pauses, so that the next check comes soon; enough tries to outlast the outage.
    let rules = json!({ "tries": 10, "first_pause_seconds": 2, "longest_pause_seconds": 3 });
    let work = async {
        stand_in.provider(ProviderMode::Down).await.unwrap();
        let account_id = register(&stack, &Principal::person("赵六")).await;
        becomes(&stack, &account_id, "verifying").await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        let during = account(&stack, &account_id).await["status"].clone();
        stand_in.provider(ProviderMode::Up).await.unwrap();
        assert_eq!(during, "verifying", "nobody is verified without the provider's word");
        becomes(&stack, &account_id, "active").await;
    };
    let caught = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(work));
    let outcome = with_settings(&stack, "verification", &rules, caught).await;
    stand_in.provider(ProviderMode::Up).await.unwrap();
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

#[tokio::test]
async fn a_poisoned_record_among_ten_goes_to_the_dead_letter_queue_and_the_others_take_effect_once() {
    let stack = running().await;
    let observer = observer(&stack);
    let accounts: Vec<AccountId> = (0..9).map(|_| AccountId::at(SystemClock.now())).collect();
    let poison = format!("poison {}", accounts[0]);
    let mut entries: Vec<Value> = accounts.iter().map(|id| json!(body(*id))).collect();
    entries.insert(4, json!(poison));
    let entries: Vec<Value> =
        entries.iter().enumerate().map(|(at, body)| json!({ "Id": at.to_string(), "MessageBody": body })).collect();

    // Two, for what cannot pass rests ten seconds after each of the thirty that the queue allows.
    with_receives(&stack, "notification", 2, async {
        let batch = json!({ "QueueUrl": stack.queue("notification").unwrap(), "Entries": entries });
        let sent = aws_json(&stack, "sqs", "AmazonSQS.SendMessageBatch", &batch).await;
        assert_eq!(sent["Successful"].as_array().map(Vec::len), Some(10), "{sent}");
        let dlq = stack.queue("notification-dlq").unwrap();
        until("the poisoned record is in the dead-letter queue", PATIENCE, async || {
            Ok(observer.peek(dlq).await?.into_iter().find(|message| message.body == poison))
        })
        .await
        .unwrap();
        // Taken out again, with what earlier runs may have left.
        observer.take_all(dlq).await.unwrap();
    })
    .await;

    let mut times = BTreeMap::new();
    for id in &accounts {
        let webhooks = stack.stand_in().webhooks_about(&id.to_string()).await.unwrap();
        times.insert(id.to_string(), webhooks.len());
    }
    assert!(times.values().all(|times| *times == 1), "{times:?}");
}

/// The scheduler starts the planner and does not wait for it.
#[tokio::test]
async fn a_scheduled_run_that_lambda_gives_up_waits_for_a_person() {
    let stack = running().await;
    let observer = observer(&stack);
    let planner = stack.function("RetentionPlannerFunction").unwrap();
    let never = unique("never");
    let ask = Ask::post(&format!("/2015-03-31/functions/{planner}/invocations"), &json!({ "scheduled_at": never }));
    let ask = ask.header("x-amz-invocation-type", "Event");
    assert_eq!(stack.admin().send(&stack.endpoint, "lambda", ask).await.unwrap().status, 202);
    let dlq = stack.queue("schedule-dlq").unwrap();
    until("the run is in the schedule's dead-letter queue", PATIENCE, async || {
        Ok(observer.peek(dlq).await?.into_iter().find(|message| message.body.contains(&never)))
    })
    .await
    .unwrap();
    observer.take_all(dlq).await.unwrap();
}

fn body(account_id: AccountId) -> String {
    let actor = Actor::function("registration-verifier");
    let event = Event::new(2, actor, EventBody::AccountVerified { account_id }, SystemClock.now());
    serde_json::to_string(&event).unwrap()
}
