//! Fingerprints of whole texts: the same text again, exactly or nearly.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::normalise::walk::walk;

/// Of a normalised text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// SHA-256 of the compared characters, in hexadecimal.
    pub sha256: String,
    /// Of the pairs of compared characters, in hexadecimal; only for texts that are long enough to be near others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simhash: Option<String>,
}

/// Shorter texts are near each other by chance.
const SHORTEST_NEAR: usize = 40;
/// Of 64 bits. Two texts without a relation differ in 32 ± 4; one edited word in a hundred characters moves 3 to 8.
pub(crate) const NEAR: u32 = 8;

impl Fingerprint {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut compared = Vec::new();
        walk(text, |step| compared.push(step.c));
        let bytes: String = compared.iter().collect();
        let sha256 = Sha256::digest(bytes.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
            hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
            hex
        });
        let simhash = (compared.len() >= SHORTEST_NEAR).then(|| format!("{:016x}", simhash(&compared)));
        Self { sha256, simhash }
    }

    /// The bits of the near match, when there are any and they are well formed.
    pub(crate) fn near_bits(&self) -> Option<u64> {
        u64::from_str_radix(self.simhash.as_deref()?, 16).ok()
    }

    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let near = |(a, b): (u64, u64)| (a ^ b).count_ones() <= NEAR;
        self.sha256 == other.sha256 || self.near_bits().zip(other.near_bits()).is_some_and(near)
    }
}

/// `SimHash` (Charikar 2002) over pairs of characters.
fn simhash(chars: &[char]) -> u64 {
    let mut weights = [0_i32; 64];
    for pair in chars.windows(2) {
        let hash = mix((u64::from(u32::from(pair[0])) << 32) | u64::from(u32::from(pair[1])));
        for (bit, weight) in weights.iter_mut().enumerate() {
            *weight += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    weights.iter().enumerate().fold(0, |bits, (bit, weight)| bits | (u64::from(*weight > 0) << bit))
}

/// The finaliser of `SplitMix64`: spreads each bit over all.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "本店长期承接各类活动策划与布置，地点不限，时间灵活，价格公道，欢迎来电咨询，老客户另有优惠，\
                        节假日照常营业，请提前三天预约，以便我们安排人手与材料，谢谢大家一直以来的支持与信任。";

    #[test]
    fn a_text_in_disguise_is_the_same_text() {
        let disguised = TEXT.replace('，', " * ").replace('店', "店\u{200B}");
        assert_eq!(Fingerprint::of(&disguised).sha256, Fingerprint::of(TEXT).sha256);
    }

    #[test]
    fn an_edited_text_is_near_and_another_is_not() {
        let edited = Fingerprint::of(&TEXT.replace("三天", "五天"));
        assert_ne!(edited.sha256, Fingerprint::of(TEXT).sha256);
        assert!(edited.is_like(&Fingerprint::of(TEXT)));
        let other = "今天的会议讨论了下一季度的计划，各部门先后发言，主任最后作了总结，要求大家按时完成任务，\
                     并在月底之前把材料交到办公室，由专人统一整理归档，不得遗漏。";
        assert!(!Fingerprint::of(other).is_like(&Fingerprint::of(TEXT)));
    }

    #[test]
    fn a_short_text_has_no_near_match() {
        assert_eq!(Fingerprint::of("你好").simhash, None);
    }
}
