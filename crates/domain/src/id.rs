//! Identifiers: TypeIDs, a prefix and a UUID (`acct_01h…`).
//!
//! Most kinds carry a UUIDv7 and sort by the time of their making. A [`PublicationId`] is *named* by what the platform
//! already calls the publication, so that a retry of the same publication meets the same key
//! (`docs/decisions/0003-publication-ids-are-named.md`); so are a [`CommentId`] and an [`AssessmentId`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use type_safe_id::{StaticType, TypeSafeId};
use uuid::{Uuid, timestamp};

use crate::{assessment::InteractiveFunction, resting::RowKind};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $kind:ident, $prefix:literal;)*) => {$(
        #[doc(hidden)]
        #[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $kind;
        impl StaticType for $kind {
            const TYPE: &'static str = $prefix;
        }
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(TypeSafeId<$kind>);

        impl $name {
            /// A new identifier, sortable by `now`.
            #[must_use]
            pub fn at(now: Timestamp) -> Self {
                Self::from_uuid(uuid_at(now))
            }

            /// The identifier that carries `uuid`.
            #[must_use]
            pub fn from_uuid(uuid: Uuid) -> Self {
                Self(TypeSafeId::from_uuid(uuid))
            }

            #[must_use]
            pub fn uuid(&self) -> Uuid {
                self.0.uuid()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                text.parse().map(Self).map_err(|_| IdError { prefix: $prefix })
            }
        }
    )*};
}

ids! {
    /// A public account.
    AccountId, AccountKind, "acct";
    /// Something published, named by the account and the platform's own reference.
    PublicationId, PublicationKind, "pub";
    /// What a reader wrote below a publication, named by the publication and the platform's own reference.
    CommentId, CommentKind, "cmt";
    /// A security assessment, named by the function and the document.
    AssessmentId, AssessmentKind, "asm";
    /// A one-time code on its way to a mobile number and back.
    ChallengeId, ChallengeKind, "chal";
    /// A change of name, avatar or bio.
    ProfileChangeId, ProfileChangeKind, "prof";
    /// What a person filed.
    ComplaintId, ComplaintKind, "cmpl";
    /// The unit of review.
    CaseId, CaseKind, "case";
    /// What a reviewer writes beside a case.
    NoteId, NoteKind, "note";
    /// A judgement.
    DecisionId, DecisionKind, "dec";
    /// What is in force because of a decision.
    EnforcementId, EnforcementKind, "enf";
    /// One entry of the append-only event list.
    EventId, EventKind, "evt";
    /// One line of the content log.
    RecordId, RecordKind, "rec";
    /// A group of accounts.
    GroupId, GroupKind, "grp";
    /// One listing on the blacklist.
    ListingId, ListingKind, "lst";
    /// What an account has shown to be licensed for.
    QualificationId, QualificationIdKind, "qual";
    /// One run of the retention planner.
    RunId, RunKind, "run";
    /// An evidence package.
    PackageId, PackageIdKind, "pkg";
    /// Rules on trial over the record.
    BacktestId, BacktestKind, "bt";
    /// A legal hold.
    HoldId, HoldKind, "hold";
}

impl PublicationId {
    /// The identifier of what `account` published under the platform's own `reference`: a UUIDv8 (RFC 9562) made
    /// from the SHA-256 of both, so that the same pair always gives the same identifier.
    #[must_use]
    pub fn named(account: AccountId, reference: &str) -> Self {
        Self::from_uuid(named_uuid(&[b"publication", account.uuid().as_bytes(), reference.as_bytes()]))
    }
}

impl CommentId {
    /// As of a publication: the identifier of what was written below `publication` under the platform's own `reference`.
    #[must_use]
    pub fn named(publication: PublicationId, reference: &str) -> Self {
        Self::from_uuid(named_uuid(&[b"comment", publication.uuid().as_bytes(), reference.as_bytes()]))
    }
}

impl AssessmentId {
    /// One document of one function is one assessment.
    #[must_use]
    pub fn named(function: InteractiveFunction, document_sha256: &str) -> Self {
        Self::from_uuid(named_uuid(&[b"assessment", function.as_str().as_bytes(), document_sha256.as_bytes()]))
    }
}

impl RecordId {
    /// The identifier of the log record that tells of `what` in `version`: the same thing logged twice, after a
    /// retry or a redelivery, carries the same identifier, so that a reader can tell the copy.
    #[must_use]
    pub fn named(what: &str, version: u64) -> Self {
        Self::from_uuid(named_uuid(&[b"record", what.as_bytes(), &version.to_be_bytes()]))
    }
}

impl ComplaintId {
    /// The complaint that the write `operation` files. The time is that of the operation, the rest is hashed, so that
    /// the identifier, which staff see, does not give away the operation, which the receipt is made of.
    #[must_use]
    pub fn of_operation(operation: Uuid) -> Self {
        Self::from_uuid(of_the_moment_of(operation, named_uuid(&[b"complaint", operation.as_bytes()])))
    }
}

impl RunId {
    /// The run that is planned as of `now`: planned again for the same moment, it is the same run.
    #[must_use]
    pub fn planned_at(now: Timestamp) -> Self {
        Self::from_uuid(named_uuid(&[b"run", &now.as_nanosecond().to_be_bytes()]))
    }

    /// The run that sweeps rows of that kind, planned as of `now`; the sweep of the log is another.
    #[must_use]
    pub fn of_rows(rows: RowKind, now: Timestamp) -> Self {
        Self::from_uuid(named_uuid(&[b"run", rows.name().as_bytes(), &now.as_nanosecond().to_be_bytes()]))
    }
}

impl DecisionId {
    /// The decision that follows from `decision` without a person; it is one, however often that is delivered.
    #[must_use]
    pub fn following(decision: DecisionId) -> Self {
        Self::from_uuid(of_the_moment_of(decision.uuid(), named_uuid(&[b"following", decision.uuid().as_bytes()])))
    }
}

impl DecisionId {
    /// The decision on `case` in the write `operation` that decides several.
    #[must_use]
    pub fn in_bulk(operation: Uuid, case: CaseId) -> Self {
        let named = named_uuid(&[b"bulk", operation.as_bytes(), case.uuid().as_bytes()]);
        Self::from_uuid(of_the_moment_of(operation, named))
    }
}

impl DecisionId {
    /// The decision of the step that strikes lead to after `trigger`; `before` is how many steps the account had taken.
    #[must_use]
    pub fn of_step(trigger: DecisionId, before: usize) -> Self {
        let before = (before as u64).to_be_bytes();
        Self::from_uuid(of_the_moment_of(trigger.uuid(), named_uuid(&[b"step", trigger.uuid().as_bytes(), &before])))
    }
}

impl EnforcementId {
    /// The enforcement that `decision` causes; a decision causes one, however often it is delivered.
    #[must_use]
    pub fn caused_by(decision: DecisionId) -> Self {
        Self::from_uuid(decision.uuid())
    }
}

impl ListingId {
    /// The listing that `decision` causes with the closing of an account; it causes one, however often it is delivered.
    #[must_use]
    pub fn caused_by(decision: DecisionId) -> Self {
        Self::from_uuid(decision.uuid())
    }
}

/// A UUIDv7 whose time part is `now`.
#[must_use]
pub fn uuid_at(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    Uuid::new_v7(timestamp::Timestamp::from_unix(timestamp::context::NoContext, seconds, nanos))
}

/// When a UUIDv7 was made, to the millisecond; `None` of a UUID that does not say so.
#[must_use]
pub fn made_at(uuid: Uuid) -> Option<Timestamp> {
    let (seconds, nanos) = uuid.get_timestamp()?.to_unix();
    Timestamp::new(i64::try_from(seconds).ok()?, i32::try_from(nanos).ok()?).ok()
}

/// A UUIDv7 of the same moment as `operation` that nobody can work out who does not know `secret` as well.
#[must_use]
pub fn mixed(operation: Uuid, secret: &str) -> Uuid {
    of_the_moment_of(operation, named_uuid(&[b"mixed", operation.as_bytes(), secret.as_bytes()]))
}

/// `named` with the time part of `operation`.
fn of_the_moment_of(operation: Uuid, named: Uuid) -> Uuid {
    let mut bytes = *named.as_bytes();
    bytes[..6].copy_from_slice(&operation.as_bytes()[..6]);
    uuid::Builder::from_bytes(bytes).with_version(uuid::Version::SortRand).into_uuid()
}

fn named_uuid(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        // The length first, so that no two lists of parts run together into the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Uuid::new_v8(bytes)
}

/// The text is no identifier of the kind that begins with `prefix`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier that begins with {prefix}_")]
pub struct IdError {
    pub prefix: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_their_prefix_and_come_back_from_text() {
        let id = AccountId::at(Timestamp::UNIX_EPOCH);
        assert!(id.to_string().starts_with("acct_"));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn a_mixed_operation_keeps_its_moment_and_is_another_one_under_another_secret() {
        let now: Timestamp = "2026-11-23T04:00:00.125Z".parse().unwrap();
        let operation = uuid_at(now);
        let (one, other) = (mixed(operation, "one"), mixed(operation, "other"));
        assert_eq!([made_at(operation), made_at(one), made_at(other)], [Some(now); 3]);
        assert!(one == mixed(operation, "one") && one != other && one != operation);
        assert_eq!(made_at(Uuid::from_u128(7)), None);
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let case = CaseId::at(Timestamp::UNIX_EPOCH).to_string();
        assert_eq!(case.parse::<AccountId>(), Err(IdError { prefix: "acct" }));
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let early = EventId::at("2026-01-01T00:00:00Z".parse().unwrap());
        let late = EventId::at("2026-01-01T00:00:00.002Z".parse().unwrap());
        assert!(early.to_string() < late.to_string());
    }

    #[test]
    fn a_publication_is_named_by_account_and_reference() {
        let account = AccountId::at(Timestamp::UNIX_EPOCH);
        let other = AccountId::at(Timestamp::UNIX_EPOCH);
        assert_eq!(PublicationId::named(account, "a1"), PublicationId::named(account, "a1"));
        assert_ne!(PublicationId::named(account, "a1"), PublicationId::named(account, "a2"));
        assert_ne!(PublicationId::named(account, "a1"), PublicationId::named(other, "a1"));
    }
}
