//! Least privilege: one role for each function, exact actions on exact resources.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::template::{read, resources};

/// Where a `*` stands for a whole resource, and why. Whatever is not here may not have one.
const WILDCARDS: [(&str, &str, &str); 0] = [];

fn statements(policies: &Value) -> impl Iterator<Item = &Value> {
    let policies = policies.as_array().into_iter().flatten();
    policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().into_iter().flatten())
}

/// A value or a list of them, as a list; of a condition both sides.
fn many(value: &Value) -> Vec<&Value> {
    if let Some(sides) = value["Fn::If"].as_array() {
        return sides[1..].iter().filter(|side| side["Ref"] != "AWS::NoValue").flat_map(many).collect();
    }
    value.as_array().map_or_else(|| vec![value], |values| values.iter().flat_map(many).collect())
}

#[test]
fn every_function_has_a_role_of_its_own() {
    let template = read("template.yaml");
    let functions = resources(&template, "AWS::Serverless::Function");
    assert_eq!(functions.len(), 25);
    let mut roles = BTreeSet::new();
    for (name, function) in functions {
        let role = function["Properties"]["Role"]["Fn::GetAtt"][0].as_str();
        let role = role.unwrap_or_else(|| panic!("{name} has no role of the template"));
        assert!(roles.insert(role.to_owned()), "{name} shares {role}");
        assert!(
            function["Properties"]["Policies"].is_null(),
            "{name}: SAM adds them to a role that is not written out"
        );
    }
}

#[test]
fn no_policy_has_an_action_or_a_resource_that_is_everything() {
    let template = read("template.yaml");
    for of_type in ["AWS::IAM::Role", "AWS::IAM::ManagedPolicy"] {
        for (name, resource) in resources(&template, of_type) {
            let properties = &resource["Properties"];
            assert!(properties["ManagedPolicyArns"].is_null(), "{name}: others decide what is in a managed policy");
            let own = properties["PolicyDocument"]["Statement"].as_array().into_iter().flatten();
            for statement in statements(&properties["Policies"]).chain(own) {
                for action in many(&statement["Action"]) {
                    let action = action.as_str().unwrap();
                    assert!(!action.contains('*'), "{name}: {action}");
                    for resource in many(&statement["Resource"]) {
                        let allowed = WILDCARDS.iter().any(|(role, allowed, _)| *role == name && *allowed == action);
                        assert!(allowed || *resource != "*", "{name}: {action} on everything");
                    }
                }
                assert!(statement["NotAction"].is_null() && statement["NotResource"].is_null(), "{name}");
            }
        }
    }
}

#[test]
fn a_role_is_assumed_by_one_service_alone() {
    let template = read("template.yaml");
    for (name, role) in resources(&template, "AWS::IAM::Role") {
        let trust = &role["Properties"]["AssumeRolePolicyDocument"]["Statement"];
        assert_eq!(trust.as_array().map(Vec::len), Some(1), "{name}");
        assert!(trust[0]["Principal"]["Service"].is_string(), "{name}");
    }
}

/// Rights that nobody needs and that would undo the record.
#[test]
fn nobody_may_shorten_a_lock_or_delete_a_table() {
    let text = crate::template::text("template.yaml");
    for right in ["s3:BypassGovernanceRetention", "s3:PutObjectLegalHold", "dynamodb:DeleteTable", "s3:DeleteBucket"] {
        assert!(!text.contains(right), "{right}");
    }
}

#[test]
fn a_function_has_the_queue_rights_of_its_own_trigger_and_of_no_other() {
    let template = read("template.yaml");
    let roles = resources(&template, "AWS::IAM::Role");
    for (name, function) in resources(&template, "AWS::Serverless::Function") {
        let events = function["Properties"]["Events"].as_object();
        let trigger = events.into_iter().flat_map(serde_json::Map::values).find(|event| event["Type"] == "SQS");
        let role = function["Properties"]["Role"]["Fn::GetAtt"][0].as_str().unwrap();
        let (_, role) = roles.iter().find(|(name, _)| *name == role).unwrap();
        // An operator looks into dead-letter queues, which trigger nothing.
        let is_of_the_dead = |queue: &&Value| {
            name == "OperatorDeskFunction"
                && queue["Fn::GetAtt"][1].as_str().is_some_and(|output| output.ends_with("DlqArn"))
        };
        let receives: Vec<&Value> = statements(&role["Properties"]["Policies"])
            .filter(|statement| many(&statement["Action"]).iter().any(|action| **action == "sqs:ReceiveMessage"))
            .flat_map(|statement| many(&statement["Resource"]))
            .filter(|queue| !is_of_the_dead(queue))
            .collect();
        let wanted: Vec<&Value> = trigger.iter().map(|event| &event["Properties"]["Queue"]).collect();
        assert_eq!(receives, wanted, "{name}");
    }
}

/// What holds keep, no rule of the bucket may take: nothing but the sweep deletes from the log (B1).
#[test]
fn no_lifecycle_rule_deletes_from_the_content_log() {
    let data = read("stacks/data.yaml");
    let rules = &data["Resources"]["ContentLogBucket"]["Properties"]["LifecycleConfiguration"]["Rules"];
    for rule in rules.as_array().unwrap() {
        for name in ["ExpirationInDays", "ExpirationDate", "NoncurrentVersionExpiration", "ExpiredObjectDeleteMarker"] {
            assert!(rule[name].is_null(), "{rule}");
        }
    }
}

/// Decision 35: whoever calls the desk by a door is who the door says.
#[test]
fn nobody_has_the_right_to_the_door_of_another() {
    let template = read("template.yaml");
    let mut doors = BTreeSet::new();
    for (name, policy) in resources(&template, "AWS::IAM::ManagedPolicy") {
        for statement in policy["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap() {
            for resource in many(&statement["Resource"]) {
                assert_ne!(resource["Fn::GetAtt"][0], "OperatorDeskFunction", "{name} may call the function itself");
                let Some(arn) = resource["Fn::Sub"].as_str().filter(|arn| arn.contains("-operator-desk")) else {
                    continue;
                };
                let (_, door) = arn.split_once("-operator-desk:").unwrap_or_else(|| panic!("{name}: {arn}"));
                let (role, person) = door.split_once('-').unwrap();
                match person {
                    "${!aws:username}" => {}
                    // A tag alone is not enough: the session is called the same.
                    "${!aws:PrincipalTag/GatehouseOperator}" => {
                        let called = &statement["Condition"]["StringLike"]["aws:userid"]["Fn::Sub"];
                        assert_eq!(
                            *called, "*:${!aws:PrincipalTag/GatehouseOperator}${OperatorSessionDomain}",
                            "{name}"
                        );
                    }
                    other => panic!("{name}: anybody is {other}"),
                }
                doors.insert((name.to_owned(), role.to_owned()));
            }
        }
    }
    let doors: Vec<_> = doors.iter().map(|(name, role)| (name.as_str(), role.as_str())).collect();
    let each = [
        ("AuditorAccess", "auditor"),
        ("ContentSafetyLeadAccess", "lead"),
        ("OperatorAccess", "operator"),
        ("ReviewerAccess", "reviewer"),
    ];
    assert_eq!(doors, each, "each role has its own doors");
}
