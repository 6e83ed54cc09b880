use serde::{Deserialize, Serialize};

use crate::personal::Sealed;

/// The number on the document. An organisation's licence is public and so is its number; a person's certificate leads to
/// the person, and its number rests under a seal (R9.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum QualificationNumber {
    Public {
        number: String,
    },
    Personal {
        sealed: Sealed,
        /// The last characters, by which a reviewer knows the document to be the one that was announced.
        ending: String,
    },
}

impl QualificationNumber {
    /// How many characters of a person's number stay readable: too few to look anybody up by.
    const SHOWN: usize = 4;

    /// What may be shown of a person's number: of a short one less, so that it is never most of it.
    #[must_use]
    pub fn ending_of(number: &str) -> String {
        let characters: Vec<char> = number.chars().collect();
        let shown = Self::SHOWN.min(characters.len() / 3);
        characters[characters.len() - shown..].iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_is_a_small_part_of_the_number() {
        assert_eq!(QualificationNumber::ending_of("110101199001011234"), "1234");
        assert_eq!(QualificationNumber::ending_of("证字123号"), "3号");
        assert_eq!(QualificationNumber::ending_of("12"), "");
    }
}
