use std::collections::BTreeMap;

use acceptance::{principals::unique, waiting::until};
use app::ports::{Clock, SystemClock};
use serde_json::json;

use crate::stack::{PATIENCE, active_account, observer, publication, publish, running};

/// Ten batches of twenty: each accepted publication is in the log once, with its text.
#[tokio::test]
async fn every_accepted_publication_is_in_the_log_exactly_once() {
    let stack = running().await;
    let observer = observer(&stack);
    let bucket = stack.bucket("content-log").unwrap();
    let began = SystemClock.now();
    let account_id = active_account(&stack).await;
    let mut accepted = BTreeMap::new();
    for batch in 0..10 {
        let text = |n: usize| format!("第{batch}批第{n}条，加微信");
        let items: Vec<_> = (0..20).map(|n| publication(&account_id, &unique("complete"), &text(n))).collect();
        let answer = publish(&stack, &json!({ "items": items })).await.expect(200).unwrap();
        for (n, item) in answer["items"].as_array().unwrap().iter().enumerate() {
            assert_eq!(item["status"], 201, "{item}");
            accepted.insert(item["publication"]["publication_id"].as_str().unwrap().to_owned(), text(n));
        }
    }
    assert_eq!(accepted.len(), 200);

    let logged = until("all of them are in the log", PATIENCE, async || {
        let mut logged: BTreeMap<String, Vec<(domain::id::RecordId, String)>> = BTreeMap::new();
        for (object, records) in acceptance::story::log_since(&observer, bucket, began).await? {
            for record in records {
                // A case about a publication is in the log too.
                let (Some(domain::subject::Subject::Publication(id)), "publication") =
                    (record.subject, record.kind.as_str())
                else {
                    continue;
                };
                let ours = accepted.contains_key(&id.to_string());
                assert!(!ours || object.locked_until.is_some(), "{} is not locked", object.key);
                let text = record.data["parts"][0]["text"].as_str().unwrap_or_default().to_owned();
                logged.entry(id.to_string()).or_default().push((record.record_id, text));
            }
        }
        logged.retain(|id, _| accepted.contains_key(id));
        Ok((logged.len() == accepted.len()).then_some(logged))
    })
    .await
    .unwrap();
    for (id, records) in logged {
        assert_eq!(records.len(), 1, "{id} is in the log more than once");
        assert_eq!(records[0].1, accepted[&id], "{id}");
    }
}
