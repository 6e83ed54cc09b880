//! The date of birth inside a number.

use jiff::civil::Date;

use super::DocumentError;

/// Nobody born earlier presents a number; it is a typing error.
const EARLIEST: i16 = 1850;

/// `digits` are ASCII digits: year (four), month, day.
pub(super) fn check(digits: &[u8], today: Date) -> Result<(), DocumentError> {
    let (year, month_and_day) = digits.split_at(4);
    if falls_in(number(year), month_and_day, today) { Ok(()) } else { Err(DocumentError::BirthDate) }
}

/// `digits` are ASCII digits: the last two of the year, month, day. The century is not told, so that one of the two that
/// living people were born in has to fit.
pub(super) fn check_without_century(digits: &[u8], today: Date) -> Result<(), DocumentError> {
    let (year, month_and_day) = digits.split_at(2);
    let fits = |century: i16| falls_in(century + number(year), month_and_day, today);
    if fits(1900) || fits(2000) { Ok(()) } else { Err(DocumentError::BirthDate) }
}

fn falls_in(year: i16, month_and_day: &[u8], today: Date) -> bool {
    let (month, day) = month_and_day.split_at(2);
    let small = |digits: &[u8]| i8::try_from(number(digits)).unwrap_or(0);
    Date::new(year, small(month), small(day)).is_ok_and(|born| born <= today && born.year() >= EARLIEST)
}

fn number(digits: &[u8]) -> i16 {
    digits.iter().fold(0, |sum, digit| sum * 10 + i16::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 23);

    #[test]
    fn a_date_is_of_the_calendar_and_not_in_the_future() {
        assert_eq!(check(b"20261123", TODAY), Ok(()));
        assert_eq!(check(b"20000229", TODAY), Ok(()));
        for wrong in [b"20261124", b"19000229", b"20250431", b"20251300", b"18491231", b"00000000"] {
            assert_eq!(check(wrong, TODAY), Err(DocumentError::BirthDate));
        }
    }

    #[test]
    fn a_date_without_century_fits_one_of_two() {
        assert_eq!(check_without_century(b"000229", TODAY), Ok(()), "2000 had the day, 1900 had not");
        assert_eq!(check_without_century(b"991231", TODAY), Ok(()), "1999; 2099 lies ahead");
        assert_eq!(check_without_century(b"990229", TODAY), Err(DocumentError::BirthDate));
    }
}
