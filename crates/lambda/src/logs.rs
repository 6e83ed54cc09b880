//! Log lines: one JSON object a line on standard error.
//!
//! Keys of every line: `timestamp` (RFC 3339, UTC, milliseconds), `level`, `message`, `service`, `target`; while an
//! event is handled also `function_request_id`, `cold_start` and, when there is one, `xray_trace_id`. Beside them
//! stand the fields of the event and the facts that the handler told ([`fact`](crate::fact)).
//!
//! One canonical line is written by the runner for each request and each record. Handlers log only what somebody has
//! to act on, and never bodies, tokens, names or numbers.

use std::{fmt, io::Write as _, str::FromStr};

use app::ports::{Clock as _, SystemClock};
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
};
use tracing_subscriber::{
    Layer,
    filter::filter_fn,
    layer::{Context, SubscriberExt as _},
};

use crate::invocation;

/// Crates of this workspace beside the function's own. Only these may log below `warn`: the SDK's and the HTTP
/// stack's chatter shows bodies.
const OURS: [&str; 7] = ["app", "aws", "domain", "evidence", "lambda", "outbound", "screening"];

/// The lowest level that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
}

/// The text is no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one of error, warn, info, debug")]
pub struct LevelError;

impl FromStr for Level {
    type Err = LevelError;
    fn from_str(text: &str) -> Result<Self, LevelError> {
        match text {
            "error" => Ok(Self::Error),
            "warn" => Ok(Self::Warn),
            "info" => Ok(Self::Info),
            "debug" => Ok(Self::Debug),
            _ => Err(LevelError),
        }
    }
}

impl From<Level> for LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::ERROR,
            Level::Warn => Self::WARN,
            Level::Info => Self::INFO,
            Level::Debug => Self::DEBUG,
        }
    }
}

/// Sends log lines and panics of this process to standard error. A second call changes nothing.
pub(crate) fn install(service: &'static str, level: Level) {
    if tracing::subscriber::set_global_default(subscriber(service, level, to_stderr)).is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            // Where, and not what: the message of a panic can hold what a caller sent.
            let location = panic.location().map(ToString::to_string);
            tracing::error!(panic.location = location, "a handler panicked");
        }));
    }
}

fn to_stderr(line: &str) {
    // One write, so that lines do not run into each other; without standard error there is nobody to tell.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

fn subscriber(
    service: &'static str,
    level: Level,
    write: impl Fn(&str) + Send + Sync + 'static,
) -> impl Subscriber + Send + Sync {
    let function = service.replace('-', "_");
    let ours = move |target: &str| {
        let name = target.split("::").next().unwrap_or(target);
        name == function || OURS.contains(&name)
    };
    let lines = JsonLines { service, write }.with_filter(LevelFilter::from(level));
    let quiet = filter_fn(move |metadata| *metadata.level() <= tracing::Level::WARN || ours(metadata.target()));
    tracing_subscriber::registry().with(lines.with_filter(quiet))
}

struct JsonLines<W> {
    service: &'static str,
    write: W,
}

impl<S: Subscriber, W: Fn(&str) + 'static> Layer<S> for JsonLines<W> {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut visitor = Fields { message: String::new(), fields: invocation::facts() };
        event.record(&mut visitor);
        let names = invocation::names();
        for key in ["timestamp", "level", "message", "service", "target"] {
            visitor.fields.remove(key);
        }
        let line = Line {
            timestamp: format!("{:.3}", SystemClock.now()),
            level: event.metadata().level().as_str(),
            message: &visitor.message,
            service: self.service,
            target: event.metadata().target(),
            function_request_id: names.as_ref().map(|names| names.function_request_id.as_str()),
            cold_start: names.as_ref().map(|names| names.cold_start),
            xray_trace_id: names.as_ref().and_then(|names| names.xray_trace_id.as_deref()),
            fields: visitor.fields,
        };
        if let Ok(mut line) = serde_json::to_string(&line) {
            line.push('\n');
            (self.write)(&line);
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'static str,
    message: &'a str,
    service: &'static str,
    target: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cold_start: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    xray_trace_id: Option<&'a str>,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

struct Fields {
    message: String,
    fields: Map<String, Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.fields.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.put(field, format!("{value:?}"));
        }
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" { value.clone_into(&mut self.message) } else { self.put(field, value) }
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }
}

/// An error and what it came from, as one line for the log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::{Arc, Mutex, OnceLock};

    use serde_json::json;
    use tracing::Dispatch;

    use super::*;

    /// Two listeners that hear everything and never go away. Tracing keeps for each place in the code whether anybody
    /// listens; with a single listener it asks the thread that comes by first, which may belong to another test.
    fn keep_listening() {
        static LISTENERS: OnceLock<[Dispatch; 2]> = OnceLock::new();
        let listener = || Dispatch::new(subscriber("lambda", Level::Debug, |_| ()));
        LISTENERS.get_or_init(|| [listener(), listener()]);
        tracing::callsite::rebuild_interest_cache();
    }

    /// The lines that `write` writes on this thread.
    pub(crate) fn lines(level: Level, write: impl FnOnce()) -> Vec<Value> {
        keep_listening();
        let written: Arc<Mutex<String>> = Arc::default();
        let sink = Arc::clone(&written);
        let subscriber = subscriber("content-logger", level, move |line| sink.lock().unwrap().push_str(line));
        tracing::subscriber::with_default(subscriber, write);
        let written = written.lock().unwrap();
        written.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_line_has_the_standard_keys_the_fields_and_the_facts() {
        let mut context = lambda_runtime::Context::default();
        context.request_id = "f-1".to_owned();
        context.xray_trace_id = Some("Root=1-a".to_owned());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let lines = lines(Level::Info, || {
            runtime.block_on(invocation::enter(&context, async {
                invocation::telling(async {
                    crate::fact("case.id", "case_1");
                    // A fact cannot pose as a standard key.
                    crate::fact("level", "INFO");
                    tracing::warn!(records = 3_u64, ratio = 0.5, "three\nrecords");
                })
                .await;
                tracing::info!("the fact is gone");
            }));
            tracing::info!("outside");
        });
        let mut first = lines[0].clone();
        let timestamp: jiff::Timestamp = first["timestamp"].take().as_str().unwrap().parse().unwrap();
        assert!(timestamp > jiff::Timestamp::UNIX_EPOCH);
        assert!(first["cold_start"].take().is_boolean());
        assert_eq!(
            first,
            json!({
                "timestamp": null, "cold_start": null, "level": "WARN", "message": "three\nrecords",
                "service": "content-logger", "target": "lambda::logs::tests", "function_request_id": "f-1",
                "xray_trace_id": "Root=1-a", "case.id": "case_1", "records": 3, "ratio": 0.5
            })
        );
        assert!(lines[1].get("case.id").is_none());
        assert!(lines[2].get("function_request_id").is_none());
    }

    #[test]
    fn only_our_own_crates_speak_below_warn() {
        let lines = lines(Level::Debug, || {
            tracing::debug!(target: "content_logger::handle", "ours");
            tracing::debug!(target: "aws_smithy_runtime::client", "the SDK's chatter shows bodies");
            tracing::info!(target: "hyper", "the stack's too");
            tracing::warn!(target: "aws_smithy_runtime::client", "but not its warnings");
            tracing::trace!(target: "lambda", "below the level");
        });
        let messages: Vec<&str> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
        assert_eq!(messages, ["ours", "but not its warnings"]);
    }

    #[test]
    fn what_is_below_the_level_is_not_written() {
        let lines = lines(Level::Error, || {
            tracing::warn!("no");
            tracing::error!("yes");
        });
        assert_eq!(lines.len(), 1);
    }
}
