//! B10: the desk in the console. IAM lets each operator call by their own door and by no other.

use acceptance::{
    caller::{Answer, Caller},
    principals::unique,
    stack::Stack,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::stack::{PATIENCE, active_account, complain, open_case, publication, publish, running};

fn door<'a>(stack: &'a Stack, who: &str) -> &'a str {
    stack.doors.get(who).unwrap_or_else(|| panic!("{who} has no door"))
}

async fn call(stack: &Stack, caller: &Caller, door: &str, event: &Value) -> Answer {
    caller.invoke(&stack.endpoint, door, event).await.unwrap()
}

/// The page after a button of the widget was pressed.
async fn press(stack: &Stack, said: &Value, fields: &Value) -> String {
    let mut event = said.clone();
    event["widgetContext"] = json!({ "locale": "en", "theme": "light", "forms": { "all": fields } });
    let answer = call(stack, &stack.reviewer(), door(stack, "reviewer"), &event).await;
    assert_eq!(answer.status, 200, "{answer}");
    answer.json().as_str().unwrap_or_else(|| panic!("no page: {answer}")).to_owned()
}

/// What the button with that act sends.
fn button(page: &str, act: &str) -> Value {
    let at =
        page.find(&format!("&quot;act&quot;:&quot;{act}&quot;")).unwrap_or_else(|| panic!("no button {act}: {page}"));
    let start = page[..at].rfind('>').unwrap() + 1;
    let end = start + page[start..].find('<').unwrap();
    serde_json::from_str(&page[start..end].replace("&quot;", "\"").replace("&amp;", "&")).unwrap()
}

#[tokio::test]
async fn b10_a_reviewer_decides_at_the_desk_and_the_account_feels_it() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    complain(&stack, &account_id).await;
    let case = open_case(&stack, "default", &account_id).await;
    let screen = json!({ "screen": "case", "case_id": case["case_id"] });
    let page = press(&stack, &screen, &json!({})).await;
    assert!(page.contains(&account_id) && page.contains("Credit"), "{page}");
    let page = press(&stack, &button(&page, "claim"), &json!({})).await;
    let decide = button(&page, "decide");
    let fields = json!({ "action": "suspend_updates", "days": "7", "policy": "fraud", "reason": "冒充客服", "facts": "三条发布" });
    let decided = press(&stack, &decide, &fields).await;
    assert!(decided.contains("The decision is made."), "{decided}");
    let again = press(&stack, &decide, &fields).await;
    assert!(again.contains("was not done again"), "{again}");
    acceptance::waiting::until("the account is suspended", PATIENCE, async || {
        let answer = publish(&stack, &publication(&account_id, &unique("desk"), "明天有雨")).await;
        Ok((answer.code() == "account_suspended").then_some(()))
    })
    .await
    .unwrap();
    // The same person at the API, and at the desk: one pseudonym.
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let view = stack.reviewer().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    let decided_by = view["case"]["decision"]["decided_by"].as_str().unwrap().to_owned();
    assert!(decided_by.contains("operator-desk:reviewer/caller_"), "{decided_by}");
    let another = active_account(&stack).await;
    complain(&stack, &another).await;
    let other = open_case(&stack, "default", &another).await;
    let claim = format!("/v1/cases/{}/claim", other["case_id"].as_str().unwrap());
    let claimed = stack.reviewer().write(&stack.platform_api, &claim, &json!({})).await.unwrap().expect(200).unwrap();
    let by_api = claimed["assignment"]["reviewer"].as_str().unwrap();
    assert_eq!(decided_by.rsplit('/').next(), by_api.rsplit('/').next());
}

#[tokio::test]
async fn b10_b8_b1_the_lead_gives_the_second_word_at_the_desk_and_places_a_hold() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    complain(&stack, &account_id).await;
    let case = open_case(&stack, "default", &account_id).await;
    let screen = json!({ "screen": "case", "case_id": case["case_id"] });
    let page = press(&stack, &button(&press(&stack, &screen, &json!({})).await, "claim"), &json!({})).await;
    let fields = json!({ "action": "close", "policy": "fraud", "reason": "屡次诈骗", "facts": "三条发布", "review_days": "180" });
    let proposed = press(&stack, &button(&page, "decide"), &fields).await;
    assert!(proposed.contains("It waits for the content safety lead."), "{proposed}");

    let (lead, its_door) = (stack.content_safety_lead(), door(&stack, "content_safety_lead"));
    let ask = async |event: Value| call(&stack, &lead, its_door, &event).await.json();
    let seen = ask(json!({ "command": "case", "case_id": case["case_id"] })).await;
    let proposal = &seen["case"]["proposal"];
    let agree = json!({
        "command": "approve", "case_id": case["case_id"], "decision_id": proposal["decision_id"],
        "version": seen["case"]["version"], "dry_run": false,
    });
    let own = call(&stack, &stack.reviewer(), door(&stack, "reviewer"), &agree).await;
    assert_eq!(own.json()["problem"]["code"], "not_for_role", "{own}");
    assert_eq!(ask(agree).await["result"]["case"]["state"], "decided");
    acceptance::waiting::until("the account is closed", PATIENCE, async || {
        let answer = publish(&stack, &publication(&account_id, &unique("desk"), "明天有雨")).await;
        Ok((answer.code() == "account_closed_by_decision").then_some(()))
    })
    .await
    .unwrap();

    // Its principal, whom another proposes to list, and a hold on what it has published.
    let other = active_account(&stack).await;
    let body = json!({ "principal": { "type": "account", "account_id": other }, "reason": "诈骗", "review_at": "2039-12-31T00:00:00Z" });
    let listed =
        stack.reviewer().write(&stack.platform_api, "/v1/blacklist", &body).await.unwrap().expect(201).unwrap();
    let agree = json!({
        "command": "approve_listing", "principal_key": listed["principal_key"],
        "listing_id": listed["proposed"]["listing_id"], "dry_run": false,
    });
    assert_eq!(ask(agree).await["result"]["entry"]["listing"]["reason"], "诈骗");
    let waiting = ask(json!({ "command": "blacklist" })).await;
    assert!(waiting["entries"].is_array(), "{waiting}");
    let hold = json!({
        "command": "place_hold", "scope": { "type": "subject", "subject_type": "account", "subject_id": account_id },
        "legal_basis": "（2026）调证字第 2 号", "reason": "协助调查", "dry_run": false,
    });
    let hold = ask(hold).await["result"]["hold"]["hold_id"].clone();
    let release = json!({ "command": "release_hold", "hold_id": hold, "reason": "终结", "dry_run": false });
    assert_eq!(ask(release).await["problem"]["code"], "hold_same_person");
    let path = format!("/v1/legal-holds/{}", hold.as_str().unwrap());
    let ask =
        acceptance::caller::Ask::new(reqwest::Method::DELETE, &path).text(&json!({ "reason": "终结" }).to_string());
    let ask = ask.key(&unique("release")).header("content-type", "application/json");
    stack.record_officer().ask(&stack.platform_api, ask).await.unwrap().expect(200).unwrap();
}

#[tokio::test]
async fn b10_nobody_comes_in_by_the_door_of_another() {
    let stack = running().await;
    let ask = json!({ "command": "cases" });
    let own = call(&stack, &stack.reviewer(), door(&stack, "reviewer"), &ask).await;
    assert_eq!((own.status, own.json()["cases"].is_array()), (200, true), "{own}");
    let bare = stack.function("OperatorDeskFunction").unwrap();
    for (who, caller) in [
        ("reviewer", stack.reviewer()),
        ("content_safety_lead", stack.content_safety_lead()),
        ("operator", stack.operator()),
        ("auditor", stack.auditor()),
        ("platform", stack.platform()),
    ] {
        for (whose, door) in &stack.doors {
            let answer = call(&stack, &caller, door, &json!({ "command": "record" })).await;
            assert_eq!(answer.status == 200, who == whose, "{who} by the door of {whose}: {answer}");
        }
        let answer = call(&stack, &caller, bare, &ask).await;
        assert_eq!(answer.status, 403, "{who} by no door: {answer}");
    }
    // Whoever may call the function whole, as an administrator may, is still nobody there.
    let nobody = call(&stack, &stack.admin(), bare, &ask).await;
    assert_eq!(nobody.json()["problem"]["code"], "door_unknown", "{nobody}");
}

#[tokio::test]
async fn b10_operators_look_into_dead_letters_and_send_them_back() {
    let stack = running().await;
    let letters = stack.queue("control-files-dlq").unwrap();
    let observer = stack.observer_as(&stack.admin).unwrap();
    // What S3 sends when notifications are set up: its consumer takes it and has nothing to do.
    let (reason, event) = (unique("desk"), "s3:TestEvent");
    let lost = json!({ "Service": "Amazon S3", "Event": event, "Bucket": "b", "reason": reason }).to_string();
    observer.send(letters, &lost).await.unwrap();
    let (operator, its_door) = (stack.operator(), door(&stack, "operator"));
    let ask = async |event: Value| call(&stack, &operator, its_door, &event).await;
    let seen = ask(json!({ "command": "dead_letters", "queue": "control-files" })).await;
    assert_eq!(seen.json()["open"]["letters"][0]["about"]["reason"], reason.as_str(), "{seen}");
    let rehearsed = ask(json!({ "command": "send_back", "queue": "control-files" })).await;
    assert_eq!(rehearsed.json()["would"]["letters"], 1, "{rehearsed}");
    assert_eq!(observer.depth(letters).await.unwrap().visible, 1, "a dry run leaves them where they are");
    let sent = ask(json!({ "command": "send_back", "queue": "control-files", "dry_run": false })).await;
    assert_eq!(sent.json()["result"]["sent_back"], 1, "{sent}");
    assert_eq!(observer.depth(letters).await.unwrap().visible, 0);
}

#[tokio::test]
async fn r7_1_a_month_is_filed_and_filed_again_the_same() {
    let stack = running().await;
    let (operator, its_door) = (stack.operator(), door(&stack, "operator"));
    let ask = async |event: Value| call(&stack, &operator, its_door, &event).await.json();
    let early = ask(json!({ "command": "make_filings", "month": "2199-01", "dry_run": false })).await;
    assert_eq!(early["problem"]["code"], "month_not_over", "{early}");
    let month = json!({ "command": "make_filings", "month": "2026-01", "dry_run": false });
    let (first, second) = (ask(month.clone()).await, ask(month).await);
    assert_eq!(first["result"], second["result"], "{first}");
    let (bucket, office) = (stack.bucket("artefacts").unwrap(), stack.observer_as(&stack.identities.operator).unwrap());
    for file in first["result"]["files"].as_array().unwrap() {
        let key = file["key"].as_str().unwrap();
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(office.object(bucket, key).await.unwrap()));
        assert_eq!(file["sha256"], sha256.as_str(), "{key}");
    }
    // What the transactions of this month have written: the row of an account that is active.
    let account_id = active_account(&stack).await;
    let rows = stack.observer_as(&stack.admin).unwrap().rows(stack.table("accounts").unwrap()).await.unwrap();
    let filed = rows.iter().filter(|row| row["pk"].as_str().is_some_and(|pk| pk.starts_with("FILING#")));
    let filed = filed.filter(|row| row["doc"]["account_id"] == account_id.as_str());
    assert_eq!(filed.count(), 1, "the account is in the book once");
}
