//! What callers send and get, and how it maps to the domain.

use app::{ports::PublicationRecord, publishing::Publish};
use domain::{
    id::AccountId,
    media::{MediaObject, UPLOADS},
    publication::{Declaration, Part, PublicationStatus, RemovedBy, Settlement},
    statement::StatementOfReasons,
};
use garde::Validate;
use jiff::Timestamp;
use lambda::{
    http::RequestId,
    problem::{Language, Problem, ProblemBody},
};
use screening::verdict::{Effect, Finding, Span, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How many publications one call may carry.
pub const BATCH: usize = 100;

/// The body before it is known whether it is one publication or many. Its form is judged next.
#[derive(Deserialize, Validate)]
#[serde(transparent)]
pub struct AnyJson(#[garde(skip)] pub serde_json::Value);

/// One publication, or up to a hundred.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum PublishBody {
    #[schema(title = "One")]
    One(PublishRequest),
    #[schema(title = "Many")]
    Many(ManyBody),
}

/// Up to a hundred publications; each is answered in its own place.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManyBody {
    #[garde(length(min = 1))]
    #[schema(value_type = Vec<PublishRequest>, min_items = 1, max_items = 100)]
    pub items: Vec<serde_json::Value>,
}

/// A publication (R2).
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    #[garde(length(chars, max = 64))]
    #[schema(example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    pub account_id: String,
    /// The platform's own name of it, unique in the account: publishing it again is a retry.
    #[garde(length(bytes, min = 1, max = 128), custom(visible_ascii))]
    #[schema(min_length = 1, max_length = 128, pattern = "^[!-~]+$", example = "post-20261123-0001")]
    pub reference: String,
    #[garde(length(min = 1, max = 50), dive)]
    #[schema(min_items = 1, max_items = 50)]
    pub parts: Vec<PartBody>,
    /// What it is, by the platform's word: `news` is for accounts with a valid news licence (R8). Part of the publication:
    /// sent again under the same reference and declared as something else, it is another one.
    #[serde(default)]
    #[garde(length(max = 1))]
    #[schema(value_type = Vec<DeclarationName>, max_items = 1)]
    pub declared: Vec<Declaration>,
}

/// One part. Pictures, sound and film are by reference.
#[derive(Serialize, Deserialize, Validate, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum PartBody {
    Text {
        #[garde(length(chars, min = 1, max = 20_000))]
        #[schema(min_length = 1, max_length = 20_000)]
        text: String,
    },
    Image {
        #[garde(length(bytes, min = 1, max = 2_048), custom(visible_ascii))]
        #[schema(min_length = 1, max_length = 2_048, pattern = "^[!-~]+$", example = "https://cdn.example.org/1")]
        url: String,
        #[garde(dive)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<ObjectBody>,
    },
    Audio {
        #[garde(length(bytes, min = 1, max = 2_048), custom(visible_ascii))]
        #[schema(min_length = 1, max_length = 2_048, pattern = "^[!-~]+$", example = "https://cdn.example.org/1")]
        url: String,
        #[garde(inner(length(chars, max = 20_000)))]
        #[schema(max_length = 20_000)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transcript: Option<String>,
        #[garde(dive)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<ObjectBody>,
    },
    Video {
        #[garde(length(bytes, min = 1, max = 2_048), custom(visible_ascii))]
        #[schema(min_length = 1, max_length = 2_048, pattern = "^[!-~]+$", example = "https://cdn.example.org/1")]
        url: String,
        #[garde(inner(length(chars, max = 20_000)))]
        #[schema(max_length = 20_000)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transcript: Option<String>,
        #[garde(dive)]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<ObjectBody>,
        /// Pictures from the film, which are looked at as pictures are.
        #[garde(length(max = 16), dive)]
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[schema(max_items = 16)]
        key_frames: Vec<ObjectBody>,
    },
    Link {
        #[garde(length(bytes, min = 1, max = 2_048), custom(visible_ascii))]
        #[schema(min_length = 1, max_length = 2_048, pattern = "^[!-~]+$", example = "https://cdn.example.org/1")]
        url: String,
    },
}

/// A file in the media bucket, put there before it is published: what lies there then is looked at, and what is not there
/// cannot be.
#[derive(Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectBody {
    #[garde(length(bytes, max = 512), custom(key_of_an_upload))]
    #[schema(max_length = 512, pattern = "^uploads/[A-Za-z0-9._/-]+$", example = "uploads/2026/11/23/0001.jpg")]
    pub key: String,
    /// Of the file, hex: another one under the key is not taken for it.
    #[garde(inner(custom(hex_of_sha256)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9A-Fa-f]{64}$")]
    pub sha256: Option<String>,
}

impl From<ObjectBody> for MediaObject {
    fn from(ObjectBody { key, sha256 }: ObjectBody) -> Self {
        // One spelling, so that a retry has the same content hash.
        Self { key, sha256: sha256.map(|sha256| sha256.to_ascii_lowercase()) }
    }
}

impl From<MediaObject> for ObjectBody {
    fn from(MediaObject { key, sha256 }: MediaObject) -> Self {
        Self { key, sha256 }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde asks for")]
fn key_of_an_upload(key: &str, (): &()) -> garde::Result {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
    let name = key.strip_prefix(UPLOADS).filter(|name| !name.is_empty() && name.bytes().all(fits));
    // Some clients take steps up out of a path before they ask for it.
    if name.is_some_and(|name| name.split('/').all(|step| !step.is_empty() && step != "." && step != "..")) {
        return Ok(());
    }
    Err(garde::Error::new("is no key below uploads/"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde asks for")]
fn hex_of_sha256(text: &str, (): &()) -> garde::Result {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(garde::Error::new("is not 64 hexadecimal digits"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde asks for")]
fn visible_ascii(reference: &str, (): &()) -> garde::Result {
    if reference.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(garde::Error::new("holds characters other than visible ASCII"))
}

impl PublishRequest {
    pub fn into_command(self, account_id: AccountId) -> Publish {
        let parts = self.parts.into_iter().map(Into::into).collect();
        Publish { account_id, reference: self.reference, parts, declared: self.declared }
    }
}

impl From<PartBody> for Part {
    fn from(part: PartBody) -> Self {
        match part {
            PartBody::Text { text } => Self::Text { text },
            PartBody::Image { url, object } => Self::Image { url, object: object.map(Into::into) },
            PartBody::Audio { url, transcript, object } => {
                Self::Audio { url, transcript, object: object.map(Into::into) }
            }
            PartBody::Video { url, transcript, object, key_frames } => Self::Video {
                url,
                transcript,
                object: object.map(Into::into),
                key_frames: key_frames.into_iter().map(Into::into).collect(),
            },
            PartBody::Link { url } => Self::Link { url },
        }
    }
}

impl From<Part> for PartBody {
    fn from(part: Part) -> Self {
        match part {
            Part::Text { text } => Self::Text { text },
            Part::Image { url, object } => Self::Image { url, object: object.map(Into::into) },
            Part::Audio { url, transcript, object } => Self::Audio { url, transcript, object: object.map(Into::into) },
            Part::Video { url, transcript, object, key_frames } => Self::Video {
                url,
                transcript,
                object: object.map(Into::into),
                key_frames: key_frames.into_iter().map(Into::into).collect(),
            },
            Part::Link { url } => Self::Link { url },
        }
    }
}

/// A publication with what the engine said of it.
#[derive(Serialize, ToSchema)]
pub struct PublicationBody {
    pub publication_id: String,
    pub account_id: String,
    pub reference: String,
    /// Counts the changes: an edit names the one that was read.
    pub version: u64,
    /// Counts the contents, from 1.
    pub edition: u64,
    /// The edition that the public may see, if any: an earlier one while the latest waits or was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_edition: Option<u64>,
    /// Of the latest edition.
    #[schema(value_type = PublicationStatusName)]
    pub status: PublicationStatus,
    /// What the platform said that it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<DeclarationName>)]
    pub declared: Vec<Declaration>,
    /// SHA-256, hex, of the parts.
    pub content_hash: String,
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// When the latest edition was taken in, if there was an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub edited_at: Option<Timestamp>,
    /// Of the latest edition.
    pub verdict: VerdictBody,
    /// Who took it down, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removal: Option<RemovalBody>,
    /// What a person decided on it, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement: Option<SettlementBody>,
    /// Only when the publication is read, not when it is answered to, and not of a deleted one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<PartBody>>,
}

/// That a publication was taken down.
#[derive(Serialize, ToSchema)]
pub struct RemovalBody {
    #[schema(value_type = RemovedByName)]
    pub by: RemovedBy,
    #[schema(value_type = String, format = DateTime)]
    pub removed_at: Timestamp,
}

/// A person's decision on a publication.
#[derive(Serialize, ToSchema)]
pub struct SettlementBody {
    pub decision_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub settled_at: Timestamp,
    /// When it was refused: field names and values of the EU DSA Transparency Database.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub statement_of_reasons: Option<StatementOfReasons>,
    /// The decision that this one undid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverses_decision_id: Option<String>,
}

impl From<Settlement> for SettlementBody {
    fn from(settlement: Settlement) -> Self {
        Self {
            decision_id: settlement.decision_id.to_string(),
            settled_at: settlement.settled_at,
            statement_of_reasons: settlement.statement,
            reverses_decision_id: settlement.reverses_decision_id.map(|id| id.to_string()),
        }
    }
}

/// The items, in their order.
#[derive(Serialize, ToSchema)]
pub struct BatchBody {
    pub items: Vec<ItemBody>,
}

/// The answer to one item: a publication, or a problem.
#[derive(Serialize, ToSchema)]
pub struct ItemBody {
    pub index: usize,
    /// 201, or the status of the problem.
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publication: Option<PublicationBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemBody>,
}

impl ItemBody {
    pub fn of(
        index: usize,
        answer: Result<PublicationRecord, Problem>,
        language: Language,
        request_id: &RequestId,
    ) -> Self {
        match answer {
            Ok(record) => Self { index, status: 201, publication: Some(PublicationBody::of(record)), problem: None },
            Err(problem) => Self {
                index,
                status: problem.status().as_u16(),
                publication: None,
                problem: Some(problem.body(language, request_id)),
            },
        }
    }

    pub const fn is_refused(&self) -> bool {
        self.problem.is_some()
    }
}

/// What is to be done and why.
#[derive(Serialize, ToSchema)]
pub struct VerdictBody {
    #[schema(value_type = EffectName)]
    pub effect: Effect,
    #[schema(example = "starter@1")]
    pub rule_pack: String,
    pub findings: Vec<FindingBody>,
}

/// A rule that was met, and where.
#[derive(Serialize, ToSchema)]
pub struct FindingBody {
    pub rule: String,
    pub rule_version: u32,
    pub policy: String,
    #[schema(value_type = EffectName)]
    pub effect: Effect,
    /// Why, for people.
    pub title: TitleBody,
    pub spans: Vec<SpanBody>,
}

/// In both languages.
#[derive(Serialize, ToSchema)]
pub struct TitleBody {
    pub zh: String,
    pub en: String,
}

/// A place in a part: half open, in bytes of UTF-8 and in units of UTF-16.
#[derive(Serialize, ToSchema)]
pub struct SpanBody {
    pub part: usize,
    pub start: usize,
    pub end: usize,
    pub utf16_start: usize,
    pub utf16_end: usize,
}

impl PublicationBody {
    /// The answer to publishing it.
    pub fn of(record: PublicationRecord) -> Self {
        let PublicationRecord { publication, verdict } = record;
        Self {
            publication_id: publication.publication_id.to_string(),
            account_id: publication.account_id.to_string(),
            shown_edition: publication.shown_edition(),
            edited_at: publication.revisions.latest.map(|latest| latest.revised_at),
            removal: publication.revisions.removal.map(|it| RemovalBody { by: it.by, removed_at: it.removed_at }),
            reference: publication.reference,
            version: publication.version,
            edition: publication.edition,
            status: publication.status,
            declared: publication.declared,
            content_hash: publication.content_hash,
            received_at: publication.received_at,
            verdict: verdict.into(),
            settlement: publication.settlement.map(Into::into),
            parts: None,
        }
    }

    /// The answer to reading it.
    pub fn with_parts(record: PublicationRecord) -> Self {
        if record.publication.status == PublicationStatus::Deleted {
            return Self::of(record);
        }
        let parts = record.publication.parts.iter().cloned().map(Into::into).collect();
        Self { parts: Some(parts), ..Self::of(record) }
    }
}

impl From<Verdict> for VerdictBody {
    fn from(verdict: Verdict) -> Self {
        Self {
            effect: verdict.effect,
            rule_pack: verdict.rule_pack,
            findings: verdict.findings.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Finding> for FindingBody {
    fn from(finding: Finding) -> Self {
        Self {
            rule: finding.rule,
            rule_version: finding.rule_version,
            policy: finding.policy,
            effect: finding.effect,
            title: TitleBody { zh: finding.title.zh, en: finding.title.en },
            spans: finding.spans.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Span> for SpanBody {
    fn from(Span { part, start, end, utf16_start, utf16_end }: Span) -> Self {
        Self { part, start, end, utf16_start, utf16_end }
    }
}

/// The words of the enumerations, for the API's description.
mod names {
    use utoipa::ToSchema;

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = Declaration)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(crate) enum DeclarationName {
        News,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = PublicationStatus)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum PublicationStatusName {
        Published,
        Held,
        Rejected,
        Deleted,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = RemovedBy)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum RemovedByName {
        Holder,
        Platform,
    }

    #[derive(ToSchema)]
    #[schema(rename_all = "snake_case", as = Effect)]
    #[expect(dead_code, reason = "describes, is never made")]
    pub(super) enum EffectName {
        Pass,
        Review,
        Hold,
        Reject,
    }
}
pub(crate) use names::DeclarationName;
use names::{EffectName, PublicationStatusName, RemovedByName};
