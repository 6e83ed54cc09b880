//! A function is given the variables that it reads, and may touch what it was told the name of; no more, and no less.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::template::{read, resources};

/// Read by what all functions share, and not by their own configuration.
const SHARED: [&str; 4] = ["STAGE", "LOG_LEVEL", "AWS_CA_BUNDLE", "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH"];

/// The variables that the configuration of a function reads: `read.text("…")` and its kin.
fn read_by(package: &str) -> BTreeSet<String> {
    let path = acceptance::workspace::root().join("functions").join(package).join("src/lib.rs");
    let source = std::fs::read_to_string(path).unwrap();
    let mut names = BTreeSet::new();
    for call in ["read.text(\"", "read.optional(\"", "read.parsed(\"", "read.parsed_or(\""] {
        names.extend(source.split(call).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    names.retain(|name| !SHARED.contains(&name.as_str()));
    names
}

fn functions(template: &Value) -> Vec<(&str, &str, &Value)> {
    resources(template, "AWS::Serverless::Function")
        .into_iter()
        .map(|(name, function)| {
            let package = function["Properties"]["CodeUri"].as_str().unwrap().trim_start_matches("../functions/");
            (name, package, &function["Properties"])
        })
        .collect()
}

#[test]
fn a_function_is_given_the_variables_that_it_reads_and_no_others() {
    let template = read("template.yaml");
    for (name, package, function) in functions(&template) {
        let given = function["Environment"]["Variables"].as_object().unwrap().keys();
        let given: BTreeSet<String> = given.filter(|name| !SHARED.contains(&name.as_str())).cloned().collect();
        assert_eq!(given, read_by(package), "{name}: left what the template gives, right what the function reads");
    }
}

/// A right on a table whose name the function is not told is a right that nothing uses.
#[test]
fn a_function_may_touch_the_tables_that_it_is_told_of_and_no_others() {
    let template = read("template.yaml");
    for (name, _, function) in functions(&template) {
        let variables = function["Environment"]["Variables"].as_object().unwrap().values();
        let told: BTreeSet<String> = variables.filter_map(|value| table(&value["Fn::GetAtt"], "Table")).collect();
        let role = &template["Resources"][function["Role"]["Fn::GetAtt"][0].as_str().unwrap()]["Properties"];
        let mut may = BTreeSet::new();
        for policy in role["Policies"].as_array().unwrap() {
            for statement in policy["PolicyDocument"]["Statement"].as_array().unwrap() {
                outputs(&statement["Resource"], &mut may);
            }
        }
        assert_eq!(may, told, "{name}: left what its role may touch, right what it is told of");
    }
}

/// R9.1: document numbers, names and one-time codes go to them.
#[test]
fn others_are_reached_by_https_save_on_ones_own_machine() {
    let template = read("template.yaml");
    let addresses = template["Parameters"].as_object().unwrap().iter().filter(|(name, _)| name.ends_with("Url"));
    for (name, parameter) in addresses {
        let pattern = parameter["AllowedPattern"].as_str().unwrap();
        // One that need not be there may be empty.
        let pattern = if parameter["Default"] == "" { pattern.replace("^(|", "^(") } else { pattern.to_owned() };
        assert_eq!(pattern, r"^(https://.+|http://127\.0\.0\.1:.+)$", "{name}");
    }
}

/// CloudFormation refuses a template whose rules use any other function, and no linter says so.
#[test]
fn rules_use_the_functions_that_rules_may_use() {
    const MAY: [&str; 9] = [
        "Fn::And",
        "Fn::Contains",
        "Fn::EachMemberEquals",
        "Fn::EachMemberIn",
        "Fn::Equals",
        "Fn::Not",
        "Fn::Or",
        "Fn::RefAll",
        "Fn::ValueOf",
    ];
    let mut waiting = vec![read("template.yaml")["Rules"].clone()];
    while let Some(value) = waiting.pop() {
        for (name, below) in value.as_object().into_iter().flatten() {
            assert!(!name.starts_with("Fn::") || MAY.contains(&name.as_str()), "{name}");
            waiting.push(below.clone());
        }
        waiting.extend(value.as_array().into_iter().flatten().cloned());
    }
}

/// `Outputs.CasesTableArn` of the data stack → `Cases`, when it ends so.
fn table(get_att: &Value, end: &str) -> Option<String> {
    let output = get_att.as_array().filter(|parts| parts[0] == "DataStack")?[1].as_str()?;
    Some(output.strip_prefix("Outputs.")?.strip_suffix(end)?.to_owned())
}

/// Every table that a resource of a policy names, streams left out: they have no table's name.
fn outputs(resource: &Value, found: &mut BTreeSet<String>) {
    match resource {
        Value::Array(items) => items.iter().for_each(|item| outputs(item, found)),
        Value::Object(map) => {
            if map.get("Fn::Sub").is_some_and(|sub| sub[0].as_str().is_some_and(|text| text.contains("/stream/"))) {
                return;
            }
            found.extend(map.get("Fn::GetAtt").and_then(|get_att| table(get_att, "TableArn")));
            map.values().for_each(|value| outputs(value, found));
        }
        _ => {}
    }
}
