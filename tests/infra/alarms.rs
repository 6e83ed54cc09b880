//! Alarms fire in time, and somebody knows what to do then.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::template::{read, resources};

/// Every alarm: its name without stage, and its properties.
fn alarms(observability: &Value) -> Vec<(String, &Value)> {
    let named = resources(observability, "AWS::CloudWatch::Alarm").into_iter().map(|(logical, alarm)| {
        let name = alarm["Properties"]["AlarmName"]["Fn::Sub"].as_str().unwrap();
        let name = name.strip_prefix("gatehouse-${Stage}-").unwrap_or_else(|| panic!("{logical}: {name}"));
        (name.to_owned(), &alarm["Properties"])
    });
    named.collect()
}

fn sub(text: &str) -> Value {
    json!({ "Fn::Sub": text })
}

#[test]
fn every_alarm_has_a_section_in_the_runbook_and_names_it() {
    let runbook = std::fs::read_to_string(acceptance::workspace::root().join("docs/runbook.md")).unwrap();
    let sections: BTreeSet<&str> = runbook.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let observability = read("stacks/observability.yaml");
    for (name, alarm) in alarms(&observability) {
        assert!(sections.contains(name.as_str()), "docs/runbook.md has no section {name}");
        let description = alarm["AlarmDescription"].as_str().unwrap();
        assert!(description.ends_with(&format!("(docs/runbook.md, {name})")), "{name}: {description}");
    }
}

#[test]
fn every_alarm_notifies_somebody() {
    let observability = read("stacks/observability.yaml");
    for (name, alarm) in alarms(&observability) {
        assert!(alarm["AlarmActions"]["Fn::If"].is_array(), "{name}");
    }
}

#[test]
fn every_dead_letter_queue_has_an_alarm() {
    let (messaging, observability) = (read("stacks/messaging.yaml"), read("stacks/observability.yaml"));
    let watched: Vec<&Value> = alarms(&observability)
        .iter()
        .filter(|(_, alarm)| alarm["MetricName"] == "ApproximateNumberOfMessagesVisible")
        .map(|(_, alarm)| &alarm["Dimensions"][0]["Value"])
        .collect();
    for (name, queue) in resources(&messaging, "AWS::SQS::Queue") {
        if name.ends_with("Dlq") {
            assert!(watched.contains(&&queue["Properties"]["QueueName"]), "{name}");
        }
    }
}

/// The age that SQS tells of is that of messages that were received less than three times (its developer guide). Where
/// a message is put off and received more often, the function tells the age of what failed.
#[test]
fn a_queue_that_is_late_is_told_of_before_its_messages_leave_it() {
    let (messaging, observability) = (read("stacks/messaging.yaml"), read("stacks/observability.yaml"));
    let alarms = alarms(&observability);
    for (name, queue) in resources(&messaging, "AWS::SQS::Queue").into_iter().filter(|(name, _)| !name.ends_with("Dlq"))
    {
        let queue = &queue["Properties"];
        let age = alarms.iter().find(|(_, alarm)| {
            alarm["MetricName"] == "ApproximateAgeOfOldestMessage"
                && alarm["Dimensions"][0]["Value"] == queue["QueueName"]
        });
        let (alarm_name, age) = age.unwrap_or_else(|| panic!("nobody hears that {name} is late"));
        let seconds = |value: &Value| value.as_u64().unwrap();
        let fires = seconds(&age["Threshold"]) + seconds(&age["Period"]) * seconds(&age["EvaluationPeriods"]);
        let short = queue["QueueName"]["Fn::Sub"].as_str().unwrap().replace("gatehouse-${Stage}-", "");
        if seconds(&queue["RedrivePolicy"]["maxReceiveCount"]) == 5 {
            let counted = 3 * seconds(&queue["VisibilityTimeout"]);
            assert!(fires <= counted, "{alarm_name} fires after {fires} s; a failing message counts for {counted} s");
        } else {
            let told = alarms.iter().find(|(name, _)| *name == format!("{short}-keeps-failing"));
            let (_, told) = told.unwrap_or_else(|| panic!("nobody hears that {name} keeps failing"));
            assert_eq!((&told["Namespace"], &told["MetricName"]), (&json!("Gatehouse"), &json!("FailedRecordAge")));
            // Tries are up to an hour and a quarter apart.
            assert!(seconds(&told["Period"]) * seconds(&told["EvaluationPeriods"]) >= 75 * 60, "{short}");
            assert_eq!(told["DatapointsToAlarm"], 1, "{short}");
        }
    }
}

/// Scheduler hands a run over to Lambda and is done with it.
#[test]
fn a_scheduled_run_that_fails_or_is_missing_is_noticed() {
    let (template, observability) = (read("template.yaml"), read("stacks/observability.yaml"));
    let alarms = alarms(&observability);
    let schedules = resources(&template, "AWS::Scheduler::Schedule");
    assert!(!schedules.is_empty());
    for (schedule, properties) in schedules {
        let target = &properties["Properties"]["Target"];
        let Some(function) = target["Arn"]["Fn::GetAtt"][0].as_str() else { continue };
        let retries = resources(&template, "AWS::Lambda::EventInvokeConfig")
            .into_iter()
            .find(|(_, retries)| retries["Properties"]["FunctionName"]["Ref"] == function);
        let (_, retries) = retries.unwrap_or_else(|| panic!("{schedule}: what Lambda gives up of {function} is lost"));
        let given_up = &retries["Properties"]["DestinationConfig"]["OnFailure"]["Destination"];
        assert_eq!(*given_up, target["DeadLetterConfig"]["Arn"], "{function}");
        let name = &template["Resources"][function]["Properties"]["FunctionName"];
        let service = name["Fn::Sub"].as_str().unwrap().replace("gatehouse-${Stage}-", "");
        let watched = |namespace: &str, metric: &str, value: &Value| {
            alarms.iter().any(|(_, alarm)| {
                alarm["Namespace"] == namespace
                    && alarm["MetricName"] == metric
                    && alarm["Dimensions"][0]["Value"] == *value
            })
        };
        assert!(watched("AWS/Lambda", "Errors", name), "{function} fails unheard");
        // What a run makes tells more than that it ran.
        let made = ["RunsDone", "SealsMade"].into_iter().any(|made| watched("Gatehouse", made, &json!(service)));
        assert!(made, "{function} stays away unheard");
    }
}

#[test]
fn an_api_that_fails_is_noticed() {
    let (template, observability) = (read("template.yaml"), read("stacks/observability.yaml"));
    let dimensions: Vec<Value> = alarms(&observability)
        .iter()
        .filter(|(_, alarm)| alarm["Namespace"] == "AWS/ApiGateway")
        .map(|(_, alarm)| json!([alarm["MetricName"], alarm["Dimensions"][0]]))
        .collect();
    // HTTP and REST APIs have a metric of a name of their own for the same thing.
    let platform = json!(["5xx", { "Name": "ApiId", "Value": { "Ref": "PlatformApiId" } }]);
    let public = json!(["5XXError", { "Name": "ApiName", "Value": sub("gatehouse-${Stage}-public") }]);
    assert!(dimensions.contains(&platform) && dimensions.contains(&public), "{dimensions:?}");
    let given = &template["Resources"]["ObservabilityStack"]["Properties"]["Parameters"]["PlatformApiId"];
    assert_eq!(*given, json!({ "Ref": "PlatformApi" }));
    assert_eq!(template["Resources"]["PublicApi"]["Properties"]["Name"], sub("gatehouse-${Stage}-public"));
}

/// A dashboard is a text in a template: a brace too few shows when somebody needs it.
#[test]
fn every_dashboard_can_be_read_and_nothing_on_it_is_drawn_over() {
    for (stack, count) in [("stacks/observability.yaml", 1), ("stacks/operator.yaml", 1)] {
        let template = read(stack);
        let dashboards = resources(&template, "AWS::CloudWatch::Dashboard");
        assert_eq!(dashboards.len(), count, "{stack}");
        for (name, dashboard) in dashboards {
            let body = dashboard["Properties"]["DashboardBody"]["Fn::Sub"].as_str().unwrap();
            let body: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut places = BTreeSet::new();
            for widget in body["widgets"].as_array().unwrap() {
                let side = |name: &str| widget[name].as_u64().unwrap();
                assert!(side("x") + side("width") <= 24, "{widget}");
                for x in side("x")..side("x") + side("width") {
                    for y in side("y")..side("y") + side("height") {
                        assert!(places.insert((x, y)), "{name}: two widgets at {x}, {y}");
                    }
                }
            }
        }
    }
}

/// The dashboard's graphs of our own metrics are of metrics that some function counts.
#[test]
fn every_metric_of_ours_on_a_dashboard_is_counted_somewhere() {
    let root = acceptance::workspace::root();
    let body = crate::template::text("stacks/observability.yaml");
    let named = body.split("MetricName=\\\"").skip(1).filter_map(|rest| rest.split('\\').next());
    let ours: BTreeSet<&str> =
        named.filter(|name| body.contains(&format!("{{Gatehouse,service,stage}} MetricName=\\\"{name}"))).collect();
    assert!(ours.len() >= 3, "{ours:?}");
    let mut sources = String::new();
    for folder in ["functions", "crates"] {
        let mut waiting = vec![root.join(folder)];
        while let Some(path) = waiting.pop() {
            for entry in std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    waiting.push(entry);
                } else if entry.extension().is_some_and(|extension| extension == "rs") {
                    sources.push_str(&std::fs::read_to_string(entry).unwrap());
                }
            }
        }
    }
    for name in ours {
        assert!(sources.contains(&format!("count(\"{name}\"")), "nobody counts {name}");
    }
}
