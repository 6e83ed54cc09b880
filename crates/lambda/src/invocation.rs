//! What is known while one event is handled: the names of the invocation, the facts for its log line, its metrics.
//!
//! Kept in task-local storage, so that a handler can tell a fact or count something without carrying a context
//! through every call. Work that is spawned onto another task leaves it behind: handlers here do not spawn.

use std::{
    cell::{Cell, RefCell},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use app::ports::{Clock as _, SystemClock};
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::metrics::Metrics;

tokio::task_local! {
    static INVOCATION: Invocation;
    static FACTS: RefCell<Map<String, Value>>;
}

/// The names of one invocation, as every log line carries them.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) function_request_id: String,
    pub(crate) xray_trace_id: Option<String>,
    /// Whether it is the first invocation of this process.
    pub(crate) cold_start: bool,
}

struct Invocation {
    names: Names,
    metrics: RefCell<Metrics>,
    /// When Lambda ends the process; `None` where nobody said so.
    deadline: Cell<Option<Instant>>,
}

/// Runs `future` as one invocation and writes its metrics, one line, when it ends.
pub(crate) async fn enter<F: Future>(context: &lambda_runtime::Context, future: F) -> F::Output {
    static STARTED: AtomicBool = AtomicBool::new(false);
    let names = Names {
        function_request_id: context.request_id.clone(),
        xray_trace_id: context.xray_trace_id.clone(),
        cold_start: !STARTED.swap(true, Ordering::Relaxed),
    };
    let invocation = Invocation { names, metrics: RefCell::default(), deadline: Cell::new(deadline(context)) };
    INVOCATION
        .scope(invocation, async {
            let output = future.await;
            INVOCATION.with(|invocation| invocation.metrics.take()).flush();
            output
        })
        .await
}

/// The deadline by the clock that timers run on: the context gives it as milliseconds of the epoch.
fn deadline(context: &lambda_runtime::Context) -> Option<Instant> {
    let now = u64::try_from(SystemClock.now().as_millisecond()).ok()?;
    let left = context.deadline.checked_sub(now).filter(|_| context.deadline > 0);
    left.and_then(|left| Instant::now().checked_add(Duration::from_millis(left)))
}

/// Runs `future` with an empty list of facts: one record of a batch, or one request.
pub(crate) async fn telling<F: Future>(future: F) -> F::Output {
    FACTS.scope(RefCell::default(), future).await
}

/// Adds a fact to every further log line about the record or request at hand, the canonical one among them:
/// an identifier, a count, a decision. Never a body, a token, a name or a number of a person.
///
/// ```
/// lambda::fact("case.id", "case_01h2xcejqtf2nbrexx3vqjhp41");
/// ```
pub fn fact(name: &str, value: impl Into<Value>) {
    // Outside of a record there is no line to add to.
    let _ = FACTS.try_with(|facts| facts.borrow_mut().insert(name.to_owned(), value.into()));
}

pub(crate) fn names() -> Option<Names> {
    INVOCATION.try_with(|invocation| invocation.names.clone()).ok()
}

/// How long the invocation may still run; `None` outside of one, and where nobody said so.
pub(crate) fn time_left() -> Option<Duration> {
    let deadline = INVOCATION.try_with(|invocation| invocation.deadline.get()).ok().flatten()?;
    Some(deadline.saturating_duration_since(Instant::now()))
}

/// As if so much time had gone by.
#[cfg(test)]
pub(crate) fn spend(time: Duration) {
    INVOCATION.with(|invocation| {
        let deadline = invocation.deadline.get().map(|deadline| deadline.checked_sub(time).unwrap());
        invocation.deadline.set(deadline);
    });
}

pub(crate) fn facts() -> Map<String, Value> {
    FACTS.try_with(|facts| facts.borrow().clone()).unwrap_or_default()
}

pub(crate) fn with_metrics(change: impl FnOnce(&mut Metrics)) {
    // Outside of an invocation nobody would flush them.
    let _ = INVOCATION.try_with(|invocation| change(&mut invocation.metrics.borrow_mut()));
}
