//! Pictures that are damaged behind their checksums, or say that they are larger than they are.

use std::time::Instant;

use pictures::{Unreadable, looks_of};

use crate::{Target, dice::Dice};

/// One of every format and of every way of its own: interlaced or in several scans, with palette, alpha, frames.
const PICTURES: [&[u8]; 12] = [
    include_bytes!("../../../pictures/tests/pictures/scene.jpg"),
    include_bytes!("../../../pictures/tests/pictures/scene-progressive.jpg"),
    include_bytes!("../../../pictures/tests/pictures/scene-cmyk.jpg"),
    include_bytes!("../../../pictures/tests/pictures/scene-grey.png"),
    include_bytes!("../../../pictures/tests/pictures/scene-alpha.png"),
    include_bytes!("../../../pictures/tests/pictures/scene-flipped-small.png"),
    include_bytes!("../../../pictures/tests/pictures/scene.gif"),
    include_bytes!("../../../pictures/tests/pictures/scene-animated.gif"),
    include_bytes!("../../../pictures/tests/pictures/scene.webp"),
    include_bytes!("../../../pictures/tests/pictures/scene-lossless.webp"),
    include_bytes!("../../../pictures/tests/pictures/scene-animated.webp"),
    include_bytes!("../../../pictures/tests/pictures/another.jpg"),
];

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(crate) struct Picture;

impl Target for Picture {
    fn name(&self) -> &'static str {
        "picture"
    }

    fn input(&self, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = dice.one(&PICTURES).to_vec();
        match dice.below(4) {
            // Where the formats keep sizes and tables; of the rest most is compressed and one mistake is like another.
            0 | 1 => {
                let body = bytes.split_off(64.min(bytes.len()));
                dice.mutate(&mut bytes);
                bytes.extend(body);
            }
            2 => dice.mutate(&mut bytes),
            _ => {
                let other = dice.one(&PICTURES);
                bytes.truncate(dice.below(bytes.len()));
                bytes.extend_from_slice(&other[dice.below(other.len())..]);
                dice.mutate(&mut bytes);
            }
        }
        if dice.below(8) > 0 {
            mend_sums(&mut bytes);
        }
        bytes
    }

    fn try_it(&self, input: &[u8]) {
        let start = Instant::now();
        let looks = looks_of(input);
        let nanos = start.elapsed().as_nanos();
        // Fifty megapixels take a second or two, whatever the file that says it has them.
        assert!(nanos < 20_000_000_000, "{nanos} ns for {} bytes", input.len());
        match &looks {
            Ok(looks) => assert!(looks.quality <= 100, "{looks:?}"),
            Err(error) => assert_ne!(*error, Unreadable::TooManyBytes),
        }
        // Again where it is cheap: most are small or refused at once.
        if nanos < 100_000_000 {
            assert_eq!(looks_of(input), looks, "one picture looks one way");
        }
    }
}

/// The checksums of a PNG's chunks as they would have to be, so that what is wrong is found behind them.
fn mend_sums(bytes: &mut [u8]) {
    if !bytes.starts_with(PNG) {
        return;
    }
    let mut at = PNG.len();
    while let Some(length) = bytes.get(at..at + 4).and_then(<[u8]>::first_chunk) {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let Some(end) = at.checked_add(8).and_then(|body| body.checked_add(length)) else { return };
        let Some(chunk) = bytes.get(at + 4..end) else { return };
        let sum = crc32fast::hash(chunk).to_be_bytes();
        let Some(place) = bytes.get_mut(end..end + 4) else { return };
        place.copy_from_slice(&sum);
        at = end + 4;
    }
}
