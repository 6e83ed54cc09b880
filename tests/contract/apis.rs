//! The functions behind the two APIs.

use std::{collections::BTreeMap, sync::Arc};

use lambda::http::{Api, testing::reply_to};
use serde_json::{Value, json};
use testkit::Twins;

use crate::{
    fixtures::{self, Fixture},
    redaction::redacted,
    world::{furnished, traces},
};

/// Status, headers that say something, body; and the same for a second copy of a duplicate.
async fn answers(fixture: &Fixture, twins: &Twins, api: impl Fn(&Twins) -> Api) -> Value {
    let first = reply_to(api(twins), &fixture.event).await;
    let mut shown = json!({ "reply": shown(&first), "left": traces(twins) });
    let status = first["statusCode"].as_u64().unwrap();
    if fixture.is_bad() {
        assert!((400..500).contains(&status), "{} was answered with {first}", fixture.name);
    }
    if fixture.is_plain() {
        assert!((200..300).contains(&status), "{} was answered with {first}", fixture.name);
    }
    assert!(status < 500, "{} was answered with {first}", fixture.name);
    if status >= 400 {
        is_a_problem(fixture, &first, status);
    }
    if fixture.name.starts_with("duplicate") {
        let second = reply_to(api(twins), &fixture.event).await;
        assert_eq!(second["statusCode"], first["statusCode"], "{}", fixture.name);
        assert_eq!(body(&second), body(&first), "{}", fixture.name);
        shown["again"] = json!({ "replayed": header(&second, "idempotent-replayed"), "left": traces(twins) });
    }
    redacted(&shown)
}

fn shown(reply: &Value) -> Value {
    let mut shown = serde_json::Map::new();
    shown.insert("status".into(), reply["statusCode"].clone());
    for name in ["content-type", "content-language", "location", "allow", "retry-after"] {
        if let Some(value) = header(reply, name) {
            shown.insert(name.into(), value);
        }
    }
    shown.insert("body".into(), body(reply));
    Value::Object(shown)
}

/// RFC 9457, with what we promise beyond it.
fn is_a_problem(fixture: &Fixture, reply: &Value, status: u64) {
    let problem = body(reply);
    let name = &fixture.name;
    assert_eq!(header(reply, "content-type"), Some(json!("application/problem+json")), "{name}");
    assert_eq!(problem["status"].as_u64(), Some(status), "{name}");
    for member in ["type", "title", "detail", "code", "request_id"] {
        assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{name} lacks {member}: {problem}");
    }
    let named = problem["type"].as_str().unwrap().ends_with(problem["code"].as_str().unwrap());
    assert!(named, "{name}: {problem}");
    assert_eq!(header(reply, "x-request-id"), Some(problem["request_id"].clone()), "{name}");
    speaks_the_callers_language(fixture, &problem);
}

fn speaks_the_callers_language(fixture: &Fixture, problem: &Value) {
    let headers = fixture.event["headers"].as_object().into_iter().flatten();
    let wanted =
        headers.filter(|(name, _)| name.eq_ignore_ascii_case("accept-language")).map(|(_, value)| value).next();
    let english = wanted.is_some_and(|value| value.as_str().is_some_and(|value| value.starts_with("en")));
    let title = problem["title"].as_str().unwrap();
    assert_eq!(title.is_ascii(), english, "{}: {title}", fixture.name);
}

/// A header, wherever the payload's version puts it.
fn header(reply: &Value, name: &str) -> Option<Value> {
    let single = reply["headers"].as_object().into_iter().flatten();
    let many = reply["multiValueHeaders"].as_object().into_iter().flatten();
    let all = single.chain(many.map(|(name, values)| (name, &values[0])));
    all.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone()).next()
}

fn body(reply: &Value) -> Value {
    reply["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or(Value::Null)
}

async fn all(function: &str, api: impl Fn(&Twins) -> Api) -> BTreeMap<String, Value> {
    let mut replies = BTreeMap::new();
    for fixture in fixtures::of(function) {
        let twins = furnished().await;
        replies.insert(fixture.name.clone(), answers(&fixture, &twins, &api).await);
    }
    replies
}

pub(crate) fn accounts_api(twins: &Twins) -> Api {
    Api::from(accounts_api::router(accounts_api::Deps {
        accounts: twins.accounts.clone(),
        vault: twins.vault.clone(),
        index: twins.index.clone(),
        mobiles: twins.index.clone(),
        challenges: twins.challenges.clone(),
        delivery: twins.delivery.clone(),
        chance: twins.chance.clone(),
        evidence: twins.evidence.clone(),
        settings: twins.settings.clone(),
        policy_documents: twins.policy_documents.clone(),
        principals: twins.accounts.clone(),
        protected_names: twins.protected_names.clone(),
        engines: twins.engines.clone(),
        removed: twins.removed.watch(),
        idempotency: twins.idempotency.clone(),
        callers: twins.callers.clone(),
        clock: Arc::new(twins.clock.clone()),
    }))
}

#[tokio::test]
async fn accounts_api_answers_every_event() {
    insta::assert_yaml_snapshot!("accounts-api", all("accounts-api", accounts_api).await);
}

fn publications_api(twins: &Twins) -> Api {
    Api::from(publications_api::router(publications_api::Deps {
        reviews: twins.queues.clone(),
        media: twins.queues.clone(),
        meter: twins.accounts.clone(),
        settings: twins.settings.clone(),
        policy_documents: twins.policy_documents.clone(),
        shelf: twins.publications.clone(),
        log: twins.queues.clone(),
        engines: twins.engines.clone(),
        callers: twins.callers.clone(),
        removed: twins.removed.watch(),
        incidents: twins.incidents.clone(),
        clock: Arc::new(twins.clock.clone()),
    }))
}

#[tokio::test]
async fn publications_api_answers_every_event() {
    insta::assert_yaml_snapshot!("publications-api", all("publications-api", publications_api).await);
}

fn comments_api(twins: &Twins) -> Api {
    Api::from(comments_api::router(comments_api::Deps {
        accounts: twins.accounts.clone(),
        publications: twins.publications.clone(),
        comments: twins.comments.clone(),
        rules: twins.comments.clone(),
        duties: twins.comments.clone(),
        settings: twins.settings.clone(),
        assessments: twins.assessments.clone(),
        register: twins.assessments.clone(),
        log: twins.queues.clone(),
        reviews: twins.queues.clone(),
        engines: twins.engines.clone(),
        removed: twins.removed.watch(),
        incidents: twins.incidents.clone(),
        callers: twins.callers.clone(),
        clock: Arc::new(twins.clock.clone()),
    }))
}

#[tokio::test]
async fn comments_api_answers_every_event() {
    insta::assert_yaml_snapshot!("comments-api", all("comments-api", comments_api).await);
}

#[tokio::test]
async fn without_an_engine_nothing_is_published() {
    let fixtures = fixtures::of("publications-api");
    let publication = fixtures.iter().find(|fixture| fixture.name == "smallest").unwrap();
    let twins = furnished().await;
    twins.engines.take_away();
    let reply = reply_to(publications_api(&twins), &publication.event).await;
    is_a_problem(publication, &reply, 503);
    assert!(header(&reply, "retry-after").is_some(), "{reply}");
    assert_eq!(traces(&twins), json!({}));
}

pub(crate) fn complaints_api(twins: &Twins) -> Api {
    Api::from(complaints_api::router(complaints_api::Deps {
        board: twins.cases.clone(),
        accounts: twins.accounts.clone(),
        shelf: twins.publications.clone(),
        comments: twins.comments.clone(),
        complaints: twins.cases.clone(),
        reporters: twins.cases.clone(),
        ledger: twins.intake.clone(),
        secrets: twins.intake.clone(),
        chance: twins.chance.clone(),
        notes: twins.media_notes.clone(),
        vault: twins.vault.clone(),
        evidence: twins.evidence.clone(),
        settings: twins.settings.clone(),
        idempotency: twins.idempotency.clone(),
        callers: twins.callers.clone(),
        clock: Arc::new(twins.clock.clone()),
    }))
}

#[tokio::test]
async fn complaints_api_answers_every_event() {
    insta::assert_yaml_snapshot!("complaints-api", all("complaints-api", complaints_api).await);
}

#[tokio::test]
async fn cases_api_answers_every_event() {
    let replies = all("cases-api", |twins| {
        Api::from(cases_api::router(cases_api::Deps {
            board: twins.cases.clone(),
            complaints: twins.cases.clone(),
            reporters: twins.cases.clone(),
            notes: twins.cases.clone(),
            reports: twins.reports.clone(),
            accounts: twins.accounts.clone(),
            shelf: twins.publications.clone(),
            evidence: twins.evidence.clone(),
            comments: twins.comments.clone(),
            principals: twins.accounts.clone(),
            blacklist: twins.accounts.clone(),
            removed: twins.removed.clone(),
            idempotency: twins.idempotency.clone(),
            callers: twins.callers.clone(),
            settings: twins.settings.clone(),
            clock: Arc::new(twins.clock.clone()),
        }))
    });
    insta::assert_yaml_snapshot!("cases-api", replies.await);
}

#[tokio::test]
async fn screening_api_answers_every_event() {
    let replies = all("screening-api", |twins| {
        Api::from(screening_api::router(screening_api::Deps {
            rule_packs: twins.rule_packs.clone(),
            incidents: twins.incidents.clone(),
            backtests: twins.backtests.clone(),
            backtest_files: twins.backtests.clone(),
            settings: twins.settings.clone(),
            idempotency: twins.idempotency.clone(),
            callers: twins.callers.clone(),
            clock: Arc::new(twins.clock.clone()),
        }))
    });
    insta::assert_yaml_snapshot!("screening-api", replies.await);
}

#[tokio::test]
async fn record_api_answers_every_event() {
    let replies = all("record-api", |twins| {
        Api::from(record_api::router(record_api::Deps {
            log: twins.queues.clone(),
            activity_vault: twins.vault.clone(),
            addresses: twins.index.clone(),
            holds: twins.holds.clone(),
            packages: twins.packages.clone(),
            archive: twins.packages.clone(),
            accounts: twins.accounts.clone(),
            publications: twins.publications.clone(),
            comments: twins.comments.clone(),
            board: twins.cases.clone(),
            idempotency: twins.idempotency.clone(),
            callers: twins.callers.clone(),
            clock: Arc::new(twins.clock.clone()),
        }))
    });
    insta::assert_yaml_snapshot!("record-api", replies.await);
}

pub(crate) fn principals_api(twins: &Twins) -> Api {
    Api::from(principals_api::router(principals_api::Deps {
        accounts: twins.accounts.clone(),
        principals: twins.accounts.clone(),
        blacklist: twins.accounts.clone(),
        groups: twins.accounts.clone(),
        index: twins.index.clone(),
        vault: twins.vault.clone(),
        idempotency: twins.idempotency.clone(),
        callers: twins.callers.clone(),
        clock: Arc::new(twins.clock.clone()),
    }))
}

#[tokio::test]
async fn principals_api_answers_every_event() {
    insta::assert_yaml_snapshot!("principals-api", all("principals-api", principals_api).await);
}
