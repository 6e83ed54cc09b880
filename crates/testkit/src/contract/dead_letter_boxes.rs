use app::ports::{BoxError, DeadLetterBoxes};
use async_trait::async_trait;

/// Two boxes, `enforcement`, whose letters can go back, and `schedule`, whose letters cannot; both empty.
#[async_trait]
pub trait LetterBoxes: Send + Sync {
    async fn bury(&self, name: &str, body: &str);

    /// The bodies that are in the queue of `enforcement`, in any order; they are gone then or not.
    async fn came_back(&self) -> Vec<String>;
}

/// The contract of [`DeadLetterBoxes`].
///
/// # Panics
/// When the boxes break it.
pub async fn dead_letter_boxes(boxes: &dyn DeadLetterBoxes, world: &dyn LetterBoxes) {
    let counts = boxes.counts().await.unwrap();
    let told: Vec<(&str, u64, bool)> =
        counts.iter().map(|one| (one.name.as_str(), one.letters, one.can_go_back)).collect();
    assert_eq!(told, [("enforcement", 0, true), ("schedule", 0, false)]);
    assert!(boxes.look("enforcement").await.unwrap().is_empty());
    assert_eq!(boxes.send_back("enforcement", 10).await.unwrap(), 0);

    world.bury("enforcement", "{\"event_id\":\"one\"}").await;
    let letters = boxes.look("enforcement").await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].body, "{\"event_id\":\"one\"}");
    assert!(!letters[0].message_id.is_empty());
    // A look takes nothing away.
    assert_eq!(boxes.look("enforcement").await.unwrap().len(), 1);
    assert_eq!(boxes.counts().await.unwrap()[0].letters, 1);

    assert_eq!(boxes.send_back("enforcement", 10).await.unwrap(), 1);
    assert_eq!(world.came_back().await, ["{\"event_id\":\"one\"}"]);
    assert!(boxes.look("enforcement").await.unwrap().is_empty());

    world.bury("schedule", "{}").await;
    assert_eq!(boxes.look("schedule").await.unwrap().len(), 1);
    assert!(matches!(boxes.send_back("schedule", 1).await, Err(BoxError::CameFromNoQueue)));
    assert!(matches!(boxes.look("nowhere").await, Err(BoxError::Unknown)));
    assert!(matches!(boxes.send_back("nowhere", 1).await, Err(BoxError::Unknown)));
}
