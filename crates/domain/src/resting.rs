//! Until when the rows of what is over stay: of a publication that nobody sees any more, and of a complaint that is decided
//! (R16.2, B2). The record has its own calendar ([`crate::retention`]); these rows are what people work with beside it.
//!
//! A row's period is counted from the last thing that happened to it, so that what was decided, appealed or contested late
//! stays as long after that. What something is still expected of has no end yet.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    case::{Case, CaseState},
    complaint::Complaint,
    profile::Profile,
    publication::{Publication, PublicationStatus},
    retention::RowPeriod,
};

/// Rows with a period of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// A publication with its earlier editions, its events and what was seen of its media.
    Publications,
    /// A complaint with what it was about, its events, its evidence, its contact and the way from its receipt.
    Complaints,
}

impl RowKind {
    pub const ALL: [Self; 2] = [Self::Publications, Self::Complaints];

    /// As it is serialised.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Publications => "publications",
            Self::Complaints => "complaints",
        }
    }
}

/// When a row's time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Something is still expected of it: the public sees it, or a person is to decide.
    Open,
    /// From that moment on it may go.
    At(Timestamp),
}

impl Publication {
    /// Whether the public sees nothing of it, and nobody is asked whether it should.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        self.shown_edition().is_none() && self.status != PublicationStatus::Held
    }
}

/// The end of the rows of `publication`, to which something happened last at `last_event`; `about` are all the cases about
/// it.
#[must_use]
pub fn end_of_publication(
    publication: &Publication,
    last_event: Timestamp,
    about: &[Case],
    profile: &Profile,
    period: &RowPeriod,
) -> Ending {
    if !publication.is_at_rest() {
        return Ending::Open;
    }
    let told = publication.settlement.as_ref().and_then(|it| it.statement.as_ref()?.appeal_until);
    end_after(last_event, told, about.iter(), profile, period)
}

/// The end of the rows of `complaint`, to which something happened last at `last_event`; `case` is the one that took it up,
/// and `appeal` the one of an appeal against what was decided in it.
#[must_use]
pub fn end_of_complaint(
    complaint: &Complaint,
    last_event: Timestamp,
    case: Option<&Case>,
    appeal: Option<&Case>,
    profile: &Profile,
    period: &RowPeriod,
) -> Ending {
    match (complaint.case_id, case) {
        // Nobody has looked at it yet.
        (None, _) => Ending::Open,
        (Some(_), case) => end_after(last_event, None, case.into_iter().chain(appeal), profile, period),
    }
}

/// Not before every case is decided, the period is over after the last of all that happened, and no appeal is taken any more.
fn end_after<'a>(
    last_event: Timestamp,
    told: Option<Timestamp>,
    cases: impl Iterator<Item = &'a Case>,
    profile: &Profile,
    period: &RowPeriod,
) -> Ending {
    let (mut last, mut appeals) = (last_event, told);
    for case in cases {
        if case.state != CaseState::Decided {
            return Ending::Open;
        }
        last = last.max(case.updated_at);
        let statement = case.decision.as_ref().and_then(|decision| decision.statement(profile));
        appeals = appeals.max(statement.and_then(|statement| statement.appeal_until));
    }
    Ending::At(appeals.map_or(period.keep_until(last), |until| period.keep_until(last).max(until)))
}
