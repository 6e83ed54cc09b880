//! Works on the record for those who asked: builds evidence packages that were approved (R16.1, B3).

use std::{path::Path, sync::Arc};

use app::{
    packaging::{PackageBuilder, PackageWork},
    ports::SystemClock,
};
use domain::{
    event::Event,
    retention::{RetentionPeriod, Stage},
};
use lambda::{
    batch::{RecordError, SqsRecord},
    config::{ConfigError, Environment},
};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub stage: Stage,
    pub operations_table: String,
    pub accounts_table: String,
    pub content_log_bucket: String,
    pub artefacts_bucket: String,
    pub media_bucket: String,
    pub sealing_key_id: String,
    pub seal_key_id: String,
    pub retention_period: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing or malformed.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (stage, period) = (read.parsed("STAGE"), read.text("RETENTION_PERIOD"));
            let (operations, accounts) = (read.text("OPERATIONS_TABLE"), read.text("ACCOUNTS_TABLE"));
            let (log, artefacts) = (read.text("CONTENT_LOG_BUCKET"), read.text("ARTEFACTS_BUCKET"));
            let media = read.text("MEDIA_BUCKET");
            let (sealing, seal) = (read.text("SEALING_KEY_ID"), read.text("SEAL_KEY_ID"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                stage: stage?,
                operations_table: operations?,
                accounts_table: accounts?,
                content_log_bucket: log?,
                artefacts_bucket: artefacts?,
                media_bucket: media?,
                sealing_key_id: sealing?,
                seal_key_id: seal?,
                retention_period: period?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub packages: PackageBuilder,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read, or the period is one that the stage may not use.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let period = RetentionPeriod::parse(&config.retention_period, config.stage)?;
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let packages = PackageBuilder {
            packages: Arc::new(aws.packages(&config.operations_table)),
            archive: Arc::new(aws.package_objects(&config.artefacts_bucket)),
            log: Arc::new(aws.log_objects(&config.content_log_bucket)),
            media: Arc::new(aws.media(&config.media_bucket)),
            signer: Arc::new(aws.seal_signer(&config.seal_key_id)),
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            principals: Arc::new(aws.principals(&config.accounts_table)),
            vault: Arc::new(aws.vault(&config.sealing_key_id)),
            activity: Arc::new(aws.activity_vault(&config.sealing_key_id)),
            clock: Arc::new(SystemClock),
            period,
        };
        Ok(Self { packages })
    }
}

/// Does what one event asks for.
///
/// # Errors
/// When the message is no event, or a port does not work: the queue delivers it again.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let event: Event = record.json()?;
    lambda::fact("event.type", event.body.name());
    match deps.packages.build(&event).await? {
        PackageWork::Built(built) => {
            lambda::fact("package", "built");
            lambda::fact("package.records", built.records);
            lambda::fact("package.bytes", built.size);
            lambda::metrics::count("PackagesBuilt", 1);
        }
        PackageWork::Failed(failure) => lambda::fact("package", format!("{failure:?}")),
        PackageWork::Nothing => lambda::fact("package", "nothing"),
    }
    Ok(())
}
