//! Who may call what.

use acceptance::{
    caller::{Ask, Caller, Keys},
    principals::{Principal, unique},
};
use reqwest::Method;
use serde_json::json;

use crate::stack::{active_account, publication, publish, running};

const ROUTES: [(&str, &str); 32] = [
    ("POST", "/v1/accounts"),
    ("GET", "/v1/accounts/acct_01m8323b80e00r000000000001"),
    ("GET", "/v1/accounts/acct_01m8323b80e00r000000000001/statements"),
    ("GET", "/v1/accounts/acct_01m8323b80e00r000000000001/credit"),
    ("PATCH", "/v1/accounts/acct_01m8323b80e00r000000000001"),
    ("GET", "/v1/policy-documents"),
    ("GET", "/v1/accounts/acct_01m8323b80e00r000000000001/agreements"),
    ("POST", "/v1/accounts/acct_01m8323b80e00r000000000001/agreements"),
    ("DELETE", "/v1/accounts/acct_01m8323b80e00r000000000001"),
    ("POST", "/v1/accounts/acct_01m8323b80e00r000000000001/deregistration/undo"),
    ("POST", "/v1/metrics"),
    ("POST", "/v1/accounts/acct_01m8323b80e00r000000000001/phone-challenges"),
    ("POST", "/v1/accounts/acct_01m8323b80e00r000000000001/phone-challenges/chal_01m8323b80e00r000000000001/answer"),
    ("POST", "/v1/publications"),
    ("GET", "/v1/publications/pub_359vekds1rgzqt823kxncmabgh"),
    ("GET", "/v1/cases"),
    ("GET", "/v1/cases/case_01m8323b80e00r00000000000b"),
    ("POST", "/v1/cases/case_01m8323b80e00r00000000000b/claim"),
    ("POST", "/v1/cases/case_01m8323b80e00r00000000000b/release"),
    ("POST", "/v1/cases/case_01m8323b80e00r00000000000b/decisions"),
    ("POST", "/v1/blacklist"),
    ("GET", "/v1/blacklist"),
    ("GET", "/v1/blacklist/v1.1111111111111111111111111111111111111111111111111111111111111111"),
    ("POST", "/v1/blacklist/v1.1111111111111111111111111111111111111111111111111111111111111111/approve"),
    ("POST", "/v1/blacklist/v1.1111111111111111111111111111111111111111111111111111111111111111/refuse"),
    ("DELETE", "/v1/blacklist/v1.1111111111111111111111111111111111111111111111111111111111111111"),
    ("POST", "/v1/principals/links"),
    ("POST", "/v1/groups"),
    ("GET", "/v1/groups?account_id=acct_01m8323b80e00r000000000001"),
    ("GET", "/v1/groups/grp_01m8323b80e00r000000000001"),
    ("POST", "/v1/groups/grp_01m8323b80e00r000000000001/members"),
    ("DELETE", "/v1/groups/grp_01m8323b80e00r000000000001/members"),
];

async fn is_refused_everywhere(caller: &Caller, who: &str) {
    let stack = running().await;
    for (method, path) in ROUTES {
        let method: Method = method.parse().unwrap();
        let mut ask = Ask::new(method.clone(), path).key(&unique("test"));
        if method == Method::POST {
            ask = ask.text("{}");
        }
        let answer = caller.ask(&stack.platform_api, ask).await.unwrap();
        assert_eq!(answer.status, 403, "{who}: {method} {path} was answered with {answer}");
    }
}

#[tokio::test]
async fn an_unsigned_request_is_refused_on_every_route() {
    is_refused_everywhere(&Caller::unsigned(), "nobody").await;
}

#[tokio::test]
async fn a_request_signed_with_a_wrong_secret_is_refused_on_every_route() {
    let stack = running().await;
    let keys = Keys { secret_access_key: "not-the-secret".to_owned(), ..stack.identities.platform.clone() };
    is_refused_everywhere(&stack.signed(&keys), "a wrong secret").await;
}

#[tokio::test]
async fn a_request_signed_with_an_unknown_key_is_refused_on_every_route() {
    let stack = running().await;
    let keys = Keys { access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(), ..stack.identities.platform.clone() };
    is_refused_everywhere(&stack.signed(&keys), "an unknown key").await;
}

#[tokio::test]
async fn a_reviewer_cannot_register_or_publish() {
    let stack = running().await;
    let account_id = active_account(&stack).await;
    let body = Principal::person("李四").registration("审核员的账号");
    let answer = stack.reviewer().write(&stack.platform_api, "/v1/accounts", &body).await.unwrap();
    assert_eq!(answer.status, 403, "{answer}");
    let body = publication(&account_id, &unique("reviewer"), "审核员发布");
    let answer = stack.reviewer().post(&stack.platform_api, "/v1/publications", &body).await.unwrap();
    assert_eq!(answer.status, 403, "{answer}");
    assert_eq!(publish(&stack, &body).await.status, 201, "the platform may");
}

#[tokio::test]
async fn the_platform_cannot_see_or_decide_cases() {
    let stack = running().await;
    let platform = stack.platform();
    let answer = platform.get(&stack.platform_api, "/v1/cases").await.unwrap();
    assert_eq!(answer.status, 403, "{answer}");
    let path = "/v1/cases/case_01m8323b80e00r00000000000b/decisions";
    let answer = platform.write(&stack.platform_api, path, &json!({})).await.unwrap();
    assert_eq!(answer.status, 403, "{answer}");
}

#[tokio::test]
async fn operators_and_auditors_have_no_business_at_the_api() {
    let stack = running().await;
    is_refused_everywhere(&stack.operator(), "the operator").await;
    is_refused_everywhere(&stack.auditor(), "the auditor").await;
}

#[tokio::test]
async fn only_the_operator_starts_the_planner_and_nothing_else() {
    let stack = running().await;
    let planner = stack.function("RetentionPlannerFunction").unwrap();
    // A time of long ago plans nothing.
    let payload = json!({ "scheduled_at": "2020-01-01T00:00:00Z" });
    for (who, caller) in [("platform", stack.platform()), ("reviewer", stack.reviewer()), ("auditor", stack.auditor())]
    {
        let answer = caller.invoke(&stack.endpoint, planner, &payload).await.unwrap();
        assert_eq!(answer.status, 403, "{who}: {answer}");
    }
    let sweeper = stack.function("RetentionSweeperFunction").unwrap();
    let answer = stack.operator().invoke(&stack.endpoint, sweeper, &json!({ "Records": [] })).await.unwrap();
    assert_eq!(answer.status, 403, "{answer}");
}

#[tokio::test]
async fn the_auditor_reads_the_log_and_changes_nothing() {
    let stack = running().await;
    let bucket = stack.bucket("content-log").unwrap();
    let s3 = async |ask: Ask| stack.auditor().send(&stack.endpoint, "s3", ask).await.unwrap();
    let list = s3(Ask::get(&format!("/{bucket}?list-type=2&prefix=content-log%2F"))).await;
    assert_eq!(list.status, 200, "{list}");
    let put = s3(Ask::new(Method::PUT, &format!("/{bucket}/content-log/forged")).text("{}")).await;
    assert_eq!(put.status, 403, "{put}");
    let delete = s3(Ask::new(Method::DELETE, &format!("/{bucket}/content-log/anything"))).await;
    assert_eq!(delete.status, 403, "{delete}");
}
