//! Numbers after GB 11643-1999: six digits of region, eight of birth date, three of sequence, one check character by
//! ISO 7064 MOD 11-2. Citizens have one on their identity card, residents from Hong Kong, Macao and Taiwan on their
//! residence permit; the region tells which.

use jiff::civil::Date;

use super::{DocumentError, birth_date, mod11_2::check_character};

/// Provinces and their like, first two digits (GB/T 2260).
const PROVINCES: [&str; 32] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71",
];

/// The regions of residence permits: Hong Kong, Macao, Taiwan (State Council, 2018).
const OF_PERMITS: [&str; 3] = ["810000", "820000", "830000"];

/// A resident identity number.
pub(super) fn check(number: &str, today: Date) -> Result<(), DocumentError> {
    check_number(number, is_province, today)
}

/// The number of a residence permit for residents from Hong Kong, Macao and Taiwan.
pub(super) fn check_permit(number: &str, today: Date) -> Result<(), DocumentError> {
    check_number(number, |region| OF_PERMITS.contains(&region), today)
}

/// Whether `region` begins with a province that documents are issued in.
pub(super) fn is_province(region: &str) -> bool {
    region.get(..2).is_some_and(|province| PROVINCES.contains(&province))
}

/// Eighteen characters, the last a digit or X and all others digits.
pub(super) fn digits_and_check(number: &str) -> Result<(&[u8; 17], u8), DocumentError> {
    if number.chars().count() != 18 {
        return Err(DocumentError::Length);
    }
    match number.as_bytes() {
        [digits @ .., last] if digits.iter().all(u8::is_ascii_digit) && (last.is_ascii_digit() || *last == b'X') => {
            digits.try_into().map(|digits| (digits, *last)).map_err(|_| DocumentError::Character)
        }
        _ => Err(DocumentError::Character),
    }
}

fn check_number(number: &str, is_assigned: impl Fn(&str) -> bool, today: Date) -> Result<(), DocumentError> {
    let (digits, last) = digits_and_check(number)?;
    if !is_assigned(&number[..6]) {
        return Err(DocumentError::Region);
    }
    birth_date::check(&digits[6..14], today)?;
    if check_character(digits) != last {
        return Err(DocumentError::CheckCharacter);
    }
    Ok(())
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
    fn a_permit_has_the_region_of_one_of_three_and_an_identity_card_has_not() {
        // The numbers that public validators use as examples of permits of Hong Kong and Taiwan; and one of Macao.
        for number in ["810000199408230021", "820000199408230023", "830000199201300022"] {
            assert_eq!(check_permit(number, TODAY), Ok(()));
            assert_eq!(check(number, TODAY), Err(DocumentError::Region));
        }
        assert_eq!(check_permit("11010519491231002X", TODAY), Err(DocumentError::Region));
        assert_eq!(check_permit("810101199408230021", TODAY), Err(DocumentError::Region));
    }

    #[test]
    fn each_rule_is_named_when_it_is_broken() {
        assert_eq!(check("1101051949123100", TODAY), Err(DocumentError::Length));
        assert_eq!(check("110105491231002", TODAY), Err(DocumentError::Length), "fifteen digits ended in 2013");
        assert_eq!(check("1101051949123100AX", TODAY), Err(DocumentError::Character));
        assert_eq!(check("11010519491231002\u{4e00}", TODAY), Err(DocumentError::Character));
        assert_eq!(check("99010519491231002X", TODAY), Err(DocumentError::Region));
        assert_eq!(check("11010519490231002X", TODAY), Err(DocumentError::BirthDate));
        assert_eq!(check("11010520991231002X", TODAY), Err(DocumentError::BirthDate));
        assert_eq!(check("110105194912310021", TODAY), Err(DocumentError::CheckCharacter));
    }

    proptest! {
        /// MOD 11-2 finds every single wrong digit and every two neighbours that changed places.
        #[test]
        fn one_wrong_digit_is_always_found(position in 0_usize..17, shift in 1_u8..10) {
            let mut number = *b"11010519491231002X";
            number[position] = b'0' + (number[position] - b'0' + shift) % 10;
            prop_assert!(check(std::str::from_utf8(&number).unwrap(), TODAY).is_err());
        }

        #[test]
        fn neighbours_that_changed_places_are_always_found(position in 0_usize..16) {
            let mut number = *b"11010519491231002X";
            prop_assume!(number[position] != number[position + 1]);
            number.swap(position, position + 1);
            prop_assert!(check(std::str::from_utf8(&number).unwrap(), TODAY).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = (check(&text, TODAY), check_permit(&text, TODAY));
        }
    }
}
