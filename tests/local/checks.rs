//! R6.1, R9.1, B7: what is asked of the identity provider, and what follows from every kind of answer.

use std::time::Duration;

use acceptance::{
    principals::{Principal, resident_identity_number, unique},
    stack::Stack,
    waiting::until,
};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::stack::{
    PATIENCE, account, active_account, becomes, observer, open_case, publication, publish, register, running,
    with_settings,
};

async fn registered(stack: &Stack, name: &str) -> String {
    register(stack, &Principal::person(&unique(name))).await
}

/// The events of the account, in order, as they are stored beside it.
async fn events(stack: &Stack, account_id: &str) -> Vec<Value> {
    let rows = observer(stack).rows(stack.table("accounts").unwrap()).await.unwrap();
    let mut events: Vec<Value> = rows
        .iter()
        .filter(|row| row["pk"] == format!("ACCOUNT#{account_id}") && row["kind"] == "event")
        .map(|row| serde_json::from_str(row["event"].as_str().unwrap()).unwrap())
        .collect();
    events.sort_by_key(|event: &Value| event["version"].as_u64());
    events
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["event_type"].as_str().unwrap()).collect()
}

async fn decides(stack: &Stack, account_id: &str, action: &str) {
    let case = open_case(stack, "registration", account_id).await;
    let case_id = case["case_id"].as_str().unwrap().to_owned();
    let reviewer = stack.reviewer();
    let claim = reviewer.write(&stack.platform_api, &format!("/v1/cases/{case_id}/claim"), &json!({})).await;
    let version = claim.unwrap().expect(200).unwrap()["version"].clone();
    let decision = json!({
        "version": version, "action": { "type": action }, "policies": ["impersonation"],
        "reason": "人工核对证件", "facts": "身份核验服务没有答复",
    });
    let path = format!("/v1/cases/{case_id}/decisions");
    reviewer.write(&stack.platform_api, &path, &decision).await.unwrap().expect(201).unwrap();
}

#[tokio::test]
async fn r6_1_each_answer_of_the_provider_settles_the_registration_and_every_unsealing_is_on_record() {
    let stack = running().await;
    for (name, status, event) in [
        ("李四", "active", "account_verified"),
        ("不符", "rejected", "registration_rejected"),
        ("查无", "rejected", "registration_rejected"),
    ] {
        let account_id = registered(&stack, name).await;
        becomes(&stack, &account_id, status).await;
        let events = events(&stack, &account_id).await;
        assert_eq!(types(&events), ["account_registered", "identity_unsealed", event]);
        assert_eq!(
            (&events[1]["purpose"], &events[1]["actor"]["name"]),
            (&json!("identity_check"), &json!("registration-verifier"))
        );
    }
}

#[tokio::test]
async fn r9_1_the_lead_reads_who_stands_behind_an_account_and_the_reading_is_on_record_and_nobody_else_may() {
    let stack = running().await;
    let person = Principal::person("李四");
    let account_id = crate::stack::register(&stack, &person).await;
    becomes(&stack, &account_id, "active").await;
    let path = format!("/v1/accounts/{account_id}/identity-disclosures");
    let order = unique("order");
    let body = json!({ "purpose": "lawful_request", "reference": order });
    let lead = stack.content_safety_lead();
    let read = lead.write(&stack.platform_api, &path, &body).await.unwrap().expect(200).unwrap();
    assert_eq!(read["principal"]["document_number"], person.document_number);
    assert_eq!(read["principal"]["name"], person.name);
    for caller in [stack.platform(), stack.reviewer(), stack.operator(), stack.auditor()] {
        let answer = caller.write(&stack.platform_api, &path, &body).await.unwrap();
        assert_eq!(answer.status, 403, "{answer}");
    }
    let events = events(&stack, &account_id).await;
    assert_eq!(types(&events).last(), Some(&"identity_unsealed"));
    let reading = events.last().unwrap();
    assert_eq!((&reading["purpose"], &reading["reference"]), (&json!("evidence"), &json!(order)));
    // Staff are in the record by pseudonym.
    assert!(reading["actor"]["arn"].as_str().unwrap().contains("user/caller_"), "{reading}");
}

#[tokio::test]
async fn r6_1_a_failure_that_passes_within_a_moment_and_a_slow_answer_cost_no_second_check() {
    let stack = running().await;
    for account_id in join_all(["断续", "缓慢"].map(|name| registered(&stack, name))).await {
        becomes(&stack, &account_id, "active").await;
        assert_eq!(account(&stack, &account_id).await["verification"]["attempts"], 1);
    }
}

#[tokio::test]
async fn r6_1_b7_a_provider_that_never_answers_or_contradicts_itself_brings_a_person_and_never_a_silent_pass() {
    let stack = running().await;
    let rules = json!({ "tries": 2, "first_pause_seconds": 1 });
    with_settings(&stack, "verification", &rules, async {
        // Out of order, no outcome, two outcomes, a match that comes too late.
        let names = ["故障", "乱码", "矛盾", "迟迟"];
        let accounts = join_all(names.map(|name| registered(&stack, name))).await;
        for account_id in &accounts {
            becomes(&stack, account_id, "manual_review").await;
            let refused = publish(&stack, &publication(account_id, &unique("unverified"), "大家好")).await;
            assert_eq!((refused.status, refused.code().as_str()), (403, "account_not_verified"), "{refused}");
            let expected = [
                "account_registered",
                "identity_unsealed",
                "identity_check_unavailable",
                "identity_unsealed",
                "manual_review_requested",
            ];
            assert_eq!(types(&events(&stack, account_id).await), expected);
        }
        decides(&stack, &accounts[0], "approve").await;
        becomes(&stack, &accounts[0], "active").await;
        publish(&stack, &publication(&accounts[0], &unique("approved"), "大家好")).await.expect(201).unwrap();
        decides(&stack, &accounts[1], "refuse").await;
        becomes(&stack, &accounts[1], "rejected").await;
        assert_eq!(account(&stack, &accounts[1]).await["rejection_reason"], "refused_by_reviewer");
    })
    .await;
}

#[tokio::test]
async fn r6_1_documents_of_every_kind_register_and_a_refusal_names_the_rule_and_not_the_number() {
    let stack = running().await;
    let passport = format!("L{:08}", acceptance::principals::chance() % 100_000_000);
    let card = |region: &str| with_check_character(&format!("{region}{}", &resident_identity_number()[6..17]));
    let resident = |region: &str| with_check_character(&format!("9{region}{}", &resident_identity_number()[6..17]));
    let company = Principal::company("示例科技有限公司");
    for (kind, document_type, number, issuing_state) in [
        ("individual", "resident_identity_number", resident_identity_number(), None),
        // Of residents of Hong Kong, Macao and Taiwan.
        ("individual", "residence_permit_number", card("810000"), None),
        ("individual", "residence_permit_number", card("820000"), None),
        ("individual", "residence_permit_number", card("830000"), None),
        ("individual", "permanent_residence_number", resident("11124"), None),
        ("individual", "permanent_residence_number", format!("CAN1101{:08}", old_card()), None),
        ("individual", "passport", passport, Some("AUT")),
        ("enterprise", "unified_social_credit_code", company.document_number.clone(), None),
        ("media", "organisation_code", Principal::company("示例报社").by_organisation_code().document_number, None),
    ] {
        let body = registration(kind, document_type, &number, issuing_state);
        let answer = stack.platform().write(&stack.platform_api, "/v1/accounts", &body).await.unwrap();
        let account_id = answer.expect(201).unwrap()["account_id"].as_str().unwrap().to_owned();
        becomes(&stack, &account_id, "active").await;
    }
    for (document_type, number, issuing_state, rule) in [
        ("resident_identity_number", "810000199408230021", None, "region"),
        ("resident_identity_number", "110105194912310021", None, "check_character"),
        ("permanent_residence_number", "911156198108030024", None, "nationality"),
        ("passport", "C0300598", Some("USA"), "national_form"),
        ("passport", "L898902C3", None, "issuing_state"),
    ] {
        let body = registration("individual", document_type, number, issuing_state);
        let answer = stack.platform().write(&stack.platform_api, "/v1/accounts", &body).await.unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (422, "document_number_invalid"), "{answer}");
        assert_eq!(answer.json()["document_error"], rule, "{answer}");
        assert!(!answer.text.contains(number), "{answer}");
    }
}

fn registration(kind: &str, document_type: &str, number: &str, issuing_state: Option<&str>) -> Value {
    let mut body = json!({
        "principal": { "kind": kind, "document_type": document_type, "document_number": number, "name": "陈大文" },
        "display_name": acceptance::principals::distinct("端到端测试"),
    });
    if let Some(state) = issuing_state {
        body["principal"]["issuing_state"] = json!(state);
    }
    body
}

/// What follows the place of issue of a permanent resident's card of before 2023: birth date and two digits.
fn old_card() -> u64 {
    let chance = acceptance::principals::chance();
    (60 + chance % 39) * 1_000_000
        + (1 + chance / 39 % 12) * 10_000
        + (1 + chance / 468 % 28) * 100
        + chance / 13_104 % 100
}

/// With the check character of GB 11643 (ISO 7064 MOD 11-2).
fn with_check_character(digits: &str) -> String {
    let sum = digits.bytes().fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    format!("{digits}{}", char::from(b"10X98765432"[sum as usize]))
}

/// Twenty times over, by twenty principals: in the transaction, or not at all.
#[tokio::test]
async fn r7_3_fifty_registrations_at_once_by_one_principal_are_exactly_two_accounts_twenty_times() {
    let stack = running().await;
    for round in 1..=20 {
        let person = Principal::person("李四");
        let answers = join_all((0..50).map(|_| async {
            let body = person.registration("并发注册");
            // As a caller does: what is unavailable is sent again under the same key.
            let ask = acceptance::caller::Ask::post("/v1/accounts", &body).key(&unique("at-once"));
            for _ in 0..20 {
                let answer = stack.platform().ask(&stack.platform_api, ask.clone()).await.unwrap();
                if answer.status != 503 {
                    return answer;
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            panic!("a registration is unavailable for good")
        }))
        .await;
        let accepted = answers.iter().filter(|answer| answer.status == 201).count();
        let refused = answers.iter().filter(|answer| answer.code() == "quota_exceeded").count();
        assert_eq!((accepted, refused), (2, 48), "round {round}");
    }
}

#[tokio::test]
async fn r6_1_while_a_mobile_number_is_required_an_account_waits_for_it() {
    let stack = running().await;
    with_settings(&stack, "verification", &json!({ "mobile_required": true }), async {
        let account_id = registered(&stack, "李四").await;
        until("the identity is known to match", PATIENCE, async || {
            let account = account(&stack, &account_id).await;
            assert_ne!(account["status"], "active");
            Ok((account["verification"]["last_outcome"] == "match").then_some(()))
        })
        .await
        .unwrap();
        let path = format!("/v1/accounts/{account_id}/phone-challenges");
        let number = json!({ "mobile_number": crate::mobile::number() });
        let challenge = stack.platform().write(&stack.platform_api, &path, &number).await.unwrap().expect(201).unwrap();
        let code = stack.stand_in().last_code(&account_id).await.unwrap();
        let path = format!("{path}/{}/answer", challenge["challenge_id"].as_str().unwrap());
        let answer = stack.platform().write(&stack.platform_api, &path, &json!({ "code": code })).await.unwrap();
        answer.expect(200).unwrap();
        becomes(&stack, &account_id, "active").await;
    })
    .await;
    // Nobody who is active already is asked.
    active_account(&stack).await;
}
