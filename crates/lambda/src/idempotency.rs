//! Writing once: the `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header).
//!
//! The first request under a key takes a lease and runs; its 2xx answer is kept for a day and given again to every
//! later request with the same key and the same body. Another body under the key is refused, and so is a request while
//! the first is at work. Any other outcome gives the lease back and keeps no answer, so that the caller can try the
//! same request again: it then gets the same [`OperationId`], by which the second try meets what the first one made.
//! The key stays bound to its body; a corrected one needs a key of its own.
//!
//! The public ([`Idempotency::of_the_public`]) get answers that are nobody else's to read, such as a receipt. Those are
//! not kept: a later request runs again under the same operation id and comes to the same answer.
//!
//! What is kept of a request is a keyed hash of its body: a body may hold little but an identity number (R9.1), and a plain
//! hash of a number can be turned back by trying them all. The key is the `Idempotency-Key` itself, which is not kept.

use std::sync::Arc;

use app::ports::{Begin, Clock, IdempotencyKey, IdempotencyLedger, Lease, StoredAnswer};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
};
use domain::id::{mixed, uuid_at};
use futures::future::{Either, select};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub use operation::{OperationId, PendingOperation};

use crate::{
    caught::caught,
    http::{Routes, caller_arn, scope_of},
    logs,
    problem::{Code, Problem},
};

mod once;
mod operation;

pub use once::{Once, Write, once};

/// How long a request may be at work before another may take over. Longer than an API function can run (API Gateway
/// gives up after 29 s and the functions' time-outs are shorter), so that two never work at once.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// How long an answer is given again: longer than any caller's queue of retries.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// Seconds after which a request in progress is likely to be done.
const RETRY_AFTER: u32 = 2;

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writers {
    /// Systems and staff, each with a name of their own. They name every write, and the answer is kept.
    Callers,
    /// Strangers. They may leave the key out; if not, it must be one that no two of them come upon.
    Public,
}

/// When a handler runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// When the ledger has said that the write is a new one.
    WhenBegun,
    /// At once, beside the ledger, up to where it asks for the operation.
    AtOnce,
}

/// Guards the writes (`POST`, `PUT`, `PATCH`, `DELETE`) of a group of routes; other methods pass.
#[derive(Clone)]
pub struct Idempotency {
    ledger: Arc<dyn IdempotencyLedger>,
    clock: Arc<dyn Clock>,
    writers: Writers,
    start: Start,
}

impl Idempotency {
    /// Every write must have a key.
    pub fn required(ledger: Arc<dyn IdempotencyLedger>, clock: Arc<dyn Clock>) -> Self {
        Self { ledger, clock, writers: Writers::Callers, start: Start::WhenBegun }
    }

    /// A write without a key runs each time it is sent. A key is a random UUID: all of the public share one name, and
    /// what one of them filed must not be answered to another. The ledger holds neither the answer nor what it could be
    /// worked out of: the operation id that a write gets is made of the one in the ledger and of the key itself.
    ///
    /// The write must come to the same answer whenever it runs under the same operation id.
    pub fn of_the_public(ledger: Arc<dyn IdempotencyLedger>, clock: Arc<dyn Clock>) -> Self {
        Self { ledger, clock, writers: Writers::Public, start: Start::WhenBegun }
    }

    /// Handlers run beside the question to the ledger, which saves a round trip before the answer. Every handler behind
    /// this guard takes [`OperationId`] or awaits [`PendingOperation::confirmed`] before it has any effect; of one that is
    /// not to go on, the future is dropped there.
    #[must_use]
    pub fn preparing(self) -> Self {
        Self { start: Start::AtOnce, ..self }
    }

    /// Guards the routes that `routes` has now.
    pub fn guard<S: Clone + Send + Sync + 'static>(self, routes: Routes<S>) -> Routes<S> {
        routes.map(|router| router.route_layer(middleware::from_fn_with_state(self, guarded)))
    }

    async fn run_once(&self, request: Request, next: Next, header: &str) -> Result<Response, Problem> {
        let (mut parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.map_err(|error| Problem::new(Code::Internal).because(&error))?;
        let scope = match self.writers {
            Writers::Callers => scope_of(caller_arn(&parts.extensions).unwrap_or_default()),
            Writers::Public => "public",
        };
        let key = key_of(scope, parts.method.as_str(), parts.uri.path(), header);
        let now = self.clock.now();
        let after = |span| now.saturating_add(span).unwrap_or(now);
        let lease = Lease { now, until: after(LEASE), expires_at: after(KEPT) };
        let payload = keyed_digest(header, &body);
        let (operation, confirm) = PendingOperation::proposed(uuid_at(now));
        parts.extensions.insert(operation.clone());
        let begin = self.ledger.begin(&key, &payload, operation.proposal(), lease);
        let run = caught(next.run(Request::from_parts(parts, Body::from(body))));
        let (begun, outcome) = match self.start {
            Start::WhenBegun => (begin.await?, Either::Left(run)),
            Start::AtOnce => match select(begin, Box::pin(run)).await {
                Either::Left((begun, run)) => (begun?, Either::Right(Either::Left(run))),
                // It asked for nothing that the ledger decides: most likely the body is refused.
                Either::Right((outcome, begin)) => (begin.await?, Either::Right(Either::Right(outcome))),
            },
        };
        match begun {
            Begin::Done(answer) => Ok(replay(answer)),
            Begin::InProgress => Err(Problem::new(Code::IdempotencyInProgress).retry_after(RETRY_AFTER)),
            Begin::OtherPayload => Err(Problem::new(Code::IdempotencyKeyReused)),
            Begin::Fresh { operation_id } => {
                confirm.with(match self.writers {
                    Writers::Callers => operation_id,
                    Writers::Public => mixed(operation_id, header),
                });
                let outcome = match outcome {
                    Either::Left(run) => run.await,
                    Either::Right(Either::Left(run)) => run.await,
                    Either::Right(Either::Right(outcome)) => outcome,
                };
                let response =
                    outcome.unwrap_or_else(|panicked| Problem::new(Code::Internal).because(&panicked).into_response());
                // What has had an effect without waiting would have had it for a copy as well.
                debug_assert!(
                    self.start == Start::WhenBegun || !response.status().is_success() || operation.is_awaited(),
                    "a handler behind a guard that prepares took no operation id"
                );
                Ok(self.settle(&key, response).await)
            }
        }
    }

    /// Keeps a good answer that may be kept, gives the lease back after any other. The effect has taken place either way: a
    /// ledger that fails here changes nothing about the answer, and the operation id makes a retry meet what was made.
    async fn settle(&self, key: &IdempotencyKey, response: Response) -> Response {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let kept = parts.status.is_success() && self.writers == Writers::Callers;
        let text = std::str::from_utf8(&body).ok().filter(|_| kept);
        let settled = match text {
            Some(text) => {
                let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
                let answer = StoredAnswer {
                    status: parts.status.as_u16(),
                    content_type: content_type.unwrap_or("application/json").to_owned(),
                    body: text.to_owned(),
                };
                self.ledger.complete(key, &answer).await
            }
            None => self.ledger.release(key).await,
        };
        if let Err(error) = settled {
            tracing::warn!(cause = logs::chain(&error), "the idempotency record could not be settled");
        }
        Response::from_parts(parts, Body::from(body))
    }
}

async fn guarded(State(idempotency): State<Idempotency>, mut request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH | Method::DELETE) {
        return next.run(request).await;
    }
    match (header_of(request.headers()), idempotency.writers) {
        (Ok(Some(header)), Writers::Public) if !is_random_uuid(&header) => {
            Problem::new(Code::IdempotencyKeyMalformed).into_response()
        }
        (Ok(Some(header)), _) => {
            idempotency.run_once(request, next, &header).await.unwrap_or_else(Problem::into_response)
        }
        (Ok(None), Writers::Public) => {
            let operation = PendingOperation::confirmed_as(uuid_at(idempotency.clock.now()));
            request.extensions_mut().insert(operation);
            next.run(request).await
        }
        (Ok(None), Writers::Callers) => Problem::new(Code::IdempotencyKeyMissing).into_response(),
        (Err(problem), _) => problem.into_response(),
    }
}

/// The header's value: 1 to 255 visible ASCII characters, given once.
fn header_of(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let malformed = || Problem::new(Code::IdempotencyKeyMalformed);
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    // The same value twice is one: payload 1.0 lists each header in two places.
    if values.any(|other| other != value) {
        return Err(malformed());
    }
    let visible = |c: &u8| c.is_ascii_graphic();
    let bytes = value.as_bytes();
    if !(1..=255).contains(&bytes.len()) || !bytes.iter().all(visible) {
        return Err(malformed());
    }
    value.to_str().map(|text| Some(text.to_owned())).map_err(|_| malformed())
}

/// A UUID of a version that is made by chance (4, or 7): two strangers never come upon the same one, and nobody guesses
/// another's.
fn is_random_uuid(header: &str) -> bool {
    Uuid::try_parse(header).is_ok_and(|uuid| matches!(uuid.get_version_num(), 4 | 7))
}

/// Keys are the caller's own: two callers, or two routes, may use the same one.
fn key_of(caller: &str, method: &str, path: &str, header: &str) -> IdempotencyKey {
    IdempotencyKey(digest(&[caller.as_bytes(), method.as_bytes(), path.as_bytes(), header.as_bytes()]))
}

/// HMAC-SHA-256 of the body under the caller's own key.
fn keyed_digest(header: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(header.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
}

fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length first, so that no two lists of parts run together into the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    data_encoding::HEXLOWER.encode(&hash.finalize())
}

fn replay(answer: StoredAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    if let Ok(content_type) = HeaderValue::from_str(&answer.content_type) {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests;
