//! Resident identity numbers, GB 11643-1999: six digits of region, eight of birth date, three of sequence, one check
//! character by ISO 7064 MOD 11-2.

use jiff::civil::Date;

use super::DocumentError;

/// Provinces and their like, first two digits (GB/T 2260), with 81, 82 and 83 for the residence permits of Hong Kong,
/// Macao and Taiwan residents.
const REGIONS: [i16; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82, 83,
];

/// ISO 7064 MOD 11-2 check characters by remainder.
const CHECK: &[u8; 11] = b"10X98765432";

pub(super) fn check(number: &str, today: Date) -> Result<(), DocumentError> {
    let bytes = number.as_bytes();
    if number.chars().count() != 18 {
        return Err(DocumentError::Length);
    }
    let (digits, last) = match bytes {
        [digits @ .., last] if bytes.len() == 18 => (digits, *last),
        _ => return Err(DocumentError::Character),
    };
    if !digits.iter().all(u8::is_ascii_digit) || !(last.is_ascii_digit() || last == b'X') {
        return Err(DocumentError::Character);
    }
    let value =
        |range: std::ops::Range<usize>| digits[range].iter().fold(0_i16, |sum, d| sum * 10 + i16::from(d - b'0'));
    if !REGIONS.contains(&value(0..2)) {
        return Err(DocumentError::Region);
    }
    let (month, day) = (value(10..12), value(12..14));
    let born = Date::new(value(6..10), i8::try_from(month).unwrap_or(0), i8::try_from(day).unwrap_or(0))
        .map_err(|_| DocumentError::BirthDate)?;
    // Nobody born before 1850 presents a number; it is a typing error.
    if born > today || born.year() < 1850 {
        return Err(DocumentError::BirthDate);
    }
    if check_character(digits) != last {
        return Err(DocumentError::CheckCharacter);
    }
    Ok(())
}

/// The check character of the first seventeen digits.
fn check_character(digits: &[u8]) -> u8 {
    // The weight of position i (from the left, of 17) is 2^(17 - i) mod 11; Horner's rule gives the same sum.
    let sum = digits.iter().fold(0_u32, |sum, d| (sum + u32::from(d - b'0')) * 2 % 11);
    CHECK[sum as usize]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 11, 23);

    #[test]
    fn the_examples_of_the_standard_are_right() {
        // GB 11643-1999, annex A.
        assert_eq!(check("11010519491231002X", TODAY), Ok(()));
        assert_eq!(check("440524188001010014", TODAY), Ok(()));
    }

    #[test]
    fn each_rule_is_named_when_it_is_broken() {
        assert_eq!(check("1101051949123100", TODAY), Err(DocumentError::Length));
        assert_eq!(check("1101051949123100AX", TODAY), Err(DocumentError::Character));
        assert_eq!(check("11010519491231002\u{4e00}", TODAY), Err(DocumentError::Character));
        assert_eq!(check("99010519491231002X", TODAY), Err(DocumentError::Region));
        assert_eq!(check("11010519490231002X", TODAY), Err(DocumentError::BirthDate));
        assert_eq!(check("11010520991231002X", TODAY), Err(DocumentError::BirthDate));
        assert_eq!(check("110105194912310021", TODAY), Err(DocumentError::CheckCharacter));
    }

    proptest! {
        /// MOD 11-2 finds every single wrong digit.
        #[test]
        fn one_wrong_digit_is_always_found(position in 0_usize..17, shift in 1_u8..10) {
            let mut number = *b"11010519491231002X";
            number[position] = b'0' + (number[position] - b'0' + shift) % 10;
            prop_assert!(check(std::str::from_utf8(&number).unwrap(), TODAY).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = check(&text, TODAY);
        }
    }
}
