//! Seals the record, hour by hour: what was written in each, signed, in a chain (R16.2).

use std::{path::Path, sync::Arc};

use app::{ports::SystemClock, sealing::LogSealer};
use domain::retention::{RetentionPeriod, Stage};
use jiff::{SignedDuration, Timestamp};
use lambda::{
    batch::RecordError,
    config::{ConfigError, Environment},
};
use serde::Serialize;

/// How far the schedule's clock may be ahead of ours.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// How far ahead the local stage may seal: nobody there waits until the hour is over.
const LOCALLY: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub stage: Stage,
    pub operations_table: String,
    pub content_log_bucket: String,
    pub seal_key_id: String,
    pub retention_period: String,
    pub lock_mode: aws::LockMode,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing or malformed.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (stage, lock_mode) = (read.parsed("STAGE"), read.parsed("LOCK_MODE"));
            let (operations, bucket) = (read.text("OPERATIONS_TABLE"), read.text("CONTENT_LOG_BUCKET"));
            let (key, period) = (read.text("SEAL_KEY_ID"), read.text("RETENTION_PERIOD"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                stage: stage?,
                operations_table: operations?,
                content_log_bucket: bucket?,
                seal_key_id: key?,
                retention_period: period?,
                lock_mode: lock_mode?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub sealer: LogSealer,
}

impl Deps {
    /// # Errors
    /// When the trust store cannot be read, or the period is one that the stage may not use.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let period = RetentionPeriod::parse(&config.retention_period, config.stage)?;
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let sealer = LogSealer {
            ledger: Arc::new(aws.seal_ledger(&config.operations_table)),
            shelf: Arc::new(aws.seals(&config.content_log_bucket, config.lock_mode, period)),
            signer: Arc::new(aws.seal_signer(&config.seal_key_id)),
            clock: Arc::new(SystemClock),
            ahead: if config.stage == Stage::Local { LOCALLY } else { CLOCK_SKEW },
        };
        Ok(Self { sealer })
    }
}

/// The reply of a run.
#[derive(Debug, Serialize)]
pub struct Sealed {
    /// Seals that were made.
    pub seals: usize,
    /// Objects that they speak of.
    pub entries: usize,
    /// The start of the last hour that is sealed.
    pub sealed_hour: Option<Timestamp>,
    /// Hours that are due and left to the next run.
    pub left: i64,
    /// The key that signs.
    pub key_id: String,
}

/// Seals what is over as of `at`, the time of the schedule.
///
/// # Errors
/// When the ledger, the bucket or the key does not work, or what is there contradicts the ledger.
pub async fn handle(deps: &Deps, at: Timestamp) -> Result<Sealed, RecordError> {
    let sealing = deps.sealer.seal(at).await?;
    lambda::fact("seals", sealing.seals);
    lambda::fact("seal.entries", sealing.entries);
    lambda::fact("seals.left", sealing.left);
    lambda::metrics::count("SealsMade", sealing.seals as u64);
    Ok(Sealed {
        seals: sealing.seals,
        entries: sealing.entries,
        sealed_hour: sealing.head.map(|head| head.hour),
        left: sealing.left,
        key_id: sealing.key.key_id().to_string(),
    })
}
