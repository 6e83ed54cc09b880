//! R9.1: the blind index and the sealing key are renewed while everything goes on. Changes how the world behaves, and sets it
//! right again.

use acceptance::{
    caller::{Answer, Ask},
    principals::{Principal, unique},
    stack::Stack,
    waiting::until,
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    permissions::{iam, lambda},
    stack::{PATIENCE, account, aws_json, becomes, observer, register, running},
};

const ACCOUNTS: &str = "AccountsApiFunction";
const PRINCIPALS: &str = "PrincipalsApiFunction";
const VERIFIER: &str = "RegistrationVerifierFunction";

fn configuration(stack: &Stack, function: &str) -> String {
    format!("/2015-03-31/functions/{}/configuration", stack.function(function).unwrap())
}

/// Gives a variable of the functions another value, and each what it was before.
async fn set(stack: &Stack, functions: &[&str], variable: &str, value: &str) -> String {
    let mut before = String::new();
    for function in functions {
        let path = configuration(stack, function);
        let mut variables = lambda(stack, Ask::get(&path)).await.expect(200).unwrap()["Environment"].clone();
        before = variables["Variables"][variable].as_str().unwrap().to_owned();
        variables["Variables"][variable] = json!(value);
        let body = json!({ "Environment": variables }).to_string();
        lambda(stack, Ask::new(Method::PUT, &path).text(&body)).await.expect(200).unwrap();
    }
    before
}

/// Runs `work` while a variable of the functions has another value.
async fn with<T>(stack: &Stack, functions: &[&str], variable: &str, value: &str, work: impl Future<Output = T>) -> T {
    let before = set(stack, functions, variable, value).await;
    let outcome = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(work)).await;
    set(stack, functions, variable, &before).await;
    outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

async fn registers(stack: &Stack, principal: &Principal) -> Answer {
    stack.platform().write(&stack.platform_api, "/v1/accounts", &principal.registration("换钥")).await.unwrap()
}

/// The account as it is stored.
async fn stored(stack: &Stack, account_id: &str) -> Value {
    let rows = observer(stack).rows(stack.table("accounts").unwrap()).await.unwrap();
    let pk = format!("ACCOUNT#{account_id}");
    let row: Option<Value> = rows.into_iter().find(|row| row["pk"] == pk.as_str() && row["sk"] == "STATE");
    row.unwrap()["doc"].clone()
}

/// The key of the principal behind the account, as it is stored.
async fn principal_key(stack: &Stack, account_id: &str) -> String {
    stored(stack, account_id).await["principal_key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn r9_1_while_the_index_is_renewed_no_cap_is_passed_and_no_listing_missed() {
    let stack = running().await;
    let (person, listed) = (Principal::person("李四"), Principal::person("王五"));
    let first = register(&stack, &person).await;
    let of_listed = register(&stack, &listed).await;
    assert!(principal_key(&stack, &first).await.starts_with("v1."));
    crate::blacklist::list(&stack, json!({ "type": "account", "account_id": of_listed })).await;

    with(&stack, &[ACCOUNTS, PRINCIPALS], "INDEX_KEY_VERSIONS", "2,1", async {
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

/// A right of its own of each function's role, as the template gives it for every key in its list.
async fn may_use(stack: &Stack, key: &str, is_allowed: bool) {
    const NAME: &str = "another-sealing-key";
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": ["kms:GenerateDataKey", "kms:Encrypt", "kms:Decrypt"],
            "Resource": key,
        }],
    })
    .to_string();
    for function in [ACCOUNTS, PRINCIPALS, VERIFIER] {
        let role = lambda(stack, Ask::get(&configuration(stack, function))).await.expect(200).unwrap();
        let role = role["Role"].as_str().and_then(|arn| arn.rsplit('/').next()).unwrap().to_owned();
        let mut form = vec![("RoleName", role.as_str()), ("PolicyName", NAME)];
        if is_allowed {
            form.extend([("Action", "PutRolePolicy"), ("PolicyDocument", policy.as_str())]);
        } else {
            form.push(("Action", "DeleteRolePolicy"));
        }
        iam(stack, &form).await;
    }
}

/// Whether the identity of the account is sealed under that key: KMS says which it was.
async fn is_sealed_under(stack: &Stack, account_id: &str, key: &str) -> bool {
    let sealed = stored(stack, account_id).await["identity"].clone();
    let body = json!({ "CiphertextBlob": sealed["wrapped_key"], "EncryptionContext": { "owner": account_id } });
    aws_json(stack, "kms", "TrentService.Decrypt", &body).await["KeyId"] == key
}

/// Whether the lead can read who stands behind the account.
async fn is_read(stack: &Stack, account_id: &str, principal: &Principal) -> bool {
    let path = format!("/v1/accounts/{account_id}/identity-disclosures");
    let body = json!({ "purpose": "lawful_request", "reference": unique("order") });
    let answer = stack.content_safety_lead().write(&stack.platform_api, &path, &body).await.unwrap();
    answer.status == 200 && answer.json()["principal"]["document_number"] == principal.document_number
}

#[tokio::test]
async fn r9_1_another_sealing_key_takes_over_and_what_was_sealed_before_is_opened_still() {
    let stack = running().await;
    let (before, after) = (Principal::person("李四"), Principal::person("王五"));
    let first = register(&stack, &before).await;
    becomes(&stack, &first, "active").await;
    let key = json!({ "Description": "the sealing key after this one", "KeySpec": "SYMMETRIC_DEFAULT" });
    let key = aws_json(&stack, "kms", "TrentService.CreateKey", &key).await["KeyMetadata"]["Arn"].clone();
    let key = key.as_str().unwrap();
    may_use(&stack, key, true).await;
    let second = with(&stack, &[ACCOUNTS], "SEALING_KEY_ID", key, async {
        until("an identity is sealed under the new key", PATIENCE, async || {
            let account_id = register(&stack, &Principal { name: unique("王五"), ..Principal::person("王五") }).await;
            Ok(is_sealed_under(&stack, &account_id, key).await.then_some(()))
        })
        .await
        .unwrap();
        register(&stack, &after).await
    })
    .await;
    assert!(is_sealed_under(&stack, &second, key).await);
    assert!(!is_sealed_under(&stack, &first, key).await, "no row is changed");
    // The verifier has opened the one, as it has opened the other; so does whoever may.
    becomes(&stack, &second, "active").await;
    assert_eq!(account(&stack, &second).await["status"], "active");
    assert!(is_read(&stack, &first, &before).await && is_read(&stack, &second, &after).await);
    // Of a key that its role does not name, a function opens nothing.
    may_use(&stack, key, false).await;
    assert!(!is_read(&stack, &second, &after).await && is_read(&stack, &first, &before).await);
}
