//! The seal of an hour (R16.2): everything that was written in it, and the hash and signature of the seal before it, so
//! that nothing can be taken out, put in or exchanged unnoticed, and no hour can be missing.
//!
//! `seals/date=2026-11-23/hour=09.json` holds the [`Envelope`](crate::envelope::Envelope) of one. An object belongs to
//! the hour in which it was *written*, which its name need not say: what comes late enters a later seal.

use domain::retention::{RetentionPeriod, SHANGHAI};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{digest::Digest, entry::Entry, object::LogHour};

/// The version of the format.
pub const SCHEMA: &str = "gatehouse.seal/1";

/// Everything that belongs to the chain lies below.
pub const PREFIX: &str = "seals/";

/// Below, the public keys: `seals/keys/<key id>.pem`.
pub const KEYS: &str = "seals/keys/";

/// What is signed, once for each hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    pub schema: String,
    /// From 1, without gaps.
    pub number: u64,
    /// The start of the hour in which the objects were written.
    pub hour: Timestamp,
    pub sealed_at: Timestamp,
    /// Of the first seal none.
    pub previous: Option<Link>,
    /// By key, each key once.
    pub entries: Vec<Entry>,
}

/// What one seal says of the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Of the payload, as it was signed.
    pub sha256: Digest,
    /// The first signature of its envelope, base64.
    pub signature: String,
}

/// Where a chain stands: the seal that the next one continues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub number: u64,
    /// The start of the hour.
    pub hour: Timestamp,
    pub link: Link,
}

/// Why a seal does not continue a chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    #[error("it is number {found}, where {expected} is due")]
    Number { expected: u64, found: u64 },
    #[error("it is of the hour {found}, where {expected} is due")]
    Hour { expected: String, found: String },
    #[error("it names another seal as the one before it")]
    Previous,
    #[error("its entries are not in the order of their keys, or one is there twice")]
    Order,
    #[error("it is of the format {0:?}")]
    Schema(String),
}

impl Seal {
    /// The seal that continues `head` (the first one, of `hour`, without a head).
    #[must_use]
    pub fn next(head: Option<&Head>, hour: LogHour, mut entries: Vec<Entry>, sealed_at: Timestamp) -> Self {
        entries.sort();
        entries.dedup_by(|later, earlier| later.key == earlier.key);
        Self {
            schema: SCHEMA.to_owned(),
            number: head.map_or(1, |head| head.number + 1),
            hour: hour.start(),
            sealed_at,
            previous: head.map(|head| head.link.clone()),
            entries,
        }
    }

    /// The bytes that are signed: compact JSON, fields in the order of the type.
    ///
    /// # Errors
    /// When it cannot be put into JSON.
    pub fn payload(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The head that a chain has with this seal.
    #[must_use]
    pub fn head(&self, link: Link) -> Head {
        Head { number: self.number, hour: self.hour, link }
    }

    /// Whether this seal is in itself in order.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check_form(&self) -> Result<(), ChainError> {
        if self.schema != SCHEMA {
            return Err(ChainError::Schema(self.schema.clone()));
        }
        if !self.entries.is_sorted_by(|a, b| a.key < b.key) {
            return Err(ChainError::Order);
        }
        Ok(())
    }

    /// Whether this seal is the one after `head`.
    ///
    /// # Errors
    /// Says what is wrong first.
    pub fn check_continues(&self, head: &Head) -> Result<(), ChainError> {
        if self.number != head.number + 1 {
            return Err(ChainError::Number { expected: head.number + 1, found: self.number });
        }
        let (due, hour) = (LogHour::of(head.hour).next(), LogHour::of(self.hour));
        if due != hour || hour.start() != self.hour {
            return Err(ChainError::Hour { expected: due.name(), found: self.hour.to_string() });
        }
        if self.previous.as_ref() != Some(&head.link) {
            return Err(ChainError::Previous);
        }
        Ok(())
    }
}

/// The key of the seal of an hour.
#[must_use]
pub fn key(hour: LogHour) -> String {
    let local = hour.start().to_zoned_datetime(SHANGHAI.clone());
    format!("{PREFIX}date={}/hour={:02}.json", local.date(), local.hour())
}

/// Until when the seal of an hour is locked: twice the period of what it speaks of. A sweep's receipt is written when
/// the period is over, and whoever asks after it needs the seal of what was swept.
#[must_use]
pub fn keep_until(hour: LogHour, period: &RetentionPeriod) -> Timestamp {
    period.keep_until(period.keep_until(hour.next().start()))
}

#[cfg(test)]
mod tests {
    use domain::retention::Stage;

    use super::*;

    fn hour(text: &str) -> LogHour {
        LogHour::of(text.parse().unwrap())
    }

    fn entry(key: &str) -> Entry {
        let at = "2026-11-23T09:10:00+08:00".parse().unwrap();
        Entry::of(key.to_owned(), key.as_bytes(), 1, at, at)
    }

    fn link(name: &str) -> Link {
        Link { sha256: Digest::of(name.as_bytes()), signature: name.to_owned() }
    }

    #[test]
    fn a_seal_continues_the_one_before_it_and_no_other() {
        let nine = hour("2026-11-23T09:00:00+08:00");
        let at = "2026-11-23T10:10:00+08:00".parse().unwrap();
        let head = Seal::next(None, nine, vec![], at).head(link("one"));
        let second = Seal::next(Some(&head), nine.next(), vec![], at);
        assert_eq!(second.check_continues(&head), Ok(()));
        let wrong_number = Head { number: 2, ..head.clone() };
        let expected = ChainError::Number { expected: 3, found: 2 };
        assert_eq!(second.check_continues(&wrong_number), Err(expected));
        let wrong_hour = Head { hour: nine.next().start(), ..head.clone() };
        assert!(matches!(second.check_continues(&wrong_hour), Err(ChainError::Hour { .. })));
        let other = Head { link: link("other"), ..head };
        assert_eq!(second.check_continues(&other), Err(ChainError::Previous));
    }

    #[test]
    fn entries_are_in_order_and_each_is_there_once() {
        let entries = vec![entry("b"), entry("a"), entry("b")];
        let at = "2026-11-23T10:10:00+08:00".parse().unwrap();
        let mut seal = Seal::next(None, hour("2026-11-23T09:00:00+08:00"), entries, at);
        assert_eq!(seal.entries, [entry("a"), entry("b")]);
        assert_eq!(seal.check_form(), Ok(()));
        seal.entries.reverse();
        assert_eq!(seal.check_form(), Err(ChainError::Order));
    }

    #[test]
    fn a_seal_is_named_by_its_hour_in_shanghai() {
        assert_eq!(key(hour("2026-11-22T16:30:00Z")), "seals/date=2026-11-23/hour=00.json");
    }

    #[test]
    fn a_seal_outlives_what_it_speaks_of() {
        let period = RetentionPeriod::parse("P6M", Stage::Prod).unwrap();
        let nine = hour("2026-11-23T09:00:00+08:00");
        let expected = "2027-11-23T10:00:00+08:00".parse().unwrap();
        assert_eq!(keep_until(nine, &period), expected);
    }
}
