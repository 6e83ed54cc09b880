//! From a gateway's event to the answer, with everything that is the same for every request.

use std::{convert::Infallible, time::Instant};

use axum::{
    body::to_bytes,
    extract::{MatchedPath, Request},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{
    HeaderValue, Uri,
    header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS},
};
use lambda_http::{Body, RequestExt as _, request::RequestContext};
use tower::ServiceExt as _;

use super::{Api, RequestId, refusal::Refusal};
use crate::{
    caught::caught,
    invocation, metrics,
    problem::{Code, Language, Problem},
};

/// The route that took a request, as the router writes it (`/v1/cases/{case_id}`).
#[derive(Clone)]
struct Route(String);

/// Answers one invocation.
pub(super) async fn invoked(api: Api, request: lambda_http::Request) -> Result<http::Response<Body>, Infallible> {
    let context = request.lambda_context_ref().cloned().unwrap_or_default();
    Ok(invocation::enter(&context, invocation::telling(answer(api, request))).await)
}

/// Sits inside the router, where the route is known: catches panics and keeps the route for the log line.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| Route(path.as_str().to_owned()));
    let mut response = match caught(next.run(request)).await {
        Ok(response) => response,
        Err(panicked) => Problem::new(Code::Internal).because(&panicked).into_response(),
    };
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

async fn answer(api: Api, request: lambda_http::Request) -> http::Response<Body> {
    let started = Instant::now();
    let (mut parts, body) = request.into_parts();
    let request_id = RequestId::of(&parts);
    let language = Language::wanted(&parts.headers);
    let method = parts.method.clone();
    parts.uri = without_stage(&parts.uri, parts.extensions.get::<RequestContext>());
    parts.extensions.insert(request_id.clone());
    let response = if body.len() > api.body_limit {
        Problem::new(Code::BodyTooLarge).into_response()
    } else {
        let request = Request::from_parts(parts, axum::body::Body::from(body.to_vec()));
        let Ok(response) = api.router.oneshot(request).await;
        response
    };
    let mut response = rendered(response, language, &request_id);
    head(&mut response, &request_id);
    log(method.as_str(), &response, &request_id, started);
    buffered(response).await
}

/// A refusal becomes problem+json; headers that came with it (`Allow`) stay.
fn rendered(mut response: Response, language: Language, request_id: &RequestId) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let body = serde_json::to_vec(&problem.body(language, request_id)).unwrap_or_default();
    let (mut parts, _) = response.into_parts();
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    parts.headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    if let Some(seconds) = problem.seconds_to_retry() {
        parts.headers.insert(RETRY_AFTER, seconds.into());
    }
    parts.extensions.insert(Refusal(problem));
    Response::from_parts(parts, body.into())
}

fn head(response: &mut Response, request_id: &RequestId) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&request_id.0) {
        headers.insert("x-request-id", id);
    }
    // Answers are about one account or one case at one time: no cache between may keep them.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// The canonical line of a request, and its metrics.
fn log(method: &str, response: &Response, request_id: &RequestId, started: Instant) {
    let status = response.status();
    // A path that no route took is not logged: it can hold anything.
    let route = response.extensions().get::<Route>().map_or("-", |route| route.0.as_str());
    let refusal = response.extensions().get::<Refusal>().map(|refusal| &refusal.0);
    let code = refusal.map(|problem| problem.code().as_str());
    let cause = refusal.and_then(Problem::cause);
    let duration_ms = metrics::since(started);
    metrics::count("Requests", 1);
    metrics::took("RequestDuration", started.elapsed());
    let status_code = status.as_u16();
    let request_id = request_id.0.as_str();
    if status.is_server_error() {
        metrics::count("ServerErrors", 1);
        tracing::error!(
            http.method = method,
            http.route = route,
            http.status = status_code,
            request_id,
            problem.code = code,
            cause,
            duration_ms,
            "{method} {route} failed with {status_code}"
        );
    } else {
        if status.is_client_error() {
            metrics::count("ClientErrors", 1);
        }
        tracing::info!(
            http.method = method,
            http.route = route,
            http.status = status_code,
            request_id,
            problem.code = code,
            cause,
            duration_ms,
            "{method} {route} answered {status_code}"
        );
    }
}

async fn buffered(response: Response) -> http::Response<Body> {
    let (mut parts, body) = response.into_parts();
    // The gateway counts for itself, after its own decoding.
    parts.headers.remove(CONTENT_LENGTH);
    // No limit: the body is our own.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let body = match String::from_utf8(bytes.into()) {
        Ok(text) if text.is_empty() => Body::Empty,
        Ok(text) => Body::Text(text),
        Err(other) => Body::Binary(other.into_bytes()),
    };
    http::Response::from_parts(parts, body)
}

/// The path without the stage's name in front of it. Gateways leave it there in some kinds of events, and `lambda_http`
/// puts it there in others unless `AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH` is set.
fn without_stage(uri: &Uri, context: Option<&RequestContext>) -> Uri {
    let stage = match context {
        Some(RequestContext::ApiGatewayV1(context)) => context.stage.as_deref(),
        Some(RequestContext::ApiGatewayV2(context)) => context.stage.as_deref(),
        _ => None,
    };
    let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let without = stage
        .and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage))
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(path);
    without.parse().unwrap_or_else(|_| uri.clone())
}
