//! Legacy organisation codes, GB 11714-1997: eight digits or letters and one check character. New organisations get a
//! unified social credit code, which holds one of these; old certificates are still presented.

use super::DocumentError;

const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

pub(super) fn check(code: &str) -> Result<(), DocumentError> {
    if code.chars().count() != 9 {
        return Err(DocumentError::Length);
    }
    let (own, last) = match code.as_bytes() {
        [own @ .., last] if own.len() == WEIGHTS.len() => (own, *last),
        _ => return Err(DocumentError::Character),
    };
    let values: Vec<u32> = own.iter().copied().map(value).collect::<Option<_>>().ok_or(DocumentError::Character)?;
    if !last.is_ascii_digit() && last != b'X' {
        return Err(DocumentError::Character);
    }
    if check_character(&values) != last {
        return Err(DocumentError::CheckCharacter);
    }
    Ok(())
}

fn check_character(values: &[u32]) -> u8 {
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b"0123456789"[digit as usize],
    }
}

/// Digits count for themselves, letters from 10 on.
fn value(character: u8) -> Option<u32> {
    char::from(character).to_digit(36).filter(|_| !character.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_the_standard_is_right() {
        // GB 11714-1997, clause 5.
        assert_eq!(check("D2143569X"), Ok(()));
        // The code inside the example of GB 32100-2015.
        assert_eq!(check("M000100Y4"), Ok(()));
    }

    #[test]
    fn each_rule_is_named_when_it_is_broken() {
        assert_eq!(check("D214356"), Err(DocumentError::Length));
        assert_eq!(check("D2143569XX"), Err(DocumentError::Length));
        assert_eq!(check("D21435_9X"), Err(DocumentError::Character));
        assert_eq!(check("D2143569A"), Err(DocumentError::Character));
        assert_eq!(check("D214356\u{4e00}X"), Err(DocumentError::Character));
        assert_eq!(check("D21435691"), Err(DocumentError::CheckCharacter));
    }

    proptest! {
        #[test]
        fn one_check_character_is_right_and_the_others_are_not(own in "[0-9A-Z]{8}") {
            let right = "0123456789X".chars().filter(|last| check(&format!("{own}{last}")).is_ok()).count();
            prop_assert_eq!(right, 1);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,16}") {
            let _ = check(&text);
        }
    }
}
