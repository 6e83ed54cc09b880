//! Passports, by ICAO 9303: an issuing state and a number of at most nine capital letters and digits. Where a state
//! publishes the form of its numbers, the number must have it: one letter or digit more or less is the commonest
//! mistake, and a passport number has no check character of its own outside the machine-readable zone.

use super::{DocumentError, states::issues_travel_documents};

/// ICAO 9303-4: the number's field has nine places. No state issues passports with fewer than five in use.
const LENGTH: std::ops::RangeInclusive<usize> = 5..=9;

/// The forms that issuing states publish: `A` a letter, `9` a digit, `X` either.
const FORMS: &[(&str, &[&str])] = &[
    ("AUS", &["A9999999", "AA9999999"]),
    ("BRA", &["AA999999"]),
    ("CAN", &["AA999999", "A999999AA"]),
    ("CHN", &["A99999999", "AA9999999"]),
    ("DEU", &["XXXXXXXXX"]),
    ("FRA", &["99AA99999"]),
    ("GBR", &["999999999"]),
    ("IND", &["A9999999"]),
    ("ITA", &["AA9999999"]),
    ("JPN", &["AA9999999"]),
    ("KOR", &["A99999999", "AA9999999", "A999A9999"]),
    ("MYS", &["A99999999"]),
    ("RUS", &["999999999"]),
    ("SGP", &["A9999999A"]),
    ("USA", &["999999999", "A99999999"]),
];

pub(super) fn check(state: &str, number: &str) -> Result<(), DocumentError> {
    if !issues_travel_documents(state) {
        return Err(DocumentError::IssuingState);
    }
    if !LENGTH.contains(&number.chars().count()) {
        return Err(DocumentError::Length);
    }
    let capital = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit();
    // A number without any digit is a name in the wrong field.
    if !number.bytes().all(capital) || !number.bytes().any(|c| c.is_ascii_digit()) {
        return Err(DocumentError::Character);
    }
    let forms = FORMS.iter().find(|(of, _)| *of == state).map(|(_, forms)| *forms);
    if forms.is_some_and(|forms| !forms.iter().any(|form| fits(form, number))) {
        return Err(DocumentError::NationalForm);
    }
    Ok(())
}

fn fits(form: &str, number: &str) -> bool {
    form.len() == number.len()
        && form.bytes().zip(number.bytes()).all(|(place, c)| match place {
            b'A' => c.is_ascii_uppercase(),
            b'9' => c.is_ascii_digit(),
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_several_states_are_right() {
        // ICAO 9303-4, appendix B (Utopia has no code of ISO 3166-1, so that its number stands under another state's).
        assert_eq!(check("AUT", "L898902C3"), Ok(()));
        // In the manner of the specimens of the issuing states.
        for (state, number) in [
            ("USA", "C03005988"),
            ("GBR", "925076473"),
            ("DEU", "C01X00T47"),
            ("KOR", "M70689098"),
            ("JPN", "TR0000000"),
        ] {
            assert_eq!(check(state, number), Ok(()), "{state}");
        }
    }

    #[test]
    fn each_rule_is_named_when_it_is_broken() {
        assert_eq!(check("UTO", "L898902C3"), Err(DocumentError::IssuingState));
        assert_eq!(check("usa", "C03005988"), Err(DocumentError::IssuingState));
        assert_eq!(check("AUT", "L898"), Err(DocumentError::Length));
        assert_eq!(check("AUT", "L898902C36"), Err(DocumentError::Length));
        assert_eq!(check("AUT", "L898902<3"), Err(DocumentError::Character));
        assert_eq!(check("AUT", "ZHANGSAN"), Err(DocumentError::Character));
        assert_eq!(check("USA", "C0300598"), Err(DocumentError::NationalForm));
        assert_eq!(check("FRA", "12345AB67"), Err(DocumentError::NationalForm));
    }

    #[test]
    fn every_form_is_of_a_state_and_has_the_length_of_a_number() {
        for (state, forms) in FORMS {
            assert!(issues_travel_documents(state), "{state}");
            assert!(forms.iter().all(|form| LENGTH.contains(&form.len())), "{state}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(state in "\\PC{0,4}", number in "\\PC{0,12}") {
            let _ = check(&state, &number);
        }
    }
}
