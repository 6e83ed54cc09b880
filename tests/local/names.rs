//! R4: who may carry which name.

use acceptance::{
    caller::Answer,
    principals::{Principal, unique},
    stack::Stack,
};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    controls::put,
    stack::{becomes, observer, running},
};

/// A name that no other run has, of letters of which no two look alike.
pub(crate) fn fresh(what: &str) -> String {
    let tail: String = unique("").chars().rev().take(10).filter(char::is_ascii_hexdigit).collect();
    format!("{what}{tail}")
}

fn named(principal: &Principal, display_name: &str) -> Value {
    let mut body = principal.registration("");
    body["display_name"] = json!(display_name);
    body
}

async fn register(stack: &Stack, principal: &Principal, display_name: &str) -> Answer {
    let body = named(principal, display_name);
    stack.platform().write(&stack.platform_api, "/v1/accounts", &body).await.unwrap()
}

/// Makes this the list of protected names, as an operator does.
pub(crate) async fn protect(stack: &Stack, list: &str) {
    let version = version_in_force(stack).await + 1;
    let key = format!("controls/protected-names/{}.txt", unique("names"));
    let report = put(stack, &key, &format!("version | {version}\n{list}\n")).await;
    assert!(report.accepted, "{report:?}");
}

async fn version_in_force(stack: &Stack) -> u64 {
    let rows = observer(stack).rows(&stack.tables["operations"]).await.unwrap();
    let current = rows.into_iter().find(|row| row["pk"] == "PROTECTED_NAMES" && row["sk"] == "CURRENT");
    current.map_or(0, |row| row["doc"]["version"].as_u64().unwrap())
}

#[tokio::test]
async fn r4_an_individual_may_not_take_a_protected_name_and_the_body_it_belongs_to_may() {
    let stack = running().await;
    let name = fresh("晨报");
    protect(&stack, &format!("{name}* | media | 新闻单位 | A news organisation")).await;
    for disguised in
        [name.clone(), format!("{name}官方"), format!("官方 {name}·财经"), name.replace("晨报", "晨\u{3000}報")]
    {
        let answer = register(&stack, &Principal::person("李四"), &disguised).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "name_protected"), "{disguised}: {answer}");
        let told = &answer.json()["protected_name"];
        assert_eq!(told["name"], format!("{name}*"), "{answer}");
        assert_eq!(told["why"], json!({ "zh": "新闻单位", "en": "A news organisation" }), "{answer}");
    }
    // A list that is wrong changes nothing.
    let wrong = format!("version,{}\r\n{name},person,因,why\r\n", version_in_force(&stack).await + 1);
    let report = put(&stack, &format!("controls/protected-names/{}.csv", unique("wrong")), &wrong).await;
    assert_eq!((report.accepted, report.problems[0].line), (false, Some(2)), "{report:?}");
    let answer = register(&stack, &Principal::person("李四"), &name).await;
    assert_eq!(answer.code(), "name_protected", "{answer}");
    let media = Principal { kind: "media", ..Principal::company("示例报社") };
    register(&stack, &media, &format!("{name}财经")).await.expect(201).unwrap();
    protect(&stack, "").await;
    register(&stack, &Principal::person("李四"), &name).await.expect(201).unwrap();
}

#[tokio::test]
async fn r4_a_name_is_taken_for_whoever_writes_it_otherwise() {
    let stack = running().await;
    let name = fresh("Harbour");
    register(&stack, &Principal::person("李四"), &name).await.expect(201).unwrap();
    for like in [name.to_uppercase(), format!("{name} Official"), name.replace('a', "а"), name.replace('o', "0")] {
        let answer = register(&stack, &Principal::person("王五"), &like).await;
        assert_eq!((answer.status, answer.code().as_str()), (409, "name_taken"), "{like}: {answer}");
    }
}

#[tokio::test]
async fn r4_of_many_registrations_of_one_name_at_once_one_wins() {
    let stack = running().await;
    let name = fresh("港口");
    let people: Vec<Principal> = (0..10).map(|_| Principal::person("李四")).collect();
    let answers = join_all(people.iter().map(|person| register(&stack, person, &name))).await;
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(409)), (1, 9), "{answers:?}");
}

#[tokio::test]
async fn r4_a_rejected_registration_gives_its_name_back() {
    let stack = running().await;
    let name = fresh("灯塔");
    let rejected = register(&stack, &Principal::person("不符李四"), &name).await.expect(201).unwrap();
    becomes(&stack, rejected["account_id"].as_str().unwrap(), "rejected").await;
    register(&stack, &Principal::person("李四"), &name).await.expect(201).unwrap();
}
