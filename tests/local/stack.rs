//! What the tests begin with.

use std::time::Duration;

use acceptance::{
    caller::{Answer, Ask},
    principals::{Principal, unique},
    stack::Stack,
    waiting::until,
};
use app::ports::{Clock, SystemClock};
use aws::observe::Observer;
use evidence::object::locked_until;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// What every request reads is read again after three seconds on a local stack: this long after a change every process
/// goes by it.
pub(crate) const EVERYWHERE: Duration = Duration::from_secs(4);

/// Long enough for a chain of cold functions on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A sweep leaves what ended in this very second to the next one; nobody waits for that here.
const SWEPT_FROM: SignedDuration = SignedDuration::from_secs(2);

/// The stack, or a failure that says how to start it.
pub(crate) async fn running() -> Stack {
    Stack::running().await.unwrap_or_else(|error| panic!("{error:#}"))
}

pub(crate) fn observer(stack: &Stack) -> Observer {
    acceptance::story::observer(stack).unwrap()
}

/// Registers `principal`; gives the account's id.
pub(crate) async fn register(stack: &Stack, principal: &Principal) -> String {
    let answer =
        stack.platform().write(&stack.platform_api, "/v1/accounts", &principal.registration("端到端测试")).await;
    answer.unwrap().expect(201).unwrap()["account_id"].as_str().unwrap().to_owned()
}

/// Waits until a sweep as of now deletes the log objects.
pub(crate) async fn may_be_swept(keys: &[String]) {
    let over = |key: &String| locked_until(key).is_some_and(|end| end + SWEPT_FROM < SystemClock.now());
    until("the locks have ended", Duration::from_secs(120), async || Ok(keys.iter().all(over).then_some(())))
        .await
        .unwrap();
}

pub(crate) async fn account(stack: &Stack, account_id: &str) -> Value {
    let answer = stack.platform().get(&stack.platform_api, &format!("/v1/accounts/{account_id}")).await;
    answer.unwrap().expect(200).unwrap()
}

/// Waits until the account has `status`.
pub(crate) async fn becomes(stack: &Stack, account_id: &str, status: &str) {
    let what = format!("{account_id} is {status}");
    let waited =
        until(&what, PATIENCE, async || Ok((account(stack, account_id).await["status"] == status).then_some(())));
    waited.await.unwrap();
}

/// The active account of a new person.
pub(crate) async fn active_account(stack: &Stack) -> String {
    let account_id = register(stack, &Principal::person("李四")).await;
    becomes(stack, &account_id, "active").await;
    account_id
}

pub(crate) fn publication(account_id: &str, reference: &str, text: &str) -> Value {
    json!({ "account_id": account_id, "reference": reference, "parts": [{ "type": "text", "text": text }] })
}

pub(crate) async fn publish(stack: &Stack, body: &Value) -> Answer {
    stack.platform().post(&stack.platform_api, "/v1/publications", body).await.unwrap()
}

pub(crate) async fn complain(stack: &Stack, subject_id: &str) -> String {
    let body = json!({
        "subject": { "subject_type": "account", "subject_id": subject_id },
        "reason": "spam",
        "description": unique("广告太多"),
    });
    let answer = acceptance::reporter::file(stack, &body).await.unwrap();
    answer.expect(201).unwrap()["receipt"].as_str().unwrap().to_owned()
}

/// The open cases of a queue that are about the subject, whatever page they are on.
pub(crate) async fn open_cases(stack: &Stack, queue: &str, subject_id: &str) -> anyhow::Result<Vec<Value>> {
    let (mut cursor, mut found) = (String::new(), Vec::new());
    loop {
        let path = format!("/v1/cases?queue={queue}&state=open&limit=100{cursor}");
        let page = stack.reviewer().get(&stack.platform_api, &path).await?.expect(200)?;
        let cases = page["cases"].as_array().into_iter().flatten();
        found.extend(cases.filter(|case| case["subject"]["subject_id"] == subject_id).cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(found),
        }
    }
}

/// The first of them, once there is one.
pub(crate) async fn open_case(stack: &Stack, queue: &str, subject_id: &str) -> Value {
    let found = until("a case waits in the queue", PATIENCE, async || {
        Ok(open_cases(stack, queue, subject_id).await?.into_iter().next())
    });
    found.await.unwrap()
}

/// A call of a service that speaks AWS's JSON protocol, as the administrator.
pub(crate) async fn aws_json(stack: &Stack, service: &str, target: &str, body: &Value) -> Value {
    let ask = Ask::post("/", body).header("content-type", "application/x-amz-json-1.0").header("x-amz-target", target);
    let answer = stack.admin().send(&stack.endpoint, service, ask).await.unwrap();
    answer.expect(200).unwrap_or_else(|error| panic!("{target}: {error}"))
}

/// Runs `work` while `section` of the settings says `rules`, as an operator's file would have it, and sets the settings
/// right again.
pub(crate) async fn with_settings<T>(stack: &Stack, section: &str, rules: &Value, work: impl Future<Output = T>) -> T {
    let before = json!(crate::controls::in_force(stack, &observer(stack)).await);
    let version = before["version"].as_u64().unwrap();
    let put = async |mut document: Value, version: u64| {
        document["version"] = json!(version);
        let report = crate::controls::put_settings(stack, &document).await;
        assert!(report.accepted, "{report:?}");
        tokio::time::sleep(EVERYWHERE).await;
    };
    let mut changed = before.clone();
    for (name, rule) in rules.as_object().unwrap() {
        changed[section][name] = rule.clone();
    }
    put(changed, version + 1).await;
    // A failed assertion inside must not leave the settings changed.
    let outcome = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(work)).await;
    put(before, version + 2).await;
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Runs `work` while `queue` gives a message up after so many receives, and sets the queue right again.
pub(crate) async fn with_receives<T>(stack: &Stack, queue: &str, receives: u32, work: impl Future<Output = T>) -> T {
    let fewer = |policy: &str| {
        let mut policy: Value = serde_json::from_str(policy).expect("a redrive policy is JSON");
        policy["maxReceiveCount"] = receives.into();
        policy.to_string()
    };
    with_attribute(stack, queue, "RedrivePolicy", fewer, work).await
}

async fn with_attribute<T>(
    stack: &Stack,
    queue: &str,
    name: &str,
    change: impl FnOnce(&str) -> String,
    work: impl Future<Output = T>,
) -> T {
    let url = stack.queue(queue).unwrap();
    let names = json!({ "QueueUrl": url, "AttributeNames": [name] });
    let before = aws_json(stack, "sqs", "AmazonSQS.GetQueueAttributes", &names).await;
    let before = before["Attributes"][name].as_str().expect("a queue has the attribute").to_owned();
    let set = async |value: &str| {
        let body = json!({ "QueueUrl": url, "Attributes": { name: value } });
        aws_json(stack, "sqs", "AmazonSQS.SetQueueAttributes", &body).await;
    };
    set(&change(&before)).await;
    // A failed assertion inside must not leave the queue changed.
    let outcome = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(work)).await;
    set(&before).await;
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
