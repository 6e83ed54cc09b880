//! `docs/openapi.yaml` and `docs/api.md` are what the code says, with examples from the sample events.

use std::collections::{BTreeMap, BTreeSet};

use acceptance::workspace;
use serde_json::{Value, json};
use utoipa::openapi::{OpenApi, extensions::Extensions};

use crate::{callers::Callers, examples, reference};

fn parts() -> Vec<OpenApi> {
    vec![
        accounts_api::openapi(),
        publications_api::openapi(),
        comments_api::openapi(),
        cases_api::openapi(),
        principals_api::openapi(),
        screening_api::openapi(),
        record_api::openapi(),
        complaints_api::openapi(),
    ]
}

fn described() -> OpenApi {
    let mut document = lambda::openapi::merge(parts());
    examples::give(&mut document);
    let callers = Callers::of_the_template();
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("GET", &mut item.get),
            ("PUT", &mut item.put),
            ("POST", &mut item.post),
            ("DELETE", &mut item.delete),
            ("PATCH", &mut item.patch),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                let signed = operation.security.as_ref().is_some_and(|schemes| !schemes.is_empty());
                let roles = if signed { callers.of(method, path) } else { vec!["public".to_owned()] };
                operation.extensions = Some(Extensions::from_iter([("x-callers", json!(roles))]));
            }
        }
    }
    document
}

/// Every operation: method, path and what is said of it.
pub(crate) fn operations(document: &Value) -> Vec<(String, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let of = |(path, item): (&'_ String, &'_ Value)| {
        let methods = ["get", "put", "post", "delete", "patch"].into_iter();
        methods.filter(|method| item[method].is_object()).map(|method| (method.to_uppercase(), path.clone())).collect()
    };
    let named: Vec<Vec<(String, String)>> = paths.clone().map(of).collect();
    let names = named.into_iter().flatten();
    names
        .map(|(method, path)| {
            let (path, item) = document["paths"].as_object().unwrap().get_key_value(&path).unwrap();
            let operation = &item[method.to_lowercase()];
            (method, path.as_str(), operation)
        })
        .collect()
}

fn is_written(path: &str, wanted: &str) {
    let path = workspace::root().join(path);
    if workspace::variable("UPDATE_OPENAPI").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, wanted).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    // Not assert_eq: it would print both documents whole.
    let first = written.lines().zip(wanted.lines()).position(|(written, said)| written != said);
    let line = first.unwrap_or_else(|| written.lines().count().min(wanted.lines().count())) + 1;
    assert!(written == wanted, "{} differs from line {line} on; write it anew: cargo xtask openapi", path.display());
}

#[test]
fn the_openapi_document_is_what_the_code_says() {
    is_written("docs/openapi.yaml", &described().to_yaml().expect("an OpenAPI document is YAML"));
}

#[test]
fn the_reference_is_what_the_openapi_document_says() {
    is_written("docs/api.md", &reference::rendered(&json!(described())));
}

/// Programs that are generated from the document name their functions by it.
#[test]
fn every_operation_of_the_openapi_document_has_a_name_of_its_own() {
    let document = json!(described());
    let mut seen = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap_or_default();
        assert!(seen.insert(name.to_owned()), "{method} {path} is named {name:?}, as another one is");
    }
}

/// What is merged is told apart by name alone: of two that differ the second would be lost without a word.
#[test]
fn one_name_in_the_openapi_document_means_one_thing() {
    let (mut known, mut lost) = (BTreeMap::<String, Value>::new(), BTreeMap::new());
    for part in parts() {
        for (name, schema) in part.components.map(|components| components.schemas).unwrap_or_default() {
            let schema = json!(schema);
            let first = known.entry(name.clone()).or_insert_with(|| schema.clone());
            if *first != schema {
                lost.insert(name, (first.clone(), schema));
            }
        }
    }
    assert!(lost.is_empty(), "two schemas have one name: {lost:#?}");
}

#[test]
fn every_operation_of_the_openapi_document_has_examples_and_speaks_both_languages() {
    let document = json!(described());
    for (method, path, operation) in operations(&document) {
        let what = format!("{method} {path}");
        let text = operation["description"].as_str().unwrap_or_default();
        let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
        assert!(text.chars().any(is_chinese), "{what} says nothing in Chinese");
        assert!(operation["summary"].as_str().is_some_and(str::is_ascii), "{what} has no English summary");
        let request = operation["requestBody"]["content"].as_object();
        // What a browser sends of a page shows nothing that the page does not.
        if let Some(content) = request.and_then(|content| content.get("application/json")) {
            assert!(content.get("example").is_some(), "{what}: no event in events/ is answered with 2xx");
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let content = &response["content"]["application/json"];
            let lacks = status.starts_with('2') && content.is_object() && content.get("example").is_none();
            assert!(!lacks, "{what}: no event in events/ is answered with {status}");
        }
    }
}

/// What is merged from parts can name what no part brings along; programs that are generated from it then do not build.
#[test]
fn every_reference_of_the_openapi_document_leads_to_something() {
    fn lost(value: &Value, document: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(to)) = members.get("$ref") {
                    let is_there = to.strip_prefix('#').is_some_and(|pointer| document.pointer(pointer).is_some());
                    if !is_there {
                        found.insert(to.clone());
                    }
                }
                members.values().for_each(|value| lost(value, document, found));
            }
            Value::Array(items) => items.iter().for_each(|value| lost(value, document, found)),
            _ => {}
        }
    }
    let (document, mut found) = (json!(described()), BTreeSet::new());
    lost(&document, &document, &mut found);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn every_operation_of_the_openapi_document_has_somebody_who_may_call_it() {
    let document = json!(described());
    for (method, path, operation) in operations(&document) {
        let callers = operation["x-callers"].as_array().unwrap();
        assert!(!callers.is_empty(), "{method} {path}: no policy in infra/template.yaml allows it to anybody");
    }
}
