use serde::{Deserialize, Serialize};

use super::Finding;
use crate::{
    resting::RowKind,
    retention::{RetentionPeriod, RowPeriod, Stage},
};

/// What stands for the period of the record itself.
const RECORD: &str = "record";

/// How long rows stay after the last thing that happened to them (R16.2): `record`, for as long as the record is kept, or an
/// ISO 8601 period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionRules {
    /// Of a publication that nobody sees any more. What the public sees stays.
    pub publications: String,
    /// Of a complaint that is decided.
    pub complaints: String,
}

impl Default for RetentionRules {
    /// What a row tells is in the record as well; when that goes, nothing is gained by the row.
    fn default() -> Self {
        Self { publications: RECORD.to_owned(), complaints: RECORD.to_owned() }
    }
}

impl RetentionRules {
    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        // As prod would have it, in every stage: nobody keeps a row for less than the duty asks by a file.
        let wrong = RowKind::ALL.into_iter().filter(|kind| {
            let text = self.text(*kind);
            text != RECORD && RetentionPeriod::parse(text, Stage::Prod).is_err()
        });
        let finding = |kind: RowKind| {
            Finding::new(
                kind.name(),
                "应为 record，或不短于六个月的 ISO 8601 期限，如 P1Y。",
                "It must be record, or an ISO 8601 period of six months at least, such as P1Y.",
            )
        };
        wrong.map(finding).collect()
    }

    /// How long rows of that kind stay where the record is kept for `record`.
    #[must_use]
    pub fn period(&self, kind: RowKind, record: RetentionPeriod) -> RowPeriod {
        RowPeriod { record, own: RetentionPeriod::parse(self.text(kind), Stage::Prod).ok() }
    }

    fn text(&self, kind: RowKind) -> &str {
        match kind {
            RowKind::Publications => &self.publications,
            RowKind::Complaints => &self.complaints,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn rules(publications: &str) -> RetentionRules {
        RetentionRules { publications: publications.to_owned(), ..RetentionRules::default() }
    }

    #[test]
    fn no_file_makes_a_row_go_before_six_months_are_over_r16_2() {
        for short in ["P5M", "P183D", "PT20S", "half a year", ""] {
            let findings = rules(short).validate();
            assert_eq!(findings.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["publications"], "{short}");
        }
        assert_eq!([rules("record"), rules("P6M"), rules("P1Y")].map(|it| it.validate()), [[], [], []].map(Vec::from));
    }

    #[test]
    fn the_longer_of_the_rows_period_and_the_records_counts() {
        let event: Timestamp = "2026-11-26T12:00:00+08:00".parse().unwrap();
        let kept = |own: &str, record: &str| {
            let record = RetentionPeriod::parse(record, Stage::Prod).unwrap();
            rules(own).period(RowKind::Publications, record).keep_until(event)
        };
        let year: Timestamp = "2027-11-26T12:00:00+08:00".parse().unwrap();
        assert_eq!([kept("P1Y", "P6M"), kept("P6M", "P1Y"), kept("record", "P1Y")], [year; 3]);
    }
}
