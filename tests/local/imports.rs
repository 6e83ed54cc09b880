//! R13.2, R7.3: principals and groups that an operator brings along as files.

use acceptance::principals::{Principal, unique};
use serde_json::{Value, json};

use crate::{
    controls::put,
    stack::{active_account, register, running},
};

#[tokio::test]
async fn r13_2_b8_r7_3_who_is_brought_along_by_a_file_waits_for_a_second_person_and_groups_are_registered() {
    let stack = running().await;
    let person = Principal::person("李四");
    let (account_id, member) = (register(&stack, &person).await, active_account(&stack).await);
    let list = format!("principal,reason,review_on\r\n{account_id},\"冒充客服, 骗取验证码\",2039-12-31\r\n");
    let report = put(&stack, &format!("controls/blacklist/{}.csv", unique("list")), &list).await;
    assert!(report.accepted, "{report:?}");

    let lead = stack.content_safety_lead();
    let waiting = lead.get(&stack.platform_api, "/v1/blacklist?state=proposed&limit=100").await.unwrap();
    let waiting = waiting.expect(200).unwrap();
    let of_the_file = |entry: &&Value| entry["proposed"]["account_id"] == json!(account_id);
    let entry = waiting["entries"].as_array().unwrap().iter().find(of_the_file).expect("the listing waits").clone();
    let principal_key = entry["principal_key"].as_str().unwrap();
    let body = json!({ "listing_id": entry["proposed"]["listing_id"] });
    let path = format!("/v1/blacklist/{principal_key}/approve");
    let agreed = lead.write(&stack.platform_api, &path, &body).await.unwrap().expect(200).unwrap();
    assert_eq!(agreed["listing"]["reason"], "冒充客服, 骗取验证码");

    let name = unique("群组");
    let groups = format!("group | scope | holder | member\n{name} | 天气 | {member} | {member}\n");
    let report = put(&stack, &format!("controls/groups/{}.txt", unique("groups")), &groups).await;
    assert!(report.accepted, "{report:?}");
    let path = format!("/v1/groups?account_id={member}");
    let found = stack.platform().get(&stack.platform_api, &path).await.unwrap().expect(200).unwrap();
    assert_eq!(found["groups"][0]["name"], json!(name), "{found}");

    // Wrong anywhere, and nothing is done; what is no reference is not repeated.
    let stranger = unique("nobody");
    let wrong = format!("principal,reason,review_on\n{stranger},诈骗,2039-12-31\n");
    let report = put(&stack, &format!("controls/blacklist/{}.csv", unique("wrong")), &wrong).await;
    assert_eq!((report.accepted, report.problems[0].line, report.problems[0].column), (false, Some(2), Some(1)));
    assert!(!format!("{report:?}").contains(&stranger));
}
