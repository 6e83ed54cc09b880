//! The desk in the console: commands, widgets, and who may.

use std::collections::BTreeMap;

use lambda::direct::{Call, process_direct};
use operator_desk::handle;
use serde_json::{Value, json};
use testkit::Twins;

use crate::{
    desk_deps::deps,
    fixtures::{self, Fixture},
    redaction::redacted,
    world::{furnished, traces},
};

const FUNCTION: &str = "arn:aws-cn:lambda:cn-north-1:123456789012:function:gatehouse-prod-operator-desk";

/// By whose door a sample comes.
fn door(fixture: &Fixture) -> String {
    match fixture.name.split('-').next() {
        Some("operator") => format!("{FUNCTION}:operator-zhao"),
        Some("nobody") => FUNCTION.to_owned(),
        _ => format!("{FUNCTION}:lead-wang"),
    }
}

pub(crate) async fn answer(twins: &Twins, function_arn: String, event: Value) -> Value {
    let deps = deps(twins);
    let call = Call { event, function_arn, request_id: "request-1".to_owned() };
    process_direct(call, |call| handle(&deps, call)).await
}

/// A page in a form that is read in a snapshot: an element a line, names of writes left out.
fn laid_out(answer: &Value) -> Value {
    let Some(page) = answer.as_str() else { return redacted(answer) };
    let page = page.split_once("</style>").map_or(page, |(_, page)| page).replace("><", ">\n<");
    let line = |line: &str| match line.split_once("&quot;operation_id&quot;:&quot;") {
        Some((before, after)) => format!("{before}&quot;operation_id&quot;:&quot;[operation]{}", &after[36..]),
        None => line.to_owned(),
    };
    let lines = page.lines().map(line).map(|line| redacted(&json!(line)).as_str().unwrap().to_owned());
    json!(lines.collect::<Vec<_>>().join("\n"))
}

fn is_refused(answer: &Value) -> bool {
    answer.get("problem").is_some() || answer.as_str().is_some_and(|page| page.contains("note bad"))
}

#[tokio::test]
async fn operator_desk_answers_every_event() {
    let mut replies = BTreeMap::new();
    for fixture in fixtures::of("operator-desk") {
        let twins = furnished().await;
        let first = answer(&twins, door(&fixture), fixture.event.clone()).await;
        if fixture.is_bad() || fixture.name.starts_with("nobody") {
            assert!(is_refused(&first), "{}: {first}", fixture.name);
        }
        if fixture.is_plain() {
            assert!(!is_refused(&first), "{}: {first}", fixture.name);
        }
        let mut shown = json!({ "answer": laid_out(&first), "left": redacted(&traces(&twins)) });
        if fixture.name == "duplicate" {
            let second = answer(&twins, door(&fixture), fixture.event.clone()).await;
            assert_eq!(second, first, "the same answer");
            shown["again"] = redacted(&traces(&twins));
        }
        replies.insert(fixture.name.clone(), shown);
    }
    insta::assert_yaml_snapshot!("operator-desk", replies);
}
