use std::sync::Arc;

use async_trait::async_trait;
use screening::engine::Engine;

use super::PortError;

/// Gives the engine of the rule pack that is in force (R2).
#[async_trait]
pub trait EngineSource: Send + Sync {
    /// The engine, as soon as there is one: where it is still being made, the caller waits. Never an engine that
    /// screens less than its pack says: without a usable pack the answer is [`PortError::Unavailable`], and nothing is
    /// published until there is one.
    ///
    /// Asked once for each request, so that all items of a batch are judged by one pack.
    async fn current(&self) -> Result<Arc<Engine>, PortError>;
}
