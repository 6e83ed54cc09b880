//! A challenge to show that one holds a mobile number: a code is sent there, and comes back within some minutes and some
//! tries (R6.1).

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    id::{AccountId, ChallengeId},
    mobile::{MobileKey, ProvenMobile},
    one_time_code::CodeDigest,
    personal::Sealed,
    settings::OneTimeCodeRules,
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneChallenge {
    pub challenge_id: ChallengeId,
    pub account_id: AccountId,
    /// Counts the changes; guards every write.
    pub version: u64,
    /// Of the code that was sent last; no other is right.
    pub digest: CodeDigest,
    pub number: Sealed,
    pub mobile_key: MobileKey,
    pub tries_left: u32,
    /// Whether whoever sends text messages has taken the code.
    pub is_sent: bool,
    /// The write that gave the right code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<Uuid>,
    pub created_at: Timestamp,
    /// From then on no code is right.
    pub expires_at: Timestamp,
}

/// What a challenge needs to begin.
#[derive(Debug, Clone)]
pub struct NewChallenge {
    pub challenge_id: ChallengeId,
    pub account_id: AccountId,
    pub digest: CodeDigest,
    pub number: Sealed,
    pub mobile_key: MobileKey,
}

/// What an answer came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// The number is proven, once this is stored.
    Right(PhoneChallenge),
    /// A try less, once this is stored.
    Wrong(PhoneChallenge),
    /// The same write gave the right code before.
    Already,
}

/// Why a challenge takes no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeRefusal {
    #[error("the challenge was answered before")]
    Answered,
    #[error("the code has expired")]
    Expired,
    #[error("the tries are used up")]
    TriesUsedUp,
}

impl PhoneChallenge {
    #[must_use]
    pub fn open(new: NewChallenge, rules: &OneTimeCodeRules, now: Timestamp) -> Self {
        let NewChallenge { challenge_id, account_id, digest, number, mobile_key } = new;
        Self {
            challenge_id,
            account_id,
            version: 1,
            digest,
            number,
            mobile_key,
            tries_left: rules.tries,
            is_sent: false,
            answered_by: None,
            created_at: now,
            expires_at: in_minutes(now, rules.minutes),
        }
    }

    /// The same challenge with another code, for one whose first code was not sent: it is not known any more. The tries
    /// stay used.
    #[must_use]
    pub fn with_another_code(mut self, digest: CodeDigest, rules: &OneTimeCodeRules, now: Timestamp) -> Self {
        self.version += 1;
        self.digest = digest;
        self.expires_at = in_minutes(now, rules.minutes);
        self
    }

    #[must_use]
    pub fn sent(mut self) -> Self {
        self.version += 1;
        self.is_sent = true;
        self
    }

    /// Judges a code, by its digests under the versions of the index. Of two right answers at once, one can be stored.
    ///
    /// # Errors
    /// When no code is right any more.
    pub fn answer(
        mut self,
        digests: &[CodeDigest],
        operation_id: Uuid,
        now: Timestamp,
    ) -> Result<Answered, ChallengeRefusal> {
        match self.answered_by {
            Some(known) if known == operation_id => return Ok(Answered::Already),
            Some(_) => return Err(ChallengeRefusal::Answered),
            None => {}
        }
        if now >= self.expires_at {
            return Err(ChallengeRefusal::Expired);
        }
        if self.tries_left == 0 {
            return Err(ChallengeRefusal::TriesUsedUp);
        }
        self.version += 1;
        if digests.contains(&self.digest) {
            self.answered_by = Some(operation_id);
            Ok(Answered::Right(self))
        } else {
            self.tries_left -= 1;
            Ok(Answered::Wrong(self))
        }
    }

    /// What the account holds of it.
    #[must_use]
    pub fn proven(&self, now: Timestamp) -> ProvenMobile {
        ProvenMobile { number: self.number.clone(), mobile_key: self.mobile_key.clone(), proven_at: now }
    }
}

fn in_minutes(now: Timestamp, minutes: u32) -> Timestamp {
    now.saturating_add(SignedDuration::from_mins(i64::from(minutes))).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn right() -> CodeDigest {
        CodeDigest::new(&[1])
    }

    fn wrong() -> CodeDigest {
        CodeDigest::new(&[2])
    }

    fn challenge() -> PhoneChallenge {
        let number = Sealed { scheme: 1, wrapped_key: String::new(), nonce: String::new(), ciphertext: String::new() };
        let new = NewChallenge {
            challenge_id: ChallengeId::at(NOW),
            account_id: AccountId::at(NOW),
            digest: right(),
            number,
            mobile_key: MobileKey::new(1, &[0]),
        };
        PhoneChallenge::open(new, &OneTimeCodeRules::default(), NOW)
    }

    fn after(seconds: i64) -> Timestamp {
        NOW + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn the_right_code_is_right_until_ten_minutes_are_over() {
        let answered = |seconds| challenge().answer(&[right()], Uuid::nil(), after(seconds));
        assert!(matches!(answered(599), Ok(Answered::Right(_))));
        assert_eq!(answered(600), Err(ChallengeRefusal::Expired));
    }

    #[test]
    fn a_code_is_judged_under_every_version_of_the_index() {
        let judged = |digests: &[CodeDigest]| challenge().answer(digests, Uuid::nil(), NOW);
        assert!(matches!(judged(&[wrong(), right()]), Ok(Answered::Right(_))));
        assert!(matches!(judged(&[wrong(), wrong()]), Ok(Answered::Wrong(next)) if next.tries_left == 4));
        assert!(matches!(judged(&[]), Ok(Answered::Wrong(_))));
    }

    #[test]
    fn a_right_answer_counts_once() {
        let Ok(Answered::Right(answered)) = challenge().answer(&[right()], Uuid::nil(), NOW) else { panic!() };
        assert_eq!(
            answered.clone().answer(&[right()], Uuid::nil(), NOW),
            Ok(Answered::Already),
            "the same write again"
        );
        assert_eq!(answered.answer(&[right()], Uuid::max(), NOW), Err(ChallengeRefusal::Answered), "a replay");
    }

    #[test]
    fn a_code_that_was_never_sent_is_not_right_once_there_is_another() {
        let renewed = challenge().with_another_code(CodeDigest::new(&[3]), &OneTimeCodeRules::default(), NOW);
        assert!(matches!(renewed.answer(&[right()], Uuid::nil(), NOW), Ok(Answered::Wrong(_))));
    }

    proptest! {
        /// Whatever is tried, nobody gets more than five wrong tries, and after them not even the right code helps.
        #[test]
        fn no_more_than_five_wrong_codes_are_judged(answers in vec(any::<bool>(), 0..20)) {
            let (mut challenge, mut wrongs) = (challenge(), 0);
            for is_right in answers {
                let digest = if is_right { right() } else { wrong() };
                let before = challenge.version;
                match challenge.clone().answer(&[digest], Uuid::nil(), NOW) {
                    Ok(Answered::Right(next)) => {
                        prop_assert!(is_right && wrongs < 5);
                        challenge = next;
                    }
                    Ok(Answered::Wrong(next)) => {
                        wrongs += 1;
                        prop_assert!(!is_right && next.version == before + 1);
                        challenge = next;
                    }
                    Ok(Answered::Already) => prop_assert!(challenge.answered_by.is_some()),
                    Err(refusal) => prop_assert_eq!((refusal, wrongs), (ChallengeRefusal::TriesUsedUp, 5)),
                }
                prop_assert!(wrongs <= 5);
            }
        }
    }
}
