use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use app::ports::PortError;
use app::ports::{BoxError, DeadLetter, DeadLetterBox, DeadLetterBoxes};
use async_trait::async_trait;

use crate::{Faults, locked};

const WHAT: &str = "dead-letter queues";

/// Dead-letter queues in memory: `enforcement`, whose letters can go back, and `schedule`, whose letters cannot.
#[derive(Debug, Clone, Default)]
pub struct MemoryDeadLetterBoxes {
    faults: Faults,
    letters: Arc<Mutex<BTreeMap<&'static str, Vec<DeadLetter>>>>,
    back: Arc<Mutex<Vec<String>>>,
}

const BOXES: [(&str, bool); 2] = [("enforcement", true), ("schedule", false)];

impl MemoryDeadLetterBoxes {
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Puts a letter into a box.
    ///
    /// # Panics
    /// When there is no such box.
    pub fn put(&self, name: &str, body: &str) {
        let (name, _) = known(name).unwrap();
        let mut letters = locked(&self.letters);
        let letters = letters.entry(name).or_default();
        letters.push(DeadLetter {
            message_id: format!("{name}-{}", letters.len()),
            sent_at: None,
            body: body.to_owned(),
        });
    }

    /// What went back, oldest first.
    #[must_use]
    pub fn back(&self) -> Vec<String> {
        locked(&self.back).clone()
    }
}

fn known(name: &str) -> Result<(&'static str, bool), BoxError> {
    BOXES.into_iter().find(|(known, _)| *known == name).ok_or(BoxError::Unknown)
}

#[async_trait]
impl DeadLetterBoxes for MemoryDeadLetterBoxes {
    async fn counts(&self) -> Result<Vec<DeadLetterBox>, PortError> {
        self.faults.around(WHAT, || {
            let letters = locked(&self.letters);
            let boxes = BOXES.into_iter().map(|(name, can_go_back)| DeadLetterBox {
                name: name.to_owned(),
                letters: letters.get(name).map_or(0, |letters| letters.len() as u64),
                can_go_back,
            });
            Ok(boxes.collect())
        })
    }

    async fn look(&self, name: &str) -> Result<Vec<DeadLetter>, BoxError> {
        let (name, _) = known(name)?;
        self.faults
            .around(WHAT, || Ok(locked(&self.letters).get(name).into_iter().flatten().take(10).cloned().collect()))
    }

    async fn send_back(&self, name: &str, at_most: usize) -> Result<usize, BoxError> {
        let (name, can_go_back) = known(name)?;
        if !can_go_back {
            return Err(BoxError::CameFromNoQueue);
        }
        self.faults.around(WHAT, || {
            let mut letters = locked(&self.letters);
            let letters = letters.entry(name).or_default();
            let going: Vec<DeadLetter> = letters.drain(..at_most.min(letters.len())).collect();
            let count = going.len();
            locked(&self.back).extend(going.into_iter().map(|letter| letter.body));
            Ok(count)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[async_trait]
    impl contract::LetterBoxes for MemoryDeadLetterBoxes {
        async fn bury(&self, name: &str, body: &str) {
            self.put(name, body);
        }

        async fn came_back(&self) -> Vec<String> {
            self.back()
        }
    }

    #[tokio::test]
    async fn the_twin_keeps_the_contract() {
        let twin = MemoryDeadLetterBoxes::default();
        contract::dead_letter_boxes(&twin, &twin).await;
    }
}
