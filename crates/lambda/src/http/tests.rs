use std::sync::Arc;

use app::ports::{CallerRegister, PortError};
use axum::{
    Json, Router,
    extract::Path,
    http::StatusCode,
    routing::{get, post},
};
use domain::{
    id::AccountId,
    personal::{Personal, Purpose},
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Api, Caller, PathId, RequestId, ValidJson, ValidQuery, knowing,
    testing::{body_of, reply_to},
};
use crate::problem::{Code, Language, Problem};

#[derive(Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Note {
    #[garde(length(chars, min = 1, max = 5))]
    title: String,
    #[garde(range(max = 9))]
    stars: u8,
    #[serde(default)]
    #[garde(dive)]
    lines: Vec<Line>,
}

#[derive(Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Line {
    #[garde(length(chars, max = 3))]
    text: String,
}

#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Page {
    #[garde(range(min = 1, max = 100))]
    limit: u8,
    #[garde(skip)]
    #[serde(default)]
    queue: Option<String>,
}

fn api() -> Api {
    let refuse = async |language: Language, request_id: RequestId| {
        Json(json!({"items": [Problem::new(Code::AccountNotFound).body(language, &request_id)]}))
    };
    let router = Router::new()
        .route("/v1/notes", post(async |ValidJson(note): ValidJson<Note>| (StatusCode::CREATED, Json(note))))
        .route("/v1/notes", get(async |ValidQuery(page): ValidQuery<Page>| format!("{} {:?}", page.limit, page.queue)))
        .route("/v1/accounts/{account_id}", get(async |PathId(id): PathId<AccountId>| id.to_string()))
        .route("/v1/texts/{text}", get(async |Path(text): Path<String>| text))
        .route("/v1/me", get(async |Caller(actor): Caller| Json(actor)))
        .route("/v1/batch", get(refuse))
        .route("/v1/panic", get(async || -> String { panic!("secret") }));
    Api::new(knowing(Arc::new(Letters), router)).body_limit(200)
}

/// Whose pseudonyms are the number of letters.
struct Letters;

#[async_trait::async_trait]
impl CallerRegister for Letters {
    async fn pseudonym(&self, name: &Personal<String>) -> Result<String, PortError> {
        match name.reveal(Purpose::Pseudonym).chars().count() {
            0 => Err(PortError::unavailable("the register", "throttled")),
            letters => Ok(format!("caller_{letters}")),
        }
    }
}

fn platform(method: &str, path: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": format!("{method} {path}"), "rawPath": path, "rawQueryString": "",
        "headers": {"host": "api.example", "content-type": "application/json"},
        "requestContext": {
            "accountId": "000000000000", "apiId": "a1", "domainName": "api.example",
            "authorizer": {"iam": {
                "accessKey": "AKIA", "accountId": "000000000000", "callerId": "AIDA", "principalOrgId": null,
                "userArn": "arn:aws:iam::000000000000:user/platform", "userId": "AIDA"
            }},
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""},
            "requestId": "req-1", "routeKey": format!("{method} {path}"), "stage": "local",
            "time": "23/Nov/2026:19:00:00 +0000", "timeEpoch": 1_795_000_000_000_u64
        },
        "pathParameters": null, "isBase64Encoded": false
    })
}

fn public(method: &str, path: &str) -> Value {
    json!({
        "resource": "/{proxy+}", "path": path, "httpMethod": method,
        "headers": {"Host": "api.example", "Accept-Language": "en"},
        "multiValueHeaders": {"Host": ["api.example"], "Accept-Language": ["en"]},
        "queryStringParameters": null, "multiValueQueryStringParameters": null, "pathParameters": {},
        "stageVariables": null,
        "requestContext": {
            "accountId": "000000000000", "apiId": "a1", "httpMethod": method, "path": format!("/prod{path}"),
            "requestId": "req-2", "resourcePath": "/{proxy+}", "stage": "prod",
            "identity": {"sourceIp": "127.0.0.1", "userAgent": ""}
        },
        "body": null, "isBase64Encoded": false
    })
}

async fn posted(body: &str) -> Value {
    let mut event = platform("POST", "/v1/notes");
    event["body"] = body.into();
    reply_to(api(), &event).await
}

fn seen(reply: &Value) -> (u64, String) {
    let body = body_of(reply);
    (reply["statusCode"].as_u64().unwrap(), body["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn an_answer_carries_the_request_id_and_is_not_cached() {
    let reply = posted(r#"{"title":"a","stars":3}"#).await;
    insta::assert_json_snapshot!(reply);
}

#[tokio::test]
async fn a_refusal_is_problem_json_in_the_language_of_the_caller() {
    insta::assert_json_snapshot!(reply_to(api(), &platform("GET", "/nowhere")).await, {".body" => "…"});
    let zh = body_of(&reply_to(api(), &platform("GET", "/nowhere")).await);
    assert_eq!((&zh["title"], &zh["request_id"]), (&json!("路径不存在"), &json!("req-1")));
    let en = reply_to(api(), &public("GET", "/nowhere")).await;
    assert_eq!(en["multiValueHeaders"]["content-language"], json!(["en"]));
    let en = body_of(&en);
    assert_eq!((&en["title"], &en["request_id"]), (&json!("No such path"), &json!("req-2")));
    assert_eq!(en["type"], "https://gatehouse.example/problems/not_found");
}

#[tokio::test]
async fn a_method_that_is_not_taken_is_told_which_are() {
    let reply = reply_to(api(), &platform("DELETE", "/v1/notes")).await;
    assert_eq!(seen(&reply), (405, "method_not_allowed".to_owned()));
    let allow = reply["headers"]["allow"].as_str().unwrap();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
}

#[tokio::test]
async fn a_panic_is_one_failed_request_and_tells_nothing() {
    let reply = reply_to(api(), &platform("GET", "/v1/panic")).await;
    assert_eq!(seen(&reply), (500, "internal".to_owned()));
    assert!(!reply.to_string().contains("secret"));
}

#[tokio::test]
async fn stage_names_are_not_part_of_the_path() {
    for (stage, path) in [("local", "/local/v1/me"), ("local", "/v1/me"), ("$default", "/v1/me")] {
        let mut event = platform("GET", path);
        event["requestContext"]["stage"] = stage.into();
        assert_eq!(reply_to(api(), &event).await["statusCode"], 200, "{stage} {path}");
    }
    for path in ["/v1/texts/a", "/prod/v1/texts/a"] {
        assert_eq!(reply_to(api(), &public("GET", path)).await["statusCode"], 200, "{path}");
    }
}

#[tokio::test]
async fn an_odd_path_is_answered_and_not_a_crash() {
    for path in
        ["/v1/texts/举报 回执", "/v1/texts/%E4%B8%AD", "/v1/texts/%ff", "//", "", "/v1/../v1/me", "/v1/texts/a?b#c"]
    {
        let reply = reply_to(api(), &public("GET", path)).await;
        assert!(reply["statusCode"].as_u64().unwrap() < 500, "{path}: {reply}");
    }
}

#[tokio::test]
async fn the_caller_is_the_iam_principal_that_the_gateway_verified() {
    let reply = reply_to(api(), &platform("GET", "/v1/me")).await;
    assert_eq!(body_of(&reply), json!({"type": "caller", "arn": "arn:aws:iam::000000000000:user/caller_8"}));
    let mut event = public("GET", "/v1/me");
    event["requestContext"]["identity"]["userArn"] = "arn:aws:iam::000000000000:root".into();
    assert_eq!(body_of(&reply_to(api(), &event).await)["arn"], "arn:aws:iam::000000000000:root");
}

/// R9.1: IAM Identity Center makes a session's name of the e-mail address.
#[tokio::test]
async fn the_name_of_a_session_goes_no_further_than_the_register() {
    let mut event = platform("GET", "/v1/me");
    let arn = "arn:aws-cn:sts::000000000000:assumed-role/reviewer/li.si@example.com";
    event["requestContext"]["authorizer"]["iam"]["userArn"] = arn.into();
    let reply = reply_to(api(), &event).await;
    assert_eq!(body_of(&reply)["arn"], "arn:aws-cn:sts::000000000000:assumed-role/reviewer/caller_17");
    // Without the register nobody is named rather than everybody.
    event["requestContext"]["authorizer"]["iam"]["userArn"] = "arn:aws-cn:sts::0:assumed-role/reviewer/".into();
    assert_eq!(seen(&reply_to(api(), &event).await), (503, "unavailable".to_owned()));
    let unknowing = Router::new().route("/v1/me", get(async |Caller(actor): Caller| Json(actor)));
    assert_eq!(reply_to(unknowing, &platform("GET", "/v1/me")).await["statusCode"], 500);
}

#[tokio::test]
async fn without_an_identity_nobody_is_the_caller() {
    for missing in [json!(null), json!({}), json!({"iam": {}}), json!({"iam": {"userArn": ""}})] {
        let mut event = platform("GET", "/v1/me");
        event["requestContext"]["authorizer"] = missing;
        assert_eq!(seen(&reply_to(api(), &event).await), (403, "caller_unknown".to_owned()));
    }
    let mut event = platform("GET", "/v1/me");
    // A header is no identity.
    event["headers"]["x-amzn-user-arn"] = "arn:aws:iam::000000000000:user/root".into();
    event["requestContext"].as_object_mut().unwrap().remove("authorizer");
    assert_eq!(seen(&reply_to(api(), &event).await), (403, "caller_unknown".to_owned()));
}

#[tokio::test]
async fn a_body_that_is_not_what_is_asked_for_is_told_where_and_why() {
    let bodies = [
        r#"{"title":"a","stars":3,"color":"red"}"#,
        r#"{"title":"a"}"#,
        r#"{"title":7,"stars":3}"#,
        r#"{"title":"a","stars":300}"#,
        r#"{"title":"a","stars":3,"stars":4}"#,
        r#"{"title":"a","stars":3,"lines":[{"text":"a"},{"text":"a","text":"b"}]}"#,
        r#"{"title":"a","stars":3,"lines":[{"text":"a"},{"texts":"b"}]}"#,
        r#"{"title":"toolong","stars":10,"lines":[{"text":"a"},{"text":"四个汉字"}]}"#,
        r#"{"title":"","stars":3}"#,
        r#"["a",3,[]]"#,
        "null",
    ];
    let mut told = Vec::new();
    for body in bodies {
        let reply = posted(body).await;
        assert_eq!(seen(&reply), (422, "invalid_body".to_owned()), "{body}");
        told.push(json!({"body": body, "errors": body_of(&reply)["errors"]}));
    }
    insta::assert_json_snapshot!(told);
}

#[tokio::test]
async fn what_is_no_json_is_a_bad_request() {
    for body in ["", "{", "title=a", r#"{"title":"a","stars":3} x"#] {
        assert_eq!(seen(&posted(body).await), (400, "invalid_json".to_owned()), "{body}");
    }
}

#[tokio::test]
async fn another_media_type_is_refused() {
    for (content_type, status) in
        [("text/plain", 415), ("application/jsonp", 415), ("APPLICATION/JSON; charset=utf-8", 201)]
    {
        let mut event = platform("POST", "/v1/notes");
        event["body"] = r#"{"title":"a","stars":3}"#.into();
        event["headers"]["content-type"] = content_type.into();
        assert_eq!(reply_to(api(), &event).await["statusCode"], status, "{content_type}");
    }
    let mut event = platform("POST", "/v1/notes");
    event["headers"].as_object_mut().unwrap().remove("content-type");
    assert_eq!(seen(&reply_to(api(), &event).await), (415, "unsupported_media_type".to_owned()));
}

#[tokio::test]
async fn a_body_is_measured_as_it_was_sent_and_before_it_is_read() {
    let body = |length: usize| {
        let empty = r#"{"title":"a","stars":3}"#;
        format!("{empty}{}", " ".repeat(length - empty.len()))
    };
    assert_eq!(posted(&body(200)).await["statusCode"], 201);
    assert_eq!(seen(&posted(&body(201)).await), (413, "body_too_large".to_owned()));
    assert_eq!(seen(&posted(&"{".repeat(201)).await), (413, "body_too_large".to_owned()));
    for (length, status) in [(200, 201), (201, 413)] {
        let mut event = platform("POST", "/v1/notes");
        event["isBase64Encoded"] = true.into();
        event["body"] = data_encoding::BASE64.encode(body(length).as_bytes()).into();
        assert_eq!(reply_to(api(), &event).await["statusCode"], status);
    }
}

#[tokio::test]
async fn an_identifier_of_another_kind_is_malformed() {
    let id = AccountId::at(jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(reply_to(api(), &platform("GET", &format!("/v1/accounts/{id}"))).await["body"], id.to_string());
    for path in ["/v1/accounts/case_01h2xcejqtf2nbrexx3vqjhp41", "/v1/accounts/1", "/v1/accounts/%ff"] {
        assert_eq!(seen(&reply_to(api(), &platform("GET", path)).await), (400, "malformed_id".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_query_that_is_not_what_is_asked_for_is_told_where_and_why() {
    let mut told = Vec::new();
    for query in ["limit=10&queue=a", "", "limit=0", "limit=ten", "limit=1&limit=2", "limit=1&page=2"] {
        let mut event = platform("GET", "/v1/notes");
        event["rawQueryString"] = query.into();
        let reply = reply_to(api(), &event).await;
        let errors = if reply["statusCode"] == 200 { reply["body"].clone() } else { body_of(&reply)["errors"].clone() };
        told.push(json!({"query": query, "status": reply["statusCode"], "told": errors}));
    }
    insta::assert_json_snapshot!(told);
}

#[tokio::test]
async fn an_item_of_a_batch_is_refused_in_the_form_of_a_problem() {
    let reply = reply_to(api(), &public("GET", "/v1/batch")).await;
    assert_eq!(reply["statusCode"], 200);
    let item = &body_of(&reply)["items"][0];
    assert_eq!((&item["code"], &item["request_id"]), (&json!("account_not_found"), &json!("req-2")));
    assert_eq!(item["title"], "No such account");
}

fn logged(event: &Value) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut lines = crate::logs::tests::lines(crate::logs::Level::Debug, || {
        runtime.block_on(reply_to(api(), event));
    });
    assert_eq!(lines.len(), 1, "{lines:?}");
    let mut line = lines.remove(0);
    for varying in ["timestamp", "duration_ms", "cold_start"] {
        assert!(!line[varying].take().is_null(), "{varying}");
    }
    line
}

#[test]
fn a_request_is_one_line_without_its_body_and_its_path() {
    let mut event = platform("POST", "/v1/notes");
    event["body"] = r#"{"title":"私密","stars":30}"#.into();
    let refused = logged(&event);
    assert!(!refused.to_string().contains("私密"));
    let unknown = logged(&platform("GET", "/v1/13800000000"));
    assert!(!unknown.to_string().contains("13800000000"));
    insta::assert_json_snapshot!([refused, unknown, logged(&platform("GET", "/v1/me"))]);
}
