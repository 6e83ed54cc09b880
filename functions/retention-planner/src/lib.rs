//! Names, once a day, the hours of the content log that hold something whose time has come, and those since which rows rest
//! whose time has (R16.2).

use std::{collections::BTreeMap, path::Path, sync::Arc};

use app::{
    ports::{Clock, SweepQueue, SystemClock},
    retaining::{RetentionPlanner, RowPlanner},
};
use domain::{
    resting::RowKind,
    retention::{RetentionPeriod, Stage},
};
use jiff::Timestamp;
use lambda::{
    batch::RecordError,
    config::{ConfigError, Environment},
};
use serde::Serialize;

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub stage: Stage,
    pub operations_table: String,
    pub sweep_queue_url: String,
    pub retention_period: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing or malformed.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (stage, operations) = (read.parsed("STAGE"), read.text("OPERATIONS_TABLE"));
            let (sweep, period) = (read.text("SWEEP_QUEUE_URL"), read.text("RETENTION_PERIOD"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                stage: stage?,
                operations_table: operations?,
                sweep_queue_url: sweep?,
                retention_period: period?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub planner: RetentionPlanner,
    /// One for each kind of rows.
    pub rows: Vec<RowPlanner>,
}

impl Deps {
    /// # Errors
    /// When the trust store cannot be read, or the period is one that the stage may not use.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let period = RetentionPeriod::parse(&config.retention_period, config.stage)?;
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let holds = Arc::new(aws.legal_holds(&config.operations_table));
        let (queue, clock): (Arc<dyn SweepQueue>, Arc<dyn Clock>) =
            (Arc::new(aws.sweep_queue(&config.sweep_queue_url)), Arc::new(SystemClock));
        let settings = Arc::new(aws.settings(&config.operations_table, clock.clone()));
        let rows = RowKind::ALL.map(|rows| RowPlanner {
            rows,
            watermark: Arc::new(aws.row_watermark(&config.operations_table, rows)),
            queue: queue.clone(),
            settings: settings.clone(),
            clock: clock.clone(),
            record: period,
        });
        let planner = RetentionPlanner {
            watermark: Arc::new(aws.watermark(&config.operations_table)),
            queue,
            holds: holds.clone(),
            held: holds,
            clock,
            period,
        };
        Ok(Self { planner, rows: rows.into() })
    }
}

/// The reply of a run.
#[derive(Debug, Serialize)]
pub struct Planned {
    pub run_id: String,
    /// Hours that were ordered to be swept.
    pub orders: usize,
    /// Hours in which a hold keeps something whose time has come.
    pub held: usize,
    /// Hours whose rows were ordered to be swept, by kind.
    pub rows: BTreeMap<&'static str, usize>,
}

/// Plans as of `at`, the time of the schedule.
///
/// # Errors
/// When a watermark, the settings or the queue do not work.
pub async fn handle(deps: &Deps, at: Timestamp) -> Result<Planned, RecordError> {
    // Each on its own: what keeps one from being planned does not keep the others.
    let plan = deps.planner.plan(at).await;
    let mut rows = BTreeMap::new();
    let mut failed = None;
    for planner in &deps.rows {
        match planner.plan(at).await {
            Ok(plan) => drop(rows.insert(planner.rows.name(), plan.orders)),
            Err(error) => failed = Some(error),
        }
    }
    let plan = plan?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    lambda::fact("run.id", plan.run_id.to_string());
    lambda::fact("orders", plan.orders);
    lambda::fact("hours.held", plan.held);
    lambda::fact("orders.rows", rows.values().sum::<usize>());
    Ok(Planned { run_id: plan.run_id.to_string(), orders: plan.orders, held: plan.held, rows })
}
