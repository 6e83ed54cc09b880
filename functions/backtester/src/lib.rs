//! Runs backtests: plans those that were ordered, reads the log hour by hour, draws up what they came to (B4).

use std::{path::Path, sync::Arc};

use app::{
    backtesting::{BacktestOrder, BacktestWork, Backtester, LastEngine},
    ports::SystemClock,
};
use domain::event::Event;
use lambda::{
    batch::{RecordError, SqsRecord},
    config::{ConfigError, Environment},
};
use serde::Deserialize;

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub operations_table: String,
    pub publications_table: String,
    pub comments_table: String,
    pub content_log_bucket: String,
    pub artefacts_bucket: String,
    pub backtest_queue_url: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (operations, publications) = (read.text("OPERATIONS_TABLE"), read.text("PUBLICATIONS_TABLE"));
            let (comments, queue) = (read.text("COMMENTS_TABLE"), read.text("BACKTEST_QUEUE_URL"));
            let (log, artefacts) = (read.text("CONTENT_LOG_BUCKET"), read.text("ARTEFACTS_BUCKET"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                operations_table: operations?,
                publications_table: publications?,
                comments_table: comments?,
                content_log_bucket: log?,
                artefacts_bucket: artefacts?,
                backtest_queue_url: queue?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub backtester: Backtester,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let backtester = Backtester {
            shelf: Arc::new(aws.backtests(&config.operations_table)),
            files: Arc::new(aws.backtest_objects(&config.artefacts_bucket)),
            queue: Arc::new(aws.backtest_queue(&config.backtest_queue_url)),
            log: Arc::new(aws.log_objects(&config.content_log_bucket)),
            packs: Arc::new(aws.pack_objects(&config.artefacts_bucket)),
            publications: Arc::new(aws.publications(&config.publications_table)),
            comments: Arc::new(aws.comments(&config.comments_table)),
            clock: Arc::new(SystemClock),
            last: LastEngine::default(),
        };
        Ok(Self { backtester })
    }
}

/// What lies in the queue: what was ordered, and the hours of it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    Hour(BacktestOrder),
    Ordered(Box<Event>),
}

/// Plans a backtest, or reads an hour for one.
///
/// # Errors
/// When the message is neither, or a port does not work: the queue delivers it again.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let work = match record.json()? {
        Message::Hour(order) => {
            lambda::fact("backtest.id", order.backtest_id.to_string());
            lambda::fact("hour", order.hour.to_string());
            deps.backtester.read(&order).await?
        }
        Message::Ordered(event) => {
            lambda::fact("event.type", event.body.name());
            deps.backtester.begin(&event).await?
        }
    };
    match work {
        BacktestWork::Planned { hours } => {
            lambda::fact("backtest", "planned");
            lambda::fact("hours", hours);
        }
        BacktestWork::Read(done) => {
            lambda::fact("backtest", "read");
            lambda::fact("contents", done.contents);
            lambda::fact("hits", done.hits);
        }
        BacktestWork::Finished(outcome) => {
            lambda::fact("backtest", "finished");
            lambda::fact("contents", outcome.contents);
            lambda::fact("hits", outcome.hits);
            lambda::metrics::count("BacktestsFinished", 1);
        }
        BacktestWork::Failed(reason) => {
            lambda::fact("backtest", "failed");
            lambda::fact("reason", reason.to_string());
        }
        BacktestWork::Nothing => lambda::fact("backtest", "nothing"),
    }
    Ok(())
}
