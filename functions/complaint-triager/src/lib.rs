//! Takes complaints and requests for a review from the triage queue into cases (R15.2), each in its queue and with its rank.

use std::{path::Path, sync::Arc};

use app::{
    ports::SystemClock,
    triage::{ComplaintTriager, Triaged},
};
use domain::event::Event;
use lambda::{
    batch::{RecordError, SqsRecord},
    config::{ConfigError, Environment},
};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub cases_table: String,
    pub accounts_table: String,
    pub operations_table: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (cases, accounts) = (read.text("CASES_TABLE"), read.text("ACCOUNTS_TABLE"));
            let operations = read.text("OPERATIONS_TABLE");
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                cases_table: cases?,
                accounts_table: accounts?,
                operations_table: operations?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub triager: ComplaintTriager,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let board = Arc::new(aws.cases(&config.cases_table));
        Ok(Self {
            triager: ComplaintTriager {
                complaints: board.clone(),
                reporters: board.clone(),
                board,
                accounts: Arc::new(aws.accounts(&config.accounts_table)),
                settings: Arc::new(aws.settings(&config.operations_table, Arc::new(SystemClock))),
                clock: Arc::new(SystemClock),
            },
        })
    }
}

/// Triages one complaint.
///
/// # Errors
/// When the message is no complaint, or a port does not work: the queue delivers it again.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let event: Event = record.json()?;
    lambda::fact("event.id", event.event_id.to_string());
    let (triage, case_id) = match deps.triager.triage(&event).await? {
        Triaged::Opened(case_id) => ("opened", case_id),
        Triaged::Joined(case_id) => ("joined", case_id),
        Triaged::Counted(case_id) => ("counted", case_id),
        Triaged::AlreadyTaken(case_id) => ("already_taken", case_id),
    };
    lambda::fact("triage", triage);
    lambda::fact("case.id", case_id.to_string());
    Ok(())
}
