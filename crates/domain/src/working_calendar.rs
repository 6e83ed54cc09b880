//! Working days (B5): Monday to Friday, without the holidays and with the working weekends that the State Council sets for each
//! year.

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
};
use serde::{Deserialize, Serialize};

use crate::{retention::SHANGHAI, settings::Finding};

/// What is not as the weekday says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkingCalendar {
    /// Days off, the weekends within them or not.
    pub holidays: Vec<Date>,
    /// Saturdays and Sundays that are worked for them.
    pub working_weekends: Vec<Date>,
}

impl Default for WorkingCalendar {
    /// 2026, as the State Council's office announced it.
    fn default() -> Self {
        let days = |month, from: i8, to: i8| (from..=to).map(move |day| Date::constant(2026, month, day));
        let spring = days(2, 15, 23);
        let holidays = days(1, 1, 3)
            .chain(spring)
            .chain(days(4, 4, 6))
            .chain(days(5, 1, 5))
            .chain(days(6, 19, 21))
            .chain(days(9, 25, 27))
            .chain(days(10, 1, 7));
        let worked = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)];
        Self {
            holidays: holidays.collect(),
            working_weekends: worked.map(|(month, day)| Date::constant(2026, month, day)).to_vec(),
        }
    }
}

impl WorkingCalendar {
    #[must_use]
    pub fn is_worked(&self, day: Date) -> bool {
        let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.working_weekends.contains(&day) || (!is_weekend && !self.holidays.contains(&day))
    }

    /// The end of the last of so many working days after the day of `now`, in Shanghai: the day itself does not count.
    #[must_use]
    pub fn end_of(&self, working_days: u16, now: Timestamp) -> Timestamp {
        let mut day = now.to_zoned_datetime(SHANGHAI.clone()).date();
        let mut left = working_days;
        while left > 0 {
            let Ok(next) = day.tomorrow() else { return Timestamp::MAX };
            day = next;
            left -= u16::from(self.is_worked(day));
        }
        let end = day.tomorrow().ok().and_then(|next| next.to_zoned_datetime(SHANGHAI.clone()).ok());
        end.map_or(Timestamp::MAX, |end| end.timestamp())
    }

    #[must_use]
    pub fn validate(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (field, days) in [("holidays", &self.holidays), ("working_weekends", &self.working_weekends)] {
            if days.len() > 400 {
                findings.push(Finding::new(field, "至多 400 天。", "At most 400."));
            }
        }
        for (at, day) in self.working_weekends.iter().enumerate() {
            if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || self.holidays.contains(day) {
                let place = format!("working_weekends[{at}]");
                findings.push(Finding::new(&place, "须为非假日的周六或周日。", "Must be a weekend and no holiday."));
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn noon(year: i16, month: i8, day: i8) -> Timestamp {
        date(year, month, day).at(12, 0, 0, 0).to_zoned_datetime(SHANGHAI.clone()).unwrap().timestamp()
    }

    #[test]
    fn holidays_are_left_out_and_working_weekends_counted() {
        let calendar = WorkingCalendar::default();
        // Wednesday before the national holiday: Thursday to Wednesday are off, then Thursday, Friday, and a Saturday.
        let end = calendar.end_of(3, noon(2026, 9, 30));
        assert_eq!(end, date(2026, 10, 11).to_zoned_datetime(SHANGHAI.clone()).unwrap().timestamp());
        let over_a_weekend = calendar.end_of(1, noon(2026, 11, 20));
        assert_eq!(over_a_weekend, date(2026, 11, 24).to_zoned_datetime(SHANGHAI.clone()).unwrap().timestamp());
        assert_eq!(calendar.validate(), []);
    }

    #[test]
    fn what_cannot_be_is_found() {
        let days = vec![date(2026, 11, 23), date(2026, 11, 28)];
        let calendar = WorkingCalendar { holidays: vec![date(2026, 11, 28)], working_weekends: days };
        let paths: Vec<String> = calendar.validate().into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["working_weekends[0]", "working_weekends[1]"]);
    }

    proptest! {
        /// More days never end earlier, and a period is never shorter than its days.
        #[test]
        fn more_days_end_later(hours in 0_i64..20_000, days in 1_u16..60) {
            let calendar = WorkingCalendar::default();
            let now = noon(2026, 1, 1) + jiff::SignedDuration::from_hours(hours);
            let end = calendar.end_of(days, now);
            prop_assert!(end < calendar.end_of(days + 1, now));
            prop_assert!(end.duration_since(now).as_hours() >= 24 * i64::from(days));
        }
    }
}
