//! HTTP APIs: an axum router behind API Gateway, HTTP API (payload 2.0) and REST API (payload 1.0) alike.
//!
//! ```no_run
//! # use axum::{Json, Router, routing::get};
//! # async fn main_() -> Result<(), lambda::Error> {
//! let router = Router::new().route("/v1/health", get(|| async { Json("well") }));
//! lambda::run_http(lambda::http::Api::new(router)).await
//! # }
//! ```

mod answer;
mod body;
mod identity;
mod json_keys;
mod legible;
mod parameters;
mod pointer;
mod refusal;
mod routes;
pub mod testing;

use axum::{Router, middleware};

pub use body::{ValidJson, read_item};
pub use identity::{Caller, RequestId, SourceAddress, knowing};
pub(crate) use identity::{caller_arn, scope_of};
pub use legible::{legible_line, legible_text};
pub use parameters::{PathId, PathIds, ValidQuery};
pub use refusal::{outcome, refused};
pub use routes::{Route, Routes, on};

use crate::{
    Error,
    problem::{Code, Problem},
};

/// What a body may have unless the API says otherwise: four times the longest text there is (20 000 Chinese characters are
/// 60 KB), and small enough to be held in memory twice.
pub const DEFAULT_BODY_LIMIT: usize = 256 * 1024;

/// A router and what surrounds it: unknown paths and methods, panics, the body's limit, problems, the log line.
#[derive(Clone)]
pub struct Api {
    router: Router,
    body_limit: usize,
}

impl Api {
    /// Put layers of your own on `router` before: what is added here surrounds them.
    #[must_use]
    pub fn new(router: Router) -> Self {
        let router = router
            .fallback(async || Problem::new(Code::NotFound))
            .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed))
            .layer(middleware::from_fn(answer::guard));
        Self { router, body_limit: DEFAULT_BODY_LIMIT }
    }

    /// How many bytes a body may have, counted as they were sent (before base64) and before anything is parsed.
    #[must_use]
    pub const fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }
}

impl From<Routes> for Api {
    fn from(routes: Routes) -> Self {
        Self::new(routes.into_router())
    }
}

impl From<Router> for Api {
    fn from(router: Router) -> Self {
        Self::new(router)
    }
}

/// Answers requests with `api`, one after the other, until the process is stopped.
///
/// # Errors
/// When the runtime API goes away.
pub async fn run_http(api: impl Into<Api>) -> Result<(), Error> {
    let api = api.into();
    let service = lambda_http::service_fn(move |request| answer::invoked(api.clone(), request));
    lambda_runtime::Runtime::new(lambda_http::Adapter::from(service)).run().await
}

#[cfg(test)]
mod tests;
