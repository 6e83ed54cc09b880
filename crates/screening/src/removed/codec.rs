//! Removed texts as bytes: a header of sixteen bytes — `GATEGONE`, the format's version, the CRC-32 of what follows — and
//! for each text its kind, its hash, its sketch if it has one, what removed it and until when it counts. All numbers are
//! little-endian. A kind that a release does not know is left out by it, so that prints of pictures can join.

use super::{Print, RemovedText, Sketch};

const MAGIC: [u8; 8] = *b"GATEGONE";
const FORMAT: u32 = 1;
const HEADER: usize = 16;
/// A kind and a length stand before each text, so that it can be skipped.
const SHORT: u8 = 1;
const SKETCHED: u8 = 2;

/// The bytes are not what [`encode`] writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("removed texts cannot be read: {0}")]
pub struct DecodeError(&'static str);

#[must_use]
pub fn encode(texts: &[RemovedText]) -> Vec<u8> {
    let mut out = vec![0; HEADER];
    for RemovedText { print, cause, until } in texts {
        let mut body = Vec::with_capacity(120);
        body.extend_from_slice(&print.sha256);
        body.extend_from_slice(cause);
        body.extend_from_slice(&until.to_le_bytes());
        let kind = if let Some(Sketch(values)) = &print.sketch {
            body.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            SKETCHED
        } else {
            SHORT
        };
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
pub fn decode(bytes: &[u8]) -> Result<Vec<RemovedText>, DecodeError> {
    let (header, mut rest) = bytes.split_first_chunk::<HEADER>().ok_or(DecodeError("they are cut off"))?;
    let number = |at: usize| header[at..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    if header[..8] != MAGIC || number(8) != FORMAT {
        return Err(DecodeError("they have another format"));
    }
    if number(12) != crc32fast::hash(rest) {
        return Err(DecodeError("they are damaged"));
    }
    let cut = DecodeError("a text is cut off");
    let mut texts = Vec::new();
    while let Some(([kind, length], after)) = rest.split_first_chunk() {
        let (body, after) = after.split_at_checked(usize::from(*length)).ok_or(cut)?;
        if [SHORT, SKETCHED].contains(kind) {
            texts.push(text(*kind, body).ok_or(cut)?);
        }
        rest = after;
    }
    if rest.is_empty() { Ok(texts) } else { Err(cut) }
}

fn text(kind: u8, body: &[u8]) -> Option<RemovedText> {
    let (sha256, body) = body.split_first_chunk::<32>()?;
    let (cause, body) = body.split_first_chunk::<16>()?;
    let (until, body) = body.split_first_chunk::<8>()?;
    let sketch = if kind == SKETCHED { Some(sketch(body)?) } else { None };
    let print = Print { sha256: *sha256, sketch };
    Some(RemovedText { print, cause: *cause, until: i64::from_le_bytes(*until) })
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

    fn texts() -> Vec<RemovedText> {
        let long = "本店长期承接各类活动策划与布置，地点不限，时间灵活，价格公道，欢迎来电咨询，老客户另有优惠，节假日照常营业";
        ["加我微信领取免费课程资料", long]
            .iter()
            .map(|text| RemovedText { print: Print::of(text).unwrap(), cause: [7; 16], until: -1 })
            .collect()
    }

    #[test]
    fn texts_come_back_as_they_were() {
        assert!(texts()[0].print.sketch.is_none() && texts()[1].print.sketch.is_some());
        assert_eq!(decode(&encode(&texts())), Ok(texts()));
        assert_eq!(decode(&encode(&[])), Ok(vec![]));
    }

    #[test]
    fn a_kind_that_is_not_known_is_left_out() {
        let mut bytes = encode(&texts());
        bytes[HEADER] = 9;
        let sum = crc32fast::hash(&bytes[HEADER..]);
        bytes[12..16].copy_from_slice(&sum.to_le_bytes());
        assert_eq!(decode(&bytes), Ok(texts()[1..].to_vec()));
    }

    proptest! {
        #[test]
        fn what_is_damaged_is_refused(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
            let mut bytes = encode(&texts());
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(decode(&bytes).is_err());
        }

        #[test]
        fn no_bytes_are_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
        }
    }
}
