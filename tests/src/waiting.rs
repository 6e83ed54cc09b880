//! Patience with a deadline: the chain is asynchronous.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Asks until there is an answer; an error of asking ends it.
///
/// # Errors
/// When the deadline passes: the message says what was waited for.
pub async fn until<T>(what: &str, deadline: Duration, mut ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(100);
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if start.elapsed() > deadline {
            bail!("waited {} s in vain: {what}", deadline.as_secs());
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(Duration::from_secs(1));
    }
}
