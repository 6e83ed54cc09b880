use crate::stack::{observer, running};

/// The story is told with an error at the first surprise.
#[tokio::test]
async fn the_story_is_true_and_leaves_nothing_in_a_dead_letter_queue() {
    let stack = running().await;
    let observer = observer(&stack);
    let dead = async || {
        let mut dead = std::collections::BTreeMap::new();
        for (name, url) in stack.queues.iter().filter(|(name, _)| name.ends_with("dlq")) {
            dead.insert(name.clone(), observer.depth(url).await.unwrap().visible);
        }
        dead
    };
    let before = dead().await;
    acceptance::story::tell().await.unwrap();
    assert_eq!(dead().await, before);
}
