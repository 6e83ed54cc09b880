//! Takes the files by which operators control the system: settings (R7.3 and others), policy documents (R5.2),
//! protected names (R4), and lists that are brought along: blacklist (R13.2) and account groups (R7.3).
//!
//! An operator puts an object below `controls/`; S3 tells the queue; here the file is judged, put in force and answered
//! with a report below `reports/`.

use std::{path::Path, sync::Arc};

use app::{blacklisting::BlacklistDesk, control_files::ControlDesk, grouping::Grouping, ports::SystemClock};
use lambda::{
    batch::{RecordError, SqsRecord},
    config::{ConfigError, Environment},
    notification::Notification,
};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub accounts_table: String,
    pub operations_table: String,
    pub artefacts_bucket: String,
    pub callers_table: String,
    pub sealing_key_id: String,
    pub index_key_id: String,
    pub index_key_versions: aws::IndexVersions,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let accounts = read.text("ACCOUNTS_TABLE");
            let (operations, artefacts) = (read.text("OPERATIONS_TABLE"), read.text("ARTEFACTS_BUCKET"));
            let (callers, sealing, index) =
                (read.text("CALLERS_TABLE"), read.text("SEALING_KEY_ID"), read.text("INDEX_KEY_ID"));
            let versions = read.parsed("INDEX_KEY_VERSIONS");
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                accounts_table: accounts?,
                operations_table: operations?,
                artefacts_bucket: artefacts?,
                callers_table: callers?,
                sealing_key_id: sealing?,
                index_key_id: index?,
                index_key_versions: versions?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub desk: ControlDesk,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let (table, bucket) = (&config.operations_table, &config.artefacts_bucket);
        let accounts = Arc::new(aws.accounts(&config.accounts_table));
        let principals = Arc::new(aws.principals(&config.accounts_table));
        let desk = ControlDesk {
            files: Arc::new(aws.control_files(bucket)),
            settings: Arc::new(aws.settings(table, Arc::new(SystemClock))),
            policy_documents: Arc::new(aws.policy_document_archive(table, bucket)),
            protected_names: Arc::new(aws.protected_names(table)),
            blacklist: BlacklistDesk {
                accounts: accounts.clone(),
                principals: principals.clone(),
                blacklist: Arc::new(aws.blacklist(&config.accounts_table)),
                index: Arc::new(aws.principal_index(&config.index_key_id, &config.index_key_versions)),
                clock: Arc::new(SystemClock),
            },
            groups: Grouping {
                accounts,
                principals,
                groups: Arc::new(aws.groups(&config.accounts_table)),
                clock: Arc::new(SystemClock),
            },
            callers: Arc::new(aws.callers(&config.callers_table, &config.sealing_key_id, &config.index_key_id)),
            clock: Arc::new(SystemClock),
        };
        Ok(Self { desk })
    }
}

/// Takes every file that the message tells of.
///
/// # Errors
/// When the message is no notification of S3, or a port does not work: the queue delivers it again, and what was done
/// is met as done.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let Notification::Told { records } = record.json()? else {
        lambda::fact("control", "trial");
        return Ok(());
    };
    for told in records {
        let Some(file) = told.file().map_err(|error| RecordError::permanent(&error))? else { continue };
        let Some(report) = deps.desk.take(&file).await? else { continue };
        lambda::fact("control.kind", report.kind);
        lambda::fact("control.accepted", report.accepted);
        lambda::fact("control.version", report.version);
        lambda::fact("control.problems", report.problems.len());
        lambda::metrics::count(if report.accepted { "ControlFilesAccepted" } else { "ControlFilesRefused" }, 1);
    }
    Ok(())
}
