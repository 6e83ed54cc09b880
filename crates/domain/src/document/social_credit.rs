//! Unified social credit codes, GB 32100-2015: two characters of registering authority and kind, six digits of
//! region, nine of organisation code, one check character.

use super::DocumentError;

/// The 31 characters of the code, in the order of their values: no I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

pub(super) fn check(code: &str) -> Result<(), DocumentError> {
    if code.chars().count() != 18 {
        return Err(DocumentError::Length);
    }
    let values: Vec<u32> = code.bytes().map(value).collect::<Option<_>>().ok_or(DocumentError::Character)?;
    if !code.as_bytes()[2..8].iter().all(u8::is_ascii_digit) {
        return Err(DocumentError::Region);
    }
    // The weight of position i (from the left, from 0) is 3^i mod 31.
    let mut weight = 1;
    let mut sum = 0;
    for value in &values[..17] {
        sum = (sum + value * weight) % 31;
        weight = weight * 3 % 31;
    }
    if values[17] != (31 - sum) % 31 {
        return Err(DocumentError::CheckCharacter);
    }
    Ok(())
}

fn value(character: u8) -> Option<u32> {
    ALPHABET.iter().position(|c| *c == character).and_then(|at| u32::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The number part of the code whose check character is to be found by the tests.
    const STEM: &str = "91350100M000100Y4";

    #[test]
    fn the_example_of_the_standard_is_right() {
        // GB 32100-2015, annex A.
        assert_eq!(check("91350100M000100Y43"), Ok(()));
    }

    #[test]
    fn each_rule_is_named_when_it_is_broken() {
        assert_eq!(check(STEM), Err(DocumentError::Length));
        assert_eq!(check("91350100I000100Y43"), Err(DocumentError::Character));
        assert_eq!(check("9135A100M000100Y43"), Err(DocumentError::Region));
        assert_eq!(check("91350100M000100Y44"), Err(DocumentError::CheckCharacter));
    }

    #[test]
    fn one_check_character_is_right_and_the_others_are_not() {
        let right = ALPHABET.iter().filter(|c| check(&format!("{STEM}{}", **c as char)).is_ok()).count();
        assert_eq!(right, 1);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = check(&text);
        }
    }
}
