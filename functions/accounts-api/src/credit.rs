//! `GET /v1/accounts/{account_id}/credit`: the level, fact by fact, and what follows from it (R6.2, R7.2).

use std::sync::Arc;

use axum::{Json, extract::State};
use domain::{
    credit::{Credit, CreditFact, CreditFactKind, CreditLevel, Moderation},
    grade::{AccountClass, Grade},
    id::AccountId,
    standing::Standing,
};
use lambda::{
    http::{PathId, Routes},
    openapi::ReadProblems,
    problem::Problem,
    routes,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Service;

pub(crate) fn routes() -> Routes<Arc<Service>> {
    Routes::new().routes(routes!(read))
}

/// Where an account stands, and why.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreditBody {
    account_id: String,
    #[schema(value_type = String, example = "B")]
    level: CreditLevel,
    /// The sum of the facts' points.
    points: i32,
    facts: Vec<CreditFactBody>,
    standing: StandingBody,
}

/// One recorded fact, and what it weighs.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreditFactBody {
    #[schema(value_type = String, example = "strikes")]
    fact: CreditFactKind,
    value: u64,
    points: i32,
    /// In Chinese and in English.
    explanation: ExplanationBody,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ExplanationBody {
    zh: String,
    en: String,
}

/// What the account may count on.
#[derive(Serialize, ToSchema)]
pub(crate) struct StandingBody {
    #[schema(value_type = String, example = "individual")]
    class: AccountClass,
    #[schema(value_type = String, example = "small")]
    grade: Grade,
    /// `post`: shown at once; `pre`: held until a person has looked.
    #[schema(value_type = String, example = "post")]
    moderation: Moderation,
    /// Of a thousand publications that pass, how many a person looks at all the same.
    sampling_per_mille: u16,
    review_priority: u8,
    /// Without it, there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    publications_per_hour: Option<u32>,
    /// Whether readers may comment.
    comments: bool,
    /// The version of the settings that say so.
    settings_version: u32,
}

/// Read the credit of an account
///
/// Level, the facts that it comes from with their points, and what follows for moderation, sampling, rate and comments.
/// 查询账号信用等级、逐项依据及其影响。
#[utoipa::path(
    operation_id = "get_credit",
    get, path = "/v1/accounts/{account_id}/credit", tag = "accounts", security(("sigv4" = [])),
    params(("account_id" = String, Path, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")),
    responses((status = 200, body = CreditBody), ReadProblems)
)]
async fn read(
    State(service): State<Arc<Service>>,
    PathId(account_id): PathId<AccountId>,
) -> Result<Json<CreditBody>, Problem> {
    let (account, settings) =
        futures::try_join!(service.registration.account(account_id), async { Ok(service.settings.current().await?) })?;
    let now = service.clock.now();
    let credit = Credit::of(&account, &settings.credit, now);
    let standing = Standing::of(&account, &settings, now);
    Ok(Json(CreditBody {
        account_id: account_id.to_string(),
        level: credit.level,
        points: credit.points,
        facts: credit.facts.into_iter().map(Into::into).collect(),
        standing: standing.into(),
    }))
}

impl From<CreditFact> for CreditFactBody {
    fn from(fact: CreditFact) -> Self {
        Self {
            fact: fact.kind,
            value: fact.value,
            points: fact.points,
            explanation: ExplanationBody { zh: fact.explanation.zh, en: fact.explanation.en },
        }
    }
}

impl From<Standing> for StandingBody {
    fn from(standing: Standing) -> Self {
        Self {
            class: standing.class,
            grade: standing.grade,
            moderation: standing.moderation,
            sampling_per_mille: standing.sampling_per_mille,
            review_priority: standing.review_priority,
            publications_per_hour: standing.publications_per_hour,
            comments: standing.comments,
            settings_version: standing.settings_version,
        }
    }
}
