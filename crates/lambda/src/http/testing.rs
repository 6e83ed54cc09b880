//! Drives an API with the event of a gateway, the way Lambda does: for tests over the fixtures in `events/`.

use lambda_http::{Service as _, request::LambdaRequest};
use lambda_runtime::LambdaEvent;
use serde_json::Value;

use super::{Api, answer};

/// What Lambda would give back to the gateway for `event`.
///
/// ```
/// # use axum::{Json, Router, routing::get};
/// # use serde_json::json;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let router = Router::new().route("/v1/health", get(|| async { Json("well") }));
/// let event = json!({
///     "version": "2.0", "rawPath": "/v1/health", "headers": {},
///     "requestContext": {"http": {"method": "GET", "path": "/v1/health"}, "requestId": "r-1", "stage": "$default"}
/// });
/// let reply = lambda::http::testing::reply_to(router, &event).await;
/// assert_eq!(reply["statusCode"], 200);
/// assert_eq!(reply["headers"]["x-request-id"], "r-1");
/// # });
/// ```
///
/// # Panics
/// When `event` is not one of API Gateway.
pub async fn reply_to(api: impl Into<Api>, event: &Value) -> Value {
    let api = api.into();
    let payload: LambdaRequest = serde_json::from_str(&event.to_string()).expect("an event of API Gateway");
    let mut context = lambda_runtime::Context::default();
    "test-invocation".clone_into(&mut context.request_id);
    let service = lambda_http::service_fn(move |request| answer::invoked(api.clone(), request));
    let Ok(reply) = lambda_http::Adapter::from(service).call(LambdaEvent::new(payload, context)).await;
    serde_json::to_value(reply).expect("a reply is JSON")
}

/// The JSON body of a reply.
///
/// # Panics
/// When it has none.
#[must_use]
pub fn body_of(reply: &Value) -> Value {
    let body = reply["body"].as_str().expect("a reply with a text body");
    serde_json::from_str(body).expect("a JSON body")
}
