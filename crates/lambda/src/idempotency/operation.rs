//! Which write a request is.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::extract::FromRequestParts;
use futures::{
    FutureExt as _,
    channel::oneshot,
    future::{BoxFuture, Shared},
};
use http::request::Parts;
use uuid::Uuid;

use crate::problem::{Code, Problem};

/// Which write this is. What the write makes takes its identifier from it; it is the same for every try under one
/// `Idempotency-Key`. Without a key (where one is optional) every request is a write of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationId(pub Uuid);

/// Which write this will be, as far as it is known before the ledger has answered: for handlers that prepare beside it
/// ([`super::Idempotency::preparing`]).
#[derive(Clone)]
pub struct PendingOperation {
    proposal: Uuid,
    confirmed: Shared<BoxFuture<'static, Uuid>>,
    awaited: Arc<AtomicBool>,
}

/// Tells a [`PendingOperation`] that its write has begun.
pub(super) struct Confirm(oneshot::Sender<Uuid>);

impl Confirm {
    pub(super) fn with(self, operation_id: Uuid) {
        // A handler that is done does not listen.
        let _ = self.0.send(operation_id);
    }
}

impl PendingOperation {
    pub(super) fn proposed(proposal: Uuid) -> (Self, Confirm) {
        let (confirm, confirmed) = oneshot::channel();
        // A write that does not begin is never confirmed: whoever waits is dropped.
        let confirmed = async {
            match confirmed.await {
                Ok(operation_id) => operation_id,
                Err(oneshot::Canceled) => pending().await,
            }
        };
        (Self { proposal, confirmed: confirmed.boxed().shared(), awaited: Arc::default() }, Confirm(confirm))
    }

    pub(super) fn confirmed_as(operation_id: Uuid) -> Self {
        let confirmed = std::future::ready(operation_id).boxed().shared();
        Self { proposal: operation_id, confirmed, awaited: Arc::default() }
    }

    /// What the operation will be called, unless it has begun before. Good for preparing what costs little to do again.
    #[must_use]
    pub const fn proposal(&self) -> Uuid {
        self.proposal
    }

    /// What the operation is called. From here on there may be effects.
    pub async fn confirmed(&self) -> OperationId {
        self.awaited.store(true, Ordering::Relaxed);
        OperationId(self.confirmed.clone().await)
    }

    /// Whether the handler has waited for it, as it must before any effect.
    pub(super) fn is_awaited(&self) -> bool {
        self.awaited.load(Ordering::Relaxed)
    }
}

impl<S: Sync> FromRequestParts<S> for PendingOperation {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get().cloned().ok_or_else(|| Problem::new(Code::Internal).because(&Unguarded))
    }
}

impl<S: Sync> FromRequestParts<S> for OperationId {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(PendingOperation::from_request_parts(parts, state).await?.confirmed().await)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the route takes an operation id but is not guarded by idempotency")]
struct Unguarded;
