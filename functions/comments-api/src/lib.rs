//! Comments below publications (R2), the accounts' tools for them (R12.2), how they are managed (R12.3), and the assessments that turn them on (R12.1).

mod assessments;
mod comments;
mod duty;
mod tools;
mod wire;

use std::sync::Arc;

use app::{
    assessing::AssessmentDesk,
    comment_management::CommentManagement,
    comment_tools::CommentTools,
    commenting::Commenting,
    ports::{
        AccountLedger, AssessmentRegister, AssessmentSource, CallerRegister, Clock, CommentDutyBook, CommentShelf,
        EngineSource, IncidentSource, LogQueue, OwnerRulesBook, PublicationShelf, ReviewQueue, SettingsSource,
        SystemClock,
    },
    removed_content::RemovedContentWatch,
    rule_packs::PackEngines,
    written_pack::WrittenPack,
};
use axum::{Router, extract::FromRef};
use domain::profile::Profile;
use lambda::{
    config::{ConfigError, Environment},
    http::{Routes, knowing},
};
use utoipa::openapi::OpenApi;

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub accounts_table: String,
    pub publications_table: String,
    pub comments_table: String,
    pub operations_table: String,
    pub artefacts_bucket: String,
    pub callers_table: String,
    pub content_log_queue_url: String,
    pub triage_queue_url: String,
    pub sealing_key_id: String,
    pub index_key_id: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (accounts, publications) = (read.text("ACCOUNTS_TABLE"), read.text("PUBLICATIONS_TABLE"));
            let (comments, operations) = (read.text("COMMENTS_TABLE"), read.text("OPERATIONS_TABLE"));
            let artefacts = read.text("ARTEFACTS_BUCKET");
            let (content_log, triage) = (read.text("CONTENT_LOG_QUEUE_URL"), read.text("TRIAGE_QUEUE_URL"));
            let (callers, sealing, index) =
                (read.text("CALLERS_TABLE"), read.text("SEALING_KEY_ID"), read.text("INDEX_KEY_ID"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                accounts_table: accounts?,
                publications_table: publications?,
                comments_table: comments?,
                operations_table: operations?,
                artefacts_bucket: artefacts?,
                callers_table: callers?,
                content_log_queue_url: content_log?,
                triage_queue_url: triage?,
                sealing_key_id: sealing?,
                index_key_id: index?,
            })
        })
    }
}

/// The ports that the function uses.
pub struct Deps {
    pub accounts: Arc<dyn AccountLedger>,
    pub publications: Arc<dyn PublicationShelf>,
    pub comments: Arc<dyn CommentShelf>,
    pub rules: Arc<dyn OwnerRulesBook>,
    pub duties: Arc<dyn CommentDutyBook>,
    pub settings: Arc<dyn SettingsSource>,
    pub assessments: Arc<dyn AssessmentSource>,
    pub register: Arc<dyn AssessmentRegister>,
    pub log: Arc<dyn LogQueue>,
    pub reviews: Arc<dyn ReviewQueue>,
    pub engines: Arc<dyn EngineSource>,
    pub removed: Arc<RemovedContentWatch>,
    pub incidents: Arc<dyn IncidentSource>,
    pub callers: Arc<dyn CallerRegister>,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let built_in = Arc::new(WrittenPack::starter());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(std::path::Path::new))?;
        let packs = Arc::new(aws.rule_packs(&config.operations_table, clock.clone()));
        let archive = Arc::new(aws.pack_objects(&config.artefacts_bucket));
        let engines = PackEngines::new(packs, archive, built_in, lambda::rule_packs::tell_of_a_pack_that_is_not_loaded);
        let removed = RemovedContentWatch::new(
            Arc::new(aws.removed_content(&config.operations_table, clock.clone())),
            Arc::new(aws.settled_prints(&config.artefacts_bucket)),
            lambda::removed_content::tell_of_prints_that_are_not_loaded,
        );
        let comments = Arc::new(aws.comments(&config.comments_table));
        let assessments = Arc::new(aws.assessments(&config.operations_table, clock.clone()));
        Ok(Self {
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            publications: Arc::new(aws.publications(&config.publications_table)),
            comments: comments.clone(),
            rules: comments.clone(),
            duties: comments,
            settings: Arc::new(aws.settings(&config.operations_table, clock.clone())),
            assessments: assessments.clone(),
            register: assessments,
            log: Arc::new(aws.log_queue(&config.content_log_queue_url)),
            reviews: Arc::new(aws.content_reviews(&config.triage_queue_url)),
            engines: Arc::new(engines),
            removed: Arc::new(removed),
            incidents: Arc::new(aws.incidents(&config.operations_table, clock.clone())),
            callers: Arc::new(aws.callers(&config.callers_table, &config.sealing_key_id, &config.index_key_id)),
            clock,
        })
    }
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let tools = CommentTools {
        accounts: deps.accounts.clone(),
        publications: deps.publications.clone(),
        comments: deps.comments.clone(),
        rules: deps.rules.clone(),
        clock: deps.clock.clone(),
    };
    let management = CommentManagement {
        accounts: deps.accounts.clone(),
        settings: deps.settings.clone(),
        duties: deps.duties,
        clock: deps.clock.clone(),
        profile: Profile::cn_2017(),
    };
    let assessing = AssessmentDesk { register: deps.register, clock: deps.clock.clone() };
    let commenting = Commenting {
        accounts: deps.accounts,
        settings: deps.settings,
        assessments: deps.assessments,
        publications: deps.publications,
        comments: deps.comments,
        rules: deps.rules,
        log: deps.log,
        reviews: deps.reviews,
        engines: deps.engines,
        removed: deps.removed,
        incidents: deps.incidents,
        clock: deps.clock,
        profile: Profile::cn_2017(),
    };
    let service = Service {
        commenting: Arc::new(commenting),
        tools: Arc::new(tools),
        management: Arc::new(management),
        assessing: Arc::new(assessing),
    };
    let router = routes().into_router();
    knowing(deps.callers, router.with_state(service))
}

#[derive(Clone)]
struct Service {
    commenting: Arc<Commenting>,
    tools: Arc<CommentTools>,
    management: Arc<CommentManagement>,
    assessing: Arc<AssessmentDesk>,
}

impl FromRef<Service> for Arc<Commenting> {
    fn from_ref(service: &Service) -> Self {
        service.commenting.clone()
    }
}

impl FromRef<Service> for Arc<CommentTools> {
    fn from_ref(service: &Service) -> Self {
        service.tools.clone()
    }
}

impl FromRef<Service> for Arc<CommentManagement> {
    fn from_ref(service: &Service) -> Self {
        service.management.clone()
    }
}

impl FromRef<Service> for Arc<AssessmentDesk> {
    fn from_ref(service: &Service) -> Self {
        service.assessing.clone()
    }
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().openapi()
}

fn routes() -> Routes<Service> {
    Routes::new().merge(comments::routes()).merge(tools::routes()).merge(duty::routes()).merge(assessments::routes())
}
