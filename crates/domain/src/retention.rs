//! How long the record is kept: not less than six *calendar* months after the event, in Asia/Shanghai time, then no
//! longer (R16.2).

use jiff::{Span, Timestamp, ToSpan, Unit, civil::DateTime, tz::TimeZone};

/// The time zone in which the duty counts.
pub static SHANGHAI: TimeZone = jiff::tz::get!("Asia/Shanghai");

/// A period of retention, such as six months. Calendar units are counted on the calendar of Asia/Shanghai.
#[derive(Debug, Clone, Copy)]
pub struct RetentionPeriod(Span);

/// How long rows of one kind stay: as long as the record does at least, and longer where the settings say so.
#[derive(Debug, Clone, Copy)]
pub struct RowPeriod {
    pub record: RetentionPeriod,
    pub own: Option<RetentionPeriod>,
}

impl RowPeriod {
    /// As [`RetentionPeriod::keep_until`], the later of the two.
    #[must_use]
    pub fn keep_until(&self, event: Timestamp) -> Timestamp {
        let record = self.record.keep_until(event);
        self.own.map_or(record, |own| own.keep_until(event).max(record))
    }
}

/// Where the period applies: what the duty binds, or a developer's own machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Local,
    Staging,
    Prod,
}

/// Why a period is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RetentionPeriodError {
    #[error("{0:?} is not an ISO 8601 period")]
    NotAPeriod(String),
    #[error("{0:?} is less than six months, which only the local stage may use")]
    TooShort(String),
}

impl std::str::FromStr for Stage {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "local" => Ok(Self::Local),
            "staging" => Ok(Self::Staging),
            "prod" => Ok(Self::Prod),
            other => Err(format!("{other:?} is no stage: local, staging or prod")),
        }
    }
}

impl RetentionPeriod {
    /// # Errors
    /// When `text` is no ISO 8601 period, is not positive, or is shorter than six months outside the local stage.
    pub fn parse(text: &str, stage: Stage) -> Result<Self, RetentionPeriodError> {
        let not_a_period = || RetentionPeriodError::NotAPeriod(text.to_owned());
        let span: Span = text.parse().map_err(|_| not_a_period())?;
        let period = Self(span);
        // A span has no length until it is laid on a calendar: judged over a leap cycle of starting days, so that no
        // start makes it shorter than six months.
        let start = jiff::civil::date(2024, 1, 1).at(0, 0, 0, 0);
        for day in 0..1461 {
            let from = start.checked_add(day.days()).map_err(|_| not_a_period())?;
            let end = period.end_of(from).ok_or_else(not_a_period)?;
            if end <= from {
                return Err(not_a_period());
            }
            let six_months = Self(6.months()).end_of(from).ok_or_else(not_a_period)?;
            if stage != Stage::Local && end < six_months {
                return Err(RetentionPeriodError::TooShort(text.to_owned()));
            }
        }
        Ok(period)
    }

    /// The first moment at which what happened at `event` may be deleted: the period after it on the calendar of
    /// Asia/Shanghai, rounded up to the next full second.
    ///
    /// A day of the month that the last month lacks (31 August + 6 months) moves to the first day of the month after,
    /// never back: "six months after 31 August" is not over on 28 February.
    /// A moment past the end of the calendar is the end of the calendar.
    #[must_use]
    pub fn keep_until(&self, event: Timestamp) -> Timestamp {
        let local = event.to_zoned_datetime(SHANGHAI.clone()).datetime();
        let end = self
            .end_of(local)
            .and_then(|end| end.to_zoned_datetime(SHANGHAI.clone()).ok())
            .map_or(Timestamp::MAX, |end| end.timestamp());
        // A clock that was set back (Asia/Shanghai did so last in 1991) makes the later of two equal readings the safe one.
        let end = end.max(event);
        end.round(jiff::TimestampRound::new().smallest(Unit::Second).mode(jiff::RoundMode::Ceil)).unwrap_or(end)
    }

    fn end_of(&self, from: DateTime) -> Option<DateTime> {
        let months = 12 * i32::from(self.0.get_years()) + self.0.get_months();
        let rest = self.0.years(0).months(0);
        let moved = from.checked_add(Span::new().try_months(months).ok()?).ok()?;
        // jiff moves back to the last day of a short month; the duty moves on to the first of the next.
        let moved = if moved.day() < from.day() { moved.date().tomorrow().ok()?.at(0, 0, 0, 0) } else { moved };
        moved.checked_add(rest).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn six_months() -> RetentionPeriod {
        RetentionPeriod::parse("P6M", Stage::Prod).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn six_months_are_counted_on_the_shanghai_calendar() {
        // 2026-01-31 23:30 UTC is 1 February in Shanghai, which ends on 1 August there.
        assert_eq!(six_months().keep_until(at("2026-01-31T23:30:00Z")), at("2026-08-01T07:30:00+08:00"));
    }

    #[test]
    fn a_day_that_the_last_month_lacks_moves_on_and_never_back() {
        assert_eq!(six_months().keep_until(at("2026-08-31T12:00:00+08:00")), at("2027-03-01T00:00:00+08:00"));
        assert_eq!(six_months().keep_until(at("2027-08-30T12:00:00+08:00")), at("2028-03-01T00:00:00+08:00"));
        assert_eq!(six_months().keep_until(at("2027-08-29T12:00:00+08:00")), at("2028-02-29T12:00:00+08:00"));
    }

    #[test]
    fn fractions_of_a_second_are_rounded_up() {
        assert_eq!(six_months().keep_until(at("2026-01-01T00:00:00.001+08:00")), at("2026-07-01T00:00:01+08:00"));
    }

    #[test]
    fn less_than_six_months_is_for_the_local_stage_only() {
        for short in ["PT10S", "P5M", "P5M27D", "P180D", "P183D"] {
            assert!(RetentionPeriod::parse(short, Stage::Local).is_ok(), "{short}");
            for stage in [Stage::Staging, Stage::Prod] {
                assert_eq!(
                    RetentionPeriod::parse(short, stage).unwrap_err(),
                    RetentionPeriodError::TooShort(short.to_owned()),
                    "{short}"
                );
            }
        }
        for long in ["P6M", "P1Y", "P6M1D", "P186D"] {
            assert!(RetentionPeriod::parse(long, Stage::Prod).is_ok(), "{long}");
        }
    }

    #[test]
    fn a_period_that_is_none_is_refused() {
        for text in ["", "6 months of", "P0D", "-P6M", "PT"] {
            assert!(
                matches!(RetentionPeriod::parse(text, Stage::Local), Err(RetentionPeriodError::NotAPeriod(_))),
                "{text}"
            );
        }
    }

    proptest! {
        /// Every day of 400 years: never shorter than any reading of "six months".
        #[test]
        fn never_shorter_than_six_months(day in 0_i64..146_097, second in 0_i64..86_400) {
            let event = at("2000-01-01T00:00:00+08:00") + jiff::SignedDuration::from_hours(24 * day) + jiff::SignedDuration::from_secs(second);
            let kept = six_months().keep_until(event);
            let back = kept.to_zoned_datetime(SHANGHAI.clone()).checked_sub(6.months()).unwrap().timestamp();
            prop_assert!(back >= event, "{event} kept until {kept}");
            // 181 days is the shortest six months there are, 184 the longest, and a short month adds up to three days.
            let days = kept.duration_since(event).as_hours() / 24;
            prop_assert!((181..=184 + 3).contains(&days), "{event} kept for {days} days");
        }

        #[test]
        fn a_later_event_is_never_kept_shorter(a in 0_i64..12_622_780_800, gap in 0_i64..10_000_000) {
            let early = Timestamp::from_second(946_656_000 + a).unwrap();
            let late = Timestamp::from_second(946_656_000 + a + gap).unwrap();
            prop_assert!(six_months().keep_until(early) <= six_months().keep_until(late));
        }
    }
}
