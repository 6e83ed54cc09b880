//! Proof of work before a complaint of the public is taken, by the ALTCHA protocol (version 1, SHA-256): what costs a person
//! a second of their telephone costs a flood its price. No picture, no puzzle, nobody else's script.
//!
//! The challenge is `SHA-256(salt + number)` for a number that the solver finds by trying. The salt ends in `&`, so that no
//! digit of the number can be moved into the time in the salt; the signature binds the whole.

use data_encoding::{BASE64, HEXLOWER};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::intake_secret::IntakeSecret;

/// How long a proof is taken after its challenge was given: long enough to fill in the form, and to look for the link.
pub const LASTS: SignedDuration = SignedDuration::from_mins(30);

/// What a proof has at most, in base64: a challenge with its number has about 400 characters.
const LONGEST: usize = 2_048;

const ALGORITHM: &str = "SHA-256";

const LABEL: &str = "proof of work";

/// What the solver is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    pub algorithm: String,
    /// SHA-256, hex, of salt and number.
    pub challenge: String,
    /// The number is no greater.
    #[serde(rename = "maxnumber")]
    pub most: u64,
    pub salt: String,
    /// HMAC of the challenge.
    pub signature: String,
}

/// What the solver sends back, as base64 of its JSON. `took` and what else a solver adds is not looked at.
#[derive(Debug, Deserialize)]
struct Solution {
    algorithm: String,
    challenge: String,
    number: u64,
    salt: String,
    signature: String,
}

/// One challenge, which lets one complaint in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ProofId(String);

/// Why a proof lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ProofRefusal {
    #[error("there is no proof of work")]
    Missing,
    /// Not of the form, not given by us, or not solved.
    #[error("the proof is none")]
    Wrong,
    #[error("the challenge is older than it may be")]
    Expired,
    /// A ticket is taken after some time and not before.
    #[error("the ticket has not waited long enough")]
    TooSoon,
    #[error("the proof let another complaint in")]
    Replayed,
}

impl Challenge {
    /// A challenge whose solution is `number`, at most `most`, to be solved within [`LASTS`].
    #[must_use]
    pub fn new(secret: &IntakeSecret, salt: [u8; 16], number: u64, most: u64, now: Timestamp) -> Self {
        let until = now.saturating_add(LASTS).unwrap_or(Timestamp::MAX).as_second();
        let salt = format!("{}?expires={until}&", HEXLOWER.encode(&salt));
        let challenge = hashed(&salt, number);
        let signature = secret.mac(LABEL, &challenge);
        Self { algorithm: ALGORITHM.to_owned(), challenge, most, salt, signature }
    }

    /// What a solver finds by trying, and sends; `None` when there is no such number.
    #[must_use]
    pub fn solved(&self) -> Option<String> {
        let number = (0..=self.most).find(|number| hashed(&self.salt, *number) == self.challenge)?;
        let json = serde_json::json!({
            "algorithm": self.algorithm, "challenge": self.challenge, "number": number,
            "salt": self.salt, "signature": self.signature,
        });
        Some(BASE64.encode(json.to_string().as_bytes()))
    }
}

/// Whether `proof` solves a challenge of ours that is not over. That it lets nobody else in is for whoever keeps its name.
///
/// # Errors
/// Why it is not taken.
pub fn verify(proof: &str, secret: &IntakeSecret, now: Timestamp) -> Result<ProofId, ProofRefusal> {
    if proof.len() > LONGEST {
        return Err(ProofRefusal::Wrong);
    }
    let json = BASE64.decode(proof.as_bytes()).map_err(|_| ProofRefusal::Wrong)?;
    let solution: Solution = serde_json::from_slice(&json).map_err(|_| ProofRefusal::Wrong)?;
    let is_ours = solution.algorithm == ALGORITHM && secret.has_signed(LABEL, &solution.challenge, &solution.signature);
    if !is_ours || hashed(&solution.salt, solution.number) != solution.challenge {
        return Err(ProofRefusal::Wrong);
    }
    // The salt is ours: the challenge that we signed is made of it.
    let until = solution.salt.split_once("?expires=").and_then(|(_, rest)| rest.strip_suffix('&')?.parse().ok());
    let until = until.and_then(|second: i64| Timestamp::from_second(second).ok()).ok_or(ProofRefusal::Wrong)?;
    if now >= until { Err(ProofRefusal::Expired) } else { Ok(ProofId(solution.challenge)) }
}

impl ProofId {
    /// Of what is no challenge, and lets one complaint in all the same.
    pub(crate) const fn of(text: String) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn hashed(salt: &str, number: u64) -> String {
    let mut hash = Sha256::new();
    hash.update(salt.as_bytes());
    hash.update(number.to_string().as_bytes());
    HEXLOWER.encode(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn secret() -> IntakeSecret {
        IntakeSecret::new([7; 32])
    }

    fn challenge(number: u64) -> Challenge {
        Challenge::new(&secret(), [3; 16], number, 1_000, NOW)
    }

    /// The solution with one member changed.
    fn changed(member: &str, value: serde_json::Value) -> String {
        let json = BASE64.decode(challenge(123).solved().unwrap().as_bytes()).unwrap();
        let mut solution: serde_json::Value = serde_json::from_slice(&json).unwrap();
        solution[member] = value;
        BASE64.encode(solution.to_string().as_bytes())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn whoever_tries_every_number_finds_it(number in 0_u64..1_000) {
            let proof = challenge(number).solved().unwrap();
            prop_assert!(verify(&proof, &secret(), NOW).is_ok());
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}") {
            prop_assert!(verify(&text, &secret(), NOW).is_err());
        }
    }

    #[test]
    fn a_proof_is_over_with_its_time() {
        let proof = challenge(5).solved().unwrap();
        assert!(verify(&proof, &secret(), NOW + LASTS - SignedDuration::from_secs(1)).is_ok());
        assert_eq!(verify(&proof, &secret(), NOW + LASTS), Err(ProofRefusal::Expired));
    }

    #[test]
    fn nothing_of_a_proof_can_be_changed() {
        for (member, value) in [
            ("number", 124.into()),
            ("algorithm", "SHA-1".into()),
            ("challenge", "0".repeat(64).into()),
            ("salt", "aa?expires=99999999999&".into()),
            ("signature", "0".repeat(64).into()),
        ] {
            assert_eq!(verify(&changed(member, value), &secret(), NOW), Err(ProofRefusal::Wrong), "{member}");
        }
        let foreign = Challenge::new(&IntakeSecret::new([8; 32]), [3; 16], 1, 10, NOW).solved().unwrap();
        assert_eq!(verify(&foreign, &secret(), NOW), Err(ProofRefusal::Wrong));
    }

    /// Digits of the number are not to become digits of the time.
    #[test]
    fn the_time_cannot_be_made_longer_with_digits_of_the_number() {
        let given = challenge(123);
        let spliced = given.salt.trim_end_matches('&').to_owned() + "1";
        assert_ne!(hashed(&spliced, 23), given.challenge, "the salt ends where its `&` is");
    }

    /// The example of the protocol: the hash of salt and number, one after the other, in decimal.
    #[test]
    fn the_hash_is_of_salt_and_number_as_text() {
        let by_hand = HEXLOWER.encode(&Sha256::digest(b"salt&42"));
        assert_eq!(hashed("salt&", 42), by_hand);
    }
}
