//! Empties hours of the content log of what has expired, and ends the rows of publications and complaints whose period is
//! over, with intents and receipts (R16.2), but for what a legal hold keeps (B1).

use std::{path::Path, sync::Arc};

use app::{
    ports::{Clock, DeletionGate, RestingRows, SystemClock},
    retaining::{HoldCheck, RetentionSweeper, RowLooks, RowOrder, RowSweeper, SweepOrder},
};
use domain::{
    profile::Profile,
    resting::RowKind,
    retention::{RetentionPeriod, Stage},
};
use lambda::{
    batch::{RecordError, SqsRecord},
    config::{ConfigError, Environment},
};
use serde::{Deserialize, de::IgnoredAny};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub content_log_bucket: String,
    pub operations_table: String,
    pub accounts_table: String,
    pub publications_table: String,
    pub cases_table: String,
    pub evidence_bucket: String,
    pub sweep_queue_url: String,
    pub stage: Stage,
    pub retention_period: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (bucket, operations) = (read.text("CONTENT_LOG_BUCKET"), read.text("OPERATIONS_TABLE"));
            let (accounts, publications) = (read.text("ACCOUNTS_TABLE"), read.text("PUBLICATIONS_TABLE"));
            let (cases, evidence) = (read.text("CASES_TABLE"), read.text("EVIDENCE_BUCKET"));
            let (sweep, period) = (read.text("SWEEP_QUEUE_URL"), read.text("RETENTION_PERIOD"));
            let stage = read.parsed("STAGE");
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                content_log_bucket: bucket?,
                operations_table: operations?,
                accounts_table: accounts?,
                publications_table: publications?,
                cases_table: cases?,
                evidence_bucket: evidence?,
                sweep_queue_url: sweep?,
                stage: stage?,
                retention_period: period?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub sweeper: RetentionSweeper,
    pub publications: RowSweeper,
    pub complaints: RowSweeper,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read, or the period is one that the stage may not use.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let record = RetentionPeriod::parse(&config.retention_period, config.stage)?;
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let objects = Arc::new(aws.expiring_objects(&config.content_log_bucket));
        let holds = Arc::new(aws.legal_holds(&config.operations_table));
        let principals = Arc::new(aws.principals(&config.accounts_table));
        let receipts = Arc::new(aws.sweep_receipts(&config.content_log_bucket));
        let seals = Arc::new(aws.seal_ledger(&config.operations_table));
        let gate: Arc<dyn DeletionGate> = holds.clone();
        let check = || HoldCheck { holds: gate.clone(), principals: principals.clone(), objects: objects.clone() };
        let cases = Arc::new(aws.cases(&config.cases_table));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let looks = Arc::new(RowLooks {
            board: cases.clone(),
            history: cases.clone(),
            settings: Arc::new(aws.settings(&config.operations_table, clock.clone())),
            record,
            profile: Profile::cn_2017(),
        });
        let evidence = Arc::new(aws.evidence(&config.evidence_bucket));
        let queue = Arc::new(aws.sweep_queue(&config.sweep_queue_url));
        let rows_of = |kind: RowKind, rows: Arc<dyn RestingRows>| RowSweeper {
            kind,
            rows,
            files: evidence.clone(),
            looks: looks.clone(),
            watermark: Arc::new(aws.row_watermark(&config.operations_table, kind)),
            receipts: receipts.clone(),
            seals: seals.clone(),
            holds: check(),
            queue: queue.clone(),
        };
        Ok(Self {
            publications: rows_of(RowKind::Publications, Arc::new(aws.publications(&config.publications_table))),
            complaints: rows_of(RowKind::Complaints, cases),
            sweeper: RetentionSweeper { holds: check(), objects: objects.clone(), receipts, seals, held: holds },
            clock,
        })
    }
}

/// What tells an order to sweep rows from one to sweep an hour of the log.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    rows: Option<IgnoredAny>,
}

/// Sweeps one hour, of the log or of rows.
///
/// # Errors
/// When the message is no order, or something could not be deleted: the queue delivers it again.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let Asked { rows } = record.json()?;
    if rows.is_some() {
        return sweep_rows(deps, record.json()?).await;
    }
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

async fn sweep_rows(deps: &Deps, order: RowOrder) -> Result<(), RecordError> {
    lambda::fact("run.id", order.run_id.to_string());
    lambda::fact("rows", order.rows.name());
    lambda::fact("hour", order.hour.to_string());
    let sweeper = match order.rows {
        RowKind::Publications => &deps.publications,
        RowKind::Complaints => &deps.complaints,
    };
    let sweep = sweeper.sweep(&order, deps.clock.now()).await?;
    lambda::fact("deleted.rows", sweep.deleted);
    lambda::fact("put_off.rows", sweep.put_off);
    lambda::metrics::count("RowsEnded", sweep.deleted as u64);
    lambda::metrics::count("RowsPutOff", sweep.put_off as u64);
    Ok(())
}
