//! The stand-in for the world around the local stack: the identity provider that registrations are checked with, and the
//! platform's end of the webhooks and of one-time codes. `stand-in --port N --secret whsec_…`, on the loopback interface. What
//! must be signed and is not is answered with 401.
//!
//! | route | what it does |
//! |---|---|
//! | `GET /health` | 200 |
//! | `POST /identity/checks` | `{"outcome": "match" \| "mismatch" \| "not_found"}`, as the name begins: 不符 mismatch, 查无 not found, 故障 503, 乱码 no outcome, 矛盾 two outcomes, 断续 503 twice and then a match, 缓慢 a match after three seconds, 迟迟 one that comes too late |
//! | `POST /codes` | keeps the code, the last 10 000 |
//! | `GET /codes?account_id=…` | the codes of that account, oldest first: `{"mobile_number", "code", "expires_at", …}` |
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
    body::{Body, to_bytes},
    extract::{Query, Request, State},
    http::{HeaderMap, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{get, post, put},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How many webhooks are kept.
const KEPT: usize = 10_000;
/// Longer than a caller should wait, shorter than the function may run.
const SLOW: Duration = Duration::from_secs(3);
/// Longer than a whole check may take, tries included (11 s).
const TOO_LATE: Duration = Duration::from_secs(12);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (port, secret): (u16, &str) = match arguments.as_slice() {
        [flag, port, name, secret] if flag == "--port" && name == "--secret" => {
            (port.parse().context("the port is a number")?, secret)
        }
        _ => anyhow::bail!("usage: stand-in --port N --secret whsec_…"),
    };
    let signatures = standardwebhooks::Webhook::new(secret).context("the secret")?;
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    eprintln!("the stand-in listens on {}", listener.local_addr()?);
    axum::serve(listener, router(signatures)).await?;
    Ok(())
}

fn router(signatures: standardwebhooks::Webhook) -> Router {
    let signatures = Arc::new(signatures);
    Router::new()
        .route("/identity/checks", post(check))
        .route("/codes", post(take_code))
        .route_layer(middleware::from_fn(move |request, next| signed(signatures.clone(), request, next)))
        .route("/health", get(|| async { "well" }))
        .route("/codes", get(codes))
        .route("/identity/mode", put(set_mode))
        .route("/webhooks", post(receive).get(received))
        .with_state(World::default())
}

/// Lets through what is signed with the secret.
async fn signed(signatures: Arc<standardwebhooks::Webhook>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 1024 * 1024).await else { return StatusCode::BAD_REQUEST.into_response() };
    match signatures.verify(&body, &parts.headers) {
        Ok(()) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(_) => StatusCode::UNAUTHORIZED.into_response(),
    }
}

#[derive(Clone, Default)]
struct World(Arc<Mutex<Facts>>);

#[derive(Default)]
struct Facts {
    mode: Mode,
    webhooks: VecDeque<Webhook>,
    codes: VecDeque<Value>,
    /// How often a name that needs patience has asked.
    asked: BTreeMap<String, u32>,
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
        name if name.starts_with("乱码") => "{\"outcome\": \"perhaps\"".into_response(),
        name if name.starts_with("矛盾") => r#"{"outcome": "match", "outcome": "mismatch"}"#.into_response(),
        name if name.starts_with("断续") => {
            let mut facts = world.facts();
            let asked = facts.asked.entry(name).or_default();
            *asked += 1;
            if *asked <= 2 {
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            } else {
                Json(json!({ "outcome": "match" })).into_response()
            }
        }
        name if name.starts_with("缓慢") => {
            tokio::time::sleep(SLOW).await;
            Json(json!({ "outcome": "match" })).into_response()
        }
        name if name.starts_with("迟迟") => {
            tokio::time::sleep(TOO_LATE).await;
            Json(json!({ "outcome": "match" })).into_response()
        }
        name if name.starts_with("故障") => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        name if name.starts_with("不符") => Json(json!({ "outcome": "mismatch" })).into_response(),
        name if name.starts_with("查无") => Json(json!({ "outcome": "not_found" })).into_response(),
        _ => Json(json!({ "outcome": "match" })).into_response(),
    }
}

async fn take_code(State(world): State<World>, Json(message): Json<Value>) -> StatusCode {
    let mut facts = world.facts();
    facts.codes.push_back(message["data"].clone());
    if facts.codes.len() > KEPT {
        facts.codes.pop_front();
    }
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Of {
    account_id: String,
}

async fn codes(State(world): State<World>, Query(Of { account_id }): Query<Of>) -> Json<Vec<Value>> {
    Json(world.facts().codes.iter().filter(|code| code["account_id"] == *account_id).cloned().collect())
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
