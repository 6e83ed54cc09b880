//! Removals as bytes: a header of sixteen bytes — `GATEGONE`, the format's version, the CRC-32 of what follows — and for
//! each its kind and length, a hash, what removed it and until when it counts, and what the kind has beside that: the
//! sketch of a text, the file of a picture. All numbers are little-endian. A kind that a release does not know is left out
//! by it, so that others can join.

use super::{Print, Removal, Sketch, TextPrint};
use crate::{media::FileHash, pdq::PdqHash};

const MAGIC: [u8; 8] = *b"GATEGONE";
const FORMAT: u32 = 1;
const HEADER: usize = 16;
/// A kind and a length stand before each removal, so that it can be skipped.
const SHORT: u8 = 1;
const SKETCHED: u8 = 2;
const PICTURE: u8 = 3;
const FILE: u8 = 4;

/// The bytes are not what [`encode`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("removals cannot be read: {0}")]
pub struct DecodeError(&'static str);

#[must_use]
pub fn encode(removals: &[Removal]) -> Vec<u8> {
    let mut out = vec![0; HEADER];
    for Removal { print, cause, until } in removals {
        let (kind, hash, beside) = match print {
            Print::Text(TextPrint { sha256, sketch: None }) => (SHORT, *sha256, Vec::new()),
            Print::Text(TextPrint { sha256, sketch: Some(Sketch(values)) }) => {
                (SKETCHED, *sha256, values.iter().flat_map(|value| value.to_le_bytes()).collect())
            }
            Print::Picture(looks, file) => (PICTURE, looks.to_bytes(), file.0.to_vec()),
            Print::File(file) => (FILE, file.0, Vec::new()),
        };
        let mut body = Vec::with_capacity(120);
        body.extend_from_slice(&hash);
        body.extend_from_slice(cause);
        body.extend_from_slice(&until.to_le_bytes());
        body.extend(beside);
        out.push(kind);
        out.push(u8::try_from(body.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(&body);
    }
    let sum = crc32fast::hash(&out[HEADER..]);
    out[..8].copy_from_slice(&MAGIC);
    out[8..12].copy_from_slice(&FORMAT.to_le_bytes());
    out[12..].first_chunk_mut::<4>().expect("the header has sixteen bytes").copy_from_slice(&sum.to_le_bytes());
    out
}

/// # Errors
/// For what is none of ours, damaged or cut off.
pub fn decode(bytes: &[u8]) -> Result<Vec<Removal>, DecodeError> {
    let (header, mut rest) = bytes.split_first_chunk::<HEADER>().ok_or(DecodeError("they are cut off"))?;
    let number = |at: usize| header[at..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    if header[..8] != MAGIC || number(8) != FORMAT {
        return Err(DecodeError("they have another format"));
    }
    if number(12) != crc32fast::hash(rest) {
        return Err(DecodeError("they are damaged"));
    }
    let cut = DecodeError("one is cut off");
    let mut removals = Vec::new();
    while let Some(([kind, length], after)) = rest.split_first_chunk() {
        let (body, after) = after.split_at_checked(usize::from(*length)).ok_or(cut)?;
        if (SHORT..=FILE).contains(kind) {
            removals.push(removal(*kind, body).ok_or(cut)?);
        }
        rest = after;
    }
    if rest.is_empty() { Ok(removals) } else { Err(cut) }
}

fn removal(kind: u8, body: &[u8]) -> Option<Removal> {
    let (hash, body) = body.split_first_chunk::<32>()?;
    let (cause, body) = body.split_first_chunk::<16>()?;
    let (until, beside) = body.split_first_chunk::<8>()?;
    let print = match kind {
        SHORT => Print::Text(TextPrint { sha256: *hash, sketch: None }),
        SKETCHED => Print::Text(TextPrint { sha256: *hash, sketch: Some(sketch(beside)?) }),
        PICTURE => Print::Picture(PdqHash::from_bytes(*hash), FileHash(*beside.first_chunk()?)),
        _ => Print::File(FileHash(*hash)),
    };
    Some(Removal { print, cause: *cause, until: i64::from_le_bytes(*until) })
}

fn sketch(body: &[u8]) -> Option<Sketch> {
    let (values, _) = body.as_chunks::<2>();
    let values: Vec<u16> = values.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
    values.try_into().ok().map(Sketch)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn removals() -> Vec<Removal> {
        let long = "本店长期承接各类活动策划与布置，地点不限，时间灵活，价格公道，欢迎来电咨询，老客户另有优惠，节假日照常营业";
        let text = |text| Print::Text(TextPrint::of(text).unwrap());
        let picture = Print::Picture("c9".repeat(32).parse().unwrap(), FileHash([3; 32]));
        [text("加我微信领取免费课程资料"), text(long), picture, Print::File(FileHash([4; 32]))]
            .into_iter()
            .map(|print| Removal { print, cause: [7; 16], until: -1 })
            .collect()
    }

    #[test]
    fn removals_come_back_as_they_were() {
        assert_eq!(decode(&encode(&removals())), Ok(removals()));
        assert_eq!(decode(&encode(&[])), Ok(vec![]));
    }

    #[test]
    fn a_kind_that_is_not_known_is_left_out() {
        let mut bytes = encode(&removals());
        bytes[HEADER] = 9;
        let sum = crc32fast::hash(&bytes[HEADER..]);
        bytes[12..16].copy_from_slice(&sum.to_le_bytes());
        assert_eq!(decode(&bytes), Ok(removals()[1..].to_vec()));
    }

    proptest! {
        #[test]
        fn what_is_damaged_is_refused(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let mut bytes = encode(&removals());
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(decode(&bytes).is_err());
        }

        #[test]
        fn no_bytes_are_a_panic(kind in 0..6_u8, body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&body);
            let mut bytes = encode(&[]);
            bytes.extend([kind, u8::try_from(body.len()).unwrap()]);
            bytes.extend(&body);
            let sum = crc32fast::hash(&bytes[HEADER..]);
            bytes[12..16].copy_from_slice(&sum.to_le_bytes());
            let _ = decode(&bytes);
        }
    }
}
