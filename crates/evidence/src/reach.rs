//! Which records a scope reaches: those that name one of its identifiers anywhere, so that nothing about an account, a case
//! or a publication slips through because it is told in a field that somebody added later (B1, R16.1).

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::object::{LogHour, ObjectError, lines};

/// Identifiers, and a period in which records were received; a record is reached that has either.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    names: BTreeSet<String>,
    periods: Vec<(Timestamp, Timestamp)>,
}

impl Reach {
    /// Whatever names one of `names`.
    #[must_use]
    pub fn of_names(names: BTreeSet<String>) -> Self {
        Self { names, periods: Vec::new() }
    }

    /// Whatever was received from `from` on and before `until`.
    #[must_use]
    pub fn of_period(from: Timestamp, until: Timestamp) -> Self {
        Self { names: BTreeSet::new(), periods: vec![(from, until)] }
    }

    /// Whether somebody has to look into objects to tell.
    #[must_use]
    pub fn has_names(&self) -> bool {
        !self.names.is_empty()
    }

    /// Whether records received in that hour may be in one of the periods.
    #[must_use]
    pub fn meets_hour(&self, hour: LogHour) -> bool {
        let (start, end) = (hour.start(), hour.next().start());
        self.periods.iter().any(|(from, until)| *from < end && start < *until)
    }

    /// Whether something that lasted from `first` to `last` was there in one of the periods.
    #[must_use]
    pub fn meets(&self, first: Timestamp, last: Timestamp) -> bool {
        self.periods.iter().any(|(from, until)| *from <= last && first < *until)
    }

    /// Whether a line of a log object names one of the identifiers. They are spelt in one way only, and their prefixes
    /// and random digits are in no other word.
    #[must_use]
    pub fn names_in(&self, line: &str) -> bool {
        self.names.iter().any(|name| line.contains(name.as_str()))
    }

    /// Whether any record of the object of these bytes names one of the identifiers.
    ///
    /// # Errors
    /// When the bytes are no log object.
    pub fn names_in_object(&self, bytes: &[u8]) -> Result<bool, ObjectError> {
        let text = lines(bytes)?;
        Ok(self.names_in(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_object_is_reached_by_any_record_that_names_one_of_the_identifiers() {
        let object = zstd::encode_all(&b"{\"a\":\"acct_1\"}\n{\"b\":{\"members\":[\"acct_2\"]}}\n"[..], 3).unwrap();
        let reach = |name: &str| Reach::of_names([name.to_owned()].into()).names_in_object(&object).unwrap();
        assert!(reach("acct_1") && reach("acct_2"));
        assert!(!reach("acct_3"));
        assert!(Reach::of_names(BTreeSet::new()).names_in_object(b"no zstd").is_err());
    }

    #[test]
    fn a_period_meets_the_hours_that_it_touches() {
        let reach = Reach::of_period(at("2026-11-23T10:30:00Z"), at("2026-11-23T12:00:00Z"));
        let meets = |hour: &str| reach.meets_hour(LogHour::of(at(hour)));
        assert!(meets("2026-11-23T10:00:00Z") && meets("2026-11-23T11:59:00Z"));
        assert!(!meets("2026-11-23T09:59:00Z") && !meets("2026-11-23T12:00:00Z"));
    }
}
