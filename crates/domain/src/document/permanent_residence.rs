//! Identity cards of foreign permanent residents. Cards issued until November 2023 and valid until they end have fifteen
//! characters: nationality (three letters), place of issue (four digits), birth date (YYMMDD), two more digits. Cards
//! issued since 1 December 2023 have eighteen, in the manner of GB 11643: `9`, province, nationality (three digits),
//! birth date, sequence, check character.

use jiff::civil::Date;

use super::{
    DocumentError, birth_date,
    mod11_2::check_character,
    resident_identity::{digits_and_check, is_province},
    states::is_foreign_nationality,
};

pub(super) fn check(number: &str, today: Date) -> Result<(), DocumentError> {
    match number.chars().count() {
        15 => check_until_2023(number, today),
        18 => check_since_2023(number, today),
        _ => Err(DocumentError::Length),
    }
}

/// The rule of the last digit was never published, so that it is left to the identity provider.
fn check_until_2023(number: &str, today: Date) -> Result<(), DocumentError> {
    let (nationality, digits) = number.split_at_checked(3).ok_or(DocumentError::Character)?;
    let has_form = nationality.bytes().all(|c| c.is_ascii_uppercase()) && digits.bytes().all(|c| c.is_ascii_digit());
    if !has_form {
        return Err(DocumentError::Character);
    }
    if !is_foreign_nationality(nationality) {
        return Err(DocumentError::Nationality);
    }
    if !is_province(digits) {
        return Err(DocumentError::Region);
    }
    birth_date::check_without_century(&digits.as_bytes()[4..10], today)
}

fn check_since_2023(number: &str, today: Date) -> Result<(), DocumentError> {
    let (digits, last) = digits_and_check(number)?;
    if digits[0] != b'9' || !is_province(&number[1..3]) {
        return Err(DocumentError::Region);
    }
    if !is_foreign_nationality(&number[3..6]) {
        return Err(DocumentError::Nationality);
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
    fn numbers_of_both_cards_are_right() {
        // In the manner of the specimens of the cards of 2017 and 2023.
        assert_eq!(check("CAN110181080310", TODAY), Ok(()));
        assert_eq!(check("911124198108030024", TODAY), Ok(()));
    }

    #[test]
    fn each_rule_is_named_when_it_is_broken() {
        assert_eq!(check("CAN11018108031", TODAY), Err(DocumentError::Length));
        assert_eq!(check("CAN11018108031A", TODAY), Err(DocumentError::Character));
        assert_eq!(check("\u{4e00}AN110181080310", TODAY), Err(DocumentError::Character));
        assert_eq!(check("CHN110181080310", TODAY), Err(DocumentError::Nationality));
        assert_eq!(check("CAN990181080310", TODAY), Err(DocumentError::Region));
        assert_eq!(check("CAN110181023010", TODAY), Err(DocumentError::BirthDate));
        assert_eq!(check("811124198108030024", TODAY), Err(DocumentError::Region));
        assert_eq!(check("999124198108030024", TODAY), Err(DocumentError::Region));
        assert_eq!(check("911156198108030024", TODAY), Err(DocumentError::Nationality));
        assert_eq!(check("911124209908030024", TODAY), Err(DocumentError::BirthDate));
        assert_eq!(check("911124198108030025", TODAY), Err(DocumentError::CheckCharacter));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_of_a_new_card_is_always_found(position in 0_usize..17, shift in 1_u8..10) {
            let mut number = *b"911124198108030024";
            number[position] = b'0' + (number[position] - b'0' + shift) % 10;
            prop_assert!(check(std::str::from_utf8(&number).unwrap(), TODAY).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,20}") {
            let _ = check(&text, TODAY);
        }
    }
}
