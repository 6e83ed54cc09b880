//! R13.1, B8: one judgement on several cases, looked at before it is made, and answered case by case.

use acceptance::{caller::Ask, principals::unique, waiting::until};
use serde_json::{Value, json};

use crate::stack::{PATIENCE, account, active_account, complain, open_case, running};

const BULK: &str = "/v1/cases/bulk-decisions";

fn statuses(answer: &Value) -> Vec<u64> {
    answer["items"].as_array().unwrap().iter().map(|item| item["status"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn r13_1_b8_cases_are_decided_at_once_after_a_look_and_one_that_is_refused_stops_no_other() {
    let stack = running().await;
    let reviewer = stack.reviewer();
    let (mut accounts, mut cases) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let account_id = active_account(&stack).await;
        complain(&stack, &account_id).await;
        let case = open_case(&stack, "default", &account_id).await;
        let path = format!("/v1/cases/{}/claim", case["case_id"].as_str().unwrap());
        let case = reviewer.write(&stack.platform_api, &path, &json!({})).await.unwrap().expect(200).unwrap();
        cases.push(json!({ "case_id": case["case_id"], "version": case["version"] }));
        accounts.push(account_id);
    }
    // The last one as nobody has it.
    cases[2]["version"] = json!(1);
    let mut judgement = json!({
        "cases": cases, "action": { "type": "warn" }, "policies": ["spam"], "reason": "批量发布广告。", "facts": "同一文案。",
    });

    let look = reviewer.write(&stack.platform_api, BULK, &judgement).await.unwrap().expect(200).unwrap();
    assert_eq!((&look["dry_run"], statuses(&look)), (&json!(true), vec![200, 200, 409]), "{look}");
    let strikes = json!({ "type": "strikes", "added": 1, "together": 1 });
    let follows = look["items"][0]["outlook"]["choice"]["consequences"].as_array().unwrap();
    assert!(follows.contains(&strikes), "{look}");
    assert_eq!(look["items"][2]["problem"]["code"], "version_conflict", "{look}");
    for account_id in &accounts {
        assert_eq!(account(&stack, account_id).await["enforcements"].as_array().map_or(0, Vec::len), 0);
    }

    judgement["dry_run"] = json!(false);
    let key = unique("bulk");
    let send = async || {
        let answer = reviewer.send(&stack.platform_api, "execute-api", Ask::post(BULK, &judgement).key(&key)).await;
        answer.unwrap().expect(200).unwrap()
    };
    let decided = send().await;
    assert_eq!(statuses(&decided), [201, 201, 409], "{decided}");
    assert_eq!(decided["items"][1]["case"]["state"], "decided", "{decided}");
    assert_eq!(send().await["items"], decided["items"], "a second try is told the same");
    for account_id in &accounts[..2] {
        let warned = until("the account is warned", PATIENCE, async || {
            let account = account(&stack, account_id).await;
            Ok(account["enforcements"].as_array().filter(|measures| !measures.is_empty()).cloned())
        });
        assert_eq!(warned.await.unwrap().len(), 1, "once");
    }
    assert_eq!(account(&stack, &accounts[2]).await["enforcements"].as_array().map_or(0, Vec::len), 0);

    // A severe step is proposed, and waits for the second person.
    let path = format!("/v1/cases/{}", cases[2]["case_id"].as_str().unwrap());
    let view = reviewer.get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    judgement["cases"] = json!([{ "case_id": cases[2]["case_id"], "version": view["case"]["version"] }]);
    judgement["action"] = json!({ "type": "close" });
    let proposed = reviewer.write(&stack.platform_api, BULK, &judgement).await.unwrap().expect(200).unwrap();
    assert_eq!(proposed["items"][0]["case"]["state"], "awaiting_approval", "{proposed}");

    // The platform has no right to it.
    let foreign = stack.platform().write(&stack.platform_api, BULK, &judgement).await.unwrap();
    assert_eq!(foreign.status, 403, "{foreign}");
}
