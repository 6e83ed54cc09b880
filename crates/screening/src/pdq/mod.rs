//! What a picture looks like, in 256 bits: PDQ, as Facebook described it in 2019 ("The TMK+PDQF Video-Hashing Algorithm and
//! the PDQ Image-Hashing Algorithm"), so that lists of hashes can be shared with whoever uses it too.
//!
//! A [`Plane`] of brightness is smoothed, thinned to 64 × 64 and transformed; whether each of the 16 × 16 lowest
//! frequencies lies above their median is a bit. The same picture after scaling, recompression or a touch of colour differs
//! in few bits, another one in about half. Turning a picture only swaps frequencies and their signs, so that the
//! hashes of all eight rotations and flips come from one transform.

mod hash;
mod plane;
mod transform;

use serde::{Deserialize, Serialize};

pub use hash::{NotAHash, PdqHash};
pub use plane::{LARGEST_SIDE, Plane};

/// Two pictures that differ in no more bits are one picture, edited: what those who share such lists agree on. Pictures
/// without a relation differ in 128 ± 8.
pub const NEAR: u32 = 31;

/// Of a picture with less in it, plain or blurred beyond recognition, the bits are chance. The description's own number.
pub const LEAST_QUALITY: u8 = 50;

/// What a picture looks like, whichever way it is turned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Looks {
    /// As it is, then the seven other ways to turn and flip it.
    pub hashes: [PdqHash; 8],
    /// How much there is to see, 0 to 100.
    pub quality: u8,
}

impl Looks {
    /// In a picture that is smaller than five by five there is nothing to see.
    #[must_use]
    pub fn of(plane: &Plane) -> Self {
        match plane.smoothed_and_thinned() {
            Some(small) => Self { hashes: transform::hashes(&small), quality: transform::quality(&small) },
            None => Self { hashes: [PdqHash::default(); 8], quality: 0 },
        }
    }

    /// The hash of the picture as it is: the one to keep in a list.
    #[must_use]
    pub const fn upright(&self) -> PdqHash {
        self.hashes[0]
    }

    /// The fewest bits in which `known` differs from the picture, turned in whichever way. `None` when there is too little
    /// in the picture to tell.
    #[must_use]
    pub fn distance(&self, known: PdqHash) -> Option<u32> {
        if self.quality < LEAST_QUALITY {
            return None;
        }
        self.hashes.iter().map(|hash| hash.distance(known)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture with something in every corner, of soft forms: edges along the grid are the worst case of any hash.
    fn scene(width: usize, height: usize, at: impl Fn(f32, f32) -> (f32, f32)) -> Plane {
        let spot =
            |x: f32, y: f32, (cx, cy, r): (f32, f32, f32)| (-((x - cx).powi(2) + (y - cy).powi(2)) / (r * r)).exp();
        let spots = [
            (0.20, 0.25, 0.10),
            (0.71, 0.18, 0.07),
            (0.42, 0.55, 0.16),
            (0.85, 0.66, 0.09),
            (0.15, 0.80, 0.08),
            (0.58, 0.88, 0.06),
            (0.93, 0.35, 0.05),
            (0.35, 0.12, 0.06),
            (0.65, 0.45, 0.05),
            (0.08, 0.52, 0.05),
        ];
        #[expect(clippy::cast_precision_loss, reason = "sides of a few hundred")]
        let place = |n: usize, of: usize| (n as f32 + 0.5) / of as f32;
        let mut values = Vec::new();
        for row in 0..height {
            for column in 0..width {
                let (x, y) = at(place(column, width), place(row, height));
                let light: f32 =
                    spots.iter().zip([220.0, -180.0].iter().cycle()).map(|(s, w)| w * spot(x, y, *s)).sum();
                let ripple = 18.0 * (31.0 * x + 17.0 * y).sin() + 12.0 * (23.0 * y - 11.0 * x).cos();
                values.push((120.0 + light + ripple).clamp(0.0, 255.0));
            }
        }
        Plane::new(width, height, values).unwrap()
    }

    #[test]
    fn a_picture_of_another_size_is_the_same_picture() {
        let large = Looks::of(&scene(512, 512, |x, y| (x, y)));
        for (width, height) in [(256, 256), (300, 180), (96, 128), (511, 77)] {
            let small = Looks::of(&scene(width, height, |x, y| (x, y)));
            let distance = small.upright().distance(large.upright());
            assert!(distance <= NEAR, "{width} × {height}: {distance}");
        }
    }

    #[test]
    fn every_way_to_turn_a_picture_is_found() {
        type Way = fn(f32, f32) -> (f32, f32);
        let ways: [(&str, Way); 8] = [
            ("as it is", |x, y| (x, y)),
            ("flipped left to right", |x, y| (1.0 - x, y)),
            ("flipped upside down", |x, y| (x, 1.0 - y)),
            ("turned by 180°", |x, y| (1.0 - x, 1.0 - y)),
            ("flipped along the diagonal", |x, y| (y, x)),
            ("turned by 90°", |x, y| (y, 1.0 - x)),
            ("turned by 270°", |x, y| (1.0 - y, x)),
            ("flipped along the other diagonal", |x, y| (1.0 - y, 1.0 - x)),
        ];
        let known = Looks::of(&scene(512, 512, |x, y| (x, y))).upright();
        for (way, at) in ways {
            let turned = Looks::of(&scene(512, 512, at));
            assert!(turned.distance(known).unwrap() <= NEAR, "{way}: {:?}", turned.distance(known));
            if way != "as it is" {
                assert!(turned.upright().distance(known) > NEAR, "{way}: the upright hash alone would do");
            }
        }
    }

    #[test]
    fn another_picture_is_far_away() {
        let one = Looks::of(&scene(512, 512, |x, y| (x, y)));
        let another = Looks::of(&scene(512, 512, |x, y| ((3.0 * x + y) % 1.0, (2.0 * y + 0.4) % 1.0)));
        assert!(another.distance(one.upright()).unwrap() > 70);
    }

    #[test]
    fn of_a_plain_picture_nothing_is_said() {
        let plain = Looks::of(&Plane::new(100, 100, vec![200.0; 10_000]).unwrap());
        assert_eq!((plain.quality, plain.distance(plain.upright())), (0, None));
        assert_eq!(Looks::of(&Plane::new(4, 400, vec![0.0; 1_600]).unwrap()).quality, 0);
    }

    #[test]
    fn half_of_the_bits_are_set() {
        let looks = Looks::of(&scene(512, 512, |x, y| (x, y)));
        let none: PdqHash = "0".repeat(64).parse().unwrap();
        assert!(looks.hashes.iter().all(|hash| hash.distance(none) == 128));
        assert_eq!(looks.quality, 100);
    }
}
