//! Identity in clear is nowhere but in the request and the seal (R9.1).

use acceptance::{
    caller::Ask,
    principals::{Principal, unique},
    stack::Stack,
    waiting::until,
    workspace,
};
use app::ports::{Clock, SystemClock};
use domain::{
    document::{Document, DocumentType},
    retention::SHANGHAI,
};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::stack::{PATIENCE, aws_json, becomes, complain, observer, publication, publish, register, running};

/// Everything that rests somewhere, as text, by where it rests.
async fn everything(stack: &Stack, began: Timestamp) -> Vec<(String, String)> {
    let observer = observer(stack);
    let mut all = Vec::new();
    for (name, table) in &stack.tables {
        for row in observer.rows(table).await.unwrap() {
            all.push((format!("table {name}"), row.to_string()));
        }
    }
    for (name, url) in &stack.queues {
        for message in observer.peek(url).await.unwrap() {
            all.push((format!("queue {name}"), message.body));
        }
    }
    for (name, bucket) in &stack.buckets {
        for object in observer.objects(bucket, "").await.unwrap() {
            // An evidence package is made to hold identities, where its basis asks for them and two people have agreed (R16.1).
            let is_package = object.key.starts_with("evidence-packages/");
            let bytes = if is_package { vec![] } else { observer.object(bucket, &object.key).await.unwrap() };
            all.push((format!("bucket {name}"), format!("{} {}", object.key, String::from_utf8_lossy(&bytes))));
        }
    }
    // The log's objects once more, unpacked.
    let bucket = stack.bucket("content-log").unwrap();
    for (object, records) in acceptance::story::log_since(&observer, bucket, began).await.unwrap() {
        all.push((format!("object {}", object.key), serde_json::to_string(&records).unwrap()));
    }
    for physical in stack.functions.values() {
        let mut group = json!({ "logGroupName": format!("/aws/lambda/{physical}") });
        loop {
            let page = aws_json(stack, "logs", "Logs_20140328.FilterLogEvents", &group).await;
            for event in page["events"].as_array().into_iter().flatten() {
                all.push((format!("log of {physical}"), event["message"].to_string()));
            }
            if page["nextToken"].is_null() || page["nextToken"] == group["nextToken"] {
                break;
            }
            group["nextToken"] = page["nextToken"].clone();
        }
    }
    let metrics = Ask::new(Method::POST, "/").header("content-type", "application/x-www-form-urlencoded");
    let metrics = Ask { body: Some(b"Action=ListMetrics&Version=2010-08-01".to_vec()), ..metrics };
    let answer = stack.admin().send(&stack.endpoint, "monitoring", metrics).await.unwrap();
    assert_eq!(answer.status, 200, "the metrics cannot be listed: {answer}");
    all.push(("metrics".to_owned(), answer.text));
    let logs = workspace::root().join(".local/logs");
    for entry in std::fs::read_dir(logs).into_iter().flatten().flatten() {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        all.push((entry.path().display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    all
}

/// The numbers in `text` of principals that tests of this run have made, whichever they are: their region is nobody's.
fn made_numbers(text: &str) -> Vec<&str> {
    let today = SystemClock.now().to_zoned_datetime(SHANGHAI.clone()).date();
    let is = |document_type, number: &&str| Document::parse(document_type, number, today).is_ok();
    let places = text.match_indices("9999").map(|(at, _)| at);
    // Behind two digits of the province, or in a social credit code behind the four that all of them begin with: the rest of it
    // could be in any hash.
    let numbers = places.flat_map(|at| {
        let from = |before: usize| text.get(at.checked_sub(before)?..at + 18 - before);
        let person = from(2).filter(|number| is(DocumentType::ResidentIdentityNumber, number));
        let company =
            from(4).filter(|code| code.starts_with("9111") && is(DocumentType::UnifiedSocialCreditCode, code));
        [person, company]
    });
    numbers.flatten().collect()
}

/// Everything as which `canary` could be found again: in clear, escaped, in base64, without its calling code, and as a
/// plain hash, which for a number that can be guessed is as good as clear.
fn forms(canary: &str) -> Vec<String> {
    let sha = |text: &str| data_encoding::HEXLOWER.encode(&Sha256::digest(text));
    let mut forms = vec![
        canary.to_owned(),
        json!(canary).to_string().trim_matches('"').to_owned(),
        data_encoding::BASE64.encode(canary.as_bytes()),
        sha(canary),
    ];
    if canary.len() == 11 {
        forms.push(sha(&format!("+86{canary}")));
    }
    forms
}

#[tokio::test]
async fn r9_1_names_numbers_and_contacts_are_nowhere_in_clear() {
    let stack = running().await;
    let began = SystemClock.now();
    let person = Principal::person(&format!("金丝雀{}", unique("p")));
    let company = Principal::company(&format!("金丝雀公司{}", unique("c")));
    let mismatch = Principal::person(&format!("不符{}", unique("m")));
    let mut canaries: Vec<String> = Vec::new();
    for principal in [&person, &company, &mismatch] {
        canaries.extend([principal.document_number.clone(), principal.name.clone()]);
    }
    let account_id = register(&stack, &person).await;
    let company_id = register(&stack, &company).await;
    let mismatch_id = register(&stack, &mismatch).await;
    becomes(&stack, &account_id, "active").await;
    becomes(&stack, &company_id, "active").await;
    becomes(&stack, &mismatch_id, "rejected").await;
    // Read in clear by who may: the answer is the only place.
    let path = format!("/v1/accounts/{company_id}/identity-disclosures");
    let body = json!({ "purpose": "review", "reference": unique("case") });
    let read = stack.content_safety_lead().write(&stack.platform_api, &path, &body).await.unwrap().expect(200).unwrap();
    assert_eq!(read["principal"]["document_number"], company.document_number);
    let reference = unique("canary");
    publish(&stack, &publication(&account_id, &reference, "天气不错。")).await.expect(201).unwrap();
    complain(&stack, &account_id).await;
    // A number that is proven, and one whose code was wrong.
    for is_right in [true, false] {
        let (owner, number) = (if is_right { &account_id } else { &company_id }, crate::mobile::number());
        let path = format!("/v1/accounts/{owner}/phone-challenges");
        let body = json!({ "mobile_number": number });
        let challenge = stack.platform().write(&stack.platform_api, &path, &body).await.unwrap().expect(201).unwrap();
        let code = stack.stand_in().last_code(owner).await.unwrap();
        let path = format!("{path}/{}/answer", challenge["challenge_id"].as_str().unwrap());
        let code = if is_right { code } else { "12345".to_owned() };
        let answer = stack.platform().write(&stack.platform_api, &path, &json!({ "code": code })).await.unwrap();
        assert_eq!(answer.status, if is_right { 200 } else { 422 }, "{answer}");
        canaries.push(number);
    }
    // A person's certificate: its number leads to the person.
    let certificate = crate::mobile::number();
    let body = json!({
        "kind": "health", "number": certificate, "scope": "内科医师执业",
        "issued_on": "2026-01-01", "expires_on": "2039-12-31",
        "evidence": { "content_type": "application/pdf", "sha256": "0".repeat(64) },
    });
    let path = format!("/v1/accounts/{account_id}/qualifications");
    stack.platform().write(&stack.platform_api, &path, &body).await.unwrap().expect(201).unwrap();
    canaries.push(certificate);
    let contact = format!("{}@example.com", unique("reporter"));
    let body = json!({
        "subject": { "subject_type": "account", "subject_id": account_id },
        "reason": "spam", "description": "广告", "contact": contact,
    });
    acceptance::reporter::file(&stack, &body).await.unwrap().expect(201).unwrap();
    canaries.push(contact);
    // What is refused leaves no trace either: whatever a stranger writes where a reason, a subject or a receipt belongs.
    let stranger = Principal::person("无名氏").document_number;
    let refusals = [
        json!({ "subject": body["subject"], "reason": stranger, "description": "广告" }),
        json!({ "subject": { "subject_type": "account", "subject_id": stranger }, "reason": "spam", "description": "广告" }),
        json!({ "subject": body["subject"], "reason": "spam", "description": "广告", (stranger.as_str()): stranger }),
    ];
    for refused in refusals {
        let answer = acceptance::reporter::file(&stack, &refused).await.unwrap();
        assert_eq!(answer.status, 422, "{answer}");
    }
    let answer = stack.public().get(&stack.public_api, &format!("/v1/complaints/{stranger}")).await.unwrap();
    assert_eq!(answer.status, 400, "{answer}");
    canaries.push(stranger.clone());
    let bio = refuses_and_keeps_nothing(&stack, &account_id, &person, &stranger).await;
    until("the publication and the bio are in the log", PATIENCE, async || {
        let (observer, bucket) = (observer(&stack), stack.bucket("content-log").unwrap());
        let records = acceptance::story::log_since(&observer, bucket, began).await?;
        let text: String = records.iter().map(|(_, records)| serde_json::to_string(records).unwrap()).collect();
        Ok((text.contains(&reference) && text.contains(&bio)).then_some(()))
    })
    .await
    .unwrap();
    // What is public proves that the search finds things: the reference is in the log and in the table, and so is the bio, which
    // is a part of the record.
    let all = everything(&stack, began).await;
    for (place, text) in [("object", &reference), ("table", &reference), ("object", &bio), ("table", &bio)] {
        assert!(all.iter().any(|(at, found)| at.starts_with(place) && found.contains(text)), "{text} is in no {place}");
    }
    assert!(all.iter().any(|(at, _)| at.contains("log")), "no function has said anything");
    let told: Vec<&String> =
        all.iter().filter(|(at, text)| at.starts_with("log of") && text.contains(&bio)).map(|(at, _)| at).collect();
    assert!(told.is_empty(), "a bio is in the lines of {told:?}");
    for canary in &canaries {
        for form in forms(canary) {
            let leaks: Vec<&String> = all.iter().filter(|(_, text)| text.contains(&form)).map(|(at, _)| at).collect();
            assert!(leaks.is_empty(), "{canary} is in clear in {leaks:?}");
        }
    }
    // This is the last test of a run (`.config/nextest.toml`): what any other has registered is nowhere either.
    let leaks: Vec<_> =
        all.iter().flat_map(|(at, text)| made_numbers(text).into_iter().map(move |it| (at, it))).collect();
    assert!(leaks.is_empty(), "in clear: {leaks:?}");
}

/// What is written where a document, a version or a picture belongs is refused; the bio that is accepted is returned, and
/// leaves no more than it should.
async fn refuses_and_keeps_nothing(stack: &Stack, account_id: &str, person: &Principal, stranger: &str) -> String {
    let read = stack.platform().get(&stack.platform_api, &format!("/v1/accounts/{account_id}")).await.unwrap();
    let version = read.expect(200).unwrap()["version"].clone();
    let hash = format!("{:064x}", 1);
    for (method, path, body) in [
        (Method::POST, "/agreements", json!({ "document_id": stranger, "version": 1, "sha256": hash })),
        (Method::POST, "/agreements", json!({ "document_id": "none", "version": 1, "sha256": stranger })),
        (Method::PATCH, "", json!({ "version": version, (stranger): stranger })),
        (Method::PATCH, "", json!({ "version": version, "avatar": { "reference": stranger, "sha256": stranger } })),
        (Method::PATCH, "", json!({ "version": stranger, "bio": stranger })),
    ] {
        let ask = Ask::new(method, &format!("/v1/accounts/{account_id}{path}")).text(&body.to_string());
        let answer = stack.platform().ask(&stack.platform_api, ask.key(&unique("canary"))).await.unwrap();
        assert_eq!(answer.status, 422, "{answer}");
    }
    let bio = format!("每天看江。{}", unique("bio"));
    let ask = Ask::new(Method::PATCH, &format!("/v1/accounts/{account_id}"));
    let ask = ask.text(&json!({ "version": version, "bio": bio }).to_string()).key(&unique("canary"));
    stack.platform().ask(&stack.platform_api, ask).await.unwrap().expect(200).unwrap();
    let mut refused = person.registration("第三个账号");
    refused["unknown"] = json!(person.document_number);
    let answer = stack.platform().write(&stack.platform_api, "/v1/accounts", &refused).await.unwrap();
    assert_eq!(answer.status, 422, "{answer}");
    bio
}

#[test]
fn a_made_number_is_found_wherever_it_stands() {
    let (person, company) = (Principal::person("李四").document_number, Principal::company("公司").document_number);
    let text = format!("{{\"a\":\"身份证{person}号\",\"b\":\"9999-{company}\"}}");
    assert_eq!(made_numbers(&text), [person.as_str(), company.as_str()]);
    for innocent in ["九9999九 9999 sha256:91119999aa", "sha256:4a9999734a58605924"] {
        assert_eq!(made_numbers(innocent), Vec::<&str>::new(), "{innocent}");
    }
}
