//! Laws of the calendar: valid to the last nanosecond of the last day in Shanghai, and not one longer.

use jiff::{SignedDuration, Timestamp, ToSpan, civil::date};
use proptest::{prelude::*, sample::select};

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn qualification(term: Term, state: QualificationState, now: Timestamp) -> Qualification {
    let new = NewQualification {
        qualification_id: QualificationId::at(now),
        kind: QualificationKind::new(QualificationKind::NEWS_LICENCE),
        number: QualificationNumber::Public { number: "10120260001".to_owned() },
        scope: "互联网新闻信息采编发布服务".to_owned(),
        term,
        evidence: Evidence { content_type: EvidenceType::Pdf, sha256: "0".repeat(64) },
        upload_hours: 72,
        reminder_days: 30,
    };
    Qualification { state, ..Qualification::register(new, now) }
}

#[test]
fn the_last_day_counts_whole_in_shanghai() {
    let term = Term { issued_on: date(2024, 2, 29), expires_on: date(2027, 2, 28) };
    let valid = qualification(term, QualificationState::Valid, at("2026-11-23T12:00:00+08:00"));
    assert!(valid.is_valid_at(at("2027-02-28T23:59:59.999999999+08:00")));
    assert_eq!(valid.state_at(at("2027-03-01T00:00:00+08:00")), QualificationState::Expired);
    assert_eq!(valid.remind_at, at("2027-01-29T00:00:00+08:00"));
}

#[test]
fn a_term_has_begun_and_is_not_over() {
    let now = at("2026-11-23T00:30:00+08:00");
    let term = |issued, expires| Term::new(issued, expires, now).err();
    assert_eq!(term(date(2026, 11, 23), date(2026, 11, 23)), None, "for a day");
    assert_eq!(term(date(2026, 11, 24), date(2027, 11, 23)), Some(TermError::IssuedAhead));
    assert_eq!(term(date(2026, 11, 1), date(2026, 10, 31)), Some(TermError::EndsBeforeItBegins));
    assert_eq!(term(date(2023, 11, 23), date(2026, 11, 22)), Some(TermError::Over));
    assert_eq!(term(date(2020, 2, 29), date(2040, 2, 29)), None);
    assert_eq!(term(date(2020, 2, 29), date(2040, 3, 1)), Some(TermError::TooLong));
}

#[test]
fn what_is_not_shown_in_time_lapses_and_what_was_shown_does_not() {
    let now = at("2026-11-23T12:00:00+08:00");
    let term = Term { issued_on: date(2026, 1, 1), expires_on: date(2028, 12, 31) };
    let late = now + SignedDuration::from_hours(72);
    let waiting = qualification(term, QualificationState::AwaitingUpload, now);
    assert_eq!(waiting.state_at(late - SignedDuration::from_nanos(1)), QualificationState::AwaitingUpload);
    assert_eq!(waiting.state_at(late), QualificationState::Lapsed);
    assert_eq!(qualification(term, QualificationState::InReview, now).state_at(late), QualificationState::InReview);
}

#[test]
fn a_file_is_told_by_how_it_begins() {
    let files: [&[u8]; 3] = [b"%PDF-1.7 ...", &[0xFF, 0xD8, 0xFF, 0xE0], b"\x89PNG\r\n\x1A\n...."];
    for (at, kind) in EvidenceType::ALL.into_iter().enumerate() {
        let told: Vec<bool> = files.iter().map(|file| kind.is_that_of(file)).collect();
        assert_eq!(told.iter().position(|it| *it), Some(at), "{kind:?}");
        assert_eq!(told.iter().filter(|it| **it).count(), 1, "{kind:?}");
        assert!(!kind.is_that_of(b"") && !kind.is_that_of(b"MZ\x90"), "{kind:?}");
    }
}

proptest! {
    /// Whatever the day: over exactly when the day after begins in Shanghai, and for good.
    #[test]
    fn expiry_is_the_end_of_the_last_day_and_nothing_brings_it_back(
        day in 0_i32..36_500,
        early in 1_i64..10_000_000_000_000_000,
        later in 0_i64..10_000_000_000_000_000,
        state in select(&QualificationState::ALL[..]),
    ) {
        let expires_on = date(2020, 1, 1).checked_add(day.days()).unwrap();
        let term = Term { issued_on: date(2020, 1, 1), expires_on };
        let end = term.expires_at();
        prop_assert_eq!(end.to_zoned_datetime(SHANGHAI.clone()).date(), expires_on.tomorrow().unwrap());
        let last = (end - SignedDuration::from_nanos(1)).to_zoned_datetime(SHANGHAI.clone()).date();
        prop_assert_eq!(last, expires_on);
        let it = qualification(term, state, Timestamp::UNIX_EPOCH);
        let (before, after) = (end - SignedDuration::from_nanos(early), end + SignedDuration::from_nanos(later));
        prop_assert_eq!(it.is_valid_at(before), state == QualificationState::Valid);
        prop_assert!(!it.is_valid_at(after));
        prop_assert!(it.state_at(after).is_final());
        // What a person or the calendar has ended stays what it was.
        if state.is_final() {
            prop_assert_eq!(it.state_at(before), state);
            prop_assert_eq!(it.state_at(after), state);
        }
    }

    #[test]
    fn the_reminder_comes_before_the_end_and_on_a_day_of_its_own(day in 0_i32..36_500, days in 1_u16..400) {
        let expires_on = date(2021, 1, 1).checked_add(day.days()).unwrap();
        let term = Term { issued_on: date(2020, 1, 1), expires_on };
        let remind_at = term.days_before(days);
        prop_assert!(remind_at < term.expires_at());
        let gap = term.expires_at().duration_since(remind_at).as_hours();
        // Shanghai has not changed its clocks since 1991.
        prop_assert_eq!(gap, 24 * (i64::from(days) + 1));
    }
}
