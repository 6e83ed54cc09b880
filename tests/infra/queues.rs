//! Queues and the mappings that read them.

use std::time::Duration;

use lambda::batch::{Backoff, RecordError};
use serde_json::{Value, json};

use crate::template::{read, resources};

/// Queues that are ends: nothing reads them but people.
fn is_dead_letter(name: &str) -> bool {
    name.ends_with("Dlq")
}

/// The queue that `Fn::GetAtt: [MessagingStack, Outputs.X]` means, through the outputs of the messaging stack.
fn queue_behind<'a>(messaging: &'a Value, reference: &Value) -> (&'a str, &'a Value) {
    let output = reference["Fn::GetAtt"][1].as_str().and_then(|path| path.strip_prefix("Outputs."));
    let output = output.unwrap_or_else(|| panic!("{reference} is no output of the messaging stack"));
    let queue = messaging["Outputs"][output]["Value"]["Fn::GetAtt"][0].as_str().unwrap();
    let found = resources(messaging, "AWS::SQS::Queue").into_iter().find(|(name, _)| *name == queue);
    found.unwrap_or_else(|| panic!("{output} is no queue"))
}

/// Every SQS mapping: function, its properties, the mapping's properties.
fn mappings(template: &Value) -> Vec<(&str, &Value, &Value)> {
    let mut found = Vec::new();
    for (name, function) in resources(template, "AWS::Serverless::Function") {
        for event in function["Properties"]["Events"].as_object().into_iter().flat_map(serde_json::Map::values) {
            if event["Type"] == "SQS" {
                found.push((name, &function["Properties"], &event["Properties"]));
            }
        }
    }
    assert_eq!(found.len(), 11, "one for each queue that a function reads: {found:?}");
    found
}

#[test]
fn every_queue_has_a_dead_letter_queue_of_its_own() {
    let messaging = read("stacks/messaging.yaml");
    let queues = resources(&messaging, "AWS::SQS::Queue");
    for (name, queue) in queues.iter().filter(|(name, _)| !is_dead_letter(name)) {
        let own = name.replace("Queue", "Dlq");
        let redrive = &queue["Properties"]["RedrivePolicy"];
        assert_eq!(redrive["deadLetterTargetArn"], json!({ "Fn::GetAtt": [own, "Arn"] }), "{name}");
        assert!(redrive["maxReceiveCount"].as_u64().unwrap() >= 5, "{name}: a poller that is throttled receives, too");
        let (_, dlq) = queues.iter().find(|(name, _)| *name == own).unwrap();
        let kept = |queue: &Value| queue["Properties"]["MessageRetentionPeriod"].as_u64().unwrap();
        assert!(kept(dlq) > kept(queue), "{name}: a message brings its age along");
        assert!(dlq["Properties"]["RedriveAllowPolicy"].is_object(), "{own}");
    }
}

#[test]
fn every_queue_is_encrypted() {
    for (name, queue) in resources(&read("stacks/messaging.yaml"), "AWS::SQS::Queue") {
        assert_eq!(queue["Properties"]["SqsManagedSseEnabled"], true, "{name}");
    }
}

#[test]
fn a_message_stays_invisible_for_six_timeouts_and_the_window() {
    let (template, messaging) = (read("template.yaml"), read("stacks/messaging.yaml"));
    for (name, function, mapping) in mappings(&template) {
        let (queue_name, queue) = queue_behind(&messaging, &mapping["Queue"]);
        let timeout = function["Timeout"].as_u64().unwrap();
        let window = mapping["MaximumBatchingWindowInSeconds"].as_u64().unwrap_or(0);
        let visibility = queue["Properties"]["VisibilityTimeout"].as_u64().unwrap();
        assert!(visibility >= 6 * timeout + window, "{queue_name} before {name}: {visibility} s");
    }
}

/// A record that waits for another party must not cost its neighbours their place in the invocation.
#[test]
fn a_batch_of_calls_to_others_fits_into_the_invocation_at_its_worst() {
    let template = read("template.yaml");
    let calling = crate::dependencies::functions_on("outbound");
    let mut seen = 0;
    let functions = resources(&template, "AWS::Serverless::Function").into_iter();
    for (name, function) in functions.map(|(name, function)| (name, &function["Properties"])) {
        let package = function["CodeUri"].as_str().unwrap().trim_start_matches("../functions/");
        if calling.iter().any(|calling| calling == package) {
            let batches = function["Events"].as_object().into_iter().flatten();
            let batches = batches.filter_map(|(_, event)| event["Properties"]["BatchSize"].as_u64());
            // Behind an API, one request at a time.
            let batch = u32::try_from(batches.max().unwrap_or(1)).unwrap();
            let longest = match package {
                "registration-verifier" => outbound::LONGEST_CHECK,
                "accounts-api" => outbound::LONGEST_DELIVERY,
                // The frames of a film are asked about at once.
                "media-screener" => outbound::LONGEST_CLASSIFICATION,
                _ => outbound::LONGEST_CALL,
            };
            let timeout = Duration::from_secs(function["Timeout"].as_u64().unwrap());
            assert!(longest * batch < timeout, "{name}: {batch} calls of {longest:?} in {timeout:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, calling.len(), "{calling:?}");
}

#[test]
fn a_webhook_is_tried_for_a_day_and_no_longer_than_its_queue_keeps_it() {
    let messaging = read("stacks/messaging.yaml");
    let queue = &messaging["Resources"]["NotificationQueue"]["Properties"];
    let receives = u32::try_from(queue["RedrivePolicy"]["maxReceiveCount"].as_u64().unwrap()).unwrap();
    let kept = Duration::from_secs(queue["MessageRetentionPeriod"].as_u64().unwrap());
    let error = RecordError::Transient { cause: "down".to_owned() };
    for message_id in ["a", "b", "c", "d"] {
        let tried: Duration = (1..receives).map(|count| Backoff::rest(&error, message_id, count)).sum();
        assert!(tried >= Duration::from_hours(24), "given up after {tried:?}");
        assert!(tried < kept / 2, "{tried:?} of {kept:?}");
    }
}

#[test]
fn every_mapping_reports_failed_items_and_bounds_its_concurrency() {
    let template = read("template.yaml");
    for (name, _, mapping) in mappings(&template) {
        assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{name}");
        // Two is the least that SQS takes.
        assert!(mapping["ScalingConfig"]["MaximumConcurrency"].as_u64().unwrap() >= 2, "{name}");
    }
}

#[test]
fn every_stream_mapping_reports_failed_items_and_gives_up_into_a_queue() {
    let template = read("template.yaml");
    let mut streams = 0;
    for (name, function) in resources(&template, "AWS::Serverless::Function") {
        for event in function["Properties"]["Events"].as_object().into_iter().flat_map(serde_json::Map::values) {
            if event["Type"] == "DynamoDB" {
                let mapping = &event["Properties"];
                assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]), "{name}");
                assert_eq!(mapping["DestinationConfig"]["OnFailure"]["Type"], "SQS", "{name}");
                assert!(mapping["MaximumRetryAttempts"].as_i64().unwrap() > 0, "{name}: for ever blocks the shard");
                streams += 1;
            }
        }
    }
    assert_eq!(streams, 5, "accounts, cases, publications, comments and operations");
}

#[test]
fn every_function_has_a_log_group_with_a_retention() {
    let (template, observability) = (read("template.yaml"), read("stacks/observability.yaml"));
    let groups: Vec<&Value> =
        resources(&observability, "AWS::Logs::LogGroup").into_iter().map(|(_, group)| &group["Properties"]).collect();
    for (name, function) in resources(&template, "AWS::Serverless::Function") {
        let wanted = &function["Properties"]["LoggingConfig"]["LogGroup"];
        let group = groups.iter().find(|group| group["LogGroupName"] == *wanted);
        assert!(group.is_some_and(|group| !group["RetentionInDays"].is_null()), "{name}: {wanted}");
    }
}

/// The queues that S3 may send to, and from which bucket: by name, for a reference would be a circle.
#[test]
fn s3_may_tell_its_queues_of_its_bucket_and_nobody_else_may() {
    let (messaging, data) = (read("stacks/messaging.yaml"), read("stacks/data.yaml"));
    let policies = resources(&messaging, "AWS::SQS::QueuePolicy");
    let told = data["Resources"]["ArtefactsBucket"]["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|told| told["Queue"]["Ref"].as_str().unwrap().trim_end_matches("Arn"))
        .collect::<std::collections::BTreeSet<_>>();
    assert_eq!(policies.len(), told.len(), "a policy for each of {told:?}");
    for (queue, policy) in policies {
        let statement = &policy["Properties"]["PolicyDocument"]["Statement"][0];
        assert_eq!(statement["Principal"], json!({ "Service": "s3.amazonaws.com" }), "{queue}");
        assert_eq!(statement["Action"], "sqs:SendMessage", "{queue}");
        let bucket = statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"].as_str().unwrap();
        let name = data["Resources"]["ArtefactsBucket"]["Properties"]["BucketName"]["Fn::Sub"].as_str().unwrap();
        assert!(bucket.ends_with(&format!(":{name}")), "{queue}: {bucket} is not {name}");
        assert!(statement["Condition"]["StringEquals"]["aws:SourceAccount"].is_object(), "{queue}");
    }
}

#[test]
fn every_kind_of_control_is_told_of_and_no_report_is_taken_for_one() {
    let data = read("stacks/data.yaml");
    let told = &data["Resources"]["ArtefactsBucket"]["Properties"]["NotificationConfiguration"];
    let configurations = told["QueueConfigurations"].as_array().unwrap();
    let mut prefixes = Vec::new();
    for configuration in configurations {
        let rules = configuration["Filter"]["S3Key"]["Rules"].as_array().unwrap();
        let prefix = rules.iter().find(|rule| rule["Name"] == "prefix").unwrap()["Value"].as_str().unwrap();
        assert!(prefix.starts_with("controls/") && prefix.len() > "controls/".len(), "{prefix}");
        prefixes.push(prefix);
    }
    let folders = app::control_files::FOLDERS.into_iter().chain(["rule-packs"]);
    let wanted: Vec<String> = folders.map(|folder| format!("controls/{folder}/")).collect();
    assert_eq!(prefixes, wanted);
}
