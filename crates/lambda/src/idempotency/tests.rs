use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use app::ports::PortError;
use async_trait::async_trait;
use axum::{Json, Router, routing::post};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::http::testing::{body_of, reply_to};

#[derive(Default)]
struct Ledger {
    writes: Mutex<HashMap<String, Write>>,
    begin_fails: bool,
    complete_fails: bool,
    slow: bool,
}

#[derive(Clone)]
struct Write {
    payload: String,
    operation_id: Uuid,
    leased: bool,
    answer: Option<StoredAnswer>,
}

#[async_trait]
impl IdempotencyLedger for Ledger {
    async fn begin(
        &self,
        key: &IdempotencyKey,
        payload_hash: &str,
        operation_id: Uuid,
        lease: Lease,
    ) -> Result<Begin, PortError> {
        assert_eq!(lease.until.duration_since(lease.now), SignedDuration::from_secs(30));
        assert_eq!(lease.expires_at.duration_since(lease.now), SignedDuration::from_hours(24));
        if self.slow {
            // As many turns as a handler without a ledger of its own can take.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
        }
        if self.begin_fails {
            return Err(PortError::unavailable("the ledger", "throttled"));
        }
        let mut writes = self.writes.lock().unwrap();
        let write = writes.entry(key.0.clone()).or_insert(Write {
            payload: payload_hash.to_owned(),
            operation_id,
            leased: false,
            answer: None,
        });
        Ok(match write {
            Write { payload, .. } if payload != payload_hash => Begin::OtherPayload,
            Write { answer: Some(answer), .. } => Begin::Done(answer.clone()),
            Write { leased: true, .. } => Begin::InProgress,
            write => {
                write.leased = true;
                Begin::Fresh { operation_id: write.operation_id }
            }
        })
    }

    async fn complete(&self, key: &IdempotencyKey, answer: &StoredAnswer) -> Result<(), PortError> {
        if self.complete_fails {
            return Err(PortError::unavailable("the ledger", "throttled"));
        }
        self.writes.lock().unwrap().get_mut(&key.0).unwrap().answer = Some(answer.clone());
        Ok(())
    }

    async fn release(&self, key: &IdempotencyKey) -> Result<(), PortError> {
        self.writes.lock().unwrap().get_mut(&key.0).unwrap().leased = false;
        Ok(())
    }
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// A world in which the first `failures` writes fail.
struct World {
    ledger: Arc<Ledger>,
    runs: Arc<AtomicUsize>,
    failures: usize,
    writers: fn(Arc<dyn IdempotencyLedger>, Arc<dyn Clock>) -> Idempotency,
}

impl World {
    fn new() -> Self {
        Self { ledger: Arc::default(), runs: Arc::default(), failures: 0, writers: Idempotency::required }
    }

    fn runs(&self) -> usize {
        self.runs.load(Ordering::Relaxed)
    }

    async fn send(&self, event: &Value) -> Value {
        let (runs, failures) = (Arc::clone(&self.runs), self.failures);
        let write = async move |OperationId(id): OperationId, body: String| match runs.fetch_add(1, Ordering::Relaxed) {
            0 if failures > 0 => Err(Problem::new(Code::AccountNotFound)),
            1 if failures > 1 => panic!("secret"),
            _ => Ok((StatusCode::CREATED, Json(json!({"operation": id, "body": body})))),
        };
        let read = async || "read";
        let guarded = (self.writers)(self.ledger.clone(), Arc::new(FixedClock)).guard(
            Router::new().route("/v1/notes", post(write.clone()).get(read)).route("/v1/other", post(write)).into(),
        );
        reply_to(guarded, event).await
    }
}

fn request(key: Option<&str>, body: &str) -> Value {
    let mut headers = json!({"content-type": "application/json"});
    if let Some(key) = key {
        headers["Idempotency-Key"] = key.into();
    }
    json!({
        "version": "2.0", "rawPath": "/v1/notes", "rawQueryString": "", "headers": headers, "body": body,
        "requestContext": {
            "http": {"method": "POST", "path": "/v1/notes"}, "requestId": "r", "stage": "$default",
            "authorizer": {"iam": {"userArn": "arn:aws:iam::0:user/a"}}
        }
    })
}

#[tokio::test]
async fn the_same_key_and_body_give_the_same_answer_and_one_effect() {
    let world = World::new();
    let first = world.send(&request(Some("k"), "{}")).await;
    let again = world.send(&request(Some("k"), "{}")).await;
    assert_eq!((first["statusCode"].as_u64(), world.runs()), (Some(201), 1));
    assert_eq!((&first["body"], &first["statusCode"]), (&again["body"], &again["statusCode"]));
    assert_eq!(first["headers"]["content-type"], again["headers"]["content-type"]);
    assert_eq!(first["headers"].get("idempotent-replayed"), None);
    assert_eq!(again["headers"]["idempotent-replayed"], "true");
}

#[tokio::test]
async fn another_body_under_the_key_is_refused() {
    let world = World::new();
    world.send(&request(Some("k"), "{}")).await;
    let reply = world.send(&request(Some("k"), "{ }")).await;
    assert_eq!((reply["statusCode"].as_u64(), world.runs()), (Some(422), 1));
    assert_eq!(body_of(&reply)["code"], "idempotency_key_reused");
}

#[tokio::test]
async fn a_key_is_the_callers_own_and_the_routes_own() {
    let world = World::new();
    world.send(&request(Some("k"), "{}")).await;
    let mut other = request(Some("k"), "{}");
    other["requestContext"]["authorizer"]["iam"]["userArn"] = "arn:aws:iam::0:user/b".into();
    world.send(&other).await;
    let mut other = request(Some("k"), "{}");
    other["rawPath"] = "/v1/other".into();
    world.send(&other).await;
    assert_eq!(world.runs(), 3);
}

#[tokio::test]
async fn a_refusal_and_a_panic_keep_nothing_and_the_next_try_is_the_same_operation() {
    let world = World { failures: 2, ..World::new() };
    let replies = [
        world.send(&request(Some("k"), "{}")).await,
        world.send(&request(Some("k"), "{}")).await,
        world.send(&request(Some("k"), "{}")).await,
    ];
    let statuses = replies.each_ref().map(|reply| reply["statusCode"].as_u64().unwrap());
    assert_eq!(statuses, [404, 500, 201]);
    let write = world.ledger.writes.lock().unwrap().values().next().unwrap().clone();
    assert_eq!(body_of(&replies[2])["operation"], write.operation_id.to_string());
}

#[tokio::test]
async fn while_one_is_at_work_the_other_is_told_to_come_back() {
    let world = World::new();
    world.send(&request(Some("k"), "{}")).await;
    // As if the first had not settled yet.
    for write in world.ledger.writes.lock().unwrap().values_mut() {
        write.answer = None;
    }
    let reply = world.send(&request(Some("k"), "{}")).await;
    assert_eq!((reply["statusCode"].as_u64(), world.runs()), (Some(409), 1));
    assert_eq!(body_of(&reply)["code"], "idempotency_in_progress");
    assert_eq!(reply["headers"]["retry-after"], "2");
}

#[tokio::test]
async fn a_key_that_must_be_there_is_asked_for() {
    let world = World::new();
    assert_eq!(body_of(&world.send(&request(None, "{}")).await)["code"], "idempotency_key_missing");
    for key in ["", " ", "a b", "键", &"k".repeat(256)] {
        let reply = world.send(&request(Some(key), "{}")).await;
        assert_eq!(body_of(&reply)["code"], "idempotency_key_malformed", "{key}");
    }
    assert_eq!(world.runs(), 0);
    assert_eq!(world.send(&request(Some(&"k".repeat(255)), "{}")).await["statusCode"], 201);
}

const STRANGERS_KEY: &str = "6f1e0f3c-5f8e-4a53-9d5c-1f0a0b9c8d7e";

fn public() -> World {
    World { writers: Idempotency::of_the_public, ..World::new() }
}

#[tokio::test]
async fn without_a_key_where_it_is_optional_every_request_is_a_write_of_its_own() {
    let world = public();
    let first = body_of(&world.send(&request(None, "{}")).await);
    let second = body_of(&world.send(&request(None, "{}")).await);
    assert_ne!(first["operation"], second["operation"]);
    assert_eq!(world.send(&request(Some("a b"), "{}")).await["statusCode"], 400);
}

#[tokio::test]
async fn an_answer_to_the_public_is_worked_out_again_and_kept_nowhere() {
    let world = public();
    let first = body_of(&world.send(&request(Some(STRANGERS_KEY), "{}")).await);
    let again = body_of(&world.send(&request(Some(STRANGERS_KEY), "{}")).await);
    assert_eq!((&first, world.runs()), (&again, 2));
    let other = world.send(&request(Some(STRANGERS_KEY), "{ }")).await;
    assert_eq!(body_of(&other)["code"], "idempotency_key_reused");
    // Neither the answer nor the operation that it is made of.
    let writes = world.ledger.writes.lock().unwrap();
    let write = writes.values().next().unwrap();
    assert_eq!(write.answer, None);
    assert_ne!(first["operation"], write.operation_id.to_string());
}

#[tokio::test]
async fn the_public_can_use_no_key_that_two_of_them_may_come_upon() {
    let world = public();
    let nil = Uuid::nil().to_string();
    let by_time_and_machine = "c232ab00-9414-11ec-b3c8-9f6bdeced846";
    for key in ["1", "complaint-1", nil.as_str(), by_time_and_machine, "ffffffff-ffff-ffff-ffff-ffffffffffff"] {
        let reply = world.send(&request(Some(key), "{}")).await;
        assert_eq!(body_of(&reply)["code"], "idempotency_key_malformed", "{key}");
    }
    assert_eq!(world.runs(), 0);
    for key in [STRANGERS_KEY, "019aafe1-3d4e-7b6a-8f00-4b1de5d3a9c7"] {
        assert_eq!(world.send(&request(Some(key), "{}")).await["statusCode"], 201, "{key}");
    }
}

fn as_caller(arn: &str, key: &str) -> Value {
    let mut event = request(Some(key), "{}");
    event["requestContext"]["authorizer"]["iam"]["userArn"] = arn.into();
    event
}

#[tokio::test]
async fn a_retry_from_another_instance_of_the_same_role_is_the_same_write() {
    let world = World::new();
    let task = |task: &str| as_caller(&format!("arn:aws-cn:sts::0:assumed-role/platform/{task}"), "k");
    let first = world.send(&task("ecs-task-1")).await;
    let again = world.send(&task("ecs-task-2")).await;
    assert_eq!((&first["body"], world.runs()), (&again["body"], 1));
    world.send(&as_caller("arn:aws-cn:sts::0:assumed-role/platform-batch/ecs-task-1", "k")).await;
    assert_eq!(world.runs(), 2);
}

#[tokio::test]
async fn reads_need_no_key() {
    let world = World::new();
    let mut event = request(None, "");
    event["requestContext"]["http"]["method"] = "GET".into();
    assert_eq!(world.send(&event).await["body"], "read");
}

#[tokio::test]
async fn a_ledger_that_is_down_before_the_effect_stops_the_write() {
    let ledger = Arc::new(Ledger { begin_fails: true, ..Ledger::default() });
    let world = World { ledger, ..World::new() };
    let reply = world.send(&request(Some("k"), "{}")).await;
    assert_eq!((reply["statusCode"].as_u64(), world.runs()), (Some(503), 0));
    assert_eq!(reply["headers"]["retry-after"], "2");
}

#[tokio::test]
async fn a_ledger_that_is_down_after_the_effect_does_not_hide_the_answer() {
    let ledger = Arc::new(Ledger { complete_fails: true, ..Ledger::default() });
    let world = World { ledger, ..World::new() };
    assert_eq!(world.send(&request(Some("k"), "{}")).await["statusCode"], 201);
}

/// A guard whose handlers run beside a slow ledger, and one that counts what they prepare and what they do.
async fn prepared(ledger: &Arc<Ledger>, counts: &Arc<[AtomicUsize; 2]>, event: &Value) -> Value {
    let counts = Arc::clone(counts);
    let write = async move |operation: PendingOperation, body: String| {
        counts[0].fetch_add(1, Ordering::Relaxed);
        if body == "refused" {
            return Err(Problem::new(Code::AccountNotFound));
        }
        let OperationId(id) = operation.confirmed().await;
        counts[1].fetch_add(1, Ordering::Relaxed);
        Ok((StatusCode::CREATED, Json(json!({"operation": id, "proposed": operation.proposal()}))))
    };
    let guard = Idempotency::required(ledger.clone(), Arc::new(FixedClock)).preparing();
    reply_to(guard.guard(Router::new().route("/v1/notes", post(write)).into()), event).await
}

#[tokio::test]
async fn what_is_prepared_beside_the_ledger_has_no_effect_until_the_write_has_begun() {
    let ledger = Arc::new(Ledger { slow: true, ..Ledger::default() });
    let counts: Arc<[AtomicUsize; 2]> = Arc::default();
    let first = prepared(&ledger, &counts, &request(Some("k"), "{}")).await;
    assert_eq!(body_of(&first)["operation"], body_of(&first)["proposed"]);
    let again = prepared(&ledger, &counts, &request(Some("k"), "{}")).await;
    assert_eq!((&again["body"], &again["headers"]["idempotent-replayed"]), (&first["body"], &json!("true")));
    let other = prepared(&ledger, &counts, &request(Some("k"), "other")).await;
    assert_eq!(body_of(&other)["code"], "idempotency_key_reused");
    let counted = counts.each_ref().map(|count| count.load(Ordering::Relaxed));
    assert_eq!(counted, [3, 1], "prepared three times, done once");
}

#[tokio::test]
async fn a_second_try_is_confirmed_as_the_operation_of_the_first() {
    let ledger = Arc::new(Ledger { slow: true, ..Ledger::default() });
    let counts = Arc::default();
    prepared(&ledger, &counts, &request(Some("k"), "{}")).await;
    let operation_id = {
        let mut writes = ledger.writes.lock().unwrap();
        let write = writes.values_mut().next().unwrap();
        (write.answer, write.leased) = (None, false);
        write.operation_id
    };
    let again = body_of(&prepared(&ledger, &counts, &request(Some("k"), "{}")).await);
    assert_eq!(again["operation"], operation_id.to_string());
    assert_ne!(again["proposed"], again["operation"]);
}

#[tokio::test]
async fn a_handler_that_refuses_before_the_ledger_answers_gives_the_lease_back() {
    let ledger = Arc::new(Ledger { slow: true, ..Ledger::default() });
    let counts = Arc::default();
    let reply = prepared(&ledger, &counts, &request(Some("k"), "refused")).await;
    assert_eq!(reply["statusCode"], 404);
    assert!(!ledger.writes.lock().unwrap().values().next().unwrap().leased);
    // A key that was used otherwise is told of, whatever the handler says.
    prepared(&ledger, &counts, &request(Some("used"), "{}")).await;
    let reply = prepared(&ledger, &counts, &request(Some("used"), "refused")).await;
    assert_eq!(body_of(&reply)["code"], "idempotency_key_reused");
}

/// R9.1: whoever reads the table and knows every identity number cannot tell which one a registration named.
#[tokio::test]
async fn what_is_kept_of_a_body_cannot_be_found_by_trying_all_bodies() {
    let world = World::new();
    let body = r#"{"document_number":"11010519491231002X"}"#;
    world.send(&request(Some("a-key"), body)).await;
    world.send(&request(Some("another-key"), body)).await;
    let kept: Vec<String> = world.ledger.writes.lock().unwrap().values().map(|write| write.payload.clone()).collect();
    assert_ne!(kept[0], kept[1], "the same body under another key");
    for plain in [digest(&[body.as_bytes()]), data_encoding::HEXLOWER.encode(&Sha256::digest(body))] {
        assert!(!kept.contains(&plain));
    }
}
