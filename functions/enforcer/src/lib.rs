//! Puts decisions from the enforcement queue into effect on accounts, publications and comments, or undoes what an earlier
//! one did (R6.1, R11.1, R13.1, B9), tells accounts of listings of their principals on the blacklist (R13.2), and reports to the
//! office what the settings ask for (R11.2, R13.1, R13.2).

use std::{path::Path, sync::Arc};

use app::{
    authority_reporting::AuthorityReporter,
    blacklisting::ListingSpread,
    enforcing::{Enforced, Enforcer},
    ports::{Clock, SystemClock},
    removed_content::RemovedContentDesk,
};
use domain::{appeal::AppealOutcome, event::Event, profile::Profile};
use lambda::{
    batch::{RecordError, SqsRecord},
    config::{ConfigError, Environment},
};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub accounts_table: String,
    pub publications_table: String,
    pub comments_table: String,
    pub operations_table: String,
    pub artefacts_bucket: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (accounts, publications) = (read.text("ACCOUNTS_TABLE"), read.text("PUBLICATIONS_TABLE"));
            let comments = read.text("COMMENTS_TABLE");
            let (operations, artefacts) = (read.text("OPERATIONS_TABLE"), read.text("ARTEFACTS_BUCKET"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                accounts_table: accounts?,
                publications_table: publications?,
                comments_table: comments?,
                operations_table: operations?,
                artefacts_bucket: artefacts?,
            })
        })
    }
}

/// What the function works with.
pub struct Deps {
    pub enforcer: Enforcer,
    pub listings: ListingSpread,
    pub reporter: AuthorityReporter,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(Path::new))?;
        let comments = Arc::new(aws.comments(&config.comments_table));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let settings = Arc::new(aws.settings(&config.operations_table, clock.clone()));
        let removed = RemovedContentDesk {
            shelf: Arc::new(aws.removed_content(&config.operations_table, clock.clone())),
            settled: Arc::new(aws.settled_prints(&config.artefacts_bucket)),
            notes: Arc::new(aws.media_notes(&config.publications_table)),
            settings: settings.clone(),
            clock,
        };
        let enforcer = Enforcer {
            removed,
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            shelf: Arc::new(aws.publications(&config.publications_table)),
            comments: comments.clone(),
            duties: comments,
            settings,
            breaker: Arc::new(aws.circuit_breaker(&config.accounts_table)),
            principals: Arc::new(aws.principals(&config.accounts_table)),
            blacklist: Arc::new(aws.blacklist(&config.accounts_table)),
            clock: Arc::new(SystemClock),
            profile: Profile::cn_2017(),
        };
        let listings = ListingSpread {
            accounts: enforcer.accounts.clone(),
            principals: Arc::new(aws.principals(&config.accounts_table)),
            blacklist: Arc::new(aws.blacklist(&config.accounts_table)),
            clock: Arc::new(SystemClock),
            profile: Profile::cn_2017(),
        };
        let reporter = AuthorityReporter {
            ledger: Arc::new(aws.authority_reports(&config.operations_table)),
            files: Arc::new(aws.authority_report_files(&config.artefacts_bucket)),
            accounts: enforcer.accounts.clone(),
            principals: enforcer.principals.clone(),
            blacklist: enforcer.blacklist.clone(),
            shelf: enforcer.shelf.clone(),
            comments: enforcer.comments.clone(),
            settings: enforcer.settings.clone(),
            clock: Arc::new(SystemClock),
            profile: Profile::cn_2017(),
        };
        Ok(Self { enforcer, listings, reporter })
    }
}

/// Applies one decision, or brings a listing to the accounts of its principal.
///
/// # Errors
/// When the message is neither, or a port does not work: the queue delivers it again.
pub async fn handle(deps: &Deps, record: SqsRecord) -> Result<(), RecordError> {
    let event: Event = record.json()?;
    lambda::fact("event.id", event.event_id.to_string());
    if event.body.is_about_a_listing() {
        let changed = deps.listings.spread(&event).await?;
        lambda::fact("accounts.changed", changed);
        return report(deps, &event).await;
    }
    let (outcome, enforcement_id) = match deps.enforcer.enforce(&event).await? {
        Enforced::Applied(id) => ("applied", Some(id)),
        Enforced::AlreadyInForce(id) => ("already_in_force", Some(id)),
        Enforced::Settled(_) => ("settled", None),
        Enforced::AlreadySettled(_) => ("already_settled", None),
        Enforced::PublicationSettled(_) => ("publication_settled", None),
        Enforced::QualificationSettled(_) => ("qualification_settled", None),
        Enforced::ProfileSettled { is_shown: true } => ("profile_shown", None),
        Enforced::ProfileSettled { is_shown: false } => ("profile_refused", None),
        Enforced::CommentSettled(_) => ("comment_settled", None),
        Enforced::Lifted(id) => ("lifted", Some(id)),
        Enforced::AppealConcluded(AppealOutcome::Accepted) => ("reversed", None),
        Enforced::AppealConcluded(AppealOutcome::Rejected) => ("appeal_rejected", None),
        Enforced::Nothing => ("nothing", None),
    };
    lambda::fact("enforcement", outcome);
    if let Some(id) = enforcement_id {
        lambda::fact("enforcement.id", id.to_string());
    }
    report(deps, &event).await
}

/// When it has taken effect: what is reported is so.
async fn report(deps: &Deps, event: &Event) -> Result<(), RecordError> {
    if let Some(number) = deps.reporter.report(event).await? {
        lambda::fact("report.number", number.to_string());
    }
    Ok(())
}
