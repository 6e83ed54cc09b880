//! Does what is due by the clock: closes accounts whose holders have asked for it and destroys the identities that no
//! duty keeps (R9.2); reminds the platform of qualifications that end soon, and tells it when they have (R8);
//! notes cases that were not taken up or decided in time (B5).

use std::{path::Path, sync::Arc};

use app::{
    deregistering::DeregistrationClock,
    expiring::QualificationClock,
    overdue::{Overdue, OverdueClock},
    ports::{Clock, SystemClock},
};
use domain::id::RunId;
use jiff::Timestamp;
use lambda::{
    batch::RecordError,
    config::{ConfigError, Environment},
};
use serde::Serialize;

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub accounts_table: String,
    pub cases_table: String,
    pub evidence_bucket: String,
    pub operations_table: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (accounts, cases) = (read.text("ACCOUNTS_TABLE"), read.text("CASES_TABLE"));
            let (evidence, operations) = (read.text("EVIDENCE_BUCKET"), read.text("OPERATIONS_TABLE"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                accounts_table: accounts?,
                cases_table: cases?,
                evidence_bucket: evidence?,
                operations_table: operations?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub deregistrations: DeregistrationClock,
    pub qualifications: QualificationClock,
    pub cases: OverdueClock,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let deregistrations = DeregistrationClock {
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            calendar: Arc::new(aws.deregistration_calendar(&config.accounts_table)),
            board: Arc::new(aws.cases(&config.cases_table)),
            evidence: Arc::new(aws.evidence(&config.evidence_bucket)),
            holds: Arc::new(aws.legal_holds(&config.operations_table)),
            principals: Arc::new(aws.principals(&config.accounts_table)),
        };
        let qualifications = QualificationClock {
            accounts: deregistrations.accounts.clone(),
            calendar: Arc::new(aws.qualification_calendar(&config.accounts_table)),
        };
        let cases = OverdueClock {
            board: deregistrations.board.clone(),
            calendar: Arc::new(aws.case_calendar(&config.cases_table)),
            settings: Arc::new(aws.settings(&config.operations_table, Arc::new(SystemClock))),
        };
        Ok(Self { deregistrations, qualifications, cases, clock: Arc::new(SystemClock) })
    }
}

/// The reply of a run.
#[derive(Debug, Serialize)]
pub struct Done {
    pub run_id: String,
    /// Accounts that were closed.
    pub closed: usize,
    /// Identities that were destroyed.
    pub destroyed: usize,
    /// Identities that a duty keeps for now.
    pub kept: usize,
    /// Qualifications that end soon, of which the platform is reminded.
    pub reminded: usize,
    /// Qualifications that have ended.
    pub expired: usize,
    /// Cases that were not decided in time, noted by this run.
    pub undecided: usize,
    /// Cases that nobody took up in time, noted by this run.
    pub not_taken_up: usize,
    /// Open cases that are over their time, counted up to a thousand.
    pub overdue_waiting: usize,
}

/// By queue as well: who has what late, and how old the oldest is.
fn tell(overdue: &Overdue) {
    lambda::fact("cases.undecided", overdue.undecided);
    lambda::fact("cases.not_taken_up", overdue.not_taken_up);
    lambda::fact("cases.overdue_waiting", overdue.waiting);
    lambda::metrics::count("OverdueCasesWaiting", overdue.waiting as u64);
    for (queue, age) in &overdue.queues {
        lambda::metrics::count_in_queue(queue, "CaseBreaches", age.breaches as u64);
        lambda::metrics::count_in_queue(queue, "OldestCaseHours", age.oldest_hours.unwrap_or(0));
    }
}

/// Runs as of `at`, the time of the schedule; never as of a time that has not come, whoever asks.
///
/// # Errors
/// When a table does not work.
pub async fn handle(deps: &Deps, at: Timestamp) -> Result<Done, RecordError> {
    let now = at.min(deps.clock.now());
    let run_id = RunId::planned_at(now);
    // One that fails does not keep the other from its work.
    let (done, expiries) = (deps.deregistrations.run(run_id, now).await, deps.qualifications.run(now).await);
    let overdue = deps.cases.run(now).await;
    let (done, expiries, overdue) = (done?, expiries?, overdue?);
    lambda::fact("run.id", run_id.to_string());
    lambda::fact("accounts.closed", done.closed);
    lambda::fact("identities.destroyed", done.destroyed);
    lambda::fact("identities.kept", done.kept);
    lambda::fact("qualifications.reminded", expiries.reminded);
    lambda::fact("qualifications.expired", expiries.expired);
    tell(&overdue);
    Ok(Done {
        run_id: run_id.to_string(),
        closed: done.closed,
        destroyed: done.destroyed,
        kept: done.kept,
        reminded: expiries.reminded,
        expired: expiries.expired,
        undecided: overdue.undecided,
        not_taken_up: overdue.not_taken_up,
        overdue_waiting: overdue.waiting,
    })
}
