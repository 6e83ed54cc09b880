use std::sync::{Arc, Mutex};

use app::ports::Chance;

use crate::locked;

/// Gives what nobody could have known, if it were not counted.
#[derive(Debug, Clone, Default)]
pub struct CountingChance(Arc<Mutex<u128>>);

impl Chance for CountingChance {
    fn bytes(&self) -> [u8; 16] {
        let mut count = locked(&self.0);
        *count += 1;
        count.to_be_bytes()
    }
}
