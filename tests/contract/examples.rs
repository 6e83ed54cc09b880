//! The examples of the API's description: what a sample event asks for, and what it was answered with, as the snapshots
//! hold it. So no example says what the code would not.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::{Content, OpenApi, RefOr, path::Operation};

use crate::{fixtures, redaction};

/// Where the shortest name is not the one to show.
const CHOSEN: [&str; 8] = [
    "accounts-api/register-enterprise",
    "cases-api/decide-suspend",
    "cases-api/list-cases",
    "comments-api/smallest",
    "complaints-api/file-complaint-with-contact",
    "publications-api/publish-batch",
    "screening-api/declare-incident",
    "screening-api/full",
];
/// Longer lists are cut: an example shows a form.
const SHOWN: usize = 2;

/// A sample event that was answered as it hoped.
struct Sample {
    name: String,
    method: String,
    path: String,
    request: Option<Value>,
    status: String,
    answer: Value,
}

/// Puts an example wherever an operation takes or gives a body.
pub(crate) fn give(document: &mut OpenApi) {
    let samples: Vec<Sample> = fixtures::FED.iter().flat_map(|function| of_function(function)).collect();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in [
            ("GET", &mut item.get),
            ("PUT", &mut item.put),
            ("POST", &mut item.post),
            ("DELETE", &mut item.delete),
            ("PATCH", &mut item.patch),
        ] {
            if let Some(operation) = operation {
                let of: Vec<&Sample> =
                    samples.iter().filter(|it| it.method == method && fits(path, &it.path)).collect();
                give_operation(operation, &of);
            }
        }
    }
}

fn give_operation(operation: &mut Operation, samples: &[&Sample]) {
    let best = |status: Option<&str>| {
        let of = samples.iter().filter(|it| status.is_none_or(|status| it.status == status));
        of.min_by_key(|it| (rank(&it.name), it.name.len(), it.name.clone())).copied()
    };
    if let (Some(RefOr::T(body)), Some(sample)) =
        (&mut operation.request_body, best(Some("201")).or_else(|| best(None)))
    {
        body.content.values_mut().for_each(|content| show(content, sample.request.as_ref()));
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        for (kind, content) in &mut response.content {
            // A problem has its example where its form is described.
            if kind == "application/json" && status.starts_with('2') {
                show(content, best(Some(status)).map(|it| &it.answer));
            }
        }
    }
}

fn show(content: &mut RefOr<Content>, example: Option<&Value>) {
    if let (RefOr::T(content), Some(example)) = (content, example) {
        content.example = Some(example.clone());
    }
}

fn rank(name: &str) -> u8 {
    match name {
        name if CHOSEN.contains(&name) => 0,
        name if name.contains("/duplicate") => 3,
        name if name.ends_with("/smallest") || name.ends_with("/full") => 2,
        _ => 1,
    }
}

fn of_function(function: &str) -> Vec<Sample> {
    let path = acceptance::workspace::root().join(format!("tests/contract/snapshots/contract__apis__{function}.snap"));
    // Only what answers HTTP has one.
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    let body = text.splitn(3, "---\n").nth(2).unwrap_or_default();
    let replies: BTreeMap<String, Value> = serde_norway::from_str(body).unwrap();
    let fixtures = fixtures::of(function).into_iter();
    let sample = |fixture: fixtures::Fixture| {
        let reply = &replies.get(&fixture.name)?["reply"];
        let status = reply["status"].as_u64().filter(|status| (200..300).contains(status))?;
        let event = &fixture.event;
        let (method, path) = match event["rawPath"].as_str() {
            Some(path) => (&event["requestContext"]["http"]["method"], path),
            None => (&event["httpMethod"], event["path"].as_str()?),
        };
        // A body in base64 is for the contract tests.
        let request = event["body"].as_str().map(serde_json::from_str).transpose().ok()?;
        Some(Sample {
            name: format!("{function}/{}", fixture.name),
            method: method.as_str()?.to_owned(),
            path: path.to_owned(),
            request: request.map(|body| shortened(&body)),
            status: status.to_string(),
            answer: shortened(&redaction::filled_in(&reply["body"])),
        })
    };
    fixtures.filter_map(sample).collect()
}

/// Whether `path` is one that `template` stands for.
fn fits(template: &str, path: &str) -> bool {
    let (wanted, given): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len() && wanted.iter().zip(given).all(|(want, give)| want.starts_with('{') || *want == give)
}

fn shortened(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let shown = if items.iter().any(Value::is_object) { SHOWN } else { usize::MAX };
            items.iter().take(shown).map(shortened).collect()
        }
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), shortened(value))).collect(),
        other => other.clone(),
    }
}
