//! Writes the content log: the records of a whole batch of messages, many to an object, locked (R16.2).

use std::{path::Path, sync::Arc};

use app::{content_logging::ContentLogger, error::AppError, ports::SystemClock};
use domain::retention::{RetentionPeriod, Stage};
use evidence::record::LogBatch;
use lambda::{
    batch::{RecordError, SqsRecord},
    config::{ConfigError, Environment},
};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub stage: Stage,
    pub content_log_bucket: String,
    pub operations_table: String,
    pub retention_period: String,
    pub lock_mode: aws::LockMode,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing or malformed.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (stage, lock_mode) = (read.parsed("STAGE"), read.parsed("LOCK_MODE"));
            let operations = read.text("OPERATIONS_TABLE");
            let (bucket, period) = (read.text("CONTENT_LOG_BUCKET"), read.text("RETENTION_PERIOD"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                stage: stage?,
                content_log_bucket: bucket?,
                operations_table: operations?,
                retention_period: period?,
                lock_mode: lock_mode?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub logger: ContentLogger,
}

impl Deps {
    /// # Errors
    /// When the trust store cannot be read, or the period is one that the stage may not use.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let period = RetentionPeriod::parse(&config.retention_period, config.stage)?;
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let log = Arc::new(aws.content_log(&config.content_log_bucket, config.lock_mode));
        let seals = Arc::new(aws.seal_ledger(&config.operations_table));
        let logged = Arc::new(aws.reconciliation(&config.operations_table));
        Ok(Self { logger: ContentLogger { log, seals, logged, clock: Arc::new(SystemClock), period } })
    }
}

/// Writes the records of all messages into as few objects as there are hours. A message that cannot be read fails
/// alone; when an object cannot be written, all messages come again, which changes nothing about what was written.
pub async fn handle(deps: &Deps, messages: Vec<SqsRecord>) -> Vec<(String, RecordError)> {
    let (mut failed, mut read, mut records) = (Vec::new(), Vec::new(), Vec::new());
    for message in messages {
        match message.json::<LogBatch>() {
            Ok(batch) => {
                records.extend(batch.records);
                read.push(message.message_id);
            }
            Err(error) => failed.push((message.message_id, error)),
        }
    }
    if records.is_empty() {
        return failed;
    }
    match deps.logger.write(records).await {
        Ok(logged) => {
            lambda::fact("log.records", logged.records);
            lambda::fact("log.objects", logged.objects);
            lambda::fact("log.bytes", logged.bytes);
            lambda::metrics::count("LogRecords", logged.records as u64);
            lambda::metrics::count("LogObjects", logged.objects as u64);
        }
        Err(error) => failed.extend(blamed(&read, &error)),
    }
    failed
}

fn blamed(messages: &[String], error: &AppError) -> Vec<(String, RecordError)> {
    let of = |error: &AppError| {
        if error.is_retryable() { RecordError::transient(error) } else { RecordError::permanent(error) }
    };
    messages.iter().map(|message_id| (message_id.clone(), of(error))).collect()
}
