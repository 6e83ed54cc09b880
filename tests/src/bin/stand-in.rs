//! The stand-in for the world around the local stack: the identity provider that registrations are checked with, and the
//! platform's end of the webhooks. `stand-in --port N`, on the loopback interface.
//!
//! | route | what it does |
//! |---|---|
//! | `GET /health` | 200 |
//! | `POST /identity/checks` | `{"outcome": "match" \| "mismatch" \| "not_found"}`, as the name begins: 不符 mismatch, 查无 not found, 故障 503 |
//! | `PUT /identity/mode` | `{"mode": "up" \| "down" \| "slow"}`: answers, fails with 503, or answers after three seconds |
//! | `POST /webhooks` | keeps headers and body, the last 10 000 |
//! | `GET /webhooks?after=N` | those with a number above N, oldest first: `{"number", "headers", "body"}` |

use std::{
    collections::{BTreeMap, VecDeque},
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result};
use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post, put},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How many webhooks are kept.
const KEPT: usize = 10_000;
/// Longer than a caller should wait, shorter than the function may run.
const SLOW: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let port: u16 = match arguments.as_slice() {
        [flag, port] if flag == "--port" => port.parse().context("the port is a number")?,
        _ => anyhow::bail!("usage: stand-in --port N"),
    };
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    eprintln!("the stand-in listens on {}", listener.local_addr()?);
    axum::serve(listener, router()).await?;
    Ok(())
}

fn router() -> Router {
    Router::new()
        .route("/health", get(|| async { "well" }))
        .route("/identity/checks", post(check))
        .route("/identity/mode", put(set_mode))
        .route("/webhooks", post(receive).get(received))
        .with_state(World::default())
}

#[derive(Clone, Default)]
struct World(Arc<Mutex<Facts>>);

#[derive(Default)]
struct Facts {
    mode: Mode,
    webhooks: VecDeque<Webhook>,
    last_number: u64,
}

impl World {
    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    #[default]
    Up,
    Down,
    Slow,
}

#[derive(Deserialize)]
struct SetMode {
    mode: Mode,
}

async fn set_mode(State(world): State<World>, Json(wanted): Json<SetMode>) -> StatusCode {
    world.facts().mode = wanted.mode;
    StatusCode::NO_CONTENT
}

/// What the provider is asked. It knows by the name alone what to answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the form of a request is checked, whatever the answer depends on")]
struct Check {
    kind: String,
    name: String,
    document_type: String,
    document_number: String,
    #[serde(default)]
    issuing_state: Option<String>,
}

async fn check(State(world): State<World>, Json(check): Json<Check>) -> Response {
    let mode = world.facts().mode;
    match mode {
        Mode::Up => {}
        Mode::Down => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mode::Slow => tokio::time::sleep(SLOW).await,
    }
    match check.name {
        name if name.starts_with("故障") => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        name if name.starts_with("不符") => Json(json!({ "outcome": "mismatch" })).into_response(),
        name if name.starts_with("查无") => Json(json!({ "outcome": "not_found" })).into_response(),
        _ => Json(json!({ "outcome": "match" })).into_response(),
    }
}

#[derive(Clone, Serialize)]
struct Webhook {
    number: u64,
    headers: BTreeMap<String, String>,
    body: String,
}

async fn receive(State(world): State<World>, headers: HeaderMap, body: String) -> StatusCode {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let mut facts = world.facts();
    facts.last_number += 1;
    let number = facts.last_number;
    facts.webhooks.push_back(Webhook { number, headers, body });
    if facts.webhooks.len() > KEPT {
        facts.webhooks.pop_front();
    }
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct After {
    #[serde(default)]
    after: u64,
}

async fn received(State(world): State<World>, Query(After { after }): Query<After>) -> Json<Vec<Webhook>> {
    Json(world.facts().webhooks.iter().filter(|webhook| webhook.number > after).cloned().collect())
}
