//! What staff send and get, and how it maps to the domain.

use app::rule_packs::HistoryPage;
use domain::rule_pack::{BUILT_IN, PublishedRulePack, RulePackRegister};
use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which part of the history.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryParams {
    #[serde(default = "fifty")]
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: usize,
    /// What the page before gave as `next_before`: packs of lower versions.
    #[garde(inner(range(min = 1, max = 2_147_483_647)))]
    #[param(minimum = 1, maximum = 2_147_483_647)]
    pub before: Option<u32>,
}

const fn fifty() -> usize {
    50
}

/// Why an earlier pack is put in force again.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivationRequest {
    #[garde(length(chars, min = 1, max = 2_000))]
    #[schema(min_length = 1, max_length = 2_000, example = "版本 5 误伤正常内容")]
    pub reason: String,
}

/// The pack in force.
#[derive(Serialize, ToSchema)]
pub struct InForceBody {
    /// 0: the pack that is built in.
    #[schema(example = 4)]
    pub version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pack_id: Option<String>,
    /// SHA-256, hex, of the compiled pack; verdicts tell its first twelve digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl From<&RulePackRegister> for InForceBody {
    fn from(register: &RulePackRegister) -> Self {
        match register.in_force.clone() {
            Some(pack) => Self { version: pack.pack_version, pack_id: Some(pack.pack_id), sha256: Some(pack.sha256) },
            None => Self { version: BUILT_IN, pack_id: None, sha256: None },
        }
    }
}

/// A pack that was published.
#[derive(Serialize, ToSchema)]
pub struct RulePackBody {
    pub version: u32,
    pub pack_id: String,
    /// SHA-256, hex, of the compiled pack.
    pub sha256: String,
    /// SHA-256, hex, of `rule-pack.yaml` as it was put.
    pub source_sha256: String,
    pub rules: usize,
    pub terms: usize,
    /// Of the compiled pack.
    pub bytes: usize,
    #[schema(value_type = String, format = DateTime)]
    pub published_at: Timestamp,
    pub published_by: String,
}

impl From<PublishedRulePack> for RulePackBody {
    fn from(published: PublishedRulePack) -> Self {
        let PublishedRulePack { pack, source_sha256, rules, terms, bytes, published_at, published_by } = published;
        Self {
            version: pack.pack_version,
            pack_id: pack.pack_id,
            sha256: pack.sha256,
            source_sha256,
            rules,
            terms,
            bytes,
            published_at,
            published_by: published_by.name().to_owned(),
        }
    }
}

/// Packs, the newest first.
#[derive(Serialize, ToSchema)]
pub struct RulePacksBody {
    pub in_force: InForceBody,
    pub packs: Vec<RulePackBody>,
    /// `before` of the next page, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_before: Option<u32>,
}

impl From<HistoryPage> for RulePacksBody {
    fn from(page: HistoryPage) -> Self {
        Self {
            in_force: InForceBody::from(&page.register),
            packs: page.packs.into_iter().map(Into::into).collect(),
            next_before: page.next_before,
        }
    }
}
