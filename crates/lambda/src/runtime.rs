//! The loop that all runners but HTTP share.

use lambda_runtime::{Diagnostic, LambdaEvent, Runtime, service_fn};
use serde::Serialize;
use serde_json::Value;

use crate::{Error, invocation};

/// Gives each event to `process`, as one invocation, until the process is stopped. An error fails the invocation;
/// `process` has logged it.
pub(crate) async fn serve<P, F, R, E>(process: P) -> Result<(), Error>
where
    P: Fn(Value) -> F,
    F: Future<Output = Result<R, E>>,
    R: Serialize,
    E: std::error::Error,
{
    let process = &process;
    let service = service_fn(|event: LambdaEvent<Value>| async move {
        let answer = invocation::enter(&event.context, process(event.payload)).await;
        answer.map_err(|error| Diagnostic { error_type: "EventFailed".to_owned(), error_message: error.to_string() })
    });
    Runtime::new(service).run().await
}
