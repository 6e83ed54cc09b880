//! `POST /v1/accounts` and what is read of an account: registration (R6.1, R7.3), mobile numbers proven by one-time codes
//! (R6.1), acceptance of policy documents (R5.2), qualifications (R7.1) and statements of reasons.

mod agreements;
mod credit;
mod deregistration;
mod labels;
mod metrics;
mod public_profile;
mod qualifications;
pub mod wire;

use std::sync::Arc;

use app::{
    agreeing::AgreementDesk,
    deregistering::DeregistrationDesk,
    metering::Metering,
    mobile_proving::{Answer, Challenge, MobileProving},
    naming::Naming,
    ports::{
        AccountLedger, CallerRegister, ChallengeBook, Chance, Clock, CodeDelivery, EngineSource, EvidenceIntake,
        IdempotencyLedger, IdentityVault, MobileIndex, PolicyDocumentSource, PrincipalIndex, PrincipalRegister,
        ProtectedNames, SettingsSource, SystemClock,
    },
    profile_changing::ProfileDesk,
    qualifying::QualificationDesk,
    registration::Registration,
    removed_content::RemovedContentWatch,
    rule_packs::PackEngines,
    written_pack::WrittenPack,
};
use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use domain::{
    id::{AccountId, ChallengeId},
    personal::Personal,
    profile::Profile,
    retention::Stage,
};
use lambda::{
    config::{ConfigError, Environment},
    http::{Caller, PathId, PathIds, Routes, ValidJson, knowing},
    idempotency::{Idempotency, OperationId, PendingOperation},
    openapi::{CodeProblems, IdempotencyKeyRequired, ReadProblems, WriteProblems},
    problem::Problem,
    routes,
};
use utoipa::openapi::OpenApi;

use crate::wire::{AccountBody, AnswerRequest, ChallengeBody, ChallengeRequest, RegisterRequest, StatementsBody};

/// What the environment tells the function.
pub struct Config {
    pub ca_bundle: Option<String>,
    pub stage: Stage,
    pub accounts_table: String,
    pub idempotency_table: String,
    pub operations_table: String,
    pub callers_table: String,
    pub artefacts_bucket: String,
    pub evidence_bucket: String,
    pub sealing_key_id: String,
    pub index_key_id: String,
    pub index_key_versions: aws::IndexVersions,
    pub code_delivery_url: String,
    pub code_delivery_secret: String,
}

impl Config {
    /// # Errors
    /// Names every variable that is missing.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        environment.read(|read| {
            let (accounts, idempotency) = (read.text("ACCOUNTS_TABLE"), read.text("IDEMPOTENCY_TABLE"));
            let (operations, evidence) = (read.text("OPERATIONS_TABLE"), read.text("EVIDENCE_BUCKET"));
            let (stage, callers) = (read.parsed("STAGE"), read.text("CALLERS_TABLE"));
            let (sealing, index) = (read.text("SEALING_KEY_ID"), read.text("INDEX_KEY_ID"));
            let artefacts = read.text("ARTEFACTS_BUCKET");
            let versions = read.parsed("INDEX_KEY_VERSIONS");
            let (delivery, secret) = (read.text("CODE_DELIVERY_URL"), read.text("CODE_DELIVERY_SECRET"));
            Some(Self {
                ca_bundle: read.optional("AWS_CA_BUNDLE"),
                stage: stage?,
                accounts_table: accounts?,
                idempotency_table: idempotency?,
                operations_table: operations?,
                callers_table: callers?,
                artefacts_bucket: artefacts?,
                evidence_bucket: evidence?,
                sealing_key_id: sealing?,
                index_key_id: index?,
                index_key_versions: versions?,
                code_delivery_url: delivery?,
                code_delivery_secret: secret?,
            })
        })
    }
}

/// The ports that the function uses.
pub struct Deps {
    pub accounts: Arc<dyn AccountLedger>,
    pub vault: Arc<dyn IdentityVault>,
    pub index: Arc<dyn PrincipalIndex>,
    pub mobiles: Arc<dyn MobileIndex>,
    pub challenges: Arc<dyn ChallengeBook>,
    pub delivery: Arc<dyn CodeDelivery>,
    pub chance: Arc<dyn Chance>,
    pub evidence: Arc<dyn EvidenceIntake>,
    pub settings: Arc<dyn SettingsSource>,
    pub policy_documents: Arc<dyn PolicyDocumentSource>,
    pub principals: Arc<dyn PrincipalRegister>,
    pub protected_names: Arc<dyn ProtectedNames>,
    pub engines: Arc<dyn EngineSource>,
    pub removed: Arc<RemovedContentWatch>,
    pub idempotency: Arc<dyn IdempotencyLedger>,
    pub callers: Arc<dyn CallerRegister>,
    pub clock: Arc<dyn Clock>,
}

impl Deps {
    /// # Errors
    /// When the trust store or the credentials cannot be read.
    pub async fn connect(config: &Config) -> Result<Self, lambda::Error> {
        let built_in = Arc::new(WrittenPack::starter());
        let aws = aws::Aws::connect(config.ca_bundle.as_deref().map(std::path::Path::new))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let packs = Arc::new(aws.rule_packs(&config.operations_table, clock.clone()));
        let archive = Arc::new(aws.pack_objects(&config.artefacts_bucket));
        // Profiles are screened by the pack that publications are screened by.
        let engines = PackEngines::new(packs, archive, built_in, lambda::rule_packs::tell_of_a_pack_that_is_not_loaded);
        let removed = RemovedContentWatch::new(
            Arc::new(aws.removed_content(&config.operations_table, clock.clone())),
            Arc::new(aws.settled_prints(&config.artefacts_bucket)),
            lambda::removed_content::tell_of_prints_that_are_not_loaded,
        );
        let chance: Arc<dyn Chance> = Arc::new(aws::SystemChance);
        let index = Arc::new(aws.principal_index(&config.index_key_id, &config.index_key_versions));
        // A round trip before the first request, not within it.
        index.warm().await;
        let (url, secret) = (&config.code_delivery_url, &config.code_delivery_secret);
        Ok(Self {
            accounts: Arc::new(aws.accounts(&config.accounts_table)),
            vault: Arc::new(aws.vault(&config.sealing_key_id)),
            index: index.clone(),
            mobiles: index,
            challenges: Arc::new(aws.challenges(&config.accounts_table)),
            delivery: Arc::new(outbound::HttpCodeDelivery::new(
                url,
                secret,
                config.stage,
                chance.clone(),
                clock.clone(),
            )?),
            chance,
            evidence: Arc::new(aws.evidence(&config.evidence_bucket)),
            settings: Arc::new(aws.settings(&config.operations_table, clock.clone())),
            policy_documents: Arc::new(aws.policy_documents(&config.operations_table, clock.clone())),
            principals: Arc::new(aws.principals(&config.accounts_table)),
            protected_names: Arc::new(aws.protected_names(&config.operations_table)),
            engines: Arc::new(engines),
            removed: Arc::new(removed),
            idempotency: Arc::new(aws.idempotency(&config.idempotency_table)),
            callers: Arc::new(aws.callers(&config.callers_table, &config.sealing_key_id, &config.index_key_id)),
            clock,
        })
    }
}

struct Service {
    registration: Registration,
    metering: Metering,
    deregistrations: DeregistrationDesk,
    agreements: AgreementDesk,
    qualifications: QualificationDesk,
    profiles: ProfileDesk,
    settings: Arc<dyn SettingsSource>,
    proving: MobileProving,
    clock: Arc<dyn Clock>,
}

/// The routes.
pub fn router(deps: Deps) -> Router {
    let Deps {
        accounts,
        vault,
        index,
        mobiles,
        challenges,
        delivery,
        chance,
        evidence,
        settings,
        policy_documents,
        principals,
        protected_names,
        engines,
        removed,
        idempotency,
        callers,
        clock,
    } = deps;
    let metering = Metering { accounts: accounts.clone(), settings: settings.clone(), clock: clock.clone() };
    let deregistrations =
        DeregistrationDesk { accounts: accounts.clone(), settings: settings.clone(), clock: clock.clone() };
    let agreements = AgreementDesk { accounts: accounts.clone(), documents: policy_documents, clock: clock.clone() };
    let qualifications = QualificationDesk {
        accounts: accounts.clone(),
        evidence,
        vault: vault.clone(),
        settings: settings.clone(),
        clock: clock.clone(),
        profile: Profile::cn_2017(),
    };
    let profiles = ProfileDesk {
        accounts: accounts.clone(),
        naming: Naming::new(protected_names.clone(), settings.clone()),
        settings: settings.clone(),
        engines: engines.clone(),
        removed: removed.clone(),
        clock: clock.clone(),
        profile: Profile::cn_2017(),
    };
    let naming = Naming::new(protected_names, settings.clone());
    let registration = Registration {
        accounts: accounts.clone(),
        vault: vault.clone(),
        index,
        principals,
        naming,
        engines,
        removed,
        settings: settings.clone(),
        clock: clock.clone(),
    };
    let proving = MobileProving {
        accounts,
        challenges,
        index: mobiles,
        vault,
        delivery,
        settings: settings.clone(),
        chance,
        clock: clock.clone(),
    };
    let clock_of_service = clock.clone();
    let service = Service {
        registration,
        proving,
        metering,
        deregistrations,
        agreements,
        qualifications,
        profiles,
        settings,
        clock: clock_of_service,
    };
    let once = Idempotency::required(idempotency, clock).preparing().guard(routes());
    let router = once.merge(named_by_content()).into_router();
    knowing(callers, router.with_state(Arc::new(service)))
}

/// The description of the routes.
#[must_use]
pub fn openapi() -> OpenApi {
    routes().merge(named_by_content()).openapi()
}

/// Writes whose content names them, so that a copy is a retry without a key.
fn named_by_content() -> Routes<Arc<Service>> {
    metrics::routes()
}

fn routes() -> Routes<Arc<Service>> {
    Routes::new()
        .routes(routes!(register))
        .merge(labels::routes())
        .routes(routes!(statements))
        .merge(credit::routes())
        .merge(deregistration::routes())
        .merge(agreements::routes())
        .merge(qualifications::routes())
        .merge(public_profile::routes())
        .routes(routes!(challenge))
        .routes(routes!(answer))
}

/// Register an account
///
/// The account is pending until the identity provider has answered, and cannot publish until it is active (R6.1). The
/// webhooks `account.verified` and `account.rejected` tell of the outcome. The name is screened as content is: what rules refuse is
/// refused (`name_refused`), and what they hold brings a person before the account is active (`name_concerns`).
/// 注册公众账号；身份核验通过前不能发布；名称经机审，须人工审核的在通过后激活。
#[utoipa::path(
    operation_id = "register_account",
    post, path = "/v1/accounts", tag = "accounts", security(("sigv4" = [])),
    params(IdempotencyKeyRequired), request_body = RegisterRequest,
    responses((status = 201, body = AccountBody, headers(("Location" = String))), WriteProblems)
)]
async fn register(
    State(service): State<Arc<Service>>,
    Caller(actor): Caller,
    operation: PendingOperation,
    ValidJson(request): ValidJson<RegisterRequest>,
) -> Result<impl IntoResponse, Problem> {
    let begun = async { operation.confirmed().await.0 };
    let command = request.into_command(operation.proposal(), actor);
    let account = service.registration.register_once(command, begun).await?;
    lambda::fact("account.id", account.account_id.to_string());
    let location = format!("/v1/accounts/{}", account.account_id);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(AccountBody::of(&account, service.clock.now()))))
}

/// Send a code to a mobile number
///
/// Six digits, right for ten minutes and five tries (the settings may say otherwise); the sending is limited for each number
/// and for each account (R6.1). The number is sealed and never given out again. 向手机号码发送验证码。
#[utoipa::path(
    operation_id = "send_phone_code",
    post, path = "/v1/accounts/{account_id}/phone-challenges", tag = "accounts", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6"), IdempotencyKeyRequired),
    request_body = ChallengeRequest,
    responses((status = 201, body = ChallengeBody, headers(("Location" = String))), CodeProblems)
)]
async fn challenge(
    State(service): State<Arc<Service>>,
    PathId(account_id): PathId<AccountId>,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<ChallengeRequest>,
) -> Result<impl IntoResponse, Problem> {
    let number = Personal::new(request.mobile_number);
    let challenge = service.proving.challenge(Challenge { operation_id, account_id, number }).await?;
    lambda::fact("account.id", account_id.to_string());
    let body = ChallengeBody::of(&challenge);
    let location = format!("/v1/accounts/{account_id}/phone-challenges/{}", body.challenge_id);
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(body)))
}

/// Give the code back
///
/// The right code proves the number to be the holder's; an account that waited for that alone becomes active. A code that
/// is not six digits costs no try. 提交手机验证码。
#[utoipa::path(
    operation_id = "answer_phone_code",
    post, path = "/v1/accounts/{account_id}/phone-challenges/{challenge_id}/answer", tag = "accounts",
    security(("sigv4" = [])),
    params(
        ("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6"),
        ("challenge_id" = String, Path, example = "chal_01k9rq4w5nf0ysjv5p0d8yb3e6"),
        IdempotencyKeyRequired,
    ),
    request_body = AnswerRequest,
    responses((status = 200, body = AccountBody), CodeProblems)
)]
async fn answer(
    State(service): State<Arc<Service>>,
    PathIds(account_id, challenge_id): PathIds<AccountId, ChallengeId>,
    Caller(actor): Caller,
    OperationId(operation_id): OperationId,
    ValidJson(request): ValidJson<AnswerRequest>,
) -> Result<Json<AccountBody>, Problem> {
    let code = Personal::new(request.code);
    lambda::fact("account.id", account_id.to_string());
    let answer = Answer { operation_id, account_id, challenge_id, code, actor };
    let account = service.proving.answer(answer).await?;
    Ok(Json(AccountBody::of(&account, service.clock.now())))
}

/// Read the statements of reasons
///
/// What the account was told of every measure against it, oldest first. 查询对账号的处置理由。
#[utoipa::path(
    operation_id = "list_statements",
    get, path = "/v1/accounts/{account_id}/statements", tag = "accounts", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    responses((status = 200, body = StatementsBody), ReadProblems)
)]
async fn statements(
    State(service): State<Arc<Service>>,
    PathId(account_id): PathId<AccountId>,
) -> Result<Json<StatementsBody>, Problem> {
    let account = service.registration.account(account_id).await?;
    Ok(Json(StatementsBody::of(&account)))
}
