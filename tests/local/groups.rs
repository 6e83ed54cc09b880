//! R7.3: accounts above the threshold need a registered group, and the group registry tells who runs what.

use acceptance::{
    caller::{Answer, Ask},
    principals::{Principal, unique},
    stack::Stack,
};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::{account, register, running};

async fn registers(stack: &Stack, principal: &Principal) -> Answer {
    let body = principal.registration("矩阵账号");
    stack.platform().write(&stack.platform_api, "/v1/accounts", &body).await.unwrap()
}

async fn group(stack: &Stack, holder: &str, members: &[String]) -> Value {
    let body = json!({ "holder_account_id": holder, "name": "天气矩阵", "scope": "各地天气预报", "members": members });
    stack.platform().write(&stack.platform_api, "/v1/groups", &body).await.unwrap().expect(201).unwrap()
}

#[tokio::test]
async fn r7_3_above_the_threshold_a_registration_needs_a_group_and_the_cap_still_holds() {
    let stack = running().await;
    let company = Principal::company("示例科技有限公司");
    // Three without a group, whoever comes first.
    let answers = join_all((0..12).map(|_| registers(&stack, &company))).await;
    let accounts: Vec<String> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| answer.json()["account_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(accounts.len(), 3, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert!(["group_required", "unavailable"].contains(&answer.code().as_str()), "{answer}");
    }
    let refused = registers(&stack, &company).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "group_required"), "{refused}");
    assert_eq!(refused.json()["group_above"], 3);

    let registered = group(&stack, &accounts[0], &accounts).await;
    assert_eq!(registered["members"].as_array().unwrap().len(), 3, "{registered}");
    let (fourth, fifth) = (register(&stack, &company).await, register(&stack, &company).await);
    let refused = registers(&stack, &company).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "quota_exceeded"), "{refused}");

    // Both join at once.
    let path = format!("/v1/groups/{}/members", registered["group_id"].as_str().unwrap());
    let joins = [&fourth, &fifth].map(|account_id| json!({ "account_ids": [account_id] }));
    let platform = stack.platform();
    let joined = join_all(joins.iter().map(|body| platform.write(&stack.platform_api, &path, body))).await;
    for answer in joined {
        answer.unwrap().expect(200).unwrap();
    }
    let found = stack.platform().get(&stack.platform_api, &format!("/v1/groups?account_id={fifth}")).await.unwrap();
    let groups = found.expect(200).unwrap()["groups"].clone();
    assert_eq!(groups[0]["members"].as_array().unwrap().len(), 5, "{groups}");
    let by_key = format!("/v1/groups?principal_key={}", groups[0]["holder"].as_str().unwrap());
    let found = stack.reviewer().get(&stack.platform_api, &by_key).await.unwrap().expect(200).unwrap();
    assert_eq!(found["groups"], groups, "staff find it by the principal's key");

    let body = json!({ "account_ids": [fifth] });
    let ask = Ask::new(Method::DELETE, &path).text(&body.to_string()).key(&unique("leave"));
    let left = platform.ask(&stack.platform_api, ask.header("content-type", "application/json")).await.unwrap();
    assert_eq!(left.expect(200).unwrap()["members"].as_array().unwrap().len(), 4);
    let other = group(&stack, &accounts[0], std::slice::from_ref(&fifth)).await;
    assert_eq!(other["members"], json!([fifth]), "who has left is free to join another");
    assert_eq!(account(&stack, &fifth).await["group_id"], other["group_id"]);
    let taken = stack.platform().write(&stack.platform_api, &path, &json!({ "account_ids": [fifth] })).await.unwrap();
    assert_eq!((taken.status, taken.code().as_str()), (409, "account_in_another_group"), "{taken}");
}
