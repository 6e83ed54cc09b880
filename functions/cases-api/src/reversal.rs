//! How what would come back is described (B9); the domain's own words are what is sent.

use utoipa::ToSchema;

/// What would come back if the appeal were accepted now, and what would stay: a forecast and no promise.
#[derive(ToSchema)]
#[schema(as = Reversal)]
#[expect(dead_code, reason = "describes, is never made")]
pub(crate) struct ReversalBody {
    /// The decision that is undone.
    pub decision_id: String,
    pub may_publish: TurnOfBool,
    pub measures_in_force: TurnOfMeasures,
    /// What the measures of the account count for together.
    pub strikes: TurnOfNumber,
    /// Of a decision that refused a publication or took it away.
    pub publication: Option<PublicationTurnBody>,
    /// By how many prints copies of what was removed are stopped.
    pub prints_looked_for: TurnOfNumber,
    /// Whether whoever is behind the account may not register again (R13.2).
    pub principal_listed: TurnOfBool,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes, is never made")]
pub(crate) struct TurnOfBool {
    pub before: bool,
    pub after: bool,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes, is never made")]
pub(crate) struct TurnOfNumber {
    pub before: u64,
    pub after: u64,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes, is never made")]
pub(crate) struct TurnOfMeasures {
    pub before: Vec<MeasureInForceBody>,
    pub after: Vec<MeasureInForceBody>,
}

#[derive(ToSchema)]
#[schema(as = MeasureInForce)]
#[expect(dead_code, reason = "describes, is never made")]
pub(crate) struct MeasureInForceBody {
    pub enforcement_id: String,
    #[schema(example = "suspend_updates")]
    pub kind: String,
}

#[derive(ToSchema)]
#[schema(as = PublicationTurn)]
#[expect(dead_code, reason = "describes, is never made")]
pub(crate) struct PublicationTurnBody {
    pub status: TurnOfStatus,
    /// The edition that the public sees.
    pub shown_edition: TurnOfEdition,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes, is never made")]
pub(crate) struct TurnOfStatus {
    #[schema(example = "rejected")]
    pub before: String,
    #[schema(example = "published")]
    pub after: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "describes, is never made")]
pub(crate) struct TurnOfEdition {
    #[schema(required)]
    pub before: Option<u64>,
    #[schema(required)]
    pub after: Option<u64>,
}
