//! Compiles the rule packs that operators upload, and puts them in force (R11.1).
//!
//! An operator puts a pack's files below `controls/rule-packs/<upload>/`; S3 tells the queue; here the pack is judged, its
//! examples are run, and it is published, or answered with everything that is wrong with it.

use std::{path::Path, sync::Arc, time::Instant};

use app::{ports::SystemClock, rule_packs::RulePackCompiler};
use lambda::{
    batch::{RecordError, SqsRecord},
    config::{ConfigError, Environment},
    notification::Notification,
};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub operations_table: String,
    pub artefacts_bucket: String,
    pub callers_table: String,
    pub sealing_key_id: String,
    pub index_key_id: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (operations, artefacts) = (read.text("OPERATIONS_TABLE"), read.text("ARTEFACTS_BUCKET"));
            let (callers, sealing, index) =
                (read.text("CALLERS_TABLE"), read.text("SEALING_KEY_ID"), read.text("INDEX_KEY_ID"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                operations_table: operations?,
                artefacts_bucket: artefacts?,
                callers_table: callers?,
                sealing_key_id: sealing?,
                index_key_id: index?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub compiler: RulePackCompiler,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let (table, bucket) = (&config.operations_table, &config.artefacts_bucket);
        let compiler = RulePackCompiler {
            files: Arc::new(aws.control_files(bucket)),
            shelf: Arc::new(aws.rule_packs(table, Arc::new(SystemClock))),
            archive: Arc::new(aws.pack_objects(bucket)),
            callers: Arc::new(aws.callers(&config.callers_table, &config.sealing_key_id, &config.index_key_id)),
            clock: Arc::new(SystemClock),
        };
        Ok(Self { compiler })
    }
}

/// Takes every file that the message tells of.
///
/// # Errors
/// When the message is no notification of S3, or a port does not work: the queue delivers it again, and what was done
/// is met as done.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let Notification::Told { records } = record.json()? else {
        lambda::fact("upload", "trial");
        return Ok(());
    };
    for told in records {
        let Some(file) = told.file().map_err(|error| RecordError::permanent(&error))? else { continue };
        let began = Instant::now();
        let Some(report) = deps.compiler.take(&file).await? else { continue };
        lambda::metrics::took("RulePackJudged", began.elapsed());
        lambda::fact("rule_pack.accepted", report.accepted);
        lambda::fact("rule_pack.version", report.version);
        lambda::fact("rule_pack.problems", report.problems.len());
        lambda::metrics::count(if report.accepted { "RulePacksAccepted" } else { "RulePacksRefused" }, 1);
    }
    Ok(())
}
