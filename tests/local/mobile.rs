//! R6.1: a mobile number is proven by a one-time code, and by nothing else.

use acceptance::{
    caller::{Answer, Ask},
    principals::{Principal, chance, unique},
    stack::Stack,
};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::stack::{account, observer, register, running};

/// A mobile number that no other test has.
pub(crate) fn number() -> String {
    format!("199{:08}", chance() % 100_000_000)
}

async fn challenged(stack: &Stack, account_id: &str, number: &str) -> Answer {
    let path = format!("/v1/accounts/{account_id}/phone-challenges");
    stack.platform().write(&stack.platform_api, &path, &json!({ "mobile_number": number })).await.unwrap()
}

async fn answered(stack: &Stack, challenge: &Value, code: &str) -> Answer {
    answered_under(stack, challenge, code, &unique("answer")).await
}

async fn answered_under(stack: &Stack, challenge: &Value, code: &str, key: &str) -> Answer {
    let text = |name: &str| challenge[name].as_str().unwrap().to_owned();
    let path = format!("/v1/accounts/{}/phone-challenges/{}/answer", text("account_id"), text("challenge_id"));
    let ask = Ask::post(&path, &json!({ "code": code })).key(key);
    stack.platform().ask(&stack.platform_api, ask).await.unwrap()
}

/// An account, a challenge and its code.
async fn begun(stack: &Stack) -> (String, Value, String) {
    let account_id = register(stack, &Principal::person("李四")).await;
    let challenge = challenged(stack, &account_id, &number()).await.expect(201).unwrap();
    let code = stack.stand_in().last_code(&account_id).await.unwrap();
    (account_id, challenge, code)
}

fn other_than(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn r6_1_the_right_code_proves_the_number_once_and_a_replay_proves_nothing() {
    let stack = running().await;
    let (account_id, challenge, code) = begun(&stack).await;
    let wrong = answered(&stack, &challenge, other_than(&code)).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (422, "code_wrong"), "{wrong}");
    assert_eq!(wrong.json()["tries_left"], 4);
    let key = unique("answer");
    answered_under(&stack, &challenge, &code, &key).await.expect(200).unwrap();
    answered_under(&stack, &challenge, &code, &key).await.expect(200).unwrap();
    assert!(account(&stack, &account_id).await["verification"]["mobile_proven_at"].is_string());
    let replayed = answered(&stack, &challenge, &code).await;
    assert_eq!((replayed.status, replayed.code().as_str()), (409, "challenge_answered"), "{replayed}");
    // It is a part of who stands behind the account (R9.1).
    let path = format!("/v1/accounts/{account_id}/identity-disclosures");
    let body = json!({ "purpose": "lawful_request", "reference": unique("order") });
    let read = stack.content_safety_lead().write(&stack.platform_api, &path, &body).await.unwrap();
    assert!(read.expect(200).unwrap()["mobile_number"].as_str().is_some_and(|number| number.starts_with("+86199")));
}

#[tokio::test]
async fn r6_1_five_wrong_codes_at_once_are_all_that_are_judged() {
    let stack = running().await;
    let (_, challenge, code) = begun(&stack).await;
    let guesses = join_all((0..12).map(|_| answered(&stack, &challenge, other_than(&code)))).await;
    let judged = guesses.iter().filter(|answer| answer.code() == "code_wrong").count();
    assert!((1..=5).contains(&judged), "{judged} were judged");
    // Those that lost a race were not judged: the rest of the tries is there for them.
    for _ in judged..5 {
        answered(&stack, &challenge, other_than(&code)).await.expect(422).unwrap();
    }
    let void = answered(&stack, &challenge, &code).await;
    assert_eq!((void.status, void.code().as_str()), (403, "code_tries_used_up"), "{void}");
}

#[tokio::test]
async fn r6_1_of_two_devices_that_answer_at_once_one_proves_the_number() {
    let stack = running().await;
    let (account_id, challenge, code) = begun(&stack).await;
    let answers = join_all((0..6).map(|_| answered(&stack, &challenge, &code))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    let rows = observer(&stack).rows(stack.table("accounts").unwrap()).await.unwrap();
    let proofs = rows
        .iter()
        .filter(|row| row["pk"] == format!("ACCOUNT#{account_id}"))
        .filter(|row| row["event"].as_str().is_some_and(|event| event.contains("mobile_proven")));
    assert_eq!(proofs.count(), 1);
}

#[tokio::test]
async fn r6_1_a_code_that_comes_late_proves_nothing() {
    let stack = running().await;
    let (_, challenge, code) = begun(&stack).await;
    // As if ten minutes had passed.
    let observer = observer(&stack);
    let table = stack.table("accounts").unwrap();
    let pk = format!("CODE#{}", challenge["challenge_id"].as_str().unwrap());
    let rows = observer.rows(table).await.unwrap();
    let mut row = rows.into_iter().find(|row| row["pk"] == pk).expect("the challenge is a row");
    row["doc"]["expires_at"] = row["doc"]["created_at"].clone();
    observer.put_row(table, &row).await.unwrap();
    let late = answered(&stack, &challenge, &code).await;
    assert_eq!((late.status, late.code().as_str()), (410, "code_expired"), "{late}");
}

#[tokio::test]
async fn r6_1_codes_are_sent_once_a_minute_to_a_number_and_for_an_account() {
    let stack = running().await;
    let (one, other) =
        (register(&stack, &Principal::person("李四")).await, register(&stack, &Principal::person("王五")).await);
    let mobile = number();
    let sent = join_all((0..8).map(|_| challenged(&stack, &one, &mobile))).await;
    let codes: Vec<u16> = sent.iter().map(|answer| answer.status).collect();
    assert_eq!(codes.iter().filter(|status| **status == 201).count(), 1, "{codes:?}");
    for (account_id, number) in [(&one, number()), (&other, mobile)] {
        let refused = challenged(&stack, account_id, &number).await;
        assert_eq!((refused.status, refused.code().as_str()), (429, "code_too_soon"), "{refused}");
        let seconds: u32 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
    }
}

#[tokio::test]
async fn r6_1_a_challenge_of_another_account_is_not_there() {
    let stack = running().await;
    let (_, mut challenge, code) = begun(&stack).await;
    challenge["account_id"] = json!(register(&stack, &Principal::person("王五")).await);
    let answer = answered(&stack, &challenge, &code).await;
    assert_eq!((answer.status, answer.code().as_str()), (404, "challenge_not_found"), "{answer}");
}
