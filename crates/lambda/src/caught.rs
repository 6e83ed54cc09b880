//! A panic in a handler is one failed request or one failed record, not the end of the process.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;

/// The handler panicked. Where is in the log, written by the panic hook; what it said is nowhere, for it can hold what
/// a caller sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the handler panicked")]
pub(crate) struct Panicked;

/// Runs `future` and catches its panic. Unwind safety is asserted: what a handler shares between events is clients and
/// compiled rules, which no event changes.
pub(crate) async fn caught<F: Future>(future: F) -> Result<F::Output, Panicked> {
    AssertUnwindSafe(future).catch_unwind().await.map_err(|_| Panicked)
}
