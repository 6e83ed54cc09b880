//! Asks the identity provider about registrations that wait in the verification queue (R6.1).

use std::{path::Path, sync::Arc};

use app::{
    ports::{Chance, Clock, SystemClock},
    verifying::{RegistrationVerifier, Verification},
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
    pub operations_table: String,
    pub sealing_key_id: String,
    pub identity_provider_url: String,
    pub identity_provider_secret: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing or malformed.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (accounts, sealing) = (read.text("ACCOUNTS_TABLE"), read.text("SEALING_KEY_ID"));
            let stage = read.parsed("STAGE");
            let operations = read.text("OPERATIONS_TABLE");
            let (provider, secret) = (read.text("IDENTITY_PROVIDER_URL"), read.text("IDENTITY_PROVIDER_SECRET"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                stage: stage?,
                accounts_table: accounts?,
                operations_table: operations?,
                sealing_key_id: sealing?,
                identity_provider_url: provider?,
                identity_provider_secret: secret?,
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
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let chance: Arc<dyn Chance> = Arc::new(aws::SystemChance);
        let (url, secret) = (&config.identity_provider_url, &config.identity_provider_secret);
        let verifier = RegistrationVerifier {
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            vault: Arc::new(aws.vault(&config.sealing_key_id)),
            provider: Arc::new(outbound::HttpIdentityCheck::new(
                url,
                secret,
                config.stage,
                chance.clone(),
                clock.clone(),
            )?),
            settings: Arc::new(aws.settings(&config.operations_table, clock.clone())),
            chance,
            clock,
        };
        Ok(Self { verifier })
    }
}

/// Takes one registration a step on.
///
/// # Errors
/// When the message is no order to verify, or a port does not work: the queue delivers it again.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let event: Event = record.json()?;
    lambda::fact("event.id", event.event_id.to_string());
    let verification = deps.verifier.verify(&event).await?;
    lambda::fact(
        "verification",
        match verification {
            Verification::Verified => "verified",
            Verification::Rejected(_) => "rejected",
            Verification::Postponed { .. } => "postponed",
            Verification::WithAPerson => "with_a_person",
            Verification::AwaitsMobile => "awaits_mobile",
            Verification::AlreadySettled(_) => "already_settled",
        },
    );
    Ok(())
}
