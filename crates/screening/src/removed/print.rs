use sha2::{Digest, Sha256};

use crate::{media::FileHash, normalise::walk::walk, pdq::PdqHash};

/// Shorter texts are the same by chance: half of all comments are greetings.
const SHORTEST: usize = 12;

/// Shorter texts are like each other by chance.
const SHORTEST_SKETCH: usize = 40;

/// How many values a sketch has: with 32, two texts that share half of their pairs agree in 16 ± 3.
const VALUES: usize = 32;

/// So many values agree at least between a text and its edited copy. Measured on 300 posts and made-up edits of one kind
/// each (words replaced, an eighth cut out, a contact or a heading added, halves swapped, characters inserted): all
/// copies agree in 16, 97 % in 20; of 468 000 pairs of different posts 29 agree in 16, and most of those are copies.
const AGREE: u32 = 16;

/// What something that was removed is known by. Holds no content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Print {
    Text(TextPrint),
    /// What it looks like, and its file.
    Picture(PdqHash, FileHash),
    /// Sound or film.
    File(FileHash),
}

/// What a text is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPrint {
    /// SHA-256 of the compared characters.
    pub sha256: [u8; 32],
    pub sketch: Option<Sketch>,
}

/// `MinHash` (Broder 1997) of the pairs of compared characters: for each of 32 orders of all pairs the first one that
/// the text has, as 16 bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sketch(pub [u16; VALUES]);

impl TextPrint {
    /// `None` for a text that is too short to be known by anything.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut compared = Vec::new();
        walk(text, |step| compared.push(step.c));
        if compared.len() < SHORTEST {
            return None;
        }
        let bytes: String = compared.iter().collect();
        let sketch = (compared.len() >= SHORTEST_SKETCH).then(|| Sketch::of(&compared));
        Some(Self { sha256: Sha256::digest(bytes.as_bytes()).into(), sketch })
    }
}

impl Sketch {
    /// Any two alike sketches agree in at least one of so many values: more places than these differ in none.
    pub(super) const TELLING: usize = VALUES - AGREE as usize + 1;

    fn of(compared: &[char]) -> Self {
        let mut least = [u32::MAX; VALUES];
        for pair in compared.windows(2) {
            let hash = mixed(u64::from(u32::from(pair[0])) << 32 | u64::from(u32::from(pair[1])));
            for (least, (mask, factor)) in least.iter_mut().zip(ORDERS) {
                *least = (*least).min((hash ^ mask).wrapping_mul(factor));
            }
        }
        #[expect(clippy::cast_possible_truncation, reason = "the low bits of the least value are as good as random")]
        Self(least.map(|least| least as u16))
    }

    pub(super) fn is_like(&self, other: &Self) -> bool {
        let agree: u32 = self.0.iter().zip(&other.0).map(|(one, other)| u32::from(one == other)).sum();
        agree >= AGREE
    }
}

/// Thirty-two orders of all pairs: a mask and an odd factor each, fixed for good because prints outlive a release.
const ORDERS: [(u32, u32); VALUES] = orders();

const fn orders() -> [(u32, u32); VALUES] {
    let mut all = [(0, 0); VALUES];
    let mut at = 0;
    while at < VALUES {
        let bits = spread(at as u64 + 1);
        #[expect(clippy::cast_possible_truncation, reason = "each takes its own half")]
        let order = ((bits >> 32) as u32, bits as u32 | 1);
        all[at] = order;
        at += 1;
    }
    all
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is as good as the high one")]
const fn mixed(value: u64) -> u32 {
    spread(value) as u32
}

/// The finaliser of `SplitMix64`: spreads each bit over all.
const fn spread(value: u64) -> u64 {
    let value = value.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
