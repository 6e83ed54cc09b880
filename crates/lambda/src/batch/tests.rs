use std::cell::RefCell;

use app::{error::AppError, ports::PortError};
use proptest::prelude::*;
use serde_json::json;

use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    Transient,
    Permanent,
    PanicAtOnce,
    PanicLater,
}

fn fate() -> impl Strategy<Value = Fate> {
    use Fate::{Done, PanicAtOnce, PanicLater, Permanent, Transient};
    prop_oneof![Just(Done), Just(Transient), Just(Permanent), Just(PanicAtOnce), Just(PanicLater)]
}

fn event(bodies: impl IntoIterator<Item = String>) -> Value {
    let record = |(at, body)| {
        json!({
            "messageId": format!("m-{at}"), "receiptHandle": "h", "body": body, "md5OfBody": "", "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "2"}, "messageAttributes": {}, "awsRegion": "us-east-1"
        })
    };
    json!({"Records": bodies.into_iter().enumerate().map(record).collect::<Vec<_>>()})
}

fn now<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// What a poller may rely on: an object with one key, a list of objects with one key, each a message of the batch, each
/// once.
fn failures(reply: &BatchReply, batch: usize) -> Vec<String> {
    let json = serde_json::to_value(reply).unwrap();
    assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), ["batchItemFailures"]);
    let failures = json["batchItemFailures"].as_array().unwrap();
    let mut ids: Vec<String> = Vec::new();
    for failure in failures {
        assert_eq!(failure.as_object().unwrap().keys().collect::<Vec<_>>(), ["itemIdentifier"]);
        ids.push(failure["itemIdentifier"].as_str().unwrap().to_owned());
    }
    let known: Vec<String> = (0..batch).map(|at| format!("m-{at}")).collect();
    assert!(ids.iter().all(|id| known.contains(id)));
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    ids
}

proptest! {
    #[test]
    fn whatever_becomes_of_records_the_reply_names_the_failed_ones_and_no_others(fates in prop::collection::vec(fate(), 0..20)) {
        let event = event((0..fates.len()).map(|at| at.to_string()));
        let seen = RefCell::new(Vec::new());
        let handler = |record: SqsRecord| {
            let at: usize = record.body.parse().unwrap();
            seen.borrow_mut().push(at);
            let fate = fates[at];
            assert!(fate != Fate::PanicAtOnce, "secret");
            async move {
                tokio::task::yield_now().await;
                match fate {
                    Fate::Done => Ok(()),
                    Fate::Transient => Err(RecordError::Transient { cause: "later".to_owned() }),
                    Fate::Permanent => Err(RecordError::Permanent { cause: "never".to_owned() }),
                    Fate::PanicAtOnce | Fate::PanicLater => panic!("secret"),
                }
            }
        };
        let reply = now(process_batch(event, handler)).unwrap();
        let expected: Vec<String> =
            (0..fates.len()).filter(|at| fates[*at] != Fate::Done).map(|at| format!("m-{at}")).collect();
        prop_assert_eq!(failures(&reply, fates.len()), expected);
        prop_assert_eq!(seen.into_inner(), (0..fates.len()).collect::<Vec<_>>());
    }

    #[test]
    fn a_batch_handled_as_a_whole_names_the_failed_ones_and_no_others(failed in prop::collection::vec(any::<bool>(), 0..20)) {
        let handler = |records: Vec<SqsRecord>| {
            let named = records.into_iter().filter(|record| failed[record.body.parse::<usize>().unwrap()]);
            let error = || RecordError::Transient { cause: "later".to_owned() };
            let mut named: Vec<_> = named.map(|record| (record.message_id, error())).collect();
            // Neither a stranger nor a copy may get into the reply.
            named.push(("m-unknown".to_owned(), error()));
            named.extend(named.first().cloned());
            async { named }
        };
        let reply = now(process_together(event((0..failed.len()).map(|at| at.to_string())), handler)).unwrap();
        let expected: Vec<String> = (0..failed.len()).filter(|at| failed[*at]).map(|at| format!("m-{at}")).collect();
        prop_assert_eq!(failures(&reply, failed.len()), expected);
    }

    #[test]
    fn no_event_makes_the_runner_panic(text in "\\PC{0,40}", id in prop::option::of("[a-z]{0,2}")) {
        for event in [json!(text), json!({"Records": text}), json!({"Records": [{"messageId": id, "body": text}]})] {
            let _ = now(process_batch(event, async |_| Ok(())));
        }
    }
}

#[tokio::test]
async fn a_panic_in_a_batch_handled_as_a_whole_fails_it_all() {
    let handler = async |_: Vec<SqsRecord>| -> Vec<(String, RecordError)> { panic!("secret") };
    let reply = process_together(event(["a".to_owned(), "b".to_owned()]), handler).await.unwrap();
    assert_eq!(failures(&reply, 2), ["m-0", "m-1"]);
}

#[tokio::test]
async fn a_record_without_a_name_fails_the_whole_batch() {
    for nameless in [json!({"body": "a"}), json!({"messageId": "", "body": "a"}), json!({"messageId": null})] {
        let event = json!({"Records": [{"messageId": "m-0", "body": "a"}, nameless]});
        let done = RefCell::new(0);
        let reply = process_batch(event, async |_| {
            *done.borrow_mut() += 1;
            Ok(())
        })
        .await;
        assert_eq!((reply, done.into_inner()), (Err(MalformedBatch::NoMessageId), 0));
    }
    for event in [json!({}), json!([]), json!(null), json!({"Records": null})] {
        assert_eq!(process_batch(event, async |_| Ok(())).await, Err(MalformedBatch::NoRecords));
    }
}

#[tokio::test]
async fn a_record_without_a_body_is_one_failed_record() {
    let event = json!({"Records": [{"messageId": "m-0"}, {"messageId": "m-1", "body": "{}"}]});
    let reply = process_batch(event, async |record: SqsRecord| record.json::<Value>().map(|_| ())).await.unwrap();
    assert_eq!(failures(&reply, 2), ["m-0"]);
}

#[test]
fn a_body_that_cannot_be_read_is_told_by_its_place_and_not_by_its_text() {
    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only its form matters")]
    struct Message {
        name: u8,
    }
    let record = SqsRecord { message_id: "m".to_owned(), body: r#"{"name":"张三"}"#.to_owned(), receive_count: 1 };
    let error = record.json::<Message>().unwrap_err();
    assert_eq!(error.to_string(), "the body is not of the form that is expected, at name");
    assert!(!error.is_retryable());
}

#[test]
fn whether_a_record_may_pass_later_is_what_the_error_says() {
    let later = || PortError::unavailable("the queue", "throttled");
    let never = || PortError::refused("the queue", "denied");
    assert!(RecordError::from(later()).is_retryable());
    assert!(RecordError::from(AppError::from(later())).is_retryable());
    assert!(RecordError::from(AppError::VersionConflict { expected: 1 }).is_retryable());
    assert!(!RecordError::from(never()).is_retryable());
    assert!(!RecordError::from(AppError::AccountNotFound).is_retryable());
    assert_eq!(RecordError::from(never()).to_string(), "the queue refused: denied");
}

/// As in an invocation that may run for `left` more.
async fn with_time<F: Future>(left: Duration, future: F) -> F::Output {
    let mut context = lambda_runtime::Context::default();
    let now = u64::try_from(SystemClock.now().as_millisecond()).unwrap();
    context.deadline = now + u64::try_from(left.as_millis()).unwrap();
    invocation::enter(&context, future).await
}

/// What a handler begins that takes `each` for every record, and what is given back.
async fn slow_batch(records: usize, each: Duration, left: Duration) -> (Vec<String>, Vec<String>) {
    let begun = RefCell::new(Vec::new());
    let handler = |record: SqsRecord| {
        begun.borrow_mut().push(record.message_id);
        async move {
            invocation::spend(each);
            Ok(())
        }
    };
    let event = event((0..records).map(|at| at.to_string()));
    let reply = with_time(left, process_batch(event, handler)).await.unwrap();
    (begun.into_inner(), failures(&reply, records))
}

#[tokio::test]
async fn what_does_not_fit_into_the_invocation_is_given_back_unbegun() {
    // After 24 s too little is left for another one that may take 9 s.
    let (begun, failed) = slow_batch(10, Duration::from_secs(4), Duration::from_secs(30)).await;
    assert_eq!(begun, ["m-0", "m-1", "m-2", "m-3", "m-4", "m-5"]);
    assert_eq!(failed, ["m-6", "m-7", "m-8", "m-9"]);
}

#[tokio::test]
async fn the_first_record_is_begun_however_little_is_left() {
    let (begun, failed) = slow_batch(2, Duration::from_secs(1), Duration::from_secs(3)).await;
    assert_eq!((begun, failed), (vec!["m-0".to_owned()], vec!["m-1".to_owned()]));
}

#[tokio::test]
async fn a_record_that_outlasts_the_invocation_is_given_back() {
    let handler = async |_: SqsRecord| std::future::pending::<Result<(), RecordError>>().await;
    let reply = with_time(REPLY, process_batch(event(["0".to_owned()]), handler)).await.unwrap();
    assert_eq!(failures(&reply, 1), ["m-0"]);
}

#[tokio::test]
async fn a_batch_handled_as_a_whole_is_given_back_when_the_time_is_up() {
    let handler = async |_: Vec<SqsRecord>| std::future::pending::<Vec<(String, RecordError)>>().await;
    let batch = process_together(event(["a".to_owned(), "b".to_owned()]), handler);
    assert_eq!(failures(&with_time(REPLY, batch).await.unwrap(), 2), ["m-0", "m-1"]);
}

/// Keeps note of what was put off, and for how long.
#[derive(Default)]
struct Notes(std::sync::Mutex<Vec<(String, Duration)>>);

#[async_trait::async_trait]
impl app::ports::RetryQueue for Notes {
    async fn put_off(&self, receipt_handle: &str, rest: Duration) -> Result<(), PortError> {
        self.0.lock().unwrap().push((receipt_handle.to_owned(), rest));
        Err(PortError::unavailable("the queue", "throttled"))
    }
}

#[tokio::test]
async fn failed_records_are_put_off_and_those_that_are_done_are_not() {
    let notes = std::sync::Arc::new(Notes::default());
    let mut batch = event(["done", "later", "never"].map(str::to_owned));
    for (at, handle) in ["h-0", "h-1", "h-2"].into_iter().enumerate() {
        batch["Records"][at]["receiptHandle"] = handle.into();
        batch["Records"][at]["attributes"]["ApproximateReceiveCount"] = "4".into();
    }
    let handler = |record: SqsRecord| async move {
        match record.body.as_str() {
            "done" => Ok(()),
            "later" => Err(RecordError::Transient { cause: "down".to_owned() }),
            _ => Err(RecordError::Permanent { cause: "no event".to_owned() }),
        }
    };
    let reply = process_batch_patiently(batch, &Backoff::on(notes.clone()), handler).await.unwrap();
    // A queue that does not put them off gets them back all the same.
    assert_eq!(failures(&reply, 3), ["m-1", "m-2"]);
    let notes = notes.0.lock().unwrap();
    let [(later, rest), (never, at_once)] = notes.as_slice() else { panic!("{notes:?}") };
    assert_eq!((later.as_str(), never.as_str()), ("h-1", "h-2"));
    assert!(*rest >= Duration::from_mins(8) && *rest <= Duration::from_mins(10), "{rest:?}");
    assert_eq!(*at_once, Duration::from_secs(10));
}
