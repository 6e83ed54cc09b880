use std::sync::atomic::{AtomicU64, Ordering};

use app::ports::Chance;

/// Chance without surprise: 1, 2, 3 …
#[derive(Debug, Default)]
pub struct CountingChance(AtomicU64);

impl Chance for CountingChance {
    fn receipt(&self) -> [u8; 15] {
        let mut bits = [0; 15];
        bits[7..].copy_from_slice(&(self.0.fetch_add(1, Ordering::Relaxed) + 1).to_be_bytes());
        bits
    }
}
