//! Mobile numbers (R6.1): written as people write them, kept as E.164.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    normalise::ascii_forms,
    personal::{Personal, Purpose, Sealed},
};

/// The calling code of the mainland.
const MAINLAND: &str = "86";

/// Whether people have numbers of that range, three digits (numbering plan of the MIIT; as in libphonenumber). 140, 144,
/// 146 and 148 belong to things, 174 to satellites, 154, 160, 161, 163, 164, 168, 169, 179 and 194 to nobody.
fn is_of_people(range: &[u8]) -> bool {
    match range {
        [b'1', b'3' | b'8', _] => true,
        [b'1', b'4', third] => matches!(third, b'5' | b'7' | b'9'),
        [b'1', b'5' | b'9', third] => *third != b'4',
        [b'1', b'6', third] => matches!(third, b'2' | b'5'..=b'7'),
        [b'1', b'7', third] => !matches!(third, b'4' | b'9'),
        _ => false,
    }
}

/// A mobile number of the right form. Whether somebody has it is for a one-time code to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MobileNumber(Personal<String>);

impl MobileNumber {
    /// Normalises and judges `text`: eleven digits of the mainland with or without its calling code, or any number after
    /// `+` or `00` and a calling code.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, MobileError> {
        let plain: String = ascii_forms(text).chars().filter(|c| !matches!(c, '(' | ')' | '.')).collect();
        let (international, digits) = match plain.strip_prefix('+').or_else(|| plain.strip_prefix("00")) {
            Some(digits) => (true, digits),
            None => (false, plain.as_str()),
        };
        if digits.is_empty() {
            return Err(MobileError::Length);
        }
        if !digits.bytes().all(|c| c.is_ascii_digit()) {
            return Err(MobileError::Character);
        }
        let national = match digits.strip_prefix(MAINLAND) {
            Some(national) if international || digits.len() == 13 => Some(national),
            _ if international => None,
            _ => Some(digits),
        };
        match national {
            Some(national) => {
                check_mainland(national)?;
                Ok(Self(Personal::new(format!("+{MAINLAND}{national}"))))
            }
            None => {
                check_e164(digits)?;
                Ok(Self(Personal::new(format!("+{digits}"))))
            }
        }
    }

    /// `+` and up to fifteen digits, for `purpose`.
    #[must_use]
    pub fn e164(&self, purpose: Purpose) -> &str {
        self.0.reveal(purpose)
    }

    /// Judges whether the number has one of these calling codes, given without `+`.
    ///
    /// # Errors
    /// When it has none of them.
    pub fn with_calling_code(self, codes: &[String]) -> Result<Self, MobileError> {
        let digits = self.0.reveal(Purpose::Judging).trim_start_matches('+');
        // No calling code is the beginning of another one (E.164).
        if codes.iter().any(|code| digits.starts_with(code)) { Ok(self) } else { Err(MobileError::CallingCode) }
    }
}

/// The blind index of a mobile number: keyed HMAC-SHA-256, with the version of the key. It tells that two numbers are the
/// same and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MobileKey(String);

impl MobileKey {
    /// `mac` is the whole HMAC; the text form is `v<version>.<hex>`.
    #[must_use]
    pub fn new(version: u32, mac: &[u8]) -> Self {
        Self(format!("v{version}.{}", data_encoding::HEXLOWER.encode(mac)))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A mobile number that the holder of an account has shown to have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenMobile {
    pub number: Sealed,
    pub mobile_key: MobileKey,
    pub proven_at: Timestamp,
}

fn check_mainland(national: &str) -> Result<(), MobileError> {
    if national.len() != 11 {
        return Err(MobileError::Length);
    }
    if is_of_people(&national.as_bytes()[..3]) { Ok(()) } else { Err(MobileError::Range) }
}

/// E.164: calling code and number have fifteen digits at most, and no calling code begins with 0. Seven is the shortest
/// that any country gives to mobiles.
fn check_e164(digits: &str) -> Result<(), MobileError> {
    if digits.starts_with('0') {
        return Err(MobileError::Range);
    }
    if (7..=15).contains(&digits.len()) { Ok(()) } else { Err(MobileError::Length) }
}

/// The rule that a mobile number breaks. Never the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum MobileError {
    #[error("the number has the wrong length")]
    Length,
    #[error("the number has a character that is no digit")]
    Character,
    #[error("the number is in no range of mobile numbers that people have")]
    Range,
    #[error("numbers of that calling code are not taken")]
    CallingCode,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn e164(text: &str) -> Result<String, MobileError> {
        MobileNumber::parse(text).map(|number| number.e164(Purpose::Sealing).to_owned())
    }

    #[test]
    fn a_number_of_the_mainland_is_known_however_it_is_written() {
        for text in [
            "13800138000",
            "+86 138 0013 8000",
            "0086-138-0013-8000",
            "8613800138000",
            "(+86) 138.0013.8000",
            "＋８６１３８００１３８０００",
        ] {
            assert_eq!(e164(text).as_deref(), Ok("+8613800138000"), "{text}");
        }
    }

    #[test]
    fn numbers_of_elsewhere_need_their_calling_code() {
        // Numbers that are kept for fiction and for examples: Ofcom, and the North American plan.
        assert_eq!(e164("+44 7700 900123").as_deref(), Ok("+447700900123"));
        assert_eq!(e164("001 202 555 0100").as_deref(), Ok("+12025550100"));
        let abroad = MobileNumber::parse("+447700900123").unwrap();
        assert_eq!(abroad.clone().with_calling_code(&["86".to_owned()]), Err(MobileError::CallingCode));
        assert_eq!(abroad.clone().with_calling_code(&["86".to_owned(), "44".to_owned()]), Ok(abroad));
        assert_eq!(e164("07700 900123"), Err(MobileError::Range));
    }

    #[test]
    fn each_rule_is_named_when_it_is_broken() {
        for (text, error) in [
            ("", MobileError::Length),
            ("+", MobileError::Length),
            ("1380013800", MobileError::Length),
            ("138001380000", MobileError::Length),
            ("+8613800138", MobileError::Length),
            ("+1234567890123456", MobileError::Length),
            ("1380013800a", MobileError::Character),
            ("+86+13800138000", MobileError::Character),
            ("1380013800\u{202e}0", MobileError::Character),
            ("12345678901", MobileError::Range),
            ("14012345678", MobileError::Range),
            ("15412345678", MobileError::Range),
            ("+0123456789", MobileError::Range),
        ] {
            assert_eq!(e164(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn the_mainland_has_fifty_three_ranges_of_people() {
        let ranges = (0..1000).filter(|range| is_of_people(format!("{range:03}").as_bytes())).count();
        // 13x and 18x ten each, 14x three, 15x nine, 16x four, 17x eight, 19x nine.
        assert_eq!(ranges, 10 + 10 + 3 + 9 + 4 + 8 + 9);
    }

    #[test]
    fn a_number_never_prints() {
        assert!(!format!("{:?}", MobileNumber::parse("13800138000").unwrap()).contains("138"));
    }

    proptest! {
        #[test]
        fn what_was_parsed_parses_to_itself(number in "1(3[0-9]|5[0-3]|9[5-9])[0-9]{8}") {
            let once = e164(&number).unwrap();
            prop_assert_eq!(e164(&once), Ok(once.clone()));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = MobileNumber::parse(&text);
        }
    }
}
