//! A function that people call: by a widget of a dashboard, or from the console's test tab. Whatever it is sent has an
//! answer; a failure of ours is in the answer too, for an invocation that fails shows its caller a stack trace.
//!
//! ```no_run
//! use lambda::direct::Call;
//! use serde_json::Value;
//!
//! struct Deps {}
//!
//! async fn handle(deps: &Deps, call: Call) -> Value {
//!     Value::from(call.function_arn)
//! }
//!
//! # async fn main_() -> Result<(), lambda::Error> {
//! let deps = Deps {};
//! lambda::run_direct(|call| handle(&deps, call)).await
//! # }
//! ```

use std::{convert::Infallible, time::Instant};

use lambda_runtime::{LambdaEvent, Runtime, service_fn};
use serde_json::Value;

use crate::{Error, invocation, metrics};

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    pub event: Value,
    /// As the caller named the function: with the alias where it was called by one. Lambda says it, the caller cannot.
    pub function_arn: String,
    /// Names the call in Lambda's own trail.
    pub request_id: String,
}

/// Gives each call to `handler` until the process is stopped.
///
/// # Errors
/// When the runtime API goes away.
pub async fn run_direct<H, F>(handler: H) -> Result<(), Error>
where
    H: Fn(Call) -> F,
    F: Future<Output = Value>,
{
    let handler = &handler;
    let service = service_fn(|event: LambdaEvent<Value>| async move {
        let LambdaEvent { payload, context } = event;
        let call = Call {
            event: payload,
            function_arn: context.invoked_function_arn.clone(),
            request_id: context.request_id.clone(),
        };
        Ok::<_, Infallible>(invocation::enter(&context, process_direct(call, handler)).await)
    });
    Runtime::new(service).run().await
}

/// Handles one call, and tells of it in a line.
pub async fn process_direct<H, F>(call: Call, handler: H) -> Value
where
    H: FnOnce(Call) -> F,
    F: Future<Output = Value>,
{
    invocation::telling(async {
        let started = Instant::now();
        let answer = handler(call).await;
        let duration_ms = metrics::since(started);
        metrics::took("Duration", started.elapsed());
        tracing::info!(duration_ms, "a call was answered");
        answer
    })
    .await
}
