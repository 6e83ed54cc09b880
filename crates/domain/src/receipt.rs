//! What a reporter keeps: a code that nobody can guess and that a mistyped character does not open.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Characters between the first and the check character: 24 × 5 = 120 bits.
const BODY: usize = 24;

/// A receipt, `R`, 24 characters of chance and a check character
/// (sum of value × position, mod 31: it finds a single wrong character and a swap of neighbours, save 0 for Z).
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt(String);

/// SHA-256 of a receipt, in hex: what is stored. A receipt has 74 bits of chance at least, so its digest tells nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReceiptDigest(String);

/// The text is no receipt: wrong length, a character that none has, or a wrong check character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a receipt")]
pub struct ReceiptError;

impl Receipt {
    /// A receipt made of 120 bits.
    #[must_use]
    pub fn from_chance(chance: [u8; 15]) -> Self {
        let mut bits = chance.iter().fold((0_u128, 0), |(bits, n), byte| (bits << 8 | u128::from(*byte), n + 8)).0;
        let mut body = [0_u8; BODY];
        for character in body.iter_mut().rev() {
            *character = ALPHABET[(bits & 31) as usize];
            bits >>= 5;
        }
        let mut text: String = "R".to_owned();
        text.extend(body.iter().map(|c| *c as char));
        text.push(check_character(&body));
        Self(text)
    }

    /// The receipt of the complaint that the write `operation` files: a second try of the same write gives the same
    /// one. The operation is a UUIDv7, of 74 bits of chance beside its time; it is kept nowhere (`lambda::idempotency`).
    #[must_use]
    pub fn of_operation(operation: Uuid) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"receipt");
        hash.update(operation.as_bytes());
        let mut chance = [0; 15];
        chance.copy_from_slice(&hash.finalize()[..15]);
        Self::from_chance(chance)
    }

    /// # Errors
    /// When the text is no receipt. Hyphens, spaces and lower case are taken; I and L read as 1, O as 0.
    pub fn parse(text: &str) -> Result<Self, ReceiptError> {
        let text: String = text
            .chars()
            .filter(|c| *c != '-' && *c != ' ')
            .map(|c| match c.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            })
            .collect();
        let body = text.strip_prefix('R').ok_or(ReceiptError)?.as_bytes();
        if body.len() != BODY + 1 || !body.iter().all(|c| ALPHABET.contains(c)) {
            return Err(ReceiptError);
        }
        if check_character(&body[..BODY]) != body[BODY] as char {
            return Err(ReceiptError);
        }
        Ok(Self(text))
    }

    /// The text that the reporter keeps.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn digest(&self) -> ReceiptDigest {
        ReceiptDigest(data_encoding::HEXLOWER.encode(&Sha256::digest(self.0.as_bytes())))
    }
}

/// A receipt opens a complaint to whoever holds it, so it does not print.
impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Receipt(…)")
    }
}

impl ReceiptDigest {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_character(body: &[u8]) -> char {
    let sum: usize =
        body.iter().enumerate().map(|(at, c)| (at + 1) * ALPHABET.iter().position(|a| a == c).unwrap_or(0)).sum();
    ALPHABET[sum % 31] as char
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_receipt_comes_back_from_its_text_however_it_is_typed(chance: [u8; 15]) {
            let receipt = Receipt::from_chance(chance);
            let typed = receipt.as_str().to_lowercase().as_bytes().chunks(5).map(|c| std::str::from_utf8(c).unwrap().to_owned()).collect::<Vec<_>>().join("-");
            prop_assert_eq!(Receipt::parse(&typed), Ok(receipt));
        }

        #[test]
        fn swapped_neighbours_do_not_open_it(chance: [u8; 15], at in 1_usize..24) {
            let receipt = Receipt::from_chance(chance);
            let mut text: Vec<u8> = receipt.as_str().bytes().collect();
            prop_assume!(text[at] != text[at + 1]);
            // 0 and Z are 31 apart, so that the check character cannot tell them from each other.
            prop_assume!(!(text[at] == b'0' && text[at + 1] == b'Z' || text[at] == b'Z' && text[at + 1] == b'0'));
            text.swap(at, at + 1);
            prop_assert!(Receipt::parse(std::str::from_utf8(&text).unwrap()).is_err());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = Receipt::parse(&text);
        }
    }

    #[test]
    fn a_receipt_does_not_print() {
        assert_eq!(format!("{:?}", Receipt::from_chance([7; 15])), "Receipt(…)");
    }
}
