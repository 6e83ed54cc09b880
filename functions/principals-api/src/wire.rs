//! What staff send and get, and how it maps to the domain.

use app::{
    blacklisting::{PrincipalReference, ProposeListing},
    ports::{BlacklistPage, BlacklistPart},
};
use domain::{
    actor::Actor,
    blacklist::{BlacklistEntry, Listing, PastListing, ProposedListing, RefusedListing},
    document::DocumentType,
    id::{AccountId, ListingId},
    personal::Personal,
    principal::PrincipalKey,
};
use garde::Validate;
use jiff::Timestamp;
use lambda::http::legible_text;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Which part of the list.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    #[serde(default = "fifty")]
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: usize,
    /// What the page before gave as `next_cursor`.
    #[garde(inner(length(chars, min = 1, max = 2_048)))]
    #[param(min_length = 1, max_length = 2_048)]
    pub cursor: Option<String>,
    /// Whose listing is in force, unless said otherwise, or of whom one waits for a second person.
    #[serde(default)]
    #[garde(skip)]
    #[param(inline)]
    pub state: ListingState,
}

#[derive(Deserialize, Clone, Copy, Default, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListingState {
    #[default]
    Listed,
    Proposed,
}

impl From<ListingState> for BlacklistPart {
    fn from(state: ListingState) -> Self {
        match state {
            ListingState::Listed => Self::Listed,
            ListingState::Proposed => Self::Proposed,
        }
    }
}

const fn fifty() -> usize {
    50
}

/// How a principal is named. It holds a document number in clear, so it does not print.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum PrincipalReferenceBody {
    /// By one of its accounts.
    Account {
        #[garde(skip)]
        #[schema(value_type = String, example = "acct_01k9rq4w5nf0ysjv5p0d8yb3e6")]
        account_id: AccountId,
    },
    /// By its key, as the answers of this API give it.
    Key {
        #[garde(custom(is_a_key))]
        principal_key: String,
    },
    /// By a document; of the number only the key is kept.
    Document {
        #[garde(skip)]
        #[schema(
            value_type = String, example = "resident_identity_number",
            pattern = "^(unified_social_credit_code|organisation_code|resident_identity_number|residence_permit_number|permanent_residence_number|passport)$",
        )]
        document_type: DocumentType,
        #[garde(length(chars, min = 1, max = 64))]
        #[schema(min_length = 1, max_length = 64)]
        document_number: String,
        /// Of passports and nothing else.
        #[garde(length(chars, min = 1, max = 16))]
        #[schema(min_length = 1, max_length = 16, example = "USA")]
        #[serde(default)]
        issuing_state: Option<String>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that garde asks for")]
fn is_a_key(text: &str, (): &()) -> garde::Result {
    text.parse::<PrincipalKey>().map(drop).map_err(garde::Error::new)
}

impl From<PrincipalReferenceBody> for PrincipalReference {
    fn from(body: PrincipalReferenceBody) -> Self {
        match body {
            PrincipalReferenceBody::Account { account_id } => Self::Account(account_id),
            PrincipalReferenceBody::Key { principal_key } => {
                Self::Key(principal_key.parse().expect("validation has read it as a key"))
            }
            PrincipalReferenceBody::Document { document_type, document_number, issuing_state } => Self::Document {
                document_type,
                number: Personal::new(document_number),
                issuing_state: issuing_state.map(Personal::new),
            },
        }
    }
}

/// Who is to be listed, and why.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRequest {
    #[garde(dive)]
    pub principal: PrincipalReferenceBody,
    #[garde(length(chars, min = 1, max = 2_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 2_000)]
    pub reason: String,
    /// When a person is to look at the listing again. It stays in force until it is removed.
    #[garde(skip)]
    #[schema(value_type = String, format = DateTime)]
    pub review_at: Timestamp,
}

impl ListRequest {
    pub fn into_command(self, operation_id: Uuid, proposer: Actor) -> ProposeListing {
        let Self { principal, reason, review_at } = self;
        ProposeListing { operation_id, principal: principal.into(), reason, review_at, proposer }
    }
}

/// Which listing is agreed to.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingApprovalRequest {
    /// As the entry gives it in `proposed`.
    #[garde(skip)]
    #[schema(value_type = String, example = "lst_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    pub listing_id: ListingId,
}

/// Which listing is not agreed to, and why.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListingRefusalRequest {
    /// As the entry gives it in `proposed`.
    #[garde(skip)]
    #[schema(value_type = String, example = "lst_01k9rq4w5nf0ysjv5p0d8yb3e6")]
    pub listing_id: ListingId,
    /// For staff alone.
    #[garde(length(chars, min = 1, max = 2_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 2_000)]
    pub reason: String,
}

/// Why a principal is taken off the list.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemovalRequest {
    #[garde(length(chars, min = 1, max = 2_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 2_000)]
    pub reason: String,
}

/// That two references mean one principal, and how that is known.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    #[garde(dive)]
    pub principal: PrincipalReferenceBody,
    #[garde(dive)]
    pub other: PrincipalReferenceBody,
    #[garde(length(chars, min = 1, max = 2_000), custom(legible_text))]
    #[schema(format = "legible-text", min_length = 1, max_length = 2_000)]
    pub reason: String,
}

/// The one key of both.
#[derive(Serialize, ToSchema)]
pub struct LinkedBody {
    pub principal_key: String,
}

/// Everything that the blacklist knows of a principal.
#[derive(Serialize, ToSchema)]
pub struct BlacklistEntryBody {
    pub principal_key: String,
    pub version: u64,
    /// In force while it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listing: Option<ListingBody>,
    /// Bars nobody until a second person agrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed: Option<ProposedListingBody>,
    /// What the second person did not agree to, oldest first.
    pub refused: Vec<RefusedListingBody>,
    /// Listings that were removed, oldest first.
    pub past: Vec<PastListingBody>,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct ListingBody {
    pub listing_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    pub reason: String,
    /// Who has asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<String>,
    /// Who has agreed.
    pub approver: String,
    #[schema(value_type = String, format = DateTime)]
    pub listed_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub review_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct ProposedListingBody {
    pub listing_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    pub reason: String,
    /// IAM principal.
    pub proposed_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub proposed_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub review_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct RefusedListingBody {
    pub proposal: ProposedListingBody,
    /// Why, for staff alone.
    pub reason: String,
    /// IAM principal.
    pub refused_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub refused_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct PastListingBody {
    pub listing: ListingBody,
    /// Why it was removed.
    pub reason: String,
    /// IAM principal.
    pub removed_by: String,
    #[schema(value_type = String, format = DateTime)]
    pub removed_at: Timestamp,
}

/// A page of the list.
#[derive(Serialize, ToSchema)]
pub struct BlacklistBody {
    pub entries: Vec<BlacklistEntryBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl From<BlacklistPage> for BlacklistBody {
    fn from(page: BlacklistPage) -> Self {
        Self { entries: page.entries.into_iter().map(Into::into).collect(), next_cursor: page.next }
    }
}

impl From<BlacklistEntry> for BlacklistEntryBody {
    fn from(entry: BlacklistEntry) -> Self {
        Self {
            principal_key: entry.principal_key.to_string(),
            version: entry.version,
            listing: entry.listing.map(Into::into),
            proposed: entry.proposed.map(Into::into),
            refused: entry.refused.into_iter().map(Into::into).collect(),
            past: entry.past.into_iter().map(Into::into).collect(),
            updated_at: entry.updated_at,
        }
    }
}

impl From<Listing> for ListingBody {
    fn from(listing: Listing) -> Self {
        Self {
            listing_id: listing.listing_id.to_string(),
            account_id: listing.account_id.map(|id| id.to_string()),
            reason: listing.reason,
            proposed_by: listing.proposed_by.map(|who| who.name().to_owned()),
            approver: listing.approver.name().to_owned(),
            listed_at: listing.listed_at,
            review_at: listing.review_at,
        }
    }
}

impl From<ProposedListing> for ProposedListingBody {
    fn from(proposal: ProposedListing) -> Self {
        Self {
            listing_id: proposal.listing_id.to_string(),
            account_id: proposal.account_id.map(|id| id.to_string()),
            reason: proposal.reason,
            proposed_by: proposal.proposed_by.name().to_owned(),
            proposed_at: proposal.proposed_at,
            review_at: proposal.review_at,
        }
    }
}

impl From<RefusedListing> for RefusedListingBody {
    fn from(refused: RefusedListing) -> Self {
        let RefusedListing { proposal, reason, refused_by, refused_at } = refused;
        Self { proposal: proposal.into(), reason, refused_by: refused_by.name().to_owned(), refused_at }
    }
}

impl From<PastListing> for PastListingBody {
    fn from(past: PastListing) -> Self {
        Self {
            listing: past.listing.into(),
            reason: past.reason,
            removed_by: past.removed_by.name().to_owned(),
            removed_at: past.removed_at,
        }
    }
}
