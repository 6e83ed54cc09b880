//! The record: what the platform tells of activity (R16.2), legal holds (B1), evidence packages (R16.1).

pub mod activity;
pub mod holds;
pub mod packages;

use std::sync::Arc;

use app::{
    activity_logging::ActivityDesk,
    holding::{HoldDesk, ScopeReader},
    packaging::PackageDesk,
    ports::{
        AccountLedger, ActivityVault, AddressIndex, CallerRegister, CaseBoard, Clock, CommentShelf, HoldShelf,
        IdempotencyLedger, LogQueue, PackageArchive, PackageShelf, PublicationShelf, SystemClock,
    },
};
use axum::{Router, extract::FromRef};
use lambda::{
    config::{ConfigError, Environment},
    http::{Routes, knowing},
    idempotency::Idempotency,
};
use utoipa::openapi::OpenApi;

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub accounts_table: String,
    pub publications_table: String,
    pub comments_table: String,
    pub cases_table: String,
    pub operations_table: String,
    pub idempotency_table: String,
    pub callers_table: String,
    pub sealing_key_id: String,
    pub index_key_id: String,
    pub index_key_versions: aws::IndexVersions,
    pub content_log_queue_url: String,
    pub artefacts_bucket: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (accounts, publications) = (read.text("ACCOUNTS_TABLE"), read.text("PUBLICATIONS_TABLE"));
            let (comments, cases) = (read.text("COMMENTS_TABLE"), read.text("CASES_TABLE"));
            let (operations, idempotency) = (read.text("OPERATIONS_TABLE"), read.text("IDEMPOTENCY_TABLE"));
            let callers = read.text("CALLERS_TABLE");
            let (sealing, index) = (read.text("SEALING_KEY_ID"), read.text("INDEX_KEY_ID"));
            let (versions, log) = (read.parsed("INDEX_KEY_VERSIONS"), read.text("CONTENT_LOG_QUEUE_URL"));
            let artefacts = read.text("ARTEFACTS_BUCKET");
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                accounts_table: accounts?,
                publications_table: publications?,
                comments_table: comments?,
                cases_table: cases?,
                operations_table: operations?,
                idempotency_table: idempotency?,
                callers_table: callers?,
                sealing_key_id: sealing?,
                index_key_id: index?,
                index_key_versions: versions?,
                content_log_queue_url: log?,
                artefacts_bucket: artefacts?,
            })
        })
    }
}

/// The ports that the function uses.
pub struct Deps {
    pub log: Arc<dyn LogQueue>,
    pub activity_vault: Arc<dyn ActivityVault>,
    pub addresses: Arc<dyn AddressIndex>,
    pub holds: Arc<dyn HoldShelf>,
    pub packages: Arc<dyn PackageShelf>,
    pub archive: Arc<dyn PackageArchive>,
    pub accounts: Arc<dyn AccountLedger>,
    pub publications: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub board: Arc<dyn CaseBoard>,
    pub idempotency: Arc<dyn IdempotencyLedger>,
    pub callers: Arc<dyn CallerRegister>,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(std::path::Path::new))?;
        Ok(Self {
            log: Arc::new(aws.log_queue(&config.content_log_queue_url)),
            activity_vault: Arc::new(aws.activity_vault(&config.sealing_key_id)),
            addresses: Arc::new(aws.principal_index(&config.index_key_id, &config.index_key_versions)),
            holds: Arc::new(aws.legal_holds(&config.operations_table)),
            packages: Arc::new(aws.packages(&config.operations_table)),
            archive: Arc::new(aws.package_objects(&config.artefacts_bucket)),
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            publications: Arc::new(aws.publications(&config.publications_table)),
            comments: Arc::new(aws.comments(&config.comments_table)),
            board: Arc::new(aws.cases(&config.cases_table)),
            idempotency: Arc::new(aws.idempotency(&config.idempotency_table)),
            callers: Arc::new(aws.callers(&config.callers_table, &config.sealing_key_id, &config.index_key_id)),
            clock: Arc::new(SystemClock),
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let Deps { log, activity_vault, addresses, holds, packages, archive, accounts, .. } = deps;
    let Deps { publications, comments, board, idempotency, callers, clock, .. } = deps;
    let activity = ActivityDesk { log, vault: activity_vault, index: addresses, clock: clock.clone() };
    let scopes = Arc::new(ScopeReader { accounts, publications, comments, board });
    let holding = HoldDesk { holds, scopes: scopes.clone(), clock: clock.clone() };
    let packages = PackageDesk { packages, archive, scopes, clock: clock.clone() };
    let guarded = Idempotency::required(idempotency, clock).guard(holds::routes().merge(packages::routes()));
    // What is told under a reference of the platform's needs no other key.
    let router = guarded.merge(activity::routes()).into_router();
    knowing(
        callers,
        router.with_state(Service {
            activity: Arc::new(activity),
            holding: Arc::new(holding),
            packages: Arc::new(packages),
        }),
    )
}

#[derive(Clone)]
pub(crate) struct Service {
    activity: Arc<ActivityDesk>,
    holding: Arc<HoldDesk>,
    packages: Arc<PackageDesk>,
}

impl FromRef<Service> for Arc<ActivityDesk> {
    fn from_ref(service: &Service) -> Self {
        service.activity.clone()
    }
}

impl FromRef<Service> for Arc<PackageDesk> {
    fn from_ref(service: &Service) -> Self {
        service.packages.clone()
    }
}

impl FromRef<Service> for Arc<HoldDesk> {
    fn from_ref(service: &Service) -> Self {
        service.holding.clone()
    }
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().openapi()
}

fn routes() -> Routes<Service> {
    Routes::new().merge(activity::routes()).merge(holds::routes()).merge(packages::routes())
}
