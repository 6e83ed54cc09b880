use screening::pdq::Plane;
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

use crate::{Unreadable, allowed, brightness, shrink::Shrinker};

/// Each scan of a progressive picture goes over all pixels again; ten are common.
const MOST_SCANS: usize = 64;

/// Pixels times scans: twenty scans of the largest picture, a second or two.
const MOST_WORK: usize = 1_000_000_000;

pub(crate) fn draw(bytes: &[u8]) -> Result<Plane, Unreadable> {
    let options = DecoderOptions::default()
        // Whatever a header can say: its size is judged here before anything is decoded.
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_max_scans(MOST_SCANS)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|_| Unreadable::Broken)?;
    let (width, height) = decoder.dimensions().ok_or(Unreadable::Broken)?;
    let pixels = allowed(width, height)?;
    let scans = scans(bytes).ok_or(Unreadable::Broken)?;
    if pixels.saturating_mul(scans) > MOST_WORK {
        return Err(Unreadable::TooManyPixels);
    }
    let rgb = decoder.decode().map_err(|_| Unreadable::Broken)?;
    let mut shrinker = Shrinker::of(width, height);
    for row in rgb.chunks_exact(3 * width) {
        shrinker.take(brightness::of_row(row, 3));
    }
    shrinker.done()
}

/// How many scans there are, at most; `None` for a file that is cut off: the decoder would fill the rest with grey. In
/// the data of a scan no other marker follows 0xFF.
fn scans(bytes: &[u8]) -> Option<usize> {
    let begins = |marker: u8| move |(_, pair): &(usize, &[u8])| *pair == [0xFF, marker];
    let last_start = bytes.windows(2).enumerate().rfind(begins(0xDA))?.0;
    // A thumbnail in the header has an end of its own.
    bytes[last_start..].windows(2).enumerate().find(begins(0xD9))?;
    Some(bytes.windows(2).enumerate().filter(begins(0xDA)).count())
}
