//! Compares, once a night, what was accepted with what is in the record, hour by hour, and writes again what is missing (B11).

use std::{path::Path, sync::Arc};

use app::{ports::SystemClock, reconciling::Reconciler};
use domain::retention::Stage;
use jiff::{SignedDuration, Timestamp};
use lambda::{
    batch::RecordError,
    config::{ConfigError, Environment},
};
use serde::Serialize;

/// The local stage compares hours that are not over: nobody there waits until they are.
const LOCALLY: SignedDuration = SignedDuration::from_hours(-1);

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub stage: Stage,
    pub operations_table: String,
    pub publications_table: String,
    pub content_log_queue_url: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing or malformed.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (stage, operations) = (read.parsed("STAGE"), read.text("OPERATIONS_TABLE"));
            let (publications, log) = (read.text("PUBLICATIONS_TABLE"), read.text("CONTENT_LOG_QUEUE_URL"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                stage: stage?,
                operations_table: operations?,
                publications_table: publications?,
                content_log_queue_url: log?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub reconciler: Reconciler,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let publications = Arc::new(aws.publications(&config.publications_table));
        let rows = Arc::new(aws.reconciliation(&config.operations_table));
        let reconciler = Reconciler {
            accepted: publications.clone(),
            logged: rows.clone(),
            shelf: publications,
            log: Arc::new(aws.log_queue(&config.content_log_queue_url)),
            book: rows,
            mark: Arc::new(aws.reconciled_mark(&config.operations_table)),
            clock: Arc::new(SystemClock),
            margin: if config.stage == Stage::Local { LOCALLY } else { Reconciler::MARGIN },
        };
        Ok(Self { reconciler })
    }
}

/// The reply of a run.
#[derive(Debug, Serialize)]
pub struct Reconciled {
    /// Hours that were compared.
    pub hours: usize,
    /// Editions of publications that were accepted in them.
    pub accepted: usize,
    /// Records of publications that are in the log of them.
    pub logged: usize,
    /// Accepted and not in the record.
    pub missing: usize,
    /// In the record and never accepted.
    pub extra: usize,
    /// Of the missing, those that were sent into the record again.
    pub repaired: usize,
}

/// Compares what is over as of `at`, the time of the schedule.
///
/// # Errors
/// When a table or the queue does not work.
pub async fn handle(deps: &Deps, at: Timestamp) -> Result<Reconciled, RecordError> {
    let found = deps.reconciler.reconcile(at).await?;
    let (missing, extra) = (found.missing.len(), found.extra.len());
    lambda::fact("hours", found.hours);
    lambda::fact("accepted", found.accepted);
    lambda::fact("logged", found.logged);
    lambda::fact("missing", missing);
    lambda::fact("extra", extra);
    lambda::metrics::count("RecordsReconciled", found.accepted as u64);
    lambda::metrics::count("RecordsMissing", missing as u64);
    lambda::metrics::count("RecordsExtra", extra as u64);
    Ok(Reconciled {
        hours: found.hours,
        accepted: found.accepted,
        logged: found.logged,
        missing,
        extra,
        repaired: found.repaired,
    })
}
