//! CloudWatch metrics in the Embedded Metric Format: one JSON line on standard output for each invocation, from which
//! CloudWatch makes metrics in the namespace `Gatehouse` with the dimensions `service` and `stage`, and `queue` where something is
//! told of each queue of cases. Identifiers are
//! never dimensions: every distinct value would be a metric of its own, with a bill of its own.

use std::{
    collections::BTreeMap,
    io::Write as _,
    time::{Duration, Instant},
};

use app::ports::{Clock as _, SystemClock};
use serde_json::{Value, json};

use crate::{invocation, start};

/// A metric may have 100 values on one line; what is beyond goes on another.
const VALUES_PER_LINE: usize = 100;

/// Adds `n` to the counter `name` of this invocation. Names are `UpperCamelCase`.
///
/// ```
/// lambda::metrics::count("PublicationsHeld", 3);
/// ```
pub fn count(name: &'static str, n: u64) {
    invocation::with_metrics(|metrics| *metrics.counters.entry(name).or_default() += n);
}

/// Adds `n` to the counter `name` of one `queue` of cases: a metric with that dimension besides, of which the settings bound
/// how many there are.
///
/// ```
/// lambda::metrics::count_in_queue("default", "OldestCaseHours", 30);
/// ```
pub fn count_in_queue(queue: &str, name: &'static str, n: u64) {
    invocation::with_metrics(|metrics| {
        *metrics.queues.entry(queue.to_owned()).or_default().entry(name).or_default() += n;
    });
}

/// Notes that `name` took so long.
///
/// ```
/// # use std::time::Instant;
/// let started = Instant::now();
/// lambda::metrics::took("Screening", started.elapsed());
/// ```
pub fn took(name: &'static str, time: Duration) {
    invocation::with_metrics(|metrics| metrics.durations.entry(name).or_default().push(milliseconds(time)));
}

/// Milliseconds to three decimals: a float with more digits tells of noise.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact below 285 years of microseconds")]
    let milliseconds = time.as_micros() as f64 / 1000.0;
    milliseconds
}

pub(crate) fn since(started: Instant) -> f64 {
    milliseconds(started.elapsed())
}

/// The metrics of one invocation.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    counters: BTreeMap<&'static str, u64>,
    durations: BTreeMap<&'static str, Vec<f64>>,
    /// By queue of cases.
    queues: BTreeMap<String, BTreeMap<&'static str, u64>>,
}

impl Metrics {
    pub(crate) fn flush(self) {
        let Some(identity) = start::identity() else { return };
        let mut lines = self.lines(identity.service, &identity.stage, SystemClock.now().as_millisecond());
        lines.push('\n');
        if lines.len() > 1 {
            // Without standard output there is nobody to tell that it is gone.
            let _ = std::io::stdout().lock().write_all(lines.as_bytes());
        }
    }

    fn lines(self, service: &str, stage: &str, now_ms: i64) -> String {
        let mut lines: Vec<BTreeMap<&'static str, (&'static str, Value)>> = Vec::new();
        let mut put = |line: usize, name, unit, value| {
            if lines.len() <= line {
                lines.resize_with(line + 1, BTreeMap::new);
            }
            lines[line].insert(name, (unit, value));
        };
        for (name, n) in self.counters {
            put(0, name, "Count", json!(n));
        }
        for (name, times) in self.durations {
            for (line, times) in times.chunks(VALUES_PER_LINE).enumerate() {
                put(line, name, "Milliseconds", json!(times));
            }
        }
        let line = |metrics: &BTreeMap<&'static str, (&'static str, Value)>, queue: Option<&str>| {
            let directive: Vec<Value> =
                metrics.iter().map(|(name, (unit, _))| json!({"Name": name, "Unit": unit})).collect();
            let dimensions: Vec<&str> = ["service", "stage"].into_iter().chain(queue.map(|_| "queue")).collect();
            let mut line = json!({
                "_aws": {
                    "Timestamp": now_ms,
                    "CloudWatchMetrics": [
                        {"Namespace": "Gatehouse", "Dimensions": [dimensions], "Metrics": directive}
                    ]
                },
                "service": service,
                "stage": stage,
            });
            if let Some(queue) = queue {
                line["queue"] = json!(queue);
            }
            for (name, (_, value)) in metrics {
                line[name] = value.clone();
            }
            line.to_string()
        };
        let of_queues = self.queues.into_iter().map(|(queue, counters)| {
            let metrics = counters.into_iter().map(|(name, n)| (name, ("Count", json!(n)))).collect();
            line(&metrics, Some(&queue))
        });
        lines.iter().map(|metrics| line(metrics, None)).chain(of_queues).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_is_one_line_in_the_embedded_metric_format() {
        let metrics = Metrics {
            counters: BTreeMap::from([("Records", 3)]),
            durations: BTreeMap::from([("Duration", vec![1.5, 2.25])]),
            ..Metrics::default()
        };
        let line: Value = serde_json::from_str(&metrics.lines("enforcer", "local", 1_700_000_000_000)).unwrap();
        insta::assert_json_snapshot!(line);
    }

    #[test]
    fn a_queue_is_a_line_of_its_own_with_one_dimension_more() {
        let counts = BTreeMap::from([("OldestCaseHours", 30)]);
        let queues = BTreeMap::from([("appeals".to_owned(), counts.clone()), ("default".to_owned(), counts)]);
        let lines = Metrics { queues, ..Metrics::default() }.lines("deadline-clock", "local", 0);
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.iter().map(|line| &line["queue"]).collect::<Vec<_>>(), ["appeals", "default"]);
        let directive = &lines[0]["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(directive["Dimensions"], json!([["service", "stage", "queue"]]));
        assert_eq!(lines[0]["OldestCaseHours"], 30);
    }

    #[test]
    fn an_invocation_without_metrics_writes_nothing() {
        assert_eq!(Metrics::default().lines("enforcer", "local", 0), "");
    }

    #[test]
    fn the_values_beyond_a_hundred_go_on_a_second_line() {
        let metrics = Metrics {
            counters: BTreeMap::from([("Records", 101)]),
            durations: BTreeMap::from([("Duration", vec![1.0; 101])]),
            ..Metrics::default()
        };
        let lines = metrics.lines("enforcer", "local", 0);
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["Duration"].as_array().unwrap().len(), 100);
        assert_eq!(lines[1]["Duration"].as_array().unwrap().len(), 1);
        assert!(lines[1].get("Records").is_none());
    }
}
