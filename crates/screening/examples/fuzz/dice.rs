//! Chance that can be had again.

/// `SplitMix64`.
pub(crate) struct Dice(u64);

impl Dice {
    /// For one input of a run.
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        let mut dice = Self(seed ^ number.wrapping_mul(0xD134_2543_DE82_EF95));
        dice.next();
        dice
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or_default()
    }

    /// Small mostly, up to `most` sometimes.
    pub(crate) fn length(&mut self, most: usize) -> usize {
        let scale = self.below(most.ilog2() as usize + 1);
        self.below((1_usize << scale).min(most) + 1)
    }

    pub(crate) fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// Changes some bytes, takes some away, doubles some.
    pub(crate) fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.length(16) {
            if bytes.is_empty() {
                bytes.push(0);
            }
            let at = self.below(bytes.len());
            match self.below(6) {
                0 => bytes[at] = self.next().to_le_bytes()[0],
                1 => bytes[at] ^= 1 << self.below(8),
                2 => drop(bytes.drain(at..(at + self.length(64)).min(bytes.len()))),
                3 => {
                    let part = bytes[at..(at + self.length(64)).min(bytes.len())].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, part);
                }
                4 => {
                    // A number at its edge.
                    let edge = *self.one(&[&[0_u8; 4], &[0xFF; 4], &[0, 0, 0, 0x80], &[0xFF, 0xFF, 0, 0]]);
                    for (byte, edge) in bytes[at..].iter_mut().zip(edge) {
                        *byte = edge;
                    }
                }
                _ => bytes.insert(at, self.one(&[b"\n", b" ", b":", b"[", b"{", b"'", b"&", b"*"])[0]),
            }
        }
    }
}
