//! R13.2: a principal that two people have listed (B8) registers no more, through none of its documents that are known, until
//! it is removed.

use acceptance::{
    caller::{Answer, Ask},
    principals::{Principal, unique},
    stack::Stack,
    waiting::until,
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::{PATIENCE, active_account, aws_json, register, running};

fn review_at() -> String {
    use app::ports::{Clock, SystemClock};
    (SystemClock.now() + jiff::SignedDuration::from_hours(24 * 180)).to_string()
}

/// A reviewer asks for the listing.
async fn propose(stack: &Stack, principal: &Value) -> Answer {
    let body = json!({ "principal": principal, "reason": "多次以返利为名诈骗", "review_at": review_at() });
    stack.reviewer().write(&stack.platform_api, "/v1/blacklist", &body).await.unwrap()
}

/// The lead answers it.
async fn answered(stack: &Stack, entry: &Value, how: &str) -> Answer {
    let path = format!("/v1/blacklist/{}/{how}", entry["principal_key"].as_str().unwrap());
    let mut body = json!({ "listing_id": entry["proposed"]["listing_id"] });
    if how == "refuse" {
        body["reason"] = json!("证据不足");
    }
    stack.content_safety_lead().write(&stack.platform_api, &path, &body).await.unwrap()
}

/// Both.
pub(crate) async fn list(stack: &Stack, principal: Value) -> Value {
    let proposed = propose(stack, &principal).await.expect(201).unwrap();
    answered(stack, &proposed, "approve").await.expect(200).unwrap()
}

async fn list_account(stack: &Stack, account_id: &str) -> String {
    let answer = list(stack, json!({ "type": "account", "account_id": account_id })).await;
    // Known by role and pseudonym, as every caller is.
    let people = ["approver", "proposed_by"].map(|who| answer["listing"][who].as_str().unwrap());
    assert!(people.iter().all(|who| who.contains(":user/caller_")) && people[0] != people[1], "{answer}");
    answer["principal_key"].as_str().unwrap().to_owned()
}

async fn registers(stack: &Stack, principal: &Principal) -> Answer {
    let body = principal.registration("黑名单测试");
    stack.platform().write(&stack.platform_api, "/v1/accounts", &body).await.unwrap()
}

fn is_barred(answer: &Answer) {
    assert_eq!((answer.status, answer.code().as_str()), (403, "principal_listed"), "{answer}");
}

#[tokio::test]
async fn r13_2_a_listed_principal_cannot_register_again_until_it_is_removed_and_the_record_stays() {
    let stack = running().await;
    let person = Principal::person("李四");
    let account_id = register(&stack, &person).await;
    let principal_key = list_account(&stack, &account_id).await;
    is_barred(&registers(&stack, &person).await);

    let path = format!("/v1/blacklist/{principal_key}");
    let ask = Ask::new(Method::DELETE, &path).text(&json!({ "reason": "误列" }).to_string()).key(&unique("remove"));
    let ask = ask.header("content-type", "application/json");
    let lead = stack.content_safety_lead();
    lead.ask(&stack.platform_api, ask).await.unwrap().expect(200).unwrap();
    assert_eq!(registers(&stack, &person).await.status, 201);
    let entry = stack.reviewer().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert_eq!((entry["past"].as_array().unwrap().len(), &entry["listing"]), (1, &Value::Null), "{entry}");
    assert_eq!(entry["past"][0]["reason"], "误列");
}

#[tokio::test]
async fn r13_2_the_account_of_a_listed_principal_comes_before_a_person() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    list_account(&stack, &account_id).await;
    until("a case about the account is open", PATIENCE, async || {
        let cases = crate::stack::open_cases(&stack, "default", &account_id).await?;
        Ok(cases.iter().any(|case| case["matter"]["type"] == "principal_listing").then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn r13_2_a_listing_is_inherited_through_a_document_that_was_linked() {
    let stack = running().await;
    let (one, other) = (Principal::person("李四"), Principal::person("李四"));
    let document = |principal: &Principal| {
        json!({
            "type": "document",
            "document_type": principal.document_type,
            "document_number": principal.document_number,
        })
    };
    list(&stack, document(&one)).await;
    is_barred(&registers(&stack, &one).await);
    let account_id = register(&stack, &other).await;
    let link = json!({
        "principal": { "type": "account", "account_id": account_id },
        "other": document(&one),
        "reason": "出入境证件核对，两个号码属同一人",
    });
    let lead = stack.content_safety_lead();
    lead.write(&stack.platform_api, "/v1/principals/links", &link).await.unwrap().expect(200).unwrap();
    for principal in [&one, &other] {
        is_barred(&registers(&stack, principal).await);
    }
}

#[tokio::test]
async fn r13_2_a_listing_of_an_organisation_holds_for_its_legacy_code_too() {
    let stack = running().await;
    let company = Principal::company("示例科技有限公司");
    let legacy = company.by_organisation_code();
    let account_id = register(&stack, &legacy).await;
    let principal_key = list_account(&stack, &account_id).await;
    for document in [&legacy, &company] {
        is_barred(&registers(&stack, document).await);
    }
    assert!(!principal_key.contains(&legacy.document_number), "the key is blind");
}

#[tokio::test]
async fn r13_2_r7_3_fifty_registrations_beside_a_listing_never_pass_the_cap_and_none_comes_after_it() {
    let stack = running().await;
    let person = Principal::person("李四");
    let document = json!({
        "type": "document",
        "document_type": person.document_type,
        "document_number": person.document_number,
    });
    let (answers, listed) =
        futures::join!(join_all((0..50).map(|_| registers(&stack, &person))), list(&stack, document));
    let principal_key = listed["principal_key"].as_str().unwrap().to_owned();
    let accepted = answers.iter().filter(|answer| answer.status == 201).count();
    assert!(accepted <= 2, "{accepted} accounts, and the cap is two");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        let refused = ["quota_exceeded", "principal_listed", "unavailable"];
        assert!(refused.contains(&answer.code().as_str()), "{answer}");
    }
    is_barred(&registers(&stack, &person).await);
    let key = json!({
        "TableName": stack.table("accounts").unwrap(),
        "Key": { "pk": { "S": format!("PRINCIPAL#{principal_key}") }, "sk": { "S": "QUOTA" } },
        "ConsistentRead": true,
    });
    let row = aws_json(&stack, "dynamodb", "DynamoDB_20120810.GetItem", &key).await;
    let held = row["Item"]["accounts"]["N"].as_str().map_or(0, |count| count.parse::<usize>().unwrap());
    assert_eq!(held, accepted, "what is counted is what there is");
}

#[tokio::test]
async fn r13_2_only_the_content_safety_lead_changes_the_blacklist() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let body = json!({
        "principal": { "type": "account", "account_id": account_id }, "reason": "诈骗", "review_at": review_at(),
    });
    for caller in [stack.platform(), stack.operator()] {
        let answer = caller.write(&stack.platform_api, "/v1/blacklist", &body).await.unwrap();
        assert_eq!(answer.status, 403, "{answer}");
    }
    let proposed = propose(&stack, &body["principal"]).await.expect(201).unwrap();
    let path = format!("/v1/blacklist/{}", proposed["principal_key"].as_str().unwrap());
    let agreement = json!({ "listing_id": proposed["proposed"]["listing_id"] });
    for (caller, path, body) in [
        (stack.reviewer(), format!("{path}/approve"), &agreement),
        (stack.reviewer(), format!("{path}/refuse"), &agreement),
        (stack.platform(), format!("{path}/approve"), &agreement),
    ] {
        let answer = caller.write(&stack.platform_api, &path, body).await.unwrap();
        assert_eq!(answer.status, 403, "{path}: {answer}");
    }
    answered(&stack, &proposed, "refuse").await.expect(200).unwrap();
    let listed = stack.reviewer().get(&stack.platform_api, "/v1/blacklist?limit=1").await.unwrap();
    assert_eq!(listed.status, 200, "{listed}");
}

#[tokio::test]
async fn b8_r13_2_a_listing_waits_for_a_second_person_and_bars_nobody_until_then() {
    let stack = running().await;
    let person = Principal::person("李四");
    let account_id = register(&stack, &person).await;
    let principal = json!({ "type": "account", "account_id": account_id });
    let proposed = propose(&stack, &principal).await.expect(201).unwrap();
    assert!(proposed["listing"].is_null(), "{proposed}");
    registers(&stack, &person).await.expect(201).unwrap();
    let again = propose(&stack, &principal).await;
    assert_eq!((again.status, again.code().as_str()), (409, "listing_proposed_already"), "{again}");

    // Whoever has proposed is no second person, though the role would have the right.
    let lead = stack.content_safety_lead();
    let key = &proposed["principal_key"];
    let waiting = async |key: &Value| {
        let (mut cursor, mut found) = (String::new(), false);
        loop {
            let path = format!("/v1/blacklist?state=proposed&limit=100{cursor}");
            let page = stack.reviewer().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
            found |= page["entries"].as_array().unwrap().iter().any(|entry| entry["principal_key"] == *key);
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    };
    assert!(waiting(key).await, "the lead finds what waits");
    let refused = answered(&stack, &proposed, "refuse").await.expect(200).unwrap();
    assert_eq!(refused["refused"][0]["reason"], "证据不足", "{refused}");
    assert!(!waiting(key).await);
    let late = answered(&stack, &proposed, "approve").await;
    assert_eq!((late.status, late.code().as_str()), (409, "nothing_proposed"), "{late}");

    let body = json!({ "principal": principal, "reason": "再次诈骗", "review_at": review_at() });
    let own = lead.write(&stack.platform_api, "/v1/blacklist", &body).await.unwrap().expect(201).unwrap();
    let refusal = answered(&stack, &own, "approve").await;
    assert_eq!((refusal.status, refusal.code().as_str()), (403, "second_person_needed"), "{refusal}");
    assert!(waiting(key).await, "it waits for another lead");
}
