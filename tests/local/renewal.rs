//! R9.1: the blind index is renewed while everything goes on. Changes how the world behaves, and sets it right again.

use acceptance::{
    caller::{Answer, Ask},
    principals::{Principal, unique},
    stack::Stack,
    waiting::until,
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::{PATIENCE, observer, register, running};

const FUNCTIONS: [&str; 2] = ["AccountsApiFunction", "PrincipalsApiFunction"];

async fn lambda(stack: &Stack, ask: Ask) -> Answer {
    stack.admin().send(&stack.endpoint, "lambda", ask).await.unwrap()
}

async fn use_versions(stack: &Stack, versions: &str) {
    for function in FUNCTIONS {
        let path = format!("/2015-03-31/functions/{}/configuration", stack.function(function).unwrap());
        let mut variables = lambda(stack, Ask::get(&path)).await.expect(200).unwrap()["Environment"].clone();
        variables["Variables"]["INDEX_KEY_VERSIONS"] = json!(versions);
        let body = json!({ "Environment": variables }).to_string();
        lambda(stack, Ask::new(Method::PUT, &path).text(&body)).await.expect(200).unwrap();
    }
}

/// Runs `work` while the index has version 2 beside version 1.
async fn renewed<T>(stack: &Stack, work: impl Future<Output = T>) -> T {
    use_versions(stack, "2,1").await;
    let outcome = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(work)).await;
    use_versions(stack, "1").await;
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

async fn registers(stack: &Stack, principal: &Principal) -> Answer {
    stack.platform().write(&stack.platform_api, "/v1/accounts", &principal.registration("换钥")).await.unwrap()
}

/// The key of the principal behind the account, as it is stored.
async fn principal_key(stack: &Stack, account_id: &str) -> String {
    let rows = observer(stack).rows(stack.table("accounts").unwrap()).await.unwrap();
    let pk = format!("ACCOUNT#{account_id}");
    let row: Option<Value> = rows.into_iter().find(|row| row["pk"] == pk.as_str() && row["sk"] == "STATE");
    row.unwrap()["doc"]["principal_key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn r9_1_while_the_index_is_renewed_no_cap_is_passed_and_no_listing_missed() {
    let stack = running().await;
    let (person, listed) = (Principal::person("李四"), Principal::person("王五"));
    let first = register(&stack, &person).await;
    let of_listed = register(&stack, &listed).await;
    assert!(principal_key(&stack, &first).await.starts_with("v1."));
    crate::blacklist::list(&stack, json!({ "type": "account", "account_id": of_listed })).await;

    renewed(&stack, async {
        let stranger = Principal::person("赵六");
        until("the new version is in use", PATIENCE, async || {
            let answer = registers(&stack, &Principal { name: unique("赵六"), ..Principal::person("赵六") }).await;
            let Some(account_id) = answer.json()["account_id"].as_str().map(str::to_owned) else { return Ok(None) };
            Ok(principal_key(&stack, &account_id).await.starts_with("v2.").then_some(()))
        })
        .await
        .unwrap();
        let answers = join_all((0..10).map(|_| registers(&stack, &person))).await;
        let accepted: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert_eq!(accepted.len(), 1, "the cap is two: {answers:?}");
        let second = accepted[0].json()["account_id"].as_str().unwrap().to_owned();
        assert!(principal_key(&stack, &second).await.starts_with("v2."));
        let refused = registers(&stack, &listed).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "principal_listed"), "{refused}");
        let answers = join_all((0..10).map(|_| registers(&stack, &stranger))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 2, "{answers:?}");
    })
    .await;

    // And back: what was moved is found by its old key.
    until("the old version alone is in use", PATIENCE, async || {
        let answer = registers(&stack, &Principal::person("赵六")).await;
        let Some(account_id) = answer.json()["account_id"].as_str().map(str::to_owned) else { return Ok(None) };
        Ok(principal_key(&stack, &account_id).await.starts_with("v1.").then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(registers(&stack, &person).await.code(), "quota_exceeded");
    assert_eq!(registers(&stack, &listed).await.code(), "principal_listed");
}
