//! Empties hours of the content log of what has expired, with intents and receipts (R16.2), but for what a legal hold
//! keeps (B1).

use std::{path::Path, sync::Arc};

use app::{
    ports::{Clock, SystemClock},
    retaining::{HoldCheck, RetentionSweeper, SweepOrder},
};
use lambda::{
    batch::{RecordError, SqsRecord},
    config::{ConfigError, Environment},
};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub content_log_bucket: String,
    pub operations_table: String,
    pub accounts_table: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (bucket, operations) = (read.text("CONTENT_LOG_BUCKET"), read.text("OPERATIONS_TABLE"));
            let accounts = read.text("ACCOUNTS_TABLE");
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                content_log_bucket: bucket?,
                operations_table: operations?,
                accounts_table: accounts?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub sweeper: RetentionSweeper,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let objects = Arc::new(aws.expiring_objects(&config.content_log_bucket));
        let holds = Arc::new(aws.legal_holds(&config.operations_table));
        let principals = Arc::new(aws.principals(&config.accounts_table));
        let sweeper = RetentionSweeper {
            objects: objects.clone(),
            receipts: Arc::new(aws.sweep_receipts(&config.content_log_bucket)),
            seals: Arc::new(aws.seal_ledger(&config.operations_table)),
            holds: HoldCheck { holds: holds.clone(), principals, objects },
            held: holds,
        };
        Ok(Self { sweeper, clock: Arc::new(SystemClock) })
    }
}

/// Sweeps one hour.
///
/// # Errors
/// When the message is no order, or something could not be deleted: the queue delivers it again.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let order: SweepOrder = record.json()?;
    lambda::fact("run.id", order.run_id.to_string());
    lambda::fact("hour", order.hour.to_string());
    let sweep = deps.sweeper.sweep(&order, deps.clock.now()).await?;
    lambda::fact("deleted.objects", sweep.deleted);
    lambda::fact("deleted.bytes", sweep.bytes);
    lambda::fact("held.objects", sweep.held);
    lambda::metrics::count("ObjectsDeleted", sweep.deleted as u64);
    lambda::metrics::count("ObjectsHeld", sweep.held as u64);
    Ok(())
}
