//! Asks the identity provider about registrations that wait in the verification queue (R6.1).

use std::{path::Path, sync::Arc};

use app::{
    ports::SystemClock,
    registration::{RegistrationVerifier, Verification},
};
use domain::{event::Event, retention::Stage};
use lambda::{
    batch::{RecordError, SqsRecord},
    config::{ConfigError, Environment},
};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub stage: Stage,
    pub accounts_table: String,
    pub sealing_key_id: String,
    pub identity_provider_url: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing or malformed.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (accounts, sealing) = (read.text("ACCOUNTS_TABLE"), read.text("SEALING_KEY_ID"));
            let (stage, provider) = (read.parsed("STAGE"), read.text("IDENTITY_PROVIDER_URL"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                stage: stage?,
                accounts_table: accounts?,
                sealing_key_id: sealing?,
                identity_provider_url: provider?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub verifier: RegistrationVerifier,
}

impl Deps {
    /// # Errors
    /// When the trust store cannot be read, or the provider's address is not one that the stage may use.
    pub async fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new)).await?;
        let verifier = RegistrationVerifier {
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            vault: Arc::new(aws.vault(&config.sealing_key_id)),
            provider: Arc::new(outbound::HttpIdentityCheck::new(&config.identity_provider_url, config.stage)?),
            clock: Arc::new(SystemClock),
        };
        Ok(Self { verifier })
    }
}

/// Settles one registration.
///
/// # Errors
/// When the message is no registration, or a port does not work: the queue delivers it again.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let event: Event = record.json()?;
    lambda::fact("event.id", event.event_id.to_string());
    let verification = deps.verifier.verify(&event).await?;
    lambda::fact(
        "verification",
        match verification {
            Verification::Verified => "verified",
            Verification::Rejected(_) => "rejected",
            Verification::AlreadySettled(_) => "already_settled",
        },
    );
    Ok(())
}
