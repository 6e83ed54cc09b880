//! Refusals that are told in another form than that of a problem: on a page that people read.

use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;

use crate::{
    caught::caught,
    problem::{Code, Problem},
};

/// The refusal that was told, for the log line.
#[derive(Clone)]
pub(super) struct Refusal(pub(super) Problem);

/// What `answering` comes to: the answer, or the refusal that it carries; a panic is one too.
///
/// # Errors
/// The refusal.
pub async fn outcome(answering: impl Future<Output = Response>) -> Result<Response, Problem> {
    let mut response = match caught(answering).await {
        Ok(response) => response,
        Err(panicked) => return Err(Problem::new(Code::Internal).because(&panicked)),
    };
    response.extensions_mut().remove::<Problem>().map_or_else(|| Ok(response), Err)
}

/// An answer that tells `problem` in words of its own. It gets the status and the `Retry-After` of a problem, and the log line
/// knows why.
#[must_use]
pub fn refused(problem: Problem, told: impl IntoResponse) -> Response {
    let mut response = told.into_response();
    *response.status_mut() = problem.status();
    if let Some(seconds) = problem.seconds_to_retry() {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response.extensions_mut().insert(Refusal(problem));
    response
}
